"""The bodies' meetings: the rule proposes, the decided year replaces it, changes since win over both."""

from datetime import date, datetime, time, timedelta

import pytest

from arshjul.definition.model import Body
from arshjul.swedish import STOCKHOLM
from arshjul.workdays import Workdays
from arshjul.year.days.meetings import ChangedMeeting, Meeting, Meetings
from arshjul.year.days.proposals import nth_weekday
from tests.rig.load import hedemora, made_up


def meetings(name: str, *changes: ChangedMeeting) -> Meetings:
    definition = made_up(name).definition
    return Meetings(definition, Workdays.with_closed(each.day for each in definition.closed_days), changes)


def said(held: tuple[Meeting, ...]) -> list[str]:
    return [f"{each.day:%A %Y-%m-%d} {each.clock:%H.%M} {each.status}" for each in held]


def test_the_rule_proposes_the_meetings_of_a_year_that_is_not_decided() -> None:
    assert said(meetings("ekeby").of_year("au", 2027))[:4] == [
        "Wednesday 2027-02-03 09.00 förslag",
        "Wednesday 2027-03-03 09.00 förslag",
        "Wednesday 2027-04-07 09.00 förslag",
        "Wednesday 2027-05-05 09.00 förslag",
    ]


def test_a_fastställd_tidplan_makes_the_rules_meetings_beslutade() -> None:
    assert {each.status for each in meetings("hedemora").of_year("ks", 2026)} == {"beslutad"}
    assert {each.status for each in meetings("hedemora").of_year("ks", 2029)} == {"förslag"}


def test_a_decided_year_replaces_the_rule_with_moved_cancelled_extra_and_undecided() -> None:
    assert said(meetings("stenvik").of_year("ks", 2027)) == [
        "Monday 2027-01-11 13.15 beslutad",
        "Monday 2027-02-08 13.15 beslutad",
        "Tuesday 2027-03-09 08.15 beslutad",  # moved from the 8th, with a clock time of its own
        "Monday 2027-05-10 13.15 beslutad",
        "Monday 2027-06-14 13.15 beslutad",  # the 9 August is cancelled
        "Monday 2027-08-23 13.15 beslutad",  # extra
        "Monday 2027-09-13 13.15 beslutad",
        "Monday 2027-10-11 13.15 beslutad",
        "Tuesday 2027-11-30 13.15 ej beslutad",  # only the month is known: its latest day
    ]


def test_the_agenda_closes_and_the_kallelse_goes_out_so_long_before() -> None:
    (ksau,) = meetings("hedemora").in_month("ksau", 2027, 10)
    assert f"{ksau.at:%A %Y-%m-%d %H.%M}" == "Tuesday 2027-10-05 08.30"
    assert f"{ksau.agenda_closes:%A %Y-%m-%d %H.%M}" == "Wednesday 2027-09-29 12.00"  # four working days
    assert f"{ksau.kallelse:%A %Y-%m-%d}" == "Thursday 2027-09-30"
    (kf,) = meetings("hedemora").in_month("kf", 2027, 11)
    assert f"{kf.kallelse:%A %Y-%m-%d}" == "Tuesday 2027-11-16"  # seven calendar days before Tuesday the 23rd


def test_working_days_before_a_meeting_skip_easter_and_closed_klämdagar() -> None:
    (april,) = meetings("hedemora").in_month("ksau", 2026, 4)
    assert f"{april.day:%A %Y-%m-%d}" == "Tuesday 2026-04-07"
    assert f"{april.agenda_closes:%A %Y-%m-%d}" == "Monday 2026-03-30"
    (may,) = meetings("stenvik").in_month("ks", 2027, 5)
    assert f"{may.day:%A %Y-%m-%d}" == "Monday 2027-05-10"
    assert f"{may.agenda_closes:%A %Y-%m-%d}" == "Wednesday 2027-04-28"  # past Kristi himmelsfärdsdag and klämdag


