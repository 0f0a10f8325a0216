"""Underlag as a careful person fills them in, made straight as what a reader gives, and ways to spoil them.

``careful`` fills in any part of Hedemora's 2027. Each of the other functions changes one thing, and returns a new
case; amounts that a spreadsheet's formulas would work out are worked out anew only by ``recalculated``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from arshjul.definition.sheets.column import REACHED, YES, Column, Line
from arshjul.definition.sheets.sheet import Sheet
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable, Section
from submissions.review.case import Case, case_of
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures, Mall
from tests.rig.load import hedemora

RAM = "ram-halls"  #: the question whether the ram is kept
TITLES_AT = 8  #: the line of the columns' titles
Amounts = dict[str, Decimal]
Change = Callable[[Case], Case]


@cache
def wheel() -> Wheel:
    return turn(hedemora().definition, [2027])


def parts_of_2027() -> list[tuple[Obligation, PartOwed]]:
    """Every table and text with something in it to find, of every report, period and enhet of 2027."""
    every = ((one, part) for one in wheel().obligations.values() for part in one.parts)
    return [(one, part) for one, part in every if part.sheets or part.headings]


def owed(step: str, period: str, unit: str, part_id: str) -> tuple[Obligation, PartOwed]:
    one = wheel().obligations[f"hedemora/{step}/{period}/{unit}/underlag"]
    return one, next(part for part in one.parts if part.id == part_id)


def careful(one: Obligation, part: PartOwed, known: KnownFigures = NOTHING_KNOWN) -> Case:
    """A part as a careful person fills it in."""
    case = case_of(hedemora().definition, one, part, Filled(kind="docx"), known)
    return replace(case, filled=_tables(case.mall) if case.mall.sheets else _texts(case.mall))


# What a careful person writes


def _texts(mall: Mall) -> Filled:
    sections = tuple(
        Section(
            heading=each.heading.name,
            place=f"Rubriken {each.heading.name}",
            id=each.heading.id,
            text=f"{each.heading.name}: verksamheten har följt sin plan under perioden, och vi bedömer att läget är stabilt.",
        )
        for each in mall.headings
    )
    return Filled(kind="docx", mark=mall.mark, sections=sections, words=20 * len(sections), pages=1)


def _tables(mall: Mall) -> Filled:
    months = mall.period.months
    result = next((each for each in mall.sheets if each.id.startswith("resultatrakning")), None)
    lines = _result(result.rows, months) if result else {}
    rows: dict[str, Mapping[str, Mapping[str, Decimal | str]]] = {}
    for each in mall.sheets:
        if each.sheet.rows == "verksamheter":
            rows[each.id] = {line.id: _economy(number, months) for number, line in enumerate(each.rows)}
        elif each.id.startswith("resultatrakning"):
            rows[each.id] = lines
        elif each.id == "balansrakning":
            rows[each.id] = _balance(each.rows, lines["arets-resultat"])
        elif each.id == "kassaflode":
            rows[each.id] = _summed(each.rows, _KASSAFLODE)
        else:
            rows[each.id] = _WRITTEN[each.id]
    tables = {each.id: _table(each.sheet, each.rows, rows[each.id]) for each in mall.sheets}
    return _calculated(Filled(kind="xlsx", mark=mall.mark, tables=tables), mall)


def _economy(number: int, months: int) -> Amounts:
    budget = Decimal(24_000 + 6_000 * number)
    period = budget * months / 12
    return {
        "budget": budget,
        "budget-period": period,
        "utfall": period - 40,
        "utfall-fg": period - 290 - 10 * number,
        "prognos-fg": budget,
        "prognos": budget - 100,
    }


_LEAVES = {
    "intakter": 120_000,
    "kostnader": -640_000,
    "avskrivningar": -22_000,
    "skatteintakter": 430_000,
    "statsbidrag": 130_000,
    "finansiella-intakter": 3_000,
    "finansiella-kostnader": -4_000,
    "extraordinara": 0,
    "dispositioner-och-skatt": -1_000,
}
_ASSETS = {
    "immateriella": (1_200, 1_400),
    "materiella": (420_000, 411_000),
    "finansiella": (38_000, 38_000),
    "infrastruktur": (900, 950),
    "omsattning": (64_000, 61_500),
    "kassa": (51_000, 47_000),
    "avsattningar": (31_000, 30_200),
    "langfristiga": (180_000, 185_000),
    "kortfristiga": (96_000, 92_400),
}
_KASSAFLODE = {
    "lopande": {"utfall": Decimal(41_000), "utfall-fg": Decimal(36_000)},
    "investering": {"utfall": Decimal(-35_000), "utfall-fg": Decimal(-33_000)},
    "finansiering": {"utfall": Decimal(-2_000), "utfall-fg": Decimal(-1_000)},
    "infrastruktur": {"utfall": Decimal(0), "utfall-fg": Decimal(0)},
    "vid-arets-borjan": {"utfall": Decimal(47_000), "utfall-fg": Decimal(45_000)},
}


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _result(lines: Iterable[Line], months: int) -> dict[str, Amounts]:
    leaves = {
        line.id: {
            "utfall": _whole(Decimal(_LEAVES[line.id]) * months / 12),
            "utfall-fg": _whole(Decimal(_LEAVES[line.id]) * months * 97 / 1200),
            "budget": Decimal(_LEAVES[line.id]),
            "prognos": Decimal(_LEAVES[line.id]),
        }
        for line in lines
        if not line.sums
    }
    return _summed(lines, leaves)


def _balance(lines: Iterable[Line], result: Amounts) -> dict[str, Amounts]:
    leaves = {key: {"utfall": Decimal(now), "utfall-fg": Decimal(then)} for key, (now, then) in _ASSETS.items()}
    debts = ("avsattningar", "langfristiga", "kortfristiga")
    leaves["arets-resultat"] = {key: result[key] for key in ("utfall", "utfall-fg")}
    leaves["ovrigt-eget-kapital"] = {
        key: sum((each[key] for row, each in leaves.items() if row not in (*debts, "arets-resultat")), Decimal(0))
        - sum((leaves[row][key] for row in (*debts, "arets-resultat")), Decimal(0))
        for key in ("utfall", "utfall-fg")
    }
    return _summed(lines, leaves)


def _summed(lines: Iterable[Line], leaves: Mapping[str, Amounts]) -> dict[str, Amounts]:
    found = dict(leaves)
    for line in lines:
        if line.sums:
            found[line.id] = {
                column: sum((found[term][column] for term in line.sums), Decimal(0)) for column in found[line.sums[0]]
            }
    return found


def _pair(now: str, then: str) -> Amounts:
    return {"utfall": Decimal(now), "utfall-fg": Decimal(then)}


#: Sheets that are the same in every report: by row id, or by the name of a free row.
_WRITTEN: Mapping[str, Mapping[str, Mapping[str, Decimal | str]]] = {
    "investeringar": {
        "Ny förskola Vasaliden": {
            "beslutad-total": Decimal(62_000),
            "prognos-total": Decimal(61_500),
            "budget": Decimal(18_000),
            "anslagsforandring": Decimal(500),
            "utfall": Decimal(11_200),
        },
        "Byte av ventilation": {
            "beslutad-total": Decimal(4_100),
            "prognos-total": Decimal(4_100),
            "budget": Decimal(4_100),
            "utfall": Decimal(2_350),
        },
    },
    "mal": {
        "Alla elever når målen": {
            "indikator": "Behöriga till gymnasiet",
            "malvarde": "90 procent",
            "utfall": "91 procent",
            "bedomning": REACHED,
        },
        "God arbetsmiljö": {
            "indikator": "Medarbetarindex",
            "malvarde": "78",
            "utfall": "79",
            "bedomning": REACHED,
        },
    },
    "sjukfranvaro": {
        "total": _pair("6.2", "6.4"),
        "lang": _pair("38.5", "40.1"),
        "kvinnor": _pair("6.9", "7.2"),
        "man": _pair("4.1", "4.0"),
        "alder-29": _pair("5.1", "5.0"),
        "alder-30-49": _pair("5.9", "6.1"),
        "alder-50": _pair("7.0", "7.3"),
    },
    "personal": {
        "tillsvidare": _pair("412", "405"),
        "visstid": _pair("38", "44"),
        "arsarbetare": _pair("431", "426.5"),
    },
    "atgarder": {},
    "intern-kontroll": {
        "Fel i utbetalningar": {
            "sannolikhet": "2",
            "konsekvens": "3",
            "kontroll": "Stickprov på 50 utbetalningar",
            "resultat": "Ett fel, rättat samma dag",
        },
        "Avtal följs inte": {
            "sannolikhet": "2",
            "konsekvens": "2",
            "kontroll": "Genomgång av inköp utanför avtal",
            "resultat": "Inga avvikelser",
        },
    },
}


# How it lies in the file


def _letter(sheet: Sheet, column: str) -> str:
    return "ABCDEFGHIJKL"[[each.id for each in sheet.columns].index(column)]


def _cell(place: str, value: Decimal | str) -> Cell:
    return Cell(place=place, text=value) if isinstance(value, str) else Cell(place=place, text=f"{value}", number=value)


def _row(sheet: Sheet, name: str, row_id: str | None, line: int, values: Mapping[str, Decimal | str]) -> FilledRow:
    cells = {
        each.id: _cell(f"{sheet.title}!{_letter(sheet, each.id)}{line}", values[each.id])
        for each in sheet.columns[1:]
        if each.id in values
    }
    return FilledRow(name=name, place=f"{sheet.title}!A{line}", id=row_id, cells=cells)


def _table(sheet: Sheet, lines: tuple[Line, ...], values: Mapping[str, Mapping[str, Decimal | str]]) -> FilledTable:
    titles = {line.id: line.title for line in lines}
    rows = [
        _row(sheet, titles.get(key, key), key if key in titles else None, TITLES_AT + 1 + number, each)
        for number, (key, each) in enumerate(values.items() if not lines else ((key, values[key]) for key in titles))
    ]
    if sheet.total:
        total = _row(sheet, "Summa", None, TITLES_AT + 1 + len(rows), {})
        rows.append(replace(total, total=True))
    return FilledTable(
        sheet=sheet.id,
        title=sheet.title,
        rows=tuple(rows),
        fields={RAM: Cell(place=f"{sheet.title}!B5", text=YES)} if sheet.fields else {},
        columns={each.id: f"{sheet.title}!{_letter(sheet, each.id)}{TITLES_AT}" for each in sheet.columns},
    )


def _calculated(filled: Filled, mall: Mall) -> Filled:
    """Work out every formula, as a spreadsheet does when the file is saved."""
    for asked in mall.sheets:
        table = filled.tables.get(asked.id)
        if table:
            filled = replace(filled, tables={**filled.tables, asked.id: _worked_out(asked.sheet, asked.rows, table)})
    return filled


def _worked_out(sheet: Sheet, lines: tuple[Line, ...], table: FilledTable) -> FilledTable:
    sums = {line.id: line.sums for line in lines if line.sums}
    rows: list[FilledRow] = []
    for row in table.rows:
        made: dict[str, Decimal] = {}
        for column in sheet.columns[1:]:
            if row.total and column.kind == "belopp":
                made[column.id] = _add(rows, column)
            elif row.id in sums and column.kind == "belopp":
                made[column.id] = _add([each for each in rows if each.id in sums[row.id]], column)
            elif column.minus and not row.total:
                one, other = (row.number(each) for each in column.minus)
                if one is not None and other is not None:
                    made[column.id] = one - other
        line = int(row.place.rpartition("A")[2])
        cells = {key: _cell(f"{table.title}!{_letter(sheet, key)}{line}", value) for key, value in made.items()}
        rows.append(replace(row, cells={**row.cells, **cells}))
    return replace(table, rows=tuple(rows))


def _add(rows: Iterable[FilledRow], column: Column) -> Decimal:
    return sum((row.number(column.id) or Decimal(0) for row in rows), Decimal(0))


# One thing changed


def all_of(*changes: Change) -> Change:
    def change(case: Case) -> Case:
        for each in changes:
            case = each(case)
        return case

    return change


def recalculated(case: Case) -> Case:
    """Save the file in a spreadsheet: every formula is worked out."""
    return replace(case, filled=_calculated(case.filled, case.mall))


def table(sheet: str, change: Callable[[FilledTable], FilledTable]) -> Change:
    def changed(case: Case) -> Case:
        tables = {**case.filled.tables, sheet: change(case.filled.tables[sheet])}
        return replace(case, filled=replace(case.filled, tables=tables))

    return changed


def _is(row: FilledRow, wanted: str) -> bool:
    return row.total if wanted == "summa" else wanted in (row.id, row.name)


def put(sheet: str, row: str, column: str, value: int | str | Decimal, **more: object) -> Change:
    """Write something in a cell: a number, or text; ``more`` says how it was read (``pasted=True``)."""

    def change(read: FilledTable) -> FilledTable:
        (at,) = (number for number, each in enumerate(read.rows) if _is(each, row))
        old = read.rows[at]
        cell = old.cells.get(column)
        letters, line = read.columns[column].rpartition("!")[2].rstrip("0123456789"), old.place.rpartition("A")[2]
        place = cell.place if cell else f"{read.title}!{letters}{line}"
        new = replace(_cell(place, value if isinstance(value, str) else Decimal(value)), **more)  # type: ignore[arg-type]
        rows = [*read.rows]
        rows[at] = replace(old, cells={**old.cells, column: new})
        return replace(read, rows=tuple(rows))

    return table(sheet, change)


def put_everywhere(sheet: str, column: str, value: Callable[[FilledRow], Decimal]) -> Change:
    """Write a number in a column's cell on every row but the total."""

    def change(case: Case) -> Case:
        for row in case.filled.tables[sheet].body:
            case = put(sheet, row.id or row.name, column, value(row))(case)
        return case

    return change


