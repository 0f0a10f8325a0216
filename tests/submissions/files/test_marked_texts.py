"""What in a text is struck out, hidden, deleted, a note, a symbol or an old form's answer: read, and told as in a sheet."""

from collections.abc import Callable

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from submissions.files.filled import Filled, Section
from tests.rig.files.reading_files import filled, refused, rezipped, saved_text
from tests.rig.files.reviewing import found_in
from tests.rig.files.spoilt.case import TEXT
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

PART = "mal-och-resultat"
ANSWER = "Det har gått bra, och vi fortsätter som planerat."
NAMES = ["Händelser av väsentlig betydelse", "Förväntad utveckling", "Måluppfyllelse", "Ekonomisk analys"]
W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)


def made(*runs: str, styles: str = "", notes: dict[str, str] | None = None) -> bytes:
    """Make a document whose third section's answer is followed by these runs."""
    book = docx.Document()
    for style in [styles] if styles else []:
        book.styles.element.append(parse_xml(style.replace("<w:style ", f"<w:style {W} ", 1)))
    for name in NAMES:
        book.add_paragraph(name, style="Heading 1")
        paragraph = book.add_paragraph(ANSWER)
        for run in runs if name == NAMES[2] else ():
            wrapped = parse_xml(f"<w:p {W}>{run}</w:p>")
            for each in list(wrapped):
                paragraph._p.append(each)
    for kind, inner in (notes or {}).items():
        root = f'<?xml version="1.0"?><w:{kind}s {W}>{inner}</w:{kind}s>'
        part = Part(
            PackURI(f"/word/{kind}s.xml"),
            f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml",
            root.encode(),
            book.part.package,
        )
        book.part.relate_to(part, getattr(RELATIONSHIP_TYPE, f"{kind}s".upper()))
    return saved_text(book)


def text(content: bytes, kind: str = "docx") -> Filled:
    return filled(content, kind, PART)


def third(found: Filled) -> Section:
    return next(each for each in found.sections if each.heading == NAMES[2])


def run(words: str, looks: str = "") -> str:
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


STRUCK = {
    "a run": [run(" Ett mål.", "<w:strike/>")],
    "twice through": [run(" Ett mål.", "<w:dstrike/>")],
    "in two runs": [run(" Ett ", "<w:strike/>"), run("mål.", '<w:strike w:val="true"/>')],
    "by its style": [run(" Ett mål.", '<w:rStyle w:val="Bort"/>')],
    "by what its style is based on": [run(" Ett mål.", '<w:rStyle w:val="Under"/>')],
    "in a link": [f"<w:hyperlink>{run(' Ett mål.', '<w:strike/>')}</w:hyperlink>"],
}
STYLES = (
    '<w:style w:type="character" w:styleId="Bort"><w:name w:val="Bort"/><w:rPr><w:strike/></w:rPr></w:style>',
    '<w:style w:type="character" w:styleId="Under"><w:name w:val="Under"/><w:basedOn w:val="Strong"/><w:rPr><w:strike/></w:rPr></w:style>',
)


@pytest.mark.parametrize("how", STRUCK)
def test_text_that_is_struck_out_is_read_and_kept_as_that(how: str) -> None:
    found = text(made(*STRUCK[how], styles=STYLES["based" in how]))
    assert third(found).text == f"{ANSWER} Ett mål."
    assert (third(found).struck, third(found).hidden) == (("Ett mål.",), ())
    assert Filled.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    "looks",
    ['<w:strike w:val="0"/>', '<w:dstrike w:val="false"/>', '<w:rStyle w:val="Bort"/><w:strike w:val="0"/>', "<w:b/>"],
)
def test_text_that_only_might_have_been_struck_out_is_not(looks: str) -> None:
    assert third(text(made(run(" Ett mål.", looks), styles=STYLES[0]))).struck == ()


@pytest.mark.parametrize("looks", ["<w:vanish/>", '<w:vanish w:val="1"/>', '<w:rStyle w:val="Dold"/>'])
def test_text_that_is_hidden_is_read_and_kept_as_that(looks: str) -> None:
    style = '<w:style w:type="character" w:styleId="Dold"><w:name w:val="Dold"/><w:rPr><w:vanish/></w:rPr></w:style>'
    found = third(text(made(run(" Ett mål.", looks), run(" Mer."), styles=style)))
    assert (found.text, found.hidden) == (f"{ANSWER} Ett mål. Mer.", ("Ett mål.",))


