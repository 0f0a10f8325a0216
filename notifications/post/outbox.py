"""The outbox: hands over every letter that is due, by as many workers as there are connections.

A worker holds one letter on lease and never takes its next one before the outcome of the last is committed. A kill
can therefore repeat at most one letter per connection: the one between the server's OK and our commit. The repeat has
the same bytes, Message-ID and X-Arshjul-Key.

Only a refusal of a recipient settles a letter. What the server says about us leaves every letter in its old place
(:mod:`notifications.post.refusals`), and so does a round in which everybody was refused in the same words: the refused
letters are kept on lease until the server has taken something from us, or the round is over.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from notifications.post.emptying import Check, Clock, Emptying, KindsNow, Tally
from notifications.post.post import Post
from store.database import Session, Store
from store.post.letters import Reserved

LEASE = timedelta(minutes=30)  #: attempts are cut (:func:`longest_attempt`) so that they are over before it


def as_it_was(_session: Session, letter: Reserved, _now: datetime) -> Reserved | None:
    """Let every letter go as it was frozen: the check when nothing is held against anything."""
    return letter


def silently(_session: Session) -> None:
    """Tell nobody that the outbox is at work."""


def all_may_go(_session: Session, _now: datetime) -> None:
    """Let letters of every kind go, when nothing is held back."""


async def empty(
    store: Store,
    post: Post,
    clock: Clock,
    *,
    connections: int | None = None,
    limit: int | None = None,
    lease: timedelta = LEASE,
    kinds_now: KindsNow = all_may_go,
    check: Check = as_it_was,
    suspect: bool = False,
    stopping: Callable[[], bool] = lambda: False,
    at_work: Callable[[Session], None] = silently,
) -> Tally:
    """Hand over every letter that is due at ``clock()``, oldest first, at most ``limit``; return the tally.

    ``connections`` is how many letters are on their way at once (None: as many as the post may have). ``kinds_now`` is
    asked before each letter which kinds may go now (None: all), and ``check`` of each letter on lease, in the
    transaction that took it: the letter as it may go now, or None when it was taken back
    (:mod:`actions.ladder.held_against`). ``suspect`` tells that nothing has gone lately: then
    even the plainest refusal of a recipient waits for the server to take something from us. ``at_work`` is called in
    each transaction that settles or takes a letter.

    A letter or recipient that is refused, or a server that hangs, holds up its own worker only. When the post is
    down, and when ``stopping()`` is true, no worker takes another letter. When an outcome cannot be committed its
    letter stays on lease; the database's error is raised once every worker has finished what it held.
    """
    many = connections or post.connections
    emptying = Emptying(store, post, clock, many, limit, lease, kinds_now, check, suspect, stopping, at_work)
    emptying.open()
    async with post:
        ended = await asyncio.gather(*(emptying.work() for _ in range(many)), return_exceptions=True)
    await emptying.close()
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    return emptying.tally()
