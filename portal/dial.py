"""The year as a dial: a day's turn, from 0 on New Year's Day clockwise, and the point that it stands on."""

import calendar
import math
from datetime import date


def middle_of(day: date) -> float:
    """Return the turn of a day's middle, which always lies within its month."""
    return (day.timetuple().tm_yday - 0.5) / days_in(day.year)


def point(turn: float, radius: float) -> tuple[float, float]:
    """Return x and y."""
    angle = 2 * math.pi * turn
    return round(radius * math.sin(angle), 2), round(-radius * math.cos(angle), 2)


def days_in(year: int) -> int:
    """Return 365 or 366."""
    return 366 if calendar.isleap(year) else 365


def start_of(day: date) -> float:
    """Return the turn at which a day begins: 0 for 1 January in every year."""
    return (day.timetuple().tm_yday - 1) / days_in(day.year)