class TestChanges:
    """Meetings changed in the running system."""

    def test_a_moved_meeting_is_held_on_its_new_day_at_its_old_time(self) -> None:
        moved = meetings("hedemora", ChangedMeeting(body="ksau", original=date(2027, 10, 5), day=date(2027, 10, 7)))
        assert said(moved.in_month("ksau", 2027, 10)) == ["Thursday 2027-10-07 08.30 beslutad"]
        assert f"{moved.in_month('ksau', 2027, 10)[0].agenda_closes:%A %Y-%m-%d}" == "Friday 2027-10-01"

    def test_a_moved_meeting_may_get_another_time(self) -> None:
        change = ChangedMeeting(body="ksau", original=date(2027, 10, 5), day=date(2027, 10, 7), clock=time(13))
        assert said(meetings("hedemora", change).in_month("ksau", 2027, 10)) == ["Thursday 2027-10-07 13.00 beslutad"]

    def test_a_cancelled_meeting_is_not_held(self) -> None:
        cancelled = meetings("hedemora", ChangedMeeting(body="ksau", original=date(2027, 10, 5), day=None))
        assert cancelled.in_month("ksau", 2027, 10) == ()

    def test_an_extra_meeting_comes_beside_the_others(self) -> None:
        extra = meetings("hedemora", ChangedMeeting(body="ksau", original=None, day=date(2027, 10, 19)))
        held = ["Tuesday 2027-10-05 08.30 beslutad", "Tuesday 2027-10-19 08.30 beslutad"]
        assert said(extra.in_month("ksau", 2027, 10)) == held

    def test_a_meeting_moved_into_another_year_leaves_the_one_and_comes_in_the_other(self) -> None:
        change = ChangedMeeting(body="ksau", original=date(2027, 12, 7), day=date(2028, 1, 11))
        moved = meetings("hedemora", change)
        assert moved.in_month("ksau", 2027, 12) == ()
        assert said(moved.in_month("ksau", 2028, 1)) == ["Tuesday 2028-01-11 08.30 beslutad"]

    def test_another_bodys_change_changes_nothing(self) -> None:
        change = ChangedMeeting(body="ks", original=date(2027, 10, 19), day=None)
        assert len(meetings("hedemora", change).in_month("ksau", 2027, 10)) == 1


class TestFirstOpen:
    """The first meeting whose agenda still is open."""

    @pytest.mark.parametrize(
        ("when", "day"),
        [
            ("2027-09-29 11.59", "Tuesday 2027-10-05"),
            ("2027-09-29 12.00", "Tuesday 2027-10-05"),  # at the very moment of closing: in time
            ("2027-09-29 12.01", "Tuesday 2027-11-02"),
            ("2027-12-24 09.00", "Tuesday 2028-02-01"),  # over the turn of the year; no meeting in January
        ],
    )
    def test_a_matter_comes_on_the_first_agenda_that_is_open(self, when: str, day: str) -> None:
        instant = datetime.strptime(when, "%Y-%m-%d %H.%M").replace(tzinfo=STOCKHOLM)
        found = meetings("hedemora").first_open("ksau", instant)
        assert found is not None
        assert f"{found.day:%A %Y-%m-%d}" == day

    def test_a_meeting_whose_day_is_not_decided_is_not_offered(self) -> None:
        found = meetings("stenvik").first_open("ks", datetime(2027, 10, 20, tzinfo=STOCKHOLM))
        assert found is not None
        assert f"{found.day:%A %Y-%m-%d}" == "Monday 2028-01-10"

    def test_a_body_that_meets_no_more_gives_none(self) -> None:
        every = meetings("hedemora").of_year("ksau", 2027)
        years = (year for year in range(2027, 2031))
        gone = [
            ChangedMeeting(body="ksau", original=each.day, day=None)
            for year in years
            for each in meetings("hedemora").of_year("ksau", year)
        ]
        assert every
        assert meetings("hedemora", *gone).first_open("ksau", datetime(2027, 1, 1, tzinfo=STOCKHOLM)) is None


