"""What has happened, as tables. The plan comes from the definition; only what people and the service did is here.

``obligation`` is the one exception: the plan's obligations are kept as rows, so that what is told to people
(a frist, a state) can be compared with what the plan says now, and so that the watchdog finds what is due by
an index instead of by thinking through the year every minute.
"""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, QueryableAttribute, mapped_column

from arshjul.keys import MilestoneKey, ObligationKey, PlannedKey


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC. SQLite has no zones, so it is told apart there by this type alone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Refuse a naive instant: nobody can know which hour it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}: give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Return the instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class KeyText(TypeDecorator[str]):
    """A key of the plan, kept as the text that it is, and read as ``kind``."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[PlannedKey]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Give the driver plain text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> PlannedKey | None:  # noqa: ARG002 - SQLAlchemy's own shape
        """Return the key that the text is."""
        return None if value is None else self.kind(value)


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own shape
        datetime: Instant,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: String,
        ObligationKey: KeyText(ObligationKey),
        MilestoneKey: KeyText(MilestoneKey),
    }


@event.listens_for(Table, "attribute_instrument", propagate=True)
def _read_keys(_class: type[Table], _name: str, attribute: QueryableAttribute[Any]) -> None:
    """Let a row hold a key as one from when it is put there, not only when it has been read back."""
    kind = getattr(attribute.property, "columns", [None])[0]
    if kind is not None and isinstance(kind.type, KeyText):
        event.listen(attribute, "set", partial(_as_key, kind.type.kind), retval=True)


def _as_key(kind: type[PlannedKey], _row: Table, value: str | None, _before: object, _how: object) -> PlannedKey | None:
    return value if value is None or isinstance(value, kind) else kind(value)


class Setting(Table):
    """One fact about the installation: ``i_drift_fran``, ``utskick``, ``secret``."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Tidplan(Table):
    """A year's tidplan that somebody has fastställt; without a row the definition's word counts."""

    __tablename__ = "tidplan"

    year: Mapped[int] = mapped_column(primary_key=True)
    fastst_by: Mapped[str]
    decided_on: Mapped[date]
    paragraf: Mapped[str | None]
    recorded_at: Mapped[datetime]


class Person(Table):
    """Somebody who may hold a role. ``id`` is stable; the address may change."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]


class Holder(Table):
    """Who holds a role, from ``since`` to ``until`` (both inclusive; None is open), for one unit or for all.

    A deputy stands in between ``deputy_from`` and ``deputy_to`` (inclusive).
    """

    __tablename__ = "holder"
    __table_args__ = (Index("ix_holder_role_unit", "role", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    unit: Mapped[str | None]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date | None]
    until: Mapped[date | None]
    deputy_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    deputy_from: Mapped[date | None]
    deputy_to: Mapped[date | None]


class ObligationRow(Table):
    """One inlämningskrav as it was last planned, and when it next needs a thought.

    ``wake_at`` is the instant at which the ladder has something to do; None when it has nothing more to do.
    Whoever changes what the ladder looks at sets it to that change's instant. ``told_at`` is the latest
    frist that anyone was told of; it never moves earlier without the ekonomikontor's word.
    """

    __tablename__ = "obligation"
    __table_args__ = (Index("ix_obligation_wake", "wake_at"), Index("ix_obligation_occurrence", "step", "period"))

    key: Mapped[ObligationKey] = mapped_column(primary_key=True)
    step: Mapped[str]
    period: Mapped[str]
    unit: Mapped[str]
    krav: Mapped[str]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    state: Mapped[str]
    wake_at: Mapped[datetime | None]
    opened: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    added_at: Mapped[datetime | None]  #: when it came into the plan, if its frist had passed by then
    parts: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  #: asked for when its frist last lay ahead
    added_parts: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True)
    )  #: came after the frist: not asked for


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
    part: Mapped[str]
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
    role: Mapped[str]
    person_id: Mapped[str | None]
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
    server answered, and ``deferred_since`` since when a server that works cannot give it to its reader.
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
    person_id: Mapped[str | None]
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
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    handed_at: Mapped[datetime | None]
    answer: Mapped[str | None]


class Run(Table):
    """The Prefect run that stands for one moment of an occurrence at one instant."""

    __tablename__ = "run"

    key: Mapped[str] = mapped_column(primary_key=True)
    flow_run_id: Mapped[str]
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class FormRun(Table):
    """How a run of one of the ekonomikontor's forms was settled, once: it has recorded, or it never will."""

    __tablename__ = "form_run"

    flow_run_id: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]  #: its name, "Vila brev"
    outcome: Mapped[str]  #: registrerat, uppgivet
    words: Mapped[str]  #: what it answered, or why it was given up
    at: Mapped[datetime]


