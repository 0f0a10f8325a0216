"""A ledger in SIE 5 gives the same figures as in SIE 4."""

import re

import pytest

from tests.rig.files.books import book, company_book
from tests.rig.files.five_books import account, as_five, at, closing_each, five
from tests.rig.files.read_books import read, refused

pytestmark = pytest.mark.whole


@pytest.mark.parametrize("kind", [3, 4])
def test_a_sie_5_of_the_same_ledger_gives_the_same_figures(kind: int) -> None:
    """Types 3 and 4 as they are, written as SIE 5: balances of months, budgets, and vouchers."""
    classic, new = read(book(kind=kind)), read(as_five(book(kind=kind)))
    assert new.sie_type == 5
    assert new.amounts == classic.amounts
    assert (new.ledger, new.period, new.to_date, new.outside) == (
        classic.ledger, classic.period, classic.to_date, classic.outside,
    )  # fmt: skip
    assert new.warnings == ()


def test_a_bolags_sie_5_is_the_whole_company() -> None:
    taken = read(as_five(company_book("Bostadsbolaget AB")))
    assert taken.amounts == {"bostadsbolaget": {"bostadsbolaget": {"utfall": 80_000_000}}}


def test_a_budget_of_the_whole_year_leaves_the_periods_unknown() -> None:
    year = at("Budget", "", 1_200_000)
    taken = read(five(accounts=[account("5010", "cost", *closing_each(100_000), year)]))
    assert taken.amounts["bostadsbolaget"]["bostadsbolaget"] == {"utfall": 80_000_000, "budget": 120_000_000}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (as_five(book(kind=3)).replace(b"2027-08-31", b"2027-08-15"), "mitt i en månad"),
        (as_five(book(kind=3)).replace(b' lastCoveredDate="2027-08-31"', b"").replace(b"Hedemora", b"Avesta"), "Avesta kommun"),
        (as_five(book(kind=2)), "exportera den med objekt \\(ObjectReference\\)"),
        (five(currency="EUR", accounts=[account("5010", "cost", *closing_each(1))]), "i EUR \\(AccountingCurrency\\)"),
        (five(company="", accounts=[account("5010", "cost", *closing_each(1))]), "\\(Company saknas\\)"),
        (five(root="SieEntry"), "SieEntry"),
        (five(accounts=[account("1930", "asset", *closing_each(1))]), "inga resultatkonton"),
    ],
)  # fmt: skip
def test_a_sie_5_that_cannot_be_used_is_refused_by_its_own_names(content: bytes, word: str) -> None:
    told = refused(content)
    assert re.search(word, told, re.IGNORECASE), told
    assert "#" not in told
