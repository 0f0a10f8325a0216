"""Every step that wants a flow has one in Prefect, in the definition's own words, whatever it is called."""

import asyncio
from datetime import date

import pytest

from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError
from arshjul.year.turning import turn
from flows.forms.fields import form_fields, report_fields
from flows.forms.flows import hall_eskalering, registrera_beslut
from flows.naming import Whose
from flows.reports import description_of, reports_of
from flows.service.deployments import REPORT, deployment_of
from tests.rig.load import hedemora, made_up, text

WHOSE = Whose(kommun="lindo", kommun_name="Lindö kommun", installation="abc")


def test_each_step_that_wants_a_flow_has_one_under_its_own_name() -> None:
    definition = made_up("lindo").definition
    assert definition.steps.keys() - reports_of(definition).keys() == {"budget", "bolagsprovning"}  # flöde: false
    flows = {step: each.name for step, each in reports_of(definition).items()}
    assert flows == {step: definition.steps[step].name for step in flows}
    assert "tertialrapport" in flows, "a step that no code knows"
    assert reports_of(definition)["tertialrapport"] is reports_of(definition)["tertialrapport"]


def test_a_reports_deployment_is_made_from_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHA", "REF_NAME", "REPOSITORY", "SERVER_URL"):  # as where Prefect finds a repository to tell of
        monkeypatch.setenv(f"GITHUB_{name}", "https://example.se")
    definition = made_up("lindo").definition
    wheel = turn(definition, [2026, 2027])
    report = reports_of(definition)["tertialrapport"]
    fields = report_fields(wheel, "tertialrapport")
    made = asyncio.run(deployment_of(report, WHOSE, (REPORT, "steg:tertialrapport"), fields))
    assert made.name == "Tertialrapport · Lindö kommun"
    assert set(made.tags) == {"rapport", "steg:tertialrapport", "kommun:lindo", "installation:abc"}
    schema = made._parameter_openapi_schema
    assert list(schema.properties) == ["period", "moment", "enheter"]
    assert schema.properties["period"]["enum"] == ["2026-04", "2027-04"]
    told = made._get_deployment_version_info(made.version_type)
    assert told.model_dump() == {"type": "prefect:simple", "version": told.version}  # nothing of the folder we stand in


def test_what_a_report_is_told_as_is_the_definitions_words_or_its_periods_and_moments() -> None:
    tertial = made_up("lindo").definition.steps["tertialrapport"]
    assert description_of(tertial, hedemora().definition) == (
        f"{tertial.name} för april. Momenten är: KS får tertialrapporten. Enligt Lindö plan, § 8."
    )
    assert description_of(hedemora().definition.steps["delarsrapport"], hedemora().definition).startswith(
        "Uppföljning av året till och med 31"
    )


def test_no_form_names_a_body_that_the_municipality_has_not() -> None:
    wheel = turn(made_up("lindo").definition, [2026, 2027])
    said = [registrera_beslut.description, hall_eskalering.description]
    said += [
        str(each)
        for form in (registrera_beslut, hall_eskalering)
        for each in form_fields(wheel, form.name, date(2026, 9, 1)).values()
    ]
    assert not [words for words in said if words and ("KSAU" in words or "rbetsutskott" in words)]


def test_two_steps_of_one_name_are_a_fault() -> None:
    whole = text("lindo").replace("namn: Delårsrapport\n", "namn: Årsredovisning\n")
    with pytest.raises(DefinitionError, match="steget heter som 'delarsrapport', Årsredovisning; ge det ett eget namn"):
        read_definition(whole, "x.yaml")


def test_a_report_of_what_is_registered_or_opened_says_so() -> None:
    definition = made_up("granvik").definition
    told = {
        key: description_of(definition.steps[key], definition)
        for key in ("sarskilt-uppdrag", "avvikelse", "skatteprognos")
    }
    assert told["sarskilt-uppdrag"].startswith(
        "Särskilt uppdrag för varje post med en frist i registret Särskilda uppdrag. Momenten är: KS får"
    )
    assert "varje gång det här inlämnas: en avvikelse som fullmäktige ska ta ställning till." in told["avvikelse"]
    assert "varje gång det här registreras: SKR:s skatteunderlagsprognos." in told["skatteprognos"]
