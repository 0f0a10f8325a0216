"""How long a SIE file of 200 000 transactions takes to read and check, and to take in, against a naive reader.

The naive reader is what one writes first: ``shlex.split`` a line, a Decimal and a date a row, a dict for each. It
checks only that vouchers balance, and is timed on a part of the file, as it takes so long. Both read the same
bytes in the same run. Taken in is reading, laying out by the definition's objects, and storing in a database in
memory. The targets are 2 s to read the file and 2 s to take it in, and less time than the naive reader in every pair.
"""

import argparse
import random
import re
import shlex
import statistics
import sys
import time
import tracemalloc
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "calendar")]

from arshjul.definition.reading import read_definition  # noqa: E402 - after the path, so that it runs without an install
from arshjul.swedish import STOCKHOLM  # noqa: E402 - as above
from arshjul.year.wheel import Wheel  # noqa: E402 - as above
from store.database import Store, memory_store  # noqa: E402 - as above
from store.plan.in_step import sync  # noqa: E402 - as above
from store.plan.planning import current_wheel  # noqa: E402 - as above
from submissions.ledger.ledger_reading import read_ledger  # noqa: E402 - as above
from submissions.ledger.taking import take_ledger  # noqa: E402 - as above
from submissions.sie.sie_reading import read_sie  # noqa: E402 - as above

TARGET = 2.0
NOW = datetime(2027, 9, 10, 9, 0, tzinfo=STOCKHOLM)
NAIVE_PART = 10  #: the naive reader reads a tenth


def ledger_file(rows: int) -> bytes:
    """Make a municipality's type 4: vouchers of four rows with kostnadsställe, verksamhet, project, day and text."""
    chance = random.Random(7)
    lines = [
        "#FLAGGA 0", '#PROGRAM "Prov" 1', "#FORMAT PC8", "#GEN 20270901", "#SIETYP 4", '#FNAMN "Provköpings kommun"',
        "#RAR 0 20270101 20271231", "#OMFATTN 20270831", '#DIM 1 "Kostnadsställe"', '#DIM 20 "Verksamhet"',
    ]  # fmt: skip
    lines += [f'#KONTO {number} "Konto för ärende {number}"' for number in range(3000, 3600)]
    lines += [f'#OBJEKT 1 "{number}" "Förskola {number}"' for number in range(1000, 1400)]
    lines += [f'#OBJEKT 20 "{number}" "Verksamhet {number}"' for number in range(400, 500)]
    result, vouchers = dict.fromkeys(range(3000, 3600), 0), []
    for voucher in range(rows // 4):
        day = f"2027{chance.randint(1, 8):02}{chance.randint(1, 28):02}"
        amounts = [chance.randint(-(10**7), 10**7) for _ in range(3)]
        vouchers += [f'#VER A {voucher + 1} {day} "Leverantörsfaktura {voucher}"', "{"]
        for amount in (*amounts, -sum(amounts)):
            objects = f'1 "{chance.randint(1000, 1399)}" 20 "{chance.randint(400, 499)}"'
            account, text = chance.randint(3000, 3599), f"Inköp till kök nr {chance.randint(1, 9999)}"
            vouchers.append(f'   #TRANS {account} {{{objects}}} {amount / 100:.2f} {day} "{text}"')
            result[account] += amount
        vouchers.append("}")
    lines += [f"#RES 0 {number} {amount / 100:.2f}" for number, amount in result.items()]
    return "\r\n".join([*lines, *vouchers, ""]).encode("cp437")


def town() -> tuple[Store, Wheel]:
    """Return a store and a wheel: Hedemora's definition, whose objects are some of the file's."""
    text = (ROOT / "calendar" / "definitions" / "hedemora.yaml").read_text()
    text = re.sub(r'objekt: \["(\d+)"\]', lambda found: f'objekt: ["{int(found[1]) + 900}"]', text)
    text = text.replace("företag: Hedemora", "företag: Provköpings")
    definition, store = read_definition(text, "provkoping.yaml").definition, memory_store()
    with store.begin() as session:
        wheel = current_wheel(session, definition, NOW)
        sync(session, wheel, NOW)
    return store, wheel


def take_in(store: Store, wheel: Wheel, content: bytes) -> None:
    """Read the file and keep what it says of each enhet."""
    read = read_ledger(wheel.definition, content, "bok.se")
    with store.begin() as session:
        taken = take_ledger(session, wheel, read, "prov", NOW)
    assert taken.outcome == "intagen"
    assert len(read.amounts) == 4
    assert read.amounts["bildningsnamnden"]["forskola"]["utfall"]


def naive(content: bytes) -> list[dict[str, Any]]:
    """Read the vouchers as one does at first."""
    vouchers: list[dict[str, Any]] = []
    for line in content.decode("cp437").splitlines():
        words = shlex.split(line.replace("{", " { ").replace("}", " } "), comments=False)
        if words[:1] == ["#VER"]:
            vouchers.append({"number": words[2], "day": datetime.strptime(words[3], "%Y%m%d").date(), "rows": []})  # noqa: DTZ007 - a day
        elif words[:1] == ["#TRANS"]:
            end = words.index("}")
            pairs = dict(zip(words[3:end:2], words[4:end:2], strict=True))
            day = datetime.strptime(words[end + 2], "%Y%m%d").date()  # noqa: DTZ007 - a day
            row = {"account": words[1], "objects": pairs, "amount": Decimal(words[end + 1]), "day": day}
            vouchers[-1]["rows"].append(row)
    assert all(sum(row["amount"] for row in voucher["rows"]) == 0 for voucher in vouchers)
    return vouchers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=3)
    asked = parser.parse_args()
    content, part = ledger_file(asked.rows), ledger_file(asked.rows // NAIVE_PART)
    print(f"{asked.rows} transactions, {len(content) / 1e6:.1f} MB")
    ours, taken, ratios = [], [], []
    for pair in range(asked.pairs):
        begun = time.perf_counter()
        reading = read_sie(content)
        ours.append(time.perf_counter() - begun)
        assert reading.ledger and sum(len(each.rows) for each in reading.ledger.vouchers) == asked.rows // 4 * 4
        assert not reading.findings, reading.findings
        del reading
        store, wheel = town()
        begun = time.perf_counter()
        take_in(store, wheel, content)
        taken.append(time.perf_counter() - begun)
        store.close()
        begun = time.perf_counter()
        naive(part)
        ratios.append((time.perf_counter() - begun) * NAIVE_PART / ours[-1])
        print(f"  pair {pair + 1}: ours {ours[-1]:.2f} s, taken in {taken[-1]:.2f} s, naive/ours {ratios[-1]:.1f}")
    tracemalloc.start()
    read_sie(content)
    print(f"memory at most {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB (traced, a round of its own)")
    tracemalloc.stop()
    print(f"read and checked: median {statistics.median(ours):.2f} s (goal: within {TARGET:.0f} s)")
    print(f"taken in: median {statistics.median(taken):.2f} s (goal: within {TARGET:.0f} s)")
    print(f"naive (shlex, Decimal, strptime): {statistics.median(ratios):.1f} times as long")
    return 0 if max(statistics.median(ours), statistics.median(taken)) <= TARGET and min(ratios) > 1 else 1


if __name__ == "__main__":
    sys.exit(main())
