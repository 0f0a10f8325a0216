"""A later ledger file reopens what a skola handed in: its nämnd, which had approved it in time, is not late for that."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in
from actions.underlag.reopenings import take_in_ledger
from arshjul.definition.model import without_contents
from arshjul.definition.reading import Sourced, read_definition
from arshjul.keys import ObligationKey, PartId
from arshjul.ladder.standing import State
from arshjul.swedish import local_date
from store.handins import versions
from submissions.ledger.ledger_reading import read_ledger
from submissions.standing.states import states_of
from tests.rig.acts import act
from tests.rig.files.books import book, filled
from tests.rig.load import text
from tests.rig.rounds import House, house
from tests.rig.swedish_words import instant

SKOLAN, VIKSKOLAN, NAMNDEN = (
    ObligationKey(f"bergvik/prognos/2027-04/{each}")
    for each in ("bergskolan/enhetens", "vikskolan/enhetens", "skolnamnden/underlag")
)
LEDGER = """
bokföring:
  kommunen:
    {företag: Bergviks kommun, resultatkonton: 3000-8999, dimension: "1", avrundning tkr: 1, öppnar på nytt tkr: 50, rättas inom arbetsdagar: 3, källa: plan § 9}
enheter:
"""
OF_SKOLAN = 'under: skolnamnden, bokföring: kommunen, verksamheter: {skola: {namn: Skola, objekt: ["200"]}}'


@cache
def with_a_ledger_below() -> Sourced:
    """Bergvik, where the enheter's prognoser go by way of the nämnd, and a skola has its own kostnadsställe."""
    changed = text("bergvik").replace("\nenheter:\n", LEDGER)
    changed = changed.replace("under: skolnamnden", OF_SKOLAN, 1).replace("        direkt: true\n", "")
    changed = changed.replace(
        "        namn: nämndens prognos\n", "        namn: nämndens prognos\n        samlar: enhetens\n"
    )
    sourced = read_definition(changed, "bergvik.yaml")
    units = {each: sourced.definition.units[each] for each in ("skolnamnden", "bergskolan", "vikskolan")}
    return replace(sourced, definition=without_contents(sourced.definition).model_copy(update={"units": units}))


@pytest.fixture
def service() -> House:
    made = house(with_a_ledger_below(), since=date(2027, 3, 1))
    made.start("måndag 3 maj 2027 kl. 09.00")
    return made


def take_in(service: House, when: str, **more: int) -> None:
    content = book(month=4, company="Bergviks kommun", objects={"200": "Skola"}, more=more)
    read = read_ledger(service.office.definition, content, "bok.se")
    with service.store.begin() as session:
        take_in_ledger(act(session, instant(when), office=service.office), read)


def stands(service: House, key: ObligationKey, when: str) -> tuple[date, State]:
    with service.store.read() as session:
        wheel = Scene(session, service.office, instant(when)).wheel
        one = wheel.obligations[key]
        found = states_of(session, wheel, [one], service.office.since, instant(when))
        return local_date(one.deadline.at), found[key]


def skolan_hands_in(service: House, when: str) -> None:
    """Hand in what the ledger of April says."""
    service.hand_in(SKOLAN, when)
    with service.store.begin() as session:
        newest = versions.newest(session, [SKOLAN])[SKOLAN, "ekonomi"]
        newest.content = filled("ekonomi-manad", {"skola": {"utfall": "720", "budget": "760"}})


def approve(service: House, part: str, when: str) -> None:
    with service.store.begin() as session:
        given = act(session, instant(when), "Chefen", office=service.office)
        (outcome,) = hand_in(
            given, None, [PartHandedIn(key=NAMNDEN, part=PartId(part), fields={"godkänns": "ja"})], via="länk"
        )
    assert outcome.refusal is None


def test_the_namnd_that_had_approved_in_time_has_a_day_more_than_the_skola_and_hears_of_no_delay(
    service: House,
) -> None:
    take_in(service, "tisdag 4 maj 2027 kl. 09.00")
    skolan_hands_in(service, "fredag 7 maj 2027 kl. 09.00")
    service.hand_in(VIKSKOLAN, "fredag 7 maj 2027 kl. 09.00")
    service.hand_in(NAMNDEN, "måndag 10 maj 2027 kl. 09.00")
    for part in ("enhetens-bergskolan", "enhetens-vikskolan"):
        approve(service, part, "måndag 10 maj 2027 kl. 10.00")
    assert stands(service, NAMNDEN, "torsdag 20 maj 2027 kl. 09.00") == (date(2027, 5, 19), State.KOMPLETT)

    take_in(service, "måndag 24 maj 2027 kl. 09.00", **{"200": 300_000})

    after = "måndag 24 maj 2027 kl. 10.00"
    assert stands(service, SKOLAN, after) == (date(2027, 5, 27), State.ANSTAND)  # Thursday
    assert stands(service, NAMNDEN, after) == (date(2027, 5, 28), State.ANSTAND)  # Friday
    told = [each for day in ("tisdag 25", "onsdag 26", "torsdag 27") for each in morning(service, day)]
    assert told and not [subject for subject in told if "Försenat" in subject]


def test_a_namnd_that_owed_something_of_its_own_gets_no_more_time_for_it(service: House) -> None:
    take_in(service, "tisdag 4 maj 2027 kl. 09.00")
    skolan_hands_in(service, "fredag 7 maj 2027 kl. 09.00")
    take_in(service, "måndag 24 maj 2027 kl. 09.00", **{"200": 300_000})
    assert stands(service, NAMNDEN, "måndag 24 maj 2027 kl. 10.00") == (date(2027, 5, 19), State.FORSENAD)


def morning(service: House, day: str) -> list[str]:
    before = len(service.post.sent)
    service.round(f"{day} maj 2027 kl. 08.00")
    return [str(mail["Subject"]) for mail in service.mails()[before:]]
