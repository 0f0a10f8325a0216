"""The link that logs in, and the session that it begins: once, for so long, and in whose role."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from fastapi import Depends
from sqlalchemy import select

from actions.people.opening_links import use_login
from arshjul.errors import RefusedError
from portal.web import logged_in
from store.access import links, login_links, sessions
from store.database import open_store
from store.people.people_import import import_people
from store.tables import LoginLink, LoginSession, LogRow
from store.upgrading import migrate
from tests.rig.handins import NOW, home, people_csv, town
from tests.rig.pages.client import Client
from tests.rig.pages.hall import CHIEF, COOKIE, SECRET, SECRETARY, Hall
from tests.rig.pages.logging_in import NAME, hidden, log_in, press

pytestmark = pytest.mark.whole


@pytest.fixture
def hall():
    return Hall(town())


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
        import_people(session, kept, "p.csv", home().definition, hall.now, "test")


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
