"""Texts as people really send them: what stands under which heading in a .docx, an .odt and a .pdf."""

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from submissions.files.filled import Filled, Section
from tests.rig.files.reading_files import as_pdf, document, filled, mall, refused, rezipped, saved_text
from tests.rig.handins import archive, odt
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

FILES = TESTS / "files"
PART = "mal-och-resultat"
ANSWER = "Det har gått bra, och vi fortsätter som planerat."
IDS = ["handelser", "utveckling", "mal", "ekonomi"]
NAMES = ["Händelser av väsentlig betydelse", "Förväntad utveckling", "Måluppfyllelse", "Ekonomisk analys"]


def text(content: bytes, kind: str = "docx") -> Filled:
    return filled(content, kind, PART)


def word(*paragraphs: tuple[str, str | None] | str, bold: tuple[str, ...] = ()) -> Filled:
    """Read a document with these paragraphs, each with its style."""
    made = docx.Document()
    for each in paragraphs:
        said, style = (each, None) if isinstance(each, str) else each
        paragraph = made.add_paragraph(style=style)
        paragraph.add_run(said).bold = said in bold or None
    return text(saved_text(made))


def section(found: Filled, heading: str) -> Section:
    return next(each for each in found.sections if each.id == heading)


def texts(found: Filled) -> dict[str | None, str]:
    return {each.id: each.text for each in found.sections}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("berattelse-libreoffice.docx", "Rubriken Förväntad utveckling"),
        ("berattelse-libreoffice.odt", "Rubriken Förväntad utveckling"),
        ("berattelse-libreoffice.pdf", "sidan 1"),
    ],
)
def test_a_text_saved_by_libreoffice_has_its_sections_without_our_help(name: str, place: str) -> None:
    found = text((FILES / name).read_bytes(), name.rpartition(".")[2])
    assert [(each.id, each.text) for each in found.sections] == [(each, ANSWER) for each in IDS]
    assert section(found, "utveckling").place == place
    assert found.words > 30


def test_a_text_made_by_word_is_read_and_known_by_its_mark() -> None:
    found = text(saved_text(document()))
    assert [(each.id, each.heading, each.text) for each in found.sections] == [
        (each, name, ANSWER) for each, name in zip(IDS, NAMES, strict=True)
    ]
    assert found.mark == mall(PART).mark


CUSTOM = """<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties">
<property name="arshjul_kommun"><x>hedemora</x></property><property name="arshjul_steg"><x>delarsrapport</x></property>
<property name="arshjul_period"><x>2027-08</x></property><property name="arshjul_enhet"><x>bildningsnamnden</x></property>
<property name="arshjul_del"><x>mal-och-resultat</x></property></Properties>"""
VARIABLES = CUSTOM.replace("property name", "docVar name").replace("<x>", ' val="').replace("</x></property>", '"/>')


@pytest.mark.parametrize(
    "parts",
    [{"docProps/custom.xml": CUSTOM.encode()}, {"word/settings.xml": VARIABLES.replace('"> val', '" val').encode()}],
    ids=["properties", "variables"],
)
def test_the_mark_stands_in_properties_or_variables_too(parts: dict[str, bytes]) -> None:
    made = docx.Document()
    assert text(rezipped(saved_text(made), parts)).mark == mall(PART).mark


def test_the_mark_of_an_opendocument_text_stands_among_its_own_properties() -> None:
    said = CUSTOM.replace("property name", "user-defined name").replace("</property>", "</user-defined>")
    meta = said.replace("<x>", "").replace("</x>", "").encode()
    content = rezipped((FILES / "berattelse-libreoffice.odt").read_bytes(), {"meta.xml": meta})
    assert text(content, "odt").mark == mall(PART).mark


@pytest.mark.parametrize(
    "typed",
    ["2. Förväntad utveckling", "2.1 FÖRVÄNTAD UTVECKLING:", "b) Förväntad utveckling", "Förväntad\tutveckling"],
)
def test_a_heading_typed_as_a_line_with_or_without_its_number_is_found(typed: str) -> None:
    assert section(word("Inledning", typed, "Det går bra."), "utveckling").text == "Det går bra."


