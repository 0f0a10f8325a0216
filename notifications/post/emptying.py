"""One emptying of the outbox: its workers, and what they know together."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.swedish import listing
from notifications.post.attempts import longest_attempt, nobody_got_it, outcome
from notifications.post.post import (
    NOT_TAKEN,
    CrowdedError,
    Delivery,
    LetterRefusedError,
    Post,
    PostDownError,
    PostError,
    SenderRefusedError,
)
from notifications.post.refusals import same_words
from store.database import Session, Store
from store.post.correspondence import tried_and_waiting
from store.post.letter_outcomes import Outcome, settle
from store.post.letter_states import HANDED, REFUSED, WAITING
from store.post.letters import Reserved, give_back, release_expired, release_orphans, reserve, taken_since
from store.service.lease_holders import own_name

logger = logging.getLogger(__name__)
COMMIT_PAUSES = (0.2, 1.0, 2.0)  #: seconds between tries to commit (busy database, full disk)
MANY_NOT_TAKEN = 3  #: letters refused as such that wait, in a round in which none was taken: it may be all letters
MOST_HELD = 20  #: refused letters on lease at once, in a round in which nobody was taken

AGAIN = "Brevet väntar och prövas igen."

Clock = Callable[[], datetime]
KindsNow = Callable[[Session, datetime], Sequence[str] | None]
Check = Callable[[Session, Reserved, datetime], Reserved | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one emptying of the outbox did, in letters; one that was taken for some only is ``deferred``."""

    handed: int = 0
    refused: int = 0
    deferred: int = 0
    down: str | None = None  #: Swedish: why nothing goes, and what to do
    stalled: str | None = None  #: Swedish: why nothing went this time, where it may be one recipient's fault
    crowded: int | None = None  #: so many connections the server let us have, when it asked for fewer


