"""A paper (.docx) in the municipality's form: A4, Swedish, its styles and running heads. Its words come from others."""

from datetime import datetime

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from submissions.files.packing import frozen

FONT, DEEP, QUIET = "Arial", RGBColor(0x16, 0x3A, 0x5F), RGBColor(0x51, 0x60, 0x6F)
Headings = tuple[tuple[str, float, float, float], ...]
HEADINGS: Headings = (("Title", 18, 18, 8), ("Heading 1", 12.5, 14, 4), ("Heading 2", 10.5, 8, 3))
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT_WIDTH = Cm(16.0)  #: A4 less its margins


def blank_paper() -> Paper:
    """Return an empty A4 in the house's styles and in Swedish."""
    paper = Document()
    _page(paper)
    dress(paper)
    return paper


def describe(paper: Paper, *, title: str, subject: str, author: str, made: datetime, identifier: str = "") -> None:
    """Set the paper's properties; ``made`` is when it was made and last changed."""
    core = paper.core_properties
    core.title, core.subject, core.category = title, subject, subject
    core.author = core.last_modified_by = author
    core.comments, core.keywords, core.language = "", "", "sv-SE"
    core.created = core.modified = made
    core.revision = 1
    if identifier:
        core.identifier = identifier


def run_heads(paper: Paper, head: str, foot_left: str, foot_right: str) -> None:
    """Put ``head`` and the page's number at the top of each page, and two words at its foot."""
    section = paper.sections[0]
    top = _with_right_tab(section.header.paragraphs[0])
    top.add_run(head).bold = True
    top.add_run("\tSida ")
    page_number(top, "PAGE")
    top.add_run(" (")
    page_number(top, "NUMPAGES")
    top.add_run(")")
    foot = _with_right_tab(section.footer.paragraphs[0])
    foot.add_run(f"{foot_left}\t{foot_right}")
    for paragraph in (top, foot):
        for run in paragraph.runs:
            run.font.size, run.font.color.rgb = Pt(9), QUIET


def bytes_of(paper: Paper) -> bytes:
    """Return the file; the same paper gives the same bytes."""
    return frozen(paper.save)


def dress(paper: Paper, *, points: float = 10.5, headings: Headings = HEADINGS) -> None:
    """Give a document the house's letters and headings, in Swedish; ``headings`` are style, size, room before and after."""
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(points)
    fonts = normal.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    # the template's own language is English: a reader's spelling check and voice need to know it is Swedish
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "sv-SE")
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.1
    for name, size, before, after in headings:
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


def _page(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)


def _with_right_tab(paragraph: Paragraph) -> Paragraph:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    return paragraph


def page_number(paragraph: Paragraph, instruction: str) -> None:
    """Add a page number that Word counts; the instruction is ours, never from outside."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(9), QUIET
    field.append(run._r)
    paragraph._p.append(field)
