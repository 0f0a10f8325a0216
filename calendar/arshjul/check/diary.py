"""Holding meetings and decided dates against the calendar: days off, days said twice or wrongly."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear
from arshjul.definition.days.dated import Dating
from arshjul.definition.days.dating import AtMeeting
from arshjul.definition.days.decided import decided_path
from arshjul.definition.days.meeting_days import DecidedMeeting
from arshjul.definition.days.moment import Moment
from arshjul.definition.in_force import day_year
from arshjul.definition.lined import Path
from arshjul.definition.model import OWN_BODY, Body, Krav, Step
from arshjul.keys import BodyId, UnitId
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text, listing, local
from arshjul.year.days.meetings import Meeting

SHOWN = 4  #: how many days a message names


def diary(year: ResolvedYear) -> Iterator[Remark]:
    """Find the year's meetings and decided dates that cannot be meant."""
    for body_id, body in year.definition.bodies.items():
        path: Path = ("organ", body_id)
        meetings = year.wheel.meetings.of_year(body_id, year.year)
        yield from _agenda(year, body, path, meetings)
        if year.year in body.decided:
            yield from _decided_meetings(year, body_id, (*path, "beslutade", year.year, "möten"))
        else:
            yield from _days_off(year, body, (*path, "regel"), [meeting.day for meeting in meetings])
    yield from _decided_dates(year)


def _agenda(year: ResolvedYear, body: Body, path: Path, meetings: tuple[Meeting, ...]) -> Iterator[Remark]:
    """The kallelse names the matters, so the agenda must be closed when it goes out."""
    for meeting in meetings:
        sent = local(meeting.kallelse, body.notice.clock)
        if meeting.agenda_closes > sent:
            yield Remark(
                path=(*path, "dagordningen stänger"),
                rule="dagordning-efter-kallelse",
                message=f"dagordningen för {body.short} {day_text(meeting.day)} stänger "
                f"{instant_text(meeting.agenda_closes)}, efter att kallelsen gått ut {instant_text(sent)}; "
                "kallelsen ska ange ärendena, så stäng dagordningen tidigare",
                period=Period(year.year),
                severity="varning",
            )
            return


def _decided_meetings(year: ResolvedYear, body_id: BodyId, path: Path) -> Iterator[Remark]:
    body = year.definition.bodies[body_id]
    seen: set[date] = set()
    for number, one in enumerate(body.decided[year.year].meetings):
        here: Path = (*path, number)
        if one.day is None:
            continue
        if one.state != "inställt":
            yield from _days_off(year, body, here, [one.day])
            yield from _in_lov(year, body_id, here, one.day)
            yield from _said_wrongly(year, body, here, one, one.day, one.day in seen)
            seen.add(one.day)


def _in_lov(year: ResolvedYear, body_id: BodyId, path: Path, day: date) -> Iterator[Remark]:
    body = year.definition.bodies[body_id]
    for one in (one for one in year.definition.recesses if one.has(day, body_id)):
        yield Remark(
            path=path,
            rule="lov",
            message=f"{body.short} har möte {day_text(day)}, i {one.name}; besluta en annan dag, eller "
            "skriv under 'lov' vilka organ det gäller",
            period=Period(year.year),
            severity="varning",
        )


def _said_wrongly(
    year: ResolvedYear, body: Body, path: Path, one: DecidedMeeting, day: date, twice: bool
) -> Iterator[Remark]:
    what, here = f"{body.short}:s möte {day_text(day)}", day.year == year.year
    other_year = f"står under {year.year}; flytta det till {day.year} eller rätta dagen"
    same_day = "är flyttat från samma dag; rätta 'datum' eller 'flyttat från'"
    for wrong, rule, words in (
        (twice, "dubbelt-mote", "står två gånger; ta bort det ena"),
        (not here, "fel-ar", other_year),
        (one.moved_from == day, "flyttat-till-samma-dag", same_day),
    ):
        if wrong:
            yield Remark(path=path, rule=rule, message=f"{what} {words}", period=Period(year.year))


