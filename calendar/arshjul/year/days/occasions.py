"""Why a step has a period beside its months: something happened, an enhet's hand-in opened it, an entry has a frist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from arshjul.definition.model import Definition, Step
from arshjul.definition.registers.register import Entries, RegisterEntry, entries_of
from arshjul.keys import UnitId
from arshjul.lagrum import Lagrum
from arshjul.periods import Period

SHOWN = 60  #: characters of an entry's name in the name of what is reported of it
_IN_A_FILES_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))  #: the name is also a mall's file's


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedHappening:
    """A händelse that an enhet's hand-in opened for a period; days are counted from ``day``, when it first said so."""

    happening: str
    period: Period
    unit: UnitId
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasions:
    """What has happened, what was opened, and the registers' entries."""

    definition: Definition
    happened: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  #: the days of each händelse, in order
    opened: tuple[OpenedHappening, ...] = ()
    entries: Mapping[str, Mapping[str, RegisterEntry]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        definition: Definition,
        happened: Mapping[str, tuple[date, ...]] | None = None,
        opened: tuple[OpenedHappening, ...] = (),
        entries: Entries | None = None,
    ) -> "Occasions":
        """Put them together; the file's own entries are among them."""
        every = entries_of(definition.registers, entries or {})
        return cls(definition=definition, happened=happened or {}, opened=opened, entries=every)

    def periods(self, step: Step, year: int) -> Iterator[Period]:
        """Yield the periods of ``year`` that a step has because of them, in order."""
        if step.each is None:
            return
        if step.each.of_register:
            found = [each.period(key) for key, each in self.entries.get(step.each.of_register, {}).items()]
        elif self._is_opened(step.each.happening):
            found = [each.period for each in self.opened if each.happening == step.each.happening]
        else:
            found = [Period.until(day) for day in self.happened.get(step.each.happening or "", ())]
        yield from sorted({each for each in found if each and each.year == year}, key=lambda each: each.key)

    def concerns(self, step: Step, period: Period, unit: UnitId) -> bool:
        """Tell whether an enhet is asked because of it: the one whose hand-in opened it, those who have the entry."""
        entry = self.entry(step, period)
        if entry:
            return entry.is_of(unit)
        if step.each is None or not self._is_opened(step.each.happening):
            return True
        return any(
            (each.happening, each.period, each.unit) == (step.each.happening, period, unit) for each in self.opened
        )

    def entry(self, step: Step, period: Period) -> RegisterEntry | None:
        """Return the entry that a period is of, if it is of one."""
        register = self.entries.get(step.each.of_register, {}) if step.each and step.each.of_register else {}
        return register.get(period.entry)

    def named(self, step: Step, period: Period) -> Step:
        """Return the step as it is called for one entry: ``Särskilt uppdrag, Se över skolskjutsen``."""
        entry = self.entry(step, period)
        if entry is None:
            return step
        title = entry.title if len(entry.title) <= SHOWN else f"{entry.title[:SHOWN].rstrip()} …"
        title = title.translate(_IN_A_FILES_NAME)
        called = {"name": f"{step.name}, {title}", "definite": f"{step.definite} ”{entry.title}”{entry.by}"}
        return step.model_copy(update=called)

    def source(self, name: str) -> Lagrum | None:
        """Return the source of a händelse or register by its id; None for what is neither."""
        declared = self.definition.happenings.get(name) or self.definition.registers.get(name)
        return declared.source if declared else None

    def day(self, name: str, step: Step, period: Period, unit: UnitId | None, shift: int) -> date | None:
        """Return the day that is counted from; None until it has happened.

        Of a register it is the frist of the period's entry. Of what was opened it is the enhet's day, the last one
        where no enhet is said. Else it is the period's own day where the step goes by it, or the last in its year.
        """
        if name in self.definition.registers:
            entry = self.entry(step, period)
            return entry.due if entry else None
        if self._is_opened(name):
            of_period = [each for each in self.opened if (each.happening, each.period) == (name, period)]
            days = [each.day for each in of_period if unit in (None, each.unit)]
        elif step.each is not None and step.each.happening == name:
            days = [period.end]
        else:
            days = [day for day in self.happened.get(name, ()) if day.year == period.year + shift]
        return max(days, default=None)

    def _is_opened(self, happening: str | None) -> bool:
        declared = self.definition.happenings.get(happening or "")
        return declared is not None and declared.opening is not None
