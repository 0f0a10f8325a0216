"""A municipality's sheets of its own, as docs/blad.md says them: from the mall to the sammanställning, and every rule."""

import json
import re
from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from ruamel.yaml import YAML

from arshjul.definition.model import Definition
from arshjul.definition.reading import read_definition
from arshjul.definition.sheets.shipped import shipped
from arshjul.errors import DefinitionError, Fault
from arshjul.ladder.standing import State
from arshjul.swedish import STOCKHOLM
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, Occurrence, PartOwed
from submissions.compilation import document, workbook
from submissions.compilation.basis import Basis
from submissions.compilation.compiled import Compiled
from submissions.compilation.making import compile_occurrence
from submissions.files.filled import Filled
from submissions.finding import Finding
from submissions.ledger import ledger_changes
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.review.book import OWN, Rulebook, described, judge, rule_faults, rulebook_of
from submissions.review.case import case_of
from submissions.review.examining import judged
from submissions.review.own_rules import own_rules
from submissions.standing.completeness import PartState
from submissions.standing.version_changes import changes
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures, Mall, mall_of
from submissions.templates.mall_workbook import workbook_of
from tests.rig.files.filling import FIELDS, fill_workbook
from tests.rig.load import hedemora, text
from tests.rig.paths import ROOT

ADDED, *BLOCKS = re.findall(
    r"^```yaml\n(.*?)^```$", (ROOT / "docs" / "blad.md").read_text(encoding="utf-8"), re.M | re.S
)
NOW = datetime(2027, 5, 21, 9, tzinfo=STOCKHOLM)
OCCURRENCE = "tertialrapport/2027-04"
ASKED = "        delar: {ekonomi: {namn: Ekonomi, form: tabell, källa: plan § 8}}\n"
Rows = dict[str | int, dict[str, Any]]

MEASURES: Rows = {
    0: {"matt": "Invånare", "ingang": 26602, "onskat": 26900, "status": 26611},
    1: {"matt": "Rekommendation", "ingang": 66, "onskat": "Ökning", "status": "Inga nya data", "nasta": "2028"},
}
ACTIVITIES: Rows = {
    0: {"aktivitet": "Filmer", "mal": "Synas", "start": "2027-01-10", "slut": "2027-06-30", "lage": "Pågår"},
    1: {"aktivitet": "Kampanj", "mal": "Synas", "start": "2027-02-01", "slut": "2027-02-01", "lage": "Klart"},
}
INDICATORS: Rows = {
    0: {"indikator": "Sjukfrånvaro", "kon": "Tot", "utfall-fg": 4.9, "utfall": 4.7, "mal": "Minska"},
    1: {"indikator": "Sjukfrånvaro", "kon": "K", "utfall-fg": 5.4, "utfall": 5.1},
    2: {"indikator": "Sjukfrånvaro", "kon": "M", "utfall-fg": 3.8, "utfall": 3.6},
    3: {"indikator": "Styrningsindex", "kon": "Tot", "utfall-fg": 69, "utfall": "***", "mal": 70},
}
INDEX: Rows = {
    "bemotande": {"utfall": 64, "fler": 66, "farre": 62},
    "trygghet": {"utfall": 55.5},
}
CAREFUL = {"resultatmatt": MEASURES, "aktiviteter": ACTIVITIES, "indikatorer": INDICATORS, "kommunindex": INDEX}


def written(blad: str = BLOCKS[0]) -> str:
    """Lindö's definition with the page's sheets, in its tertialrapport."""
    parts = "".join(f"        {line}\n" for line in BLOCKS[1].splitlines())
    whole = text("lindo").partition("\n  delarsrapport:")[0] + "\n"
    assert ASKED in whole
    return whole.replace(ASKED, parts).replace("\nsteg:\n", f"\n{blad}steg:\n")


@cache
def definition() -> Definition:
    return read_definition(written(), "lindo.yaml").definition


@cache
def occurrence() -> Occurrence:
    wheel = turn(definition(), [2027], strict=False)
    return next(each for each in wheel.occurrences if f"{each.step}/{each.period.key}" == OCCURRENCE)


def owed(unit: str = "ks") -> tuple[Obligation, PartOwed]:
    one = next(each for each in occurrence().obligations if each.unit == unit)
    return one, one.parts[0]


