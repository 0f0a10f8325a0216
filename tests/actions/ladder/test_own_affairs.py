"""A letter speaks of what its own reader owes: how many of the parts are theirs, and all that is late of theirs, first."""

from datetime import date

from arshjul.swedish import WEEKDAYS
from tests.rig.climbing import AFTER, month
from tests.rig.rounds import House, body, house, only

CHIEF = "forvaltningschef.bildning"


def words(town: House, name: str) -> str:
    return body(town.to(name)[-1])


def test_of_two_who_answer_for_one_underlag_each_reads_how_many_parts_are_theirs():
    town = house(only("delarsrapport", town="hedemora", units=("kommunstyrelsen",)))
    town.morning("fredag 10 september 2027")
    assert "Det är 6 delar, varav 5 är dina." in words(town, "kommundirektor")
    assert "Det är 6 delar, varav 1 är din." in words(town, "hr-chef")


def test_what_is_late_since_before_stands_first_in_the_letter_of_what_is_to_come():
    town = month(*AFTER)
    town.morning("fredag 5 november 2027")  # the first letter of October's: its frist is fredag 12 november
    said = words(town, CHIEF)
    late, coming = "september 2027: skulle ha kommit torsdag 14 oktober 2027", "oktober 2027"
    assert late in said and said.index(late) < said.index("ska vara framme senast fredag 12 november 2027")
    assert said.count(late) == 1 and coming in said


def test_who_is_told_of_others_and_owes_something_late_gets_their_own_link_and_is_not_said_to_owe_nothing():
    town = month(*AFTER)
    town.hand_in("strandby/manadsrapport/2027-10/kommunstyrelsen/underlag", "torsdag 11 november 2027 kl. 09.00")
    for day in ("fredag 5", "fredag 12", "måndag 15", "tisdag 16", "onsdag 17"):
        town.morning(f"{day} november 2027")
    said = words(town, "kommundirektor")  # of October's she owes nothing; of September's she does
    assert "september 2027: skulle ha kommit" in said
    assert "/l/" in said and "Du behöver inte lämna in något." not in said


def test_who_owes_something_and_is_told_of_others_gets_both_links():
    town = house(only("delarsrapport", town="hedemora", units=("kommunstyrelsen", "bildningsnamnden")))
    for day in ("10", "14", "20", "22", "23", "24", "27"):
        town.morning(f"{weekday(day)} {day} september 2027")
    said = words(town, "kommundirektor")
    assert "Sista påminnelsen" in said and "Bildningsnämnden" in said
    assert "/l/" in said and "?till=/lage/delarsrapport/2027-08" in said


def weekday(day: str) -> str:
    return WEEKDAYS[date(2027, 9, int(day)).weekday()]
