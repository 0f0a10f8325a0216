"""Whether a version is complete: no ``stopp``, and every ``fråga`` answered; rules out of force do not count.

What changes a version's findings or answers asks :func:`judge_again` afterwards: nobody else sets ``complete`` of one
that is kept, but who takes its content away.
"""

from collections.abc import Collection, Iterator, Sequence

from store.database import Session
from store.handins import answers
from store.handins import resting as rules
from store.handins import versions as submissions
from store.handins.answers import Asked
from store.tables import Submission
from submissions.finding import STOP, Finding, Severity, finding_of

QUESTION: Severity = "fråga"


def questions(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Give the findings that a motivering answers."""
    return (found for found in findings if found.severity == QUESTION)


def asked(found: Finding) -> Asked:
    """Return what a question is known by."""
    return found.rule, found.place


def unanswered(
    findings: Sequence[Finding], answered: Collection[Asked], resting: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return the questions that wait for an answer, in order."""
    return tuple(found for found in questions(findings) if asked(found) not in answered and found.rule not in resting)


def is_faultless(findings: Sequence[Finding], answered: Collection[Asked], resting: Collection[str] = ()) -> bool:
    """Tell whether a version with these findings is complete: nothing stops it and nothing is left to answer."""
    stopped = any(found.severity == STOP and found.rule not in resting for found in findings)
    return not stopped and not unanswered(findings, answered, resting)


def judge_again(session: Session, row: Submission) -> bool:
    """Let a version be complete, or not, by what is found in it and answered now; return which.

    One whose content was taken away as wrong counts no more, whatever is left of its findings.
    """
    found = [finding_of(each) for each in submissions.findings(session, [row.id]).get(row.id, [])]
    answered = answers.answers(session, [row.id]).get(row.id, {})
    submissions.be_complete(row, not row.taken_away and is_faultless(found, answered, rules.resting(session)))
    return row.complete
