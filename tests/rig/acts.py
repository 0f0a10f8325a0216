"""An act of somebody, on a store alone."""

from datetime import datetime

from actions.act import Act
from actions.scene import Scene
from notifications.office import Office
from store.database import Session
from tests.rig.load import hedemora


def act(session: Session, now: datetime, by: str = "ekonomen", why: str = "", office: Office | None = None) -> Act:
    """Return an act of somebody in a session; the office is Hedemora's, with no letters, where none is given."""
    return Act(Scene(session, office or _silent(now), now), by, why)


def _silent(now: datetime) -> Office:
    return Office(
        sourced=hedemora(), mail_from="ekonomikontoret@example.se", public_url="http://testserver",
        prefect_url="http://127.0.0.1:4200", secret=b"0" * 32, utskick="av", since=now.date(),
    )  # fmt: skip
