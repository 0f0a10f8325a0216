"""A service that dies at any of its named points, as a seed decides, ends up where one that lives in peace does."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select

from actions.ladder.rounds import bring_up
from actions.scene import Scene
from notifications.post.outbox import LEASE, empty
from store.plan.in_step import sync
from store.tables import Matter, NoticeRow, ObligationRow, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import PDF
from tests.rig.processes.faults import POINTS, WITHIN, Chance, FaultyPost, FaultyStore, Killed
from tests.rig.rounds import House, house
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

#: the delårsrapport of 2027, due Tuesday 21 September: first letters, reminders, late, up the ladder
BIN_UNDERLAG = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"
OMN_UNDERLAG = "strandby/delarsrapport/2027-08/omsorgsnamnden/underlag"
DAYS = ("fredag 10", "tisdag 14", "onsdag 22", "måndag 27", "tisdag 28")
AGAIN = LEASE + timedelta(minutes=5)  #: a service is started again so long after it died: its leases are over
QUIET, SEEDS = 0, (1, 2)


@dataclass
class Life:
    """A service that has lived through the days."""

    service: House
    chance: Chance
    at_risk: list[bytes]  #: the letter that the server had taken last, each time that the service died


@cache
def live(seed: int) -> Life:
    """Live through the days; who dies starts again, and who waits for an answer asks again."""
    chance, at_risk = Chance(seed, times=0 if seed == QUIET else 2), list[bytes]()
    service = house()
    faulty = House(FaultyStore(service.store, chance), service.office, FaultyPost(chance))
    for day in DAYS:
        if day == "tisdag 14":
            keep_handing_in(faulty, BIN_UNDERLAG, instant("tisdag 14 september 2027 kl. 06.00"))
        if day == "måndag 27":
            keep_handing_in(faulty, OMN_UNDERLAG, instant("måndag 27 september 2027 kl. 06.00"))
        now, done = instant(f"{day} september 2027 kl. 07.00"), False
        while not done:
            try:
                done = look_after(faulty, now)
            except Killed:
                at_risk += [mime for _, _, mime in faulty.post.sent[-1:]]
            now += AGAIN
    return Life(faulty, chance, at_risk)


def look_after(service: House, now: datetime) -> bool:
    """Do what the watchdog does at one instant; tell whether nothing was left to hand over."""
    with service.store.begin() as session:
        scene = Scene(session, service.office, now)
        sync(session, scene.wheel, now)
        bring_up(scene)
    tally = asyncio.run(empty(service.store, service.post, lambda: now, connections=1))
    return not tally.deferred and not tally.handed


def keep_handing_in(service: House, key: str, now: datetime) -> None:
    """Hand everything in, and press again until the page has answered."""
    wheel = None
    while True:
        with suppress(Killed):
            with service.store.begin() as session:
                wheel = wheel or Scene(session, service.office, now).wheel
                for part in wheel.obligations[key].parts:
                    upload = Upload(filename="a.pdf", content=PDF)
                    receive(session, wheel, key, part.id, upload=upload, by="chef", via="länk", now=now)
            return


def letters(service: House) -> Counter[tuple[str, str]]:
    return Counter((str(mail["X-Arshjul-Key"]), str(mail["To"])) for mail in service.mails())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_letter_goes_and_none_twice_but_those_that_the_server_had_taken(seed: int) -> None:
    life, quiet = live(seed), live(QUIET)
    assert life.chance.struck == dict.fromkeys(POINTS, 2)
    assert set(letters(life.service)) == set(letters(quiet.service))
    assert set(letters(quiet.service).values()) == {1}
    sent = Counter(mime for _, _, mime in life.service.post.sent)
    assert len(sent) == letters(quiet.service).total()  # one that went twice has the same bytes
    assert sent - Counter(life.at_risk) <= Counter(dict.fromkeys(sent, 1))
    assert kept(life.service) == kept(quiet.service)


def kept(service: House) -> dict[str, list[Any]]:
    """Return what the store says at the end, less instants: they are later where the service had died."""
    asked = {
        "states": select(ObligationRow.key, ObligationRow.state),
        "versions": select(Submission.obligation_key, Submission.part, Submission.version),
        "told": select(NoticeRow.key, NoticeRow.rung, NoticeRow.passed),
        "matters": select(Matter.obligation_key, Matter.state),
    }
    with service.store.read() as session:
        return {name: sorted(map(str, session.execute(each))) for name, each in asked.items()}


def test_the_same_seed_strikes_at_the_same_passings_and_another_at_others() -> None:
    first, same, other = ([chance.strikes(POINTS[0]) for _ in range(WITHIN)] for chance in map(Chance, (1, 1, 2)))
    assert first == same != other and sum(first) == sum(other) == 2