def test_a_longer_heading_is_found_when_it_is_styled_or_bold_and_no_other_says_it() -> None:
    styled = word(("Förväntad utveckling 2027", "Heading 2"), "Det går bra.")
    bold = word("Förväntad utveckling 2027", "Det går bra.", bold=("Förväntad utveckling 2027",))
    assert texts(styled) == texts(bold) == {"utveckling": "Det går bra."}
    assert texts(word("Förväntad utveckling av kommunen är svår att bedöma.")).keys() == {None}
    both = word(("Förväntad utveckling", "Heading 1"), "A", ("Förväntad utveckling i bolagen", "Heading 2"), "B")
    assert section(both, "utveckling").text == "A\nFörväntad utveckling i bolagen\nB"


def test_a_heading_of_theirs_divides_the_text_when_it_ranks_lower_and_ends_it_otherwise() -> None:
    found = word(
        ("Ekonomisk analys", "Heading 1"), ("Förskola", "Heading 2"), "Barnen blev fler.", ("Övrigt", "Heading 1"), "Slut."
    )  # fmt: skip
    assert [(each.heading, each.id, each.text) for each in found.sections] == [
        ("Ekonomisk analys", "ekonomi", "Förskola\nBarnen blev fler."),
        ("Övrigt", None, "Slut."),
    ]


def test_a_bold_line_of_theirs_never_ends_a_section() -> None:
    found = word("Ekonomisk analys", "Förskola", "Barnen blev fler.", bold=("Ekonomisk analys", "Förskola"))
    assert texts(found) == {"ekonomi": "Förskola\nBarnen blev fler."}


def test_our_help_is_left_out_also_when_it_was_written_on_after() -> None:
    asked = mall(PART).headings[0].heading
    found = word((asked.name, "Heading 1"), asked.help, (asked.name, "Heading 1"), f"{asked.help} Ja, en brand.")
    assert texts(found) == {"handelser": "Ja, en brand."}


def test_a_heading_with_nothing_but_our_help_is_empty() -> None:
    asked = mall(PART).headings[0].heading
    assert texts(word((asked.name, "Heading 1"), asked.help)) == {"handelser": ""}


def test_a_title_and_a_typed_list_of_contents_are_no_headings() -> None:
    found = word(
        ("Ekonomisk analys", "Title"), "Händelser av väsentlig betydelse", "Ekonomisk analys",
        ("Händelser av väsentlig betydelse", "Heading 1"), "En brand.", ("Ekonomisk analys", "Heading 1"), "Ett under.",
    )  # fmt: skip
    assert texts(found) == {None: "\n".join(["Ekonomisk analys", "Händelser av väsentlig betydelse", "Ekonomisk analys"]),
                            "handelser": "En brand.", "ekonomi": "Ett under."}  # fmt: skip


def test_words_own_table_of_contents_is_not_read() -> None:
    made = document()
    style = made.styles.add_style("toc 1", 1)
    made.element.body.insert(0, made.add_paragraph("Förväntad utveckling", style=style)._p)
    assert [each.id for each in text(saved_text(made)).sections] == IDS


def test_text_in_tables_counts_and_a_text_laid_out_in_a_table_has_headings() -> None:
    made = docx.Document()
    made.add_paragraph("Måluppfyllelse", style="Heading 1")
    table = made.add_table(rows=2, cols=2)
    for cell, said in zip(
        (cell for row in table.rows for cell in row.cells),
        ("Måluppfyllelse", "Trygghet", "Ekonomisk analys", "Ett underskott."),
        strict=True,
    ):
        cell.text = said
    assert texts(text(saved_text(made))) == {"mal": "Måluppfyllelse\nTrygghet", "ekonomi": "Ett underskott."}


def changed(xml: str) -> Filled:
    """Read a document whose first answer is followed by this."""
    made = docx.Document()
    made.add_paragraph("Måluppfyllelse", style="Heading 1")
    made.add_paragraph("HÄR")
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'

    def put(part: bytes) -> bytes:
        return part.replace("<w:t>HÄR</w:t>".encode(), xml.replace("<w:", "<w:", 1).encode()).replace(
            b"<w:document ", f"<w:document {names} ".encode() if b"xmlns:mc" not in part else b"<w:document ", 1
        )

    return text(rezipped(saved_text(made), {"word/document.xml": put}))


