"""Anstånd: a later frist, asked for by a person, granted or refused by the ekonomikontor, and told to those whom it concerns."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from actions.act import Act
from actions.posting import NOTE, note, write
from actions.readers import reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey, RoleId
from arshjul.swedish import STOCKHOLM, clock_text, day_text, in_running_text, instant_text, local, local_date
from arshjul.year.last_anstand import (
    CARRIED_UP,
    INSTRUCTIONS,
    LADDER,
    LAW,
    LastDay,
    carrier_of,
    is_closed,
    last_anstand,
    needed_from,
    reaches_meeting,
)
from arshjul.year.wheel import Obligation, Wheel
from notifications.letters import compose
from store.people.holders import known_person
from store.plan import anstand_requests
from store.plan.in_step import Moved
from store.plan.obligations import rows_of
from store.plan.recorded import add_anstand
from store.plan.waking import touch
from store.post.letter_keys import LetterKey, in_key
from store.tables import AnstandRequest, LetterRow, Person

GRANTED, REFUSED = "anstånd beviljat", "anstånd nekas"


def ask_anstand(act: Act, person: Person, key: ObligationKey, until: date) -> LetterRow | None:
    """Record that somebody asks for anstånd, and tell the ekonomikontor, with where it is answered.

    Raises RefusedError that says the bound, as the one who grants it would hear.
    """
    scene, why = act.scene, act.reason
    one, _ = grantable(scene.wheel, key, until, scene.now)
    request = anstand_requests.ask(scene.session, one.key, until, why, person, scene.now)
    words = [
        f"{request.by} ber om anstånd för {one.unit_said} med {one.name}, {one.period.text}: till och med "
        f"{day_text(request.until)}. Fristen är {instant_text(one.deadline.at)}.",
        f"Skäl: {request.why}",
    ]
    subject = f"Begäran om anstånd: {in_running_text(one.step_name)} {one.period.text}, {one.unit_name}"
    reader = reader_of(scene, None, EKONOMIKONTORET, page=f"/lage/{one.key.path}")
    composed = compose.note(subject, words, scene.office.sender, reader, "Bevilja eller neka")
    return write(scene, key=LetterKey.of(one.key, "begaran", request.id), kind=NOTE, composed=composed, to=None)


def grant_anstand(act: Act, key: ObligationKey, until: date) -> list[Moved]:
    """Grant a later frist, at the same clock time, and answer whoever asked for it.

    It is bounded by the next body's agenda closing less the sammanställning, and never past a statutory day. Those who
    were told the frist are told its move in the letter of the day, so an answer of its own goes only when nobody was
    told it yet. Raises RefusedError that says the bound.
    """
    scene, why = act.scene, act.reason
    asked = anstand_requests.open_requests(scene.session, [key])
    row = rows_of(scene.session, [key]).get(key)
    untold = row is not None and row.told_at is None
    one, wanted = grantable(scene.wheel, key, until, scene.now)
    add_anstand(scene.session, one.key, wanted, why, act.by, scene.now)
    act.log("anstand.granted", one.key, {"until": wanted.isoformat(), "why": why})
    anstand_requests.answer(scene.session, one.key, anstand_requests.GRANTED, "", act.by, scene.now)
    moved = scene.replan()
    one = scene.wheel.obligations[key]
    words = [
        f"{one.unit_name} har fått anstånd med {one.name}, {one.period.text}.",
        f"Den nya fristen är {instant_text(one.deadline.at)}.",
    ]
    subject = f"Anstånd beviljat: {in_running_text(one.step_name)} {one.period.text}, {one.unit_name}"
    for each in asked if untold else ():
        person = known_person(scene.session, each.person_id)
        note(scene, LetterKey.of(key, "anstand-beviljat", each.id), subject, words, person, GRANTED)
    return moved


def refuse_anstand(act: Act, key: ObligationKey) -> list[LetterRow]:
    """Refuse a request for anstånd, and tell those who answer for the underlag; the frist stands."""
    scene, why, one = act.scene, act.reason, act.obligation(key)
    asked = anstand_requests.open_requests(scene.session, [key])
    act.log("anstand.refused", one.key, {"frist": one.deadline.at.isoformat(), "why": why})
    anstand_requests.answer(scene.session, one.key, anstand_requests.REFUSED, why, act.by, scene.now)
    touch(scene.session, [one.occurrence], scene.now)
    words = [
        f"{scene.office.definition.office_name} kan inte ge {one.unit_said} anstånd med {one.name}, {one.period.text}.",
        f"Skäl: {why}",
        f"Fristen står fast: {instant_text(one.deadline.at)}. Är något oklart? Svara på det här brevet.",
    ]
    subject = f"Anstånd nekas: {in_running_text(one.step_name)} {one.period.text}, {one.unit_name}"
    stamp = f"{scene.now.astimezone(UTC):%Y%m%dT%H%M%S}"
    answering = {
        role: scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
        for role in dict.fromkeys(part.role for part in one.parts)
    }
    reached = {person.id for person in answering.values() if person}
    letters = [
        _refusal(
            scene,
            one,
            role,
            (subject, words),
            person,
            LetterKey.of(one.key, "anstand-nekas", stamp, role, in_key(person.id if person else None)),
        )
        for role, person in answering.items()
    ]
    for person_id in dict.fromkeys(each.person_id for each in asked if each.person_id not in reached):
        asker = known_person(scene.session, person_id)  # who has asked and handed the role on, or deputises
        key_of = LetterKey.of(one.key, "anstand-nekas", stamp, "begaran", in_key(asker.id if asker else None))
        letters.append(_refusal(scene, one, None, (subject, words), asker, key_of))
    return [letter for letter in letters if letter]


def grantable(wheel: Wheel, key: ObligationKey, until: date, now: datetime) -> tuple[Obligation, datetime]:
    """Return the obligation and the new frist, when an anstånd until a day can be granted. Nothing is written.

    Raises RefusedError that says the bound, to whoever grants and to whoever asks alike.
    """
    one = wheel.obligations.get(key)
    if one is None:
        raise RefusedError(f"okänt inlämningskrav '{key}'{nearest(key, wheel.obligations)}")
    frist = one.deadline.at.astimezone(STOCKHOLM)
    wanted = local(until, frist.time())
    if one.host:
        host = wheel.obligations[one.host]
        raise RefusedError(f"{one.report[:1].upper()}{one.report[1:]} lämnas med {host.report}: ge anståndet där.")
    if wanted <= frist:
        raise RefusedError(f"Fristen är redan {instant_text(frist)}; ett anstånd måste vara senare.")
    last = last_anstand(wheel, one)
    if last and is_closed(one, last, now):
        raise RefusedError(f"Fristen kan inte flyttas längre: {bound_words(wheel, one, last, now)}")
    if wanted <= now:
        raise RefusedError(f"{instant_text(wanted)} har redan varit; välj en senare dag.")
    if last and until > last.day:
        raise RefusedError(f"Anstånd kan ges längst till {day_text(last.day)}: {bound_words(wheel, one, last, now)}")
    return one, wanted


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
            f"Begärt anstånd: {in_running_text(one.step_name)} {one.period.text} · {one.unit_name}",
            f"begärt {day_text(local_date(each.asked_at))}",
            f"till {day_text(each.until)}: {each.why} ({each.by})",
        )
        for each, one in waiting(scene)
    ]


def _refusal(
    scene: Scene,
    one: Obligation,
    role: RoleId | None,
    said: tuple[str, Sequence[str]],
    person: Person | None,
    key: LetterKey,
) -> LetterRow | None:
    """Tell one reader; ``role`` None: of whoever asked and holds no role in it any more, nothing is said of a role."""
    reader = reader_of(scene, person, role) if role and person else None
    composed = compose.note(*said, scene.office.sender, reader)
    return write(
        scene, key=key, kind=REFUSED, composed=composed, to=person, cc=copies([one.unit], person, scene.people),
        thread=one.occurrence,
    )  # fmt: skip


def bound_words(wheel: Wheel, one: Obligation, last: LastDay, now: datetime) -> str:
    """Return why an anstånd cannot be longer, for the form and the refusal alike."""
    if last.why == LAW and one.deadline.lawful_until:
        return (
            f"sista dag enligt lag är {day_text(one.deadline.lawful_until)} ({one.deadline.lagrum}), och den kan ingen ge "
            "anstånd från."
        )
    if last.why == INSTRUCTIONS and (needed := needed_from(wheel, one)):
        return f"{one.name} behövs före {day_text(needed)}, då de första breven till enheterna ska gå."
    if last.why == CARRIED_UP and (above := carrier_of(wheel, one)):
        return (
            f"{above.unit_said} ska godkänna det och bära upp det senast {instant_text(above.deadline.at)}. Ge den enheten "
            "anstånd först, om det behövs mer tid."
        )
    meeting = _meeting_words(wheel.definition, one)
    instead = (
        "Bara ett senare möte ger mer tid."
        if is_closed(one, last, now)
        else "Välj en tidigare dag, eller flytta mötet."
    )
    if last.why == LADDER:
        return f"är det sent då ska det hinna tas upp på {meeting}. {instead}"
    return f"sammanställningen ska bli klar innan dagordningen stänger för {meeting}. {instead}"


def room_words(wheel: Wheel, one: Obligation) -> str:
    """Say that the ladder does not reach the meeting that treats it even from the frist as it is; "" when it does."""
    if reaches_meeting(wheel, one, one.deadline.last_day):
        return ""
    return f"Är det sent efter fristen hinner det inte tas upp på {_meeting_words(wheel.definition, one)}."


def _meeting_words(definition: Definition, one: Obligation) -> str:
    if one.treated is None:
        return "nästa möte"
    meeting = one.treated
    return f"{definition.bodies[meeting.body].short} {day_text(meeting.day)} {clock_text(meeting.clock)}"
