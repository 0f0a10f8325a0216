"""What a report's flow and the forms do on a real Prefect server: states with our own names, artifacts, words."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterId,
)
from prefect.client.schemas.objects import State
from sqlalchemy import select

from app.clock import clock_for
from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.keys import OccurrenceKey
from flows.forms.fields import form_fields, report_fields
from flows.forms.flows import (
    ANY_FLOW,
    andra_mote,
    avstamning_nu,
    bevilja_anstand,
    faststall_tidplanen,
    form_flows,
    hall_eskalering,
    perioden_ar_stangd,
    registrera_beslut,
    registrera_handelse,
    vila_brev,
)
from flows.machine import Machine, at_hand
from flows.reports import reports_of
from flows.service.deployments import deployment_of
from flows.service.keeper import Keeper
from notifications.sent_form import FORM
from store.tables import LogRow
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from submissions.templates.mall import mall_of
from submissions.templates.mall_words import due_text
from tests.rig.files.filling import careful
from tests.rig.handins import PDF
from tests.rig.load import file_of, hedemora
from tests.rig.scenes import writing
from tests.rig.servers.service import environment, reporting_to

pytestmark = pytest.mark.slow
REPORTS = reports_of(hedemora().definition)
pytest_plugins = ["tests.rig.servers.prefect_server"]
NOW = "2027-09-10T09:00"
UNITS = [
    "Kommunstyrelsen",
    "Bildningsnämnden",
    "Omsorgsnämnden",
    "Miljö- och samhällsbyggnadsnämnden",
    "Bostadsbolaget AB",
    "Energibolaget AB",
]
OMSORG = {"rapport": "Delårsrapport", "period": "2027-08", "enhet": "Omsorgsnämnden"}
WHY = {"varfor": "Förvaltningschefen är sjuk.", "vem": "ekonomichefen"}


class Town:
    """An installation that the flows open, and the real server that they report to."""

    def __init__(self, env: pytest.MonkeyPatch) -> None:
        self._env = env
        self.set_now(NOW)

    def set_now(self, now: str) -> None:
        self._env.setenv("ARSHJUL_NOW", now)

    @property
    def machine(self) -> Machine:
        return open_machine()

    def run(self, flow: ANY_FLOW, **parameters: Any) -> State:
        """Carry a flow out, as the runner does; return how it ended."""
        return carried_out(self.machine, flow, **parameters)

    def hand_in(self, unit: str, step: str = "delarsrapport", period: str = "2027-08") -> None:
        """Hand in everything that an enhet owes for a report, the protokoll apart."""
        machine = self.machine
        with writing(machine) as scene:
            for one in scene.wheel.occurrence(OccurrenceKey.of(step, period)).obligations:
                if one.unit != unit or one.krav == "protokoll":
                    continue
                for part in one.parts:
                    mall = mall_of(scene.wheel.definition, one, part, due_text(one))
                    file = careful(mall) if mall.is_looked_into else PDF
                    upload = None if part.form == "intyg" else Upload(filename=part.id, content=file)
                    fields = {"intygas": True} if part.form == "intyg" else {}
                    receive(
                        scene.session, scene.wheel, one.key, part.id, upload=upload, fields=fields, ej_aktuellt=None,
                        by="ekonomikontoret", via="prov", now=scene.now,
                    )  # fmt: skip

    def logged(self, what: str) -> list[str]:
        """Return who did something."""
        with self.machine.look() as scene:
            return list(scene.session.scalars(select(LogRow.who).where(LogRow.what == what)))


def carried_out(machine: Machine, flow: ANY_FLOW, **parameters: Any) -> State:
    with at_hand(machine):
        return asyncio.run(flow(**parameters, return_state=True))


def let_in(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this process open the installation in a folder."""
    for name, value in environment(folder, I_DRIFT_FRAN="2027-08-01", NOW=NOW).items():
        if name.startswith("ARSHJUL_"):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation as its first start leaves it; each test has a copy."""
    with pytest.MonkeyPatch.context() as patch:
        let_in(patch, folder := tmp_path_factory.mktemp("first") / "data")
        settings = Settings()
        prepare(settings, clock_for(settings))
    return folder


@pytest.fixture
def town(tmp_path: Path, prepared: Path, prefect_server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    shutil.copytree(prepared, tmp_path / "data")
    let_in(monkeypatch, tmp_path / "data")
    with reporting_to(prefect_server.api, prefect_server.auth):
        yield Town(monkeypatch)


def tasks_of(state: State) -> dict[str, tuple[str, str]]:
    """Return the task runs of a run: name to state's name and message."""

    async def ask() -> dict[str, tuple[str, str]]:
        chosen = FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
        async with get_client() as client:
            for _ in range(600):  # the server records task runs, and their ends, a moment later
                found = await client.read_task_runs(flow_run_filter=chosen)
                if len(found) >= 7 and all(run.state and run.state.is_final() for run in found):
                    break
                await asyncio.sleep(0.25)
        return {run.name: (run.state.name, run.state.message or "") for run in found}

    return asyncio.run(ask())


