"""What a body is told of a matter, and the paper that brings it there."""

from dataclasses import dataclass
from datetime import date, datetime

from arshjul.definition.model import OFFICE
from arshjul.keys import PersonId
from arshjul.lagrum import Lagrum
from notifications.letters.views.composed import Attachment
from notifications.letters.views.notice_view import NoticeView


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs a paper, by role and name; ``name`` is "" when nobody holds the role."""

    role: str
    role_name: str  #: "ekonomichef"
    role_said: str  #: "ekonomichefen"
    name: str
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The draft of a tjänsteskrivelse, for the one who signs it."""

    file: Attachment
    page: str  #: the address where it is read, changed, held and let go, as this reader opens it
    report: str  #: "affärsplan 2028"


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
    is_closed: bool = False  #: the agenda has closed: nothing that comes in now withdraws the matter
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
    awaited: bool = False  #: what is late is what others need for theirs: anvisningar, and no part of the report
    rests_on: str = ""  #: the decision that the ladder itself rests on
    came: tuple[tuple[int, int], ...] = ()  #: of each krav that is late: how many enheter are done, and of how many
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
