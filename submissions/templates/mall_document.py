"""The document that a text part is written in: a head that says what it is, and a heading for each thing asked for."""

import re
from datetime import datetime

from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

from submissions.templates import mall_words
from submissions.templates.mall import Mall
from submissions.templates.mall_paper import MEDIA_TYPE, QUIET, blank_paper, bytes_of, describe, run_heads
from submissions.templates.marking import PART, properties

__all__ = ["HELP_STYLE", "MEDIA_TYPE", "document_of"]

HELP_STYLE = "Hjälptext"
_HELP_ID = "Hjalptext"
_HOW = "Skriv under varje rubrik. Den grå texten är hjälp: den räknas inte, och får tas bort. Ändra inte rubrikerna."
_WHEN = "Lämnas senast"
#: a frist as a head has it, with or without its label
_DUE = re.compile(rf"(?:{_WHEN} )?(?:mån|tis|ons|tors|fre|lör|sön)dag \d{{1,2}} \w+ \d{{4}} kl\. \d\d\.\d\d")
_LABELS = (4.0, 12.0)  #: cm: how the head's table shares the text's width


def document_of(mall: Mall) -> bytes:
    """Return the document of a mall; the same input gives the same bytes.

    Under each heading stands one line of help in the style ``Hjälptext``, and an empty paragraph to write in. The
    mark stands in the document's own properties and, on one line, in the property ``identifier``.
    """
    paper = blank_paper()
    _help_style(paper)
    describe(
        paper,
        title=f"{mall_words.part_name(mall)}. {mall_words.title(mall)}, {mall_words.fit(mall.unit_name)}",
        subject=mall_words.part_name(mall),
        author=mall_words.fit(f"{mall.kommun_name}, {mall.office}"),
        made=datetime(mall.period.year, 1, 1),  # noqa: DTZ001 - a document's property has no zone
        identifier=mall_words.identifier(mall),
    )
    _mark(paper, mall)
    run_heads(paper, mall_words.fit(mall.kommun_name), mall_words.title(mall), mall_words.fit(mall.unit_name))
    _head(paper, mall)
    for heading in mall.headings:
        _paragraph(paper, mall_words.fit(heading.labels[0]), "Heading1")
        _paragraph(paper, mall_words.fit(heading.heading.help), _HELP_ID)
        _paragraph(paper)
    return bytes_of(paper)


def _help_style(paper: Paper) -> None:
    style = paper.styles.add_style(HELP_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - add_style returns the kind that it was asked for
    style.element.set(qn("w:styleId"), _HELP_ID)
    style.base_style, style.next_paragraph_style = paper.styles["Normal"], paper.styles["Normal"]
    style.font.italic, style.font.size, style.font.color.rgb = True, Pt(9.5), QUIET
    style.paragraph_format.keep_with_next = True
    style.paragraph_format.space_after = Pt(4)
    style.quick_style = True


def _paragraph(paper: Paper, text: str = "", style_id: str | None = None) -> Paragraph:
    """Add a paragraph in a style by its id: to look a style up by its name takes longer than all the rest."""
    paragraph = paper.add_paragraph(text)
    if style_id:
        paragraph._p.style = style_id
    return paragraph


def without_head(mall: Mall, text: str) -> str:
    """Return what somebody wrote before the first heading: the text without the lines of the mall's head.

    A line is the head's when the head says it, whole or (as a file that was saved as pdf breaks it) in part; the frist may
    have been another when the mall was given out. Where there is no head, nothing is taken away.
    """
    facts = dict(_facts(mall))
    lines = [(line, " ".join(line.split())) for line in text.splitlines()]
    if sum(said.startswith(label) for _, said in lines for label in facts) < len(facts) // 2:
        return text
    pieces = (
        mall_words.title(mall),
        mall_words.part_name(mall),
        *(f"{label} {value}" for label, value in facts.items()),
        _HOW,
    )
    head = f" {' '.join(' '.join(pieces).split())} "
    return "\n".join(
        line for line, said in lines if f" {said.removesuffix('-')}" not in head and not _DUE.fullmatch(said)
    ).strip()


def _facts(mall: Mall) -> tuple[tuple[str, str], ...]:
    """Return what the head's table says: a label and its words."""
    said = (
        ("Kommun", mall.kommun_name),
        ("Enhet", mall.unit_name),
        ("Period", f"1 januari–{mall_words.last_day(mall)}"),
        (_WHEN, mall.due_text),
        ("Lämnas in", mall_words.hand_in(mall)),
        ("Enligt", mall.lagrum),
    )
    return tuple((label, mall_words.fit(value)) for label, value in said)


def _head(paper: Paper, mall: Mall) -> None:
    """Say what it is, whose, and when and where it is handed in, as on a title page."""
    kicker = paper.add_paragraph()
    kicker.paragraph_format.space_after = Pt(0)
    run = kicker.add_run(mall_words.title(mall))
    run.bold, run.font.size, run.font.color.rgb = True, Pt(11), QUIET
    title = _paragraph(paper, mall_words.part_name(mall), "Title")
    title.paragraph_format.space_before = Pt(0)
    facts = _facts(mall)
    table = paper.add_table(rows=len(facts), cols=2)
    table.autofit = False
    for column, width in zip(table.columns, _LABELS, strict=True):
        column.width = Cm(width)
    for row, (label, value) in zip(table.rows, facts, strict=True):
        for cell, text, width in zip(row.cells, (label, value), _LABELS, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(text).bold = text == label
    _shade(table)
    how = _paragraph(paper, _HOW, _HELP_ID)
    how.paragraph_format.space_before = Pt(10)


def _shade(table: Table) -> None:
    for row in table.rows:
        shade = parse_xml(
            '<w:shd xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'w:val="clear" w:color="auto" w:fill="E8F1F8"/>'
        )
        row.cells[0]._tc.get_or_add_tcPr().append(shade)


def _mark(paper: Paper, mall: Mall) -> None:
    """Write the mark as the document's own properties: no page shows them, and Word and LibreOffice keep them."""
    package, content = paper.part.package, properties(mall_words.marks(mall))
    part = Part(PackURI(f"/{PART}"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, content, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
