"""The tjänsteskrivelse (.docx) that brings a matter before KSAU.

Its words come from ``templates/tjansteskrivelse.xml``; this module gives them a municipal paper's form. Words
from outside become text runs only, and the only fields are the page numbers, so nothing in them is carried out.
"""

from collections.abc import Iterator
from datetime import datetime, time
from xml.etree.ElementTree import Element

from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Cm, Length, Pt
from docx.table import Table, _Cell

from arshjul.definition.model import fold
from arshjul.swedish import day_text
from notifications.letters.text import unbroken, words
from notifications.letters.views import Attachment, MatterView
from notifications.plain import one_line
from submissions.templates.mall_paper import MEDIA_TYPE, blank_paper, bytes_of, describe, run_heads

#: how the tables share the text's width, in cm, by their number of columns
COLUMNS = {3: (4.7, 7.7, 3.6), 4: (3.8, 4.3, 4.3, 3.6)}
SIGNED_BY = ("Ekonomichef", "Ekonomikontoret")


def tjansteskrivelse_file(matter: MatterView, body: Element) -> Attachment:
    """Return the paper as a file. ``body`` is the rendered template; the same input gives the same bytes."""
    paper = blank_paper()
    title, municipality = words(body[0]), one_line(matter.municipality)
    describe(
        paper,
        title=title,
        subject="Tjänsteskrivelse",
        author=f"{municipality}, ekonomikontoret",
        made=datetime.combine(matter.raised_on, time()),
    )
    run_heads(paper, municipality, "Tjänsteskrivelse", day_text(matter.raised_on))
    _letterhead(paper, matter)
    paper.add_paragraph(title, style="Title")
    for block in body[1:]:
        _add(paper, block)
    _signature(paper)
    name = fold(one_line(f"tjansteskrivelse-{matter.step_name}-{matter.period_text}"))
    safe = "".join(char for char in name if char.isascii() and (char.isalnum() or char == "-"))
    return Attachment(filename=f"{safe}.docx", media_type=MEDIA_TYPE, content=bytes_of(paper))


def _letterhead(paper: Paper, matter: MatterView) -> None:
    """Put who writes at the left, and what the registrator looks for at the right."""
    table = paper.add_table(rows=1, cols=2)
    _fixed(table, (8.6, 7.4))
    left, right = table.rows[0].cells
    _put(left, [(one_line(matter.municipality), True), ("Ekonomikontoret", False), ("", False), ("Till", False)])
    left.add_paragraph().add_run(one_line(matter.meeting_name)).bold = True
    _put(
        right,
        [
            ("Tjänsteskrivelse", True),
            (f"Datum: {day_text(matter.raised_on)}", False),
            (f"Dnr: {one_line(matter.diarienummer or '')}", False),
        ],
    )
    for cell in (left, right):
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.space_after = Pt(0)


def _put(cell: _Cell, lines: list[tuple[str, bool]]) -> None:
    for number, (line, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.add_run(line).bold = bold


def _add(paper: Paper, block: Element) -> None:
    match block.tag:
        case "h2":
            paper.add_paragraph(words(block), style="Heading 1")
        case "h3":
            paper.add_paragraph(words(block), style="Heading 2")
        case "table":
            _table(paper, block)
        case "p":
            paper.add_paragraph(unbroken(words(block)))
        case _:
            raise ValueError(f"a tjänsteskrivelse has no form for <{block.tag}>")


def _table(paper: Paper, block: Element) -> None:
    rows = list(block)
    table = paper.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    _fixed(table, COLUMNS[len(rows[0])])
    for number, (row, cells) in enumerate(zip(rows, _cells(table), strict=True)):
        for element, cell in zip(row, cells, strict=True):
            _fill(cell, unbroken(words(element)).split("\n"), heading=number == 0)
    _mark(table.rows[0]._tr, "w:tblHeader")  # repeated on each page, and read as headings by screen readers
    for row in table.rows:
        _mark(row._tr, "w:cantSplit")
    _edges(table)
    after = paper.add_paragraph()
    after.paragraph_format.space_after, after.paragraph_format.line_spacing = Pt(0), Pt(6)


def _edges(table: Table) -> None:
    """Give the table thin grey lines, and its cells room around their words (in twentieths of a point)."""
    properties = table._tbl.tblPr
    borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", "B8C2CC")):
            line.set(qn(name), value)
        borders.append(line)
    for edge, room in (("top", "60"), ("left", "90"), ("bottom", "40"), ("right", "90")):
        margin = OxmlElement(f"w:{edge}")
        margin.set(qn("w:w"), room)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    layout = properties.find(qn("w:tblLayout"))
    assert layout is not None  # noqa: S101 - python-docx writes one in every table
    layout.addprevious(borders)  # the schema's order: borders, layout, margins
    layout.addnext(margins)


def _cells(table: Table) -> Iterator[tuple[_Cell, ...]]:
    # Table.cell and Row.cells look through the whole table each time
    return (tuple(_Cell(tc, table) for tc in row._tr.tc_lst) for row in table.rows)


def _fill(cell: _Cell, lines: list[str], *, heading: bool) -> None:
    _put(cell, [(line, heading) for line in lines])
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.0
        for run in paragraph.runs:
            run.font.size = Pt(9)
    if heading:
        shade = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "E8F1F8")):
            shade.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: CT_Row, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))


def _fixed(table: Table, widths: tuple[float, ...]) -> None:
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for cells in _cells(table):
        for cell, width in zip(cells, widths, strict=True):
            cell.width = _length(width)


def _length(width: float) -> Length:
    return Cm(width)


def _signature(paper: Paper) -> None:
    first = paper.add_paragraph()
    first.paragraph_format.space_before, first.paragraph_format.keep_with_next = Pt(36), True
    first.add_run(SIGNED_BY[0]).bold = True
    first.paragraph_format.space_after = Pt(0)
    paper.add_paragraph(SIGNED_BY[1])
