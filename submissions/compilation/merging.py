"""Every enhet's table of one sheet, merged: sums worked out from the rows, and held against the enhet's own.

Nämnder and bolag are summed apart. A bolag whose net cost has its result's sign cannot have followed the sign
convention: its figures stand there, and are left out of the bolagen's sum, which says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from arshjul.definition.model import Definition
from arshjul.definition.sheets.column import Column
from arshjul.definition.sheets.sheet import Sheet, covers
from arshjul.keys import UnitId
from arshjul.year.wheel import Obligation
from store.handins.withheld import RULE as WITHHELD
from submissions.compilation.basis import Basis
from submissions.compilation.compiled import (
    Bar,
    Block,
    Chart,
    CompiledLine,
    CompiledRemark,
    Group,
    Merged,
    Status,
    Summed,
    Value,
)
from submissions.compilation.level_blocks import gathered, level_by_level, upper_units
from submissions.files.figures import clean, exact_text, with_unit
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable
from submissions.standing.completeness import PartState, lacks

#: the difference in tkr, inclusive, between rows and their own sum that counts as rounding
ROUNDING = Decimal(1)
GROUPS: Mapping[Group, str] = {"kommunen": "Summa nämnder och styrelse", "bolagen": "Summa bolag"}
Contents = Mapping[int, Filled]


def merged_tables(basis: Basis, contents: Contents) -> tuple[tuple[Merged, ...], tuple[CompiledRemark, ...]]:
    """Return every sheet that the occurrence's parts are made of, merged, in the definition's order."""
    remarks: list[CompiledRemark] = []
    tables = tuple(_merge(basis, contents, sheet, remarks) for sheet in _sheets(basis))
    return tables, tuple(remarks)


def chart_of(tables: Iterable[Merged]) -> Chart | None:
    """Return the avvikelser of the first economy table that has any enhet in it; None when there is none."""
    for table in tables:
        column = table.sheet.of_role("avvikelse")
        if table.sheet.kind != "ekonomi" or column is None or column.minus is None or not table.has_rows:
            continue
        names = [each.title[:1].lower() + each.title[1:] for key in column.minus if (each := table.sheet.column(key))]
        return Chart(
            title=f"Avvikelse i tkr: {' minus '.join(names)}", bars=tuple(_bar(each, column) for each in table.blocks)
        )
    return None


def _bar(block: Block, column: Column) -> Bar:
    amount = block.sums.get(column.id) if block.counted else None
    note = "" if amount is not None else "tecknet är oklart" if block.lines else block.status
    return Bar(unit_name=block.unit_name, group=block.group, amount=amount, note=note)


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


def _sheets(basis: Basis) -> Iterator[Sheet]:
    parts = (state.part for one in basis.occurrence.obligations for state in basis.states[one.key])
    wanted = dict.fromkeys(each for part in parts for each in part.sheets)
    return (sheet for sheet in basis.definition.sheets.values() if sheet.id in wanted)


def _merge(basis: Basis, contents: Contents, sheet: Sheet, remarks: list[CompiledRemark]) -> Merged:
    blocks = tuple(
        _block(basis, one, state, sheet, contents, remarks)
        for one in basis.occurrence.obligations
        for state in basis.states[one.key]
        if sheet.id in state.part.sheets
    )
    if sheet.kind == "ekonomi":
        blocks = tuple(_with_its_sign_held(basis, contents, sheet, block, remarks) for block in blocks)
    blocks = level_by_level(basis.definition, blocks)
    groups = [group for group in GROUPS if any(block.group == group for block in blocks)] if _is_summed(sheet) else []
    whole = gathered(basis.definition, blocks)
    return Merged(
        sheet=sheet,
        blocks=blocks,
        totals=(
            *(_of_levels(basis.definition, sheet, blocks, remarks) if groups else ()),
            *(_summed(group, sheet, whole) for group in groups),
        ),
        counts=_counts(sheet, blocks),
    )


def _of_levels(
    definition: Definition, sheet: Sheet, blocks: Sequence[Block], remarks: list[CompiledRemark]
) -> Iterator[Summed]:
    """Give the sum of what came from below each enhet, held against its own where it has handed the table in too."""
    for unit in upper_units(definition, blocks):
        below, name = gathered(definition, blocks, unit), definition.units[unit].name
        summed = _summed(below[0].group, sheet, below)
        own = next((block for block in blocks if block.unit == unit and block.status == "inne"), None)
        if own and len(summed.units) == len(below):
            for column in sheet.sums:
                theirs, ours = summed.sums.get(column.id), own.sums.get(column.id)
                if theirs is not None and ours is not None and abs(theirs - ours) > ROUNDING:
                    words = (
                        f"Enheterna under blir {with_unit(theirs, column)}, men {name} har {with_unit(ours, column)} "
                        f"({with_unit(ours - theirs, column, signed=True)}). I summorna räknas det som {name} har."
                    )
                    remarks.append(CompiledRemark(unit_name=name, where=f"{sheet.title}, {column.title}", words=words))
        yield replace(summed, title=summed.title.replace(GROUPS[summed.group], f"Summa under {name}"))


def _is_summed(sheet: Sheet) -> bool:
    return bool(sheet.sums) or (sheet.rows == "fasta" and any(each.kind == "antal" for each in sheet.columns))


def _block(
    basis: Basis,
    one: Obligation,
    state: PartState,
    sheet: Sheet,
    contents: Contents,
    remarks: list[CompiledRemark],
) -> Block:
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


def _with_its_sign_held(
    basis: Basis, contents: Contents, sheet: Sheet, block: Block, remarks: list[CompiledRemark]
) -> Block:
    """Leave a bolag out of the sum when its net cost has the same sign as its result: one of them is turned."""
    column = sheet.of_role("utfall")
    cost = block.sums.get(column.id) if column else None
    result = _result(basis, contents, block.unit) if block.group == "bolagen" else None
    if not cost or not result or (cost > 0) != (result > 0):
        return block
    words = (
        f"Nettokostnaden {exact_text(cost)} tkr har samma tecken som årets resultat {exact_text(result)} tkr i "
        "resultaträkningen; den ska ha det motsatta. Bolaget är inte med i summan förrän tecknet är rättat."
    )
    remarks.append(CompiledRemark(unit_name=block.unit_name, where=sheet.title, words=words))
    return Block(
        unit=block.unit,
        unit_name=block.unit_name,
        group=block.group,
        status=block.status,
        note="tecknet är oklart; inte med i summan",
        lines=block.lines,
        sums=block.sums,
        answers=block.answers,
        counted=False,
    )


def _result(basis: Basis, contents: Contents, unit: UnitId) -> Decimal | None:
    for one in basis.occurrence.obligations:
        for state in basis.states[one.key] if one.unit == unit else ():
            filled = contents.get(state.submission_id) if state.submission_id is not None else None
            for key, table in filled.tables.items() if filled else ():
                sheet, row = basis.definition.sheets.get(key), table.row("arets-resultat")
                column = sheet.of_role("utfall") if sheet and sheet.kind == "bolagets resultaträkning" else None
                if row and column:
                    return row.number(column.id)
    return None


def _summed(group: Group, sheet: Sheet, blocks: Sequence[Block]) -> Summed:
    every = [block for block in blocks if block.group == group]
    counted = [block for block in every if block.status == "inne" and block.counted]
    waited_for = [block for block in every if block.status != "ej aktuellt"]
    ids = dict.fromkeys(key for block in counted for key in block.sums)
    part = "" if len(counted) == len(waited_for) else f" ({len(counted)} av {len(waited_for)})"
    return Summed(
        group=group,
        title=f"{GROUPS[group]}{part}",
        sums={key: sum((block.sums.get(key, Decimal(0)) for block in counted), Decimal(0)) for key in ids},
        units=tuple(block.unit_name for block in counted),
        lines=tuple(_summed_line(sheet, line.id, line.title, counted) for line in sheet.lines),
    )


def _summed_line(sheet: Sheet, line_id: str, title: str, blocks: Iterable[Block]) -> CompiledLine:
    mine = [line for block in blocks for line in block.lines if line.id == line_id]
    values: dict[str, Value] = {}
    for column in sheet.columns[1:]:
        numbers = [value for line in mine if isinstance(value := line.values.get(column.id), Decimal)]
        if numbers:
            values[column.id] = sum(numbers, Decimal(0))
    return CompiledLine(name=title, values=values, id=line_id)


def _counts(sheet: Sheet, blocks: Iterable[Block]) -> dict[str, Mapping[str, int]]:
    column = sheet.of_role("bedömning")
    if column is None:
        return {}
    return {
        block.unit_name: {
            choice: sum(str(line.values.get(column.id, "")).casefold() == choice.casefold() for line in block.lines)
            for choice in column.choices
        }
        for block in blocks
        if block.lines
    }


def _cell_text(cell: Cell | None) -> str:
    return (
        "" if cell is None else clean(cell.text).strip() or (exact_text(cell.number) if cell.number is not None else "")
    )
