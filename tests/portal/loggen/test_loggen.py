"""The log's pages: searched, told in Swedish, checked, and taken along without a formula or a token in it."""

import ast
import csv
import re
from datetime import timedelta
from functools import cache, cached_property
from io import BytesIO, StringIO

import pytest
import sqlalchemy as sa
from lxml import html
from openpyxl import load_workbook

from portal.loggen.export import defused
from portal.loggen.log_names import with_names
from portal.loggen.log_words import DETAILS, KINDS, about, details
from store.log.log_chain import chain
from store.log.log_gallring import gallra
from store.log.writing import log
from store.tables import LogRow
from tests.rig.handins import KS_UNDERLAG, NOW, home, town
from tests.rig.pages.bench import SECRET, Bench
from tests.rig.pages.logging_in import log_in
from tests.rig.paths import ROOT

pytestmark = pytest.mark.whole

ROOMS = ("store", "submissions", "notifications", "actions", "flows", "portal", "app")
KIND = re.compile(r"[a-z]+\.[a-zåäö_]+")
FORMULA = '=HYPERLINK("http://example.se";"x")'


class Logging(Bench):
    """The portal, with the ekonomikontor logged in in one browser."""

    @cached_property
    def browser(self):
        return self.inside()


@pytest.fixture
def office():
    """The portal, and a log with something in it: nothing of what filling the store and logging in wrote."""
    bench = Logging(town())
    assert bench.browser
    with bench.town.store.begin() as session:
        session.execute(sa.delete(LogRow))
        granted = {"until": "2027-09-24T14:00:00+00:00", "why": "Översvämning i källaren"}
        log(session, NOW, "Åsa Öberg", "anstand.granted", KS_UNDERLAG, granted)
        day = NOW + timedelta(days=3)
        sent = {"recipients": ["karin@example.se"], "message_id": "<1@example.se>", "attempt": 1}
        log(session, day, "utkorgen", "letter.sent", "strandby/brev/2027-09-13/karin@example.se", sent)
        log(session, day, FORMULA, "portal.denied", "+46/l/hemlig-token_1.abc", {"what": "@SUM(A1)"})
    with bench.town.store.begin() as session:
        chain(session)
    return bench


def rows(office, query=""):
    """What the page's table says, a row as its cells."""
    answer = office.browser.get(f"/loggen{query}")
    assert answer.status_code == 200, answer.text
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in html.fromstring(answer.text).xpath("//table[contains(@class,'log')]/tbody/tr")
    ]


def kinds(office, query=""):
    return [row[2] for row in rows(office, query)]


@cache
def sources():
    """The product's files, as text and as its tree."""
    texts = [file.read_text(encoding="utf-8") for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    return [(text, ast.parse(text)) for text in texts if "log(" in text or "_LOG" in text]


def _calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) == "log"]


@cache
def logged_kinds():
    """Every kind that the code logs: what stands in the call, or in what it gives the call."""
    found = set()
    for source, tree in sources():
        kinds_of = [kind for call in _calls(tree) if (kind := _kind(call))]
        for kind in kinds_of:
            if isinstance(kind, ast.Constant):
                found.add(kind.value)
            elif isinstance(kind, ast.JoinedStr):
                found.add(f"{kind.values[0].value}*")
        if any(not isinstance(kind, ast.Constant) for kind in kinds_of) or "_LOG" in source:
            texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
            found |= {text for text in texts if isinstance(text, str) and KIND.fullmatch(text)}
    others = (".xml", ".html", ".md", ".csv", ".py", ".readers", ".incoming", ".mailbox")
    return {kind for kind in found if not kind.endswith(others)}


def logged_details():
    """Every detail that the code logs: the names in what a call is given last, or in what it was put in before."""
    found = set()
    for _, tree in sources():
        calls = _calls(tree)
        last = [each for call in calls for each in call.args[2 if isinstance(call.func, ast.Attribute) else 5 :]]
        names = {node.id for each in last for node in ast.walk(each) if isinstance(node, ast.Name)}
        put = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AugAssign)
            and names & {_name(each) for each in (node.targets if isinstance(node, ast.Assign) else [node.target])}
        ]
        dicts = [node for each in (*last, *put) for node in ast.walk(each) if isinstance(node, ast.Dict)]
        found |= {key.value for each in dicts for key in each.keys if isinstance(key, ast.Constant)}
    return found


