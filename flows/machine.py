"""What every flow, the watchdog and the forms work with: the store, the standing orders, the post and the clock."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from actions.ladder.rounds import Round, bring_up
from actions.scene import Scene, carry_out
from actions.service.health import HealthPart
from arshjul.errors import RefusedError
from flows.naming import Whose
from notifications.mailbox.mailbox import Mailbox
from notifications.office import Office
from notifications.post.post import Post
from store.acting import Acting
from store.database import Store
from store.service.installation import INSTALLATION, installed
from submissions.intake.room import Intake

_T = TypeVar("_T")
_AT_HAND: ContextVar["Machine"] = ContextVar("machine")  #: Prefect calls a flow with what its form holds, and no more


class Clock(Protocol):
    """Tells the time, and when an instant happens on the machine's own clock."""

    def __call__(self) -> datetime:
        """Return now, aware."""
        ...

    def real(self, instant: datetime) -> datetime:
        """Return the machine's time at which ``instant`` happens."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The seams, put together once by ``app``."""

    store: Store
    office: Office
    clock: Clock
    post: Callable[[], Post]  #: opens the post anew for each emptying of the outbox
    mailbox: Callable[[], Mailbox] | None = None  #: where replies and bounces come; None: nobody reads them
    intake: Intake = field(default_factory=Intake)  #: what each file meets before it is kept
    ledger_folder: Path | None = None  #: SIE files that are laid here are taken in
    place: str = ""  #: what tells two installations of one municipality apart, e.g. "test"
    has_server: bool = True  #: the Prefect server is this installation's own
    health: Callable[[], Mapping[str, HealthPart]] | None = None  #: asks every part; None: nobody is told by mail
    it_address: str | None = None  #: who is told that a part is at fault; None: the ekonomikontor

    def whose(self) -> Whose:
        """Return what is ours on the Prefect server. Raises RefusedError before the first start."""
        with self.store.read() as session:
            own_id = installed(session, INSTALLATION)
        if own_id is None:
            raise RefusedError("Installationen har inget eget id än. Kör 'arshjul up' en gång, så får den ett.")
        kommun = self.office.definition.kommun
        return Whose(
            kommun=kommun.id, kommun_name=kommun.name, installation=own_id, place=self.place, has_server=self.has_server
        )

    def carry_out(self, work: Callable[[Scene], _T], acting: Acting | None = None) -> _T:
        """Do ``work`` in a scene of its own; from its beginning again when it had to give way to another."""
        return carry_out(self.store, self.office, self.clock, work, acting)

    @contextmanager
    def look(self) -> Iterator[Scene]:
        """Open a scene that only reads."""
        with self.store.read() as session:
            yield Scene(session, self.office, self.clock())

    def bring_up(self, run_id: str | None = None) -> Round:
        """Carry out everything that is due now, in one transaction."""
        return self.carry_out(lambda scene: bring_up(scene, run_id=run_id))


def machine_now(machine: Machine) -> datetime:
    """Return the time by the machine's own clock, by which Prefect and the leases go."""
    return machine.clock.real(machine.clock())


@contextmanager
def at_hand(machine: Machine) -> Iterator[None]:
    """Let the flows that are carried out here work with a machine."""
    before = _AT_HAND.set(machine)
    try:
        yield
    finally:
        _AT_HAND.reset(before)


def machine_at_hand() -> Machine:
    """Return the machine that this run works with. Raises LookupError outside of :func:`at_hand`."""
    return _AT_HAND.get()
