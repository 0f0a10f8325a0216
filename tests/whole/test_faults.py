"""Faults of the machine: a full disk, a clock that jumps back, a week without power. A clear word, nothing lost."""

from datetime import date, time, timedelta
from random import Random

import pytest

from actions.ladder.rounds import bring_up
from actions.scene import Scene
from app.rehearsal.rehearsal import rehearse
from app.rehearsal.scenario import Scenario
from arshjul.keys import PlannedKey, beginning
from arshjul.swedish import local, local_date
from store.plan.history import Happened
from store.tables import LetterRow, Submission
from tests.rig.handins import NOW, empty_store, xlsx
from tests.rig.hedemora import BIN_UNDERLAG, town
from tests.rig.load import people_of
from tests.rig.pages.bench import EKONOMI, Bench, hand_in, opened
from tests.rig.rounds import only

pytestmark = pytest.mark.whole


@pytest.fixture
def office() -> Bench:
    return Bench(town())


def fill_disk(bench: Bench, *, spare_pages: int | None) -> None:
    """Let the database grow by so many pages and no more; None gives the disk back."""
    connection = bench.town.store.engine.raw_connection().driver_connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + spare_pages if spare_pages is not None else 2**30}")


def test_a_full_disk_is_told_and_the_same_hand_in_goes_through_when_there_is_room(office: Bench) -> None:
    big = xlsx(mark=Random(1).randbytes(600_000))  # zip cannot make it small
    chief = opened(office)
    fill_disk(office, spare_pages=3)
    chief.answering.raise_app_exceptions = False  # as a real server: the page, not the traceback
    answer = hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("ekonomi.xlsx", big)})
    assert answer.status_code == 507
    assert "inget har sparats och ingen kvittens har skickats" in answer.text
    assert "Traceback" not in answer.text
    assert office.rows(Submission) == []  # not half of it either
    assert office.receipts == []
    fill_disk(office, spare_pages=None)
    assert hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("ekonomi.xlsx", big)}).status_code == 303
    assert [row.part for row in office.rows(Submission)] == ["ekonomi"]


def test_a_clock_that_jumps_back_writes_nothing_again(office: Bench) -> None:
    desk = office.desk()

    def round_at(now) -> int:  # type: ignore[no-untyped-def]
        with office.town.store.begin() as session:
            return len(bring_up(Scene(session, desk.office, now)).letters)

    assert round_at(NOW) > 0  # Friday 10 September 2027, 9 o'clock
    assert round_at(NOW - timedelta(hours=2, minutes=30)) == 0
    assert round_at(NOW - timedelta(days=3)) == 0
    assert round_at(NOW + timedelta(minutes=1)) == 0
    keys = [row.key for row in office.rows(LetterRow)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("back_on", ["2027-09-22", "2027-09-27"])
def test_after_a_week_without_power_everybody_gets_what_is_still_owed_once(back_on: str) -> None:
    """The machine stops on Wednesday the 15th, before the frist on Tuesday the 21st."""
    scenario = Scenario.model_validate({"nere": [{"från": "2027-09-15T08:00", "till": f"{back_on}T09:30"}]})
    events = rehearse(
        only("delarsrapport"), people_of("strandby"), 2027, scenario,
        since=date(2027, 9, 6), until=date(2027, 10, 5), store=empty_store(),
    )  # fmt: skip
    told = [event for event in events if BIN in " ".join(event.notices)]
    days = [(local_date(event.at).isoformat(), event.rung) for event in told if event.rung != "ksau"]
    down = [event for event in events if "2027-09-15T08" < event.at.isoformat()[:13] < f"{back_on}T07"]
    assert [event for event in down if event.kind == "letter"] == []
    assert days[:2] == [("2027-09-10", "start"), ("2027-09-14", "paminnelse-5")]
    assert days[2] == (back_on, "sen")  # paminnelse-1 was overtaken: it would not have been true any more
    assert [rung for _, rung in rungs_of(told)] == [
        "start",
        "paminnelse-5",
        "sen",
        "ekonomichef",
        "kommundirektor",
        "sista-ord",
        "ksau",
    ]
    per_day = [day for day, _ in rungs_of(told)]
    assert len(per_day) == len(set(per_day))  # never two rungs on a day


BIN = "delarsrapport/2027-08/bildningsnamnden/"


def rungs_of(events: list[Happened]) -> list[tuple[str, str]]:
    """Each rung of the bildningsnämnd's underlag, with the day of its first letter."""
    found: dict[str, str] = {}
    for event in events:
        for notice in event.notices:
            if notice.startswith(f"strandby/{BIN}") and "protokoll" not in notice:
                found.setdefault(PlannedKey(beginning(notice)).last, local_date(event.at).isoformat())
    return [(day, rung) for rung, day in found.items()]


@pytest.mark.parametrize(
    ("day", "offset"),
    [
        (date(2027, 3, 28), "+02:00"),  # Sunday: summer time begins, 02.00 does not exist
        (date(2027, 10, 31), "+01:00"),  # Sunday: summer time ends, 02.30 comes twice
    ],
)
def test_a_summer_time_day_has_its_morning_once(day: date, offset: str) -> None:
    assert local(day, time(7)).isoformat().endswith(offset)
