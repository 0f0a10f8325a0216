"""What people asked for on their own pages, told to those whom it concerns: the ekonomikontor, a deputy, the asker."""

from collections.abc import Sequence
from datetime import UTC, date

from actions.alone import KIND as NOTE
from actions.scene import Scene
from arshjul.keys import ObligationKey
from arshjul.swedish import day_text, instant_text, listing, local_date
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from store.people.holders import known_person
from store.plan import anstand_requests, recording
from store.plan.obligations import rows_of
from store.plan.planning import Moved
from store.post.letter_keys import OFFICE, LetterKey, in_key
from store.tables import AnstandRequest, LetterRow, Person

GRANTED, DEPUTY = "anstånd beviljat", "ersättare"


def tell_asked(scene: Scene, request: AnstandRequest) -> LetterRow | None:
    """Tell the ekonomikontor that somebody asks for anstånd, with where it is answered."""
    one = scene.wheel.obligations[request.obligation_key]
    page = f"{scene.office.public_url}/lage/{one.key.path}"
    words = [
        f"{request.by} ber om anstånd för {one.unit_name} med {one.name}, {one.period.text}: till och med "
        f"{day_text(request.until)}. Fristen är {instant_text(one.deadline.at)}.",
        f"Skäl: {request.why}",
        f"Bevilja eller neka här: {page}",
    ]
    subject = f"Begäran om anstånd: {one.step_name} {one.period.text}, {one.unit_name}"
    return _note(scene, LetterKey.of(one.key, "begaran", request.id), subject, words, None)


def grant_and_tell(scene: Scene, key: ObligationKey, until: date, why: str, by: str) -> list[Moved]:
    """Grant an anstånd, in one transaction with the answer to whoever asked for it.

    Those who were told the frist are told its move in the letter of the day, so an answer of its own goes only
    when nobody was told it yet.
    """
    asked = anstand_requests.open_requests(scene.session, [key])
    row = rows_of(scene.session, [key]).get(key)
    untold = row is not None and row.told_at is None
    moved = recording.grant_anstand(scene.session, scene.office.definition, key, until, why, by, scene.now)
    one = Scene(scene.session, scene.office, scene.now).wheel.obligations[key]
    words = [
        f"{one.unit_name} har fått anstånd med {one.name}, {one.period.text}.",
        f"Den nya fristen är {instant_text(one.deadline.at)}.",
    ]
    subject = f"Anstånd beviljat: {one.step_name} {one.period.text}, {one.unit_name}"
    for each in asked if untold else ():
        person = known_person(scene.session, each.person_id)
        _note(scene, LetterKey.of(key, "anstand-beviljat", each.id), subject, words, person, GRANTED)
    return moved


def tell_deputy(
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
        _note(scene, key, subject, to_deputy, deputy, DEPUTY),
        _note(scene, LetterKey.of(key, OFFICE), subject, to_office, None),
    )
    return [letter for letter in letters if letter]


def waiting(scene: Scene) -> list[tuple[AnstandRequest, Obligation]]:
    """Return the requests that wait for an answer, oldest first; one whose underlag has come in needs none."""
    rows = anstand_requests.open_requests(scene.session)
    if not rows:
        return []
    sight = scene.look([each.obligation_key for each in rows])
    missing = {one.key: one for one in sight.obligations if not sight.complete(one)}
    return [(each, missing[each.obligation_key]) for each in rows if each.obligation_key in missing]


def open_lines(scene: Scene) -> list[tuple[str, str, str]]:
    """Return the requests that wait, for the letter of the week: what, when it was asked, a note."""
    return [
        (
            f"Begärt anstånd: {one.step_name} {one.period.text} · {one.unit_name}",
            f"begärt {day_text(local_date(each.asked_at))}",
            f"till {day_text(each.until)}: {each.why} ({each.by})",
        )
        for each, one in waiting(scene)
    ]


def _note(
    scene: Scene, key: LetterKey, subject: str, words: Sequence[str], to: Person | None, kind: str = NOTE
) -> LetterRow | None:
    municipality = scene.office.definition.kommun.name
    return freeze(
        scene.session, scene.office, scene.now, key=key, kind=kind,
        composed=compose.note(subject, words, municipality), to=to, not_before=scene.opens,
    )  # fmt: skip
