"""The whole service, as people start it: a real Prefect server, a real SMTP server, and the page."""

import re

import httpx
import pytest
from sqlalchemy import select

from arshjul.swedish import STOCKHOLM
from store.tables import LedgerFile, Link, LogRow, NoticeRow, Submission
from tests.rig.files.books import company_book
from tests.rig.files.filling import careful
from tests.rig.files.malls import mall
from tests.rig.hedemora import hedemora
from tests.rig.pages.logging_in import hidden, press
from tests.rig.servers.other_user import readable_by_others
from tests.rig.servers.served import CHIEF, FIRST_DAY, READERS, daily, letters_to, whole_year
from tests.rig.servers.service import Service, within

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.rig.servers.shared_service"]


def test_the_letters_of_the_day_carry_the_id_of_a_run_that_prefect_knows(service, sink):
    assert within(150, lambda: set(daily(sink)) >= READERS), service.told()
    letters = daily(sink)
    assert set(letters) == READERS
    runs = {str(letter["X-Arshjul-Run"]) for letter in letters.values()}
    for run in runs:
        known = service.api(f"flow_runs/{run}")
        assert {"steg:delarsrapport", "period:2027-08"} <= set(known["tags"])
        assert known["name"].startswith("Delårsrapport 2027-08 · ")
        name, words = service.ended(run)
        assert (name, words[:21]) == ("Ofullständig", "0 av 6 enheter klara;")
    units = {unit.name: "Ofullständig" for unit in hedemora().definition.units.values()}

    def tasks() -> dict[str, str]:
        found = service.api("task_runs/filter", {"flow_runs": {"id": {"any_": sorted(runs)}}})
        return {task["name"]: (task["state"] or {}).get("name") for task in found}

    assert within(150, lambda: tasks() == units | {"Brev och eskalering": "Completed"}), tasks()


def test_another_user_of_the_machine_reads_nothing_of_a_service_that_runs(service):
    there = {path.relative_to(service.data).parts[0] for path in service.data.rglob("*")}
    assert {"arshjul.db", "arshjul.db-wal", "hemlighet", "logg", "prefect", "up.lock"} <= there
    assert readable_by_others(service.data) == []


def filled(step: str, part: str) -> bytes:
    """The mall of a part of Bildningsnämnden's, filled in with care."""
    return careful(mall(step, "2027-08", "bildningsnamnden", part))


def test_a_hand_in_through_the_page_turns_the_artifact_and_is_receipted(service, sink):
    letter = daily(sink)[CHIEF].get_body(("plain",)).get_content()
    link = re.search(rf"{re.escape(service.portal)}/l/\S+", letter)[0]
    with httpx.Client(base_url=service.portal, trust_env=False, timeout=150) as browser:
        shown = browser.get(link)
        assert shown.status_code == 200
        with service.store.read() as session:
            opened = [each.opened_at for each in session.scalars(select(Link).where(Link.person_id == CHIEF))]
        assert opened == [None]  # a mail scanner changes nothing
        assert browser.get("/mina").status_code == 403
        assert browser.post(link, data={"csrf": hidden(shown.text)}).headers["location"] == "/mina"
        page = browser.get("/mina").text
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
        files = {
            "delarsrapport.underlag.ekonomi": ("ekonomi.xlsx", filled("delarsrapport", "ekonomi")),
            "delarsrapport.underlag.mal-och-resultat": ("mål.docx", filled("delarsrapport", "mal-och-resultat")),
            "delarsrapport.underlag.riskanalys-och-intern-kontroll": (
                "risker.docx",
                filled("delarsrapport", "riskanalys-och-intern-kontroll"),
            ),
            "prognos.underlag.planerade-atgarder": ("åtgärder.docx", filled("prognos", "planerade-atgarder")),
        }
        answer = browser.post(
            "/mina/delarsrapport/2027-08/bildningsnamnden/underlag",
            data={"csrf": csrf},
            files={f"{name}.fil": file for name, file in files.items()},
        )
        assert answer.status_code == 303, answer.text
    with service.store.read() as session:
        assert len(session.scalars(select(Submission)).all()) == len(files)

    def state(key: str, what: str) -> str:
        rows = [row for row in service.artifact(key) if (row["enhet"], row["gäller"]) == ("Bildningsnämnden", what)]
        return rows[0]["läge"] if rows else ""

    assert within(150, lambda: letters_to(sink, CHIEF, "/kvittens/")), service.told()
    assert within(150, lambda: state("delarsrapport-2027-08", "underlag till delårsrapporten") == "Preliminär")
    assert within(150, lambda: state("prognos-2027-08", "helårsprognos") == "Komplett")
    assert "/l/" not in str(service.artifact("delarsrapport-2027-08"))


