"""SIE 5 (XML): the same ledger comes out as of SIE 4, the same is told of it, and no file does any harm."""

import re
import time
import tracemalloc
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.sie.five.five_words import in_five
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import AccountRanges, Sums
from submissions.sie.values import Ledger, SieReading
from tests.rig.examples import examples
from tests.rig.files.five_books import COMPANY, NAMESPACE, account, at, closing_each, entry, five, journal, row

RESULT = AccountRanges("3000-8999")
BANK = account("1930", "asset", at("OpeningBalance", "2027-01", "0.00"), *closing_each(50_000), name="Bank")
RENT = account("3010", "income", *closing_each(-125_000), name="Hyresintäkter")
RUN = account("5010", "cost", *closing_each(75_000), name="Drift")
BARE = [account("1930", "asset"), account("3010", "income"), account("5010", "cost")]
JOURNAL = journal(
    entry(1, "2027-02-15", row("1930", "1000000.00"), row("3010", "-1000000.00")),
    entry(2, "2027-08-20", row("5010", "600000.00"), row("1930", "-600000.00")),
)
PLACES = '<Dimensions><Dimension id="1" name="Enhet"><Object id="31" name="Skola"/><Object id="32" name="Kök"/></Dimension><Dimension id="6" name="Projekt"><Object id="7" name="Ny"/></Dimension></Dimensions>'
SCHOOL, KITCHEN, PROJECT = ("1", "31"), ("1", "32"), ("6", "7")


def ledger_of(reading: SieReading) -> Ledger:
    assert reading.ledger is not None, reading.findings
    return reading.ledger


def outcome(reading: SieReading, dimension: str | None = None, ids: set[str] | None = None) -> tuple[str, int]:
    """Return what the outcome to August is summed from, and how many kronor it is."""
    sums = Sums(ledger_of(reading))
    kind = sums.utfall_kind(dimension)
    return kind, sums.sum_months(RESULT, dimension, ids, 202701, 202708, kind) // 100


def words(reading: SieReading) -> str:
    return "\n".join(each.message for each in reading.findings)


def severities(reading: SieReading) -> list[str]:
    return [each.severity for each in reading.findings]


# --- what is read


def test_a_file_is_read_whole_and_silently() -> None:
    reading = read_sie(five(accounts=[BANK, RENT, RUN], journals=[JOURNAL], dimensions=PLACES))
    ledger = ledger_of(reading)
    assert reading.findings == ()
    assert (ledger.type, ledger.encoding, ledger.company, ledger.org_number) == (
        5,
        "utf-8",
        "Bostadsbolaget AB",
        "556000-0001",
    )
    assert (ledger.program, ledger.generated, ledger.to_date) == ("Prov 1.0", date(2027, 9, 8), date(2027, 8, 31))
    assert [(each.number, each.first, each.last) for each in ledger.years] == [
        (0, date(2027, 1, 1), date(2027, 12, 31)),
        (-1, date(2026, 1, 1), date(2026, 12, 31)),
    ]
    assert {number: (each.name, each.kind) for number, each in ledger.accounts.items()} == {
        "1930": ("Bank", "T"), "3010": ("Hyresintäkter", "I"), "5010": ("Drift", "K"),
    }  # fmt: skip
    assert [(each.kind, each.account, each.amount) for each in ledger.balances] == [
        ("UB", "1930", 40_000_000), ("IB", "1930", 0), ("RES", "3010", -100_000_000), ("RES", "5010", 60_000_000),
    ]  # fmt: skip
    assert [(row.month, row.amount) for row in ledger.periods if row.account == "5010"] == [
        (202700 + month, 7_500_000) for month in range(1, 9)
    ]
    assert (ledger.objects["1", "31"].name, ledger.dimensions["6"].name) == ("Skola", "Projekt")
    assert outcome(reading) == ("PSALDO", -400_000)


