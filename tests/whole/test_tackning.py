"""docs/tackning.md tells of every statement of the styrdokument whether it is held, and by what; here each row is held to that."""

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.rig.load import SHIPPED, file_of
from tests.rig.paths import ROOT

PAGE = ROOT / "docs" / "tackning.md"
#: the documents by the letter of their rows' ids: what they are cited as, and how many statements they make of the year
DOCUMENTS = {
    "H": ("Hedemora styrmodell", 80),
    "Å": ("Ånge uppsiktsrapport", 10),
    "M": ("Mjölby uppföljning 2016", 8),
    "Ö": ("Örebro KS plan 2018", 11),
}
STATEMENTS = [f"{letter}-{number:02}" for letter, (_, many) in DOCUMENTS.items() for number in range(1, many + 1)]
JA, DELVIS, NEJ = "ja", "delvis", "nej"
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [HÅMÖ]-\d", line)
]


def ids(row: list[str]) -> str:
    return row[0]


@cache
def example(name: str) -> Any:
    """Return a municipality's file as it stands. Read once; nobody changes it."""
    return YAML(typ="safe").load(file_of(name).read_text(encoding="utf-8"))


def found(tree: Any, path: str) -> bool:
    """Tell whether a path of keys leads to something; keys may have blanks in them, never dots."""
    for key in path.split("."):
        if not isinstance(tree, dict) or key not in tree:
            return False
        tree = tree[key]
    return True


def test_every_statement_has_its_row_and_in_order() -> None:
    assert [row[0] for row in ROWS] == STATEMENTS
    assert len(STATEMENTS) == 109


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_a_row_tells_what_holds_it_and_what_is_left(row: list[str]) -> None:
    name, statement, state, held, left = row
    assert re.search(rf"{DOCUMENTS[name[0]][0]}, ”[^”]+”", statement), "no document and heading"
    assert state in (JA, DELVIS), "each is held, if only in part"
    assert held, "what is held points at what holds it"
    assert bool(left) == (state != JA), "what is left is told"
    assert sorted(LINK.sub("", held).split("<br>")) == [""] * (len(LINK.findall(held)) or 1), "each is a link"
    for label, target in LINK.findall(held):
        file = (PAGE.parent / target).resolve()
        assert file.is_file(), target
        if file.suffix == ".yaml":
            assert file.stem in SHIPPED
            assert found(example(file.stem), label), f"{file.name} has no {label}"
        elif "::" in label:
            module, test = label.split("::")
            assert module == file.name
            assert re.search(rf"^\s*(?:async )?def {test}\(", file.read_text(encoding="utf-8"), re.M), label
        else:
            assert file == ROOT / label


def test_the_head_counts_the_rows() -> None:
    def line(name: str, letters: str) -> str:
        mine = [row for row in ROWS if row[0][0] in letters]
        states = Counter(row[2] for row in mine)
        return " | ".join(map(str, ("", name, len(mine), states[JA], states[DELVIS], states[NEJ], ""))).strip()

    head = [each for each in PAGE.read_text(encoding="utf-8").split("\n## ")[0].splitlines() if each.startswith("| ")]
    assert head[1:] == [*(line(name, letter) for letter, (name, _) in DOCUMENTS.items()), line("Alla", "HÅMÖ")]
