"""The ekonomikontor's standing orders: whose definition, from which address, towards whom, since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from arshjul.definition.model import OFFICE, Definition
from arshjul.definition.reading import Sourced
from arshjul.errors import RefusedError, nearest
from notifications.trust import Trust
from store.database import Session
from store.post.holding import UTSKICK
from store.service.installation import installed
from submissions.templates.own import OwnFiles

Utskick = Literal["av", "skugga", "skarpt"]

#: what is said wherever somebody could take it that letters go: on every page, and in Prefect
UTSKICK_WORDS: Mapping[str, str] = {
    "skugga": "Utskick är i skugga. Alla brev går till {office}, och ingen annan får något.",
    "av": "Utskick är av. Inga brev skrivs, och ingen får något.",
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who a letter says that it is from."""

    municipality: str = ""  #: "" leaves it out
    office: str = OFFICE  #: those who keep the årshjul, inside a sentence: "ekonomiavdelningen"

    @property
    def name(self) -> str:
        """Those who keep the årshjul as a name, or as a sentence begins."""
        return self.office[:1].upper() + self.office[1:]


UNNAMED = Letterhead()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What stays the same while the service runs but for utskick; read once at start, and handed to whoever needs it."""

    sourced: Sourced
    mail_from: str  #: From and Reply-To: the ekonomikontor's own address
    public_url: str  #: the portal's address as people reach it, without a trailing slash
    prefect_url: str  #: the Prefect UI's address as people reach it, below the portal's
    secret: bytes  #: signs the personal links
    utskick: Utskick
    utskick_is_set: bool = False  #: by a setting, which wins over what the store says
    since: date  #: i drift från: the first day whose moments are ours
    own: OwnFiles = field(default_factory=dict)  #: mallar of the municipality's own
    papers: Mapping[str, bytes] = field(default_factory=dict)  #: Word templates of papers of its own
    trust: Trust = field(
        default_factory=Trust
    )  #: whose word is taken for who sent a mail; nobody's: none is filed by itself

    def at(self, session: Session) -> "Office":
        """Return the orders as they stand now: what the ekonomikontor has said of utskick holds at once."""
        match None if self.utskick_is_set else installed(session, UTSKICK):
            case "av" | "skugga" | "skarpt" as utskick if utskick != self.utskick:
                return replace(self, utskick=utskick)
        return self

    @property
    def definition(self) -> Definition:
        """The definition's values."""
        return self.sourced.definition

    @property
    def sender(self) -> Letterhead:
        """Who every letter is from, in its words."""
        return Letterhead(self.definition.kommun.name, self.definition.office_said)


def utskick_words(utskick: str, office: str) -> str:
    """Return what is said of utskick; "" when letters go to their readers."""
    return UTSKICK_WORDS.get(utskick, "").format(office=office)


def parse_utskick(read: str) -> Utskick:
    """Return what was written as utskick. Raises RefusedError, with the nearest right word."""
    match read:
        case "av" | "skugga" | "skarpt":
            return read
    raise RefusedError(f"okänt utskick '{read}'{nearest(read, ('av', 'skugga', 'skarpt'))}")
