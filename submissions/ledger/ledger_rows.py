"""What a ledger file holds of each enhet and verksamhet, by the objects that the definition gives them."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.definition.model import Definition
from arshjul.definition.units.unit import Unit
from arshjul.errors import RefusedError
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.swedish import listing
from submissions.sie.sie_sums import AccountRanges, Kind, Sums
from submissions.sie.values import Ledger

UTFALL, UTFALL_FG, BUDGET, BUDGET_PERIOD = "utfall", "utfall-fg", "budget", "budget-period"
COLUMNS = (UTFALL, UTFALL_FG, BUDGET, BUDGET_PERIOD)

_WITH_OBJECTS = "Exportera den med objekt (ObjectReference) på saldon eller verifikationer."
Amounts = dict[str, dict[str, int]]  #: öre by row and column


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Money in the file that the definition places nowhere: an object, or what lies on no object."""

    object: str | None  #: None: on no object of the dimension
    name: str
    utfall: int  #: öre, January to the period
    budget: int  #: öre, the whole year


def closing(period: Period) -> Period:
    """Return a period as ledgers are kept by: December is the whole year."""
    return Period(period.year) if period.months == 12 else period


def until_text(period: Period) -> str:
    """Return ``januari–augusti 2027``, or ``2027`` for a whole year."""
    return f"januari–{period.text}" if period.months > 1 and period.month else f"{period.text}"


