"""Levels in drift: what is below is approved and carried up, and nobody is late in another's name without a word of it."""

from datetime import date
from functools import cache

import pytest
from sqlalchemy import select

from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in
from actions.underlag.sending_back import send_back, send_back_below
from actions.underlag.taking_away import take_away
from arshjul.keys import ObligationKey, PartId
from arshjul.ladder.standing import State
from arshjul.swedish import local_date
from portal.lage.view import detail
from store.tables import Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from submissions.standing.completeness import below_words, lacks, part_states
from submissions.standing.states import states_of
from tests.rig.acts import act
from tests.rig.handins import PDF
from tests.rig.rounds import House, body, house, name_of, only
from tests.rig.swedish_words import instant

NORR, SODER = (ObligationKey(f"bergvik/aktivitetsplaner/2027/hemtjanst-{each}/plan") for each in ("norr", "soder"))
ALDRE = ObligationKey("bergvik/aktivitetsplaner/2027/aldreomsorgen/verksamhetens")
OMSORG = ObligationKey("bergvik/aktivitetsplaner/2027/omsorgsnamnden/underlag")
FROM_NORR, FROM_SODER = PartId("plan-hemtjanst-norr"), PartId("plan-hemtjanst-soder")
FROM_ALDRE = PartId("verksamhetens-aldreomsorgen")


@cache
def _begun() -> House:
    town = ("omsorgsnamnden", "aldreomsorgen", "hemtjanst-norr", "hemtjanst-soder")
    service = house(only("aktivitetsplaner", town="bergvik", units=town), since=date(2026, 9, 1))
    service.start("måndag 28 september 2026 kl. 09.00")
    return service


@pytest.fixture
def service() -> House:
    return _begun().copy()


def approve(service: House, key: ObligationKey, part: PartId, when: str, *, without: str | None = None) -> str | None:
    """Approve as the page does, or carry up ``without``; return why it was refused."""
    with service.store.begin() as session:
        given = act(session, instant(when), "Chefen", office=service.office)
        what = PartHandedIn(key=key, part=part, fields=None if without else {"godkänns": "ja"}, ej_aktuellt=without)
        (outcome,) = hand_in(given, None, [what], via="länk")
    return outcome.refusal


def carry_up(service: House) -> None:
    """Hand in below on Friday the 9th, and approve on the Monday and the Tuesday after it, level by level."""
    for key in (NORR, SODER):
        service.hand_in(key, "fredag 9 oktober 2026 kl. 10.00")
    for part in (FROM_NORR, FROM_SODER):
        approve(service, ALDRE, part, "måndag 12 oktober 2026 kl. 10.00")
    approve(service, OMSORG, FROM_ALDRE, "tisdag 13 oktober 2026 kl. 10.00")


def stands(service: House, when: str) -> dict[str, State]:
    now = instant(when)
    with service.store.read() as session:
        wheel = Scene(session, service.office, now).wheel
        found = states_of(
            session, wheel, [wheel.obligations[key] for key in (NORR, SODER, ALDRE, OMSORG)], service.office.since, now
        )
        return {key.unit: found[key] for key in (NORR, SODER, ALDRE, OMSORG)}


def missing(service: House, key: ObligationKey, when: str) -> list[str]:
    with service.store.read() as session:
        one = Scene(session, service.office, instant(when)).wheel.obligations[key]
        states = part_states(session, [one])[key]
        return [below_words(states), *(lack[0] for each in states if (lack := lacks(each)))]


def test_what_comes_in_below_is_preliminary_until_it_is_approved_one_level_at_a_time(service: House) -> None:
    at = "fredag 9 oktober 2026 kl. 10.00"
    service.hand_in(NORR, at)
    assert stands(service, at)["hemtjanst-norr"] is State.PRELIMINAR
    assert missing(service, ALDRE, at) == [
        "1 av 2 enheter under har lämnat; väntar på hemtjänst söder",
        "är inlämnad men inte godkänd",
        "väntar på hemtjänst söder, senast torsdag 15 oktober 2026",
    ]
    assert approve(service, ALDRE, FROM_NORR, at) is None
    service.hand_in(SODER, at)
    assert approve(service, ALDRE, FROM_SODER, "måndag 12 oktober 2026 kl. 10.00") is None
    after = "tisdag 13 oktober 2026 kl. 10.00"
    assert stands(service, after) == {
        "hemtjanst-norr": State.KOMPLETT,
        "hemtjanst-soder": State.KOMPLETT,
        "aldreomsorgen": State.PRELIMINAR,
        "omsorgsnamnden": State.KOMMANDE,
    }
    assert approve(service, OMSORG, FROM_ALDRE, after) is None
    assert stands(service, after)["aldreomsorgen"] is State.KOMPLETT


