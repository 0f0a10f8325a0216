"""The last days of anstånd, as the form that grants it tells them: the same day as the page, the letter and a refusal."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from arshjul.swedish import day_text, local, local_date
from arshjul.year.last_anstand import LastDay, is_closed, last_anstand
from arshjul.year.wheel import Obligation, Wheel

NEAR, GONE = timedelta(days=60), timedelta(days=30)  #: a frist so far ahead, or so long past, is told
MOST = 12  #: more lines nobody reads in a form


def last_days(wheel: Wheel, today: date) -> str:
    """Return the last day of each krav whose frist is near, soonest first; an enhet that has another day is named.

    A frist that cannot be moved is told as that, and so is one without an end.
    """
    near: dict[str, list[Obligation]] = {}
    for one in sorted(wheel.obligations.values(), key=lambda one: one.deadline.at):
        if one.host is None and today - GONE <= local_date(one.deadline.at) <= today + NEAR:
            near.setdefault(f"{one.name}, {one.period.text}", []).append(one)
    told = [f"{name[:1].upper()}{name[1:]}: {_days(wheel, owed, today)}." for name, owed in near.items()]
    more = [f"Övriga {len(told) - MOST} står på underlagets sida i portalen."] if len(told) > MOST else []
    return " ".join(["Längst, vid fristens klockslag:", *told[:MOST], *more]) if told else ""


def _days(wheel: Wheel, owed: Sequence[Obligation], today: date) -> str:
    said: dict[str, list[str]] = {}
    for one in owed:
        said.setdefault(_day(one, last_anstand(wheel, one), today), []).append(one.unit_name)
    (usual, _), *others = sorted(said.items(), key=lambda each: -len(each[1]))
    named = "; ".join(f"{', '.join(units)} {day}" for day, units in others)
    return f"{usual} ({named})" if named else usual


def _day(one: Obligation, last: LastDay | None, today: date) -> str:
    if last is None:
        return "ingen sista dag"
    return "kan inte flyttas längre" if is_closed(one, last, local(today, time())) else day_text(last.day)
