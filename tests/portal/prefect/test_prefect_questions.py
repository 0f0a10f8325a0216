"""What an ekonom asks of Prefect, three months into each municipality's year: what is late, who has it, when is the body."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from flows.machine import Machine
from flows.runs.standing_run import standing_runs
from tests.rig.autumn import PHONE, STANDS, live_through
from tests.rig.load import SHIPPED, file_of
from tests.rig.pages.browsers import browser
from tests.rig.servers.new_prefect import lay_prefect_database
from tests.rig.servers.service import Service, within

pytestmark = [pytest.mark.slow, pytest.mark.nightly]  # a whole service for each municipality: a minute or two

RED = {"FAILED", "CRASHED"}
#: who has what is late in each, and which body is next, as the row's own page says it
ANSWERS = {
    "hedemora": ("Bildningsnämnden", "Ansvarig: förvaltningschefen", "Kommunstyrelsens arbetsutskott, mötet tisdag 5 oktober 2027"),
    "ange": ("Samhällsbyggnad", "Ansvarig: ", "14 oktober 2027"),
    "mjolby": ("Kommunstyrelseförvaltningen", "Ansvarig: ", "31 maj 2027"),
    "orebro": ("Kommunstyrelsen", "Ansvarig: ", "tisdag 16 november 2027: "),
}  # fmt: skip


class Ekonom:
    """Somebody at the screen whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.clicks += 1


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_late_who_has_it_and_when_is_the_body_in_at_most_three_clicks(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    machine = live_through(name, folder)
    lay_prefect_database(folder)
    people = str(folder.with_name(f"{name}.personer.csv"))
    variables = {
        "DEFINITION": str(file_of(name)),
        "PEOPLE": people,
        "NOW": f"{STANDS[name]}T09:00",
        "UTSKICK": "skarpt",
    }
    with Service(folder, **variables) as service:
        wanted = within(300, lambda: _agreed(service, machine), pause=2)
        assert wanted, service.told()
        late = [run for run, (_, is_late) in wanted.items() if is_late]
        assert {run for run, (kind, _) in wanted.items() if kind in RED} == set(late)
        assert late and sorted(wanted)[: len(late)] == sorted(late)  # they are the first of the list
        with browser("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1") as opened:
            page = opened.new_page(viewport={"width": 1280, "height": 800}, locale="sv-SE")
            page.set_default_timeout(120_000)
            page.goto(service.login_link())
            page.get_by_role("button", name="Logga in").click()
            page.goto(f"{service.portal}/prefect/")
            ekonom, (unit, holder, meeting) = Ekonom(page), ANSWERS[name]
            first = page.get_by_role("link", name=sorted(late)[0], exact=True).first
            first.wait_for()
            page.get_by_text(
                f"{len(wanted)} Flow run"
            ).wait_for()  # and nothing stands there that is not the year's own
            box = first.bounding_box()
            assert box and box["y"] + box["height"] < 800  # seen without a click, and without scrolling
            _keep(page, f"{name}-list")
            row = next(run for run in sorted(late) if run.endswith(f" · {unit}"))
            ekonom.click(row)
            told = page.get_by_text(holder).first
            told.wait_for()
            text = " ".join(page.inner_text("body").split())
            assert PHONE in text and "@example.se" in text
            assert meeting in text
            _keep(page, f"{name}-rad")
            assert ekonom.clicks <= 3


def _agreed(service: Service, machine: Machine) -> dict[str, tuple[str, bool]]:
    """Return each standing run's name with its type and whether it is late by the board's own rule, when all stand.

    Nothing while the server has others than the rule wants, or the same in other states.
    """
    there = {run["name"]: run["state_type"] for run in service.runs(tags={"all_": ["läget"]})}
    with machine.look() as scene:
        wanted = {run.name: run for run in standing_runs(scene)}
    if not there or there != {name: run.type.value for name, run in wanted.items()}:
        return {}
    return {name: (there[name], run.state.is_late) for name, run in wanted.items()}


def _keep(page: Page, name: str) -> None:
    """Keep a picture where ``PICTURES`` says: those of the handbook are taken so."""
    if folder := os.environ.get("PICTURES"):
        page.wait_for_timeout(2_000)
        page.screenshot(path=f"{folder}/{name}.png")
