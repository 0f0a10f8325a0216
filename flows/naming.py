"""What is ours on a Prefect server, and what it is called there: Swedish names, and tags to filter by.

Several installations may share one server: names, keys and tags say whose a thing is.
"""

from dataclasses import dataclass
from datetime import datetime

from arshjul.keys import OccurrenceKey
from arshjul.swedish import local_date, short_day
from notifications.prefect_places import artifact_key
from store.service.installation import OWNER
from store.service.runs import OURS

SHARP = "skarpt"  #: letters go to their readers, and nothing is said of it
UTSKICK = "utskick:"  #: what the tag begins with that says that they do not
AVSTAMNING = "avstamning"  #: the moment that only brings an occurrence up to now


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """An installation, as it is known on a Prefect server."""

    kommun: str  #: the municipality's id, a slug: "hedemora"
    kommun_name: str  #: "Hedemora kommun"
    installation: str  #: the installation's own id, made at its first start
    place: str = ""  #: what tells two installations of one municipality apart, a slug: "test"
    has_server: bool = True  #: the server is this installation's own: what a lost store registered there is taken over

    @property
    def slug(self) -> str:
        """``hedemora``, or ``hedemora-test``."""
        return f"{self.kommun}-{self.place}" if self.place else self.kommun

    @property
    def owner_tag(self) -> str:
        """``installation:3f2a90b1c4d5``."""
        return f"{OWNER}{self.installation}"

    @property
    def kommun_tag(self) -> str:
        """``kommun:hedemora``."""
        return f"kommun:{self.slug}"

    @property
    def tags(self) -> tuple[str, ...]:
        """What every deployment carries, and by that its runs."""
        return (self.kommun_tag, self.owner_tag)

    def deployment(self, flow_name: str) -> str:
        """Return a flow's deployment's name: ``Delårsrapport · Hedemora kommun``, ``... (test)``."""
        place = f" ({self.place})" if self.place else ""
        return f"{flow_name} · {self.kommun_name}{place}"

    def run_key(self, key: str) -> str:
        """Return the key of a planned run on the server; two installations share flows, and a flow its keys."""
        return f"{OURS}{self.slug}/{self.installation}/{key.removeprefix(OURS)}"

    def artifact(self, occurrence: OccurrenceKey) -> str:
        """Return an occurrence's artifact key, ``hedemora-delarsrapport-2027-08``."""
        return artifact_key(self.slug, *occurrence)

    def page(self, *parts: str) -> str:
        """Return the key of a page on how it stands, ``hedemora-laget-delarsrapport-2027-08-omsorgsnamnden``."""
        return artifact_key(self.slug, "laget", *parts)


def occurrence_name(step_name: str, period: str) -> str:
    """Return ``Delårsrapport 2027-08``."""
    return f"{step_name} {period}"


def run_name(step_name: str, period: str, moment_name: str, at: datetime) -> str:
    """Return ``Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep``; the day is Swedish."""
    return f"{occurrence_name(step_name, period)} · {moment_name} · {short_day(local_date(at))}"


def avstamning_name(step_name: str, period: str) -> str:
    """Return ``Delårsrapport 2027-08 · avstämning``."""
    return f"{occurrence_name(step_name, period)} · avstämning"


def utskick_tags(utskick: str) -> tuple[str, ...]:
    """Return ``utskick:skugga`` or ``utskick:av`` where no letter goes to its reader; else nothing."""
    return () if utskick == SHARP else (f"{UTSKICK}{utskick}",)


def run_tags(occurrence: OccurrenceKey, kind: str, utskick: str) -> tuple[str, ...]:
    """Return a run's tags, by which the UI's lists are narrowed; ``kind`` has no number.

    ``delarsrapport/2027-08``, ``steg:delarsrapport``, ``period:2027-08``, ``moment:paminnelse``;
    ``utskick:skugga`` where no letter goes.
    """
    return (
        *(occurrence.path, f"steg:{occurrence.step}", f"period:{occurrence.period}", f"moment:{kind}"),
        *utskick_tags(utskick),
    )
