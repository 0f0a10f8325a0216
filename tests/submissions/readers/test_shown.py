"""A number is what its writer saw: formats with conditions and words, in .xlsx and .ods; errors; what nobody sees."""

import re
from decimal import Decimal

import pytest

from submissions.files.filled import Cell
from submissions.readers.formats.number_formats import shown_by
from submissions.readers.written import clean, folded_title, is_error, read_number, two_numbers, unit_in
from tests.rig.files.reading_files import TITLE_ROW, filled, rezipped, saved, workbook
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

FILES = TESTS / "files"
FIRST = TITLE_ROW + 1
BY_SIZE = '[>=1000000]#,##0.0,,"M";[>=1000]#,##0,"k";0'
BY_UNIT = '[>=1000000]0.0,,"mnkr";[>=1000]0,"tkr";0"kr"'


@pytest.mark.parametrize(
    ("code", "stored", "text", "number", "unit"),
    [
        (BY_SIZE, "78800", "78800", "78800", ""),  # shown as 79k, which is the whole number
        (BY_SIZE, "2500000", "2500000", "2500000", ""),
        ('0.0,,"M"', "2500000", "2500000", "2500000", ""),
        (BY_UNIT, "78800", "78,8 tkr", "78.8", "tkr"),
        (BY_UNIT, "78800000", "78,8 mnkr", "78.8", "mnkr"),
        (BY_UNIT, "5", "5 kr", "5", "kr"),
        ("[<1000]0;[<1000000]0,;0,,", "78800", "78800", "78800", ""),  # nobody sees what was left out
        ("[>=0]#,##0,;[<0]-#,##0,", "78800", "78,8", "78.8", ""),
        ('#,##0,;-#,##0,;"-"', "-78800", "-78,8", "-78.8", ""),
        ('[Red][<0]-0"kr";0', "-5", "-5 kr", "-5", "kr"),
        ('0.0%;[Red]-0.0%;"-"', "-0.05", "-5 %", "-5", "%"),
        ("Standard", "78800", "78800", "78800", ""),  # General, as others than English programs write it
        ("Allmänt", "78800", "78800", "78800", ""),
        ('General\\ "tkr"', "5", "5 tkr", "5", "tkr"),
        ('#,##0\\ "mn kr"', "78.8", "78,8 mnkr", "78.8", "mnkr"),
        ('#,##0 "tusen kr"', "78800", "78800 tkr", "78800", "tkr"),
        ('0.0 "md kr"', "1.2", "1,2 mdkr", "1.2", "mdkr"),
        ('0.0 "milj. kr"', "7.8", "7,8 mnkr", "7.8", "mnkr"),
        ('0.0,,"M kr"', "7800000", "7,8 mnkr", "7.8", "mnkr"),
        ('"kr" #,##0', "5", "5 kr", "5", "kr"),
        ('#,##0":-"', "5", "5 kr", "5", "kr"),
        ('0.0"%"', "8.5", "8,5 %", "8.5", "%"),
        ("#,##0 mkr", "78", "78 mnkr", "78", "mnkr"),  # not quoted; no month is meant
        ("0 st", "5", "5", "5", ""),
        ('"Ekonomi; tkr" 0', "5", "5 tkr", "5", "tkr"),
        ('_-* #,##0\\ "kr"_-;-* #,##0\\ "kr"_-;_-* "-"\\ "kr"_-;_-@_-', "-7", "-7 kr", "-7", "kr"),
        (";;;", "5", "5", "5", ""),
        ("", "5", "5", "5", ""),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(code: str, stored: str, text: str, number: str, unit: str) -> None:
    raw = shown_by(164, code).raw(stored)
    assert (raw.text, raw.number, raw.unit) == (text, Decimal(number), unit)


@pytest.mark.parametrize(
    ("code", "stored", "text"),
    [
        ('0"000"', "79", "79 (visas som 79000)"),
        ('#,##0"000"', "78.8", "78,8 (visas som 79000)"),
        ('#,##0" 000 kr"', "-79", "-79 (visas som -79 000 kr)"),
        ('#,##0".000"', "79", "79 (visas som 79.000)"),
        ("0\\0\\0\\0", "79", "79 (visas som 79000)"),
        ('0"00"', "79", "79 (visas som 7900)"),
        ('"1"000', "79", "79 (visas som 179)"),
        ('0"."00', "1234", "1234 (visas som 12.34)"),
        ('0"0"%', "0.5", "50 (visas som 500%)"),
        ('[>=1000]0;0"000"', "79", "79 (visas som 79000)"),
    ],
)
def test_a_number_whose_format_writes_digits_of_its_own_is_none(code: str, stored: str, text: str) -> None:
    raw = shown_by(164, code).raw(stored)
    assert (raw.text, raw.number) == (text, None)
    assert read_number(raw.text) is None


@pytest.mark.parametrize(
    ("code", "stored", "number"),
    [
        ('#,##0,"000"', "78800", "78800"), ('#,##0,," 000 000 kr"', "2000000", "2000000"),  # those left out, again
        ('#"."##0', "78800", "78800"), ("#\\ ##0", "78800", "78800"), ('0"000"', "0", "0"), ("# ??/100", "1.25", "1.25"),
        ('"2027: "0', "79", "79"), ('0" (10)"', "7", "7"), ('0.0"0"', "1.2", "1.2"), ('0" mnkr 2027"', "3", "3"),
        ("0.00E+00", "1234", "1234"), ('[>=1000]0;0"000"', "1234", "1234"),
    ],
)  # fmt: skip
def test_digits_that_change_no_number_are_no_doubt(code: str, stored: str, number: str) -> None:
    assert shown_by(164, code).raw(stored).number == Decimal(number)


@pytest.mark.parametrize(
    ("code", "stored", "text"),
    [
        ("ÅÅÅÅ-MM-DD", "46630", "2027-08-31"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "46630", "2027-08-31"),
        ("yyyymmdd", "46630", "2027-08-31"),
        ("h:mm AM/PM", "0.5", "12.00"),
        ("mm:ss.0", "0.5", "12.00"),
    ],
)
def test_a_days_format_is_still_a_days(code: str, stored: str, text: str) -> None:
    assert shown_by(164, code).raw(stored)[:2] == (text, None)


@pytest.mark.parametrize(("words", "unit"), [("0 tusen kr", "tkr"), ("0 tusental", ""), ("0 krona", ""), ("Mkr 0", "mnkr"), ("0 T KR", "tkr")])  # fmt: skip
def test_a_unit_is_a_word_of_its_own(words: str, unit: str) -> None:
    assert unit_in(words) == unit


@pytest.mark.parametrize(
    ("number", "unit"), [(5, "kr"), (8, "kr"), (42, "kr"), (44, "kr"), (3, ""), (41, ""), (43, ""), (49, "")]
)
def test_a_built_in_format_of_currency_is_the_countrys_own(number: int, unit: str) -> None:
    assert shown_by(number, None).raw("78800")[:3] == (f"78800 {unit}".strip(), Decimal(78800), unit)


CONDITIONAL = b'<dxfs count="1"><dxf><numFmt numFmtId="10" formatCode="#,##0\\ &quot;kr&quot;"/></dxf></dxfs>'


@pytest.mark.parametrize(
    "told",
    [
        b"</cellStyles>" + CONDITIONAL,  # a conditional format's, under the number of a built-in one
        b'</cellStyles><extLst><ext uri="x"><dxfs><dxf><numFmt numFmtId="10" formatCode="0"/></dxf></dxfs></ext></extLst>',
        b"</cellStyles>" + CONDITIONAL.replace(b"<dxf>", b"<dxf><font/>").replace(b"&quot;kr&quot;", b"%"),
        b"</cellStyles>" + CONDITIONAL.replace(b"#,##0\\ &quot;kr&quot;", b"yyyy-mm-dd"),
        b"</cellStyles>" + CONDITIONAL.replace(b"<dxf>", b'<dxf><numFmt numFmtId="9" formatCode="0"/></dxf><dxf>'),
    ],
)
def test_a_cells_format_is_its_own_and_no_conditional_formats(told: bytes) -> None:
    book = workbook()
    book["Ekonomi"][f"B{FIRST}"] = 0.068
    book["Ekonomi"][f"B{FIRST}"].number_format = "0.00%"

    def style(part: bytes) -> bytes:
        part = re.sub(rb"<dxfs.*?</dxfs>|<dxfs[^>]*/>", b"", part)
        assert b"</cellStyles>" in part
        return part.replace(b"</cellStyles>", told)

    row = filled(rezipped(saved(book), {"xl/styles.xml": style})).tables["ekonomi-delar"].row("forskola")
    assert row is not None
    assert (row.number("utfall"), row.cells["utfall"].unit) == (Decimal("6.8"), "%")


# --- OpenDocument


def in_ods(cell: str, styles: str = "", *, column: str = "") -> Cell:
    """Read Förskola's utfall in LibreOffice's workbook when this cell stands there, with these styles."""

    def change(part: bytes) -> bytes:
        part = part.replace(b"</office:automatic-styles>", f"{styles}</office:automatic-styles>".encode(), 1)
        if column:
            part = re.sub(rb"<table:table-column [^>]*/>", column.encode(), part, count=1)
        new, times = re.subn(rb'<table:table-cell[^>]*office:value="1000"[^>]*>.*?</table:table-cell>', cell.encode(), part, count=1)  # fmt: skip
        assert times == 1
        return new

    plain = (FILES / "ekonomi-libreoffice.ods").read_bytes()
    row = filled(rezipped(plain, {"content.xml": change}), "ods").tables["ekonomi-delar"].row("forskola")
    assert row is not None
    return row.cells["utfall"]


def value(number: str, *, style: str = ' table:style-name="egen"', kind: str = "float") -> str:
    return f'<table:table-cell{style} office:value-type="{kind}" office:value="{number}"><text:p>x</text:p></table:table-cell>'


def data(inner: str, *, of: str = "number", name: str = "N900") -> str:
    own = '<style:style style:name="egen" style:family="table-cell" style:data-style-name="N900"/>'
    return f'<number:{of}-style style:name="{name}">{inner}</number:{of}-style>{own if name == "N900" else ""}'


FACTOR = '<number:number number:decimal-places="1" number:min-integer-digits="1" number:display-factor="{}"/>'
PLAIN = '<number:number number:min-integer-digits="1"/>'


@pytest.mark.parametrize(
    ("cell", "styles", "number", "unit"),
    [
        (value("78800"), data(FACTOR.format("1000") + "<number:text> mkr</number:text>"), "78.8", "mnkr"),
        (value("78800000"), data(FACTOR.format("1000000") + "<number:text> mn kr</number:text>"), "78.8", "mnkr"),
        (value("78800"), data(FACTOR.format("1000")), "78.8", ""),
        (value("78800"), data(FACTOR.format("1000") + "<number:text>k</number:text>"), "78800", ""),
        (value("78800"), data(PLAIN + "<number:text> tusen kr</number:text>"), "78800", "tkr"),
        (value("5", kind="currency"), data(PLAIN + "<number:currency-symbol>tkr</number:currency-symbol>", of="currency"), "5", "tkr"),
        (value("5", kind="currency"), data(PLAIN, of="currency"), "5", "kr"),
        (value("0.068"), data(PLAIN + "<number:text> %</number:text>", of="percentage"), "6.8", "%"),
        (
            value("78800"),
            data(FACTOR.format("1000") + "<number:text>k</number:text>", name="N900P0")
            + data(PLAIN + '<style:map style:condition="value()&gt;=1000" style:apply-style-name="N900P0"/>'),
            "78800", "",
        ),
        (
            value("78800"),
            data(FACTOR.format("1000") + "<number:text> tkr</number:text>", name="N900P0")
            + data(PLAIN + '<number:text> kr</number:text><style:map style:condition="value()&gt;=1000" style:apply-style-name="N900P0"/>'),
            "78.8", "tkr",
        ),
    ],
)  # fmt: skip
def test_an_opendocument_number_is_read_as_its_format_shows_it(cell: str, styles: str, number: str, unit: str) -> None:
    read = in_ods(cell, styles)
    assert (read.number, read.unit) == (Decimal(number), unit)


@pytest.mark.parametrize(
    ("styles", "text", "number"),
    [
        (data(PLAIN + "<number:text>000</number:text>"), "79 (visas som 79000)", None),
        (data(PLAIN + "<number:text> 000 kr</number:text>"), "79 (visas som 79 000 kr)", None),
        (data('<number:number><number:embedded-text number:position="1">.</number:embedded-text></number:number>'), "79 (visas som 7.9)", None),
        (data('<number:number><number:embedded-text number:position="3">.</number:embedded-text></number:number>'), "79", 79),
        (data('<number:number number:decimal-places="1"/><number:text>0</number:text>'), "79", 79),
    ],
)  # fmt: skip
def test_an_opendocument_format_with_digits_of_its_own_is_none(styles: str, text: str, number: int | None) -> None:
    read = in_ods(value("79"), styles)
    assert (read.text, read.number) == (text, number)


def test_a_cell_without_a_style_has_its_columns() -> None:
    styles = data(FACTOR.format("1000") + "<number:text> mkr</number:text>")
    columns = '<table:table-column/><table:table-column table:number-columns-repeated="3" table:default-cell-style-name="egen"/>'
    assert in_ods(value("78800", style=""), styles, column=columns).unit == "mnkr"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ('office:value-type="string" office:string-value="" calcext:value-type="error"', "#DIV/0!"),
        ('office:value-type="string" office:string-value=""', "#NAME?"),
        ('office:value-type="float" office:value="0"', "Err:502"),
        ('office:value-type="string" office:string-value=""', "Fel:508"),
        ("", "#SAKNAS!"),
    ],
)
def test_an_error_of_a_program_is_read_as_what_it_shows(attributes: str, text: str) -> None:
    cell = in_ods(f'<table:table-cell table:formula="of:=1/0" {attributes}><text:p>{text}</text:p></table:table-cell>')
    assert (cell.text, cell.number, is_error(cell.text)) == (text, None, True)


