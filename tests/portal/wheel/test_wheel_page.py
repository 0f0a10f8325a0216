"""The wheel's page and its pictures: that the picture and the table say the same, to everyone."""

import re
import struct
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from lxml import etree, html

from actions.bodies.recording import Decided
from actions.bodies.report_decisions import decide_moment
from actions.plan.frister import open_obligation
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from arshjul.definition.reading import read_definition
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from portal.wheel.image import NoFontError, png, style
from portal.wheel.view import year_wheel
from store.plan.matters import raise_matter
from store.tables import Submission
from tests.rig.acts import act
from tests.rig.handins import NOW, copied
from tests.rig.hedemora import BIN_UNDERLAG, KS_UNDERLAG, OMN_UNDERLAG, town
from tests.rig.load import text
from tests.rig.pages.bench import Bench
from tests.rig.pages.hall import Hall

pytestmark = pytest.mark.whole

SVG = "{http://www.w3.org/2000/svg}"
LATER = datetime(2027, 9, 22, 8, 0, tzinfo=STOCKHOLM)  # a Wednesday; the delårsrapport was due the day before


def hand_in(session, key, parts, *, ej_aktuellt=None):
    for part in parts:
        session.add(
            Submission(
                obligation_key=key, part=part.id, version=1, received_at=NOW, by="chefen", via="sida", late=False,
                complete=True, filename=None, media_type=None, sha256=None, fields={}, ej_aktuellt=ej_aktuellt,
            )
        )  # fmt: skip


@pytest.fixture
def busy():
    """The portal on the day after the delårsrapport's frist."""
    return Bench(copied(_busy_town()), now=LATER)


@cache
def _busy_town():
    """A store in which one of each kind has happened."""
    office = Bench(town())
    wheel = office.town.wheel
    energi = OMN_UNDERLAG.replace("omsorgsnamnden", "energibolaget")
    with office.town.store.begin() as session:
        hand_in(session, BIN_UNDERLAG, wheel.obligations[BIN_UNDERLAG].parts)
        hand_in(session, energi, wheel.obligations[energi].parts, ej_aktuellt="Bolaget är vilande i år.")
        raise_matter(session, wheel.obligations[OMN_UNDERLAG], None, LATER)
        grant_anstand(act(session, NOW, why="sjukdom"), KS_UNDERLAG, date(2027, 9, 24))
        key = "hedemora/arsredovisning/2026/kommunen/kf"
        decide_moment(act(session, NOW), key, Decided(on=date(2027, 4, 27), outcome="godkänns", paragraf="§ 45"))
        open_obligation(
            act(session, NOW, why="Begärt av nämnden."), "hedemora/manadsrapport/2027-05/bildningsnamnden/underlag"
        )
    return office.town


def page(office, url="/arshjulet"):
    answer = office.inside().get(url)
    assert answer.status_code == 200
    return answer.text


def shown(office, year=2027):
    with office.town.store.read() as session:
        return {mark.id: mark for mark in year_wheel(Scene(session, office.desk().office, office.now), year).marks}


def test_the_states_are_told_as_they_stand(busy):
    marks = shown(busy)
    delar = {member.name: member.state for member in marks["delarsrapport-2027-08-frist-0921"].members}
    assert delar == {
        "Bildningsnämnden": State.PRELIMINAR,  # its decision is to come
        "Omsorgsnämnden": State.ESKALERAD,
        "Miljö- och samhällsbyggnadsnämnden": State.FORSENAD,
        "Bostadsbolaget AB": State.FORSENAD,
        "Energibolaget AB": State.PRELIMINAR,
    }
    assert marks["delarsrapport-2027-08-frist-0924"].state == State.ANSTAND  # kommunstyrelsen, Friday
    assert marks["arsredovisning-2026-kf-0427"].state == State.BESLUTAT
    assert marks["arsredovisning-2026-frist-0210"].state == State.FORE_INFORANDET
    maj = {member.name: member.state for member in marks["manadsrapport-2027-05-frist-0614"].members}
    assert maj["Bildningsnämnden"] == State.FORSENAD and maj["Omsorgsnämnden"] == State.FORE_INFORANDET
    # the first letter about the beslut goes four working days before the frist, on Thursday the 23rd
    assert marks["delarsrapport-2027-08-protokoll-frist-0929"].state == State.KOMMANDE
    busy.now += timedelta(days=1)
    assert shown(busy)["delarsrapport-2027-08-protokoll-frist-0929"].state == State.OFULLSTANDIG


