"""What has happened, as tables: one module a noun. A row is what people and the service did; no query and no rule here."""

# The plan comes from the definition; only what people and the service did is here. ``obligation`` is the one exception:
# the plan's obligations are kept as rows, so that what is told to people (a frist, a state) can be compared with what
# the plan says now, and so that the watchdog finds what is due by an index instead of by thinking through the year
# every minute.

from store.tables.access_tables import AskedCode, CalendarFeed, EndedVisit, Link, LoginLink, LoginSession
from store.tables.base import Instant, KeyText, Table
from store.tables.body_tables import Decision, Matter, PaperRow, Utlatande
from store.tables.draft_tables import DraftFile, DraftForm, Uploaded
from store.tables.frist_tables import Anstand, AnstandRequest, Quiet
from store.tables.handin_tables import Answer, Blob, Compilation, FindingRow, Removal, RuleRest, Submission
from store.tables.ledger_tables import LedgerAmount, LedgerFile
from store.tables.letter_tables import Incoming, LetterRow, NoticeRow
from store.tables.log_tables import LogRow
from store.tables.people_tables import Holder, Person
from store.tables.plan_tables import (
    CalendarRow,
    Closing,
    Diarienummer,
    MeetingChange,
    ObligationRow,
    OccurrenceRow,
    RegisterRow,
    Tidplan,
    Triggered,
)
from store.tables.secrecy_tables import Withheld, WithheldPiece
from store.tables.service_tables import FormRun, Lease, Run, Setting

__all__ = [
    "Anstand",
    "AnstandRequest",
    "Answer",
    "AskedCode",
    "Blob",
    "CalendarFeed",
    "CalendarRow",
    "Closing",
    "Compilation",
    "Decision",
    "Diarienummer",
    "DraftFile",
    "DraftForm",
    "EndedVisit",
    "FindingRow",
    "FormRun",
    "Holder",
    "Incoming",
    "Instant",
    "KeyText",
    "Lease",
    "LedgerAmount",
    "LedgerFile",
    "LetterRow",
    "Link",
    "LogRow",
    "LoginLink",
    "LoginSession",
    "Matter",
    "MeetingChange",
    "NoticeRow",
    "ObligationRow",
    "OccurrenceRow",
    "PaperRow",
    "Person",
    "Quiet",
    "RegisterRow",
    "Removal",
    "RuleRest",
    "Run",
    "Setting",
    "Submission",
    "Table",
    "Tidplan",
    "Triggered",
    "Uploaded",
    "Utlatande",
    "Withheld",
    "WithheldPiece",
]
