"""The portal before Prefect: who comes in, what is passed on, what is taken away. Prefect is a stand-in that notes."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from notifications.sent_form import Sender, SentForm, sender_of
from portal.lage.view import in_prefect
from portal.prefect.sharing import Sharing
from portal.prefect_client import PrefectServer
from store.tables import LogRow
from tests.rig.handins import town
from tests.rig.load import made_up
from tests.rig.pages.browsers import served
from tests.rig.pages.client import PLAIN
from tests.rig.pages.hall import SECRET, SECRETARY, Hall
from tests.rig.pages.logging_in import log_in
from tests.rig.servers.ports import free_port

ID = str(UUID(int=7))
FORM, REPORT = f"deployments/{ID}", f"deployments/{UUID(int=8)}"
SCHEMA = {"properties": {"till": {}, "vem": {}}, "required": ["till", "vem"]}
SINCE = date(2027, 8, 1)
INDEX = '<!doctype html><html><head><title>P</title><link href="/prefect/v2/x.css"></head><body></body></html>'


@dataclass
class StandIn:
    """As Prefect's server answers, as far as the portal asks it."""

    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    index: str = INDEX
    tokens: int = 0
    others: dict[str, int] = field(default_factory=dict)  #: how many of each kind others have on the same server
    ours: dict[str, int] = field(default_factory=lambda: {"deployments": 9, "flow_runs": 3, "artifacts": 2})
    going: int = 0  #: how many of our runs are deleted, each when one has just counted ours
    busy: int = 0  #: how many runs it yet answers so, with nothing done, because another holds its database

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        path = request.url.path.removeprefix("/api/")
        self.asked.append((request.method, path, dict(request.headers), body))
        await self.answer(request, path, body)(scope, receive, send)

    def answer(self, request: Request, path: str, body: bytes) -> Response:
        if path == "csrf-token":
            self.tokens += 1
            return JSONResponse({"token": f"t{self.tokens}"})
        if path.endswith("/count"):
            kind = path.removesuffix("/count")
            ours, chosen = self.ours.get(kind, 0), b"installation:" in body or b"hedemora-" in body
            if kind == "flow_runs" and chosen and self.going:
                self.ours[kind], self.going = ours - 1, self.going - 1
            return JSONResponse(ours if chosen else ours + self.others.get(kind, 0))
        if path.startswith("/prefect/"):
            cookie = {"set-cookie": "prefect_ui_version=v2"}
            if path.endswith(".js"):
                return Response("let a;", media_type="text/javascript", headers={"etag": '"e"', **cookie})
            return HTMLResponse(self.index, headers=cookie)
        if request.method == "POST" and request.headers.get("prefect-csrf-token") == "t1":
            return JSONResponse({"detail": "Invalid CSRF token or client identifier."}, 403)
        if path.endswith("create_flow_run") and self.busy:
            self.busy -= 1
            return JSONResponse({"exception_message": "Service Unavailable"}, 503, headers={"retry-after": "1"})
        if path in (FORM, REPORT):
            tags = ["formulär"] if path == FORM else ["rapport"]
            return JSONResponse({"tags": tags, "parameter_openapi_schema": SCHEMA})
        if path == "flows/filter":
            return Response(b"x" * 25_000_000)
        return JSONResponse({"id": "r"}, headers={"set-cookie": "a=b"})

    def calls(self, path: str) -> list[tuple[str, str, dict[str, str], bytes]]:
        return [each for each in self.asked if each[1] == path]


@dataclass
class Door:
    prefect: StandIn
    hall: Hall
    portal: str

    @contextmanager
    def browser(self, **who: str) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.portal, trust_env=False, verify=PLAIN, timeout=150) as client:
            yield log_in(client, self.hall.town.store, SECRET, self.hall.now, **who)

    def post(self, path: str, body: object = None, **more: str) -> httpx.Response:
        headers = {"origin": self.portal, "content-type": "application/json"} | more
        with self.browser() as browser:
            return browser.post(f"/prefect/api/{path}", content=json.dumps(body or {}), headers=headers)


