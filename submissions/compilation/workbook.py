"""The sammanställning as a workbook: the läge first, then every sheet merged, then what is missing and unanswered."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from arshjul.definition.sheets.column import Column
from arshjul.swedish import instant_text
from submissions.compilation.compiled import Block, Compiled, CompiledLine, Merged, Summed
from submissions.compilation.compiled_picture import add_chart
from submissions.compilation.compiled_words import (
    APART,
    answer_rows,
    checked,
    counting,
    lack_rows,
    part_rows,
    standing_rows,
    title_of,
)
from submissions.files.figures import unit_of
from submissions.papers.printed_book import FORMATS, QUIET, SIGNED, Page, PrintedBook

NAMED, SMALL, MIDDLE, WIDE = 42.0, 13.0, 26.0, 46.0  #: widths of columns, in characters


def workbook_of(compiled: Compiled) -> bytes:
    """Return the .xlsx. The same values give the same bytes."""
    book = PrintedBook(f"Sammanställning {compiled.title}", f"{compiled.kommun_name}, {compiled.office}", compiled.at)
    front = book.page("Läget", (40, 16, 40, 76))
    chart = book.page("Avvikelser", (40, 16, 16, 40)) if compiled.chart else None
    places: dict[str, str] = {}  #: where each enhet's avvikelse stands
    for table in compiled.tables:
        found = _merged(book, compiled, table)
        places = places or found
    if chart and compiled.chart:
        _head(chart, compiled, compiled.chart.title)
        add_chart(chart, compiled.chart, places)
    _front(front, compiled)
    _lists(book, compiled)
    return book.content()


def _head(page: Page, compiled: Compiled, title: str) -> None:
    page.heading(title)
    page.note(f"{compiled.kommun_name} · {compiled.title} · läget {instant_text(compiled.at)}")


def _front(page: Page, compiled: Compiled) -> None:
    page.heading(f"{compiled.title}: sammanställning", 18)
    page.note(compiled.kommun_name)
    page.note(f"Läget {instant_text(compiled.at)}", strong=True)
    for line in counting(compiled):
        page.note(line)
    page.gap()
    page.table(("Enhet", "Läge", "Frist", "Saknas"), standing_rows(compiled))
    page.gap()
    page.heading("Skillnader att reda ut", 13)
    rows = [(each.unit_name, "", each.where, each.words) for each in compiled.remarks]
    page.table(("Enhet", "", "Var", "Vad"), rows, nothing=checked(compiled))
    page.gap()
    page.note(f"{APART} Görs om när ett underlag ändras. Enligt {compiled.lagrum}.")


def _lists(book: PrintedBook, compiled: Compiled) -> None:
    page = book.page("Saknas", (40, 50, 60, 24))
    _head(page, compiled, "Det som saknas")
    page.gap()
    page.table(("Enhet", "Del", "Vad", "Ansvarig"), lack_rows(compiled), nothing="Inget saknas.")
    page = book.page("Frågor och svar", (40, 30, 56, 56))
    _head(page, compiled, "Frågor och svar")
    page.gap()
    page.table(("Enhet och del", "Var", "Fråga", "Svar"), answer_rows(compiled), nothing="Inga frågor är ställda.")
    page = book.page("Underlag", (40, 56, 20, 66))
    _head(page, compiled, "Underlag som sammanställningen är gjord av")
    page.gap()
    page.table(("Enhet", "Del", "Läge", "Version"), part_rows(compiled))


def _merged(book: PrintedBook, compiled: Compiled, table: Merged) -> dict[str, str]:
    """Write a merged sheet; return where each enhet's avvikelse stands, when it has one."""
    widths = [
        NAMED,
        *_widths(table.columns),
        *([MIDDLE] * len(table.sheet.fields)),
        *([] if _wordy(table) else [MIDDLE]),
    ]
    page = book.page(title_of(table), widths)
    _head(page, compiled, title_of(table))
    if table.sheet.signs:
        page.note(table.sheet.signs)
    page.gap()
    if table.counts:
        _counts(page, table)
    numbers = [n for n, each in enumerate(table.columns, 2) if each.is_number]
    titles = (_named(table), *map(_titled, table.columns), *(each.title for each in table.sheet.fields))
    page.head(titles, numbers=numbers, freeze=not table.counts)
    places: dict[str, str] = {}
    deviation = table.sheet.of_role("avvikelse")
    for group in dict.fromkeys(block.group for block in table.blocks):
        blocks = [block for block in table.blocks if block.group == group]
        rows = {block.unit: _block(page, table, block) for block in blocks}
        places |= {
            block.unit_name: found for block in blocks if deviation and (found := rows[block.unit].get(deviation.id))
        }
        for total in table.totals:
            if total.group == group:
                counted = [rows[block.unit] for block in blocks if block.unit_name in total.units]
                _total(page, table, total, counted)
        page.gap()
    return {name: page.elsewhere(place) for name, place in places.items()}


def _named(table: Merged) -> str:
    return f"Enhet och {table.sheet.naming.title.lower()}"