class OccurrenceRow(Table):
    """A tillfälle whose artifact in the Prefect UI must be drawn again since ``touched_at``."""

    __tablename__ = "occurrence"

    step: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    touched_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]


class Closing(Table):
    """The day on which a period was closed in the ekonomisystem."""

    __tablename__ = "closing"

    period: Mapped[str] = mapped_column(primary_key=True)
    closed_on: Mapped[date]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class MeetingChange(Table):
    """A meeting moved, cancelled, set in or decided in the running system; the newest row of a meeting counts.

    ``original`` is the day that the definition gave (None for an extra meeting); ``day`` is None when cancelled.
    """

    __tablename__ = "meeting_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    original: Mapped[date | None]
    day: Mapped[date | None]
    clock: Mapped[str | None]
    why: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class Anstand(Table):
    """A granted later frist for one obligation; the newest counts."""

    __tablename__ = "anstand"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    until: Mapped[datetime]
    why: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class Quiet(Table):
    """Vila (``kind`` vila: reminders rest) or a held escalation (``kind`` håll), up to and including ``until``."""

    __tablename__ = "quiet"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    until: Mapped[date]
    why: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class Decision(Table):
    """A body's decision or hand-over that somebody recorded: it closes the moment.

    ``handed_to`` is the body that it hands the report on to.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_key: Mapped[MilestoneKey] = mapped_column(index=True)
    body: Mapped[str]
    decided_on: Mapped[date]
    paragraf: Mapped[str | None]
    diarienummer: Mapped[str | None]
    outcome: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]
    handed_to: Mapped[str | None] = mapped_column(default=None)


class Matter(Table):
    """What the ladder brought up to KSAU for one obligation: ``väckt``, ``återkallat`` or ``kompletterat``.

    ``body`` is the body that it was handed on to; None is the one that the ladder names.
    """

    __tablename__ = "matter"
    __table_args__ = (UniqueConstraint("obligation_key", "due_at", name="uq_matter_obligation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    due_at: Mapped[datetime]
    state: Mapped[str]
    meeting_day: Mapped[date | None]
    agenda_closes_at: Mapped[datetime | None]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    body: Mapped[str | None] = mapped_column(default=None)


class Link(Table):
    """A personal link: bound to a person and roles, it expires, and raising ``generation`` revokes what was sent."""

    __tablename__ = "link"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    roles: Mapped[list[str]]
    generation: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


class Uploaded(Table):
    """Files that a person sent up on the personal page at once: how many bytes in all, kept or not."""

    __tablename__ = "uploaded"
    __table_args__ = (Index("ix_uploaded_person", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)


class EndedVisit(Table):
    """A visit on a personal link that somebody closed: its cookie opens nothing. ``id`` is a digest of the visit's."""

    __tablename__ = "ended_visit"

    id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class LogRow(Table):
    """Who did what when. Rows are only added; a little later one writer chains them (``store.log.chain``).

    ``number`` is the row's place in the chain and None until then. ``detail`` is None when it has been gallrad.
    ``who`` is a name; ``subject``, ``way`` and ``session`` say who it was (``store.acting``), None where nobody knows.
    """

    __tablename__ = "log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    key: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=dict)
    number: Mapped[int | None] = mapped_column(unique=True)
    detail_digest: Mapped[str | None]  #: stays when the detail is gallrad, so that the chain still holds
    digest: Mapped[str | None]
    subject: Mapped[str | None] = mapped_column(index=True)
    way: Mapped[str | None]
    session: Mapped[str | None]


