"""Days and instants as a timetable writes them, the weekday checked: ``tisdag 14 september 2027 kl. 16.00``."""

from datetime import date, datetime, time

from arshjul.swedish import MONTHS, day_text, local


def day(words: str) -> date:
    """Read a day. Raises ValueError when the weekday is another."""
    _weekday, number, month, year = words.split()
    found = date(int(year), MONTHS.index(month) + 1, int(number))
    if day_text(found) != words:
        raise ValueError(f"{words}: that day is a {day_text(found)}")
    return found


def instant(words: str) -> datetime:
    """Read a day with its Swedish clock time."""
    of, _, clock = words.rpartition(" kl. ")
    return local(day(of), time.fromisoformat(clock.replace(".", ":")))
