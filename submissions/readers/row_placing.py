"""Which row of a table is which: by its own words, and by its defined name where the words do not speak against it.

Excel moves a name with its row. A script that inserts rows does not, and nobody does when rows are sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from submissions.readers.wanted import WantedLine
from submissions.readers.written import blank_folded

TOTALS = ("summa", "totalt", "total", "s:a", "summa totalt", "totalsumma", "summa summarum")


@dataclass(frozen=True, slots=True)
class Placed:
    """The id of each known row, and the total's row; None where only a reader of its words will find it."""

    ids: Mapping[int, str]
    total: int | None


def is_total(text: str) -> bool:
    """Tell whether a row calls itself the sum of the others."""
    return blank_folded(text).rstrip(":") in TOTALS


def place(lines: Sequence[WantedLine], named: Mapping[str, int], total: int | None, texts: Mapping[int, str]) -> Placed:
    """Return where the known rows are. ``named`` and ``total`` are where names point, ``texts`` what rows are called.

    A row that says a known row's title is that row; of several the one to which the name points, else the first. A
    name whose title stands nowhere may be of a row that somebody has called something else: it holds where no name
    was left behind, or above a row whose name and words agree.
    """
    said: dict[str, list[int]] = {}
    for row, text in sorted(texts.items()):
        said.setdefault(blank_folded(text), []).append(row)
    rows: dict[str, int] = {}
    for line in lines:
        free = [row for row in said.get(blank_folded(line.title), ()) if row not in rows.values()]
        if free:
            rows[line.id] = named[line.id] if named.get(line.id) in free else free[0]
    right = _right_total(total, texts, rows)
    agreed = [row for each, row in rows.items() if named.get(each) == row]
    left_behind = right != total or any(each in named and named[each] != row for each, row in rows.items())
    for each, row in named.items():
        if each not in rows and row not in rows.values() and (not left_behind or row < max(agreed, default=row)):
            rows[each] = row
    return Placed({row: each for each, row in rows.items()}, right)


def _right_total(total: int | None, texts: Mapping[int, str], rows: Mapping[str, int]) -> int | None:
    """Return the total's row: where its name points, unless that row says that it is another."""
    if total is None or is_total(texts.get(total, "")):
        return total
    sums = [row for row, text in texts.items() if is_total(text) and row not in rows.values()]
    if sums:
        return min(sums, key=lambda row: (abs(row - total), -row))
    return None if total in rows.values() else total
