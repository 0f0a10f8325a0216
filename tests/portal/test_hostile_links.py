"""Hostile links: nobody comes in by a forged, ended, revoked or swapped one, or by another role's; each try is told and logged."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI

from portal.kalender.routes import feed_routes
from portal.web.limits import Limit
from store.access import links
from tests.rig.handins import NOW
from tests.rig.pages.client import Client
from tests.rig.pages.hall import COOKIE, OPEN_TO_ALL, SECRET
from tests.rig.pages.hostile import CHIEF, EACH_WITH_SOME, OTHER, REAL, UNDERLAG, Siege, swedish
from tests.rig.pages.logging_in import hidden, link_for, press

pytestmark = pytest.mark.whole

#: nothing is shown or changed for one who is nobody: they say that one is out
OUT = {("post", "/logga-ut"), ("post", "/stang")}
OPEN = {("get", path) for path in OPEN_TO_ALL} | OUT
#: what a nämndsekreterare reads
READS = {
    ("get", path)
    for path in (
        "/arshjulet", "/arshjulet/{year}", "/arshjulet/{year}.svg", "/arshjulet/{year}.png", "/lage",
        "/lage/{step}/{period}", "/lage/{step}/{period}/sammanstallning.{kind}", "/lage/{step}/{period}/tjansteskrivelse.docx",
        "/lage/{step}/{period}/{unit}/{krav}", "/organ/{body}", "/organ/{body}/{day}",
        "/organ/{body}/{day}/tjansteskrivelse/{letter_id}", "/register", "/sparrat", "/sparrat/{withheld_id}",
        "/skrivelse/{step}/{period}/{body}", "/skrivelse/{step}/{period}/{body}/utkast.docx",  # whose it is, is asked when there is one
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def siege(tmp_path_factory):
    return Siege(maildir=tmp_path_factory.mktemp("brev"))


@pytest.fixture
def insider(siege):
    return siege.insider()


def forged(siege):
    """Cookies signed with another key, a session's token that was never given, and half a real one."""
    other = links.sign(b"another secret of enough length!", links.Link(id="x", generation=1))
    return siege.with_cookie(arshjul=other, arshjul_inloggad="A" * 43, arshjul_form="B" * 24)


def idle(siege):
    """A login that nobody used for two hours, and an opened link whose twelve hours are over."""
    session, visit = siege.logged_in().cookies[COOKIE], siege.with_link(CHIEF).cookies["arshjul"]
    siege.hall.now += timedelta(hours=12, seconds=1)
    return siege.with_cookie(arshjul=visit, **{COOKIE: session})


def swapped(siege):
    """Each kind of cookie and token where another kind belongs."""
    session, visit = siege.logged_in().cookies[COOKIE], siege.with_link(CHIEF).cookies["arshjul"]
    return siege.with_cookie(arshjul=session, arshjul_form=session, arshjul_vag=visit, **{COOKIE: visit})


VISITORS = {
    "a stranger": (Siege.anybody, OPEN),
    "forged cookies": (forged, OPEN),
    "ended sessions": (idle, OPEN),
    "a copy of a session that was logged out": (Siege.logged_out, OPEN),
    "cookies of other kinds": (swapped, OPEN),
    "a revoked link": (Siege.revoked, OPEN - {("post", "/stang")}),
    "a nämndsekreterare": (Siege.secretary, OPEN | READS - OUT),
    "another's personal link": (Siege.with_link, OPEN),
}


#: these are known as nobody, as a stranger is: by day each knocks at a third of the doors, which together are all
NOBODY_ANY_MORE = (
    "forged cookies", "ended sessions", "a copy of a session that was logged out", "cookies of other kinds", "a revoked link",
)  # fmt: skip


@EACH_WITH_SOME
@pytest.mark.parametrize("visitor", VISITORS)
def test_no_route_lets_them_in(siege, visitor, every):
    comes, may = VISITORS[visitor]
    browser, faults, routes = comes(siege), [], siege.routes
    if visitor in NOBODY_ANY_MORE and not every:
        routes = routes[NOBODY_ANY_MORE.index(visitor) % 3 :: 3]
    if comes is Siege.with_link:  # whoever has a personal link reads their own pages, and no more of what is tried here
        may = may | {("get", route) for _, route, _ in siege.routes if route.startswith("/mina") and "{" not in route}
        may = may | {("get", "/mina/begar/{vad}")}
    before = siege.kept()
    for method, route, path in routes:
        if (method, route) in may | {("head", route)}:
            continue
        tries = siege.tries()
        answer = siege.ask(browser, method, path, **({"data": {"x": "1"}} if method == "post" else {}))
        to_login = answer.status_code == 303 and answer.headers["location"].startswith("/logga-in?till=/")
        told = answer.status_code in (403, 404) and swedish(answer.text)
        if not (to_login or told) or siege.tries() != tries + 1 or "set-cookie" in answer.headers:
            faults.append((method, path, answer.status_code, siege.tries() - tries))
    assert faults == []
    assert siege.kept() == before


