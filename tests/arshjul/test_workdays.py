"""Working days are the law's (lag 1930:173 and 1989:253), less what the municipality closes itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.workdays import Workdays, is_lawful_day_off, lawful_until

PLAIN = Workdays()
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CALENDARS = st.sets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=40).map(Workdays.with_closed)


def read(line: str) -> date:
    """Read ``Thursday 2028-04-13``, and see that the weekday is right."""
    weekday, day = line.split()
    found = date.fromisoformat(day)
    assert f"{found:%A}" == weekday, line
    return found


@pytest.mark.parametrize(
    "line",
    [
        "Thursday 2026-01-01",  # nyårsdagen
        "Tuesday 2026-01-06",  # trettondedag jul
        "Friday 2026-04-03",  # långfredagen
        "Monday 2026-04-06",  # annandag påsk
        "Friday 2026-05-01",  # första maj
        "Thursday 2026-05-14",  # Kristi himmelsfärdsdag
        "Saturday 2026-06-06",  # nationaldagen
        "Friday 2026-06-19",  # midsommarafton
        "Saturday 2026-10-31",  # alla helgons dag
        "Thursday 2026-12-24",  # julafton
        "Friday 2026-12-25",  # juldagen
        "Thursday 2026-12-31",  # nyårsafton
        "Sunday 2027-03-28",  # påskdagen
        "Friday 2027-06-25",  # midsommarafton
        "Monday 2028-04-17",  # annandag påsk
        "Tuesday 2028-06-06",  # nationaldagen
        "Tuesday 2028-12-26",  # annandag jul
    ],
)
def test_a_day_off_by_law_is_no_working_day(line: str) -> None:
    assert is_lawful_day_off(read(line))
    assert not PLAIN.is_workday(read(line))


@pytest.mark.parametrize(
    "line",
    [
        "Thursday 2026-04-02",  # skärtorsdagen
        "Thursday 2026-04-30",  # valborgsmässoafton
        "Friday 2026-05-15",  # klämdag
        "Monday 2026-05-25",  # annandag pingst is an ordinary Monday since 2005
        "Wednesday 2026-12-23",
        "Friday 2027-05-07",  # klämdag
    ],
)
def test_a_day_that_the_law_does_not_name_is_a_working_day_also_between_two_days_off(line: str) -> None:
    assert PLAIN.is_workday(read(line))


@pytest.mark.parametrize(
    ("due", "last"),
    [
        ("Saturday 2026-10-31", "Monday 2026-11-02"),  # delårsrapport 2026
        ("Sunday 2027-10-31", "Monday 2027-11-01"),  # delårsrapport 2027
        ("Tuesday 2028-10-31", "Tuesday 2028-10-31"),
        ("Thursday 2027-04-15", "Thursday 2027-04-15"),  # årsredovisning 2026
        ("Saturday 2028-04-15", "Tuesday 2028-04-18"),  # årsredovisning 2027: Easter 16-17 April
        ("Thursday 2026-12-24", "Monday 2026-12-28"),
        ("Friday 2027-12-31", "Monday 2028-01-03"),
    ],
)
def test_an_act_that_falls_due_on_a_day_off_may_be_done_the_next_working_day(due: str, last: str) -> None:
    assert lawful_until(read(due)) == read(last)


def test_the_municipalitys_own_closed_days_do_not_lengthen_the_laws_time() -> None:
    closed = Workdays.with_closed([read("Monday 2026-11-02")])
    assert lawful_until(read("Saturday 2026-10-31")) == read("Monday 2026-11-02")
    assert closed.next(read("Saturday 2026-10-31")) == read("Tuesday 2026-11-03")


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("Monday 2026-08-31", 15, "Monday 2026-09-21"),
        ("Tuesday 2027-08-31", 15, "Tuesday 2027-09-21"),
        ("Wednesday 2026-04-01", 1, "Thursday 2026-04-02"),
        ("Thursday 2026-04-02", 1, "Tuesday 2026-04-07"),  # over Easter
        ("Tuesday 2026-04-07", -4, "Monday 2026-03-30"),
        ("Thursday 2027-05-06", 1, "Friday 2027-05-07"),  # counted from a day off
        ("Sunday 2027-02-28", 0, "Sunday 2027-02-28"),  # none counted: the day as it is
    ],
)
def test_so_many_working_days_from_a_day(start: str, count: int, end: str) -> None:
    assert PLAIN.add(read(start), count) == read(end)


def test_a_closed_klamdag_is_not_counted() -> None:
    closed = Workdays.with_closed([read("Friday 2027-05-07")])
    assert closed.add(read("Wednesday 2027-05-05"), 1) == read("Monday 2027-05-10")


@settings(max_examples=50)
@given(CALENDARS, DAYS, st.integers(1, 60))
def test_adding_and_counting_undo_each_other(calendar: Workdays, day: date, count: int) -> None:
    later = calendar.add(day, count)
    assert calendar.is_workday(later)
    assert calendar.between(day, later) == count
    assert calendar.between(later, day) == -count


@settings(max_examples=50)
@given(CALENDARS, DAYS, st.integers(1, 30))
def test_from_a_working_day_there_and_back_is_the_same_day(calendar: Workdays, day: date, count: int) -> None:
    start = calendar.next(day)
    assert calendar.add(calendar.add(start, count), -count) == start


@settings(max_examples=50)
@given(CALENDARS, DAYS)
def test_rolling_lands_on_the_nearest_working_day_of_its_side(calendar: Workdays, day: date) -> None:
    later, earlier = calendar.next(day), calendar.previous(day)
    assert earlier <= day <= later
    between = (earlier + timedelta(days=n) for n in range(1, (later - earlier).days))
    assert not any(calendar.is_workday(each) for each in between)
    assert calendar.is_workday(later)
    assert calendar.is_workday(earlier)


@settings(max_examples=50)
@given(DAYS)
def test_what_the_law_lets_wait_never_waits_on_an_ordinary_day(day: date) -> None:
    assert (lawful_until(day) == day) == (not is_lawful_day_off(day))
