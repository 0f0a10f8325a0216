"""Hostile forms: none does anything without its own page's token, in another method, from another site, or out of shape."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rig.examples import examples
from tests.rig.handins import PDF
from tests.rig.pages.client import Client
from tests.rig.pages.hall import SECRET
from tests.rig.pages.hostile import CHIEF, EACH_WITH_SOME, OTHER, UNDERLAG, Siege, in_turn, swedish
from tests.rig.pages.logging_in import hidden, link_for

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def siege(tmp_path_factory):
    return Siege(maildir=tmp_path_factory.mktemp("brev"))


@pytest.fixture(scope="module")
def insider(siege):
    """One for all: nothing here ends a login, and no test's clock runs past its twelve hours."""
    return siege.insider()


def posts(siege):
    """Every route that takes a form, with tokens that would open where one is asked for."""
    login = link_for(siege.hall.town.store, SECRET, siege.hall.now).rpartition("/")[2]
    opens = {"/l/{token}": siege.token(CHIEF), "/logga-in/lank/{token}": login}
    found = [(route, path.replace("/1", f"/{opens[route]}") if route in opens else path)
             for method, route, path in siege.routes if method == "post"]  # fmt: skip
    assert {"/logga-in", "/logga-ut", "/stang", "/l/{token}", "/mina/{step}/{period}/{unit}/{krav}"} <= {
        r for r, _ in found
    }
    return found


def stolen(siege):
    """Tokens that are real, and another browser's: of a login, of a personal page, and of a page before the login."""
    session, visit, nobody = siege.logged_in(name="Annan"), siege.with_link(OTHER), siege.anybody()
    return [hidden(siege.ask(*each).text) for each in ((session, "GET", "/lage"), (visit, "GET", "/mina"), (nobody, "GET", "/logga-in"))]  # fmt: skip


@EACH_WITH_SOME
def test_no_route_takes_a_form_without_its_own_token(siege, insider, every):
    forms = [{"x": "1"}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "å"}, *({"csrf": each} for each in stolen(siege))]
    forms.append({"_method": "GET", "csrf": ["0" * 64, forms[-1]["csrf"]]})
    routes, before = posts(siege), siege.kept()
    for number, (route, path) in enumerate(routes):
        for form in forms if every else in_turn(forms, number):
            tries = siege.tries()
            answer = siege.ask(insider, "POST", path, data=form)
            assert swedish(answer.text), (route, form)
            if answer.status_code == 404 and "/1" in path:
                continue  # what the path names is not there, and that is told first
            assert answer.status_code == 403 and siege.tries() == tries + 1, (route, form)
            assert siege.hall.denial()[2] == "formuläret var för gammalt", (route, form)
    assert siege.kept() == before and siege.ask(insider, "GET", "/lage").status_code == 200


def test_a_token_counts_only_as_a_field_of_the_form(siege, insider):
    ours, before = hidden(siege.ask(insider, "GET", "/kalender").text), siege.kept()
    tries = [
        {"params": {"csrf": ours}, "data": {"kalender": "enhet/bildningsnamnden"}},
        {"headers": {"X-CSRF-Token": ours, "csrf": ours}, "data": {"kalender": "enhet/bildningsnamnden"}},
        {"files": {"csrf": ("csrf", ours.encode())}, "data": {"kalender": "enhet/bildningsnamnden"}},
    ]
    for each in tries:
        assert siege.ask(insider, "POST", "/kalender", **each).status_code in (400, 403)
    for kind in ("application/json", "text/plain", "application/xml", "multipart/mixed; boundary=x", ""):
        answer = siege.ask(insider, "POST", "/kalender", content=f'{{"csrf":"{ours}"}}', headers={"Content-Type": kind})
        assert answer.status_code == 415 and swedish(answer.text)
        assert siege.hall.denial() == ("Ekonom E", "/kalender", "inget formulär")
    assert siege.kept() == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
                                     {"Origin": "http://testserver.evil.example"}, {"Origin": "http://evil.example#testserver"}])  # fmt: skip
def test_no_route_takes_another_sites_form_though_its_token_is_right(siege, insider, headers):
    tokens = {page: hidden(siege.ask(insider, "GET", page).text) for page in ("/lage", "/mina")}
    routes, before = posts(siege), siege.kept()
    for route, path in routes:
        token = tokens["/mina" if route.startswith(("/mina", "/stang")) else "/lage"]
        answer = siege.ask(insider, "POST", path, data={"csrf": token, "skal": "ett skäl"}, headers=headers)
        assert answer.status_code == 403 and swedish(answer.text), route
        assert siege.hall.denial()[2] == "en annan webbplats formulär", route
    assert siege.kept() == before


