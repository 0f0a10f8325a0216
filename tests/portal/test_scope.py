"""A nämndsekreterare sees the bodies whose secretary she is and what is theirs; the rest is not there, and is logged."""

from datetime import timedelta
from functools import cache

import pytest

from actions.entry import LoginRules
from arshjul.swedish import local_date
from store.access import links
from store.access.links import issue, sign, sign_reading
from store.access.revoking import revoke
from store.log.writing import log
from store.tables import Holder, LetterRow, LogRow
from tests.rig.hedemora import BIN_UNDERLAG, OMN_UNDERLAG, town
from tests.rig.pages.chamber import Chamber
from tests.rig.pages.hall import CHIEF, OFFICE, SECRET, SECRETARY, Hall
from tests.rig.pages.logging_in import hidden, press
from tests.rig.reorganising import end
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

KSAU = "ksau.sekreterare@example.se"
OMN, BIN = (
    "/lage/delarsrapport/2027-08/omsorgsnamnden/underlag",
    "/lage/delarsrapport/2027-08/bildningsnamnden/underlag",
)
KS = "/lage/delarsrapport/2027-08/kommunstyrelsen/underlag"
OCCURRENCE = "/lage/delarsrapport/2027-08"
COMPILED = f"{OCCURRENCE}/sammanstallning.xlsx"
MEETING = "/organ/ksau/2027-10-05"


@pytest.fixture(scope="module")
def hall():
    return Hall(town())


def got(hall, address, path, name="Sekreterare"):
    return hall.inside(address=address, name=name).get(path)


@pytest.mark.parametrize(
    ("address", "path", "status"),
    [
        (SECRETARY, OMN, 200), (SECRETARY, BIN, 404), (SECRETARY, OCCURRENCE, 200), (SECRETARY, COMPILED, 404),
        (SECRETARY, "/organ/ksau", 404), (SECRETARY, MEETING, 404), (SECRETARY, f"{MEETING}/tjansteskrivelse/1", 404),
        (KSAU, OMN, 200), (KSAU, BIN, 200), (KSAU, COMPILED, 200), (KSAU, "/organ/ksau", 200), (KSAU, "/organ/kf", 404),
        ("registrator@example.se", BIN, 200), ("registrator@example.se", "/organ/kf", 200), (OFFICE, "/organ/kf", 200),
    ],
)  # fmt: skip
def test_each_sees_their_own_and_the_rest_is_not_there_and_logged(hall, address, path, status):
    before = len(hall.denied())
    assert got(hall, address, path).status_code == status
    denied = hall.denied()[before:]
    assert [(who, key) for who, key, _ in denied] == ([("Sekreterare", path)] if status == 404 else [])


def test_what_is_common_tells_nothing_of_the_others(hall):
    own, whole = got(hall, SECRETARY, OCCURRENCE).text, got(hall, OFFICE, OCCURRENCE).text
    assert "Omsorgsnämnden" in own and "Bildningsnämnden" in whole
    assert f'href="{BIN}"' not in own and f'href="{OMN}"' in own and f'href="{BIN}"' in whole
    board = got(hall, SECRETARY, "/lage").text
    assert f'href="{OMN}"' in board and "bildningsnamnden" not in board
    assert (
        got(hall, SECRETARY, "/arshjulet/2027.svg").content
        == got(hall, OFFICE, "/arshjulet/2027.svg?lagen=nej").content
    )


def shown(page: str) -> str:
    """A page's text without the places where an address may be parted."""
    return page.replace("<wbr>", "")


def test_the_time_line_tells_nothing_of_what_happened_to_another_enhet():
    chamber = Chamber(Hall(town()))
    chamber.bring_up(BIN_UNDERLAG)  # with a letter to those above
    with chamber.hall.town.store.begin() as session:
        for key, why in ((BIN_UNDERLAG, "Ekonomen är sjuk."), (OMN_UNDERLAG, "Systemet står still.")):
            detail = {"frist": "2027-09-20T12:00:00+02:00", "why": why}
            log(session, chamber.hall.now, "Ekonom E", "anstand.refused", key, detail)
        number = {"diarienummer": "KS 2027/12"}
        log(session, chamber.hall.now, "Ekonom E", "diarienummer.recorded", "hedemora/delarsrapport/2027-08", number)
    own, whole = shown(got(chamber.hall, SECRETARY, OCCURRENCE).text), shown(chamber.text(OCCURRENCE))
    to = next(row.to[0] for row in chamber.rows(LetterRow) if row.kind == "eskalering")
    theirs = ("Ekonomen är sjuk.", "Ärendet väcktes", to)
    assert [each in own for each in theirs] == [False] * 3 and [each in whole for each in theirs] == [True] * 3
    common = ("Systemet står still.", "Diarienummer", "KS 2027/12")
    assert [each in own for each in common] == [True] * 3 == [each in whole for each in common]