def without_sheet(sheet: str) -> Change:
    def change(case: Case) -> Case:
        tables = {key: each for key, each in case.filled.tables.items() if key != sheet}
        return replace(case, filled=replace(case.filled, tables=tables))

    return change


def without_column(sheet: str, column: str) -> Change:
    def change(read: FilledTable) -> FilledTable:
        def left(row: FilledRow) -> FilledRow:
            return replace(row, cells={key: cell for key, cell in row.cells.items() if key != column})

        columns = {key: place for key, place in read.columns.items() if key != column}
        return replace(read, rows=tuple(map(left, read.rows)), columns=columns, missing=(column,))

    return table(sheet, change)


def without_row(sheet: str, row: str) -> Change:
    return table(sheet, lambda read: replace(read, rows=tuple(each for each in read.rows if not _is(each, row))))


def without_rows(sheet: str) -> Change:
    return table(sheet, lambda read: replace(read, rows=tuple(each for each in read.rows if each.total)))


def with_row(sheet: str, name: str, line: int, **values: Decimal | str) -> Change:
    """Add a row of one's own before the total; ``_`` in a column's name is ``-``."""

    def change(case: Case) -> Case:
        asked = next((each for each in case.mall.sheets if each.id == sheet), None)
        assert asked is not None
        written = {key.replace("_", "-"): each for key, each in values.items()}
        row = _row(asked.sheet, name, None, line, written)
        return table(
            sheet,
            lambda read: replace(read, rows=(*read.body, row, *(each for each in read.rows if each.total))),
        )(case)

    return change


