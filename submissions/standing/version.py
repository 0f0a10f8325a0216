"""Whether a version is complete: no ``stopp``, and every ``fråga`` answered; rules out of force do not count."""

from collections.abc import Collection, Iterator, Sequence

from store.handins.answers import Asked
from submissions.finding import STOP, Finding, Severity

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


def is_complete(findings: Sequence[Finding], answered: Collection[Asked], resting: Collection[str] = ()) -> bool:
    """Tell whether a version with these findings is complete."""
    stopped = any(found.severity == STOP and found.rule not in resting for found in findings)
    return not stopped and not unanswered(findings, answered, resting)