def tokens(siege):
    """What opens something, each by its own way in."""
    return {
        "/l/": siege.token(CHIEF),
        "/logga-in/lank/": link_for(siege.hall.town.store, SECRET, siege.hall.now).rpartition("/")[2],
        "/kalender/": siege.feed(),
    }


def test_a_token_opens_nothing_but_its_own_door(siege):
    found = tokens(siege)
    for door in found:
        for kind, token in found.items():
            path = f"{door}{token}" + (".ics" if door == "/kalender/" else "")
            answer = siege.ask(siege.anybody(), "GET", path)
            assert answer.status_code == (200 if door == kind else 403), (door, kind)


def spoilt(token):
    yield from (token[:-1], token + "A", token.swapcase(), token[::-1], "." + token, token + ".", "")
    middle = len(token) // 2
    yield token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    yield from ("%00", token + "%00", "..%2f..%2fmina", "' OR 1=1 --", "A" * 8000, "\N{RIGHT-TO-LEFT OVERRIDE}" + token)


@pytest.mark.parametrize("door", ["/l/", "/logga-in/lank/", "/kalender/"])
def test_a_forged_token_is_told_and_logged_without_the_token(siege, door):
    token, before = tokens(siege)[door], siege.kept()
    for wrong in spoilt(token):
        tries = siege.tries()
        answer = siege.ask(siege.anybody(), "GET", f"{door}{wrong}" + (".ics" if door == "/kalender/" else ""))
        assert answer.status_code in (403, 404) and swedish(answer.text), wrong
        for _who, key, _what in siege.hall.denied()[tries:]:
            assert token[:20] not in key
        if answer.status_code == 403:
            assert siege.tries() == tries + 1, wrong
    assert siege.kept() == before


@pytest.mark.parametrize("end", ["expired", "revoked", "renewed"])
def test_a_personal_link_that_is_over_says_why_and_what_to_do(end):
    siege = Siege()
    browser, token = siege.with_link(CHIEF), siege.token(CHIEF)
    with siege.hall.town.store.begin() as session:
        row = session.query(links.Link).filter_by(person_id=CHIEF).one()
        if end == "expired":
            row.expires_at = siege.hall.now
        elif end == "revoked":
            links.revoke(session, row.id, NOW, "test")
        else:
            links.renew(session, row.id, NOW, "test")
    before = siege.kept()
    page = {"expired": "gällde till", "revoked": "återkallad", "renewed": "ersatt"}[end]
    answers = [
        siege.ask(siege.anybody(), "GET", f"/l/{token}"),
        press(siege.anybody(), f"/l/{token}", shown="/logga-in"),
        siege.ask(browser, "GET", "/mina"),
        siege.ask(browser, "POST", UNDERLAG, data={"csrf": "0" * 64}),
    ]
    for answer in answers:
        assert answer.status_code == 403 and page in answer.text and "ekonomikontoret om en ny länk" in answer.text
    assert {what for _, _, what in siege.hall.denied()} == {"länken gäller inte"}
    assert siege.kept() == before


def test_one_persons_page_takes_no_token_or_answer_of_anothers(siege):
    mine, yours = siege.with_link(OTHER), siege.with_link(CHIEF)
    stolen, before = hidden(siege.ask(yours, "GET", "/mina").text), siege.kept()
    for path in (UNDERLAG.replace("bildningsnamnden", "omsorgsnamnden"), "/stang"):
        answer = siege.ask(mine, "POST", path, data={"csrf": stolen})
        assert answer.status_code == 403 and "ladda om sidan" in answer.text
        assert siege.hall.denial()[2] == "formuläret var för gammalt"
    assert siege.kept() == before


def test_anothers_file_and_mall_are_told_as_not_there_and_logged(siege):
    browser, before = siege.with_link(OTHER), siege.kept()
    mall = "/mina/mall/delarsrapport/2027-08/bildningsnamnden/underlag/ekonomi"
    for path in ("/mina/fil/1", mall, mall.replace("bildningsnamnden", "..%2Fomsorgsnamnden")):
        tries = siege.tries()
        answer = siege.ask(browser, "GET", path)
        assert answer.status_code == 404 and swedish(answer.text)
        assert (siege.tries() == tries + 1) == ("%2F" not in path)
    assert siege.ask(siege.with_link(CHIEF), "GET", "/mina/fil/1").status_code == 200
    assert siege.kept() == before


