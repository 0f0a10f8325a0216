"""Ledger files as the municipality reads them, and how one is refused."""

import pytest

from arshjul.errors import RefusedError
from submissions.ledger.ledger_reading import LedgerRead, read_ledger
from tests.rig.files.books import voucher
from tests.rig.hedemora import hedemora
from tests.rig.paths import TESTS

SAMPLES = TESTS / "sie"
FORSKOLA = {"utfall": 144_000_000, "utfall-fg": 136_000_000, "budget": 228_000_000, "budget-period": 152_000_000}


#: a bolag's year in vouchers: it takes in 1 000 000 kr and costs 600 000
YEAR = (
    "#RES 0 3010 -1000000.00", "#RES 0 5010 600000.00", "#UB 0 1930 400000.00",
    *voucher(1, "20270215", "#TRANS 1930 {} 1000000.00", "#TRANS 3010 {} -1000000.00"),
    *voucher(2, "20270820", "#TRANS 5010 {} 600000.00", "#TRANS 1930 {} -600000.00"),
)  # fmt: skip


def read(content: bytes, **asked: str) -> LedgerRead:
    return read_ledger(hedemora().definition, content, "bok.se", **asked)


def refused(content: bytes, **asked: str) -> str:
    with pytest.raises(RefusedError) as raised:
        read(content, **asked)
    return str(raised.value)
