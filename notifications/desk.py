"""The outbox's desk: where its workers bring an outcome and fetch their next letter, many in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.database import Store
from store.letters import Outcome, Reserved, release_expired, reserve, settle

logger = logging.getLogger(__name__)

MOST = 0.6  #: of the workers, who share a commit; the others' letters keep the connections busy meanwhile
GATHER = 0.01  #: seconds at most that an outcome waits for others to share its commit
AT_ONCE = 10  #: letters that one SQL statement settles or reserves before the connections have their turn
COMMIT_PAUSES = (0.2, 1.0, 2.0)  #: seconds between tries to commit (busy database, full disk)

Clock = Callable[[], datetime]


@dataclass(slots=True)
class _Ticket:
    """A worker's place at the desk: the outcome it brings, and the letter it gets."""

    outcome: Outcome | None
    more: bool
    letter: "asyncio.Future[Reserved | None]"


class Desk:
    """Where workers bring an outcome and fetch their next letter.

    Workers share a transaction: it begins when most of those at work are here, or after ``GATHER``. What it
    costs, its disk sync above all, hardly depends on how many letters are in it.
    """

    def __init__(self, store: Store, clock: Clock, lease: timedelta, limit: int | None, workers: int) -> None:
        self.settled: list[str] = []  #: the states of what was committed
        self._store = store
        self._clock = clock
        self._lease = lease
        self._left = limit
        self._at_work = workers
        self._waiting: list[_Ticket] = []
        self._most_are_here = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def open(self) -> None:
        """Take back the letters of senders that died."""
        with self._store.begin() as session:
            release_expired(session, self._clock())

    async def turn(self, outcome: Outcome | None, *, more: bool = True) -> Reserved | None:
        """Commit ``outcome``; return the worker's next letter, None when there is none or not ``more``."""
        ticket = _Ticket(outcome, more, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        self._count()
        if len(self._waiting) == 1:  # the first one here serves all who come until then
            async with self._one_at_a_time:
                with suppress(TimeoutError):
                    async with asyncio.timeout(GATHER):
                        await self._most_are_here.wait()
                await self._serve()
        return await ticket.letter

    def _count(self) -> None:
        if len(self._waiting) >= MOST * self._at_work:
            self._most_are_here.set()

    async def _serve(self) -> None:
        """Serve everybody who waits, in one transaction."""
        batch, self._waiting = self._waiting, []
        self._most_are_here.clear()
        outcomes = [ticket.outcome for ticket in batch if ticket.outcome]
        hungry = [ticket for ticket in batch if ticket.more]
        wanted = len(hungry) if self._left is None else min(len(hungry), self._left)
        try:
            letters = await self._commit_patiently(outcomes, wanted)
        except Exception as error:
            for ticket in batch:
                ticket.letter.set_exception(error)
            letters = []
        else:
            self.settled.extend(outcome.state for outcome in outcomes)
            if self._left is not None:
                self._left -= len(letters)
        self._at_work -= len(batch) - len(letters)
        self._count()
        for ticket in batch:
            if not ticket.letter.done():
                ticket.letter.set_result(letters.pop(0) if ticket.more and letters else None)

    async def _commit_patiently(self, outcomes: Sequence[Outcome], wanted: int) -> list[Reserved]:
        for pause in COMMIT_PAUSES:
            try:
                return await self._commit(outcomes, wanted)
            except Exception:
                logger.warning("outbox.commit_failed outcomes=%d", len(outcomes), exc_info=True)
                await asyncio.sleep(pause)
        return await self._commit(outcomes, wanted)

    async def _commit(self, outcomes: Sequence[Outcome], wanted: int) -> list[Reserved]:
        """Settle and reserve in one transaction.

        Only the commit, which waits for the disk, leaves the loop: the statements are quick, and as a thread's
        they would fight the loop for the interpreter and slow both.
        """
        letters: list[Reserved] = []
        with ExitStack() as transaction:
            session = transaction.enter_context(self._store.begin())
            for done in range(0, len(outcomes), AT_ONCE):
                settle(session, outcomes[done : done + AT_ONCE])
                await _let_the_wire_go_on()
            for begun in range(0, wanted, AT_ONCE):
                letters += reserve(session, self._clock(), self._lease, min(AT_ONCE, wanted - begun))
                await _let_the_wire_go_on()
            await asyncio.to_thread(transaction.pop_all().close)
        return letters


async def _let_the_wire_go_on() -> None:
    """Let every answer that has come be read (one turn of the loop), taken up (the next) and answered (the last)."""
    for _ in range(3):
        await asyncio.sleep(0)
