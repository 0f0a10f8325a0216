"""Every date rule, as a timetable: the rule as a definition says it, the period, and the day with its weekday."""

from datetime import date, time
from typing import Any

import pytest

from arshjul.definition.days.dated import Dating
from arshjul.definition.model import Definition, Step
from arshjul.periods import Period
from arshjul.workdays import Workdays
from arshjul.year.days.day import Day, NoRuleInForce
from arshjul.year.days.days import Days
from arshjul.year.days.meetings import Meetings
from tests.rig.load import hedemora, made_up


def day_of(
    rule: dict[str, Any],
    period: str,
    *,
    step: str = "delarsrapport",
    unit: str | None = None,
    closings: dict[str, date] | None = None,
    definition: Definition | None = None,
    **more: Any,
) -> Day:
    """Resolve a rule in a step of Hedemora's (or another) definition."""
    whole = definition or hedemora().definition
    dating = Dating.model_validate({"regel": rule, "källa": "KL 11 kap. 16 §", **more})
    workdays = Workdays.with_closed(closed.day for closed in whole.closed_days)
    meetings = Meetings(whole, workdays)
    days = Days(whole, workdays, meetings, closings or {}, whole.steps[step], Period.parse(period))
    return days.resolve(dating, unit)


def said(day: date) -> str:
    return f"{day:%A %Y-%m-%d}"


