"""The page of who carries up: what came from below is read, approved, or carried up without, and nobody else's is open."""

from datetime import datetime
from html import unescape

import pytest

from actions.bodies.body_letters import report_views
from actions.scene import Scene
from app.commands.status_rows import status_rows
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import STOCKHOLM
from flows.runs.standing_run import standing_runs
from portal.lage.board import Asked, board
from portal.lage.view import ours
from store.access.links import issue, sign
from store.tables import LetterRow, LogRow, Submission
from submissions.files.parts import APPROVED, Upload
from submissions.intake.receive import receive
from submissions.standing.completeness import part_states
from tests.rig.handins import PDF, town
from tests.rig.load import made_up
from tests.rig.pages.hall import SECRET, Hall, words
from tests.rig.pages.logging_in import hidden, press

NOW = datetime(2027, 10, 11, 10, 0, tzinfo=STOCKHOLM)  # a Monday; the enheter's frist is Friday the 15th
NORR = ObligationKey("bergvik/aktivitetsplaner/2028/hemtjanst-norr/plan")
MINE = "aktivitetsplaner/2028/aldreomsorgen/verksamhetens"
FROM_NORR, FROM_SODER = (f"aktivitetsplaner.verksamhetens.plan-hemtjanst-{each}" for each in ("norr", "soder"))


class Desk:
    """One person's page."""

    def __init__(self, hall: Hall, person: str, role: str) -> None:
        self.browser = hall.browser()
        with hall.town.store.begin() as session:
            link = issue(session, f"{person}@example.se", [role], NOW)
        assert press(self.browser, f"/l/{sign(SECRET, link)}").status_code == 303

    def text(self) -> str:
        return " ".join(unescape(self.browser.get("/mina").text).split())

    def post(self, **fields: str) -> str:
        data = {"csrf": hidden(self.browser.get("/mina").text), **fields}
        answer = self.browser.post(f"/mina/{MINE}", data=data, files=[("x", ("", b""))])
        return " ".join(unescape(self.browser.get(answer.headers["location"].partition("#")[0]).text).split())


@pytest.fixture
def hall() -> Hall:
    here = Hall(town(NOW, name="bergvik"), now=NOW, sourced=made_up("bergvik"))
    with here.town.store.begin() as session:
        wheel = Scene(session, here.office(), NOW).wheel
        receive(session, wheel, NORR, PartId("plan"), upload=Upload(filename="plan-norr.pdf", content=PDF), fields={},
                by="Chefen i norr", via="länk", now=NOW)  # fmt: skip
    return here


def test_what_came_from_below_is_read_and_approved_and_what_has_not_come_is_waited_for(hall: Hall) -> None:
    desk = Desk(hall, "aldreomsorgen", "verksamhetschef")
    text = desk.text()
    assert "1 av 2 enheter under har lämnat; väntar på hemtjänst söder." in text
    assert "Väntar på hemtjänst söder, senast fredag 15 oktober 2027." in text
    assert f'name="{FROM_NORR}.godkänns"' in text and f'name="{FROM_SODER}.godkänns"' not in text
    (row,) = hall.rows(Submission)
    assert f'href="/mina/fil/{row.id}">plan-norr.pdf</a>' in text
    assert desk.browser.get(f"/mina/fil/{row.id}").content == PDF

    desk.post(**{f"{FROM_NORR}.godkänns": "ja"})
    assert "Godkänd måndag 11 oktober 2027 kl. 10.00" in desk.text()
    (logged,) = [
        each for each in hall.rows(LogRow) if each.what == "submission.received" and "verksamhetens" in each.key
    ]
    assert (logged.who, logged.detail["part"]) == ("Chefen för äldreomsorgen", "plan-hemtjanst-norr")


def test_what_came_from_below_is_sent_back_by_who_is_above_with_reasons_and_a_day(hall: Hall) -> None:
    desk = Desk(hall, "aldreomsorgen", "verksamhetschef")
    text = desk.text()
    assert f'name="{FROM_NORR}.tillbaka"' in text and f'name="{FROM_SODER}.tillbaka"' not in text
    assert "Längst till fredag 29 oktober 2027 kl. 16.00." in text  # when who is above is to carry it up
    back = {f"{FROM_NORR}.tillbaka": "Målen saknar startvärden.", f"{FROM_NORR}.senast": "2027-10-20"}
    for wrong, told in (
        ({f"{FROM_NORR}.senast": ""}, "Ange senast när det ska lämnas in igen"),
        ({f"{FROM_NORR}.tillbaka": "Nej"}, "Skriv varför"),
        ({f"{FROM_NORR}.senast": "2027-11-01"}, "Enheten kan få längst till fredag 29 oktober 2027 kl. 16.00"),
        ({f"{FROM_NORR}.godkänns": "ja"}, "Välj en sak: godkänn, bär upp utan, eller skicka tillbaka."),
    ):
        assert told in desk.post(**back | wrong)
    assert not [each for each in hall.rows(LetterRow) if each.kind == "återremiss"]
    desk.post(**{f"{FROM_NORR}.godkänns": "ja"})

    told = desk.post(**back)
    assert "Det är skickat tillbaka" in told
    assert "Hemtjänst norr får tillbaka det, med ett brev: senast onsdag 20 oktober 2027 kl. 16.00." in told
    assert "0 av 2 enheter under har lämnat" in told and f'name="{FROM_NORR}.tillbaka"' not in told
    (letter,) = [each for each in hall.rows(LetterRow) if each.kind == "återremiss"]
    assert letter.person_id == "norr@example.se" and "Målen saknar startvärden." in words(letter)
    (logged,) = [each for each in hall.rows(LogRow) if each.what == "submission.sent_back"]
    assert (logged.who, logged.key) == ("Chefen för äldreomsorgen", NORR)


