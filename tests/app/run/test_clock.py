"""The virtual clock ticks as the machine's, and all processes show the same time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.clock import RealClock, VirtualClock, clock_for
from app.settings import Settings, SettingsError
from arshjul.swedish import STOCKHOLM

START = datetime(2027, 9, 10, 6, 55, tzinfo=STOCKHOLM)
SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class FakeMachine:
    """The machine's clock, set by hand."""

    now: datetime = SINCE

    def __call__(self) -> datetime:
        return self.now


def test_the_virtual_clock_ticks_as_the_machines_does():
    machine = FakeMachine()
    clock = VirtualClock(START, SINCE, machine)
    assert clock() == START
    machine.now += timedelta(hours=1, seconds=5)
    assert clock() == START + timedelta(hours=1, seconds=5)


def test_the_virtual_clock_follows_the_machine_backwards():
    machine = FakeMachine(SINCE - timedelta(minutes=3))
    assert VirtualClock(START, SINCE, machine)() == START - timedelta(minutes=3)


def test_a_virtual_day_across_summer_times_end_lasts_25_real_hours():
    clock = VirtualClock(datetime(2027, 10, 30, 12, tzinfo=STOCKHOLM), SINCE, FakeMachine())
    assert clock.real(datetime(2027, 10, 31, 12, tzinfo=STOCKHOLM)) == SINCE + timedelta(hours=25)


def test_a_virtual_instant_happens_when_the_virtual_clock_shows_it():
    machine = FakeMachine()
    clock = VirtualClock(START, SINCE, machine)
    instant = START + timedelta(days=4, minutes=5)
    machine.now = clock.real(instant)
    assert clock() == instant


def test_the_real_clock_needs_no_translation():
    assert RealClock().real(START) == START
    assert RealClock()().tzinfo is UTC


def test_processes_that_are_told_since_show_the_same_time():
    settings = Settings(now=START)
    one, other = (clock_for(settings, {"ARSHJUL_NOW_SINCE": SINCE.isoformat()}) for _ in range(2))
    assert one == other == VirtualClock(START, SINCE)


def test_without_a_since_the_virtual_clock_starts_now():
    assert abs(clock_for(Settings(now=START), {})() - START) < timedelta(seconds=5)


def test_without_a_now_the_clock_is_the_machines():
    assert clock_for(Settings(), {"ARSHJUL_NOW_SINCE": SINCE.isoformat()}) == RealClock()


@pytest.mark.parametrize("told", ["igår", "2026-11-22T12:00"])
def test_a_since_that_is_no_instant_is_refused(told):
    with pytest.raises(SettingsError, match="ARSHJUL_NOW_SINCE"):
        clock_for(Settings(now=START), {"ARSHJUL_NOW_SINCE": told})
