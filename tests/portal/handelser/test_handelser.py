"""The page of what the year waits for: what each händelse starts, registered when it has happened, and taken back."""

import re
from datetime import date
from functools import cache

import pytest
from sqlalchemy import select

from arshjul.definition.reading import Sourced, read_definition
from store.tables import LetterRow, LogRow
from tests.rig.handins import town
from tests.rig.load import text
from tests.rig.pages.bench import Bench
from tests.rig.paths import ROOT

pytestmark = pytest.mark.whole


@cache
def granvik() -> Sourced:
    """Granvik with the händelse and the step of the handbook that are one nämnd's own."""
    page = (ROOT / "docs" / "definition.md").read_text(encoding="utf-8").partition("**En enhets egen händelse.**")[2]
    happening, step = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[:2]
    whole = text("granvik").replace("\nhändelser:\n", f"\nhändelser:\n{happening}")
    return read_definition(whole.replace("\nsteg:\n", f"\nsteg:\n{step}"), "granvik.yaml")


@pytest.fixture
def bench() -> Bench:
    return Bench(town(name="granvik"))


def inside(bench: Bench):
    return bench.inside(sourced=granvik(), since=date(2027, 1, 1))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def sends(browser, path: str = "", **fields: str):
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/handelser").text)[1]
    return browser.post(f"/handelser{path}", data={"csrf": token, **fields})


def logged(bench: Bench) -> list[tuple[str, str, dict]]:
    with bench.town.store.read() as session:
        rows = session.scalars(select(LogRow).where(LogRow.what.like("happening.%")).order_by(LogRow.id))
        return [
            (row.what, row.key, {key: row.detail[key] for key in row.detail if key in ("day", "why")}) for row in rows
        ]


def test_each_stands_there_with_what_it_starts_and_that_it_has_not_happened(bench: Bench) -> None:
    page = words(inside(bench).get("/handelser").text)
    assert (
        "SKR:s skatteunderlagsprognos Startar: Skatteprognos. Källa: Granviks plan, § 10 Har inte hänt än. "
        "Registrera att det har hänt" in page
    )
    assert re.search(r"En större avvikelse Startar: .*?Öppnas av sig själv av det som lämnas in", page)


def test_it_is_registered_with_its_day_and_what_followed_stands_there(bench: Bench) -> None:
    browser = inside(bench)
    sent = sends(browser, handelse="skr-prognos", dag="2027-08-30")
    assert sent.headers["location"] == "/handelser?klart=registrerad#svar"
    page = browser.get("/handelser?klart=registrerad")
    assert "Måndag 30 augusti 2027 Skolnämnden: " in words(page.text)
    assert 'href="/lage/skatteprognos/2027-08-30"' in page.text
    assert "har nu sina frister" in page.text


#: what is sent instead, and what is told
REFUSED = [
    ({"dag": "2027-12-01"}, "onsdag 1 december 2027 har inte varit än. Registrera händelsen när den har hänt."),
    ({"dag": "2019-08-30"}, "2019 ligger inte bland de år som är öppna nu (2025–2029)."),
    ({"dag": ""}, "Ange dagen då den hände, till exempel 2027-10-05."),
    ({"handelse": "skr-prognosen", "dag": "2027-08-30"}, "okänd händelse &#39;skr-prognosen&#39;, menade du"),
    ({"handelse": "omfordelning", "dag": "2027-08-30"}, "Ange enhet och period om den ska registreras för hand."),
    ({"handelse": "avvikelse", "dag": "2027-08-30"}, "öppnas av det som en enhet lämnar in."),
]


def test_what_form_and_command_refuse_is_refused_in_the_same_words(bench: Bench) -> None:
    browser = inside(bench)
    for fields, says in REFUSED:
        told = sends(browser, **{"handelse": "skr-prognos", **fields})
        assert told.status_code == 400, says
        assert says.casefold() in told.text.casefold(), says
    assert logged(bench) == []


def test_it_is_taken_back_with_a_reason_and_whoever_was_told_is_told(bench: Bench) -> None:
    browser = inside(bench)
    sends(browser, handelse="skr-prognos", dag="2027-08-30")
    refused = sends(browser, "/ta-tillbaka", handelse="skr-prognos", dag="2027-08-30", ta="ja", skal="")
    assert refused.status_code == 400 and "Skriv varför, så att den som läser loggen förstår." in refused.text
    taken = sends(browser, "/ta-tillbaka", handelse="skr-prognos", dag="2027-08-30", ta="ja", skal="<b>Fel</b> månad.")
    assert taken.headers["location"] == "/handelser?klart=atertagen#svar"
    assert "Måndag 30 augusti" not in words(browser.get("/handelser").text)
    assert logged(bench) == [
        ("happening.recorded", "skr-prognos", {"day": "2027-08-30"}),
        ("happening.taken_back", "skr-prognos", {"day": "2027-08-30", "why": "<b>Fel</b> månad."}),
    ]
    assert bench.rows(LetterRow) == [], "nobody had been told of it"


def test_one_that_is_an_enhets_own_asks_that_enhet_alone_and_counts_from_its_day(bench: Bench) -> None:
    browser = inside(bench)
    own = {"handelse": "omfordelning", "enhet": "skolnamnden", "dag": "2027-09-06", "skal": "500 tkr till förskolan"}
    assert sends(browser, **{**own, "dag": "2027-09-13"}).status_code == 400
    assert sends(browser, **own).headers["location"] == "/handelser?klart=registrerad#svar"
    page = words(browser.get("/handelser").text)
    assert "Skolnämnden, måndag 6 september 2027 500 tkr till förskolan Skolnämnden: förslag till omfördelning" in page
    assert "måndag 20 september 2027" in words(browser.get("/lage/omfordelning/2027-09-06").text), "10 arbetsdagar"
    assert "500 tkr" not in browser.get("/register").text, "it is no avvikelse"
    assert "är redan öppen" in sends(browser, **own).text
    taken = sends(browser, "/ta-tillbaka", **own, ta="ja")
    assert taken.headers["location"] == "/handelser?klart=atertagen#svar"
    assert [what for what, _, _ in logged(bench)] == ["happening.recorded", "happening.taken_back"]
