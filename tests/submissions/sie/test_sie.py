"""The SIE reader: what it reads, what it tells, and the sums of the sample files (tests/sie/SOURCES.md)."""

import time
import tracemalloc
import zlib
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.periods import Period
from submissions.sie import sie_text as sie_text
from submissions.sie import vouchers as sie_vouchers
from submissions.sie.sie_findings import MOST
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import AccountRanges, Kind, Sums
from submissions.sie.values import Ledger, SieFinding, SieReading
from tests.rig.examples import examples
from tests.rig.paths import TESTS

SAMPLES = TESTS / "sie"
KINDS: tuple[Kind, ...] = ("PSALDO", "PBUDGET")
EVERY = AccountRanges("1-9999")
HEAD = '#FLAGGA 0\n#PROGRAM "Prov" 1\n#FORMAT PC8\n#GEN 20270901\n#SIETYP {type}\n#FNAMN "Provköping"\n'
YEARS = "#RAR 0 20270101 20271231\n#RAR -1 20260101 20261231\n"
CHART = '#KONTO 4010 "Inköp"\n#KONTO 3010 "Avgifter"\n#RES 0 4010 100\n'
TYPE_3 = HEAD.format(type=3) + YEARS + '#OMFATTN 20270831\n#DIM 1 "Enhet"\n#OBJEKT 1 "31" "Skola"\n' + CHART
TYPE_4 = HEAD.format(type=4) + YEARS + CHART
SALDO = "#PSALDO 0 202708 4010 {} 100.00\n"
VER = '#VER A 1 20270115 "Kök"\n{\n#TRANS 4010 {} 100.00\n#TRANS 3010 {} -100.00\n}\n'


def read(text: str, encoding: str = "cp437") -> SieReading:
    return read_sie(text.encode(encoding))


@cache
def sample(name: str) -> SieReading:
    return read_sie((SAMPLES / name).read_bytes())


def ledger_of(reading: SieReading) -> Ledger:
    assert reading.ledger is not None
    return reading.ledger


def told(reading: SieReading) -> list[tuple[int, str]]:
    return [(each.line, each.severity) for each in reading.findings]


# --- the samples


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


# --- sums: counted by hand, or with grep and awk


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


# --- bytes