@pytest.mark.parametrize(
    "deleted",
    [
        '<w:del w:id="1"><w:r><w:delText>Bort.</w:delText></w:r></w:del>',
        f'<w:del w:id="1">{run("Bort.")}</w:del>',
        f'<w:moveFrom w:id="1">{run("Bort.")}</w:moveFrom>',
    ],
)
def test_what_was_deleted_while_changes_were_tracked_is_not_read_and_what_came_is(deleted: str) -> None:
    found = third(text(made(deleted, f'<w:ins w:id="2">{run(" Nytt.")}</w:ins>')))
    assert (found.text, found.struck) == (f"{ANSWER} Nytt.", ())


def test_a_row_of_a_table_that_was_deleted_is_not_read() -> None:
    cells = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr>{cells.format('Bort')}</w:tr><w:tr>{cells.format('Kvar')}</w:tr>"
    content = rezipped(
        made(),
        {"word/document.xml": lambda part: part.replace(b"<w:sectPr", f"<w:tbl>{rows}</w:tbl><w:sectPr".encode(), 1)},
    )
    assert text(content).sections[-1].text == f"{ANSWER}\nKvar"


SYMBOLS = {
    "a ticked box": ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "☑"),
    "a crossed one": ('<w:sym w:font="Wingdings" w:char="F0FD"/>', "☒"),
    "an empty one": ('<w:sym w:font="Wingdings" w:char="F0A8"/>', "☐"),
    "another empty one": ('<w:sym w:font="Wingdings 2" w:char="F0A3"/>', "☐"),
    "another ticked one": ('<w:sym w:font="Wingdings 2" w:char="F052"/>', "☑"),
    "without its private area": ('<w:sym w:font="Wingdings" w:char="00FE"/>', "☑"),
    "a letter of its own": ('<w:sym w:font="MS Gothic" w:char="2612"/>', "☒"),
    "at least": ('<w:sym w:font="Symbol" w:char="F0B3"/>', "≥"),
    "an ornament": ('<w:sym w:font="Webdings" w:char="F04F"/>', ""),
    "no code": ('<w:sym w:font="Wingdings" w:char="ÅÄÖ"/>', ""),
    "an old form's box": ('<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar>', "☒"),
    "an old form's empty box": ('<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox></w:ffData></w:fldChar>', "☐"),
    "an old form's choice": ('<w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Nej"/><w:listEntry w:val="Ja"/></w:ddList></w:ffData></w:fldChar>', "Ja"),
    "an old form's broken choice": ('<w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="7"/><w:listEntry w:val="Nej"/></w:ddList></w:ffData></w:fldChar>', ""),
}  # fmt: skip


@pytest.mark.parametrize("what", SYMBOLS)
def test_a_symbol_and_an_old_forms_answer_are_read_as_what_is_seen(what: str) -> None:
    element, letter = SYMBOLS[what]
    assert (
        third(text(made(run(" Målet nås: "), f"<w:r>{element}</w:r>", run(".")))).text
        == f"{ANSWER} Målet nås: {letter}."
    )


WINGDINGS = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'


@pytest.mark.parametrize(
    ("words", "looks", "seen"),
    [
        ("\uf0fe", "", "☑"), ("\uf0a8 Ja", "", "☐ Ja"), ("\uf052", '<w:rFonts w:ascii="Wingdings 2"/>', "☑"),
        ("\uf0b3 5", '<w:rFonts w:ascii="Symbol"/>', "≥ 5"), ("þ", WINGDINGS, "☑"), ("o", WINGDINGS, "☐"), ("þ", "", "þ"),
        ("\uf0f1", "", ""), ("ÅÄÖ", WINGDINGS, "ÅÄÖ"),
    ],
)  # fmt: skip
def test_a_symbol_fonts_letter_in_a_text_is_read_as_what_is_seen(words: str, looks: str, seen: str) -> None:
    assert third(text(made(run(" Svar: "), run(words, looks)))).text == f"{ANSWER} Svar: {seen}".strip()


