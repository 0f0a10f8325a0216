"""What is handed in, as rows: versions of parts, files by SHA-256, what the checks found. Nothing is judged here."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256 as digest
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId, UnitId
from store.tables import Blob, FindingRow, ObligationRow, RuleRest, Submission

logger = logging.getLogger(__name__)
_T = TypeVar("_T")
_CHUNK = 2000  # keys in one query, well below what SQLite and PostgreSQL take
_STANDS = Submission.taken_away.is_(False)
# asked in every round and by every page, so they are put together once
_COUNTING = (
    select(Submission)
    .where(Submission.obligation_key.in_(bindparam("keys", expanding=True)), _STANDS)
    .order_by(Submission.complete, Submission.version)
)
_FINDINGS = (
    select(FindingRow).where(FindingRow.submission_id.in_(bindparam("ids", expanding=True))).order_by(FindingRow.id)
)
_IN_FORCE = _FINDINGS.where(FindingRow.rule.not_in(select(RuleRest.rule).where(RuleRest.until.is_(None))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version to be added. ``complete`` and the findings were decided by whoever checked it."""

    obligation_key: ObligationKey
    part: PartId
    received_at: datetime
    by: str
    via: str
    late: bool
    complete: bool
    filename: str | None
    media_type: str | None
    sha256: str | None
    fields: Mapping[str, Any]
    ej_aktuellt: str | None
    findings: Sequence[Mapping[str, str]]  #: FindingRow's columns
    content: Mapping[str, Any] | None = None  #: what was read out of the file


def newest(session: Session, keys: Iterable[ObligationKey]) -> dict[tuple[ObligationKey, str], Submission]:
    """Return the newest version of each part, by obligation key and part id."""
    found: dict[tuple[ObligationKey, str], Submission] = {}
    for chunk in _chunks(keys):
        top = (
            select(Submission.obligation_key, Submission.part, func.max(Submission.version).label("version"))
            .where(Submission.obligation_key.in_(chunk), _STANDS)
            .group_by(Submission.obligation_key, Submission.part)
            .subquery()
        )
        same = (
            (Submission.obligation_key == top.c.obligation_key)
            & (Submission.part == top.c.part)
            & (Submission.version == top.c.version)
        )
        found |= {(row.obligation_key, row.part): row for row in session.scalars(select(Submission).join(top, same))}
    return found


def counting(session: Session, keys: Iterable[ObligationKey]) -> dict[tuple[ObligationKey, str], Submission]:
    """Return the version that counts of each part: the newest complete one, or the newest when none is.

    A later version that is not complete is an attempt: what was handed in stands until it is mended.
    """
    found: dict[tuple[ObligationKey, str], Submission] = {}
    for chunk in _chunks(keys):
        for row in session.scalars(_COUNTING, {"keys": chunk}):
            found[row.obligation_key, row.part] = row
    return found


def versions(session: Session, keys: Iterable[ObligationKey]) -> dict[tuple[ObligationKey, str], list[Submission]]:
    """Return every version of each part, newest first, by obligation key and part id; none that was taken away."""
    found: dict[tuple[ObligationKey, str], list[Submission]] = defaultdict(list)
    for chunk in _chunks(keys):
        rows = (
            select(Submission).where(Submission.obligation_key.in_(chunk), _STANDS).order_by(Submission.version.desc())
        )
        for row in session.scalars(rows):
            found[row.obligation_key, row.part].append(row)
    return dict(found)


def versions_beside(session: Session, ids: Iterable[int]) -> dict[tuple[ObligationKey, str], list[Submission]]:
    """As :func:`versions`, of the obligations to which these versions were handed in."""
    keys: set[ObligationKey] = set()
    for chunk in _chunks(ids):
        keys |= set(session.scalars(select(Submission.obligation_key).where(Submission.id.in_(chunk)).distinct()))
    return versions(session, keys)


def contents(session: Session, keys: Iterable[ObligationKey]) -> dict[tuple[ObligationKey, str], list[Submission]]:
    """As :func:`versions`, with what was read out of the files."""
    found: dict[tuple[ObligationKey, str], list[Submission]] = defaultdict(list)
    for chunk in _chunks(keys):
        rows = (
            select(Submission).where(Submission.obligation_key.in_(chunk), _STANDS).order_by(Submission.version.desc())
        )
        for row in session.scalars(rows.options(undefer(Submission.content))):
            found[row.obligation_key, row.part].append(row)
    return dict(found)


def handed_in(session: Session, unit: UnitId, periods: Iterable[str]) -> list[tuple[str, Submission]]:
    """Return an enhet's hand-ins of these periods, with what was read out of them: period key and version.

    Of each part the version that counts, as in :func:`counting`; by period and by when they came.
    """
    rows = session.execute(
        select(ObligationRow.period, Submission)
        .join(ObligationRow, ObligationRow.key == Submission.obligation_key)
        .where(ObligationRow.unit == unit, ObligationRow.period.in_(list(periods)), _STANDS)
        .order_by(Submission.complete, Submission.version)
        .options(undefer(Submission.content))
    )
    found = {(row.obligation_key, row.part): (period, row) for period, row in rows}
    return sorted(found.values(), key=lambda each: (each[0], each[1].received_at, each[1].id))