@pytest.mark.parametrize("encoding", ["cp437", "latin-1", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("text", ["Å", "Räksmörgås", "ÅTGÄRDER FÖR ÖVRIGT", "café Müller"])
def test_the_encoding_is_told_by_the_bytes(encoding: str, text: str) -> None:
    reading = read(f'{TYPE_4}#PROSA "x"\n#OBJEKT 6 "1" "{text} i kök"\n{VER}', encoding)
    assert reading.encoding == encoding.removesuffix("-sig")
    assert ledger_of(reading).objects["6", "1"].name == f"{text} i kök"
    assert ledger_of(reading).company == "Provköping"


@pytest.mark.parametrize("declared", ["PC8", "MAC", None])
@pytest.mark.parametrize("text", ["Förskola", "Gator och gågator", "ÅTGÄRDER FÖR ÖVRIGT", "Övrigt över år", "Idé"])
def test_mac_roman_is_told_by_its_letters_whatever_the_file_says(declared: str | None, text: str) -> None:
    head = TYPE_4.replace("#FORMAT PC8\n", f"#FORMAT {declared}\n" if declared else "").replace("Provköping", "Provby")
    reading = read(f'{head}#OBJEKT 6 "1" "{text}"\n{VER}', "mac-roman")
    assert (reading.encoding, ledger_of(reading).objects["6", "1"].name) == ("mac-roman", text)
    assert not any("blandar" in each.message for each in reading.findings)


@pytest.mark.parametrize("text", ["Ærø kommun", "SØR Ø", "Málaga och ão", "KL 11 § 6", "Bjørnstjerne Åkesson"])
def test_pc8_as_windows_has_it_is_told_by_its_own_letters(text: str) -> None:
    reading = read(f'{TYPE_4}#OBJEKT 6 "1" "{text}"\n#OBJEKT 6 "2" "Förskola"\n{VER}', "cp850")
    assert (reading.encoding, ledger_of(reading).objects["6", "1"].name) == ("cp850", text)
    assert ledger_of(reading).objects["6", "2"].name == "Förskola"


@pytest.mark.parametrize(
    "text", ["ÄLDRE", "Äldre", "FÄRG", "Müller", "Über", "ÜBER FÖR", "café", "crème för alla", "╔══╗ kök", "Straße kök"]
)
def test_what_another_has_too_is_pc8(text: str) -> None:
    reading = read(f'{TYPE_4}#OBJEKT 6 "1" "{text}"\n{VER}', "cp437")
    assert (reading.encoding, ledger_of(reading).objects["6", "1"].name) == ("cp437", text)
    assert not any("blandar" in each.message for each in reading.findings)


@pytest.mark.parametrize(
    ("end", "encoding"),
    [
        ("\u2028", "utf-8"),
        ("\u2029", "utf-8"),
        ("\x85", "utf-8"),
        ("\x85", "latin-1"),
        ("\f", "cp437"),
        ("\v", "cp437"),
    ],
)
def test_a_file_whose_lines_end_as_no_others_do_is_read(end: str, encoding: str) -> None:
    plain, odd = read(TYPE_4 + VER, encoding), read((TYPE_4 + VER).replace("\n", end), encoding)
    assert odd == plain and ledger_of(odd).vouchers


def test_such_a_sign_within_a_line_ends_none() -> None:
    reading = read(f'{TYPE_4}#OBJEKT 6 "1" "Kök\u2028och"\n{VER}', "utf-8")
    assert ledger_of(reading).objects["6", "1"].name == "Kök\u2028och"


def test_windows_quotation_marks_are_read_as_such() -> None:
    reading = read(f"{TYPE_4}#OBJEKT 6 1 ”Kök–öppet”\n{VER}", "cp1252")
    assert (reading.encoding, ledger_of(reading).objects["6", "1"].name) == ("cp1252", "”Kök–öppet”")


def test_a_torn_utf_8_file_is_still_utf_8() -> None:
    reading = read_sie(f"{TYPE_4}{VER}#PROSA å".encode()[:-1])
    assert reading.encoding == "utf-8"
    assert any("förlorade" in each.message for each in reading.findings)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_counts_the_same_lines(end: str) -> None:
    reading = read((TYPE_4 + VER + "\n#TRANS 4010 {} 1\n").replace("\n", end) + "\x1a")
    assert told(reading) == [(18, "fel")]
    assert ledger_of(reading).vouchers[0].line == 12


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "tom"),
        (b" \r\n", "tom"),
        (b"\x89PNG\0\0", "inte text"),
        (b"PK\x03\x04 what", "arkiv"),
        (b"%PDF-1.7\n%%EOF", "dokument"),
        ("#FLAGGA 0".encode("utf-16"), "UTF-16"),
        ("#FLAGGA 0".encode("utf-16-le"), "UTF-16"),
        ("\r\n #FLAGGA 0".encode("utf-16-be"), "UTF-16"),
        ("#FLAGGA 0".encode("utf-32-le"), "UTF-16"),
        (b'<?xml version="1.0"?><Sie xmlns="http://www.sie.se/sie5">', "avhuggen"),
        (b'<?xml version="1.0"?><bok/>', "webbsida eller XML"),
        (b"Konto;Belopp\n3010;100", "ingen SIE-fil"),
        (b"# Heading\n#hash", "ingen SIE-fil"),
    ],
)
def test_what_cannot_be_sie_is_refused_with_the_reason(content: bytes, word: str) -> None:
    reading = read_sie(content)
    assert (reading.ledger, told(reading)) == (None, [(1, "fel")])
    assert word in reading.findings[0].message


# --- fields


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"Två ord"', "Två ord"),
        ("Ettord", "Ettord"),
        ('""', ""),
        (r'"Kassa \"special\""', 'Kassa "special"'),
        (r'"C:\mapp\fil"', r"C:\mapp\fil"),
        ('"C:\\mapp\\"', "C:\\mapp\\"),
        ('"med {klammer} i"', "med {klammer} i"),
        ('\t"tabb"\t"okänt fält på slutet"', "tabb"),
    ],
)
def test_a_field_is_read_as_it_was_meant(written: str, name: str) -> None:
    reading = read(f"{TYPE_4}#KONTO 5010 {written}\n{VER}")
    assert ledger_of(reading).accounts["5010"].name == name
    assert told(reading) == []


