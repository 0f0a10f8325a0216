"""Notices, letters and mails that came in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arshjul.keys import ObligationKey, PersonId, RoleId
from store.tables.base import Table


class NoticeRow(Table):
    """One rung of one obligation for one recipient, in the letter that carries it.

    A key is used once for each frist: when the frist moves, the reminders count anew.
    ``letter_id`` is None for a rung that was passed over (``passed``: why).
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("key", "due_at", name="uq_notice_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    due_at: Mapped[datetime]
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    rung: Mapped[str]
    role: Mapped[RoleId]
    person_id: Mapped[PersonId | None]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    made_at: Mapped[datetime]
    passed: Mapped[str | None]


class LetterRow(Table):
    """One composed mail, frozen when it was written: ``mime`` is sent as it stands, however often.

    ``state`` is ``väntar``, ``reserverat`` (leased to a sender until ``lease_until``), ``överlämnat``,
    ``avvisat`` (refused for good), ``studsat`` or ``återtaget`` (no longer so, and sent to nobody). ``not_before`` holds it back (sending hours, back-off).
    ``day`` and ``daily_to`` make the one reminder letter per person and day unique.
    ``pending`` is None until an attempt left somebody waiting; then it holds those who have not got the letter
    yet (address: the server's last words), and only they are tried again. ``answer`` holds refusals for good,
    one recipient a line; ``handed_at`` is when the first of ``to`` was taken care of, copies do not count.
    ``holder`` is the process that has it on lease (:mod:`store.service.lease_holders`), ``tried_at`` the first attempt that the
    server answered, ``deferred_since`` since when a server that works cannot give it to its reader, and ``refused_at``
    when it was refused for good: the ladder counts from that day. ``unanswered_at`` is when the latest attempt ended that
    the server never answered: it may have the letter (:func:`store.post.letter_states.may_have_come`).
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_outbox", "state", "not_before"),
        UniqueConstraint("daily_to", "day", name="uq_letter_daily"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    rung: Mapped[str | None]
    message_id: Mapped[str] = mapped_column(unique=True)
    thread: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[PersonId | None]
    daily_to: Mapped[str | None]
    day: Mapped[date]
    sender: Mapped[str]
    to: Mapped[list[str]]
    cc: Mapped[list[str]]
    subject: Mapped[str]
    mime: Mapped[bytes] = mapped_column(LargeBinary)
    run_id: Mapped[str | None]
    shadow: Mapped[bool] = mapped_column(default=False)  #: went to the ekonomikontor instead of its reader
    made_at: Mapped[datetime]
    state: Mapped[str]
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    deferred_since: Mapped[datetime | None] = mapped_column(default=None)
    refused_at: Mapped[datetime | None] = mapped_column(default=None)
    unanswered_at: Mapped[datetime | None] = mapped_column(default=None)
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    handed_at: Mapped[datetime | None]
    answer: Mapped[str | None]


class Incoming(Table):
    """A mail or a hand-over that came to the ekonomikontor, and what became of it. The mail itself is a blob.

    ``state`` is ``oläst`` (waits for a person), ``registrerad``, ``studs``, ``automatiskt svar`` or ``lagd åt
    sidan``. ``digest`` tells one mail from another, so that the same one is taken in once. ``received_at`` is
    when it reached the mailbox. ``files`` are those that may be handed in: name, sha256, size, and where they went.
    """

    __tablename__ = "incoming"
    __table_args__ = (Index("ix_incoming_state", "state", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    received_at: Mapped[datetime]
    taken_in_at: Mapped[datetime]
    sender: Mapped[str]
    subject: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    obligation_key: Mapped[ObligationKey | None]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None]
