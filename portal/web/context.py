"""What the portal is given: everything it needs of the rest, in one frozen value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypedDict, TypeVar

from actions.entry import LoginRules
from actions.scene import Scene, carry_out
from actions.service.health import HealthPart as HealthPart
from notifications.mailbox.read_apart import Read, read_mail_apart
from notifications.office import Office
from notifications.post.post import Post
from portal.prefect_client import PrefectServer
from portal.web.uploads import SenderPatience
from store.acting import Acting
from store.database import Store
from submissions.intake.room import Intake

_T = TypeVar("_T")


class CookieFlags(TypedDict):
    """What every cookie of ours carries."""

    path: str
    httponly: bool
    secure: bool
    samesite: Literal["lax"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """What an installation says of itself: whom to tell, an address or a page's URL ("": the ekonomikontor)."""

    accessibility_contact: str = ""
    accessibility_date: date | None = None  #: when the tillgänglighetsredogörelse was last judged
    accessibility_days: int = 5  #: working days within which who tells of something inaccessible is answered
    data_protection_contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalContext:
    """The portal's seams."""

    store: Store
    office: Office
    clock: Callable[[], datetime]
    maildir: Path | None  #: where letters lie when none leaves the machine; None: no page shows them
    health: Callable[[], Mapping[str, HealthPart]]
    login: LoginRules = field(default_factory=LoginRules)
    post: Callable[[], Post] | None = None  #: for a test letter; None: there is no button for it
    patience: SenderPatience = field(default_factory=SenderPatience)  #: with whoever sends a form
    intake: Intake = field(default_factory=Intake)  #: what each file meets before it is kept
    prefect: PrefectServer | None = None  #: None: no page shows it
    about: Contacts = field(default_factory=Contacts)
    read_mail: Read = read_mail_apart  #: reads a mail that somebody brings

    def act(self, work: Callable[[Scene], _T], acting: Acting | None = None) -> _T:
        """Do what the ekonomikontor decides, while no round decides; from its beginning again when it had to give way.

        ``work`` keeps nothing outside its session; ``acting`` is who the log says did it.
        """
        return carry_out(self.store, self.office, self.clock, work, acting)

    @property
    def https(self) -> bool:
        """Whether people reach the portal over https."""
        return self.office.public_url.startswith("https://")

    @property
    def cookie_prefix(self) -> str:
        """What a cookie's name begins with: over https browsers then bind it to this very host."""
        return "__Host-" if self.https else ""

    @property
    def cookie_flags(self) -> CookieFlags:
        """Scripts and other sites never see our cookies."""
        return {"path": "/", "httponly": True, "secure": self.https, "samesite": "lax"}
