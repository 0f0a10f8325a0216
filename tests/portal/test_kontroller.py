"""The rules are public: what is checked, by which source, and what is out of force, why and by whom."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from app.commands.cli import cli
from store.access.links import issue, sign
from store.tables import RuleRest
from submissions.files.contents import look_into
from submissions.files.parts import DATUM, PARAGRAF, Upload
from submissions.intake.checks import JUDGING, HandIn
from submissions.intake.receive import receive
from submissions.review.rule_list import FILE_RULES, listed, number_text, restable, rule_texts
from submissions.standing.completeness import part_states
from tests.rig.handins import NOW, PDF, PROTECTED
from tests.rig.hedemora import ANVISNING, BIN_UNDERLAG, hedemora, town
from tests.rig.load import shipped
from tests.rig.pages.hall import CHIEF, SECRET, SECRETARY, Hall
from tests.rig.pages.logging_in import hidden, press

pytestmark = pytest.mark.whole

WHY = "Den fastnar på felfria filer från Skolverket."


@pytest.fixture
def hall():
    return Hall(town())


def send(browser, rule, what="ur-kraft", **data):
    token = hidden(browser.get("/kontroller").text)
    return browser.post(f"/kontroller/{rule}/{what}", data={"csrf": token, **data}, follow_redirects=True)


def item(page, rule):
    """Return a rule's own piece of the page, without its marks."""
    found = re.search(rf'<li id="{rule}".*?</li>', page, re.DOTALL)
    assert found, rule
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


class TestThePage:
    def test_anybody_reads_every_rule_with_severity_source_numbers_and_period(self, hall):
        page = hall.browser().get("/kontroller")
        assert page.status_code == 200
        for rule in restable(hedemora().definition):
            assert page.text.count(f'<li id="{rule}"') == 1
        words = item(page.text, "avvikelse-utan-atgard")
        assert words.startswith("Måste rättas Ett större underskott har minst en åtgärd")
        assert "500 tkr · 1 procent · styrmodell" in words.replace("Hedemora ", "")
        assert "Alla regler är i kraft." in page.text

    def test_a_stranger_gets_no_form_and_can_send_none(self, hall):
        stranger = hall.browser()
        assert "<form" not in stranger.get("/kontroller").text
        assert stranger.post("/kontroller/tom-ruta/ur-kraft", data={"varfor": WHY}).status_code == 403
        assert hall.rows(RuleRest) == []

    def test_a_namndsekreterare_reads_and_cannot_change(self, hall):
        browser = hall.inside(address=SECRETARY, name="Nämndsekreterare")
        page = browser.get("/kontroller").text
        assert "Ta regeln ur kraft" not in page
        token = hidden(page)  # the one of the form that logs out
        answer = browser.post("/kontroller/tom-ruta/ur-kraft", data={"csrf": token, "varfor": WHY})
        assert answer.status_code == 403 and hall.rows(RuleRest) == []

    def test_a_rule_out_of_force_is_shown_to_everybody_with_reason_by_whom_and_since_when(self, hall):
        page = send(hall.inside(), "tom-ruta", varfor=WHY).text
        (name,) = [each.text for each in listed(None, hedemora().definition) if each.id == "tom-ruta"]
        assert "Regeln är ur kraft." in page and f"<p><b>{name}</b></p>" in page
        public = hall.browser().get("/kontroller").text
        (row,) = hall.rows(RuleRest)
        words = item(public, "tom-ruta")
        assert words.startswith("Ur kraft") and WHY in words and f"av {row.by}" in words
        assert "En regel är ur kraft." in public
        assert "Regeln är ur kraft." not in public  # the answer is for the one who did it

    def test_no_rule_is_told_by_its_id(self, hall):
        browser = hall.inside()
        send(browser, "tom-ruta", varfor=WHY)
        send(browser, "tom-ruta", "i-kraft")
        send(browser, "skyddad-pdf", varfor=WHY)
        ids = "|".join(re.escape(each) for each in restable(hedemora().definition) if "-" in each)
        for page in ("/kontroller", "/loggen"):
            shown = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", browser.get(page).text, flags=re.DOTALL)
            assert re.findall(rf"(?<![\w-])({ids})(?![\w-])", shown) == []

    def test_a_rule_put_in_force_again_stays_in_the_list_of_those_that_rested(self, hall):
        browser = hall.inside()
        send(browser, "tom-ruta", varfor=WHY)
        hall.now += timedelta(minutes=5)
        page = send(browser, "tom-ruta", "i-kraft").text
        assert "i kraft igen" in page and "Alla regler är i kraft." in page
        assert WHY in page[page.index("Har varit ur kraft") :]

    def test_too_short_a_reason_is_refused_and_what_was_typed_stands(self, hall):
        page = send(hall.inside(), "skyddad-pdf", varfor="a < b").text
        assert "Det gick inte" in page and "Skriv varför" in page
        assert ">a &lt; b</textarea>" in page
        assert hall.rows(RuleRest) == []

    def test_a_rule_that_is_not_there_is_told_with_the_nearest(self, hall):
        assert "menade du" in send(hall.inside(), "tom-rutta", varfor=WHY).text

    def test_taking_a_rule_out_of_force_says_how_many_parts_it_alone_held(self, hall):
        take(hall, PROTECTED)
        page = send(hall.inside(), "skyddad-pdf", varfor=WHY).text
        assert "En inlämnad del som bara den höll är nu komplett." in page
        with hall.town.store.read() as session:
            state = part_states(session, [hall.town.wheel.obligations[ANVISNING]])[ANVISNING][0]
        assert state.complete and state.findings == ()

    def test_each_finding_on_the_hand_in_page_leads_to_its_rule(self, hall):
        take(hall, PROTECTED, BIN_UNDERLAG, "mal-och-resultat")
        with hall.town.store.begin() as session:
            token = sign(SECRET, issue(session, CHIEF, ["forvaltningschef"], NOW))
        browser = hall.browser()
        assert press(browser, f"/l/{token}").status_code == 303
        page = browser.get("/mina").text
        assert 'href="/kontroller#skyddad-pdf"' in page
        (said,) = re.findall(r'#skyddad-pdf".*?<span class="sr">: (.*?) Öppnas i ny flik', page)
        assert said == rule_texts(hedemora().definition)["skyddad-pdf"]
        assert '<li id="skyddad-pdf"' in browser.get("/kontroller").text

    def test_the_navigation_leads_to_it(self, hall):
        assert '<a href="/kontroller">Kontrollerna</a>' in hall.inside().get("/lage").text


