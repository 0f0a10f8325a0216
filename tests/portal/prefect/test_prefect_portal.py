"""Prefect is no back door: it is reached through the portal's login alone, and what runs there is ours alone."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from starlette.responses import HTMLResponse

from store.acting import Way
from store.tables import LogRow
from tests.rig.pages.browsers import browser, served
from tests.rig.pages.logging_in import press
from tests.rig.servers import prefect_attack
from tests.rig.servers.other_user import as_nobody
from tests.rig.servers.service import KOMMUN, Service, within
from tests.rig.servers.smtp_sink import Sink

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.rig.servers.shared_service"]

EVA = "Eva Ekonom"
OFFICE = "ekonomikontoret@example.se"
REST = {
    "rapport": "Delårsrapport", "period": "2027-08", "enhet": "Omsorgsnämnden", "till": "2027-09-15",
    "varfor": "Förvaltningschefen är sjuk.",
}  # fmt: skip


@pytest.fixture(scope="module")
def service(service: Service) -> Service:
    """Return the service that all share, when it can take forms."""
    assert within(300, lambda: _deployments(service).get("Avstämning nu")), service.told()
    return service


@pytest.fixture(scope="module")
def link(service) -> str:
    """The way in as Eva: a link that works once."""
    return service.link_for(EVA)


@pytest.fixture(scope="module")
def eva(service, link) -> Iterator[httpx.Client]:
    """Eva's browser, logged in, as far as calls go; her cookie is Chromium's too."""
    with httpx.Client(base_url=service.portal, trust_env=False, timeout=150) as client:
        assert press(client, link).headers["location"] == "/lage"
        client.headers["origin"] = service.portal
        yield client


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    """A Chromium that finds nothing but what is on this machine."""
    with browser("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1") as opened:
        yield opened


@pytest.fixture(scope="module")
def context(opened: Browser) -> Iterator[BrowserContext]:
    """One computer for those who look at Prefect's pages: its millions of signs of script are read once."""
    with opened.new_context(viewport={"width": 1440, "height": 900}) as context:
        yield context


def _deployments(service: Service) -> dict[str, dict]:
    try:
        return {each["name"].removesuffix(f" · {KOMMUN}"): each for each in service.api("deployments/filter", {})}
    except httpx.HTTPError:
        return {}


@pytest.fixture
def unharmed(service, tmp_path) -> Iterator[Path]:
    """What an attack would make; afterwards nothing is made, laid on a deployment or run."""
    marker, before = tmp_path / "inne", _runs(service)
    tmp_path.chmod(0o777)
    yield marker
    assert not [each["name"] for each in _deployments(service).values() if each["pull_steps"]]
    assert _runs(service) == before
    assert not marker.exists()


def _runs(service: Service) -> set[str]:
    """Return the runs that were started by hand."""
    return {run["id"] for run in service.runs(tags={"all_": ["formulär"]})}


def test_another_user_of_the_machine_gets_nothing(service, unharmed):
    told = as_nobody(lambda: prefect_attack.attack(f"{service.prefect}/api", str(unharmed)))
    assert len(told) > 5 and set(told) == {401}
    assert httpx.get(f"{service.prefect}/api/health", trust_env=False, timeout=150).status_code == 200
    other = {"Host": "prefect.example.se"}
    assert httpx.get(f"{service.prefect}/api/health", headers=other, trust_env=False, timeout=150).status_code == 421


def test_past_the_door_only_the_portals_own_pages_may_read_and_nothing_changes_without_prefects_token(service):
    auth = httpx.BasicAuth(*service.prefect_auth.strip().split(":", 1))
    with httpx.Client(base_url=f"{service.prefect}/api", auth=auth, trust_env=False, timeout=150) as owner:
        read = [owner.get("/admin/version", headers={"origin": origin}) for origin in (service.portal, "https://x.se")]
        assert [each.status_code for each in read] == [200, 200]
        assert [each.headers.get("access-control-allow-origin") for each in read] == [service.portal, None]
        assert owner.post("/deployments/filter", json={}).status_code == 403


def test_a_page_of_another_origin_gets_nothing_with_the_ekonoms_own_cookie(service, eva, unharmed, opened):
    form = _deployments(service)["Avstämning nu"]["id"]
    attack = {
        "calls": [
            [method, f"{base}/deployments/{form}{path}", json.dumps(body), kind]
            for base in (f"{service.prefect}/api", f"{service.portal}/prefect/api")
            for method, path, body in (
                ("PATCH", "", prefect_attack.pull_steps(str(unharmed))),
                ("POST", "/create_flow_run", {"parameters": {"vem": "någon annan"}}),
            )
            for kind in ("application/json", "text/plain", None)
        ],
        "form": f"{service.portal}/prefect/api/deployments/{form}/create_flow_run",
    }
    with served(HTMLResponse("<!doctype html><body>hej</body>")) as origin, opened.new_context() as context:
        context.add_cookies(
            [{"name": name, "value": value, "url": service.portal} for name, value in eva.cookies.items()]
        )
        page = context.new_page()
        page.goto(origin)
        answers = page.evaluate(
            """async ({calls}) => {
                const told = [];
                for (const [method, url, body, kind] of calls)
                    for (const mode of ["cors", "no-cors"])
                        try {
                            const headers = kind ? {"Content-Type": kind} : {};
                            const options = {method, body, headers, mode, credentials: "include"};
                            told.push((await fetch(url, options)).type);
                        } catch { told.push("refused"); }
                return told;
            }""",
            attack,
        )
        assert set(answers) <= {"refused", "opaque"}  # what is opaque was sent; the fixture looks at what came of it
        page.evaluate(
            """({form}) => {
                document.body.innerHTML = `<form method="post" enctype="text/plain" action="${form}"><input name='{"x":"' value='"}'></form>`;
                document.forms[0].submit();
            }""",
            attack,
        )
        page.wait_for_url(f"{service.portal}/**")
        assert EVA not in page.content()


