"""The page of the registers: what is there, who has it, how it stands; and the ekonomikontor's hand on it."""

import re
from datetime import date, datetime

import pytest

from actions.act import Act
from actions.plan.happened import record_opening
from actions.plan.register_keeping import keep_list
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import UnitId
from arshjul.swedish import STOCKHOLM
from store.access.links import issue, sign_reading
from store.registers.entries import register_entries
from store.registers.openings import openings
from tests.rig.handins import town
from tests.rig.load import made_up
from tests.rig.pages.bench import Bench
from tests.rig.pages.hall import SECRET
from tests.rig.pages.logging_in import hidden

pytestmark = pytest.mark.whole

NOW = datetime(2027, 4, 12, 9, 0, tzinfo=STOCKHOLM)
UPPDRAG = {
    "register": "uppdrag", "namn": "Utred en ny förskola", "enheter": "skolnamnden", "av": "KF", "beslut": "2027-03-29 § 40",
    "frist": "2027-12-15", "resurser": "100 tkr",
}  # fmt: skip


@pytest.fixture
def bench() -> Bench:
    return Bench(town(NOW, name="granvik"), now=NOW)


def inside(bench: Bench):
    return bench.inside(sourced=made_up("granvik"), since=date(2027, 1, 1))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def sends(browser, path: str, **fields: str):
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/register").text)[1]
    return browser.post(f"/register/{path}", data={"csrf": token, **fields})


def test_each_entry_stands_there_with_who_has_it_who_gave_it_and_how_it_stands(bench: Bench) -> None:
    page = words(inside(bench).get("/register").text)
    assert (
        "Se över skolskjutsen (KF 2027-02-22 § 14) Resurser: inom ramen Frist söndag 31 oktober 2027 Skolnämnden"
        in page
    )
    assert re.search(r"Skolnämnden \S+ Ofullständig", page)
    assert (
        "Mät trivseln varje år (KS 2026-11-18 § 90) Redovisas från fredag 1 januari 2027 till söndag 31 december 2028"
        in page
    )


@pytest.mark.parametrize(
    "path",
    [
        "/lage/sarskilt-uppdrag/2027-10-31-skolskjuts",
        "/lage/sarskilt-uppdrag/2027-10-31-skolskjuts/skolnamnden/redovisning",
    ],
)
def test_what_is_owed_of_an_entry_has_its_own_pages(bench: Bench, path: str) -> None:
    page = inside(bench).get(path)
    assert page.status_code == 200
    assert "Se över skolskjutsen" in words(page.text)


def test_whoever_came_by_a_letters_link_sees_their_own_enhets_entries_and_changes_nothing(bench: Bench) -> None:
    sends(inside(bench), "post", **{**UPPDRAG, "namn": "Bolagets eget", "enheter": "granvikshus"})
    with bench.town.store.begin() as session:
        token = sign_reading(SECRET, issue(session, "skolchef@example.se", [], NOW))
    browser = bench.client(sourced=made_up("granvik"), since=date(2027, 1, 1))
    browser.post(f"/se/{token}", data={"csrf": hidden(browser.get(f"/se/{token}").text), "till": "/lage"})
    page = words(browser.get("/register").text)
    assert "Se över skolskjutsen" in page
    assert "Bolagets eget" not in page
    assert "Inför ett uppdrag" not in page
    assert browser.post("/register/ta-bort", data={"register": "uppdrag", "post": "skolskjuts"}).status_code in (
        303,
        403,
    )
    assert "Se över skolskjutsen" in browser.get("/register").text


def test_an_uppdrag_is_registered_changed_and_taken_away_on_the_page(bench: Bench) -> None:
    browser = inside(bench)
    sent = sends(browser, "post", **UPPDRAG)
    assert sent.headers["location"] == "/register?klart=infort#svar"
    assert "Utred en ny förskola (KF 2027-03-29 § 40) Resurser: 100 tkr Frist onsdag 15 december 2027" in words(
        browser.get("/register").text
    )
    sends(browser, "post", **{**UPPDRAG, "post": "utred-en-ny-forskola", "frist": "2028-01-31"})
    assert "Frist måndag 31 januari 2028" in words(browser.get("/register").text)
    sends(browser, "ta-bort", register="uppdrag", post="utred-en-ny-forskola")
    assert "Utred en ny förskola" not in browser.get("/register").text


def test_what_cannot_be_registered_is_told_and_what_was_typed_stands_there(bench: Bench) -> None:
    told = sends(inside(bench), "post", **{**UPPDRAG, "beslut": ""})
    assert told.status_code == 400
    assert "ett uppdrag säger vem som gav det och var" in told.text
    assert 'value="Utred en ny förskola"' in told.text


def test_an_avvikelse_that_was_a_mistake_is_taken_back_with_a_reason(bench: Bench) -> None:
    with bench.town.store.begin() as session:
        scene = Scene(session, bench.desk(sourced=made_up("granvik"), since=date(2027, 1, 1)).office, NOW)
        record_opening(Act(scene, "ekonomen", "sägs i ett samtal"), "avvikelse", UnitId("skolnamnden"), "2027-03")
    browser = inside(bench)
    page = browser.get("/register").text
    assert "Skolnämnden, mars 2027 öppen" in words(page)
    assert 'href="/lage/avvikelse/2027-03"' in page
    asked = {"handelse": "avvikelse", "enhet": "skolnamnden", "period": "2027-03"}
    assert sends(browser, "avvikelse", **asked, skal="").status_code == 400
    assert sends(browser, "avvikelse", **asked, skal="fel fil lämnades in").status_code == 303
    assert "Skolnämnden, mars 2027 återtagen" in words(browser.get("/register").text)
    with bench.town.store.read() as session:
        assert [each.holds for each in openings(session)] == [False]


LIST = "Namn;Enheter;Av;Beslut;Frist\nLokaler;Skolnämnden;KF;2027-03-29 § 41;2027-11-30\nResor;skolnamnden, granvikshus;KS;2027-04-07 § 9;\n"


def test_a_list_is_read_whole_or_not_at_all(bench: Bench) -> None:
    browser = inside(bench)
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/register").text)[1]
    sent = browser.post(
        "/register/lista", data={"csrf": token, "register": "uppdrag"}, files={"fil": ("uppdrag.csv", LIST.encode())}
    )
    assert sent.headers["location"] == "/register?klart=inlast#svar"
    with bench.town.store.begin() as session:
        kept = register_entries(session)["uppdrag"]
        assert {key: each.units for key, each in kept.items() if each} == {
            "lokaler-2": ("skolnamnden",),  # the file has a lokaler
            "resor": ("skolnamnden", "granvikshus"),
        }
        office = bench.desk(sourced=made_up("granvik"), since=date(2027, 1, 1)).office
        with pytest.raises(RefusedError, match="Rad 3: enheter: okänd enhet"):
            keep_list(
                Act(Scene(session, office, NOW), "ekonomen"), "uppdrag", LIST.replace("granvikshus", "grannvikshus")
            )