def _days_off(year: ResolvedYear, body: Body, path: Path, days: list[date]) -> Iterator[Remark]:
    off = [day_text(day) for day in days if not year.wheel.workdays.is_workday(day)]
    if off:
        more = [f"{len(off) - SHOWN} dagar till"] if len(off) > SHOWN else []
        yield Remark(
            path=path,
            rule="ledig-dag",
            message=f"{body.short} har möte på en ledig dag: {listing([*off[:SHOWN], *more])}; "
            "besluta en annan dag under 'beslutade'",
            period=Period(year.year),
            severity="varning",
        )


def _decided_dates(year: ResolvedYear) -> Iterator[Remark]:
    """Decided dates stand as they are written: nothing rolls them off a day off, or on to a meeting.

    One for a period for which what is decided does not hold is no day of the year.
    """
    for step_id, step in year.definition.steps.items():
        path: Path = ("steg", step_id)
        for krav_id, krav in step.krav.items():
            if krav.due:
                here: Path = (*path, "krav", krav_id, "frist")
                units = [key for key, unit in year.definition.units.items() if krav.is_owed_by(key, unit)]
                yield from _decided(
                    year, here, f"fristen för {krav.name}", krav.due, units, partial(_krav_holds, step, krav)
                )
        for moment_id, moment in step.moments.items():
            here = (*path, "moment", moment_id, "dag")
            units = [key for key, unit in year.definition.units.items() if moment.is_of(unit)]
            yield from _decided(
                year, here, f"'{moment.name}'", moment.dating, units, partial(_moment_holds, step, moment)
            )


def _krav_holds(step: Step, krav: Krav, period: Period) -> bool:
    return step.holds(period) and krav.holds(period)


def _moment_holds(step: Step, moment: Moment, period: Period) -> bool:
    return step.holds(period) and moment.holds(period, day_year(moment.dating.of(period), period))


def _decided(
    year: ResolvedYear, path: Path, what: str, dating: Dating, units: list[UnitId], holds: Callable[[Period], bool]
) -> Iterator[Remark]:
    for period, said in dating.decided.items():
        if period.year != year.year or not holds(period):
            continue
        days = {unit: said.get(unit) for unit in units} if isinstance(said, dict) else dict.fromkeys(units, said)
        for unit, day in days.items():
            if isinstance(day, date):
                key = decided_path(dating.decided, period, unit if isinstance(said, dict) else None) or ()
                here: Path = (*path, "beslutade", *key)
                yield from _decided_day_off(year, here, what, period, day)
                if isinstance(rule := dating.of(period).of_unit(unit).rule, AtMeeting):
                    yield from _no_meeting(year, here, what, period, day, rule, unit)


def _decided_day_off(year: ResolvedYear, path: Path, what: str, period: Period, day: date) -> Iterator[Remark]:
    if not year.wheel.workdays.is_workday(day):
        yield Remark(
            path=path,
            rule="ledig-dag",
            message=f"{what} är beslutad till {day_text(day)}, en ledig dag; besluta en arbetsdag",
            period=period,
            severity="varning",
        )


def _no_meeting(
    year: ResolvedYear, path: Path, what: str, period: Period, day: date, rule: AtMeeting, unit: UnitId
) -> Iterator[Remark]:
    """What is a body's meeting can only be decided to a day on which it meets."""
    body_id = year.definition.units[unit].body if rule.body == OWN_BODY else rule.body
    meetings, body = year.wheel.meetings, year.definition.bodies[body_id]
    if meetings.planned_on(body_id, day):
        return
    near = sorted(meetings.of_year(body_id, day.year), key=lambda one: abs((one.day - day).days))[:2]
    held = listing([day_text(one.day) for one in sorted(near, key=lambda one: one.day)])
    decided = any(one.status == "beslutad" for one in meetings.of_year(body_id, day.year))
    yield Remark(
        path=path,
        rule="inget-mote-den-dagen",
        message=f"{what} är beslutad till {day_text(day)}, men {body.name} har inget möte den dagen"
        f"{f' (närmast är {held})' if held else ''}; rätta dagen, eller lägg till mötet under organet",
        period=period,
        severity="fel" if decided else "varning",
    )
