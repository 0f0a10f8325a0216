"""Mål and indikatorer: there are some, what is not reached is commented, and what cannot be has a proposal."""

from collections.abc import Collection

from arshjul.definition.sheets.column import NOT_REACHED, PARTLY, ColumnRole
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, shown
from submissions.review.sheets.sound import Sound, Spot
from submissions.review.substance import folded, says


def no_goal(case: Case, judge: Judge) -> Finding | None:
    """The sheet of mål has no mål at all."""
    sheet = case.of_kind("mål")
    if sheet is None or sheet.rows or sheet.sheet.naming.id in sheet.table.missing:
        return None
    return judge.found(
        sheet.table.title,
        f"Bladet {shown(sheet.table.title)} har inga mål.",
        "Skriv enhetens mål ur verksamhetsplanen, en rad för varje indikator, och bedöm om de nås under året.",
    )


def without_proposal(case: Case, judge: Judge) -> Finding | None:
    """A mål that cannot be reached has a proposal: it may be adjusted or put off."""
    off = _without(case.of_kind("mål"), (NOT_REACHED,), "förslag")
    if not off:
        return None
    return judge.found(
        named([each.place for each in off]),
        f"Mål som inte kan nås saknar förslag: {named([shown(each.row) for each in off])}.",
        "Skriv vad ni föreslår: ändra målet, skjuta upp det, eller det som behövs för att nå det.",
    )


def without_comment(case: Case, judge: Judge) -> Finding | None:
    """A mål that is reached in part or not at all has a comment."""
    off = _without(case.of_kind("mål"), (PARTLY, NOT_REACHED), "förklaring")
    if not off:
        return None
    return judge.found(
        named([each.place for each in off]),
        f"Mål som inte nås helt saknar kommentar: {named([shown(each.row) for each in off])}.",
        "Skriv i kolumnen Kommentar vad det beror på.",
    )


def _without(sheet: Sound | None, judged: Collection[str], role: ColumnRole) -> list[Spot]:
    if sheet is None or not (column := sheet.of(role)):
        return []
    wanted = {folded(each) for each in judged}
    rows = (row for row in sheet.rows if folded(row.text(sheet.of("bedömning"))) in wanted)
    return [sheet.at(row, column) for row in rows if not says(row.text(column))]


RULES = (
    Registered(id="saknar-mal", holds="Bladet har minst ett mål.", grade="H", rule=no_goal),
    Registered(
        id="mal-utan-forslag", holds="Ett mål som inte kan nås har ett förslag.", grade="H", rule=without_proposal
    ),
    Registered(
        id="mal-utan-kommentar",
        holds="Ett mål som bara nås delvis, eller inte alls, är kommenterat.",
        grade="H",
        rule=without_comment,
    ),
)
