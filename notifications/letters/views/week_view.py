"""The ekonomikontor's Monday letter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """One line of the ekonomikontor's letter of the week."""

    what: str  #: "Delårsrapport augusti 2027 · Bildningsnämnden"
    when: str
    note: str
    page: str = ""  #: the page where it is done; "" for none


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
    log_head: LogHead | None = None  #: the newest since the letter before: by it all before it is shown, too
    unfixed: tuple[WeekLine, ...] = ()  #: years whose tidplan is not fastställd: title, and what to do

    earlier: tuple[WeekLine, ...] = ()  #: told frister that the plan would have earlier: each is confirmed on its page

    @property
    def where_escalated(self) -> str:
        """Where the escalated lie: ``hos KSAU``; "" when ladders end at several bodies, whose names would fill a line."""
        return "" if " och " in self.top_names else f"hos {self.top_names or 'det organ där trappan slutar'}"