class LedgerRows:
    """One file's amounts, by the definition's objects. ``warnings`` grow while the enheter are asked for.

    Raises RefusedError for a file that has none of what it is asked for.
    """

    def __init__(self, definition: Definition, ledger_id: str, book: Ledger, sums: Sums, period: Period) -> None:
        plan = definition.ledgers[ledger_id]
        self._definition, self._ledger, self._plan, self._book = definition, ledger_id, plan, book
        self._sums, self._period = sums, period
        ranges, dimension = AccountRanges(plan.result), plan.dimension
        self._accounts = {account for account in _accounts(book) if account in ranges}
        january = period.year * 100 + 1
        to_period, december = january + period.months - 1, january + 11
        #: by column: where it stands, from which month and to which
        self._spans: dict[str, tuple[Kind, int, int]] = {
            UTFALL: (sums.utfall_kind(dimension), january, to_period),
            UTFALL_FG: ("PSALDO", january - 100, to_period - 100),
            BUDGET: ("PBUDGET", january, december),
            BUDGET_PERIOD: ("PBUDGET", january, to_period),
        }
        # a month without budget is a budget of nothing; a year without any is no budget
        asked = {column: self._spans[BUDGET if column == BUDGET_PERIOD else column] for column in COLUMNS}
        self._there = {
            column: sums.has_months(kind, dimension, first, last) for column, (kind, first, last) in asked.items()
        }
        self._there[BUDGET_PERIOD] &= book.budget_by_month
        self._laid = {column: self._by_objects(column) for column in COLUMNS if self._there[column]}
        self.warnings: list[str] = []
        self._refuse_empty()

    def units(self) -> Iterator[tuple[UnitId, Unit]]:
        """The enheter that this ledger holds, and that are there in the period."""
        for unit_id, unit in self._definition.units.items():
            ended = unit.ended_before(self._period.year)
            begins = unit.since is not None and unit.since > self._period.end
            if unit.ledger == self._ledger and not ended and not begins:
                yield unit_id, unit

    def of(self, unit_id: UnitId, unit: Unit) -> Amounts:
        """Return one enhet's amounts, by row and column; what the file does not know is left out."""
        if self._plan.dimension is None:
            return {unit_id: {column: self._whole(column) for column in COLUMNS if self._there[column]}}
        found: Amounts = {}
        for key, verksamhet in unit.verksamheter.items():
            objects = set(verksamhet.objects)
            if objects and not self._knows(objects):
                names = listing([f"'{each}'" for each in sorted(objects)])
                self.warnings.append(
                    f"{unit.name}, {verksamhet.name}: objekt {names} finns inte i filen, så beloppen är okända. "
                    "Kontrollera exporten, eller objekten i definitionen."
                )
            elif objects:
                found[key] = {
                    column: sum(amount for ids, amount in laid.items() if objects.intersection(ids))
                    for column, laid in self._laid.items()
                }
        return found

    def outside(self) -> Iterator[Outside]:
        """Return what the definition places nowhere, by object; what lies on no object comes last."""
        if self._plan.dimension is None:
            return
        ours = {
            each for _, unit in self.units() for verksamhet in unit.verksamheter.values() for each in verksamhet.objects
        }
        utfall, budget = self._laid[UTFALL], self._laid.get(BUDGET) or self._by_objects(BUDGET)
        for ids in sorted({*utfall, *budget}):
            if ids and not ours.intersection(ids) and (utfall.get(ids) or budget.get(ids)):
                name = " + ".join(self._object(one) for one in ids)
                yield Outside(object=" + ".join(ids), name=name, utfall=utfall.get(ids, 0), budget=budget.get(ids, 0))
        left = [utfall.get((), 0), budget.get((), 0)]
        if any(left):
            name = f"på inget objekt i dimension {self._plan.dimension}"
            yield Outside(object=None, name=name, utfall=left[0], budget=left[1])

    def _refuse_empty(self) -> None:
        dimension, result = self._plan.dimension, self._plan.result
        if not self._accounts:
            raise RefusedError(
                f"Filen har inga resultatkonton ({result}). Kontrollera exporten, eller rätta 'resultatkonton' i definitionen."
            )
        if dimension is not None and not self._there[UTFALL]:
            raise RefusedError(
                f"Filen har inga belopp på objekt i dimension {dimension} {self._dimension()}, så det går inte att se vad som "
                f"hör till vilken nämnd. {_WITH_OBJECTS if self._book.type == 5 else self._typed()}"
            )
        if self._spans[UTFALL][0] not in self._book.trusted:
            raise RefusedError(self._not_trusted())
        if not self._there[UTFALL]:
            raise RefusedError(f"Filen har inget utfall {until_text(self._period)}. Kontrollera exportens period.")

    def _typed(self) -> str:
        return f"Filen är av typ {self._book.type}: exportera typ 3, eller typ 4 med objekt."

    def _not_trusted(self) -> str:
        """Tell that what has the objects is not what agrees with the rest of the file."""
        where, agrees = "verifikationerna (#VER)", "månadernas saldon (#PSALDO)"
        if self._spans[UTFALL][0] == "PSALDO":
            where, agrees = agrees, where
        return (
            f"Beloppen på objekt i dimension {self._plan.dimension} står i {where}, men det är {agrees} som stämmer med årets "
            f"saldon, och de har inga objekt. Utfallet per nämnd går därför inte att lita på. Exportera filen på nytt, så att "
            f"{where} är hela: --kontrollera visar vilka konton som skiljer."
        )

    def _by_objects(self, column: str) -> dict[tuple[str, ...], int]:
        kind, first, last = self._spans[column]
        if self._plan.dimension is None:
            return {}
        return self._sums.by_objects(self._accounts, self._plan.dimension, first, last, kind)

    def _whole(self, column: str) -> int:
        kind, first, last = self._spans[column]
        return self._sums.sum_months(self._accounts, None, None, first, last, kind)

    def _knows(self, objects: set[str]) -> bool:
        declared = any((str(self._plan.dimension), each) in self._book.objects for each in objects)
        return declared or any(objects.intersection(ids) for laid in self._laid.values() for ids in laid)

    def _object(self, one: str) -> str:
        found = self._book.objects.get((str(self._plan.dimension), one))
        return found.name if found and found.name else one

    def _dimension(self) -> str:
        found = self._book.dimensions.get(str(self._plan.dimension))
        return f"({found.name})" if found and found.name else ""


def _accounts(book: Ledger) -> set[str]:
    used = {row.account for row in book.periods}
    return used | set(book.accounts) | {row.account for voucher in book.vouchers for row in voucher.rows}
