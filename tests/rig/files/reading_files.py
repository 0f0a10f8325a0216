"""Real files for the readers: workbooks as the mall lays them out, texts, PDFs, and what breaks them."""

import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import docx
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, Wheel
from submissions.files.filled import Filled
from submissions.readers.here import read_here
from submissions.readers.refusal import Refusal
from submissions.readers.wanted import Wanted, wanted_of
from submissions.templates.mall import Mall, MallSheet, defined_name, mall_of
from tests.rig.load import hedemora

DELAR = "hedemora/delarsrapport/2027-08/bildningsnamnden/underlag"
TITLE_ROW = 8  #: from 1; with something above it, as the mall has
AMOUNTS = (1000, 900, 1500, 1400)  #: utfall, utfall fg, budget and prognos of the first row


@cache
def _wheel() -> Wheel:
    return turn(hedemora().definition, [2027])


def owed(key: str = DELAR) -> Obligation:
    """Return what bildningsnämnden owes for the delårsrapport."""
    return _wheel().obligations[key]


@cache
def mall(part_id: str = "ekonomi", key: str = DELAR) -> Mall:
    """Return the mall of a part of bildningsnämndens delårsrapport."""
    one = owed(key)
    part = next(part for part in one.parts if part.id == part_id)
    return mall_of(hedemora().definition, one, part, "tisdag 21 september 2027 kl. 16.00")


@cache
def wanted(part_id: str = "ekonomi") -> Wanted:
    """Return what a part asks for."""
    return wanted_of(mall(part_id))


def read(content: bytes, kind: str = "xlsx", part_id: str = "ekonomi") -> Filled | Refusal:
    """Read a file in this process."""
    return read_here(content, kind, wanted(part_id))


def filled(content: bytes, kind: str = "xlsx", part_id: str = "ekonomi") -> Filled:
    """Read a file that is one that can be read."""
    found = read(content, kind, part_id)
    assert isinstance(found, Filled), found
    return found


def refused(content: bytes, kind: str = "xlsx", part_id: str = "ekonomi") -> Refusal:
    """Read a file that is refused."""
    found = read(content, kind, part_id)
    assert isinstance(found, Refusal), found
    assert found.message.endswith(".")
    assert found.mend.endswith(".")
    return found


def rows_of(sheet: MallSheet) -> list[tuple[str, str]]:
    """Return the rows' ids and names; three of their own where the rows are free."""
    return [(each.id, each.title) for each in sheet.rows] or [("", f"Egen rad {at}") for at in (1, 2, 3)]


def workbook(
    of: Mall | None = None, *, names: bool = True, formulas: bool = True,
    change: Callable[[Workbook], None] | None = None,
) -> Workbook:  # fmt: skip
    """Lay out a mall by the contract: names on titles, fields, known rows and total, and a marked sheet."""
    of = of or mall()
    book = Workbook()
    book.remove(book.active)
    for sheet in of.sheets:
        _lay_out(book, sheet, names, formulas)
    _mark(book, of, names)
    if change:
        change(book)
    return book


def _lay_out(book: Workbook, asked: MallSheet, names: bool, formulas: bool) -> None:
    page, sheet = book.create_sheet(asked.sheet.title), asked.sheet
    title = page.title

    def name(label: str, cell: str) -> None:
        if names:
            book.defined_names[defined_name(sheet.id, label)] = DefinedName(
                defined_name(sheet.id, label), attr_text=f"'{title}'!${cell[0]}${cell[1:]}"
            )

    page["A1"] = sheet.title
    page["A2"] = sheet.help
    for at, field in enumerate(sheet.fields):
        page.cell(4 + at, 1, field.title)
        page.cell(4 + at, 3, "Ja")
        name(field.id, f"C{4 + at}")
    letter = {column.id: get_column_letter(at + 1) for at, column in enumerate(sheet.columns)}
    for column in sheet.columns:
        page[f"{letter[column.id]}{TITLE_ROW}"] = column.title.replace(" ", "\n", 1)
        name(column.id, f"{letter[column.id]}{TITLE_ROW}")
    at = TITLE_ROW
    for row_id, row_name in rows_of(asked):
        at += 1
        page[f"A{at}"] = row_name
        if row_id:
            name(f"rad_{row_id}", f"A{at}")
        amounts = iter(AMOUNTS)
        for column in sheet.columns[1:]:
            cell = f"{letter[column.id]}{at}"
            if column.minus:
                of, less = (letter[each] for each in column.minus)
                page[cell] = f"={of}{at}-{less}{at}" if formulas else next(amounts, 7)
            elif column.is_number:
                page[cell] = next(amounts, 7)
            elif column.kind == "val":
                page[cell] = column.choices[0]
            else:
                page[cell] = f"Text i {column.title}"
    if sheet.total:
        page[f"A{at + 1}"] = "Summa"
        name("summa", f"A{at + 1}")
        for column in sheet.sums:
            where = letter[column.id]
            page[f"{where}{at + 1}"] = f"=SUM({where}{TITLE_ROW + 1}:{where}{at})"


