"""Who leads: one service at a time, by a lease that runs out."""

from datetime import datetime, timedelta

import pytest

from arshjul.swedish import STOCKHOLM
from store.service.leases import give_up_lead, take_lead
from tests.rig.handins import empty_store

pytestmark = pytest.mark.whole

LEAD = timedelta(seconds=90)
AT = datetime(2027, 9, 10, 9, 0, tzinfo=STOCKHOLM)


def seconds(count: float) -> datetime:
    return AT + timedelta(seconds=count)


@pytest.fixture
def session():
    with empty_store().begin() as session:
        assert take_lead(session, "första", LEAD, AT)
        yield session


@pytest.mark.parametrize(
    ("at", "leads"),
    [
        (1, False),
        (89, False),
        (90, True),  # the lease has run out
        (91, True),
        (-20, False),  # it waited for the database, and is later in truth than it knows
        (-90, False),
        (-91, True),  # the clock was set back: nobody shall wait until it is there again
        (-3600, True),
    ],
)
def test_another_service_leads_when_the_lease_has_run_out_or_the_clock_was_set_back(session, at, leads):
    assert take_lead(session, "andra", LEAD, seconds(at)) is leads


def test_who_leads_keeps_the_lead(session):
    assert take_lead(session, "första", LEAD, seconds(60))
    assert not take_lead(session, "andra", LEAD, seconds(149))
    assert take_lead(session, "andra", LEAD, seconds(150))
    assert not take_lead(session, "första", LEAD, seconds(151))


def test_who_gives_the_lead_up_lets_the_next_one_in_at_once(session):
    give_up_lead(session, "andra", seconds(1))  # it never led
    assert not take_lead(session, "andra", LEAD, seconds(2))
    give_up_lead(session, "första", seconds(3))
    assert take_lead(session, "andra", LEAD, seconds(3))
