"""What is wrong with a hand-in is told in one go, and not one round after another."""

import pytest
from openpyxl import Workbook

from submissions.files.active import DDE, EMBEDDED
from submissions.files.contents import look_into
from submissions.files.parts import DATUM, JUSTERAD, PARAGRAF, Upload
from submissions.intake.receive import receive
from submissions.readers.sheet_reading import MAX_ROWS
from tests.rig.files.reading_files import TITLE_ROW, refused, rezipped, saved, workbook
from tests.rig.handins import NOW, docx, xlsx
from tests.rig.hedemora import BIN_PROTOKOLL, BIN_UNDERLAG, town

pytestmark = pytest.mark.whole

FIELD = '<w:p xmlns:w="w"><w:fldSimple w:instr=" DDEAUTO cmd "/></w:p>'
OBJECT = '<Relationships><Relationship Id="r1" Type="http://x/oleObject" Target="x.bin"/></Relationships>'
SPOILT = {
    "word/vbaProject.bin": b"x",
    "word/footer1.xml": FIELD.encode(),
    "word/_rels/document.xml.rels": OBJECT.encode(),
}


def take(key, part, name=None, content=b"", **more):
    here = town()
    with here.store.begin() as session:
        upload = Upload(filename=name, content=content) if name else None
        return receive(session, here.wheel, key, part, upload=upload, by="Ekonom", via="länk", now=NOW, **more)


def rules(received):
    assert received.outcome == "nekad"
    return [each.rule for each in received.findings]


def test_macros_and_each_kind_of_active_content_are_told_together():
    content = docx(**SPOILT)
    assert look_into(content).active == (EMBEDDED, DDE)
    got = take(BIN_UNDERLAG, "mal-och-resultat", "text.docx", content)
    assert rules(got) == ["makron", "aktivt-innehall"]
    assert got.findings[1].message == f"Filen innehåller {EMBEDDED.name} och {DDE.name}."
    assert all(each.mend in got.findings[1].mend for each in (EMBEDDED, DDE))
    told = refused(content, "docx", "mal-och-resultat")
    assert [each.rule for each in told.every] == ["makron", "aktivt-innehall", "aktivt-innehall"]


def test_a_file_of_the_wrong_kind_with_macros_is_told_as_both():
    got = take(BIN_UNDERLAG, "ekonomi", "text.docm", docx(**SPOILT))
    assert rules(got) == ["makron", "aktivt-innehall", "fel-slag"]


def test_what_was_typed_beside_a_file_that_is_not_taken_is_told_with_it():
    typed = {PARAGRAF: "fyrtiofem", DATUM: "9/9", JUSTERAD: "ja"}
    got = take(BIN_PROTOKOLL, "protokollsutdrag", "p.xlsx", xlsx(), fields=typed)
    assert rules(got) == ["fel-slag", "fel-paragraf", "fel-datum"]
    assert rules(take(BIN_PROTOKOLL, "protokollsutdrag", fields=typed)) == ["saknar-fil", "fel-paragraf", "fel-datum"]


def test_all_that_keeps_a_workbook_from_being_read_is_told_at_once():
    def spoil(book: Workbook) -> None:
        for title in ("Mål och indikatorer", "Risk och intern kontroll"):
            for row in range(TITLE_ROW + 1, TITLE_ROW + MAX_ROWS + 2):
                book[title].cell(row, 1, "x")
        book["Ekonomi"][f"B{TITLE_ROW + 1}"] = "=[1]Blad1!A1"

    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = rezipped(
        saved(workbook(change=spoil, formulas=False)),
        {
            "xl/workbook.xml": lambda part: part.replace(
                b"</sheets>",
                f'</sheets><externalReferences><externalReference xmlns:r="{kind}" r:id="r9"/></externalReferences>'.encode(),
            ),
            "xl/_rels/workbook.xml.rels": lambda part: part.replace(
                b"</Relationships>",
                f'<Relationship Id="r9" Type="{kind}/externalLink" Target="externalLinks/e.xml"/></Relationships>'.encode(),
            ),
            "xl/externalLinks/e.xml": b"<externalLink/>",
        },
    )
    told = refused(content)
    assert [each.rule for each in told.every] == ["for-manga-rader", "for-manga-rader", "externa-lankar"]
    assert "Mål och indikatorer" in told.message and "Risk och intern kontroll" in told.more[0].message