def _mark(book: Workbook, of: Mall, names: bool) -> None:
    page, mark = book.create_sheet("Om mallen"), of.mark
    said = {
        "format": "1", "kommun": mark.kommun, "steg": mark.step, "period": mark.period, "enhet": mark.unit,
        "del": mark.part,
    }  # fmt: skip
    for at, (key, value) in enumerate(said.items(), 1):
        page.cell(at, 1, key)
        page.cell(at, 2, value)
        if names:
            book.defined_names[f"arshjul_{key}"] = DefinedName(f"arshjul_{key}", attr_text=f"'Om mallen'!$B${at}")


def saved(book: Workbook) -> bytes:
    """Save it."""
    into = BytesIO()
    book.save(into)
    return into.getvalue()


def rezipped(content: bytes, change: Mapping[str, Any], drop: tuple[str, ...] = ()) -> bytes:
    """Write an archive anew with parts changed: bytes, or a function from the part's bytes to new ones."""
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name in drop:
                continue
            part = source.read(name)
            new = change.get(name, part)
            target.writestr(name, new(part) if callable(new) else new)
        for name in change.keys() - set(source.namelist()):
            target.writestr(name, change[name])
    return into.getvalue()


def as_google_sheets_writes(content: bytes) -> bytes:
    """Give a calculated workbook the traits of Google Sheets' export: a thousand formatted blank rows, no dimension."""

    def sheet(part: bytes) -> bytes:
        last = max(map(int, re.findall(rb'<row r="(\d+)"', part)))
        blank = b'<row r="%d" ht="15.75" customHeight="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
        blanks = b"".join(blank % (row, row, row) for row in range(last + 1, 1001))
        part = re.sub(rb"<dimension [^>]*/>", b"", part.replace(b"</sheetData>", blanks + b"</sheetData>"))
        return part.replace(b'<f aca="false">', b"<f>")

    sheets = [f"xl/worksheets/sheet{at + 1}.xml" for at in range(len(mall().sheets) + 1)]
    return rezipped(content, dict.fromkeys(sheets, sheet), drop=("docProps/app.xml", "docProps/custom.xml"))


def document(of: Mall | None = None, *, text: str = "Det har gått bra, och vi fortsätter som planerat.") -> Any:
    """Lay out a text's mall: heading, help line, an answer under each."""
    of = of or mall("mal-och-resultat")
    made = docx.Document()
    for each in of.headings:
        made.add_heading(each.heading.name, level=1)
        made.add_paragraph(each.heading.help)
        made.add_paragraph(text)
    mark = of.mark
    made.core_properties.identifier = f"arshjul/1/{mark.kommun}/{mark.step}/{mark.period}/{mark.unit}/{mark.part}"
    return made


def saved_text(made: Any) -> bytes:
    """Save it."""
    into = BytesIO()
    made.save(into)
    return into.getvalue()


def as_pdf(*pages: str, image: bool = False, locked: bool = False) -> bytes:
    """Make a PDF by hand: a page for each text, its lines as they are; ``image`` lays a picture on each."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects.append(f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode())
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    picture = 4 + 2 * len(pages)
    for at, text in enumerate(pages):
        drawn = [
            f"BT /F1 10 Tf 50 {780 - 14 * line} Td ({each.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET"
            for line, each in enumerate(text.splitlines())
        ]
        if image:
            drawn.append("q 500 0 0 700 40 40 cm /I1 Do Q")
        stream = "\n".join(drawn).encode("cp1252")
        used = f"/Font<</F1 3 0 R>>{f'/XObject<</I1 {picture} 0 R>>' if image else ''}"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<{used}>>/Contents {5 + 2 * at} 0 R>>"
        objects += [page.encode(), b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream)]
    if image:
        head = b"<</Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Length 4>>"
        objects.append(head + b"stream\n\x00\xff\xff\x00\nendstream")
    made, offsets = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % each for each in offsets)
    guard = b"/Encrypt 1 0 R" if locked else b""
    return made + b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, guard, start)


BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'


OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/hostname">]><worksheet>&a;</worksheet>'
