"""The page of who carries up: what came from below is read, approved, or carried up without, and nobody else's is open."""

from datetime import datetime
from html import unescape

import pytest

from actions.scene import Scene
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import STOCKHOLM
from store.access.links import issue, sign
from store.tables import LogRow, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import PDF, town
from tests.rig.load import made_up
from tests.rig.pages.hall import SECRET, Hall
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
