"""An underlag sent back, and a request refused, told to those whose it is: a letter of its own, in sending hours."""

from collections.abc import Collection
from datetime import UTC, date

from actions.readers import reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from actions.underlag.reopenings import link_for, taken_along
from arshjul.keys import ObligationKey
from arshjul.swedish import instant_text
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.frist_calendar import frist_event
from notifications.letters.views import Composed, SentBackView
from store.people.holders import known_person
from store.plan import anstand_requests, recording
from store.post.letter_keys import LetterKey, in_key
from store.post.notices import MOVED
from store.tables import LetterRow, NoticeRow, Person
from submissions.deciding.sending_back import SentBack, send_back

SENT_BACK, REFUSED = "återremiss", "anstånd nekas"
OFFICE = "Ekonomikontoret"


def send_back_and_tell(
    scene: Scene, key: ObligationKey, parts: Collection[str], until: date, why: str, by: str, *, decided: str = OFFICE
) -> SentBack:
    """Send an underlag back and write to those whose parts it is, in one transaction. See ``send_back``.

    ``decided`` is who did it, as the letter says: the ekonomikontor, or a body with its day and §.
    """
    sent = send_back(scene.session, scene.wheel, key, parts, until, why, by, scene.now)
    after = Scene(scene.session, scene.office, scene.now)  # anew: the frist may have moved
    if scene.office.utskick != "av":
        for role in dict.fromkeys(part.role for part, _ in sent.parts):
            _tell_sent_back(after, sent, role, decided)
    return sent


def refuse_and_tell(scene: Scene, key: ObligationKey, why: str, by: str) -> list[LetterRow]:
    """Refuse a request for anstånd and tell those who answer for the underlag, in one transaction."""
    asked = anstand_requests.open_requests(scene.session, [key])
    one = recording.refuse_anstand(scene.session, scene.wheel, key, why, by, scene.now)
    words = [
        f"Ekonomikontoret kan inte ge {one.unit_name} anstånd med {one.name}, {one.period.text}.",
        f"Skäl: {why.strip()}",
        f"Fristen står fast: {instant_text(one.deadline.at)}. Är något oklart? Svara på det här brevet.",
    ]
    subject = f"Anstånd nekas: {one.step_name} {one.period.text}, {one.unit_name}"
    composed = compose.note(subject, words, scene.office.definition.kommun.name)
    roles = list(dict.fromkeys(part.role for part in one.parts))
    letters = [_freeze(scene, one, role, "anstand-nekas", REFUSED, composed) for role in roles]
    reached = {person.id for role in roles if (person := _person(scene, one, role))}
    for person_id in dict.fromkeys(each.person_id for each in asked if each.person_id not in reached):
        asker = known_person(scene.session, person_id)  # who has asked and handed the role on, or deputises
        letters.append(_freeze(scene, one, "begaran", "anstand-nekas", REFUSED, composed, to=asker))
    return [letter for letter in letters if letter]


def _tell_sent_back(scene: Scene, sent: SentBack, role: str, decided: str) -> LetterRow | None:
    one = sent.obligation
    host = scene.wheel.obligations[one.host or one.key]
    person = _person(scene, one, role)
    notices = taken_along(scene, host, role, person)
    view = SentBackView(
        step_name=one.step_name,
        step_definite=one.step_definite,
        period_text=one.period.text,
        unit_name=one.unit_name,
        krav_name=one.name,
        parts=tuple(
            f"{part.name.partition(' (')[0]}, version {number}" for part, number in sent.parts if part.role == role
        ),
        why=sent.why,
        by=decided,
        due_at=host.deadline.at,
        moved=sent.moved,
        lagrum=one.lagrum.text,
    )
    calendar = [frist_event(host, scene.office, scene.now)] if sent.moved else []
    reader = reader_of(scene, person, role, link_for(scene, person))
    composed = compose.sent_back(reader, view, scene.office.definition.kommun.name, calendar)
    return _freeze(scene, one, role, "aterremiss", SENT_BACK, composed, MOVED if sent.moved else None, notices)


def _freeze(
    scene: Scene,
    one: Obligation,
    role: str,
    about: str,
    kind: str,
    composed: Composed,
    rung: str | None = None,
    notices: Collection[NoticeRow] = (),
    to: Person | None = None,
) -> LetterRow | None:
    person = to or _person(scene, one, role)
    stamp = f"{scene.now.astimezone(UTC):%Y%m%dT%H%M%S}"
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey.of(one.key, about, stamp, role, in_key(person.id if person else None)),
        kind=kind,
        composed=composed,
        to=person,
        cc=copies([one.unit], person, scene.people),
        rung=rung,
        thread=one.occurrence,
        notices=notices,
        not_before=scene.opens,
    )


def _person(scene: Scene, one: Obligation, role: str) -> Person | None:
    return scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