def mall() -> Mall:
    one, part = owed()
    return mall_of(definition(), one, part, "torsdag 20 maj 2027 kl. 16.00")


@cache
def blank() -> bytes:
    return workbook_of(mall(), NOTHING_KNOWN)


def filled(*others: tuple[str, str | int, str, Any]) -> Filled:
    """Read the mall as a careful person fills it in, but for ``others``: sheet, row, column, and what stands there."""
    tables = {key: {row: dict(cells) for row, cells in rows.items()} for key, rows in CAREFUL.items()}
    for sheet, row, column, value in others:
        tables[sheet].setdefault(row, {})[column] = value
    read = read_here(fill_workbook(blank(), tables), "xlsx", wanted_of(mall()))
    assert isinstance(read, Filled)
    return read


def found(read: Filled) -> tuple[Finding, ...]:
    """Judge by the sheets' own rules, and by all the kontroller that Hedemora has."""
    one, part = owed()
    book = Rulebook(entries=hedemora().definition.checks, sheets=definition().sheets)
    return judge(case_of(definition(), one, part, read, NOTHING_KNOWN), book)


def faults(blad: str) -> tuple[Fault, ...]:
    with pytest.raises(DefinitionError) as told:
        read_definition(written(blad), "lindo.yaml")
    return told.value.faults


class TestWalk:
    """One sheet after another, from the mall to the sammanställning, and no line of Python."""

    def test_the_mall_has_the_sheets_their_units_footnotes_and_what_is_decided(self) -> None:
        book = load_workbook(BytesIO(blank()))
        assert book.sheetnames[:4] == ["Resultatmått", "Aktiviteter", "Indikatorer", "Kommunindex"]
        words = [cell.value for row in book["Indikatorer"].iter_rows() for cell in row if cell.value]
        assert "*** Utfallet redovisas i årsberättelsen" in words and words.count("procent") == 2
        index = {row[0].value: [cell.value for cell in row[1:4]] for row in book["Kommunindex"].iter_rows()}
        assert index["Bemötande"] == [61.5, None, 70]
        rules = {each.formula1: each for each in book["Indikatorer"].data_validations.dataValidation}
        assert any('="Öka"' in asks and "ISNUMBER" in asks for asks in rules), "a number or a word"
        assert '"Ej inlett,Påbörjat,Pågår,Klart"' in {
            each.formula1 for each in book["Aktiviteter"].data_validations.dataValidation
        }

    def test_rows_of_last_time_stand_in_the_next_mall(self) -> None:
        last = ({"matt": "Invånare", "ingang": "26602", "onskat": "Ökning"},)
        known = KnownFigures(amounts={}, rows={"resultatmatt": last})
        page = load_workbook(BytesIO(workbook_of(mall(), known)))["Resultatmått"]
        row = next(row for row in page.iter_rows() if row[0].value == "Invånare")
        assert [cell.value for cell in row[:4]] == ["Invånare", 26602, "Ökning", None]

    def test_what_is_filled_in_with_care_is_read_and_asks_nothing(self) -> None:
        read = filled()
        assert [len(table.body) for table in read.tables.values()] == [2, 2, 4, 2]
        assert read.tables["kommunindex"].row("bemotande").number("onskat") == 70  # type: ignore[union-attr]  # it is there
        assert [each.rule for each in found(read)] == ["indikatorer-senare"], "and that one only tells"

    def test_two_versions_are_compared_row_by_row(self) -> None:
        after = filled(("kommunindex", "trygghet", "utfall", 56), ("aktiviteter", 0, "lage", "Klart"))
        assert [each.words for each in changes(filled(), after, mall())] == [
            "Aktiviteter, Filmer, Läge: ”Pågår” blev ”Klart”",
            "Kommunindex, Trygghet, Årets värde: 55,5 blev 56 (+0,5)",
        ]

    def test_the_sammanställning_has_every_enhets_rows(self) -> None:
        compiled = compiled_of({"ks": filled()})
        assert [each.sheet.id for each in compiled.tables] == list(CAREFUL)
        indicators = compiled.tables[2].blocks[0].lines
        assert [line.values.get("utfall") for line in indicators][3] == "***"
        assert indicators[0].values["mal"] == "Minska"
        book = load_workbook(BytesIO(workbook.workbook_of(compiled)))
        assert {"Resultatmått", "Aktiviteter", "Indikatorer"} <= set(book.sheetnames)
        index = [cell.value for row in book["Kommunindex"].iter_rows() for cell in row if cell.value]
        assert {"Bemötande", 64, 70} <= set(index)
        assert document.document_of(compiled).startswith(b"PK")

    def test_a_rule_takes_its_place_in_the_public_list(self) -> None:
        own = [each for each in described(rulebook_of(definition())) if each.chapter == OWN]
        assert len(own) == 10
        told = {each.id: (each.severity, each.text, each.source) for each in own}
        assert told["resultatmatt-svar"] == (
            "stopp",
            "Status på bladet Resultatmått har ett värde, eller ”Inga nya data” och året för nästa mätning.",
            "Lindö plan, § 8",
        )


