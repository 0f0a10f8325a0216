"""A municipal document's form: A4, headings that a screen reader finds, tables whose heads are repeated, Swedish.

Words from outside become text runs only, and the only fields are page numbers, so nothing in them is carried out.
"""

import io
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as Written
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from submissions.files.figures import clean
from submissions.files.packing import frozen
from submissions.templates.mall_paper import QUIET, dress, page_number

SHADE, LINE = "E8F1F8", "B8C2CC"
UPRIGHT, LYING = 17.0, 25.7  #: cm between the margins
TOGETHER = 26  #: rows of a table that is not divided between pages
LONG = 8  #: chapters of a document that says first what is in it
_HEADINGS = (("Title", 20, 0, 4), ("Heading 1", 15, 20, 6), ("Heading 2", 12, 12, 4), ("Heading 3", 10.5, 8, 2))


class Paper:
    """A document under way, written from the top. ``bytes_at`` gives the file."""

    def __init__(self, title: str, author: str, office: str, footer: str, subject: str = "Sammanställning") -> None:
        self._document = Document()
        self._head, self._foot = clean(title), clean(f"{author} · {footer}")
        self._chapters: list[Paragraph] = []
        self._styles: dict[str, Any] = {}  #: the ids of those that were asked for, by name
        self._contents: Paragraph | None = None  #: before which the contents are written, when all is
        self._page()
        dress(self._document, points=10, headings=_HEADINGS)
        core = self._document.core_properties
        core.title, core.subject, core.language = clean(title), subject, "sv-SE"
        core.author = core.last_modified_by = clean(f"{author}, {office}")
        core.comments, core.revision = "", 1
        self._running()

    def title(self, words: str) -> None:
        """Write the document's title."""
        self._styled(words, "Title")

    def heading(self, words: str, level: int = 1) -> None:
        """Write a heading."""
        paragraph = self._styled(words, f"Heading {level}")
        if level == 1:
            self._chapters.append(paragraph)

    def _styled(self, words: str, style: str) -> Paragraph:
        """Write a paragraph in a style, which python-docx would look for among all styles each time."""
        if style in self._styles:
            paragraph = self._document.add_paragraph(clean(words))
            paragraph._p.style = self._styles[style]
        else:
            paragraph = self._document.add_paragraph(clean(words), style=style)
            self._styles[style] = paragraph._p.style
        return paragraph

    def contents(self) -> None:
        """Leave room for a table of contents, which is written when the document has become long."""
        self._contents = self._document.add_paragraph()
        self._contents.paragraph_format.space_after = Pt(0)

    def lie(self, lying: bool) -> float:
        """Let what follows stand on lying pages, or on upright ones; return how wide in cm its tables may be."""
        section = self._document.sections[-1]
        if lying != (section.orientation == WD_ORIENT.LANDSCAPE):
            section = self._document.add_section(WD_SECTION.NEW_PAGE)
            section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = (Cm(29.7), Cm(21.0)) if lying else (Cm(21.0), Cm(29.7))
            self._running()
        return LYING if lying else UPRIGHT

    def words(
        self, text: str, *, lead: str = "", strong: bool = False, quiet: bool = False, announces: bool = False
    ) -> None:
        """Write a paragraph; ``lead`` stands first in bold. One that ``announces`` what follows stays on its page."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = announces or None
        if lead:
            paragraph.add_run(clean(lead)).bold = True
        run = paragraph.add_run(clean(text))
        run.bold = strong
        if quiet:
            run.font.color.rgb, run.font.size = QUIET, Pt(9)

    def table(
        self, titles: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], nothing: str = ""
    ) -> None:
        """Write a whole table of words, or ``nothing`` when it has no rows."""
        rows = list(rows)
        if not rows:
            self.words(nothing)
            return
        table = self.open_table(titles, widths)
        for row in rows:
            table.add(row)
        table.close("")

    def open_table(self, titles: Sequence[str], widths: Sequence[float], numbers: Iterable[int] = ()) -> "Rows":
        """Begin a table of columns so wide in cm; ``numbers`` are its columns of numbers, from 0."""
        return Rows(self._document, titles, widths, frozenset(numbers))

    def bytes_at(self, at: datetime) -> bytes:
        """Return the file, made at ``at``."""
        self._write_contents()
        core = self._document.core_properties
        core.created = core.modified = at.astimezone(UTC).replace(tzinfo=None)
        return frozen(self._document.save, at)

    def _write_contents(self) -> None:
        """Name each chapter with its page, and lead to it from the screen."""
        if self._contents is None or len(self._chapters) < LONG:
            return
        self._contents.insert_paragraph_before().add_run("Innehåll").bold = True
        for number, chapter in enumerate(self._chapters):
            mark = f"_kapitel{number}"
            start = _element("w:bookmarkStart", id=str(number), name=mark)
            chapter._p.insert_element_before(start, "w:r")
            chapter._p.append(_element("w:bookmarkEnd", id=str(number)))
            line = self._contents.insert_paragraph_before()
            line.paragraph_format.space_after = Pt(2)
            line.paragraph_format.tab_stops.add_tab_stop(Cm(UPRIGHT), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            link = _element("w:hyperlink", anchor=mark)
            link.append(line.add_run(chapter.text)._r)
            line._p.append(link)
            line.add_run("\t")
            page_number(line, f"PAGEREF {mark}")
            line._p[-1].set(qn("w:dirty"), "true")  # Word counts the pages when it opens the file

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.0)
        section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.0)
        section.header_distance = section.footer_distance = Cm(1.1)

    def _running(self) -> None:
        """Write the newest section's head and foot; the page's number stands at its right margin."""
        section = self._document.sections[-1]
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
        width = LYING if section.orientation == WD_ORIENT.LANDSCAPE else UPRIGHT
        head.paragraph_format.tab_stops.add_tab_stop(Cm(width), WD_TAB_ALIGNMENT.RIGHT)
        head.add_run(self._head).bold = True
        head.add_run("\tSida ")
        page_number(head, "PAGE")
        head.add_run(" (")
        page_number(head, "NUMPAGES")
        head.add_run(")")
        foot.add_run(self._foot)
        for run in (*head.runs, *foot.runs):
            run.font.size, run.font.color.rgb = Pt(9), QUIET


class Rows:
    """A table under way: rows are added, then it is closed."""

    def __init__(
        self, document: Written, titles: Sequence[str], widths: Sequence[float], numbers: frozenset[int]
    ) -> None:
        self._document, self._widths, self._numbers = document, widths, numbers
        self._shapes: dict[tuple[int, bool, bool, bool, float], Any] = {}
        self._table = table = document.add_table(rows=0, cols=len(titles))
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        head = self.add(titles, strong=True, size=8)
        _mark(head, "w:tblHeader")  # repeated on each page, and read as headings by screen readers
        for cell in head.cells:
            _shade(cell)

    def add(
        self, cells: Sequence[str], *, strong: bool = False, inner: bool = False, total: bool = False, size: float = 8.5
    ) -> _Row:
        """Add a row; fewer cells than columns: the last one reaches over the rest."""
        told = min(len(cells), len(self._widths))
        row = self._blank((told, strong, inner, total, size))
        for tc, words in zip(row._tr.tc_lst[:told], cells, strict=False):
            _Cell(tc, self._table).paragraphs[0].runs[0].text = clean(words)
        if told < len(self._widths):
            row.cells[told - 1].merge(row.cells[-1]).paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.LEFT
        return row

    def _blank(self, shape: tuple[int, bool, bool, bool, float]) -> _Row:
        """Add a row in which the words are still to be written: the first of its shape is made, and copied after that."""
        if shape in self._shapes:
            tr = deepcopy(self._shapes[shape])
            self._table._tbl.append(tr)
            return _Row(tr, self._table)
        told, strong, inner, total, size = shape
        row: _Row = self._table.add_row()
        _mark(row, "w:cantSplit")
        for number, (tc, width) in enumerate(zip(row._tr.tc_lst, self._widths, strict=True)):
            cell = _Cell(tc, self._table)
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(1), 1.0
            if number >= told:
                continue
            paragraph.paragraph_format.keep_with_next = strong or None  # an enhet's name stays with its rows
            run = paragraph.add_run()
            run.font.size, run.bold = Pt(size), strong or total
            if inner and number == 0:
                paragraph.paragraph_format.left_indent = Cm(0.35)
            if number in self._numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if total:
                _shade(cell)
        self._shapes[shape] = deepcopy(row._tr)
        return row

    def picture(self, row: _Row, column: int, content: bytes, width: float, words: str) -> None:
        """Put a picture in a cell, ``width`` cm wide, with words for those who do not see it."""
        paragraph = row.cells[column].paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run().add_picture(io.BytesIO(content), width=Cm(width))
        for properties in paragraph._p.iter(qn("wp:docPr")):
            properties.set("descr", clean(words))

    def close(self, words: str) -> None:
        """Draw the table's lines, describe it with ``words``, and leave room after it."""
        rows = self._table._tbl.tr_lst
        together = rows[:-1] if len(rows) <= TOGETHER else rows[:2]
        for cell in (_Cell(tc, self._table) for row in together for tc in row.tc_lst):
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        properties = self._table._tbl.tblPr
        borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
        for edge in ("top", "bottom", "insideH"):
            borders.append(_element(f"w:{edge}", val="single", sz="4", space="0", color=LINE))
        for edge, room in (("top", "40"), ("left", "70"), ("bottom", "30"), ("right", "70")):
            margins.append(_element(f"w:{edge}", w=room, type="dxa"))
        layout = properties.find(qn("w:tblLayout"))
        assert layout is not None  # noqa: S101 - python-docx writes one in every table
        layout.addprevious(borders)  # the schema's order: borders, layout, margins, look, description
        layout.addnext(margins)
        if words:
            properties.append(_element("w:tblCaption", val=clean(words)))
        space = self._document.add_paragraph()
        space.paragraph_format.space_after, space.paragraph_format.line_spacing = Pt(0), Pt(8)


def _shade(cell: _Cell) -> None:
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=SHADE))


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _element(tag: str, /, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
