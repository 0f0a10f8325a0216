"""SIE files in their rows, small and whole, and the sample files: read, and what was told of them."""

from functools import cache

from submissions.sie import sie_text as sie_text
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import AccountRanges
from submissions.sie.values import Ledger, SieReading
from tests.rig.paths import TESTS

SAMPLES = TESTS / "sie"
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
