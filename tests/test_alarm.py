"""What stays bad in ``/health`` is told by mail, once, at any hour, and that it is well again."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from app.health import Prefect, health
from flows.alarm import BAD_FOR, WELL_FOR, Steady
from flows.machine import Machine
from flows.watchdog import Watchdog
from notifications.health import HealthPart
from store.holding import hold
from store.leases import RUNNER
from tests.mailbox_process import Stands
from tests.swedish_words import instant
from tests.test_rounds import OFFICE, house

pytestmark = pytest.mark.whole

SATURDAY_NIGHT = instant("lördag 11 september 2027 kl. 03.00")
IT = "drift@example.se"


class Alarmed:
    """The watchdog's alarm, over parts that the test sets and clocks that it moves."""

    def __init__(self, **orders: Any) -> None:
        made = house(utskick=orders.pop("utskick", "skarpt"))
        self.post, self.clock = made.post, Stands(SATURDAY_NIGHT)
        self.parts: Mapping[str, HealthPart] = {"utkorg": HealthPart(ok=True, text="Utkorgen arbetar.")}
        machine = Machine(
            store=made.store,
            office=made.office,
            clock=self.clock,
            post=lambda: made.post,
            health=lambda: self.parts,
            **orders,
        )
        self.dog = Watchdog(machine, monotonic=lambda: self.clock.seconds)

    def after(self, seconds: float, **wrong: str) -> list[EmailMessage]:
        """Let time pass with these parts wrong all the while; return what was handed over."""
        before = len(self.post.sent)
        self.parts = {"databas": HealthPart(ok=True, text="Databasen svarar.")} | {
            name: HealthPart(ok=False, text=words) for name, words in wrong.items()
        }
        for step in (0, seconds):
            self.clock.seconds += step
            self.clock.now += timedelta(seconds=step)
            asyncio.run(self.dog._alarm.look())
        asyncio.run(self.dog.empty_outbox())
        return [message_from_bytes(mime, policy=policy.default) for _, _, mime in self.post.sent[before:]]


def test_only_what_lasts_counts_and_an_interruption_counts_anew() -> None:
    steady = Steady()
    assert [steady.look(bad=True, now=at) for at in (0, BAD_FOR - 1, BAD_FOR)] == [None, None, True]
    assert [steady.look(bad=False, now=at) for at in (1000, 1000 + WELL_FOR - 1)] == [None, None]
    assert steady.look(bad=True, now=2000) is None
    assert [steady.look(bad=False, now=at) for at in (2100, 2100 + WELL_FOR)] == [None, False]


@pytest.mark.parametrize("utskick", ["av", "skugga", "skarpt"])
@pytest.mark.parametrize("it_address", [None, IT])
def test_one_letter_when_it_goes_bad_and_one_when_it_is_well_at_any_hour(utskick: str, it_address: str | None) -> None:
    alarmed = Alarmed(utskick=utskick, it_address=it_address)
    with alarmed.dog.machine.store.begin() as session:
        hold(session, "Eva", "Fel frist.", SATURDAY_NIGHT)  # also then: it is about the service itself
    words = "Körningar i Prefect har inte utförts."
    assert alarmed.after(BAD_FOR - 1, körningar=words) == []
    (told,) = alarmed.after(2, körningar=words)
    assert (it_address or OFFICE) in str(told["To"])
    assert str(told["Subject"]) == "Driftlarm: fel i körningar"
    text = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # each of our letters has one
    assert words in text and "/health" in text
    assert ("ARSHJUL_IT_ADDRESS)" in text) == bool(it_address)
    assert alarmed.after(3600, körningar=words, utkorg="Inga brev går.") == []  # what joins is no letter of its own
    assert alarmed.after(WELL_FOR - 1) == []
    (well,) = alarmed.after(2)
    assert str(well["Subject"]) == "Driftlarmet är över: tjänsten arbetar igen" and well["To"] == told["To"]
    assert alarmed.after(3600) == []
    (again,) = alarmed.after(BAD_FOR, utkorg="Inga brev går.")
    assert again["X-Arshjul-Key"] != told["X-Arshjul-Key"]


def test_a_fault_that_comes_and_goes_is_no_flood_and_a_new_leader_goes_on_with_the_episode() -> None:
    alarmed = Alarmed()
    assert len(alarmed.after(BAD_FOR, utkorg="Inga brev går.")) == 1
    for _ in range(20):
        assert alarmed.after(60) == []
        assert alarmed.after(BAD_FOR, utkorg="Inga brev går.") == []
    alarmed.dog = Watchdog(alarmed.dog.machine, monotonic=lambda: alarmed.clock.seconds)
    assert alarmed.after(BAD_FOR, utkorg="Inga brev går.") == []
    assert len(alarmed.after(WELL_FOR)) == 1


def test_prefect_and_the_runner_count_too() -> None:
    alarmed = Alarmed()
    machine = alarmed.dog.machine
    asks = replace(machine, health=lambda: health(machine, Prefect(api="http://127.0.0.1:1/api")))
    alarmed.dog = Watchdog(asks, monotonic=lambda: alarmed.clock.seconds)
    (told,) = alarmed.after(BAD_FOR)
    text = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # each of our letters has one
    assert "Prefect svarar inte." in " ".join(text.split()) and RUNNER in str(told["Subject"])