def test_who_sends_back_approves_anew_also_what_comes_after_the_frist(hall: Hall) -> None:
    desk = Desk(hall, "aldreomsorgen", "verksamhetschef")
    desk.post(**{f"{FROM_NORR}.godkänns": "ja"})
    desk.post(
        **{f"{FROM_NORR}.tillbaka": "Målen saknar\r\nstartvärden. " + "x" * 2000, f"{FROM_NORR}.senast": "2027-10-20"}
    )
    (logged,) = [each for each in hall.rows(LogRow) if each.what == "submission.sent_back"]
    assert logged.detail["why"].startswith("Målen saknar startvärden. xxx") and len(logged.detail["why"]) == 1000

    late = datetime(2027, 11, 2, 10, 0, tzinfo=STOCKHOLM)  # the frist of who is above was on the 29th of October
    with hall.town.store.begin() as session:
        wheel = Scene(session, hall.office(), late).wheel
        receive(session, wheel, NORR, PartId("plan"), upload=Upload(filename="plan-norr.pdf", content=PDF + b"\n"),
                fields={}, by="Chefen i norr", via="länk", now=late)  # fmt: skip
        one = wheel.obligations[ObligationKey(f"bergvik/{MINE}")]
        (state,) = [each for each in part_states(session, [one])[one.key] if each.part.id == "plan-hemtjanst-norr"]
    assert (state.complete, state.waits) == (False, False)
    assert [(each.message[:46], each.mend) for each in state.findings] == [
        ("Godkännandet är taget tillbaka: Målen saknar s", "Läs den nya versionen, och godkänn den.")
    ]
    with hall.town.store.begin() as session:
        receive(session, wheel, one.key, state.part.id, fields={APPROVED: "ja"}, by="Chefen", via="länk", now=late)
        (state,) = [each for each in part_states(session, [one])[one.key] if each.part.id == "plan-hemtjanst-norr"]
    assert state.complete


def test_board_dossier_status_and_prefect_say_how_many_of_those_below_are_in(hall: Hall) -> None:
    with hall.town.store.read() as session:
        scene = Scene(session, hall.office(), NOW)
        one = scene.wheel.obligations[ObligationKey(f"bergvik/{MINE}")]
        cells = [
            cell for row in board(scene, Asked(), part_states(session, ours(scene))).rows for cell in row.cells if cell
        ]
        (cell,) = [cell for cell in cells if cell.one.key == one.key]
        assert cell.word == f"{cell.state.word}, 1 av 2"
        (row,) = [row for row in status_rows(scene) if row["key"] == one.key]
        assert row["below"] == "1 av 2 enheter under har lämnat; väntar på hemtjänst söder"
        (run,) = [run for run in standing_runs(scene) if run.occurrence == one.occurrence and run.unit == one.unit]
        assert run.name.endswith("Aktivitetsplaner 2028 · Äldreomsorgen, 1 av 2 under")
        assert (
            "1 av 2 enheter under har lämnat; väntar på hemtjänst söder." in run.words
            and run.words in run.page + run.words
        )
        assert "1 av 2 enheter under har lämnat; väntar på hemtjänst söder." in run.page
        ks = next(each for each in scene.wheel.milestones if each.occurrence == one.occurrence and each.body == "ks")
        told = [line.text for report in report_views(scene, [ks]) for each in report.standing for line in each.ahead]
        assert any("Äldreomsorgen" in line and "1 av 2 enheter under har lämnat" in line for line in told)
    office = hall.inside()
    assert '<span class="word">Kommande</span> <span class="below">1 av 2</span>' in office.get("/lage").text
    for page in (f"/lage/{one.occurrence.path}", f"/lage/{MINE}"):
        assert "1 av 2 enheter under har lämnat; väntar på hemtjänst söder." in office.get(page).text


def test_what_is_carried_up_without_says_why_and_a_forged_approval_is_refused(hall: Hall) -> None:
    desk = Desk(hall, "aldreomsorgen", "verksamhetschef")
    assert "allt är inte inne än" in desk.post(**{f"{FROM_SODER}.godkänns": "ja"})
    desk.post(**{f"{FROM_SODER}.ej": "Enheten öppnar först i mars nästa år."})
    assert "Bärs upp utan: Enheten öppnar först i mars nästa år." in desk.text()


def test_who_is_above_reads_all_that_is_below_and_who_is_beside_nothing(hall: Hall) -> None:
    (row,) = hall.rows(Submission)
    for person, role, status in (
        ("omsorgschef", "forvaltningschef", 200),
        ("skolchef", "forvaltningschef", 404),
        ("soder", "enhetschef", 404),
    ):
        assert Desk(hall, person, role).browser.get(f"/mina/fil/{row.id}").status_code == status