def test_what_is_not_all_in_cannot_be_approved_but_carried_up_without_and_why(service: House) -> None:
    at = "fredag 30 oktober 2026 kl. 10.00"
    refusal = approve(service, ALDRE, FROM_NORR, at)
    assert refusal and "allt är inte inne än" in refusal and "Vänta på hemtjänst norr" in refusal
    why = "Enheten startar först i mars nästa år."
    assert approve(service, ALDRE, FROM_NORR, at, without=why) is None
    assert missing(service, ALDRE, at) == [
        "1 av 2 enheter under har lämnat; väntar på hemtjänst söder",
        "väntar på hemtjänst söder, senast torsdag 15 oktober 2026",
    ]
    assert stands(service, at)["hemtjanst-norr"] is State.FORSENAD, "what it owes it still owes"


def test_a_new_version_before_the_frist_above_is_approved_anew_and_after_it_makes_nobody_late(service: House) -> None:
    for key in (NORR, SODER):
        service.hand_in(key, "fredag 9 oktober 2026 kl. 10.00")
    for part in (FROM_NORR, FROM_SODER):
        approve(service, ALDRE, part, "måndag 12 oktober 2026 kl. 10.00")
    again(service, NORR, "tisdag 27 oktober 2026 kl. 10.00")
    assert missing(service, ALDRE, "tisdag 27 oktober 2026 kl. 11.00") == [
        "2 av 2 enheter under har lämnat, 1 godkänd",
        "är inlämnad på nytt efter godkännandet men inte godkänd",
    ]
    assert approve(service, ALDRE, FROM_NORR, "tisdag 27 oktober 2026 kl. 12.00") is None
    again(service, NORR, "fredag 30 oktober 2026 kl. 10.00")  # the verksamhet's frist was torsdag 29 oktober
    assert stands(service, "fredag 30 oktober 2026 kl. 11.00")["aldreomsorgen"] is State.PRELIMINAR


@pytest.mark.parametrize("way", ["återremiss", "borttagen"])
def test_an_approval_of_what_was_sent_back_or_taken_away_counts_no_more_whenever_the_new_one_comes(
    service: House, way: str
) -> None:
    """One level at a time, also when the frister above have passed."""
    carry_up(service)
    when = "måndag 14 december 2026 kl. 10.00"  # after every frist
    with service.store.begin() as session:
        by_office = act(session, instant(when), why="fel enhets siffror", office=service.office)
        if way == "återremiss":
            send_back(by_office, NORR, (), date(2026, 12, 16))
        else:
            (version,) = session.scalars(select(Submission.id).where(Submission.obligation_key == NORR))
            take_away(by_office, NORR, version, "misstag", date(2026, 12, 16), decision="KS 2026 § 12")
    again(service, NORR, "tisdag 15 december 2026 kl. 10.00")
    after = "tisdag 15 december 2026 kl. 11.00"
    lack = "är inlämnad på nytt efter godkännandet men inte godkänd"
    assert missing(service, ALDRE, after) == ["2 av 2 enheter under har lämnat, 1 godkänd", lack]
    assert stands(service, after)["hemtjanst-norr"] is State.PRELIMINAR
    assert approve(service, ALDRE, FROM_NORR, after) is None
    after = "tisdag 15 december 2026 kl. 12.00"
    assert missing(service, ALDRE, after) == ["2 av 2 enheter under har lämnat, 2 godkända"]
    assert lack in missing(service, OMSORG, after)
    assert approve(service, OMSORG, FROM_ALDRE, after) is None
    assert lack not in missing(service, OMSORG, after)


@pytest.mark.parametrize("way", ["återremiss", "nivån ovanför", "borttagen"])
def test_those_above_who_were_done_have_a_day_each_to_approve_anew_and_nobody_is_told_that_they_are_late(
    service: House, way: str
) -> None:
    """What they did was in time: only what they had approved was taken back."""
    carry_up(service)
    service.hand_in(OMSORG, "onsdag 14 oktober 2026 kl. 10.00")
    when, until = (
        instant("onsdag 18 november 2026 kl. 10.00"),
        date(2026, 11, 20),
    )  # the last frist above was 16 november
    with service.store.begin() as session:
        by = act(session, when, why="fel enhets siffror", office=service.office)
        if way == "återremiss":
            send_back(by, NORR, (), until)
        elif way == "nivån ovanför":
            above = by.scene.wheel.obligations[ALDRE]
            send_back_below(by, above, next(each for each in above.parts if each.id == FROM_NORR), until)
        else:
            (version,) = session.scalars(select(Submission.id).where(Submission.obligation_key == NORR))
            take_away(by, NORR, version, "misstag", until, decision="KS 2026 § 12")
    with service.store.read() as session:
        wheel = Scene(session, service.office, when).wheel
        assert [local_date(wheel.obligations[key].deadline.at) for key in (NORR, ALDRE, OMSORG)] == [
            date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)
        ]  # fmt: skip
    again(service, NORR, "torsdag 19 november 2026 kl. 15.00")
    assert stands(service, "torsdag 19 november 2026 kl. 16.00")["aldreomsorgen"] is State.ANSTAND
    days = ("torsdag 19 november 2026", "fredag 20 november 2026", "måndag 23 november 2026")
    told = [each for day in days for each in morning(service, day)]
    assert ("aldreomsorgen", "Påminnelse 23 nov: verksamhetens aktivitetsplaner, 2027") in told
    assert not [subject for _, subject in told if "Försenat" in subject]