def compiled_of(handed_in: dict[str, Filled], own: Definition | None = None, at: Occurrence | None = None) -> Compiled:
    states, contents, at = {}, {}, at or occurrence()
    for number, one in enumerate(at.obligations):
        read = handed_in.get(one.unit)
        states[one.key] = (
            PartState(
                part=one.parts[0], obligation_key=one.key, version=1 if read else None,
                submission_id=number if read else None, complete=read is not None, late=False, received_at=NOW,
                by="Karin", filename="matt.xlsx", sha256=None, fields={}, ej_aktuellt=None, findings=(),
            ),
        )  # fmt: skip
        contents |= {number: read} if read else {}
    standing = {one.key: State.OFULLSTANDIG for one in at.obligations}
    basis = Basis(
        definition=own or definition(), occurrence=at, states=states, standing=standing, answers=(),
        read=frozenset(contents),
    )  # fmt: skip
    return compile_occurrence(basis, contents, NOW)


@pytest.mark.parametrize(
    ("change", "rule", "severity", "says"),
    [
        (("resultatmatt", 1, "status", None), "resultatmatt-svar", "stopp", "”Rekommendation” är tom"),
        (("resultatmatt", 1, "nasta", None), "resultatmatt-svar", "stopp", "säger inte när nästa mätning görs"),
        (("resultatmatt", 1, "nasta", "2026"), "resultatmatt-svar", "stopp", "skulle mätas 2026, som har varit"),
        (("resultatmatt", 1, "matt", "Invånare"), "resultatmatt-en-gang", "fråga", "”Invånare” på 2 rader"),
        (("aktiviteter", 1, "mal", "Växa"), "aktiviteter-minst-tva", "fråga", "”Synas” har 1 rad av minst 2"),
        (("aktiviteter", 0, "slut", "2026-12-31"), "aktiviteter-start-fore-slut", "fråga", "2027-01-10 och sedan 2026"),
        (("aktiviteter", 0, "lage", "Ej inlett"), "aktiviteter-hinder", "fråga", "Hinder är inte ifyllt: ”Filmer”"),
        (("aktiviteter", 0, "samverkan", "Grannen"), "aktiviteter-samverkan", "upplysning", "”Grannen”"),
        (("indikatorer", 0, "utfall", 5.2), "indikatorer-kon", "fråga", "Utfall är 5,2, kvinnor 5,1 och män 3,6"),
        (("indikatorer", 3, "utfall", 104), "indikatorer-andel", "stopp", "Styrningsindex är 104"),
        (("kommunindex", "bemotande", "utfall", 67), "kommunindex-delas", "fråga", "är 67, kvinnor 66 och män 62"),
    ],
)
def test_what_a_rule_is_for_is_found_told_where_and_how_to_mend_it(
    change: tuple[str, str | int, str, Any], rule: str, severity: str, says: str
) -> None:
    (one,) = [each for each in found(filled(change)) if each.rule != "indikatorer-senare"]
    assert (one.rule, one.severity) == (rule, severity)
    assert says in one.message
    title = definition().sheets[change[0]].title
    assert one.place.startswith(f"{title}!") and one.mend and one.lagrum == "Lindö plan, § 8"


