"""Hostile cells: in every workbook and list that is taken out, what people wrote is text; nothing of it is ever calculated."""

import csv
import json
import re
from io import BytesIO, StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook

from app.archive.package import write_package
from arshjul.formulas import begins_formula
from portal.loggen.export import defused
from store.people.people_file import person_faults
from store.tables import Blob
from submissions.files.parts import KINDS
from tests.rig.files.six_units import evil_town
from tests.rig.hedemora import hedemora, whole_hedemora
from tests.rig.pages.hall import SECRET
from tests.rig.pages.hostile import FORMULAS, Siege, poisoned
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

#: what somebody wrote would do if it were calculated; no formula of our own holds any of it
WRITTEN = re.compile(r"HYPERLINK|cmd|DDE|IMPORT|WEBSERVICE|evil|http|1\+1|SUM\(A1\)|alert", re.IGNORECASE)
LISTS = {"/lage.xlsx", "/kalender/plan-{year}.xlsx", "/loggen.xlsx", "/loggen.csv", "/personer/personer.csv",
         "/lage/{step}/{period}/sammanstallning.{kind}"}  # fmt: skip
MALL = "/mina/mall/{step}/{period}/{unit}/{krav}/{part_id}"


@pytest.fixture(scope="module")
def siege():
    return poisoned()


def taken_out(siege):
    """Every workbook and list that the portal gives, by its route."""
    browser, found = siege.insider(), {}
    for method, route, path in siege.routes:
        if method != "get" or "/fil/" in route or "bilaga" in route:
            continue  # what somebody sent is given back as it came
        if path.endswith((".xlsx", ".csv")) or route == MALL:
            answer = siege.ask(browser, "GET", path)
            assert answer.status_code == 200 or route == MALL, path  # here any file will do, and there is no mall
            if answer.status_code == 200:
                found[route] = answer
    return found


def calculated(content):
    """The cells of a workbook that a spreadsheet would calculate, or follow, and how often it was written by people."""
    book = load_workbook(BytesIO(content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    evil = [each for each in formulas if WRITTEN.search(each)] + [
        cell.hyperlink.target for cell in cells if cell.hyperlink
    ]
    beginning = [cell for cell in cells if cell.data_type == "s" and begins_formula(str(cell.value))]
    return evil, beginning


def test_no_cell_of_any_workbook_or_list_is_calculated(siege):
    found = taken_out(siege)
    assert set(found) >= LISTS  # whoever adds another is tried by this too
    written = 0
    for route, answer in found.items():
        assert (
            answer.headers["content-disposition"].startswith("attachment;")
            and "sandbox" in answer.headers["content-security-policy"]
        )
        if "csv" in answer.headers["content-type"]:
            text = answer.content.decode("utf-8-sig")
            rows = list(csv.reader(StringIO(text), delimiter=";" if "logg" in route else ","))
            assert [cell for row in rows for cell in row if begins_formula(cell)] == [], route
            written += text.count("'=") if "logg" in route else 0
        else:
            assert answer.headers["content-type"] == KINDS["xlsx"].media_type
            evil, beginning = calculated(answer.content)
            assert evil == [], route
            assert all(cell.quotePrefix for cell in beginning) or "logg" in route, route
            written += len(beginning)
    assert written > 20  # the words are there, and are text


def test_each_mall_and_the_sammanstallning_of_the_worst_underlag_calculates_only_what_is_ours():
    siege = Siege.__new__(Siege)
    siege.__dict__.update(Siege(sourced=whole_hedemora()).__dict__)
    siege.hall.town.store = evil_town().store
    siege.app = siege.hall.app()
    siege.hall.now = instant("tisdag 21 september 2027 kl. 16.00")
    browser = siege.insider()
    made = siege.ask(browser, "GET", "/lage/delarsrapport/2027-08/sammanstallning.xlsx")
    mall = siege.ask(browser, "GET", "/mina/mall/delarsrapport/2027-08/bildningsnamnden/underlag/ekonomi")
    for answer in (made, mall):
        assert answer.status_code == 200
        evil, beginning = calculated(answer.content)
        assert evil == [] and all(cell.quotePrefix for cell in beginning)
    assert calculated(made.content)[1]


def test_no_file_of_the_archive_is_calculated_or_runs(siege, tmp_path):
    with siege.hall.town.store.read(still=True) as session:
        write_package(
            session,
            hedemora().definition,
            2027,
            tmp_path / "paket",
            instant("måndag 3 januari 2028 kl. 08.00"),
            secret=SECRET,
        )
    sent = {row.content for row in siege.rows(Blob)}  # what somebody handed in is kept as it came
    files = [each for each in (tmp_path / "paket").rglob("*") if each.is_file() and each.read_bytes() not in sent]
    assert len(files) > 20
    for file in files:
        name = file.relative_to(tmp_path / "paket").as_posix()
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", name) and ".." not in name, name
        if file.suffix == ".html":
            tree = html.fromstring(file.read_text())
            assert not tree.xpath("//script|//img[not(starts-with(@src, 'data:'))]|//iframe|//*[@onerror]|//form"), name
        elif file.suffix == ".json":
            json.loads(file.read_text())
        else:
            assert file.suffix in (".txt", ".sha256", ".eml", ".css"), name  # no list for a spreadsheet is among them


@given(st.one_of(st.text(max_size=20), st.tuples(st.sampled_from(FORMULAS), st.text(max_size=8)).map("".join)))
@example("=1")
@example(" \t=1")
@example("\u3000\uff1d1")
def test_what_begins_a_formula_is_a_name_to_nobody_and_text_in_every_list(text):
    kept = defused(text)
    assert not begins_formula(kept) and kept.removeprefix("'") in (text, text.removeprefix("'"))
    if begins_formula(text):
        assert any(word.startswith("namn") for word in person_faults(text, "bo@example.se"))
        assert kept == f"'{text}"


@pytest.mark.parametrize("text", FORMULAS[:-3])
def test_each_known_way_to_begin_one_is_known(text):
    assert begins_formula(text) and defused(text)[0] == "'"
