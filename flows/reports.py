"""The reports as Prefect shows them: one flow for each step of the definition that wants one, in the step's own words."""

from functools import cache
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import State

from arshjul.definition.model import Definition, Step
from arshjul.keys import OccurrenceKey
from arshjul.swedish import listing, month_name
from flows.naming import AVSTAMNING
from flows.runs.stages import follow_up

ReportFlow = Flow[Any, Any]


def reports_of(definition: Definition) -> dict[str, ReportFlow]:
    """Return the flows of the reports that a municipality has, by step."""
    return {
        step_id: _report(step_id, step.name, description_of(step, definition))
        for step_id, step in definition.steps.items()
        if step.flow
    }


def description_of(step: Step, definition: Definition) -> str:
    """Return what people read about a report: the definition's own words, else what it says of periods and moments."""
    if step.description:
        return step.description
    periods = f"för {_periods(step, definition)}"
    moments = [moment.name for moment in step.moments.values()]
    course = f" Momenten är: {listing(moments)}." if moments else ""
    return f"{step.name} {periods}.{course} Enligt {step.source}."


def _periods(step: Step, definition: Definition) -> str:
    if step.each and step.each.meeting:
        return f"varje möte i {definition.bodies[step.each.meeting].name}"
    if step.each and step.each.of_register:
        return f"varje post med en frist i registret {definition.registers[step.each.of_register].name}"
    if step.each and (happening := definition.happenings[step.each.happening or ""]):
        by_itself = happening.opening and not happening.opening.by_hand
        return f"varje gång det här {'inlämnas' if by_itself else 'registreras'}: {happening.name}"
    return "hela året" if step.whole_year else listing([month_name(month) for month in step.months])


@cache  # the same report is the same flow, however often it is asked for
def _report(step_id: str, name: str, description: str) -> ReportFlow:
    async def report(period: str, moment: str = AVSTAMNING, enheter: list[str] | None = None) -> State:  # noqa: ARG001 - shown in the UI
        return await follow_up(OccurrenceKey.of(step_id, period), enheter)

    report.__name__ = report.__qualname__ = step_id.replace("-", "_")
    return Flow(report, name=name, description=description, retries=0)