def _kind(call):
    """What a call logs: ``act.log(kind, …)``, or ``log(session, now, who, kind, …)``."""
    place = 0 if isinstance(call.func, ast.Attribute) else 3
    return call.args[place] if len(call.args) > place else None


def _name(function):
    return getattr(function, "id", getattr(function, "attr", ""))


def test_each_kind_that_is_logged_has_swedish_words():
    logged = logged_kinds()
    assert {"letter.sent", "anstand.granted", "submission.received", "portal.denied", "quiet.*"} <= logged
    whole = {kind for kind in logged if not kind.endswith("*")}
    assert whole <= set(KINDS)
    for begins in (kind.removesuffix("*") for kind in logged if kind.endswith("*")):
        assert [kind for kind in KINDS if kind.startswith(begins)], begins


def test_each_detail_that_is_logged_has_swedish_words():
    logged = logged_details()
    assert {"why", "letters", "notices", "lost", "decided_on", "versions"} <= logged
    assert {name for name in logged if isinstance(name, str)} - set(DETAILS) == set()


def test_no_words_are_for_a_kind_that_nobody_logs():
    logged = logged_kinds()
    begins = tuple(kind.removesuffix("*") for kind in logged if kind.endswith("*"))
    assert [kind for kind in KINDS if kind not in logged and not kind.startswith(begins)] == []


def test_the_words_are_one_for_each_kind():
    assert len(set(KINDS.values())) == len(KINDS)
    assert all(
        words[:1].islower() and "." not in words for words in (*KINDS.values(), *DETAILS.values()) if words[:3] != "SHA"
    )


@pytest.mark.parametrize(
    ("key", "text", "href"),
    [
        (KS_UNDERLAG, "Delårsrapport augusti 2027 · Kommunstyrelsen · underlag till delårsrapporten",
         "/lage/delarsrapport/2027-08"),
        ("strandby/delarsrapport/2027-08/kommunen/ks", "Delårsrapport augusti 2027 · KS behandlar",
         "/lage/delarsrapport/2027-08"),
        ("strandby/vecka/2027-V37", "Måndagsbrevet 2027-V37", None),
        ("strandby/brev/2027-09-13/a@example.se", "Dagens brev 2027-09-13 till a@example.se", None),
        ("2027-08", "2027-08", None),
        ("strandby/delarsrapport/inget/x/y", "strandby/delarsrapport/inget/x/y", None),
        (None, "", None),
    ],
)  # fmt: skip
def test_a_key_is_told_as_people_call_it(key, text, href):
    told = about(home().definition, key)
    assert told.href == href
    assert told.text.startswith(text) or "ks" in (key or "")


def test_details_are_told_with_swedish_labels_and_days():
    told = dict(details({"until": "2027-09-24T14:00:00+00:00", "why": "sjukdom", "late": True, "paragraf": None}))
    assert told == {"till och med": "fredag 24 september 2027 kl. 16.00", "varför": "sjukdom", "försenad": "ja"}


def test_a_part_is_told_as_it_is_called_in_the_krav_that_the_row_is_of():
    definition = home().definition
    step = definition.steps["delarsrapport"]
    own = next(iter(step.krav["protokoll"].parts.values())).model_copy(update={"name": "Nämndens egen"})
    protokoll = step.krav["protokoll"].model_copy(update={"parts": {"ekonomi": own}})
    krav = {**step.krav, "protokoll": protokoll}
    other = definition.model_copy(
        update={"steps": {**definition.steps, "delarsrapport": step.model_copy(update={"krav": krav})}}
    )
    for last, name in (("underlag", step.krav["underlag"].parts["ekonomi"].name), ("protokoll", "Nämndens egen")):
        key = f"strandby/delarsrapport/2027-08/bildningsnamnden/{last}"
        assert with_names(other, key, {"part": "ekonomi"}) == {"part": name}


