"""What is told names the signs that nobody sees: echoed, they would be as unseen where they are told."""

import unicodedata

import pytest

from submissions.files.filled import Filled
from submissions.finding import Finding
from submissions.review.examining import judged
from submissions.sie.sie_reading import read_sie
from submissions.templates.mall import NOTHING_KNOWN
from tests.rig.files.books import bolag
from tests.rig.files.reading_files import owed, read, saved, workbook
from tests.rig.load import hedemora

SIGNS = {
    "\u200e": "märke för skrivriktning, U+200E",  # 11a
    "\u200b": "blanksteg utan bredd, U+200B",
    "\u00ad": "mjukt bindestreck, U+00AD",
    "\ufeff": "teckenkodningens märke, U+FEFF",
    "\u2066": "märke för skrivriktning, U+2066",
    "\u2063": "osynligt tecken, U+2063",
}


def unseen_in(text: str) -> list[str]:
    return [each for each in text if unicodedata.category(each) in ("Cf", "Cc", "Cs")]


@pytest.mark.parametrize(("sign", "name"), SIGNS.items(), ids=SIGNS.values())
def test_a_finding_that_quotes_a_cell_names_what_nobody_sees(sign: str, name: str) -> None:
    book = workbook()
    page = book["Ekonomi"]
    page.cell(9, 2).value = f"{sign}1000"
    page.cell(9, 3).value = f"9{sign}oo"
    found = read(saved(book))
    assert isinstance(found, Filled)
    part = next(each for each in owed().parts if each.id == "ekonomi")
    told = judged(hedemora().definition, owed(), part, found, NOTHING_KNOWN)
    assert not [each for each in told if unseen_in(each.message + each.mend + each.place)]
    by_rule = {each.rule: each.message for each in told}
    assert f"”[{name}]1000”" in by_rule["tal-som-text"]
    assert f"”9[{name}]oo”" in by_rule["inte-ett-tal"]


@pytest.mark.parametrize(("sign", "name"), SIGNS.items(), ids=SIGNS.values())
def test_wherever_it_is_said(sign: str, name: str) -> None:
    found = Finding(rule="a", severity="fråga", place=f"B{sign}!A1", message=f"”{sign}”", mend=f"{sign}a", lagrum="b")
    assert (found.place, found.message, found.mend) == (f"B[{name}]!A1", f"”[{name}]”", f"[{name}]a")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("75\u00a0000.00", "75[hårt blanksteg, U+00A0]000.00"),
        ("75\u202f000.00", "75[smalt hårt blanksteg, U+202F]000.00"),
        ("x\u200e", "x[märke för skrivriktning, U+200E]"),
        ("x\u2009", "x[blanksteg, U+2009]"),
    ],
)
def test_a_sie_file_s_too(written: str, told: str) -> None:
    reading = read_sie(bolag(f"#RES 0 5010 {written}", encoding="utf-8"))
    assert any(f"Beloppet '{told}'" in each.message for each in reading.findings), reading.findings
    assert not [each for each in reading.findings if unseen_in(each.message)]