def run_of(state: State) -> Any:
    async def ask() -> Any:
        async with get_client() as client:
            return await client.read_flow_run(state.state_details.flow_run_id)

    return asyncio.run(ask())


def artifacts(key: str) -> list[list[dict[str, str]]]:
    """Return every version of an artifact's rows, the newest first."""

    async def ask() -> list[Any]:
        async with get_client() as client:
            return list(await client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key]))))

    found = sorted(asyncio.run(ask()), key=lambda each: each.created, reverse=True)
    return [json.loads(each.data) if isinstance(each.data, str) else each.data for each in found]


def test_a_report_ends_incomplete_then_late_then_complete_as_states_of_its_own(town):
    state = town.run(REPORTS["delarsrapport"], period="2027-08")
    assert (state.name, state.type.value) == ("Ofullständig", "COMPLETED")
    assert state.message.startswith("0 av 6 enheter klara; kvar: Kommunstyrelsen, Bildningsnämnden, ")
    shown = tasks_of(state)
    assert [name for name in UNITS if shown[name][0] == "Ofullständig"] == UNITS
    assert shown["Omsorgsnämnden"][1].startswith("ska lämnas in: Ekonomi (utfall")

    town.hand_in("omsorgsnamnden")
    town.set_now("2027-09-21T16:01")
    late = town.run(REPORTS["delarsrapport"], period="2027-08")
    assert (late.name, late.type.value) == (
        "Försenad",
        "COMPLETED",
    )  # it was carried out: how it stands is the standing run's to show
    assert late.message.startswith(
        "1 av 6 enheter klara, varav 1 preliminär i väntan på nämndens eller styrelsens beslut; kvar: "
    )
    shown = tasks_of(late)
    assert shown["Omsorgsnämnden"] == ("Preliminär", "ska lämnas in: Protokollsutdrag")
    assert shown["Bildningsnämnden"][0] == "Försenad"
    run = run_of(late)
    assert (run.run_count, run.empirical_policy.retries) == (1, 0)

    for unit in hedemora().definition.units:
        town.hand_in(unit, "manadsrapport", "2027-09")
    done = town.run(REPORTS["manadsrapport"], period="2027-09")
    assert (done.name, done.type.value, done.message) == ("Komplett", "COMPLETED", "6 av 6 enheter klara")


def test_a_run_concerns_the_enheter_that_it_names(town):
    state = town.run(REPORTS["delarsrapport"], period="2027-08", moment="paminnelse-5", enheter=["omsorgsnamnden"])
    assert state.message == "0 av 1 enhet klar; kvar: Omsorgsnämnden"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"period": "2027-07"}, "Delårsrapport finns inte i årshjulet för perioden '2027-07', menade du '2027-08'?"),
        ({"period": "2027-08", "enheter": ["omsorgnamnden"]}, "menade du 'omsorgsnamnden'?"),
    ],
)
def test_what_the_arshjul_does_not_hold_is_refused_in_swedish(town, asked, words):
    state = town.run(REPORTS["delarsrapport"], **asked)
    assert (state.name, state.type.value) == ("Avslaget", "FAILED")
    assert words in state.message


def test_a_technical_fault_is_prefects_own_failure(town, tmp_path: Path):
    machine = town.machine
    (tmp_path / "data" / "arshjul.db").rename(tmp_path / "borta.db")
    (tmp_path / "data" / "arshjul.db").write_bytes(b"ingen databas" * 100)
    machine.store.close()  # what was open reads on in what it had
    state = carried_out(machine, REPORTS["delarsrapport"], period="2027-08")
    assert state.type.value == "FAILED"
    assert state.name == "Failed"


