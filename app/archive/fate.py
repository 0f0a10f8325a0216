"""Whether a handed-in version goes along to the e-arkiv: what bevaras and what nobody has decided on does."""

from dataclasses import dataclass

from actions.contents.withholding import word
from arshjul.definition.model import Definition, part_named
from arshjul.swedish import day_text, local_date
from store.database import Session
from store.handins import removals, withheld
from store.tables import Removal, Submission, Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What the dokumenthanteringsplan says of a version, and whether its content is gone already."""

    rule: str | None  #: "bevaras", "gallras 2 år efter årets slut"; None: nothing is decided
    kept: bool
    removal: Removal | None
    withheld: Withheld | None

    @property
    def goes_along(self) -> bool:
        """Whether its content is in the package."""
        return self.kept and self.removal is None and self.withheld is None

    @property
    def words(self) -> str:
        """``Bevaras``, ``Inte bestämt``, ``Gallras …, tas inte med`` ``Gallrad tisdag 8 januari 2030`` or ``Spärrad av …``."""
        if self.removal:
            return f"{self.removal.kind.capitalize()} {day_text(local_date(self.removal.at))}"
        if self.withheld:
            return word(self.withheld)
        if self.rule is None:
            return "Inte bestämt"
        return self.rule.capitalize() if self.kept else f"{self.rule.capitalize()}, tas inte med"


def fate_of(session: Session, definition: Definition, row: Submission) -> Fate:
    """Return what becomes of a version."""
    part = part_named(definition, row.obligation_key, row.part)
    handling = part.handling if part else None
    return Fate(
        rule=handling.text if handling else None,
        kept=handling is None or handling.kept,
        removal=removals.removals(session, [row.id]).get(row.id),
        withheld=withheld.of_versions(session, [row.id]).get(row.id),
    )
