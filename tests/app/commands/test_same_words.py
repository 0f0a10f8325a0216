"""What is wrong is refused in the same words by the page, the form in Prefect and the command, whichever it is typed in."""

import asyncio
import html
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from app.commands.cli import cli
from app.wiring import open_machine
from arshjul.keys import ObligationKey
from arshjul.swedish import day_text, local_date
from arshjul.year.last_anstand import last_anstand
from flows.forms.fields import form_fields
from flows.forms.flows import (
    ANY_FLOW,
    andra_mote,
    bevilja_anstand,
    hall_eskalering,
    registrera_beslut,
    vila_brev,
)
from flows.machine import Machine, at_hand
from store.tables import LogRow
from tests.rig.installed import lay_installation
from tests.rig.pages.client import Client
from tests.rig.pages.hall import portal_of
from tests.rig.pages.logging_in import hidden, log_in

pytestmark = pytest.mark.whole

NOW = datetime.fromisoformat("2027-09-10T09:00+02:00")
OMSORG = "/lage/delarsrapport/2027-08/omsorgsnamnden/underlag"
KEYS = ("delarsrapport", "2027-08", "omsorgsnamnden")
NAMES = {"rapport": "Delårsrapport", "period": "2027-08", "enhet": "Omsorgsnämnden"}
WHY = "Förvaltningschefen är sjuk."


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    lay_installation(tmp_path / "data", NOW)
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ARSHJUL_NOW", "2027-09-10T09:00")
    yield open_machine()


def by_page(browser: Client, path: str, filled_in: dict[str, str]) -> str:
    """Send a page's form, and return the page that refuses it, without its marks."""
    answer = browser.post(path, data={"csrf": hidden(browser.get("/lage").text), **filled_in})
    assert answer.status_code in (400, 404), (path, answer.status_code)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def by_form(machine: Machine, form: ANY_FLOW, filled_in: dict[str, str]) -> str:
    """Carry out a form's function, as the runner does."""
    with at_hand(machine):
        state = asyncio.run(form.fn(**{"vem": "ekonomichefen"} | filled_in))
    assert state.name == "Avslaget", state
    return str(state.message)


def by_command(*words: str) -> str:
    ended = CliRunner().invoke(cli, [*words, "--vem", "ekonomichefen"])
    assert ended.exit_code != 0
    return f"{ended.exception} {ended.output}"


#: what is wrong: the page and what its form sends, the form in Prefect, the command, and what all three answer
WRONG: list[tuple[tuple[str, dict[str, str]], tuple[ANY_FLOW, dict[str, str]], tuple[str, ...], str]] = [
    (
        (f"{OMSORG}/anstand", {"till": "2027-12-24", "skal": WHY}),
        (bevilja_anstand, NAMES | {"till": "2027-12-24", "varfor": WHY}),
        ("anstand", *KEYS, "2027-12-24", "--varfor", WHY),
        "Anstånd kan ges längst till fredag 24 september 2027: sammanställningen ska bli klar innan dagordningen stänger",
    ),
    (
        (f"{OMSORG}/anstand", {"till": "2027-09-20", "skal": WHY}),
        (bevilja_anstand, NAMES | {"till": "2027-09-20", "varfor": WHY}),
        ("anstand", *KEYS, "2027-09-20", "--varfor", WHY),
        "Fristen är redan tisdag 21 september 2027 kl. 16.00; ett anstånd måste vara senare.",
    ),
    (
        (f"{OMSORG}/anstand", {"till": "2027-09-23", "skal": " "}),
        (bevilja_anstand, NAMES | {"till": "2027-09-23", "varfor": " "}),
        ("anstand", *KEYS, "2027-09-23", "--varfor", " "),
        "Skriv varför, så att den som läser loggen förstår.",
    ),
    (
        (f"{OMSORG}/anstand", {"till": "i morgon", "skal": WHY}),
        (bevilja_anstand, NAMES | {"till": "i morgon", "varfor": WHY}),
        ("anstand", *KEYS, "i morgon", "--varfor", WHY),
        "'i morgon' är inget datum. Ange till och med vilken dag, till exempel 2027-10-05.",
    ),
    (
        (f"{OMSORG}/anstand".replace("omsorgsn", "omsorgn"), {"till": "2027-09-23", "skal": WHY}),
        (bevilja_anstand, NAMES | {"till": "2027-09-23", "varfor": WHY, "enhet": "omsorgnamnden"}),
        ("anstand", "delarsrapport", "2027-08", "omsorgnamnden", "2027-09-23", "--varfor", WHY),
        "okänd enhet 'omsorgnamnden', menade du 'omsorgsnamnden'?",
    ),
    (
        (f"{OMSORG}/vila", {"till": "2027-09-22", "skal": WHY}),
        (vila_brev, NAMES | {"till": "2027-09-22", "varfor": WHY}),
        ("vila", *KEYS, "2027-09-22", "--varfor", WHY),
        "Breven kan vila längst till fristen, tisdag 21 september 2027. Ge anstånd om fristen ska flyttas.",
    ),
    (
        (f"{OMSORG}/hall", {"till": "2027-11-15", "skal": WHY}),
        (hall_eskalering, NAMES | {"till": "2027-11-15", "varfor": WHY}),
        ("hold-escalation", *KEYS, "2027-11-15", "--varfor", WHY),
        "Håll eskaleringen till en dag från i dag till fredag 24 september 2027 (10 arbetsdagar); den kan hållas igen.",
    ),
    (
        ("/mote", {"organ": "ksau", "dag": "2027-10-05", "ny_dag": "2028-01-11", "skal": WHY}),
        (andra_mote, {"organ": "ksau", "motets_dag": "2027-10-05", "ny_dag": "2028-01-11", "varfor": WHY}),
        ("meeting", "ksau", "--dag", "2027-10-05", "--ny-dag", "2028-01-11", "--varfor", WHY),
        "Mötet måste flyttas inom samma år. Ställ in det, och lägg till ett i det andra året.",
    ),
    (
        ("/mote", {"organ": "ksao", "ny_dag": "2027-10-07", "skal": WHY}),
        (andra_mote, {"organ": "ksao", "ny_dag": "2027-10-07", "varfor": WHY}),
        ("meeting", "ksao", "--ny-dag", "2027-10-07", "--varfor", WHY),
        "okänt organ 'ksao', menade du 'ksau'?",
    ),
    (
        ("/mote", {"organ": "ksau", "ny_dag": "2027-10-07", "klockslag": "halv nio", "skal": WHY}),
        (andra_mote, {"organ": "ksau", "ny_dag": "2027-10-07", "klockslag": "halv nio", "varfor": WHY}),
        ("meeting", "ksau", "--ny-dag", "2027-10-07", "--kl", "halv nio", "--varfor", WHY),
        "Skriv klockslaget som 08.30, eller lämna det tomt.",
    ),
    (
        ("/mote", {"organ": "ksau", "dag": "2027-10-06", "gor": "stall-in", "skal": WHY}),
        (andra_mote, {"organ": "ksau", "motets_dag": "2027-10-06", "varfor": WHY}),
        ("meeting", "ksau", "--dag", "2027-10-06", "--varfor", WHY),
        "har inget möte onsdag 6 oktober 2027, menade du '2027-10-05'?",
    ),
]  # fmt: skip


