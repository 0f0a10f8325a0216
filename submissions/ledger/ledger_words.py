"""What became of a ledger file, in words: for the command line, and for the note beside a file in the watched folder."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arshjul.definition.model import Definition
from arshjul.swedish import instant_text
from submissions.ledger.ledger_changes import ORE_PER_TKR, amount_text
from submissions.ledger.ledger_rows import BUDGET, BUDGET_PERIOD, COLUMNS, UTFALL, UTFALL_FG, Outside, until_text
from submissions.ledger.reopening import Reopened
from submissions.ledger.taking import TakenLedger

NAMES = {
    UTFALL: "utfall",
    UTFALL_FG: "samma period förra året",
    BUDGET: "budget helår",
    BUDGET_PERIOD: "budget perioden",
}
MOST_WARNINGS = 20


def totals(rows: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return an enhet's sums by column, öre; a column that nobody knows is not there."""
    known = [column for column in COLUMNS if any(column in columns for columns in rows.values())]
    return {column: sum(columns.get(column, 0) for columns in rows.values()) for column in known}


def ore_text(ore: int) -> str:
    """Return öre as tkr: ``1 234``."""
    return amount_text(Decimal(ore) / ORE_PER_TKR)


def sie_name(sie_type: int) -> str:
    """Return ``SIE typ 3``, or ``SIE 5``."""
    return "SIE 5" if sie_type == 5 else f"SIE typ {sie_type}"


def headline(taken: TakenLedger) -> str:
    """Return whose file it is and what became of it, in one sentence."""
    read = taken.read
    whose = f"{read.company}, {until_text(read.period)} ({sie_name(read.sie_type)})"
    when = f"{instant_text(taken.received_at)} av {taken.by}"
    if taken.outcome == "samma igen":
        return f"{whose}: samma fil är redan intagen, {when}. Inget är ändrat."
    instead = f" Den ersätter {taken.replaces}." if taken.replaces else ""
    return f"{whose}: intagen {when}.{instead}"


def lines(taken: TakenLedger, definition: Definition) -> Iterator[str]:
    """Yield everything there is to say, line by line."""
    yield headline(taken)
    yield ""
    yield "Tkr, nettokostnad:"
    for unit, rows in taken.read.amounts.items():
        sums = ", ".join(f"{NAMES[column]} {ore_text(ore)}" for column, ore in totals(rows).items())
        yield f"  {definition.units[unit].name}: {sums}"
    if taken.read.outside:
        yield ""
        yield "Hör inte till någon enhet i definitionen (lägg till objekten där, eller rätta kontona):"
        yield from (f"  {outside_text(each)}" for each in taken.read.outside)
    if taken.read.warnings:
        yield ""
        yield "Att titta på:"
        yield from (f"  {each}" for each in taken.read.warnings[:MOST_WARNINGS])
        if len(taken.read.warnings) > MOST_WARNINGS:
            yield f"  Och {len(taken.read.warnings) - MOST_WARNINGS} till: arshjul ledger FIL --kontrollera visar alla."
    if taken.reopened:
        yield ""
        yield "Redan inlämnat som bokföringen ändrar:"
        yield from (f"  {reopened_text(each)}" for each in taken.reopened)


def outside_text(each: Outside) -> str:
    """Return ``objekt 999 (Projekt): utfall 12 tkr, budget 0 tkr``."""
    name = f"objekt {each.object} ({each.name})" if each.object else each.name
    return f"{name}: utfall {ore_text(each.utfall)} tkr, budget {ore_text(each.budget)} tkr"


def reopened_text(each: Reopened) -> str:
    """Return what became of one version, and what changed."""
    one = each.obligation
    what = f"{one.unit_name}, {one.step_name.lower()} {one.period.text}, {each.part.name}: {each.outcome}"
    frist = f", ny frist {instant_text(each.frist)}" if each.frist else ""
    changed = "; ".join(
        f"{change.row}, {change.column.lower()} {amount_text(change.handed_in)} → {amount_text(change.ledger)}"
        for change in each.changes
    )
    return f"{what}{frist}{f' ({changed})' if changed else ''}"
