"""Real files of a part, read and judged as when they are handed in: what was found, by the rule that tells it."""

from collections.abc import Callable, Mapping
from functools import cache

from submissions.files.filled import Filled
from submissions.finding import Finding
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.review.examining import judged
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures, Mall, mall_of
from submissions.templates.mall_workbook import workbook_of
from tests.rig.files import filling
from tests.rig.files.cases import owed
from tests.rig.load import hedemora

Which = tuple[str, str, str, str]
Tables = dict[str, dict[str | int, dict[str, filling.Value]]]


@cache
def mall(which: Which) -> Mall:
    """Return the mall of a part of 2027: by report, period, enhet and part."""
    return mall_of(hedemora().definition, *owed(*which), "tisdag 21 september 2027 kl. 16.00")


@cache
def careful(which: Which) -> bytes:
    """Return a part's mall as a careful person fills it in."""
    return filling.careful(mall(which))


def filled_in(which: Which, change: Callable[[Tables], None]) -> bytes:
    """Return a part's mall as a careful person fills it in, but for what ``change`` does to what is written."""
    tables = filling.careful_tables(mall(which))
    change(tables)
    return filling.fill_workbook(workbook_of(mall(which), NOTHING_KNOWN), tables)


def read(which: Which, content: bytes, kind: str = "xlsx") -> Filled:
    """Read a file that can be read."""
    found = read_here(content, kind, wanted_of(mall(which)))
    assert isinstance(found, Filled), found
    return found


def found_in(
    which: Which, content: bytes, kind: str = "xlsx", known: KnownFigures = NOTHING_KNOWN
) -> Mapping[str, Finding]:
    """Return what the rules find in a file, by rule."""
    findings = judged(hedemora().definition, *owed(*which), read(which, content, kind), known)
    return {each.rule: each for each in findings}