@pytest.mark.parametrize(
    ("year", "month", "weekday", "number", "day"),
    [
        (2027, 10, 1, 1, "Tuesday 2027-10-05"),
        (2027, 11, 1, 4, "Tuesday 2027-11-23"),
        (2027, 8, 0, 5, "Monday 2027-08-30"),
        (2027, 2, 6, -1, "Sunday 2027-02-28"),
        (2028, 2, 1, 5, "Tuesday 2028-02-29"),
    ],
)
def test_the_nth_weekday_of_a_month(year: int, month: int, weekday: int, number: int, day: str) -> None:
    found = nth_weekday(year, month, weekday, number)
    assert found is not None
    assert f"{found:%A %Y-%m-%d}" == day


def test_a_month_without_a_fifth_weekday_has_none() -> None:
    assert nth_weekday(2027, 9, 0, 5) is None


def test_every_meeting_of_hedemora_closes_its_agenda_before_its_kallelse_and_that_before_it_begins() -> None:
    held = meetings("hedemora")
    for body_id, body in hedemora().definition.bodies.items():
        for meeting in (each for year in (2026, 2027, 2028) for each in held.of_year(body_id, year)):
            kallelse = datetime.combine(meeting.kallelse, body.notice.clock, STOCKHOLM)
            assert meeting.agenda_closes <= kallelse < meeting.at - timedelta(days=1)


def of(body: dict[str, object]) -> Meetings:
    """Return the meetings of a body that replaces KSAU's in Hedemora's definition."""
    whole = hedemora().definition
    ksau = Body.model_validate(
        whole.bodies["ksau"].model_dump(exclude={"rules", "decided", "source"}) | {"källa": "KL 6 kap. 23 §"} | body
    )
    return Meetings(whole.model_copy(update={"bodies": {**whole.bodies, "ksau": ksau}}), Workdays())


def test_meetings_of_a_definition_that_was_read_again_are_the_same_until_one_of_them_moves() -> None:
    once = hedemora().definition
    again = once.model_copy(deep=True)
    moved = ChangedMeeting(body="ksau", original=date(2027, 10, 5), day=date(2027, 10, 7))  # Tuesday to Thursday
    assert Meetings(once, Workdays()).are_those_of(Meetings(again, Workdays()))
    assert not Meetings(once, Workdays()).are_those_of(Meetings(again, Workdays(), (moved,)))


def test_a_last_monday_that_would_roll_over_new_year_stays_in_its_year() -> None:
    rule = {"veckodag": "måndag", "nummer": -1, "månader": ["november", "december"], "kl": "09.00"}
    # the last Monday of December 2029 is nyårsafton; the next working day is 2 January 2030
    assert said(of({"regel": rule}).of_year("ksau", 2029)) == [
        "Monday 2029-11-26 09.00 förslag",
        "Friday 2029-12-28 09.00 förslag",
    ]
    assert said(of({"regel": rule}).of_year("ksau", 2030))[-1] == "Monday 2030-12-30 09.00 förslag"


def test_a_body_may_have_only_decided_meetings_one_of_them_preliminary() -> None:
    held = [{"datum": "2027-03-02", "kl": "08.30"}, {"datum": "2027-10-05", "kl": "08.30", "läge": "ej beslutat"}]
    body: dict[str, object] = {"beslutade": {2027: {"källa": "KL 6 kap. 23 §", "möten": held}}}
    found = of(body)
    assert said(found.of_year("ksau", 2027)) == [
        "Tuesday 2027-03-02 08.30 beslutad",
        "Tuesday 2027-10-05 08.30 ej beslutad",
    ]
    assert found.of_year("ksau", 2028) == ()
    assert (
        found.first_open("ksau", datetime(2027, 4, 1, tzinfo=STOCKHOLM)) is None
    )  # nobody is called to what is not decided


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "ange när organet har möte: 'regel', eller möten under 'beslutade'"),
        (
            {"beslutade": {2027: {"källa": "KL 6 kap. 23 §", "möten": [{"datum": "2027-03-02"}]}}},
            "ett organ utan 'regel' har 'kl' i varje beslutat möte",
        ),
    ],
)
def test_a_body_that_never_meets_or_at_no_hour_is_told(body: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        of(body)
