"""The mark by which a mall of ours is known again: whose, for which report, period, enhet and part."""

import re
from collections.abc import Mapping

from submissions.files.filled import MallMark

#: A property's or a defined name's end, and what of the mark it holds.
_FIELDS = {
    "kommun": "kommun", "steg": "step", "period": "period", "enhet": "unit", "del": "part", "orgnummer": "org_number",
}  # fmt: skip
_PREFIX = "arshjul_"
_IDENTIFIER = re.compile(r"arshjul/[0-9]+/([^/\s]*)/([^/\s]*)/([^/\s]*)/([^/\s]*)/([^/\s]*)")

#: Defined names whose cells hold the mark.
NAMES = tuple(_PREFIX + each for each in _FIELDS)


def mark_of(said: Mapping[str, str], identifier: str = "") -> MallMark | None:
    """Return the mark by the properties of a file, else by its identifier; None when it carries none of ours."""
    folded = {key.casefold(): value.strip()[:200] for key, value in said.items()}
    named = {field: folded[_PREFIX + key] for key, field in _FIELDS.items() if folded.get(_PREFIX + key)}
    if named:
        return MallMark(**named)
    found = _IDENTIFIER.search(identifier[:1000])
    if found is None:
        return None
    kommun, step, period, unit, part = (each or None for each in found.groups())
    return MallMark(kommun=kommun, step=step, period=period, unit=unit, part=part)