def test_what_is_wrong_is_refused_in_the_same_words_in_all_three(machine: Machine) -> None:
    browser = log_in(portal_of(machine), machine.store, machine.office.secret, NOW)
    with machine.look() as scene:
        before = scene.session.scalar(select(func.count()).select_from(LogRow))
    for (path, sent), (form, filled_in), words, told in WRONG:
        assert told.lower() in by_page(browser, path, sent).lower(), (path, sent)  # a page begins it as a sentence
        assert told in by_form(machine, form, filled_in), (form.name, filled_in)
        assert told in by_command(*words), words
    with machine.look() as scene:
        assert scene.session.scalar(select(func.count()).select_from(LogRow)) == before


def test_a_word_that_the_law_has_not_is_refused_in_the_same_words_in_all_three(machine: Machine) -> None:
    browser = log_in(portal_of(machine), machine.store, machine.office.secret, NOW)
    with machine.look() as scene:
        one = next(
            each for each in scene.wheel.milestones if each.concerns == "ansvarsfrihet" and each.period.key == "2026"
        )
    day, asked = f"{local_date(one.at)}", {"rapport": one.step, "period": "2026", "moment": one.key.moment}
    sent = {"moment": one.key, "beslut": "godkänns", "beslutad": day}
    told = f"{one.name}: beslutet kan inte bli ”godkänns”. Det kan bli beviljas, vägras, "
    assert told in by_page(browser, f"/organ/{one.body}/{day}/beslut", sent)
    assert told in by_form(machine, registrera_beslut, asked | {"beslutad_den": day, "beslut": "godkänns"})
    assert told in by_command("decide", one.step, "2026", one.key.moment, day, "--beslut", "godkänns")
    ahead = "fredag 24 december 2027"
    assert ahead in by_page(
        browser, f"/organ/{one.body}/{day}/beslut", sent | {"beslut": "beviljas", "beslutad": "2027-12-24"}
    )
    assert ahead in by_form(machine, registrera_beslut, asked | {"beslutad_den": "2027-12-24"})
    assert ahead in by_command("decide", one.step, "2026", one.key.moment, "2027-12-24")


def test_the_form_of_anstand_tells_the_last_day_that_page_and_refusal_tell(machine: Machine) -> None:
    with machine.look() as scene:
        told = form_fields(scene.wheel, bevilja_anstand.name, scene.today)["till"]["description"]
        one = scene.wheel.obligations[ObligationKey.of("hedemora", *KEYS, "underlag")]
        last = last_anstand(scene.wheel, one)
        held = form_fields(scene.wheel, hall_eskalering.name, scene.today)["till"]["description"]
    assert last is not None
    assert f"Underlag till delårsrapporten, augusti 2027: {day_text(last.day)}." in told
    assert told.startswith("Längst, vid fristens klockslag: ")
    assert held.startswith("Längst till fredag 24 september 2027.")
    browser = log_in(portal_of(machine), machine.store, machine.office.secret, NOW)
    assert f"Längst till {day_text(last.day)}" in browser.get(OMSORG).text
