"""A reminder that somebody of the ekonomikontor sends now, beside the ladder: it takes no rung, and moves none."""

from collections.abc import Iterator

from actions.act import Act
from actions.ladder.daily import also_late
from actions.ladder.enclosures import mall_files
from actions.posting import write
from actions.readers import link_for, reader_of
from actions.recipients import copies
from actions.scene import Scene, Sight
from actions.telling import notice_view
from arshjul.definition.ladders import Rung
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, RoleId
from arshjul.swedish import instant_text, listing
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from store.post.correspondence import is_written
from store.post.letter_keys import LetterKey, in_key
from store.post.letter_states import REMINDED
from store.tables import LetterRow, Person

MOST_A_DAY = 3  #: such letters about one underlag to one person a day
OFF = "Utskick är av, så inget brev skrivs. Ändra det på Läget först."


def remind_now(act: Act, key: ObligationKey) -> str:
    """Write to those who owe what is missing in an underlag, with their link and the mallar; return a sentence on it.

    Beside the letter of the day, and within the sending hours. Raises RefusedError where nobody would get it.
    """
    scene, one = act.scene, act.obligation(key)
    sight = scene.look([key])
    refuse_reminder(sight, one)
    readers = list(owing_readers(sight, one))
    if not readers:
        raise RefusedError("Ingen har rollen som lämnar in det som saknas. Lägg in en innehavare under Personer först.")
    letters = [letter for role, person in readers if (letter := _write(sight, one, role, person))]
    if not letters:
        raise RefusedError("Påminnelsen gick inte att skriva. Försök igen om en stund.")
    names = listing([person.name for _, person in readers])
    act.log("reminder.sent", key, {"to": names})
    when = "nu" if scene.opens <= scene.now else instant_text(scene.opens)
    if letters[0].shadow:
        return f"Utskick är i skugga: påminnelsen till {names} går {when} till {scene.office.definition.office_said}."
    return f"Påminnelsen går {when} till {names}."


def refuse_reminder(sight: Sight, one: Obligation) -> None:
    """Refuse a reminder of what nobody is asked for. Raises RefusedError with what to do."""
    scene = sight.scene
    if scene.office.utskick == "av":
        raise RefusedError(OFF)
    if one.host is not None:
        raise RefusedError("Det lämnas in i en annan rapport. Påminn om den i stället.")
    if one.key in sight.silences:
        raise RefusedError(f"Inga brev går om det: {sight.silences[one.key]}. Öppna det igen först.")
    if one.deadline.status != "beslutad" and scene.office.utskick == "skarpt":
        raise RefusedError("Fristen är inte beslutad, så ingen har fått veta den. Fastställ tidplanen först.")
    if not sight.standing(one).owing:
        raise RefusedError("Inget saknas, så det finns inget att påminna om.")


def owing_readers(sight: Sight, one: Obligation) -> Iterator[tuple[RoleId, Person]]:
    """Give who is reminded: each person who owes a part that is missing, once."""
    seen = set[str]()
    for role in sight.standing(one).owing:
        person = sight.scene.people.who(role, one.unit)
        if person and person.id not in seen:
            seen.add(person.id)
            yield role, person


def _write(sight: Sight, one: Obligation, role: RoleId, person: Person) -> LetterRow | None:
    scene, rung = sight.scene, _rung(sight, one)
    reader = reader_of(scene, person, role, link_for(scene, person))
    name = rung.id if rung else "sen"
    view = notice_view(sight, one, name, one.milestone_key(name), person)
    composed = compose.daily(
        reader, [view], scene.today, scene.office.sender, (), mall_files(sight, person.id, [one], anew=True),
        tuple(also_late(scene, person, [one])),
    )  # fmt: skip
    return write(
        scene, key=_free_key(scene, one, role, person), kind=REMINDED, composed=composed, to=person,
        cc=copies([one.unit], person, scene.people), thread=one.occurrence,
    )  # fmt: skip


def _free_key(scene: Scene, one: Obligation, role: RoleId, person: Person) -> LetterKey:
    for number in range(1, MOST_A_DAY + 1):
        key = LetterKey.of(one.key, "paminnelse-nu", f"{scene.today}-{number}", role, in_key(person.id))
        if not is_written(scene.session, key) and not is_written(scene.session, key.shadow):
            return key
    raise RefusedError(f"{person.name} har redan fått {MOST_A_DAY} sådana påminnelser i dag. Ring i stället.")


def _rung(sight: Sight, one: Obligation) -> Rung | None:
    """Return the rung in whose words it is told: the late one, a reminder, or the first where none has gone."""
    kinds = ("sen",) if sight.is_late(one) else ("påminnelse", "start")
    rungs = one.ladder.rungs if one.ladder else ()
    return next((rung for kind in kinds for rung in rungs if rung.kind == kind), None)