@pytest.fixture
def door() -> Iterator[Door]:
    prefect = StandIn()
    with served(prefect) as server:
        hall = Hall(town(), prefect=PrefectServer(f"{server}/api", "arshjul:hemligt", "hedemora"))
        with served(hall.app()) as portal:
            yield Door(prefect, hall, portal)


def test_nobody_comes_in_without_the_ekonomikontors_login(door):
    with httpx.Client(base_url=door.portal, trust_env=False, verify=PLAIN, timeout=150) as browser:
        for path in ("/prefect/", "/prefect", "/prefect/v2/runs?tags=x", "/prefect/ui-settings"):
            assert browser.get(path).headers["location"].startswith("/logga-in?till=/prefect")
        assert browser.get("/prefect/api/admin/version").status_code == 401
        assert browser.post("/prefect/api/flow_runs/filter", json={}).status_code in (401, 403)
    with door.browser(address=SECRETARY) as secretary:
        assert secretary.get("/prefect/v2/runs").status_code == 403
        assert secretary.get("/prefect/api/admin/version").status_code == 403
    assert door.prefect.asked == []


def test_a_call_carries_the_secret_and_nothing_of_the_callers(door):
    with door.browser() as browser:
        mine = {"authorization": "Bearer mitt", "x-forwarded-for": "10.0.0.1", "prefect-csrf-token": "mitt"}
        answer = browser.get("/prefect/api/admin/version?a=b", headers=mine)
    [(_, _, headers, _)] = door.prefect.calls("admin/version")
    assert httpx.BasicAuth("arshjul", "hemligt")._auth_header == headers["authorization"]
    assert {"cookie", "x-forwarded-for", "prefect-csrf-token"}.isdisjoint(headers)
    assert answer.json() == {"id": "r"} and "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_a_question_has_prefects_token_and_a_new_one_when_it_is_no_longer_good(door):
    assert door.post("flow_runs/filter", {"limit": 1}).json() == {"id": "r"}
    assert [headers["prefect-csrf-token"] for _, _, headers, _ in door.prefect.calls("flow_runs/filter")] == [
        "t1",
        "t2",
    ]
    assert door.prefect.calls("flow_runs/filter")[-1][3] == b'{"limit": 1}'


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.se"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"sec-fetch-site": "none"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": ""},
    ],
)
def test_what_no_page_of_our_own_sent_is_refused(door, headers):
    assert door.post(f"{FORM}/create_flow_run", {"parameters": {}}, **headers).status_code == 403
    assert door.prefect.asked == []


def test_what_is_not_let_through_is_refused_in_swedish_and_is_in_the_log(door):
    answer = door.post("automations/", {})
    assert (answer.status_code, answer.json()["detail"][:22]) == (403, "Det går inte härifrån.")
    assert door.prefect.asked == []
    assert ("Anna Ek", "/prefect/api/automations/", "släpps inte igenom till Prefect") in door.hall.denied()


def test_a_form_is_made_anew_and_sealed_with_who_is_logged_in(door):
    sent = {
        "parameters": {"till": "2027-09-15", "vem": "någon annan", "x": "y"},
        "job_variables": {"a": "b"},
        "tags": ["t"],
    }
    assert door.post(f"{FORM}/create_flow_run", sent).json() == {"id": "r"}
    run = json.loads(door.prefect.calls(f"{FORM}/create_flow_run")[-1][3])
    assert set(run) == {"parameters", "idempotency_key", "context"}
    assert run["parameters"] == {"till": "2027-09-15", "vem": "Anna Ek"}
    form = SentForm(deployment=ID, key=run["idempotency_key"], parameters=run["parameters"])
    sender = sender_of(SECRET, run["context"]["portalen"], form)
    [login] = [row for row in door.hall.rows(LogRow) if row.what == "session.began"]
    assert sender == Sender("Anna Ek", login.subject, login.session)


