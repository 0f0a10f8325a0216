"""What is withheld by law, as rows: spärrar, and what lies behind each. Only who lifts or opens one reads what lies there."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from arshjul.keys import ObligationKey
from store.handins import answers
from store.handins import versions as submissions
from store.handins.removals import forget_blob
from store.handins.versions import keep_blob
from store.tables import Answer, FindingRow, Submission, Withheld, WithheldPiece

Kind = Literal["version", "file", "mail", "letter", "log", "opening"]
RULE = "spärrad"  #: the finding by which a version says that it is withheld
_CHUNK = 2000  # ids in one query


def begin(
    session: Session, *, title: str, key: ObligationKey | None, lagrum: str, why: str, readers: Sequence[str],
    by: str, now: datetime,
) -> Withheld:  # fmt: skip
    """Add a spärr; nothing lies behind it yet."""
    row = Withheld(
        title=title, obligation_key=key, lagrum=lagrum, why=why, readers=list(readers), by=by, at=now,
        lifted_at=None, lifted_by=None, lifted_why=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def end(session: Session, row: Withheld, by: str, why: str, now: datetime) -> None:
    """Note that a spärr is lifted; what lay behind it has been put back."""
    row.lifted_at, row.lifted_by, row.lifted_why = now, by, why
    session.execute(delete(WithheldPiece).where(WithheldPiece.withheld_id == row.id))
    session.flush()


def let_read(row: Withheld, readers: Sequence[str]) -> None:
    """Say who may open it from now on."""
    row.readers = list(readers)


def by_id(session: Session, withheld_id: int) -> Withheld | None:
    """Return one spärr."""
    return session.get(Withheld, withheld_id)


def every(session: Session) -> Sequence[Withheld]:
    """Return every spärr that holds or was lifted, the newest first."""
    return session.scalars(select(Withheld).order_by(Withheld.id.desc())).all()


def lay(
    session: Session, row: Withheld, kind: Kind, ref: object, detail: dict[str, Any], content: bytes | None = None
) -> WithheldPiece:
    """Lay one thing as it is behind a spärr."""
    piece = WithheldPiece(withheld_id=row.id, kind=kind, ref=str(ref), detail=detail, content=content)
    session.add(piece)
    session.flush()
    return piece


def pieces(session: Session, row: Withheld) -> Sequence[WithheldPiece]:
    """Return all that lies behind a spärr, as it was laid there."""
    found = select(WithheldPiece).where(WithheldPiece.withheld_id == row.id).order_by(WithheldPiece.id)
    return session.scalars(found.options(undefer(WithheldPiece.content))).all()


def laid(session: Session, kind: str, ref: object) -> Sequence[WithheldPiece]:
    """Return each spärr's piece of one thing, the oldest first; the one that has it as it was has its content."""
    found = select(WithheldPiece).where(WithheldPiece.kind == kind, WithheldPiece.ref == str(ref))
    return session.scalars(found.order_by(WithheldPiece.id).options(undefer(WithheldPiece.content))).all()


def all_laid(session: Session, kind: Kind) -> Sequence[WithheldPiece]:
    """Return what lies behind spärrar of one kind."""
    found = select(WithheldPiece).where(WithheldPiece.kind == kind).order_by(WithheldPiece.id)
    return session.scalars(found.options(undefer(WithheldPiece.content))).all()


def holds(session: Session, kind: Kind, refs: Iterable[object]) -> dict[str, Withheld]:
    """Return the spärr that holds each of these things, by its ref, where one does."""
    wanted, found = sorted({str(each) for each in refs}), dict[str, Withheld]()
    for at in range(0, len(wanted), _CHUNK):
        rows = (
            select(WithheldPiece.ref, Withheld)
            .join(Withheld, Withheld.id == WithheldPiece.withheld_id)
            .where(WithheldPiece.kind == kind, WithheldPiece.ref.in_(wanted[at : at + _CHUNK]))
            .order_by(WithheldPiece.id.desc())
        )
        found |= {ref: row for ref, row in session.execute(rows)}
    return found


def held_by(session: Session, kind: Kind, ref: object) -> tuple[Withheld, ...]:
    """Return every spärr that holds one thing, the oldest first."""
    rows = select(Withheld).join(WithheldPiece, WithheldPiece.withheld_id == Withheld.id)
    return tuple(
        session.scalars(rows.where(WithheldPiece.kind == kind, WithheldPiece.ref == str(ref)).order_by(Withheld.id))
    )


def of_versions(session: Session, ids: Iterable[int]) -> dict[int, Withheld]:
    """Return the spärr of each of these versions, by its id, where one holds."""
    return {int(ref): row for ref, row in holds(session, "version", ids).items()}