def test_the_artifact_is_the_newest_and_never_holds_a_personal_link(town):
    key = "hedemora-delarsrapport-2027-08"
    before = len(artifacts(key))
    town.run(REPORTS["delarsrapport"], period="2027-08")
    town.hand_in("omsorgsnamnden")
    town.run(REPORTS["delarsrapport"], period="2027-08")
    newest, older = artifacts(key)[:2]
    assert len(artifacts(key)) == before + 2
    row = next(
        row for row in newest if (row["enhet"], row["gäller"]) == ("Omsorgsnämnden", "underlag till delårsrapporten")
    )
    assert row == {
        "enhet": "Omsorgsnämnden",
        "läge": "Preliminär",
        "frist": "tis 21 sep 2027 kl. 16.00",
        "gäller": "underlag till delårsrapporten",
        "återstår": "",
        "ansvarig roll": "förvaltningschef",
        "senaste brev": "–",
        "statussida": "http://127.0.0.1:8040/lage/delarsrapport/2027-08",
    }
    assert next(row for row in older if row["enhet"] == "Omsorgsnämnden")["läge"] == "Ofullständig"
    kf = next(row for row in newest if row["gäller"] == "KF behandlar delårsrapporten")
    assert (kf["enhet"], kf["läge"], kf["frist"]) == ("KF", "Kommande", "tis 23 nov 2027 kl. 18.00")
    assert "/l/" not in json.dumps([newest, older])


FORMS: list[tuple[ANY_FLOW, dict[str, str], str, str]] = [
    (perioden_ar_stangd, {"period": "2027-08", "stangd_den": "2027-09-09"}, "period.closed", "Ingen frist flyttas"),
    (faststall_tidplanen, {"ar": "2027", "beslutad_den": "2027-09-07", "paragraf": "§ 9"}, "tidplan.fixed", "Registrerat."),
    (
        registrera_beslut,
        {"rapport": "Delårsrapport", "period": "2026-08", "moment": "KF behandlar delårsrapporten",
         "beslutad_den": "2026-11-24", "beslut": "behandlas"},
        "decision.recorded",
        "KF behandlar delårsrapporten: behandlades den 24 november 2026",
    ),
    (
        bevilja_anstand,
        OMSORG | WHY | {"till": "2027-09-23"},
        "anstand.granted",
        "Omsorgsnämnden, underlag till delårsrapporten: torsdag 23 september 2027 kl. 16.00",
    ),
    (vila_brev, OMSORG | WHY | {"till": "2027-09-15"}, "quiet.vila", "till och med onsdag 15 september 2027"),
    (hall_eskalering, OMSORG | WHY | {"till": "2027-09-15"}, "quiet.håll", "sedan går det vidare"),
    (
        andra_mote,
        {"organ": "Kommunstyrelsens arbetsutskott", "motets_dag": "2027-10-05", "ny_dag": "2027-10-07", "klockslag": "09.00"} | WHY,
        "meeting.changed",
        "Registrerat.",
    ),
    (avstamning_nu, {}, "round.asked", "brev i utkorgen (begärd av ekonomichefen)"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "filled_in", "event", "words"), FORMS, ids=[form.name for form, *_ in FORMS])
def test_a_form_is_recorded_and_logged_with_who_did_it(town, form, filled_in, event, words):
    state = town.run(form, **{"vem": "ekonomichefen"} | filled_in)
    assert (state.name, state.type.value) == ("Registrerat", "COMPLETED"), state.message
    assert words in state.message
    if event:
        assert town.logged(event) == ["ekonomichefen"]


