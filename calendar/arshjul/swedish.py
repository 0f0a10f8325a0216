"""Dates, times and lists as Swedish readers expect them, independent of the machine's locale."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)

BRIEF_MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")


def local(day: date, clock: time) -> datetime:
    """Return the aware instant of a Swedish local day and clock time.

    In the hour that summer time skips, the clock time is read as winter time, so the instant exists;
    in the hour that comes twice it is the first.
    """
    instant = datetime.combine(day, clock, tzinfo=STOCKHOLM)
    return instant if instant.utcoffset() is not None else instant.replace(fold=1)


def stated_day(text: str) -> date:
    """Return the day that somebody wrote, as 2027-09-10.

    Raises ValueError, also for a day outside the years 1900 to 2199: no calculation with it can leave the calendar.
    """
    day = date.fromisoformat(text.strip())
    if not 1900 <= day.year < 2200:
        raise ValueError(f"{day.year} is no year that anything falls in")
    return day


def local_date(instant: datetime) -> date:
    """Return the Swedish local day of an aware instant."""
    return instant.astimezone(STOCKHOLM).date()


def month_name(month: int) -> str:
    """Return ``januari`` for 1 and so on."""
    return MONTHS[month - 1]


def day_text(day: date) -> str:
    """Return ``tisdag 14 september 2027``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """Return ``14 sep``, for names of runs and narrow columns."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def said_day(day: date) -> str:
    """Return ``den 19 oktober 2027``, for running text about what has happened."""
    return f"den {day.day} {MONTHS[day.month - 1]} {day.year}"


def said_days(days: Sequence[date]) -> str:
    """Return ``den 14 och den 20 september 2027``: what the next day says too is said once."""
    words = [said_day(day) for day in days]
    for at, (day, after) in enumerate(pairwise(days)):
        if day.year == after.year:
            words[at] = words[at].rpartition(" ")[0] if day.month != after.month else f"den {day.day}"
    return listing(words)


def brief_day(day: date) -> str:
    """Return ``19 okt``, for the subjects of letters."""
    return f"{day.day} {BRIEF_MONTHS[day.month - 1]}"


def clock_text(clock: time) -> str:
    """Return ``kl. 16.00``."""
    return f"kl. {clock:%H.%M}"


def instant_text(instant: datetime) -> str:
    """Return ``tisdag 14 september 2027 kl. 16.00`` in Swedish local time."""
    here = instant.astimezone(STOCKHOLM)
    return f"{day_text(here.date())} {clock_text(here.time())}"


def in_running_text(name: str) -> str:
    """Return a body's or a nämnd's name as it stands inside a sentence: ``omsorgsnämnden``; ``HR-nämnden`` as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def owned(name: str) -> str:
    """Return whose something is: ``ekonomikontorets``; as it is after s, x and z."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def enheter_of(number: int, of: int) -> str:
    """Return ``2 av 5 enheter`` or ``0 av 1 enhet``."""
    return f"{number} av {of} {'enhet' if of == 1 else 'enheter'}"


def enheter_done(done: int, of: int) -> str:
    """Return ``2 av 5 enheter klara`` or ``0 av 1 enhet klar``."""
    return f"{enheter_of(done, of)} {'klar' if of == 1 else 'klara'}"


def listing(words: Sequence[str]) -> str:
    """Return ``a, b och c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} och {words[-1]}"
