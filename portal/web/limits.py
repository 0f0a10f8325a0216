"""Who may pass: the visit's cookie, the form's token, a limit per visit, and what was answered to a hand-in."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from store.access.proof import FormTokens, Signed
from store.tables import Link
from submissions.intake.received import Received

VISIT = timedelta(hours=12)  #: how long a cookie lives after the link was opened
MAX_KEYS = 20_000  #: visits remembered in memory; the oldest go first
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An opened link in one browser."""

    link_id: str
    generation: int
    nonce: str
    until: datetime


class Cookies:
    """Makes and reads the visit's cookie, and the token that its forms carry."""

    def __init__(self, secret: bytes) -> None:
        self._signed, self._forms = Signed(secret, "visit"), FormTokens(secret, "form")

    def make(self, link: Link, now: datetime) -> tuple[str, Visit]:
        """Return a new cookie's value and its visit."""
        until = min(now + VISIT, link.expires_at)
        visit = Visit(link_id=link.id, generation=link.generation, nonce=secrets.token_urlsafe(12), until=until)
        value = self._signed.sign(visit.link_id, visit.generation, visit.nonce, int(until.timestamp()))
        return value, visit

    def read(self, value: str | None, now: datetime) -> Visit | None:
        """Return a cookie's visit; None when it is missing, forged or over."""
        match self._signed.read(value):
            case [str(link_id), int(generation), str(nonce), int(until)]:
                ends = datetime.fromtimestamp(until, now.tzinfo)
                return Visit(link_id=link_id, generation=generation, nonce=nonce, until=ends) if now < ends else None
        return None

    def form_token(self, visit: Visit) -> str:
        """Return the token that this visit's forms carry."""
        return self._forms.of(f"{visit.link_id}|{visit.nonce}")


class Recent(Generic[_Value]):
    """A bounded memory by key; the oldest are forgotten first."""

    def __init__(self, size: int = MAX_KEYS) -> None:
        self._size, self._values, self._lock = size, OrderedDict[str, _Value](), Lock()

    def get(self, key: str) -> _Value | None:
        """Return what is remembered."""
        with self._lock:
            return self._values.get(key)

    def keep(self, value: _Value) -> str:
        """Remember under a number that nobody can guess, and return it: for the page that a form leads to."""
        number = secrets.token_urlsafe(9)
        self.put(number, value)
        return number

    def put(self, key: str, value: _Value) -> None:
        """Remember, and forget the oldest when there are too many."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)


class KeptAwhile(Generic[_Value]):
    """What costs to make, kept by key for a while; of many who ask at once one makes it and the rest wait for it."""

    def __init__(self, fresh: timedelta, size: int = 20) -> None:
        self._fresh, self._values, self._lock = fresh, Recent[tuple[datetime, _Value]](size), Lock()

    def get(self, key: str, now: datetime, make: Callable[[], _Value]) -> _Value:
        """Return what is kept, made anew when it is older than that, or from a clock that has stepped back."""
        with self._lock:
            made = self._values.get(key)
            if made is None or not timedelta(0) <= now - made[0] < self._fresh:
                made = now, make()
                self._values.put(key, made)
            return made[1]


_Bucket = tuple[float, datetime]  #: what is left, and when it was counted


class Limit:
    """A token bucket per key: ``burst`` at once, ``per_second`` in the long run.

    A bucket is forgotten only when it is full again, for then it says nothing: a burst of other keys resets none.
    Keys that come when ``size`` buckets are in use share one, as wide as :data:`SHARED` of them.
    """

    SHARED = 20

    def __init__(self, burst: int = 60, per_second: float = 1.0, size: int = MAX_KEYS) -> None:
        self._burst, self._rate, self._size = float(burst), per_second, size
        self._buckets = OrderedDict[str, _Bucket]()  #: the one that was asked for longest ago first
        self._shared: _Bucket | None = None
        self._lock = Lock()

    def allows(self, key: str, now: datetime) -> bool:
        """Take one, and tell whether there was one. A clock that jumps backwards gives none back."""
        with self._lock:
            if key not in self._buckets and not self._has_room(now):
                allowed, self._shared = self._taken(self._shared, now, self.SHARED)
                return allowed
            allowed, self._buckets[key] = self._taken(self._buckets.get(key), now)
            self._buckets.move_to_end(key)
            return allowed

    def _has_room(self, now: datetime) -> bool:
        """Forget buckets that are full again, those asked for longest ago first, and tell whether one more fits."""
        while len(self._buckets) >= self._size:
            key = next(iter(self._buckets))
            left, at = self._buckets[key]
            if left + (now - at).total_seconds() * self._rate < self._burst:
                return False
            del self._buckets[key]
        return True

    def _taken(self, bucket: _Bucket | None, now: datetime, wide: int = 1) -> tuple[bool, _Bucket]:
        burst = self._burst * wide
        left, at = bucket or (burst, now)
        left = min(burst, left + max(0.0, (now - at).total_seconds()) * self._rate * wide)
        return left >= 1, (max(0.0, left - 1), max(now, at) if left < 1 else now)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInAnswer:
    """What the page tells after a hand-in: the outcomes, a word, and what was typed where it was refused."""

    link_id: str
    received: tuple[Received, ...] = ()
    word: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    sent_back: tuple[str, ...] = ()  #: what went back to enheter below, in sentences
    saved: str = ""  #: what was saved and not handed in: the heading of a draft's answer
    only_answers: bool = False  #: nothing was handed in, only questions were answered

    @property
    def stored(self) -> bool:
        """Whether anything new was stored; then a kvittens is on its way."""
        return any(one.outcome in ("mottagen", "besvarad") for one in self.received)

    @property
    def heading(self) -> str:
        """What became of it all, in one line."""
        if self.saved:
            return self.saved
        outcomes = {one.outcome for one in self.received}
        if self.sent_back and not self.received and not self.word:
            return "Det är skickat tillbaka"
        if self.word or "nekad" in outcomes:
            if self.stored:
                return "En del togs emot, en del inte"
            return "Svaret är inte sparat" if self.only_answers else "Det här blev inte inlämnat"
        if not self.stored:
            return "Det var redan inlämnat"
        complete = all(one.complete for one in self.received)
        return "Tack, det är mottaget" if complete else "Mottaget, men något behöver ändras"


def presses() -> Limit:
    """Return the limit of how often a link's button is pressed: each press leaves rows that stay, and shall fill no disk."""
    return Limit(burst=60, per_second=1 / 60)


def short_key(token: str) -> str:
    """Return a key for a token's limit, so that the token itself is kept nowhere."""
    return hashlib.sha256(token.encode()).hexdigest()[:24]
