"""The outbox: hands over every letter that is due, by a few workers over fewer connections.

A worker holds one letter on lease and never takes its next one before the outcome of the last is committed.
A kill can therefore repeat at most one letter per worker: the one between the server's OK and our commit. The
repeat has the same bytes, Message-ID and X-Arshjul-Key. What no worker holds when we die is not on lease.

There are more workers than connections: while outcomes are written to disk, other letters are on the wire.
SQL statements run on the event loop (:mod:`notifications.desk`), so it should be the outbox's own:
``asyncio.run(empty(...))`` in a thread.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arshjul.swedish import listing
from notifications.desk import Clock, Desk
from notifications.post import Delivery, Post, PostDownError, PostError
from store.database import Store
from store.letters import HANDED, REFUSED, WAITING, Outcome, Reserved

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=30)  #: attempts are cut (:func:`longest_attempt`) so that they are over before it
GIVE_UP = timedelta(days=5)  #: after so long a recipient who is still deferred counts as refused
FIRST_PAUSE: timedelta = timedelta(minutes=1)
LONGEST_PAUSE: timedelta = timedelta(hours=1)
LONGEST_PAUSE_WHEN_DOWN = timedelta(minutes=5)  #: then it is not the letter's fault, and all go soon after

AGAIN = "Brevet väntar och prövas igen."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one emptying of the outbox did, in letters; one that was taken for some only is ``deferred``."""

    handed: int = 0
    refused: int = 0
    deferred: int = 0
    down: str | None = None  #: Swedish: why a worker stopped before the outbox was empty


async def empty(
    store: Store,
    post: Post,
    clock: Clock,
    *,
    connections: int = 4,
    workers: int = 32,
    limit: int | None = None,
    lease: timedelta = LEASE,
    stopping: Callable[[], bool] = lambda: False,
) -> Tally:
    """Hand over every letter that is due at ``clock()``, oldest first, at most ``limit``; return the tally.

    ``workers`` is how many letters may be on lease at once, and so how many a kill may repeat; of them at most
    ``connections`` are on the wire.

    A letter or recipient that is refused, or a server that hangs, holds up its own worker only. A worker
    whose post is down gives its letter back and is done; so is one that finds ``stopping()`` true. When an
    outcome cannot be committed its letter stays on lease and goes again after that; the database's error is
    raised once every worker has finished what it held.
    """
    desk = Desk(store, clock, lease, limit, workers)
    wire = _Wire(post, clock, connections, longest_attempt(lease, workers, connections))
    desk.open()
    async with post:
        ended = await asyncio.gather(
            *(_work(desk, wire, clock, stopping) for _ in range(workers)), return_exceptions=True
        )
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    down = next((reason for reason in ended if isinstance(reason, str)), None)
    states = desk.settled
    return Tally(handed=states.count(HANDED), refused=states.count(REFUSED), deferred=states.count(WAITING), down=down)


def pause_after(attempt: int) -> timedelta:
    """Return the pause after try number ``attempt`` (from 1): 1, 2, 4, ... minutes, at most an hour."""
    return min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE)


def longest_attempt(lease: timedelta, workers: int, connections: int) -> timedelta:
    """Return when an attempt is cut: the wait for the wire, the attempt and the commit fit into the lease."""
    return lease / (math.ceil(workers / connections) + 1)


