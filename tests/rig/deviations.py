"""A skolnämnd that hands in its ekonomirapport, with a deficit and a word on its ram: what opens a deviation, and ends it."""

import hashlib
from datetime import date, datetime
from functools import cache

from sqlalchemy import select

from actions.act import Act
from actions.scene import Scene
from actions.underlag.opened_by_hand import say_opening
from actions.underlag.receiving import PartHandedIn, hand_in
from arshjul.keys import ObligationKey, PartId, UnitId
from arshjul.swedish import STOCKHOLM, instant_text
from notifications.office import Office
from store.database import Session
from store.plan.planning import current_wheel
from store.tables import LetterRow, LogRow
from submissions.files.filled import Filled
from submissions.files.parts import Upload
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.review.examining import Examined
from submissions.templates.mall import NOTHING_KNOWN, Mall, mall_of
from submissions.templates.mall_workbook import workbook_of
from tests.rig.files.filling import FIELDS, fill_workbook
from tests.rig.handins import town
from tests.rig.load import made_up

MONDAY = datetime(2027, 4, 12, 9, 0, tzinfo=STOCKHOLM)
TUESDAY = datetime(2027, 4, 13, 9, 0, tzinfo=STOCKHOLM)
KEY = ObligationKey("granvik/ekonomirapport/2027-03/skolnamnden/underlag")
BUDGET = 40_000


def office() -> Office:
    return Office(
        sourced=made_up("granvik"), mail_from="ekonomikontoret@example.se", public_url="http://x.example.se",
        prefect_url="http://127.0.0.1:4200", secret=b"s" * 32, utskick="skarpt", since=date(2027, 1, 1),
    )  # fmt: skip


@cache
def mall() -> Mall:
    with town(MONDAY, name="granvik").store.read() as session:
        one = current_wheel(session, made_up("granvik").definition, MONDAY).obligations[KEY]
    return mall_of(made_up("granvik").definition, one, one.parts[0], "onsdag 14 april 2027 kl. 16.00")


@cache
def file_that_says(deficit: int, ram: str) -> tuple[bytes, Filled]:
    """The enhet's own mall, filled in and read."""
    row = {"utfall": 11_000, "budget": BUDGET, "prognos": BUDGET + deficit, "forklaring": "Fler elever."}
    content = fill_workbook(
        workbook_of(mall(), NOTHING_KNOWN), {"ekonomi-prognos": {"skolnamnden": row, FIELDS: {"ram-halls": ram}}}
    )
    read = read_here(content, "xlsx", wanted_of(mall()))
    assert isinstance(read, Filled)
    return content, read


class Desk:
    """Who hands in, and who looks at what comes of it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def act(self, now: datetime = MONDAY, why: str = "") -> Act:
        return Act(Scene(self.session, office(), now), "Skolchef Exempel", why)

    def says(self, deficit: int, ram: str = "Ja", *, now: datetime = MONDAY) -> None:
        content, read = file_that_says(deficit, ram)
        examined = Examined(sha256=hashlib.sha256(content).hexdigest(), filled=read)
        part = PartHandedIn(
            key=KEY, part=PartId("prognos"), upload=Upload(filename="prognos.xlsx", content=content), examined=examined
        )
        (taken,) = hand_in(self.act(now), None, [part], via="länk")
        assert [each.outcome for each in taken.received] == ["mottagen"]

    def withdraws(self, happening: str = "avvikelse", *, gone: bool = True) -> None:
        say_opening(self.act(why="fel blad lämnades in"), happening, UnitId("skolnamnden"), "2027-03", gone=gone)

    def days(self) -> dict[str, str]:
        wheel = current_wheel(self.session, made_up("granvik").definition, TUESDAY)
        found = [each for each in wheel.milestones if each.step == "avvikelse" and not each.is_rung]
        assert {str(each.unit) for each in found} <= {"skolnamnden"}
        return {each.milestone: instant_text(each.at) for each in found}

    def letters(self, kind: str) -> list[LetterRow]:
        return [*self.session.scalars(select(LetterRow).where(LetterRow.kind == kind).order_by(LetterRow.id))]

    def logged(self) -> list[str]:
        rows = self.session.scalars(select(LogRow).where(LogRow.what.like("happening.%")).order_by(LogRow.id))
        return [row.what.partition(".")[2] for row in rows]
