"""The rules that the ekonomikontor has taken out of force, as rows: which, why, by whom, from when to when."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import FindingRow, RuleRest, Submission


def resting(session: Session) -> Mapping[str, RuleRest]:
    """Return the rules that are out of force, by id."""
    return {row.rule: row for row in session.scalars(select(RuleRest).where(RuleRest.until.is_(None)))}


def rests(session: Session) -> Sequence[RuleRest]:
    """Return every rule that is or was out of force, newest first."""
    return session.scalars(select(RuleRest).order_by(RuleRest.since.desc(), RuleRest.id.desc())).all()


def add_rest(session: Session, rule: str, why: str, by: str, now: datetime) -> None:
    """Take a rule out of force from ``now``."""
    session.add(RuleRest(rule=rule, why=why, by=by, since=now, until=None, ended_by=None))
    session.flush()


def end_rest(session: Session, row: RuleRest, by: str, now: datetime) -> None:
    """Put a rule in force again from ``now``."""
    row.until, row.ended_by = now, by
    session.flush()


def stopped_by(session: Session, rule: str) -> Sequence[Submission]:
    """Return the versions that are not complete and in which the rule found something, oldest first."""
    found = select(FindingRow.submission_id).where(FindingRow.rule == rule)
    rows = select(Submission).where(Submission.id.in_(found), Submission.complete.is_(False))
    return session.scalars(rows.order_by(Submission.id)).all()
