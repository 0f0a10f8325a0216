"""The watchdog's jobs towards Prefect: the year's runs, the artifacts, the forms, and the sammanställningar beside them."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta

from actions.scene import Scene
from arshjul.keys import OccurrenceKey
from arshjul.swedish import local_date
from arshjul.year.wheel import Occurrence, Wheel
from flows.forms.lost import settle_lost_forms
from flows.machine import Machine, machine_now
from flows.runs.planned import planned_runs
from flows.runs.run_picture import picture
from flows.runs.schedule import HORIZON, Deployments, avstamning, sync_runs, wake_due
from flows.runs.standing_run import StandingRun, standing_runs, today_page
from flows.runs.standing_sync import StandingRuns
from flows.service.deployments import report_deployments
from flows.service.server_client import server_client
from store.plan.status import opened
from store.plan.waking import drawn, touched
from submissions.compilation.keeping import keep_compilations

LOOKED_AFTER = timedelta(minutes=5)  #: so often the server is asked whether its standing runs are as we left them


class PrefectJobs:
    """Keeps what Prefect shows in step with the store. A server that is down is asked the next time."""

    def __init__(self, machine: Machine, progress: Callable[[int, int], None]) -> None:
        self.machine = machine
        self._progress = progress
        self._began = machine_now(machine)
        self._planned: tuple[Wheel, date] | None = None  #: the plan that Prefect shows, and the day we looked
        self._deployments: Deployments = {}
        self._brought_up = False
        self._standing: StandingRuns | None = None
        self._standing_shown: tuple[list[StandingRun], str] | None = None
        self._standing_looked = self._began
        self._redrawn: set[OccurrenceKey] = set()  #: tillfällen whose sammanställning may be out of date

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
        async with server_client() as client:
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
        whose, utskick = machine.whose(), machine.office.utskick
        async with server_client() as client:
            deployments = await report_deployments(client, wheel.definition, whose)
            if not deployments:
                return  # the runner has not registered them yet
            if not self._brought_up:
                open_ones = [each for each in ours if each.is_open(now)]
                await avstamning(client, whose, deployments, open_ones, now, real=machine.clock.real, utskick=utskick)
                self._brought_up = True
            if deployments != self._deployments:
                self._deployments, self._planned = deployments, None  # registered anew: without what was planned
            if self._planned is None or wheel is not self._planned[0] or today != self._planned[1]:
                runs = planned_runs((each for each in wheel.milestones if each.step in deployments), utskick)
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

    async def show_standing(self) -> None:
        """Keep the standing runs as it stands: at once what has changed, and now and then what the server holds."""
        runs, today = await asyncio.to_thread(self._standing_now)  # working it out holds up no other job
        shown = runs, today
        real = machine_now(self.machine)
        if shown == self._standing_shown and abs(real - self._standing_looked) < LOOKED_AFTER:
            return
        self._standing = self._standing or StandingRuns(self.machine.whose(), self.machine.clock.real)
        async with server_client() as client:
            await self._standing.agree(client, runs, today, real)
        self._standing_shown, self._standing_looked = shown, real

    def _standing_now(self) -> tuple[list[StandingRun], str]:
        with self.machine.look() as scene:
            runs = standing_runs(scene)
            return runs, today_page(scene, runs)

    async def settle_forms(self) -> None:
        """Give up and tell the forms whose run died, hangs or was never begun."""
        async with server_client() as client:
            await settle_lost_forms(client, self.machine, self._began)

    async def wake(self) -> None:
        """Have Prefect run what is due by a virtual clock; with the machine's own clock it does so by itself."""
        now = self.machine.clock()
        real = self.machine.clock.real(now)
        if now > real and self._deployments:
            async with server_client() as client:
                await wake_due(client, self._deployments, now, real)


def _concerns_us(scene: Scene, occurrence: Occurrence) -> bool:
    """Tell whether anything of a tillfälle is left to us, within the time that the Prefect UI shows."""
    instants = [milestone.at for milestone in occurrence.milestones]
    if not instants or instants[0] > scene.now + HORIZON:
        return False
    if local_date(instants[-1]) >= scene.office.since:
        return True
    return bool(opened(scene.session, [one.key for one in occurrence.obligations]))