def test_a_logged_in_ekonom_may_read_and_send_forms_in_and_nothing_else(service, eva, unharmed):
    deployments = _deployments(service)
    form, report = deployments["Vila brev"]["id"], deployments["Delårsrapport"]["id"]
    refused = [
        ("PATCH", f"deployments/{form}", prefect_attack.pull_steps(str(unharmed))),
        ("DELETE", f"deployments/{form}", {}),
        ("POST", f"deployments/{report}/create_flow_run", {"parameters": {"period": "2027-08"}}),
        ("POST", f"deployments/{form}/create_flow_run/bulk", [{}]),
        ("POST", "flow_runs/", {"flow_id": deployments["Vila brev"]["flow_id"]}),
        ("POST", "block_documents/filter", {}),
        ("GET", "docs", None),
    ]
    for method, path, body in refused:
        answer = eva.request(method, f"/prefect/api/{path}", json=body)
        assert answer.status_code == 403, (path, answer.text)
    assert eva.get("/prefect/docs").headers["content-security-policy"].startswith("default-src 'none'")
    assert eva.post("/prefect/api/deployments/filter", json={}).status_code == 200
    shown = eva.get(f"/prefect/api/deployments/{form}").json()["parameter_openapi_schema"]
    assert set(REST) < set(shown["properties"]) and "vem" not in shown["properties"]
    with httpx.Client(
        base_url=service.portal, trust_env=False, headers={"origin": service.portal}, timeout=150
    ) as stranger:
        assert stranger.get("/prefect/v2/runs").headers["location"].startswith("/logga-in?till=/prefect/v2/runs")
        assert stranger.post("/prefect/api/deployments/filter", json={}).status_code == 401
    with service.store.read() as session:
        tried = session.scalars(select(LogRow).where(LogRow.what == "portal.denied", LogRow.who == EVA)).all()
    assert f"/prefect/api/deployments/{form}" in {row.key for row in tried}


def test_an_ekonom_sees_the_year_and_sends_a_form_in_and_the_log_names_her_whatever_the_form_says(
    service, sink, context
):
    foreign: list[str] = []
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.on("request", lambda asked: None if _is_ours(asked.url, service) else foreign.append(asked.url))
    page.goto(f"{service.portal}/lage")  # which asks who she is
    page.get_by_label("E-postadress").fill(OFFICE)
    before = len(_mailed_links(service, sink))
    page.get_by_role("button", name="Skicka länken").click()
    assert within(150, lambda: len(_mailed_links(service, sink)) > before), service.told()
    page.goto(_mailed_links(service, sink)[-1])
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("link", name="Prefect", exact=True).click()
    page.get_by_role("link", name="2027-09-21 Delårsrapport augusti 2027 · Omsorgsnämnden").click(timeout=120_000)
    page.get_by_text("Ansvarig: förvaltningschefen").first.wait_for()  # and, below, when it is KSAU's
    assert page.get_by_text(re.compile("tisdag 5 oktober 2027: KSAU")).count()
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text("hedemora-laget-delarsrapport-2027-08-omsorgsnamnden").first.wait_for()
    _turn_to(page, "/prefect/v2/artifacts/key/hedemora-laget-i-dag")
    page.get_by_text("Nästa frister").first.wait_for()
    _follow_a_tillfalles_links(page, service.portal)
    page.goto(f"{service.portal}/lage")
    page.get_by_role("link", name="årets alla moment").click()
    page.get_by_text("Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep").wait_for(timeout=120_000)
    page.goto(f"{service.portal}/lage")
    page.get_by_role("link", name="formulären").click()
    page.get_by_role("link", name=f"Vila brev · {KOMMUN}").first.click()
    page.wait_for_url("**/deployments/deployment/**")
    _turn_to(page, f"{page.url.partition('?')[0]}/run?parameters={quote(json.dumps(REST))}")
    page.get_by_text("Omsorgsnämnden").wait_for()
    assert page.get_by_text("Vem gör detta?").count() == 0
    with page.expect_response("**/create_flow_run") as sent:
        page.get_by_role("button", name="Submit").click()
    assert sent.value.status == 201, sent.value.text()
    run = sent.value.json()["id"]
    assert service.ended(run)[0] == "Registrerat"
    _turn_to(page, f"/prefect/v2/runs/flow-run/{run}")
    page.get_by_text("Registrerat").first.wait_for(timeout=60_000)
    for path, to in (
        ("/prefect/v2/dashboard", _turn_to),
        ("/prefect/dashboard", Page.goto),
        ("/prefect/runs", Page.goto),
    ):
        to(page, f"{service.portal}{path}")
        page.get_by_text("Flow Runs").first.wait_for()
        page.wait_for_timeout(2_000)  # what a page asks others for, it asks for when it stands
    cookies = {cookie["name"] for cookie in context.cookies()}
    assert foreign == []
    assert cookies == {"arshjul-inloggad"}
    *_, (who, way, session) = _who(service, "quiet.vila")
    assert (who, way) == ("Ekonomikontoret", Way.PORTAL_FORM) and session


