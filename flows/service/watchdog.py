"""The watchdog: what guarantees that nothing is lost, whatever Prefect does.

One service leads, by a lease in the store; a second one stands by. Each job has its rhythm by the monotonic clock,
and APScheduler wakes some at the hours that people know: nothing durable lives in it. Every job looks at the store and
does what is owed, so a late, doubled or lost wake-up changes nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from httpx import HTTPError

from actions.alone import alone
from actions.bodies.body_letters import tell_hand_overs
from actions.ladder.notes import tell_outlived, tell_vacant
from actions.ladder.rounds import Round, bring_up
from actions.ladder.week import week_is_due, write_week
from actions.scene import Scene
from actions.service.health import OUTBOX
from flows.machine import Machine, machine_now
from flows.service.alarm_job import Alarm
from flows.service.events_job import EventsJob
from flows.service.file_check import FileCheck
from flows.service.ledger_folder import LedgerFolder
from flows.service.mailbox_job import MailboxJob
from flows.service.outbox_job import OutboxJob
from flows.service.prefect_jobs import PrefectJobs
from flows.service.rhythm import Rhythm
from store.full_disk import is_full
from store.log.log_chain import chain
from store.plan.obligations import all_looked_at
from store.plan.waking import wake_all
from store.service.installation import MAILBOX
from store.service.lease_holders import is_gone, own_name
from store.service.leases import beat, fails, give_up_lead, leader, take_lead, works

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=3)  #: so long a Prefect run has to carry out its moment before the watchdog does
LEAD = timedelta(seconds=90)  #: a leader that is silent for so long has lost the lead
OUTBOX_SECONDS, WATCH_SECONDS, PICTURE_SECONDS, PLAN_SECONDS, WAKE_SECONDS = 3, 60, 5, 10, 2
MAILBOX_SECONDS, COMPILE_SECONDS = 60, 30
LEDGER_SECONDS = 10  #: a file is taken when its size has stood still for so long
CHAIN_SECONDS = 10
EVENTS_SECONDS = 10
FORMS_SECONDS = 30
STANDING_SECONDS = 15
ALARM_SECONDS = 30
FILES_SECONDS = 60


def _week_is_due(scene: Scene) -> bool:
    """Tell whether the week's letter may be written; before all is looked at it could not tell how they stand."""
    return week_is_due(scene) and all_looked_at(scene.session)


