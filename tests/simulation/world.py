"""The simulated world: production's own service on a store, with a clock that jumps and a post that fails when told.

Nothing here decides anything. The service is what the watchdog runs: its round, and the outbox, at the instants at
which something is due. Every effect passes a named point (``tests.rig.processes.faults``) at which it can be made to die.
"""

import asyncio
import hashlib
import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from traceback import format_exception

from sqlalchemy import and_, bindparam, func, or_, select

from actions.bodies.body_letters import next_hand_over
from actions.scene import Scene
from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import RefusedError
from arshjul.ladder.due import is_sending_time
from arshjul.swedish import instant_text, local, local_date
from arshjul.year.wheel import Wheel
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.office import Office, Utskick
from notifications.post.post import (
    NOT_TAKEN,
    CrowdedError,
    Delivery,
    LetterRefusedError,
    PostDownError,
    PostError,
    SenderRefusedError,
)
from store.acting import Acting
from store.columns import columns
from store.database import Session, Store
from store.log.log_chain import chain, head
from store.people.holders import holders
from store.people.needed_seats import vacant
from store.people.seats import replace_holder
from store.plan.in_step import sync
from store.plan.obligations import next_thought
from store.plan.shadow import leave_shadow
from store.plan.waking import wake_all
from store.post.letter_states import RESERVED, WAITING
from store.post.notices import queued
from store.service.installation import set_up
from store.tables import Holder, LetterRow, Person
from tests.rig.processes.faults import ACCEPTED, BEGINS, KEPT, SENDS, WRITTEN, Killed

SUNDVIK, LILLVIK = "sundvik", "lillvik"  #: the small municipality, and the very small one
SMALL = (SUNDVIK, LILLVIK)
OFFICE = "ekonomikontoret@example.se"
HOPEFUL = 3  #: tries of a letter at the service's own hours, before those that are bound to fail are left out
GARBLED = "ingen adress\r\nalls"  #: no letter can be composed to it
TICK = timedelta(minutes=1)  #: so often the watchdog looks
QUIET_WEEKS = 4  #: in a very small municipality the Monday letter alone wakes nobody but each fourth week
# asked after every step, so they are put together once
_TURNS = select(Holder.since, Holder.until, Holder.deputy_from, Holder.deputy_to)
_LEASED = select(func.min(LetterRow.lease_until)).where(LetterRow.state == RESERVED)
_WAITING = select(LetterRow.not_before, LetterRow.attempts, LetterRow.pending, LetterRow.shadow).where(
    LetterRow.state == WAITING
)
_COULD_GO = (
    select(LetterRow.id)
    .where(
        or_(
            and_(LetterRow.state == WAITING, LetterRow.not_before <= bindparam("now")),
            and_(LetterRow.state == RESERVED, LetterRow.lease_until <= bindparam("now")),
        )
    )
    .limit(1)
)
DEADLY = (BEGINS, WRITTEN, KEPT, SENDS, ACCEPTED)


class Clock:
    """The service's clock. ``offset`` is what somebody has put it wrong by."""

    def __init__(self, true: datetime) -> None:
        self.true, self.offset = true.astimezone(UTC), timedelta(0)

    def __call__(self) -> datetime:
        return self.true + self.offset

    def real(self, instant: datetime) -> datetime:
        return instant


