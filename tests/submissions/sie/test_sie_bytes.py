"""A SIE file's bytes: their encoding and line ends, and what cannot be SIE at all."""

import pytest

from submissions.sie import sie_text as sie_text
from submissions.sie.sie_reading import read_sie
from tests.rig.files.sie_rows import TYPE_4, VER, ledger_of, read, told


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
