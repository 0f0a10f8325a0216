"""A calendar year as it is taken out for the e-arkiv: what came in, went out and was recorded, one row at a time.

A row belongs to the year in which it happened, so that each is in one year's package and in no other's.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import LargeBinary, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from arshjul.swedish import STOCKHOLM, local
from store.handins.versions import content as content  # held against its checksum
from store.log.log_chain import Head
from store.post.incoming import UNREAD
from store.tables import (
    Anstand,
    AnstandRequest,
    Answer,
    Blob,
    Closing,
    Compilation,
    Decision,
    Diarienummer,
    Incoming,
    LedgerFile,
    LetterRow,
    LogRow,
    Matter,
    MeetingChange,
    PaperRow,
    Quiet,
    RegisterRow,
    Removal,
    RuleRest,
    Submission,
    Table,
    Tidplan,
    Triggered,
    Utlatande,
    Withheld,
)

BATCH = 500  #: rows that are held at a time

#: what was recorded, by its file's name in the package: the table, and the column that says when
RECORDS: Mapping[str, tuple[type[Table], InstrumentedAttribute[datetime]]] = {
    "beslut": (Decision, Decision.recorded_at),
    "moten": (MeetingChange, MeetingChange.recorded_at),
    "anstand": (Anstand, Anstand.recorded_at),
    "begarda-anstand": (AnstandRequest, AnstandRequest.asked_at),
    "vila-och-hall": (Quiet, Quiet.recorded_at),
    "stangda-perioder": (Closing, Closing.recorded_at),
    "handelser": (Triggered, Triggered.recorded_at),
    "register": (RegisterRow, RegisterRow.recorded_at),
    "tidplaner": (Tidplan, Tidplan.recorded_at),
    "diarienummer": (Diarienummer, Diarienummer.recorded_at),
    "gallrat-och-borttaget": (Removal, Removal.at),
    "sparrat": (Withheld, Withheld.at),
    "tjansteskrivelser": (PaperRow, PaperRow.recorded_at),
    "arenden": (Matter, Matter.raised_at),
    "revisorernas-utlatanden": (Utlatande, Utlatande.recorded_at),
    "svar-pa-fragor": (Answer, Answer.answered_at),
    "kontroller-ur-kraft": (RuleRest, RuleRest.since),
}
#: tables that go into a package in a way of their own
GATHERED = ("submission", "blob", "finding", "letter", "incoming", "log", "ledger_file", "compilation")
#: tables that do not go into a package, and why
LEFT_OUT: Mapping[str, str] = {
    "setting": "how the installation is set, with its secrets; changes are in the log",
    "person": "who people are now; whoever did something is named where it is told",
    "holder": "who holds a role now; changes are in the log",
    "obligation": "the plan's rows; what was owed is in the letters",
    "notice": "what stands in which letter; the letters have it",
    "run": "how Prefect carried it out",
    "form_run": "how Prefect carried out a form; what the form did is in the log",
    "occurrence": "when a picture was drawn",
    "link": "personal links",
    "draft_form": "what somebody has begun to write; it is no hand-in",
    "draft_file": "files that somebody has not handed in yet",
    "asked_code": "codes of a quarter of an hour; what they were for is in the log",
    "login_link": "links that log in; that they were asked for is in the log",
    "session": "who is logged in; logins are in the log",
    "ended_visit": "visits that somebody closed; they open nothing",
    "uploaded": "how much each person sent up of late",
    "lease": "who leads",
    "withheld_piece": "what is withheld by law; that it is, by whom and on which ground is in the package",
    "calendar_event": "what calendar programs were shown; the plan and its changes are in the log",
    "calendar_feed": "addresses of calendars",
    "ledger_amount": "what was read out of the ledger files, which are in the package",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A calendar year by Swedish time: from its first instant to the next year's, exclusive."""

    number: int

    @property
    def begins(self) -> datetime:
        """New year's midnight."""
        return local(date(self.number, 1, 1), time(0))

    @property
    def ends(self) -> datetime:
        """The next new year's midnight, exclusive."""
        return local(date(self.number + 1, 1, 1), time(0))

    def has(self, column: InstrumentedAttribute[datetime]) -> Any:
        """Return the condition that a row happened within the year."""
        return (column >= self.begins) & (column < self.ends)


