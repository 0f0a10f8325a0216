"""Every kind of day that kommuner write, as the handbook shows it: its yaml is Granvik's, and its days are what comes of it."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest

from arshjul.keys import BodyId, OccurrenceKey
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.turning import Recorded, turn
from arshjul.year.wheel import Wheel
from tests.rig.load import made_up, text
from tests.rig.paths import ROOT

HAPPENED = {"skr-prognos": (date(2027, 4, 29),), "plan-antagen": (date(2026, 12, 14),)}


@cache
def wheel() -> Wheel:
    return turn(made_up("granvik").definition, range(2026, 2033), Recorded(happened=HAPPENED), strict=False)


@cache
def rows() -> Mapping[str, tuple[str, str]]:
    """Return the handbook's table: what stands in a tidplan, to what is written and what it gives."""
    handbook = (ROOT / "docs" / "handbok.md").read_text(encoding="utf-8")
    section = handbook.partition("## Så säger ni en dag")[2].partition("\n## ")[0]
    cells = [re.split(r"(?<!\\) \| ", line.strip("| \n")) for line in section.splitlines() if line.startswith("| ")]
    return {one[0]: (one[1], one[2]) for one in cells[1:]}


def moment(step: str, period: str, name: str) -> str:
    found = wheel().occurrence(OccurrenceKey.of(step, period)).milestones
    return day_text(local_date(next(one.at for one in found if one.milestone == name and one.obligation is None)))


def frist(step: str, period: str, krav: str = "underlag") -> str:
    found = wheel().occurrence(OccurrenceKey.of(step, period)).obligations
    return instant_text(next(one.deadline.at for one in found if one.krav == krav))


def meeting(body: str, year: int, month: int, number: int = 0) -> str:
    held = [one for one in wheel().meetings.of_year(BodyId(body), year) if one.day.month == month]
    return day_text(held[number].day)


def parts(period: str) -> str:
    """Return what is asked for with the figures, in the row's words."""
    found = wheel().occurrence(OccurrenceKey.of("manadsrapport", period)).obligations
    names = [part.name for one in found if one.krav == "siffror" for part in one.parts]
    return " och ".join(names).capitalize()


def day(said: str) -> str:
    return said.partition(" kl.")[0]


