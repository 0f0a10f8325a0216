"""Pages in a real browser, which all share: by the keyboard alone, without a script; and what the script adds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser

from arshjul.swedish import STOCKHOLM
from portal.app import create_app
from store.access.links import issue, sign
from store.log.log_chain import chain
from store.log.writing import log
from store.tables import DraftForm, Submission
from tests.rig.handins import KS_UNDERLAG, NOW, PDF, town
from tests.rig.pages.bench import SECRET, Bench, log_in_looking
from tests.rig.pages.browsers import browser, served

pytestmark = [pytest.mark.whole, pytest.mark.slow]

CHIEF = "forvaltningschef.bildning@example.se"
MAL = "delarsrapport.underlag.mal-och-resultat"
WHY = "Nämnden har inga mål i år, enligt budgeten."


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def test_a_deputy_is_named_and_an_address_renewed_with_the_keyboard_alone_and_without_a_script(office, opened):
    with served(create_app(office.desk())) as address:
        looking = opened.new_context(java_script_enabled=False).new_page()
        log_in_looking(looking, address, office)
        looking.goto(f"{address}/personer/bildningsnamnden/forvaltningschef")
        looking.locator("summary", has_text="Ersättare för en tid").focus()
        looking.keyboard.press("Enter")
        for words in ("Ersättare", "ersattare@example.se"):
            looking.keyboard.press("Tab")
            looking.keyboard.type(words)
        for name, day in (("fran", "2027-09-13"), ("till", "2027-09-17")):
            looking.locator(f"#ersattare-{name}").fill(day)  # how a day is typed is the browser's own
        looking.locator("#ersattare-varfor").focus()
        looking.keyboard.type("semester")
        looking.keyboard.press("Enter")
        looking.wait_for_selector("text=Ersättaren är inlagd")
        looking.goto(f"{address}/kalender")
        looking.locator("#enhet-bildningsnamnden > summary").focus()
        looking.keyboard.press("Enter")
        looking.locator("#enhet-bildningsnamnden .ej > summary").focus()
        looking.keyboard.press("Enter")
        looking.keyboard.press("Tab")
        looking.keyboard.press("Enter")
        looking.wait_for_selector("text=Bildningsnämnden har fått en ny adress")


def test_a_mark_of_the_wheel_is_reached_and_opened_with_the_keyboard_alone_with_a_script_and_without(opened):
    office = Bench(town(), now=datetime(2027, 9, 22, 8, 0, tzinfo=STOCKHOLM))  # the day after the frist
    mark = "delarsrapport-2027-08-frist-0921"
    with served(create_app(office.desk())) as address:
        for script in (True, False):
            context = opened.new_context(viewport={"width": 1500, "height": 1000}, java_script_enabled=script)
            looking = context.new_page()
            log_in_looking(looking, address, office)
            looking.goto(f"{address}/arshjulet")
            told = looking.locator(f"#visa-{mark}")
            assert not told.is_visible()
            looking.locator(f"#mark-{mark}").focus()
            assert told.is_visible() is script  # the script shows it at once
            looking.keyboard.press("Enter")
            assert told.is_visible() and "Omsorgsnämnden" in told.inner_text()
            looking.keyboard.press("Tab")
            assert looking.url.endswith(f"#visa-{mark}")
            looking.keyboard.press("Enter")
            looking.wait_for_url(f"{address}/lage/delarsrapport/2027-08")


def test_the_log_is_searched_by_keyboard_alone_without_javascript(office, opened):
    with office.town.store.begin() as session:
        log(session, NOW, "Åsa Öberg", "anstand.granted", KS_UNDERLAG, {"why": "Översvämning i källaren"})
        log(session, NOW + timedelta(days=3), "Eva Ek", "anstand.granted", KS_UNDERLAG, {"why": "Sjukdom"})
    with office.town.store.begin() as session:
        chain(session)
    with served(create_app(office.desk())) as url:
        page = opened.new_context(java_script_enabled=False).new_page()
        log_in_looking(page, url, office)
        page.goto(f"{url}/loggen")
        page.get_by_label("Sök", exact=True).focus()
        page.keyboard.type("översvämning")
        page.keyboard.press("Enter")
        page.wait_for_url("**/loggen?q=*")
        assert page.locator("table.log tbody tr").count() == 1
        page.goto(f"{url}/loggen")
        page.get_by_role("button", name="Kontrollera loggen").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/loggen/kontroll?")
        assert page.get_by_text("Kedjan stämmer: ").is_visible()


def test_a_draft_saves_itself_and_a_large_file_is_sent_with_progress(office, opened, tmp_path):
    with office.town.store.begin() as session:
        token = sign(SECRET, issue(session, CHIEF, ["forvaltningschef"], NOW))
    large = tmp_path / "stor.pdf"
    large.write_bytes(PDF + b" " * 3_000_000 + b"%%EOF")
    with served(create_app(office.desk())) as url:
        page = opened.new_context().new_page()
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text))
        page.goto(f"{url}/l/{token}")
        page.click("text=Öppna")
        card = page.locator("article").first
        card.get_by_text("Ej aktuellt den här gången?").nth(1).click()
        card.locator(f"textarea[name='{MAL}.ej']").fill(WHY)
        card.get_by_text("Utkast sparat kl. ").wait_for(timeout=120_000)
        assert [row.fields for row in office.rows(DraftForm)] == [{f"{MAL}.ej": WHY}]
        card.locator(f"textarea[name='{MAL}.ej']").fill("")
        card.locator(f"input[name='{MAL}.fil']").set_input_files(large)
        shown = card.locator(".sending")
        assert not shown.is_visible()
        page.route("**/underlag", lambda route: (shown.wait_for(), route.continue_()))  # seen while it is on its way
        card.get_by_role("button", name="Lämna in").click()
        page.wait_for_url("**/mina?svar=*", timeout=120_000)
        assert "Tack, det är mottaget" in page.inner_text("#svar")
        assert faults == []
    assert [row.filename for row in office.rows(Submission)] == ["stor.pdf"] and office.rows(DraftForm) == []
