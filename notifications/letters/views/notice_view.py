"""What a letter says of one obligation: how it stands, what is missing, and what has been written about it."""

from dataclasses import dataclass
from datetime import date, datetime

from arshjul.definition.model import OFFICE
from arshjul.lagrum import Lagrum


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    """A part that is not complete: what is missing, and how to mend it when something was handed in."""

    name: str
    role: str  #: as people read it: "förvaltningschef"
    what: str  #: "har inte lämnats in", or the finding's words
    mend: str  #: "" or what to do
    lagrum: str
    own: bool = False  #: the reader of the letter hands it in
    handed_in: bool = True  #: something was; else ``what`` says no more than that nothing was


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One obligation, as one recipient's letter tells it."""

    key: str
    rung: str  #: start, paminnelse-5, sen, ekonomichef, kommundirektor, sista-ord, ksau, frist-flyttad
    rung_kind: str  #: ladders.RungKind, or "flyttad"
    step_name: str  #: "Delårsrapport"
    step_definite: str  #: "delårsrapporten"
    report: str  #: "delårsrapporten per den 31 augusti 2027"
    period_text: str  #: "augusti 2027"
    unit_name: str
    unit_said: str  #: the same inside a sentence: "omsorgsnämnden"
    krav_name: str  #: "underlag till delårsrapporten"
    recipient_owes: bool  #: the reader is one of those who owe
    due_at: datetime
    workdays_left: int  #: working days from today to the frist; negative when it has passed
    lawful_until: date | None
    law_missed: bool  #: today is after ``lawful_until``; only then may the letter say so
    missing: tuple[MissingPart, ...]
    owing: tuple[str, ...]  #: names of the roles that owe, as people read them
    lagrum: Lagrum
    treated_text: str | None  #: "KSAU tisdag 5 oktober 2027", the meeting it is meant for
    limit: date | None  #: the last day of an anstånd, when one can be granted
    body_at: datetime | None  #: when it goes to KSAU if nothing comes (for "sista ord")
    moved_from: datetime | None = None  #: the frist that was told before, for "flyttad"
    moved_why: str = ""  #: why it moved, a whole sentence: "Augusti stängdes fredag 10 september 2027."
    diarienummer: str | None = None  #: of the tillfälle, when it is known
    top_name: str = ""  #: what the body is called that the ladder ends at: "KSAU"; "" when it ends at none
    next_told: str | None = None  #: who is told next if nothing comes: "ekonomichefen torsdag 23 september 2027"
    sent_before: tuple["SentLetter", ...] = ()
    contacts: tuple[str, ...] = ()  #: whom to call about what is late: role, name, address, telephone
    rung_days: int = 0  #: the rung's working days from the frist
    words: str = ""  #: what the definition has a rung's letters say beside our own words
    below: str = ""  #: how what is carried up from the enheter below stands, and whom it waits for

    @property
    def own_parts(self) -> int:
        """How many of the parts that are missing are the reader's."""
        return sum(part.own for part in self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """A letter that was handed over about an obligation."""

    handed_at: datetime
    rung_name: str  #: "påminnelse 5 arbetsdagar före"
    to: str  #: role and name
    reminds: bool = False  #: it was sent to those who owe, to remind them


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs a paper, by role and name; ``name`` is "" when nobody holds the role."""

    role: str
    role_name: str  #: "ekonomichef"
    role_said: str  #: "ekonomichefen"
    name: str
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who the letter is for."""

    name: str
    address: str
    role_name: str  #: "förvaltningschef"
    link: str | None  #: the personal link; None for those who have nothing to hand in
    page: str = ""  #: the address of the page that the letter leads to, as this reader opens it; "" for none
    logs_in: bool = True  #: that page asks for a login; else the address is the reader's own, to read by


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a letter."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The draft of a tjänsteskrivelse, for the one who signs it."""

    file: Attachment
    page: str  #: the address where it is read, changed, held and let go, as this reader opens it


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter's words, before it gets its headers."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterView:
    """What KSAU is told about one occurrence: the late obligations and the meeting they are meant for."""

    municipality: str
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence
    step_name: str
    report: str  #: as in NoticeView
    period_text: str
    raised_on: date
    meeting_name: str  #: "Kommunstyrelsens arbetsutskott"
    meeting_said: str  #: the same inside a sentence
    meeting_short: str  #: "KSAU"
    meeting_at: datetime | None  #: None: no agenda is open in time, so the ordförande is told at once
    agenda_closes: datetime | None
    is_extra: bool = False  #: the agenda had closed: it is brought to the meeting as an extra ärende
    is_held: bool = False  #: the meeting has been
    late: tuple[NoticeView, ...]
    proposal: str  #: the proposed decision, a paragraph each line
    background: tuple[str, ...] = ()  #: what the one who signs adds to what the service says is missing
    assessment: tuple[str, ...] = ()  #: their assessment, in the place of the service's; () where that stands
    asked_by: tuple[str, ...] = ()  #: the law by which it is asked: "KL 6 kap. 12 §"
    decides_by: str = ""  #: the delegation by which the body decides itself; "" when it proposes
    until: date | None = None  #: the last day that the proposal asks for
    sent_to: tuple[str, ...] = ()  #: whom the decision goes to
    after: tuple[str, ...] = ()  #: what follows: the next bodies, and the law's days
    signer: Signer | None = None
    rests_on: str = ""  #: the decision that the ladder itself rests on
    basis: tuple[str, ...] = ()  #: what the body has to decide by
    released: str = ""  #: who has let the paper go, or that it went by itself: a whole sentence
    lagrum: Lagrum
    because: str = ""  #: why it is withdrawn, when it is not that everything came in: a whole clause
    headline: str = ""  #: the same in the subject: "ny frist"
    diarienummer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterView:
    """What a reader is told along with how a matter ended."""

    left: MatterView | None = None  #: what remains before the body at that meeting about that report
    paper: Attachment | None = None  #: the new tjänsteskrivelse about it
    owed: bool = False  #: the reader is one of those who owed it: the others' affairs are not theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFinding:
    """What a check found in what was handed in, and how to mend it."""

    severity: str  #: "stopp", "fråga" or "upplysning"
    place: str  #: "Ekonomi!D7"
    message: str
    mend: str
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPart:
    """One part in a kvittens."""

    name: str
    filename: str | None
    version: int
    sha256: str | None
    complete: bool
    findings: tuple[ReceiptFinding, ...]  #: what remains
    ej_aktuellt: str | None
    changed_since: int | None = None  #: the version that ``changes`` are counted from; None: nothing to compare with
    changes: tuple[str, ...] = ()
    more_changes: int = 0  #: changes beside those in ``changes``


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePart:
    """One part of an obligation as it stands, for the list of all that a complete hand-in is made of."""

    name: str
    filename: str | None
    version: int | None
    sha256: str | None
    ej_aktuellt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsView:
    """How one of all that a hand-in is part of stands."""

    name: str  #: "Underlag till delårsrapporten augusti 2027"
    state: str  #: the board's word for it: "komplett", "preliminär", "ofullständig"
    lacking: tuple[str, ...]  #: names of the parts that are missing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A hand-in that was received."""

    step_name: str
    report: str
    period_text: str
    unit_name: str
    unit_said: str
    received_at: datetime
    late: bool
    by: str
    parts: tuple[ReceiptPart, ...]
    still_missing: tuple[MissingPart, ...]
    due_at: datetime
    preliminary: bool  #: complete, but the nämnd's decision is still to come
    registered_by: str | None = None  #: who filed it for whoever handed it in
    registered_at: datetime | None = None
    diarienummer: str | None = None
    whole: tuple[WholePart, ...] = ()  #: every part as it stands, also those that came earlier
    stands: tuple[StandsView, ...] = ()  #: how all stands that the files are part of, when that is more than one thing
    makes_whole: bool = False  #: something that the files are part of is complete with them: it is to be registered
    became_complete: str = ""  #: why it is complete now, when nothing was handed in: a whole sentence

    def own_parts(self, role_name: str) -> int:
        """Return how many of the parts that are missing are the reader's."""
        return sum(part.role == role_name for part in self.still_missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFigure:
    """One figure that the ledger no longer agrees with; the amounts are tkr, as people read them."""

    row: str
    column: str
    handed_in: str
    ledger: str
    by: str  #: with its sign


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedPart:
    """A part that a later ledger file reopened, or found right again (``restored``)."""

    name: str
    version: int
    restored: bool
    rows: tuple[ChangedFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedView:
    """An obligation whose figures a later ledger file changed."""

    step_name: str
    report: str
    period_text: str
    unit_name: str
    unit_said: str
    book_period: str  #: "januari–augusti 2027"
    company: str
    taken_at: datetime
    parts: tuple[ReopenedPart, ...]
    due_at: datetime
    moved: bool  #: it got a new frist
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBackView:
    """An underlag that was sent back with reasons."""

    step_name: str
    report: str  #: as in NoticeView
    period_text: str
    unit_name: str
    unit_said: str
    krav_name: str
    parts: tuple[str, ...]  #: each with its version: "Ekonomi, version 2"
    why: str
    by: str  #: who sent it back: "Ekonomikontoret", or the body with its § and day
    due_at: datetime
    moved: bool  #: it got a new frist
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAwayView:
    """A handed-in version that somebody took away."""

    step_name: str
    report: str  #: as in NoticeView
    period_text: str
    unit_name: str
    unit_said: str
    part_name: str
    version: int
    filename: str | None
    sha256: str | None
    reason: str
    why: str
    missing: bool  #: the part is missing without it
    stands: int | None  #: the version that counts now, when one is complete
    due_at: datetime
    moved: bool  #: it got a new frist
    diarienummer: str | None
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """One thing that a body has to decide, and the law's day for it."""

    name: str  #: "KS beslutar om delårsrapporten"
    day: date
    lawful_until: date | None
    law_missed: bool  #: today is after ``lawful_until``; only then may the letter say so
    lagrum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """How one kind of thing that a report asks of its enheter stands."""

    name: str  #: "underlag till delårsrapporten"
    total: int  #: enheter that are done or owe it, without those that nobody asks
    complete: tuple[str, ...]  #: the enheter
    preliminary: tuple[str, ...]
    not_ours: tuple[str, ...]  #: whose frist lay before we began
    late: tuple[str, ...]  #: the enhet, its frist, what is missing and whose it is
    ahead: tuple[str, ...]  #: the same, before the frist

    @property
    def done(self) -> int:
        """How many enheter are complete, preliminär or not."""
        return len(self.complete) + len(self.preliminary)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """One report as it is handed to a body."""

    step_name: str
    report: str  #: as in NoticeView
    period_text: str
    points: tuple[PointView, ...]
    before: tuple[str, ...]  #: what the bodies before this one decided, or did not: whole sentences
    standing: tuple[StandingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverView:
    """What lies before a meeting whose agenda has closed, or is handed over on a day that is no meeting's."""

    municipality: str
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence
    body_said: str  #: "kommunstyrelsen"
    body_short: str
    meeting_at: datetime | None  #: None: the law's handing over, on ``day``
    day: date
    receivers: str  #: "KF och revisorerna"
    reports: tuple[ReportView, ...]
    matters: tuple[str, ...]  #: that the ladder brought up


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOnView:
    """A report that a body has handed on."""

    municipality: str
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence
    from_said: str  #: "kommunstyrelsen"
    to_short: str  #: "KF och revisorerna"
    to_said: str  #: the body alone: "kommunfullmäktige"
    report: ReportView  #: its points are what the body is to decide
    decided_on: date
    paragraf: str
    diarienummer: str
    why: str
    law: str  #: how the day stands to the law's, or ""
    meeting_at: datetime | None
    agenda_closes: datetime | None  #: None when it has closed


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """One line of the ekonomikontor's letter of the week."""

    what: str  #: "Delårsrapport augusti 2027 · Bildningsnämnden"
    when: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The newest row of the log of one day, by which a later change shows."""

    day: str  #: "måndag 6 september 2027"
    number: int
    digest: str  #: in groups, so that it can be read aloud and breaks between them


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """How many are to be handed in, each enhet's by itself."""

    due: int
    late: int
    escalated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """The ekonomikontor's Monday letter."""

    week: str  #: "v. 37"
    counts: WeekCounts
    due: tuple[WeekLine, ...]
    late: tuple[WeekLine, ...]
    escalated: tuple[WeekLine, ...]
    top_names: str = ""  #: the bodies that ladders end at: "KSAU"; "" when they end at none
    decisions: tuple[WeekLine, ...]  #: bodies' moments that nobody has recorded
    undelivered: tuple[WeekLine, ...]
    waiting: tuple[WeekLine, ...] = ()  #: letters that were tried and are tried again
    faults: tuple[str, ...] = ()  #: what is wrong in the service, in the words of ``/health``
    notes: tuple[WeekLine, ...]  #: vacant roles, undecided dates, held and resting matters
    lives: str  #: one sentence on the service's health
    status_url: str  #: the page Läget
    prefect_url: str
    log_heads: tuple[LogHead, ...] = ()  #: since the letter before, a day each
    unfixed: tuple[WeekLine, ...] = ()  #: years whose tidplan is not fastställd: title, and what to know and do

    @property
    def where_escalated(self) -> str:
        """Where the escalated lie: ``hos KSAU``; "" when ladders end at several bodies, whose names would fill a line."""
        return "" if " och " in self.top_names else f"hos {self.top_names or 'trappans organ'}"
