"""Amounts in another unit than tkr: told by what is written after them, or by how they lie against what is known."""

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, shown
from submissions.review.rules.filled_cells import flawed
from submissions.review.sheets.sizes import too_large
from submissions.review.sheets.sound import Spot

_KRONOR = "Skriv beloppen i tkr: 12 345 000 kronor är 12345. Är de redan i tkr, svara med vad som gör dem så stora."
_MILLIONS = (
    "Skriv beloppen i tkr: 12,3 miljoner är 12300. Är det i stället budgeten som står i kronor, rätta den. "
    "Är allt redan i tkr, svara med vad som gör beloppen så små."
)


def _in_kronor(spots: list[Spot]) -> str:
    told = named([f"{shown(each.text)} ({each.name})" for each in spots], "; ")
    return f"Beloppen ser ut att stå i kronor, men ska stå i tkr: {told}."


def _kronor(case: Case, judge: Judge) -> Finding | None:
    """Amounts told by what is written or known; and sheet by sheet, where none is, those that are too large in tkr."""
    told = case.flaws("i-kronor")
    silent = [each for each in case.sound.values() if not each.flaws.get("i-kronor")]
    spots = told + [spot for each in silent for spot in too_large(each, judge.number("minst tkr"))]
    return judge.found(named([each.place for each in spots]), _in_kronor(spots), _KRONOR) if spots else None


def _in_millions(spots: list[Spot]) -> str:
    told = named([f"{shown(each.text)} ({each.name})" for each in spots], "; ")
    return f"Beloppen ser ut att stå i miljoner kronor, men ska stå i tkr: {told}."


RULES = (
    Registered(
        id="i-kronor",
        holds="Beloppen står i tkr och inte i kronor: jämfört med enheten som är skriven, det som är känt och budgeten, eller större än någon verksamhets, något projekts eller någon åtgärds.",
        grade="I",
        rule=_kronor,
        numbers=("minst tkr",),
    ),
    Registered(
        id="i-miljoner",
        holds="Beloppen står i tkr och inte i miljoner kronor, bedömt på samma sätt.",
        grade="I",
        rule=flawed("i-miljoner", _in_millions, _MILLIONS),
    ),
)
