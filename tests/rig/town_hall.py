"""One installation whose service is started on several days, as a story needs them: ``TownHall``.

``september()`` lets the days go by in this process, with the real round, outbox and post; ``without_prefect``
starts the portal and its watchdog alone, as on a day on which Prefect is down.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from app.clock import clock_for
from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.keys import OccurrenceKey
from arshjul.year.wheel import Wheel
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from store.database import Session
from store.plan.planning import current_wheel
from submissions.files.parts import DATUM, PARAGRAF, Upload
from submissions.intake.receive import receive
from tests.rig.handins import OMN_UNDERLAG, PDF, docx, hedemora, xlsx
from tests.rig.servers.service import environment, free_port, within
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


@dataclass
class TownHall:
    """One installation, whose service is started on several days."""

    folder: Path
    sink: Sink
    ports: dict[str, str] = field(default_factory=lambda: {"PORTAL_PORT": str(free_port())})
    running: ExitStack = field(default_factory=ExitStack)
    today: dict[str, str] = field(default_factory=dict)  #: the environment of what runs now

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.ports['PORTAL_PORT']}"

    def env(self, now: str, **more: str) -> dict[str, str]:
        smtp = f"smtp://127.0.0.1:{self.sink.port}"
        return environment(self.data, NOW=now, SMTP_URL=smtp, **self.ports, **more)

    def september(self) -> None:
        """Let September go to Monday the 27th: all but Omsorgsnämnden hand in, and it is told each day."""
        saved = dict(os.environ)
        os.environ |= self.env("2027-09-10T06:55")
        try:
            settings = Settings()
        finally:
            os.environ.clear()
            os.environ |= saved
        prepare(settings, clock_for(settings))
        machine, clock = open_machine(settings), Days(instant(DAYS[0]))
        watchdog = Watchdog(replace(machine, clock=clock), grace=timedelta(0))
        for day in DAYS:
            clock.now = instant(day)
            asyncio.run(_morning(watchdog))
            if day == DAYS[0]:
                self._hand_in(machine, clock.now + timedelta(hours=1))
        self._decided(machine, clock.now + timedelta(hours=1))

    def _hand_in(self, machine: Machine, now: datetime) -> None:
        """All enheter but Omsorgsnämnden hand in what the delårsrapport asks for, files that nobody looks into."""
        with machine.store.begin() as session:
            wheel = current_wheel(session, hedemora().definition, now)
            for one in wheel.occurrence(OccurrenceKey.of("delarsrapport", "2027-08")).obligations:
                if one.unit == "omsorgsnamnden" or one.krav != "underlag":
                    continue
                for owed in (one, *wheel.hosted.get(one.key, ())):
                    for part in owed.parts:
                        content = xlsx() if part.form == "tabell" else docx()
                        _receive(session, wheel, owed.key, part.id, content, now)

    def _decided(self, machine: Machine, now: datetime) -> None:
        """Omsorgsnämnden decided on Thursday 23 September, and its protokoll is here: the underlag alone is late."""
        with machine.store.begin() as session:
            wheel = current_wheel(session, hedemora().definition, now)
            said = {PARAGRAF: "§ 80", DATUM: "2027-09-23"}
            _receive(session, wheel, OMN_UNDERLAG.replace("underlag", "protokoll"), "protokollsutdrag", PDF, now, said)

    @contextmanager
    def without_prefect(self, now: str) -> Iterator[None]:
        """Start the portal and the watchdog."""
        nobody = f"http://127.0.0.1:{free_port()}/api"
        self.today = env = {**self.env(now, NOW_SINCE=datetime.now(UTC).isoformat()), "PREFECT_API_URL": nobody}
        with ExitStack() as self.running, (self.folder / "tjanst.log").open("ab") as log:
            for name in ("portal", "service"):
                process = subprocess.Popen([sys.executable, "-m", "app", name], env=env, stdout=log, stderr=log)
                self.running.callback(process.wait, 30)
                self.running.callback(process.terminate)
            assert within(150, lambda: _answers(self.portal)), (self.folder / "tjanst.log").read_text()
            yield

    def reconcile(self) -> None:
        """Ask for Avstämning nu: the watchdog alone gives Prefect three minutes before it does its work."""
        command = [sys.executable, "-m", "app", "reconcile"]
        subprocess.run(command, env=self.today, check=True, capture_output=True, timeout=120)

    def login_link(self) -> str:
        """Return a new one-time link, as ``arshjul login`` prints it for whoever has the machine."""
        command = [sys.executable, "-m", "app", "login"]
        told = subprocess.run(command, env=self.today, capture_output=True, text=True, check=True, timeout=120).stdout
        return next(word for word in told.split() if word.startswith("http"))

    def stop(self) -> None:
        """Stop the portal and the watchdog."""
        self.running.close()


@dataclass
class Days:
    """A clock that the test sets."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def real(self, moment: datetime) -> datetime:
        return moment


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


async def _morning(watchdog: Watchdog) -> None:
    await watchdog.round()
    await watchdog.empty_outbox()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/logga-in", trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
