"""What stays bad in ``/health`` is told by mail, once, at any hour, and that it is well again."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text

from actions.service.health import HealthPart
from actions.service.holding_letters import hold_letters
from app.part_health import Prefect, health
from flows.machine import Machine
from flows.service.alarm_job import BAD_FOR, WELL_FOR, Steady
from flows.service.watchdog import Watchdog
from store.plan.in_step import sync
from store.service.leases import RUNNER, beat
from tests.rig.acts import act
from tests.rig.outbox_letters import letter, write
from tests.rig.pages.hall import portal_of
from tests.rig.processes.mailbox_process import Stands
from tests.rig.rounds import OFFICE, house
from tests.rig.scenes import writing
from tests.rig.swedish_words import instant

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
        self.dog = Watchdog(machine, grace=timedelta(0), monotonic=lambda: self.clock.seconds)

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
        asyncio.run(self.dog.outbox.empty())
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
        hold_letters(act(session, SATURDAY_NIGHT, "Eva", "Fel frist."))  # also then: it is about the service itself
    words = "Körningar i Prefect har inte utförts."
    assert alarmed.after(BAD_FOR - 1, körningar=words) == []
    (told,) = alarmed.after(2, körningar=words)
    assert (it_address or OFFICE) in str(told["To"])
    assert str(told["Subject"]) == "Driftlarm: fel i körningar"
    said = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # each of our letters has one
    assert words in said and "/health" in said
    assert ("ARSHJUL_IT_ADDRESS)" in said) == bool(it_address)
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
    said = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # each of our letters has one
    assert "Prefect svarar inte." in " ".join(said.split()) and RUNNER in str(told["Subject"])


def week_of(alarmed: Alarmed, when: str) -> str:
    """Return the words of the week's letter, as the watchdog writes it."""
    alarmed.clock.now = instant(when)
    with writing(alarmed.dog.machine) as scene:
        sync(scene.session, scene.wheel, scene.now)
    asyncio.run(alarmed.dog.round())
    asyncio.run(alarmed.dog.outbox.empty())
    mails = [message_from_bytes(mime, policy=policy.default) for _, _, mime in alarmed.post.sent]
    (week,) = [mail for mail in mails if str(mail["Subject"]).startswith("Årshjulet v. ")]
    said = week.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # each of our letters has one
    return " ".join((str(week["Subject"]), *said.split()))


def test_the_monday_letter_says_what_is_wrong_in_the_words_of_health() -> None:
    alarmed, words = Alarmed(), "Prefects databas är trasig. Breven och portalen går ändå."
    alarmed.after(BAD_FOR, prefect=words)
    week = week_of(alarmed, "måndag 13 september 2027 kl. 07.00")
    assert "Fel i tjänsten" in week and words in week and "Databasen svarar" not in week


def test_the_monday_letter_names_what_waits_and_calls_no_full_mailbox_a_fault() -> None:
    alarmed = Alarmed()
    waits = letter(900, not_before=instant("tisdag 14 september 2027 kl. 07.00"))
    waits.tried_at, waits.pending = SATURDAY_NIGHT, {"mottagare-900@example.se": "452 4.2.2 Full"}
    write(alarmed.dog.machine.store, [waits, letter(901, not_before=SATURDAY_NIGHT)])  # the second waits for Monday
    alarmed.after(BAD_FOR - 60, prefect="Prefect svarar inte.")  # not for long: no matter yet
    week = week_of(alarmed, "måndag 13 september 2027 kl. 07.00")
    assert "brev väntar och prövas igen" in week and "mottagare-900@example.se: 452 4.2.2 Full" in week
    assert "fel i tjänsten" not in week.lower() and "Alla brev har lämnats över" not in week


@pytest.mark.parametrize(("job", "table"), [("väktare", "quiet"), ("loggkedja", "log")])
def test_a_job_that_fails_each_time_is_503_after_three_minutes_until_it_works(job: str, table: str) -> None:
    made, clock = house(), Stands(instant("måndag 13 september 2027 kl. 07.00"))
    machine = Machine(store=made.store, office=made.office, clock=clock, post=lambda: made.post)
    dog, began = Watchdog(machine, grace=timedelta(0)), clock.now
    work = {"väktare": dog.round, "loggkedja": dog.chain_log}[job]
    with writing(machine) as scene:
        sync(scene.session, scene.wheel, scene.now)
    browser = portal_of(machine)

    def ask(minutes: float) -> tuple[int, dict[str, Any]]:
        clock.now = began + timedelta(minutes=minutes)
        asyncio.run(dog._job(job, work))
        with machine.store.begin() as session:
            for part in ("väktare", "utkorg"):
                beat(session, part, clock.now)
        answer = browser.get("/health")
        return answer.status_code, answer.json()["parts"].get(job, {})

    with machine.store.begin() as session:
        session.execute(text(f'ALTER TABLE "{table}" RENAME TO broken'))
    assert [ask(minutes)[0] for minutes in (0, 1, 2.9)] == [200, 200, 200]
    status, part = ask(3)
    assert (status, part["ok"]) == (503, False)
    assert f"Jobbet ”{job}” misslyckas sedan måndag 13 september 2027 kl. 07.00" in part["text"]
    with machine.store.begin() as session:
        session.execute(text(f'ALTER TABLE broken RENAME TO "{table}"'))
    assert ask(4)[0] == 200
