"""The documents of the malls, read back as Word reads them: headings, help, mark, language."""

import io
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree

from submissions.files.contents import look_into
from submissions.templates.mall import Mall
from submissions.templates.mall_document import HELP_STYLE, document_of
from tests.rig.files.filling import careful, fill_document
from tests.rig.files.malls import every_mall, mall
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

TEXTS = list({(each.mark.step, each.mark.part): each for each in every_mall() if each.form == "text"}.values())
MAL = mall("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat")
FILES = TESTS / "files"


def opened(content: bytes):
    return Document(io.BytesIO(content))


def properties(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as parts:
        root = etree.fromstring(parts.read("docProps/custom.xml"))
    return {each.get("name"): "".join(each.itertext()) for each in root}


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: one.filename)
def test_each_heading_asked_for_stands_there_with_its_line_of_help(one: Mall) -> None:
    paragraphs = opened(document_of(one)).paragraphs
    styles = [(each.style.name, each.text) for each in paragraphs]
    assert [text for style, text in styles if style == "Heading 1"] == [each.heading.name for each in one.headings]
    for number, (style, _) in enumerate(styles):
        if style == "Heading 1":
            asked = next(each for each in one.headings if each.heading.name == styles[number][1])
            assert styles[number + 1] == (HELP_STYLE, asked.heading.help)
            assert styles[number + 2] == ("Normal", "")


def test_help_is_grey_and_italic() -> None:
    font = opened(document_of(MAL)).styles[HELP_STYLE].font
    assert (font.italic, str(font.color.rgb)) == (True, "51606F")


def test_the_head_says_what_it_is_and_when_and_where_it_is_handed_in() -> None:
    paper = opened(document_of(MAL))
    assert [each.text for each in paper.paragraphs[:2]] == [
        "Delårsrapport per 31 augusti 2027",
        "Mål- och resultatuppföljning",
    ]
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert rows == [
        ["Kommun", "Hedemora kommun"],
        ["Enhet", "Bildningsnämnden"],
        ["Period", "1 januari–31 augusti 2027"],
        ["Lämnas senast", "tisdag 21 september 2027 kl. 16.00"],
        ["Lämnas in", "Lämna in på din sida. Länken till den finns i ekonomikontorets brev."],
        ["Enligt", "Hedemora styrmodell, ”Tidsplan för uppföljningar”"],
    ]


@pytest.mark.parametrize("file", [None, "mal-och-resultat.libreoffice.docx"])
def test_it_carries_its_mark_also_after_libreoffice_has_saved_it(file: str | None) -> None:
    content = (FILES / file).read_bytes() if file else document_of(MAL)
    named = {
        "format": "1", "kommun": "hedemora", "steg": "delarsrapport", "period": "2027-08", "enhet": "bildningsnamnden",
        "del": "mal-och-resultat",
    }  # fmt: skip
    assert properties(content) == {f"arshjul_{key}": value for key, value in named.items()}
    core = opened(content).core_properties
    assert core.identifier == "arshjul/1/hedemora/delarsrapport/2027-08/bildningsnamnden/mal-och-resultat"
    assert (core.language, core.title) == (
        "sv-SE",
        "Mål- och resultatuppföljning. Delårsrapport per 31 augusti 2027, Bildningsnämnden",
    )


def test_an_odt_that_libreoffice_makes_of_it_carries_the_mark() -> None:
    with ZipFile(FILES / "mal-och-resultat.libreoffice.odt") as parts:
        said = parts.read("meta.xml").decode()
    for value in ("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat"):
        assert f">{value}<" in said


def test_it_is_swedish_with_page_numbers_and_the_same_bytes_each_time() -> None:
    content = document_of(MAL)
    assert document_of(MAL) == content
    assert len(content) < 45_000
    assert look_into(content).kind == "docx"
    assert 'w:lang w:val="sv-SE"' in opened(content).styles.element.xml
    header = opened(content).sections[0].header._element.xml
    assert "PAGE" in header
    assert "NUMPAGES" in header


def test_a_text_is_written_under_its_heading_and_the_rest_stays_empty() -> None:
    content = fill_document(document_of(MAL), {"Förväntad utveckling": "Första stycket.\n\nAndra stycket."})
    texts = [(each.style.name, each.text) for each in opened(content).paragraphs]
    at = texts.index(("Heading 1", "Förväntad utveckling"))
    assert texts[at + 2 : at + 4] == [("Normal", "Första stycket."), ("Normal", "Andra stycket.")]
    assert texts.count(("Normal", "")) == 3
    full = [each for each in opened(careful(MAL)).paragraphs if each.style.name == "Normal"]
    assert not [each for each in full[1:] if not each.text]
    assert careful(MAL) == careful(MAL)
