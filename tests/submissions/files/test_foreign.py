"""Files of other kinds than are taken: each is called by its name with its own remedy, on every way in."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from submissions.files import foreign
from submissions.files.contents import look_into
from submissions.files.foreign import Foreign, foreign_named
from submissions.files.parts import Upload
from submissions.intake import checks
from submissions.intake.checks import HandIn
from tests.rig.files.reading_files import owed, refused
from tests.rig.handins import LOCKED_EXCEL, OLD_EXCEL, archive

pytestmark = pytest.mark.whole

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600
MAIN = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
RELS = (
    '<Relationships><Relationship Id="rId1" Type="http://x/relationships/officeDocument" Target="{}"/></Relationships>'
)


def package(main: str, content_type: str) -> bytes:
    types = f'<Types><Override PartName="/{main}" ContentType="{content_type}"/></Types>'
    return archive(**{"[Content_Types].xml": types.encode(), "_rels/.rels": RELS.format(main).encode(), main: b"x"})


def lock(name: str, *, word: bool = False) -> bytes:
    """Make a lock file as Office does: its user's name in bytes, and in UTF-16."""
    wide = 53 if word else 54
    return (
        bytes([len(name)])
        + name.encode("cp1252").ljust(wide, b" ")
        + bytes([len(name), 0])
        + name.ljust(wide).encode("utf-16-le")
    )