def test_a_voucher_has_its_rows_days_objects_and_what_was_struck_out() -> None:
    rows = [
        row("5010", "12.5", SCHOOL, PROJECT, more=' ledgerDate="2027-03-01" quantity="2" text="Råd &amp; kök"'),
        row("5010", "99.00", inside='<Overstrike date="2027-02-16" by="prov"/>'),
        row("1930", "-12.50", inside='<EntryInfo date="2027-02-15" by="prov"/>'),
    ]
    reading = read_sie(
        five(accounts=BARE, dimensions=PLACES, journals=[journal(entry(7, "2027-02-15", *rows), name="B")])
    )
    voucher = ledger_of(reading).vouchers[0]
    assert (voucher.series, voucher.number, voucher.day, voucher.imbalance) == ("B", "7", date(2027, 2, 15), 0)
    first, struck, _ = voucher.rows
    assert (first.objects, first.day, first.text, first.quantity, first.amount) == (
        (SCHOOL, PROJECT), date(2027, 3, 1), "Råd & kök", Decimal(2), 1250,
    )  # fmt: skip
    assert struck.kind == "BTRANS"
    assert outcome(reading) == ("VER", 12)
    assert outcome(reading, "6", {"7"}) == ("VER", 12)


def test_prefixes_byte_order_marks_and_comments_are_as_good() -> None:
    plain = five(accounts=[BANK, RENT, RUN], journals=[JOURNAL])
    prefixed = re.sub(rb"<(/?)(?=[A-Z])", rb"<\1s:", plain).replace(b"xmlns=", b"xmlns:s=")
    for content in (b"\xef\xbb\xbf" + plain, prefixed, plain.replace(b"<Sie ", b"<!-- ur systemet -->\n<Sie ")):
        assert read_sie(content).findings == ()
        assert outcome(read_sie(content)) == ("PSALDO", -400_000)
    latin = plain.replace(b'encoding="utf-8"', b'encoding="iso-8859-1"').decode().encode("latin-1")
    assert ledger_of(read_sie(latin)).accounts["3010"].name == "Hyresintäkter"


def test_what_else_a_file_may_hold_is_passed_over() -> None:
    other = (
        '<CustomerInvoices primaryAccountId="1510"><CustomerInvoice id="1" customerId="1" invoiceNumber="1"><Balances>'
        '<ClosingBalance month="2027-08" amount="999.00"/></Balances><OriginalAmount date="2027-08-01" amount="999.00"/>'
        "</CustomerInvoice></CustomerInvoices>"
    )
    signed = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><Sie/></SignedInfo></Signature>'
    tail = f'<Documents><EmbeddedFile id="1" fileName="a.pdf">{"QUJD" * 200_000}</EmbeddedFile></Documents><Ny a="1"/>{signed}'
    reading = read_sie(five(accounts=[BANK, RENT, RUN], dimensions=other, journals=[JOURNAL], tail=tail))
    assert severities(reading) == ["upplysning", "upplysning"]
    assert "Signaturen kontrolleras inte" in words(reading) and "'Ny' är okänt" in words(reading)
    assert outcome(reading) == ("PSALDO", -400_000)


# --- balances at the beginnings and ends of months


