"""Numbers and titles as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.readers.formats.grid import column_of, letters
from submissions.readers.formats.number_formats import shown_by
from submissions.readers.written import folded_heading, folded_title, read_number


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("1234", "1234", ""),
        ("1 234,5", "1234.5", ""),
        ("1\u00a0234,50", "1234.50", ""),  # no-break space
        ("1\u202f234\u2009567,5", "1234567.5", ""),  # narrow and thin ones
        ("1.234,50", "1234.50", ""),
        ("1,234.50", "1234.50", ""),
        ("1.234.567", "1234567", ""),
        ("1'234,5", "1234.5", ""),
        ("1’234", "1234", ""),
        ("'1234", "1234", ""),  # an apostrophe made it a text
        ("12.5", "12.5", ""),
        ("0.085", "0.085", ""),
        ("-12", "-12", ""),
        ("−12", "-12", ""),  # a real minus
        ("–12", "-12", ""),  # an en dash
        ("- 12 tkr", "-12", "tkr"),
        ("12-", "-12", ""),
        ("12 −", "-12", ""),
        ("(12)", "-12", ""),
        ("(1 234,5) tkr", "-1234.5", "tkr"),
        ("(12 tkr)", "-12", "tkr"),
        ("+12", "12", ""),
        ("12 tkr", "12", "tkr"),
        ("12tkr", "12", "tkr"),
        ("12 KKR", "12", "tkr"),
        ("12 000 kr", "12000", "kr"),
        ("12 000:-", "12000", "kr"),
        ("12 000 SEK", "12000", "kr"),
        ("1,2 mnkr", "1.2", "mnkr"),
        ("1,2 Mkr", "1.2", "mnkr"),
        ("1,2 milj. kr", "1.2", "mnkr"),
        ("1,2 miljoner kronor", "1.2", "mnkr"),
        ("8,5 %", "8.5", "%"),
        ("8,5%", "8.5", "%"),
        ("8,5 procent", "8.5", "%"),
        ("12 st", "12", "st"),
        ("  12\n", "12", ""),
    ],
)
def test_a_number_that_was_pasted_as_text_is_read_as_it_was_written(text: str, number: str, unit: str) -> None:
    found = read_number(text)
    assert found is not None
    assert (found.number, found.unit) == (Decimal(number), unit)


@pytest.mark.parametrize(
    "text",
    ["", "-", "–", "..", "se ovan", "ca 12", "12 eller 13", "12 34", "1 2345", "1.234", "12,345", "(12", "12)", "-(12)", "--12",
     "12 tkr kr", "1,2,3", "#DIV/0!", "2027-08-31", "12,", "kr", "%", "٣", "1e5", "9" * 80, "12 månader"],
)  # fmt: skip
def test_what_is_no_number_or_could_be_two_is_left_unread(text: str) -> None:
    assert read_number(text) is None


@given(st.text(alphabet="0123456789 .,-−–()'%krtmn\u00a0\u2009", max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = read_number(text)
    assert found is None or found.number.is_finite()


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from([" ", "\u00a0", "\u2009", "", "'"]))
def test_a_number_written_in_swedish_is_read_back(number: Decimal, blank: str) -> None:
    written = f"{number:,.2f}".replace(",", blank).replace(".", ",").replace("-", "−")
    found = read_number(written)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    ("code", "stored", "text", "number", "unit"),
    [
        ("0.0%", "0.085", "8,5 %", "8.5", "%"),
        ("#,##0", "1234.56", "1234,56", "1234.56", ""),
        ('#,##0 "tkr"', "12", "12 tkr", "12", "tkr"),
        (r"#,##0\ [$kr-41D]", "12000", "12000 kr", "12000", "kr"),
        ("#,##0,", "12345000", "12345", "12345", ""),
        ('#,##0.0,, "mnkr"', "12300000", "12,3 mnkr", "12.3", "mnkr"),
        ("General", "0.1", "0,1", "0.1", ""),
        ("General", "1234.5600000000001", "1234,56", "1234.56", ""),
        ('"dag" 0', "12", "12", "12", ""),
        ("[Red]-#,##0;0", "-3", "-3", "-3", ""),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(code: str, stored: str, text: str, number: str, unit: str) -> None:
    raw = shown_by(164, code).raw(stored)
    assert (raw.text, raw.number, raw.unit) == (text, Decimal(number), unit)


@pytest.mark.parametrize(
    ("code", "stored", "text"),
    [
        ("yyyy-mm-dd", "46630", "2027-08-31"),  # a Tuesday
        (r"d\ mmmm\ yyyy;@", "46630", "2027-08-31"),
        ("yyyy-mm-dd hh:mm", "46630.5", "2027-08-31 12.00"),
        ("[h]:mm", "0.25", "06.00"),
        ("yyyy-mm-dd", "-5", "-5"),
    ],
)
def test_a_number_with_a_dates_format_is_a_day(code: str, stored: str, text: str) -> None:
    assert shown_by(164, code).raw(stored)[:2] == (text, None)


def test_a_workbook_may_count_its_days_from_1904() -> None:
    assert shown_by(14, None).raw("45168", from_1904=True).text == "2027-08-31"


@pytest.mark.parametrize(
    "title",
    [
        "Utfall\nperioden",
        " utfall  PERIODEN:",
        "Utfall perioden (tkr)",
        "Utfall perioden, tkr",
        "Ut\u00adfall perioden",
    ],
)
def test_a_title_is_known_whatever_its_blanks_case_and_unit(title: str) -> None:
    assert folded_title(title) == "utfall perioden"


@pytest.mark.parametrize("title", ["2. Förväntad utveckling", "2.1 Förväntad utveckling:", "b) Förväntad utveckling", "IV. Förväntad utveckling", "FÖRVÄNTAD UTVECKLING"])  # fmt: skip
def test_a_heading_is_known_whatever_its_number(title: str) -> None:
    assert folded_heading(title) == "förväntad utveckling"


def test_columns_have_letters() -> None:
    assert [letters(at) for at in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_of(letters(at)) == at for at in range(2000))