def packed(**files: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return into.getvalue()


EML = "Received: from a.example.se by b.example.se;\n\tMon, 6 Sep 2027 08:00:00 +0200\nFrom: a@example.se\nSubject: x\n\nHej\n"
KINDS: dict[str, tuple[Foreign, Callable[[], bytes]]] = {
    "zip": (foreign.ZIP, lambda: packed(**{"Ekonomi.xlsx": b"x", "Text.docx": b"y"})),
    "zip with folders": (foreign.ZIP, lambda: packed(**{"mapp/": b"", "mapp/Ekonomi.xlsx": b"x"})),
    "zip of nothing": (foreign.ZIP, packed),
    "7z": (foreign.PACKED, lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 90),
    "rar": (foreign.PACKED, lambda: b"Rar!\x1a\x07\x01\0" + b"x" * 90),
    "gz": (foreign.PACKED, lambda: b"\x1f\x8b\x08\0" + b"x" * 90),
    "tar": (foreign.PACKED, lambda: b"Ekonomi.xlsx".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 90),
    "bz2": (foreign.PACKED, lambda: b"BZh91AY&SY" + b"\0" * 40),
    "xz": (foreign.PACKED, lambda: b"\xfd7zXZ\0" + b"\0" * 40),
    "cab": (foreign.PACKED, lambda: b"MSCF" + b"\0" * 40),
    "vsd": (foreign.DRAWN, lambda: OLE + "VisioDocument".encode("utf-16-le")),
    "doc with a drawing in it": (foreign.OLD_OFFICE, lambda: OLE + "VisioDocument, WordDocument".encode("utf-16-le")),
    "one": (foreign.ONENOTE, lambda: bytes.fromhex("E4525C7B8CD8A74DAEB15378D02996D3") + b"\x01" + b"\0" * 40),
    "one of its beginning alone": (foreign.ONENOTE, lambda: bytes.fromhex("E4525C7B8CD8A74DAEB15378D02996D3")),
    "onetoc2": (foreign.ONENOTE, lambda: bytes.fromhex("A12FFF43D9EF764C9EE210EA5722765F") + b"\0" * 40),
    "uuencoded": (foreign.ENCODED, lambda: b"begin 644 Ekonomi.xlsx\n#4$L#\n`\nend\n"),
    "uuencoded in base64": (foreign.ENCODED, lambda: b"begin-base64 0644 Ekonomi.xlsx\r\nUEsDBA==\r\n====\r\n"),
    "yEnc": (foreign.ENCODED, lambda: b"=ybegin line=128 size=3 name=Ekonomi.xlsx\r\nabc\r\n=yend size=3\r\n"),
    "BinHex": (foreign.ENCODED, lambda: b"(This file must be converted with BinHex 4.0)\r\n:$f*TEQ\r\n"),
    "a text that begins with a begin": (foreign.TEXT, lambda: b"begin 2027 with this\n"),
    "winmail.dat": (foreign.ENVELOPE, lambda: b"\x78\x9f\x3e\x22" + b"\0" * 40),
    "xlsb": (foreign.XLSB, lambda: package("xl/workbook.bin", MAIN)),
    "xlsb with macros": (foreign.XLSB, lambda: archive(**{
        "[Content_Types].xml": f'<Types><Default Extension="bin" ContentType="{MAIN}"/></Types>'.encode(),
        "_rels/.rels": RELS.format("xl/workbook.bin").encode(), "xl/workbook.bin": b"x", "xl/vbaProject.bin": b"x"})),
    "xlsb under another name": (foreign.XLSB, lambda: package("xl/workbook2.bin", MAIN)),
    "xlsb in another folder": (foreign.XLSB, lambda: package("bok/arbetsbok.bin", MAIN)),
    "pptx": (foreign.SLIDES, lambda: package("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml")),
    "ppt": (foreign.SLIDES, lambda: OLE + "PowerPoint Document".encode("utf-16-le")),
    "odp": (foreign.SLIDES, lambda: archive(mimetype=b"application/vnd.oasis.opendocument.presentation")),
    "csv": (foreign.TEXT, lambda: "Verksamhet;Utfall\nFörskola;12\n".encode("cp1252")),
    "csv in UTF-16": (foreign.TEXT, lambda: "Verksamhet\tUtfall\n".encode("utf-16")),
    "txt": (foreign.TEXT, lambda: "Här kommer siffrorna: 12, 13".encode("utf-8-sig")),
    "rtf": (foreign.RTF, lambda: b"{\\rtf1\\ansi Hej}"),
    "numbers": (foreign.NUMBERS, lambda: packed(**{"Index/Document.iwa": b"x", "Index/Tables/DataList.iwa": b"y"})),
    "pages": (foreign.PAGES, lambda: packed(**{"Index/Document.iwa": b"x"})),
    "eml": (foreign.MAIL, lambda: EML.encode()),
    "eml from Outlook on the web": (foreign.MAIL, lambda: EML.replace("\n", "\r\n").encode()),
    "eml that begins with its own": (foreign.MAIL, lambda: f"X-Mailer: y\n{EML}".encode()),
    "mbox": (foreign.MAIL, lambda: f"From - Mon Sep 13 10:00:00 2027\n{EML}".encode()),
    "emlx": (foreign.MAIL, lambda: f"1234      \n{EML}".encode()),
    "msg": (foreign.OUTLOOK, lambda: OLE + "__nameid_version1.0".encode("utf-16-le")),
    "rpmsg": (foreign.PROTECTED_MAIL, lambda: bytes.fromhex("76E80460C411E386") + b"x" * 40),
    "rpmsg of nothing": (foreign.PROTECTED_MAIL, lambda: bytes.fromhex("76E80460C411E386")),
    "Excel's lock": (foreign.LOCK, lambda: lock("Bo Ek")),
    "Word's lock": (foreign.LOCK, lambda: lock("Åsa Ström", word=True)),
    "a Mac's own": (foreign.APPLE, lambda: bytes.fromhex("0005160700020000") + b"Mac OS X        "),
    "xls": (foreign.OLD_OFFICE, lambda: OLD_EXCEL),
    "xls from before OLE": (foreign.OLD_OFFICE, lambda: bytes.fromhex("0908080000051000") + b"\0" * 40),
    "html": (foreign.PAGE, lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
    "html with its xml": (foreign.PAGE, lambda: b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"/>'),
    "a table alone": (foreign.PAGE, lambda: b"\n<TABLE border=1><tr><td>1"),
    "html after a comment": (foreign.PAGE, lambda: b"\xef\xbb\xbf<!-- av\nsystemet -->\n<html><table>"),
    "a table in a div": (foreign.PAGE, lambda: b"<div><table><tr><td>1"),
    "a book saved as one page": (foreign.PAGE, lambda: b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related\r\n\r\n"),
    "a page saved as one file": (foreign.PAGE, lambda: b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.se\r\nMIME-Version: 1.0\r\n"),
    "xml": (foreign.XML, lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
    "sie": (foreign.SIE, lambda: b"#FLAGGA 0\n#SIETYP 4\n"),
    "png": (foreign.PICTURE, lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    "jpg": (foreign.PICTURE, lambda: b"\xff\xd8\xff\xe0" + b"\0" * 40),
    "heic": (foreign.PICTURE, lambda: b"\0\0\0\x18ftypheic" + b"\0" * 40),
    "shortcut": (foreign.SHORTCUT, lambda: b"L\0\0\0\x01\x14\x02\0" + b"\0" * 40),
    "a Mac's link": (foreign.SHORTCUT, lambda: b'<?xml version="1.0"?><!DOCTYPE plist><plist><dict><key>URL</key><string>https://example.se'),
    "Google's link": (foreign.SHORTCUT, lambda: b'{"":"WARNING! DO NOT EDIT THIS FILE!","doc_id":"x"}'),
    "link of the web": (foreign.SHORTCUT, lambda: b"[InternetShortcut]\r\nURL=https://example.se/x.xlsx\r\n"),
}  # fmt: skip


def told(content: bytes, name: str, part: str = "ekonomi") -> tuple[str, str, str]:
    """Return what stands on the page when this is handed in: the rule, what is wrong and what to do."""
    one = next(each for each in owed().parts if each.id == part)
    upload = Upload(filename=name, content=content)
    found = checks.wrong_kind(
        HandIn(part=one, upload=upload, contents=look_into(content), fields={}, today=date(2027, 9, 13))
    )
    assert found is not None
    return found.rule, found.message, found.mend


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_that_is_not_taken_is_called_by_its_name_with_its_own_remedy(name: str) -> None:
    wanted, make = KINDS[name]
    content = make()
    seen = look_into(content)
    assert (seen.kind, seen.foreign, seen.macros, seen.encrypted, seen.damaged) == (None, wanted, False, False, False)
    taken = "Excel (.xlsx) eller OpenDocument (.ods)"
    assert told(content, "Ekonomi.xlsx") == ("fel-slag", wanted.message, wanted.mend(taken))
    found = refused(content)
    assert (found.rule, found.message, found.mend) == ("fel-slag", wanted.message, wanted.mend("Excel (.xlsx)"))


def test_the_remedies_are_as_many_as_the_kinds_and_none_has_a_gap() -> None:
    every = [each for each in vars(foreign).values() if isinstance(each, Foreign)]
    assert len({each.message for each in every}) == len(every) > 15
    assert all(each.message.startswith("Filen är ") and "{" not in each.mend("Excel (.xlsx)") for each in every)


@pytest.mark.parametrize("name", ["~$Ekonomi.xlsx", ".~lock.Ekonomi.ods#", "C:\\Temp\\~$text.docx"])
def test_a_lock_file_is_known_by_its_name_too(name: str) -> None:
    assert foreign_named(name) == foreign.LOCK
    assert told(b",bo,dator,06.09.2027 08:00;", name)[1:] == (foreign.LOCK.message, foreign.LOCK.remedy)


def test_a_macs_own_file_is_known_by_its_name_too() -> None:
    assert told(b"\0" * 80, "._Ekonomi.xlsx")[1] == foreign.APPLE.message


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02" * 40, b"MZ\x90\0" + b"\0" * 80, b"\0\0\0\x18ftypmp42" + b"\0" * 40]
)
def test_what_nobody_knows_is_told_as_that(content: bytes) -> None:
    assert look_into(content).foreign is None
    assert told(content, "Ekonomi.xlsx")[1] == "Innehållet är ingen filtyp som tas emot här."


def test_a_locked_file_of_the_old_office_is_still_told_as_locked() -> None:
    seen = look_into(LOCKED_EXCEL)
    assert (seen.encrypted, seen.foreign) == (True, None)
