"""The clock: the machine's, or a virtual one that ticks on from a given instant."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.lock import running_since
from app.settings import NOW_SINCE, Settings, SettingsError

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RealClock:
    """The machine's clock."""

    def __call__(self) -> datetime:
        """Return the present instant, in UTC."""
        return wall_clock()

    def real(self, instant: datetime) -> datetime:
        """Return when ``instant`` happens on the machine's clock: then."""
        return instant


@dataclass(frozen=True, slots=True)
class VirtualClock:
    """A clock that showed ``start`` when the machine's showed ``since``, and ticks as the machine's does.

    Processes that are given the same two instants show the same time.
    """

    start: datetime
    since: datetime
    machine: Clock = wall_clock

    def __call__(self) -> datetime:
        """Return the present virtual instant, in UTC."""
        return self.start.astimezone(UTC) + (self.machine() - self.since)

    def real(self, instant: datetime) -> datetime:
        """Return when the virtual ``instant`` happens on the machine's clock, in UTC."""
        # in UTC: two instants of the same zone are subtracted by their clock faces, which summer time shifts
        return self.since.astimezone(UTC) + (instant.astimezone(UTC) - self.start.astimezone(UTC))


def clock_for(settings: Settings, environ: Mapping[str, str] = os.environ) -> RealClock | VirtualClock:
    """Return the clock that the settings ask for.

    A virtual one started when ``up`` says that it did: to its children by ``ARSHJUL_NOW_SINCE``, to a command
    in another window by its lock. When no ``up`` runs it starts now.
    """
    if settings.now is None:
        return RealClock()
    told = environ.get(NOW_SINCE) or running_since(settings.data_dir)
    return VirtualClock(start=settings.now, since=_since(told) or wall_clock())


def _since(told: str | None) -> datetime | None:
    """Read the machine's time at which the virtual clock started. Raises SettingsError for anything else."""
    if not told:
        return None
    try:
        since = datetime.fromisoformat(told)
    except ValueError:
        since = None
    if since is None or since.tzinfo is None:
        message = f"{NOW_SINCE}: '{told}' är ingen tidpunkt med tidszon. Ta bort variabeln: arshjul up sätter den."
        raise SettingsError([message])
    return since