@pytest.mark.whole
@pytest.mark.parametrize("path", ["/loggen", "/loggen/kontroll", "/loggen.csv", "/loggen.xlsx"])
def test_the_log_is_the_ekonomikontors_alone(office, path):
    assert office.client().get(path).headers["location"] == f"/logga-in?till={path}"
    secretary = log_in(
        office.client(), office.town.store, SECRET, office.now, address="namndsekreterare.omsorg@example.se"
    )
    assert secretary.get(path).status_code == 403
    assert "/loggen" not in secretary.get("/lage").text
    assert office.browser.get(path).status_code == 200


@pytest.mark.whole
class TestSearch:
    def test_the_newest_stands_first_with_its_place_in_the_chain(self, office):
        shown = rows(office)
        assert [row[0] for row in shown] == ["3", "2", "1"]
        assert shown[2][1] == "fredag 10 september 2027 kl. 09.00"
        assert shown[2][2] == "Anstånd beviljat"
        assert shown[2][3].startswith("Delårsrapport augusti 2027 · Kommunstyrelsen")
        assert shown[2][4] == "Åsa Öberg"

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?q=översvämning", ["Anstånd beviljat"]),  # in the details
            ("?q=ÖVERSVÄMNING", ["Anstånd beviljat"]),
            ("?q=Kommunstyrelsen", ["Anstånd beviljat"]),  # as keys write it
            ("?q=överlämnat", ["Brev överlämnat"]),  # the kind's own words
            ("?q=karin+brev", ["Brev överlämnat"]),
            ("?q=karin+anstånd", []),
            ("?vem=åsa", ["Anstånd beviljat"]),
            ("?vem=utkorg", ["Brev överlämnat"]),
            ("?vad=portal.denied", ["Försök nekat"]),
            ("?om=delårsrapport/2027-08", ["Anstånd beviljat"]),
            ("?fran=2027-09-13", ["Försök nekat", "Brev överlämnat"]),
            ("?till=2027-09-12", ["Anstånd beviljat"]),
            ("?fran=2027-09-10&till=2027-09-10", ["Anstånd beviljat"]),
            ("?q=100%25", []),  # a percent sign is a percent sign
            ("?q=_", ["Försök nekat", "Brev överlämnat"]),  # and an underscore one
        ],
    )  # fmt: skip
    def test_what_is_asked_for_is_found(self, office, query, expected):
        assert kinds(office, query) == expected

    def test_what_is_not_found_is_told_with_a_way_back(self, office):
        page = office.browser.get("/loggen?q=finnsinte").text
        assert "Inget i loggen stämmer" in page and 'href="/loggen"' in page

    @pytest.mark.parametrize("query", ["?fran=igår", "?till=2027-13-40"])
    def test_a_day_that_is_none_is_told(self, office, query):
        for path in ("/loggen", "/loggen.csv", "/loggen.xlsx"):
            answer = office.browser.get(path + query)
            assert answer.status_code == 400 and "är inget datum" in answer.text

    def test_a_page_holds_a_hundred_rows_and_the_search_goes_along(self, office):
        with office.town.store.begin() as session:
            for number in range(205):
                log(session, NOW, "Bo & Co", "role.held", f"roll-{number}")
        assert len(rows(office, "?vem=Bo")) == 100
        page = html.fromstring(office.browser.get("/loggen?vem=Bo+%26&sida=2").text)
        assert [link.get("href") for link in page.xpath("//nav[@class='pager']/a")] == [
            "/loggen?vem=Bo+%26&sida=1",
            "/loggen?vem=Bo+%26&sida=3",
        ]
        assert len(rows(office, "?vem=Bo&sida=3")) == 5
        assert len(rows(office, "?vem=Bo&sida=99")) == 5

    def test_what_was_gallrat_is_told(self, office):
        with office.town.store.begin() as session:
            gallra(session, [1], "arkivarien", "beslut", NOW)
        assert "Uppgifterna är gallrade." in rows(office)[-1][3]
        assert "Översvämning" not in office.browser.get("/loggen").text

    def test_what_somebody_sent_is_no_markup(self, office):
        with office.town.store.begin() as session:
            log(session, NOW, "<script>x</script>", "role.held", "<b>", {"why": "<img src=x>"})
        page = office.browser.get('/loggen?q="><script>').text
        assert "<script>" not in page and "<img" not in page
        assert "<script>x" not in office.browser.get("/loggen").text