def test_the_printed_link_and_a_letter_log_the_ekonomikontor_in_and_prefects_link_is_reached(service, sink):
    asked = "/lage/delarsrapport/2027-08"  # as the artifacts in the Prefect UI link here
    with httpx.Client(base_url=service.portal, trust_env=False, timeout=150) as browser:
        way = browser.get(asked)
        assert (way.status_code, way.headers["location"]) == (303, f"/logga-in?till={asked}")
        page = browser.get(way.headers["location"]).text
        fields = {name: hidden(page, name) for name in ("csrf", "till")}
        browser.post("/logga-in", data={**fields, "adress": "ekonomikontoret@example.se"})
        assert within(150, lambda: letters_to(sink, "ekonomikontoret@example.se", "/inloggning/")), service.told()
        [letter] = letters_to(sink, "ekonomikontoret@example.se", "/inloggning/")
        link = re.search(rf"{re.escape(service.portal)}/logga-in/lank/\S+", letter.get_body(("plain",)).get_content())[
            0
        ]
        assert press(browser, link).headers["location"] == asked
        assert "Bildningsnämnden" in browser.get(asked).text
    with httpx.Client(base_url=service.portal, trust_env=False, timeout=150) as browser:
        way_in = re.compile(rf"{re.escape(service.portal)}/logga-in/lank/\S+")
        assert not way_in.search(service.text())  # what up says goes to a file here, and may be read by others
        printed = way_in.fullmatch(service.login_link())[0]
        assert press(browser, printed).headers["location"] == "/lage"
        assert browser.get("/lage").status_code == 200
    logged = (service.data / "logg" / "portal.log").read_text()
    assert link.rpartition("/")[2] not in logged and printed.rpartition("/")[2] not in logged


def test_a_form_is_recorded_with_who_did_it_or_refused_with_words(service):
    chosen = {"rapport": "Delårsrapport", "period": "2027-08", "enhet": "Omsorgsnämnden", "vem": "controllern"}
    reason = {"varfor": "Förvaltningschefen är sjuk."}
    before = len(_logged(service, "quiet.vila"))
    rest = service.fill_in("Vila brev", **chosen, **reason, till="2027-09-15")
    refused = service.fill_in("Bevilja anstånd", **chosen, **reason, till="2027-12-24")
    assert service.ended(rest) == (
        "Registrerat",
        "Påminnelserna vilar till och med onsdag 15 september 2027. Fristen står fast.",
    )
    name, words = service.ended(refused)
    assert name == "Avslaget"
    assert "Anstånd kan ges längst till" in words
    assert _logged(service, "quiet.vila")[before:] == ["controllern"]
    assert _logged(service, "anstand.granted") == []


def test_the_runs_leave_no_fault_in_their_log(service):
    lines = (service.data / "logg" / "körningar.log").read_text().splitlines()
    faults = [line for line in lines if " ERROR " in line or " WARNING " in line]
    expected = ("prefect.down", "Finished in state Avslaget")  # it was started beside the server; a form said no
    assert [line for line in faults if not any(each in line for each in expected)] == []


def _logged(service: Service, what: str) -> list[str]:
    """Return who did something, the first first."""
    with service.store.read() as session:
        return list(session.scalars(select(LogRow.who).where(LogRow.what == what).order_by(LogRow.id)))


def test_the_year_stands_scheduled_in_prefect_with_swedish_names_and_tags(service):
    assert "Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep" in whole_year(service).values()
    run = service.runs(name={"any_": ["Delårsrapport 2027-08 · påminnelse 5 arbetsdagar före · 14 sep"]})[0]
    assert {"steg:delarsrapport", "period:2027-08", "moment:paminnelse"} <= set(run["tags"])
    assert run["expected_start_time"] == "2027-09-14T05:00:00Z"


def test_nothing_from_before_i_drift_fran_is_told(service, sink):
    with service.store.read() as session:
        told = session.scalars(select(NoticeRow)).all()
        assert told
        assert all(notice.due_at.astimezone(STOCKHOLM).date() >= FIRST_DAY for notice in told)
    assert within(150, lambda: letters_to(sink, "ekonomikontoret@example.se", "/vecka/2027-V36"))
    [week] = letters_to(sink, "ekonomikontoret@example.se", "/vecka/2027-V36")
    assert "Inget är försenat." in week.get_body(("plain",)).get_content()


def test_a_ledger_file_is_taken_from_its_folder(service):
    folder = service.data.with_name("sie")
    (folder / "augusti.se").write_bytes(company_book("Bostadsbolaget AB"))  # a company's, which nobody has handed in
    assert within(150, lambda: list((folder / "intagna").glob("*.se.txt"))), service.told()
    with service.store.read() as session:
        [file] = session.scalars(select(LedgerFile)).all()
        assert (file.ledger, file.period) == ("bostadsbolaget", "2027-08")