def outcome(letter: Reserved, delivery: Delivery, now: datetime, *, down: bool = False) -> Outcome:
    """Say what an attempt made of a letter.

    It waits for as long as somebody may still get it. Then it is ``överlämnat`` when at least one of those it
    is addressed to (``to``) was taken care of, and ``avvisat`` when all of them were refused, whatever became
    of the copies. Refusals for good are gathered in ``answer``; who could not be given it for ``GIVE_UP`` counts
    as refused too (RFC 5321 4.5.4.1: at least four to five days), but not at the first attempt, and never while
    the post itself is ``down``: that is our server's fault or our own, however long it lasts.
    """
    if delivery.deferred and not down and letter.attempt > 1 and now - letter.made_at >= GIVE_UP:
        gave_up = {address: f"{words} (prövat i {GIVE_UP.days} dagar)" for address, words in delivery.deferred.items()}
        delivery = replace(delivery, refused={**delivery.refused, **gave_up}, deferred={})
    reached = letter.handed_at
    if reached is None and any(address in (letter.to or letter.recipients) for address in delivery.accepted):
        reached = now
    refusals = [f"{address}: {words}" for address, words in delivery.refused.items()]
    pause = min(pause_after(letter.attempt), LONGEST_PAUSE_WHEN_DOWN if down else LONGEST_PAUSE)
    return Outcome(
        letter=letter,
        at=now,
        state=WAITING if delivery.deferred else HANDED if reached else REFUSED,
        not_before=now + pause if delivery.deferred else letter.not_before,
        handed_at=reached,
        answer="\n".join(filter(None, [letter.answer, *refusals])) or None,
        accepted=delivery.accepted,
        refused=delivery.refused,
        deferred=delivery.deferred,
    )


async def _work(desk: Desk, wire: "_Wire", clock: Clock, stopping: Callable[[], bool]) -> str | None:
    """Carry letters until none is left; return why the post is down, if it is."""
    letter = None if stopping() else await desk.turn(None)
    while letter:
        down = None
        try:
            delivery = await wire.carry(letter)
        except PostError as error:
            delivery = Delivery(deferred=dict.fromkeys(letter.recipients, str(error)))
            if isinstance(error, PostDownError):
                down = str(error)
        result = outcome(letter, delivery, clock(), down=down is not None)
        if down or stopping():
            await desk.turn(result, more=False)
            return down
        letter = await desk.turn(result)
    return None


class _Wire:
    """The post, with so many connections, no attempt longer than ``cut``, and none that could outlive its lease.

    A connection that found the post down is not tried again in this round; when the last one has, nobody waits
    for another time-out.
    """

    def __init__(self, post: Post, clock: Clock, connections: int, cut: timedelta) -> None:
        self._post = post
        self._clock = clock
        self._free = asyncio.Semaphore(connections)
        self._left = connections
        self._why_down = ""
        self._cut = cut

    async def carry(self, letter: Reserved) -> Delivery:
        """Hand the letter to the post. Raises PostError."""
        await self._free.acquire()
        try:
            if not self._left:
                raise PostDownError(self._why_down)
            delivery = await self._attempt(letter)
        except PostDownError as error:
            self._left = max(self._left - 1, 0)
            self._why_down = str(error)
            if not self._left:
                self._free.release()  # lets those who wait see it, one after the other
            raise
        except BaseException:
            self._free.release()
            raise
        self._free.release()
        return delivery

    async def _attempt(self, letter: Reserved) -> Delivery:
        """Try once. Raises PostError, also for what nobody foresaw: one bad letter must not stop the others."""
        if self._clock() + self._cut > letter.lease_until:
            raise PostError(f"Servern var så långsam att brevet inte hann fram till den. {AGAIN}")
        try:
            async with asyncio.timeout(self._cut.total_seconds()):
                delivery = await self._post.deliver(letter.sender, letter.recipients, letter.mime)
        except PostError:
            raise
        except TimeoutError:
            raise PostDownError(
                f"Överlämnandet tog mer än {self._cut.total_seconds():g} sekunder och avbröts. {AGAIN}"
            ) from None
        except Exception as error:
            logger.exception("letter.fault key=%s", letter.key)
            raise PostError(
                f"Ett oväntat fel ({type(error).__name__}) hindrade brevet; tjänstens logg säger mer. {AGAIN}"
            ) from error
        answered = {*delivery.accepted, *delivery.refused, *delivery.deferred}
        if lost := [address for address in letter.recipients if address not in answered]:
            raise PostError(f"Posten svarade inte för {listing(lost)}. {AGAIN}")
        return delivery
