"""What changed since the last version: figures row by row, texts heading by heading, in words that a person reads."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.files.filled import Filled, FilledRow, FilledTable, Section
from submissions.standing.version_changes import changes
from submissions.templates.mall import Mall, malls_of
from tests.rig.examples import examples
from tests.rig.files.six_units import economy, goals, row, tables, with_cell
from tests.rig.hedemora import BIN_UNDERLAG, town, whole_hedemora

pytestmark = pytest.mark.whole

EKONOMI, MAL = 0, 1
BEFORE = tables("bildningsnamnden")
EVENTS = Section(
    heading="Händelser av väsentlig betydelse",
    place="Rubriken Händelser av väsentlig betydelse",
    id="handelser",
    text="Två förskolor har slagits ihop under våren. Skolskjutsen har upphandlats på nytt.",
)
TEXT = Filled(kind="docx", sections=(EVENTS,))


def mall(number: int) -> Mall:
    one = town(whole=True).wheel.obligations[BIN_UNDERLAG]
    return malls_of(whole_hedemora().definition, one, "tisdag 21 september 2027 kl. 16.00")[number]


def words(before: Filled, after: Filled, number: int = EKONOMI) -> list[str]:
    return [each.words.replace("\u00a0", " ") for each in changes(before, after, mall(number))]


def with_economy(table: FilledTable) -> Filled:
    return replace(BEFORE, tables={**BEFORE.tables, "ekonomi-delar": table})


def test_the_same_version_twice_has_no_changes() -> None:
    assert words(BEFORE, BEFORE) == []
    assert words(TEXT, TEXT, MAL) == []


def test_an_amount_is_told_with_what_it_was_and_the_difference() -> None:
    after = with_economy(with_cell(economy("bildningsnamnden"), "Förskola", "utfall", Decimal("92150.5")))
    assert words(BEFORE, after) == ["Ekonomi, Förskola, Utfall perioden: 92 400 tkr blev 92 150,5 tkr (−249,5 tkr)"]


def test_an_amount_that_is_filled_in_or_taken_away_has_no_difference() -> None:
    table = economy("bildningsnamnden")
    empty = with_economy(with_cell(table, "Förskola", "prognos", ""))
    told = "Ekonomi, Förskola, Prognos helår"
    assert words(BEFORE, empty) == [f"{told}: 138 600 tkr blev tomt"]
    assert words(empty, BEFORE) == [f"{told}: tomt blev 138 600 tkr"]


def test_an_avvikelse_is_told_only_when_nothing_that_it_is_worked_out_of_changed() -> None:
    table = economy("bildningsnamnden")
    worked_out = with_cell(
        with_cell(table, "Förskola", "prognos", Decimal(138500)), "Förskola", "avvikelse", Decimal(1300)
    )
    assert [each.split(":")[0] for each in words(BEFORE, with_economy(worked_out))] == [
        "Ekonomi, Förskola, Prognos helår"
    ]
    typed = with_cell(table, "Förskola", "avvikelse", Decimal(0))
    assert words(BEFORE, with_economy(typed)) == ["Ekonomi, Förskola, Avvikelse: 1 200 tkr blev 0 tkr (−1 200 tkr)"]


def test_rows_that_come_and_go_are_told_with_what_stood_there() -> None:
    table = economy("bildningsnamnden")
    longer = replace(table, rows=(*table.rows[:-1], row("Musikskola", {"utfall": Decimal(40)}), table.rows[-1]))
    added = words(BEFORE, with_economy(longer))
    assert added == ["Ekonomi, Musikskola har tillkommit: utfall perioden 40 tkr"]
    assert words(with_economy(longer), BEFORE) == ["Ekonomi, Musikskola har tagits bort: utfall perioden 40 tkr"]


def test_a_moved_row_and_another_way_of_writing_its_name_are_no_change() -> None:
    table = economy("bildningsnamnden")
    first, *rest = table.rows
    moved = replace(table, rows=(*rest[:-1], replace(first, name=" förskola ", place="Ekonomi!A14"), rest[-1]))
    assert words(BEFORE, with_economy(moved)) == []


def test_rows_of_the_same_name_are_told_apart_by_their_order() -> None:
    table = goals()
    twice = replace(table, rows=(table.rows[0], table.rows[0]))
    changed = replace(twice, rows=(twice.rows[0], with_cell(twice, table.rows[0].name, "bedomning", "Nås").rows[1]))
    before, after = (Filled(kind="xlsx", tables={"mal": each}) for each in (twice, changed))
    assert words(before, after) == [
        "Mål och indikatorer, Alla elever ska nå gymnasiebehörighet, Bedömning: ”Nås delvis” blev ”Nås”"
    ]


def test_an_answer_above_the_table_is_told() -> None:
    table = economy("bildningsnamnden")
    yes = replace(table, fields={"ram-halls": replace(table.fields["ram-halls"], text="Ja")})
    assert words(BEFORE, with_economy(yes)) == [
        "Ekonomi, Håller nämnden eller bolaget sin ram för året?: ”Nej” blev ”Ja”"
    ]


def test_a_sheet_that_is_gone_is_told_as_one_change() -> None:
    without = replace(BEFORE, tables={key: each for key, each in BEFORE.tables.items() if key != "mal"})
    assert words(BEFORE, without) == ["Bladet Mål och indikatorer har tagits bort"]


def test_a_text_tells_the_words_that_came_and_went() -> None:
    after = replace(
        TEXT, sections=(replace(EVENTS, text=EVENTS.text.replace("Två förskolor", "Tre förskolor i norr")),)
    )
    assert words(TEXT, after, MAL) == [
        "Rubriken Händelser av väsentlig betydelse: borttaget: ”Två”; tillagt: ”Tre”; tillagt: ”i norr”"
    ]


def test_a_heading_of_their_own_that_comes_is_told_with_its_length() -> None:
    own = Section(heading="Lokaler", place="Rubriken Lokaler", text="Ett nytt blad om lokaler.")
    assert words(TEXT, replace(TEXT, sections=(EVENTS, own)), MAL) == ["Rubriken Lokaler har tillkommit: 5 ord"]


def test_many_and_long_changes_of_a_text_are_cut_short() -> None:
    before = replace(EVENTS, text=" ".join(f"ord{n} lika" for n in range(40)))
    after = replace(EVENTS, text=" ".join(f"nytt{n} lika" for n in range(40)))
    (told,) = words(replace(TEXT, sections=(before,)), replace(TEXT, sections=(after,)), MAL)
    assert told.endswith("ändringar till") and len(told) < 1000


@pytest.mark.parametrize("bad", ["\u202efel\u202c", "\x07fel", "fel\r\nigen"])
def test_no_text_from_outside_can_turn_or_break_the_line(bad: str) -> None:
    after = with_economy(with_cell(economy("bildningsnamnden"), "Förskola", "forklaring", bad))
    (told,) = words(BEFORE, after)
    assert not set(told) & set("\u202e\u202c\x07\r\n")


AMOUNTS = st.decimals(min_value=-(10**7), max_value=10**7, places=1)
ROWS = st.lists(st.tuples(st.sampled_from("ABCDE"), AMOUNTS, AMOUNTS), max_size=5)


def _table(rows: list[tuple[str, Decimal, Decimal]]) -> Filled:
    made: tuple[FilledRow, ...] = tuple(row(name, {"utfall": first, "budget": second}) for name, first, second in rows)
    return Filled(kind="xlsx", tables={"ekonomi-delar": FilledTable(sheet="ekonomi-delar", title="Ekonomi", rows=made)})


@settings(max_examples=examples(60))
@given(ROWS, ROWS)
def test_nothing_is_told_of_what_is_the_same_and_something_of_what_is_not(
    before: list[tuple[str, Decimal, Decimal]], after: list[tuple[str, Decimal, Decimal]]
) -> None:
    told = changes(_table(before), _table(after), mall(EKONOMI))
    by_name: tuple[dict[str, list[tuple[Decimal, Decimal]]], ...] = ({}, {})
    for rows, found in zip((before, after), by_name, strict=True):
        for name, *amounts in rows:
            found.setdefault(name, []).append((amounts[0], amounts[1]))
    assert bool(told) == (by_name[0] != by_name[1])
    assert all(each.words for each in told)