def looking(sheet: str, row: str, *, struck: bool = False, hidden: bool = False) -> Change:
    """Strike a row out, or hide it."""

    def change(read: FilledTable) -> FilledTable:
        rows = (replace(each, struck=struck, hidden=hidden) if _is(each, row) else each for each in read.rows)
        return replace(read, rows=tuple(rows))

    return table(sheet, change)


def renamed(sheet: str, row: str, name: str) -> Change:
    """Call a row something else, so that it is not known again."""

    def change(read: FilledTable) -> FilledTable:
        rows = (replace(each, name=name, id=None) if _is(each, row) else each for each in read.rows)
        return replace(read, rows=tuple(rows))

    return table(sheet, change)


def twice(sheet: str, row: str, line: int) -> Change:
    """Let a row stand there again, further down."""

    def change(read: FilledTable) -> FilledTable:
        (old,) = (each for each in read.rows if _is(each, row))
        again = replace(old, place=f"{read.title}!A{line}")
        return replace(read, rows=(*read.body, again, *(each for each in read.rows if each.total)))

    return table(sheet, change)


def answer(sheet: str, text: str) -> Change:
    """Answer the question above the table."""
    return table(sheet, lambda read: replace(read, fields={RAM: replace(read.fields[RAM], text=text)}))


def marked(**mark: str) -> Change:
    """Hand in a mall that was made for something else."""

    def change(case: Case) -> Case:
        assert case.filled.mark is not None
        return replace(case, filled=replace(case.filled, mark=replace(case.filled.mark, **mark)))

    return change


