"""How an OpenDocument workbook shows its numbers: each cell's style, the column's or the row's, and its data style."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from lxml import etree

from submissions.readers.formats.number_formats import PLAIN, Condition, NumberFormat, Shown, digits, shown_as
from submissions.readers.formats.zipped import Archive, attribute, local

#: the elements that tell it
TAGS = ("{*}style", "{*}number-style", "{*}currency-style", "{*}percentage-style")
_CONDITION = re.compile(r"value\(\) *(<=|>=|!=|<|>|=) *(-?[0-9.]+)")


@dataclass(frozen=True, slots=True)
class _Told:
    """A data style: how it shows numbers, and which other one shows those for which a condition holds."""

    shown: Shown
    maps: tuple[tuple[Condition, str], ...]


class Formats:
    """The formats by a cell's style, which styles strike a cell or its letters out, and which hide a whole sheet."""

    def __init__(self, archive: Archive) -> None:
        self._parents: dict[str, str] = {}
        self._data: dict[str, str] = {}
        self._told: dict[str, _Told] = {}
        self._found: dict[str, NumberFormat] = {}
        self._strikes: dict[str, bool] = {}
        self.struck_letters: set[str] = set()  #: the styles of pieces of text that strike them out
        self._hide: set[str] = set()
        common = archive.parse_if_there("styles.xml")
        for each in common.iter(*TAGS) if common is not None else ():
            self.take(each)

    def take(self, element: "etree._Element") -> None:
        """Take in a style as it ends."""
        name = attribute(element, "name") or ""
        if local(element) != "style":
            self._told[name] = _told(element)
            return
        family = attribute(element, "family")
        if family == "table":
            shown = (attribute(each, "display") for each in element.iterchildren("{*}table-properties"))
            self._hide |= {name} if "false" in shown else set()
        elif family == "text":
            self.struck_letters |= {name} if _line_through(element) not in ("", "none") else set()
        elif family == "table-cell":
            self._parents[name] = attribute(element, "parent-style-name") or ""
            if data := attribute(element, "data-style-name"):
                self._data[name] = data
            if line := _line_through(element):
                self._strikes[name] = line != "none"

    def is_struck(self, style: str) -> bool:
        """Tell whether a cell of this style is struck out."""
        above = style
        for _ in range(20):
            if style in self._strikes or not above:
                break
            above = self._parents.get(above, "")
            self._strikes |= {style: self._strikes[above]} if above in self._strikes else {}
        return self._strikes.setdefault(style, False)

    def hides(self, style: str) -> bool:
        """Tell whether a sheet of this style is hidden."""
        return style in self._hide

    def of(self, style: str) -> NumberFormat:
        """Return how a cell of this style shows a number."""
        if style not in self._found:
            self._found[style] = self._resolved(style)
        return self._found[style]

    def _resolved(self, style: str) -> NumberFormat:
        for _ in range(20):
            if style in self._data:
                told = self._told.get(self._data[style])
                return NumberFormat((*self._mapped(told), told.shown)) if told else NumberFormat()
            style = self._parents.get(style, "")
        return NumberFormat()

    def _mapped(self, told: _Told) -> Iterator[Shown]:
        for condition, name in told.maps:
            yield replace(self._told[name].shown if name in self._told else PLAIN, when=condition)


def _line_through(element: "etree._Element") -> str:
    return next(filter(None, map(line_through, element.iterchildren("{*}text-properties"))), "")


def line_through(properties: "etree._Element") -> str:
    """Return with which line letters are struck out: "none" with none, "" when nothing is said of it."""
    names = ("text-line-through-style", "text-line-through-type")
    return next(filter(None, (attribute(properties, name) or "" for name in names)), "")


def _told(element: "etree._Element") -> _Told:
    words, thousands = [], 0
    for each in element.iter():
        name = local(each)
        if name in ("number", "scientific-number", "fraction"):
            words.append(_number(each))
            thousands = {"1000": 1, "1000000": 2, "1000000000": 3}.get(
                (attribute(each, "display-factor") or "").partition(".")[0], 0
            )
        elif name in ("text", "currency-symbol"):
            words.append(each.text or "")
    percent = local(element) == "percentage-style"
    return _Told(shown_as("".join(words), thousands, percent=percent), tuple(_maps(element)))


def _number(element: "etree._Element") -> str:
    """Return the number's place, with what is written between its digits."""
    said = {at: each.text or "" for each in element.iterchildren("{*}embedded-text") if (at := _position(each))}
    ends = [*sorted(said, reverse=True)[1:], 0]
    inner = "".join(said[at] + digits(at - end) for at, end in zip(sorted(said, reverse=True), ends, strict=False))
    return digits(1) + inner + digits(0, decimals=(attribute(element, "decimal-places") or "0") != "0")


def _position(element: "etree._Element") -> int:
    written = attribute(element, "position") or ""
    return int(written) if re.fullmatch("1?[0-9]", written) else 0


def _maps(element: "etree._Element") -> Iterator[tuple[Condition, str]]:
    for each in element.iter("{*}map"):
        found = _CONDITION.fullmatch((attribute(each, "condition") or "").strip())
        if found:
            try:
                yield Condition(found[1], Decimal(found[2])), attribute(each, "apply-style-name") or ""
            except InvalidOperation:
                continue
