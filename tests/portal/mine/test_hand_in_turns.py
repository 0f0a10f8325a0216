"""Hand-ins beside one another: what counts is when a form was here, and nobody's slow files hold up the others'."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as hour
from html import unescape
from threading import Event

import pytest
from sqlalchemy import update

from arshjul.swedish import local
from portal.mine.visiting import READ_AT_ONCE, THREADS, Visits
from portal.web.limits import Cookies, Limit, Recent, Visit
from store.access.links import issue, sign
from store.tables import Submission
from submissions.files.scanning import Clamd
from submissions.intake.room import Intake
from tests.rig.handins import BIN_UNDERLAG, NOW, docx, town, xlsx
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
    assert browser.post("/mina/" + BIN_UNDERLAG.removeprefix("strandby/"), data=form, files=sent).status_code == 303
    (kept,) = hall.rows(Submission)
    assert hall.now > FRIST and (kept.received_at, kept.late) == (FRIST - timedelta(seconds=4), False)


@dataclass(frozen=True, slots=True)
class OvertakenScanner(Clamd):
    """A virus scanner that is so slow with the first file that the next form is here, and taken in, before it is done."""

    hall: Hall
    send: Callable[[], object]

    def scan(self, name, file):
        if name == "forsta.docx":
            self.hall.now += timedelta(seconds=20)
            self.send()
            self.hall.now += timedelta(seconds=20)


@pytest.mark.whole
@pytest.mark.parametrize(("complete", "kept"), [(True, ["andra.docx"]), (False, ["andra.docx", "forsta.docx"])])
def test_a_form_that_was_slow_to_read_takes_no_place_from_a_whole_one_that_came_later(complete, kept):
    hall = Hall(town())
    with hall.town.store.begin() as session:
        link = issue(session, CHIEF, ["forvaltningschef"], NOW)

    def hand_in(name, mark):
        sent = {"delarsrapport.underlag.mal-och-resultat.fil": (name, docx(mark))}
        return browser.post("/mina/" + BIN_UNDERLAG.removeprefix("strandby/"), data={"csrf": form}, files=sent)

    def overtake():
        hand_in("andra.docx", b"2")
        with hall.town.store.begin() as session:
            session.execute(update(Submission).values(complete=complete))

    hall.intake = Intake(scanner=OvertakenScanner("tcp://127.0.0.1:1", hall, overtake))
    browser = hall.browser()
    press(browser, f"/l/{sign(SECRET, link)}")
    form = hidden(browser.get("/mina").text)
    answer = hand_in("forsta.docx", b"1")
    assert [row.filename for row in hall.rows(Submission)] == kept
    told = unescape(browser.get(answer.headers["location"].partition("#")[0]).text)
    assert ("medan den här lästes lämnades en nyare version in" in told) == complete


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

    asyncio.run(asyncio.wait_for(crowd(), 300))
    assert len(read) == THREADS + 2 and not page._turns  # nobody is remembered who does not wait