@pytest.mark.parametrize(
    ("rule", "period", "expected"),
    [
        # fixed day: rolls backwards to a working day unless the definition says otherwise
        ({"regel": "fast dag", "dag": "15 juni"}, "2026-08", "Monday 2026-06-15"),
        ({"regel": "fast dag", "dag": "15 april", "år": 1}, "2027", "Thursday 2028-04-13"),
        ({"regel": "fast dag", "dag": "29 februari", "år": 1}, "2026", "Friday 2027-02-26"),
        ({"regel": "fast dag", "dag": "29 februari", "år": 1}, "2027", "Tuesday 2028-02-29"),
        # nth working day after the period's end
        ({"regel": "arbetsdagar", "antal": 5, "efter": "periodens slut"}, "2026-02", "Friday 2026-03-06"),
        ({"regel": "arbetsdagar", "antal": 5, "efter": "periodens slut"}, "2026-03", "Thursday 2026-04-09"),
        ({"regel": "arbetsdagar", "antal": 12, "efter": "periodens slut"}, "2026", "Wednesday 2027-01-20"),
        # calendar days, rolled backwards
        ({"regel": "dagar", "antal": 20, "efter": "periodens slut"}, "2027-08", "Monday 2027-09-20"),
        ({"regel": "dagar", "antal": 25, "efter": "periodens slut"}, "2027-08", "Friday 2027-09-24"),
        # so many days before or after a body's moment (KS: Tuesday 2027-10-19)
        ({"regel": "arbetsdagar", "antal": 3, "före": "ks"}, "2027-08", "Thursday 2027-10-14"),
        ({"regel": "arbetsdagar", "antal": 3, "efter": "ks"}, "2027-08", "Friday 2027-10-22"),
        ({"regel": "dagar", "antal": 7, "före": "ks"}, "2027-08", "Tuesday 2027-10-12"),
        ({"regel": "dagar", "antal": 9, "efter": "ks"}, "2027-08", "Thursday 2027-10-28"),
        # so many days after another frist (underlag: Tuesday 2027-09-21)
        ({"regel": "arbetsdagar", "antal": 4, "efter": "underlag"}, "2027-08", "Monday 2027-09-27"),
        # the end of a month, on its last working day
        ({"regel": "månadens slut", "månad": "oktober", "år": -1}, "2027", "Friday 2026-10-30"),
        ({"regel": "månadens slut", "månad": "november", "år": -1}, "2027", "Monday 2026-11-30"),
        ({"regel": "månadens slut", "månad": "december"}, "2027", "Thursday 2027-12-30"),
        # within so many months of the period's end
        ({"regel": "inom månader", "antal": 2}, "2026-08", "Friday 2026-10-30"),
        ({"regel": "inom månader", "antal": 2}, "2027-08", "Friday 2027-10-29"),
        ({"regel": "inom månader", "antal": 2}, "2027-12", "Tuesday 2028-02-29"),
        # nth and last weekday of a month
        (
            {"regel": "veckodag", "veckodag": "fredag", "nummer": 1, "månad": "februari", "år": 1},
            "2026",
            "Friday 2027-02-05",
        ),
        (
            {"regel": "veckodag", "veckodag": "torsdag", "nummer": -1, "månad": "april"},
            "2026-08",
            "Thursday 2026-04-30",
        ),
        (
            {"regel": "veckodag", "veckodag": "måndag", "nummer": 5, "månad": "augusti"},
            "2027-08",
            "Monday 2027-08-30",
        ),
        # a weekday that is a day off rolls: första maj 2026 is a Friday
        (
            {"regel": "veckodag", "veckodag": "fredag", "nummer": 1, "månad": "maj"},
            "2026-08",
            "Thursday 2026-04-30",
        ),
        # a weekday before a moment (KS: Tuesday 2027-10-19), never its own day
        ({"regel": "veckodagen före", "veckodag": "torsdag", "före": "ks"}, "2027-08", "Thursday 2027-10-14"),
        ({"regel": "veckodagen före", "veckodag": "tisdag", "före": "ks"}, "2027-08", "Tuesday 2027-10-12"),
        (
            {"regel": "veckodagen före", "veckodag": "måndag", "före": "ks", "veckor": 3},
            "2027-08",
            "Monday 2027-10-04",
        ),
        # ISO week and weekday; week 53 of 2026 ends in January
        ({"regel": "vecka", "vecka": 38, "veckodag": "tisdag"}, "2027-08", "Tuesday 2027-09-21"),
        ({"regel": "vecka", "vecka": 53, "veckodag": "tisdag"}, "2026-10", "Tuesday 2026-12-29"),
        ({"regel": "vecka", "vecka": 2, "veckodag": "onsdag", "år": 1}, "2026", "Wednesday 2027-01-13"),
        # a part of a month, and a window: the latest day
        ({"regel": "månad", "månad": "februari", "del": "början", "år": 1}, "2026", "Wednesday 2027-02-10"),
        ({"regel": "månad", "månad": "februari", "del": "mitten", "år": 1}, "2026", "Friday 2027-02-19"),
        ({"regel": "månad", "månad": "februari", "del": "slutet", "år": 1}, "2026", "Friday 2027-02-26"),
        ({"regel": "mellan", "från": "28 april", "till": "5 maj"}, "2027-08", "Wednesday 2027-05-05"),
        # month only: the latest day
        ({"regel": "månad", "månad": "november"}, "2026", "Monday 2026-11-30"),
        ({"regel": "månad", "månad": "oktober"}, "2027-08", "Friday 2027-10-29"),
        # a body's first and last meeting of a month
        ({"regel": "möte", "organ": "kf", "månad": "november"}, "2026-08", "Tuesday 2026-11-24"),
        (
            {"regel": "möte", "organ": "ksau", "månad": "mars", "år": 1, "vilket": "sista"},
            "2026",
            "Tuesday 2027-03-02",
        ),
        # the first meeting whose agenda is open when the underlag (2027-09-21) has been put together in 3 days
        ({"regel": "möte", "organ": "ksau", "efter": "underlag"}, "2027-08", "Tuesday 2027-10-05"),
    ],
)
def test_a_rule_gives_its_day(rule: dict[str, Any], period: str, expected: str) -> None:
    assert said(day_of(rule, period).day) == expected


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"regel": "månad", "månad": "oktober"}, "i oktober 2027"),
        ({"regel": "månad", "månad": "februari", "del": "mitten", "år": 1}, "i mitten av februari 2028"),
        ({"regel": "mellan", "från": "10 februari", "till": "20 februari"}, "10–20 februari 2027"),
        ({"regel": "mellan", "från": "28 april", "till": "5 maj"}, "28 april–5 maj 2027"),
        ({"regel": "fast dag", "dag": "15 juni"}, None),
    ],
)
def test_a_day_that_is_not_set_says_the_window_that_people_wrote(rule: dict[str, Any], said: str | None) -> None:
    assert day_of(rule, "2027-08").window == said
    assert day_of(rule, "2027-08", beslutade={2027: date(2027, 10, 12)}).window is None


def test_a_week_that_the_year_has_not_is_no_rule_in_force_and_names_the_remedy() -> None:
    with pytest.raises(NoRuleInForce, match=r"2027 har ingen vecka 53; ange ett beslutat datum"):
        day_of({"regel": "vecka", "vecka": 53, "veckodag": "måndag"}, "2027-08")


@pytest.mark.parametrize(
    ("roll", "expected"),
    [("bakåt", "Thursday 2028-04-13"), ("framåt", "Tuesday 2028-04-18"), ("ingen", "Saturday 2028-04-15")],
)
def test_a_fixed_day_rolls_as_the_definition_says(roll: str, expected: str) -> None:
    rule = {"regel": "fast dag", "dag": "15 april", "år": 1}
    assert said(day_of(rule, "2027", rulla=roll).day) == expected