class Peril:
    """Kills whoever passes the armed point for the ``nth`` time from now."""

    def __init__(self) -> None:
        self._point, self._left = "", 0

    def arm(self, point: str, nth: int) -> None:
        self._point, self._left = point, nth

    def passes(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left <= 0:
            self._point = ""
            raise Killed(point)


class PerilousStore(Store):
    """A store on the same database, whose transactions may be cut off."""

    def __init__(self, store: Store, peril: Peril) -> None:
        super().__init__(store.engine)
        self._peril = peril

    @contextmanager
    def begin(self, acting: Acting | None = None) -> Iterator[Session]:
        self._peril.passes(BEGINS)
        with super().begin(acting) as session:
            yield session
            self._peril.passes(WRITTEN)
        self._peril.passes(KEPT)


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter that the server took for some recipients."""

    at: datetime  #: by the service's clock
    key: str
    recipients: tuple[str, ...]
    mime: bytes = field(repr=False)


class SimulatedPost:
    """A post that is down, slow, crowded, or says 4xx or 5xx of us, a letter or a reader, until the instants that it is told."""

    def __init__(self, clock: Clock, peril: Peril) -> None:
        self._clock, self._peril = clock, peril
        self.connections = 1
        self.handed: list[Handed] = []
        self.down_until: datetime | None = None
        self.confused_until: datetime | None = None  #: it refuses each whole letter for now
        self.sender_refused_until: datetime | None = None  #: it takes nothing from us
        self.crowded_until: datetime | None = None  #: it takes one letter of two
        self.particular_until: datetime | None = None  #: it does not take some letters, for what is in them
        self.cuts = 0  #: so many times the connection is cut between its having a letter and its answer
        self.repeated: set[str] = set()  #: letters that may so come twice
        self._asked = 0
        self.deferring: dict[str, datetime] = {}  #: address to when it no longer says 4xx
        self.refusing: dict[str, datetime] = {}
        self.seconds = 0.0  #: that each letter takes

    async def __aenter__(self) -> "SimulatedPost":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    def is_well(self) -> bool:
        """Tell whether it takes letters now, but for some people's (:meth:`troubled`)."""
        now = self._clock()
        ends = (
            self.down_until,
            self.confused_until,
            self.sender_refused_until,
            self.crowded_until,
            self.particular_until,
        )
        return not any(end and now < end for end in ends)

    def troubled(self) -> frozenset[str]:
        """Return whose letters it does not take now."""
        now, ends = self._clock(), (*self.deferring.items(), *self.refusing.items())
        return frozenset(address for address, end in ends if now < end)

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        self._peril.passes(SENDS)
        now = self._clock()
        if self.down_until and now < self.down_until:
            raise PostDownError("Servern svarar inte. Brevet väntar och prövas igen.")
        if self.confused_until and now < self.confused_until:
            raise PostError("451 Försök igen senare. Brevet väntar och prövas igen.")
        if self.sender_refused_until and now < self.sender_refused_until:
            raise SenderRefusedError("Servern avvisar avsändaren: 550 5.7.60. Breven väntar och prövas igen.")
        self._asked += 1
        if self.crowded_until and now < self.crowded_until and self._asked % 2:
            raise CrowdedError("421 4.7.0 för många förbindelser. Breven väntar och prövas igen.")
        key = _key_in(mime)
        if self.particular_until and now < self.particular_until and zlib.crc32(key.encode()) % 3 == 0:
            raise LetterRefusedError(f"Servern {NOT_TAKEN}: 554 5.6.0 otillåtet innehåll.")
        deferred = {each: "450 brevlådan är upptagen" for each in recipients if now < self.deferring.get(each, now)}
        refused = {each: "550 5.1.1 okänd mottagare" for each in recipients if now < self.refusing.get(each, now)}
        accepted = tuple(each for each in recipients if each not in deferred | refused)
        if accepted:
            self.handed.append(Handed(now, key, accepted, mime))
            self._peril.passes(ACCEPTED)
            if self.cuts:
                self.cuts -= 1
                self.repeated.add(key)
                raise PostDownError("Förbindelsen bröts. Brevet väntar och prövas igen.", begun=True)
        self._clock.true += timedelta(seconds=self.seconds)
        refused = {each: words for each, words in refused.items() if each not in deferred}
        return Delivery(accepted=accepted, refused=refused, deferred=deferred)


def _key_in(mime: bytes) -> str:
    head = mime.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b"").replace(b"\r\n\t", b"")
    return next(
        line[15:].strip().decode() for line in head.split(b"\r\n") if line.lower().startswith(b"x-arshjul-key:")
    )


