"""A SIE file that means harm: nothing makes the reader raise, and it takes neither time nor memory."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.periods import Period
from submissions.sie import sie_text as sie_text
from submissions.sie import vouchers as sie_vouchers
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import Sums
from tests.rig.examples import examples
from tests.rig.files.sie_rows import EVERY, SALDO, TYPE_3, TYPE_4, VER, ledger_of, read, told

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
