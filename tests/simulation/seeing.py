"""What an observer sees of a simulated year: every letter as it left, what it told whom, and on which days all was well."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import defer

from actions.scene import Scene, Sight
from arshjul.keys import ObligationKey, beginning
from arshjul.ladder.due import is_sending_time
from arshjul.swedish import local_date
from arshjul.year.wheel import Obligation
from store.columns import columns
from store.database import Session
from store.post.notices import ASIDE
from store.tables import LetterRow, LogRow, Matter, NoticeRow
from tests.simulation.world import Handed, World

ABOUT_ONE = ("letter", "matter", "submission", "obligation")  #: how what the log says of one thing alone begins
OFTEN = timedelta(
    days=5
)  #: so often what is near its frist is looked at; else what was written about since the last look
WHOLE = timedelta(days=30)  #: so often everything is
_LOGGED = select(LogRow.id, LogRow.what, LogRow.key).where(LogRow.id > bindparam("last")).order_by(LogRow.id)
_MATTERS = select(Matter)
_NOTED = text("SELECT key, state, wake_at, due_at, told_at FROM obligation")  # as they are kept: only compared
_LEFT = select(LetterRow).where(LetterRow.key.in_(bindparam("keys", expanding=True))).options(defer(LetterRow.mime))
_CARRIED = (
    select(NoticeRow)
    .where(NoticeRow.letter_id.in_(bindparam("letters", expanding=True)), NoticeRow.passed.is_(None))
    .order_by(NoticeRow.id)
)
NEAR = timedelta(days=75)  #: a frist that was so long ago, or is a third of it ahead


@dataclass(frozen=True, slots=True)
class Word:
    """One rung of one obligation that a letter told one address, sharply."""

    at: datetime
    key: str  #: the obligation's
    rung: str
    due_at: datetime
    role: str
    person: str | None
    address: str
    letter: str
    kind: str  #: the letter's

    @property
    def day(self) -> date:
        return local_date(self.at)


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter as it left: its row, and the notices that it carried then."""

    handed: Handed
    row: LetterRow
    notices: Sequence[NoticeRow]

    def words(self) -> Iterator[Word]:
        """Yield what it told those whom it was for; a shadow letter told nobody anything."""
        if self.row.shadow:
            return
        for notice in self.notices:
            if notice.rung in ASIDE:
                continue  # beside the ladder: the ekonomikontor's case, and the word that nothing came after KSAU
            for address in sorted(set(self.row.to) & set(self.handed.recipients)):
                yield Word(
                    self.handed.at, notice.obligation_key, notice.rung, notice.due_at, notice.role, notice.person_id, address,
                    self.row.key, self.row.kind,
                )  # fmt: skip


@dataclass
class Witness:
    """What has been seen up to now."""

    words: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))  #: by the obligation's key
    letters: list[Seen] = field(default_factory=list)
    #: the working days on which word could go out, oldest first, but to those whom the post had trouble with
    good_days: dict[date, frozenset[str]] = field(default_factory=dict)
    late_since: dict[str, tuple[datetime, date]] = field(default_factory=dict)  #: by key: which frist, seen late from
    moved_since: dict[tuple[str, str], tuple[datetime, date]] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)  #: matters whose end has been looked at
    raised: set[int] = field(default_factory=set)
    patience: int = 0  #: so many steps in a row in which nothing left may wait for a look
    waited: int = 0  #: steps that do
    failures: int = 0
    written: int = -1  #: rows, at the last look
    logged: int = 0  #: the log's newest row then
    rows: dict[str, list[object]] = field(default_factory=dict)  #: what the round had noted of each
    near_at: datetime | None = None  #: when everything that is near its frist was looked at last
    whole_at: datetime | None = None  #: and everything

    def may_wait(self) -> bool:
        """Tell whether a step in which nothing left may be looked at together with the next; it is, when this is false."""
        self.waited = (self.waited + 1) % (self.patience + 1)
        return self.waited > 0

    def near_is_due(self, now: datetime) -> bool:
        """Tell whether what is near its frist was not looked at lately."""
        return self.near_at is None or abs(now - self.near_at) >= OFTEN

    def whole_is_due(self, now: datetime) -> bool:
        """Tell whether everything was not looked at lately."""
        return self.whole_at is None or abs(now - self.whole_at) >= WHOLE

    def good_since(self, day: date, *addresses: str) -> int:
        """Return how many days after ``day`` were good, also for each of ``addresses``."""
        return sum(each > day and not troubled.intersection(addresses) for each, troubled in self.good_days.items())