@pytest.mark.whole
class TestExport:
    def test_csv_is_what_swedish_excel_reads_and_all_that_was_asked_for(self, office):
        answer = office.browser.get("/loggen.csv?q=anstånd")
        assert answer.content.startswith("\ufeff".encode())
        told = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert [(row["Rad"], row["Vem"], row["Vad"], row["Kod"]) for row in told] == [
            ("1", "Åsa Öberg", "anstånd beviljat", "anstand.granted")
        ]
        assert "varför: Översvämning" in told[0]["Uppgifter"] and '"why"' not in told[0]["Uppgifter"]
        assert '"why": "Översvämning' in told[0]["Som raden är skriven"]
        assert 'filename="Loggen_2027-09-10.csv"' in answer.headers["content-disposition"]

    def test_no_cell_is_a_formula_in_csv(self, office):
        told = list(csv.reader(StringIO(office.browser.get("/loggen.csv").content.decode("utf-8-sig")), delimiter=";"))
        assert not [cell for row in told for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert f"'{FORMULA}" in told[-1]

    def test_no_cell_is_a_formula_in_the_workbook(self, office):
        sheet = load_workbook(BytesIO(office.browser.get("/loggen.xlsx").content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        assert FORMULA in [cell.value for cell in cells]
        assert sheet.auto_filter.ref == "A1:M4"

    @pytest.mark.parametrize("path", ["/loggen", "/loggen.csv"])
    def test_no_token_is_shown(self, office, path):
        text = office.browser.get(path).content.decode()
        assert "hemlig-token" not in text and "/l/***" in text

    def test_no_token_is_in_the_workbook(self, office):
        sheet = load_workbook(BytesIO(office.browser.get("/loggen.xlsx").content)).active
        assert not [cell for row in sheet.iter_rows() for cell in row if "hemlig-token" in str(cell.value)]

    @pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
    def test_what_a_spreadsheet_would_calculate_is_text(self, text):
        assert defused(text) == f"'{text}"

    def test_control_characters_and_long_texts_break_no_workbook(self, office):
        with office.town.store.begin() as session:
            log(session, NOW, "a\x07b", "role.held", None, {"why": "x" * 50_000})
        sheet = load_workbook(BytesIO(office.browser.get("/loggen.xlsx").content)).active
        assert sheet["C5"].value == "a\ufffdb"


@pytest.mark.whole
class TestCheck:
    def test_a_whole_chain_is_told(self, office):
        page = office.browser.get("/loggen/kontroll").text
        assert "Kedjan stämmer: 3 rader" in page

    def test_a_changed_row_is_told_with_what_to_compare(self, office):
        with office.town.store.begin() as session:
            session.execute(sa.update(LogRow).where(LogRow.number == 2).values(who="någon annan"))
        page = office.browser.get("/loggen/kontroll").text
        assert "Kedjan är bruten." in page
        assert "Rad 2 har ändrats" in page and "säkerhetskopia" in page

    def test_a_letters_digest_is_looked_for(self, office):
        with office.town.store.read() as session:
            digest = session.scalar(sa.select(LogRow.digest).where(LogRow.number == 2))
        client = office.browser
        assert "Kontrollsumman finns i kedjan: rad 2" in client.get(f"/loggen/kontroll?summa={digest}").text
        assert "finns inte i kedjan" in client.get(f"/loggen/kontroll?summa={'0' * 64}").text
        answer = client.get("/loggen/kontroll?summa=hej")
        assert answer.status_code == 400 and "är ingen kontrollsumma" in answer.text