def test_a_form_that_prefect_was_too_busy_to_take_is_sent_again_as_the_same_one(door):
    door.prefect.busy = 2
    assert door.post(f"{FORM}/create_flow_run", {"parameters": {"till": "2027-09-15"}}).json() == {"id": "r"}
    sent = [json.loads(body) for _, _, _, body in door.prefect.calls(f"{FORM}/create_flow_run")]
    assert len(sent) >= 3 and len({each["idempotency_key"] for each in sent}) == 1


def test_a_run_of_a_report_is_not_started_from_here(door):
    answer = door.post(f"{REPORT}/create_flow_run", {"parameters": {}})
    assert answer.status_code == 403 and "Bara formulären" in answer.json()["detail"]
    assert door.prefect.calls(f"{REPORT}/create_flow_run") == []


def test_a_later_start_is_refused_rather_than_carried_out_at_once(door):
    later = {
        "parameters": {"till": "2027-09-15"},
        "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2027-09-20T07:00:00Z"}},
    }
    answer = door.post(f"{FORM}/create_flow_run", later)
    assert answer.status_code == 400 and "Now" in answer.json()["detail"]
    assert door.prefect.calls(f"{FORM}/create_flow_run") == []


def test_what_is_tried_out_names_no_variable_and_what_is_too_deep_is_told(door):
    secret = {"__prefect_kind": "workspace_variable", "variable_name": "x"}
    asked = {"schema": {"properties": {"till": {"type": "integer"}}}, "values": {"till": secret}}
    answer = door.post("ui/schemas/validate", asked)
    assert (answer.status_code, "Skriv värdet" in answer.json()["detail"]) == (400, True)
    assert door.prefect.calls("ui/schemas/validate") == []
    headers = {"origin": door.portal, "content-type": "application/json"}
    with door.browser() as browser:
        for path in ("ui/schemas/validate", f"{FORM}/create_flow_run"):
            assert browser.post(f"/prefect/api/{path}", content=b"[" * 100_000, headers=headers).status_code == 400


def test_too_much_is_refused_both_ways(door):
    assert door.post("flow_runs/filter", {"x": "y" * 300_000}).status_code == 413
    assert door.post("flows/filter", {}).status_code == 503


def test_a_page_is_guarded_hushed_and_sets_no_cookie(door):
    with door.browser() as browser:
        page = browser.get("/prefect/v2/runs?state=Scheduled")
        script = browser.get("/prefect/v2/assets/index-a.js")
        front = browser.get("/prefect/")
        settings = browser.get("/prefect/ui-settings").json()
    assert page.text.index("/static/prefect.js?v=") < page.text.index("/prefect/v2/x.css")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "connect-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert "set-cookie" not in page.headers and page.headers["cache-control"] == "no-store"
    assert (script.text, script.headers["etag"]) == ("let a;", '"e"')
    assert script.headers["cache-control"].startswith("private, max-age=") and "set-cookie" not in script.headers
    assert front.headers["location"] == "/prefect/v2/runs?tags=l%C3%A4get&sort=NAME_ASC"
    assert (settings["api_url"], settings["auth"]) == ("/prefect/api", None)


def test_an_occurrences_page_leads_to_its_table_and_runs_there_once_there_is_something_in_them(door):
    with door.browser() as browser:
        page = browser.get("/lage/delarsrapport/2027-08").text
        ahead = browser.get("/lage/delarsrapport/2028-08").text
    assert 'href="/prefect/v2/artifacts/key/hedemora-delarsrapport-2027-08">tabellen</a>' in page
    assert 'href="/prefect/v2/runs?tags=delarsrapport%2F2027-08&amp;sort=NAME_ASC">läget och körningarna</a>' in page
    assert 'href="/prefect/v2/runs?tags=delarsrapport%2F2028-08&amp;sort=NAME_ASC">körningarna</a>' in ahead
    assert "/prefect/v2/artifacts/" not in ahead


