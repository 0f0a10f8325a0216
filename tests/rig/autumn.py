"""Three months of a municipality's year lived through in this process, for a service that is then started on its folder.

All hand in the day before, but for the last two reports whose frist has passed: of each the first enhet hands in
nothing, the second only its first part, and the third comes two days late. So when it stands, much has come in, and
what is late has climbed its ladder.
"""

import asyncio
import os
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.definition.model import Definition, without_contents
from arshjul.keys import OccurrenceKey
from arshjul.swedish import local, local_date
from arshjul.workdays import ONE_DAY
from arshjul.year.wheel import Obligation, Wheel
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from store.database import Session
from store.plan.planning import current_wheel
from tests.rig.load import file_of
from tests.rig.processes.crowd import hand_in_part
from tests.rig.servers.service import environment

#: the day on which each stands three months into what it watches; of Mjölby's year the document tells the spring alone
STANDS = {
    "hedemora": date(2027, 10, 1),
    "ange": date(2027, 10, 8),
    "mjolby": date(2027, 5, 20),
    "orebro": date(2027, 11, 12),
}
BEHIND = timedelta(days=90)
LATE_BY = timedelta(days=2)
PHONE = "0225-340 00"


class Days:
    """A clock that the story sets."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def real(self, moment: datetime) -> datetime:
        return moment


def live_through(name: str, folder: Path) -> Machine:
    """Make an installation of the municipality's whole year in ``folder``, and let three months go by.

    Return it as it stands at nine on the last day.
    """
    last = STANDS[name]
    first = last - BEHIND
    settings = _settings(name, folder, first)
    clock = Days()
    clock.now = local(first, time(6))
    prepare(settings, clock)
    machine = replace(open_machine(settings), clock=clock)
    outbox = Watchdog(machine).outbox
    definition = without_contents(machine.office.definition)
    with machine.look() as scene:
        days = [each for n in range(BEHIND.days) if scene.wheel.workdays.is_workday(each := first + n * ONE_DAY)]
        late = _late(scene.wheel, first, last)
    for day in days:
        clock.now = local(day, time(7))
        machine.bring_up()
        asyncio.run(outbox.empty())
        clock.now = local(day, time(14))
        machine.carry_out(lambda scene, day=day: _hand_in(scene.session, definition, day, late, scene.now))
    clock.now = local(last, time(7))
    machine.bring_up()
    asyncio.run(outbox.empty())
    clock.now = local(last, time(9))
    return machine


def _settings(name: str, folder: Path, first: date) -> Settings:
    """Return the settings, with the people of the municipality's own file and one telephone that all of them have."""
    folder.mkdir(parents=True, exist_ok=True)
    people = folder.with_name(f"{name}.personer.csv")
    lines = file_of(name).with_suffix(".personer.csv").read_text(encoding="utf-8").splitlines()
    heading, *rows = [line for line in lines if not line.startswith("#")]
    with_phones = [f"{heading},telefon", *(f"{row},{PHONE}" for row in rows if row.strip())]
    people.write_text("\n".join(with_phones) + "\n", encoding="utf-8")
    saved = dict(os.environ)
    os.environ |= environment(folder, DEFINITION=str(file_of(name)), PEOPLE=str(people), NOW=f"{first}T06:00", UTSKICK="skarpt")  # fmt: skip
    try:
        return Settings()
    finally:
        os.environ.clear()
        os.environ |= saved


def _late(wheel: Wheel, first: date, last: date) -> Set[OccurrenceKey]:
    """Return the last two reports whose frist has passed, that nobody has treated yet."""
    due = {
        one.occurrence: local_date(one.deadline.at)
        for one in wheel.obligations.values()
        if one.ladder and first < local_date(one.deadline.at) < last - 2 * LATE_BY
    }
    ahead = [key for key in due if local_date(wheel.occurrence(key).milestones[-1].at) > last]
    return set(sorted(ahead, key=lambda key: due[key])[-2:])


def _hand_in(session: Session, definition: Definition, day: date, late: Set[OccurrenceKey], now: datetime) -> None:
    """Let each hand in what it hands in on this day, files that nobody looks into."""
    wheel = current_wheel(session, definition, now)
    for number, one in enumerate(wheel.obligations.values()):
        place = _place(wheel, one) if one.occurrence in late else None
        due = local_date(one.deadline.at)
        comes = wheel.workdays.next(due + LATE_BY) if place == 2 else wheel.workdays.previous(due - ONE_DAY)
        if one.host or place == 0 or comes != day:
            continue
        for owed in (one, *wheel.hosted.get(one.key, ())):
            for part in owed.parts[:1] if place == 1 else owed.parts:
                hand_in_part(session, wheel, owed.key, part.id, number, now)


def _place(wheel: Wheel, one: Obligation) -> int:
    """Return which of its report's enheter it is, from 0 in the definition's order."""
    asked: Sequence[str] = list(dict.fromkeys(each.unit for each in wheel.occurrence(one.occurrence).obligations))
    return asked.index(one.unit)