def test_one_above_who_owed_something_of_its_own_gets_no_more_time_for_it(service: House) -> None:
    for key in (NORR, SODER):
        service.hand_in(key, "fredag 9 oktober 2026 kl. 10.00")
    approve(service, ALDRE, FROM_NORR, "måndag 12 oktober 2026 kl. 10.00")  # and not what söder handed in
    with service.store.begin() as session:
        by = act(session, instant("måndag 2 november 2026 kl. 10.00"), why="fel siffror", office=service.office)
        send_back(by, NORR, (), date(2026, 11, 4))
        wheel = by.anew().scene.wheel
        assert local_date(wheel.obligations[ALDRE].deadline.at) == date(2026, 10, 29)


def again(service: House, key: ObligationKey, when: str) -> None:
    with service.store.begin() as session:
        wheel = Scene(session, service.office, instant(when)).wheel
        name = f"{when}.pdf"
        receive(session, wheel, key, PartId("plan"), upload=Upload(filename=name, content=PDF + when.encode()),
                fields={}, by="chef", via="länk", now=instant(when))  # fmt: skip


def test_a_late_one_below_is_told_to_the_one_above_and_makes_nobody_above_late_of_its_own(service: House) -> None:
    service.hand_in(NORR, "onsdag 14 oktober 2026 kl. 10.00")
    days = (
        "torsdag 15 oktober 2026", "fredag 16 oktober 2026", "måndag 19 oktober 2026", "tisdag 20 oktober 2026",
        "onsdag 21 oktober 2026", "torsdag 22 oktober 2026",
    )  # fmt: skip
    told = {day: sorted(to for to, _ in morning(service, day)) for day in days}
    assert told == {
        "torsdag 15 oktober 2026": ["aldreomsorgen", "soder"],  # the first letter: norr is in, and to be approved
        "fredag 16 oktober 2026": ["soder"],
        "måndag 19 oktober 2026": ["aldreomsorgen"],  # närmast överordnad
        "tisdag 20 oktober 2026": [],
        "onsdag 21 oktober 2026": ["omsorgschef"],
        "torsdag 22 oktober 2026": [],
    }
    first, above = service.to("aldreomsorgen")
    assert "väntar på hemtjänst söder" in body(first)
    assert "Hemtjänst söder" in str(above["Subject"]) and "Äldreomsorgen" not in str(above["Subject"])


def test_the_one_above_is_not_pressed_for_what_it_only_waits_for(service: House) -> None:
    for when in ("fredag 9 oktober 2026 kl. 10.00",):
        service.hand_in(NORR, when)
        approve(service, ALDRE, FROM_NORR, when)
    late = [
        morning(service, day) for day in ("fredag 30 oktober 2026", "måndag 2 november 2026", "tisdag 3 november 2026")
    ]
    about = [subject for day in late for _, subject in day if "Äldreomsorgen" in subject]
    assert about == []
    service.hand_in(SODER, "onsdag 4 november 2026 kl. 10.00")
    assert [to for to, _ in morning(service, "torsdag 5 november 2026")] == ["aldreomsorgen"], "now it owes a word"


def morning(service: House, day: str) -> list[tuple[str, str]]:
    before = len(service.post.sent)
    service.round(f"{day} kl. 08.00")
    return [(name_of(mail), str(mail["Subject"])) for mail in service.mails()[before:]]


def asked_of(service: House, key: ObligationKey, when: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what a tillfälle's page says of who owes an underlag, who has it now, and whom to call."""
    with service.store.read() as session:
        scene = Scene(session, service.office, instant(when))
        rows = [row for _, each in detail(scene, scene.wheel.occurrence(key.occurrence)).groups for row in each]
    (row,) = [row for row in rows if row.one.key == key]
    return row.roles, row.lies_with, row.call


def test_who_has_it_now_and_who_owes_it_are_told_apart(service: House) -> None:
    before = "fredag 9 oktober 2026 kl. 10.00"
    service.hand_in(NORR, before)
    assert asked_of(service, ALDRE, before) == ("verksamhetschef", ("Hemtjänst söder: enhetschefen",), ())
    owes, lies, call = asked_of(service, ALDRE, "fredag 30 oktober 2026 kl. 10.00")
    assert owes == "verksamhetschef" and lies[0].startswith("Hemtjänst söder: enhetschefen ") and "@" in lies[0]
    assert [each.startswith("verksamhetschefen ") for each in call] == [True]  # what came in waits for their word
    service.hand_in(SODER, "fredag 30 oktober 2026 kl. 11.00")
    assert asked_of(service, ALDRE, "fredag 30 oktober 2026 kl. 12.00")[1] == ()
