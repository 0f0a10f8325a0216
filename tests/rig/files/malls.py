"""Malls of Hedemora's 2027 for tests: every one, or one by its keys."""

from collections.abc import Sequence
from functools import cache

from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, Wheel
from submissions.templates.mall import Mall, mall_of, malls_of
from submissions.templates.mall_words import due_text
from tests.rig.load import hedemora
from tests.rig.paths import TESTS

FILES = TESTS / "files"
#: what a definition says of the two own mallar in tests/files
OWN = """
egna mallar:
  ekonomi:
    steg: manadsrapport
    del: ekonomisk-uppfoljning
    enheter: [bildningsnamnden]
    fil: egen-ekonomi.xlsx
    blad:
      ekonomi-manad:
        verksamhet: Område
        utfall: Utfall ack
        utfall-fg: Utfall ack fg år
        budget-period: Budget ack
        avvikelse: AVV
        budget: Årsbudget
    källa: exempel "Mallar"
  berattelse:
    steg: delarsrapport
    del: mal-och-resultat
    fil: egen-verksamhetsberattelse.docx
    rubriker: {handelser: Viktiga händelser}
    källa: exempel "Mallar"
"""


@cache
def wheel() -> Wheel:
    return turn(hedemora().definition, [2027], strict=False)


def owed(step: str, period: str, unit: str, krav: str = "underlag") -> Obligation:
    return wheel().obligations[f"hedemora/{step}/{period}/{unit}/{krav}"]


def mall(step: str, period: str, unit: str, part: str, krav: str = "underlag") -> Mall:
    one = owed(step, period, unit, krav)
    return mall_of(hedemora().definition, one, next(each for each in one.parts if each.id == part), due_text(one))


@cache
def every_mall() -> Sequence[Mall]:
    """Every mall of the periods of 2027, for every step and enhet."""
    definition = hedemora().definition
    return [each for one in wheel().obligations.values() for each in malls_of(definition, one, due_text(one))]
