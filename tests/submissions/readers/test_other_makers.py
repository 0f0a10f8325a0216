"""Good files of other makers: parts called anything, content types of every kind, links that no cell which is read uses."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from urllib.parse import quote

import pytest
from openpyxl import Workbook

from submissions.files.contents import look_into
from submissions.files.filled import Filled
from submissions.readers.formats.outside_links import Links, file_name
from submissions.readers.refusal import Refusal
from tests.rig.files.reading_files import (
    TITLE_ROW,
    document,
    filled,
    mall,
    read,
    refused,
    rezipped,
    saved,
    saved_text,
    workbook,
)
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

FILES = TESTS / "files"
FIRST = TITLE_ROW + 1
TYPES = "[Content_Types].xml"
PART = "mal-och-resultat"
#: what SheetJS writes first in every workbook, whatever is in it
SHEETJS = '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'


def book() -> bytes:
    """A calculated workbook with shared strings, styles and the mark, as LibreOffice writes it."""
    return (FILES / "ekonomi-libreoffice.xlsx").read_bytes()


def text() -> bytes:
    return saved_text(document())


def typed(content: bytes, more: str) -> bytes:
    """Return a file with more content types before its own."""
    return rezipped(content, {TYPES: lambda part: re.sub(rb"(<Types[^>]*>)", rb"\1" + more.encode(), part, count=1)})


def called(content: bytes, names: Mapping[str, str]) -> bytes:
    """Return a file with parts under other names; what points at them follows."""

    def pointing(name: str, part: bytes) -> bytes:
        source = posixpath.dirname(posixpath.dirname(name))

        def other(found: re.Match[bytes]) -> bytes:
            whole = posixpath.normpath(posixpath.join("/", source, found[2].decode())).lstrip("/")
            return b'%b="/%b"' % (found[1], quote(names[whole]).encode()) if whole in names else found[0]

        return re.sub(rb'(Target|PartName)="([^"]*)"', other, part)

    into = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            is_pointing = name.endswith(".rels") or name == TYPES
            new.writestr(names.get(name, name), pointing(name, part) if is_pointing else part)
    return into.getvalue()


def zipped_as(content: bytes, name_of: Callable[[str], str]) -> bytes:
    """Return a file whose zip calls its parts otherwise, and nothing else is changed."""
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)
            entry.filename = name_of(name)  # set afterwards: else the slashes are turned
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return into.getvalue()


BOOKS: dict[str, Callable[[], bytes]] = {
    "SheetJS's content types": lambda: typed(book(), SHEETJS),
    "a content type for macros that are not there": lambda: typed(
        book(), '<Default Extension="bin" ContentType="application/vnd.ms-office.activation"/>'
    ),
    "a binary workbook's main type by default, and a printer's settings": lambda: typed(
        rezipped(book(), {"xl/printerSettings/printerSettings1.bin": b"x"}),
        '<Default Extension="BIN" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>',
    ),
    "macros' own type for a part that is not there": lambda: typed(
        book(), '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    ),
    "workbook2.xml": lambda: called(
        book(), {"xl/workbook.xml": "xl/workbook2.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/workbook2.xml.rels"}
    ),
    "another folder": lambda: called(
        book(),
        {
            "xl/workbook.xml": "bok/arbetsbok.xml",
            "xl/_rels/workbook.xml.rels": "bok/_rels/arbetsbok.xml.rels",
            **{f"xl/worksheets/sheet{at}.xml": f"bok/blad/{at}.xml" for at in range(1, 9)},
            "xl/styles.xml": "bok/format.xml",
            "xl/sharedStrings.xml": "bok/texter.xml",
        },
    ),
    "backslashes in the zip": lambda: zipped_as(book(), lambda name: name.replace("/", "\\")),
    "capitals in the zip": lambda: zipped_as(book(), lambda name: name if name == TYPES else name.upper()),
    "small letters in the zip": lambda: zipped_as(book(), str.lower),
    "both": lambda: zipped_as(book(), lambda name: name.title().replace("/", "\\")),
    "a blank and an ö in a name": lambda: called(book(), {"xl/styles.xml": "xl/form för 1.xml"}),
}


@pytest.mark.parametrize("how", BOOKS)
def test_a_workbook_is_read_whatever_its_writer_calls_its_parts(how: str) -> None:
    assert filled(BOOKS[how]()) == filled(book())


TEXTS: dict[str, Callable[[], bytes]] = {
    "macros' content types and none of them": lambda: typed(
        text(), '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    ),
    "Word Online's document2.xml": lambda: called(
        text(), {"word/document.xml": "word/document2.xml", "word/_rels/document.xml.rels": "word/_rels/document2.xml.rels"}
    ),
    "parts in another folder": lambda: called(
        text(),
        {
            "word/document.xml": "del/text.xml",
            "word/_rels/document.xml.rels": "del/_rels/text.xml.rels",
            "word/styles.xml": "del/mallar/format.xml",
            "docProps/core.xml": "om/kärna.xml",
        },
    ),
    "backslashes": lambda: zipped_as(text(), lambda name: name.replace("/", "\\")),
    "capitals": lambda: zipped_as(text(), lambda name: name if name == TYPES else name.upper()),
}  # fmt: skip


@pytest.mark.parametrize("how", TEXTS)
def test_a_text_is_read_whatever_its_writer_calls_its_parts(how: str) -> None:
    assert filled(TEXTS[how](), "docx", PART) == filled(text(), "docx", PART)


def test_an_opendocument_file_is_known_without_its_first_part_and_with_backslashes() -> None:
    plain = (FILES / "ekonomi-libreoffice.ods").read_bytes()
    assert filled(rezipped(plain, {}, drop=("mimetype",)), "ods") == filled(plain, "ods")
    assert filled(zipped_as(plain, lambda name: name.replace("/", "\\")), "ods") == filled(plain, "ods")


RELATED = '<Relationship Id="rIdM" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="kod.bin"/></Relationships>'
MACROS: dict[str, Callable[[], bytes]] = {
    "vbaProject.bin": lambda: rezipped(book(), {"xl/vbaProject.bin": b"x"}),
    "in capitals, with a backslash": lambda: zipped_as(
        rezipped(book(), {"xl/vbaProject.bin": b"x"}), lambda name: name.replace("/", "\\").replace("vbaProject", "VBAPROJECT")
    ),
    "under another name, by its relation": lambda: rezipped(
        book(),
        {"xl/kod.bin": b"x", "xl/_rels/workbook.xml.rels": lambda part: part.replace(b"</Relationships>", RELATED.encode())},
    ),
    "under another name, by its content type": lambda: typed(
        rezipped(book(), {"xl/kod.bin": b"x"}),
        '<Override PartName="/xl/kod.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
    ),
    "in a text": lambda: rezipped(text(), {"word/vbaProject.bin": b"x"}),
}  # fmt: skip


@pytest.mark.parametrize("how", MACROS)
def test_macros_are_found_wherever_they_lie(how: str) -> None:
    assert look_into(MACROS[how]()).macros


def test_a_part_without_a_name_is_told_and_breaks_nothing() -> None:
    nameless = zipped_as(book(), lambda name: "" if name == "docProps/app.xml" else name)
    assert isinstance(read(nameless), Filled | Refusal) and look_into(nameless).kind == "xlsx"


def test_a_file_with_two_parts_of_one_name_is_damaged() -> None:
    # one program would show the one, another the other
    twice = rezipped(book(), {"XL\\Worksheets\\sheet1.xml": b"<worksheet/>"})
    assert refused(twice).rule == "skadad"


# --- links to other files

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ADDRESS = "file:///G:\\Ekonomi\\Bokslut%202019%20f%C3%B6rskola.xlsx"


def linked(change: Callable[[Workbook], None] | None = None, *, names: str = "") -> bytes:
    """Return a workbook with a link to another file, as Excel keeps it, used where ``change`` puts it."""
    content = saved(workbook(change=change, formulas=False))
    relation = f'<Relationship Id="rId99" Type="{KIND}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    inner = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{KIND}/externalLinkPath" Target="{ADDRESS}" TargetMode="External"/></Relationships>'
    reference = f'<externalReferences><externalReference xmlns:r="{KIND}" r:id="rId99"/></externalReferences>'
    return rezipped(
        content,
        {
            "xl/_rels/workbook.xml.rels": lambda part: part.replace(b"</Relationships>", f"{relation}</Relationships>".encode()),
            "xl/workbook.xml": lambda part: part.replace(b"</sheets>", f"</sheets>{reference}".encode()).replace(
                b"<definedNames>", f"<definedNames>{names}".encode()
            ),
            "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": inner.encode(),
        },
    )  # fmt: skip


PHANTOM = '<definedName name="_xlnm.Print_Area2">[1]Blad1!$A$1:$B$9</definedName>'


def elsewhere(made: Workbook) -> None:
    made["Ekonomi"]["K30"] = "=[1]Blad1!$A$1"  # beside the table
    made.create_sheet("Eget")["A1"] = "='[1]Blad ett'!A1+1"


def like_a_link(made: Workbook) -> None:
    made["Ekonomi"][f"B{FIRST}"] = '=IF(A1="[1]Blad1!A1",1,Tabell1[[#This Row],[2027]])+Tabell1[2027]'


@pytest.mark.parametrize("change", [None, elsewhere, like_a_link])
def test_a_link_that_no_cell_which_is_read_uses_does_no_harm(change: Callable[[Workbook], None] | None) -> None:
    found = filled(linked(change, names=PHANTOM)).tables["ekonomi-delar"]
    assert [row.number("budget") for row in found.body] == [1500] * 4


@pytest.mark.parametrize(
    "formula",
    ["=[1]Blad1!$A$1", "='[1]Blad ett'!A1*1000", "=SUM(1,[1]Blad1!A1:A9)", "=[1]!beloppet", "=mitt_belopp/2"],
)
def test_a_cell_that_fetches_its_value_from_another_file_is_refused_with_its_place_and_the_files_own_name(
    formula: str,
) -> None:
    def fetch(made: Workbook) -> None:
        made["Ekonomi"][f"B{FIRST}"] = formula

    found = refused(linked(fetch, names='<definedName name="Mitt_belopp">[1]Blad1!$A$1</definedName>'))
    assert found.rule == "externa-lankar"
    assert (
        found.message == f"Arbetsboken hämtar värden ur andra filer (Bokslut 2019 förskola.xlsx), i Ekonomi!B{FIRST}."
    )
    assert "Bryt länk" in found.mend


def test_a_formula_that_cells_share_is_each_ones() -> None:
    def share(part: bytes) -> bytes:
        first = b'<c r="B9"><f t="shared" ref="B9:B10" si="0">[1]Blad1!A1</f><v>5</v></c>'
        part = re.sub(rb'<c r="B9"[^>]*>.*?</c>', first, part)
        return re.sub(rb'<c r="B10"[^>]*>.*?</c>', b'<c r="B10"><f t="shared" si="0"/><v>6</v></c>', part)

    found = refused(rezipped(linked(), {"xl/worksheets/sheet1.xml": share}))
    assert found.message.endswith("i Ekonomi!B9 och Ekonomi!B10.")


@pytest.mark.parametrize("formula", ["=K30", "=Eget!$A$1*2", "=SUM(Eget!A1:B9)", "='Eget'!B2", "=$K$29+Eget!C3"])
def test_a_cell_that_hangs_on_one_that_fetches_is_refused_too(formula: str) -> None:
    def hang(made: Workbook) -> None:
        elsewhere(made)
        made["Eget"]["B2"], made["Eget"]["C3"] = "=A1+1", "=B2*1"
        made["Ekonomi"][f"B{FIRST}"] = formula

    assert refused(linked(hang)).message.endswith(f"(Bokslut 2019 förskola.xlsx), i Ekonomi!B{FIRST}.")


@pytest.mark.parametrize("formula", ["=K31", "=Eget!D9", '=IF("Eget!A1"="",1,2)', "=Annat!A1", "=LOG10(5)"])
def test_a_cell_that_hangs_on_others_is_read(formula: str) -> None:
    def hang(made: Workbook) -> None:
        elsewhere(made)
        made["Ekonomi"][f"B{FIRST}"] = formula

    assert filled(linked(hang)).tables["ekonomi-delar"].rows[0].cells["utfall"].uncalculated


def test_a_shared_formula_hangs_on_what_each_cell_asks_for() -> None:
    def share(part: bytes) -> bytes:
        first = b'<c r="B9"><f t="shared" ref="B9:B10" si="0">K29</f><v>5</v></c>'
        part = re.sub(rb'<c r="B9"[^>]*>.*?</c>', first, part)
        return re.sub(rb'<c r="B10"[^>]*>.*?</c>', b'<c r="B10"><f t="shared" si="0"/><v>6</v></c>', part)

    found = refused(rezipped(linked(elsewhere), {"xl/worksheets/sheet1.xml": share}))
    assert found.message.endswith("i Ekonomi!B10.")  # K30, and not K29


def in_open_document(cell: str, *, sheet: str = "") -> bytes:
    """Return LibreOffice's workbook whose first amount is this cell, and whose first sheet begins so."""

    def change(part: bytes) -> bytes:
        at = part.index(b">", part.index(b"<table:table ")) + 1
        head, rest = part[:at] + sheet.encode(), part[at:]
        new, times = re.subn(
            rb'<table:table-cell[^>]*office:value="1000"[^>]*>.*?</table:table-cell>', cell.encode(), rest, count=1
        )
        assert times == 1
        return head + new

    return rezipped((FILES / "ekonomi-libreoffice.ods").read_bytes(), {"content.xml": change})


