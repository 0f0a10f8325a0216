"""Investments: the decided and the forecast total outlay of each project, and why one goes above what was decided."""

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, tkr
from submissions.review.rules.filled_cells import flawed
from submissions.review.rules.sums import ROUNDING
from submissions.review.substance import says


def above_decided(case: Case, judge: Judge) -> Finding | None:
    """A project that is forecast to cost more than was decided has a comment."""
    sheet, off = case.of_kind("investeringar"), []
    for row in sheet.rows if sheet else ():
        assert sheet is not None  # noqa: S101 - there are rows
        decided, forecast = sheet.number(row, sheet.of("beslutad total")), sheet.number(row, sheet.of("prognos total"))
        if decided is None or forecast is None or forecast - decided <= judge.number(ROUNDING):
            continue
        if not says(row.text(sheet.of("förklaring"))):
            told = f"{row.name}: prognos {tkr(forecast)}, beslutat {tkr(decided)}"
            off.append((sheet.at(row, sheet.of("prognos total")), told))
    if not off:
        return None
    return judge.found(
        named([at.place for at, _ in off]),
        f"Projektet väntas kosta mer än beslutat, utan kommentar. {named([told for _, told in off], '; ')}.",
        "Skriv i kolumnen Kommentar vad det beror på, och om beslut om mer pengar är fattat eller på väg.",
    )


RULES = (
    Registered(
        id="investering-utan-totalutgift",
        holds="Varje projekt har beslutad total utgift och prognos för den.",
        grade="S",
        rule=flawed(
            "investering-utan-totalutgift",
            lambda spots: f"Projekt utan uppgift: {named([each.name for each in spots], '; ')}.",
            "Skriv projektets hela utgift över alla år, både den beslutade och den ni räknar med.",
        ),
    ),
    Registered(
        id="investering-over-beslut",
        holds="Ett projekt som väntas kosta mer än beslutat är kommenterat.",
        grade="I",
        rule=above_decided,
        numbers=(ROUNDING,),
    ),
)
