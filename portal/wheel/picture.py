"""The wheel's picture, composed: where every band, name, mark and label lies. ``hjul.svg`` draws what is said here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from arshjul.ladder.standing import State
from arshjul.swedish import MONTHS, short_day
from portal import dial
from portal.web.looks import LOOKS, Look, look
from portal.wheel import geometry as geometry
from portal.wheel.geometry import WheelSpot
from portal.wheel.labels import RIM, Label, labels, text
from portal.wheel.view import Mark, Ring, YearWheel

WIDTH = 1700  #: with a height of 1202 the proportions of a lying A3 or A4
HUB = 122.0
#: from the middle outwards, as a tree's rings: the year that is accounted for, followed up, budgeted
BANDS = {-1: (HUB, 253.0), 0: (253.0, 386.0), 1: (386.0, 462.0)}
LANES = {-1: (200.0, 167.0, 233.0), 0: (331.0, 298.0, 364.0), 1: (424.0, 446.0)}  #: the best one first
TITLE_DEPTH = 9.0  #: from a band's inner edge to its name
WEEKS = 480.0  #: where the months begin; between the bands and them the weeks
DISC, NUDGE = 33.0, 6 / 365  #: a mark's diameter with its air; how far it may leave its day
KINDS = 6  #: reports with a colour of their own, those with the most moments; the others share one
CHARACTER, BESIDE = 7.6, 42.0  #: how long the legend's letters are, and what stands beside each name
MANY = 12  #: more enheter than this are drawn by state instead of one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One ring: its circle and its name along it."""

    ring: Ring
    radius: float  #: outer
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month's piece of the rim, and the path that its name stands on."""

    name: str
    piece: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A Monday's tick, and the week's number after it."""

    tick: Stroke
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One mark as it is drawn."""

    mark: Mark
    text: str  #: the day and the name, as its label says them
    look: Look
    x: float
    y: float
    scale: float
    pieces: tuple[tuple[str, str], ...]  #: an arc and its state's class for each enhet, when they are many
    ray: Stroke  #: from the mark to its day on the rim
    label: Label | None
    kind: str  #: its report's class in the stylesheet, by which its label, its line and its ray are found


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that is drawn. Drawn marks come ring by ring, in time order."""

    wheel: YearWheel
    bands: tuple[Band, ...]  #: the outermost first
    months: tuple[Month, ...]
    weeks: tuple[Week, ...]
    passed: str | None  #: the part of the rim that has been
    hand: Stroke | None
    drawn: tuple[Drawn, ...]
    looks: tuple[tuple[State, Look], ...]  #: the states that the legend explains
    kinds: tuple[tuple[str, str], ...]  #: the reports' classes, and the reports that have each
    hub: float  #: the innermost circle's radius
    step: float  #: between the states in the legend
    example: tuple[tuple[str, str], ...]  #: arcs for the legend
    kinds_room: float = WIDTH - 52.0  #: the length of the legend's line of reports

    @property
    def kinds_are_long(self) -> bool:
        """Tell whether the reports' names may be longer than their line, and are to be pressed together."""
        return sum(CHARACTER * len(name) + BESIDE for _, name in self.kinds) > self.kinds_room


def compose(wheel: YearWheel) -> Picture:
    """Return the picture of a year."""
    spots = {ring.shift: _spots(wheel, ring.shift) for ring in wheel.rings}
    words = labels(wheel.marks)
    kinds = _kinds(wheel)
    drawn = [
        _drawn(mark, spot, size / DISC, words.get(mark.id), kinds[mark.report])
        for shift, (placed, size) in spots.items()
        for mark, spot in zip([mark for mark in wheel.marks if mark.shift == shift], placed, strict=True)
    ]
    now = dial.middle_of(wheel.today) if wheel.today else None
    seen: set[State] = set() if wheel.planned else {member.state for mark in wheel.marks for member in mark.members}
    return Picture(
        wheel=wheel,
        bands=tuple(_band(ring) for ring in reversed(wheel.rings)),
        months=tuple(_month(*named) for named in zip(MONTHS, geometry.month_spans(wheel.year), strict=True)),
        weeks=tuple(_week(*week) for week in geometry.week_starts(wheel.year)),
        passed=geometry.curve(0, now, RIM) if now else None,
        hand=_line(now, HUB, now, RIM + 10) if now else None,
        drawn=tuple(drawn),
        looks=tuple((state, one) for state, one in LOOKS.items() if state in seen),
        kinds=tuple((kind, _names(kinds, kind)) for kind in sorted(set(kinds.values()))),
        hub=HUB,
        step=round(min(215.0, (WIDTH - 90) / max(1, len(seen))), 1),
        example=_arcs([(State.KOMMANDE, 1)] * 5),
    )


