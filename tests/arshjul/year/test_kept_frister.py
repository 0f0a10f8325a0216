"""A new plan never takes time from somebody who was told, and does not rewrite what has been."""

from datetime import datetime

import pytest

from arshjul.keys import ObligationKey
from arshjul.swedish import STOCKHOLM
from arshjul.year.kept_frister import KnownFrist, kept_as_past, kept_as_told

KEY = ObligationKey("strandby/delarsrapport/2027-08/skolan/underlag")


def day(number: int, month: int = 9) -> datetime:
    return datetime(2027, month, number, 17, tzinfo=STOCKHOLM)


FRIDAY_10, MONDAY_13, FRIDAY_17, MONDAY_20 = day(10), day(13), day(17), day(20)


@pytest.mark.parametrize(
    ("told", "planned", "stands"),
    [
        (MONDAY_13, FRIDAY_10, MONDAY_13),  # the plan has it earlier: what was told stands
        (MONDAY_13, MONDAY_13, None),
        (MONDAY_13, FRIDAY_17, None),  # later is welcome
        (None, FRIDAY_10, None),  # nobody was told
    ],
)
def test_what_somebody_was_told_never_moves_earlier(told, planned, stands):
    known = [KnownFrist(key=KEY, told=told, at=MONDAY_13)]

    assert kept_as_told({KEY: planned}, known) == ({KEY: stands} if stands else {})


@pytest.mark.parametrize(
    ("was", "planned", "closed", "now", "stands"),
    [
        (MONDAY_13, FRIDAY_10, False, MONDAY_20, MONDAY_13),  # within what is past: as it was
        (FRIDAY_10, MONDAY_13, False, MONDAY_20, FRIDAY_10),
        (FRIDAY_10, MONDAY_13, True, MONDAY_20, None),  # a late closing moves it later, also when recorded late
        (MONDAY_13, FRIDAY_10, True, MONDAY_20, MONDAY_13),  # but never earlier
        (FRIDAY_10, FRIDAY_17, False, MONDAY_13, None),  # into what is to come: it moves
        (MONDAY_13, MONDAY_13, False, MONDAY_20, None),  # it does not move
    ],
)
def test_what_has_been_is_not_moved_within_the_past(was, planned, closed, now, stands):
    known = [KnownFrist(key=KEY, told=None, at=was)]

    kept = kept_as_past({KEY: planned}, known, {KEY.period} if closed else (), now)

    assert kept == ({KEY: stands} if stands else {})


def test_what_is_not_in_the_plan_has_no_frist_to_keep():
    known = [KnownFrist(key=KEY, told=MONDAY_13, at=MONDAY_13)]

    assert kept_as_told({}, known) == {}
    assert kept_as_past({}, known, (), MONDAY_20) == {}