def test_who_a_form_names_counts_for_nothing_through_the_portal_and_as_stated_past_it(service, eva):
    form = _deployments(service)["Håll eskalering"]["id"]
    sent = {"parameters": {**REST, "vem": "kommundirektören"}, "job_variables": {"command": "id"}, "tags": ["rapport"]}
    run = eva.post(f"/prefect/api/deployments/{form}/create_flow_run", json=sent).raise_for_status().json()
    assert run["parameters"] == {**REST, "vem": EVA}
    assert run["job_variables"] == {} and "rapport" not in run["tags"]
    past = service.fill_in("Håll eskalering", **REST, vem="controllern")
    ended = {each: service.ended(each)[0] for each in (run["id"], past)}
    assert set(ended.values()) == {"Registrerat"}, ended
    assert {(who, way) for who, way, _ in _who(service, "quiet.håll")} == {
        (EVA, Way.PORTAL_FORM),
        ("controllern", Way.PREFECT_FORM),
    }


def test_an_anstand_moves_the_reminder_in_the_prefect_ui(service, eva, context):
    chosen = {"rapport": "Delårsrapport", "period": "2027-08", "enhet": "Bostadsbolaget AB", "vem": "controllern"}
    form = service.fill_in("Bevilja anstånd", **chosen, till="2027-09-23", varfor="Bokslutet dröjer.")
    assert service.ended(form)[0] == "Registrerat", service.ended(form)
    name = "Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 16 sep"  # the frist is Thursday the 23rd now
    assert within(150, lambda: service.runs(name={"any_": [name]}), pause=1), service.told()
    (run,) = service.runs(name={"any_": [name]})
    assert run["parameters"]["enheter"] == ["bostadsbolaget"]
    context.add_cookies([{"name": each, "value": value, "url": service.portal} for each, value in eva.cookies.items()])
    page = context.new_page()
    page.goto(f"{service.portal}/prefect/v2/runs/flow-run/{run['id']}")
    page.get_by_text(name).first.wait_for(timeout=120_000)


def _turn_to(page: Page, address: str) -> None:
    """Turn to another page of Prefect's, as a click in its own menus does: what is loaded stays."""
    page.evaluate("address => history.pushState({}, '', address)", address)


def _follow_a_tillfalles_links(page: Page, portal: str) -> None:
    """Open what a tillfälle's page leads to: its table, and the list of how it stands and its runs, and of nothing else."""
    tillfalle = f"{portal}/lage/delarsrapport/2027-08"
    page.goto(tillfalle)
    page.get_by_role("link", name="tabellen", exact=True).click()
    page.get_by_text("Delårsrapport augusti 2027").first.wait_for()
    assert page.url.endswith("/artifacts/key/hedemora-delarsrapport-2027-08")
    page.goto(tillfalle)
    with page.expect_response("**/api/flow_runs/paginate") as asked:
        page.get_by_role("link", name="läget och körningarna").click()
    listed = [set(run["tags"]) for run in asked.value.json()["results"]]
    assert listed and all("delarsrapport/2027-08" in tags for tags in listed), listed
    assert {"läget" in tags for tags in listed} == {True, False}
    page.get_by_role("link", name="2027-09-21 Delårsrapport augusti 2027 · Omsorgsnämnden").wait_for()


def _who(service: Service, what: str) -> list[tuple[str, str, str]]:
    with service.store.read() as session:
        chosen = select(LogRow.who, LogRow.way, LogRow.session).where(LogRow.what == what).order_by(LogRow.id)
        return [(who, way, login) for who, way, login in session.execute(chosen)]


def _mailed_links(service: Service, sink: Sink) -> list[str]:
    """Return the links that log in, of the letters that were asked for, the newest last."""
    told = [message_from_bytes(each.content, policy=policy.default) for each in list(sink.accepted)]
    texts = [mail.get_body(("plain",)).get_content() for mail in told if "/inloggning/" in mail["X-Arshjul-Key"]]
    return re.findall(rf"{re.escape(service.portal)}/logga-in/lank/\S+", "".join(texts))


def _is_ours(url: str, service: Service) -> bool:
    return url.startswith((f"{service.portal}/", "data:", "blob:"))