def test_what_needs_no_decision_and_is_not_needed_is_ej_aktuellt():
    office = Bench(town())
    key = "hedemora/manadsrapport/2027-09/energibolaget/underlag"
    with office.town.store.begin() as session:
        hand_in(session, key, office.town.wheel.obligations[key].parts, ej_aktuellt="Bolaget är vilande i år.")
    states = {member.name: member.state for member in shown(office)["manadsrapport-2027-09-frist-1014"].members}
    assert states["Energibolaget AB"] == State.EJ_AKTUELL and states["Bildningsnämnden"] == State.KOMMANDE


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_every_mark_has_its_row_and_its_words_and_the_reverse(busy, year):
    tree = html.fromstring(page(busy, f"/arshjulet/{year}"))
    ids = {prefix: [one.removeprefix(prefix) for one in tree.xpath(f"//@id[starts-with(., '{prefix}')]")]
           for prefix in ("mark-", "visa-", "rad-")}  # fmt: skip
    assert ids["rad-"] == list(shown(busy, year)) and len(ids["rad-"]) > 30
    assert sorted(ids["mark-"]) == sorted(ids["visa-"]) == sorted(ids["rad-"])
    every = tree.xpath("//@id")
    assert len(set(every)) == len(every)
    targets = [href.removeprefix("#") for href in tree.xpath("//@href[starts-with(., '#')]")]
    assert set(targets) <= set(every)


def test_a_mark_says_what_who_when_how_it_stands_and_by_what_law(busy):
    tree = html.fromstring(page(busy))
    (mark,) = tree.xpath("//*[@id='mark-delarsrapport-2027-08-frist-0921']")
    title = mark.findtext("title")
    for word in (
        "Tisdag 21 september 2027 kl. 16.00",
        "Underlag till delårsrapporten (Delårsrapport augusti 2027)",
        "5 enheter",
        "Eskalerad 1, Försenad 2, Preliminär 2",
        "KL 11 kap. 16 §",
    ):
        assert word in title
    assert mark.get("aria-label").startswith("21 sep Underlag till delårsrapporten · 5 enheter: Eskalerad 1")
    words = " ".join(tree.get_element_by_id("visa-delarsrapport-2027-08-frist-0921").text_content().split())
    assert "OmsorgsnämndenRing förvaltningschefen " in words and "LKBR 13 kap. 1 §" in words  # it is late
    assert "Bildningsnämnden förvaltningschef" in words
    row = " ".join(tree.get_element_by_id("rad-delarsrapport-2027-08-frist-0921").text_content().split())
    assert "Eskalerad 1" in row and "Omsorgsnämnden, förvaltningschef: eskalerad" in row and "2027 följs upp" in row


def test_every_row_leads_to_its_occurrence(busy):
    tree = html.fromstring(page(busy))
    client = busy.inside()
    links = set(tree.xpath("//tr[@id]/th/a/@href"))
    assert {"/lage/delarsrapport/2027-08", "/lage/budget/2028"} <= links
    assert {client.get(link).status_code for link in links} == {200}


def test_the_page_needs_no_script_and_lets_only_its_own_run(office):
    answer = office.inside().get("/arshjulet")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and policy.endswith("; script-src 'self'")
    scripts = re.findall(r"<script.*?</script>", answer.text, re.DOTALL)
    assert len(scripts) == 1 and re.fullmatch(
        r'<script src="/static/arshjulet\.js\?v=[0-9a-f]{12}" defer></script>', scripts[0]
    )
    assert "style=" not in answer.text and "onclick" not in answer.text
    assert "script-src" not in office.inside().get("/lage").headers["content-security-policy"]


