"""Taking a handed-in version away, by a named person with a reason: it counts as if it had never come.

What it holds goes, and what quotes it: what was read, findings, answers, figures in the log, the sammanställningar
that it stands in. Its row and checksum stay, and the log tells that it was there. Its file's name stays too, unless
whoever takes it away says that the name tells something that may not be told. What is older counts again;
where nothing does, the part is owed, and the enhet gets a frist to hand it in by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from actions.act import SHORTEST_REASON, Act
from actions.contents.forgetting import forget_in_store, hide_quotes, quotes_of
from actions.contents.removing import strip_mails
from actions.contents.withholding import refuse_gone
from actions.posting import write
from actions.readers import link_for, reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from actions.underlag.mending import done_above, frister_above, host_of, new_frist
from actions.underlag.reopenings import taken_along
from actions.underlag.weighing import weigh
from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed
from notifications.calendars.frist_calendar import frist_event
from notifications.letters import compose
from notifications.letters.views.underlag_views import TakenAwayView
from notifications.plain import defused
from store.database import Session
from store.handins import removals
from store.handins import versions as submissions
from store.plan.obligations import hold
from store.plan.recorded import give_time
from store.plan.waking import wake
from store.post.letter_keys import LetterKey, in_key
from store.post.notices import MOVED
from store.tables import LetterRow, Submission
from submissions.standing.completeness import PartState, part_states

KIND = "borttagen handling"
#: why something may be taken away, by what a form calls it
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "misstag": "inlämnad av misstag",
        "personuppgifter": "personuppgifter som inte ska vara med",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAway:
    """What was taken away, and what the part is without it. ``quotes`` are words that others may have repeated."""

    obligation: Obligation
    part: PartOwed
    versions: tuple[Submission, ...]  #: newest first: those that were the same file
    reason: str
    why: str
    stands: PartState
    missing: bool  #: it was complete, and is not without it
    frist: datetime
    moved: bool  #: the frist is a new one
    quotes: frozenset[str]
    names: frozenset[str]  #: the files' names, where they went too


def take_away(
    act: Act,
    key: ObligationKey,
    submission_id: int,
    reason: str,
    until: date | None,
    *,
    decision: str,
    keep_name: bool = True,
) -> TakenAway:
    """Take a version away, and every other version of the part that is the very same file; write to whoever hands it in.

    Without ``keep_name`` the file's name goes too, out of the version and out of every row of the log about the krav.

    ``decision`` is what it is done by: a gallringsbeslut or the dokumenthanteringsplan. Sekretess is none: it is a reason
    not to give out, and never one to destroy.

    When the part is missing without it the frist becomes ``until``, as by an återremiss, and whoever above had approved it
    has a day more; it must be said when the frist has passed. Raises RefusedError for a version that is not there or is gone, without a reason, and for a
    day that cannot be.
    """
    taken, scene = _record(act, key, submission_id, reason, until, decision, keep_name=keep_name), act.scene
    weigh(scene, [key])
    strip_mails(scene.session, taken.versions, removals.TAKEN_AWAY, taken.names)
    hide_quotes(scene, taken.obligation, taken.part, taken.versions, taken.quotes, taken.names)
    if scene.office.utskick != "av":
        _tell(act.anew().scene, taken)
    return taken


def _record(
    act: Act, key: ObligationKey, submission_id: int, reason: str, until: date | None, decision: str, *, keep_name: bool
) -> TakenAway:
    scene, session, wheel, now = act.scene, act.scene.session, act.scene.wheel, act.scene.now
    why, one = act.reason, act.obligation(key)
    if reason not in REASONS:
        raise RefusedError(f"Välj varför handlingen tas bort{nearest(reason, REASONS.values())}")
    by_what = decision.strip()
    if len(by_what) < SHORTEST_REASON:
        raise RefusedError(
            "Skriv vilket beslut handlingen tas bort med stöd av, eller vad dokumenthanteringsplanen säger om den."
        )
    hold(session, concerned(wheel, one))
    part, versions = _chosen(session, one, submission_id)
    before, above = _state(session, one, part), done_above(scene, one)
    quotes = frozenset(quotes_of(session, versions))
    names = frozenset() if keep_name else frozenset(row.filename for row in versions if row.filename)
    for row in versions:
        removals.remove_content(
            session, row, removals.TAKEN_AWAY, REASONS[reason], f"{why} Beslut och stöd: {by_what}", act.by, now
        )
        detail = {
            "part": part.id,
            "version": row.version,
            "filename": row.filename if keep_name else None,
            "sha256": row.sha256,
            "reason": REASONS[reason],
            "why": why,
            "decision": by_what,
        }
        if not keep_name:
            removals.forget_name(row)
        act.log("submission.taken_away", one.key, detail)
    forget_in_store(act, one, part, versions, names)
    after = _state(session, one, part)
    missing = before.complete and not after.complete
    stands = host_of(wheel, one).deadline.at
    frist = _frist(act, one, until) if missing else stands
    if missing:
        later = {host_of(wheel, one).key: frist} if frist > stands else {}
        give_time(session, wheel.definition, later | frister_above(wheel, above, frist, now), why, act.by, now)
    wake(session, concerned(wheel, one), now)
    return TakenAway(
        obligation=one,
        part=part,
        versions=versions,
        reason=REASONS[reason],
        why=why,
        stands=after,
        missing=missing,
        frist=frist,
        moved=frist > stands,
        quotes=quotes,
        names=names,
    )


def _chosen(session: Session, one: Obligation, submission_id: int) -> tuple[PartOwed, tuple[Submission, ...]]:
    row = submissions.by_id(session, submission_id)
    part = next((each for each in one.parts if row and each.id == row.part), None)
    if row is None or part is None or row.obligation_key != one.key:
        raise RefusedError("Välj vilken version som ska tas bort, bland dem som är inlämnade.")
    refuse_gone(session, row)
    if row.sha256 is None:
        return part, (row,)
    same = [
        each for each in removals.holding(session, row.sha256) if (each.obligation_key, each.part) == (one.key, part.id)
    ]
    return part, tuple(sorted(same, key=lambda each: -each.version))


def _state(session: Session, one: Obligation, part: PartOwed) -> PartState:
    return next(each for each in part_states(session, [one])[one.key] if each.part.id == part.id)


def _frist(act: Act, one: Obligation, until: date | None) -> datetime:
    scene, stands = act.scene, host_of(act.scene.wheel, one).deadline.at
    if until is None:
        if stands <= scene.now:
            raise RefusedError("Fristen har gått ut. Ange senast när delen ska lämnas in igen.")
        return stands
    return max(stands, new_frist(scene.wheel, one, until, scene.now))


def _tell(scene: Scene, taken: TakenAway) -> LetterRow | None:
    one, part, newest = taken.obligation, taken.part, taken.versions[0]
    host = scene.wheel.obligations[one.host or one.key]
    person = scene.people.who(part.role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
    notices = taken_along(scene, host, part.role, person) if taken.missing else []
    view = TakenAwayView(
        step_name=one.step_name,
        report=one.report,
        period_text=one.period.text,
        unit_name=one.unit_name,
        unit_said=one.unit_said,
        part_name=part.name.partition(" (")[0],
        version=newest.version,
        filename=defused(newest.filename) if newest.filename else None,
        sha256=newest.sha256,
        reason=taken.reason,
        why=taken.why,
        missing=taken.missing,
        stands=taken.stands.version if taken.stands.complete else None,
        due_at=host.deadline.at,
        moved=taken.moved,
        diarienummer=scene.diarienummer(one.occurrence),
        lagrum=one.lagrum.text,
    )
    calendar = [frist_event(host, scene.office, scene.now)] if taken.moved else []
    reader = reader_of(scene, person, part.role, link_for(scene, person) if not taken.stands.complete else None)
    return write(
        scene,
        key=LetterKey.of(one.key, "borttagen", newest.id, part.role, in_key(person.id if person else None)),
        kind=KIND,
        composed=compose.taken_away(reader, view, scene.office.sender, calendar),
        to=person,
        cc=copies([one.unit], person, scene.people),
        rung=MOVED if taken.moved else None,
        thread=one.occurrence,
        notices=notices,
    )
