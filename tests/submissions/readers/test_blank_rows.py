"""A sheet that is formatted to its last row: the rows that say nothing are not taken apart, and nothing else is lost."""

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from submissions.readers.formats.blank_rows import WithoutBlankRows
from submissions.readers.formats.grid import letters
from submissions.readers.formats.ods import Spreadsheet
from submissions.readers.formats.xlsx import Workbook
from submissions.readers.formats.zipped import Archive
from tests.rig.files.reading_files import filled, rezipped, saved, workbook
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

LAST = 1_048_576  #: Excel's last row
SHEET = "xl/worksheets/sheet1.xml"
ROWS = {
    "rows": '<row r="{0}" spans="1:7" s="1" customFormat="1" ht="15.75"/>',
    "rows that open and close": '<row r="{0}"></row>\n',
    "hidden rows": '<row r="{0}" hidden="1"/>',
    "cells": '<row r="{0}"><c r="A{0}" s="1"/><c r="B{0}" s="1" t="n"/></row>',
    "eight cells": '<row spans="1:8" r="{0}">'
    + "".join(f'<c r="{each}{{0}}" s="1"/>' for each in "ABCDEFGH")
    + "</row>",
    "cells that open and close": '<row r="{0}"> <c r="A{0}" s="1"></c><c r="B{0}"><v/></c> <c r="C{0}"><v></v></c> </row>',
}


def formatted(row: str, *, first: int = 40, last: int = 30_000, then: str = "") -> bytes:
    """Return a workbook whose first sheet goes on with blank rows."""
    rows = "".join(row.format(at) for at in range(first, last + 1)) + then
    return rezipped(
        saved(workbook()), {SHEET: lambda part: part.replace(b"</sheetData>", f"{rows}</sheetData>".encode())}
    )


def visited(content: bytes) -> int:
    """Count the rows of the first sheet that are taken apart."""
    return sum(1 for _ in Archive(content).walk(SHEET, "{*}row", through=WithoutBlankRows))


@pytest.mark.parametrize("how", ROWS)
def test_blank_rows_are_not_taken_apart(how: str) -> None:
    content = formatted(ROWS[how])
    assert visited(content) < 100  # of thirty thousand: those that say something, and one or two of each piece
    assert filled(content) == filled(saved(workbook()))


@pytest.mark.parametrize("how", ROWS)
def test_what_stands_after_them_is_found_where_it_stands(how: str) -> None:
    book = Workbook(
        Archive(formatted(ROWS[how], last=3000, then='<row r="1048576"><c r="C1048576"><v>5</v></c></row>'))
    )
    assert book.grids(["Ekonomi"])["Ekonomi"].at(LAST - 1, 2).number == 5


def test_a_row_that_says_no_number_is_the_one_after() -> None:
    book = Workbook(Archive(formatted(ROWS["rows"], last=3000, then="<row><c><v>5</v></c></row>")))
    assert book.grids(["Ekonomi"])["Ekonomi"].at(3000, 0).number == 5


def test_a_row_formatted_to_its_last_column_is_only_what_it_says() -> None:
    cells = "".join(f'<c r="{letters(at)}9" s="1"/>' for at in range(9, 16_384))

    def wide(part: bytes) -> bytes:
        return re.sub(rb'(<row r="9".*?)</row>', rb"\1" + cells.encode() + b"</row>", part, count=1, flags=re.DOTALL)

    content = rezipped(saved(workbook()), {SHEET: wide})
    rows = [len(row) for _, row in Archive(content).walk(SHEET, "{*}row", through=WithoutBlankRows)]
    assert max(rows) < 20
    assert filled(content) == filled(saved(workbook()))


def test_an_opendocument_sheet_says_once_how_many_they_are() -> None:
    plain = (TESTS / "files" / "ekonomi-libreoffice.ods").read_bytes()
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:style-name="ce1" table:number-columns-repeated="16384"/></table:table-row>'
    more = rezipped(
        plain, {"content.xml": lambda part: part.replace(b"</table:table>", f"{blank}</table:table>".encode())}
    )
    assert filled(more, "ods") == filled(plain, "ods")
    assert Spreadsheet(Archive(more)).grids(["Ekonomi"])["Ekonomi"].kept < 100


class _Short:
    """A part that gives few bytes at a time."""

    def __init__(self, content: bytes, most: int) -> None:
        self._in, self._most = BytesIO(content), most

    def read(self, _size: int = -1, /) -> bytes:
        return self._in.read(self._most)


def _said(content: bytes) -> list[tuple[int, str]]:
    """Give each value with its row, as the reader counts them."""
    row, found = 0, []
    for each in etree.fromstring(content).iter("row"):
        row = int(each.get("r") or row + 1)
        found += [(row, value.text or "") for value in each.iter("v", "f") if value.text]
    return found


_KINDS = st.sampled_from(
    [
        "blank",
        "cells",
        "unnumbered",
        "unnumbered cells",
        "unnumbered value",
        "value",
        "value and blanks",
        "text",
        "formula",
        "marked",
        "other",
        "remark",
    ]
)


@given(st.lists(st.tuples(_KINDS, st.integers(1, 3)), max_size=30), st.integers(1, 90))
def test_whatever_the_rows_and_the_pieces_nothing_that_is_said_is_lost_or_moved(
    rows: list[tuple[str, int]], most: int
) -> None:
    at, lines = 0, []
    for kind, step in rows:
        numbered = not kind.startswith("unnumbered")
        at += step if numbered else 1
        number = f' r="{at}"' if numbered else ""
        inner = {
            "cells": f'<c r="A{at}" s="1"/><c r="B{at}"></c>',
            "unnumbered cells": '<c s="1"/><c><v/></c><c><v></v></c>',
            "unnumbered value": f"<c><v>{at}</v></c>",
            "value": f'<c r="A{at}"/><c r="B{at}"><v>{at}</v></c>',
            "value and blanks": f'<c r="A{at}"><v>{at}</v></c>' + f'<c r="B{at}" s="2"/>' * 12,
            "text": f'<c r="A{at}" t="inlineStr"><is><t>&lt;row/&gt;</t></is></c>',
            "marked": '<c t="str"><v><![CDATA[<row r="1"/><row r="2"/><row r="3"/>]]></v></c>',
            "other": f'<c r="A{at}"/><c:e xmlns:c="x"/><extLst/><v>{at}</v>',
            "remark": '<!-- <row r="1"><c/></row><row r="2"><c r="A2"/></row> -->',
            "formula": f'<c r="A{at}"><f>B{at}</f></c>',
        }.get(kind, "")
        spans = ' spans="1:2"' if at % 3 else ""
        lines.append(f"<row{spans}{number}>{inner}</row>" if inner or at % 2 else f"<row{number}/>")
    content = f"<worksheet><sheetData>{''.join(lines)}</sheetData><mergeCells/></worksheet>".encode()
    reader = WithoutBlankRows(_Short(content, most))
    pieces = list(iter(reader.read, b""))
    assert _said(b"".join(pieces)) == _said(content)
