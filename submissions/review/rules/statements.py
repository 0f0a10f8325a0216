"""The statements against each other: balance against itself, result against balance, kassaflöde against balance."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from arshjul.definition.sheets.column import ColumnRole
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, tkr
from submissions.review.rules.sums import ROUNDING, lines_off, within
from submissions.review.sheets.sound import Sound

_NOW: ColumnRole = "utfall"
_BEFORE: ColumnRole = "utfall förra året"


class Tie(NamedTuple):
    """Two cells that say the same thing."""

    one: tuple[Sound, str, ColumnRole]  #: sheet, row, and what the column means
    other: tuple[Sound, str, ColumnRole]


def unbalanced(case: Case, judge: Judge) -> Finding | None:
    """Assets are equity, provisions and debts together, in both columns."""
    balance = case.of_kind("balansräkning")
    ties = (
        [Tie((balance, "tillgangar", each), (balance, "skulder-och-kapital", each)) for each in (_NOW, _BEFORE)]
        if balance
        else []
    )
    return _found(
        judge,
        ties,
        "Balansräkningen går inte ihop",
        "Summa tillgångar ska vara lika med summa eget kapital, avsättningar och skulder. Leta efter skillnaden bland posterna.",
    )  # fmt: skip


def result_against_balance(case: Case, judge: Judge) -> Finding | None:
    """The year's result is the same in the resultaträkning and in the balansräkning; last year's only for a whole year."""
    result, balance = case.of_kind("resultaträkning", "bolagets resultaträkning"), case.of_kind("balansräkning")
    ties = []
    if result and balance:
        whole_year = result.sheet.of_role("prognos") is None  # where there is a forecast, last year's is a part of it
        columns = (_NOW, _BEFORE) if whole_year else (_NOW,)
        ties = [Tie((result, "arets-resultat", each), (balance, "arets-resultat", each)) for each in columns]
    return _found(
        judge,
        ties,
        "Årets resultat är inte detsamma i resultaträkningen och balansräkningen",
        "Rätta den som är fel: resultatet i resultaträkningen ska stå som årets resultat under eget kapital.",
    )


def cash_against_balance(case: Case, judge: Judge) -> Finding | None:
    """Cash at the year's start and end is the balance's kassa och bank."""
    flow, balance = case.of_kind("kassaflödesanalys"), case.of_kind("balansräkning")
    ties = []
    if flow and balance:
        ties = [
            Tie((flow, "vid-arets-slut", _NOW), (balance, "kassa", _NOW)),
            Tie((flow, "vid-arets-borjan", _NOW), (balance, "kassa", _BEFORE)),
            Tie((flow, "vid-arets-slut", _BEFORE), (balance, "kassa", _BEFORE)),
        ]
    return _found(
        judge,
        ties,
        "Likvida medel i kassaflödesanalysen är inte kassa och bank i balansräkningen",
        "Rätta den som är fel. Räknar ni in kortfristiga placeringar i likvida medel, svara med beloppet.",
    )


def _found(judge: Judge, ties: Iterable[Tie], what: str, mend: str) -> Finding | None:
    off = list(_apart(ties, judge.number(ROUNDING)))
    if not off:
        return None
    places = named([place for each in off for place in each[:2]])
    return judge.found(places, f"{what}. {named([each[2] for each in off], '; ')}.", mend)


def _apart(ties: Iterable[Tie], tolerance: Decimal) -> Iterator[tuple[str, str, str]]:
    """Give the places and words of the ties that do not hold. What hangs on a fault in the sheet is told as that."""
    for one, other in ((_at(each.one), _at(each.other)) for each in ties):
        if not (one[0].adds_up(one[2]) and other[0].adds_up(other[2])):
            continue
        broken = {place for sheet in (one[0], other[0]) for off in lines_off(sheet, tolerance) for place in off.terms}
        here, there = one[0].at(one[0].row(one[1]), one[2]), other[0].at(other[0].row(other[1]), other[2])
        left, right = one[0].number(one[0].row(one[1]), one[2]), other[0].number(other[0].row(other[1]), other[2])
        if left is None or right is None or broken & {here.place, there.place}:
            continue
        if abs(left - right) > within(tolerance, 2):
            words = f"{here.name}: {tkr(left)}, men {there.name}: {tkr(right)}. Skillnaden är {tkr(abs(left - right))}"
            yield here.place, there.place, words


def _at(cell: tuple[Sound, str, ColumnRole]) -> tuple[Sound, str, str]:
    sheet, row, role = cell
    return sheet, row, sheet.of(role)


RULES = tuple(
    Registered(id=rule_id, holds=holds, grade="I", rule=rule, numbers=(ROUNDING,))
    for rule_id, holds, rule in (
        ("balans", "Summa tillgångar är lika med summa eget kapital, avsättningar och skulder.", unbalanced),
        ("resultat-mot-balans", "Årets resultat är detsamma i resultaträkningen och balansräkningen.", result_against_balance),
        ("kassaflode-mot-balans", "Likvida medel i kassaflödesanalysen är kassa och bank i balansräkningen.", cash_against_balance),
    )
)  # fmt: skip
