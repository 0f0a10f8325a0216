"""Whatever stands in a definition in place of what should, it is told as a fault; nothing else comes of it, and no English."""

import random
import re

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_all
from arshjul.errors import DefinitionError
from arshjul.year.turning import turn
from tests.rig.load import SHIPPED, file_of, text

INSTEAD = ("x", "5", "[]", "{}", "null", "-1", "true", "0", "2027-02-30", "[x]", "{x: 1}", "99999999999", "''", "1.5")
VALUE = re.compile(r'(?<=: )(?:"[^"]*"|\[[^\[\]]*\]|\{[^{}]*\}|[^\s,{}\[\]]+)')
KEY = re.compile(r"[a-zåäö][a-zåäö -]*(?=: )")
ENGLISH = re.compile(r"\b(?:[Ii]nput|should|valid|must|error|NoneType|None|True|False|expected|unhashable)\b")


def slipped(lines: list[str], chance: random.Random) -> list[str]:
    """Return a definition from which a line is gone, or in which a key is misspelt or a value is something else."""
    at = chance.randrange(len(lines))
    how = chance.choice(["line", "key", "value", "value", "value"])
    found = list((KEY if how == "key" else VALUE).finditer(lines[at]))
    if how == "line" or not found:
        return lines[:at] + lines[at + 1 :]
    where = chance.choice(found)
    instead = f"{where[0]}x" if how == "key" else chance.choice(INSTEAD)
    return [*lines[:at], lines[at][: where.start()] + instead + lines[at][where.end() :], *lines[at + 1 :]]


def live_with(whole: str) -> None:
    """Read it, and hold and turn its years if it can be read."""
    try:
        read = read_all(whole, "x.yaml")
    except DefinitionError as told:
        faults = told.faults
    else:
        faults = read.faults
        if read.sourced and not faults:
            faults = tuple(check(read.sourced, (2027,)))
            turn(read.sourced.definition, [2027], strict=False)
    for fault in faults:
        assert not ENGLISH.search(fault.message), str(fault)


def test_no_slip_ends_in_anything_but_a_fault() -> None:
    lines, chance = text("lindo").partition("\n  arsredovisning:")[0].splitlines(), random.Random(5)
    for _ in range(80):
        live_with("\n".join(slipped(lines, chance)) + "\n")


@pytest.mark.nightly
@pytest.mark.parametrize("name", [*SHIPPED, "granvik"])
def test_no_slip_in_a_municipalitys_whole_definition_ends_in_anything_but_a_fault(name: str) -> None:
    lines, chance = file_of(name).read_text(encoding="utf-8").splitlines(), random.Random(7)
    for _ in range(300):
        live_with("\n".join(slipped(lines, chance)) + "\n")