OTHERS = {"HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "POST"}


@EACH_WITH_SOME
def test_no_route_does_anything_in_another_method(siege, insider, every):
    declared = {}
    for method, route, path in siege.routes:
        declared.setdefault((route, path), set()).add(method.upper())
    before = siege.kept()
    for number, ((route, path), methods) in enumerate(declared.items()):
        others = sorted(OTHERS - methods)
        for method in others if every else in_turn(others, number):
            answer = siege.ask(insider, method, path, headers={"X-HTTP-Method-Override": "POST"})
            assert answer.status_code in (404, 405), (method, route)
            assert method == "HEAD" or swedish(answer.text), (method, route)
    assert siege.kept() == before


BODY = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\\ud800+2AA-\xff\r\n--x--\r\n'


@pytest.mark.parametrize("charset", ["undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "idna", "utf-16", "rot13", "\N{LATIN SMALL LETTER Y WITH DIAERESIS}"])  # fmt: skip
@pytest.mark.parametrize("path", ["/logga-in", "/logga-ut", UNDERLAG])
def test_a_form_in_other_characters_than_browsers_use_is_refused(siege, insider, path, charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}".encode("latin-1")
    answer = siege.ask(insider, "POST", path, content=BODY, headers={"Content-Type": kind})
    assert answer.status_code == 415 and swedish(answer.text)
    assert siege.hall.denial()[1:] == (path, "inget formulär") or path == UNDERLAG


NAMES = st.sampled_from(["name", "filename", "name*", "filename*", "x"])
VALUES = st.one_of(
    st.binary(max_size=20), st.sampled_from([b"undefined''a", b"utf-8''%00", b'"', b"csrf", b'"csrf"', b"a\\", b"%"])
)


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from([b"multipart/form-data", b"application/x-www-form-urlencoded", b"multipart/form-data;boundary=x"]),
       st.lists(st.tuples(NAMES, VALUES), max_size=4), st.binary(max_size=60), st.sampled_from([b"boundary", b"boundary*", b"charset", b"x"]), VALUES)  # fmt: skip
def test_no_form_however_broken_is_our_fault(siege, kind, parameters, content, name, value):
    head = b"; ".join([b"form-data", *(each.encode() + b"=" + given for each, given in parameters)])
    body = b"--x\r\nContent-Disposition: " + head + b"\r\n\r\n" + content + b"\r\n--x--\r\n"
    header = bytes(sign for sign in kind + b"; " + name + b"=" + value if sign >= 32 and sign != 127)
    answer = siege.ask(Client(siege.app), "POST", "/logga-in", content=body, headers={"Content-Type": header})
    assert answer.status_code in (400, 403, 413, 415) and swedish(answer.text)


@pytest.mark.parametrize(
    ("path", "shown", "data"),
    [
        (UNDERLAG, "/mina", {"delarsrapport.underlag.ekonomi.ej": "Inga mål\0 i år."}),
        (
            "/personer/bildningsnamnden/forvaltningschef",
            "/lage",
            {"vad": "byt", "namn": "Bo\0Ek", "varfor": "skäl nog"},
        ),
        ("/mote", "/bokforing", {"organ": "ksau\0", "skal": "ett skäl"}),
        ("/kontroller/saknar-rad/ur-kraft", "/bokforing", {"varfor": "den är fel \0 helt enkelt"}),
        ("/registrera/1/lagg-at-sidan", "/bokforing", {"skal": "skräp\0"}),
        ("/handelser/ta-tillbaka", "/bokforing", {"handelse": "skr-prognos\0", "dag": "2027-08-30", "skal": "fel dag"}),
        ("/lage/delarsrapport/2027-08/bildningsnamnden/underlag/avsla", "/bokforing", {"skal": "nej\0"}),
    ],
)
def test_a_sign_that_no_database_takes_is_refused_before_it_comes_there(siege, insider, path, shown, data):
    before = siege.kept()
    answer = siege.post(insider, path, shown=shown, data=data)
    assert answer.status_code == 400 and "Ladda om sidan" in answer.text
    assert siege.hall.denial()[1:] == (path, "ett trasigt formulär")
    assert siege.kept() == before


@pytest.mark.parametrize("path", ["/lage?enhet=%00", "/loggen?q=a%00", "/loggen.csv?vem=%00", "/kalender?ny=%00", "/mina?svar=%00", "/logga-in?till=/lage%00"])  # fmt: skip
def test_nor_is_it_looked_for(siege, insider, path):
    assert siege.ask(insider, "GET", path).status_code == 404
    assert siege.hall.denial()[2] == "en påhittad adress"


EDGE = ("9999-12-31", "0001-01-01", "2200-01-01", "1899-12-31", "10000-01-01", "-0001-01-01", "2027-02-30", "2027-09-10T00:00", "\N{ARABIC-INDIC DIGIT TWO}027-01-01", "")  # fmt: skip
BIN = "/lage/delarsrapport/2027-08/bildningsnamnden/underlag"
DAYS = {
    f"{BIN}/anstand": ({"skal": "ett skäl"}, ("till",)),
    f"{BIN}/aterremiss": ({"skal": "ett skäl", "del": "ekonomi"}, ("till",)),
    f"{BIN}/vila": ({"skal": "ett skäl"}, ("till",)),
    f"{BIN}/hall": ({"skal": "ett skäl"}, ("till",)),
    "/mote": ({"organ": "ksau", "skal": "ett skäl", "gor": "flytta", "klockslag": "8.30"}, ("ny_dag",)),
    "/mote/andra": ({"organ": "ksau", "skal": "ett skäl", "gor": "flytta"}, ("ny_dag", "dag")),
    "/organ/ksau/2027-10-05/beslut": ({"beslut": "godkänns", "paragraf": "§ 1", "diarienummer": "KS 1"}, ("beslutad",)),
    "/handelser": ({"handelse": "skr-prognos", "skal": "ett skäl"}, ("dag",)),
    "/handelser/ta-tillbaka": ({"handelse": "skr-prognos", "skal": "ett skäl"}, ("dag",)),
    "/personer/bildningsnamnden/forvaltningschef": ({"vad": "sluta", "varfor": "har slutat nu"}, ("till",)),
    "/personer/omsorgsnamnden/forvaltningschef": ({"vad": "byt", "namn": "Bo", "e-post": "bo@example.se", "varfor": "har slutat nu"}, ("fran",)),
    "/registrera/1": ({"person": CHIEF, "genom": "Bo", "klockslag": "8.30", "del.1": "hedemora/delarsrapport/2027-08/bildningsnamnden/underlag|ekonomi"}, ("dag",)),
}  # fmt: skip


@pytest.mark.parametrize("path", DAYS)
def test_no_day_leaves_the_calendar(siege, insider, path):
    data, fields = DAYS[path]
    before, token = siege.kept(), hidden(siege.ask(insider, "GET", "/bokforing").text)
    for day in EDGE:
        form = data | dict.fromkeys(fields, day) | {"csrf": token}
        answer = siege.ask(insider, "POST", path, data=form)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/personer/")
            answer = siege.ask(insider, "GET", answer.headers["location"].partition("#")[0])
            assert "Inget är ändrat" in answer.text
        else:
            assert answer.status_code == 400
        assert swedish(answer.text), day
    assert siege.kept() == before


@pytest.mark.parametrize("field", ["fran", "till"])
def test_the_log_is_searched_within_the_calendar(siege, insider, field):
    for day in EDGE[:-1]:
        for page in ("/loggen", "/loggen.csv", "/loggen.xlsx"):
            answer = siege.ask(insider, "GET", page, params={field: day})
            assert answer.status_code == 400 and "är inget datum" in answer.text


def test_words_that_look_like_an_instant_do_not_shut_the_log(siege, insider):
    for why in ("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+14:00"):
        siege.post(insider, "/kontroller/saknar-rad/ur-kraft", shown="/bokforing", data={"varfor": why})
        assert why in siege.ask(insider, "GET", "/loggen").text
        siege.post(insider, "/kontroller/saknar-rad/i-kraft", shown="/bokforing")


def test_a_form_of_too_many_or_too_large_fields_is_refused(siege, insider):
    before, address = siege.kept(), {"Content-Type": "application/x-www-form-urlencoded"}
    token = hidden(siege.ask(insider, "GET", "/bokforing").text)
    tries = {"&".join(f"a{n}=1" for n in range(80)): 400, "a=" + "x" * 30_000: 400, "a=" + "x" * 300_000: 413}
    for body, status in tries.items():
        answer = siege.ask(insider, "POST", "/mote", content=f"csrf={token}&{body}", headers=address)
        assert answer.status_code == status and swedish(answer.text)
        assert siege.hall.denial()[:2] == ("Ekonom E", "/mote")
    files = [("fil", (f"{n}.csv", PDF)) for n in range(3)]
    answer = siege.post(insider, "/personer/las-in", shown="/bokforing", files=files)
    assert answer.status_code == 400 and siege.kept() == before


def test_what_one_may_do_without_a_login_is_limited_by_what_it_concerns_and_never_by_a_claimed_address(siege):
    statuses = []
    for number in range(7):
        browser = siege.anybody()
        claimed = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}", "X-Real-IP": "10.0.0.9"}
        page = browser.get("/logga-in", headers=claimed).text
        form = {"csrf": hidden(page), "adress": "vem-som-helst@example.se", "till": "/lage"}
        statuses.append(browser.post("/logga-in", data=form, headers=claimed).status_code)
    assert statuses == [200] * 5 + [429] * 2
    siege.hall.now += timedelta(hours=1)


def test_every_form_of_ours_is_sent_to_a_route_that_takes_it(siege, insider):
    taken = [re.compile(re.sub(r"{\w+}", "[^/]+", route)) for route, _ in posts(siege)]
    pages = (
        "/lage",
        "/mina",
        "/kalender",
        "/mote",
        "/bokforing",
        "/registrera",
        "/registrera/1",
        "/personer",
        "/kontroller",
        BIN,
    )
    for page in pages:
        sent = re.findall(r'<form[^>]*method="post"[^>]*action="([^"?#]*)', siege.ask(insider, "GET", page).text)
        assert all(any(route.fullmatch(each) for route in taken) for each in sent), page
