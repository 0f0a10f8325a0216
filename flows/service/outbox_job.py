"""The watchdog's job of emptying the outbox: which letters may go now, by how many connections, and when it is tried again."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from actions.ladder.held_against import hold_against_now
from actions.service.health import OUTBOX
from arshjul.ladder.due import is_sending_time, next_sending_time
from arshjul.workdays import Workdays
from flows.machine import Machine, machine_now
from notifications.post.attempts import LONGEST_PAUSE as LONGEST_LETTER_PAUSE
from notifications.post.attempts import pause_after
from notifications.post.emptying import Tally
from notifications.post.outbox import empty
from notifications.post.post import Post
from store.database import Session
from store.plan.waking import touch
from store.post.holding import kinds_that_may_go
from store.post.letters import hold_until, hurry, let_go_of_what_waits_past
from store.post.state import note_fault, note_going, post_fault
from store.post.told_notices import told_since
from store.service.leases import beat

logger = logging.getLogger(__name__)

#: kinds of letters that go at any hour: somebody waits for them
AT_ONCE = ("kvittens", "budgetavvikelse", "inloggning", "kod", "provbrev", "driftlarm")
LONGEST_PAUSE = timedelta(minutes=5)  #: between tries of a post that is down
FEWER_FOR = timedelta(hours=1)  #: so long a server that wants fewer connections gets no more
BEAT_SECONDS = 10  #: so often a long emptying of the outbox shows that it is at work


class OutboxJob:
    """Empties the outbox, and remembers how the post stands."""

    def __init__(self, machine: Machine, monotonic: Callable[[], float], is_stopping: Callable[[], bool]) -> None:
        self.machine = machine
        self.failures = 0  #: tries after each other in which the post was down
        self.again_at: datetime | None = None  #: when a post that was down is tried again
        #: connections that the server bears, and until when we obey, by the monotonic clock
        self.fewer: tuple[int, float] | None = None
        self._monotonic, self._is_stopping = monotonic, is_stopping
        self._workdays = Workdays.with_closed(day.day for day in machine.office.definition.closed_days)
        self._beat_again = 0.0  #: by the monotonic clock

    async def empty(self) -> None:
        """Hand over the letters that are due; outside the sending hours only what answers someone at once.

        A post that is down is tried again after 1, 2, 4 and then every 5 minutes, with one letter.
        """
        machine, now = self.machine, self.machine.clock()
        if self.again_at and timedelta(0) < self.again_at - now <= LONGEST_PAUSE:
            return
        hours, workdays = machine.office.definition.sending_hours, self._workdays
        with machine.store.begin() as session:
            fault = post_fault(session)
            opens = now if is_sending_time(now, workdays, hours) else next_sending_time(now, workdays, hours)
            let_go_of_what_waits_past(session, now + LONGEST_LETTER_PAUSE, now, kinds=AT_ONCE)  # no hour holds them
            let_go_of_what_waits_past(session, max(opens, now + LONGEST_LETTER_PAUSE), opens)
            if opens > now:
                hold_until(session, now, opens, but=AT_ONCE)
        post = machine.post()
        # in a thread with a loop of its own: a slow database or server holds up no other job
        emptying = empty(
            machine.store,
            post,
            machine.clock,
            connections=self.connections(post),
            limit=1 if fault and fault.sure else None,
            kinds_now=self._kinds_now,
            suspect=fault is not None,
            check=partial(hold_against_now, machine.office),
            stopping=self._is_stopping,
            at_work=self._beat_at_work,
        )
        tally = await asyncio.to_thread(asyncio.run, emptying)
        self._learn(tally, machine.clock())
        if tally.handed or tally.refused:
            # "senaste brev" has changed
            machine.store.carry_out(lambda session: touch(session, told_since(session, now), machine.clock()))

    def _beat_at_work(self, session: Session) -> None:
        """Show between two letters that the outbox is at work: a server may be slow, and the letters many."""
        if (now := self._monotonic()) >= self._beat_again:
            self._beat_again = now + BEAT_SECONDS
            beat(session, OUTBOX, machine_now(self.machine))

    def _kinds_now(self, session: Session, now: datetime) -> Sequence[str] | None:
        """Return the kinds of letters that may go at ``now``: also an emptying that began in time stops in time."""
        office = self.machine.office
        may = is_sending_time(now, self._workdays, office.definition.sending_hours)
        return kinds_that_may_go(session, office.utskick if office.utskick_is_set else None, None if may else AT_ONCE)

    def connections(self, post: Post) -> int:
        if self.fewer and self._monotonic() < self.fewer[1]:
            return min(self.fewer[0], post.connections)
        return post.connections

    def _learn(self, tally: Tally, now: datetime) -> None:
        """Remember how the post stands: for the next try, and for those who are told."""
        if tally.crowded:
            logger.warning("post.crowded connections=%d", tally.crowded)
            self.fewer = tally.crowded, self._monotonic() + FEWER_FOR.total_seconds()
        if tally.down or (tally.crowded and not tally.handed):
            self.failures += 1
            self.again_at = now + min(pause_after(self.failures), LONGEST_PAUSE)
        elif tally.handed:
            self.failures, self.again_at = 0, None
        with self.machine.store.begin() as session:
            if tally.down:
                logger.warning("post.down error=%s", tally.down)
                note_fault(session, tally.down, now, sure=True)
            elif tally.handed:
                if note_going(session, now):
                    hurry(session, now)
            elif tally.stalled:
                note_fault(session, tally.stalled, now, sure=False)