@dataclass
class View:
    """One look at the world, after a step."""

    world: World
    witness: Witness
    scene: Scene
    sight: Sight
    fresh: Sequence[Seen]  #: letters that left since the last look
    matters: Sequence[Matter]

    @property
    def session(self) -> Session:
        return self.scene.session

    @cached_property
    def words(self) -> Sequence[tuple[Word, Obligation]]:
        """What the fresh letters told, with the obligation where the plan still has it."""
        every = self.scene.wheel.obligations
        return [(word, one) for seen in self.fresh for word in seen.words() if (one := every.get(word.key))]

    def is_silent(self, one: Obligation) -> bool:
        """Tell whether nothing may be said about an obligation now."""
        utskick = self.world.office.utskick
        return utskick == "av" or (utskick == "skarpt" and one.deadline.status == "förslag")


def look(world: World, witness: Witness, scene: Scene, *, whole: bool) -> View:
    """Take a fresh look at what was written about since the last, or with ``whole`` at everything; and at what left.

    What is near its frist is looked at when it was not lately, and after what concerns all.
    """
    session = scene.session
    keys, everything = _written_about(witness, scene)
    handed = world.post.handed[len(witness.letters) :]
    rows: dict[str, LetterRow] = {}
    carried: dict[int | None, list[NoticeRow]] = defaultdict(list)
    if handed:
        rows = {row.key: row for row in session.scalars(_LEFT, {"keys": sorted({each.key for each in handed})})}
        for notice in session.scalars(_CARRIED, {"letters": [row.id for row in rows.values()]}):
            carried[notice.letter_id].append(notice)
    fresh = [Seen(each, rows[each.key], carried[rows[each.key].id]) for each in handed]
    told = {notice.obligation_key for notices in carried.values() for notice in notices}
    matters = session.scalars(_MATTERS).all()
    keys |= told | {matter.obligation_key for matter in matters if matter.id not in witness.ended}
    every = scene.wheel.obligations
    keys |= {one.host for key, one in every.items() if one.host and key in keys}
    keys |= {key for key, one in every.items() if {one.host, one.requires} & keys}
    if whole or everything or witness.near_is_due(scene.now):
        first, last = scene.now - NEAR, scene.now + NEAR / 3
        keys |= {key for key, one in every.items() if whole or first <= one.deadline.at <= last}
        witness.near_at = scene.now
    if whole:
        witness.whole_at = scene.now
    return View(world, witness, scene, scene.look(sorted(keys)), fresh, matters)


def note_day(world: World, witness: Witness, scene: Scene) -> None:
    """Note whether everything works at this instant, so that word can go out sharply."""
    office, hours = world.office, world.office.definition.sending_hours
    if (
        office.utskick == "skarpt" and world.down_until is None and not world.clock.offset
        and is_sending_time(scene.now, scene.wheel.workdays, hours) and world.post.is_well()
    ):  # fmt: skip
        witness.good_days.setdefault(scene.today, world.troubled())


def _written_about(witness: Witness, scene: Scene) -> tuple[set[ObligationKey], bool]:
    """Return whose rows are others than at the last look, and what the log names; True: it names what concerns all."""
    logged = columns(scene.session, _LOGGED, {"last": witness.logged}).all()
    rows = {key: rest for key, *rest in scene.session.execute(_NOTED)}
    keys = {ObligationKey(key) for key, row in rows.items() if witness.rows.get(key) != row}
    witness.logged, witness.rows = max((each.id for each in logged), default=witness.logged), rows
    keys.update(ObligationKey(each.key) for each in logged if each.key in rows)
    return keys, any(each.key not in rows and each.what.partition(".")[0] not in ABOUT_ONE for each in logged)


def remember(view: View) -> None:
    """Let what was seen be what has been seen."""
    witness = view.witness
    for seen in view.fresh:
        witness.letters.append(seen)
        for word in seen.words():
            witness.words[word.key].append(word)
            view.world.tell(f"  brev {word.rung} till {word.address} ({word.letter})", word.key)
        if not seen.notices or seen.row.shadow:
            view.world.tell(
                f"  brev {seen.row.kind} till {', '.join(seen.handed.recipients)} ({seen.row.key})", _about(seen)
            )


def _about(seen: Seen) -> str:
    return seen.notices[0].obligation_key if seen.notices else beginning(seen.row.key)
