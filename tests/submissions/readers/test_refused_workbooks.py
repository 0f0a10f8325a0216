"""Workbooks that are refused: broken, cut off, of another kind, or made to do harm."""

from collections.abc import Callable

import pytest
from openpyxl import Workbook

from submissions.readers.formats.grid import MAX_CELLS
from submissions.readers.sheet_reading import MAX_ROWS
from tests.rig.files.read_workbooks import FILES, FIRST
from tests.rig.files.reading_files import BOMB, OUTSIDE, refused, rezipped, saved, workbook
from tests.rig.handins import LOCKED_EXCEL, OLD_EXCEL, archive, locked_zip

pytestmark = pytest.mark.whole


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, BOMB.decode().encode("utf-16")])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_xml_with_entities_is_refused(part: str, xml: bytes) -> None:
    assert refused(rezipped(saved(workbook()), {part: xml})).rule == "osaker-xml"


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    content = rezipped(saved(workbook()), {"xl/worksheets/more.xml": b" " * 40_000_000})
    assert len(content) < 100_000
    assert refused(content).rule == "for-stor-inuti"


def test_an_archive_that_lies_about_its_size_is_damaged() -> None:
    content = bytearray(saved(workbook()))
    at = content.index(b"PK\x01\x02")
    while content[at + 46 :].startswith((b"docProps", b"xl/theme", b"_rels", b"[Con")):
        at = content.index(b"PK\x01\x02", at + 4)
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")  # the unpacked size of the first sheet
    assert refused(bytes(content)).rule == "skadad"


def entry(content: bytes, name: bytes) -> tuple[int, int]:
    """Return where a part's place in the list of contents is, and where the part itself begins."""
    listed = content.index(name, content.index(b"PK\x01\x02")) - 46
    return listed, int.from_bytes(content[listed + 42 : listed + 46], "little")


def badly_named(content: bytearray) -> None:
    listed, begun = entry(content, b"xl/workbook.xml")
    content[listed + 9] |= 8  # its name is in UTF-8, it says
    content[begun + 30] = 0xFF


def badly_placed(content: bytearray) -> None:
    end = content.rindex(b"PK\x05\x06")
    content[end + 16 : end + 20] = (len(content) + 500).to_bytes(4, "little")


def badly_packed(content: bytearray) -> None:
    _, begun = entry(content, b"[Content_Types].xml")
    content[begun + 60 : begun + 80] = b"\xff" * 20


def packed_otherwise(content: bytearray) -> None:
    listed, _ = entry(content, b"xl/workbook.xml")
    content[listed + 10] = 14  # LZMA


@pytest.mark.parametrize("damage", [badly_named, badly_placed, badly_packed, packed_otherwise])
def test_an_archive_that_contradicts_itself_is_damaged(damage: Callable[[bytearray], None]) -> None:
    content = bytearray(saved(workbook()))
    damage(content)
    assert refused(bytes(content)).rule == "skadad"


def test_an_archive_of_ten_thousand_parts_is_refused_before_they_are_listed() -> None:
    content = archive(**{"[Content_Types].xml": b"<Types/>", **{f"p{at}": b"" for at in range(10_001)}})
    assert refused(content).rule == "for-stor-inuti"


def test_a_table_of_far_too_many_rows_is_refused_with_its_sheet() -> None:
    def fill(book: Workbook) -> None:
        for row in range(FIRST, FIRST + MAX_ROWS + 1):
            book["Mål och indikatorer"].cell(row, 1, "x")

    found = refused(saved(workbook(change=fill)))
    assert found.rule == "for-manga-rader"
    assert "Mål och indikatorer har fler än 5 000 rader" in found.message


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "tom-fil"),
        (b"utfall;budget\n1;2\n", "fel-slag"),  # a text file named .xlsx
        (OLD_EXCEL, "fel-slag"),
        (LOCKED_EXCEL, "losenord"),
        (locked_zip(), "losenord"),
        (b"PK\x03\x04" + b"x" * 100, "skadad"),
        (
            archive(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>", "xl/vbaProject.bin": b"x"}),
            "makron",
        ),
        (archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}), "fel-slag"),
        (archive(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), "skadad"),
        (archive(**{"readme.txt": b"hej"}), "fel-slag"),
    ],
    ids=["empty", "text", "xls", "locked", "locked zip", "broken", "macros", "docx", "hollow", "zip"],
)
def test_what_cannot_be_read_is_refused_with_its_rule(content: bytes, rule: str) -> None:
    assert refused(content).rule == rule


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_file_that_was_cut_off_is_damaged(kind: str, cut: float) -> None:
    content = (FILES / f"ekonomi-libreoffice.{kind}").read_bytes()
    assert refused(content[: int(len(content) * cut)], kind).rule == "skadad"


def test_a_sheet_with_far_too_much_in_it_is_refused_with_its_name() -> None:
    row = "".join(f"<c><v>{at}</v></c>" for at in range(2000))
    rows = f"<row>{row}</row>" * (MAX_CELLS // 2000 + 1)
    fill = {"xl/worksheets/sheet1.xml": lambda part: part.replace(b"</sheetData>", f"{rows}</sheetData>".encode())}
    found = refused(rezipped(saved(workbook()), fill))
    assert found.message == "Bladet Ekonomi har fler än 400 000 ifyllda celler."
