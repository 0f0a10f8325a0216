"""What programs really write in SIE files, kind by kind: plain number forms, blanks, rows without account, added rows."""

from decimal import Decimal

import pytest

from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import Sums
from submissions.sie.values import Ledger, SieReading
from tests.rig.files.books import bolag, voucher

RENT = voucher(1, "20270215", "#TRANS 1930 {} 1000000.00", "#TRANS 3010 {} -1000000.00")
RUN = voucher(2, "20270820", "#TRANS 5010 {} 600000.00", "#TRANS 1930 {} -600000.00")


def read(content: bytes) -> tuple[SieReading, Ledger]:
    reading = read_sie(content)
    assert reading.ledger is not None
    return reading, reading.ledger


def told(reading: SieReading, word: str) -> list[str]:
    """Return how severe the findings are that hold a word."""
    return [each.severity for each in reading.findings if word in each.message]


def change(ledger: Ledger, account: str) -> int:
    return Sums(ledger).sum_months({account}, None, None, 202701, 202712, "VER")


# --- plain number forms: whatever can be only one number is read


@pytest.mark.parametrize(
    ("written", "ore"),
    [
        (".20", 20), ("-.20", -20), ("+.5", 50), (",20", 20), ("5.", 500), ("7,", 700), ("12.50-", -1250),
        ("−12.50", -1250), ("–3", -300), ("0000012.5", 1250), ("-0", 0), ("1,5", 150), ("100.0000", 10000),
    ],
)  # fmt: skip
def test_an_amount_in_another_plain_form_is_read(written: str, ore: int) -> None:
    reading, ledger = read(bolag(f"#RES 0 5010 {written}", encoding="utf-8"))
    assert [each.amount for each in ledger.balances] == [ore]
    assert told(reading, "Beloppet") in ([], ["varning"])


def test_amounts_without_a_nought_are_read_as_oracle_writes_them() -> None:
    balances = ("#RES 0 3010 -1000000.00", "#RES 0 5010 .20", "#UB 0 1930 -.20")
    reading, ledger = read(bolag(*balances, *RENT, *RUN, kind=4))
    assert [each.amount for each in ledger.balances] == [-100_000_000, 20, -20]
    assert told(reading, "inte skrivet som SIE kräver") == ["varning"]
    assert reading.usable


@pytest.mark.parametrize(
    "written", [".", "-", "+-1", "-1-", "1,234", "-75,000", "1.2.3", "1e5", "1,234.50", "0x10", "1/2"]
)
def test_what_is_no_number_or_can_be_two_is_told(written: str) -> None:
    reading, ledger = read(bolag(f"#RES 0 5010 {written}"))
    assert ledger.balances == ()
    assert told(reading, "Beloppet") == ["fel"]


# --- blanks within amounts


def test_thousands_with_a_blank_in_each_month_are_told() -> None:
    months = [
        f"#PSALDO 0 2027{at:02} {account} {{}} {amount}"
        for account, amount in (("5010", "75 000.00"), ("3010", "-125 000.00"))
        for at in range(1, 9)
    ]
    reading, ledger = read(bolag("#RES 0 3010 -1000000.00", "#RES 0 5010 600000.00", *months, to_date="20270831"))
    assert ledger.periods == ()
    assert told(reading, "") == ["fel"], reading.findings  # and neither that #PSALDO nor that the balances are missing
    assert reading.findings[0].message.startswith("Beloppet '75 000.00' har blanksteg mellan tusentalen")
    assert reading.findings[0].message.endswith("Samma sak 15 gånger till: rad 17–31.")
    assert not reading.usable


def test_what_stands_there_and_cannot_be_read_is_not_called_missing() -> None:
    rows = ("#RES 0 5010 75 000.00", "#UB 0 1930 1 000.00", "#PSALDO 0 202701 5010 {} 75 000.00")
    unread = read_sie(bolag(*rows, to_date="20270131"))
    assert (told(unread, "saknas"), told(unread, "har blanksteg")) == ([], ["fel"])
    year = read_sie(bolag(*RUN, kind=4).replace(b"#RAR 0 20270101 20271231", b"#RAR 0 20270101 20271331"))
    assert (told(year, "#RAR 0 saknas"), told(year, "#RAR '0 20270101 20271331' går inte att läsa")) == ([], ["fel"])
    assert told(read_sie(bolag("#UB -1 1930 1000.00")), "#UB och #RES saknas för innevarande år") == ["varning"]


@pytest.mark.parametrize(
    "row",
    [
        "#PSALDO 0 202701 5010 {} 1 234 567.00",
        "#RES 0 5010 -75 000",
        "#UB 0 1930 1 000,50",
        "#PBUDGET 0 202701 5010 {} +12 000.5",
        '#IB 0 1930 "75 000.00"',
        "#IB 0 1930 75\N{NO-BREAK SPACE}000.00",
        "#IB 0 1930 75'000.00",
    ],
)
def test_an_amount_that_blanks_divide_is_no_smaller_amount(row: str) -> None:
    reading, ledger = read(bolag(row))
    assert (ledger.balances, ledger.periods) == ((), ())
    assert told(reading, "har blanksteg mellan tusentalen") == ["fel"]