@pytest.mark.parametrize(
    ("rule", "period", "planned", "lawful"),
    [
        # KL 11 kap. 16 §: two months from 31 August
        ({"regel": "inom månader", "antal": 2}, "2026-08", "Friday 2026-10-30", "Monday 2026-11-02"),
        ({"regel": "inom månader", "antal": 2}, "2027-08", "Friday 2027-10-29", "Monday 2027-11-01"),
        ({"regel": "inom månader", "antal": 2}, "2028-08", "Tuesday 2028-10-31", "Tuesday 2028-10-31"),
        # from 30 June the count is disputed: planned for the 30th, accused after the 31st
        ({"regel": "inom månader", "antal": 2}, "2027-06", "Monday 2027-08-30", "Tuesday 2027-08-31"),
        ({"regel": "inom månader", "antal": 2}, "2026-06", "Friday 2026-08-28", "Monday 2026-08-31"),
        # KL 11 kap. 20 §: 15 April
        ({"regel": "fast dag", "dag": "15 april", "år": 1}, "2026", "Thursday 2027-04-15", "Thursday 2027-04-15"),
        ({"regel": "fast dag", "dag": "15 april", "år": 1}, "2027", "Thursday 2028-04-13", "Tuesday 2028-04-18"),
        # "före månadens utgång" is not rolled forward, out of caution
        ({"regel": "månadens slut", "månad": "oktober", "år": -1}, "2027", "Friday 2026-10-30", "Saturday 2026-10-31"),
    ],
)
def test_a_statutory_day_is_planned_before_and_lawful_until(
    rule: dict[str, Any], period: str, planned: str, lawful: str
) -> None:
    day = day_of(rule, period, lagstadgad=True)
    assert day.lawful_until is not None
    assert (said(day.day), said(day.lawful_until)) == (planned, lawful)


def test_a_day_of_the_municipalitys_own_has_no_lawful_day() -> None:
    assert day_of({"regel": "fast dag", "dag": "10 februari", "år": 1}, "2026").lawful_until is None


class TestDecided:
    """Decided dates, by the period's year, win over the rule."""

    def test_a_decided_date_replaces_the_rule_that_year_only(self) -> None:
        rule = {"regel": "fast dag", "dag": "10 februari", "år": 1}
        decided = {2026: date(2027, 2, 12)}
        assert said(day_of(rule, "2026", beslutade=decided).day) == "Friday 2027-02-12"
        assert said(day_of(rule, "2027", beslutade=decided).day) == "Thursday 2028-02-10"

    def test_a_decided_date_stands_as_it_is_written_also_on_a_day_off(self) -> None:
        rule = {"regel": "fast dag", "dag": "10 februari", "år": 1}
        assert said(day_of(rule, "2026", beslutade={2026: date(2027, 2, 13)}).day) == "Saturday 2027-02-13"

    def test_a_decided_date_is_beslutad_and_one_by_rule_is_as_its_tidplan(self) -> None:
        rule = {"regel": "fast dag", "dag": "10 februari", "år": 1}
        assert day_of(rule, "2028", beslutade={2028: date(2029, 2, 12)}).status == "beslutad"
        assert day_of(rule, "2027").status == "beslutad"  # tidplanen 2028 är fastställd
        assert day_of(rule, "2028").status == "förslag"  # 2029 har ingen tidplan

    def test_not_yet_decided_keeps_the_rules_day_and_says_so(self) -> None:
        day = day_of({"regel": "månad", "månad": "oktober"}, "2027-08", beslutade={2027: "ej beslutad"})
        assert (said(day.day), day.status) == ("Friday 2027-10-29", "ej beslutad")

    def test_only_decided_dates_and_none_for_the_year_is_no_rule_in_force(self) -> None:
        with pytest.raises(NoRuleInForce, match="saknar beslutat datum; lägg till ett under 'beslutade'"):
            day_of({"regel": "beslutad dag"}, "2027-08", beslutade={2026: date(2026, 9, 1)})