@pytest.mark.parametrize(
    ("rule", "instead", "says"),
    [
        (
            'delas: {regel: kön i kolumner, alla: utfall, kvinnor: fler, män: farre, tål: "0,5"',
            "delas: {regel: kön i kolumner, alla: utfall, kvinnor: fler, män: farre, är: summan",
            "Bemötande, Årets värde är 64, kvinnor 66 och män 62",
        ),
        ("regel: minst rader, antal: 2, per: mal", "regel: minst rader, antal: 3", "Aktiviteter: 2 rader av minst 3"),
        (
            "mal: {namn: Mål, slag: text}",
            "mal: {namn: Mål, slag: val, val: [Synas, Växa]}",
            "”Växa” har ingen rad av minst 2",
        ),
        ("antal: 2, per", "antal: 2, antal för: {ks: 3}, per", "”Synas” har 2 rader av minst 3"),
        ("antal: 2, per", "antal: 2, antal för: {vatten: 3}, per", ""),
        ("kolumn: hinder, där: lage, är: [Ej inlett]", "kolumn: hinder, där: start", "”Filmer”; ”Kampanj”"),
        ("minst: 0, högst: 100", "minst: 50", "Utfall ska vara minst 50: Sjukfrånvaro är 4,7"),
        ("minst: 0, högst: 100", "högst: 5", "Utfall ska vara högst 5: Sjukfrånvaro är 5,1"),
        ("minst: 0, högst: 100", "högst: 5, till: 2026", ""),
        ("minst: 0, högst: 100", "högst: 5, från: 2028", ""),
        ("minst: 0, högst: 100", "högst: 5, från: 2027-04", "Utfall ska vara högst 5: Sjukfrånvaro är 5,1"),
    ],
)
def test_a_rule_may_be_said_in_more_than_one_way_and_for_some_periods(rule: str, instead: str, says: str) -> None:
    assert rule in BLOCKS[0]
    own = read_definition(written(BLOCKS[0].replace(rule, instead)), "lindo.yaml").definition
    told = [each.message for each in judged(own, *owed(), filled(), NOTHING_KNOWN) if "senare" not in each.rule]
    assert [says in each for each in told] == ([True] if says else [])


def test_a_mål_that_stood_in_the_mall_and_has_no_row_is_told() -> None:
    known = KnownFigures(amounts={}, rows={"aktiviteter": ({"mal": "Synas"}, {"mal": "Växa"}, {"mal": "växa "})})
    told = [each.message for each in judged(definition(), *owed(), filled(), known) if "senare" not in each.rule]
    assert told == ["För få rader på bladet Aktiviteter: ”Växa” har ingen rad av minst 2."]


def test_a_footnote_says_what_comes_later() -> None:
    (one,) = judged(definition(), *owed(), filled(), NOTHING_KNOWN)  # as whoever hands it in is told
    assert one.lagrum == "Lindö plan, § 8"
    assert one.message == "Det här redovisas senare (***): Styrningsindex, Utfall."
    assert one.mend == "Inget behöver göras nu. Lämna värdena när de finns."


@pytest.mark.parametrize("word", ["Höja", "ca 5"])
def test_a_word_that_the_column_does_not_name_is_no_number(word: str) -> None:
    rules = [each.rule for each in found(filled(("indikatorer", 0, "mal", word)))]
    assert rules == ["inte-ett-tal", "indikatorer-senare"]


@pytest.mark.parametrize(
    ("old", "new", "line_has", "says"),
    [
        ("regel: unik", "regel: unikt", "en-gang:", "okänt värde 'unikt' för 'regel', menade du 'unik'?"),
        ("slag: datum}\n      slut", "slag: dag}\n      slut", "start:", "okänt värde 'dag' för 'slag'"),
        ("kolumner: [matt]", "kolumner: [mat]", "en-gang:", "bladet har ingen kolumn 'mat', menade du 'matt'?"),
        ("är: [Ej inlett]", "är: [Ej inlet]", "hinder:", "'Ej inlet' går inte att välja i kolumnen 'lage', menade du 'Ej inlett'?"),
        ("rader: fasta", "rader: fria", "poster:", "ett blad har 'poster' om det har 'rader: fasta', annars inte"),
        ('fotnot: "***"', 'fotnot: "**"', "senare:", "märket '**' finns inte bland bladets 'fotnoter'"),
        ("förifyllt: {start: 54", "förifyllt: {starten: 54", "trygghet:", "bladet har ingen kolumn 'starten'"),
        ("namn: Resultatmått", 'namn: "Resultat/mått"', "namn:", "blir en fliks namn och får inte ha /"),
        ("      nasta: {", "      summa: {", "summa:", "id:t 'summa' går inte att skilja från summaraden"),
        ("namn: Kommunindex", "namn: Indikatorer", "blad:", "bladen 'indikatorer' och 'kommunindex' heter båda Indikat"),
        ("antal: 2, ", "", "minst-tva:", "'antal' saknas"),
        ("antal: 2, ", "antal: 2, antal för: {vattnet: 3}, ", "minst-tva:", "okänd enhet 'vattnet', menade du 'vatten'?"),
        ("minst: 0, ", "minst: 0, poster: [summan], ", "andel:", "bladet har ingen post 'summan'"),
        ("eller: [Öka", "ellr: [Öka", "mal:", "okänd nyckel 'ellr', menade du 'eller'?"),
        ("källa: plan § 8}\n      en-gang", "källa: plann § 8}\n      en-gang", "svar:", "okänd källa 'plann § 8'"),
    ],
)  # fmt: skip
def test_a_fault_in_a_sheet_is_told_at_its_line_with_what_is_right(
    old: str, new: str, line_has: str, says: str
) -> None:
    assert old in BLOCKS[0]
    (one,) = faults(BLOCKS[0].replace(old, new))
    assert says in one.message
    assert line_has in written(BLOCKS[0].replace(old, new)).splitlines()[one.line - 1]


