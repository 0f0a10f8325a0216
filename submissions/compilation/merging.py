"""Every enhet's table of one sheet, merged, and summed from the rows.

Nämnder and bolag are summed apart. A bolag whose net cost has its result's sign cannot have followed the sign
convention: its figures stand there, and are left out of the bolagen's sum, which says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from arshjul.definition.model import Definition
from arshjul.definition.sheets.column import Column
from arshjul.definition.sheets.sheet import Sheet
from arshjul.keys import UnitId
from submissions.compilation.basis import Basis
from submissions.compilation.compiled import (
    Bar,
    Block,
    Chart,
    CompiledLine,
    CompiledRemark,
    Group,
    Merged,
    Summed,
    Value,
)
from submissions.compilation.level_blocks import gathered, level_by_level, upper_units
from submissions.compilation.unit_block import ROUNDING, Contents, block_of
from submissions.files.figures import exact_text, with_unit

GROUPS: Mapping[Group, str] = {"kommunen": "Summa nämnder och styrelse", "bolagen": "Summa bolag"}


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


def _sheets(basis: Basis) -> Iterator[Sheet]:
    parts = (state.part for one in basis.occurrence.obligations for state in basis.states[one.key])
    wanted = dict.fromkeys(each for part in parts for each in part.sheets)
    return (sheet for sheet in basis.definition.sheets.values() if sheet.id in wanted)


def _merge(basis: Basis, contents: Contents, sheet: Sheet, remarks: list[CompiledRemark]) -> Merged:
    blocks = tuple(
        block_of(basis, one, state, sheet, contents, remarks)
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
