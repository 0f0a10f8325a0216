"""A day as people write it: with its weekday and week beside the date, which must then agree.

``2027-09-21``, ``tisdag 2027-09-21``, ``tisdag v. 38 2027-09-21``, ``tisdag 21 september 2027``, ``tisdag vecka 38 2027``.
"""

import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from arshjul.swedish import MONTHS, WEEKDAYS, day_text

_WRITTEN = re.compile(
    rf"(?P<weekday>{'|'.join(WEEKDAYS)})?,?\s*"
    r"(?:(?:den\s+)?(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<day>\d{{1,2}})\s+(?P<month>{'|'.join(MONTHS)})\s+(?P<year>\d{{4}})))?,?\s*"
    r"(?:(?:v\.?|vecka)\s*(?P<week>\d{1,2}),?\s*(?P<of>\d{4})?)?\s*"
    r"(?P<last>\d{4}-\d{2}-\d{2})?"
)


def week_day(year: int, week: int, weekday: int) -> date | None:
    """Return a weekday (0 is Monday) of an ISO week; None for a week that the year has not."""
    try:
        return date.fromisocalendar(year, week, weekday + 1)
    except ValueError:
        return None


def written_day(read: Any) -> Any:
    """Return the day that is written; what has neither weekday, week nor month's name is returned as it stands.

    Raises ValueError where weekday, week and date disagree, with what each of them would be.
    """
    text = str(read).strip()
    found = _WRITTEN.fullmatch(text)
    if isinstance(read, date) or not re.search(r"[a-zåäö]", text) or not found:
        return read
    weekday = WEEKDAYS.index(found["weekday"]) if found["weekday"] else None
    week = int(found["week"]) if found["week"] else None
    day = _date(found)
    if day is None:
        if weekday is None or week is None or not found["of"]:
            raise ValueError(f"'{text}' räcker inte till en dag; skriv datumet, eller veckodag, vecka och år")
        day = week_day(int(found["of"]), week, weekday)
        if day is None:
            raise ValueError(f"'{text}': {found['of']} har ingen vecka {week}")
        return day
    wrong = [words for words in (_other_weekday(day, weekday), _other_week(day, week, weekday)) if words]
    if wrong:
        raise ValueError(f"'{text}' säger emot sig: {'; '.join(wrong)}. Rätta det som är fel")
    return day


def _date(found: re.Match[str]) -> date | None:
    try:
        if iso := found["iso"] or found["last"]:
            return date.fromisoformat(iso)
        if found["day"]:
            return date(int(found["year"]), MONTHS.index(found["month"]) + 1, int(found["day"]))
    except ValueError:
        raise ValueError(f"'{found[0]}' finns inte i kalendern") from None
    return None


def _other_weekday(day: date, weekday: int | None) -> str:
    if weekday is None or day.weekday() == weekday:
        return ""
    near = min((day + timedelta(days=n) for n in range(-3, 4)), key=lambda one: one.weekday() != weekday)
    return f"{day} är en {WEEKDAYS[day.weekday()]}, och närmaste {WEEKDAYS[weekday]} är {near}"


def _other_week(day: date, week: int | None, weekday: int | None) -> str:
    year, its, _ = day.isocalendar()
    if week is None or its == week:
        return ""
    meant = week_day(year, week, day.weekday() if weekday is None else weekday)
    then = f", och {day_text(meant)} ligger i vecka {week}" if meant else ""
    return f"{day} ligger i vecka {its}{then}"


WrittenDay = Annotated[date, BeforeValidator(written_day)]
