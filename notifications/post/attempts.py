"""What one attempt made of a letter: who has it, who is refused, and when it is tried again."""

from datetime import datetime, timedelta

from notifications.post.post import Delivery, PostError
from store.post.letter_outcomes import Outcome
from store.post.letter_states import HANDED, REFUSED, WAITING
from store.post.letters import Reserved

GIVE_UP = timedelta(days=5)  #: after so long a recipient whom a working server cannot give it to counts as refused
FIRST_PAUSE: timedelta = timedelta(minutes=1)
LONGEST_PAUSE: timedelta = timedelta(hours=1)
LONGEST_PAUSE_WHEN_DOWN = timedelta(minutes=5)  #: then it is not the letter's fault, and all go soon after


def pause_after(attempt: int) -> timedelta:
    """Return the pause after try number ``attempt`` (from 1): 1, 2, 4, ... minutes, at most an hour."""
    return min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE)


def longest_attempt(lease: timedelta) -> timedelta:
    """Return when an attempt is cut: it and the commit fit into the lease."""
    return lease / 2


def outcome(
    letter: Reserved, delivery: Delivery, now: datetime, *, proven: bool = True, soon: bool = False,
    unanswered: bool = False,
) -> Outcome:  # fmt: skip
    """Say what an attempt made of a letter.

    It waits for as long as somebody may still get it. Then it is ``överlämnat`` when at least one of those it
    is addressed to (``to``) was taken care of, and ``avvisat`` when all of them were refused, whatever became
    of the copies. Refusals for good are gathered in ``answer``; unless ``proven`` (the server takes letters from us)
    nobody is refused, and all wait. Who could not be given it for ``GIVE_UP`` by a server that works counts
    as refused too (RFC 5321 4.5.4.1: at least four to five days), from the first such answer on, and never for what
    may be the server's fault or our own, however long it lasts. ``soon``: the pause is a short one.
    ``unanswered``: the server may have the letter.
    """
    refused, deferred = dict(delivery.refused), dict(delivery.deferred)
    theirs = [address for address in deferred if address not in delivery.unproven]
    since = min(letter.deferred_since or now, now) if theirs else None  # the clock may have been set back
    if since and proven and letter.attempt > 1 and now - since >= GIVE_UP:
        for address in theirs:
            refused[address] = f"{deferred.pop(address)} (prövat i {GIVE_UP.days} dagar)"
    if not proven:
        deferred, refused = {**deferred, **refused}, {}
    reached = letter.handed_at
    if reached is None and any(address in (letter.to or letter.recipients) for address in delivery.accepted):
        reached = now
    refusals = [f"{address}: {words}" for address, words in refused.items()]
    pause = min(pause_after(letter.attempt), LONGEST_PAUSE_WHEN_DOWN if soon else LONGEST_PAUSE)
    return Outcome(
        letter=letter,
        at=now,
        state=WAITING if deferred else HANDED if reached else REFUSED,
        not_before=now + pause if deferred else letter.not_before,
        handed_at=reached,
        answer="\n".join(filter(None, [letter.answer, *refusals])) or None,
        accepted=delivery.accepted,
        refused=refused,
        deferred=deferred,
        deferred_since=since if deferred else None,
        is_unanswered=unanswered,
    )


def nobody_got_it(letter: Reserved, error: PostError) -> Delivery:
    """Return that nobody got it, for a reason that is none of the recipients'."""
    return Delivery(deferred=dict.fromkeys(letter.recipients, str(error)), unproven=frozenset(letter.recipients))
