"""The workbooks of the malls, read back as Excel reads them: names, formulas, locks, rules, marks."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.definition.reading import read_definition
from arshjul.definition.sheets.column import Column, SheetQuestion
from arshjul.year.turning import turn
from submissions.files.contents import look_into
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures, Mall, MallSheet, defined_name, mall_of
from submissions.templates.mall_document import document_of
from submissions.templates.mall_workbook import ABOUT, workbook_of
from tests.rig.files.filling import (
    FIELDS,
    calculated,
    careful,
    careful_tables,
    change,
    fill_workbook,
    place,
    place_in,
    rework,
    uncalculated,
)
from tests.rig.files.malls import every_mall, mall
from tests.rig.load import text
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

#: one of each report, part and kind of enhet: the year's others differ by their words alone
ONE_OF_EACH = list({(each.mark.step, each.mark.part, each.unit_kind): each for each in every_mall()}.values())
TABLES = [each for each in ONE_OF_EACH if each.form == "tabell"]
DELAR = mall("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi")
AR = mall("arsredovisning", "2027", "kommunstyrelsen", "kommunens-rakenskaper")
SICK = mall("arsredovisning", "2027", "kommunstyrelsen", "sjukfranvaro")
KNOWN = KnownFigures(
    amounts={
        "forskola": {"utfall": Decimal("8100.4"), "budget": Decimal("12000.5"), "utfall-fg": Decimal(7900)},
        "grundskola": {"utfall": Decimal(-40)},
    },
    from_ledger=True,
)
FILES = TESTS / "files"


@cache
def book(one: int) -> Workbook:
    return load_workbook(io.BytesIO(workbook_of(TABLES[one], NOTHING_KNOWN)))


def opened(content: bytes, *, values: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=values)


def at(workbook: Workbook, where: str) -> Any:
    tab, cell = where.rsplit("!", 1)
    return workbook[tab.strip("'")][cell.replace("$", "")]


def named(workbook: Workbook, name: str) -> Any:
    return at(workbook, workbook.defined_names[name].attr_text)


def tab_of(workbook: Workbook, sheet: MallSheet) -> Worksheet:
    page: Worksheet = named(workbook, defined_name(sheet.id, sheet.sheet.naming.id)).parent
    return page


def cell(workbook: Workbook, sheet: str, row: str | int, column: str) -> Any:
    return at(workbook, place_in(workbook, sheet, row, column))


def test_each_report_period_and_enhet_of_the_year_has_its_malls() -> None:
    of_a_year = {(each.mark.step, each.mark.period) for each in every_mall()}
    months = {f"2027-{month:02}" for month in (2, 3, 4, 5, 9, 10)}
    assert of_a_year == {
        *(("manadsrapport", month) for month in months),
        *(("prognos", f"2027-{month:02}") for month in (3, 8, 10)),
        ("delarsrapport", "2027-08"),
        ("arsredovisning", "2027"),
    }
    assert all(len({each.mark.unit for each in every_mall() if each.mark.step == step}) == 6 for step, _ in of_a_year)


@pytest.mark.slow
@pytest.mark.parametrize(
    "malls", [ONE_OF_EACH, pytest.param(every_mall(), marks=pytest.mark.nightly)], ids=["slag", "år"]
)
def test_each_mall_of_the_year_can_be_made_and_is_of_sensible_size(malls: Sequence[Mall]) -> None:
    for one in malls:
        content = workbook_of(one, NOTHING_KNOWN) if one.form == "tabell" else document_of(one)
        assert 5_000 < len(content) < 45_000, one.filename


@pytest.mark.parametrize("number", range(len(TABLES)), ids=lambda number: TABLES[number].filename)
def test_every_column_field_known_row_and_sum_has_its_name(number: int) -> None:
    made, one = book(number), TABLES[number]
    assert [page.title for page in made.worksheets] == [*(each.sheet.title for each in one.sheets), ABOUT]
    for sheet in one.sheets:
        titles: tuple[Column | SheetQuestion, ...] = sheet.sheet.columns
        heads = [named(made, defined_name(sheet.id, each.id)) for each in titles]
        assert [head.value for head in heads] == [each.title for each in titles]
        assert len({head.row for head in heads}) == 1
        for field in sheet.sheet.fields:
            answer = named(made, defined_name(sheet.id, field.id))
            assert (answer.value, answer.offset(column=-1).value) == (None, field.title)
            assert answer.row < heads[0].row
        rows = [named(made, defined_name(sheet.id, f"rad_{line.id}")) for line in sheet.rows]
        assert [row.value for row in rows] == [line.title for line in sheet.rows]
        assert [row.row for row in rows] == list(range(heads[0].row + 1, heads[0].row + 1 + len(rows)))
        if sheet.sheet.total:
            total = named(made, defined_name(sheet.id, "summa"))
            assert (total.value, total.column, total.row) == ("Summa", heads[0].column, tab_of(made, sheet).max_row)


@pytest.mark.parametrize("number", range(len(TABLES)), ids=lambda number: TABLES[number].filename)
def test_the_mark_says_whose_which_report_and_period(number: int) -> None:
    made, mark = book(number), TABLES[number].mark
    assert [named(made, f"arshjul_{each}").value for each in ("format", "kommun", "steg", "period", "enhet", "del")] == [
        "1", mark.kommun, mark.step, mark.period, mark.unit, mark.part,
    ]  # fmt: skip
    assert {named(made, f"arshjul_{each}").parent.title for each in ("period", "del")} == {ABOUT}
    assert made.properties.identifier == f"arshjul/1/{mark.kommun}/{mark.step}/{mark.period}/{mark.unit}/{mark.part}"
    assert made.properties.language == "sv-SE"


@pytest.mark.parametrize("number", range(len(TABLES)), ids=lambda number: TABLES[number].filename)
def test_only_what_is_filled_in_is_unlocked_and_no_password_guards_it(number: int) -> None:
    made, one = book(number), TABLES[number]
    for page in made.worksheets:
        assert page.protection.sheet is True
        assert page.protection.password is None
    assert not [c for row in made[ABOUT].iter_rows() for c in row if not c.protection.locked]
    for sheet in one.sheets:
        page = tab_of(made, sheet)
        for row in page.iter_rows():
            for each in row:
                if not each.protection.locked:
                    assert each.value is None, each.coordinate  # nothing is known
                elif isinstance(each.value, str) and each.value.startswith("="):
                    assert each.data_type == "f"
        title = named(made, defined_name(sheet.id, sheet.sheet.naming.id)).row
        open_rows = {
            each.row for row in page.iter_rows(min_row=title + 1) for each in row if not each.protection.locked
        }
        expected = sum(not line.sums for line in sheet.rows)
        assert len(open_rows) == expected + {"fria": 15, "verksamheter": 3, "fasta": 0}[sheet.sheet.rows]


def test_the_head_says_report_enhet_frist_place_and_signs() -> None:
    page = opened(workbook_of(DELAR, NOTHING_KNOWN)).worksheets[0]
    assert [page[f"A{row}"].value for row in range(1, 6)] == [
        "Delårsrapport per 31 augusti 2027",
        "Bildningsnämnden · Ekonomi",
        "Lämnas senast tisdag 21 september 2027 kl. 16.00. Lämna in på din sida. "
        "Länken till den finns i ekonomikontorets brev.",
        "En rad för varje verksamhet. Beloppen ska stämma med ekonomisystemet.",
        "Belopp anges i tkr som nettokostnad: kostnader med plus, intäkter med minus. "
        "Avvikelse = budget minus utfall eller prognos; minus betyder underskott.",
    ]
    assert opened(workbook_of(AR, NOTHING_KNOWN)).worksheets[0]["A1"].value == "Årsredovisning 2027"


def test_the_unit_stands_above_each_column_of_numbers() -> None:
    made = opened(workbook_of(DELAR, NOTHING_KNOWN))
    assert named(made, "ekonomi_delar__budget").offset(row=-1).value == "tkr"
    assert named(made, "personal__utfall").offset(row=-1).value == "antal"
    sick = opened(workbook_of(SICK, NOTHING_KNOWN))
    assert named(sick, "sjukfranvaro__utfall").offset(row=-1).value == "procent"


def test_avvikelse_sums_and_totals_are_locked_formulas() -> None:
    content = workbook_of(DELAR, NOTHING_KNOWN)
    made = opened(content)
    avvikelse = cell(made, "ekonomi-delar", "forskola", "avvikelse")
    budget, prognos = (cell(made, "ekonomi-delar", "forskola", each).coordinate for each in ("budget", "prognos"))
    assert avvikelse.value == f'=IF(COUNT({budget},{prognos})<2,"",{budget}-{prognos})'
    assert avvikelse.protection.locked
    total = cell(made, "ekonomi-delar", "summa", "utfall")
    assert total.value == "=SUM(B13:B20)"  # 13 the first verksamhet, 20 the empty row above the sum
    assert total.protection.locked
    year = workbook_of(AR, NOTHING_KNOWN)
    net = cell(opened(year), "resultatrakning-ar", "nettokostnader", "utfall")
    assert re.fullmatch(r'=IF\(COUNT\((B\d+,B\d+,B\d+)\)=0,"",SUM\(\1\)\)', net.value)


def test_a_row_that_is_inserted_last_is_counted_in_the_sum() -> None:
    content = workbook_of(DELAR, NOTHING_KNOWN)
    made = opened(content)
    total = cell(made, "ekonomi-delar", "summa", "utfall")
    first, last = re.findall(r"\d+", total.value)
    assert int(last) == total.row - 1  # so a row put in anywhere above the sum lies within what it counts
    assert int(first) == named(made, "ekonomi_delar__utfall").row + 1
    assert all(each.value is None for each in total.parent[int(last)])


def test_every_cell_for_a_number_refuses_words_and_says_what_to_write() -> None:
    for one in TABLES:
        made = opened(workbook_of(one, NOTHING_KNOWN))
        for sheet in one.sheets:
            page = tab_of(made, sheet)
            rules = page.data_validations.dataValidation
            title = named(made, defined_name(sheet.id, sheet.sheet.naming.id)).row
            for column in sheet.sheet.columns[1:]:
                letter = named(made, defined_name(sheet.id, column.id)).column_letter
                for row in range(title + 1, page.max_row + 1):
                    where = page[f"{letter}{row}"]
                    if where.protection.locked or column.kind == "text":
                        continue
                    (rule,) = [each for each in rules if where.coordinate in each.sqref]
                    assert rule.type in ("decimal", "list", "date", "custom")
                    assert rule.showErrorMessage
                    assert rule.errorStyle in (None, "stop")  # which is what it is when nothing is said
                    assert rule.error.startswith(("Skriv ", "Välj "))


def test_what_is_chosen_is_one_of_the_words_and_a_small_group_may_be_left_out() -> None:
    made = opened(workbook_of(DELAR, NOTHING_KNOWN))
    lists = {
        rule.formula1
        for page in made.worksheets
        for rule in page.data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists == {'"Ja,Nej"', '"Nås,Nås delvis,Kan inte nås"', '"1,2,3,4"'}
    content = workbook_of(SICK, NOTHING_KNOWN)
    rules = opened(content).worksheets[0].data_validations.dataValidation
    custom = next(rule for rule in rules if rule.type == "custom")
    assert place(content, "sjukfranvaro", "man", "utfall").rpartition("!")[2] in custom.sqref
    assert '=".."' in custom.formula1
    decimal = next(rule for rule in rules if rule.type == "decimal")
    assert place(content, "sjukfranvaro", "total", "utfall").rpartition("!")[2] in decimal.sqref


def test_a_negative_avvikelse_is_red_and_has_its_minus() -> None:
    content = workbook_of(DELAR, NOTHING_KNOWN)
    made = opened(content)
    avvikelse = cell(made, "ekonomi-delar", "forskola", "avvikelse")
    assert "-#" in avvikelse.number_format
    page = avvikelse.parent
    rules = [
        rule for ranges in page.conditional_formatting if avvikelse.coordinate in ranges.sqref for rule in ranges.rules
    ]
    assert [(rule.operator, rule.formula, rule.dxf.font.color.rgb) for rule in rules] == [
        ("lessThan", ["0"], "FFB00020")
    ]


def test_what_is_known_is_filled_in_in_whole_tkr_and_may_be_changed() -> None:
    content = workbook_of(DELAR, KNOWN)
    made = opened(content)
    cells = {
        each: cell(made, "ekonomi-delar", "forskola", each) for each in ("utfall", "budget", "utfall-fg", "prognos")
    }
    assert {key: each.value for key, each in cells.items()} == {
        "utfall": 8100, "budget": 12001, "utfall-fg": 7900, "prognos": None,
    }  # fmt: skip
    assert cell(made, "ekonomi-delar", "grundskola", "utfall").value == -40
    assert not any(each.protection.locked for each in cells.values())
    assert cells["utfall"].fill.start_color.rgb != cells["prognos"].fill.start_color.rgb
    assert [each.value for each in made.worksheets[0][7]][1:4] == ["Fyll i", "Förifyllt", "Räknas ut"]


def evil(name: str) -> Mall:
    source = (
        text("hedemora")
        .replace("{namn: Förskola,", f"{{namn: {name!r},")
        .replace("namn: Bildningsnämnden\n    slag", f"namn: {name!r}\n    slag")
    )
    definition = read_definition(source, "x.yaml").definition
    one = turn(definition, [2027], strict=False).obligations["hedemora/delarsrapport/2027-08/bildningsnamnden/underlag"]
    return mall_of(definition, one, one.parts[0], "senast")


@pytest.mark.parametrize("name", ["=1+1", "+46 225", "-1", "@SUM(A1)", "#N/A", "=cmd|' /c calc'!A0"])
def test_a_name_that_looks_like_a_formula_is_a_text(name: str) -> None:
    made = opened(workbook_of(evil(name), NOTHING_KNOWN))
    row = named(made, "ekonomi_delar__rad_forskola")
    assert (row.value, row.data_type) == (name, "s")
    assert row.quotePrefix is (not name.startswith("#")) or not name.startswith(("=", "+", "-", "@"))
    formulas = {
        each.value for page in made.worksheets for line in page.iter_rows() for each in line if each.data_type == "f"
    }
    assert all(formula.startswith(("=IF(COUNT(", "=SUM(")) for formula in formulas)


def test_it_is_printed_on_a4_across_with_its_titles_and_page_numbers() -> None:
    made = opened(workbook_of(DELAR, NOTHING_KNOWN))
    page = made.worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.page_setup.fitToWidth in (None, 1)  # which is what it is when nothing is said
    assert page.page_setup.fitToHeight == 0
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$11:$12"
    assert page.freeze_panes == "B13"
    assert page.oddFooter.right.text == "Sida &P av &N"
    assert page.oddFooter.left.text == "Delårsrapport per 31 augusti 2027 · Bildningsnämnden"


def test_the_same_mall_is_the_same_bytes_with_no_macros_and_no_links() -> None:
    content = workbook_of(DELAR, KNOWN)
    assert workbook_of(DELAR, KNOWN) == content
    assert len(content) < 40_000
    seen = look_into(content)
    assert (seen.kind, seen.macros, seen.encrypted, seen.damaged) == ("xlsx", False, False, False)
    with ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name]
        assert {each.date_time for each in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = opened(content).properties
    assert properties.created == properties.modified == datetime(2027, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    assert properties.title == "Delårsrapport per 31 augusti 2027, Bildningsnämnden"


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.filename)
def test_a_careful_persons_figures_add_up(one: Mall) -> None:
    """Recomputed here from the values alone, as a reader sees them."""
    content = careful(one)
    values = opened(content, values=True)
    for sheet in one.sheets:
        page = tab_of(values, sheet)
        title = named(values, defined_name(sheet.id, sheet.sheet.naming.id))
        if sheet.sheet.total:
            total = named(values, defined_name(sheet.id, "summa")).row
            for column in sheet.sheet.sums:
                letter = named(values, defined_name(sheet.id, column.id)).column_letter
                above = [page[f"{letter}{row}"].value for row in range(title.row + 1, total)]
                assert page[f"{letter}{total}"].value == sum(each for each in above if isinstance(each, int | float))
        for column in sheet.sheet.columns:
            for line in sheet.rows:
                if column.minus:
                    of, less = (cell(values, sheet.id, line.id, each).value for each in column.minus)
                    assert cell(values, sheet.id, line.id, column.id).value == of - less
                if line.sums and column.is_number:
                    parts = [cell(values, sheet.id, each, column.id).value for each in line.sums]
                    assert cell(values, sheet.id, line.id, column.id).value == sum(parts)
                if column.required and column is not sheet.sheet.naming:
                    assert cell(values, sheet.id, line.id, column.id).value not in (None, "")


def test_a_careful_persons_balance_result_and_cash_flow_tie() -> None:
    content = careful(AR)
    values = opened(content, values=True)

    def amount(sheet: str, row: str, column: str) -> int:
        return int(cell(values, sheet, row, column).value)

    for column in ("utfall", "utfall-fg"):
        assert amount("balansrakning", "tillgangar", column) == amount("balansrakning", "skulder-och-kapital", column)
        result = amount("resultatrakning-ar", "arets-resultat", column)
        assert amount("balansrakning", "arets-resultat", column) == result
        assert amount("kassaflode", "vid-arets-slut", column) == amount("balansrakning", "kassa", column)


def test_a_careful_person_explains_what_is_negative_and_forecasts_no_less_than_is_spent() -> None:
    for known in (NOTHING_KNOWN, KNOWN):
        content = careful(DELAR, known)
        values = opened(content, values=True)
        rows = [line.id for line in DELAR.sheets[0].rows]
        seen = [
            tuple(
                cell(values, "ekonomi-delar", row, each).value
                for each in ("utfall", "prognos", "avvikelse", "forklaring")
            )
            for row in rows
        ]
        assert all(prognos >= utfall for utfall, prognos, _, _ in seen)
        assert any(avvikelse < 0 for _, _, avvikelse, _ in seen)
        assert all(why for _, _, avvikelse, why in seen if avvikelse < 0)


def test_the_same_filling_is_the_same_bytes() -> None:
    assert careful(DELAR) == careful(DELAR)


def test_one_cell_can_be_changed_by_its_name_or_its_place() -> None:
    content = careful(DELAR)
    where = place(content, "ekonomi-delar", "forskola", "prognos")
    changed = change(content, {where: "12 tkr", "ekonomi_delar__ram_halls": "Nej"})
    values = opened(changed, values=True)
    assert (at(values, where).value, named(values, "ekonomi_delar__ram_halls").value) == ("12 tkr", "Nej")
    assert cell(values, "ekonomi-delar", "forskola", "avvikelse").value is None  # no number, no difference
    again = fill_workbook(changed, {"ekonomi-delar": {"forskola": {"prognos": 11_000}, FIELDS: {"ram-halls": "Ja"}}})
    assert at(opened(again, values=True), where).value == 11_000
    assert at(opened(uncalculated(again), values=True), place(again, "ekonomi-delar", "summa", "prognos")).value is None
    renamed = rework(content, lambda book: setattr(book.worksheets[0], "title", "Blad1"))
    assert opened(renamed).sheetnames[0] == "Blad1"
    assert set(careful_tables(DELAR)) == {each.id for each in DELAR.sheets}


@pytest.mark.parametrize("file", ["ekonomi.libreoffice.xlsx", "rakenskaper.libreoffice.xlsx"])
def test_libreoffice_keeps_the_names_and_counts_as_we_do(file: str) -> None:
    """``file`` was filled in carefully, without values, and saved by LibreOffice, which counted it."""
    source = (
        DELAR
        if file.startswith("ekonomi")
        else mall("delarsrapport", "2027-08", "kommunstyrelsen", "kommunens-rakenskaper")
    )
    ours = careful(source)
    theirs = (FILES / file).read_bytes()
    mine, formulas, counted = opened(ours, values=True), opened(ours), opened(theirs, values=True)
    assert {name: each.attr_text.replace("'", "") for name, each in mine.defined_names.items()} == {
        name: each.attr_text.replace("'", "") for name, each in counted.defined_names.items()
    }
    compared = 0
    for page in formulas.worksheets:
        for row in page.iter_rows():
            for each in (one for one in row if one.data_type == "f"):
                assert (mine[page.title][each.coordinate].value or None) == (
                    counted[page.title][each.coordinate].value or None
                )
                compared += 1
    assert compared > 15
    assert calculated(uncalculated(ours)) == calculated(calculated(uncalculated(ours)))
