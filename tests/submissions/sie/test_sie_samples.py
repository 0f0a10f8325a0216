"""The sample files read whole (tests/sie/SOURCES.md), and their sums: counted by hand, or with grep and awk."""

from datetime import date

import pytest

from arshjul.periods import Period
from submissions.sie import sie_text as sie_text
from submissions.sie.sie_sums import AccountRanges, Kind, Sums
from submissions.sie.values import SieFinding
from tests.rig.files.sie_rows import EVERY, SALDO, TYPE_3, TYPE_4, VER, ledger_of, read, sample, told

KINDS: tuple[Kind, ...] = ("PSALDO", "PBUDGET")


@pytest.mark.parametrize(
    ("name", "encoding", "kind", "accounts", "objects", "balances", "budgets", "vouchers", "usable"),
    [
        ("objektsaldo_ovnbolag.se", "cp437", 3, 567, 14, 975, 1248, 0, True),
        ("periodsaldo_ovnbolag.se", "cp437", 2, 567, 0, 705, 1248, 0, True),
        ("typ3.se", "cp437", 3, 299, 6, 113, 444, 0, True),
        ("transaktioner_ovnbolag-bad-balance.se", "cp437", 4, 567, 14, 705, 1248, 163, False),
        ("SIE4_Exempelfil_med_underdim.SE", "utf-8", 4, 530, 39, 0, 0, 295, True),
        ("SIE_exempelfil.se", "cp437", 4, 540, 0, 0, 0, 26, True),
        ("Sie4.se", "cp437", 4, 291, 41, 0, 0, 70, True),
    ],
)
def test_a_sample_is_read_whole(
    name: str, encoding: str, kind: int, accounts: int, objects: int, balances: int, budgets: int, vouchers: int,
    usable: bool,
) -> None:  # fmt: skip
    reading = sample(name)
    ledger = ledger_of(reading)
    assert (ledger.encoding, ledger.type, reading.usable) == (encoding, kind, usable)
    assert (len(ledger.accounts), len(ledger.objects), len(ledger.vouchers)) == (accounts, objects, vouchers)
    assert (ledger.count("PSALDO"), ledger.count("PBUDGET")) == (balances, budgets)


def test_the_head_of_a_sample_is_read() -> None:
    ledger = ledger_of(sample("typ3.se"))
    assert ledger.company == "Övningsföretaget AB"
    assert (ledger.org_number, ledger.program) == ("000000-0000", "Edison Ekonomi Byrå 4.9G")
    assert (ledger.generated, ledger.to_date) == (date(2012, 10, 8), date(2012, 12, 31))
    assert [(year.number, year.first, year.last) for year in ledger.years] == [
        (0, date(2012, 1, 1), date(2012, 12, 31)),
        (-1, date(2011, 1, 1), date(2011, 12, 31)),
    ]
    assert ledger.accounts["1060"].name == "Hyresrätter, tomträtter, etc"
    assert ledger.accounts["1060"].kind == "T"
    assert ledger.objects["1", "YK"].name == "Ylva Karlsson"
    assert ledger_of(sample("SIE4_Exempelfil_med_underdim.SE")).dimensions["61"].parent == "6"
    assert ledger_of(sample("periodsaldo_ovnbolag.se")).chart == "EUBAS97"


def test_a_name_cannot_steer_the_terminal() -> None:
    assert ledger_of(read(TYPE_4.replace("Provköping", "Prov\x1b[2Jköping") + VER)).company == "Prov[2Jköping"


def test_the_unbalanced_voucher_is_told_with_its_line() -> None:
    wrong = [each for each in sample("transaktioner_ovnbolag-bad-balance.se").findings if each.severity == "fel"]
    assert wrong == [
        SieFinding(
            3905,
            "fel",
            "Verifikation 'B 1' balanserar inte: raderna ger -12 771,00 kr. Rätta den i ekonomisystemet.",
        )
    ]


def test_what_is_no_sie_file_gives_one_fel() -> None:
    reading = sample("BokSald.SE")
    assert reading.ledger is None
    assert told(reading) == [(1, "fel")]
    assert "webbsida" in reading.findings[0].message


def test_lost_letters_are_told_once_with_their_number() -> None:
    lost = [each.message for each in sample("SIE4_Exempelfil_med_underdim.SE").findings if "förlorade" in each.message]
    assert len(lost) == 1
    assert lost[0].startswith("702 tecken")