class Watchdog:
    """One service's waking jobs on one machine."""

    def __init__(
        self,
        machine: Machine,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
        *,
        grace: timedelta = GRACE,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self.machine = machine
        self.grace = grace
        self.name = own_name()
        self._stopping = asyncio.Event()  #: also read by the threads that carry mail, which then take no more
        self.outbox = OutboxJob(machine, monotonic, self._is_stopping)
        self.mailbox = MailboxJob(machine, monotonic, self._is_stopping)
        self.prefect = PrefectJobs(machine, progress)
        self._ledgers = LedgerFolder(machine) if machine.ledger_folder else None
        self._alarm = Alarm(machine, monotonic)
        self._files = FileCheck(machine)
        self._looked_at: datetime | None = None  #: when the last round was over
        self._events = EventsJob(machine)

    async def watch(self, stopping: asyncio.Event) -> None:
        """Wake the jobs until ``stopping`` is set. What a thread holds then it brings to its end."""
        self._stopping = stopping
        jobs: list[tuple[str, Callable[[], Awaitable[object]], int]] = [
            (OUTBOX, self.outbox.empty, OUTBOX_SECONDS),
            ("väktare", self.round, WATCH_SECONDS),
            ("bilder", self.prefect.draw_touched, PICTURE_SECONDS),
            ("plan", self.prefect.plan, PLAN_SECONDS),
            ("läget", self.prefect.show_standing, STANDING_SECONDS),
            ("väckning", self.prefect.wake, WAKE_SECONDS),
            ("sammanställningar", self.prefect.compile_redrawn, COMPILE_SECONDS),
            ("loggkedja", self.chain_log, CHAIN_SECONDS),
            ("händelser", self._events.tell, EVENTS_SECONDS),
            ("formulär", self.prefect.settle_forms, FORMS_SECONDS),
            ("larm", self._alarm.look, ALARM_SECONDS),
            ("filer", self._files.look, FILES_SECONDS),
        ]
        if self.machine.mailbox:
            jobs.append((MAILBOX, self.mailbox.read, MAILBOX_SECONDS))
        if self._ledgers:
            jobs.append(("bokföring", self._ledgers.sweep, LEDGER_SECONDS))
        rhythms = {
            name: Rhythm(name=name, job=partial(self._job, name, job), seconds=seconds) for name, job, seconds in jobs
        }
        tasks = [asyncio.create_task(each.go_on()) for each in rhythms.values()]
        scheduler = self._wakes_at_the_clock(rhythms)
        scheduler.start()
        await stopping.wait()
        scheduler.shutdown(wait=False)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with self.machine.store.begin() as session:
            give_up_lead(session, self.name, machine_now(self.machine))

    def _wakes_at_the_clock(self, rhythms: Mapping[str, Rhythm]) -> AsyncIOScheduler:
        """Wake jobs to the second at the hours that people know: when letters may go out, and at midnight.

        Nothing hangs on it: a clock that jumps past such an hour, or back, leaves the rhythms as they are.
        """
        opens = self.machine.office.definition.sending_hours.start
        taken_over = (datetime.combine(date.min, opens) + self.grace).time()  # what no Prefect run has carried out
        hours = [
            ("väktare", opens),  # the week's letter, the letters of hand-over
            ("väktare", taken_over),
            ("utkorg", opens),
            ("utkorg", taken_over),
            ("plan", time()),  # the new day's runs
        ]
        options = {"misfire_grace_time": None, "coalesce": True}
        scheduler = AsyncIOScheduler(timezone="Europe/Stockholm", job_defaults=options)
        for name, hour in hours:
            at = {"hour": hour.hour, "minute": hour.minute, "second": hour.second}
            scheduler.add_job(rhythms[name].wake, "cron", **at, id=f"{name} {hour}")
        return scheduler

    def leads(self) -> bool:
        """Tell whether this service leads; taking the lead when nobody does. By the machine's own clock."""
        now = machine_now(self.machine)
        with self.machine.store.begin() as session:
            if take_lead(session, self.name, LEAD, now):
                return True
            lead = leader(session)
            if lead is None or not is_gone(lead.holder):
                return False
            give_up_lead(session, lead.holder, now)  # it was killed on this machine: nobody needs to wait for its lease
            return take_lead(session, self.name, LEAD, now)

    async def round(self) -> Round:
        """Carry out what no Prefect run has carried out in time, and write what no obligation waits for.

        The week's letter, the word of an empty role, the letters of hand-over to the bodies.
        """
        done = self.machine.carry_out(self._round)
        self._looked_at = self.machine.clock()
        return done

    def _round(self, scene: Scene) -> Round:
        if self._looked_at is None or scene.now < self._looked_at:
            # a clock that was ahead, perhaps before this start, slept past what comes now
            wake_all(scene.session, scene.now)
        done = bring_up(scene, grace=self.grace)
        alone(scene, "brevet om roller utan innehavare", lambda: tell_vacant(scene))
        alone(scene, "breven om överlämnande", lambda: tell_hand_overs(scene))
        if alone(scene, "veckans brev", lambda: _week_is_due(scene)):
            alone(scene, "ordet om det som får gallras", lambda: tell_outlived(scene))
            alone(scene, "veckans brev", lambda: write_week(scene, self._alarm.lasting))
        return done

    async def chain_log(self) -> None:
        """Chain what has been logged since the last time; a long queue in many short transactions."""
        chained = 1
        while chained:
            with self.machine.store.begin() as session:
                chained = chain(session)
            await asyncio.sleep(0)

    def _is_stopping(self) -> bool:
        return self._stopping.is_set()

    async def _job(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run one job if we lead. A fault is logged and met again at the next wake-up: the store remembers."""
        try:
            if not self.leads():
                return
            await job()
            with self.machine.store.begin() as session:
                beat(session, name, machine_now(self.machine))
                works(session, name)
        except HTTPError as error:
            logger.warning("prefect.down job=%s error=%s", name, type(error).__name__)
        except Exception as error:
            logger.exception("disk.full job=%s" if is_full(error) else "job.failed job=%s", name)
            # the store itself may be what fails; then the beats stop
            with suppress(Exception), self.machine.store.begin() as session:
                fails(session, name, machine_now(self.machine))