@pytest.mark.parametrize(
    ("balances", "months"),
    [
        ([at("ClosingBalance", "2027-01", 10), at("ClosingBalance", "2027-03", 30)], {1: 10, 3: 20}),
        # both sides of each month
        ([at("OpeningBalance", "2027-01", 0), at("ClosingBalance", "2027-01", 10), at("OpeningBalance", "2027-02", 10),
          at("ClosingBalance", "2027-02", 15)], {1: 10, 2: 5}),
        # a file from June: what it opens with lies before
        ([at("OpeningBalance", "2027-06", 60), at("ClosingBalance", "2027-06", 70), at("ClosingBalance", "2027-07", 90)],
         {5: 60, 6: 10, 7: 20}),
        # last year's has nothing to do with this year's
        ([at("ClosingBalance", "2026-12", 500), at("ClosingBalance", "2027-02", 7), at("ClosingBalance", "2027-03", 9)],
         {2: 7, 3: 2}),
        ([at("ClosingBalance", "2027-02-28", 7), at("ClosingBalance", "2027-03+01:00", 9)], {2: 7, 3: 2}),
    ],
)  # fmt: skip
def test_a_month_is_what_its_balance_changed(balances: list[str], months: dict[int, int]) -> None:
    ledger = ledger_of(read_sie(five(accounts=[account("5010", "cost", *balances)])))
    this_year = [row for row in ledger.periods if row.year == 0]
    assert {row.month - 202700: row.amount // 100 for row in this_year} == months


def test_balances_on_objects_divide_the_accounts_and_count_once_in_each_dimension() -> None:
    balances = [
        *closing_each(100), *closing_each(60, 8, SCHOOL), *closing_each(40, 8, KITCHEN), *closing_each(25, 8, PROJECT),
        *closing_each(25, 8, SCHOOL, PROJECT),
    ]  # fmt: skip
    reading = read_sie(five(accounts=[account("5010", "cost", *balances)], dimensions=PLACES))
    assert reading.findings == ()
    assert outcome(reading) == ("PSALDO", 800)
    assert [outcome(reading, "1", {each})[1] for each in ("31", "32")] == [480, 320]
    assert outcome(reading, "6", {"7"}) == ("PSALDO", 200)
    only_together = [*closing_each(100), *closing_each(60, 8, SCHOOL, PROJECT)]
    reading = read_sie(five(accounts=[account("5010", "cost", *only_together)], dimensions=PLACES))
    assert (outcome(reading, "1", {"31"})[1], outcome(reading, "6", {"7"})[1], outcome(reading)[1]) == (480, 480, 800)


def test_an_account_whose_own_balance_skips_months_is_not_counted_twice() -> None:
    balances = [at("ClosingBalance", "2027-08", 800), *closing_each(100, 8, SCHOOL)]
    reading = read_sie(five(accounts=[account("5010", "cost", *balances)], dimensions=PLACES))
    assert (outcome(reading), outcome(reading, "1", {"31"})) == (("PSALDO", 800), ("PSALDO", 800))


def test_the_years_balances_alone_are_no_months_where_there_are_vouchers() -> None:
    """Some programs write one closing balance, for the year's last month, whichever day the file is of."""
    ends = [
        account(number, kind, at("ClosingBalance", "2027-12", amount))
        for number, kind, amount in (
            ("1930", "asset", 400_000),
            ("3010", "income", -1_000_000),
            ("5010", "cost", 600_000),
        )
    ]
    reading = read_sie(five(accounts=ends, journals=[JOURNAL]))
    assert reading.findings == ()
    assert outcome(reading) == ("VER", -400_000)


def test_a_budget_of_months_is_known_and_one_of_the_year_is_the_years() -> None:
    months = [at("Budget", f"2027-{month:02}", 10, SCHOOL) for month in range(1, 13)]
    reading = read_sie(five(accounts=[account("5010", "cost", *closing_each(1), *months)], dimensions=PLACES))
    assert ledger_of(reading).budget_by_month
    year = [at("Budget", "", 120, SCHOOL)]
    reading = read_sie(five(accounts=[account("5010", "cost", *closing_each(1), *year)], dimensions=PLACES))
    assert not ledger_of(reading).budget_by_month
    assert Sums(ledger_of(reading)).sum_months(RESULT, "1", {"31"}, 202701, 202712, "PBUDGET") == 12_000
    assert "Budgeten står för hela året" in words(reading)


# --- a ledger that contradicts itself


def test_balances_that_are_not_the_vouchers_are_refused_with_both_amounts() -> None:
    stray = account("5010", "cost", *closing_each(37_500), name="Drift")
    bank = account("1930", "asset", at("OpeningBalance", "2027-01", 0), *closing_each(87_500))
    reading = read_sie(five(accounts=[bank, RENT, stray], journals=[JOURNAL]))
    assert not reading.usable
    assert (
        "Konto 5010 Drift: verifikationerna (JournalEntry) ger 600 000,00 kr, men årets saldo (ClosingBalance) är 300 000,00 kr."
        in words(reading)
    )
    assert "#" not in words(reading)


def test_balances_that_do_not_go_together_give_way_to_the_vouchers() -> None:
    reading = read_sie(five(accounts=[BANK, RENT, account("5010", "cost", *closing_each(37_500))], journals=[JOURNAL]))
    assert outcome(reading) == ("VER", -400_000)
    assert set(severities(reading)) == {"varning"}
    assert "Utfallet räknas ur verifikationerna (JournalEntry), som går ihop" in words(reading)


@pytest.mark.parametrize(
    "balances",
    [
        # a month that does not begin where the one before it ended
        [at("ClosingBalance", "2027-01", 75_000), at("OpeningBalance", "2027-02", 5_000), at("ClosingBalance", "2027-02", 150_000)],
        # a result account that begins its year with something
        [at("OpeningBalance", "2027-01", 75_000), at("ClosingBalance", "2027-01", 150_000), at("ClosingBalance", "2027-02", 160_000)],
    ],
)  # fmt: skip
def test_months_that_do_not_follow_each_other_are_refused(balances: list[str]) -> None:
    reading = read_sie(five(accounts=[BANK, RENT, account("5010", "cost", *balances, name="Drift")]))
    assert not reading.usable
    assert "Konto 5010 Drift: månadernas saldon (ClosingBalance) ger" in words(reading)


def test_changes_that_are_written_as_balances_are_believed_where_they_go_together() -> None:
    """Each month opens with nothing: what it closes with is then its change."""
    changes = [
        each
        for month in range(1, 9)
        for each in (at("OpeningBalance", f"2027-{month:02}", 0), at("ClosingBalance", f"2027-{month:02}", 75_000))
    ]
    reading = read_sie(five(accounts=[BANK, RENT, account("5010", "cost", *changes)]))
    assert outcome(reading) == ("PSALDO", -400_000)
    assert "årets saldon går inte ihop" in words(reading)


# --- faults, by the names that stand in the file


@pytest.mark.parametrize(
    ("content", "severity", "word"),
    [
        (five(accounts=BARE, root="SieEntry"), "fel", "SIE 5-fil för import (SieEntry)"),
        (five(accounts=BARE, root="Bokslut"), "fel", "den börjar med 'Bokslut' och inte med 'Sie'"),
        (five(accounts=BARE).replace(NAMESPACE.encode(), b"http://www.sie.se/sie6"), "fel", "namnrymd är 'http://www.sie.se/sie6'"),
        (five(accounts=BARE).replace(f' xmlns="{NAMESPACE}"'.encode(), b""), "fel", "namnrymd är ''"),
        (five(accounts=BARE)[:-40], "fel", "avhuggen eller skadad vid rad"),
        (five(accounts=BARE).replace(b"utf-8", b"ebcdic-x"), "fel", "teckenkodning"),
        (five(accounts=BARE).replace(b"</Accounts>", b"</Account>"), "fel", "skadad vid rad 20"),
        (five(accounts=[]), "fel", "Account saknas"),
        (five(accounts=BARE, years=""), "fel", "Inget räkenskapsår är utpekat"),
        (five(accounts=BARE, years='<FiscalYear start="2027" end="2027-12" primary="true"/>'), "fel", "Räkenskapsåret '2027' till"),
        (five(accounts=BARE, years='<FiscalYear start="2027-01" end="2027-12" primary="true"/>'), "varning", "lastCoveredDate saknas"),
        (five(accounts=BARE, years='<FiscalYear start="2027-01" end="2027-12" lastCoveredDate="31/8"/>'), "varning", "'31/8' är ingen dag"),
        (five(accounts=BARE, company='<Company organizationId="1"/>'), "varning", "Company saknar namn"),
        (five(accounts=BARE, currency="EUR"), "varning", "'EUR'"),
        (five(accounts=[*BARE, BARE[0]]), "fel", "Konto '1930' står flera gånger"),
        (five(accounts=[account("5010", "kostnad")]), "varning", "kontotypen 'kostnad'"),
        (five(accounts=[account("5010", "cost", at("ClosingBalance", "2027-13", 1))]), "fel", "Månaden '2027-13'"),
        (five(accounts=[account("5010", "cost", at("ClosingBalance", "2027-08", "1 000.00"))]), "fel", "blanksteg mellan tusentalen"),
        (five(accounts=[account("5010", "cost", at("ClosingBalance", "2027-08", "NaN"))]), "fel", "Beloppet 'NaN'"),
        (five(accounts=[account("5010", "cost", *[at("ClosingBalance", "2027-08", 1)] * 2)]), "fel", "står redan på rad 12"),
        (five(accounts=[account("5010", "cost", at("ClosingBalance", "2027-08", 1, ("21", "1")))]), "varning", "Dimension '21' är inte beskriven i filen (Dimension)"),
        (five(accounts=BARE, journals=[journal(entry(1, "2027-02-15", row("5010", 10), row("1930", -9)))]), "fel", "Verifikation 'A 1' balanserar inte: raderna ger 1,00 kr"),
        (five(accounts=BARE, journals=[journal(entry(1, "2027-02-30", row("5010", 10), row("1930", -10)))]), "fel", "datum '2027-02-30'"),
        (five(accounts=BARE, journals=[journal(entry(1, "2027-02-15", row("", "5000"), row("1930", "-5000")))]), "fel", "LedgerEntry saknar konto, så 5 000,00 kr"),
        (five(accounts=BARE, journals=[journal(entry(1, "2027-02-15", row("7777", 10), row("1930", -10)))]), "varning", "Konto '7777' finns inte i filens kontoplan (Account)"),
        (five(accounts=BARE, journals=[JOURNAL, JOURNAL]), "varning", "finns redan på rad"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_name_with_its_remedy(content: bytes, severity: str, word: str) -> None:
    reading = read_sie(content)
    assert [each.severity for each in reading.findings if word in each.message][:1] == [severity], reading.findings
    assert "#" not in words(reading)


def test_sie_4s_labels_become_sie_5s_names() -> None:
    told = in_five("#RES, och #UB minus #IB: #RAR 0 saknas, #RAR -1 också (#PSALDO). Kör #KONTOPLAN.")
    assert told == (
        "ClosingBalance, och ClosingBalance minus OpeningBalance: FiscalYear saknas, FiscalYear också (ClosingBalance). "
        "Kör #KONTOPLAN."
    )


# --- hostile files


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE Sie [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + f']><Sie xmlns="{NAMESPACE}"><FileInfo><Company name="&m;"/></FileInfo></Sie>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE Sie SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<Sie xmlns="{NAMESPACE}"><FileInfo><Company name="a" organizationId="1"/>&x;</FileInfo></Sie>'
)


@pytest.mark.parametrize(
    "text", [BOMB, OUTSIDE, BOMB.replace("<?xml", "<!-- Sie --><?xml", 1).replace("<?xml", "<?xmm")]
)
def test_a_doctype_is_refused_before_anything_in_it_is_read(text: str) -> None:
    tracemalloc.start()
    reading = read_sie(text.encode())
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert (reading.ledger, severities(reading)) == (None, ["fel"])


@pytest.mark.parametrize(
    "inside",
    ["<Accounts>" * 50_000, "<x:a xmlns:x='y'>" * 50_000, f'<Account id="{"9" * 1_000_000}"/>', "<Ny/>" * 200_000,
     "".join(f"<Ny{n}/>" for n in range(20_000)), "&#0;", "<Account id='1' id='2'/>", "\x00", "]]>" * 1000],
)  # fmt: skip
def test_hostile_elements_take_neither_time_nor_memory(inside: str) -> None:
    content = five(accounts=[BANK, RENT, RUN], tail=inside)
    begun = time.process_time()
    reading = read_sie(content)
    assert time.process_time() - begun < 4
    assert len(reading.findings) < 300


def test_a_large_file_is_kept_and_not_its_tree() -> None:
    content = five(
        accounts=[BANK, RENT, RUN], tail=f"<Documents><EmbeddedFile>{'QUJD' * 5_000_000}</EmbeddedFile></Documents>"
    )
    tracemalloc.start()
    assert read_sie(content).usable
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


PIECES: Iterable[str] = [
    "<Sie>", "<Account>", "</Account>", '<Account id="1" type="cost">', "</Accounts>", "<Journal>", '<JournalEntry journalDate="x">',
    "</JournalEntry>", '<LedgerEntry amount="1">', "</LedgerEntry>", "<ObjectReference/>", '<ClosingBalance month="2027-01" amount="1"/>',
    "<Budget/>", "<Documents>", "</Documents>", "<Overstrike/>", "<FiscalYear/>", "&amp;", "&lol;", "<![CDATA[", "]]>", "<!--", "\x00", "å",
]  # fmt: skip


@settings(max_examples=examples(80))
@given(pieces=st.lists(st.sampled_from(list(PIECES)), max_size=12), at=st.integers(0, 3000), cut=st.integers(0, 30))
def test_no_file_makes_it_raise(pieces: list[str], at: int, cut: int) -> None:
    whole = five(accounts=[BANK, RENT, RUN], journals=[JOURNAL], dimensions=PLACES)
    reading = read_sie(whole[:at] + "".join(pieces).encode() + whole[at + cut :])
    assert reading.ledger is not None or severities(reading) == ["fel"]
    if reading.ledger:
        Sums(reading.ledger).sum_months(RESULT, "1", None, 202701, 202712, "PSALDO")
    read_sie(five(accounts=pieces[:6], journals=pieces[6:], company=COMPANY))
