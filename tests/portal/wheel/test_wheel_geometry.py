"""The wheel's geometry: every day in its place, and nothing upon anything else."""

import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.dial import days_in, middle_of, point, start_of
from portal.wheel.geometry import curve, month_spans, place, sector, stack, week_starts

pytestmark = pytest.mark.whole

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
YEARS = st.integers(1990, 2100)
LANES = (331.0, 298.0, 364.0)


@pytest.mark.parametrize(
    ("day", "turn"),
    [
        (date(2027, 1, 1), 0.0),
        (date(2028, 1, 1), 0.0),
        (date(2027, 7, 2), 182 / 365),  # a common year turns at noon on 2 July
        (date(2028, 7, 2), 183 / 366),  # a leap year turns as 2 July begins
        (date(2028, 2, 29), 59 / 366),
        (date(2027, 3, 1), 59 / 365),
        (date(2027, 12, 31), 364 / 365),
        (date(2028, 12, 31), 365 / 366),
    ],
)
def test_a_day_begins_at_its_share_of_the_turn(day, turn):
    assert start_of(day) == pytest.approx(turn)


@given(DAYS)
def test_every_day_lies_in_its_own_month_after_the_day_before_and_before_the_turn_is_full(day):
    start, end = month_spans(day.year)[day.month - 1]
    assert 0 <= start <= start_of(day) < middle_of(day) < end <= 1
    if day.day > 1:
        assert middle_of(day - timedelta(days=1)) < start_of(day)


@given(YEARS)
def test_months_fill_the_turn_without_a_gap(year):
    spans = month_spans(year)
    assert (len(spans), spans[0][0], spans[-1][1]) == (12, 0.0, 1.0)
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert round((spans[1][1] - spans[1][0]) * days_in(year)) == (29 if days_in(year) == 366 else 28)


@given(YEARS)
def test_weeks_begin_on_the_years_mondays_with_their_own_numbers(year):
    weeks = week_starts(year)
    every = [date(year, 1, 1) + timedelta(days=days) for days in range(days_in(year))]
    assert list(weeks) == [(start_of(day), day.isocalendar().week) for day in every if day.weekday() == 0]


def test_2027_begins_in_the_week_53_of_the_year_before():
    assert week_starts(2027)[0] == (3 / 365, 1)  # Monday 4 January
    assert week_starts(2029)[0] == (0.0, 1)  # 1 January 2029 is a Monday


def test_a_turn_goes_clockwise_from_the_top_with_y_downwards():
    assert [point(turn, 10) for turn in (0, 0.25, 0.5, 0.75)] == [(0, -10), (10, 0), (0, 10), (-10, 0)]


def test_paths_take_the_long_way_round_only_for_more_than_half_a_turn():
    assert curve(0, 0.25, 10) == "M0.0 -10.0A10 10 0 0 1 10.0 -0.0"
    assert " 0 1 1 " in curve(0, 0.75, 10) and " 0 0 0 " in curve(0.25, 0, 10)
    assert sector(0, 0.25, 5, 10) == "M0.0 -10.0A10 10 0 0 1 10.0 -0.0L5.0 -0.0A5 5 0 0 0 0.0 -5.0Z"


@given(st.lists(st.floats(0, 0.999), max_size=50))
def test_no_two_marks_lie_upon_each_other_and_none_leaves_its_days_or_its_lanes(turns):
    spots, size = place(sorted(turns), LANES, 33, 6 / 365)
    assert len(spots) == len(turns) and 3.3 <= size <= 33
    for turn, spot in zip(sorted(turns), spots, strict=True):
        assert abs(spot.turn - turn) <= 6 / 365 + 1e-9 and 0 <= spot.turn < 1 and spot.radius in LANES
    places = [point(spot.turn, spot.radius) for spot in spots]
    near = [math.dist(one, other) for at, one in enumerate(places) for other in places[:at]]
    assert min(near, default=size) >= size - 0.02  # points are rounded to hundredths


@given(st.lists(DAYS, min_size=1, max_size=12, unique_by=lambda day: day.month))
def test_marks_a_month_apart_keep_their_exact_days_and_full_size(days):
    turns = [middle_of(date(2027, day.month, 15)) for day in sorted(days)]
    spots, size = place(turns, LANES, 33, 6 / 365)
    assert ([spot.turn for spot in spots], size) == (turns, 33)


def test_new_years_eve_is_never_nudged_into_the_january_before():
    turns = [middle_of(date(2027, 12, 31))] * 6 + [middle_of(date(2027, 1, 1))] * 6
    spots, _ = place(turns, LANES, 33, 6 / 365)
    assert all(spot.turn > 0.9 for spot in spots[:6]) and all(spot.turn < 0.1 for spot in spots[6:])


def test_more_marks_than_can_be_told_apart_keep_their_days():
    turns = [0.5] * 3000
    spots, size = place(turns, LANES, 33, 1 / 365)
    assert len(spots) == 3000 and {spot.turn for spot in spots} == {0.5} and size < 3.3


@given(
    st.lists(st.tuples(st.floats(-500, 500), st.floats(10, 60)), max_size=16),
)
def test_labels_keep_their_order_never_overlap_and_stay_on_the_page(labels):
    wanted, heights = sorted(want for want, _ in labels), [height for _, height in labels]
    middles = stack(wanted, heights, -500, 500)
    edges = [(middle - height / 2, middle + height / 2) for middle, height in zip(middles, heights, strict=True)]
    assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(edges))
    assert all(low >= -500 - 1e-6 and high <= 500 + 1e-6 for low, high in edges)


def test_labels_that_have_room_stand_where_they_want_and_two_that_push_share_it():
    assert stack([-100, 0, 100], [20, 20, 20], -500, 500) == [-100, 0, 100]
    assert stack([0, 0], [20, 20], -500, 500) == [-10, 10]


def test_labels_higher_than_the_page_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        stack([0, 0], [300, 300], -250, 250)
