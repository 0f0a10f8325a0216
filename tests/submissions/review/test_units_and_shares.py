"""Units and shares: kronor and millions on every sheet, sjukfrånvaro as shares, and groups that are not told."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from submissions.templates.mall import KnownFigures
from tests.rig.files.reviewing import Tables, Which, careful, filled_in, found_in
from tests.rig.files.spoilt.case import BOLAG_DELAR, DELAR, INVESTERING, KOMMUN_AR, KOMMUN_DELAR, MANAD, SJUK

AMOUNTS = {"beslutad-total", "prognos-total", "budget", "utfall", "anslagsforandring", "effekt", "effekt-helar",
           "utfall-fg", "prognos", "budget-period"}  # fmt: skip


def times(sheet: str, factor: Decimal | float, *columns: str) -> Callable[[Tables], None]:
    """Write each amount of a sheet, or of some columns, so many times as large."""

    def change(tables: Tables) -> None:
        for cells in tables[sheet].values():
            for column, value in cells.items():
                if column in (columns or AMOUNTS) and isinstance(value, int | float):
                    cells[column] = float(Decimal(str(value)) * Decimal(str(factor)))

    return change


def written(sheet: str, row: str | int, **cells: object) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables[sheet].setdefault(row, {}).update({key.replace("_", "-"): each for key, each in cells.items()})

    return change


IN_KRONOR = {
    "investeringar, allt": (DELAR, times("investeringar", 1000), "Investeringar!B11"),
    "investeringar, utfallet": (DELAR, times("investeringar", 1000, "utfall"), "Investeringar!F11"),
    "investeringar, beslutet": (INVESTERING, times("investeringar", 1000, "beslutad-total"), "Investeringar!B11"),
    "ett projekt av två": (DELAR, written("investeringar", 1, budget=12_000_000), "Investeringar!D12"),
    "åtgärder": (DELAR, times("atgarder", 1000), "Åtgärder!C11"),
    "kommunens resultaträkning": (KOMMUN_DELAR, times("resultatrakning", 1000), "Resultaträkning!B"),
    "kommunens kassaflöde": (KOMMUN_AR, times("kassaflode", 10_000), "Kassaflödesanalys!B"),
    "bolagets resultaträkning": (BOLAG_DELAR, times("resultatrakning-bolag", 1000), "Resultaträkning!B"),
    "en månads ekonomi": (MANAD, times("ekonomi-manad", 1000), "Ekonomi!B"),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_KRONOR)
def test_amounts_in_kronor_are_asked_about_on_every_sheet(what: str) -> None:
    which, change, where = IN_KRONOR[what]
    asked = found_in(which, filled_in(which, change))["i-kronor"]
    assert asked.severity == "fråga" and asked.place.startswith(where)
    assert "Skriv beloppen i tkr: 12 345 000 kronor är 12345." in asked.mend


IN_MILLIONS = {
    "investeringar, allt": (DELAR, times("investeringar", 0.001), "Investeringar!B11"),
    "investeringar i årsredovisningen": (INVESTERING, times("investeringar", 0.001), "Investeringar!B11"),
    "investeringar i hela millioner": (DELAR, lambda tables: tables.update(investeringar=PROJECTS), "Investeringar!B11"),
    "åtgärder": (DELAR, times("atgarder", 0.001), "Åtgärder!C11"),
    "ekonomi, och inget är känt": (DELAR, times("ekonomi-delar", 0.001), "Ekonomi!B"),
    "kommunens resultaträkning": (KOMMUN_DELAR, times("resultatrakning", 0.001), "Resultaträkning!B"),
    "bolagets resultaträkning": (BOLAG_DELAR, times("resultatrakning-bolag", 0.001), "Resultaträkning!B"),
}  # fmt: skip
PROJECTS: dict[str | int, dict[str, object]] = {
    0: {"projekt": "Ny skola i norr", "beslutad-total": 42, "prognos-total": 42, "budget": 20, "utfall": 12},
    1: {"projekt": "Inventarier", "beslutad-total": 3, "prognos-total": 3, "budget": 3, "utfall": 1},
}


@pytest.mark.parametrize("what", IN_MILLIONS)
def test_amounts_in_millions_are_asked_about_on_every_sheet(what: str) -> None:
    which, change, where = IN_MILLIONS[what]
    asked = found_in(which, filled_in(which, change))["i-miljoner"]
    assert asked.severity == "fråga" and asked.place.startswith(where)
    assert "Skriv beloppen i tkr: 12,3 miljoner är 12300." in asked.mend


@pytest.mark.parametrize("said", ["1,2 mdkr", "1,2 md", "1 miljard kronor", "2,5 miljarder"])
def test_an_amount_in_miljarder_is_no_amount_in_tkr(said: str) -> None:
    found = found_in(DELAR, filled_in(DELAR, written("ekonomi-delar", "kultur", budget=said)))
    assert "inte-ett-tal" in found and not {"i-kronor", "i-miljoner"} & found.keys()


RIGHT = {
    "små projekt i tkr": (DELAR, lambda tables: tables.update(investeringar={0: {
        "projekt": "Inventarier", "beslutad-total": 300, "prognos-total": 300, "budget": 150, "utfall": 40}})),
    "ett stort projekt som knappt har börjat": (DELAR, written("investeringar", 0, utfall=90)),
    "inga projekt": (DELAR, lambda tables: tables.update(investeringar={0: {"projekt": "Inga"}})),
    "en liten åtgärd": (DELAR, written("atgarder", 0, effekt=40, effekt_helar=80)),
    "en verksamhet som nästan går ihop": (DELAR, written("ekonomi-delar", "kultur", utfall=4, utfall_fg=3, budget=6, prognos=6)),
}  # fmt: skip


@pytest.mark.parametrize("what", RIGHT)
def test_small_amounts_in_tkr_are_not_asked_about(what: str) -> None:
    which, change = RIGHT[what]
    assert not {"i-kronor", "i-miljoner"} & found_in(which, filled_in(which, change)).keys()


def test_what_is_known_of_a_verksamhet_tells_its_unit_and_not_its_size() -> None:
    rows = ("forskola", "grundskola", "gymnasium", "kultur")
    known = KnownFigures(amounts={each: {"budget": Decimal("120.4"), "utfall": Decimal("80.2")} for each in rows})

    def change(tables: Tables) -> None:
        for row in rows:
            tables["ekonomi-delar"][row].update({"utfall": 80.2, "utfall-fg": 79, "budget": 120.4, "prognos": 120.4})

    assert "i-miljoner" not in found_in(DELAR, filled_in(DELAR, change), known=known)


SHARES = {
    "hela bladet": ({row: {"utfall": now / 100, "utfall-fg": then / 100} for row, now, then in (
        ("total", 6.8, 6.5), ("lang", 42.1, 40.2), ("kvinnor", 7.9, 7.5), ("man", 4.4, 4.3), ("alder-29", 5.9, 5.5),
        ("alder-30-49", 6.5, 6.1), ("alder-50", 7.4, 7.3))}, "Sjukfrånvaro!B10", "”0,068” (Total sjukfrånvaro, Perioden)"),
    "en av kolumnerna": ({row: {"utfall-fg": then} for row, then in (
        ("total", 0.065), ("lang", 0.4), ("kvinnor", 0.075), ("man", 0.043), ("alder-29", 0.055), ("alder-30-49", 0.061),
        ("alder-50", 0.073))}, "Sjukfrånvaro!C10", "”0,065” (Total sjukfrånvaro, Samma period förra året)"),
    "en grupp": ({"kvinnor": {"utfall": 0.062}}, "Sjukfrånvaro!B12", "”0,062” (Kvinnor, Perioden)"),
    "totalen": ({"total": {"utfall": 0.062}}, "Sjukfrånvaro!B10", "”0,062” (Total sjukfrånvaro, Perioden)"),
    "den långa": ({"lang": {"utfall": 0.384}}, "Sjukfrånvaro!B11", "”0,384” (Andel av sjukfrånvaron"),
    "bara total och lång, då grupperna är för små": (
        {"total": {"utfall": 0.05}, "lang": {"utfall": 0.3}} | {row: {"utfall": ".."} for row in (
            "kvinnor", "man", "alder-29", "alder-30-49", "alder-50")}, "Sjukfrånvaro!B10", "”0,05”"),
}  # fmt: skip


@pytest.mark.parametrize("what", SHARES)
def test_sjukfranvaro_that_stands_as_a_share_is_asked_about(what: str) -> None:
    cells, where, says = SHARES[what]
    content = filled_in(SJUK, lambda tables: [tables["sjukfranvaro"][row].update(each) for row, each in cells.items()])
    found = found_in(SJUK, content)
    assert list(found) == ["sjukfranvaro-som-andel"]  # and not also beside its total
    assert found["sjukfranvaro-som-andel"].place.startswith(where)
    assert says in found["sjukfranvaro-som-andel"].message


@pytest.mark.parametrize(
    "cells",
    [
        {"man": {"utfall": 0.8}, "kvinnor": {"utfall": 7.9}},
        {"alder-29": {"utfall": 0}},
        {"lang": {"utfall": 0}},
        {"lang": {"utfall": 1.4}},
    ],
    ids=["få män är sjuka", "ingen ung är sjuk", "ingen är långt sjuk", "få är långt sjuka"],
)
def test_a_low_sjukfranvaro_is_not_asked_about(cells: dict[str, dict[str, float]]) -> None:
    content = filled_in(SJUK, lambda tables: [tables["sjukfranvaro"][row].update(each) for row, each in cells.items()])
    assert "sjukfranvaro-som-andel" not in found_in(SJUK, content)


@pytest.mark.parametrize(
    "written_there",
    ["x", "X", "-", "–", "*", "färre än 10", "Färre än tio anställda", "<10", "≤ 10", "n<10", "N < 5", "antal < 10", "högst 10", "10 eller färre",
     "för få", "sekretess", "ej redovisad", "redovisas ej", "lämnas inte ut", "(dold)", "i.u.", "N/A",
     "få anställda", "För litet underlag", "1–9", "sekr.", "döljs", "uppgift saknas", "kan ej redovisas", "[..]", "uppgiften lämnas inte"],
)  # fmt: skip
def test_a_group_that_is_not_told_is_to_say_so_with_two_points(written_there: str) -> None:
    """LKBR 11 kap. 6 §: a group of ten or fewer is not told."""
    content = filled_in(SJUK, written("sjukfranvaro", "alder-29", utfall=written_there))
    (found,) = found_in(SJUK, content).values()
    assert (found.rule, found.severity, found.place) == ("sjukfranvaro-tom-grupp", "fråga", "Sjukfrånvaro!B14")
    assert "skriv .. i rutan" in found.mend and "högst tio" in found.mend


def test_the_total_is_always_told_whatever_stands_in_its_place() -> None:
    for instead in ("x", "-", "färre än 10"):
        (found,) = found_in(SJUK, filled_in(SJUK, written("sjukfranvaro", "total", utfall=instead))).values()
        assert (found.rule, found.severity) == ("sjukfranvaro-dold-total", "stopp")


def test_what_is_neither_a_number_nor_a_mark_is_still_no_number() -> None:
    (found,) = found_in(SJUK, filled_in(SJUK, written("sjukfranvaro", "alder-29", utfall="ungefär sju"))).values()
    assert found.rule == "inte-ett-tal"


def test_an_empty_group_and_a_marked_one_are_told_together() -> None:
    def change(tables: Tables) -> None:
        tables["sjukfranvaro"]["man"]["utfall"] = None
        tables["sjukfranvaro"]["alder-29"]["utfall"] = "x"

    (found,) = found_in(SJUK, filled_in(SJUK, change)).values()
    assert found.message == "En ruta är tom: Män, Perioden. ”x” (29 år eller yngre, Perioden) är ingen andel."


@pytest.mark.parametrize("which", [DELAR, SJUK, INVESTERING, KOMMUN_DELAR, KOMMUN_AR, BOLAG_DELAR, MANAD], ids=" ".join)
def test_a_careful_file_is_asked_nothing(which: Which) -> None:
    assert found_in(which, careful(which)) == {}
