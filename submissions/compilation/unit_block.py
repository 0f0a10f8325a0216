"""One enhet's table of one sheet: its rows with what is worked out of them, held against the sums that it has written."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from arshjul.definition.sheets.column import Column
from arshjul.definition.sheets.sheet import Sheet, covers
from arshjul.year.wheel import Obligation
from store.handins.withheld import RULE as WITHHELD
from submissions.compilation.basis import Basis
from submissions.compilation.compiled import Block, CompiledLine, CompiledRemark, Group, Status, Value
from submissions.files.figures import clean, exact_text, with_unit
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable
from submissions.standing.completeness import PartState, lacks

#: the difference in tkr, inclusive, between rows and their own sum that counts as rounding
ROUNDING = Decimal(1)
Contents = Mapping[int, Filled]  #: what was read, by the version's id


def group_of(one: Obligation) -> Group:
    """Return in which sum an enhet's figures go."""
    return "bolagen" if one.unit_kind == "bolag" else "kommunen"


def status_of(state: PartState, filled: Filled | None) -> tuple[Status, str]:
    """Return how a part stands, and what there is to say of it."""
    if state.version is None:
        return "saknas", "inte inlämnad"
    if state.ej_aktuellt is not None:
        return "ej aktuellt", clean(state.ej_aktuellt)
    if held := next((found for found in state.findings if found.rule == WITHHELD), None):
        return "spärrad", clean(held.message)
    if filled is None:
        return "går inte att läsa", f"innehållet i {clean(state.filename or 'filen')} har inte kunnat läsas"
    lack = lacks(state)
    return "inne", f"inte komplett: {clean(lack[0])}" if lack else ""


def block_of(
    basis: Basis,
    one: Obligation,
    state: PartState,
    sheet: Sheet,
    contents: Contents,
    remarks: list[CompiledRemark],
) -> Block:
    """Return an enhet's table, whatever its part is; what does not agree in it is added to ``remarks``."""
    filled = contents.get(state.submission_id) if state.submission_id is not None else None
    status, note = status_of(state, filled)
    table = _table(basis, filled, sheet, one, state) if filled and status == "inne" else None
    if status == "inne" and table is None:
        status, note = "går inte att läsa", f"bladet {sheet.title} finns inte i {clean(state.filename or 'filen')}"
    lines = tuple(_line(one, sheet, row, remarks) for row in table.body) if table else ()
    sums = _sums(sheet, lines)
    if table:
        remarks += _held_against_own(one, sheet, table, lines, sums)
    return Block(
        unit=one.unit,
        unit_name=one.unit_name,
        group=group_of(one),
        status=status,
        note=note,
        lines=lines,
        sums=sums,
        answers={each.title: _cell_text(table.fields.get(each.id)) for each in sheet.fields} if table else {},
    )


def _table(basis: Basis, filled: Filled, sheet: Sheet, one: Obligation, state: PartState) -> FilledTable | None:
    """Return a sheet's table; of a part that the host's file fulfils, the table that has all that the sheet demands."""
    if sheet.id in filled.tables or state.obligation_key == one.key:
        return filled.tables.get(sheet.id)
    known = basis.definition.sheets
    return next((table for key, table in filled.tables.items() if key in known and covers(known[key], sheet)), None)


def _line(one: Obligation, sheet: Sheet, row: FilledRow, remarks: list[CompiledRemark]) -> CompiledLine:
    """Return a row's values; what is worked out of others (an avvikelse) is worked out anew."""
    values = {column.id: value for column in sheet.columns[1:] if (value := _value(row, column)) is not None}
    for column in sheet.columns:
        if column.minus is None:
            continue
        own, (first, second) = row.number(column.id), column.minus
        a, b = values.get(first), values.get(second)
        values.pop(column.id, None)
        if isinstance(a, Decimal) and isinstance(b, Decimal):
            values[column.id] = a - b
            if own is not None and abs(own - (a - b)) > ROUNDING:
                where = f"{sheet.title}, {clean(row.name)}, {column.title}"
                remarks.append(_differs(one, where, a - b, own, column, "budget minus utfall eller prognos blir"))
    return CompiledLine(name=clean(row.name), values=values, id=row.id)


def _value(row: FilledRow, column: Column) -> Value | None:
    number = row.number(column.id) if column.is_number else None
    return number if number is not None else clean(row.text(column.id)) or None


def _sums(sheet: Sheet, lines: Sequence[CompiledLine]) -> dict[str, Decimal]:
    found = {}
    for column in sheet.sums:
        amounts = [value for line in lines if isinstance(value := line.values.get(column.id), Decimal)]
        if amounts:
            found[column.id] = sum(amounts, Decimal(0))
    return found


def _held_against_own(
    one: Obligation, sheet: Sheet, table: FilledTable, lines: Sequence[CompiledLine], sums: Mapping[str, Decimal]
) -> Iterator[CompiledRemark]:
    own = table.total
    for column in sheet.sums:
        holes = [line.name for line in lines if not isinstance(line.values.get(column.id), Decimal)]
        if holes and column.required and column.id in sums:
            words = f"Belopp saknas på {', '.join(holes)}: summan räknar inte {'den' if len(holes) == 1 else 'dem'}."
            yield CompiledRemark(unit_name=one.unit_name, where=f"{sheet.title}, {column.title}", words=words)
        stated = own.number(column.id) if own else None
        if stated is not None and abs(stated - sums.get(column.id, Decimal(0))) > ROUNDING:
            where = f"{sheet.title}, {column.title}"
            yield _differs(one, where, sums.get(column.id, Decimal(0)), stated, column, "raderna blir")
    for line in sheet.lines:
        row = table.row(line.id)
        for column in sheet.columns[1:]:
            stated = row.number(column.id) if row and line.sums and column.is_number else None
            parts = [each.number(column.id) for key in line.sums if (each := table.row(key))]
            if stated is not None and any(part is not None for part in parts):
                worked_out = sum((part for part in parts if part is not None), Decimal(0))
                if abs(worked_out - stated) > ROUNDING:
                    where = f"{sheet.title}, {line.title}, {column.title}"
                    yield _differs(one, where, worked_out, stated, column, "posterna blir", kept=True)


def _differs(
    one: Obligation, where: str, ours: Decimal, own: Decimal, column: Column, made: str, *, kept: bool = False
) -> CompiledRemark:
    difference = with_unit(own - ours, column, signed=True)
    words = (
        f"{made[:1].upper()}{made[1:]} {with_unit(ours, column)}, men enheten har skrivit {with_unit(own, column)} "
        f"({difference}). Här står {'enhetens eget belopp' if kept else 'det uträknade'}."
    )
    return CompiledRemark(unit_name=one.unit_name, where=where, words=words)


def _cell_text(cell: Cell | None) -> str:
    return (
        "" if cell is None else clean(cell.text).strip() or (exact_text(cell.number) if cell.number is not None else "")
    )
