"""Who holds the roles, out of a workbook: read as hand-ins are, apart, and refused with what to do."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook

from actions.people.importing import people_of
from arshjul.errors import DefinitionError, RefusedError
from store.people.people_file import read_people
from submissions.readers.here import read_list_here
from submissions.readers.refusal import Refusal
from tests.rig.handins import PDF, docx
from tests.rig.hedemora import hedemora

pytestmark = pytest.mark.whole

HEAD = ["Roll", "Enhet", "Namn", "E-post", "Från", None, None]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    book.active.title = "Tomt blad"
    sheet = book.create_sheet("Roller")
    for row in rows:
        sheet.append(row)
    into = BytesIO()
    book.save(into)
    return into.getvalue()


def test_a_workbook_is_read_as_the_same_list_and_its_faults_by_its_own_rows():
    ended = ["vd", "energibolaget", "VD", "vd@example.se", date(2027, 9, 1), None, "  "]
    rows = [["# Roller; våra, egna"], [], HEAD, ended, [], ["hr_chf", "", "Ek,\nBodil", "hr@example.se"]]
    text = people_of(workbook(*rows))
    with pytest.raises(DefinitionError) as told:
        read_people(text, "roller.xlsx", hedemora().definition)
    assert [str(each).partition(": ")[0] for each in told.value.faults] == ["roller.xlsx:6"]
    [one, other] = read_people(text.replace("hr_chf", "hr_chef"), "roller.xlsx", hedemora().definition)
    assert (one.line, one.role, one.unit, one.since) == (4, "vd", "energibolaget", date(2027, 9, 1))
    assert (other.line, other.name) == (6, "Ek, Bodil")


@pytest.mark.parametrize("code", ["cp1252", "utf-8-sig", "utf-16", "mac_roman"])
@pytest.mark.parametrize("before", ["", "# Våra roller: från: a\n", "sep=;\n"])
def test_a_text_is_taken_as_it_is(code, before):
    text = f"{before}roll;enhet;namn;e-post\nhr_chef;;Åke;hr@example.se\n"
    assert people_of(text.encode(code)) == text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "äldre Office-format"),
        (b"PK\x03\x04 and nothing more", "skadad"),
        (docx(), ".docx"),
        (PDF, ".pdf"),
        (b"<html><table><tr><td>roll</td></tr></table></html>", "webbsida"),
        (workbook(), "Filen är tom."),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content, told):
    with pytest.raises(RefusedError, match=r"spara listan som ”CSV UTF-8” i Excel") as refused:
        people_of(content)
    assert told in str(refused.value)


@pytest.mark.parametrize("rows", [[["x"]] * 5_001, [["x"], *[[]] * 6_000, ["x"]]])
def test_a_list_of_more_rows_than_anybody_has_is_refused(rows):
    told = read_list_here(workbook(*rows), "xlsx")
    assert isinstance(told, Refusal) and told.rule == "for-manga-rader"


def test_a_blank_in_the_last_row_and_the_last_column_costs_nothing():
    book = Workbook()
    book.active.append(["roll", "enhet"])
    book.active["XFD1048576"] = " "
    into = BytesIO()
    book.save(into)
    assert read_list_here(into.getvalue(), "xlsx") == ((1, ("roll", "enhet")),)


@pytest.mark.parametrize(
    "words", [[["Så här fyller du i listan"]], [["Läs mig"], [], ["Skriv en rad för varje roll", None, "Hör av dig"]], [["Version", "2"]]]
)  # fmt: skip
@pytest.mark.parametrize("after", [False, True])
def test_a_sheet_of_words_on_how_to_fill_it_in_is_not_the_list(words, after):
    book = Workbook()
    for sheet, rows in [("Läs mig", words), ("Roller", [HEAD, ["hr_chef", "", "Bodil Ek", "hr@example.se"]])]:
        page = book.create_sheet(sheet, 0 if after else None)
        for row in rows:
            page.append(row)
    into = BytesIO()
    book.save(into)
    [one] = read_people(people_of(into.getvalue()), "roller.xlsx", hedemora().definition)
    assert (one.name, one.line) == ("Bodil Ek", 2)


def test_a_list_of_two_columns_is_read_where_no_other_is_wider():
    assert read_list_here(workbook(["id", "namn"], ["a", "b"]), "xlsx") == ((1, ("id", "namn")), (2, ("a", "b")))
