"""The ekonomikontor's standing orders: whose definition, from which address, towards whom, since when."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from arshjul.definition import Definition
from arshjul.reading import Sourced
from submissions.templates.own import OwnFiles

Utskick = Literal["av", "skugga", "skarpt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What stays the same while the service runs; read once at start, and handed to whoever needs it."""

    sourced: Sourced
    mail_from: str  #: From and Reply-To: the ekonomikontor's own address
    public_url: str  #: the portal's address as people reach it, without a trailing slash
    prefect_url: str  #: the Prefect UI's address, for the ekonomikontor's letters and pages
    secret: bytes  #: signs the personal links
    utskick: Utskick
    since: date  #: i drift från: the first day whose moments are ours
    own: OwnFiles = field(default_factory=dict)  #: mallar of the municipality's own

    @property
    def definition(self) -> Definition:
        """The definition's values."""
        return self.sourced.definition
