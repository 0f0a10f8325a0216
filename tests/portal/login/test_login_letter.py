"""The letter with the link that logs in: who gets one, how often, and what it says."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from actions.entry import LoginRules
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.post.maildir import MaildirPost
from store.people.people_import import import_people
from store.tables import LoginLink, LoginSession, LogRow
from tests.rig.handins import NOW, home, people_csv, town
from tests.rig.pages.hall import CHIEF, OFFICE, SECRETARY, Hall, link_in, words
from tests.rig.pages.logging_in import hidden, press
from tests.rig.processes.mailbox_process import Stands

pytestmark = pytest.mark.whole


@pytest.fixture
def hall():
    return Hall(town())


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
            import_people(session, text, "p.csv", home().definition, NOW, "test")
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
