"""Answering: a motivering to what a check asked, which makes the version complete when nothing else is left."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

from arshjul.errors import RefusedError
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Wheel
from store.database import Session
from store.handins import answers as store_answers
from store.handins import versions as submissions
from store.handins.resting import resting
from store.log.writing import log
from store.plan.obligations import hold
from store.plan.waking import wake
from store.tables import FindingRow, Submission
from submissions.files.filled import Filled
from submissions.finding import Finding, finding_of
from submissions.intake.prepared import owed
from submissions.intake.received import Received
from submissions.ledger.known import known_of
from submissions.review.examining import judged
from submissions.standing.version import QUESTION, asked, judge_again

MIN_LETTERS = 12  #: in a motivering: fewer say nothing to those who compile the report
MAX_LETTERS = 2000


def answer(
    session: Session, wheel: Wheel, submission_id: int, replies: Mapping[int, str], by: str, now: datetime
) -> Received:
    """Answer questions of one version: ``replies`` is the motivering by the finding's id. Blank ones are passed over.

    Raises RefusedError when the version is not the newest, when a finding is no question of it, and for a
    motivering that says too little or too much.
    """
    row = submissions.by_id(session, submission_id)
    if row is None:
        raise RefusedError("Det som skulle besvaras finns inte. Ladda om sidan och försök igen.")
    one, part = owed(wheel, row.obligation_key, row.part)
    hold(session, concerned(wheel, one))
    newest = submissions.newest(session, [one.key]).get((one.key, part.id))
    if newest is None or newest.id != row.id:
        raise RefusedError(
            f"{part.name} har lämnats in på nytt. Ladda om sidan och svara på den nya versionens frågor."
        )
    found = {each.id: each for each in submissions.findings(session, [row.id]).get(row.id, [])}
    for question, words in list(_stated(found, replies)):  # all of them are read before any is kept
        store_answers.add_answer(session, row.id, (question.rule, question.place), words, by, now)
        detail = {"part": part.id, "version": row.version, "rule": question.rule, "place": question.place}
        log(session, now, by, "finding.answered", one.key, detail)
    answered = store_answers.answers(session, [row.id]).get(row.id, {})
    findings = [finding_of(each) for each in found.values()]
    opened = [each for each in _opened(session, wheel, row, {rule for rule, _ in answered}) if each not in findings]
    submissions.add_findings(session, row.id, [asdict(each) for each in opened])
    findings += opened
    judge_again(session, row)
    wake(session, concerned(wheel, one), now)
    left = [each for each in findings if each.severity != QUESTION or asked(each) not in answered]
    return Received(
        obligation=one, part=part, outcome="besvarad", version=row.version, received_at=now, by=by, late=row.late,
        complete=row.complete, filename=row.filename, sha256=row.sha256, ej_aktuellt=None, findings=tuple(left),
    )  # fmt: skip


def _stated(found: Mapping[int, FindingRow], replies: Mapping[int, str]) -> Iterator[tuple[FindingRow, str]]:
    """Yield each question that is answered, with the motivering. Raises RefusedError for one that cannot be taken."""
    for finding_id, reply in replies.items():
        words = " ".join("".join(char if char.isprintable() else " " for char in reply).split())
        if not words:
            continue
        question = found.get(finding_id)
        if question is None or question.severity != QUESTION:
            raise RefusedError("Frågan som skulle besvaras finns inte. Ladda om sidan och försök igen.")
        if sum(char.isalpha() for char in words) < MIN_LETTERS:
            raise RefusedError(
                f"Svaret ”{words}” säger för lite. Skriv en mening som förklarar varför: {question.message}"
            )
        if len(words) > MAX_LETTERS:
            raise RefusedError(f"Svaret är längre än {MAX_LETTERS} tecken. Korta det, eller skriv det i underlaget.")
        yield question, words


def _opened(session: Session, wheel: Wheel, row: Submission, answered: Collection[str]) -> tuple[Finding, ...]:
    """Return what a question of identity hid, now that it is answered."""
    if row.content is None:
        return ()
    one, part = owed(wheel, row.obligation_key, row.part)
    known, filled = known_of(session, wheel.definition, one), Filled.from_json(row.content)
    return judged(wheel.definition, one, part, filled, known, resting=resting(session), answered=answered)
