"""What of a ledger file is refused: whose it is, for which period, and a definition that would count twice or nowhere."""

import pytest

from arshjul.definition.asked import Verksamhet
from arshjul.definition.model import Definition
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, RefusedError
from submissions.ledger.ledger_reading import read_ledger
from tests.rig.files.books import book
from tests.rig.files.read_books import read, refused
from tests.rig.handins import DEFINITIONS
from tests.rig.hedemora import hedemora

pytestmark = pytest.mark.whole


@pytest.mark.parametrize("company", ["HEDEMORA KOMMUN", "Hedemora  kommun "])
def test_a_company_is_known_by_its_folded_name(company: str) -> None:
    assert read(book(company=company)).ledger == "kommunen"


def with_number(number: str) -> Definition:
    definition = hedemora().definition
    plans = {**definition.ledgers, "kommunen": definition.ledgers["kommunen"].model_copy(update={"org_number": number})}
    return definition.model_copy(update={"ledgers": plans})


def test_the_organisationsnummer_goes_before_the_name() -> None:
    definition = with_number("212000-2254")
    renamed = book(company="Kommunen", head=["#ORGNR 2120002254"])
    assert read_ledger(definition, renamed, "bok.se").ledger == "kommunen"
    with pytest.raises(RefusedError, match="organisationsnummer 556000-0000"):
        read_ledger(definition, book(head=["#ORGNR 556000-0000"]), "bok.se")


def test_another_company_is_refused_with_both_names() -> None:
    told = refused(book(company="Avesta kommun"))
    assert "Avesta kommun" in told
    assert "Hedemora kommun, Bostadsbolaget AB eller Energibolaget AB" in told
    assert "Välj rätt fil" in told


def test_the_wrong_ledger_and_an_unknown_one_are_refused() -> None:
    assert "för Hedemora kommun, men här tas bokföringen för Energibolaget AB" in refused(
        book(), ledger="energibolaget"
    )
    assert "menade du 'kommunen'" in refused(book(), ledger="komunen")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (book(to_date="20270815"), "mitt i en månad"),
        (book(month=6), "ingen rapport i årshjulet avser den perioden"),
        (book(to_date=""), "#OMFATTN saknas"),
        (book(to_date="20260831"), "räkenskapsåret är 2027"),
        (book(head=["#VALUTA EUR"]), "i EUR"),
        (book(kind=2), "exportera typ 3"),
        (book(objects={}), "inget utfall|inga belopp på objekt"),
        (book(company=""), "inte vems bokföring"),
        (
            book(month=6, last_year=False).replace(b"#RAR 0 20270101 20271231", b"#RAR 0 20260701 20270630"),
            "exportera ett kalenderår",
        ),
        (book().replace(b"#RES 0 5010", b"#RES 0 5010 1\n#RES 0 5010"), "Rad "),
        (b"<html>", "webbsida"),
        (b"", "tom"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words(content: bytes, word: str) -> None:
    with pytest.raises(RefusedError, match=word):
        read(content)


def test_another_period_than_the_asked_is_refused_with_both() -> None:
    told = refused(book(), period="2027-09")
    assert "januari–augusti 2027" in told and "januari–september 2027" in told
    assert "okänd period" in refused(book(), period="augusti")


def test_a_type_4_without_end_is_for_its_last_month_with_figures() -> None:
    assert read(book(kind=4, to_date="")).period.key == "2027-08"


def test_a_file_that_does_not_say_takes_the_period_that_is_said() -> None:
    assert read(book(to_date=""), period="2027-08").period.key == "2027-08"


def test_december_is_the_whole_year() -> None:
    assert read(book(month=12)).period.key == "2027"
    assert read(book(month=12), period="2027-12").period.key == "2027"


@pytest.mark.parametrize(
    ("right", "wrong", "word"),
    [
        ('objekt: ["210"]', 'objekt: ["200"]', "hör redan till Bildningsnämnden, forskola"),
        ('    dimension: "1"\n', "", "ingen 'dimension'"),
        ("resultatkonton: 3000-8999\n", "resultatkonton: tre tusen\n", "okänt kontointervall 'tre tusen'"),
        ("resultatkonton: 3000-8999\n", "resultatkonton: 8999-3000\n", "okänt kontointervall"),
    ],
)
def test_a_definition_that_would_count_twice_or_nowhere_is_told(right: str, wrong: str, word: str) -> None:
    text = (DEFINITIONS / "hedemora.yaml").read_text().replace(right, wrong, 1)
    with pytest.raises(DefinitionError) as raised:
        read_definition(text, "hedemora.yaml")
    assert any(word in fault.message for fault in raised.value.faults)


def test_a_verksamhet_may_have_several_objects() -> None:
    definition = hedemora().definition
    unit = definition.units["bildningsnamnden"]
    both = {"skola": Verksamhet.model_construct(name="Skola", objects=("200", "210"))}
    units = {**definition.units, "bildningsnamnden": unit.model_copy(update={"verksamheter": both})}
    taken = read_ledger(definition.model_copy(update={"units": units}), book(), "bok.se")
    assert taken.amounts["bildningsnamnden"]["skola"]["utfall"] == 8 * (410_000 - 40_000) * 100