# --- what nobody sees, and what could be two


@pytest.mark.parametrize(
    "sign", ["\u200e", "\u200f", "\u200b", "\ufeff", "\u2060", "\u00ad", "\u202a", "\u2066", "\u061c"]
)
def test_characters_that_nobody_sees_say_nothing(sign: str) -> None:
    for text in (f"{sign}78800", f"78{sign} 800", f"78 800{sign} tkr{sign}", f"-{sign}78800"):
        found = read_number(text)
        assert found is not None
        assert abs(found.number) == 78800
    assert folded_title(f"{sign}Utfall{sign} perioden") == "utfall perioden"
    assert clean(f"{sign} {sign}") == ""


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("78,800", ("78800", "78.8")),
        ("1.234", ("1234", "1.234")),
        ("-78,800", ("-78800", "-78.8")),
        ("(1,234) tkr", ("-1234", "-1.234")),
        ("12.345 kr", ("12345", "12.345")),
    ],
)
def test_a_number_that_could_be_two_is_asked_about_as_both(text: str, both: tuple[str, str]) -> None:
    assert read_number(text) is None
    assert two_numbers(text) == tuple(map(Decimal, both))


@pytest.mark.parametrize("text", ["78,8", "0,800", "78 800", "1,234.50", "1.234.567", "12,3456", "x", "12,34,567"])
def test_a_number_that_is_only_one_is_not(text: str) -> None:
    assert two_numbers(text) is None


def test_no_share_is_a_thousand_percent() -> None:
    found = read_number("6,812 %", is_share=True)
    assert found is not None
    assert found.number == Decimal("6.812")