def test_an_occurrence_without_a_flow_has_no_link_there():
    prefect, granvik = PrefectServer("http://127.0.0.1:9/api", "a:b", "granvik"), town(name="granvik")
    silent = [each for each in granvik.wheel.occurrences if not each.flow]
    spoken = [each for each in granvik.wheel.occurrences if each.flow]
    assert silent and spoken
    hall = Hall(granvik, prefect=prefect, sourced=made_up("granvik"))
    with (
        served(hall.app()) as portal,
        httpx.Client(base_url=portal, trust_env=False, verify=PLAIN, timeout=150) as browser,
    ):
        log_in(browser, granvik.store, SECRET, hall.now)
        pages = [browser.get(f"/lage/{each.key.path}") for each in (silent[0], spoken[0])]
    assert [page.status_code for page in pages] == [200, 200]
    assert ["/prefect/v2/" in page.text for page in pages] == [False, True]
    assert [bool(in_prefect(each, "granvik", hall.now, SINCE)) for each in (*silent, *spoken)] == [
        *(False for _ in silent),
        *(True for _ in spoken),
    ]


@pytest.mark.parametrize(
    ("others", "going", "status"),
    [
        ({}, 0, 200),
        ({}, 1, 200),
        *(({kind: 1}, 0, 403) for kind in ("deployments", "flow_runs", "artifacts", "automations", "work_pools", "task_runs")),
        ({"flow_runs": 1}, 1, 403),
        ({}, 99, 503),
    ],
)  # fmt: skip
def test_a_shared_server_is_shown_while_all_on_it_is_ours(others, going, status):
    prefect = StandIn(others=others, going=going, ours={"deployments": 9, "flow_runs": 99, "artifacts": 2})
    with served(prefect) as server:
        hall = Hall(town(), prefect=PrefectServer(f"{server}/api", "arshjul:hemligt", "hedemora", shared=True))
        with served(hall.app()) as portal:
            door = Door(prefect, hall, portal)
            page = door.post("flow_runs/filter", {})
            form = door.post(f"{FORM}/create_flow_run", {"parameters": {"till": "2027-09-15"}})
    assert (page.status_code, form.status_code) == (status, status)
    assert ("inte hör till den här installationen" in page.text) == bool(others)
    assert bool(prefect.calls("flow_runs/filter")) == (status == 200)


def test_what_is_asked_at_once_of_a_shared_server_is_counted_once():
    prefect = StandIn(others={"flow_runs": 1})
    with served(prefect) as server:
        sharing = Sharing(PrefectServer(f"{server}/api", "arshjul:hemligt", "hedemora", shared=True), town().store)

        async def page():
            return await asyncio.gather(*(sharing.is_closed() for _ in range(20)))

        assert asyncio.run(page()) == [True] * 20
    assert len(prefect.calls("flow_runs/count")) == 4  # ours and all, twice over


def test_a_shared_server_that_does_not_say_what_it_holds_is_not_shown(door):
    hall = Hall(town(), prefect=PrefectServer("http://127.0.0.1:9/api", "a:b", "hedemora", shared=True))
    with served(hall.app()) as portal:
        assert Door(door.prefect, hall, portal).post("flow_runs/filter", {}).status_code == 503


def test_a_server_that_has_its_pages_elsewhere_is_told_with_its_remedy(door):
    door.prefect.index = INDEX.replace("/prefect/", "/")
    with door.browser() as browser:
        assert "PREFECT_SERVER_UI_SERVE_BASE=/prefect" in browser.get("/prefect/v2/runs").text


def test_with_prefect_down_the_page_says_so():
    hall = Hall(town(), prefect=PrefectServer(f"http://127.0.0.1:{free_port()}/api", "a:b", "hedemora"))
    with (
        served(hall.app()) as portal,
        httpx.Client(base_url=portal, trust_env=False, verify=PLAIN, timeout=150) as browser,
    ):
        log_in(browser, hall.town.store, SECRET, hall.now)
        page = browser.get("/prefect/v2/runs")
        call = browser.get("/prefect/api/admin/version")
    assert (page.status_code, call.status_code) == (503, 503)
    assert "Prefect svarar inte" in page.text and "Prefect svarar inte" in call.json()["detail"]
