"""Lost in silence: what stands in a file but does not come along, or comes along though it was meant not to, is told."""

from typing import Any

import pytest
from openpyxl.workbook import Workbook

from tests.rig.files import filling
from tests.rig.files.planted_underlag import DELAR, MANAD
from tests.rig.files.reviewing import Tables, careful, filled_in, found_in

TWICE = {
    "under de andra": ("Förskola", 17),
    "med stora bokstäver och blanksteg": ("  FÖRSKOLA ", 17),
    "på mallens sista tomma rad": ("Grundskola", 19),
    "den sista verksamheten": ("Kultur och fritid", 18),
}


@pytest.mark.parametrize("what", TWICE)
def test_a_row_that_stands_twice_is_told_as_that(what: str) -> None:
    name, line = TWICE[what]

    def again(book: Workbook) -> None:
        page: Any = book["Ekonomi"]
        for letter, value in zip("ABCDE", (name, 18_800, 18_200, 38_000, 38_000), strict=True):
            page[f"{letter}{line}"] = value

    found = found_in(DELAR, filling.rework(careful(DELAR), again))
    assert list(found) == ["dubbel-rad"]
    assert found["dubbel-rad"].place == f"Ekonomi!A{line}"
    assert f"Raden ”{name.strip()}” står två gånger" in found["dubbel-rad"].message


def test_a_row_that_stands_three_times_is_told_at_both_places_and_a_strange_one_as_strange() -> None:
    def more(tables: Tables) -> None:
        figures = dict.fromkeys(("utfall", "utfall-fg", "budget-period", "budget"), 100)
        for at, name in enumerate(("Förskola", "Förskola", "Fritidshem")):
            tables["ekonomi-manad"][at] = {"verksamhet": name, **figures}

    content = filled_in(MANAD, more)
    at = [filling.place(content, "ekonomi-manad", number, "verksamhet") for number in range(3)]
    found = found_in(MANAD, content)
    assert {rule: each.place for rule, each in found.items()} == {
        "dubbel-rad": f"{at[0]} och {at[1]}",
        "okand-rad": at[2],
    }
