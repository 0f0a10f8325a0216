"""The last day of an anstånd: one for letter, form and refusal, and with room for the ladder."""

from datetime import date, time
from functools import cache

import pytest

from actions.scene import Scene
from actions.underlag.anstand import bound_words, grantable, room_words
from arshjul.definition.days.meeting_days import LeadTime
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, ObligationKey
from arshjul.year.last_anstand import (
    CARRIED_UP,
    COMPILATION,
    LADDER,
    LastDay,
    has_no_room,
    is_closed,
    last_anstand,
    reaches_meeting,
)
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Wheel
from flows.forms.last_days import last_days
from tests.rig.load import made_up
from tests.rig.rounds import body, house_after
from tests.rig.swedish_words import instant

AUGUST = ObligationKey("strandby/delarsrapport/2027-08/bildningsnamnden/underlag")
FRIST = date(
    2027, 9, 21
)  # a Tuesday, kl. 16.00; KSAU meets Tuesday 5 October, its agenda closes onsdag 29 september 12.00
NOW = instant("måndag 13 september 2027 kl. 09.00")


@cache
def wheel(extra: LeadTime | None, agenda_workdays: int = 4) -> Wheel:
    """Strandby's year with KSAU's extra ärenden, and so many working days from the agenda's closing to the meeting."""
    definition = made_up("strandby").definition
    ksau = definition.bodies[BodyId("ksau")]
    closing = ksau.agenda.model_copy(update={"workdays": agenda_workdays})
    changed = ksau.model_copy(update={"extra": extra, "agenda": closing})
    return turn(definition.model_copy(update={"bodies": {**definition.bodies, BodyId("ksau"): changed}}), [2027])


def lead(workdays: int) -> LeadTime:
    ksau = made_up("strandby").definition.bodies[BodyId("ksau")]
    return ksau.agenda.model_copy(update={"workdays": workdays, "clock": time(12)})


def test_it_is_a_day_on_which_the_frists_own_hour_is_in_time() -> None:
    here = wheel(lead(1))
    one = here.obligations[AUGUST]
    assert one.limit == instant("måndag 27 september 2027 kl. 12.00")  # before the frist's 16.00
    assert last_anstand(here, one) == LastDay(day=date(2027, 9, 24), why=COMPILATION)


def test_it_leaves_room_for_the_ladder_to_reach_the_meeting() -> None:
    here = wheel(None)
    one = here.obligations[AUGUST]
    assert last_anstand(here, one) == LastDay(day=date(2027, 9, 22), why=LADDER)  # KSAU's letter goes on the 29th at 07
    assert reaches_meeting(here, one, date(2027, 9, 22)) and not reaches_meeting(here, one, date(2027, 9, 23))
    with pytest.raises(
        RefusedError, match="längst till onsdag 22 september 2027: är det sent då ska det hinna tas upp"
    ):
        grantable(here, AUGUST, date(2027, 9, 23), NOW)
    assert grantable(here, AUGUST, date(2027, 9, 22), NOW)[1] == instant("onsdag 22 september 2027 kl. 16.00")


def test_a_frist_on_the_ladders_last_day_is_moved_no_further() -> None:
    here = wheel(
        None, agenda_workdays=5
    )  # closes tisdag 28 september: KSAU's letter of the frist as it is goes that day
    one = here.obligations[AUGUST]
    last = last_anstand(here, one)
    assert last == LastDay(day=FRIST, why=LADDER) and has_no_room(one, last)
    with pytest.raises(
        RefusedError, match=r"^Fristen kan inte flyttas längre: är det sent då ska det hinna"
    ) as refused:
        grantable(here, AUGUST, date(2027, 9, 22), NOW)
    assert "tidigare dag" not in str(refused.value)
    assert not has_no_room(one, None) and not has_no_room(one, LastDay(day=date(2027, 9, 22), why=LADDER))


