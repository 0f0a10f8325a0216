"""A finding tells what stands instead of what is missing, and its remedy is its own sheet's and column's."""

from dataclasses import replace

import pytest

from arshjul.definition.sheets.shipped import shipped
from submissions.files.filled import Section
from submissions.finding import Finding
from submissions.review.book import Rulebook, judge
from submissions.review.case import Case
from tests.rig.files.cases import Change, all_of, careful, owed, put, without_heading, without_row, without_rows
from tests.rig.load import hedemora

pytestmark = pytest.mark.whole

TEXT = ("delarsrapport", "2027-08", "bildningsnamnden", "mal-och-resultat")
TABLES = ("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi")


def told(which: tuple[str, str, str, str], *changes: Change) -> dict[str, Finding]:
    case = all_of(*changes)(careful(*owed(*which)))
    return {each.rule: each for each in judge(case, Rulebook(entries=hedemora().definition.checks), ())}


def headed(*headings: str, text: str = "Verksamheten har följt sin plan.") -> Change:
    """Put sections in under headings that nobody asked for."""
    more = tuple(Section(heading=each, place=f"Rubriken {each}", text=text) for each in headings)
    return lambda case: replace(case, filled=replace(case.filled, sections=(*case.filled.sections, *more)))


def lines(text: str) -> Change:
    """Let a line stand in another section's text."""

    def change(case: Case) -> Case:
        first, *rest = case.filled.sections
        return replace(
            case, filled=replace(case.filled, sections=(replace(first, text=f"{first.text}\n{text}"), *rest))
        )

    return change


@pytest.mark.parametrize(
    "instead", ["Förväntad utvekling", "Förväntade utvecklingen", "3. Förväntad  utveckling 2", "FÖRVÄNTAD UTVECKLIN"]
)
def test_a_heading_much_like_the_missing_one_is_told(instead: str) -> None:
    found = told(TEXT, without_heading("utveckling"), headed("Bilaga", instead))["saknar-rubrik"]
    assert found.message == f"Rubriken ”Förväntad utveckling” saknas. Däremot står ”{' '.join(instead.split())}”."
    assert found.mend == "Rätta rubriken så att den har samma ord som i mallen, på en egen rad."


def test_a_line_in_another_text_that_is_much_like_it_is_told_too() -> None:
    found = told(TEXT, without_heading("utveckling"), lines("Förväntad utvekling\nDet går bra."))["saknar-rubrik"]
    assert "Däremot står ”Förväntad utvekling”." in found.message


def test_headings_that_are_not_like_it_are_told_as_what_may_have_changed_its_name() -> None:
    found = told(TEXT, without_heading("utveckling"), headed("Framtiden", "Slutord"))["saknar-rubrik"]
    assert found.message == (
        "Rubriken ”Förväntad utveckling” saknas. Däremot står ”Framtiden” och ”Slutord”, som inte känns igen: har en "
        "rubrik bytt namn?"
    )
    assert found.mend.startswith("Lägg till rubriken")


def test_where_nothing_else_stands_nothing_else_is_told() -> None:
    assert (
        told(TEXT, without_heading("utveckling"))["saknar-rubrik"].message == "Rubriken ”Förväntad utveckling” saknas."
    )


def test_two_missing_headings_are_told_together_each_with_what_stands_instead() -> None:
    found = told(
        TEXT, without_heading("utveckling"), without_heading("mal"), headed("Förväntad utvekling", "Måluppfylelse")
    )["saknar-rubrik"]
    assert found.message == (
        "Rubrikerna ”Förväntad utveckling” och ”Måluppfyllelse” saknas. Däremot står ”Förväntad utvekling” och ”Måluppfylelse”."
    )


def test_each_empty_sheet_has_its_own_remedy() -> None:
    found = told(TABLES, without_rows("atgarder"), without_rows("intern-kontroll"), without_rows("investeringar"))
    mend = found["tomt-blad"].mend
    empty = [each for each in ("investeringar", "atgarder", "intern-kontroll") if f"”{shipped()[each].title}”" in mend]
    assert len(empty) > 1
    assert all(f"”{shipped()[each].title}”: {shipped()[each].help}" in mend for each in empty)


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ([put("ekonomi-delar", "forskola", "utfall", "")], "Fyll i det som saknas; skriv 0 där beloppet är noll."),
        ([put("personal", "visstid", "utfall", "")], "Fyll i det som saknas; skriv 0 där antalet är noll."),
        ([put("ekonomi-delar", "forskola", "utfall", ""), put("personal", "visstid", "utfall", "")], "Fyll i det som saknas; skriv 0 där beloppet är noll."),
    ],
)  # fmt: skip
def test_an_empty_cells_remedy_is_what_its_column_is_for(changes: list[Change], mend: str) -> None:
    assert told(TABLES, *changes)["tom-ruta"].mend == mend


def test_an_empty_text_needs_no_nought() -> None:
    case = careful(*owed(*TABLES))
    row = case.filled.tables["mal"].body[0].name
    assert told(TABLES, put("mal", row, "indikator", ""))["tom-ruta"].mend == "Fyll i det som saknas."


def test_what_is_no_number_of_people_asks_for_no_amount() -> None:
    assert told(TABLES, put("personal", "visstid", "utfall", "många"))["inte-ett-tal"].mend == (
        "Skriv bara siffror, till exempel 1234,5. Skriv 0 där antalet är noll. Förklaringar skrivs i kolumnen för dem."
    )


def test_a_number_that_could_be_two_is_asked_about_with_both() -> None:
    found = told(TABLES, put("ekonomi-delar", "forskola", "utfall", "78,800"))["inte-ett-tal"]
    assert (
        "”78,800” (Förskola, Utfall perioden), som kan vara både 78\u00a0800 och 78,8, går inte att läsa"
        in found.message
    )


def test_a_number_whose_format_shows_another_is_asked_about_with_both() -> None:
    found = told(TABLES, put("ekonomi-delar", "forskola", "utfall", "79 (visas som 79000)"))["inte-ett-tal"]
    assert (
        "”79 (visas som 79000)” (Förskola, Utfall perioden), där rutans talformat visar andra siffror" in found.message
    )
    assert "Välj formatet Tal" in found.mend


def test_a_missing_row_of_people_asks_for_no_amount() -> None:
    assert told(TABLES, without_row("personal", "visstid"))["saknar-rad"].mend.endswith("skriv 0 där antalet är noll.")
