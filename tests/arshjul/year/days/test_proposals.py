"""When a body meets, as a rule says it: two times a month, every week but another body's, on need, out of the lov."""

from datetime import date

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.keys import BodyId
from arshjul.swedish import day_text
from arshjul.workdays import Workdays
from arshjul.year.days.meetings import ChangedMeeting, Meetings
from tests.rig.load import made_up, text, text_with, told_of


def granvik(*changes: ChangedMeeting) -> Meetings:
    return Meetings(made_up("granvik").definition, Workdays(), changes)


def said(body: str, year: int, *months: int, meetings: Meetings | None = None) -> list[str]:
    held = (meetings or granvik()).of_year(BodyId(body), year)
    return [f"{day_text(one.day)} {one.words}" for one in held if one.day.month in months]


def test_two_meetings_a_month_and_one_kept_free_that_is_held_on_need() -> None:
    assert said("socialnamnden", 2026, 2) == [
        "torsdag 12 februari 2026 förslag",
        "torsdag 19 februari 2026 vid behov",
        "torsdag 26 februari 2026 förslag",
    ]


def test_what_is_held_on_need_is_nobodys_meeting_until_somebody_calls_it() -> None:
    meetings, body = granvik(), BodyId("socialnamnden")
    assert [one.day.day for one in meetings.in_month(body, 2026, 2)] == [12, 26]
    third = date(2026, 2, 19)
    called = granvik(ChangedMeeting(body=body, original=third, day=third))
    assert said("socialnamnden", 2026, 2, meetings=called)[1] == "torsdag 19 februari 2026 beslutad"
    assert [one.day.day for one in called.in_month(body, 2026, 2)] == [12, 19, 26]


def test_a_meeting_in_a_lov_is_held_a_week_later_or_earlier_where_that_is_another_month() -> None:
    # sportlovet, v. 8 of 2027, is socialnämnden's alone: the 25th is held on the 18th, which was kept free
    assert said("socialnamnden", 2027, 2) == [
        "torsdag 11 februari 2027 beslutad",
        "torsdag 18 februari 2027 beslutad",
    ]
    # höstlovet, v. 44 of every year: 26 October 2026 lies in it
    assert said("kf", 2026, 10) == ["måndag 19 oktober 2026 förslag"]
    assert said("kf", 2027, 10) == ["måndag 25 oktober 2027 beslutad"]


def of(*changes: tuple[str, str]) -> Meetings:
    changed = text("granvik")
    for old, new in changes:
        assert old in changed, old
        changed = changed.replace(old, new, 1)
    return Meetings(read_definition(changed, "x.yaml").definition, Workdays())


def test_a_meeting_that_a_day_off_would_move_into_a_lov_or_anothers_week_is_not_held_there() -> None:
    # the last Monday of March 2027, the 29th, is annandag påsk, and from the Tuesday there is påsklov
    in_march = ("nummer: -1, månader: [februari,", "nummer: -1, månader: [februari, mars,")
    easter = ("från: 2027-03-22, till: 2027-03-25", "från: 2027-03-30, till: 2027-04-02")
    assert said("kf", 2027, 3, meetings=of(in_march)) == ["tisdag 30 mars 2027 beslutad"]
    assert said("kf", 2027, 3, meetings=of(in_march, easter)) == ["måndag 22 mars 2027 beslutad"]
    # the fourth Friday of March 2027 is långfredagen: it would be held on Tuesday in the week after, as KS is
    fridays = ("{veckodag: onsdag, varje: vecka, inte när: ks,", "{veckodag: fredag, nummer: 4, inte när: ks,")
    ks_after = ("{veckodag: onsdag, nummer: 2,", "{veckodag: onsdag, nummer: 5,")
    assert said("au", 2027, 3, meetings=of(fridays)) == ["tisdag 30 mars 2027 beslutad"]
    assert said("ks", 2027, 3, meetings=of(fridays, ks_after)) == ["onsdag 31 mars 2027 beslutad"]
    assert said("au", 2027, 3, meetings=of(fridays, ks_after)) == []


