"""Delårsrapporten per 31 augusti: from the anvisningar to fullmäktige."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.naming import AVSTAMNING
from flows.runs.stages import follow_up


@flow(
    name="Delårsrapport",
    description="Uppföljning av året till och med 31 augusti, från anvisningarna till fullmäktige. KS lämnar över den till KF och revisorerna inom två månader.",
    retries=0,
)
async def delarsrapport(period: str, moment: str = AVSTAMNING, enheter: list[str] | None = None) -> State:  # noqa: ARG001 - shown in the UI
    """Follow up the year to 31 August, with a forecast (LKBR 13 kap. 1 §, KL 11 kap. 16 §).

    The anvisningar are the ekonomichef's own; förvaltningschefer, VD:ar and the HR-chef hand in the underlag; the
    nämnd or board decides; KSAU sees preliminary figures; KS hands it over within two months; KF treats it.
    """
    return await follow_up("delarsrapport", period, enheter)
