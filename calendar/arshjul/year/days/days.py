"""Resolving a definition's days for one step and period: rule, decided date, rolling, and the law's own day."""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from arshjul.definition.days.dated import Dating
from arshjul.definition.days.dating import (
    AtMeeting,
    Between,
    FixedDay,
    IsoWeek,
    MonthEnd,
    MonthOnly,
    NthWeekday,
    Offset,
    PeriodsMeeting,
    Undecided,
    WeekdayBefore,
    WithinMonths,
)
from arshjul.definition.days.decided import UNDECIDED, decided_day
from arshjul.definition.days.written_days import week_day
from arshjul.definition.model import OWN_BODY, Definition, Step
from arshjul.keys import BodyId, PeriodKey, UnitId
from arshjul.periods import Period
from arshjul.swedish import local, month_name
from arshjul.workdays import Workdays, lawful_until
from arshjul.year.days.day import Day, NoRuleInForce, NotYetHappenedError
from arshjul.year.days.meetings import Meeting, Meetings
from arshjul.year.days.occasions import Occasions
from arshjul.year.days.proposals import nth_weekday
from arshjul.year.days.reckoning import months_later, quarter_after, window, window_text

PERIOD_END = "periodens slut"
CLOSING = "stängning"


class Days:
    """The days of one step and period."""

    def __init__(
        self,
        definition: Definition,
        workdays: Workdays,
        meetings: Meetings,
        closings: Mapping[PeriodKey, date],
        step: Step,
        period: Period,
        *,
        occasions: Occasions | None = None,
        strict: bool = True,
    ) -> None:
        self.definition, self.workdays, self.meetings = definition, workdays, meetings
        self.strict = strict  #: raise for what has no day; else it is "ej beslutad", and the rest goes on
        self.closings, self.step, self.period = closings, step, period
        self.occasions = occasions or Occasions.of(definition)
        self._known: dict[tuple[str, str, str | None], Day] = {}

    def frist(self, krav_id: str, unit: UnitId | None) -> Day:
        """Return the frist of a krav for a unit, before any anstånd."""
        return self._once("frist", krav_id, unit, self.step.krav[krav_id].due)

    def moment(self, moment_id: str, unit: UnitId | None) -> Day:
        """Return the day of a body's moment; for one per enhet, of the unit's own body."""
        moment = self.step.moments[moment_id]
        whose = unit if moment.per_unit else None
        # a decided day without a rule is the body's meeting of that day, where it meets
        meets = moment.body and isinstance(moment.dating.of_unit(whose).rule, Undecided)
        body = self.body(moment.body, whose) if moment.body and meets else None
        return self._once("moment", moment_id, whose, moment.dating, body)

    def has_frist(self, krav_id: str, unit: UnitId | None) -> bool:
        """Tell whether a krav has a frist: not while a händelse that it is counted from is to come."""
        return _happened(lambda: self.frist(krav_id, unit))

    def has_moment(self, moment_id: str, unit: UnitId | None) -> bool:
        """Tell whether a moment has a day: not while a händelse that it is counted from is to come."""
        return _happened(lambda: self.moment(moment_id, unit))

    def meeting(self, moment_id: str, unit: UnitId | None) -> Meeting | None:
        """Return the meeting at which a moment takes place, if it is one."""
        return self.moment(moment_id, unit).meeting

    def closing(self) -> Day:
        """Return the closing of the period: the planned day, or a recorded one if that is later."""
        planned = self._once(CLOSING, CLOSING, None, self.step.closing)
        recorded = self.closings.get(self.period.key)
        return replace(planned, day=recorded, status="beslutad") if recorded and recorded > planned.day else planned

    def resolve(self, dating: Dating, unit: UnitId | None, body: BodyId | None = None) -> Day:
        """Return the day that ``dating`` gives. Raises NoRuleInForce when nothing gives one (see ``strict``).

        ``body`` is the one whose meeting a decided day is, when the rule names none.
        """
        dating = dating.of_unit(unit)
        if self.strict:
            return self._resolved(dating, unit, body)
        try:
            return self._resolved(dating, unit, body)
        except NotYetHappenedError:
            raise
        except NoRuleInForce:
            return self._undecided(dating)

    def _undecided(self, dating: Dating) -> Day:
        """Stand in for a day that nothing gives: the last day of its month, or a quarter after the period."""
        rule = dating.rule
        month = getattr(rule, "month", None)
        year, month = (self.period.year + getattr(rule, "year", 0), month) if month else quarter_after(self.period)
        last = date(year, month, calendar.monthrange(year, month)[1])
        return replace(self._plain(dating, last, UNDECIDED), clock=dating.clock or self.definition.sending_hours.end)

    def _resolved(self, dating: Dating, unit: UnitId | None, body: BodyId | None) -> Day:
        decided = decided_day(dating.decided, self.period, unit)
        if isinstance(decided, date):
            return self._decided(dating, decided, unit, body)
        if decided is None:
            return self._by_rule(dating, unit)
        try:
            return replace(self._by_rule(dating, unit), status=UNDECIDED)
        except NoRuleInForce:
            return self._undecided(dating)

    def _decided(self, dating: Dating, day: date, unit: UnitId | None, body: BodyId | None) -> Day:
        """Return a decided day: it is planned for, and the law's own day stays what the rule says.

        Where the rule is a body's meeting, the day is that body's meeting: its hour, its agenda and its moves with
        it. A meeting that was cancelled since leaves the day undecided.
        """
        if isinstance(dating.rule, AtMeeting):
            body = self.body(dating.rule.body, unit)
        if body:
            meeting = self.meetings.planned_on(body, day)
            if meeting:
                return replace(_at(meeting, dating), status="beslutad")
            return self._plain(dating, day, UNDECIDED if self.meetings.was_cancelled(body, day) else "beslutad")
        has_rule = not isinstance(dating.rule, Undecided)
        lawful = self._by_rule(dating, unit).lawful_until if dating.statutory and has_rule else None
        return replace(self._plain(dating, day, "beslutad"), lawful_until=lawful)

    def _once(
        self, kind: str, name: str, unit: UnitId | None, dating: Dating | None, body: BodyId | None = None
    ) -> Day:
        if dating is None:
            raise NoRuleInForce(
                f"'{name}' i steget {self.step.name} har ingen dag; lägg till en regel eller ett beslutat datum"
            )
        key = (kind, name, unit)
        if key not in self._known:
            self._known[key] = self.resolve(dating, unit, body)
        return self._known[key]

    def body(self, body: BodyId, unit: UnitId | None) -> BodyId:
        """Return the body that is meant: of ``egen`` the enhet's own, else the one that is named."""
        return self.definition.units[unit].body if body == OWN_BODY and unit else body

    def _by_rule(self, dating: Dating, unit: UnitId | None) -> Day:
        rule, period = dating.rule, self.period
        match rule:
            case FixedDay():
                month, day = rule.day
                year = period.year + rule.year
                nominal = date(year, month, min(day, calendar.monthrange(year, month)[1]))
                return self._rolled(dating, nominal, nominal)
            case WithinMonths():
                same, last = months_later(period.end, rule.count)
                return self._rolled(dating, same, last)
            case MonthEnd():
                year = period.year + rule.year
                nominal = date(year, rule.month, calendar.monthrange(year, rule.month)[1])
                rolled = self._rolled(dating, nominal, nominal)
                # "före månadens utgång" is not rolled forward, out of caution
                return replace(rolled, lawful_until=nominal) if dating.statutory else rolled
            case NthWeekday():
                found = nth_weekday(period.year + rule.year, rule.month, rule.weekday, rule.number)
                if found is None:
                    raise NoRuleInForce(
                        f"{month_name(rule.month)} {period.year + rule.year} har ingen femte sådan veckodag; "
                        "ange ett beslutat datum"
                    )
                return self._rolled(dating, found, found)
            case MonthOnly() | Between():
                begins, ends = window(rule, period.year + rule.year)
                rolled = self._rolled(dating, ends, ends)
                lawful = ends if dating.statutory else None
                return replace(rolled, lawful_until=lawful, window=window_text(rule, begins, ends))
            case IsoWeek():
                found = week_day(period.year + rule.year, rule.week, rule.weekday)
                if found is None:
                    raise NoRuleInForce(
                        f"{period.year + rule.year} har ingen vecka {rule.week}; ange ett beslutat datum, eller en annan "
                        "vecka det året under 'undantag'"
                    )
                return self._rolled(dating, found, found)
            case WeekdayBefore():
                anchor = self._anchor(rule.before, unit)
                back = (anchor.day.weekday() - rule.weekday - 1) % 7 + 1 + 7 * (rule.weeks - 1)
                nominal = anchor.day - timedelta(days=back)
                return self._leaning(anchor, self._rolled(dating, nominal, nominal))
            case Offset():
                return self._offset(dating, rule, unit)
            case AtMeeting():
                return self._at_meeting(dating, rule, unit)
            case PeriodsMeeting():
                return self._periods_meeting(dating)
            case _:
                raise NoRuleInForce(
                    f"{self.step.name} {period.text} saknar beslutat datum; lägg till ett under 'beslutade'"
                )

    def _offset(self, dating: Dating, rule: Offset, unit: UnitId | None) -> Day:
        anchor = self._anchor(rule.anchor, unit, rule.year)
        sign = 1 if rule.after else -1
        if rule.regel == "dagar":
            nominal = anchor.day + timedelta(days=sign * rule.count)
            rolled = self._rolled(dating, nominal, nominal)
        else:
            rolled = self._plain(dating, self.workdays.add(anchor.day, sign * rule.count), None)
        return self._leaning(anchor, rolled)

    def _leaning(self, anchor: Day, day: Day) -> Day:
        """What is counted from a day that is not decided is not decided either."""
        return replace(day, status=UNDECIDED) if anchor.status == UNDECIDED else day

    def _anchor(self, name: str, unit: UnitId | None, shift: int = 0) -> Day:
        if name == PERIOD_END:
            return Day(day=self.period.end, clock=time(0), status="beslutad", lagrum=self.step.source)
        if name == CLOSING:
            return self.closing()
        if name in self.step.krav:
            return self.frist(name, unit)
        if name in self.step.moments:
            return self.moment(name, unit)
        if source := self.occasions.source(name):
            day = self.occasions.day(name, self.step, self.period, unit, shift)
            if day is None:
                raise NotYetHappenedError(
                    f"{self.step.name} {self.period.text} räknar en dag från '{name}', som inte är registrerad"
                )
            return Day(day=day, clock=time(0), status="beslutad", lagrum=source)
        raise NoRuleInForce(
            f"{self.step.name} {self.period.text} räknar en dag från '{name}', som inte gäller då; "
            "ge dagen en egen regel för de perioderna under 'undantag'"
        )

    def _periods_meeting(self, dating: Dating) -> Day:
        body = self.step.each.meeting if self.step.each else None
        meeting = self.meetings.planned_on(body, self.period.end) if body else None
        if meeting is None:
            raise NoRuleInForce(
                f"{self.step.name} {self.period.text} hör inte till något möte; skriv 'varje: {{möte: …}}' i steget, "
                "eller säg dagen med en annan regel"
            )
        return _at(meeting, dating)

    def _at_meeting(self, dating: Dating, rule: AtMeeting, unit: UnitId | None) -> Day:
        body = self.body(rule.body, unit)
        if rule.after:
            meeting = self.meetings.first_open(body, self._ready(rule.after, unit))
        else:
            found = self.meetings.in_month(body, self.period.year + rule.year, rule.month or 12)
            meeting = found[-1 if rule.which == "sista" else 0] if found else None
        if meeting is None:
            when = f"i {month_name(rule.month)} {self.period.year + rule.year}" if rule.month else f"efter {rule.after}"
            raise NoRuleInForce(
                f"{self.definition.bodies[body].name} har inget möte {when}, som {self.step.name} {self.period.text} "
                "behöver; lägg till mötet under organet, eller ange en annan månad"
            )
        return _at(meeting, dating)

    def _ready(self, anchor: str, unit: UnitId | None) -> datetime:
        """Return when the anchor's material is ready for an agenda: a krav with its sammanställning."""
        day = self._anchor(anchor, unit)
        if anchor in self.step.krav:
            ready = self.workdays.add(day.day, self.step.krav[anchor].compilation_workdays)
            return local(ready, day.clock)
        return day.at

    def _rolled(self, dating: Dating, earlier: date, later: date) -> Day:
        """Roll the planned day to a working day, and the law's day forward by lag (1930:173) 2 §."""
        match dating.roll:
            case "bakåt":
                earlier = self.workdays.previous(earlier)
            case "framåt":
                earlier = self.workdays.next(earlier)
        day = self._plain(dating, earlier, None)
        return replace(day, lawful_until=lawful_until(later)) if dating.statutory else day

    def _plain(self, dating: Dating, day: date, status: str | None) -> Day:
        if status is None:
            status = "beslutad" if self.definition.is_fixed(day.year) else "förslag"
        clock = dating.clock or self.definition.sending_hours.end
        return Day(day=day, clock=clock, status=status, lagrum=dating.source)


def _happened(day: Callable[[], Day]) -> bool:
    try:
        day()
    except NotYetHappenedError:
        return False
    return True


def _at(meeting: Meeting, dating: Dating) -> Day:
    clock = dating.clock or meeting.clock
    return Day(day=meeting.day, clock=clock, status=meeting.status, lagrum=dating.source, meeting=meeting)
