"""The definition's kontroller are held against the rules that there are, and each fault is told at its line."""

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.cli import cli
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, Fault
from arshjul.periods import Period
from submissions.review.book import described, judge, rulebook
from submissions.review.registry import REGISTRY
from tests.rig.files.cases import all_of, answer, careful, owed, put, recalculated
from tests.rig.files.spoilt.case import DELAR, TEXT
from tests.rig.load import file_of, hedemora, made_up, text

pytestmark = pytest.mark.whole


def faults(kontroller: str) -> tuple[Fault, ...]:
    """Return the faults of a lawful definition with these kontroller, which begin on its last lines."""
    with pytest.raises(DefinitionError) as told:
        rulebook(read_definition(with_checks(kontroller), "x.yaml"))
    return told.value.faults


def with_checks(kontroller: str) -> str:
    return f"{text('lindo').rstrip()}\nkontroller:\n{kontroller}"


def line_of(kontroller: str, words: str) -> int:
    whole = with_checks(kontroller)
    return whole.count("\n", 0, whole.rindex(words)) + 1


@pytest.mark.parametrize(
    ("kontroller", "at", "rule", "says"),
    [
        (
            "  tom-rutta: {nivå: stopp, källa: plan}\n",
            "tom-rutta",
            "okand-kontroll",
            "okänd kontroll 'tom-rutta', menade du 'tom-ruta'?",
        ),
        (
            "  balans:\n    nivå: stopp\n    tal: {avrundning tkr: 1}\n    källa: plan\n",
            "nivå",
            "kontrollens-niva",
            "kontrollen 'balans' vilar bara på en slutsats och kan inte vara stopp; skriv fråga eller upplysning",
        ),
        (
            "  ram-mot-prognos:\n    nivå: fråga\n    tal:\n      tkr: 500\n      prosent: 1\n    källa: plan\n",
            "prosent",
            "okant-tal",
            "okänt tal 'prosent' för kontrollen 'ram-mot-prognos', menade du 'procent'?",
        ),
        (
            "  ram-mot-prognos:\n    nivå: fråga\n    tal:\n      tkr: 500\n    källa: plan\n",
            "tal:",
            "saknas",
            "talet 'procent' saknas för kontrollen 'ram-mot-prognos'; lägg till det under 'tal'",
        ),
        (
            "  balans:\n    nivå: fråga\n    källa: plan\n",
            "balans:",
            "saknas",
            "talet 'avrundning tkr' saknas för kontrollen 'balans'",
        ),
        (
            "  saknar-mal:\n    nivå: stopp\n    tal: {minst: 3}\n    källa: plan\n",
            "tal: {minst",
            "okant-tal",
            "okänt tal 'minst' för kontrollen 'saknar-mal'; den har inga tal, ta bort det.",
        ),
        (
            "  balans:\n    nivå: fråga\n    tal:\n      avrundning tkr: -1\n    källa: plan\n",
            "avrundning tkr",
            "fel-varde",
            "talet 'avrundning tkr' för kontrollen 'balans' är -1, men ska vara minst 0",
        ),
        (
            "  tom-ruta:\n    nivå: stopp\n    från: 2028-08\n    till: 2027-12\n    källa: plan\n",
            "till:",
            "fran-till",
            "kontrollen 'tom-ruta' upphör (2027-12) innan den börjar (2028-08)",
        ),
    ],
)
def test_a_fault_is_told_once_at_its_line_with_what_is_right(kontroller: str, at: str, rule: str, says: str) -> None:
    (found,) = faults(kontroller)
    assert found.rule == rule
    assert says in found.message
    assert found.line == line_of(kontroller, at)


def test_all_faults_are_told_in_one_go_in_the_files_order() -> None:
    found = faults(
        "  tom-rutta: {nivå: stopp, källa: plan}\n"
        "  samma-text: {nivå: stopp, källa: plan}\n"
        "  balans: {nivå: fråga, källa: plan}\n"
    )
    assert [each.rule for each in found] == ["okand-kontroll", "kontrollens-niva", "saknas"]
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_an_unknown_nivå_is_told_by_the_reading() -> None:
    with pytest.raises(DefinitionError, match="okänt värde 'stop' för 'nivå', menade du 'stopp'"):
        read_definition(with_checks("  tom-ruta: {nivå: stop, källa: plan}\n"), "x.yaml")


