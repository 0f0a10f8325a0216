"""The personal page's script in a real browser: a draft saves itself, and a large hand-in tells how far it is."""

import pytest

from store.access.links import issue, sign
from store.tables import DraftForm, Submission
from tests.rig.handins import NOW, PDF, town
from tests.rig.pages.browsers import browser, served
from tests.rig.pages.hall import SECRET, Hall

pytestmark = [pytest.mark.whole, pytest.mark.slow]

CHIEF = "forvaltningschef.bildning@example.se"
MAL = "delarsrapport.underlag.mal-och-resultat"
WHY = "Nämnden har inga mål i år, enligt budgeten."


def test_a_draft_saves_itself_and_a_large_file_is_sent_with_progress(tmp_path):
    hall = Hall(town())
    with hall.town.store.begin() as session:
        token = sign(SECRET, issue(session, CHIEF, ["forvaltningschef"], NOW))
    large = tmp_path / "stor.pdf"
    large.write_bytes(PDF + b" " * 3_000_000 + b"%%EOF")
    with served(hall.app()) as url, browser() as opened:
        page = opened.new_page()
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text))
        page.goto(f"{url}/l/{token}")
        page.click("text=Öppna")
        card = page.locator("article").first
        card.get_by_text("Ej aktuellt den här gången?").nth(1).click()
        card.locator(f"textarea[name='{MAL}.ej']").fill(WHY)
        card.get_by_text("Utkast sparat kl. ").wait_for(timeout=120_000)
        assert [row.fields for row in hall.rows(DraftForm)] == [{f"{MAL}.ej": WHY}]
        card.locator(f"textarea[name='{MAL}.ej']").fill("")
        card.locator(f"input[name='{MAL}.fil']").set_input_files(large)
        shown = card.locator(".sending")
        assert not shown.is_visible()
        page.route("**/underlag", lambda route: (shown.wait_for(), route.continue_()))  # seen while it is on its way
        card.get_by_role("button", name="Lämna in").click()
        page.wait_for_url("**/mina?svar=*", timeout=120_000)
        assert "Tack, det är mottaget" in page.inner_text("#svar")
        assert faults == []
    assert [row.filename for row in hall.rows(Submission)] == ["stor.pdf"] and hall.rows(DraftForm) == []
