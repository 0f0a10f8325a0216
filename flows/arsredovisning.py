"""Årsredovisningen: from the anvisningar in November to KF's approval in April."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.naming import AVSTAMNING
from flows.runs.stages import follow_up


@flow(
    name="Årsredovisning",
    description="Redovisning av det gångna året, från anvisningarna i november till KF:s godkännande i april. Lämnas över till KF och revisorerna senast 15 april.",
    retries=0,
)
async def arsredovisning(period: str, moment: str = AVSTAMNING, enheter: list[str] | None = None) -> State:  # noqa: ARG001 - shown in the UI
    """Account for the past year (KL 11 kap. 19–21 §§, LKBR 4 kap. 1 §).

    Texts by role and figures by enhet in February, the nämnd's decision with them; KS in March; handed over to KF
    and the revisorer by 15 April; KF approves in April, before it decides on ansvarsfrihet.
    """
    return await follow_up("arsredovisning", period, enheter)
