"""What is no YAML is told in Swedish, where it is and what to write; and nothing else comes of it, whatever stands there."""

import random
import re

import pytest

from arshjul.definition.lined import YamlFault, read_lined
from arshjul.definition.reading import read_all
from arshjul.errors import DefinitionError
from tests.rig.load import text

ENGLISH = re.compile(r"\b(?:expected|found|while|scanning|but|token|character|allowed|could|not)\b|<")


@pytest.mark.parametrize(
    ("read", "line", "says"),
    [
        ("a:\n\tb: 1\n", 2, "raden är indragen med tabb (kolumn 1)"),
        ("a: 1\n  b: 2\n", 2, "nyckeln är indragen under en rad som redan har ett värde"),
        ("a:\n  b: 1\n c: 2\n", 3, "raden passar inte i indraget ovanför (kolumn 2)"),
        ("namn: Plan: 2027\n", 1, "ett kolon till på raden (kolumn 11) kan inte läsas; sätt värdet inom citattecken"),
        ("a: 1\nperioder\nc: 2\n", 2, "raden har ingen nyckel med kolon efter (kolumn 1); skriv 'nyckel: värde'"),
        ('a: "x\nb: 1\n', 1, "ett citattecken som börjar här (kolumn 4) avslutas aldrig"),
        ('a: "KF" 12\n', 1, "något står efter ett värde som redan är slut (kolumn 9)"),
        ("a: {b: 1\nc: 2\n", 2, "här står ':' (kolumn 2), men '{' på rad 1, kolumn 4 är inte avslutad; skriv '}'"),
        ("a: [b, c\n", 2, "här är filen slut (kolumn 1), men '[' på rad 1, kolumn 4 är inte avslutad; skriv ']'"),
        ("a: {b: 1, , c: 2}\n", 1, "ett värde fattas: här står ',' (kolumn 11)"),
        ("a: @x\n", 1, "ett värde kan inte börja med '@' (kolumn 4); sätt värdet inom citattecken"),
        ("a: *x\n", 1, "ett värde som börjar med * eller & läses som en hänvisning (kolumn 4)"),
        ('a: "C:\\q"\n', 1, "ett omvänt snedstreck inom dubbla citattecken"),
        ("a: - 1\n", 1, "en lista kan inte börja här (kolumn 4)"),
        ("a: 1\n---\nb: 2\n", 2, "'---' mitt i filen (kolumn 1) börjar ett nytt dokument"),
        ("a: |x\n b\n", 1, "efter | eller > kan inget mer stå på raden (kolumn 5)"),
        ("a: 1\nb: \x07\n", 2, "tecknet U+0007 (kolumn 4) går inte att läsa; ta bort det"),
        ("a: !x!y z\n", 1, "ett värde som börjar med ! läses som en typ (kolumn 4)"),
        (f"a: {'[' * 3000}{']' * 3000}\n", 1, "klamrarna ligger i för många nivåer"),
        ("a: 1\na: 2\n", 2, "nyckeln 'a' står två gånger på samma ställe"),
    ],
)
def test_it_is_told_in_swedish_where_and_what_to_do(read: str, line: int, says: str) -> None:
    with pytest.raises(DefinitionError) as told:
        read_all(read, "x.yaml")
    (one,) = told.value.faults
    assert (one.line, one.message[: len(says)]) == (line, says)
    assert not ENGLISH.search(one.message), one.message


@pytest.mark.parametrize(
    ("read", "value"),
    [("08", 8), ("-010", -10), ("0x1f", 31), ("0o17", 15), ("1_000", 1000), ("1.5", 1.5), (".inf", ".inf"), ("!!int x", "x")],
)  # fmt: skip
def test_a_number_with_leading_noughts_is_decimal_and_what_is_none_stays_text(read: str, value: object) -> None:
    assert read_lined(f"a: {read}\n").values == {"a": value}


def test_no_slip_of_the_hand_ends_in_english_or_in_anything_but_a_fault() -> None:
    whole, chance = "\n".join(text("lindo").splitlines()[:60]), random.Random(11)
    told = set()
    for _ in range(300):
        at = chance.randrange(len(whole))
        slip = chance.choice(
            [
                "",
                "\t",
                ":",
                ": ",
                "{",
                "}",
                "[",
                "]",
                ",",
                '"',
                "'",
                "- ",
                "\n",
                "  ",
                "@",
                "*",
                "&x ",
                "!",
                "%",
                "|",
                "\\",
            ]
        )
        try:
            read_lined(whole[:at] + slip + whole[at + 1 :])
        except YamlFault as fault:
            assert not ENGLISH.search(str(fault)), str(fault)
            told.add(re.sub(r"\d+|'.*?'", "", str(fault)))
    assert len(told) > 8, "many kinds of faults"
