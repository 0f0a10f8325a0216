"""Who comes in to the ekonomikontor's pages, and how; everybody else is told and logged, and no form is another's."""

import re
from datetime import timedelta

import pytest

from actions.entry import secretary_roles
from portal.web import pages
from portal.web.attachments import attachment
from portal.web.denials import Denials
from portal.web.paths import local_path
from portal.web.redaction import hide_tokens
from store.access import links
from store.tables import LoginLink, LogRow
from tests.rig.handins import NOW, home, town
from tests.rig.pages.client import Client
from tests.rig.pages.hall import CHIEF, COOKIE, OFFICE, OPEN_TO_ALL, SECRET, SECRETARY, Hall, link_in
from tests.rig.pages.logging_in import NAME, hidden, press

pytestmark = pytest.mark.whole
TEMPLATES = sorted((pages.HERE / "templates").glob("*.html"))


@pytest.fixture
def hall():
    return Hall(town())


class TestTheDoor:
    @pytest.mark.parametrize(
        "path", ["/lage", "/lage/delarsrapport/2027-08", "/brev", "/brev/x", "/brev/x/html", "/brev/x/bilaga/1"]
    )
    def test_whoever_is_not_logged_in_is_sent_to_the_login_and_it_is_logged(self, hall, path, tmp_path):
        hall.maildir = tmp_path
        answer = hall.browser().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/logga-in?till={path}")
        assert hall.denied() == [("okänd", path, "inte inloggad")]

    def test_no_page_shows_a_stranger_anything_but_those_that_are_meant_to(self, hall, tmp_path):
        hall.maildir = tmp_path
        app = hall.app()
        stranger = Client(app, follow_redirects=False)
        pages = {path for path, methods in app.openapi()["paths"].items() if "get" in methods}
        assert {"/lage", "/brev", "/mina"} <= pages - OPEN_TO_ALL
        for path in sorted(pages - OPEN_TO_ALL):
            answer = stranger.get(re.sub(r"{\w+}", "1", path))
            assert answer.status_code in (303, 403), path

    def test_after_the_login_one_comes_to_the_page_that_was_asked_for(self, hall):
        browser = hall.browser()
        way = browser.get("/lage/delarsrapport/2027-08?x=å&y=1").headers["location"]
        hall.ask(browser, OFFICE, till=browser.get(way).url.params["till"])
        answer = press(browser, link_in(hall.letters()[0]))
        assert answer.headers["location"] == "/lage/delarsrapport/2027-08?x=%C3%A5&y=1"
        assert browser.get(answer.headers["location"]).status_code == 200

    def test_a_namndsekreterare_reads_laget_and_nothing_more(self, hall, tmp_path):
        hall.maildir = tmp_path
        browser = hall.inside(address=SECRETARY, name="Nämndsekreterare")
        page = browser.get("/lage")
        assert page.status_code == 200 and "Provbrevlådan" not in page.text
        answer = browser.get("/brev")
        assert answer.status_code == 403 and "Sidan är för ekonomikontoret" in answer.text
        assert hall.denied() == [("Nämndsekreterare", "/brev", "en annan rolls sida")]

    def test_the_secretary_of_a_bolags_board_is_no_namndsekreterare(self):
        assert secretary_roles(home().definition) == {"ksau_sekreterare", "kommunsekreterare", "namndsekreterare"}

    def test_the_page_says_who_is_logged_in(self, hall):
        assert NAME in hall.inside().get("/lage").text

    def test_a_personal_link_does_not_open_the_ekonomikontors_pages(self, hall):
        with hall.town.store.begin() as session:
            token = links.sign(SECRET, links.issue(session, CHIEF, ["forvaltningschef"], NOW))
        browser = hall.browser()
        assert press(browser, f"/l/{token}").status_code == 303
        assert browser.get("/mina").status_code == 200
        assert browser.get("/lage").status_code == 303


