"""A scene in which a test writes, as a round does: nobody else decides meanwhile, and it is done once."""

from collections.abc import Iterator
from contextlib import contextmanager

from actions.scene import Scene
from flows.machine import Machine
from store.database import alone


@contextmanager
def writing(machine: Machine) -> Iterator[Scene]:
    """Open a transaction of a machine's."""
    with machine.store.begin() as session:
        alone(session)
        yield Scene(session, machine.office, machine.clock())
