"""Månadsrapporten: the follow-up of the months between the larger reports."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.naming import AVSTAMNING
from flows.runs.stages import follow_up


@flow(
    name="Månadsrapport",
    description="Uppföljning av månadens ekonomiska utfall. Fristen räknas från den dag då perioden stängdes i ekonomisystemet. I mars och oktober lämnas prognosen med den.",
    retries=0,
)
async def manadsrapport(period: str, moment: str = AVSTAMNING, enheter: list[str] | None = None) -> State:  # noqa: ARG001 - shown in the UI
    """Follow up the outcome of a month (Hedemora styrmodell, "Månadsrapporterna"; KL 6 kap. 12 §).

    The frist counts from the day when the period was closed in the ekonomisystem. In March and October the
    prognos is handed in with it.
    """
    return await follow_up("manadsrapport", period, enheter)