KF = {
    "rapport": "Delårsrapport",
    "period": "2026-08",
    "moment": "KF behandlar delårsrapporten",
    "beslutad_den": "2026-11-24",
}
SENT_BACK = {
    "rapport": "Delårsrapport", "period": "2027-08", "moment": "KSAU får preliminära siffror", "beslutad_den": "2027-09-09",
    "beslut": "återremitteras",
}  # fmt: skip
REFUSED: list[tuple[ANY_FLOW, dict[str, str], str]] = [
    (perioden_ar_stangd, {"period": "2027-08", "stangd_den": "2027-08-15"}, "kan inte vara stängd söndag 15 augusti 2027"),
    (perioden_ar_stangd, {"period": "2027-08", "stangd_den": "i går"}, "'i går' är inget datum. Ange dagen då perioden stängdes, till exempel 2027-10-05."),
    (faststall_tidplanen, {"ar": "nästa", "beslutad_den": "2027-09-07"}, "'nästa' är inget år"),
    (faststall_tidplanen, {"ar": "2027", "beslutad_den": "2027-12-07"}, "har inte varit än"),
    (registrera_beslut, {"rapport": "Delårsrapport", "period": "2027-08", "moment": "KF", "beslutad_den": "2027-09-01"}, "okänt moment i delårsrapporten 'KF'"),
    (registrera_beslut, SENT_BACK, "Skriv varför"),
    (registrera_beslut, KF | {"beslut": "överlämnas"}, "Välj vilket organ det överlämnas till"),
    (registrera_beslut, KF | {"overlamnas_till": "Kommunstyrelsen"}, "Beslutet är behandlas, och då överlämnas inget"),
    (registrera_beslut, KF | {"beslut": "överlämnas", "overlamnas_till": "Bildningsnämnden"}, "Välj vilket organ det överlämnas till"),
    (registrera_beslut, SENT_BACK | WHY, "Det görs på organets sida i portalen: http://127.0.0.1:8040/organ/ksau"),
    (bevilja_anstand, OMSORG | WHY | {"till": "2027-12-24"}, "Anstånd kan ges längst till fredag 24 september 2027"),
    (bevilja_anstand, OMSORG | WHY | {"till": "2027-09-23", "enhet": "Omsorgnämnden"}, "menade du 'Omsorgsnämnden'?"),
    (vila_brev, OMSORG | {"till": "2027-09-15", "varfor": "?", "vem": "ekonomichefen"}, "Skriv varför"),
    (vila_brev, OMSORG | WHY | {"till": "2027-09-15", "vem": " "}, "Skriv vem som gör detta"),
    (hall_eskalering, OMSORG | WHY | {"till": "2027-11-15"}, "den kan hållas igen"),
    (andra_mote, WHY | {"organ": "Kommunstyrelsens arbetsutskott", "motets_dag": "2027-10-05", "ny_dag": "2028-01-11"}, "Mötet måste flyttas inom samma år"),
    (andra_mote, WHY | {"organ": "KSAU", "ny_dag": "2027-10-07"}, "okänt organ 'KSAU'"),
    (andra_mote, WHY | {"organ": "ksau", "ny_dag": "2027-10-07", "klockslag": "halv nio"}, "Skriv klockslaget som 08.30, eller lämna det tomt."),
]  # fmt: skip


def test_a_form_that_is_not_allowed_is_refused_with_words_and_records_nothing(town):
    town.hand_in("omsorgsnamnden")
    with town.machine.look() as scene:
        before = len(scene.session.scalars(select(LogRow)).all())
    for form, filled_in, words in REFUSED:
        state = town.run(form, **{"vem": "ekonomichefen"} | filled_in)
        assert (state.name, state.type.value) == ("Avslaget", "FAILED"), (form.name, state)
        assert words in state.message, (form.name, state.message)
    with town.machine.look() as scene:
        assert len(scene.session.scalars(select(LogRow)).all()) == before


HAPPENED = {"handelse": "SKR:s prognos", "hande_den": "2027-09-09", "vem": "ekonomichefen"}


def test_what_has_happened_is_recorded_and_gives_frister_and_what_has_not_is_refused(town, monkeypatch):
    monkeypatch.setenv("ARSHJUL_DEFINITION", str(file_of("hedemora")))  # the whole year: the reports wait for nothing
    prepare(Settings(), clock_for(Settings()))
    for wrong, words in (
        ({"handelse": "SKR:s prognosen"}, "okänd händelse 'SKR:s prognosen'"),
        ({"hande_den": "2027-12-09"}, "torsdag 9 december 2027 har inte varit än"),
    ):
        state = town.run(registrera_handelse, **HAPPENED | wrong)
        assert (state.name, state.type.value) == ("Avslaget", "FAILED") and words in state.message
    assert town.logged("happening.recorded") == []
    state = town.run(registrera_handelse, **HAPPENED)
    assert (state.name, state.type.value) == ("Registrerat", "COMPLETED"), state.message
    frist = "Kommunstyrelsen, uppdaterade budgetförutsättningar: torsdag 23 september 2027 kl. 16.00"
    assert f"Registrerat. Frister: {frist}" in state.message
    assert town.logged("happening.recorded") == ["ekonomichefen"]