@cache
def municipality(year: int, state: str = "fastställd", ksau: int = 5, days: int = 5, *, name: str = SUNDVIK) -> Sourced:
    """Return a small municipality's definition; ``ksau`` and ``days`` are what a new version of it changes."""
    file = Path(__file__).with_name(f"{name}.yaml")
    text = file.read_text(encoding="utf-8")
    values = {
        "år": year,
        "föregående": year - 1,
        "nästa": year + 1,
        "läge": state,
        "sista": ksau - 1,
        "ksau": ksau,
        "dagar": days,
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return read_definition(text, file.name)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story; ``key`` is the obligation's that it is about, None for what concerns all."""

    at: datetime
    words: str
    key: str | None = None

    def __str__(self) -> str:
        return f"{instant_text(self.at):<42} {self.words}"


class World:
    """One municipality with its service, from the first day of a year."""

    def __init__(
        self, store: Store, sourced: Sourced, first: date, utskick: Utskick = "skarpt", *, connections: int = 1
    ) -> None:
        self.clock, self.peril = Clock(local(first, time(0))), Peril()
        self.post = SimulatedPost(self.clock, self.peril)
        self.look_store, self.store = store, PerilousStore(store, self.peril)
        self.office = Office(
            sourced=sourced, mail_from=OFFICE, public_url="http://127.0.0.1:8040", prefect_url="http://127.0.0.1:4200",
            secret=b"simulated", utskick=utskick, since=first,
        )  # fmt: skip
        self.story: list[Told] = []
        self.down_until: datetime | None = None  #: true time
        self.busy = True  #: something was done by somebody: the next morning may have something to say of it
        self.deaths: list[tuple[str, str]] = []  #: point, and the letter that the server had taken last
        self.failures: list[str] = []  #: what no act and no round may do: fail with anything but a refusal
        self.post.connections = connections
        self.is_very_small = sourced.definition.kommun.id == LILLVIK
        self.garbled: dict[str, str] = {}  #: by person: the address of whom no letter can be composed to now
        self.mended_at = self.now  #: when those addresses are put right
        self.planned: Wheel | None = None  #: the plan that the rows were last held against
        self.plan_is_old = True
        self._seen_by_round = -1  #: how many rows had been written when the last round was over
        self._round_due = self._looked_at = self.now
        self._numbers = count()
        self._runner = asyncio.Runner()
        self._watchdog = self._new_watchdog()
        with store.begin() as session:
            set_up(session, {"utskick": utskick}, self.now)
            seat_everybody(session, self.office, first)
        self.restart()

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def today(self) -> date:
        return local_date(self.clock())

    def close(self) -> None:
        self._runner.close()
        self.look_store.close()

    def tell(self, words: str, key: str | None = None) -> None:
        self.story.append(Told(self.now, words, key))

    @contextmanager
    def look(self) -> Iterator[Scene]:
        """A fresh scene that only reads, past all perils."""
        with self.look_store.read() as session:
            yield Scene(session, self.office, self.now)

    @property
    def repeated(self) -> set[str]:
        """The letters that may come twice: the server had them when the service, or the connection, died."""
        return {letter for _, letter in self.deaths} | self.post.repeated

    def troubled(self) -> frozenset[str]:
        """The addresses that no letter gets to now, whatever the reason."""
        return self.post.troubled() | {*self.garbled.values(), *((GARBLED,) if self.garbled else ())}

    def act(self, words: str, do: Callable[[Scene], object], key: str | None = None) -> None:
        """Let somebody do something in a transaction, as a page or a form does; a refusal is an answer."""
        self.busy = True
        try:
            self.store.carry_out(lambda session: do(Scene(session, self.office, self.now)))
        except RefusedError as refused:
            self.tell(f"{words} – nekas: {str(refused).splitlines()[0]}", key)
        except Killed as killed:
            self.tell(f"{words} – tjänsten dör: {killed}", key)
            self.die()
        except Exception as error:  # the invariant that nothing fails reads it
            self.failures.append(f"{words}: {''.join(format_exception(error, limit=-3))}")
            self.tell(f"{words} – går fel: {type(error).__name__}", key)
        else:
            self.tell(words, key)

    def die(self) -> None:
        """The service is gone until somebody starts it again, minutes later."""
        handed = self.post.handed[-1].key if self.post.handed else ""
        self.deaths.append((str(self.clock.true), handed))
        self.down_until = self.clock.true + timedelta(minutes=1 + 17 * len(self.deaths) % 90)

    def restart(self) -> None:
        """What ``app.wiring.prepare`` does at every start."""
        self._watchdog = self._new_watchdog()
        with self.look_store.begin() as session:
            if self.office.utskick == "skarpt":
                leave_shadow(session, self.office.definition.tops)
            self.planned = Scene(session, self.office, self.now).wheel
            self.plan_is_old, self.busy = False, True
            sync(session, self.planned, self.now)
            wake_all(session, self.now)
        self._round_due = self._looked_at = self.now

    def written(self) -> int:
        """Return how many rows have been written; on PostgreSQL, where others write too, each time another number."""
        if self.look_store.engine.dialect.name != "sqlite":
            return next(self._numbers)
        with closing(self.look_store.engine.raw_connection()) as connection:
            return int(connection.driver_connection.total_changes)  # type: ignore[union-attr]

    def carry(self) -> None:
        """Let the service do what it owes at this instant: the plan, the round, the outbox."""
        try:
            self.bring_up()
            self.empty_outbox(self._runner)
        except Killed as killed:
            self.tell(f"tjänsten dör: {killed}")
            self.die()

    def bring_up(self) -> None:
        """The watchdog's jobs plan and round."""
        if self.garbled and self.now >= self.mended_at:
            self._mend_addresses()
        if self.plan_is_old:
            with self.store.begin() as session:
                sync(session, Scene(session, self.office, self.now).wheel, self.now)
            self.plan_is_old = False
        back, self._looked_at = self.now < self._looked_at, self.now
        if back or self.now >= self._round_due or self.written() != self._seen_by_round:  # else it finds nothing to do
            self._runner.run(self._watchdog.round())
            self._seen_by_round = self.written()

    def _mend_addresses(self) -> None:
        with self.look_store.begin() as session:
            for who, address in self.garbled.items():
                session.get_one(Person, who).address = address
        self.garbled = {}
        self.tell("adresserna är rätta igen")

    def next_wake(self, scene: Scene) -> datetime:
        """Return the next instant, by the service's clock, at which it has something to do.

        It looks every minute. In most of them nothing is due, waits to be written or was done by anybody.
        """
        session, now, hours = scene.session, scene.now, self.office.definition.sending_hours
        found = [next_thought(session, after=now), next_hand_over(scene)]
        said_at_once = self.is_very_small and is_sending_time(
            now, scene.wheel.workdays, hours
        )  # in the round just made
        if (self.busy and not said_at_once) or queued(session):
            days = (self.today, self.today + timedelta(days=1))
            mornings = [local(scene.wheel.workdays.next(day), hours.start) for day in days]
        else:
            monday = self.today - timedelta(days=self.today.weekday())
            mondays = (monday + timedelta(weeks=each) for each in range(QUIET_WEEKS + 1))
            days = [day for day in mondays if not self.is_very_small or day.toordinal() // 7 % QUIET_WEEKS == 0]
            mornings = [local(scene.wheel.workdays.next(day), hours.start) for day in days]
        found.append(next(morning for morning in mornings if morning > now))
        found += [local(day, time(0)) for day in self._people_change(session)]
        found.append(max(self.mended_at, now + TICK) if self.garbled else None)
        self._round_due = min(each for each in found if each)
        self.busy = False
        found += [columns(session, _LEASED).scalar(), *self._tries(session, now)]
        return min(max(each.astimezone(UTC), now + TICK) for each in found if each)

    def _people_change(self, session: Session) -> Iterator[date]:
        """Yield the days to come on which somebody begins or ends to answer for a role."""
        for since, until, deputy_from, deputy_to in columns(session, _TURNS):
            ends = [each + timedelta(days=1) for each in (until, deputy_to) if each]
            for day in (since, deputy_from, *ends):
                if day and day > self.today:
                    yield day

    def _tries(self, session: Session, now: datetime) -> Iterator[datetime]:
        """Yield when letters are tried next; of tries that are bound to fail, after the first few, only one a day."""
        post, utskick = self.post, self.office.utskick
        ends = [
            each
            for each in (post.down_until, post.confused_until, post.sender_refused_until, post.particular_until)
            if each and each > now
        ]
        for not_before, attempts, pending, shadow in columns(session, _WAITING):
            if utskick == "av" or (utskick == "skugga" and not shadow):  # they wait until it is another
                yield max(not_before, now + timedelta(hours=20))
                continue
            fails = max([*ends, *(post.deferring.get(each, now) for each in pending or ())], default=now)
            if max(attempts, self._watchdog.outbox.failures) >= HOPEFUL and fails > now:
                yield max(not_before, min(fails, now + timedelta(hours=20)))
            elif not_before > now:
                yield not_before
            else:  # one letter at a time is tried of a post that was down, and a crowded one takes some
                yield self._watchdog.outbox.again_at or now + TICK

    def chain(self) -> None:
        with self.look_store.begin() as session:
            while chain(session):
                pass

    def digest(self) -> str:
        """Return what tells two runs apart: every letter's bytes, and the log's head."""
        self.chain()
        sums = hashlib.sha256()
        for each in self.post.handed:
            sums.update(f"{each.at.isoformat()} {each.recipients}".encode() + each.mime)
        with self.look_store.read() as session:
            newest = head(session)
            sums.update(newest.digest.encode() if newest else b"")
        return sums.hexdigest()

    def empty_outbox(self, runner: asyncio.Runner) -> None:
        """The watchdog's job, when something waits; over one connection for the order's sake, but where others are asked for."""
        with self.look_store.read() as session:
            if columns(session, _COULD_GO, {"now": self.now}).scalar() is None:
                return
        runner.run(self._watchdog.outbox.empty())

    def _new_watchdog(self) -> Watchdog:
        machine = Machine(store=self.store, office=self.office, clock=self.clock, post=lambda: self.post)
        return Watchdog(machine, grace=timedelta(0))


def seat_everybody(session: Session, office: Office, first: date) -> None:
    """Give every seat a holder of its own, but some roles one for all units."""
    now = local(first, time(0))
    units = office.definition.units.values()
    leading = Counter(unit.responsible for unit in units)
    of_each = {unit.responsible for unit in units if unit.kind == "bolag" or leading[unit.responsible] > 1}
    of_each.add("controller")
    everywhere = [role for role in office.definition.roles if role not in of_each]
    for role in everywhere:
        replace_holder(session, role, None, role, f"{role.replace('_', '-')}@example.se", None, now, "uppstarten")
    for role, unit in vacant(office.definition, holders(session, local_date(now))):
        address = f"{'.'.join(filter(None, (role, unit))).replace('_', '-')}@example.se"
        replace_holder(session, role, unit, f"{role} {unit or ''}".strip(), address, None, now, "uppstarten")
    for unit in office.definition.units if "controller" in office.definition.roles else ():
        address = f"controller.{unit}@example.se"
        replace_holder(session, "controller", unit, f"controller {unit}", address, None, now, "uppstarten")


def dice_for(seed: int, *what: object) -> random.Random:
    """Return dice of their own for each thing that is decided, so that leaving one out changes no other."""
    return random.Random(f"{seed}/{'/'.join(map(str, what))}")