@pytest.mark.parametrize(
    ("xml", "said", "pictures"),
    [
        ("<w:t>Kvar</w:t></w:r><w:del><w:r><w:delText>struket</w:delText></w:r></w:del><w:r>", "Kvar", 0),
        ("<w:t>Ny</w:t></w:r><w:ins><w:r><w:t> text</w:t></w:r></w:ins><w:r>", "Ny text", 0),
        ("<w:t>A</w:t><w:tab/><w:t>B</w:t><w:br/><w:t>C</w:t>", "A\tB\nC", 0),
        ("<w:t>Se bild</w:t><w:drawing/>", "Se bild", 1),
        ("<w:t>Ruta</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>i rutan</w:t></w:r></w:p></w:txbxContent></w:pict>", "Ruta\ni rutan", 0),
        ("<w:instrText>PAGE</w:instrText><w:t>4</w:t>", "4", 0),
    ],
    ids=["deleted", "inserted", "breaks", "picture", "text box", "field"],
)  # fmt: skip
def test_what_a_reader_of_the_document_sees_is_what_is_read(xml: str, said: str, pictures: int) -> None:
    found = section(changed(xml), "mal")
    assert (found.text, found.pictures) == (said, pictures)


PROMPT = "<w:sdt><w:sdtPr>%s</w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>"
FILLED = "<w:r><w:t> svar</w:t></w:r>"
SHOWN = "<w:r><w:t>Klicka här för att ange text.</w:t></w:r>"


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ("<w:t>A</w:t></w:r>" + PROMPT % ("<w:showingPlcHdr/>", SHOWN) + "<w:r>", "A"),
        ("<w:t>A</w:t></w:r></w:p>" + PROMPT % ("<w:showingPlcHdr/>", f"<w:p>{SHOWN}</w:p>") + "<w:p><w:r>", "A"),
        ("<w:t>A</w:t></w:r>" + PROMPT % ("<w:text/>", FILLED) + "<w:r>", "A svar"),
        ("<w:t>A</w:t></w:r>" + PROMPT % ('<w:showingPlcHdr w:val="0"/>', FILLED) + "<w:r>", "A svar"),
    ],
    ids=["in a line", "of its own", "filled in", "filled in, as said"],
)
def test_what_a_field_says_until_it_is_filled_in_is_no_answer(xml: str, said: str) -> None:
    assert section(changed(xml), "mal").text == said


def test_a_placeholder_of_an_opendocument_text_is_no_answer() -> None:
    holder = '<text:placeholder text:placeholder-type="text">&lt;Klicka här&gt;</text:placeholder> Klart.'
    content = (FILES / "berattelse-libreoffice.odt").read_bytes()
    found = text(
        rezipped(content, {"content.xml": lambda part: part.replace(ANSWER.encode(), holder.encode(), 1)}), "odt"
    )
    assert section(found, "handelser").text == "Klart."


def test_an_outline_level_makes_a_heading() -> None:
    made = docx.Document()
    paragraph: Any = made.add_paragraph("Ekonomisk analys för nämnden")
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(level)
    made.add_paragraph("Ett underskott.")
    assert texts(text(saved_text(made))) == {"ekonomi": "Ett underskott."}


def test_a_style_of_their_own_that_builds_on_a_heading_is_one() -> None:
    made = docx.Document()
    style: Any = made.styles.add_style("Kommunens rubrik", 1)
    style.base_style = made.styles["Heading 2"]
    made.add_paragraph("Ekonomisk analys 2027", style=style)
    made.add_paragraph("Ett underskott.")
    assert texts(text(saved_text(made))) == {"ekonomi": "Ett underskott."}


# --- PDF


def test_a_pdf_has_its_headings_as_lines_and_says_the_page() -> None:
    found = text(as_pdf("1. Måluppfyllelse\nJa, (alla).", "Ekonomisk analys:\nEtt underskott\npå 12 tkr."), "pdf")
    assert [(each.id, each.place, each.text) for each in found.sections] == [
        ("mal", "sidan 1", "Ja, (alla)."),
        ("ekonomi", "sidan 2", "Ett underskott\npå 12 tkr."),
    ]
    assert (found.pages, found.mark) == (2, None)


