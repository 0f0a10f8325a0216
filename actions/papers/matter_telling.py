"""What a body is told about a matter: the late obligations, what it is asked to decide, and who signs for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from actions.papers.signed_words import UNATTENDED, signed_words
from actions.recipients import EKONOMIKONTORET, People
from actions.scene import Scene, Sight
from actions.telling import notice_view
from arshjul.bodies.asked_for import asked_until, asking, signing
from arshjul.definition.ladders import LAST_WORD
from arshjul.definition.model import Body, Definition
from arshjul.keys import BodyId, ObligationKey, PersonId, RoleId
from arshjul.ladder.due import owing_persons
from arshjul.ladder.standing import counted
from arshjul.lagrum import Lagrum
from arshjul.swedish import local_date, said_day
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation
from notifications.letters.views.matter_view import MatterView, Signer
from notifications.letters.views.notice_view import SentLetter
from store.post.notices import letters_about, word_name
from store.tables import LetterRow, NoticeRow
from submissions.standing.completeness import part_states

Handed = Mapping[ObligationKey, Sequence[tuple[NoticeRow, LetterRow]]]  #: what was handed over about each obligation


def matter_view(
    sight: Sight,
    late: Sequence[Obligation],
    meeting: Meeting | None,
    raised_at: datetime,
    body_id: BodyId,
    *,
    placed_at: datetime | None = None,
) -> MatterView:
    """Return what the body is told about the late obligations of one occurrence.

    ``placed_at`` is when it came to that meeting; None: when it was raised.
    """
    scene, first = sight.scene, late[0]
    definition = scene.office.definition
    body = definition.bodies[body_id]
    told = letters_about(scene.session, [one.key for one in late])
    letters, signer = _sent_letters(scene, told), signer_of(sight, late, body)
    views = tuple(notice_view(sight, one, one.top, one.top_key, None, sent_before=letters[one.key]) for one in late)
    until = asked_until(scene.wheel, definition, body_id, meeting, raised_at)
    owing = [(one, sight.standing(one).owing) for one in late]
    asked = asking(
        scene.wheel, definition, body_id, owing, until, meeting.at if meeting else raised_at, definition.office_said
    )
    own = signed_words(scene, late, body_id, signer)
    return MatterView(
        municipality=definition.kommun.name,
        office=definition.office_said,
        step_name=first.step_name,
        report=first.report,
        period_text=first.period.text,
        raised_on=local_date(raised_at),
        meeting_name=body.name,
        meeting_said=body.said,
        meeting_short=body.short,
        meeting_at=meeting.at if meeting else None,
        agenda_closes=meeting.agenda_closes if meeting else None,
        is_extra=meeting is not None and meeting.agenda_closes < (placed_at or raised_at),
        is_closed=meeting is not None and meeting.agenda_closes < scene.now,
        is_held=meeting is not None and meeting.at < scene.now,
        late=views,
        proposal="\n".join(_with_points(asked.lines, own.points)),
        background=own.background,
        assessment=own.assessment,
        asked_by=asked.lagrum,
        decides_by=body.decides.text if body.decides else "",
        until=asked.until,
        sent_to=asked.sent_to,
        after=asked.after,
        signer=signer,
        released=own.said or _released(scene, told, signer),
        rests_on=_rests_on(definition, first),
        came=_came(scene, late),
        basis=_basis(scene, first),
        awaited=_is_awaited(scene, late),
        lagrum=Lagrum("; ".join(dict.fromkeys((*asked.lagrum, *_laws_of(late)))), statutory=True),
        diarienummer=scene.diarienummer(first.occurrence),
    )


def _laws_of(late: Sequence[Obligation]) -> Iterator[str]:
    """Give the lagrum of each that is late, in their order: a nämnd and a bolag owe the same report by laws of their own."""
    for one in late:
        yield from one.lagrum.text.split("; ")


def _came(scene: Scene, late: Sequence[Obligation]) -> tuple[tuple[int, int], ...]:
    """Return, of each krav that is late, how many enheter are done, and of how many."""
    krav = list(dict.fromkeys(one.key.krav for one in late))
    every = [one for one in scene.wheel.occurrence(late[0].occurrence).obligations if one.key.krav in krav]
    sight = scene.look([one.key for one in every])
    return tuple(counted(sight.state(one) for one in every if one.key.krav == each) for each in krav)


def signer_of(sight: Sight, late: Sequence[Obligation], body: Body) -> Signer:
    """Return who signs the tjänsteskrivelse: nobody who owes any of it."""
    people, definition = sight.scene.people, sight.scene.office.definition

    def holder(role: RoleId) -> PersonId | None:
        person = people.who(role, None)
        return person.id if person else None

    owing = {person for one in late for person in owing_persons(sight.standing(one)) if person}
    role = signing(definition, body, late[0].ladder, holder, owing)
    person = people.who(role, None)
    named = definition.roles.get(role)
    return Signer(
        role=role,
        role_name=named.name if named else role,
        role_said=named.definite if named else role,
        name=person.name if person else "",
        person_id=holder(role),
    )


def _released(scene: Scene, told: Handed, signer: Signer) -> str:
    """Say that whoever signs was given the draft, when they were; "" when nothing is known of it."""
    for key, rows in told.items():
        ladder = scene.wheel.obligations[key].ladder
        last = {rung.id for rung in (ladder.rungs if ladder else ()) if rung.kind == LAST_WORD}
        for notice, letter in rows:
            if notice.rung in last and signer.name and notice.person_id == signer.person_id and not letter.shadow:
                return f"{signer.name} fick utkastet {said_day(local_date(_left(letter)))}. {UNATTENDED}"
    return ""


def _with_points(lines: Sequence[str], points: Sequence[str]) -> list[str]:
    """Return the proposal with the signer's own points before its last, which has the paragraf justerad at once."""
    if not points:
        return list(lines)
    *before, last, justerad = lines
    every = [last.removesuffix(", och"), *points]
    return [*before, *(f"{each}," for each in every[:-1]), f"{every[-1]}, och", justerad]


