"""Hand-ins beside one another: what counts is when a form was here, and nobody's slow files hold up the others'."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as hour
from threading import Event

import pytest

from arshjul.swedish import local
from portal.mine.visiting import READ_AT_ONCE, THREADS, Visits
from portal.web.limits import Cookies, Limit, Recent, Visit
from store.access.links import issue, sign
from store.tables import Submission
from submissions.files.scanning import Clamd
from submissions.intake.room import Intake
from tests.rig.handins import BIN_UNDERLAG, NOW, town, xlsx
from tests.rig.pages.hall import CHIEF, SECRET, Hall
from tests.rig.pages.logging_in import hidden, press

FRIST = local(date(2027, 9, 21), hour(16))


@dataclass(frozen=True, slots=True)
class SlowScanner(Clamd):
    """A virus scanner that has its answer when the frist has gone by."""

    hall: Hall

    def scan(self, name, file):
        self.hall.now = FRIST + timedelta(seconds=6)


@pytest.mark.whole
def test_a_form_that_was_here_before_the_frist_is_in_time_however_long_the_service_takes():
    hall = Hall(town(), now=FRIST - timedelta(seconds=4))
    hall.intake = Intake(scanner=SlowScanner("tcp://127.0.0.1:1", hall))
    browser = hall.browser()
    with hall.town.store.begin() as session:
        link = issue(session, CHIEF, ["forvaltningschef"], NOW)
    press(browser, f"/l/{sign(SECRET, link)}")
    sent = {"delarsrapport.underlag.ekonomi.fil": ("e.xlsx", xlsx())}
    form = {"csrf": hidden(browser.get("/mina").text)}
    assert browser.post("/mina/" + BIN_UNDERLAG.removeprefix("hedemora/"), data=form, files=sent).status_code == 303
    (kept,) = hall.rows(Submission)
    assert hall.now > FRIST and (kept.received_at, kept.late) == (FRIST - timedelta(seconds=4), False)


def test_one_links_slow_files_hold_up_neither_others_files_nor_who_comes():
    def visit(link_id):
        return Visit(link_id=link_id, generation=1, nonce="n", until=NOW)

    page = Visits(None, None, Cookies(SECRET), Limit(), Recent())
    slow, started, read = Event(), [], []

    def hang(name):
        started.append(name)
        slow.wait(60)
        read.append(name)

    async def crowd():
        tabs = [asyncio.create_task(page.reading(visit("anna"), hang, f"flik {number}")) for number in range(THREADS)]
        while len(started) < READ_AT_ONCE:
            await asyncio.sleep(0)
        assert await page.reading(visit("bo"), lambda: "läst") == "läst"
        rest = [asyncio.create_task(page.reading(visit(name), hang, name)) for name in ("bo", "cia")]
        while len(started) < THREADS:
            await asyncio.sleep(0)
        assert await page.in_thread(lambda: "släppt in") == "släppt in"  # every reader is taken
        assert sorted(started) == ["bo", "cia", "flik 0", "flik 1"] and not read
        slow.set()
        await asyncio.gather(*tabs, *rest)

    asyncio.run(asyncio.wait_for(crowd(), 60))
    assert len(read) == THREADS + 2 and not page._turns  # nobody is remembered who does not wait