def test_a_pdf_whose_text_is_a_picture_is_refused() -> None:
    assert refused(as_pdf("", "", image=True), "pdf", PART).message.startswith("Bilden av en text går inte att läsa:")
    assert refused(as_pdf("sid 1", image=True), "pdf", "ekonomi").message.startswith("Bilden av en tabell går inte")
    assert refused(as_pdf(""), "pdf", PART).rule == "bild-av-text"


def test_a_pdf_with_text_may_have_pictures() -> None:
    found = text(as_pdf("Måluppfyllelse\nMålen nås, som diagrammet visar.", image=True), "pdf")
    assert (found.pictures, found.pages) == (1, 1)


def test_a_locked_and_a_broken_pdf_are_refused() -> None:
    assert refused(b"%PDF-1.7\nhej\n%%EOF\n", "pdf", PART).rule == "skadad"
    assert refused(LOCKED_PDF, "pdf", PART).rule == "losenord"


#: protected with a password that nobody gives: the standard handler, 40 bits
LOCKED_PDF = as_pdf("Måluppfyllelse").replace(
    b"trailer\n<<",
    b"trailer\n<</ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>",
)  # fmt: skip


def test_a_pdf_of_far_too_many_pages_is_refused() -> None:
    assert refused(as_pdf(*["x"] * 401), "pdf", PART).rule == "for-manga-sidor"


# --- refused


LINK = (
    '<Relationship Id="rId99" TargetMode="External" Target="{target}" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/></Relationships>'
)


def linked(kind: str, target: str) -> bytes:
    link = LINK.format(kind=kind, target=target).encode()
    return rezipped(
        saved_text(document()),
        {"word/_rels/document.xml.rels": lambda part: part.replace(b"</Relationships>", link)},
    )


@pytest.mark.parametrize("kind", ["image", "frame", "subDocument"])
def test_a_text_that_fetches_parts_from_elsewhere_is_refused(kind: str) -> None:
    found = refused(linked(kind, "file:///G:/bilder/diagram.png"), "docx", PART)
    assert found.rule == "externa-lankar"
    assert "diagram.png" in found.message


@pytest.mark.parametrize("kind", ["hyperlink", "attachedTemplate"])
def test_a_link_to_follow_and_the_municipalitys_template_are_no_fetched_parts(kind: str) -> None:
    assert [each.id for each in text(linked(kind, "file:///G:/mallar/kommun.dotx")).sections] == IDS


def test_an_opendocument_text_with_a_linked_picture_is_refused() -> None:
    def link(part: bytes) -> bytes:
        return part.replace(b"</office:text>", b'<draw:image xlink:href="https://example.se/x.png"/></office:text>')

    content = rezipped((FILES / "berattelse-libreoffice.odt").read_bytes(), {"content.xml": link})
    assert refused(content, "odt", PART).rule == "externa-lankar"


@pytest.mark.parametrize(
    ("content", "kind", "rule"),
    [
        (b"", "docx", "tom-fil"),
        (b"hej", "docx", "fel-slag"),
        (
            archive(**{"[Content_Types].xml": b"<T/>", "word/document.xml": b"<d/>", "word/vbaProject.bin": b"x"}),
            "docx",
            "makron",
        ),
        (odt(b"<manifest><encryption-data/></manifest>"), "odt", "losenord"),
        (odt(), "docx", "fel-slag"),
        (archive(**{"[Content_Types].xml": b"<T/>", "word/document.xml": b"<d>"}), "docx", "skadad"),
    ],
    ids=["empty", "text", "macros", "locked", "odt as docx", "broken"],
)
def test_what_cannot_be_read_is_refused_with_its_rule(content: bytes, kind: str, rule: str) -> None:
    assert refused(content, kind, PART).rule == rule


def test_a_document_of_words_alone_has_no_section_that_was_asked_for() -> None:
    into = BytesIO()
    made = docx.Document()
    made.add_paragraph("Vi återkommer.")
    made.save(into)
    found = text(into.getvalue())
    assert [(each.id, each.place, each.text) for each in found.sections] == [
        (None, "Före första rubriken", "Vi återkommer.")
    ]
    assert found.words == 2