@dataclass
class Emptying:
    """One emptying: its workers, and what they know together."""

    store: Store
    post: Post
    clock: Clock
    allowed: int  #: connections
    left: int | None
    lease: timedelta
    kinds_now: KindsNow
    check: Check
    suspect: bool
    stopping: Callable[[], bool]
    at_work: Callable[[Session], None]

    def __post_init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._at_work = self.allowed
        self._settled: list[str] = []  # the states of what was committed
        self._given_back = 0
        self._taken = False  # whether the server has taken anything from us
        self._held: list[tuple[Reserved, Delivery]] = []  # refused whole, while nobody was taken
        self._down: str | None = None
        self._hung: str | None = None
        self._stalled: str | None = None
        self._not_taken: str | None = None
        self._crowded: int | None = None

    def open(self) -> None:
        """Take back the letters of senders that died."""
        with self.store.begin() as session:
            release_expired(session, self.clock())
            release_orphans(session, self.clock())

    async def work(self) -> None:
        """Carry letters until none is left or none may go."""
        letter = await self._turn()
        while letter:
            try:
                delivery = await self._attempt(letter)
            except CrowdedError:
                self.allowed = max(1, self.allowed // 2) if self._at_work > 1 else 0
                self._crowded = max(1, self.allowed)
                letter = await self._turn(back=letter, more=False)
            except PostDownError as error:
                letter = await self._stop(letter, error)
            except LetterRefusedError as error:
                self._not_taken = str(error)  # the letter's own matter, while it is one or two
                letter = await self._turn(outcome(letter, nobody_got_it(letter, error), self.clock()))
            except PostError as error:
                self._stalled = str(error)
                nobody = nobody_got_it(letter, error)
                letter = await self._turn(outcome(letter, nobody, self.clock(), unanswered=error.begun))
            else:
                letter = await self._answered(letter, delivery)
        self._at_work -= 1

    async def close(self) -> None:
        """Settle what was kept until the round was over, when nobody had been taken."""
        if self._not_taken and not self._taken:
            with self.store.begin() as session:
                alike = [row for row in tried_and_waiting(session) if NOT_TAKEN in str(row.pending)]
            if len(alike) >= MANY_NOT_TAKEN:
                self._stalled = self._not_taken
        if not self._held:
            return
        answers = [pair for _, delivery in self._held for pair in delivery.refused.items()]
        everybody = not self._taken and same_words(answers)
        if everybody:
            self._down = self._down or (
                f"E-postservern avvisar alla mottagare med samma ord ({answers[0][1]}). Breven väntar och prövas "
                "igen; kontrollera att ARSHJUL_SMTP_URL är rätt server och att den tar emot post från tjänsten."
            )
        now = self.clock()
        with self.store.begin() as session:
            for letter, delivery in self._held:
                proven = self._taken or (not everybody and self._is_proven(session, letter, delivery))
                self._stalled = self._stalled if proven else next(iter(delivery.refused.values()))
                one = outcome(letter, delivery, now, proven=proven, soon=everybody)
                settle(session, [one])
                self._settled.append(one.state)

    def tally(self) -> Tally:
        states = self._settled
        return Tally(
            handed=states.count(HANDED),
            refused=states.count(REFUSED),
            deferred=states.count(WAITING) + self._given_back,
            down=self._down or (None if self._taken else self._hung),
            stalled=None if self._taken else self._stalled,
            crowded=self._crowded,
        )

    def _is_proven(self, session: Session, letter: Reserved, delivery: Delivery) -> bool:
        """Tell whether a refusal is the recipient's own: said so at once, or by a server that has since taken others."""
        if letter.tried_at is None and not self.suspect:
            return not delivery.unproven
        return letter.tried_at is not None and taken_since(session, min(letter.tried_at, self.clock()))

    async def _stop(self, letter: Reserved, error: PostDownError) -> Reserved | None:
        """End this worker, whose post is down; the others too, when nothing goes at all.

        What was not begun goes back to its old place. A letter in which the server hung may be the reason itself.
        """
        if error.begun:
            self._hung = str(error)
            nobody = nobody_got_it(letter, error)
            return await self._turn(outcome(letter, nobody, self.clock(), soon=True, unanswered=True), more=False)
        if isinstance(error, SenderRefusedError) or not self._taken:
            self._down = self._down or str(error)
        return await self._turn(back=letter, more=False)

    async def _answered(self, letter: Reserved, delivery: Delivery) -> Reserved | None:
        if delivery.refused and not delivery.accepted and not delivery.deferred and not self._taken:
            self._held.append((letter, delivery))
            return await self._turn(more=len(self._held) < MOST_HELD)
        self._taken = self._taken or bool(delivery.accepted)
        if delivery.unproven:
            self._stalled = next(words for words in (*delivery.deferred.values(), *delivery.refused.values()))
        proven = self._taken or not delivery.refused
        return await self._turn(outcome(letter, delivery, self.clock(), proven=proven))

    async def _turn(
        self, result: Outcome | None = None, *, back: Reserved | None = None, more: bool = True
    ) -> Reserved | None:
        """Commit ``result``, or give ``back``; return the worker's next letter, None when there is none or not ``more``."""
        async with self._one_at_a_time:
            outcomes = [result] if result else []
            proven = list(self._held) if self._taken else []
            outcomes += [outcome(letter, delivery, self.clock()) for letter, delivery in proven]
            more = more and not self._ends()
            letter, again = await self._commit_patiently(outcomes, back, more)
            while again:
                letter, again = await self._commit_patiently((), None, more)
            del self._held[: len(proven)]
            self._settled.extend(each.state for each in outcomes)
            self._given_back += back is not None
            if letter and self.left is not None:
                self.left -= 1
            return letter

    def _ends(self) -> bool:
        """Tell whether a worker that comes for a letter is one too many."""
        return self._down is not None or self._at_work > self.allowed or self.left == 0 or self.stopping()

    async def _commit_patiently(
        self, outcomes: Sequence[Outcome], back: Reserved | None, more: bool
    ) -> tuple[Reserved | None, bool]:
        for pause in COMMIT_PAUSES:
            try:
                return await asyncio.to_thread(self._commit, outcomes, back, more)
            except Exception:
                logger.warning("outbox.commit_failed outcomes=%d", len(outcomes), exc_info=True)
                await asyncio.sleep(pause)
        return await asyncio.to_thread(self._commit, outcomes, back, more)

    def _commit(self, outcomes: Sequence[Outcome], back: Reserved | None, more: bool) -> tuple[Reserved | None, bool]:
        """Settle, give back and reserve in one transaction; True: the one that was taken may not go, ask again."""
        with self.store.begin() as session:
            if outcomes:
                settle(session, outcomes)
            if back:
                give_back(session, back)
            self.at_work(session)
            if not more:
                return None, False
            now = self.clock()
            kinds = self.kinds_now(session, now)
            taken = next(iter(reserve(session, now, self.lease, 1, holder=own_name(), kinds=kinds)), None)
            letter = self.check(session, taken, now) if taken else None
            return letter, taken is not None and letter is None

    async def _attempt(self, letter: Reserved) -> Delivery:
        """Try once. Raises PostError, also for what nobody foresaw: one bad letter must not stop the others."""
        cut = longest_attempt(self.lease)
        try:
            async with asyncio.timeout(cut.total_seconds()):
                delivery = await self.post.deliver(letter.sender, letter.recipients, letter.mime)
        except PostError:
            raise
        except TimeoutError:
            raise PostDownError(
                f"Överlämnandet tog mer än {cut.total_seconds():g} sekunder och avbröts. {AGAIN}", begun=True
            ) from None
        except Exception as error:
            logger.exception("letter.fault key=%s", letter.key)
            raise PostError(
                f"Ett oväntat fel hindrade brevet; tjänstens logg säger mer. {AGAIN}",
                begun=True,
            ) from error
        answered = {*delivery.accepted, *delivery.refused, *delivery.deferred}
        if lost := [address for address in letter.recipients if address not in answered]:
            raise PostError(f"Posten svarade inte för {listing(lost)}. {AGAIN}", begun=True)
        return delivery