FETCHED = '<table:table-cell table:formula="of:=[\'file:///g:/Budget%202027.ods\'#$Blad1.A1]" office:value-type="float" office:value="1000"><text:p>1000</text:p></table:table-cell>'
OWN = '<table:table-cell office:value-type="float" office:value="1000"><text:p>1000</text:p></table:table-cell>'
SOURCE = '<table:table-source xlink:href="file:///g:/Budget.ods" table:table-name="A"/>'


def test_an_opendocument_cell_or_sheet_of_another_file_is_refused() -> None:
    assert "(Budget 2027.ods), i Ekonomi!B9." in refused(in_open_document(FETCHED), "ods").message
    assert "(Budget.ods)" in refused(in_open_document(OWN, sheet=SOURCE), "ods").message


def test_another_files_sheet_that_is_only_kept_does_no_harm() -> None:
    kept = f"""<table:table table:name="'file:///g:/Budget.ods'#Blad1">{SOURCE}</table:table>"""

    def add(part: bytes) -> bytes:
        return part.replace(b"</office:spreadsheet>", f"{kept}</office:spreadsheet>".encode())

    plain = (FILES / "ekonomi-libreoffice.ods").read_bytes()
    assert filled(rezipped(plain, {"content.xml": add}), "ods").tables == filled(plain, "ods").tables


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (ADDRESS, "Bokslut 2019 förskola.xlsx"),
        ("/delad/B%c3%b6cker/Åtgärder.xlsx", "Åtgärder.xlsx"),
        ("https://kommun.sharepoint.com/sites/x/Shared%20Documents/Budget%20(2).xlsx", "Budget (2).xlsx"),
        ("", "en länkad fil"),
    ],
)
def test_a_file_is_called_as_people_know_it(address: str, name: str) -> None:
    assert file_name(address) == name


@pytest.mark.parametrize(
    "formula", ["Tabell1[2027]+Blad1!A1", "Tabell1[[#This Row],[2027]]", '"[1]Blad1!A1"', "A1*2", "'Blad [1]'"]
)
def test_what_only_looks_like_a_link_is_none(formula: str) -> None:
    assert Links({"1": "x.xlsx"}).of(formula) == ""


def test_what_is_asked_for_is_what_is_read() -> None:
    assert mall().mark == filled(BOOKS["SheetJS's content types"]()).mark
