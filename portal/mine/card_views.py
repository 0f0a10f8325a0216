"""A card of the personal page as the page shows it: one hand-in, its parts and their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from actions.underlag.sending_back import RULE as SENT_BACK
from arshjul.ladder.standing import State
from arshjul.year.wheel import Obligation
from store.tables import AnstandRequest, DraftFile
from submissions.files.parts import Form
from submissions.standing.completeness import PartState
from submissions.standing.version_history import Since


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One handed-in version."""

    id: int
    version: int
    received_at: datetime
    by: str
    late: bool
    filename: str | None
    ej_aktuellt: str | None
    since: Since | None  #: what it changed since the version before it


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part that this person hands in."""

    field: str  #: the fields' prefix: "delarsrapport.underlag.ekonomi"
    form: Form
    state: PartState
    attempt: PartState | None  #: a newer version that does not count yet
    lacks: tuple[str, str] | None
    versions: tuple[VersionView, ...]
    mall: str | None  #: where its mall is fetched
    draft: Mapping[str, str]  #: what is written and not handed in, by the field's end
    kept: DraftFile | None  #: the file that is in the draft
    below: tuple[PartState, ...] = ()  #: what an enhet below has handed in, of one that approves it
    back_until: datetime | None = None  #: the latest frist that it can be sent back with

    @property
    def can_be_sent_back(self) -> bool:
        """Whether something below is in that is not sent back already."""
        return any(all(found.rule != SENT_BACK for found in state.findings) for state in self.below)

    @property
    def since(self) -> Since | None:
        """What the version that counts changed since the one before it."""
        return next((each.since for each in self.versions if each.version == self.state.version), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSection:
    """One obligation's parts in a card: the host's own, or a hosted one's."""

    one: Obligation
    state: State
    parts: tuple[PartView, ...]
    others: tuple[tuple[str, str, bool], ...]  #: parts that other roles hand in: name, role, complete
    within: tuple[tuple[str, str], ...]  #: parts that a file of the host's is, too: name, and that part's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One hand-in: an obligation with those that are handed in with it."""

    anchor: str
    path: str
    one: Obligation
    state: State
    sections: tuple[CardSection, ...]
    left: str
    is_late: bool  #: the frist has passed: nothing is missing before it
    missing: int
    total: int
    below: str  #: how what is carried up stands: "2 av 5 enheter under har lämnat; väntar på ..."; "" for none
    treated: str | None
    preliminary: str | None  #: what is still to come when it is preliminär, as a sentence without its end
    last: date | None  #: the last day of an anstånd; None when nothing bounds it
    no_room: bool  #: the frist stands on that day already, or the day has been
    asked: AnstandRequest | None  #: the newest request for anstånd
    rests: date | None  #: the last day on which the letters rest
    saved_at: datetime | None  #: when its draft was saved
    unsure: tuple[DraftFile, ...]  #: files in the draft whose part the page asks for

    @property
    def parts(self) -> tuple[PartView, ...]:
        """All parts of the card."""
        return tuple(part for section in self.sections for part in section.parts)

    @property
    def files(self) -> tuple[PartView, ...]:
        """Its parts that are files."""
        return tuple(part for part in self.parts if part.form.wants_file)

    @property
    def takes_several(self) -> bool:
        """Whether more than one file is still to be handed in."""
        return sum(not part.state.complete for part in self.files) > 1

    @property
    def endings(self) -> str:
        """``.docx,.xlsx``, for the field of several files."""
        return ",".join(sorted({each for part in self.files for each in part.form.endings.split(",")}))