def test_what_is_only_inferred_is_a_stopp_nowhere() -> None:
    book = rulebook(hedemora())
    assert not [key for key, entry in book.entries.items() if REGISTRY[key].grade == "I" and entry.severity == "stopp"]
    inferred = {key for key, rule in REGISTRY.items() if rule.grade == "I"}
    # P5 sums and ties, P6 period, unit and org number, P7 the prognos
    assert {"delsumma", "slutsumma", "balans", "fel-period", "fel-enhet", "fel-orgnummer"} <= inferred
    assert {"avvikelse-raknefel", "resultat-mot-balans", "prognos-under-utfall", "prognos-oforandrad"} <= inferred


def test_check_tells_a_fault_in_the_kontroller_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "kommun.yaml"
    whole = file_of("hedemora").read_text().replace("  slutsumma: {nivå: fråga", "  slutsuma: {nivå: fråga")
    path.write_text(whole)
    told = CliRunner().invoke(cli, ["check", str(path)])
    line = whole[: whole.index("  slutsuma:")].count("\n") + 1
    assert told.exit_code == 1
    assert f"kommun.yaml:{line}: fel: okänd kontroll 'slutsuma', menade du 'slutsumma'?" in told.output


def test_check_tells_faults_in_and_outside_the_kontroller_in_one_go(tmp_path: Path) -> None:
    """One that only the rules know, one that the reading knows, and one against the law that stands further up."""
    whole = file_of("hedemora").read_text()
    lawful = "          regel: {regel: fast dag, dag: 15 april, år: 1}"
    path = tmp_path / "kommun.yaml"
    path.write_text(
        whole.replace(lawful, lawful.replace("15 april", "15 maj"))
        .replace("  slutsumma: {nivå: fråga", "  slutsuma: {nivå: fråga")
        .replace("  tom-ruta: {nivå: stopp", "  tom-ruta: {nivå: stop")
    )
    told = CliRunner().invoke(cli, ["check", str(path)])
    rows = [line for line in told.output.splitlines() if ": fel: " in line]
    assert told.exit_code == 1
    assert "okänd kontroll 'slutsuma'" in told.output and "okänt värde 'stop'" in told.output
    assert [line for line in rows if "KL 11" in line], rows
    assert rows == sorted(rows, key=lambda line: int(line.split(":")[1]))


def test_check_tells_faults_in_the_kontroller_also_when_the_year_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "kommun.yaml"
    path.write_text(
        file_of("hedemora").read_text()
        .replace("  slutsumma: {nivå: fråga", "  slutsuma: {nivå: fråga")
        .replace("    slag: styrelse", "    slag: styrlse", 1)
    )  # fmt: skip
    told = CliRunner().invoke(cli, ["check", str(path)])
    assert "okänd kontroll 'slutsuma'" in told.output and "'styrlse'" in told.output


def test_a_definition_without_kontroller_asks_nothing() -> None:
    book = rulebook(made_up("lindo"))
    case = all_of(put("ekonomi-delar", "forskola", "utfall", ""))(careful(*owed(*DELAR)))
    assert judge(case, book) == ()
    assert described(book) == ()


def test_a_rule_holds_from_and_till_its_periods_both_inclusive() -> None:
    entry = "  tom-ruta: {nivå: stopp, från: 2027-03, till: 2027-09, källa: plan}\n"
    book = rulebook(read_definition(with_checks(entry), "x.yaml"))
    asked = {
        key: len(book.of(Period.parse(key))) for key in ("2027-02", "2027-03", "2027-09", "2027-10", "2027", "2026")
    }
    assert asked == {"2027-02": 0, "2027-03": 1, "2027-09": 1, "2027-10": 0, "2027": 0, "2026": 0}
    book = rulebook(read_definition(with_checks(entry.replace("från: 2027-03, till: 2027-09", "från: 2027")), "x.yaml"))
    asked = {key: len(book.of(Period.parse(key))) for key in ("2026-12", "2026", "2027-01", "2027")}
    assert asked == {"2026-12": 0, "2026": 0, "2027-01": 1, "2027": 1}, "a year holds from its first period"


