"""What was handed in, what was found in it, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import ObligationKey, PartId, PeriodKey, StepId
from store.tables.base import Table


class Blob(Table):
    """A file's bytes by SHA-256, kept in the database so that one backup holds everything."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Submission(Table):
    """One handed-in version of a part: a file, a statement (fields), or ``ej aktuellt`` with its motivering.

    The newest version of each part counts; older ones stay. Of one whose content was taken away (``Removal``) the row
    stays, with the file's name and checksum; one that is ``taken_away`` counts as if it had never come.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("obligation_key", "part", "version", name="uq_submission_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    part: Mapped[PartId]
    version: Mapped[int]
    received_at: Mapped[datetime]
    by: Mapped[str]
    via: Mapped[str]
    late: Mapped[bool]
    complete: Mapped[bool]
    filename: Mapped[str | None]
    media_type: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(index=True)  #: no foreign key: it outlives the bytes
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ej_aktuellt: Mapped[str | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None, deferred=True)
    #: what was read out of the file (``submissions.files.filled.Filled``)
    taken_away: Mapped[bool] = mapped_column(default=False)


class FindingRow(Table):
    """What a check found in a handed-in version."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    rule: Mapped[str]
    severity: Mapped[str]
    place: Mapped[str]
    message: Mapped[str]
    mend: Mapped[str]
    lagrum: Mapped[str]


class Answer(Table):
    """The motivering that answers a finding of severity ``fråga``; the newest for a rule and place counts."""

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    rule: Mapped[str]
    place: Mapped[str]
    motivering: Mapped[str]
    by: Mapped[str]
    answered_at: Mapped[datetime]


class RuleRest(Table):
    """A rule that the ekonomikontor has taken out of force, why, and until when it was (None: still)."""

    __tablename__ = "rule_rest"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(index=True)
    why: Mapped[str]
    by: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class Removal(Table):
    """The content of a handed-in version taken away: ``gallrad`` by the plan, or ``borttagen`` by somebody.

    ``reason`` is the plan's words, or one of the reasons that people choose among; ``why`` the decision, or their own
    words.
    """

    __tablename__ = "removal"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    kind: Mapped[str]
    reason: Mapped[str]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class Compilation(Table):
    """A sammanställning of an occurrence as one kind of file; ``basis`` is a digest of what it was made from."""

    __tablename__ = "compilation"
    __table_args__ = (UniqueConstraint("step", "period", "kind", name="uq_compilation_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[StepId]
    period: Mapped[PeriodKey]
    kind: Mapped[str]
    basis: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    made_at: Mapped[datetime]