def test_a_row_of_a_voucher_that_blanks_divide_is_told() -> None:
    rows = voucher(3, "20270215", "#TRANS 5010 {} 75 250.00 20270215", "#TRANS 1930 {} -75 250.00 20270215")
    reading, ledger = read(bolag(*rows, kind=4))
    assert told(reading, "har blanksteg mellan tusentalen") == ["fel"]
    assert ledger.vouchers[0].rows == ()


def test_an_amount_beside_its_quantity_is_both_and_asked_about_when_it_can_be_one() -> None:
    reading, ledger = read(bolag("#PSALDO 0 202701 5010 {} 75 100", "#PSALDO 0 202702 5010 {} 75 250.00"))
    assert [(row.amount, row.quantity) for row in ledger.periods] == [(7500, Decimal(100)), (7500, Decimal(250))]
    assert told(reading, "Menas 75 250.00 kr") == ["varning"]
    assert told(reading, "'75'") == ["varning"]


# --- money on no account


@pytest.mark.parametrize("account", ['""', '"  "'])
def test_a_row_without_account_does_not_vanish(account: str) -> None:
    rows = voucher(3, "20270215", f"#TRANS {account} {{}} 5000.00", "#TRANS 1930 {} -5000.00")
    reading, _ = read(bolag(*RENT, *RUN, *rows, kind=4))
    found = [each for each in reading.findings if "saknar konto" in each.message]
    assert [(each.severity, "5 000,00 kr" in each.message) for each in found] == [("fel", True)]
    assert told(reading, "Lägg upp") == []


@pytest.mark.parametrize("row", ['#PSALDO 0 202701 "" {} 12.50', '#RES 0 "" 12.50', '#RTRANS " " {} 12.50'])
def test_no_record_with_money_goes_without_account(row: str) -> None:
    rows = voucher(3, "20270215", row) if "TRANS" in row else [row]
    reading, _ = read(bolag(*rows, kind=4))
    assert told(reading, "saknar konto, så 12,50 kr hör inte till något konto") == ["fel"]


def test_an_account_of_noughts_is_none_unless_the_file_has_it() -> None:
    rows = voucher(3, "20270215", "#TRANS 0000 {} 5000.00", "#TRANS 1930 {} -5000.00")
    assert told(read(bolag(*rows, kind=4))[0], "Konto '0000' finns inte") == ["fel"]
    assert read(bolag("#KONTO 0000 Öresavrundning", *rows, kind=4))[0].usable


def test_a_struck_row_and_a_row_of_nought_lose_no_money() -> None:
    rows = voucher(3, "20270215", '#BTRANS "" {} 5000.00', '#TRANS "" {} 0.00', "#TRANS 1930 {} 0.00")
    assert told(read(bolag(*rows, kind=4))[0], "saknar konto") == ["varning"]


# --- rows that were added later


def test_an_added_row_counts_once_wherever_its_twin_stands() -> None:
    rows = voucher(
        2, "20270820", "#TRANS 5010 {} 600000.00", "#TRANS 1930 {} -600000.00", "#BTRANS 5010 {} 500000.00",
        "#BTRANS 1930 {} -500000.00", "#RTRANS 5010 {} 600000.00", "#RTRANS 1930 {} -600000.00",
    )  # fmt: skip
    reading, ledger = read(bolag(*rows, *RENT, kind=4))
    assert (change(ledger, "5010"), change(ledger, "1930")) == (60_000_000, 40_000_000)
    assert told(reading, "räknas en gång") == ["varning"]
    assert reading.usable


@pytest.mark.parametrize(
    ("rows", "cost", "severities"),
    [
        # both added first, then both twins: as some programs sort a voucher
        (["#RTRANS 5010 {} 70", "#RTRANS 1930 {} -70", "#TRANS 5010 {} 70", "#TRANS 1930 {} -70"], 70, ["varning"]),
        # an equal row of the voucher's own beside the twin
        (["#TRANS 5010 {} 70", "#RTRANS 5010 {} 70", "#TRANS 5010 {} 70", "#TRANS 1930 {} -140"], 140, []),
        # no twin at all, and an equal row of its own: the voucher balances with both
        (["#RTRANS 5010 {} 70", "#TRANS 1930 {} -140", "#TRANS 5010 {} 70"], 140, ["varning"]),
        # no twin at all
        (["#TRANS 1930 {} -70", "#RTRANS 5010 {} 70"], 70, ["varning"]),
        # on another object it is another row
        (['#RTRANS 5010 {1 "9"} 70', "#TRANS 5010 {} 70", "#TRANS 1930 {} -140"], 140, ["varning"]),
        # twice added, twice repeated
        (["#RTRANS 5010 {} 70"] * 2 + ["#TRANS 5010 {} 70"] * 2 + ["#TRANS 1930 {} -140"], 140, ["varning"]),
    ],
)  # fmt: skip
def test_no_money_is_counted_twice_or_lost_with_added_rows(rows: list[str], cost: int, severities: list[str]) -> None:
    reading, ledger = read(bolag(*voucher(1, "20270215", *rows), kind=4))
    assert (change(ledger, "5010"), change(ledger, "1930")) == (cost * 100, -cost * 100)
    assert told(reading, "räknas en gång") == severities
    assert told(reading, "balanserar inte") == []