class TestTheList:
    def test_every_check_of_a_taken_file_is_in_the_list_in_its_own_severity(self):
        seen = set()
        part = next(
            part for one in town().wheel.obligations.values() for part in one.parts if part.id == "protokollsutdrag"
        )
        for content, fields in (
            (PROTECTED, {}),
            (PDF.replace(b"%%EOF", b""), {PARAGRAF: "x", DATUM: "x"}),
            (PDF, {PARAGRAF: "§ 1", DATUM: "2999-01-01"}),
        ):
            upload = Upload(filename="a.pdf", content=content)
            seen |= {
                (found.rule, found.severity)
                for check in JUDGING
                if (
                    found := check(
                        HandIn(part=part, upload=upload, contents=look_into(content), fields=fields, today=NOW.date())
                    )
                )
            }
        assert seen == {(rule, severity) for rule, (severity, _) in FILE_RULES.items()}

    def test_without_ledgers_there_is_no_rule_of_reopening(self):
        definition = hedemora().definition
        assert "andrad-bokforing" in restable(definition)
        assert "andrad-bokforing" not in restable(definition.model_copy(update={"ledgers": {}}))

    def test_different_limits_of_reopening_are_told_by_ledger(self):
        definition = hedemora().definition
        first, *rest = definition.ledgers.items()
        changed = {first[0]: first[1].model_copy(update={"reopens": 75}), **dict(rest)}
        rule = listed(None, definition.model_copy(update={"ledgers": changed}))[-1]
        assert rule.numbers[f"{first[1].company} tkr"] == 75

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [("tkr", "500", "500 tkr"), ("avrundning tkr", "1", "avrundning 1 tkr"), ("procent", "0.5", "0,5 procent")],
    )
    def test_a_number_is_told_with_its_unit(self, name, value, says):
        assert number_text(name, Decimal(value)) == says


class TestTheCommands:
    @pytest.fixture
    def arshjul(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
        return lambda *words: CliRunner().invoke(cli, list(words))

    @pytest.fixture
    def installed(self, arshjul):
        from app.clock import clock_for
        from app.settings import load_settings
        from app.wiring import prepare

        settings = load_settings()
        prepare(settings, clock_for(settings))
        return arshjul

    def test_without_an_installation_the_definitions_rules_are_listed(self, arshjul):
        rows = json.loads(arshjul("rule", "list", "--json").stdout)
        assert {row["rule"] for row in rows} == restable(shipped("hedemora").definition)
        assert all(row["rest"] is None for row in rows)
        assert set(rows[0]) == {"rule", "severity", "text", "source", "numbers", "from", "until", "rest"}

    def test_a_rule_is_taken_out_of_force_listed_so_and_put_in_force_again(self, installed):
        assert "är ur kraft" in installed("rule", "rest", "tom-ruta", "--vem", "Controller", "--varfor", WHY).stdout
        (row,) = (row for row in json.loads(installed("rule", "list", "--json").stdout) if row["rest"])
        assert (row["rule"], row["rest"]["why"], row["rest"]["by"]) == ("tom-ruta", WHY, "Controller")
        assert "ur kraft" in installed("rule", "list").stdout
        assert "i kraft igen" in installed("rule", "resume", "tom-ruta", "--vem", "Controller").stdout
        assert not any(row["rest"] for row in json.loads(installed("rule", "list", "--json").stdout))

    def test_who_and_why_are_asked_for(self, installed):
        assert installed("rule", "rest", "tom-ruta", "--vem", "Controller").exit_code == 2
        assert installed("rule", "rest", "tom-ruta", "--varfor", WHY).exit_code == 2


def take(hall, content, key=ANVISNING, part="anvisningar"):
    upload = Upload(filename="text.pdf", content=content)
    with hall.town.store.begin() as session:
        receive(session, hall.town.wheel, key, part, upload=upload, by="Ekonomichef", via="länk", now=NOW)