def test_it_says_when_the_ladder_does_not_reach_the_meeting_at_all() -> None:
    here = wheel(None, agenda_workdays=6)  # closes måndag 27 september: before KSAU's letter of the frist as it is
    one = here.obligations[AUGUST]
    found = last_anstand(here, one)
    assert found is None or found.why == COMPILATION
    assert room_words(here, one) == (
        "Är det sent efter fristen hinner det inte tas upp på KSAU tisdag 5 oktober 2027 kl. 08.30."
    )
    assert room_words(wheel(lead(1)), wheel(lead(1)).obligations[AUGUST]) == ""


def test_the_letter_the_refusal_and_the_form_say_the_same_day() -> None:
    town = house_after(
        "fredag 10 september 2027 kl. 07.00", "tisdag 14 september 2027 kl. 07.00", steps=("delarsrapport",)
    )
    first, reminder, *_ = town.to("forvaltningschef.bildning")
    assert "som längst till" not in body(first)
    assert "som längst till fredag 24 september 2027" in body(reminder)
    with town.store.read() as session:
        scene = Scene(session, town.office, instant("tisdag 14 september 2027 kl. 09.00"))
        one = scene.wheel.obligations[AUGUST]
        last = last_anstand(scene.wheel, one)
        assert last is not None
        with pytest.raises(RefusedError, match="längst till fredag 24 september 2027") as refused:
            grantable(scene.wheel, AUGUST, date(2027, 9, 25), scene.now)
        assert bound_words(scene.wheel, one, last, scene.now) in str(refused.value)  # which the form shows


def test_when_the_last_day_has_been_no_form_letter_or_refusal_offers_it() -> None:
    here = wheel(lead(1))
    one, last = here.obligations[AUGUST], LastDay(day=date(2027, 9, 24), why=COMPILATION)
    at, after = instant("fredag 24 september 2027 kl. 15.59"), instant("fredag 24 september 2027 kl. 16.00")
    assert (is_closed(one, last, at), is_closed(one, last, after), is_closed(one, None, after)) == (False, True, False)
    with pytest.raises(RefusedError, match=r"^Fristen kan inte flyttas längre: sammanställningen ska bli") as refused:
        grantable(here, AUGUST, date(2027, 9, 28), after)
    assert "Bara ett senare möte ger mer tid." in str(refused.value) and "tidigare dag" not in str(refused.value)
    assert "augusti 2027: fredag 24 september 2027" in last_days(here, date(2027, 9, 24))
    assert "augusti 2027: kan inte flyttas längre" in last_days(here, date(2027, 9, 25))


def test_what_is_carried_up_is_there_by_the_frist_of_who_carries_it() -> None:
    key, now = (
        ObligationKey("bergvik/aktivitetsplaner/2027/hemtjanst-norr/plan"),
        instant("torsdag 1 oktober 2026 kl. 09.00"),
    )
    above = ObligationKey("bergvik/aktivitetsplaner/2027/aldreomsorgen/verksamhetens")
    definition = made_up("bergvik").definition
    here = turn(definition, [2027], strict=False)
    last = last_anstand(here, here.obligations[key])
    assert last == LastDay(
        day=date(2026, 10, 29), why=CARRIED_UP
    )  # the frist of who carries it up is that day kl. 16.00
    assert grantable(here, key, date(2026, 10, 29), now)[1] == instant("torsdag 29 oktober 2026 kl. 16.00")
    said = (
        "Anstånd kan ges längst till torsdag 29 oktober 2026: äldreomsorgen ska godkänna det och bära upp det senast torsdag "
        "29 oktober 2026 kl. 16.00. Ge den enheten anstånd först, om det behövs mer tid."
    )
    with pytest.raises(RefusedError) as refused:
        grantable(here, key, date(2026, 10, 30), now)
    assert str(refused.value) == said
    given = Recorded(anstand={above: instant("tisdag 3 november 2026 kl. 16.00")})
    later = turn(definition, [2027], given, strict=False)
    assert grantable(later, key, date(2026, 11, 3), now)[1] == instant("tisdag 3 november 2026 kl. 16.00")
