"""The sammanställning as a document: the läge first, then figures, texts, what is missing, and the answers."""

from collections.abc import Sequence
from decimal import Decimal

from arshjul.definition.sheets.column import Column
from arshjul.swedish import instant_text
from submissions.compilation.compiled import Block, Chapter, Chart, Compiled, Merged, Piece, Value
from submissions.compilation.compiled_picture import bar_picture, bar_words, chart_words, scale_of
from submissions.compilation.compiled_words import (
    APART,
    answer_rows,
    checked,
    counting,
    grouped,
    lack_rows,
    standing_rows,
    title_of,
)
from submissions.files.figures import exact_text, number_text, unit_of
from submissions.papers.paper import UPRIGHT, Paper, Rows

MOST_COLUMNS = 5  #: of a table on an upright page, beside the one that names its rows
#: how a chapter's columns of words share the width, in cm
STANDING, LACKS, ANSWERS, REMARKS = (4.4, 2.3, 5.4, 4.9), (4.0, 4.4, 6.0, 2.6), (4.0, 3.2, 4.9, 4.9), (3.6, 4.6, 8.8)
BAR_WIDTH = 7.0
NARROW, MOST_NUMBERS = 2.3, 0.8  #: cm that a number needs; the share of a page that columns of numbers may have
MOST_ROWS = 100  #: of an enhet in one table; nobody reads more on paper, and the workbook has them all


def document_of(compiled: Compiled) -> bytes:
    """Return the .docx. The same values give the same bytes."""
    paper = Paper(
        f"{compiled.title}: sammanställning",
        compiled.kommun_name,
        compiled.office,
        f"läget {instant_text(compiled.at)}",
    )
    _front(paper, compiled)
    paper.contents()
    _figures(paper, compiled)
    for chapter in compiled.chapters:
        _chapter(paper, chapter)
    paper.heading("Frågor och svar")
    paper.table(("Enhet och del", "Var", "Fråga", "Svar"), answer_rows(compiled), ANSWERS, "Inga frågor är ställda.")
    paper.heading("Det som saknas")
    paper.table(("Enhet", "Del", "Vad", "Ansvarig"), lack_rows(compiled), LACKS, "Inget saknas.")
    return paper.bytes_at(compiled.at)


def _front(paper: Paper, compiled: Compiled) -> None:
    paper.title(f"{compiled.title}: sammanställning")
    paper.words(f"{compiled.kommun_name}, {compiled.office}", quiet=True)
    paper.words(f"Läget {instant_text(compiled.at)}", strong=True)
    for line in counting(compiled):
        paper.words(line)
    paper.table(("Enhet", "Läge", "Frist", "Saknas"), standing_rows(compiled), STANDING)
    paper.words(f"Sammanställningen görs om när ett underlag ändras. Enligt {compiled.lagrum}.", quiet=True)


def _figures(paper: Paper, compiled: Compiled) -> None:
    if compiled.chart:
        paper.heading("Avvikelser")
        _chart(paper, compiled.chart)
    for table in compiled.tables:
        paper.lie(table.has_rows and len(_shown(table)) > MOST_COLUMNS)
        paper.heading(title_of(table))
        if not table.has_rows:
            for line in grouped((block.unit_name, block.note or "inga rader") for block in table.blocks):
                paper.words(line, quiet=True)
            continue
        if table.counts:
            _counts(paper, table)
        _table(paper, table)
        if table.sheet.signs:
            paper.words(table.sheet.signs, quiet=True)
        if table.sheet.kind == "ekonomi":
            paper.words(APART, quiet=True)
        _answers(paper, table)
        if table.sheet.kind == "ekonomi":
            _explanations(paper, table)
    paper.lie(False)
    if compiled.tables:
        paper.heading("Skillnader att reda ut", 2)
        rows = ((each.unit_name, each.where, each.words) for each in compiled.remarks)
        paper.table(("Enhet", "Var", "Vad"), rows, REMARKS, checked(compiled))


def _chart(paper: Paper, chart: Chart) -> None:
    """Draw the avvikelser as a table with a bar in each row; the row's words say the same."""
    paper.words(f"{chart.title}. Streckat åt vänster är underskott, fyllt åt höger är överskott.", announces=True)
    scale = scale_of(chart)
    rows = paper.open_table(("Enhet", "Underskott | överskott", "tkr"), (6.5, BAR_WIDTH, 3.5), numbers=(2,))
    for bar in chart.bars:
        row = rows.add((bar.unit_name, "", _signed(bar.amount) if bar.amount is not None else bar.note))
        if bar.amount is not None:
            share = (bar.amount / scale).quantize(Decimal("0.001"))
            rows.picture(row, 1, bar_picture(share), BAR_WIDTH - 0.4, f"{bar.unit_name}: {bar_words(bar)}")
    rows.close(chart_words(chart))


def _table(paper: Paper, table: Merged) -> None:
    """Write every enhet and its rows in one table; of an economy the figures, for its words stand under it."""
    figures = table.sheet.kind == "ekonomi"
    columns = _shown(table)
    width = paper.lie(len(columns) > MOST_COLUMNS)
    numbers = [n for n, each in enumerate(columns, 1) if each.is_number]
    title = "" if figures else table.sheet.naming.title
    rows = paper.open_table((title, *map(_titled, columns)), _shared(columns, width), numbers=numbers)
    for group in dict.fromkeys(block.group for block in table.blocks):
        for block in (each for each in table.blocks if each.group == group):
            _block(rows, table, block, columns)
        for total in (each for each in table.totals if each.group == group and each.units):
            rows.add((total.title, *(_amount(total.sums.get(each.id), each) for each in columns)), total=True)
            for line in total.lines if not total.sums else ():
                rows.add((line.name, *(_amount(line.values.get(each.id), each) for each in columns)), inner=True)
    rows.close(title_of(table))