def findings(session: Session, ids: Iterable[int]) -> dict[int, list[FindingRow]]:
    """Return what was found, by the version's id, in the order in which it was found."""
    found: dict[int, list[FindingRow]] = defaultdict(list)
    for chunk in _chunks(ids):
        for row in session.scalars(_FINDINGS, {"ids": chunk}):
            found[row.submission_id].append(row)
    return dict(found)


def findings_in_force(session: Session, ids: Iterable[int]) -> dict[int, list[FindingRow]]:
    """As :func:`findings`, without what was found by rules that are out of force."""
    found: dict[int, list[FindingRow]] = defaultdict(list)
    for chunk in _chunks(ids):
        for row in session.scalars(_IN_FORCE, {"ids": chunk}):
            found[row.submission_id].append(row)
    return dict(found)


def add(session: Session, draft: Draft) -> Submission:
    """Add the next version of a part, with its findings."""
    where = (Submission.obligation_key == draft.obligation_key, Submission.part == draft.part)
    last = session.scalar(select(func.max(Submission.version)).where(*where))
    row = Submission(
        obligation_key=draft.obligation_key,
        part=draft.part,
        version=(last or 0) + 1,
        received_at=draft.received_at,
        by=draft.by,
        via=draft.via,
        late=draft.late,
        complete=draft.complete,
        filename=draft.filename,
        media_type=draft.media_type,
        sha256=draft.sha256,
        fields=dict(draft.fields),
        ej_aktuellt=draft.ej_aktuellt,
        content=dict(draft.content) if draft.content else None,
    )
    session.add(row)
    session.flush()
    add_findings(session, row.id, draft.findings)
    return row


def be_complete(row: Submission, complete: bool) -> None:
    """Note whether a version counts: what is found in it, or answered, may change that."""
    row.complete = complete


def replace_finding(session: Session, submission_id: int, rule: str, found: Mapping[str, str] | None) -> None:
    """Put a rule's finding about a version in place of what the rule said before; None takes it away."""
    session.execute(delete(FindingRow).where(FindingRow.submission_id == submission_id, FindingRow.rule == rule))
    if found is not None:
        session.add(FindingRow(submission_id=submission_id, **found))
    session.flush()


def add_findings(session: Session, submission_id: int, found: Sequence[Mapping[str, str]]) -> None:
    """Add what was found in a version, in order."""
    session.add_all(FindingRow(submission_id=submission_id, **one) for one in found)
    session.flush()


def keep_blob(session: Session, sha256: str, content: bytes) -> None:
    """Keep a file's bytes once, however often they are handed in."""
    there = session.get(Blob, sha256)
    if there is not None:
        if digest(there.content).hexdigest() != sha256 and digest(content).hexdigest() == sha256:
            there.content, there.size = content, len(content)  # what had rotten has come again, whole
            session.flush()
        session.expire(there)
        return
    try:
        with session.begin_nested():
            session.add(Blob(sha256=sha256, size=len(content), content=content))
    except IntegrityError:
        return  # somebody handed in the same bytes at the same moment: they are there


def every_version(session: Session, keys: Iterable[ObligationKey]) -> list[Submission]:
    """Return every version of these obligations' parts, also those that were taken away; by part, newest first."""
    found: list[Submission] = []
    for chunk in _chunks(keys):
        rows = select(Submission).where(Submission.obligation_key.in_(chunk))
        found += session.scalars(rows.order_by(Submission.obligation_key, Submission.part, Submission.version.desc()))
    return found


def by_id(session: Session, submission_id: int) -> Submission | None:
    """Return one version."""
    return session.get(Submission, submission_id)


class RottenFileError(RefusedError):
    """A kept file is not what it was when it came: it is told, and never handed out."""


def content(session: Session, sha256: str) -> bytes | None:
    """Return a file's bytes, held against its checksum; None when they have been taken away.

    Raises RottenFileError, with the remedy, when they are not those that came.
    """
    found = session.scalar(select(Blob.content).where(Blob.sha256 == sha256))
    if found is None or digest(found).hexdigest() == sha256:
        return found
    logger.error("file.rotten sha256=%s", sha256)
    raise RottenFileError(
        f"En fil som är sparad här stämmer inte med sin kontrollsumma (SHA-256 {sha256[:16]}…): den har ändrats eller "
        "skadats efter att den kom in, och lämnas därför inte ut. Säg till den som sköter tjänsten: filen finns i en "
        "säkerhetskopia från tiden före, och 'arshjul verify-log' visar vilka filer det gäller."
    )


def rotten(session: Session) -> Iterator[str]:
    """Return the checksums of all kept files that are not what they were when they came."""
    for sha256 in session.scalars(select(Blob.sha256).order_by(Blob.sha256)).all():
        found = session.scalar(select(Blob.content).where(Blob.sha256 == sha256))
        if found is not None and digest(found).hexdigest() != sha256:
            yield sha256


def read_contents(session: Session, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what was read out of these versions' files (``Submission.content``), where anything was."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks(ids):
        where = (Submission.id.in_(chunk), Submission.content.is_not(None))
        rows = session.execute(select(Submission.id, Submission.content).where(*where))
        found |= {number: read for number, read in rows if read is not None}
    return found


def have_contents(session: Session, ids: Iterable[int]) -> frozenset[int]:
    """Return those of these versions whose files something was read out of."""
    found: set[int] = set()
    for chunk in _chunks(ids):
        found |= set(
            session.scalars(select(Submission.id).where(Submission.id.in_(chunk), Submission.content.is_not(None)))
        )
    return frozenset(found)


def _chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