@pytest.mark.parametrize("number", ["0", "-1", "777", "99999999999", str(10**30), "1e3", "0x1", "%31%00"])
@pytest.mark.parametrize(
    "place", ["/mina/fil/{}", "/bokforing/fil/{}", "/registrera/{}", "/registrera/1/fil/{}", "/organ/ksau/2027-10-05/tjansteskrivelse/{}"]
)  # fmt: skip
def test_a_number_that_no_row_has_leads_nowhere(siege, insider, place, number):
    answer = siege.ask(insider, "GET", place.format(number))
    assert answer.status_code == 404 and swedish(answer.text)


def test_no_file_name_climbs_out_of_its_folder(siege, insider):
    folder = siege.hall.maildir
    (folder / "new").mkdir(exist_ok=True)
    (folder / "hemlig").write_text("hemligt")
    climbing = [
        "../hemlig", "..%2fhemlig", "%2e%2e%2fhemlig", "%2e%2e/%2e%2e/etc/passwd", "..%5chemlig", "..\\hemlig", "%00",
        "hemlig%00.eml", "....//hemlig", "%252e%252e%252fhemlig", "\N{FULLWIDTH FULL STOP}\N{FULLWIDTH FULL STOP}/hemlig",
        "%c0%ae%c0%ae/hemlig", "~", "C:%5cWindows", "x" * 5000, "con", "file:%2f%2f%2fetc%2fpasswd", "%E2%80%AEmle.a",
    ]  # fmt: skip
    before = siege.kept()
    for name in climbing:
        for place in ("/brev/{}", "/brev/{}/html", "/brev/{}/bilaga/1", "/static/{}", "/arshjulet/{}.svg", "/lage/{}/2027-08",
                      "/lage/delarsrapport/{}", "/organ/{}", "/personer/{}/forvaltningschef", "/lage/delarsrapport/2027-08/{}/underlag",
                      "/lage/delarsrapport/2027-08/sammanstallning.{}", "/kalender/plan-{}.xlsx"):  # fmt: skip
            answer = siege.ask(insider, "GET", place.format(name))
            assert answer.status_code in (404, 405) and swedish(answer.text), place.format(name)
            assert "hemligt" not in answer.text
    assert siege.kept() == before


@EACH_WITH_SOME
def test_no_address_that_a_form_or_host_claims_is_led_to(siege, insider, every):
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript", "Forwarded": "host=evil.example"}  # fmt: skip
    ways = [(path, f"{path}/", f"/{path}") for _, _, path in siege.routes]
    tried = [way for each in ways for way in each] if every else [each[number % 3] for number, each in enumerate(ways)]
    tries = [(siege.anybody(), way) for way in tried]
    tries += [(insider, path) for path in ("/mina", "/kalender", "/lage/", "/mote", "/personer/personer.csv")]
    for browser, path in tries:
        answer = siege.ask(browser, "GET", path, headers=evil)
        assert "evil.example" not in answer.headers.get("location", "") + answer.text, path
        assert re.match(r"/(?!/)", answer.headers.get("location", "/")), path


def test_a_letters_links_are_the_services_own_whatever_host_was_asked(siege):
    browser = siege.anybody()
    page = siege.ask(browser, "GET", "/logga-in", headers={"Host": "evil.example"}).text
    data = {
        "csrf": hidden(page),
        "adress": "ekonomikontoret@example.se",
        "till": "//evil.example",
    }
    siege.ask(
        browser, "POST", "/logga-in", data=data, headers={"Host": "evil.example", "Origin": "http://evil.example"}
    )
    assert siege.hall.letters() and not any(b"evil.example" in row.mime for row in siege.hall.letters())


def test_whoever_makes_up_addresses_of_a_proxy_meets_the_feeds_common_limit(siege):
    app = FastAPI()
    app.include_router(feed_routes(siege.hall.desk(), together=Limit(burst=3, per_second=0.1)))
    claimed = (Client(app, client=(f"10.0.0.{number}", 1)) for number in range(4))  # as uvicorn tells it
    assert [each.head(f"/kalender/{siege.feed()}.ics").status_code for each in claimed] == [200, 200, 200, 429]


def test_every_part_of_a_path_is_filled_with_something_real(siege):
    parts = {part for _, route, _ in siege.routes for part in re.findall(r"{(\w+)}", route)}
    assert set(REAL) <= parts
