"""What a letter says of one obligation: how it stands, what is missing, and what has been written about it."""

from dataclasses import dataclass
from datetime import date, datetime

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
    vacant: str = ""  #: which roles that owe it nobody holds, and where somebody is entered; "" when all are held
    parts: int = 0  #: how many it has in all, missing or not; 0: not known

    @property
    def nothing_came(self) -> bool:
        """Whether not one part of it has come in, so far as is known."""
        return self.parts in (0, len(self.missing)) and not any(part.handed_in for part in self.missing)

    @property
    def some_came(self) -> bool:
        """Whether some of its parts are in and complete, so far as is known: then the others are what is left."""
        return self.parts > len(self.missing)

    @property
    def said_alike(self) -> tuple[object, ...]:
        """What two notices have alike that a reader above reads as one report, with a line for each enhet."""
        return (
            *(self.recipient_owes, self.rung, self.step_name, self.period_text, self.krav_name, self.due_at),
            *(self.moved_from, self.moved_why, self.treated_text, self.lawful_until, self.law_missed),
            *(self.body_at, self.top_name, self.words, self.diarienummer, self.workdays_left),
        )

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