@pytest.mark.parametrize(
    "change", ['<w:pPr><w:outlineLvl w:val="0"/></w:pPr>', '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>']
)
def test_a_heading_that_was_made_to_text_while_changes_were_tracked_is_text(change: str) -> None:
    paragraph = f'<w:p><w:pPr><w:pPrChange w:id="1">{change}</w:pPrChange></w:pPr>{run("Var rubrik.")}</w:p><w:sectPr'
    content = rezipped(made(), {"word/document.xml": lambda part: part.replace(b"<w:sectPr", paragraph.encode(), 1)})
    assert text(content).sections[-1].text == f"{ANSWER}\nVar rubrik."


def note(kind: str, words: str) -> str:
    separator = f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
    return f'{separator}<w:{kind} w:id="2"><w:p><w:r><w:{kind}Ref/></w:r>{run(words)}</w:p></w:{kind}>'


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_note_is_read_after_the_paragraph_that_points_at_it(kind: str) -> None:
    pointing = [run(" Enligt plan."), f'<w:r><w:{kind}Reference w:id="2"/></w:r>', run(" Så är det.")]
    found = text(made(*pointing, notes={kind: note(kind, "Beslutad den 3 maj.")}))
    assert third(found).text == f"{ANSWER} Enligt plan. Så är det.\nBeslutad den 3 maj."
    assert found.sections[-1].text == ANSWER


def test_a_note_is_no_heading_and_one_that_is_not_there_does_no_harm() -> None:
    pointing = ['<w:r><w:footnoteReference w:id="2"/></w:r>', '<w:r><w:footnoteReference w:id="9"/></w:r>']
    found = text(made(*pointing, notes={"footnote": note("footnote", NAMES[0])}))
    assert [each.text for each in found.sections] == [ANSWER, ANSWER, f"{ANSWER}\n{NAMES[0]}", ANSWER]


BOX = "<w:r><mc:AlternateContent>{}</mc:AlternateContent></w:r>"
NEW = '<mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p>{}</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>'
OLD = "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p>{}</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback>"


@pytest.mark.parametrize(
    ("inner", "more"),
    [
        (NEW.format(run("Ny.")) + OLD.format(run("Gammal.")), "\nNy."),
        (OLD.format(run("Gammal.")), "\nGammal."),
        ('<mc:Choice Requires="wps"/>' + OLD.format(run("Gammal.")), "\nGammal."),
        (NEW.format("") + OLD.format(run("Gammal.")), "\nGammal."),
        (NEW.format(run("Ny.")), "\nNy."),
        (NEW.format(run("Ny.")) + "<mc:Fallback/>", "\nNy."),
        ("", ""),
    ],
)
def test_a_text_box_is_read_once_in_whichever_way_it_is_said(inner: str, more: str) -> None:
    assert third(text(made(BOX.format(inner)))).text == f"{ANSWER}{more}"


@pytest.mark.parametrize("where", ["<w:sectPr", "<w:p>"])
def test_text_that_lies_in_a_file_within_the_document_is_told(where: str) -> None:
    chunk = f'<w:altChunk r:id="rId99"/>{where}'.encode()
    content = rezipped(made(), {"word/document.xml": lambda part: part.replace(where.encode(), chunk, 1)})
    assert refused(content, "docx", PART).rule == "inbaddad-text"


# --- OpenDocument

STYLED = (
    '<style:style style:name="bort" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="kvar" style:family="text" style:parent-style-name="bort">'
    '<style:text-properties style:text-line-through-style="none"/></style:style>'
    '<style:style style:name="under" style:family="text" style:parent-style-name="bort"/>'
    '<style:style style:name="dold" style:family="text"><style:text-properties text:display="none"/></style:style>'
)
SPAN = '<text:span text:style-name="{}"> Ett mål.</text:span>'
MORE = " Ett mål."
PARAGRAPH = "<text:p>{}</text:p>"


def in_odt(change: Callable[[str], str]) -> Section:
    """Read LibreOffice's text with its third answer changed."""

    def changed(part: bytes) -> bytes:
        empty = "<office:automatic-styles/>"
        said = part.decode().replace(empty, f"<office:automatic-styles>{STYLED}</office:automatic-styles>", 1)
        assert STYLED in said
        pieces = said.split(ANSWER)
        assert len(pieces) == 5
        return f"{ANSWER.join(pieces[:3])}{change(ANSWER)}{ANSWER.join(pieces[3:])}".encode()

    plain = (TESTS / "files" / "berattelse-libreoffice.odt").read_bytes()
    return third(text(rezipped(plain, {"content.xml": changed}), "odt"))


