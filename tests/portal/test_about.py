"""The service tells about itself to anybody: what is not accessible, which personal data it has and why, and its cookies."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from arshjul.definition.model import OFFICE
from portal.app import create_app
from portal.login import provider_login
from portal.utdrag.extract import sections
from portal.web import limits
from portal.web.context import Contacts
from store.access import codes, sessions
from store.handins import drafts
from store.people.personal_data import personal_data
from tests.rig.hedemora import town
from tests.rig.pages.client import Client
from tests.rig.pages.hall import CHIEF, SECRET, Hall
from tests.rig.pages.logging_in import log_in

pytestmark = pytest.mark.whole

PAGES = {"/tillganglighet": "Tillgänglighet", "/personuppgifter": "Personuppgifter", "/kakor": "Kakor"}


@pytest.fixture(scope="module")
def hall() -> Hall:
    return Hall(town())


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]).split())


def test_every_page_leads_to_them_and_anybody_reads_them(hall: Hall) -> None:
    stranger = hall.browser()
    for path, name in PAGES.items():
        page = stranger.get(path)
        assert page.status_code == 200 and f"<title>{name} · Hedemora kommun</title>" in page.text
        for other, word in PAGES.items():
            assert f'<a href="{other}">{word}</a>' in page.text.partition("<footer")[2]


def test_the_redogörelse_lists_what_is_not_met_and_names_its_contact_and_day(hall: Hall) -> None:
    plain = words(hall.browser().get("/tillganglighet").text)
    assert "delvis förenlig med lagen (2018:1937)" in plain
    assert "Kommunen har inte gjort sin egen bedömning än." in plain and "14 a §" not in plain
    assert "Det som inte är tillgängligt Följer inte lagens krav Filer i Word och Excel som tjänsten gör" in plain
    assert "Omfattas inte av kraven Filer som andra har lämnat in" in plain
    assert plain.count("ekonomikontoret@ example.se") == 2 and "Vi svarar inom 5 arbetsdagar" in plain
    for part in ("Kan du inte använda något", "Rapportera en brist", "Tillsyn", "Hur webbplatsen har prövats"):
        assert part in plain  # what Digg asks of a redogörelse
    assert "har inte angett när redogörelsen senast bedömdes" in plain
    about = Contacts(
        accessibility_contact="https://kommun.example.se/tillganglig",
        accessibility_date=date(2027, 1, 15),
        accessibility_days=2,
    )
    alone = "Digg godtar inte en e-postadress ensam"
    assert alone in words(hall.inside().get("/tillganglighet").text) and alone not in plain
    set_up = create_app(replace(hall.desk(), about=about))
    office = log_in(Client(set_up, base_url="http://testserver"), hall.town.store, SECRET, hall.now)
    assert "Bara du som sköter årshjulet" not in office.get("/tillganglighet").text
    told = Client(set_up, base_url="http://testserver").get("/tillganglighet").text
    assert 'href="https://kommun.example.se/tillganglig"' in told
    assert "bedömdes senast fredag 15 januari 2027" in words(told) and "Vi svarar inom 2 arbetsdagar" in words(told)
    assert "Det är kommunens egen bedömning." in words(told) and "inte gjort sin egen" not in words(told)
    assert 'href="https://www.digg.se/tdosanmalan"' in told


def test_of_personal_data_it_tells_purposes_ground_how_long_and_rights(hall: Hall) -> None:
    told = words(hall.browser().get("/personuppgifter").text)
    for each in (
        "artikel 6.1 c och e",
        "lagen (2018:218) med kompletterande bestämmelser",
        "Uppgifterna kommer från",
        "registerutdrag",
        "Integritetsskyddsmyndigheten",
        "Gallras 2 år efter årets slut",
    ):
        assert each in told
    for part in ("Ekonomisk uppföljning", "Sjukfrånvaro"):
        assert part in told
    assert f"en inloggning {sessions.KEPT.days} dagar efter" in told and "Det som är spärrat gallras inte" in told
    assert f"efter {drafts.KEPT.days} dagar, och inloggningslänkar och koder inom {codes.KEPT.days} dagar" in told


#: what a registerutdrag has, and how the page about personal data names it
TOLD_AS = {
    "Vem du är": "Namn, e-postadress, telefon och roll", "Roller": "Namn, e-postadress, telefon och roll",
    "Brev till dig": "Breven", "Det du har lämnat in": "Vad som har lämnats in, av vem och när",
    "Svar, önskemål och påbörjat": "Svar, önskemål och påbörjat", "Mejl från dig": "också med mejl till tjänsten",
    "Länkar, inloggningar och koder": "Länkar, inloggningar och koder", "Spärrar som du får öppna": "Spärrar",
    "Loggen": "Loggen",
}  # fmt: skip


def test_all_that_a_registerutdrag_has_is_told_on_the_page_about_personal_data(hall: Hall) -> None:
    with hall.town.store.read() as session:
        held = personal_data(session, CHIEF)
    assert {each.title for each in sections(hall.sourced.definition, held)} == {*TOLD_AS}
    told = words(hall.browser().get("/personuppgifter").text)
    assert [each for each in TOLD_AS.values() if each not in told] == []


def test_every_cookie_that_is_set_is_told(hall: Hall) -> None:
    told = words(hall.browser().get("/kakor").text)
    assert "9 kap. 28 § lagen (2022:482)" in told and f"i {sessions.LONGEST // timedelta(hours=1)} timmar" in told
    assert f"stänger den. Gäller högst i {limits.VISIT // timedelta(hours=1)} timmar" in told
    assert f"Gäller i {provider_login.ON_ITS_WAY // timedelta(minutes=1)} minuter" in told
    browser = hall.browser()
    browser.get("/logga-in")
    hall.inside(name="Ekonom E")
    assert {name.removeprefix("__Host-") for name in browser.cookies} <= set(re.findall(r"arshjul[a-z-]*", told))
    assert {"arshjul", "arshjul-inloggad", "arshjul-form", "arshjul-vag"} <= set(re.findall(r"arshjul[a-z-]*", told))


def test_pages_and_refusals_say_what_their_own_municipality_calls_the_office(hall: Hall) -> None:
    oddly = hall.sourced.definition
    role = oddly.roles[OFFICE].model_copy(update={"definite": "ekonomiavdelningen"})
    named = replace(hall.sourced, definition=oddly.model_copy(update={"roles": {**oddly.roles, OFFICE: role}}))
    browser = replace(hall, sourced=named, served=None).inside()
    for path in ("/lage", "/personuppgifter", "/mina"):
        shown = browser.get(path).text.replace("<wbr>", "").replace("ekonomikontoret@example.se", "")
        assert "ekonomiavdelningen" in shown and "konomikontor" not in shown, path
