"""One part under review: what was read, what was asked for, and what is known. The rules look at nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from arshjul.asked import Check
from arshjul.wheel import Obligation, PartOwed
from submissions.checks import Finding
from submissions.filled import Filled, Table
from submissions.templates.mall import Known, Mall, MallSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a rule looks at. ``filled`` holds what the file had of what ``mall`` asks for."""

    filled: Filled
    mall: Mall
    one: Obligation
    part: PartOwed
    known: Known

    def table(self, *ids: str) -> Table | None:
        """Return the first of these sheets that was found in the file."""
        return next((self.filled.tables[each] for each in ids if each in self.filled.tables), None)

    def asked(self, *ids: str) -> MallSheet | None:
        """Return the first of these sheets that the mall asks for."""
        return next((each for each in self.mall.sheets if each.id in ids), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A rule's entry in the definition, and how it says what it found."""

    rule: str
    entry: Check

    def number(self, name: str) -> Decimal:
        """Return one of the entry's numbers; the rulebook has made sure that it is there."""
        return self.entry.numbers[name]

    def found(self, place: str, message: str, mend: str) -> Finding:
        """Say it: where, what is wrong, how to mend it; severity and source are the entry's."""
        return Finding(
            rule=self.rule,
            severity=self.entry.severity,
            place=place,
            message=message,
            mend=mend,
            lagrum=self.entry.source.text,
        )


#: A pure function from the case to a finding, or None when all is well.
Rule = Callable[[Case, Judge], Finding | None]
