"""What a later ledger file changed of what an enhet handed in: row by row, in tkr. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from arshjul.definition.sheets.column import ColumnRole
from arshjul.definition.sheets.sheet import Sheet
from submissions.files.figures import number_text
from submissions.files.filled import Filled, FilledTable
from submissions.ledger.ledger_rows import BUDGET, BUDGET_PERIOD, UTFALL

#: what a ledger can change under an enhet's feet, by what the columns mean
HELD: Mapping[ColumnRole, str] = {"utfall": UTFALL, "budget perioden": BUDGET_PERIOD, "budget": BUDGET}
Sheets = Mapping[str, Sheet]
ORE_PER_TKR = 100_000

InTkr = Mapping[str, Mapping[str, Decimal]]  #: by row and column


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChange:
    """One figure that the ledger no longer agrees with."""

    place: str  #: "Ekonomi!D7"
    row: str  #: "Grundskola"
    column: str  #: "Utfall perioden"
    handed_in: Decimal  #: tkr
    ledger: Decimal  #: tkr

    @property
    def by(self) -> Decimal:
        """How much it changed, in tkr."""
        return self.ledger - self.handed_in


def in_tkr(amounts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, Decimal]]:
    """Return öre as tkr, with every decimal."""
    return {
        row: {column: Decimal(amount) / ORE_PER_TKR for column, amount in columns.items()}
        for row, columns in amounts.items()
    }


def changes(
    filled: Filled, sheets: Sheets, before: InTkr | None, now: InTkr, limit: Decimal
) -> tuple[LedgerChange, ...]:
    """Return the figures of ``filled`` that ``now`` changes by more than ``limit`` tkr.

    ``before`` is the ledger as it was when it was handed in: a difference that was there already was judged then,
    and is no change. None: there was no ledger, and what was handed in is all that is known.
    """
    return tuple(
        change for sheet, table in economy(filled, sheets) for change in _of_table(sheet, table, before, now, limit)
    )


def economy(filled: Filled, sheets: Sheets) -> list[tuple[Sheet, FilledTable]]:
    """Return the sheets that hold an enhet's economy, as the definition says them and as they were filled in."""
    found = ((sheets.get(key), table) for key, table in filled.tables.items())
    return [(sheet, table) for sheet, table in found if sheet and sheet.kind == "ekonomi"]


def _of_table(
    sheet: Sheet, table: FilledTable, before: InTkr | None, now: InTkr, limit: Decimal
) -> Iterator[LedgerChange]:
    for row in table.body:
        for role, held in HELD.items():
            column = sheet.of_role(role)
            if column is None:
                continue
            handed_in = row.number(column.id)
            ledger = now.get(row.id or "", {}).get(held)
            if handed_in is None or ledger is None:
                continue
            was = handed_in if before is None else before.get(row.id or "", {}).get(held, handed_in)
            if min(abs(ledger - handed_in), abs(ledger - was)) > limit:
                place = row.cells[column.id].place
                yield LedgerChange(place=place, row=row.name, column=column.title, handed_in=handed_in, ledger=ledger)


def amount_text(amount: Decimal, *, signed: bool = False) -> str:
    """Return ``1 234`` or ``−12``: whole tkr, with one decimal where it is less than ten."""
    whole = abs(amount) >= 10 or amount == amount.to_integral_value()
    return number_text(amount, 0 if whole else 1, signed=signed)


def told(some: Sequence[LedgerChange]) -> str:
    """Return the changes as a sentence each, for a finding."""
    return " ".join(
        f"{each.row}, {each.column[:1].lower()}{each.column[1:]}: {amount_text(each.handed_in)} tkr i underlaget och "
        f"{amount_text(each.ledger)} tkr i bokföringen ({amount_text(each.by, signed=True)} tkr)."
        for each in some
    )