def test_a_part_that_asks_for_a_sheet_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(DefinitionError) as told:
        read_definition(written().replace("blad: [resultatmatt,", "blad: [resultatmat,"), "lindo.yaml")
    assert [each.message for each in told.value.faults] == ["okänt blad 'resultatmat', menade du 'resultatmatt'?"]


def test_a_rule_is_added_to_a_sheet_that_ships_with_the_project() -> None:
    part = "ekonomi: {namn: Mål, form: tabell, blad: [mal], källa: plan § 8}"
    whole = text("lindo").replace(ASKED, f"        delar: {{{part}}}\n").replace("\nsteg:\n", f"\n{ADDED}steg:\n")
    own = read_definition(whole, "lindo.yaml").definition
    assert [each.id for each in own.sheets["mal"].columns] == [each.id for each in shipped()["mal"].columns]
    one = next(each for each in turn(own, [2027], strict=False).obligations.values() if each.step == "tertialrapport")
    asked = mall_of(own, one, one.parts[0], "torsdag 20 maj 2027 kl. 16.00")
    row = {"mal": "Alla läser", "indikator": "Läser i åk 3", "malvarde": "90", "utfall": "88", "bedomning": "Nås"}
    content = fill_workbook(workbook_of(asked, NOTHING_KNOWN), {"mal": {0: row, 1: row | {"utfall": "89"}}})
    read = read_here(content, "xlsx", wanted_of(asked))
    assert isinstance(read, Filled)
    (found_once,) = judged(own, one, one.parts[0], read, NOTHING_KNOWN)
    assert (found_once.rule, found_once.severity) == ("mal-en-indikator", "fråga")
    assert found_once.message == "Samma sak står på flera rader: ”Alla läser” och ”Läser i åk 3” på 2 rader."


#: a kommun's own economy: no column and no question is called as on any of ours
OURS = """blad:
  laget:
    namn: Vårt läge
    hjälp: En rad.
    slag: ekonomi
    rader: verksamheter
    summeras: true
    kolumner:
      rad: {namn: Verksamhet, slag: text}
      hittills: {namn: Hittills, roll: utfall, känt: utfall}
      ram: {namn: Ram, roll: budget}
      hela-aret: {namn: Hela året, roll: prognos}
      skillnad: {namn: Skillnad, roll: avvikelse, räknas ut: ram - hela-aret, får vara tom: true}
      varfor: {namn: Varför, slag: text, roll: förklaring, får vara tom: true}
    frågor:
      racker: {namn: Räcker pengarna?, roll: ram, val: ["Ja", "Nej"]}
"""


def test_choices_that_are_long_or_have_commas_are_taken_from_a_hidden_column() -> None:
    long = [f"Åtagande {number}: alla ska kunna bo, arbeta och verka i kommunen hela livet" for number in range(1, 6)]
    blad = BLOCKS[0].replace("val: [Ej inlett, Påbörjat, Pågår, Klart]", f"val: {json.dumps(long, ensure_ascii=False)}")
    blad = blad.replace("är: [Ej inlett]", f"är: {json.dumps(long[:1], ensure_ascii=False)}")
    own = read_definition(written(blad), "lindo.yaml").definition
    book = load_workbook(BytesIO(workbook_of(mall_of(own, *owed(), "torsdag 20 maj 2027 kl. 16.00"), NOTHING_KNOWN)))
    sources = [each.formula1 for each in book["Aktiviteter"].data_validations.dataValidation]
    (source,) = [each for each in sources if each and "Om mallen" in each]
    assert [row[0].value for row in book["Om mallen"][source.partition("!")[2].replace("$", "")]] == long
    assert book["Om mallen"].column_dimensions["D"].hidden