def same_file(session: Session, sha256: str) -> Sequence[Submission]:
    """Return every version of any krav that is this very file, whatever has become of it, oldest first."""
    return session.scalars(select(Submission).where(Submission.sha256 == sha256).order_by(Submission.id)).all()


def lay_version(session: Session, row: Withheld, version: Submission, mark: dict[str, str], *, keep_name: bool) -> None:
    """Lay what a version holds behind a spärr, with what quotes it: what was read, findings, answers, fields, motivering.

    ``mark`` is the finding that stands in their place, FindingRow's columns. Whether it is complete stays.
    """
    found = submissions.findings(session, [version.id]).get(version.id, [])
    given = session.scalars(select(Answer).where(Answer.submission_id == version.id).order_by(Answer.id)).all()
    read = submissions.read_contents(session, [version.id]).get(version.id)
    detail = {
        "content": read,
        "fields": dict(version.fields),
        "ej_aktuellt": version.ej_aktuellt,
        "filename": version.filename,
        "findings": [{name: getattr(each, name) for name in _FOUND} for each in found],
        "answers": [
            {name: getattr(each, name) for name in _ANSWERED} | {"answered_at": each.answered_at.isoformat()}
            for each in given
        ],
    }
    lay(session, row, "version", version.id, detail)
    session.execute(delete(FindingRow).where(FindingRow.submission_id == version.id))
    session.execute(delete(Answer).where(Answer.submission_id == version.id))
    version.content = None
    version.fields = {name: value for name, value in version.fields.items() if len(str(value)) <= _SHORT}
    if version.ej_aktuellt is not None:
        version.ej_aktuellt = "(motiveringen är spärrad)"
    if not keep_name and version.filename:
        version.filename = None
    submissions.add_findings(session, version.id, [mark])


def lay_file(session: Session, row: Withheld, sha256: str, enclosed: bytes | None) -> None:
    """Lay a file's bytes behind a spärr, once; ``enclosed`` are those of one that lies in a mail alone.

    Where a row of another table still needs them, they stay there too.
    """
    kept = submissions.content(session, sha256)
    content = kept if kept is not None else enclosed
    if content is not None and not laid(session, "file", sha256):
        lay(session, row, "file", sha256, {"kept": kept is not None}, content)
    forget_blob(session, sha256)


def put_back_version(session: Session, piece: WithheldPiece) -> Submission | None:
    """Put back what a version held; whoever calls judges it again."""
    version = session.get(Submission, int(piece.ref))
    if version is None:
        return None
    was = piece.detail
    session.execute(delete(FindingRow).where(FindingRow.submission_id == version.id, FindingRow.rule == RULE))
    submissions.add_findings(session, version.id, was["findings"])
    for each in was["answers"]:
        at = datetime.fromisoformat(each["answered_at"])
        answers.add_answer(
            session, version.id, (each["rule"], each["place"]), each["motivering"], each["by"], at
        )  # fmt: skip
    version.content, version.fields = was["content"], was["fields"]
    version.ej_aktuellt, version.filename = was["ej_aktuellt"], was["filename"]
    session.flush()
    return version


def put_back_file(session: Session, piece: WithheldPiece) -> None:
    """Put a file's bytes back where files are."""
    if piece.detail["kept"] or same_file(session, piece.ref):
        keep_blob(session, piece.ref, piece.content or b"")


def words_of(session: Session, version_id: int) -> list[str]:
    """Return the words of a withheld version that others may have repeated: findings, answers, motivering."""
    was = next((each.detail for each in laid(session, "version", version_id)), {})
    given = [each["motivering"] for each in was.get("answers", ())]
    return [*(each["message"] for each in was.get("findings", ())), *given, *filter(None, [was.get("ej_aktuellt")])]


def change_laid(piece: WithheldPiece, content: bytes, was: dict[str, Any] | None = None) -> None:
    """Let a thing lie behind a spärr as something else: what has been taken away is not to come back with it."""
    piece.content = content
    if was is not None:
        piece.detail = {**piece.detail, "was": was}


def pass_on(piece: WithheldPiece, heir: WithheldPiece) -> None:
    """Let another spärr that holds the same thing have it as it was."""
    if piece.content is not None or "was" in piece.detail:
        heir.content = piece.content
        heir.detail = {**heir.detail, "was": piece.detail.get("was")}


_FOUND = ("rule", "severity", "place", "message", "mend", "lagrum")
_ANSWERED = ("rule", "place", "motivering", "by")
_SHORT = 10  #: characters of a field that tells no more than a §, a day or a box
