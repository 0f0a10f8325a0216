"""What is complete and what is missing, part by part, for one obligation or thousands at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from arshjul.keys import ObligationKey, RoleId, UnitId
from arshjul.ladder.standing import State, part_state
from arshjul.swedish import day_text, enheter_of, listing, local_date
from arshjul.year.wheel import Obligation, PartOwed
from store.database import Session
from store.handins import answers
from store.handins import versions as submissions
from store.handins.answers import Asked
from store.tables import Answer, FindingRow, Submission
from submissions.finding import STOP, Finding, finding_of
from submissions.standing.version import QUESTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A finding of severity ``fråga``, and the motivering that answers it, if there is one."""

    id: int  #: the finding's
    finding: Finding
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """One part as it stands: the version that counts (the newest complete one), or nothing (``version`` None).

    ``findings`` leaves out what rules that are out of force have found.
    """

    part: PartOwed
    obligation_key: ObligationKey
    version: int | None
    submission_id: int | None
    complete: bool
    late: bool
    received_at: datetime | None
    by: str | None
    filename: str | None
    sha256: str | None
    fields: Mapping[str, Any]
    ej_aktuellt: str | None
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...] = ()
    waits: bool = False  #: it approves what an enhet below has not handed in whole

    @property
    def state(self) -> State:
        """How the part stands."""
        return part_state(complete=self.complete, ej_aktuell=self.ej_aktuellt is not None)

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """The questions that wait for an answer."""
        return tuple(each for each in self.questions if each.answer is None)


def part_states(session: Session, obligations: Iterable[Obligation]) -> Mapping[ObligationKey, tuple[PartState, ...]]:
    """Return every part's state by obligation key, in the definition's order, with a few queries for many.

    Last those that a part of the host's fulfils: they stand as it does, under its ``obligation_key``. One that approves
    what an enhet below owes waits for it, and is complete when it is.
    """
    every = tuple(obligations)
    places = {one.key: tuple(_places(one)) for one in (*every, *carried_by(every))}
    rows = submissions.counting(session, {key for many in places.values() for _, key, _ in many})
    found, answered = _judged(session, rows.values())
    apart = {
        mine: tuple(_state(key, part, rows.get((key, part_id)), found, answered) for part, key, part_id in many)
        for mine, many in places.items()
    }
    return {one.key: _with_approvals(session, one, apart) for one in every}


def carried_by(obligations: Iterable[Obligation]) -> Iterator[Obligation]:
    """Yield what obligations carry up, and what that carries up."""
    for below in (part.carries for one in obligations for part in one.parts if part.carries):
        yield below
        yield from carried_by([below])


def _with_approvals(
    session: Session, one: Obligation, apart: Mapping[ObligationKey, tuple[PartState, ...]]
) -> tuple[PartState, ...]:
    """Return the parts' states, each approval held against what it approves."""
    return tuple(
        _approval(session, one, state, _with_approvals(session, state.part.carries, apart))
        if state.part.carries
        else state
        for state in apart[one.key]
    )


def _approval(session: Session, one: Obligation, state: PartState, below: Sequence[PartState]) -> PartState:
    """Return how an approval stands.

    It holds for what was handed in when it was given. What comes in anew before the frist is to be approved anew; what
    comes later stands in the versions, and makes nobody late. Where nothing of what was approved counts any more (it was
    sent back, or taken away), what came in its place is approved anew whenever it came.
    """
    if state.ej_aktuellt is not None:
        return state
    latest = max((each.received_at for each in below if each.received_at), default=None)
    given, is_old = state.received_at, False
    if given is not None and latest is not None and given < latest:
        whole = _whole_since(session, below)
        is_old = latest <= one.deadline.at or (whole is not None and given < whole)
    whole_below = all_complete(below)
    return replace(state, complete=state.complete and whole_below and not is_old, waits=not whole_below)


def _whole_since(session: Session, states: Sequence[PartState]) -> datetime | None:
    """Return since when each of these parts has had a version that counts still; None when one of them has none.

    An approval counts from when what it approves was whole.
    """
    rows = submissions.versions(session, {state.obligation_key for state in states})
    beside, found = {row.id: many for many in rows.values() for row in many}, list[datetime | None]()
    for state in states:
        below = state.part.carries
        floor = _whole_since(session, part_states(session, [below])[below.key]) if below else None
        counted = [row for row in beside.get(state.submission_id or 0, ()) if row.complete]
        whole = (row.received_at for row in counted if row.ej_aktuellt or floor is None or row.received_at >= floor)
        found.append(min(whole, default=None))
    return None if None in found else max(each for each in found if each)


def _places(one: Obligation) -> Iterator[tuple[PartOwed, ObligationKey, str]]:
    """Yield each part of an obligation, with the obligation and the part as which it is handed in."""
    for part in one.parts:
        yield part, one.key, part.id
    if one.host:
        for each in one.fulfilled:
            yield each.part, one.host, each.by


def attempts(
    session: Session, states: Mapping[ObligationKey, Sequence[PartState]]
) -> Mapping[tuple[ObligationKey, str], PartState]:
    """Return, by obligation key and part id, the newest version where it is not the one that counts.

    It counts as soon as what it lacks is mended, or what it is asked is answered.
    """
    counting = {(key, state.part.id): state for key, mine in states.items() for state in mine}
    newer = {
        where: row
        for where, row in submissions.newest(session, states).items()
        if where in counting and row.id != counting[where].submission_id
    }
    found, answered = _judged(session, newer.values())
    return {where: _state(where[0], counting[where].part, row, found, answered) for where, row in newer.items()}


