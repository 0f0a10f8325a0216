"""A deputy whom a person names from her own page: within bounds, and told who stands in for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from actions.act import Act
from actions.people.seating import name_deputy
from actions.posting import note
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import RoleId
from arshjul.swedish import day_text, listing
from store.people import holders as people
from store.people.people_file import person_faults, person_id
from store.post.letter_keys import OFFICE, LetterKey, in_key
from store.tables import Holder, LetterRow, Person

KIND = "ersättare"
LONGEST = timedelta(days=183)  #: a longer time is the ekonomikontor's to enter


class ForeignAddressError(RefusedError):
    """A deputy's address lies in a domain that is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDeputy:
    """Whom a person names, and for which days, both of which count."""

    name: str
    address: str
    first: date
    last: date


def refuse_deputy(scene: Scene, holder: Person, seats: Sequence[Holder], deputy: NamedDeputy) -> None:
    """Raise RefusedError for one who cannot stand in for ``holder`` in these seats.

    The address is the municipality's own and not the holder's, and the days are ahead, within each seat and half a
    year: what goes further is the ekonomikontor's to enter.
    """
    first, last = deputy.first, deputy.last
    for fault in person_faults(deputy.name, deputy.address):
        raise RefusedError(f"{fault[:1].upper()}{fault[1:]}.")
    domains = people.own_domains(scene.session, scene.office.definition, scene.today)
    if people.domain_of(deputy.address) not in domains:
        ours = listing([f"@{each}" for each in domains]).replace(" och ", " eller ")
        raise ForeignAddressError(
            f"Ersättarens adress ska sluta på {ours}: breven går inte utanför kommunen. Skriv jobbadressen, "
            f"eller be {scene.office.definition.office_said} lägga in ersättaren."
        )
    if first < scene.today:
        raise RefusedError(f"{day_text(first)} har redan varit. Välj i dag eller senare som första dag.")
    if last < first:
        raise RefusedError(f"Sista dagen, {day_text(last)}, är före den första, {day_text(first)}.")
    if last - first > LONGEST:
        raise RefusedError(
            f"Du kan utse en ersättare för högst ett halvår, från den dagen till {day_text(first + LONGEST)}. "
            f"Behövs det längre: be {scene.office.definition.office_said}."
        )
    for row in seats:
        if row.until and last > row.until:
            raise RefusedError(f"Din roll slutar {day_text(row.until)}. Ersättaren kan stå in längst till dess.")
    if person_id(deputy.address) == person_id(holder.address):
        raise RefusedError("Det är din egen adress. Skriv ersättarens.")


def name_own_deputy(
    act: Act, holder: Person, seats: Sequence[Holder], deputy: NamedDeputy, roles: Sequence[RoleId]
) -> None:
    """Let a deputy stand in for ``holder`` in these seats (``roles`` as people read them), and tell who is concerned.

    Raises RefusedError as :func:`refuse_deputy` does.
    """
    scene = act.scene
    refuse_deputy(scene, holder, seats, deputy)
    known = next(iter(people.people_at(scene.session, deputy.address)), None)
    name = known.name if known else deputy.name  # nobody renames somebody else from here
    address = known.address if known else deputy.address
    for row in seats:
        name_deputy(act, (row.role, row.unit), name, address, deputy.first, deputy.last)
    person = people.known_person(scene.session, person_id(address))
    _tell(scene, roles, holder, person, deputy.first, deputy.last)


def _tell(
    scene: Scene, seats: Sequence[str], holder: Person, deputy: Person, first: date, last: date
) -> list[LetterRow]:
    """Tell a deputy and the ekonomikontor who stands in for whom, in which roles (as people read them), and when."""
    days = f"från {day_text(first)} till och med {day_text(last)}"
    stamp = f"{scene.now.astimezone(UTC):%Y%m%dT%H%M%S}"
    key = LetterKey.of(scene.office.definition.kommun.id, "ersattare", in_key(holder.id), stamp)
    subject = f"Ersättare för {holder.name}"
    to_deputy = [
        f"{holder.name} har utsett dig till ersättare {days}, som {listing(seats)}.",
        "Under de dagarna kommer breven om det som ska lämnas in till dig, med en länk till din egen sida. Du behöver inget konto.",
        "Stämmer det inte? Svara på det här brevet.",
    ]
    to_office = [
        f"{holder.name} har på sin sida utsett {deputy.name} ({deputy.address}) till ersättare {days}, som {listing(seats)}.",
        f"Det är bekräftat med en kod till {holder.address}. Är det fel: ändra det på {scene.office.public_url}/personer",
    ]
    letters = (
        note(scene, key, subject, to_deputy, deputy, KIND),
        note(scene, LetterKey.of(key, OFFICE), subject, to_office, None),
    )
    return [letter for letter in letters if letter]
