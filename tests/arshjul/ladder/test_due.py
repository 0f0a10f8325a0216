"""The ladder, as timetables with the weekdays written out. Day by day for one obligation; every time is Swedish."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.ladder.due import Due, Standing, is_sending_time, next_sending_time
from arshjul.swedish import MONTHS, day_text, instant_text, local_date
from arshjul.workdays import Workdays
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Obligation, rung_day
from tests.rig.examples import examples
from tests.rig.load import hedemora
from tests.rig.rungs import BIN, CHIEF, DELAR, HOURS, WHEEL, WORKDAYS, ask, rung_at
from tests.rig.swedish_words import day, instant

LADDER = """
    start          fredag 10 september 2027
    paminnelse-5   tisdag 14 september 2027
    paminnelse-1   måndag 20 september 2027
    sen            onsdag 22 september 2027
    ekonomichef    torsdag 23 september 2027
    kommundirektor fredag 24 september 2027
    sista-ord      måndag 27 september 2027
    ksau           tisdag 28 september 2027
"""


def lines(timetable: str) -> list[str]:
    return [" ".join(line.split()) for line in timetable.strip().splitlines()]


def climb(one: Obligation, standing: Standing, wakes: Iterable[str]) -> list[str]:
    """Wake at these instants; each rung that is owed is settled on its day. Returns the timetable."""
    taken, told = dict(standing.taken), []
    for when in map(instant, wakes):
        answer = ask(one, replace(standing, taken=dict(taken)), when)
        if answer.rung:
            taken[answer.rung.id] = local_date(when)
            told.append(f"{answer.rung.id} {day_text(local_date(when))}")
    return told


def follow(one: Obligation, standing: Standing, start: str, *, most: int = 60) -> list[str]:
    """Wake only when the last answer said so, from ``start`` on, and settle each rung at once."""
    taken, told, now = dict(standing.taken), [], instant(start)
    for _ in range(most):
        answer = ask(one, replace(standing, taken=dict(taken)), now)
        if answer.rung:
            taken[answer.rung.id] = local_date(now)
            told.append(f"{answer.rung.id} {day_text(local_date(now))}")
        if answer.wake is None:
            return told
        assert answer.wake > now
        now = answer.wake
    raise AssertionError("the wake-ups never end")


def every_morning(first: str, last: str) -> list[str]:
    at, end = day(first), day(last)
    return [f"{day_text(at + timedelta(days=n))} kl. 07.00" for n in range((end - at).days + 1)]


def test_the_ordinary_ladder_is_climbed_on_its_planned_days():
    assert follow(BIN, CHIEF, "onsdag 1 september 2027 kl. 06.00") == lines(LADDER)


def test_waking_every_morning_gives_the_same_ladder_as_waking_when_asked():
    assert climb(BIN, CHIEF, every_morning("onsdag 1 september 2027", "söndag 31 oktober 2027")) == lines(LADDER)


@pytest.mark.parametrize("key", sorted(key for key, one in WHEEL.obligations.items() if one.ladder))
def test_without_gaps_every_rung_of_every_obligation_comes_on_its_planned_day(key):
    one = WHEEL.obligations[key]
    assert one.ladder
    owing = tuple(dict.fromkeys(part.role for part in one.parts))
    planned = [(rung.id, rung_day(rung, one.deadline.last_day, WORKDAYS)) for rung in one.ladder.rungs]
    skipped = {"kommundirektor"} if "kommundirektor" in owing else {"ekonomichef"} if "ekonomichef" in owing else set()
    first = f"{day_text(planned[0][1] - timedelta(days=3))} kl. 12.00"
    assert follow(one, Standing(owing=owing), first) == [
        f"{rung} {day_text(at)}" for rung, at in planned if rung not in skipped
    ]


def test_a_week_of_downtime_yields_what_is_still_owed_once():
    # down from onsdag 22 september, up again tisdag 28 september kl. 10.15: that day the ladder would have been at KSAU
    before = every_morning("onsdag 1 september 2027", "tisdag 21 september 2027")
    after = ["tisdag 28 september 2027 kl. 10.15", "tisdag 28 september 2027 kl. 15.00"]
    after += every_morning("onsdag 29 september 2027", "fredag 8 oktober 2027")
    assert climb(BIN, CHIEF, before + after)[3:] == lines("""
        sen            tisdag 28 september 2027
        ekonomichef    onsdag 29 september 2027
        kommundirektor torsdag 30 september 2027
        sista-ord      fredag 1 oktober 2027
        ksau           måndag 4 oktober 2027
    """)


def test_each_upward_rung_counts_from_the_day_on_which_the_one_before_was_settled():
    # the letter to the ekonomichef waited in the outbox over the week-end: the next counts from måndag, not torsdag
    standing = replace(CHIEF, taken={"sen": date(2027, 9, 22), "ekonomichef": date(2027, 9, 27)})
    assert rung_at(BIN, standing, "måndag 27 september 2027 kl. 15.00") is None
    assert rung_at(BIN, standing, "tisdag 28 september 2027 kl. 07.00") == "kommundirektor"


def test_a_letter_on_its_way_holds_the_next_rung_back_until_it_is_settled():
    standing = replace(CHIEF, taken={"sen": date(2027, 9, 22)}, pending=frozenset({"ekonomichef"}))
    assert rung_at(BIN, standing, "fredag 24 september 2027 kl. 07.00") is None
    assert rung_at(BIN, standing, "torsdag 30 september 2027 kl. 07.00") is None


def test_reminders_that_were_overtaken_are_never_sent():
    # down from the start: the first that is sent is the latest, and the earlier ones never come
    mornings = every_morning("onsdag 15 september 2027", "onsdag 22 september 2027")
    assert climb(BIN, CHIEF, mornings) == lines("""
        paminnelse-5 onsdag 15 september 2027
        paminnelse-1 måndag 20 september 2027
        sen          onsdag 22 september 2027
    """)


def test_no_reminder_comes_after_the_frist_not_even_before_the_late_letter_is_due():
    assert rung_at(BIN, CHIEF, "tisdag 21 september 2027 kl. 16.00") == "paminnelse-1"
    assert rung_at(BIN, CHIEF, "tisdag 21 september 2027 kl. 16.01") is None
    assert rung_at(BIN, CHIEF, "onsdag 22 september 2027 kl. 06.59") is None
    assert rung_at(BIN, CHIEF, "onsdag 22 september 2027 kl. 07.00") == "sen"


def test_never_two_rungs_on_one_day_however_late_we_are():
    hours = [f"onsdag 20 oktober 2027 kl. {hour:02}.00" for hour in range(7, 17)]
    assert climb(BIN, CHIEF, hours) == ["sen onsdag 20 oktober 2027"]


@pytest.mark.parametrize(
    ("now", "goes", "next_time"),
    [
        ("tisdag 14 september 2027 kl. 06.59", False, "tisdag 14 september 2027 kl. 07.00"),
        ("tisdag 14 september 2027 kl. 07.00", True, "tisdag 14 september 2027 kl. 07.00"),
        ("tisdag 14 september 2027 kl. 16.59", True, "tisdag 14 september 2027 kl. 16.59"),
        ("tisdag 14 september 2027 kl. 17.00", False, "onsdag 15 september 2027 kl. 07.00"),
        ("fredag 10 september 2027 kl. 17.00", False, "måndag 13 september 2027 kl. 07.00"),
        ("lördag 11 september 2027 kl. 10.00", False, "måndag 13 september 2027 kl. 07.00"),
        ("torsdag 6 maj 2027 kl. 10.00", False, "fredag 7 maj 2027 kl. 07.00"),  # Kristi himmelsfärdsdag
        ("fredag 7 maj 2027 kl. 10.00", True, "fredag 7 maj 2027 kl. 10.00"),  # klämdag: a working day
        ("fredag 25 juni 2027 kl. 10.00", False, "måndag 28 juni 2027 kl. 07.00"),  # midsommarafton
        ("torsdag 25 mars 2027 kl. 17.00", False, "tisdag 30 mars 2027 kl. 07.00"),  # påsk
        (
            "torsdag 23 december 2027 kl. 17.00",
            False,
            "måndag 27 december 2027 kl. 07.00",
        ),  # julafton, juldagen, annandag
        ("torsdag 30 december 2027 kl. 17.00", False, "måndag 3 januari 2028 kl. 07.00"),  # nyårsafton
    ],
)
def test_letters_go_out_within_the_sending_hours_of_a_working_day(now, goes, next_time):
    assert is_sending_time(instant(now), WORKDAYS, HOURS) is goes
    assert instant_text(next_sending_time(instant(now), WORKDAYS, HOURS)) == next_time


def test_a_klamdag_that_the_municipality_closes_is_no_sending_day():
    closed = Workdays.with_closed([date(2027, 5, 7)])
    assert not is_sending_time(instant("fredag 7 maj 2027 kl. 10.00"), closed, HOURS)


def test_outside_the_sending_hours_the_rung_waits_for_the_next_working_morning():
    answer = ask(BIN, CHIEF, instant("lördag 18 september 2027 kl. 12.00"))
    assert (answer.rung, answer.wake and instant_text(answer.wake)) == (None, "måndag 20 september 2027 kl. 07.00")


def test_vila_silences_the_reminders_and_the_latest_comes_when_it_ends():
    resting = replace(CHIEF, rests_until=day("onsdag 15 september 2027"))
    assert follow(BIN, resting, "onsdag 1 september 2027 kl. 06.00")[:3] == lines("""
        paminnelse-5 torsdag 16 september 2027
        paminnelse-1 måndag 20 september 2027
        sen          onsdag 22 september 2027
    """)


def test_vila_up_to_the_frist_does_not_touch_the_ladder_after_it():
    resting = replace(CHIEF, rests_until=day("tisdag 21 september 2027"))
    assert follow(BIN, resting, "onsdag 1 september 2027 kl. 06.00") == lines(LADDER)[3:]


def test_a_held_escalation_goes_by_itself_the_working_day_after():
    held = replace(CHIEF, held_until=day("fredag 1 oktober 2027"))
    assert follow(BIN, held, "onsdag 1 september 2027 kl. 06.00") == [
        *lines(LADDER)[:-1],
        "ksau måndag 4 oktober 2027",
    ]


def test_a_hold_that_ends_before_the_matter_is_due_changes_nothing():
    held = replace(CHIEF, held_until=day("måndag 27 september 2027"))
    assert follow(BIN, held, "onsdag 1 september 2027 kl. 06.00") == lines(LADDER)


def test_a_kommundirektor_who_owes_is_not_asked_to_press_on_himself():
    ks = WHEEL.obligations[DELAR.format("kommunstyrelsen")]
    owes = Standing(owing=("kommundirektor",), holders={"kommundirektor": "kd", "ekonomichef": "eko"})
    assert follow(ks, owes, "onsdag 1 september 2027 kl. 06.00") == [
        line for line in lines(LADDER) if not line.startswith("kommundirektor")
    ]


def test_a_rung_is_skipped_when_the_same_person_owes_in_another_role():
    both = replace(CHIEF, holders={"forvaltningschef": "kd", "ekonomichef": "eko", "kommundirektor": "kd"})
    assert "kommundirektor" not in " ".join(follow(BIN, both, "onsdag 1 september 2027 kl. 06.00"))


def test_the_ekonomichef_who_owes_the_anvisningar_is_skipped_and_the_kommundirektor_hears_of_it():
    # frist tisdag 15 juni 2027; midsommarafton is fredag 25 juni
    anvisning = WHEEL.obligations["hedemora/delarsrapport/2027-08/kommunstyrelsen/anvisning"]
    assert follow(anvisning, Standing(owing=("ekonomichef",)), "lördag 1 maj 2027 kl. 06.00") == lines("""
        paminnelse-10  tisdag 1 juni 2027
        paminnelse-3   torsdag 10 juni 2027
        sen            onsdag 16 juni 2027
        kommundirektor fredag 18 juni 2027
        sista-ord      måndag 21 juni 2027
        ksau           tisdag 22 juni 2027
    """)


def test_for_a_bolag_the_boards_chair_stands_in_for_the_kommundirektor():
    bolag, namnd = WHEEL.obligations[DELAR.format("bostadsbolaget")], BIN
    at = "fredag 24 september 2027 kl. 07.00"
    standing = Standing(owing=("vd",), taken={"sen": date(2027, 9, 22), "ekonomichef": date(2027, 9, 23)})
    told = ask(bolag, standing, instant(at)).rung
    assert told is not None
    assert told.recipients(bolag.unit_kind) == ("styrelseordforande",)
    assert told.recipients(namnd.unit_kind) == ("kommundirektor",)


def test_a_missing_anvisning_holds_back_the_first_letter_and_the_reminders():
    waits = replace(CHIEF, waits=True)
    assert climb(BIN, waits, every_morning("onsdag 1 september 2027", "tisdag 21 september 2027")) == []


def test_when_the_anvisning_comes_the_latest_reminder_is_owed_the_same_day():
    assert rung_at(BIN, CHIEF, "torsdag 16 september 2027 kl. 09.00") == "paminnelse-5"


def test_nobody_is_told_before_the_service_began():
    since = replace(CHIEF, in_force_since=day("onsdag 22 september 2027"))  # the day after the frist
    assert follow(BIN, since, "onsdag 22 september 2027 kl. 06.00") == []


def test_an_obligation_from_before_we_began_is_told_when_it_is_opened():
    opened = replace(CHIEF, in_force_since=day("måndag 4 oktober 2027"), opened=True)
    assert follow(BIN, opened, "måndag 4 oktober 2027 kl. 06.00")[:2] == [
        "sen måndag 4 oktober 2027",
        "ekonomichef tisdag 5 oktober 2027",
    ]


def test_reminders_planned_before_we_began_are_not_sent_although_the_frist_is_ours():
    since = replace(CHIEF, in_force_since=day("onsdag 15 september 2027"))
    assert follow(BIN, since, "onsdag 15 september 2027 kl. 06.00")[0] == "paminnelse-1 måndag 20 september 2027"


def test_nothing_is_sent_of_a_frist_that_is_not_decided():
    undecided = replace(BIN, deadline=replace(BIN.deadline, status="ej beslutad"))
    assert ask(undecided, CHIEF, instant("torsdag 30 september 2027 kl. 09.00")) == Due()


def test_nothing_is_owed_when_all_is_complete():
    assert ask(BIN, replace(CHIEF, owing=()), instant("torsdag 30 september 2027 kl. 09.00")) == Due()


def extended(key: str, until: str) -> Obligation:
    return turn(hedemora().definition, [2027], Recorded(anstand={key: instant(until)})).obligations[key]


def test_an_anstand_moves_the_whole_ladder_and_the_first_letter_is_not_sent_twice():
    later = extended(BIN.key, "fredag 24 september 2027 kl. 16.00")
    assert follow(later, replace(CHIEF, started=True), "tisdag 14 september 2027 kl. 10.00") == lines("""
        paminnelse-5   fredag 17 september 2027
        paminnelse-1   torsdag 23 september 2027
        sen            måndag 27 september 2027
        ekonomichef    tisdag 28 september 2027
        kommundirektor onsdag 29 september 2027
        sista-ord      torsdag 30 september 2027
        ksau           fredag 1 oktober 2027
    """)


@pytest.mark.parametrize(
    ("key", "frist", "timetable"),
    [
        (  # summer time begins söndag 28 mars, påskdagen: skärtorsdag is the last working day before it
            "hedemora/manadsrapport/2027-02/bildningsnamnden/underlag",
            "torsdag 25 mars 2027 kl. 16.00",
            {"paminnelse-1": "2027-03-24 06:00", "sen": "2027-03-30 05:00", "ekonomichef": "2027-03-31 05:00"},
        ),
        (  # and ends söndag 31 oktober
            BIN.key,
            "torsdag 28 oktober 2027 kl. 16.00",
            {"paminnelse-1": "2027-10-27 05:00", "sen": "2027-10-29 05:00", "ekonomichef": "2027-11-01 06:00"},
        ),
    ],
)
def test_seven_in_the_morning_is_seven_on_both_sides_of_a_summer_time_day(key, frist, timetable):
    one, found, taken = extended(key, frist), {}, {}
    now = one.deadline.at - timedelta(days=5)
    while len(taken) < 5 and now < one.deadline.at + timedelta(days=9):
        answer = ask(one, replace(CHIEF, started=True, taken=dict(taken)), now)
        if answer.rung:
            taken[answer.rung.id], found[answer.rung.id] = local_date(now), f"{now.astimezone(UTC):%Y-%m-%d %H:%M}"
        assert answer.wake is not None
        now = answer.wake
    assert {rung: found[rung] for rung in timetable} == timetable


def test_a_clock_that_jumps_backwards_repeats_nothing():
    wakes = every_morning("onsdag 1 september 2027", "torsdag 23 september 2027")
    back = every_morning("fredag 10 september 2027", "tisdag 5 oktober 2027")
    assert climb(BIN, CHIEF, wakes + back) == lines(LADDER)


gaps = st.integers(min_value=-4 * 24 * 60, max_value=20 * 24 * 60) | st.integers(min_value=1, max_value=26 * 60)
someone = st.sampled_from(sorted(key for key, one in WHEEL.obligations.items() if one.ladder))


@settings(max_examples=examples(60))
@given(
    key=someone, start=st.integers(min_value=0, max_value=50 * 24 * 60), wakes=st.lists(gaps, min_size=1, max_size=25)
)
def test_whenever_we_wake_the_ladder_keeps_its_rules(key, start, wakes):
    one = WHEEL.obligations[key]
    assert one.ladder
    order = [rung.id for rung in one.ladder.rungs]
    standing = Standing(owing=tuple(dict.fromkeys(part.role for part in one.parts)))
    now = one.deadline.at - timedelta(days=40) + timedelta(minutes=start)
    taken: dict[str, date] = {}
    for gap in wakes:
        now += timedelta(minutes=gap)
        answer = ask(one, replace(standing, taken=dict(taken)), now)
        assert answer == ask(one, replace(standing, taken=dict(taken)), now), "asked twice, the same answer"
        assert answer.wake is None or answer.wake > now
        if answer.rung is None:
            continue
        today = local_date(now)
        assert is_sending_time(now, WORKDAYS, HOURS)
        assert today not in taken.values(), "never two rungs on a day"
        assert today >= rung_day(answer.rung, one.deadline.last_day, WORKDAYS), "never before its planned day"
        assert all(order.index(before) < order.index(answer.rung.id) for before in taken), "in order"
        if answer.rung.workdays > 1:
            assert_nobody_was_passed_by(one, answer.rung.id, taken, today)
        taken[answer.rung.id] = today
        assert ask(one, replace(standing, taken=dict(taken)), now).rung is None


def assert_nobody_was_passed_by(one: Obligation, rung_id: str, taken: Mapping[str, date], today: date) -> None:
    """Every rung below was settled, except one that was skipped; and its working days have passed since."""
    assert one.ladder
    rung = next(each for each in one.ladder.rungs if each.id == rung_id)
    owing = {part.role for part in one.parts}
    below = [each for each in one.ladder.rungs if 0 < each.workdays < rung.workdays]
    below = [each for each in below if not set(each.recipients(one.unit_kind)) <= owing]
    assert [each.id for each in below if each.id not in taken] == []
    assert all(today >= WORKDAYS.add(taken[each.id], rung.workdays - each.workdays) for each in below)


def test_the_helpers_read_the_weekdays_that_they_are_given():
    assert len(MONTHS) == 12
    with pytest.raises(ValueError, match="tisdag"):
        day("måndag 14 september 2027")


@pytest.mark.parametrize(
    ("when", "taken", "more", "rung"),
    [
        ("fredag 17 september 2027 kl. 10.00", {"start": "fredag 10 september 2027"}, {}, "start"),
        ("tisdag 14 september 2027 kl. 10.00", {"start": "fredag 10 september 2027", "paminnelse-5": "tisdag 14 september 2027"}, {}, "paminnelse-5"),
        ("onsdag 22 september 2027 kl. 10.00", {"sen": "onsdag 22 september 2027"}, {}, "sen"),  # they were told that morning
        ("tisdag 28 september 2027 kl. 07.00", {"sen": "onsdag 22 september 2027", "sista-ord": "måndag 27 september 2027"}, {}, "sen"),
        ("fredag 17 september 2027 kl. 10.00", {"start": "fredag 10 september 2027"}, {"rests_until": date(2027, 9, 17)}, None),
        ("fredag 17 september 2027 kl. 20.00", {"start": "fredag 10 september 2027"}, {}, None),
        ("torsdag 9 september 2027 kl. 10.00", {}, {}, None),  # nobody has been told yet
    ],
)  # fmt: skip
def test_who_has_come_since_gets_the_newest_word_the_same_day_and_nobody_else_does(when, taken, more, rung) -> None:
    told = {each: day(on) for each, on in taken.items()}
    standing = Standing(owing=(CHIEF,), taken=told, started=bool(told), newcomers=(CHIEF,), **more)
    answer = ask(BIN, standing, instant(when))
    assert (answer.rung.id if answer.rung else None) == rung
    assert answer.again == ((CHIEF,) if rung else ())
    assert answer.wake is not None and answer.wake > instant(when)
