"""The tjänsteskrivelse (.docx) that brings a matter before KSAU.

Its words come from ``templates/tjansteskrivelse.xml``; this module gives them a municipal paper's form. Words
from outside become text runs only, and the only fields are the page numbers, so nothing in them is carried out.
"""

import io
from collections.abc import Iterator
from datetime import datetime, time
from xml.etree.ElementTree import Element
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from arshjul.definition import fold
from arshjul.swedish import day_text
from notifications.letter_text import unbroken, words
from notifications.plain import one_line
from notifications.views import Attachment, MatterView

FONT, DEEP, QUIET = "Arial", RGBColor(0x16, 0x3A, 0x5F), RGBColor(0x51, 0x60, 0x6F)
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT_WIDTH = Cm(16.0)  #: A4 less its margins
#: how the tables share the text's width, in cm, by their number of columns
COLUMNS = {3: (4.7, 7.7, 3.6), 4: (3.8, 4.3, 4.3, 3.6)}
SIGNED_BY = ("Ekonomichef", "Ekonomikontoret")


def tjansteskrivelse_file(matter: MatterView, body: Element) -> Attachment:
    """Return the paper as a file. ``body`` is the rendered template; the same input gives the same bytes."""
    paper = Document()
    title = words(body[0])
    _page(paper)
    _styles(paper)
    _properties(paper, matter, title)
    _running_header(paper, matter)
    _letterhead(paper, matter)
    paper.add_paragraph(title, style="Title")
    for block in body[1:]:
        _add(paper, block)
    _signature(paper)
    name = fold(one_line(f"tjansteskrivelse-{matter.step_name}-{matter.period_text}"))
    safe = "".join(char for char in name if char.isascii() and (char.isalnum() or char == "-"))
    return Attachment(filename=f"{safe}.docx", media_type=MEDIA_TYPE, content=_frozen(paper))


def _page(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)


def _styles(paper: Paper) -> None:
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    fonts = normal.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    # the template's own language is English: a reader's spelling check and voice need to know it is Swedish
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "sv-SE")
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.1
    for name, size, before, after in (("Title", 18, 18, 8), ("Heading 1", 12.5, 14, 4), ("Heading 2", 10.5, 8, 3)):
        style = paper.styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), True, DEEP
        own = style.element.rPr.rFonts
        for attribute in list(own.attrib):
            del own.attrib[attribute]  # the theme's fonts would win over the name
        own.set(qn("w:ascii"), FONT)
        own.set(qn("w:hAnsi"), FONT)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    for name in ("Header", "Footer"):
        paper.styles[name].paragraph_format.tab_stops.clear_all()  # they are made for another width
    borders = paper.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)


def _properties(paper: Paper, matter: MatterView, title: str) -> None:
    made = datetime.combine(matter.raised_on, time())
    core = paper.core_properties
    core.title, core.subject = title, "Tjänsteskrivelse"
    core.author = core.last_modified_by = one_line(f"{matter.municipality}, ekonomikontoret")
    core.comments, core.keywords, core.category, core.language = "", "", "Tjänsteskrivelse", "sv-SE"
    core.created = core.modified = made
    core.revision = 1


def _running_header(paper: Paper, matter: MatterView) -> None:
    section = paper.sections[0]
    head = _with_right_tab(section.header.paragraphs[0])
    head.add_run(one_line(matter.municipality)).bold = True
    head.add_run("\tSida ")
    _field(head, "PAGE")
    head.add_run(" (")
    _field(head, "NUMPAGES")
    head.add_run(")")
    foot = _with_right_tab(section.footer.paragraphs[0])
    foot.add_run(f"Tjänsteskrivelse\t{day_text(matter.raised_on)}")
    for paragraph in (head, foot):
        for run in paragraph.runs:
            run.font.size, run.font.color.rgb = Pt(9), QUIET


def _with_right_tab(paragraph: Paragraph) -> Paragraph:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    return paragraph


def _field(paragraph: Paragraph, instruction: str) -> None:
    """Add a page number that Word counts; the instruction is ours, never from outside."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(9), QUIET
    field.append(run._r)
    paragraph._p.append(field)


def _letterhead(paper: Paper, matter: MatterView) -> None:
    """Put who writes at the left, and what the registrator looks for at the right."""
    table = paper.add_table(rows=1, cols=2)
    _fixed(table, (8.6, 7.4))
    left, right = table.rows[0].cells
    _put(left, [(one_line(matter.municipality), True), ("Ekonomikontoret", False), ("", False), ("Till", False)])
    left.add_paragraph().add_run(one_line(matter.meeting_name)).bold = True
    _put(right, [("Tjänsteskrivelse", True), (f"Datum: {day_text(matter.raised_on)}", False), ("Dnr: ", False)])
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


def _frozen(paper: Paper) -> bytes:
    """Return the file with every time in it fixed: the zip's own are the clock's otherwise."""
    loose, frozen = io.BytesIO(), io.BytesIO()
    paper.save(loose)
    with ZipFile(loose) as source, ZipFile(frozen, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            kept = ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            kept.compress_type, kept.create_system = ZIP_DEFLATED, 3
            target.writestr(kept, source.read(entry))
    return frozen.getvalue()
