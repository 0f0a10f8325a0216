"""A SIE file's rows: fields as they were meant, and what is wrong with a row, told with its line."""

import zlib
from datetime import date

import pytest

from arshjul.periods import Period
from submissions.sie import sie_text as sie_text
from submissions.sie.sie_findings import MOST
from submissions.sie.sie_sums import Sums
from tests.rig.files.sie_rows import EVERY, HEAD, SALDO, TYPE_3, TYPE_4, VER, ledger_of, read, told


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