class TestRoles:
    """What a column means is all that a rule, the ledger and the sammanställning know it by."""

    def town(self) -> tuple[Definition, Occurrence, Obligation, Filled]:
        part = "ekonomi: {namn: Ekonomi, form: tabell, blad: [laget], källa: plan § 8}"
        whole = text("lindo").replace(ASKED, f"        delar: {{{part}}}\n").replace("\nsteg:\n", f"\n{OURS}steg:\n")
        own = read_definition(whole, "lindo.yaml").definition
        at = next(e for e in turn(own, [2027], strict=False).occurrences if f"{e.step}/{e.period.key}" == OCCURRENCE)
        one = next(each for each in at.obligations if each.unit == "ks")
        asked = mall_of(own, one, one.parts[0], "torsdag 20 maj 2027 kl. 16.00")
        row = {"hittills": 4000, "ram": 10000, "hela-aret": 11000}
        content = fill_workbook(workbook_of(asked, NOTHING_KNOWN), {"laget": {"ks": row, FIELDS: {"racker": "Ja"}}})
        read = read_here(content, "xlsx", wanted_of(asked))
        assert isinstance(read, Filled)
        return own, at, one, read

    def test_the_rules_of_the_economy_find_the_columns(self) -> None:
        own, _, one, read = self.town()
        book = Rulebook(entries=hedemora().definition.checks, sheets=own.sheets)
        told = {each.rule: each.message for each in judge(case_of(own, one, one.parts[0], read, NOTHING_KNOWN), book)}
        assert told["avvikelse-utan-forklaring"].startswith("Underskottet är inte förklarat: Kommunstyrelsen −1")
        assert told["ram-mot-prognos"].startswith(
            "Svaret på ”Räcker pengarna?” är Ja, men prognosen ger ett underskott"
        )
        assert told.keys() == {"avvikelse-utan-forklaring", "ram-mot-prognos"}

    def test_the_ledger_finds_what_it_changed(self) -> None:
        own, _, _, read = self.town()
        now = {"ks": {"utfall": Decimal(4300)}}
        (change,) = ledger_changes.changes(read, own.sheets, None, now, Decimal(50))
        assert (change.column, change.handed_in, change.ledger) == ("Hittills", 4000, 4300)

    def test_the_sammanställning_draws_the_avvikelser(self) -> None:
        own, at, _, read = self.town()
        compiled = compiled_of({"ks": read}, own, at)
        assert compiled.chart and compiled.chart.title == "Avvikelse i tkr: ram minus hela året"
        assert [bar.amount for bar in compiled.chart.bars] == [-1000, None, None, None]
        words = [p.text for p in Document(BytesIO(document.document_of(compiled))).paragraphs]
        assert "Räcker pengarna? Kommunstyrelsen ja." in words


def test_two_rules_that_would_go_under_one_id_are_told() -> None:
    blad = BLOCKS[0].replace("  resultatmatt:\n", "  tom:\n", 1).replace("      svar:", "      ruta:", 1)
    read = read_definition(written(blad).replace("blad: [resultatmatt,", "blad: [tom,"), "lindo.yaml")
    assert [each.message for each in rule_faults(read, {})] == [
        "regeln 'ruta' på bladet 'tom' får id 'tom-ruta', som redan är en annan; ge den ett annat id"
    ]


def test_every_kind_of_rule_is_in_the_page_and_in_its_example() -> None:
    page = (ROOT / "docs" / "blad.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([^`]+)` \|", page.partition("## Regler")[2], re.M)) - {"regel"}
    said = [sheet for block in (BLOCKS[0], BLOCKS[2]) for sheet in YAML(typ="safe").load(block)["blad"].values()]
    assert {rule["regel"] for sheet in said for rule in sheet["regler"].values()} == table
    assert len(list(own_rules(definition().sheets))) == 10