@pytest.mark.parametrize(
    ("written", "ore", "severities"),
    [
        ("100", 100_00, []),
        ("-0.5", -50, []),
        ('"100.25"', 100_25, []),
        ("12345678901234.99", 1234567890123499, []),
        ("+1.00", 1_00, ["varning"]),
        ("1,50", 1_50, ["varning"]),
        ("0.304999", 30, ["varning"]),
        ("1e5", None, ["fel"]),
        ('"1 000.00"', None, ["fel"]),
        ("٣.00", None, ["fel"]),
        ("9" * 40, None, ["fel"]),
    ],
)
def test_an_amount_is_ore_or_told(written: str, ore: int | None, severities: list[str]) -> None:
    reading = read(f"{TYPE_3}{SALDO}#PBUDGET 0 202701 4010 {{}} {written} 2.5\n", "utf-8")
    budgets = [row for row in ledger_of(reading).periods if row.kind == "PBUDGET"]
    assert [row.amount for row in budgets] == ([] if ore is None else [ore])
    assert [each.severity for each in reading.findings if each.severity != "upplysning"] == severities
    assert all(str(row.quantity) == "2.5" for row in budgets)


def test_a_missing_object_list_is_an_empty_one() -> None:
    ledger = ledger_of(read(TYPE_3.replace("#SIETYP 3", "#SIETYP 2") + "#PSALDO 0 202701 4010 7.00\n"))
    assert [(row.objects, row.amount) for row in ledger.periods] == [((), 700)]


def test_rows_that_were_added_count_once_and_struck_ones_not() -> None:
    rows = (
        "#TRANS 4010 {} 80\n#BTRANS 4010 {} 20\n#RTRANS 4010 {} 20\n#TRANS 4010 {} 20\n"
        '#TRANS 3010 {1 "31" 6 "7"} -100 20270201 "Text" -3 AB\n'
    )
    reading = read(f'{TYPE_4}#OBJEKT 1 31 Skola\n#OBJEKT 6 7 Ny\n#VER "" "" 20270115\n{{\n{rows}}}\n')
    voucher = ledger_of(reading).vouchers[0]
    assert [row.kind for row in voucher.rows] == ["TRANS", "BTRANS", "RTRANS", "TRANS"]
    assert (told(reading), voucher.imbalance) == ([], 0)
    last = voucher.rows[-1]
    assert (last.objects, last.day, last.text, str(last.quantity)) == (
        (("1", "31"), ("6", "7")), date(2027, 2, 1), "Text", "-3",
    )  # fmt: skip
    sums = Sums(ledger_of(reading))
    assert sums.sum_period(EVERY, "6", {"7"}, Period(2027, 2), "VER") == -100_00
    assert sums.sum_period({"4010"}, None, None, Period(2027, 1), "VER") == 100_00


# --- faults: each made file has just its own


