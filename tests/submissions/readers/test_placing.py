"""Which row of a table is which, when rows were put in, taken out or sorted and the names stayed where they were."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from submissions.readers.row_placing import Placed, place
from submissions.readers.wanted import WantedLine
from tests.rig.files.reading_files import TITLE_ROW, filled, saved, workbook

FIRST = TITLE_ROW + 1
TITLES = ("Förskola", "Grundskola", "Gymnasium", "Kultur")
LINES = [WantedLine(id=title.casefold(), title=title, label=f"rad_{at}") for at, title in enumerate(TITLES)]
NAMED = {line.id: at for at, line in enumerate(LINES)}
TOTAL = 6  #: where the mall's total is; two empty rows before it


def placed(*texts: str, named: dict[str, int] = NAMED, total: int | None = TOTAL) -> Placed:
    return place(LINES, named, total, {row: text for row, text in enumerate(texts) if text})


def test_untouched_rows_are_where_their_names_point() -> None:
    assert placed(*TITLES, "", "", "Summa") == Placed({0: "förskola", 1: "grundskola", 2: "gymnasium", 3: "kultur"}, 6)


def test_words_go_before_a_name_that_was_left_behind() -> None:
    found = placed("Förskola", "Öppen förskola", "Grundskola", "Gymnasium", "Kultur", "", "", "Summa")
    assert found == Placed({0: "förskola", 2: "grundskola", 3: "gymnasium", 4: "kultur"}, 7)


def test_a_row_that_was_taken_out_is_nowhere_and_the_others_are_where_their_words_are() -> None:
    assert placed("Förskola", "Gymnasium", "Kultur", "", "", "Summa") == Placed(
        {0: "förskola", 1: "gymnasium", 2: "kultur"}, 5
    )


def test_a_row_of_their_own_that_slid_up_under_a_name_is_not_that_row() -> None:
    found = placed("Förskola", "Grundskola", "Gymnasium", "Projekt", "", "Summa")  # Kultur was taken out
    assert found == Placed({0: "förskola", 1: "grundskola", 2: "gymnasium"}, 5)


def test_a_row_that_was_called_something_else_keeps_its_name_where_none_was_left_behind() -> None:
    found = placed("Förskola", "Grundskolan F–9", "Gymnasium", "Kultur och fritid", "", "", "Totalt nämnden")
    assert found == Placed({0: "förskola", 1: "grundskola", 2: "gymnasium", 3: "kultur"}, 6)


def test_a_row_that_was_called_something_else_keeps_its_name_above_where_rows_were_put_in() -> None:
    found = placed("Förskolan", "Grundskola", "Projekt", "Gymnasium", "Kulturen", "", "", "Summa")
    assert found == Placed({0: "förskola", 1: "grundskola", 3: "gymnasium"}, 7)  # Kulturen may be anything


def test_of_two_rows_with_the_same_words_the_one_with_the_name_is_meant() -> None:
    found = placed(
        "Förskola", "Grundskola", "Gymnasium", "Kultur", "Förskola", "", "Summa", named={**NAMED, "förskola": 4}
    )
    assert found.ids[4] == "förskola" and 0 not in found.ids


def test_without_names_the_words_tell_and_without_words_the_names() -> None:
    assert placed(*TITLES, named={}, total=None) == Placed(
        {0: "förskola", 1: "grundskola", 2: "gymnasium", 3: "kultur"}, None
    )
    assert placed() == Placed({0: "förskola", 1: "grundskola", 2: "gymnasium", 3: "kultur"}, TOTAL)


@settings(max_examples=100)
@given(st.permutations([*TITLES, "Projekt A", "Projekt B"]), st.integers(0, 4))
def test_in_any_order_and_with_anything_between_each_row_is_found_by_its_words(order: Sequence[str], more: int) -> None:
    texts = ["Eget"] * more + list(order) + ["", "Summa"]
    found = placed(*texts)
    assert {texts[row]: line for row, line in found.ids.items()} == {title: title.casefold() for title in TITLES}
    assert found.total == len(texts) - 1


def put_in(book: Workbook) -> None:
    """As a script does it: the cells move, and no name."""
    book["Ekonomi"].insert_rows(FIRST + 1)
    book["Ekonomi"].cell(FIRST + 1, 1, "Öppen förskola")
    book["Ekonomi"].cell(FIRST + 1, 2, 12)


def take_out(book: Workbook) -> None:
    book["Ekonomi"].delete_rows(FIRST + 1)


def turn_round(book: Workbook) -> None:
    page = book["Ekonomi"]
    rows: list[list[Any]] = [[cell.value for cell in row] for row in page.iter_rows(FIRST, FIRST + 3, max_col=5)]
    for at, row in enumerate(reversed(rows)):
        for column, value in enumerate(row, 1):
            page.cell(FIRST + at, column, value)


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        (put_in, ["forskola", None, "grundskola", "gymnasium", "kultur"]),
        (take_out, ["forskola", "gymnasium", "kultur"]),
        (turn_round, ["kultur", "gymnasium", "grundskola", "forskola"]),
    ],
)
def test_a_workbook_whose_rows_a_script_moved_is_read_by_its_words(change: Any, ids: list[str | None]) -> None:
    def mark(book: Workbook) -> None:
        for at in range(4):
            book["Ekonomi"].cell(FIRST + at, 2, 1000 + at)
        change(book)

    table = filled(saved(workbook(change=mark, formulas=False))).tables["ekonomi-delar"]
    assert [row.id for row in table.body] == ids
    amounts = {"forskola": 1000, "grundskola": 1001, "gymnasium": 1002, "kultur": 1003, None: 12}
    assert [row.number("utfall") for row in table.body] == [amounts[each] for each in ids]
    assert table.total is not None and table.total.name == "Summa"
