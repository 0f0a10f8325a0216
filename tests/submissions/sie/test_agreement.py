"""A ledger that contradicts itself is told before it is used: months, vouchers and balances, account by account."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.sie.agreement import LARGEST
from submissions.sie.agreement_words import months_text
from submissions.sie.balances import ROUNDING
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import AccountRanges, Sums
from submissions.sie.values import Ledger, SieReading
from tests.rig.examples import examples
from tests.rig.files.books import bolag, voucher

RESULT = AccountRanges("3000-8999")
RENT = voucher(1, "20270215", "#TRANS 1930 {} 1000000.00", "#TRANS 3010 {} -1000000.00")
RUN = voucher(2, "20270820", "#TRANS 5010 {} 600000.00", "#TRANS 1930 {} -600000.00")
BALANCES = ("#RES 0 3010 -1000000.00", "#RES 0 5010 600000.00", "#UB 0 1930 400000.00", "#IB 0 1930 0.00")
TO_AUGUST = range(1, 9)


def months(account: str, amount: float, at: Iterable[int] = TO_AUGUST, year: int = 2027, number: int = 0) -> list[str]:
    return [f"#PSALDO {number} {year}{month:02} {account} {{}} {amount:.2f}" for month in at]


GOOD = [*months("3010", -125_000), *months("5010", 75_000)]


def read(*rows: str, kind: int = 3, to_date: str = "20270831") -> SieReading:
    return read_sie(bolag(*rows, kind=kind, to_date=to_date if kind == 3 else ""))


def ledger_of(reading: SieReading) -> Ledger:
    assert reading.ledger is not None
    return reading.ledger


def outcome(reading: SieReading) -> tuple[str, int]:
    """Return what the outcome is summed from, and how many kronor it is."""
    sums = Sums(ledger_of(reading))
    kind = sums.utfall_kind()
    return kind, sums.sum_months(RESULT, None, None, 202701, 202712, kind) // 100


def told(reading: SieReading) -> list[tuple[int, str]]:
    return [(each.line, each.severity) for each in reading.findings]


def words(reading: SieReading) -> str:
    return "\n".join(each.message for each in reading.findings)


# --- what agrees is silent


def test_a_file_that_agrees_is_told_nothing() -> None:
    for rows in (
        [*BALANCES, *GOOD],
        [*BALANCES, *GOOD, *months("1930", 50_000)],  # the months may hold the balance accounts too
        [*BALANCES, *months("3010", -500_000, [1, 2]), *months("5010", 600_000, [8])],  # a month without is no lack
    ):
        assert read(*rows).findings == ()
    assert read(*BALANCES, *RENT, *RUN, kind=4).findings == ()
    assert read(*BALANCES, *GOOD, *RENT, *RUN, kind=4).findings == ()
    assert outcome(read(*BALANCES, *GOOD, *RENT, *RUN, kind=4)) == ("PSALDO", -400_000)


# --- stray months beside vouchers: what agrees with the balances is used


@pytest.mark.parametrize(
    "stray",
    [
        ["#PSALDO 0 202702 3010 {} -5163.30"],
        months("5010", 75_000, [1, 2, 3]),
        [*months("3010", -1_250_000), *months("5010", 750_000)],  # ten times too much
        ['#PSALDO 0 202702 5010 {1 "200"} 600000.00', '#OBJEKT 1 "200" Hus'],
        months("4010", 2_000_000, [5]),  # an account of its own
    ],
)
def test_stray_months_beside_vouchers_are_not_the_outcome(stray: list[str]) -> None:
    reading = read(*BALANCES, *stray, *RENT, *RUN, kind=4)
    assert outcome(reading) == ("VER", -400_000)
    assert reading.usable
    assert "Utfallet räknas ur verifikationerna (#VER), som stämmer med årets saldon." in words(reading)


def test_one_stray_month_is_told_by_account_with_both_amounts() -> None:
    reading = read(*BALANCES, "#PSALDO 0 202702 3010 {} -5163.30", *RENT, *RUN, kind=4)
    assert told(reading) == [(1, "varning"), (13, "varning"), (14, "varning")]
    assert (
        "Konto 3010 Hyresintäkter: månadernas saldon (#PSALDO) ger -5 163,30 kr, men årets saldo (#RES) är -1 000 000,00 kr."
        in words(reading)
    )


def test_vouchers_that_are_not_all_there_are_not_the_outcome() -> None:
    reading = read(*BALANCES, *GOOD, *RENT, kind=4)
    assert outcome(reading) == ("PSALDO", -400_000)
    assert "verifikationerna (#VER) ger 0,00 kr, men årets saldo (#RES) är 600 000,00 kr" in words(reading)
    assert reading.usable


def test_last_years_months_alone_do_not_hide_this_years_vouchers() -> None:
    reading = read(*BALANCES, *months("5010", 1, range(1, 13), 2026, -1), *RENT, *RUN, kind=4)
    assert outcome(reading) == ("VER", -400_000)


# --- months against the year's balance: nothing else says which is right


def test_months_that_are_not_the_years_balance_are_told_with_both_amounts_and_refused() -> None:
    reading = read(*BALANCES, *months("5010", 75_000, range(1, 5)), *months("3010", -125_000))
    assert told(reading) == [(1, "fel"), (15, "fel")]
    assert "skiljer sammanlagt 300 000,00 kr på 1 konto" in words(reading)
    assert (
        "Konto 5010 Drift: månadernas saldon (#PSALDO) ger 300 000,00 kr, men årets saldo (#RES) är 600 000,00 kr. "
        "Saldo saknas för maj–augusti 2027." in words(reading)
    )
    assert "Exportera filen på nytt" in words(reading)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        # a month in between is missing, and one is zero
        ([*months("3010", -125_000), *months("5010", 75_000, [1, 2, 4, 5, 6, 7, 8])], "Saldo saknas för mars 2027"),
        ([*months("3010", -125_000), *months("5010", 75_000, [*range(1, 8)]), *months("5010", 0, [8])], "augusti 2027"),
        # all months are zero, for one account, and for the whole file
        ([*months("3010", -125_000), *months("5010", 0)], "Saldo saknas för januari–augusti 2027"),
        (months("5010", 0), "på 2 konton"),
        # the account is not among the months
        (months("3010", -125_000), "#PSALDO) ger 0,00 kr, men årets saldo (#RES) är 600 000,00 kr"),
        # a month that counts what came before
        ([*months("3010", -125_000), *months("5010", 75_000, range(1, 8)), *months("5010", 600_000, [8])], "ger 1 125 000"),
        # signs turned
        ([*months("3010", 125_000), *months("5010", -75_000)], "på 2 konton"),
        # money on an account that the year does not have
        ([*GOOD, *months("5020", 75_000)], "Konto 5020: månadernas saldon (#PSALDO) ger 600 000,00 kr"),
    ],
)  # fmt: skip
def test_months_that_cannot_be_right_are_refused(rows: list[str], word: str) -> None:
    reading = read(*BALANCES, *rows)
    assert not reading.usable
    assert word in words(reading)


def test_vouchers_that_are_not_the_years_balance_are_refused() -> None:
    reading = read(*BALANCES, *RENT, kind=4)
    assert not reading.usable
    assert "verifikationerna (#VER) ger 0,00 kr, men årets saldo (#RES) är 600 000,00 kr" in words(reading)


def test_a_balance_account_that_does_not_agree_is_told_and_stops_nothing() -> None:
    reading = read(*BALANCES, *GOOD, *months("1930", 75_000))
    assert told(reading) == [(16, "varning")]
    assert "Konto 1930 Bank: månadernas saldon (#PSALDO) ger 600 000,00 kr, men årets förändring (#UB − #IB) är 400 000,00 kr" in words(reading)  # fmt: skip
    opened = [*BALANCES[:2], "#UB 0 1930 500000.00", "#IB 0 1930 100000.00"]
    assert read(*opened, *GOOD, *months("1930", 50_000)).findings == ()


def test_without_balances_months_and_vouchers_are_held_against_each_other() -> None:
    rows = [*months("3010", -125_000), *months("5010", 60_000), *RENT, *RUN]
    reading = read(*rows, kind=4)
    assert not reading.usable
    assert "#PSALDO) ger 480 000,00 kr, men verifikationerna (#VER) ger 600 000,00 kr" in words(reading)
    assert read(*GOOD, *months("1930", 50_000), *RENT, *RUN, kind=4).usable


# --- balances that contradict themselves weigh nothing against double entry


def test_balances_that_do_not_go_together_give_way_to_vouchers_that_do() -> None:
    reading = read("#RES 0 3010 -1000000.00", "#RES 0 5010 .20", "#UB 0 1930 -.20", *RENT, *RUN, kind=4)
    assert {each.severity for each in reading.findings} == {"varning"}
    assert outcome(reading) == ("VER", -400_000)
    assert "ska tillsammans bli noll men blir -1 000 000,00 kr" in words(reading)
    assert "Konto 5010 Drift: verifikationerna (#VER) ger 600 000,00 kr, men årets saldo (#RES) är 0,20 kr" in words(
        reading
    )


@pytest.mark.parametrize(
    ("rows", "kind", "usable"),
    [
        ([*GOOD, *months("1930", 50_000)], 3, True),  # months of all accounts go together too
        (GOOD, 3, False),  # of result accounts alone they prove nothing
        ([*GOOD, *RENT, *RUN], 4, True),  # months that agree with the vouchers
        ([*months("3010", -125_000), *months("5010", 60_000), *months("1930", 65_000), *RENT, *RUN], 4, False),
    ],
)
def test_what_goes_together_by_itself_is_believed_before_what_does_not(
    rows: list[str], kind: int, usable: bool
) -> None:
    balances = ["#RES 0 3010 -1000000.00", "#RES 0 5010 6000000.00", "#UB 0 1930 400000.00"]
    reading = read(*balances, *rows, kind=kind)
    assert reading.usable is usable
    if usable:
        assert outcome(reading)[1] == -400_000


# --- the tolerance


@pytest.mark.parametrize(
    ("off", "severities"),
    [
        (ROUNDING, []),
        (ROUNDING + 1, ["varning"]),
        (LARGEST, ["varning"]),
        (LARGEST + 1, ["fel", "fel"]),
        (-LARGEST - 1, ["fel", "fel"]),
    ],
)
def test_rounding_is_silent_a_tkr_is_told_and_more_is_refused(off: int, severities: list[str]) -> None:
    rows = [*months("3010", -125_000), *months("5010", 75_000, range(1, 8)), *months("5010", 75_000 + off / 100, [8])]
    assert [each.severity for each in read(*BALANCES, *rows).findings] == severities


def test_many_small_differences_are_one_large() -> None:
    accounts = [str(each) for each in range(6000, 6060)]
    balances = [row for each in accounts for row in (f"#KONTO {each} Konto", f"#RES 0 {each} 1000.00")]
    rows = [row for each in accounts for row in months(each, 1_020, [1])]
    reading = read(*BALANCES, *GOOD, *balances, *rows)
    assert "skiljer sammanlagt 1 200,00 kr på 60 konton" in words(reading)
    assert not reading.usable


# --- last year, and months that nothing vouches for


def test_last_years_months_are_held_against_its_balance_and_told() -> None:
    last = [f"#RES -1 5010 {12 * 70_000}.00", *months("5010", 70_000, [1, 2, 3, 5, 12], 2026, -1)]
    reading = read(*BALANCES, *GOOD, *last)
    assert {each.severity for each in reading.findings} == {"varning"}
    assert "Konto 5010 Drift, 2026: månadernas saldon (#PSALDO) ger 350 000,00 kr" in words(reading)
    assert "Saldo saknas för april och juni–november 2026" in words(reading)


def test_last_years_months_to_the_same_month_are_enough() -> None:
    last = [f"#RES -1 5010 {12 * 70_000}.00", *months("5010", 70_000, TO_AUGUST, 2026, -1)]
    assert read(*BALANCES, *GOOD, *last).findings == ()
    gap = [each for each in last if "202605" not in each]
    assert "Filen har inga belopp för maj 2026" in words(read(*BALANCES, *GOOD, *gap))


def test_months_without_anything_are_told_where_no_balance_vouches_for_them() -> None:
    found = read(*months("5010", 75_000, [1, 2, 3]), *months("3010", 0))
    assert "Filen har inga belopp för april–augusti 2027" in words(found)
    assert "inga belopp för mars–juli 2027" in words(
        read(*RENT, *RUN, *voucher(3, "20270115", "#TRANS 5010 {} 1", "#TRANS 1930 {} -1"), kind=4)
    )


def test_months_after_the_files_end_may_be_in_the_balances_or_not() -> None:
    later = months("5010", 75_000, [9])
    for balance in ("600000.00", "675000.00"):
        reading = read("#RES 0 3010 -1000000.00", f"#RES 0 5010 {balance}", *GOOD, *later)
        assert [each.severity for each in reading.findings] == ["varning"]  # that it is after the end
        assert "efter 2027-08-31" in words(reading)


def test_months_are_told_as_people_say_them() -> None:
    assert months_text((202701,)) == "januari 2027"
    assert months_text((202701, 202703, 202704)) == "januari och mars–april 2027"
    assert months_text((202701, 202703, 202705, 202706, 202712)) == "januari, mars, maj–juni och december 2027"


# --- whatever the ledger: what is written three times in the same way is silent, and one changed month never is

AMOUNTS = st.integers(-(10**9), 10**9)
POSTED = st.dictionaries(st.tuples(st.sampled_from(["3010", "5010"]), st.integers(1, 8)), AMOUNTS, min_size=1)


def kr(ore: int) -> str:
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02}"


def rows_of(posted: Mapping[tuple[str, int], int], change: int = 0) -> list[str]:
    """Return balances and months; ``change`` öre are added in one month only."""
    year = {account: sum(ore for (one, _), ore in posted.items() if one == account) for account in ("3010", "5010")}
    at = min(posted)
    return [
        *(f"#RES 0 {account} {kr(ore)}" for account, ore in year.items()),
        f"#UB 0 1930 {kr(-sum(year.values()))}",
        *(
            f"#PSALDO 0 2027{month:02} {account} {{}} {kr(ore + (change if (account, month) == at else 0))}"
            for (account, month), ore in posted.items()
        ),
    ]


@settings(max_examples=examples(40))
@given(posted=POSTED, change=st.one_of(st.integers(LARGEST + 1, 10**9), st.integers(-(10**9), -LARGEST - 1)))
def test_what_agrees_is_silent_and_one_changed_month_is_refused(
    posted: dict[tuple[str, int], int], change: int
) -> None:
    assert not [each for each in read(*rows_of(posted)).findings if each.severity == "fel" or "Konto" in each.message]
    assert not read(*rows_of(posted, change)).usable