class Lease(Table):
    """Who leads, until when: the one service that wakes, or the beat of a part that ``/health`` looks at."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


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


class LedgerFile(Table):
    """A SIE file that was taken in for one of the definition's ledgers and a period; the newest counts."""

    __tablename__ = "ledger_file"
    __table_args__ = (Index("ix_ledger_file_period", "ledger", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger: Mapped[str]
    period: Mapped[str]
    company: Mapped[str]
    to_date: Mapped[date | None]
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    by: Mapped[str]
    received_at: Mapped[datetime]


class LedgerAmount(Table):
    """What a ledger file says of one row of an enhet's economy: öre, net cost (costs plus, incomes minus).

    ``column`` is a sheet column's id: ``utfall``, ``utfall-fg``, ``budget``, ``budget-period``.
    """

    __tablename__ = "ledger_amount"
    __table_args__ = (UniqueConstraint("file_id", "unit", "row", "column", name="uq_ledger_amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("ledger_file.id"), index=True)
    unit: Mapped[str]
    row: Mapped[str]
    column: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)


class Compilation(Table):
    """A sammanställning of an occurrence as one kind of file; ``basis`` is a digest of what it was made from."""

    __tablename__ = "compilation"
    __table_args__ = (UniqueConstraint("step", "period", "kind", name="uq_compilation_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    period: Mapped[str]
    kind: Mapped[str]
    basis: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    made_at: Mapped[datetime]


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


class LoginLink(Table):
    """A one-time link that logs somebody in. ``id`` is a keyed digest: the token itself is kept nowhere.

    ``address`` is None for the one who has the machine (``via`` kommandoraden). ``next_path`` is the page that
    was asked for.
    """

    __tablename__ = "login_link"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str | None]
    via: Mapped[str]
    next_path: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    subject: Mapped[str | None]  #: who it is for, where there is no address


class LoginSession(Table):
    """Somebody logged in, in one browser. ``id`` is a keyed digest of the cookie's token.

    It ends at ``expires_at`` when nothing is done, and at ``ends_at`` whatever is done. ``roles`` are those that
    the login gave; None: those that ``address`` holds on the day of each request.
    """

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]  #: the provider's id of the person, the address, or the command line's user and name
    name: Mapped[str]
    address: Mapped[str | None]
    via: Mapped[str]  #: brev, kommandoraden or openid
    roles: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class CalendarRow(Table):
    """A day of the plan as the calendar feeds show it; ``changed_at`` is when it last became what it is.

    ``gone``: the plan no longer has it, though its day had not come. ``digest`` is of all that is shown.
    """

    __tablename__ = "calendar_event"
    __table_args__ = (Index("ix_calendar_event_at", "at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    at: Mapped[datetime]
    all_day: Mapped[bool]
    proposed: Mapped[bool]
    summary: Mapped[str]
    text: Mapped[str]
    page: Mapped[str]
    feeds: Mapped[list[str]]
    changed_at: Mapped[datetime]
    gone: Mapped[bool]


class CalendarFeed(Table):
    """A feed whose address has been renewed: raising ``generation`` makes the earlier addresses worthless."""

    __tablename__ = "calendar_feed"

    key: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int]
    renewed_at: Mapped[datetime]
    renewed_by: Mapped[str]


class Diarienummer(Table):
    """The diarienummer of a tillfälle, as somebody recorded it; the newest counts, and an empty one takes it back."""

    __tablename__ = "diarienummer"
    __table_args__ = (Index("ix_diarienummer_occurrence", "step", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    period: Mapped[str]
    number: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


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


class AskedCode(Table):
    """Something that a person asked for on the personal page, and the code that must be shown before it is done.

    ``digest`` is a keyed digest of the code, bound to this request and link: the code itself is kept nowhere but in
    the letter. ``what`` is what was asked for, as JSON values. It is over at ``expires_at``, after so many ``tries``,
    or when ``used_at`` is set.
    """

    __tablename__ = "asked_code"

    id: Mapped[str] = mapped_column(primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("link.id"))
    generation: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    what: Mapped[dict[str, Any]]
    digest: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class AnstandRequest(Table):
    """A request for anstånd: ``öppen`` until the ekonomikontor answers, then ``beviljad``, ``nekad`` or ``ersatt``.

    ``until`` is the day that was wished. ``answer`` is why it was refused.
    """

    __tablename__ = "anstand_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(index=True)
    until: Mapped[date]
    why: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    by: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]


class DraftForm(Table):
    """What a person has written in a card's form on the personal page and not handed in yet: field to text."""

    __tablename__ = "draft_form"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    obligation_key: Mapped[ObligationKey] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(index=True)


class DraftFile(Table):
    """A file that a person has put in a card's form and not handed in yet. The bytes go with the row.

    ``part`` is the form's name of its part ("delarsrapport.underlag.ekonomi"); None: the page asks which it is.
    """

    __tablename__ = "draft_file"
    __table_args__ = (Index("ix_draft_file_person", "person_id", "obligation_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    obligation_key: Mapped[ObligationKey]
    part: Mapped[str | None]
    filename: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    saved_at: Mapped[datetime] = mapped_column(index=True)


class Utlatande(Table):
    """What the revisorer gave fullmäktige before a moment, as somebody recorded it."""

    __tablename__ = "utlatande"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_key: Mapped[MilestoneKey] = mapped_column(index=True)
    received_on: Mapped[date]
    diarienummer: Mapped[str | None]
    by: Mapped[str]
    recorded_at: Mapped[datetime]