def test_a_namnds_own_meeting_tells_how_its_own_enhet_stands_and_no_other():
    chamber = Chamber(Hall(town()))
    chamber.later(instant("onsdag 22 september 2027 kl. 09.00"))  # nobody has handed anything in
    own = shown(got(chamber.hall, SECRETARY, "/organ/omsorgsnamnden/2027-09-22").text)
    assert "forvaltningschef.omsorg@example.se" in own and "bildning" not in own.casefold()
    assert "forvaltningschef.bildning@example.se" in shown(got(chamber.hall, KSAU, MEETING).text)


def test_a_diarienummer_is_not_recorded_where_nothing_is_seen(hall):
    browser = hall.inside(address="ksau.sekreterare@example.se", name="Sekreterare")
    assert browser.get("/lage/finns-inte/2027-08").status_code == 404


def test_the_setting_widens_it_to_all():
    hall = Hall(town(), rules=LoginRules(secretaries_see_all=True))
    assert [got(hall, SECRETARY, path).status_code for path in (BIN, COMPILED, "/organ/kf")] == [200] * 3


def test_one_whom_only_the_settings_name_sees_no_body():
    hall = Hall(town(), rules=LoginRules(secretaries=(("Lo Ek", "lo.ek@example.se"),)))
    statuses = [got(hall, "lo.ek@example.se", path).status_code for path in ("/lage", BIN, "/organ/kf", OCCURRENCE)]
    assert statuses == [200, 404, 404, 404]


@pytest.mark.parametrize(
    ("address", "path", "status"),
    [
        ("ekonomichef@example.se", OMN, 200), ("kommundirektor@example.se", COMPILED, 200),
        ("kommundirektor@example.se", MEETING, 200), ("ksau.ordforande@example.se", MEETING, 200),
        ("ksau.ordforande@example.se", "/organ/kf", 404), ("ksau.ordforande@example.se", OMN, 200),
        ("revisorerna@example.se", "/organ/kf", 200), ("revisorerna@example.se", COMPILED, 200),
        ("revisorerna@example.se", MEETING, 404),
        ("controller.omsorg@example.se", OMN, 200), ("controller.omsorg@example.se", BIN, 404),
        ("controller.omsorg@example.se", COMPILED, 404), ("controller.omsorg@example.se", OCCURRENCE, 200),
        ("ordforande.omsorg@example.se", "/organ/omsorgsnamnden", 200), ("ordforande.omsorg@example.se", BIN, 404),
        ("ordforande.bostadsbolaget@example.se", BIN, 404),
        (CHIEF, BIN, 200), (CHIEF, OMN, 404), (CHIEF, "/organ/ksau", 404),
        ("hr-chef@example.se", OMN, 404), ("hr-chef@example.se", KS, 200), ("hr-chef@example.se", COMPILED, 404),
        ("ekonomichef@example.se", "/personer", 303), ("ekonomichef@example.se", "/loggen", 303),
    ],
)  # fmt: skip
def test_the_link_of_a_letter_shows_what_letters_tell_its_reader_of_also_where_secretaries_see_all(
    address, path, status
):
    assert read_by_link(address).get(path).status_code == status


@cache
def read_by_link(address):
    """A browser that came by the link of a letter to this reader."""
    hall = Hall(town(), rules=LoginRules(secretaries_see_all=True))
    with hall.town.store.begin() as session:
        token = sign_reading(SECRET, issue(session, address, [], hall.now))
    browser = hall.browser()
    browser.post(f"/se/{token}", data={"csrf": hidden(browser.get(f"/se/{token}").text), "till": "/lage"})
    return browser


def test_a_secretary_who_also_reads_along_for_another_enhet_opens_its_letters_pages_also_logged_in():
    hall = Hall(town())
    with hall.town.store.begin() as session:
        session.add(Holder(role="controller", unit="bildningsnamnden", person_id=SECRETARY))
        token = sign_reading(SECRET, issue(session, SECRETARY, [], hall.now))
    browser = hall.inside(address=SECRETARY, name="Sekreterare")
    form = {"csrf": hidden(browser.get(f"/se/{token}").text), "till": BIN}
    there = browser.post(f"/se/{token}", data=form).headers["location"]
    assert [browser.get(each).status_code for each in (there, OMN, KS, COMPILED, "/organ/bildningsnamnden")] == [
        200, 200, 404, 404, 404,
    ]  # fmt: skip
    assert "Sekreterare" in browser.get("/lage").text and "Logga ut" in browser.get("/lage").text