def test_the_hand_stands_on_today_and_only_in_the_year_that_runs(office):
    def today():
        return html.fromstring(page(office)).xpath("string(//*[@class='hub-today'])")

    assert today() == "i dag 10 september" and 'class="hand"' in page(office)
    assert "i dag" not in page(office, "/arshjulet/2028").partition("<main")[2]
    office.now = datetime(2028, 2, 29, 12, 0, tzinfo=STOCKHOLM)
    assert today() == "i dag 29 februari"


def test_a_year_outside_the_plan_is_told_with_those_that_are_in_it(office):
    for url in ("/arshjulet/2031", "/arshjulet/1999.svg", "/arshjulet/2031.png"):
        answer = office.inside().get(url)
        assert answer.status_code == 404 and "Årshjulet visar åren 2026–2028, inte" in answer.text
    assert office.inside().get("/arshjulet/snart").status_code == 404


def test_the_navigation_leads_to_the_wheel(office):
    assert '<a href="/arshjulet">Årshjulet</a>' in page(office, "/lage")
    assert '<a href="/arshjulet" aria-current="page">Årshjulet</a>' in page(office)


def test_the_wheel_asks_who_looks_and_the_picture_for_the_wall_does_not(busy):
    stranger = busy.client()
    for url in (
        "/arshjulet",
        "/arshjulet/2027",
        "/arshjulet/2027.svg",
        "/arshjulet/2027.png",
        "/arshjulet/2027.svg?lagen=nej ",
    ):
        assert stranger.get(url).status_code == 303, url
    assert stranger.get("/arshjulet/2027.svg?lagen=nej").status_code == 200


@pytest.mark.parametrize("query", ["", "?lagen=nej"])
def test_the_svg_stands_alone(busy, query):
    answer = busy.inside().get(f"/arshjulet/2027.svg{query}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "script-src" not in answer.headers["content-security-policy"]
    tree = etree.fromstring(answer.content)
    assert tree.tag == f"{SVG}svg"
    marks = tree.xpath("//*[contains(concat(' ', @class, ' '), ' mark ')]")
    assert len(marks) == len(shown(busy)) and all(mark.findtext(f"{SVG}title") for mark in marks)
    text = answer.text
    assert "var(" not in text and "@media" not in text and "http://" not in text.replace("http://www.w3.org/", "")
    assert not tree.xpath("//@href[not(starts-with(., '#'))]") and not tree.xpath("//*[local-name()='script']")
    assert ("Försenad" in text) is ("i dag" in text) is (query == "")


def test_what_the_definition_says_never_becomes_markup(busy):
    # every word of the picture comes from the definition or the calendar, and is escaped where it is drawn
    named = text("hedemora").replace("    namn: Delårsrapport\n", '    namn: Delårs<b>rapport & "bilaga"\n')
    hall = Hall(busy.town, now=LATER, sourced=read_definition(named, "hedemora.yaml"))
    for picture in (hall.inside().get("/arshjulet/2027.svg").text, hall.inside().get("/arshjulet/2027").text):
        assert "Delårs&lt;b&gt;rapport &amp; &#34;bilaga&#34;" in picture and "<b>rapport" not in picture


def test_the_pictures_style_is_the_stylesheets_own_in_light(office):
    assert "--" not in style() and "fill: #f5f7f9" in style() and ".hjul .late { color: #9a2a1d; }" in style()


@pytest.mark.slow
def test_the_png_has_its_words(busy):
    answer = busy.inside().get("/arshjulet/2027.png")
    if answer.status_code == 503:
        pytest.skip("this machine has no font: " + NoFontError().args[0])
    assert answer.headers["content-type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", answer.content[16:24]) == (3400, 2404)
    svg = busy.inside().get("/arshjulet/2027.svg").text
    wordless = re.sub(r"<text.*?</text>", "", svg, flags=re.DOTALL)
    assert len(png(wordless)) < len(answer.content) - 50_000


def test_without_a_font_that_writes_swedish_no_picture_is_drawn_and_the_remedy_is_said(office):
    svg = office.inside().get("/arshjulet/2027.svg").text
    with pytest.raises(NoFontError, match=r"inget typsnitt med å, ä och ö\. .* installera ett"):
        png(svg, system_fonts=False)
