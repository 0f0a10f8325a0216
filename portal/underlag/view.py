"""One enhet's obligation in one occurrence, as the ekonomikontor handles it: parts, findings, bounds, what holds."""

from dataclasses import dataclass
from datetime import date, datetime

from actions.contacts import contacts
from actions.plan.silencing import LONGEST_HOLD_WORKDAYS
from actions.scene import Scene, Sight
from actions.sending.reminding import owing_readers, refuse_reminder
from actions.underlag.anstand import bound_words, room_words
from actions.underlag.approving import Approved, approvals
from actions.underlag.mending import latest_mending
from actions.underlag.sending_back import RULE
from arshjul.errors import RefusedError
from arshjul.ladder.standing import State
from arshjul.swedish import local_date
from arshjul.year.last_anstand import LastDay, is_closed, last_anstand
from arshjul.year.wheel import Obligation, Occurrence
from portal.loggen.log_words import about
from portal.underlag.timeline_view import Timeline, timeline_of
from portal.web.pages import left_text
from store.handins import removals, withheld
from store.handins import versions as submissions
from store.plan import anstand_requests
from store.plan.matters import escalated
from store.plan.obligations import rows_of
from store.plan.planning import held_back
from store.plan.silences import quiet_until, silences
from store.post import incoming
from store.post.sent import letters_about_underlag
from store.tables import AnstandRequest, LetterRow, Removal, Submission, Withheld
from submissions.standing.completeness import PartState, all_complete, below_words, part_states
from submissions.standing.states import states_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVersion:
    """A version whose content is there, and may be taken away."""

    id: int
    part_name: str
    row: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldVersion:
    """A version that is withheld by law, and by which spärr."""

    part_name: str
    row: Submission
    held: Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A version whose content is gone."""

    part_name: str
    row: Submission
    removal: Removal
    elsewhere: tuple[str, ...]  #: where the same file still lies
    by_mail: bool  #: it came with a mail, which lies in the mailbox still


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlag:
    """All that the page of one obligation shows."""

    one: Obligation
    occurrence: Occurrence
    state: State
    left: str
    below: str  #: how what is carried up stands; "" for what carries nothing up
    parts: tuple[PartState, ...]
    approved: Approved | None
    is_back: bool  #: sent back, and nothing new has come in
    can_approve: bool
    handed_in: bool
    last: LastDay | None  #: the last day of an anstånd
    no_room: bool  #: the frist stands on that day already, or the day has been
    last_words: str  #: why it cannot be longer
    room: str  #: that the ladder does not reach the meeting; "" when it does
    mend_until: datetime | None  #: the latest frist of an återremiss; None: nothing bounds it
    hold_until: date
    rests: date | None
    held: date | None
    escalated: bool
    host_path: str  #: the page where the frist is handled, for a hosted one
    timeline: Timeline
    diarienummer: str | None
    there: tuple[HeldVersion, ...]  #: part by part, newest first
    withheld: tuple[WithheldVersion, ...]
    gone: tuple[Gone, ...]
    silent: str  #: why no letters go about it, in people's words; "" when they do
    added: tuple[str, ...]  #: parts that came into the plan when its time was over, and are not asked for
    call: tuple[str, ...]  #: whom to call about it, when it is late
    asked: tuple[AnstandRequest, ...]  #: requests for anstånd that wait for an answer
    letters: tuple[LetterRow, ...]  #: the newest about it, whoever got them
    reminded: tuple[str, ...]  #: who gets a reminder that is sent now: name and address
    unreminded: str  #: why none can be sent; "" when it can
    reminded_at: datetime  #: when it leaves
    earlier: datetime | None  #: the frist that the plan would have, earlier than the one that was told; None: the same


def underlag_view(scene: Scene, one: Obligation) -> Underlag:
    """Gather one obligation."""
    session, now = scene.session, scene.now
    occurrence = scene.wheel.occurrence(one.occurrence)
    parts = part_states(session, [one])[one.key]
    back = any(found.rule == RULE for part in parts for found in part.findings)
    approval, today = approvals(session, [one]).get(one.key), local_date(now)
    complete = all_complete(parts)
    names: dict[str, str] = {part.id: part.name.partition(" (")[0] for part in one.parts}
    rows = submissions.every_version(session, [one.key])
    away = removals.removals(session, [row.id for row in rows])
    locked = withheld.of_versions(session, [row.id for row in rows])
    row = rows_of(session, [one.key]).get(one.key)
    quiet, sight = quiet_until(session, [one.key]), scene.look([one.key])
    rests, held = (quiet[kind].get(one.key) for kind in ("vila", "håll"))
    state = states_of(session, scene.wheel, [one], scene.office.since, now)[one.key]
    return Underlag(
        one=one,
        occurrence=occurrence,
        state=state,
        left="" if complete else left_text(one.deadline.at, now, scene.wheel.workdays),
        below=below_words(parts),
        parts=parts,
        approved=approval,
        is_back=back,
        can_approve=(complete or back) and approval is None,
        handed_in=any(part.version for part in parts),
        last=(last := last_anstand(scene.wheel, one)),
        no_room=is_closed(one, last, now),
        last_words=bound_words(scene.wheel, one, last, now) if last else "",
        room=room_words(scene.wheel, one),
        mend_until=latest_mending(scene.wheel, one, now),
        hold_until=scene.wheel.workdays.add(today, LONGEST_HOLD_WORKDAYS),
        rests=rests if rests and rests >= today else None,
        held=held if held and held >= today else None,
        escalated=one.key in escalated(session, [one.key]),
        host_path=one.host.path if one.host else "",
        timeline=timeline_of(scene, occurrence, one),
        diarienummer=scene.diarienummer(one.occurrence),
        there=tuple(
            HeldVersion(id=row.id, part_name=names.get(row.part, row.part), row=row)
            for row in rows
            if row.id not in away and row.id not in locked
        ),
        withheld=tuple(
            WithheldVersion(part_name=names.get(row.part, row.part), row=row, held=locked[row.id])
            for row in rows
            if row.id in locked
        ),
        gone=tuple(_gone(scene, names.get(row.part, row.part), row, away[row.id]) for row in rows if row.id in away),
        silent=silences(session, scene.wheel, [one], scene.office.since, now).get(one.key, ""),
        added=tuple(names.get(part, part) for part in row.added_parts or ()) if row else (),
        call=contacts(scene, parts, one.unit) if state.is_late else (),
        asked=tuple(anstand_requests.open_requests(session, [one.key])),
        letters=tuple(letters_about_underlag(session, one.key)),
        reminded=tuple(f"{person.name}, {person.address}" for _, person in owing_readers(sight, one)),
        unreminded=_unreminded(sight, one),
        reminded_at=scene.opens,
        earlier=held_back(session, scene.office.definition, now).get(one.key),
    )


def _unreminded(sight: Sight, one: Obligation) -> str:
    try:
        refuse_reminder(sight, one)
    except RefusedError as refused:
        return str(refused)
    return ""


def _gone(scene: Scene, part_name: str, row: Submission, removal: Removal) -> Gone:
    checksum, definition = row.sha256, scene.office.definition
    same = removals.holding(scene.session, checksum) if checksum else ()
    return Gone(
        part_name=part_name,
        row=row,
        removal=removal,
        elsewhere=tuple(dict.fromkeys(about(definition, each.obligation_key).text for each in same)),
        by_mail=bool(checksum and incoming.with_files(scene.session, [checksum])),
    )
