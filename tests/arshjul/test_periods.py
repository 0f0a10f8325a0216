"""A period is the months that the figures describe, from 1 January."""

from datetime import date

import pytest

from arshjul.periods import Period


@pytest.mark.parametrize(
    ("key", "end", "months", "text"),
    [
        ("2027-02", date(2027, 2, 28), 2, "februari 2027"),
        ("2028-02", date(2028, 2, 29), 2, "februari 2028"),  # leap year
        ("2027-08", date(2027, 8, 31), 8, "augusti 2027"),
        ("2026-12", date(2026, 12, 31), 12, "december 2026"),
        ("2027", date(2027, 12, 31), 12, "2027"),
    ],
)
def test_a_period_has_a_key_an_end_its_months_and_a_name(key: str, end: date, months: int, text: str) -> None:
    period = Period.parse(key)
    assert (period.key, str(period), period.end, period.months, period.text) == (key, key, end, months, text)


@pytest.mark.parametrize("key", ["2027-13", "2027-00", "2027-8", "27", "augusti 2027", "2027-09-31", "2027-08-00", ""])
def test_a_key_that_is_no_period_is_refused_with_the_remedy(key: str) -> None:
    with pytest.raises(ValueError, match="skriv 2027-08 för en månad eller 2027 för ett år"):
        Period.parse(key)