class TestClosing:
    """A månadsrapport's clock starts when the period is closed in the ekonomisystem."""

    rule = {"regel": "arbetsdagar", "antal": 5, "efter": "stängning"}  # noqa: RUF012 - never changed

    @pytest.mark.parametrize(
        ("closed", "frist"),
        [
            (None, "Wednesday 2027-04-14"),  # planned: working day 5 of April, Wednesday 2027-04-07
            (date(2027, 4, 9), "Friday 2027-04-16"),  # late by two days: the frist moves as much
            (date(2027, 4, 12), "Monday 2027-04-19"),
            (date(2027, 4, 5), "Wednesday 2027-04-14"),  # early: the frist stands
        ],
    )
    def test_a_late_closing_moves_the_frist_and_an_early_one_does_not(self, closed: date | None, frist: str) -> None:
        closings = {"2027-03": closed} if closed else {}
        assert said(day_of(self.rule, "2027-03", step="manadsrapport", closings=closings).day) == frist

    def test_another_periods_closing_moves_nothing(self) -> None:
        closings = {"2027-02": date(2027, 4, 20)}
        day = day_of(self.rule, "2027-03", step="manadsrapport", closings=closings)
        assert said(day.day) == "Wednesday 2027-04-14"


class TestMeetings:
    """Days that are a body's meeting."""

    def test_own_body_is_the_enhets_nämnd_or_board(self) -> None:
        rule = {"regel": "möte", "organ": "egen", "månad": "september", "vilket": "sista"}
        days = {unit: said(day_of(rule, "2027-08", unit=unit).day) for unit in ("omsorgsnamnden", "energibolaget")}
        assert days == {"omsorgsnamnden": "Wednesday 2027-09-22", "energibolaget": "Thursday 2027-09-23"}

    def test_a_meeting_gives_its_clock_time_unless_the_day_says_another(self) -> None:
        rule = {"regel": "möte", "organ": "kf", "månad": "november"}
        assert day_of(rule, "2027-08").clock == time(18)
        assert day_of(rule, "2027-08", kl="19.30").clock == time(19, 30)

    def test_a_frist_that_passes_the_agenda_goes_to_the_next_meeting(self) -> None:
        stenvik = made_up("stenvik").definition
        rule = {"regel": "möte", "organ": "ks", "efter": "underlag"}
        march = day_of(rule, "2026-03", step="manadsrapport", definition=stenvik)
        assert said(march.day) == "Monday 2026-05-11"  # none in April
        assert march.meeting is not None
        assert said(march.meeting.agenda_closes.date()) == "Thursday 2026-04-30"

    def test_a_month_without_a_meeting_is_no_rule_in_force_and_names_the_remedy(self) -> None:
        with pytest.raises(NoRuleInForce, match=r"arbetsutskott har inget möte i juli 2027.*lägg till mötet"):
            day_of({"regel": "möte", "organ": "ksau", "månad": "juli"}, "2027-08")

    def test_a_fifth_weekday_that_the_month_lacks_is_no_rule_in_force(self) -> None:
        rule = {"regel": "veckodag", "veckodag": "måndag", "nummer": 5, "månad": "september"}
        with pytest.raises(NoRuleInForce, match="september 2027 har ingen femte sådan veckodag"):
            day_of(rule, "2027-08")


class TestSummerTime:
    """Instants are Swedish local clock times, summer and winter."""

    @pytest.mark.parametrize(
        ("day", "clock", "instant"),
        [
            (date(2027, 3, 26), "16.00", "2027-03-26T16:00:00+01:00"),
            (date(2027, 3, 29), "16.00", "2027-03-29T16:00:00+02:00"),  # sommartid sedan söndag 28 mars
            (date(2027, 10, 29), "16.00", "2027-10-29T16:00:00+02:00"),
            (date(2027, 11, 1), "16.00", "2027-11-01T16:00:00+01:00"),  # vintertid sedan söndag 31 oktober
            (date(2027, 10, 31), "02.30", "2027-10-31T02:30:00+02:00"),  # the hour that comes twice: the first
        ],
    )
    def test_a_frist_keeps_its_clock_time_over_the_change(self, day: date, clock: str, instant: str) -> None:
        decided = day_of({"regel": "beslutad dag"}, "2027-08", kl=clock, beslutade={2027: day})
        assert decided.at.isoformat() == instant

    def test_the_hour_that_is_skipped_is_still_an_instant(self) -> None:
        decided = day_of({"regel": "beslutad dag"}, "2027-02", kl="02.30", beslutade={2027: date(2027, 3, 28)})
        assert decided.at.utcoffset() is not None

    def test_without_a_clock_time_the_sending_hours_end_counts(self) -> None:
        assert day_of({"regel": "månad", "månad": "oktober"}, "2027-08").clock == time(17)


def test_a_step_without_the_day_that_is_asked_for_is_no_rule_in_force() -> None:
    whole = hedemora().definition
    step: Step = whole.steps["budget"]
    days = Days(whole, Workdays(), Meetings(whole, Workdays()), {}, step, Period(2027))
    with pytest.raises(NoRuleInForce, match="'stängning' i steget Budget har ingen dag"):
        days.closing()
