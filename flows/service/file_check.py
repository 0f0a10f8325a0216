"""The job that holds the kept files against their checksums, so that one that rots is known before anybody needs it."""

import asyncio

from actions.ladder.notes import tell_rotten
from actions.scene import Scene
from flows.machine import Machine
from store.service.rotten import look_at_some, note_rotten
from submissions.compilation.keeping import make_rotten_anew

SOME = 20_000_000  #: bytes that are read each time: a store of a gigabyte is gone through within the hour


class FileCheck:
    """Goes round among the files of one store, again and again; what we made ourselves is made anew."""

    def __init__(self, machine: Machine, some: int = SOME) -> None:
        self._machine, self._some = machine, some
        self._after = ""  #: the checksum of the file that was looked at last

    async def look(self) -> None:
        """Look at the next files; what is found is noted, and told once."""
        await asyncio.to_thread(self._look)  # to read and to add up holds up no other job

    def _look(self) -> None:
        machine, first = self._machine, self._after
        with machine.store.read() as session:
            found, last = look_at_some(session, first, self._some)
        if found:
            office = machine.office
            make_rotten_anew(machine.store, office.definition, found, machine.clock(), office.since)

        def note(scene: Scene) -> None:
            tell_rotten(scene, note_rotten(scene.session, found, first, last, scene.now))

        machine.carry_out(note)
        self._after = last
