"""One installation through a story of several days, in this process: the real round, outbox, post and portal.

``september()`` lets the days go by up to Monday the 27th; ``open()`` serves the portal, and ``carry_on`` does what
the watchdog would: then is now, until it is told another hour.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from app.run.web import context_of
from app.wiring import login_link, open_machine, prepare
from arshjul.keys import OccurrenceKey
from arshjul.year.wheel import Wheel
from flows.service.watchdog import Watchdog
from portal.app import create_app
from store.database import Session
from store.plan.planning import current_wheel
from submissions.files.parts import DATUM, PARAGRAF, Upload
from submissions.intake.receive import receive
from tests.rig.handins import PDF, docx, xlsx
from tests.rig.hedemora import OMN_UNDERLAG, hedemora
from tests.rig.pages.browsers import served
from tests.rig.servers.ports import free_port
from tests.rig.servers.service import environment, settings_of
from tests.rig.servers.smtp_sink import Sink
from tests.rig.swedish_words import instant

#: the delårsrapport is due Tuesday 21 September kl. 16.00; what a round at seven tells on each of these days
DAYS = (
    "fredag 10 september 2027 kl. 07.00",  # the first letter
    "onsdag 22 september 2027 kl. 07.00",  # late
    "torsdag 23 september 2027 kl. 07.00",  # ekonomichefen
    "fredag 24 september 2027 kl. 07.00",  # kommundirektören
    "måndag 27 september 2027 kl. 07.00",  # the last word
)


class Days:
    """A clock that the test sets."""

    def __init__(self, now: str) -> None:
        self.now = instant(now)

    def __call__(self) -> datetime:
        return self.now

    def real(self, moment: datetime) -> datetime:
        return moment


class TownHall:
    """One installation, on the days of a story."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        port = free_port()
        variables = environment(folder / "data", NOW="2027-09-10T06:55", PORTAL_PORT=str(port))
        self.settings = settings_of(variables | {"ARSHJUL_SMTP_URL": f"smtp://127.0.0.1:{sink.port}"})
        self.port, self.portal, self.clock = port, f"http://127.0.0.1:{port}", Days(DAYS[0])
        prepare(self.settings, self.clock)
        self.machine = replace(open_machine(self.settings), clock=self.clock)
        self._watchdog = Watchdog(self.machine, grace=timedelta(0))
        self._apart = ThreadPoolExecutor(1)  # a browser's own event loop may run in this thread

    def september(self) -> None:
        """Let September go to Monday the 27th: all but Omsorgsnämnden hand in, and it is told each day."""
        for day in DAYS:
            self.carry_on(day)
            if day == DAYS[0]:
                self._hand_in(self.clock.now + timedelta(hours=1))
        self._decided(self.clock.now + timedelta(hours=1))

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve the portal."""
        with served(create_app(context_of(self.settings, self.machine)), self.port):
            yield

    def carry_on(self, now: str | None = None) -> None:
        """Let the watchdog do what it owes, at another hour when one is told."""
        if now:
            self.clock.now = instant(now)
        self._apart.submit(lambda: asyncio.run(self._work())).result()

    async def _work(self) -> None:
        await self._watchdog.round()
        await self._watchdog.outbox.empty()

    def login_link(self) -> str:
        """Return a new one-time link, as ``arshjul login`` makes it for whoever has the machine."""
        return login_link(self.machine, "arshjul login", "root")[0]

    def _hand_in(self, now: datetime) -> None:
        """All enheter but Omsorgsnämnden hand in what the delårsrapport asks for, files that nobody looks into."""
        with self.machine.store.begin() as session:
            wheel = current_wheel(session, hedemora().definition, now)
            for one in wheel.occurrence(OccurrenceKey.of("delarsrapport", "2027-08")).obligations:
                if one.unit == "omsorgsnamnden" or one.krav != "underlag":
                    continue
                for owed in (one, *wheel.hosted.get(one.key, ())):
                    for part in owed.parts:
                        content = xlsx() if part.form == "tabell" else docx()
                        _receive(session, wheel, owed.key, part.id, content, now)

    def _decided(self, now: datetime) -> None:
        """Omsorgsnämnden decided on Thursday 23 September, and its protokoll is here: the underlag alone is late."""
        with self.machine.store.begin() as session:
            wheel = current_wheel(session, hedemora().definition, now)
            said = {PARAGRAF: "§ 80", DATUM: "2027-09-23"}
            _receive(session, wheel, OMN_UNDERLAG.replace("underlag", "protokoll"), "protokollsutdrag", PDF, now, said)


def _receive(
    session: Session,
    wheel: Wheel,
    key: str,
    part: str,
    content: bytes,
    now: datetime,
    said: dict[str, str] | None = None,
) -> None:
    upload = Upload(filename=part, content=content)
    done = receive(session, wheel, key, part, upload=upload, fields=said or {}, by="En chef", via="prov", now=now)
    assert done.complete, done