def test_a_person_sees_swedish_titles_choices_and_calendars(town):
    with town.machine.look() as scene:
        wheel = scene.wheel
    whose = town.machine.whose()

    async def schemas() -> dict[str, dict[str, Any]]:
        found = {}
        for form in form_flows():
            deployment = await deployment_of(form, whose, (FORM,), form_fields(wheel, form.name, date(2027, 9, 10)))
            found[form.name] = deployment._parameter_openapi_schema.model_dump()
        report = await deployment_of(REPORTS["delarsrapport"], whose, (), report_fields(wheel, "delarsrapport"))
        return found | {"rapport": report._parameter_openapi_schema.model_dump()}

    shown = asyncio.run(schemas())
    titles = [each["title"] for schema in shown.values() for each in schema["properties"].values()]
    assert all(title[0].isupper() and "_" not in title for title in titles), titles
    anstand = shown["Bevilja anstånd"]
    assert anstand["required"] == ["rapport", "period", "enhet", "till", "varfor", "vem"]
    assert anstand["properties"]["rapport"]["enum"] == ["Månadsrapport", "Prognos", "Delårsrapport", "Årsredovisning"]
    assert anstand["properties"]["enhet"]["enum"] == UNITS
    assert "2027-08" in anstand["properties"]["period"]["enum"]
    assert anstand["properties"]["till"]["format"] == "date"
    assert (
        "Underlag till delårsrapporten, augusti 2027: fredag 24 september 2027."
        in anstand["properties"]["till"]["description"]
    )
    assert shown["Håll eskalering"]["properties"]["till"]["description"].startswith(
        "Längst till fredag 24 september 2027."
    )
    assert anstand["properties"]["vem"]["title"] == "Vem gör detta?"
    decision = shown["Registrera beslut eller överlämnande"]["properties"]
    assert decision["enhet"]["enum"] == [*UNITS, "kommunen"]
    assert "bordläggs" in decision["beslut"]["enum"] and "återremitteras" not in decision["beslut"]["enum"]
    assert "KF behandlar delårsrapporten" in decision["moment"]["enum"]
    assert shown["rapport"]["properties"]["period"]["enum"] == ["2025-08", "2026-08", "2027-08", "2028-08", "2029-08"]
    assert all("vem" in schema["properties"] for name, schema in shown.items() if name != "rapport")


def test_the_limits_that_a_form_tells_follow_the_day_and_are_nobodys_change(town):
    async def look() -> tuple[list[str], list[str], str, dict[str, list[str]]]:
        keeper = Keeper(town.machine)
        async with get_client() as client:
            await keeper.register(client)
            at_first = await keeper.renew(client)
            town.set_now("2027-09-20T09:00")
            keeper.machine = town.machine
            changed = await keeper.renew(client)
            shown = await client.read_deployment_by_name("Håll eskalering/Håll eskalering · Hedemora kommun")
            said = shown.parameter_openapi_schema["properties"]["till"]["description"]
            told = await keeper.put_right(client)
            await client.delete_deployment(shown.id)
            town.set_now("2027-09-21T09:00")
            keeper.machine = town.machine
            back = await keeper.look(client)
            again = await client.read_deployment_by_name("Håll eskalering/Håll eskalering · Hedemora kommun")
            assert "5 oktober" in again.parameter_openapi_schema["properties"]["till"]["description"]
            for key in keeper.ours:
                await client.delete_deployment(key)
        return at_first, changed, said, told | back

    at_first, changed, said, told = asyncio.run(look())
    assert at_first == [] and told == {"Håll eskalering · Hedemora kommun": ["borttagen"]}
    assert "Håll eskalering · Hedemora kommun" in changed
    assert said.startswith("Längst till måndag 4 oktober 2027.")


def test_what_a_deployment_says_of_itself_begins_with_utskick_while_no_letter_goes(town):
    async def look() -> list[str]:
        keeper, said, name = Keeper(town.machine), list[str](), "Delårsrapport/Delårsrapport · Hedemora kommun"
        async with get_client() as client:
            await keeper.register(client)
            for utskick in ("skarpt", "skugga", "skarpt"):
                keeper.machine = replace(
                    town.machine, office=replace(town.machine.office, utskick=utskick, utskick_is_set=True)
                )
                await keeper.renew(client)
                said.append((await client.read_deployment_by_name(name)).description or "")
                assert await keeper.put_right(client) == {}
            for key in keeper.ours:
                await client.delete_deployment(key)
        return said

    sharp, shadow, again = asyncio.run(look())
    assert shadow == f"Utskick är i skugga. Alla brev går till ekonomikontoret, och ingen annan får något. {sharp}"
    assert again == sharp and "Utskick" not in sharp
