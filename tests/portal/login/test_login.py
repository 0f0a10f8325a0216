"""Who comes in to the ekonomikontor's pages, how, for how long; and everybody else, told and logged."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Barrier

import pytest
from fastapi import Depends
from sqlalchemy import select

from actions.entry import LoginRules, secretary_roles
from actions.people.opening_links import use_login
from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.post.maildir import MaildirPost
from portal.web import logged_in, pages
from portal.web.attachments import attachment
from portal.web.denials import Denials
from portal.web.paths import local_path
from portal.web.redaction import hide_tokens
from store.access import links, login_links, sessions
from store.database import open_store
from store.people.people_import import import_people
from store.tables import LoginLink, LoginSession, LogRow
from store.upgrading import migrate
from tests.rig.handins import NOW, hedemora, people_csv, town
from tests.rig.pages.client import Client
from tests.rig.pages.hall import CHIEF, COOKIE, OFFICE, OPEN_TO_ALL, SECRET, SECRETARY, Hall, link_in, words
from tests.rig.pages.logging_in import NAME, hidden, log_in, press
from tests.rig.processes.mailbox_process import Stands

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
        assert secretary_roles(hedemora().definition) == {"ksau_sekreterare", "kommunsekreterare", "namndsekreterare"}

    def test_the_page_says_who_is_logged_in(self, hall):
        assert NAME in hall.inside().get("/lage").text

    def test_a_personal_link_does_not_open_the_ekonomikontors_pages(self, hall):
        with hall.town.store.begin() as session:
            token = links.sign(SECRET, links.issue(session, CHIEF, ["forvaltningschef"], NOW))
        browser = hall.browser()
        assert press(browser, f"/l/{token}").status_code == 303
        assert browser.get("/mina").status_code == 200
        assert browser.get("/lage").status_code == 303


class TestTheLetter:
    def test_a_known_and_an_unknown_address_get_the_same_answer_and_one_gets_a_letter(self, hall):
        answers = [hall.ask(hall.browser(), each) for each in (OFFICE, "nobody@example.se", CHIEF, "' OR 1=1 --", "")]
        assert {(each.status_code, each.text) for each in answers} == {(200, answers[0].text)}
        assert {tuple(each.headers) for each in answers} == {tuple(answers[0].headers)}
        assert [(each.to, each.subject) for each in hall.letters()] == [
            ([OFFICE], "Logga in i årshjulet"),
            ([CHIEF], "Din länk till årshjulet"),  # who has a role but no login gets their own way
        ]
        assert [who for who, _, what in hall.denied() if what == "inloggning: ingen roll"] == ["okänd"] * 3

    def test_who_has_no_login_gets_their_own_page_and_the_page_that_was_asked_for_to_read(self, hall):
        hall.ask(hall.browser(), CHIEF, till="/lage/delarsrapport/2027-08/bildningsnamnden/underlag")
        said = words(hall.letters()[0])
        (page,) = re.findall(r"http://testserver(/se/\S+)", said)
        assert re.search(r"http://testserver/l/\S+", said)
        reader = hall.browser()
        there = hidden(reader.get(page).text, "till")
        form = {"csrf": hidden(reader.get(page).text), "till": there}
        answer = reader.post(page.partition("?")[0], data=form)
        assert answer.headers["location"] == "/lage/delarsrapport/2027-08/bildningsnamnden/underlag"
        shown = reader.get(there)
        assert (
            shown.status_code == 200
            and "Det du kan göra" not in shown.text
            and "<h1>Bildningsnämnden</h1>" in shown.text
        )
        other = reader.get("/lage/delarsrapport/2027-08/omsorgsnamnden/underlag")
        assert other.status_code == 404  # another's
        assert reader.get("/personer").headers["location"].startswith("/logga-in")
        form = {"csrf": hidden(reader.get("/lage").text), "diarienummer": "KS 2027/1"}
        assert reader.post("/lage/delarsrapport/2027-08/diarienummer", data=form).status_code == 403
        assert reader.post(f"{there}/godkann", data=form).status_code == 403
        assert reader.post("/logga-ut", data=form).status_code == 200
        assert reader.get(there).status_code == 303

    def test_who_asks_in_anothers_name_puts_no_words_in_their_letter_and_sends_no_more_than_five_a_day(self, hall):
        asked = (
            "/lage/delarsrapport/ring-08-123",
            "/ring-08-123",
            "/lage#https://ond.example/",
            "/lage?x=ond",
            "/organ",
        )
        for till in (*asked, "/lage", "/lage"):
            hall.ask(hall.browser(), CHIEF, till=till)
            hall.now += timedelta(minutes=3)
        said = [words(letter) for letter in hall.letters()]
        assert [re.search(r"/se/\S+till=(\S+)", each)[1] for each in said] == [*["/lage"] * 4, "/organ"]
        assert not any("ond" in each or "ring-08" in each for each in said)
        denied = [what for who, _, what in hall.denied() if who == "okänd"]
        assert denied == ["inloggning: dagens brev är skickade"] * 2
        hall.now += timedelta(days=1)
        hall.ask(hall.browser(), CHIEF)
        assert len(hall.letters()) == 6

    def test_the_letter_goes_to_the_address_in_the_store_however_it_was_typed(self, hall):
        hall.ask(hall.browser(), "  EkonomiKontoret@Example.SE ")
        assert [each.to for each in hall.letters()] == [[OFFICE]]
        assert "gång, till kl. 09.15" in " ".join(words(hall.letters()[0]).split())

    def test_a_person_whom_the_settings_name_comes_in_under_their_own_name(self, hall):
        hall.rules = LoginRules(office=(("Bo Ek", "bo.ek@example.se"),), secretaries=(("Lo Ek", "lo@example.se"),))
        browser = hall.browser()
        hall.ask(browser, "BO.EK@example.se")
        assert press(browser, link_in(hall.letters()[0])).status_code == 303
        assert "Bo Ek" in browser.get("/lage").text
        assert [row.who for row in hall.rows(LogRow) if row.what == "session.began"] == ["Bo Ek"]

    def test_a_deputy_in_force_may_log_in(self, hall):
        text = people_csv().replace(f"{OFFICE},,,,,,", f"{OFFICE},,,Vikarie,vik@example.se,2027-09-10,2027-09-30")
        with hall.town.store.begin() as session:
            import_people(session, text, "p.csv", hedemora().definition, NOW, "test")
        hall.ask(hall.browser(), "vik@example.se")
        assert len(hall.letters()) == 1
        hall.now += timedelta(days=21)  # Friday 1 October
        hall.ask(hall.browser(), "vik@example.se")
        assert len(hall.letters()) == 1

    @pytest.mark.parametrize("utskick", ["av", "skugga", "skarpt"])
    def test_it_goes_to_its_reader_alone_whatever_utskick_is(self, hall, utskick):
        hall.utskick = utskick
        hall.ask(hall.browser(), SECRETARY)
        assert [(each.to, each.cc, each.shadow) for each in hall.letters()] == [([SECRETARY], [], False)]

    def test_it_is_handed_over_at_once_also_on_a_saturday_night(self, hall, tmp_path):
        hall.now = NOW + timedelta(days=1, hours=14)  # Saturday 11 September, 23.00
        hall.ask(hall.browser(), OFFICE)
        machine = Machine(
            store=hall.town.store, office=hall.office(), clock=Stands(hall.now), post=lambda: MaildirPost(tmp_path)
        )
        asyncio.run(Watchdog(machine).outbox.empty())
        assert [each.state for each in hall.letters()] == ["överlämnat"]

    def test_the_token_is_in_the_letter_and_nowhere_else_in_the_store(self, hall):
        hall.ask(hall.browser(), OFFICE)
        token = link_in(hall.letters()[0]).rpartition("/")[2]
        kept = [str(vars(row)) for row in (*hall.rows(LoginLink), *hall.rows(LogRow))]
        assert not any(token in each for each in kept)
        assert token not in hall.letters()[0].key + hall.letters()[0].message_id

    def test_asking_too_often_is_told_alike_for_known_and_unknown_addresses(self, hall):
        for address in (OFFICE, "nobody@example.se"):
            browser = hall.browser()
            codes = [hall.ask(browser, address).status_code for _ in range(6)]
            assert codes == [200] * 5 + [429]
        answer = hall.ask(browser, "nobody@example.se")
        assert answer.headers["retry-after"] == "180" and "Vänta" in answer.text
        assert hall.ask(browser, "another@example.se").status_code == 200  # the same town hall
        hall.now += timedelta(minutes=3)
        assert hall.ask(browser, "nobody@example.se").status_code == 200

    def test_who_is_kept_from_asking_by_somebody_who_asks_on_and_on_comes_in_by_the_others_letters(self, hall):
        stranger = hall.browser()
        for _ in range(20):
            for _ in range(6):
                hall.ask(stranger, OFFICE)
            hall.now += timedelta(minutes=3)
        hall.ask(stranger, OFFICE)
        hall.now += timedelta(minutes=2)
        answer = hall.ask(hall.browser(), OFFICE)
        assert answer.status_code == 429 and "länken i det senaste brevet" in answer.text
        newest = hall.letters()[-1]
        assert press(hall.browser(), link_in(newest)).status_code == 303

    def test_a_name_with_line_breaks_ends_no_header(self, hall):
        hostile = "Anna\r\nBcc: alla@example.se\r\nSet-Cookie: a=b"
        hall.rules = LoginRules(office=((hostile, "anna@example.se"),))
        browser = hall.browser()
        hall.ask(browser, "anna@example.se")
        mail = message_from_bytes(hall.letters()[0].mime, policy=policy.default)
        assert mail["Bcc"] is None and mail["Set-Cookie"] is None
        answer = press(browser, link_in(hall.letters()[0]))
        assert hall.rows(LoginSession)[0].name == "Anna Bcc: alla@example.se Set-Cookie: a=b"
        assert [name for name in answer.headers if name not in browser.get("/lage").headers] == [
            "location",
            "set-cookie",
        ]
        assert "a=b" not in answer.headers["set-cookie"]


class TestTheLink:
    def test_opened_by_a_mail_scanner_it_still_works(self, hall):
        link, browser = hall.link(), hall.browser()
        for ask in (browser.get, browser.head, browser.get):
            assert ask(link).status_code == 200
        assert [row.used_at for row in hall.rows(LoginLink)] == [None]
        assert hall.rows(LoginSession) == []
        assert press(browser, link).status_code == 303

    def test_it_works_once(self, hall):
        link, browser, other = hall.link(), hall.browser(), hall.browser()
        page = hidden(other.get(link).text)
        assert press(browser, link).status_code == 303
        for answer in (other.get(link), other.post(link, data={"csrf": page})):
            assert answer.status_code == 403 and "redan använd" in answer.text
        assert len(hall.rows(LoginSession)) == 1

    @pytest.mark.slow
    @pytest.mark.parametrize("database", ["sqlite", "postgresql"])
    def test_of_many_at_once_one_is_let_in(self, database, tmp_path, request):
        url = f"sqlite:///{tmp_path / 'a.db'}" if database == "sqlite" else request.getfixturevalue("postgres_url")
        migrate(url)
        store, gate = open_store(url), Barrier(6)
        with store.begin() as session:
            token, _ = login_links.make(session, SECRET, name=NAME, address=None, next_path="/", now=NOW)

        def enter(_):
            gate.wait()
            try:
                with store.begin() as session:
                    use_login(session, SECRET, token, NOW)
                    sessions.begin(
                        session, SECRET, subject="x", name=NAME, address=None, via="kommandoraden", roles=["a"], now=NOW
                    )
            except RefusedError as refused:
                return str(refused)
            return "inne"

        with ThreadPoolExecutor(6) as threads:
            told = list(threads.map(enter, range(6)))
        with store.read() as session:
            assert len(session.scalars(select(LoginSession)).all()) == 1
        store.close()
        assert sorted("redan använd" in each for each in told) == [False, True, True, True, True, True]

    def test_it_ends_after_fifteen_minutes(self, hall):
        link, browser = hall.link(), hall.browser()
        page = hidden(browser.get(link).text)
        hall.now += timedelta(minutes=15)
        for answer in (browser.get(link), browser.post(link, data={"csrf": page})):
            assert answer.status_code == 403 and "15 minuter" in answer.text and "inloggningssidan" in answer.text

    def test_forged_and_swapped_tokens_open_nothing(self, hall):
        inside = hall.inside()
        link = hall.link()
        with hall.town.store.begin() as session:
            personal = links.sign(SECRET, links.issue(session, CHIEF, ["forvaltningschef"], NOW))
            row = session.scalars(select(LoginLink).where(LoginLink.used_at.is_(None))).one()
            digest = row.id
        tokens = [personal, inside.cookies[COOKIE], digest, link.rpartition("/")[2][:-1], "ö" * 300]
        browser = hall.browser()
        for token in tokens:
            assert browser.get(f"/logga-in/lank/{token}").status_code == 403
        assert browser.get(f"/l/{link.rpartition('/')[2]}").status_code == 403
        for cookie in (digest, link.rpartition("/")[2], inside.cookies[COOKIE][:-1]):
            other = hall.browser()
            other.cookies.set(COOKIE, cookie)
            assert other.get("/lage").status_code == 303
        told = str([row.detail | {"key": row.key} for row in hall.rows(LogRow)])
        assert not any(token in told for token in tokens)  # every denied try, and no secret
        assert len([each for each in hall.denied() if each[2] == "inloggning: länken gäller inte"]) == len(tokens)

    def test_whoever_has_lost_the_role_meanwhile_is_not_let_in(self, hall):
        link, browser = hall.link(address=SECRETARY, name="Lo"), hall.browser()
        lose(hall, SECRETARY)
        answer = press(browser, link)
        assert answer.status_code == 403 and "inte längre en roll" in answer.text
        assert hall.denied()[-1][::2] == ("Lo", "inloggning: har ingen roll längre")


def lose(hall, address):
    kept = "\n".join(line for line in people_csv().splitlines() if address not in line)
    with hall.town.store.begin() as session:
        import_people(session, kept, "p.csv", hedemora().definition, hall.now, "test")


class TestTheSession:
    def test_it_ends_two_hours_after_it_was_last_used(self, hall):
        browser = hall.inside()
        for hours, status in ((1.9, 200), (1.9, 200), (2.1, 303)):
            hall.now += timedelta(hours=hours)
            assert browser.get("/lage").status_code == status

    def test_it_ends_after_twelve_hours_whatever_is_done(self, hall):
        browser = hall.inside()
        for _ in range(11):
            hall.now += timedelta(hours=1)
            assert browser.get("/lage").status_code == 200
        hall.now += timedelta(hours=1)
        assert browser.get("/lage").status_code == 303

    def test_reading_notes_its_use_once_in_five_minutes(self, hall):
        browser = hall.inside()
        ends = []
        for _ in range(4):
            hall.now += timedelta(minutes=2)
            browser.get("/lage")
            ends.append(hall.rows(LoginSession)[0].expires_at - sessions.IDLE - NOW)
        assert ends == [timedelta(0), timedelta(0), timedelta(minutes=6), timedelta(minutes=6)]

    def test_logging_in_again_makes_a_new_session_and_ends_the_old_one(self, hall):
        browser = hall.inside()
        before = browser.cookies[COOKIE]
        log_in(browser, hall.town.store, SECRET, hall.now)
        assert browser.cookies[COOKIE] != before
        thief = hall.browser()
        thief.cookies.set(COOKIE, before)
        assert thief.get("/lage").status_code == 303
        assert browser.get("/lage").status_code == 200

    def test_a_cookie_that_was_there_before_the_login_is_not_taken_over(self, hall):
        browser = hall.browser()
        browser.cookies.set(COOKIE, "chosen-by-somebody-else")
        answer = press(browser, hall.link())
        assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]

    def test_logging_out_ends_it_also_for_a_copy_of_the_cookie(self, hall):
        browser = hall.inside()
        copy = hall.browser()
        copy.cookies.set(COOKIE, browser.cookies[COOKIE])
        answer = browser.post("/logga-ut", data={"csrf": hidden(browser.get("/lage").text)})
        assert "Du är utloggad" in answer.text and COOKIE not in browser.cookies
        assert copy.get("/lage").status_code == 303
        assert [row.who for row in hall.rows(LogRow) if row.what == "session.ended"] == [NAME]

    def test_a_form_sent_after_the_session_ended_saves_nothing_and_says_so(self, hall):
        app = hall.app()
        app.post("/prov", dependencies=[Depends(logged_in.office)])(lambda: None)
        answer = Client(app, follow_redirects=False).post("/prov")
        assert answer.status_code == 403 and "inget har sparats" in answer.text and 'href="/logga-in"' in answer.text

    def test_a_role_that_is_taken_away_is_gone_at_the_next_request(self, hall):
        browser = hall.inside(address=SECRETARY, name="Lo")
        assert browser.get("/lage").status_code == 200
        lose(hall, SECRETARY)
        answer = browser.get("/lage")
        assert answer.status_code == 403 and "inte längre en roll" in answer.text

    def test_a_session_used_far_too_often_waits_while_others_pass(self, hall):
        app = hall.app()
        browser, other = (Client(app, follow_redirects=False) for _ in range(2))
        for each in (browser, other):
            log_in(each, hall.town.store, SECRET, hall.now)
        answers = [browser.get("/lage/x/y") for _ in range(121)]
        assert (answers[0].status_code, answers[-1].status_code) == (404, 429)
        assert answers[-1].headers["retry-after"] == "60"
        assert other.get("/lage/x/y").status_code == 404

    def test_the_store_holds_no_token_that_opens(self, hall):
        token = hall.inside().cookies[COOKIE]
        assert token not in str([vars(row) for row in (*hall.rows(LoginSession), *hall.rows(LogRow))])

    def test_with_another_key_every_session_is_over(self, hall):
        browser = hall.inside()
        with hall.town.store.read() as session:
            assert sessions.find(session, b"another key altogether", browser.cookies[COOKIE], NOW) is None

    def test_all_sessions_of_an_address_can_be_ended(self, hall):
        browser = hall.inside(address=SECRETARY, name="Lo")
        with hall.town.store.begin() as session:
            assert sessions.end_all(session, SECRETARY.upper(), NOW, "test") == 1
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