def _judged(
    session: Session, rows: Iterable[Submission]
) -> tuple[Mapping[int, Sequence[FindingRow]], Mapping[int, Mapping[Asked, Answer]]]:
    """Return what was found in versions by rules in force, and what was answered, by the version's id."""
    found = submissions.findings_in_force(session, (row.id for row in rows))
    asked = [key for key, each in found.items() if any(row.severity == QUESTION for row in each)]
    return found, answers.answers(session, asked)


def all_complete(states: Sequence[PartState]) -> bool:
    """Tell whether every part is complete."""
    return all(state.complete for state in states)


def completed_at(session: Session, states: Sequence[PartState]) -> datetime | None:
    """Return when the last of these complete parts came in whole; None when none of them says.

    Each by its first version that is complete, from when that was handed over and all that it was asked was answered.
    """
    counting = {state.submission_id for state in states if state.submission_id}
    rows = submissions.versions_beside(session, counting)
    mine = [
        [row for row in versions if row.complete]
        for versions in rows.values()
        if counting & {row.id for row in versions}
    ]
    given = answers.answers(session, [row.id for versions in mine for row in versions])
    whole = (
        min(max([row.received_at, *(each.answered_at for each in given.get(row.id, {}).values())]) for row in versions)
        for versions in mine
        if versions
    )
    return max(whole, default=None)


def owing_roles(states: Sequence[PartState]) -> tuple[RoleId, ...]:
    """Return the roles that still owe a part, each once, in the definition's order; nobody owes what waits for others."""
    return tuple(dict.fromkeys(state.part.role for state in states if not (state.complete or state.waits)))


def owner_of(state: PartState, unit: UnitId) -> tuple[RoleId, UnitId]:
    """Return whose a part of an enhet is to do something about: while it waits, the enhet's below."""
    below = state.part.carries
    return (below.parts[0].role, below.unit) if below and state.waits else (state.part.role, unit)


def owners_of(states: Sequence[PartState], unit: UnitId) -> tuple[tuple[RoleId, UnitId], ...]:
    """Return whose it is to do something about what is not complete, each role of each enhet once."""
    return tuple(dict.fromkeys(owner_of(state, unit) for state in states if not state.complete))


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """How what an enhet carries up stands: how many of those below are in, and how many of them are approved."""

    within: int  #: that have handed in, or are carried up without
    approved: int  #: those of them that are approved as they stand
    of: int
    waited_for: tuple[str, ...]  #: the others, inside a sentence

    @property
    def count(self) -> str:
        """``2 av 5``: for a cell, a name, a list."""
        return f"{self.within} av {self.of}"

    @property
    def words(self) -> str:
        """``2 av 5 enheter under har lämnat, 1 godkänd; väntar på hemtjänst norr``."""
        approved = f", {self.approved} {'godkänd' if self.approved == 1 else 'godkända'}" if self.approved else ""
        waits = f"; väntar på {listing(list(self.waited_for))}" if self.waited_for else ""
        return f"{enheter_of(self.within, self.of)} under har lämnat{approved}{waits}"


def below(states: Sequence[PartState]) -> Below | None:
    """Return how what is carried up stands, for all who tell it; None for what carries nothing up."""
    carried = [(state, state.part.carries) for state in states if state.part.carries]
    if not carried:
        return None
    waited_for = tuple(one.unit_said for state, one in carried if one and state.waits)
    return Below(
        within=len(carried) - len(waited_for),
        approved=sum(state.complete and state.ej_aktuellt is None for state, _ in carried),
        of=len(carried),
        waited_for=waited_for,
    )


def below_words(states: Sequence[PartState]) -> str:
    """Return how what is carried up stands, as :attr:`Below.words`; "" for what carries nothing up."""
    found = below(states)
    return found.words if found else ""


def lacks(state: PartState) -> tuple[str, str] | None:
    """Return what is missing of a part and how to mend it; None when it is complete."""
    if state.complete:
        return None
    if (below := state.part.carries) is not None:
        if state.waits:
            return f"väntar på {below.unit_said}, senast {day_text(local_date(below.deadline.at))}", ""
        again = " på nytt efter godkännandet" if state.version else ""
        return f"är inlämnad{again} men inte godkänd", "Läs och godkänn på din sida."
    stop = next((found for found in state.findings if found.severity == STOP), None)
    if stop:
        return stop.message, stop.mend
    if state.unanswered:
        count = len(state.unanswered)
        first = state.unanswered[0].finding.message
        return f"{'en fråga' if count == 1 else f'{count} frågor'} att svara på. {first}", "Svara på din sida."
    return "har inte lämnats in", ""


def _state(
    key: ObligationKey,
    part: PartOwed,
    row: Submission | None,
    found: Mapping[int, Sequence[FindingRow]],
    answered: Mapping[int, Mapping[Asked, Answer]],
) -> PartState:
    mine = found.get(row.id, ()) if row else ()
    replies = answered.get(row.id, {}) if row else {}
    return PartState(
        part=part,
        obligation_key=key,
        version=row.version if row else None,
        submission_id=row.id if row else None,
        complete=row.complete if row else False,
        late=row.late if row else False,
        received_at=row.received_at if row else None,
        by=row.by if row else None,
        filename=row.filename if row else None,
        sha256=row.sha256 if row else None,
        fields=row.fields if row else {},
        ej_aktuellt=row.ej_aktuellt if row else None,
        findings=tuple(finding_of(one) for one in mine),
        questions=tuple(_question(one, replies.get((one.rule, one.place))) for one in mine if one.severity == QUESTION),
    )


def _question(row: FindingRow, reply: Answer | None) -> Question:
    return Question(id=row.id, finding=finding_of(row), answer=reply.motivering if reply else None)