class TestForms:
    def test_a_login_form_is_bound_to_the_browser_that_was_shown_it(self, hall):
        link = hall.link()
        shown, other = hall.browser(), hall.browser()
        token = hidden(shown.get(link).text)
        assert other.post(link, data={"csrf": token}).status_code == 403
        other.get("/logga-in")
        assert other.post(link, data={"csrf": token}).status_code == 403
        assert hall.rows(LoginLink)[0].used_at is None

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, 200),
            ({"Sec-Fetch-Site": "none"}, 200),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
            ({"Origin": "http://testserver"}, 200),
            ({"Origin": "null"}, 200),  # what browsers write for our own pages, as they send no referrer
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "http://testserver.evil.example"}, 403),
        ],
    )
    def test_another_sites_form_is_refused_also_with_a_token(self, hall, headers, status):
        browser = hall.inside()
        token = hidden(browser.get("/lage").text)
        answer = browser.post("/logga-ut", data={"csrf": token}, headers=headers)
        assert answer.status_code == status
        assert [what for *_, what in hall.denied()] == ([] if status == 200 else ["en annan webbplats formulär"])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_style_that_the_policy_would_stop_or_a_form_without_its_token(template):
    text = template.read_text()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)
    assert all("csrf_field()" in form for form in forms)


@pytest.mark.parametrize(
    "asked",
    [
        None, "", "lage", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "https://evil.example", "javascript:alert(1)", "/lage\r\nSet-Cookie: a=b", "/lage /x", "/" + "a" * 500,
        "/logga-ut", "/logga-in?till=/logga-in", "/%0d\n", "http:evil.example", "/lage\u2028x",
    ],
)  # fmt: skip
def test_no_login_leads_to_another_site_or_to_the_login_itself(asked):
    assert local_path(asked) == "/lage"


@pytest.mark.parametrize("asked", ["/lage", "/lage/delarsrapport/2027-08", "/brev?sida=2", "/x?y=//z#a"])
def test_a_path_of_our_own_is_kept(asked):
    assert local_path(asked) == asked


def test_a_link_whose_next_path_was_changed_in_the_store_still_leads_home(hall):
    answer = press(hall.browser(), hall.link(next_path="//evil.example"))
    assert answer.headers["location"] == "/lage"


def test_whoever_is_logged_in_already_goes_straight_on(hall):
    answer = hall.inside().get("/logga-in?till=/lage/delarsrapport/2027-08")
    assert (answer.status_code, answer.headers["location"]) == (303, "/lage/delarsrapport/2027-08")


def test_over_https_cookies_are_bound_to_the_host_and_browsers_stay_there(hall):
    hall.public_url = "https://arshjul.example.se"
    answer = press(hall.browser(), hall.link())
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {each.strip().lower() for each in cookie.split(";")}
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_over_http_no_browser_is_told_to_stay_on_https(hall):
    assert "strict-transport-security" not in hall.browser().get("/logga-in").headers


def test_every_page_of_the_login_carries_the_guards(hall):
    browser = hall.browser()
    for answer in (browser.get("/logga-in"), browser.get(hall.link()), browser.get("/lage"), browser.post("/logga-ut")):
        assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "script-src" not in policy
        assert "<script" not in answer.text and "style=" not in answer.text


def test_a_file_name_with_line_breaks_ends_no_header_of_the_answer():
    answer = attachment(b"", "a\r\nSet-Cookie: b=c\u2028.pdf", "application/pdf")
    assert not any(sign in value for value in answer.headers.values() for sign in "\r\n")
    assert "set-cookie" not in answer.headers and answer.headers["content-disposition"].startswith("attachment;")


def test_a_flood_of_denied_tries_is_counted_and_not_written_row_by_row(hall):
    denials = Denials(hall.town.store)
    for _ in range(500):
        denials.write("okänd", "/lage", "inte inloggad", NOW)
    denials.write("Anna", "/brev", "en annan rolls sida", NOW)
    denials.write("okänd", "/lage", "inte inloggad", NOW + timedelta(minutes=1))
    rows = [row for row in hall.rows(LogRow) if row.what == "portal.denied"]
    assert len(rows) == 62
    assert rows[-1].detail == {"what": "inte inloggad", "unwritten": 440}


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("GET /logga-in/lank/abc-_1 HTTP/1.1", "GET /logga-in/lank/*** HTTP/1.1"),
        ("GET /logga-in/svar?code=abc&state=d.e HTTP/1.1", "GET /logga-in/svar?code=***&state=*** HTTP/1.1"),
        ("GET /l/abc?x=1", "GET /l/***?x=1"),
    ],
)
def test_no_token_reaches_the_access_log(line, hidden):
    assert hide_tokens(line) == hidden


def test_an_unlawful_token_in_an_address_is_hidden_in_the_log_of_denied_tries(hall):
    hall.browser().get("/logga-in/lank/not-a-token")
    assert hall.denied() == [("okänd", "/logga-in/lank/***", "inloggning: länken gäller inte")]