@pytest.mark.parametrize(
    ("style", "struck", "hidden"),
    [("bort", (MORE.strip(),), ()), ("under", (MORE.strip(),), ()), ("kvar", (), ()), ("dold", (), (MORE.strip(),)), ("annan", (), ())],
)  # fmt: skip
def test_an_opendocument_text_tells_what_is_struck_out_and_hidden(
    style: str, struck: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    found = in_odt(lambda said: said + SPAN.format(style))
    assert (found.text, found.struck, found.hidden) == (f"{ANSWER}{MORE}", struck, hidden)


@pytest.mark.parametrize(
    ("element", "hidden"),
    [
        (
            '<text:hidden-text text:condition="ooow:1" text:string-value=" Ett mål." text:is-hidden="true"/>',
            (MORE.strip(),),
        ),
        ('<text:hidden-text text:condition="ooow:1" text:string-value=" Ett mål."/>', (MORE.strip(),)),
        ('<text:hidden-text text:condition="ooow:0" text:string-value=" Ett mål." text:is-hidden="false"/>', ()),
        ('<text:hidden-paragraph text:is-hidden="true"/> Ett mål.', (f"{ANSWER}{MORE}",)),
        ('<text:hidden-paragraph text:is-hidden="false"/> Ett mål.', ()),
    ],
)
def test_an_opendocument_field_that_hides_is_read_and_told(element: str, hidden: tuple[str, ...]) -> None:
    found = in_odt(lambda said: said + element)
    assert (found.text, found.hidden) == (f"{ANSWER}{MORE}", hidden)


@pytest.mark.parametrize(
    ("how", "hidden"),
    [
        ('text:display="none"', ("Ett mål.",)), ('text:display="condition" text:is-hidden="true"', ("Ett mål.",)),
        ('text:display="condition"', ()), ("", ()),
    ],
)  # fmt: skip
def test_an_opendocument_section_that_is_hidden_is_told(how: str, hidden: tuple[str, ...]) -> None:
    section = f'<text:section text:name="a" {how}>{PARAGRAPH.format("Ett mål.")}</text:section>'
    found = in_odt(lambda said: f"{said}</text:p>{section}<text:p>")
    assert (found.text, found.hidden) == (f"{ANSWER}\nEtt mål.", hidden)


def test_an_opendocument_symbol_is_read_as_what_is_seen() -> None:
    assert in_odt(lambda said: f"{said} \uf0fe Ja<text:span> \uf0a8</text:span> Nej").text == f"{ANSWER} ☑ Ja ☐ Nej"


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_an_opendocument_note_is_read_after_its_paragraph(kind: str) -> None:
    said = (
        f'<text:note text:note-class="{kind}"><text:note-citation>1</text:note-citation>'
        f"<text:note-body>{PARAGRAPH.format('Beslutad den 3 maj.')}</text:note-body></text:note>"
    )
    assert in_odt(lambda answer: f"{answer}{said} Så är det.").text == f"{ANSWER} Så är det.\nBeslutad den 3 maj."


# --- what is told


def test_a_text_that_is_struck_out_or_hidden_is_told_in_the_words_of_the_sheets() -> None:
    content = made(run(" Ett mål som utgår.", "<w:strike/>"), run(" Ett mål i det tysta.", "<w:vanish/>"))
    told = {
        rule: each for rule, each in found_in(TEXT, content, "docx").items() if rule in ("overstruken-rad", "dold-rad")
    }
    assert {rule: (each.severity, each.place, each.message) for rule, each in told.items()} == {
        "overstruken-rad": (
            "fråga",
            "Rubriken Måluppfyllelse",
            "Text är överstruken men räknas med: ”Ett mål som utgår.”.",
        ),
        "dold-rad": (
            "upplysning",
            "Rubriken Måluppfyllelse",
            "Text är dold i filen och räknas med: ”Ett mål i det tysta.”.",
        ),
    }
    assert told["overstruken-rad"].mend.startswith("Ta bort texten om den inte gäller längre.")
