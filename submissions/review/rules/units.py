"""Amounts in another unit than tkr: told by what is written after them, or by how they lie against what is known."""

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, shown
from submissions.review.rules.shape import flawed
from submissions.review.sound import Spot

_KRONOR = "Skriv beloppen i tkr: 12 345 000 kronor är 12345. Är de redan i tkr, svara med vad som gör dem så stora."
_MILLIONS = (
    "Skriv beloppen i tkr: 12,3 miljoner är 12300. Är det i stället budgeten som står i kronor, rätta den. "
    "Är allt redan i tkr, svara med vad som gör beloppen så små."
)


def _in_kronor(spots: list[Spot]) -> str:
    told = named([f"{shown(each.text)} ({each.name})" for each in spots], "; ")
    return f"Beloppen ser ut att stå i kronor, men ska stå i tkr: {told}."


def _kronor(case: Case, judge: Judge) -> Finding | None:
    """Amounts told by what is written or known; else, where nothing is known, those that no verksamhet has.

    A whole sheet in kronor agrees with itself, and so does its budget: only its size tells.
    """
    spots = case.flaws("i-kronor") or _too_large(case, judge)
    return judge.found(named([each.place for each in spots]), _in_kronor(spots), _KRONOR) if spots else None


def _too_large(case: Case, judge: Judge) -> list[Spot]:
    sound, most = case.economy, judge.number("minst tkr")
    if sound is None:
        return []
    amounts = [each.id for each in sound.columns if each.kind == "belopp" and each.minus is None]
    return [
        sound.at(row, column)
        for row in sound.rows
        for column in amounts
        if (number := sound.number(row, column)) is not None and abs(number) >= most
    ]


def _in_millions(spots: list[Spot]) -> str:
    told = named([f"{shown(each.text)} ({each.name})" for each in spots], "; ")
    return f"Beloppen ser ut att stå i miljoner kronor, men ska stå i tkr: {told}."


RULES = (
    Registered(
        id="i-kronor",
        holds="Beloppen står i tkr och inte i kronor: jämfört med enheten som är skriven, det som är känt och budgeten, eller större än någon verksamhets.",
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
