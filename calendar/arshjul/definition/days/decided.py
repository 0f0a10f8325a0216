"""Decided days: each belongs to a period and, where they differ, to an enhet.

``beslutade: {2027-09: 2027-11-12, 2027-10: {omsorgsnamnden: 2027-11-19}}``. A step with one period in the year may
say the year alone.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import PlainValidator, ValidationInfo

from arshjul.definition.days.written_days import written_day
from arshjul.definition.leaning import Told
from arshjul.definition.lined import Path
from arshjul.definition.names import WrittenPeriod
from arshjul.errors import nearest
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.swedish import MONTHS, listing, month_name

UNDECIDED: Final = "ej beslutad"
DecidedDay = date | Literal["ej beslutad"]


def _day(read: Any) -> DecidedDay:
    if read == UNDECIDED:
        return UNDECIDED
    read = written_day(read)
    if isinstance(read, date):
        return read
    try:
        return date.fromisoformat(str(read))
    except ValueError:
        raise ValueError(f"'{read}' är inget datum (2027-09-21) och inte heller '{UNDECIDED}'") from None


def _day_or_days(read: Any, info: ValidationInfo) -> DecidedDay | dict[UnitId, DecidedDay]:
    if not isinstance(read, Mapping):
        return _day(read)
    known = (info.context or {}).get("enhet")
    for unit in read:
        if known is not None and unit not in known:
            raise ValueError(f"okänd enhet '{unit}'{nearest(str(unit), map(str, known))}")
    return {UnitId(str(unit)): _day(day) for unit, day in read.items()}


DecidedDays = dict[
    WrittenPeriod, Annotated[DecidedDay | dict[UnitId, DecidedDay], PlainValidator(_day_or_days)]
]  #: by the period, or by the year of a step that has one period in it


def decided_day(decided: DecidedDays, period: Period, unit: UnitId | None) -> DecidedDay | None:
    """Return what is decided for a period and an enhet; None when the rule holds. ``unit`` None: for all."""
    found = decided.get(period, decided.get(Period(period.year)))
    return found.get(unit) if isinstance(found, dict) and unit else None if isinstance(found, dict) else found


def decided_path(decided: DecidedDays, period: Period, unit: UnitId | None = None) -> Path | None:
    """Return where in ``beslutade`` a period's decided day stands; None without one, or where it is left to the rule."""
    key = period if period in decided else Period(period.year)
    found = decided.get(key)
    here: Path = (key.year if key.month is None else key.key,)
    if isinstance(found, dict):
        if unit is None:
            return here if any(isinstance(day, date) for day in found.values()) else None
        return (*here, unit) if isinstance(found.get(unit), date) else None
    return here if isinstance(found, date) else None


def misplaced(steps: Mapping[Any, Any], units: Mapping[Any, Any]) -> Iterator[Told]:
    """Find decided days of a period that the step has not, and days and rules of an enhet that has none of its own."""
    for step_id, step in ((key, _mapping(value)) for key, value in steps.items()):
        path: Path = ("steg", step_id)
        yield from _days_of((*path, "stängning"), step, _mapping(step.get("stängning")), ())
        for krav_id, krav in ((key, _mapping(value)) for key, value in _mapping(step.get("krav")).items()):
            here: Path = (*path, "krav", krav_id, "frist")
            yield from _days_of(here, step, _mapping(krav.get("frist")), _having(krav, units))
        for moment_id, moment in ((key, _mapping(value)) for key, value in _mapping(step.get("moment")).items()):
            having = _having(moment, units) if moment.get("per enhet") else ()
            for word in ("dag", "lagens dag"):
                here = (*path, "moment", moment_id, word)
                yield from _days_of(here, step, _mapping(moment.get(word)), having)


def _days_of(path: Path, step: Mapping[Any, Any], dating: Mapping[Any, Any], having: tuple[str, ...]) -> Iterator[Told]:
    """``having`` are the enheter that have a day of their own."""
    others = dating.get("undantag")
    for number, one in enumerate(others if isinstance(others, list) else ()):
        said = _mapping(one).get("enheter")
        for unit in said if isinstance(said, list) else ():
            if unit not in having:
                none = "dagen är gemensam för alla enheter; ta bort 'enheter'"
                words = f"'{unit}' har ingen egen dag här{nearest(str(unit), having)}" if having else none
                yield (*path, "undantag", number, "enheter"), "undantag-enhet", words
    for key, day in _mapping(dating.get("beslutade")).items():
        here: Path = (*path, "beslutade", key)
        try:
            period = Period.parse(str(key))
        except ValueError:
            continue  # told by the schema
        if wrong := _not_a_period(step, period):
            yield here, "beslutad-period", wrong
        if not isinstance(day, Mapping):
            continue
        if not having:
            words = "dagen är gemensam för alla enheter; skriv ett datum i stället för en dag för var och en"
            yield here, "beslutad-enhet", words
        for unit in day if having else ():
            if unit not in having:
                words = f"'{unit}' har ingen egen dag här{nearest(str(unit), having)}"
                yield (*here, unit), "beslutad-enhet", words


def _not_a_period(step: Mapping[Any, Any], period: Period) -> str:
    if step.get("varje"):
        return "" if period.day else "steget har en period för varje möte eller händelse; skriv dess dag: 2027-09-21"
    if period.day:
        return f"steget har inga perioder som slutar en viss dag; skriv {period.key[:7]}"
    if step.get("helår"):
        words = f"steget gäller hela år; skriv {period.year} i stället för {period.key}"
        return words if period.month else ""
    months = [MONTHS.index(each) + 1 if each in MONTHS else each for each in step.get("perioder") or ()]
    months = [each for each in months if isinstance(each, int) and 1 <= each <= 12]
    if period.month is None and len(months) > 1:
        example = ", ".join(f"{Period(period.year, each).key}: …" for each in months)
        return (
            f"{period.year} säger inte vilken period dagen gäller, för steget har {len(months)} perioder om året; "
            f"skriv dagen för var och en: {{{example}}}"
        )
    if period.month and months and period.month not in months:
        return f"steget har ingen period {month_name(period.month)}; dess perioder är {listing([month_name(each) for each in months])}"
    return ""


def _having(asked: Mapping[Any, Any], units: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return the enheter that a krav or a moment is for."""
    kinds, named = asked.get("slag") or (), asked.get("enheter") or ()
    return tuple(
        str(key)
        for key, unit in units.items()
        if (not kinds or _mapping(unit).get("slag") in kinds) and (not named or key in named)
    )


def _mapping(node: Any) -> Mapping[Any, Any]:
    return node if isinstance(node, Mapping) else {}
