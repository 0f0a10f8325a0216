"""An act of somebody, on a store alone."""

from datetime import datetime

from actions.act import Act
from actions.scene import Scene
from arshjul.definition.reading import Sourced
from notifications.office import Office
from store.database import Session
from tests.rig.load import hedemora


def act(
    session: Session,
    now: datetime,
    by: str = "ekonomen",
    why: str = "",
    office: Office | None = None,
    sourced: Sourced | None = None,
) -> Act:
    """Return an act of somebody in a session; where no office is given it is ``sourced``'s (Hedemora's), with no letters."""
    return Act(Scene(session, office or _silent(now, sourced or hedemora()), now), by, why)


def _silent(now: datetime, sourced: Sourced) -> Office:
    return Office(
        sourced=sourced, mail_from="ekonomikontoret@example.se", public_url="http://testserver",
        prefect_url="http://127.0.0.1:4200", secret=b"0" * 32, utskick="av", since=now.date(),
    )  # fmt: skip