@pytest.mark.parametrize(
    ("accounts", "dimension", "ids", "period", "kind", "kronor"),
    [
        # grep '#PBUDGET.* 3020 {1 *AO}': January to March, 107 500 each
        ({"3020"}, "1", {"AO"}, Period(2012, 3), "PBUDGET", "-322500.00"),
        # three objects and no row for the whole: (107 500 + 47 500 + 41 667) * 3 for AO, IB and LS
        ({"3020"}, None, None, Period(2012, 3), "PBUDGET", "-590001.00"),
        # the row without object is the whole, and the objects' 321.00 + 319.60 + 201.00 divide it
        ({"6212"}, None, None, Period(2012, 1), "PSALDO", "841.60"),
        ({"6212"}, "1", {"AO", "IB"}, Period(2012, 1), "PSALDO", "640.60"),
        ({"6212"}, "1", None, Period(2012), "PSALDO", "841.60"),
        ({"6212"}, "6", None, Period(2012), "PSALDO", "0.00"),
    ],
)
def test_a_sum_is_what_the_file_says(
    accounts: set[str], dimension: str | None, ids: set[str] | None, period: Period, kind: Kind, kronor: str
) -> None:
    sums = Sums(ledger_of(sample("typ3.se")))
    assert sums.sum_period(accounts, dimension, ids, period, kind) == int(kronor.replace(".", ""))


def test_types_2_3_and_4_of_one_company_give_the_same_sums() -> None:
    names = ("periodsaldo_ovnbolag.se", "objektsaldo_ovnbolag.se", "transaktioner_ovnbolag-bad-balance.se")
    type_2, type_3, type_4 = (Sums(ledger_of(sample(name))) for name in names)
    for account in ledger_of(sample(names[0])).accounts:
        for period in (Period(2011, 1), Period(2011, 3), Period(2011), Period(2010)):
            for kind in KINDS:
                expected = type_2.sum_period({account}, None, None, period, kind)
                assert type_3.sum_period({account}, None, None, period, kind) == expected
                assert type_4.sum_period({account}, None, None, period, kind) == expected
        if account != "1910":  # where the broken voucher is
            expected = type_2.sum_period({account}, None, None, Period(2011), "PSALDO")
            assert type_4.sum_period({account}, None, None, Period(2011), "VER") == expected
    for dimension, ids in (("7", {"1"}), ("7", {"1", "4"}), ("1", {"Nord"}), ("1", None), ("6", None)):
        expected = type_3.sum_period(EVERY, dimension, ids, Period(2011, 3), "PSALDO")
        assert type_4.sum_period(EVERY, dimension, ids, Period(2011, 3), "VER") == expected
    assert type_3.utfall_kind("1") == "PSALDO"
    assert (type_4.utfall_kind(), type_4.utfall_kind("1")) == ("PSALDO", "VER")


@pytest.mark.parametrize("name", ["SIE_exempelfil.se", "SIE4_Exempelfil_med_underdim.SE"])
def test_a_type_4s_vouchers_sum_to_the_years_change(name: str) -> None:
    ledger = ledger_of(sample(name))
    sums, change = Sums(ledger), dict.fromkeys(ledger.accounts, 0)
    for each in ledger.balances:
        if each.year == 0:
            change[each.account] += -each.amount if each.kind == "IB" else each.amount
    year = Period(ledger.years[0].first.year)
    for account, amount in change.items():
        assert sums.sum_period({account}, None, None, year, "VER") == amount


def test_what_a_row_without_object_means_is_found_out() -> None:
    assert ledger_of(sample("typ3.se")).blank == "helhet"
    assert ledger_of(sample("objektsaldo_ovnbolag.se")).blank == "rest"
    rows = '#PSALDO 0 202701 4010 {1 "31"} 60.00\n#PSALDO 0 202701 4010 {} 40.00\n'
    for change, blank, whole in (("100.00", "rest", 100_00), ("40.00", "helhet", 40_00), ("7.00", "helhet", 40_00)):
        ledger = ledger_of(read(TYPE_3.replace("#RES 0 4010 100", f"#UB 0 4010 {change}") + rows))
        assert ledger.blank == blank
        assert Sums(ledger).sum_period({"4010"}, None, None, Period(2027, 1), "PSALDO") == whole


def test_a_month_outside_its_year_is_not_summed_twice() -> None:
    ledger = ledger_of(read(TYPE_3 + "#PBUDGET 0 202701 4010 {} 5.00\n#PBUDGET -1 202701 4010 {} 5.00\n" + SALDO))
    assert Sums(ledger).sum_period({"4010"}, None, None, Period(2027), "PBUDGET") == 5_00


def test_account_ranges_hold_both_ends_and_compare_as_numbers() -> None:
    ranges = AccountRanges("3000-3999, 5010")
    assert [account in ranges for account in ("3000", "3999", "5010", "2999", "30001", "DIFF")] == [True] * 3 + [
        False
    ] * 3
    with pytest.raises(ValueError, match="skriv 3000-3999"):
        AccountRanges("3999-3000")