def knowing(known: KnownFigures) -> Change:
    return lambda case: replace(case, known=known)


def ledger_of(case: Case, **changes: Decimal) -> KnownFigures:
    """The ledger that a careful table agrees with; ``changes`` are added to its first row, by column."""
    economy = next(each for each in case.filled.tables.values() if any(row.id for row in each.rows))
    amounts = {
        row.id: {key: cell.number for key, cell in row.cells.items() if cell.number is not None}
        for row in economy.body
        if row.id
    }
    first = next(iter(amounts))
    for column, more in changes.items():
        amounts[first][column.replace("_", "-")] += more
    return KnownFigures(amounts=amounts, from_ledger=True)


def ledger_differs(**changes: int) -> Change:
    """Let the ledger say something else than the report on its first row."""
    added = {key: Decimal(each) for key, each in changes.items()}
    return lambda case: replace(case, known=ledger_of(case, **added))


def written(heading: str, text: str, pictures: int = 0) -> Change:
    """Write a text under a heading."""
    return section(heading, text=text, pictures=pictures)


def section(heading: str, **more: Any) -> Change:
    """Change what stands under a heading, or how it looks."""

    def change(case: Case) -> Case:
        sections = tuple(replace(each, **more) if each.id == heading else each for each in case.filled.sections)
        return replace(case, filled=replace(case.filled, sections=sections))

    return change


def without_heading(heading: str) -> Change:
    def change(case: Case) -> Case:
        sections = tuple(each for each in case.filled.sections if each.id != heading)
        return replace(case, filled=replace(case.filled, sections=sections))

    return change