def test_a_link_to_read_by_ends_with_its_role_and_hands_nothing_in():
    hall = Hall(town())
    with hall.town.store.begin() as session:
        link = issue(session, CHIEF, ["forvaltningschef"], hall.now)
        token, personal = sign_reading(SECRET, link), sign(SECRET, link)
    browser = hall.browser()
    assert (browser.get(f"/l/{token}").status_code, browser.get(f"/se/{personal}").status_code) == (403, 403)
    browser.post(f"/se/{token}", data={"csrf": hidden(browser.get(f"/se/{token}").text), "till": BIN})
    assert browser.get(BIN).status_code == 200 and browser.get("/mina").status_code == 403
    opened = [row for row in hall.rows(LogRow) if row.what in ("session.began", "link.opened")]
    assert {(row.subject, row.way, bool(row.session)) for row in opened} == {(CHIEF, "personlig länk", True)}
    elsewhere = hall.browser()
    for there in ("//ond.example", "/\\ond.example", "https://ond.example", "/lage\r\nX: y", "/logga-ut"):
        form = {"csrf": hidden(elsewhere.get(f"/se/{token}").text), "till": there}
        assert elsewhere.post(f"/se/{token}", data=form).headers["location"] == "/lage"
    with hall.town.store.begin() as session:
        end(session, local_date(hall.now) - timedelta(days=1), ("forvaltningschef", "bildningsnamnden"))
    assert browser.get(BIN).status_code == 403


def test_to_revoke_somebody_ends_the_link_to_read_by_and_what_it_began_at_once():
    hall = Hall(town())
    with hall.town.store.begin() as session:
        token = sign_reading(SECRET, issue(session, CHIEF, ["forvaltningschef"], hall.now))
    browser = hall.browser()
    browser.post(f"/se/{token}", data={"csrf": hidden(browser.get(f"/se/{token}").text), "till": BIN})
    assert browser.get(BIN).status_code == 200
    with hall.town.store.begin() as session:
        assert revoke(session, hall.office().definition, CHIEF, hall.now, "Ekonom E").sessions == 1
    assert (browser.get(BIN).status_code, browser.get(f"/se/{token}").status_code) == (303, 403)
    assert hall.denial()[1:] == ("/se/***", "länken gäller inte")


@pytest.mark.parametrize(("way", "signed"), [("/se", sign_reading), ("/l", sign)])
def test_a_link_whose_button_is_pressed_without_end_fills_no_log(way, signed):
    hall = Hall(town())
    with hall.town.store.begin() as session:
        token = signed(SECRET, issue(session, CHIEF, ["forvaltningschef"], hall.now))
    browser, path = hall.browser(), f"{way}/{token}"
    assert press(browser, path).status_code == 303
    for _ in range(64):
        browser.post(path)
        hall.now += timedelta(seconds=3)  # slow enough for its pages
    assert press(browser, path).status_code == 429
    assert sum(row.what == "link.opened" for row in hall.rows(LogRow)) == 1
    hall.now += timedelta(minutes=1)
    assert press(browser, path).status_code == 303


@pytest.mark.parametrize("how", [links.revoke, links.renew])
def test_a_link_that_is_revoked_or_renewed_ends_at_once_what_was_begun_by_it_and_nothing_else(how):
    hall = Hall(town())
    with hall.town.store.begin() as session:
        link = issue(session, CHIEF, ["forvaltningschef"], hall.now)
        tokens = {each: sign_reading(SECRET, issue(session, each, [], hall.now)) for each in (CHIEF, SECRETARY)}
    reading, other = hall.browser(), hall.browser()
    for browser, token in ((reading, tokens[CHIEF]), (other, tokens[SECRETARY])):
        browser.post(f"/se/{token}", data={"csrf": hidden(browser.get(f"/se/{token}").text), "till": "/lage"})
    assert reading.get(BIN).status_code == other.get(OMN).status_code == 200
    with hall.town.store.begin() as session:
        how(session, link.id, hall.now, "Anna Ek")
    assert reading.get(BIN).status_code == 303, "to the login"
    assert other.get(OMN).status_code == 200