#: by the row's beginning: the days that it gives, worked out by the wheel, each with what is worked out by hand
KINDS: list[tuple[int, str, list[tuple[str, str]]]] = [
    (1, "Presidiet", [(moment("dagarna", "2027", "beslutad"), "torsdag 23 september 2027")]),
    (2, "Senast 30 september", [(moment("dagarna", "2027", "varje-ar"), "torsdag 30 september 2027")]),
    (3, "Tre arbetsdagar", [(day(frist("manadsrapport", "2027-04")), "fredag 4 juni 2027")]),
    (4, "Två veckor", [(moment("manadsrapport", "2027-04", "mbl"), "onsdag 26 maj 2027")]),
    (5, "Torsdagen före", [(moment("dagarna", "2027", "utskick"), "torsdag 8 april 2027")]),
    (6, "Tisdag vecka 38", [(moment("dagarna", "2027", "vecka"), "tisdag 21 september 2027")]),
    (6, "Tisdag v. 11", [(meeting("skolnamnden", 2027, 3), "tisdag 16 mars 2027")]),
    (7, "Sista torsdagen", [(moment("dagarna", "2027", "sista-torsdagen"), "torsdag 29 april 2027")]),
    (7, "Andra och fjärde", [
        (meeting("socialnamnden", 2026, 2), "torsdag 12 februari 2026"),
        (meeting("socialnamnden", 2026, 2, -1), "torsdag 26 februari 2026"),
    ]),
    (8, "Arbetsutskottet", [
        (meeting("au", 2027, 3), "onsdag 3 mars 2027"),
        (meeting("au", 2027, 3, 1), "onsdag 17 mars 2027"),
    ]),
    (9, "Mitten av", [(moment("dagarna", "2027", "mitten"), "fredag 19 februari 2027")]),
    (9, "10–20 maj", [(moment("dagarna", "2027", "mellan"), "torsdag 20 maj 2027")]),
    (9, "Någon gång", [(moment("dagarna", "2027", "obeslutad"), "tisdag 30 november 2027")]),
    (10, "Före oktober", [(moment("dagarna", "2027", "oktobers-utgang"), "fredag 30 oktober 2026")]),
    (11, "Inom två", [(moment("delarsrapport", "2027-08", "overlamnande"), "fredag 29 oktober 2027")]),
    (12, "Tio arbetsdagar", [(day(frist("skatteprognos", "2027-04-29")), "fredag 14 maj 2027")]),
    (12, "30 dagar", [(day(frist("aktivitetsplan", "2027")), "onsdag 13 januari 2027")]),
    (13, "KF beslutar budgeten", [
        (moment("budget", "2028", "budget"), "måndag 28 juni 2027"),
        (moment("budget", "2027", "budget"), "måndag 30 november 2026"),
    ]),
    (13, "Första året", [(moment("budget", "2027", "visionsdag"), "onsdag 10 februari 2027")]),
    (14, "Månadsrapport för", [
        (day(frist("manadsrapport", "2027-04", "siffror")), "måndag 10 maj 2027"),
        (day(frist("manadsrapport", "2027-08", "siffror")), "tisdag 7 september 2027"),
        (day(frist("manadsrapport", "2027-10", "siffror")), "fredag 5 november 2027"),
    ]),
    (15, "I april och augusti", [
        (f"{parts('2027-08')} {day(frist('manadsrapport', '2027-08', 'siffror'))}", "Ekonomi och åtgärder tisdag 7 september 2027"),
        (f"{parts('2027-10')} {day(frist('manadsrapport', '2027-10', 'siffror'))}", "Ekonomi fredag 5 november 2027"),
    ]),
    (16, "Först siffror", [
        (frist("manadsrapport", "2027-08", "siffror"), "tisdag 7 september 2027 kl. 12.00"),
        (frist("manadsrapport", "2027-08"), "fredag 8 oktober 2027 kl. 16.00"),
    ]),
    (17, "Förbundets", [(day(frist("forbundets-delarsrapport", "2027-06")), "tisdag 31 augusti 2027")]),
    (18, "Varje nämnd", [(moment("delarsrapport", "2027-08", "namnd"), "tisdag 15 juni 2027")]),
    (19, "Bolagen", [
        (day(frist("manadsrapport", "2027-04", "bolag")), "torsdag 20 maj 2027"),
        (day(frist("manadsrapport", "2027-04", "siffror")), "måndag 10 maj 2027"),
    ]),
    (20, "Klockan 12", [(frist("manadsrapport", "2027-04", "siffror"), "måndag 10 maj 2027 kl. 12.00")]),
    (21, "Flera rapporter", [
        (moment("manadsrapport", "2027-08", "ks"), "onsdag 13 oktober 2027"),
        (moment("delarsrapport", "2027-08", "ks"), "onsdag 13 oktober 2027"),
        (meeting("skolnamnden", 2027, 6), "tisdag 15 juni 2027"),
    ]),
    (22, "Mötet är flyttat", [
        (meeting("skolnamnden", 2027, 9), "tisdag 14 september 2027"),
        (meeting("skolnamnden", 2027, 12), "tisdag 14 december 2027"),
    ]),
    (22, "Tredje torsdagen", [(meeting("socialnamnden", 2026, 2, 1), "torsdag 19 februari 2026")]),
    (23, "Dagen är preliminär", [
        (meeting("skolnamnden", 2027, 3), "tisdag 16 mars 2027"),
        (moment("dagarna", "2027", "obeslutad"), "tisdag 30 november 2027"),
    ]),
    (24, "Förhandling", [(moment("manadsrapport", "2027-04", "mbl"), "onsdag 26 maj 2027")]),
    (25, "Inga möten under", [(meeting("kf", 2026, 10), "måndag 19 oktober 2026")]),
    (26, "KS fastställer", [(moment("dagarna", "2027", "bokslut"), "onsdag 8 mars 2028")]),
    (27, "Kvartalsutfallet", [
        (moment("dagarna", "2027", "scb"), "fredag 14 maj 2027"),
        (moment("dagarna", "2027", "kf-tidplan"), "måndag 25 oktober 2027"),
    ]),
    (28, "Kommundirektören", [(day(frist("kommundirektorens-rapport", "2027-04-14")), "fredag 2 april 2027")]),
    (29, "Prognosen för året", [(day(frist("helarsprognos", "2027")), "måndag 15 november 2027")]),
    (30, "Ekonomichefen", [(moment("budgetarbetet", "2028", "befolkning"), "fredag 29 januari 2027")]),
    (30, "KCG", [(moment("budgetarbetet", "2028", "forslag"), "onsdag 19 maj 2027")]),
    (31, "Ramarna", [
        (day(frist("budget", "2028", "ramar")), "måndag 15 mars 2027"),
        (day(frist("budget", "2029", "ramar")), "fredag 31 mars 2028"),
    ]),
]  # fmt: skip


def test_every_kind_has_its_example_and_every_example_its_days() -> None:
    assert {kind for kind, _, _ in KINDS} == set(range(1, 32))
    assert [said for said in rows() if sum(said.startswith(row) for _, row, _ in KINDS) != 1] == []


@pytest.mark.parametrize(("row", "days"), [(row, days) for _, row, days in KINDS], ids=[row for _, row, _ in KINDS])
def test_a_kind_gives_the_day_that_the_handbook_says(row: str, days: list[tuple[str, str]]) -> None:
    (gives,) = [gives for said, (_, gives) in rows().items() if said.startswith(row)]
    for worked_out, by_hand in days:
        assert worked_out == by_hand
        assert by_hand in gives


def test_what_is_not_asked_for_a_period_is_not_there() -> None:
    found = [one for one in wheel().obligations.values() if one.step == "manadsrapport" and one.period.year == 2027]
    assert sorted({one.period.key for one in found}) == ["2027-04", "2027-08", "2027-10"], "utom 2027-02"
    parts = {one.period.key: [part.id for part in one.parts] for one in found if one.krav == "siffror"}
    assert parts == {"2027-04": ["ekonomi", "atgarder"], "2027-08": ["ekonomi", "atgarder"], "2027-10": ["ekonomi"]}


def test_every_piece_of_yaml_in_the_handbooks_table_is_granviks_own() -> None:
    whole = " ".join(text("granvik").split())
    pieces = [
        piece
        for written, _ in rows().values()
        for quoted in re.findall(r"`([^`]+)`", written)
        for piece in quoted.split("…")
    ]
    pieces = [piece.strip(" ,{}[]") for piece in pieces]
    assert [piece for piece in pieces if piece and ":" in piece and piece not in whole] == []
    assert len(pieces) > 50