def _block(rows: Rows, table: Merged, block: Block, columns: Sequence[Column]) -> None:
    if not block.lines:
        rows.add((block.unit_name, _why_empty(block)), strong=True)
        return
    sums = [_amount(block.sums.get(each.id), each) for each in columns]
    rows.add((block.unit_name, *(sums if any(sums) else (block.note,))), strong=True)
    if len(block.lines) == 1 and block.lines[0].name.casefold() == block.unit_name.casefold():
        return  # its only row is itself
    strong = {line.id for line in table.sheet.lines if line.sums}
    for line in block.lines[:MOST_ROWS]:
        cells = (line.name, *(_amount(line.values.get(each.id), each) for each in columns))
        rows.add(cells, inner=True, strong=line.id in strong)
    if (more := len(block.lines) - MOST_ROWS) > 0:
        rows.add((f"och {more} rader till", "se Excel-filen"), inner=True)


def _shown(table: Merged) -> list[Column]:
    figures = table.sheet.kind == "ekonomi"
    return [each for each in table.columns if each.is_number or (not figures and _is_used(table, each))]


def _is_used(table: Merged, column: Column) -> bool:
    return any(line.values.get(column.id) for block in table.blocks for line in block.lines)


def _answers(paper: Paper, table: Merged) -> None:
    for field in table.sheet.fields:
        told = (
            f"{block.unit_name} {(block.answers.get(field.title) or 'inget svar').lower()}"
            for block in table.blocks
            if block.lines
        )
        paper.words(f"{'; '.join(told)}.", lead=f"{field.title} ")


def _explanations(paper: Paper, table: Merged) -> None:
    column = table.sheet.of_role("förklaring")
    told = [
        (block.unit_name, line.name, str(words))
        for block in table.blocks
        for line in block.lines
        if column and (words := line.values.get(column.id))
    ]
    if told and column:
        paper.heading(column.title, 2)
        for unit_name, name, words in told[:MOST_ROWS]:
            where = unit_name if name.casefold() == unit_name.casefold() else f"{unit_name}, {name}"
            paper.words(words, lead=f"{where}: ")
        if (more := len(told) - MOST_ROWS) > 0:
            paper.words(f"Och {more} förklaringar till: se Excel-filen.", quiet=True)


def _counts(paper: Paper, table: Merged) -> None:
    choices = list(dict.fromkeys(choice for each in table.counts.values() for choice in each))
    rows = paper.open_table(
        ("Enhet", *choices), (UPRIGHT - 2.8 * len(choices), *([2.8] * len(choices))), numbers=range(1, 9)
    )
    for name, counts in table.counts.items():
        rows.add((name, *(str(counts[choice]) for choice in choices)))
    every = (str(sum(each[choice] for each in table.counts.values())) for choice in choices)
    rows.add(("Alla enheter", *every), total=True)
    rows.close(f"{title_of(table)}: antal av varje bedömning")


def _why_empty(block: Block) -> str:
    words = {"saknas": "saknas", "inne": "inga rader ifyllda"}
    return words.get(block.status, f"{block.status}: {block.note}")


def _chapter(paper: Paper, chapter: Chapter) -> None:
    paper.heading(chapter.title)
    for note in grouped(chapter.notes):
        paper.words(note, quiet=True)
    for section in chapter.sections:
        if section.heading:
            paper.heading(section.heading, 2)
        for piece in section.pieces:
            _piece(paper, piece)


def _piece(paper: Paper, piece: Piece) -> None:
    paper.heading(piece.unit_name, 3)
    for paragraph in piece.text.split("\n"):
        if paragraph.strip():
            paper.words(paragraph.strip())
    if piece.note:
        paper.words(piece.note, quiet=True)
    if piece.pictures:
        paper.words(
            f"{'En bild' if piece.pictures == 1 else f'{piece.pictures} bilder'} finns i underlaget och är inte med här.",
            quiet=True,
        )


def _titled(column: Column) -> str:
    unit = unit_of(column)
    # what stands in brackets begins a line: "Sannolikhet (1–4)" would else end one at its dash
    return f"{column.title}, {unit}" if unit else column.title.replace(" (", "\n(")


def _amount(value: Value | None, column: Column) -> str:
    return exact_text(value, signed=column.minus is not None) if isinstance(value, Decimal) else value or ""


def _signed(amount: Decimal) -> str:
    return number_text(amount, signed=True)


def _shared(columns: Sequence[Column], width: float) -> tuple[float, ...]:
    """Share the width: numbers get what a number needs; of the rest the column that names the rows gets the most."""
    narrow = [max(NARROW, _head_width(each)) if each.is_number else 0.0 for each in columns]
    if sum(narrow) > width * MOST_NUMBERS:  # the names of the rows go before the heads
        narrow = [NARROW if each.is_number else 0.0 for each in columns]
    weights = [
        1.5,
        *(0.0 if each.is_number else 1.0 if each.kind == "text" and each.required else 0.7 for each in columns),
    ]
    rest = (width - sum(narrow)) / sum(weights)
    return tuple(weight * rest or number for weight, number in zip(weights, (0.0, *narrow), strict=True))


def _head_width(column: Column) -> float:
    """Return how wide a column is, in cm, in which no word of its head is broken: eight points, bold."""
    return 0.16 * max(map(len, _titled(column).split())) + 0.4
