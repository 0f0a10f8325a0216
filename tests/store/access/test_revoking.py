"""Somebody who shall be out is out at once, by the command and by the button; a closed visit is closed on the server."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions.people.opening_links import look_at_login
from actions.people.trying_codes import use_code
from arshjul.errors import RefusedError
from store.access import codes, feed_links, links, login_links, sessions
from store.access.revoking import living_logins, revoke
from store.people.people_file import person_id
from store.tables import Holder, LogRow
from tests.rig.handins import NOW, home, town
from tests.rig.pages.hall import CHIEF, OFFICE, SECRET, Hall
from tests.rig.pages.logging_in import hidden, press

pytestmark = pytest.mark.whole
OIDC = "https://login.example.se 4711"  #: a login of the provider's that gave no address


@pytest.fixture
def hall():
    return Hall(town())


def visiting(hall, person=CHIEF):
    with hall.town.store.begin() as session:
        link = links.issue(session, person_id(person), ["forvaltningschef"], NOW)
    browser = hall.browser()
    assert press(browser, f"/l/{links.sign(SECRET, link)}").status_code == 303
    return browser, link


def out(hall, who, why="Har slutat."):
    with hall.town.store.begin() as session:
        return revoke(session, home().definition, who, NOW, "Anna Ek", why)


class TestOutAtOnce:
    def test_links_visits_codes_and_calendars_end(self, hall):
        browser, link = visiting(hall)
        with hall.town.store.begin() as session:
            code, asked = codes.make(session, SECRET, link, "vila", {"words": "vila"}, NOW)
            feed = feed_links.sign(SECRET, "enhet/bildningsnamnden", 1)
        assert (
            browser.get("/mina").status_code == 200 and hall.browser().get(f"/kalender/{feed}.ics").status_code == 200
        )
        done = out(hall, CHIEF.upper())
        assert (done.links, done.codes) == (1, 1) and done.feeds == 2
        assert browser.get("/mina").status_code == 403
        assert press(hall.browser(), f"/l/{links.sign(SECRET, link)}", shown="/logga-in").status_code == 403
        assert hall.browser().get(f"/kalender/{feed}.ics").status_code == 410
        with hall.town.store.begin() as session:
            assert use_code(session, SECRET, session.merge(asked), code, NOW).asked is None

    @pytest.mark.parametrize("how", ["holder", "deputy"])
    def test_the_calendar_of_a_role_that_has_ended_gets_a_new_address_too(self, hall, how):
        with hall.town.store.begin() as session:
            for row in session.scalars(select(Holder).where(Holder.person_id == person_id(CHIEF))):
                row.until = NOW.date() - timedelta(days=30)
                if how == "deputy":
                    row.person_id, row.deputy_id = person_id(OFFICE), person_id(CHIEF)
                    row.deputy_from, row.deputy_to = NOW.date() - timedelta(days=90), NOW.date() - timedelta(days=60)
            tokens = [feed_links.sign(SECRET, key, 1) for key in ("enhet/bildningsnamnden", "enhet/omsorgsnamnden")]
        assert out(hall, CHIEF).feeds == 2
        assert [hall.browser().get(f"/kalender/{token}.ics").status_code for token in tokens] == [410, 200]

    def test_logins_and_outstanding_login_links_end(self, hall):
        waiting, inside = hall.link(name="Ekonom", address=OFFICE), hall.inside(name="Ekonom", address=OFFICE)
        assert inside.get("/lage").status_code == 200
        done = out(hall, OFFICE)
        assert (done.sessions, done.login_links) == (1, 1)
        assert press(hall.browser(), waiting, shown="/logga-in").status_code == 403
        assert inside.get("/lage").status_code == 303  # to the login

    def test_others_stay(self, hall):
        browser, _ = visiting(hall, "forvaltningschef.omsorg@example.se")
        inside = hall.inside(name="Bo Ek", address=OFFICE)
        visiting(hall)
        out(hall, CHIEF)
        assert (browser.get("/mina").status_code, inside.get("/lage").status_code) == (200, 200)

    @pytest.mark.parametrize("subject", ["kommandoraden root: Anna Ek", OIDC])
    def test_a_login_without_an_address_ends_by_its_subject_and_no_other_of_the_same_name(self, hall, subject):
        with hall.town.store.begin() as session:
            made = [
                sessions.begin(session, SECRET, subject=who, name="Anna Ek", address=None, via="openid", roles=["ekonomikontoret"], now=NOW)[0]
                for who in (subject, "kommandoraden bo: Anna Ek")
            ]  # fmt: skip
            token, _ = login_links.make(
                session, SECRET, name="Anna Ek", address=None, next_path="/lage", now=NOW, subject=subject
            )
        done = out(hall, subject)
        assert (done.sessions, done.login_links) == (1, 1)
        with hall.town.store.read() as session:
            assert [sessions.find(session, SECRET, each, NOW) is None for each in made] == [True, False]
            with pytest.raises(RefusedError, match="redan använd"):
                look_at_login(session, SECRET, token, NOW)

    def test_one_whom_nobody_knows_is_told(self, hall):
        office = hall.inside(name="Bo Ek", address=OFFICE)
        sent = {"csrf": hidden(office.get("/personer").text), "vem": "ingen@example.se", "varfor": "Har slutat."}
        answer = office.post("/personer/aterkalla", data=sent)
        assert "Ingen med beteckningen" in office.get(answer.headers["location"]).text
        assert out(hall, "ingen@example.se") is None
        assert not [row for row in hall.rows(LogRow) if row.what == "access.revoked"]


class TestTheButton:
    def test_the_page_shows_who_is_logged_in_and_ends_it_with_a_reason(self, hall):
        with hall.town.store.begin() as session:
            sessions.begin(
                session,
                SECRET,
                subject=OIDC,
                name="Utan Adress",
                address=None,
                via="openid",
                roles=["ekonomikontoret"],
                now=NOW,
            )
        office = hall.inside(name="Bo Ek", address=OFFICE)
        page = office.get("/personer").text
        assert "Utan Adress" in page and OIDC in page
        sent = {"csrf": hidden(page), "vem": OIDC, "till": "/personer"}
        refused = office.post("/personer/aterkalla", data=sent | {"varfor": ""})
        assert "Skriv varför" in office.get(refused.headers["location"]).text
        answer = office.post("/personer/aterkalla", data=sent | {"varfor": "Har slutat hos oss."})
        told = office.get(answer.headers["location"]).text
        assert "Avslutat: 1 inloggning" in told and OIDC not in told.partition("Historik")[0]
        with hall.town.store.read() as session:
            assert {each.subject for each in living_logins(session, NOW)} == {OFFICE}
        row = [row for row in hall.rows(LogRow) if row.what == "access.revoked"][-1]
        assert (row.who, row.subject, row.way, row.key) == ("Bo Ek", OFFICE, "inloggning", OIDC)

    def test_the_roles_page_lets_its_holder_out(self, hall):
        browser, _ = visiting(hall)
        office = hall.inside(name="Bo Ek", address=OFFICE)
        page = office.get("/personer/bildningsnamnden/forvaltningschef").text
        assert f'name="vem" value="{CHIEF}"' in page
        sent = {"csrf": hidden(page), "vem": CHIEF, "varfor": "Telefonen är stulen.", "till": "https://ond.example"}
        answer = office.post("/personer/aterkalla", data=sent)
        assert answer.headers["location"].startswith("/personer?svar=")
        assert browser.get("/mina").status_code == 403

    def test_a_secretary_and_a_stranger_cannot(self, hall):
        visiting(hall)
        secretary = hall.inside(name="Sekr", address="namndsekreterare.omsorg@example.se")
        assert secretary.post("/personer/aterkalla", data={"vem": CHIEF}).status_code == 403
        assert not [row for row in hall.rows(LogRow) if row.what == "access.revoked"]


class TestClosing:
    def test_stang_ends_the_visit_for_every_copy_of_its_cookie_and_no_other(self, hall):
        browser, link = visiting(hall)
        copied, other = hall.browser(), hall.browser()
        copied.cookies.update(dict(browser.cookies))
        press(other, f"/l/{links.sign(SECRET, link)}")
        assert copied.get("/mina").status_code == 200
        assert browser.post("/stang", data={"csrf": hidden(browser.get("/mina").text)}).status_code == 200
        assert (copied.get("/mina").status_code, other.get("/mina").status_code) == (403, 200)
        assert "besöket var stängt" in [what for _, _, what in hall.denied()]
        closed = [row for row in hall.rows(LogRow) if row.what == "visit.closed"]
        assert [(row.subject, row.way) for row in closed] == [(CHIEF, "personlig länk")]