def _titled(column: Column) -> str:
    unit = unit_of(column)
    return f"{column.title}, {unit}" if unit else column.title


def _widths(columns: Sequence[Column]) -> list[float]:
    """Return how wide the columns are: a few of words have room, many share it, so that a page can hold them."""
    words = sum(each.kind == "text" for each in columns)
    text = WIDE if words < 3 else MIDDLE
    return [text if each.kind == "text" else max(SMALL, _word(each)) for each in columns]


def _word(column: Column) -> float:
    """Return how wide the longest word of a column's head is, in bold."""
    return 1.15 * max(map(len, _titled(column).split())) + 1


def _format(column: Column) -> str:
    return SIGNED if column.minus else FORMATS.get(column.kind, "General")


def _block(page: Page, table: Merged, block: Block) -> dict[str, str]:
    """Write an enhet and its rows; return where its sums stand, by column id."""
    page.rule()
    page.put(1, block.unit_name, bold=True, wrap=True)
    if not block.lines:
        words = block.status if block.status != "inne" else "inga rader"
        page.put(2, f"{words}: {block.note}" if block.note else words, italic=True, color=QUIET)
        page.next()
        return {}
    alone = len(block.lines) == 1 and block.lines[0].name.casefold() == block.unit_name.casefold()
    if alone and block.sums:  # its only row is itself: one row says it all
        places = _line(page, table.columns, block.lines[0], name="", bold=True)
        _note(page, table, block)
        page.next()
        return places
    first = page.at + 1
    places = {}
    for number, column in enumerate(table.columns, 2):
        if column.id in block.sums:
            letter = page.place(number).rstrip("0123456789")
            formula = f"=SUM({letter}{first}:{letter}{first + len(block.lines) - 1})"
            places[column.id] = page.work_out(number, formula, block.sums[column.id], shown=_format(column), bold=True)
    _note(page, table, block)
    page.next()
    for line in block.lines:
        page.inner()
        _line(page, table.columns, line, name=line.name)
        page.next()
    return places


def _note(page: Page, table: Merged, block: Block) -> None:
    """Say what is to be known of an enhet in its own row: in the last column of words, else after its answers."""
    if block.note:
        page.put((_wordy(table) or [page.columns])[-1], block.note, indent=1, wrap=True)
    for number, field in enumerate(table.sheet.fields, len(table.columns) + 2):
        page.put(number, block.answers.get(field.title) or "inget svar", indent=1, wrap=True)


def _wordy(table: Merged) -> list[int]:
    """Return the columns that hold words, from 1; the one that names the rows is not one of them."""
    return [n for n, each in enumerate(table.columns, 2) if each.kind == "text"]


def _line(
    page: Page, columns: Sequence[Column], line: CompiledLine, *, name: str, bold: bool = False
) -> dict[str, str]:
    places = {}
    if name:
        page.put(1, name, indent=1, wrap=True)
    for number, column in enumerate(columns, 2):
        value = line.values.get(column.id)
        if isinstance(value, Decimal) and column.minus:
            first, second = (page.place(2 + [each.id for each in columns].index(each)) for each in column.minus)
            places[column.id] = page.work_out(number, f"={first}-{second}", value, shown=SIGNED, bold=bold)
        elif isinstance(value, Decimal):
            page.put(number, value, shown=_format(column), bold=bold)
            places[column.id] = page.place(number)
        elif value:
            page.put(number, value, indent=1, wrap=True)
    return places


def _total(page: Page, table: Merged, total: Summed, counted: Sequence[Mapping[str, str]]) -> None:
    if not total.units:
        return
    page.rule(heavy=True)
    page.put(1, total.title, bold=True, wrap=True)
    if total.sums:
        for number, column in enumerate(table.columns, 2):
            places = [each[column.id] for each in counted if column.id in each]
            if column.id in total.sums and places:
                formula = f"={'+'.join(places)}"
                page.work_out(number, formula, total.sums[column.id], shown=_format(column), bold=True)
    page.next()
    for line in total.lines if not total.sums else ():
        _line(page, table.columns, line, name=line.name, bold=True)
        page.next()


def _counts(page: Page, table: Merged) -> None:
    """Write how many of each bedömning, enhet by enhet and all together."""
    choices = list(dict.fromkeys(choice for each in table.counts.values() for choice in each))
    page.head(["Enhet", *choices], numbers=range(2, len(choices) + 2))
    first = page.at
    for name, counts in table.counts.items():
        page.rule()
        page.put(1, name, bold=True)
        for number, choice in enumerate(choices, 2):
            page.put(number, counts[choice], shown="0")
        page.next()
    page.rule(heavy=True)
    page.put(1, "Alla enheter", bold=True)
    for number, choice in enumerate(choices, 2):
        letter = page.place(number).rstrip("0123456789")
        value = Decimal(sum(each[choice] for each in table.counts.values()))
        page.work_out(number, f"=SUM({letter}{first}:{letter}{page.at - 1})", value, shown="0", bold=True)
    page.next()
    page.gap()