def test_every_rule_is_described_for_a_public_page() -> None:
    rows = {each.id: each for each in described(rulebook(hedemora(), resting=["slutsumma"]))}
    assert list(rows) == list(REGISTRY), "also those that rest: the page says that they do"
    plan = rows["avvikelse-utan-atgard"]
    assert plan.severity == "stopp"
    assert plan.text == "Ett större underskott har minst en åtgärd på bladet Åtgärder."
    assert plan.source == "Hedemora styrmodell, ”Budgetavvikelser”"
    assert plan.numbers == {"tkr": Decimal(500), "procent": Decimal(1)}
    assert all(each.text.endswith(".") for each in rows.values())


def test_the_page_about_definitions_has_every_rule_with_its_grade_and_numbers() -> None:
    page = (file_of("hedemora").parents[2] / "docs" / "definition.md").read_text()
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = {row[0].strip("| `"): row for row in rows if len(row) == 6}
    book = rulebook(hedemora())
    assert set(told) == set(REGISTRY)
    for key, row in told.items():
        rule, entry = REGISTRY[key], book.entries[key]
        assert row[1] == rule.holds, key
        assert row[2] == ", ".join(f"`{each}`" for each in rule.numbers), key
        assert row[3] == rule.grade, key
        assert row[4] == entry.severity, key
        assert row[5].rstrip(" |") == entry.source.text, key


def test_thresholds_are_the_definitions() -> None:
    """A deficit of 300 tkr, 1.25 procent of the budget."""
    case = recalculated(put("ekonomi-delar", "forskola", "prognos", 24_300)(careful(*owed(*DELAR))))
    case = put("ekonomi-delar", "forskola", "forklaring", "Fler barn än i budgeten.")(case)
    sharper = (
        file_of("hedemora")
        .read_text()
        .replace(
            "avvikelse-utan-atgard: {nivå: stopp, tal: {tkr: 500,",
            "avvikelse-utan-atgard: {nivå: fråga, tal: {tkr: 299,",
        )
    )
    assert judge(case, rulebook(hedemora())) == ()
    (found,) = judge(case, rulebook(read_definition(sharper, "x.yaml")))
    assert (found.rule, found.severity) == ("avvikelse-utan-atgard", "fråga")


def test_the_ram_finding_tells_how_large_the_deficit_is() -> None:
    case = all_of(
        answer("ekonomi-delar", "nej"),
        put("ekonomi-delar", "forskola", "prognos", 24_450),
        put("ekonomi-delar", "forskola", "forklaring", "Fler barn än i budgeten."),
    )(careful(*owed(*DELAR)))
    (found,) = judge(recalculated(case), rulebook(hedemora()))
    assert found.rule == "ram-halls-inte"
    assert found.message.replace("\N{NO-BREAK SPACE}", " ") == (
        "Bildningsnämnden svarar att ramen inte hålls. Prognosen ger −150 tkr mot budget."
    )


def test_many_places_are_five_and_a_count() -> None:
    case = careful(*owed(*DELAR))
    rows = ("forskola", "grundskola", "gymnasium", "kultur")
    case = all_of(
        *(put("ekonomi-delar", row, column, "?") for row in rows for column in ("utfall", "utfall-fg", "prognos"))
    )(case)
    (found,) = judge(case, rulebook(hedemora()))
    assert found.place == "Ekonomi!B9, Ekonomi!C9, Ekonomi!E9, Ekonomi!B10, Ekonomi!C10 och 7 till"


def test_a_longer_of_two_sections_with_the_same_heading_counts() -> None:
    """A table of contents has the headings too."""
    from dataclasses import replace

    case = careful(*owed(*TEXT))
    contents = tuple(replace(each, text="3", place="sidan 1") for each in case.filled.sections)
    case = replace(case, filled=replace(case.filled, sections=(*contents, *case.filled.sections)))
    assert judge(case, rulebook(hedemora())) == ()