def _rests_on(definition: Definition, one: Obligation) -> str:
    """Return the decision that the ladder itself rests on, as a sentence, with when its document was decided."""
    source = one.ladder.source.text if one.ladder else one.lagrum.text
    decided = [each.decided for each in definition.documents.values() if source.startswith(each.name)]
    if decided and decided[0].startswith("inget"):
        return f"Att försenade underlag tas upp här står i kommunens årshjul ({source}); något eget beslut om det finns inte."
    words = f" ({decided[0]})" if decided else ""
    return f"Att försenade underlag tas upp här följer av {source}{words}."


def _is_awaited(scene: Scene, late: Sequence[Obligation]) -> bool:
    """Tell whether all that is late is what other enheter need for theirs, and no part of the report itself."""
    others = [each for each in scene.wheel.obligations.values() if each.requires]
    return all(any(each.requires == one.key and each.unit != one.unit for each in others) for one in late)


def _basis(scene: Scene, one: Obligation) -> tuple[str, ...]:
    """Return what the body has to decide by, beside the paper itself; no sammanställning before anything has come in."""
    every = part_states(scene.session, scene.wheel.occurrence(one.occurrence).obligations)
    has_come = any(part.version for parts in every.values() for part in parts)
    plan = scene.office.definition.year_plans.get(one.deadline.last_day.year)
    fixed = ""
    if plan and plan.state == "fastställd" and plan.day:
        paragraf = f" § {plan.paragraf}" if plan.paragraf else ""
        fixed = f"Tidplan {one.deadline.last_day.year}, fastställd {said_day(plan.day)}{paragraf}"
    compiled = f"Sammanställning av det som har kommit in till {one.report}"
    return (*((compiled,) if has_come else ()), *((fixed,) if fixed else ()))


def _sent_letters(scene: Scene, told: Handed) -> dict[ObligationKey, tuple[SentLetter, ...]]:
    definition = scene.office.definition
    found: dict[ObligationKey, tuple[SentLetter, ...]] = {}
    for key, rows in told.items():
        one = scene.wheel.obligations[key]
        kinds = {rung.id: rung.kind for rung in (one.ladder.rungs if one.ladder else ())}
        found[key] = tuple(
            SentLetter(
                handed_at=_left(letter),
                rung_name=word_name(one, notice.rung),
                reminds=kinds.get(notice.rung) in ("påminnelse", "sen") and not letter.shadow,
                to=_reached(definition, scene.people, one, notice, letter),
            )
            for notice, letter in rows
        )
    return found


def _reached(definition: Definition, people: People, one: Obligation, notice: NoticeRow, letter: LetterRow) -> str:
    """Return who really got a letter: the role that it was for, or the ekonomikontor in its place."""
    role = definition.roles[notice.role].name if notice.role in definition.roles else notice.role
    if letter.shadow:
        return f"{definition.office_said} i skugga, i stället för {role}"
    office = people.who(EKONOMIKONTORET, None)
    if (
        notice.role != EKONOMIKONTORET
        and notice.person_id == (office.id if office else None)
        and (people.who(notice.role, one.unit) is None)
    ):
        return f"{definition.office_said}, då {role} saknas"
    return role


def _left(letter: LetterRow) -> datetime:
    return letter.handed_at or letter.made_at
