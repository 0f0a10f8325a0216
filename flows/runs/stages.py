"""The stages that every report goes through, as Prefect tasks and helpers. The store decides; Prefect shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from arshjul.errors import RefusedError, nearest
from arshjul.keys import OccurrenceKey, StepId
from arshjul.ladder import standing
from arshjul.ladder.standing import enhet_state, tillfalle_state
from arshjul.swedish import day_text, enheter_done, listing
from arshjul.year.wheel import Wheel
from flows.machine import Machine, machine_at_hand
from flows.runs.run_letters import letters_told
from flows.runs.run_picture import picture
from store.service.runs import carried_out

REFUSED = "Avslaget"  #: what was asked for is not allowed, or not there; the message says why


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOccurrence:
    """One run's tillfälle, and the enheter that the run concerns (all of them when none are named)."""

    machine: Machine
    key: OccurrenceKey
    units: Sequence[str]
    run_id: str | None
    states: dict[str, standing.State] = field(default_factory=dict)  #: enhet to its state, filled by check_completeness
    names: dict[str, str] = field(default_factory=dict)  #: enhet to its name, filled with ``states``


async def follow_up(key: OccurrenceKey, enheter: Sequence[str] | None) -> State:
    """Bring a tillfälle up to now, as every report's flow does: letters, completeness, picture, outcome."""
    try:
        occurrence = open_occurrence(key, enheter)
    except RefusedError as refused:
        return Failed(name=REFUSED, message=str(refused))
    await remind_and_escalate(occurrence, return_state=True)  # type: ignore[misc]  # Prefect's own typing
    await check_completeness(occurrence)
    await show(occurrence)
    return outcome(occurrence)


def open_occurrence(key: OccurrenceKey, enheter: Sequence[str] | None) -> OpenOccurrence:
    """Open a tillfälle for this run. Raises RefusedError when the årshjul does not hold it, or one of ``enheter``."""
    machine = machine_at_hand()
    with machine.look() as scene:
        wheel = scene.wheel
        step, period = key
        if key not in wheel.keys:
            known = sorted(each.period for each in wheel.keys if each.step == step)
            raise RefusedError(
                f"{_step_name(wheel, step)} finns inte i årshjulet för perioden '{period}'{nearest(period, known)}"
            )
        occurrence = wheel.occurrence(key)
        units = [unit for unit in wheel.definition.units if any(one.unit == unit for one in occurrence.obligations)]
    for unit in enheter or ():
        if unit not in units:
            raise RefusedError(f"{occurrence.step_name} {period} har ingen enhet '{unit}'{nearest(unit, units)}")
    wanted = [unit for unit in units if not enheter or unit in enheter]
    run_id = str(flow_run.id) if flow_run.id else None
    return OpenOccurrence(machine=machine, key=key, units=wanted, run_id=run_id)


@task(task_run_name="Brev och eskalering", retries=2, retry_delay_seconds=5, cache_policy=NO_CACHE)
async def remind_and_escalate(occurrence: OpenOccurrence) -> State:
    """Carry out what the ladder owes now, and say which of the day's letters were of this report."""
    occurrence.machine.bring_up(occurrence.run_id)
    with occurrence.machine.look() as scene:
        words = letters_told(scene, occurrence.key, occurrence.run_id)
    return Completed(message=words)


@task(task_run_name="{unit_name}", retries=0, cache_policy=NO_CACHE)
async def unit_state(unit_name: str, state: standing.State, words: str) -> State:  # noqa: ARG001 - the name is the run's name
    """Show one enhet's state in the UI."""
    return as_prefect_state(state, words)


async def check_completeness(occurrence: OpenOccurrence) -> None:
    """Check what each enhet has handed in: a task run per enhet, named after it, with its own state."""
    with occurrence.machine.look() as scene:
        found = scene.wheel.occurrence(occurrence.key)
        sight = scene.look([one.key for one in found.obligations])
        shown = []
        for unit in occurrence.units:
            owed = [one for one in found.obligations if one.unit == unit]
            occurrence.states[unit] = enhet_state((sight.state(one), one.finalises is not None) for one in owed)
            lacks = [state.part.name for one in owed for state in sight.states[one.key] if not state.complete]
            occurrence.names[unit] = owed[0].unit_name
            word = "saknas" if occurrence.states[unit].is_late else "ska lämnas in"
            shown.append((owed[0].unit_name, occurrence.states[unit], f"{word}: {listing(lacks)}" if lacks else ""))
    for name, state, words in shown:
        await unit_state(name, state, words, return_state=True)  # type: ignore[misc]  # Prefect's own typing


async def show(occurrence: OpenOccurrence) -> None:
    """Draw the tillfälle's artifact, and note which moments this run carried out."""
    with occurrence.machine.look() as scene:
        found = scene.wheel.occurrence(occurrence.key)
        drawn = picture(occurrence.machine.whose(), scene, found, occurrence.run_id)
    async with get_client() as client:
        await client.create_artifact(drawn)
    if occurrence.run_id:
        with occurrence.machine.store.begin() as session:
            carried_out(session, occurrence.run_id, occurrence.machine.clock())


def outcome(occurrence: OpenOccurrence) -> State:
    """Return the run's own end: the tillfälle's state. A technical fault is Prefect's own Failed."""
    found = tillfalle_state(occurrence.states)
    if found.state is standing.State.FORE_INFORANDET:
        since = day_text(occurrence.machine.office.since)
        return as_prefect_state(found.state, f"Fristerna låg före i drift från ({since}); inga brev går om dem.")
    if found.state is standing.State.AVSLUTAD:
        return as_prefect_state(
            found.state, "Rapporten är beslutad, eller enheten har upphört; inga brev går om det som saknas."
        )
    words = enheter_done(found.done, found.of)
    many = f"{found.preliminary} {'preliminär' if found.preliminary == 1 else 'preliminära'}"
    waits = f", varav {many} i väntan på nämndens eller styrelsens beslut" if found.preliminary else ""
    left = f"; kvar: {listing([occurrence.names[unit] for unit in found.behind])}" if found.behind else ""
    return as_prefect_state(found.state, words + waits + left)


def as_prefect_state(state: standing.State, words: str) -> State:
    """Return how it stood when a run was carried out: a run that did its work is never red for what was late then."""
    return Completed(name=state.core.word, message=words)


def _step_name(wheel: Wheel, step: StepId) -> str:
    return wheel.definition.steps[step].name if step in wheel.definition.steps else f"Steget '{step}'"
