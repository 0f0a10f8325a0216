"""Läget: the board by reports and enheter, its filters, what comes soon, letters, punctuality, and the file."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from store.tables import Holder, LetterRow, Person
from tests.rig.handins import KS_UNDERLAG, OMN_UNDERLAG, home
from tests.rig.pages.chamber import Chamber
from tests.rig.pages.hall import SECRETARY
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

OMN = "/lage/delarsrapport/2027-08/omsorgsnamnden/underlag"
FORMULA = '=HYPERLINK("http://ond.example.org";"Klicka")'


@pytest.fixture
def chamber():
    return Chamber()


def cell(page, path):
    """The state of one cell of the board."""
    return re.search(rf'<a class="cell [^"]*" href="{path}"[^>]*>.*?<span class="word">([^<]*)<', page, re.S)[1]


def test_each_cell_leads_to_its_underlag_and_says_its_state_in_words(chamber):
    chamber.hand_in(key=KS_UNDERLAG)
    chamber.act("anstand", page=OMN, till="2027-09-23", skal="Två är sjuka.")
    page = chamber.text("/lage")
    assert cell(page, "/lage/delarsrapport/2027-08/kommunstyrelsen/underlag") == "Komplett"
    assert cell(page, OMN) == "Anstånd"
    chamber.bring_up()
    chamber.later()
    page = chamber.text("/lage")
    assert cell(page, OMN) == "Eskalerad"
    assert cell(page, "/lage/delarsrapport/2027-08/bildningsnamnden/underlag") == "Försenad"


def test_the_board_is_narrowed_by_report_period_enhet_and_state(chamber):
    one = chamber.text("/lage?rapport=delarsrapport&period=2027-08&enhet=omsorgsnamnden")
    assert re.findall(r'<a class="cell [^"]*" href="([^"]*)"', one) == [OMN, OMN.replace("underlag", "protokoll")]
    chamber.hand_in(key=KS_UNDERLAG)
    done = chamber.text("/lage?lage=Komplett")
    assert re.findall(r'<a class="cell [^"]*" href="([^"]*)"', done) == [
        "/lage/delarsrapport/2027-08/kommunstyrelsen/underlag"
    ]
    assert "Inget svarar mot det valet" in chamber.text("/lage?lage=Eskalerad")


def test_a_hostile_choice_is_shown_as_nothing(chamber):
    page = chamber.text("/lage?rapport=%22%3E%3Cscript%3E&period=%01&enhet=%27&lage=x")
    assert "<script>" not in page and "Inget svarar mot det valet" in page


def test_the_next_ten_working_days_are_told_and_no_more(chamber):
    page = chamber.text("/lage")  # Friday 10 September: ten working days end Friday the 24th
    soon = page[page.index('id="snart"') : page.index('id="nu"')]
    assert "tisdag 21 september 2027 kl. 16.00" in soon and "4 enheter" in soon
    assert "5 oktober" not in soon


def test_letters_are_counted_by_person_with_those_that_did_not_arrive_first(chamber):
    chamber.bring_up()
    with chamber.hall.town.store.begin() as session:
        first = session.query(LetterRow).order_by(LetterRow.id.desc()).first()
        session.execute(update(LetterRow).where(LetterRow.id == first.id).values(state="studsat"))
        name = session.get(Person, first.person_id).name
    page = chamber.text("/lage")
    row = page[page.index('id="breven"') :]
    assert re.search(r'<tr class="late"><th scope="row">([^<]*)<', row)[1] == name


def test_punctuality_counts_what_was_first_handed_in_by_the_frist(chamber):
    chamber.hand_in(key=KS_UNDERLAG)
    chamber.later(instant("onsdag 22 september 2027 kl. 09.00"))  # the day after the frist
    chamber.hand_in(key=OMN_UNDERLAG)
    chamber.hand_in(b"2", key=KS_UNDERLAG)  # mended afterwards, in time all the same
    page = chamber.text("/lage")
    part = page[page.index('id="itid"') : page.index('id="breven"')]
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th><td data-label="2027"><span>([^<]*?) <', part))
    assert rows["Kommunstyrelsen"].split(" av ")[0] == "1" and rows["Omsorgsnämnden"].split(" av ")[0] == "0"


def test_punctuality_says_of_an_enhet_that_took_over_after_whom(chamber):
    definition = home().definition
    after = definition.units["omsorgsnamnden"].model_copy(update={"succeeds": ("bildningsnamnden",)})
    changed = definition.model_copy(update={"units": {**definition.units, "omsorgsnamnden": after}})
    chamber.hall.sourced = replace(home(), definition=changed)
    chamber.later(instant("onsdag 22 september 2027 kl. 09.00"))
    page = chamber.text("/lage")
    assert re.findall(r'<th scope="row">([^<]*)<br><span class="soft">([^<]*)</span></th><td data-label="2027">', page) == [
        ("Omsorgsnämnden", "efter Bildningsnämnden")
    ]  # fmt: skip
    book = load_workbook(BytesIO(chamber.browser.get("/lage.xlsx").content))
    names = [row[0].value for row in book["I tid"].iter_rows()]
    assert "Omsorgsnämnden, efter Bildningsnämnden" in names and "Bildningsnämnden" in names


def test_the_file_says_what_the_page_says_and_words_are_never_formulas(chamber):
    chamber.bring_up()
    with chamber.hall.town.store.begin() as session:
        person = session.query(LetterRow).filter(LetterRow.person_id.is_not(None)).first().person_id
        session.execute(update(Person).where(Person.id == person).values(name=FORMULA))
        assert session.query(Holder).count()
    answer = chamber.browser.get("/lage.xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Läget", "Frister", "Snart", "Brev", "I tid"]
    cells = [each for page in book for row in page.iter_rows() for each in row if each.value is not None]
    assert FORMULA in [each.value for each in cells] and not any(each.data_type == "f" for each in cells)
    assert all(each.quotePrefix for each in cells if str(each.value).startswith("="))
    assert "Omsorgsnämnden" in [each.value for each in cells] and "Kommande" in [each.value for each in cells]


def test_a_secretary_sees_the_board_and_gets_no_file(chamber):
    secretary = chamber.hall.inside(address=SECRETARY, name="Sekreterare")
    page = secretary.get("/lage")
    assert page.status_code == 200 and "Tavlan" in page.text and "lage.xlsx" not in page.text
    assert secretary.get("/lage.xlsx").status_code == 403