def is_empty(session: Session, year: Year) -> bool:
    """Tell whether nothing at all is logged or handed in of a year."""
    return not any(
        session.scalar(select(func.count()).where(year.has(column))) for column in (LogRow.at, Submission.received_at)
    )


def submissions(session: Session, year: Year) -> Iterator[Submission]:
    """Return every version that was handed in, by obligation, part and version."""
    rows = select(Submission).where(year.has(Submission.received_at))
    ordered = rows.order_by(Submission.obligation_key, Submission.part, Submission.version)
    yield from session.scalars(ordered.execution_options(yield_per=BATCH))


def letters(session: Session, year: Year) -> Iterator[LetterRow]:
    """Return every letter that was written, in order, without its content (see :func:`mime`)."""
    rows = select(LetterRow).where(year.has(LetterRow.made_at)).order_by(LetterRow.made_at, LetterRow.id)
    yield from session.scalars(rows.options(defer(LetterRow.mime)).execution_options(yield_per=BATCH))


def incoming(session: Session, year: Year) -> Iterator[Incoming]:
    """Return every mail that was taken in, in order."""
    rows = select(Incoming).where(year.has(Incoming.taken_in_at)).order_by(Incoming.id)
    yield from session.scalars(rows.execution_options(yield_per=BATCH))


def unread(session: Session, year: Year) -> int:
    """Return how many mails of the year, or older, still wait for a person: what they hold may be handed in yet."""
    where = (Incoming.state == UNREAD, Incoming.received_at < year.ends)
    return session.scalar(select(func.count()).select_from(Incoming).where(*where)) or 0


def ledgers(session: Session, year: Year) -> Iterator[LedgerFile]:
    """Return every ledger file that was taken in."""
    rows = select(LedgerFile).where(year.has(LedgerFile.received_at)).order_by(LedgerFile.id)
    yield from session.scalars(rows.execution_options(yield_per=BATCH))


def compilations(session: Session, year: Year) -> Iterator[Compilation]:
    """Return the sammanställningar that were last made within the year."""
    rows = select(Compilation).where(year.has(Compilation.made_at))
    ordered = rows.order_by(Compilation.step, Compilation.period, Compilation.kind)
    yield from session.scalars(ordered.execution_options(yield_per=BATCH))


def records(session: Session, year: Year, name: str) -> Iterator[dict[str, Any]]:
    """Return one kind of what was recorded, as JSON values."""
    table, column = RECORDS[name]
    ordered = select(table).where(year.has(column)).order_by(column, *inspect(table).primary_key)
    for row in session.scalars(ordered.execution_options(yield_per=BATCH)):
        yield plain(row)


def log_rows(session: Session, year: Year) -> Iterator[LogRow]:
    """Return the year's chained rows of the log, in the chain's order."""
    rows = select(LogRow).where(year.has(LogRow.at), LogRow.number.is_not(None)).order_by(LogRow.number)
    yield from session.scalars(rows.execution_options(yield_per=BATCH))


def last_row(session: Session, year: Year) -> Head | None:
    """Return the year's last chained row."""
    rows = select(LogRow.number, LogRow.digest, LogRow.at).where(year.has(LogRow.at), LogRow.number.is_not(None))
    row = session.execute(rows.order_by(LogRow.number.desc()).limit(1)).first()
    return Head(number=row.number or 0, digest=row.digest or "", at=row.at) if row else None


def digest_of_row(session: Session, number: int) -> str | None:
    """Return a chained row's digest."""
    return session.scalar(select(LogRow.digest).where(LogRow.number == number))


def has_content(session: Session, sha256: str) -> bool:
    """Tell whether a file's bytes are there."""
    return session.scalar(select(Blob.size).where(Blob.sha256 == sha256)) is not None


def mime(session: Session, letter_id: int) -> bytes:
    """Return a letter's bytes as it was sent."""
    return session.scalar(select(LetterRow.mime).where(LetterRow.id == letter_id)) or b""


def plain(row: Table, *, but: Collection[str] = ()) -> dict[str, Any]:
    """Return a row as JSON values, without bytes: instants with Sweden's offset, days as ``2027-08-31``."""
    columns = inspect(type(row)).columns.items()
    names = [name for name, column in columns if name not in but and not isinstance(column.type, LargeBinary)]
    return {name: _json(getattr(row, name)) for name in names}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(STOCKHOLM).isoformat()
    return value.isoformat() if isinstance(value, date) else value
