"""What a month's row without object is: the whole account, or what lies on no object."""

from collections import defaultdict
from collections.abc import Iterable

from submissions.sie.values import Balance, Blank, ObjectSet, PeriodAmount

Cell = dict[ObjectSet, int]  #: one account in one month: öre by the objects that they lie on


def whole(cell: Cell, blank: Blank) -> int:
    """Return what the account has in all in a month.

    By the specification a row without object is the whole account, and the objects' rows divide it; some programs
    write there only what lies on no object. Where it is missing the whole is the objects' sum, in the first
    dimension alone when the whole account is told once per dimension.
    """
    if blank == "rest":
        return sum(cell.values())
    if () in cell:
        return cell[()]
    lowest = min((_order(objects[0][0]) for objects in cell), default=(0, ""))
    return sum(amount for objects, amount in cell.items() if _order(objects[0][0]) == lowest)


def blank_of(periods: Iterable[PeriodAmount], balances: Iterable[Balance]) -> Blank:
    """Tell what a row without object means in this file, by what makes the months add up to the year's change."""
    change: dict[tuple[int, str], int] = defaultdict(int)
    for each in balances:
        if each.kind in ("UB", "RES", "IB"):
            change[each.year, each.account] += -each.amount if each.kind == "IB" else each.amount
    cells: dict[tuple[int, str], dict[int, Cell]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in periods:
        if row.kind == "PSALDO":
            cells[row.year, row.account][row.month][row.objects] += row.amount
    votes = {"helhet": 0, "rest": 0}
    for key, months in cells.items():
        sums = {kind: sum(whole(cell, kind) for cell in months.values()) for kind in _BLANKS}
        if sums["helhet"] != sums["rest"] and key in change:
            for kind in _BLANKS:
                votes[kind] += sums[kind] == change[key]
    return "rest" if votes["rest"] > votes["helhet"] else "helhet"


_BLANKS: tuple[Blank, Blank] = ("helhet", "rest")


def _order(dimension: str) -> tuple[int, str]:
    plain = dimension.isascii() and dimension.isdigit() and len(dimension) < 9
    return (int(dimension) if plain else 10**9, dimension)
