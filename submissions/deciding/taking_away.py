"""Taking a handed-in version away, by a named person with a reason: it counts as if it had never come.

What it holds goes, and what quotes it: what was read, findings, answers, figures in the log, the sammanställningar
that it stands in. Its row and checksum stay, and the log tells that it was there. Its file's name stays too, unless
whoever takes it away says that the name tells something that may not be told. What is older counts again;
where nothing does, the part is owed, and the enhet gets a frist to hand it in by.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey
from arshjul.year.leaning import concerned
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from store.database import Session
from store.handins import answers, compilations, removals
from store.handins import versions as submissions
from store.log.chain import chain, gallra
from store.log.search import about
from store.log.writing import log
from store.plan import recording
from store.plan.obligations import hold
from store.plan.planning import touch, wake
from store.savepoints import reread, settle
from store.tables import LogRow, Submission
from submissions.deciding.sending_back import new_frist
from submissions.standing.completeness import PartState, part_states

#: why something may be taken away, by what a form calls it
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "misstag": "inlämnad av misstag",
        "sekretess": "sekretess (OSL)",
        "personuppgifter": "personuppgifter som inte ska vara med",
    }
)
#: kinds of log rows that tell figures out of a version
QUOTING = ("submission.reopened", "submission.restored", "submission.changed_too_late")


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
    session: Session,
    wheel: Wheel,
    key: ObligationKey,
    submission_id: int,
    reason: str,
    why: str,
    until: date | None,
    by: str,
    now: datetime,
    *,
    keep_name: bool = True,
) -> TakenAway:
    """Take a version away, and every other version of the part that is the very same file.

    Without ``keep_name`` the file's name goes too, out of the version and out of every row of the log about the krav.

    When the part is missing without it the frist becomes ``until``, as by an återremiss; it must be said when the
    frist has passed. Raises RefusedError for a version that is not there or is gone, without a reason, and for a
    day that cannot be.
    """
    by, why, one = recording.stated(by), recording.reason(why), recording.obligation(wheel, key)
    if reason not in REASONS:
        raise RefusedError(f"Välj varför handlingen tas bort{nearest(reason, REASONS.values())}")
    hold(session, concerned(wheel, one))
    part, versions = _chosen(session, one, submission_id)
    before = _state(session, one, part)
    quotes = frozenset(_quotes(session, versions))
    names = frozenset() if keep_name else frozenset(row.filename for row in versions if row.filename)
    for row in versions:
        removals.remove_content(session, row, removals.TAKEN_AWAY, REASONS[reason], why, by, now)
        detail = {
            "part": part.id,
            "version": row.version,
            "filename": row.filename if keep_name else None,
            "sha256": row.sha256,
            "reason": REASONS[reason],
            "why": why,
        }
        if not keep_name:
            row.filename = None
        log(session, now, by, "submission.taken_away", one.key, detail)
    _forget_what_was_made(session, wheel, one, now)
    _forget_figures(session, one, part, versions, by, now)
    _forget_names(session, one, names, by, now)
    after = _state(session, one, part)
    missing = before.complete and not after.complete
    frist, moved = _frist(session, wheel, one, until, why, by, now) if missing else (_due(wheel, one), False)
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
        moved=moved,
        quotes=quotes,
        names=names,
    )


def _chosen(session: Session, one: Obligation, submission_id: int) -> tuple[PartOwed, tuple[Submission, ...]]:
    row = submissions.by_id(session, submission_id)
    part = next((each for each in one.parts if row and each.id == row.part), None)
    if row is None or part is None or row.obligation_key != one.key:
        raise RefusedError("Välj vilken version som ska tas bort, bland dem som är inlämnade.")
    if gone := removals.removals(session, [row.id]).get(row.id):
        raise RefusedError(f"Versionen är redan {gone.kind}, av {gone.by}.")
    if row.sha256 is None:
        return part, (row,)
    same = [
        each for each in removals.holding(session, row.sha256) if (each.obligation_key, each.part) == (one.key, part.id)
    ]
    return part, tuple(sorted(same, key=lambda each: -each.version))


def _state(session: Session, one: Obligation, part: PartOwed) -> PartState:
    return next(each for each in part_states(session, [one])[one.key] if each.part.id == part.id)


def _quotes(session: Session, versions: Iterable[Submission]) -> Iterable[str]:
    ids = [row.id for row in versions]
    for found in submissions.findings(session, ids).values():
        yield from (each.message for each in found)
    for given in answers.answers(session, ids).values():
        yield from (each.motivering for each in given.values())
    yield from (row.ej_aktuellt for row in versions if row.ej_aktuellt)


def _forget_what_was_made(session: Session, wheel: Wheel, one: Obligation, now: datetime) -> None:
    """Take away the sammanställningar that it may stand in; they are made anew when the pictures are drawn."""
    every = {wheel.obligations[key].occurrence for key in concerned(wheel, one) if key in wheel.obligations}
    for occurrence in every:
        compilations.forget(session, *occurrence)
    touch(session, sorted(every), now)


def _forget_figures(
    session: Session, one: Obligation, part: PartOwed, versions: Iterable[Submission], by: str, now: datetime
) -> None:
    """Gallra the log's rows that tell figures out of the versions; the chain still holds."""
    numbers = {row.version for row in versions}
    rows = [
        row
        for row in about(session, one.key, QUOTING)
        if row.detail and row.detail.get("part") == part.id and row.detail.get("version") in numbers
    ]
    _gallra(session, rows, by, f"siffror ur en borttagen handling ({part.id})", now)


def _forget_names(session: Session, one: Obligation, names: frozenset[str], by: str, now: datetime) -> None:
    """Gallra the log's rows that tell a name which has gone: what came in, was refused, and was read."""
    rows = [row for row in about(session, one.key) if row.detail and row.detail.get("filename") in names]
    _gallra(session, rows, by, "namnet på en borttagen fil", now)


def _gallra(session: Session, rows: Sequence[LogRow], by: str, why: str, now: datetime) -> None:
    settle(session)
    while any(row.number is None for row in rows) and chain(session):  # only a chained row can be gallrad
        for row in rows:
            reread(session, row)
    if rows:
        gallra(session, [row.number for row in rows if row.number is not None], by, why, now)


def _frist(
    session: Session, wheel: Wheel, one: Obligation, until: date | None, why: str, by: str, now: datetime
) -> tuple[datetime, bool]:
    stands = _due(wheel, one)
    if until is None:
        if stands <= now:
            raise RefusedError("Fristen har gått ut. Ange senast när delen ska lämnas in igen.")
        return stands, False
    frist = new_frist(wheel, one, until, now)
    if frist <= stands:
        return stands, False
    recording.give_time(session, wheel.definition, {one.host or one.key: frist}, why, by, now)
    return frist, True


def _due(wheel: Wheel, one: Obligation) -> datetime:
    return wheel.obligations[one.host or one.key].deadline.at
