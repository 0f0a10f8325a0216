"""One månadsrapport's way up the ladder, in letters."""

from datetime import date
from typing import Any

from tests.rig.rounds import House, body, house_after

SECRETARY = "ksau.sekreterare"


def afterwards(town: House, name: str) -> list[str]:
    return [body(mail) for mail in town.to(name) if "efter KSAU" in str(mail["Subject"])]


CHIEF_OF = "forvaltningschef.bildning"


LATE = "strandby/manadsrapport/2027-09/bildningsnamnden/underlag"  # frist: torsdag 14 oktober 2027 kl. 16.00


AFTER = ("fredag 15", "måndag 18", "tisdag 19", "onsdag 20", "torsdag 21")  # sen, ekonomichef, ... ksau


def month(*mornings: str, **options: Any) -> House:
    """The månadsrapport for September alone, in drift the day before its frist, after these mornings of October."""
    rounds = [f"{day} oktober 2027 kl. 07.00" for day in mornings]
    return house_after(*rounds, steps=("manadsrapport",), since=date(2027, 10, 13), **options)


def climb(town: House, days: tuple[str, ...] = AFTER) -> None:
    for day in days:
        town.morning(f"{day} oktober 2027")


def cases(town: House) -> list[str]:
    return [body(mail) for mail in town.to("ekonomikontoret") if "inte nått" in str(mail["Subject"])]
