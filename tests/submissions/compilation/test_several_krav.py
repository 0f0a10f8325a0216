"""A sammanställning takes texts and enheter from all krav that the report is made of, whatever they are called."""

from datetime import datetime

from arshjul.definition.reading import read_definition
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, PartOwed
from submissions.compilation.basis import Basis
from submissions.compilation.compiled import Compiled
from submissions.compilation.compiled_words import counting
from submissions.compilation.making import compile_occurrence
from submissions.files.filled import Filled, Section
from submissions.standing.completeness import PartState
from tests.rig.load import text

NOW = datetime(2027, 9, 24, 9, tzinfo=STOCKHOLM)
FIGURES = "      underlag:\n        namn: underlag till delårsrapporten\n"
#: a second hand-in, of text, and the omsorgsnämnd's own krav in place of the common one
OWN = """\
      texter:
        namn: texter till delårsrapporten
        enheter: [kommunstyrelsen, bildningsnamnden]
        frist: {regel: {regel: arbetsdagar, antal: 20, efter: periodens slut}, källa: plan § 2}
        trappa: delarsrapport
        delar: {berattelse: {namn: Verksamhetsberättelse, form: text, källa: plan § 8}}
      omsorg:
        namn: omsorgens underlag
        enheter: [omsorgsnamnden]
        frist: {regel: {regel: arbetsdagar, antal: 15, efter: periodens slut}, källa: plan § 2}
        trappa: delarsrapport
        delar: {omsorgsberattelse: {namn: Omsorgens berättelse, form: text, källa: plan § 8}}
"""


def made(complete: bool = True) -> Compiled:
    """Return the sammanställning of a delårsrapport with three krav; the main one is called ``siffror``."""
    whole = text("strandby")
    start = whole.index("\n  delarsrapport:\n    namn")
    changed = whole[start:].replace(
        FIGURES,
        OWN + FIGURES.replace("underlag:\n", "siffror:\n        huvudkrav: true\n        enheter: [kommunstyrelsen, bildningsnamnden, bostadsbolaget]\n", 1),
        1,
    ).replace("slutför: underlag", "slutför: siffror", 1)  # fmt: skip
    definition = read_definition(whole[:start] + changed, "x.yaml").definition
    occurrence = next(each for each in turn(definition, [2027]).occurrences if each.step == "delarsrapport")
    every = [(one, part) for one in occurrence.obligations for part in one.parts]
    states = {
        one.key: [_state(one, part, number, complete) for number, (each, part) in enumerate(every) if each is one]
        for one in occurrence.obligations
    }
    read = {
        number: Filled(kind="docx", sections=(Section(heading="Rubrik", place="", text=f"{part.id} från {one.unit}"),))
        for number, (one, part) in enumerate(every)
    }
    standing = dict.fromkeys(states, State.KOMPLETT if complete else State.OFULLSTANDIG)
    basis = Basis(
        definition=definition, occurrence=occurrence, states=states, standing=standing, answers=(), read=frozenset(read)
    )
    return compile_occurrence(basis, read, NOW)


def _state(one: Obligation, part: PartOwed, number: int, complete: bool) -> PartState:
    there = complete or one.krav != "texter"
    return PartState(
        part=part, obligation_key=one.key, version=1 if there else None, submission_id=number if there else None,
        complete=there, late=False, received_at=NOW if there else None, by=None, filename="fil.docx", sha256=None,
        fields={}, ej_aktuellt=None, findings=(),
    )  # fmt: skip


def test_texts_come_from_every_krav_of_the_report_and_none_from_the_anvisningar() -> None:
    chapters = {
        each.title: [piece.unit_name for section in each.sections for piece in section.pieces]
        for each in made().chapters
    }
    assert chapters["Verksamhetsberättelse"] == ["Kommunstyrelsen", "Bildningsnämnden"]
    assert chapters["Omsorgens berättelse"] == ["Omsorgsnämnden"]
    assert chapters["Bolagets rapport"] == ["Bostadsbolaget AB"]
    assert "Anvisningar med mallar och tidplan" not in chapters


def test_each_enhet_counts_once_whichever_krav_it_has() -> None:
    names = [each.unit_name for each in made().underlag]
    assert sorted(names) == ["Bildningsnämnden", "Bostadsbolaget AB", "Kommunstyrelsen", "Omsorgsnämnden"]
    kommunstyrelsen = next(each for each in made().underlag if each.unit == "kommunstyrelsen")
    assert kommunstyrelsen.krav == "underlag till delårsrapporten och texter till delårsrapporten"
    assert "Verksamhetsberättelse" in [part.name for part in kommunstyrelsen.parts]
    assert " och " in kommunstyrelsen.due_text  # two frister


def test_an_enhet_whose_text_is_missing_is_not_whole() -> None:
    told = counting(made(complete=False))
    assert any("Bildningsnämnden" in line and "fattas" in line for line in told), told