@pytest.mark.parametrize(
    ("text", "line", "severity", "word"),
    [
        (TYPE_4 + VER.replace("-100", "-99"), 12, "fel", "balanserar inte: raderna ger 1,00 kr"),
        (TYPE_4 + VER.replace("100.00", "0x64", 1), 14, "fel", "Beloppet '0x64'"),
        (TYPE_4 + VER.replace("20270115", "20270230"), 12, "fel", "datum '20270230'"),
        (TYPE_4 + VER.replace(" -100.00", ' -100.00 2027-01-15 "x"'), 15, "varning", "datum '2027-01-15'"),
        (TYPE_4 + VER.replace("20270115", "20250115"), 12, "varning", "utanför räkenskapsåret"),
        (TYPE_4 + VER.replace("3010", "9999"), 15, "varning", "Konto '9999' finns inte"),
        (TYPE_4 + VER.replace("{}", '{21 "5"}', 1) + "#OBJEKT 21 5 x\n", 14, "varning", "Dimension '21'"),
        (TYPE_4 + VER.replace("{}", '{6 "5"}', 1), 14, "varning", "Objekt '5' i dimension '6'"),
        (TYPE_4 + VER.replace("{}", '{6 "5" 7}', 1) + "#OBJEKT 6 5 x\n", 14, "fel", "par av dimension"),
        (TYPE_4 + VER.replace("{}", "{", 1), 14, "fel", "Objektlistan i #TRANS"),
        (TYPE_4 + VER[:-2], 12, "fel", "saknar avslutande klammer"),
        (TYPE_4 + VER[:-2] + VER.replace("A 1", "A 2"), 16, "fel", "på rad 12 saknar avslutande klammer"),
        (TYPE_4 + VER + "}\n", 17, "varning", "hör inte till någon post"),
        (TYPE_4 + VER + "#VER A 2 20270115\n", 17, "varning", "saknar rader"),
        (TYPE_4 + VER + VER, 17, "varning", "finns redan på rad 12"),
        (TYPE_4 + VER + "#TRANS 4010 {} 1.00\n", 17, "fel", "utanför en verifikation"),
        (TYPE_4 + VER.replace("#TRANS 4010 {} 100.00", "#RTRANS 4010 {} 100.00"), 14, "varning", "#RTRANS"),
        (TYPE_4 + VER + '#PROSA "öppen\n', 17, "varning", "citationstecken"),
        (TYPE_4 + VER + "skräp på slutet\n", 17, "varning", "'skräp'"),
        (TYPE_4 + VER + "#NYTT 1 2\n{\n#TRANS x\n}\n#NYTT 3\n", 17, "upplysning", "'#NYTT' är okänd"),
        (TYPE_4 + VER + "#KONTO 4010 Annat\n", 17, "varning", "#KONTO '4010' står flera"),
        (TYPE_4 + VER + "#KONTO A1 x\n", 17, "varning", "Kontonumret 'A1'"),
        (TYPE_4 + VER + "#KTYP 7777 T\n", 17, "varning", "har uppgifter men finns inte"),
        (TYPE_4 + VER + "#KTYP 4010 X\n", 17, "varning", "ingen kontotyp"),
        (TYPE_4 + VER + "#UNDERDIM 21 Del 20\n", 17, "varning", "underdimension till '20'"),
        (TYPE_4 + VER + "#RES 0 4010 100\n", 17, "fel", "står redan på rad 11, med samma belopp"),
        (TYPE_4 + VER + "#IB 0 4010\n", 17, "fel", "minst 3 fält"),
        (TYPE_4 + VER + "#IB noll 4010 1\n", 17, "fel", "Årsnumret 'noll'"),
        (TYPE_4 + VER + "#IB -2 4010 1\n", 17, "varning", "#RAR -2"),
        (TYPE_4 + VER + "#VALUTA EUR\n", 17, "varning", "'EUR'"),
        (TYPE_4.replace("#FLAGGA 0\n", "\n") + VER, 1, "varning", "#FLAGGA saknas"),
        (TYPE_4.replace("#FNAMN", "#FTYP") + VER, 1, "varning", "#FNAMN saknas"),
        (TYPE_4.replace("#RAR 0", "#TAXAR") + VER, 1, "fel", "#RAR 0 saknas"),
        (TYPE_4.replace("20271231", "20261231") + VER, 7, "fel", "slutar (20261231) innan"),
        (TYPE_3.replace("#OMFATTN", "#TAXAR") + SALDO, 1, "varning", "#OMFATTN saknas"),
        (TYPE_3.replace("20270831", "20270832") + SALDO, 9, "varning", "'20270832' är ingen dag"),
        (TYPE_3, 1, "varning", "#PSALDO saknas"),
        (TYPE_3 + SALDO.replace("202708", "202709"), 15, "varning", "efter 2027-08-31"),
        (TYPE_3 + SALDO.replace("202708", "202713"), 15, "fel", "Perioden '202713'"),
        (TYPE_3 + SALDO.replace("202708", "202608"), 15, "varning", "utanför räkenskapsår 0"),
        (TYPE_3 + SALDO + SALDO.replace("100", "7"), 16, "fel", "rad 15, med ett annat belopp"),
        (TYPE_3 + SALDO + VER, 16, "varning", "#VER får inte finnas i en fil av typ 3"),
        (TYPE_3.replace("#DIM 1", "#DIM 1 Annat\n#DIM 1") + SALDO, 11, "varning", "#DIM '1' står flera"),
        (TYPE_4.replace("#SIETYP 4", "#SIETYP 5") + VER, 5, "fel", "#SIETYP '5'"),
        (TYPE_4 + VER + "#PROSA " + "x" * 30_000 + "\n", 17, "fel", "längre än"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, line: int, severity: str, word: str) -> None:
    reading = read(text)
    found = [(each.line, each.severity) for each in reading.findings if word in each.message]
    assert found == [(line, severity)], reading.findings


def test_the_whole_files_are_without_faults() -> None:
    assert read(TYPE_3 + SALDO).findings == ()
    assert read(TYPE_4 + VER).findings == ()


def test_an_import_file_needs_no_year_and_no_accounts() -> None:
    reading = read(HEAD.format(type=4) + VER)
    assert {each.severity for each in reading.findings} == {"varning"}  # its accounts are in no kontoplan
    assert reading.usable


def test_a_file_without_type_is_read_as_type_1() -> None:
    reading = read(TYPE_3.replace("#SIETYP 3\n", "") + SALDO)
    assert ledger_of(reading).type == 1
    assert any("#SIETYP saknas" in each.message for each in reading.findings)
    assert any("#PSALDO får inte finnas i en fil av typ 1" in each.message for each in reading.findings)


def test_objects_in_type_2_are_told_and_not_summed() -> None:
    rows = '#PSALDO 0 202701 4010 {1 "31"} 60.00\n' + SALDO
    reading = read(TYPE_3.replace("#SIETYP 3", "#SIETYP 2") + rows)
    assert any("som typ 2 inte har" in each.message for each in reading.findings)
    assert Sums(ledger_of(reading)).sum_period(EVERY, None, None, Period(2027), "PSALDO") == 100_00


def test_many_of_the_same_are_told_as_one() -> None:
    reading = read(TYPE_4 + VER + "#UB 0 4010 x\n" * 1000)
    wrong = [each for each in reading.findings if each.severity == "fel"]
    assert [(each.line, each.message.partition(". Samma")[2]) for each in wrong] == [
        (17, f" sak 999 gånger till: rad 18–{16 + 1000}.")
    ]


def test_those_that_each_say_something_of_their_own_are_told_one_by_one() -> None:
    vouchers = "".join(f"#VER A {at} 20270105\n{{\n#TRANS 4010 {{}} {at}.00\n}}\n" for at in range(1, 1001))
    wrong = [
        each for each in read(TYPE_4 + vouchers).findings if "balanserar inte" in each.message or "fler" in each.message
    ]
    assert len(wrong) == MOST + 1
    assert "raderna ger 1,00 kr" in wrong[0].message
    assert (
        wrong[-1].message
        == f"{1000 - MOST} fler av samma slag, från och med denna rad: verifikationer som inte balanserar."
    )


def test_accounts_are_listed_by_name_and_rows_far_apart_one_by_one() -> None:
    rows = (
        "".join(f"#UB 0 {account} 1.00\n" for account in range(7001, 7031))
        + "#UB 0 4010 x\n#UB 0 4010 1.00\n#UB 0 4010 y\n"
    )
    told = [each.message for each in read(TYPE_4 + VER + rows).findings]
    of_accounts = [each for each in told if "kontoplan" in each and "'7" in each]
    assert len(of_accounts) == 1 and of_accounts[0].startswith("Konto '7001' finns inte")
    assert "Samma sak gäller '7002', '7003'" in of_accounts[0] and of_accounts[0].endswith("'7026' och 4 till.")
    assert [each for each in told if "går inte att läsa" in each and each.endswith("Samma sak en gång till: rad 49.")]


def test_a_checksum_is_counted_and_a_cut_file_is_told() -> None:
    counted = "".join(word for word in ("#FNAMN", 'Kö "k"', "#KONTO", "4010", "Inköp"))
    inside = '#FNAMN "Kö \\"k\\""\n#KONTO  4010\tInköp\n'
    summed = zlib.crc32(counted.encode("cp437"))
    for last, words in ((f"#KSUMMA {summed}", 0), ("#KSUMMA 1", 1), ("", 1)):
        reading = read(f"#FLAGGA 0\n#KSUMMA\n{inside}{last}\n")
        assert sum("ontrollsumma" in each.message for each in reading.findings) == words


# --- hostile input


LINES = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from((TYPE_3 + SALDO + VER).splitlines()),
        st.builds(
            " ".join,
            st.lists(
                st.sampled_from(
                    ["#VER", "#TRANS", "#RTRANS", "#PSALDO", "#IB", "#RAR", "#KONTO", "#SIETYP", "#KSUMMA", "#NY", "{", "}",
                     '{1 "a"}', "{}", '"', '\\"', '"a b"', "0", "-1", "4010", "202708", "20270115", "1.5", "9" * 5000, "\x00", "\x1a"]
                ),
                max_size=9,
            ),
        ),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=examples(60))
@given(lines=LINES, encoding=st.sampled_from(["cp437", "utf-8", "latin-1"]), marked=st.booleans())
def test_no_lines_make_it_raise(lines: list[str], encoding: str, marked: bool) -> None:
    reading = read_sie(("#FLAGGA 0\n" * marked + "\n".join(lines)).encode(encoding, "replace"))
    assert reading.ledger is not None or [each.severity for each in reading.findings] == ["fel"]
    if reading.ledger:
        Sums(reading.ledger).sum_period(EVERY, "1", None, Period(2027), "VER")


@settings(max_examples=examples(100))
@given(content=st.binary(max_size=400), at=st.integers(0, 600))
def test_no_bytes_make_it_raise(content: bytes, at: int) -> None:
    whole = (TYPE_4 + VER).encode("cp437")
    assert read_sie(content).findings
    read_sie(whole[:at] + content + whole[at:])


@settings(max_examples=examples(100))
@given(
    words=st.lists(
        st.sampled_from(["4010", '"4010"', "{}", "{ }", '{1 "3"}', '{1 "3}', "{1}", "1.50", "-7", "20270115", "20279999",
                         '"Kök {1}"', r'"a\"b"', '"x', "2", '""', "}", "{"]),
        max_size=8,
    )
)  # fmt: skip
def test_the_quick_way_reads_a_row_as_the_slow_one(words: list[str]) -> None:
    text = TYPE_4 + VER.replace("#TRANS 4010 {} 100.00", f"#TRANS {' '.join(words)}")
    quick, quick_pattern = read(text), sie_vouchers._PLAIN_ROW
    slow = read(text.replace("#TRANS", "#trans"))  # which the pattern does not know
    assert quick_pattern.fullmatch("#trans 4010 {} 1.00") is None
    assert quick == slow


@pytest.mark.parametrize(
    "hostile",
    ['"' * 15_000, '\\"' * 9_000, "{" * 19_000, "{}" * 9_000, '"\\' * 9_000, "#" * 19_000, "{ 1 " * 4_000, "\r" * 30_000],
)  # fmt: skip
def test_hostile_lines_take_neither_time_nor_memory(hostile: str) -> None:
    content = (TYPE_4 + f"{hostile}\n#TRANS 4010 {hostile}\n#VER {hostile}\n").encode("cp437")
    begun = time.process_time()
    read_sie(content)
    assert time.process_time() - begun < 2
    tracemalloc.start()
    reading = read_sie(content)
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()
    assert len(reading.findings) < 300


def test_more_lines_than_the_limit_are_told_and_left() -> None:
    reading = read_sie(b"#FLAGGA 0\n" + b"\n" * sie_text.MAX_LINES + b"#FNAMN x\n")
    assert ledger_of(reading).company is None
    assert any(str(sie_text.MAX_LINES) in each.message for each in reading.findings)


def test_a_larger_file_than_the_limit_is_refused() -> None:
    reading = read_sie(b"#FLAGGA 0\n".ljust(sie_text.MAX_BYTES + 1))
    assert told(reading) == [(1, "fel")]
    assert "64 MB" in reading.findings[0].message


# --- the command