def _kinds(wheel: YearWheel) -> dict[str, str]:
    """Return each report's class: those with the most moments first, of as many the first in the alphabet."""
    counts = Counter(mark.report for mark in wheel.marks)
    ordered = sorted(counts, key=lambda report: (-counts[report], report))
    return {report: f"kind{min(number, KINDS)}" for number, report in enumerate(ordered)}


def _names(kinds: dict[str, str], kind: str) -> str:
    named = [report for report, its in kinds.items() if its == kind]
    return named[0] if len(named) == 1 else "Övriga rapporter"


def _spots(wheel: YearWheel, shift: int) -> tuple[list[WheelSpot], float]:
    return _placed(shift, tuple(dial.middle_of(mark.day) for mark in wheel.marks if mark.shift == shift))


@lru_cache(maxsize=50)  # the same from one visit to the next
def _placed(shift: int, turns: tuple[float, ...]) -> tuple[list[WheelSpot], float]:
    return geometry.place(turns, LANES[shift], DISC, NUDGE)


def _line(start: float, inner: float, end: float, outer: float) -> Stroke:
    (x1, y1), (x2, y2) = dial.point(start, inner), dial.point(end, outer)
    return Stroke(x1=x1, y1=y1, x2=x2, y2=y2)


def _band(ring: Ring) -> Band:
    inner, outer = BANDS[ring.shift]
    return Band(ring=ring, radius=outer, path=geometry.curve(-0.25, 0.25, inner + TITLE_DEPTH))


def _month(name: str, span: tuple[float, float]) -> Month:
    start, end = span
    below = 0.25 < (start + end) / 2 < 0.75  # text on the lower half runs the other way, so that it stands upright
    middle = (WEEKS + RIM) / 2
    path = geometry.curve(end, start, middle + 7) if below else geometry.curve(start, end, middle - 7)
    return Month(name=name, piece=geometry.sector(start, end, WEEKS, RIM), path=path)


def _week(turn: float, number: int) -> Week:
    x, y = dial.point(turn + 3.5 / 365, (BANDS[1][1] + WEEKS) / 2)
    return Week(tick=_line(turn, BANDS[1][1], turn, WEEKS), number=number, x=x, y=round(y + 3.5, 2))


def _drawn(mark: Mark, spot: WheelSpot, scale: float, label: Label | None, kind: str) -> Drawn:
    x, y = dial.point(spot.turn, spot.radius)
    return Drawn(
        mark=mark,
        text=f"{short_day(mark.day)} {text(mark)}",
        look=look(mark.state),
        x=x,
        y=y,
        scale=round(scale, 3),
        pieces=_pieces(mark) if len(mark.members) > 1 else (),
        ray=_line(spot.turn, spot.radius, dial.middle_of(mark.day), BANDS[1][1]),
        label=label,
        kind=kind,
    )


def _pieces(mark: Mark) -> tuple[tuple[str, str], ...]:
    """Return an arc for each enhet, or for each state when they are many, round the mark."""
    counts = mark.counts if len(mark.members) > MANY else [(s, 1) for s, count in mark.counts for _ in range(count)]
    return _arcs(counts)


def _arcs(counts: Sequence[tuple[State, int]]) -> tuple[tuple[str, str], ...]:
    total, before, pieces = sum(count for _, count in counts), 0, []
    gap = 0.02 if len(counts) > 1 else 0.0
    for state, count in counts:
        start, end = before / total + gap, (before + count) / total - gap
        pieces.append((geometry.curve(start, min(end, start + 0.9999), 13.5), look(state).kind))
        before += count
    return tuple(pieces)
