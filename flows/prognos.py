"""Prognosen per 31 mars, 31 augusti and 31 oktober: handed in with the month's report, with a state of its own."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.naming import AVSTAMNING
from flows.runs.stages import follow_up


@flow(
    name="Prognos",
    description="Helårsprognos per 31 mars, 31 augusti och 31 oktober. Lämnas in med månadsrapporten eller delårsrapporten, men har ett eget läge.",
    retries=0,
)
async def prognos(period: str, moment: str = AVSTAMNING, enheter: list[str] | None = None) -> State:  # noqa: ARG001 - shown in the UI
    """Follow up the forecast of the year's result (Hedemora styrmodell, "Uppföljning- och prognosrapport").

    One hand-in and one reminder with the månadsrapport or the delårsrapport, and two states.
    """
    return await follow_up("prognos", period, enheter)