def test_every_week_but_those_in_which_another_body_meets() -> None:
    # KS meets on 10 March; 24 March lies in påskveckan
    assert said("au", 2027, 3) == [
        "onsdag 3 mars 2027 beslutad",
        "onsdag 17 mars 2027 beslutad",
        "onsdag 31 mars 2027 beslutad",
    ]
    assert said("au", 2026, 10)[-1] == "onsdag 21 oktober 2026 förslag", "höstlovet, v. 44"
    moved = granvik(ChangedMeeting(body=BodyId("ks"), original=date(2027, 3, 10), day=date(2027, 3, 15)))
    assert said("au", 2027, 3, meetings=moved)[:2] == ["onsdag 3 mars 2027 beslutad", "onsdag 10 mars 2027 beslutad"]


def test_every_other_week_goes_by_the_weeks_number_and_only_while_it_holds() -> None:
    assert said("socialnamnden", 2026, 5) == ["torsdag 7 maj 2026 förslag", "torsdag 21 maj 2026 förslag"]
    # 6 maj 2027 is Kristi himmelsfärdsdag, v. 18; 20 maj is v. 20
    assert said("socialnamnden", 2027, 5) == ["torsdag 13 maj 2027 beslutad", "torsdag 27 maj 2027 beslutad"]
    assert said("socialnamnden", 2028, 5) == []


def test_a_decided_year_has_preliminary_days_days_on_need_and_meetings_of_two_days() -> None:
    assert said("skolnamnden", 2027, *range(1, 13)) == [
        "tisdag 9 februari 2027 beslutad",
        "tisdag 16 mars 2027 preliminärt",
        "tisdag 13 april 2027 vid behov",
        "tisdag 15 juni 2027 beslutad",
        "tisdag 14 september 2027 beslutad",  # moved from the 7th; the 12 October is cancelled
        "tisdag 30 november 2027 ej beslutad",
        "tisdag 14 december 2027 beslutad",  # extra
    ]
    body = BodyId("skolnamnden")
    (june,) = granvik().in_month(body, 2027, 6)
    assert day_text(june.last_day or june.day) == "onsdag 16 juni 2027"
    assert granvik().planned_on(body, date(2027, 6, 16)) == june, "its second day is a day of it"
    assert [one.status for one in granvik().in_month(body, 2027, 3)] == ["ej beslutad"], "no letter goes of it"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("varje: vecka,", "varje: vecka, nummer: 1,", "fel-varde: ange en av 'nummer' (1, eller [1, 3]) och 'varje' (vecka), inte båda"),
        ("inte när: ks,", "inte när: ksau,", "okant-organ: okänt organ 'ksau', menade du 'ks'?"),
        ('nummer: 2, månader: [februari, mars, april, maj, juni, september, oktober, november, december], kl: "13.00"}', 'nummer: 2, inte när: [au], kl: "13.00"}', "cirkel: 'ks' har inte möte när ett annat organ har det, och det inte när 'ks' har det; ta bort 'inte när' i det ena"),
        ("namn: höstlovet, vecka: 44,", "namn: höstlovet,", "fel-varde: ett lov har 'vecka', eller 'från' och 'till'"),
        ("till och med: 2027-06-16", "till och med: 2027-07-16", "fel-varde: 'till och med' är en senare dag än 'datum', högst en vecka efter"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_remedy(old: str, new: str, told: str) -> None:
    assert told_of(text_with("granvik", old, new)) == [told]


def test_a_meeting_that_is_decided_in_a_lov_is_told() -> None:
    changed = text("granvik").replace("2027-04-13, kl", "2027-03-23, kl", 1)
    found = [one for one in check(read_definition(changed, "x.yaml"), [2027]) if one.rule == "lov"]
    assert [(one.severity, one.message) for one in found] == [
        (
            "varning",
            "SKN har möte tisdag 23 mars 2027, i påskveckan; besluta en annan dag, eller skriv under 'lov' vilka "
            "organ det gäller.",
        )
    ]
