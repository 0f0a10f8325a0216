"""The words round the wheel: which marks get a label, and where it stands so that none lies upon another."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from arshjul.ladder.standing import State
from arshjul.swedish import MONTHS, short_day
from portal import dial
from portal.wheel import geometry as geometry
from portal.wheel.view import Mark

RIM = 517.0  #: the wheel's outer edge
CONTOUR = RIM + 26  #: the labels' inner edge follows this circle
LINE, CHARACTERS = 18.0, 40  #: a label's line height; characters that fit between the circle and the edge
AIR = 7.0
TOP, BOTTOM = -575.0, 520.0  #: between them the labels; below them the legend
PUSHED = 150.0  #: a label further than this from its day is left out
TOLD = (
    State.ESKALERAD,
    State.FORSENAD,
    State.BESLUT_SAKNAS,
    State.ANSTAND,
)  #: what a label says in words, the worst first
HARD = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A mark's words outside the rim, with the line that leads to them."""

    day: str
    lines: tuple[str, ...]  #: the first one follows the day
    word: str  #: what is wrong, on a line of its own; empty when nothing is
    x: float
    y: float  #: the first line's baseline
    left: bool
    leader: str


def _weight(mark: Mark) -> int:
    """Return how much a mark deserves words on the picture; the table has them all."""
    if mark.state in TOLD:
        return 100 - 10 * TOLD.index(mark.state) - 30 * mark.monthly
    if mark.hosted:
        return 0
    if mark.lawful_until:
        return 50
    return (10 if mark.body else 20) if mark.monthly else 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A label as it would stand if it were alone."""

    mark: Mark
    lines: tuple[str, ...]
    word: str
    middle: float

    @property
    def height(self) -> float:
        return (len(self.lines) + bool(self.word)) * LINE + AIR


def labels(marks: Sequence[Mark]) -> dict[str, Label]:
    """Return labels for as many marks as there is room for close to their days, the weightiest first."""
    found: dict[str, Label] = {}
    for left in (False, True):
        side = [mark for mark in marks if (dial.middle_of(mark.day) >= 0.5) is left]
        # down the page: as time goes on the right side, against it on the left
        wishes = [_wish(mark) for mark in (reversed(side) if left else side)]
        chosen: set[int] = set()
        for at in sorted(range(len(wishes)), key=lambda at: -_weight(wishes[at].mark)):
            if _stacked([wishes[one] for one in sorted({*chosen, at})]):
                chosen.add(at)
        kept = [wishes[at] for at in sorted(chosen)]
        placed = zip(kept, _stacked(kept) or (), strict=True)
        found |= {wish.mark.id: _label(wish, middle, left) for wish, middle in placed}
    return found


def _stacked(wishes: Sequence[_Wish]) -> list[float] | None:
    """Return where these labels' middles stand, from above; None when they do not fit or one is pushed too far."""
    heights = [wish.height for wish in wishes]
    if sum(heights) > BOTTOM - TOP:
        return None
    middles = geometry.stack([wish.middle for wish in wishes], heights, TOP, BOTTOM)
    pushed = (abs(middle - wish.middle) for middle, wish in zip(middles, wishes, strict=True))
    return None if max(pushed, default=0.0) > PUSHED else middles


def text(mark: Mark) -> str:
    """Return a mark's words: its name, its month when it comes every month, and how many enheter."""
    month = mark.occurrence[1][5:]
    name = f"{mark.name}, {MONTHS[int(month) - 1]}" if mark.monthly and month else mark.name
    return f"{name} · {mark.whom}" if len(mark.members) > 1 else name


def _wish(mark: Mark) -> _Wish:
    words = text(mark).replace(f" · {mark.whom}", f"{HARD}·{HARD}{mark.whom.replace(' ', HARD)}")
    told = [
        f"{state} {count}" if len(mark.members) > 1 else state.word for state, count in mark.counts if state in TOLD
    ]
    return _Wish(
        mark=mark,
        lines=_wrapped(short_day(mark.day), words),
        word=", ".join(told[:2]),
        middle=dial.point(dial.middle_of(mark.day), CONTOUR)[1],
    )


@lru_cache(maxsize=2000)  # the same from one visit to the next
def _wrapped(day: str, words: str) -> tuple[str, ...]:
    """Break words that follow a day, in as few lines as can be, and those about as long as each other."""
    whole = "x" * len(day) + " " + words
    count = len(textwrap.wrap(whole, CHARACTERS))
    narrow = min(CHARACTERS, max(len(word) for word in whole.split(" ")))
    wrapped = (textwrap.wrap(whole, width) for width in range(narrow, CHARACTERS + 1))
    lines = next(found for found in wrapped if len(found) <= count)
    return (lines[0][len(day) + 1 :], *lines[1:])


def _label(wish: _Wish, middle: float, left: bool) -> Label:
    half = (wish.height - AIR) / 2
    nearest = max(0.0, abs(middle) - half)  # the corner of the text that is nearest to the circle
    x = max(60.0, math.sqrt(max(0.0, CONTOUR**2 - nearest**2)))
    side = -1 if left else 1
    turn = dial.middle_of(wish.mark.day)
    (x1, y1), (x2, y2) = dial.point(turn, RIM + 1), dial.point(turn, RIM + 11)
    return Label(
        day=short_day(wish.mark.day),
        lines=wish.lines,
        word=wish.word,
        x=round(side * x, 1),
        y=round(middle - half + LINE * 0.75, 1),
        left=left,
        leader=f"M{x1} {y1}L{x2} {y2}L{_leads_to((x2, y2), side * (x - 6), middle, half)}",
    )


def _leads_to(rim: tuple[float, float], edge: float, middle: float, half: float) -> str:
    """Return where a line from the rim meets words that begin at ``edge``: at their middle, or their nearest corner.

    At the corner when the rim lies under or over the words: at their middle the line would cross them.
    """
    apart = rim[1] - middle
    crosses = abs(rim[0]) > abs(edge) and abs(apart) > half
    return f"{round(edge, 1)} {round(middle + math.copysign(half + 2, apart) if crosses else middle, 1)}"
