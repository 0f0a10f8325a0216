"""The wheel's geometry: days as turns round a circle, and what lies close kept apart. Pure; it draws nothing.

A turn is a part of a whole turn, from 0 up to but not including 1, clockwise from the top, where 1 January begins.
Lengths are the picture's own units; y grows downwards, as in SVG.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from portal.dial import point, start_of

ALMOST = 1e-9  #: rounding never makes two neighbours collide


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelSpot:
    """Where something lies: its turn and its distance from the middle."""

    turn: float
    radius: float


def month_spans(year: int) -> tuple[tuple[float, float], ...]:
    """Return where each month begins and ends; they fill the turn without a gap."""
    starts = [start_of(date(year, month, 1)) for month in range(1, 13)]
    return tuple(zip(starts, [*starts[1:], 1.0], strict=True))


def week_starts(year: int) -> tuple[tuple[float, int], ...]:
    """Return the turn of every Monday of the year, with its week's number (ISO 8601)."""
    first = date(year, 1, 1)
    mondays = range(first.toordinal() + -first.weekday() % 7, date(year, 12, 31).toordinal() + 1, 7)
    return tuple((start_of(day), day.isocalendar().week) for day in map(date.fromordinal, mondays))


def curve(start: float, end: float, radius: float) -> str:
    """Return an SVG path along the circle, clockwise when ``end`` is after ``start``, for text and lines."""
    (x, y), (to_x, to_y) = point(start, radius), point(end, radius)
    return f"M{x} {y}A{radius} {radius} 0 {int(abs(end - start) > 0.5)} {int(end > start)} {to_x} {to_y}"


def sector(start: float, end: float, inner: float, outer: float) -> str:
    """Return a closed SVG path: the piece of a ring between two turns."""
    x, y = point(end, inner)
    large = int(end - start > 0.5)
    to_x, to_y = point(start, inner)
    return f"{curve(start, end, outer)}L{x} {y}A{inner} {inner} 0 {large} 0 {to_x} {to_y}Z"


def place(wanted: Sequence[float], lanes: Sequence[float], size: float, nudge: float) -> tuple[list[WheelSpot], float]:
    """Place discs of diameter ``size`` in a ring's lanes (radii, the best one first), none upon another.

    Each keeps its exact turn when a lane is free there; else it is nudged, at most ``nudge`` of a turn and never out
    of the year. Where that is not room enough all of them shrink. Returns the spots in the given order, and the size
    that they got: more than can be told apart at a tenth of the size lie upon each other, at their exact turns.
    """
    room = size
    while room >= size / 10:
        spots = _placed(wanted, lanes, room, nudge)
        if spots is not None:
            return spots, room
        room *= 0.9
    return [WheelSpot(turn=turn, radius=lanes[0]) for turn in wanted], room


def _placed(wanted: Sequence[float], lanes: Sequence[float], size: float, nudge: float) -> list[WheelSpot] | None:
    spots: list[WheelSpot] = []
    for turn in wanted:
        free = (
            WheelSpot(turn=near, radius=lane)
            for near in _around(turn, nudge)
            for lane in lanes
            if all(_apart(near, lane, other) >= size - ALMOST for other in spots)
        )
        spot = next(free, None)
        if spot is None:
            return None
        spots.append(spot)
    return spots


def _around(turn: float, nudge: float, steps: int = 12) -> Iterator[float]:
    """Yield a turn, and then those beside it, nearest first, within the year."""
    yield turn
    for step in range(1, steps + 1):
        for near in (turn + nudge * step / steps, turn - nudge * step / steps):
            if 0 <= near < 1:
                yield near


def _apart(turn: float, radius: float, other: WheelSpot) -> float:
    across = radius**2 + other.radius**2 - 2 * radius * other.radius * math.cos(2 * math.pi * (turn - other.turn))
    return math.sqrt(max(0.0, across))


def stack(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middles of labels of these heights, in the given order, none upon another, within ``low``–``high``.

    ``wanted`` are the middles that they would have had, ascending; together they are moved as little as can be (least
    squares, by pooling neighbours that push each other). Raises ValueError when they are higher than the room.
    """
    if sum(heights) > high - low + ALMOST:
        raise ValueError(f"labels of {sum(heights)} do not fit in {high - low}")
    if not wanted:
        return []
    offsets = [0.0]
    for before, after in pairwise(heights):
        offsets.append(offsets[-1] + (before + after) / 2)
    pools: list[tuple[float, int]] = []  # the mean of what they want, less the room of those before; and how many
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            before_mean, before_count = pools.pop()
            mean = (mean * count + before_mean * before_count) / (count + before_count)
            count += before_count
        pools.append((mean, count))
    first, last = low + heights[0] / 2, high - heights[-1] / 2 - offsets[-1]
    means = [min(max(mean, first), last) for mean, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
