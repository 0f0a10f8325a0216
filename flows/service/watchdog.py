"""The watchdog: what guarantees that nothing is lost, whatever Prefect does.

One service leads, by a lease in the store; a second one stands by. Each job has its rhythm by the monotonic clock,
and APScheduler wakes some at the hours that people know: nothing durable lives in it. Every job looks at the store and
does what is owed, so a late, doubled or lost wake-up changes nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from httpx import HTTPError
from prefect.client.orchestration import get_client

from actions.act import Act
from actions.alone import alone
from actions.bodies.body_letters import tell_hand_overs
from actions.inbox.inbox import MAILBOX as BY_MAILBOX
from actions.inbox.inbox import take_in
from actions.inbox.sorting import open_mail
from actions.ladder.held_against import hold_against_now
from actions.ladder.notes import tell_vacant, tell_waiting
from actions.ladder.rounds import Round, bring_up
from actions.ladder.week import write_week
from actions.scene import Scene
from actions.service.health import OUTBOX
from arshjul.keys import OccurrenceKey
from arshjul.ladder.due import is_sending_time, next_sending_time
from arshjul.swedish import local, local_date
from arshjul.workdays import Workdays
from arshjul.year.wheel import Occurrence, Wheel
from flows.forms.lost import settle_lost_forms
from flows.machine import Machine
from flows.runs.planned import planned_runs
from flows.runs.run_picture import picture
from flows.runs.schedule import HORIZON, Deployments, avstamning, sync_runs, wake_due
from flows.service.alarm_job import Alarm
from flows.service.deployments import report_deployments
from flows.service.file_check import FileCheck
from flows.service.ledger_folder import LedgerFolder
from flows.service.rhythm import Rhythm
from notifications.mailbox.mailbox import Fetched, MailboxError
from notifications.post.outbox import LONGEST_PAUSE as LONGEST_LETTER_PAUSE
from notifications.post.outbox import Tally, empty, pause_after
from notifications.post.post import Post
from store.database import Session
from store.full_disk import is_full
from store.log.log_chain import chain
from store.plan.obligations import all_looked_at
from store.plan.status import opened
from store.plan.waking import drawn, touch, touched
from store.post.correspondence import told_since
from store.post.holding import kinds_that_may_go
from store.post.letters import hold_until, hurry, let_go_of_what_waits_past
from store.post.state import note_fault, note_going, post_fault
from store.service.installation import MAILBOX, set_up
from store.service.lease_holders import is_gone, own_name
from store.service.leases import beat, fails, give_up_lead, leader, take_lead, works
from submissions.compilation.keeping import keep_compilations
from submissions.files.scanning import InfectedError

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=3)  #: so long a Prefect run has to carry out its moment before the watchdog does
LEAD = timedelta(seconds=90)  #: a leader that is silent for so long has lost the lead
AT_ONCE = (
    "kvittens",
    "budgetavvikelse",
    "inloggning",
    "kod",
    "provbrev",
    "driftlarm",
)  #: kinds of letters that go at any hour: somebody waits for them
OUTBOX_SECONDS, WATCH_SECONDS, PICTURE_SECONDS, PLAN_SECONDS, WAKE_SECONDS = 3, 60, 5, 10, 2
MAILBOX_SECONDS, COMPILE_SECONDS = 60, 30
LONGEST_PAUSE = timedelta(minutes=15)  #: between tries of a mailbox that is down
LONGEST_POST_PAUSE = timedelta(minutes=5)  #: between tries of a post that is down
FEWER_FOR = timedelta(hours=1)  #: so long a server that wants fewer connections gets no more
LEDGER_SECONDS = 10  #: a file is taken when its size has stood still for so long
CHAIN_SECONDS = 10
FORMS_SECONDS = 30
ALARM_SECONDS = 30
FILES_SECONDS = 60
BEAT_SECONDS = 10  #: so often a long emptying of the outbox shows that it is at work


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
        self._monotonic = monotonic
        self.name = own_name()
        self._progress = progress
        self._began = self._machine_now()
        self._planned: tuple[Wheel, date] | None = None  #: the plan that Prefect shows, and the day we looked
        self._deployments: Deployments = {}
        self._workdays = Workdays.with_closed(day.day for day in machine.office.definition.closed_days)
        self._brought_up = False
        self._post_failures = 0
        self._post_again: datetime | None = None
        #: connections that the server bears, and until when we obey, by the monotonic clock
        self._fewer: tuple[int, float] | None = None
        self._mailbox_failures = 0
        self._mailbox_again = 0.0  #: by the monotonic clock
        self._beat_again = 0.0  #: by the monotonic clock
        self._ledgers = LedgerFolder(machine) if machine.ledger_folder else None
        self._stopping = asyncio.Event()  #: also read by the threads that carry mail, which then take no more
        self._alarm = Alarm(machine, monotonic)
        self._files = FileCheck(machine)
        self._redrawn: set[OccurrenceKey] = set()  #: tillfällen whose sammanställning may be out of date

    async def watch(self, stopping: asyncio.Event) -> None:
        """Wake the jobs until ``stopping`` is set. What a thread holds then it brings to its end."""
        self._stopping = stopping
        jobs: list[tuple[str, Callable[[], Awaitable[object]], int]] = [
            (OUTBOX, self.empty_outbox, OUTBOX_SECONDS),
            ("väktare", self.round, WATCH_SECONDS),
            ("bilder", self.draw_touched, PICTURE_SECONDS),
            ("plan", self.plan, PLAN_SECONDS),
            ("väckning", self.wake, WAKE_SECONDS),
            ("sammanställningar", self.compile_redrawn, COMPILE_SECONDS),
            ("loggkedja", self.chain_log, CHAIN_SECONDS),
            ("formulär", self.settle_forms, FORMS_SECONDS),
            ("larm", self._alarm.look, ALARM_SECONDS),
            ("filer", self._files.look, FILES_SECONDS),
        ]
        if self.machine.mailbox:
            jobs.append((MAILBOX, self.read_mailbox, MAILBOX_SECONDS))
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
            give_up_lead(session, self.name, self._machine_now())

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
        now = self._machine_now()
        with self.machine.store.begin() as session:
            if take_lead(session, self.name, LEAD, now):
                return True
            lead = leader(session)
            if lead is None or not is_gone(lead.holder):
                return False
            give_up_lead(session, lead.holder, now)  # it was killed on this machine: nobody needs to wait for its lease
            return take_lead(session, self.name, LEAD, now)

    async def empty_outbox(self) -> None:
        """Hand over the letters that are due; outside the sending hours only what answers someone at once.

        A post that is down is tried again after 1, 2, 4 and then every 5 minutes, with one letter.
        """
        machine, now = self.machine, self.machine.clock()
        if self._post_again and timedelta(0) < self._post_again - now <= LONGEST_POST_PAUSE:
            return
        hours, workdays = machine.office.definition.sending_hours, self._workdays
        with machine.store.begin() as session:
            fault = post_fault(session)
            opens = now if is_sending_time(now, workdays, hours) else next_sending_time(now, workdays, hours)
            let_go_of_what_waits_past(session, now + LONGEST_LETTER_PAUSE, now, kinds=AT_ONCE)  # no hour holds them
            let_go_of_what_waits_past(session, max(opens, now + LONGEST_LETTER_PAUSE), opens)
            if opens > now:
                hold_until(session, now, opens, but=AT_ONCE)
        post = machine.post()
        # in a thread with a loop of its own: a slow database or server holds up no other job
        emptying = empty(
            machine.store,
            post,
            machine.clock,
            connections=self._connections(post),
            limit=1 if fault and fault.sure else None,
            kinds_now=self._kinds_now,
            suspect=fault is not None,
            check=partial(hold_against_now, machine.office),
            stopping=self._stopping.is_set,
            at_work=self._beat_at_work,
        )
        tally = await asyncio.to_thread(asyncio.run, emptying)
        self._learn(tally, machine.clock())
        if tally.handed or tally.refused:
            # "senaste brev" has changed
            machine.store.carry_out(lambda session: touch(session, told_since(session, now), machine.clock()))

    def _beat_at_work(self, session: Session) -> None:
        """Show between two letters that the outbox is at work: a server may be slow, and the letters many."""
        if (now := self._monotonic()) >= self._beat_again:
            self._beat_again = now + BEAT_SECONDS
            beat(session, OUTBOX, self._machine_now())

    def _kinds_now(self, session: Session, now: datetime) -> Sequence[str] | None:
        """Return the kinds of letters that may go at ``now``: also an emptying that began in time stops in time."""
        office = self.machine.office
        may = is_sending_time(now, self._workdays, office.definition.sending_hours)
        return kinds_that_may_go(session, office.utskick if office.utskick_is_set else None, None if may else AT_ONCE)

    def _connections(self, post: Post) -> int:
        if self._fewer and self._monotonic() < self._fewer[1]:
            return min(self._fewer[0], post.connections)
        return post.connections

    def _learn(self, tally: Tally, now: datetime) -> None:
        """Remember how the post stands: for the next try, and for those who are told."""
        if tally.crowded:
            logger.warning("post.crowded connections=%d", tally.crowded)
            self._fewer = tally.crowded, self._monotonic() + FEWER_FOR.total_seconds()
        if tally.down or (tally.crowded and not tally.handed):
            self._post_failures += 1
            self._post_again = now + min(pause_after(self._post_failures), LONGEST_POST_PAUSE)
        elif tally.handed:
            self._post_failures, self._post_again = 0, None
        with self.machine.store.begin() as session:
            if tally.down:
                logger.warning("post.down error=%s", tally.down)
                note_fault(session, tally.down, now, sure=True)
            elif tally.handed:
                if note_going(session, now):
                    hurry(session, now)
            elif tally.stalled:
                note_fault(session, tally.stalled, now, sure=False)

    async def round(self) -> Round:
        """Carry out what no Prefect run has carried out in time, and write what no obligation waits for.

        The week's letter, the word of an empty role, the letters of hand-over to the bodies.
        """
        return self.machine.carry_out(self._round)

    def _round(self, scene: Scene) -> Round:
        done = bring_up(scene, grace=self.grace)
        alone(scene, "brevet om roller utan innehavare", lambda: tell_vacant(scene))
        alone(scene, "breven om överlämnande", lambda: tell_hand_overs(scene))
        if all_looked_at(scene.session):  # else the week's letter could not tell how they stand
            alone(scene, "veckans brev", lambda: write_week(scene, self._alarm.lasting))
        return done

    async def read_mailbox(self) -> None:
        """Take in what has come by mail; a mailbox that is down is tried again after 1, 2, 4, ... minutes."""
        machine = self.machine
        if machine.mailbox is None or self._monotonic() < self._mailbox_again:
            return
        since = local_date(machine.clock.real(local(machine.office.since, time())))
        try:
            if words := await asyncio.to_thread(machine.intake.hindrance):
                raise MailboxError(f"Inga mejl tas in: de ligger kvar i brevlådan. {words}")
            # in a thread, as the outbox
            done = await asyncio.to_thread(machine.mailbox().empty, self._take, since, stopping=self._stopping.is_set)
            words = f"{done.left} brev gick inte att ta hand om. Se loggen." if done.left else ""
            self._mailbox_failures, self._mailbox_again = 0, 0.0
        except MailboxError as error:
            words = str(error)
            pause = min(timedelta(minutes=1) * (1 << min(self._mailbox_failures, 16)), LONGEST_PAUSE)
            self._mailbox_failures += 1
            self._mailbox_again = self._monotonic() + pause.total_seconds()
            logger.warning("mailbox.down again_after=%.0fs error=%s", pause.total_seconds(), words)

        def tell(scene: Scene) -> None:
            set_up(scene.session, {MAILBOX: words}, scene.now, replace=True)
            tell_waiting(scene)

        machine.carry_out(tell)

    def _take(self, fetched: Fetched) -> None:
        """Read one mail, and take it in, in a transaction of its own; committed when this returns."""
        now = self.machine.clock()
        real_now = self.machine.clock.real(now)
        arrived = now - (real_now - (fetched.arrived or real_now))
        intake, raw, virus = self.machine.intake, fetched.raw, ""
        try:
            intake.scan("brevet", raw)  # one that cannot be scanned stays where it is
        except InfectedError as found:
            raw, virus = raw.partition(b"\r\n\r\n")[0][:65_536] + b"\r\n\r\n", found.virus
        opened = open_mail(self.machine.look, raw, arrived, too_large=fetched.too_large, virus=virus)
        self.machine.carry_out(lambda scene: take_in(Act(scene, BY_MAILBOX), opened, arrived))

    async def draw_touched(self) -> None:
        """Draw the artifacts of the tillfällen in which something has happened, e.g. a hand-in through the page."""
        with self.machine.look() as scene:
            waiting = touched(scene.session)
            if not waiting:
                return
            self._redrawn.update(waiting)  # before the server is asked: it may be slow, or down
            whose = self.machine.whose()
            known = [scene.wheel.occurrence(key) for key in waiting if key in scene.wheel.keys]
            pictures = [picture(whose, scene, each) for each in known if _concerns_us(scene, each)]
        async with get_client() as client:
            for each in pictures:
                await client.create_artifact(each)
        self.machine.store.carry_out(lambda session: drawn(session, waiting, scene.now))

    async def compile_redrawn(self) -> int:
        """Make anew the sammanställningar of what was redrawn, where something that they show has changed.

        Beside everything else: many hand-ins in a short time give one new file. What is forgotten when the service
        stops is made when somebody asks for it.
        """
        waiting, self._redrawn = self._redrawn, set()
        if not waiting:
            return 0
        machine, office = self.machine, self.machine.office
        # in a thread: working out figures for a second holds up no other job
        return await asyncio.to_thread(
            keep_compilations, machine.store, office.definition, sorted(waiting), machine.clock(), office.since
        )

    async def plan(self) -> None:
        """Keep the obligations' rows and Prefect's scheduled runs in step with the definition and what is recorded."""
        machine, now = self.machine, self.machine.clock()

        def step(scene: Scene) -> tuple[Wheel, date, list[Occurrence]]:
            scene.plan()
            ours = [each for each in scene.wheel.occurrences if each.flow and _concerns_us(scene, each)]
            return scene.wheel, scene.today, ours

        wheel, today, ours = machine.carry_out(step)
        whose = machine.whose()
        async with get_client() as client:
            deployments = await report_deployments(client, wheel.definition, whose)
            if not deployments:
                return  # the runner has not registered them yet
            if not self._brought_up:
                open_ones = [each for each in ours if each.is_open(now)]
                await avstamning(client, whose, deployments, open_ones, now, real=machine.clock.real)
                self._brought_up = True
            if deployments != self._deployments:
                self._deployments, self._planned = deployments, None  # registered anew: without what was planned
            if self._planned is None or wheel is not self._planned[0] or today != self._planned[1]:
                runs = planned_runs(each for each in wheel.milestones if each.step in deployments)
                await sync_runs(
                    client,
                    machine.store,
                    whose,
                    deployments,
                    runs,
                    now,
                    real=machine.clock.real,
                    progress=self._progress,
                )
                self._planned = wheel, today

    async def settle_forms(self) -> None:
        """Give up and tell the forms whose run died, hangs or was never begun."""
        async with get_client() as client:
            await settle_lost_forms(client, self.machine, self._began)

    async def wake(self) -> None:
        """Have Prefect run what is due by a virtual clock; with the machine's own clock it does so by itself."""
        now = self.machine.clock()
        real = self.machine.clock.real(now)
        if now > real and self._deployments:
            async with get_client() as client:
                await wake_due(client, self._deployments, now, real)

    async def chain_log(self) -> None:
        """Chain what has been logged since the last time; a long queue in many short transactions."""
        chained = 1
        while chained:
            with self.machine.store.begin() as session:
                chained = chain(session)
            await asyncio.sleep(0)

    def _machine_now(self) -> datetime:
        return self.machine.clock.real(self.machine.clock())

    async def _job(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run one job if we lead. A fault is logged and met again at the next wake-up: the store remembers."""
        try:
            if not self.leads():
                return
            await job()
            with self.machine.store.begin() as session:
                beat(session, name, self._machine_now())
                works(session, name)
        except HTTPError as error:
            logger.warning("prefect.down job=%s error=%s", name, type(error).__name__)
        except Exception as error:
            logger.exception("disk.full job=%s" if is_full(error) else "job.failed job=%s", name)
            # the store itself may be what fails; then the beats stop
            with suppress(Exception), self.machine.store.begin() as session:
                fails(session, name, type(error).__name__, self._machine_now())


def _concerns_us(scene: Scene, occurrence: Occurrence) -> bool:
    """Tell whether anything of a tillfälle is left to us, within the time that the Prefect UI shows."""
    instants = [milestone.at for milestone in occurrence.milestones]
    if not instants or instants[0] > scene.now + HORIZON:
        return False
    if local_date(instants[-1]) >= scene.office.since:
        return True
    return bool(opened(scene.session, [one.key for one in occurrence.obligations]))
