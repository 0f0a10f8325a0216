"""Reopening: a later ledger file changed what an enhet handed in, so its underlag is no longer complete.

The version stays, with a finding of severity ``stopp`` that tells row by row what changed. When a still later file
agrees with it again, the finding is taken back. What was complete gets days to be mended in: see
docs/decisions/0011-a-reopened-underlag-gets-days.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from arshjul.bodies.outcomes import LEFT_OPEN
from arshjul.definition.asked import LedgerPlan
from arshjul.keys import ObligationKey, PeriodKey
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM, local, local_date
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from store.database import Session
from store.handins import ledgers
from store.handins import versions as submissions
from store.handins.resting import resting
from store.log.writing import log
from store.plan import recorded, status
from store.plan.obligations import hold
from store.plan.waking import wake
from store.tables import LedgerFile, Submission
from submissions.files.filled import Filled
from submissions.finding import STOP, Finding
from submissions.ledger.ledger_changes import LedgerChange, changes, in_tkr, told
from submissions.ledger.ledger_rows import closing, until_text
from submissions.standing.completeness import all_complete, part_states
from submissions.standing.version import judge_again

RULE = "andrad-bokforing"
REPLACED = "ersatt-version"

Outcome = Literal["öppnad på nytt", "ändrad igen", "återställd", "redan behandlad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """What became of one version that a ledger file changed the figures of.

    ``öppnad på nytt``: it is no longer complete. ``ändrad igen``: it was open already, and the figures are others
    now. ``återställd``: the ledger agrees with it again. ``redan behandlad``: it is too late, nothing was done.
    """

    obligation: Obligation
    part: PartOwed
    version: int
    outcome: Outcome
    changes: tuple[LedgerChange, ...]
    frist: datetime | None = None  #: the frist that it got, when it got a new one


def reopen(session: Session, wheel: Wheel, plan: LedgerPlan, file: LedgerFile, now: datetime) -> list[Reopened]:
    """Hold everything that was handed in for the file's ledger and period against it, and reopen what changed.

    Nothing is reopened while the ekonomikontor has taken the rule out of force.
    """
    if RULE in resting(session):
        return []
    one_file = _File(session, wheel, plan, file, now)
    hold(session, {key for one in one_file.obligations() for key in concerned(wheel, one)})
    found = [each for one in one_file.obligations() for each in one_file.look(one)]
    again = [each for each in found if each.outcome == "öppnad på nytt"]
    frister = one_file.give_time(again)
    return [_with_frist(each, frister) for each in found]


@dataclass
class _File:
    """A file on its way through what was handed in."""

    session: Session
    wheel: Wheel
    plan: LedgerPlan
    file: LedgerFile
    now: datetime

    def __post_init__(self) -> None:
        amounts = ledgers.amounts_of(self.session, self.file.id)
        self._amounts = {unit: in_tkr(rows) for unit, rows in amounts.items()}
        self._period = Period.parse(self.file.period)
        self._was_complete: dict[ObligationKey, bool] = {}

    def obligations(self) -> list[Obligation]:
        """The obligations whose figures the file holds."""
        return [
            one
            for one in self.wheel.obligations.values()
            if one.unit in self._amounts and closing(one.period) == self._period
        ]

    def look(self, one: Obligation) -> Iterator[Reopened]:
        """Judge an obligation's parts against the file."""
        host = self._host(one)
        if host.key not in self._was_complete:
            states = part_states(self.session, self._group(host))
            self._was_complete[host.key] = all(all_complete(each) for each in states.values())
        rows = submissions.contents(self.session, [one.key])
        for part in one.parts:
            versions = rows.get((one.key, part.id), [])
            marked = self._marked(versions)
            whole = next((row for row in versions if row.complete), None)
            # without one that stands, the one that was reopened may come to stand again
            row = whole or next((row for row in versions if row.id in marked), None)
            outcome = self._judge(one, part, row, versions, marked.get(row.id)) if row and row.content else None
            if outcome:
                yield outcome

    def give_time(self, reopened: Iterable[Reopened]) -> dict[ObligationKey, datetime]:
        """Give what was wholly complete its days to be mended in; return the new frister, by obligation."""
        frister: dict[ObligationKey, datetime] = {}
        for each in reopened:
            host = self._host(each.obligation)
            until = self._until(host)
            if self._was_complete[host.key] and until > host.deadline.at:
                frister[host.key] = until
        why = f"bokföringen ändrades efter inlämningen ({self.file.filename})"
        recorded.give_time(self.session, self.wheel.definition, frister, why, self.file.by, self.now)
        return frister

    def _judge(
        self, one: Obligation, part: PartOwed, row: Submission, versions: list[Submission], before: str | None
    ) -> Reopened | None:
        was = ledgers.newest_at(
            self.session, self.file.ledger, PeriodKey(self.file.period), row.received_at, self.file.id
        )
        earlier = in_tkr(ledgers.amounts(self.session, was.id, one.unit)) if was else None
        filled = Filled.from_json(row.content or {})
        changed = changes(filled, self.wheel.definition.sheets, earlier, self._amounts[one.unit], self.plan.reopens)
        message = self._message(changed)
        if (not changed and before is None) or (changed and message == before):
            return None
        if not changed:
            submissions.replace_finding(self.session, row.id, RULE, None)
            judge_again(self.session, row)
            return self._outcome(one, part, row, "återställd", ())
        if self._is_treated(one):
            return self._outcome(one, part, row, "redan behandlad", changed)
        submissions.replace_finding(self.session, row.id, RULE, asdict(self._finding(changed, message)))
        for other in versions:
            if other.complete and other is not row:  # else an older version would count in its place
                found = asdict(self._replaced(row, part))
                submissions.replace_finding(self.session, other.id, REPLACED, found)
                judge_again(self.session, other)
        judge_again(self.session, row)
        return self._outcome(one, part, row, "öppnad på nytt" if before is None else "ändrad igen", changed)

    def _outcome(
        self, one: Obligation, part: PartOwed, row: Submission, outcome: Outcome, changed: tuple[LedgerChange, ...]
    ) -> Reopened:
        what = {
            "öppnad på nytt": "submission.reopened",
            "ändrad igen": "submission.reopened",
            "återställd": "submission.restored",
            "redan behandlad": "submission.changed_too_late",
        }
        detail = {
            "part": part.id,
            "version": row.version,
            "file": self.file.id,
            "changes": [[each.row, each.column, str(each.handed_in), str(each.ledger)] for each in changed],
        }
        log(self.session, self.now, self.file.by, what[outcome], one.key, detail)
        wake(self.session, concerned(self.wheel, one), self.now)
        return Reopened(obligation=one, part=part, version=row.version, outcome=outcome, changes=changed)

    def _marked(self, versions: list[Submission]) -> dict[int, str]:
        found = submissions.findings(self.session, [row.id for row in versions])
        return {key: each.message for key, many in found.items() for each in many if each.rule == RULE}

    def _message(self, changed: tuple[LedgerChange, ...]) -> str:
        return f"Bokföringen för {until_text(self._period)} har ändrats sedan ni lämnade in. {told(changed)}"

    def _finding(self, changed: tuple[LedgerChange, ...], message: str) -> Finding:
        return Finding(
            rule=RULE,
            severity=STOP,
            place=", ".join(each.place for each in changed),
            message=message,
            mend="Rätta beloppen, se över prognosen och förklaringarna, och lämna in filen igen.",
            lagrum=self.plan.source.text,
        )

    def _replaced(self, row: Submission, part: PartOwed) -> Finding:
        return Finding(
            rule=REPLACED,
            severity=STOP,
            place=part.name,
            message=f"Version {row.version} har ersatt den här, och öppnades på nytt när bokföringen ändrades.",
            mend="Utgå från den senaste versionen, rätta den och lämna in den igen.",
            lagrum=self.plan.source.text,
        )

    def _is_treated(self, one: Obligation) -> bool:
        """Tell whether the body that treats it has done so, or the report is over: then a change comes too late."""
        occurrence = self.wheel.occurrence(self._host(one).occurrence)
        if occurrence.milestones and occurrence.milestones[-1].at <= self.now:
            return True
        treated = one.treated
        if treated is None:
            return False
        decided = status.decisions(self.session, occurrence.key)
        outcomes = [
            decided[each.key].outcome
            for each in occurrence.milestones
            if each.body == treated.body and each.key in decided and each.unit in (None, one.unit)
        ]
        if outcomes:
            return all(outcome not in LEFT_OPEN for outcome in outcomes)
        return treated.at <= self.now

    def _until(self, host: Obligation) -> datetime:
        """Return when what is reopened now shall be mended: the plan's days, bounded by the sammanställning and the law.

        One working day is given also where the bounds leave none: nobody is late for what the ledger changed.
        """
        today, clock = local_date(self.now), host.deadline.at.astimezone(STOCKHOLM).time()
        add = self.wheel.workdays.add
        until = local(add(today, self.plan.mend_workdays), clock)
        if host.limit:
            until = min(until, host.limit)
        if host.deadline.lawful_until:
            until = min(until, local(self.wheel.workdays.previous(host.deadline.lawful_until), clock))
        return max(until, local(add(today, 1), clock))

    def _host(self, one: Obligation) -> Obligation:
        return self.wheel.obligations[one.host] if one.host else one

    def _group(self, host: Obligation) -> tuple[Obligation, ...]:
        return (host, *self.wheel.hosted.get(host.key, ()))


def _with_frist(each: Reopened, frister: dict[ObligationKey, datetime]) -> Reopened:

    key = each.obligation.host or each.obligation.key
    return replace(each, frist=frister[key]) if key in frister and each.outcome == "öppnad på nytt" else each
