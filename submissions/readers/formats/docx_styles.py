"""What a Word document's styles say of a paragraph and of its letters, each with what it inherits."""

import re
from dataclasses import dataclass
from functools import reduce

from lxml import etree

from submissions.readers.formats.zipped import attribute

_BUILT_IN = re.compile(r"(?:heading|rubrik) ?([1-9])")


@dataclass(frozen=True, slots=True)
class Letters:
    """How letters look: ``hidden`` ones nobody sees who opens the file."""

    bold: bool = False
    struck: bool = False
    hidden: bool = False

    def over(self, element: "etree._Element") -> "Letters":
        """Return how they look with what an element's own ``rPr`` says."""
        properties = next(element.iterchildren("{*}rPr"), None)
        if properties is None:
            return self
        said = {
            name: is_on(each)
            for each in properties
            if isinstance(each.tag, str)
            and (name := each.tag.rpartition("}")[2]) in ("b", "strike", "dstrike", "vanish")
        }
        if not said:
            return self
        lines = [said[name] for name in ("strike", "dstrike") if name in said]
        return Letters(
            bold=said.get("b", self.bold),
            struck=any(lines) if lines else self.struck,
            hidden=said.get("vanish", self.hidden),
        )


PLAIN = Letters()


@dataclass(frozen=True, slots=True)
class Style:
    """A style: its folded name, its rank as a heading, and how letters in it look."""

    name: str = ""
    level: int | None = None
    look: Letters = PLAIN


class Styles:
    """The document's styles; each is thought of when something has it, for most are not used."""

    def __init__(self, root: "etree._Element | None") -> None:
        every = root.iterchildren("{*}style") if root is not None else ()
        self._elements = {attribute(each, "styleId") or "": each for each in every}
        self._found: dict[str, Style] = {}

    def style(self, key: str) -> Style:
        """Return a style; one that is not there says nothing."""
        if key not in self._found:
            self._found[key] = reduce(_over, self._line(key), Style())
        return self._found[key]

    def look(self, run: "etree._Element", above: Letters) -> Letters:
        """Return how a run's letters look in a paragraph where they look so."""
        properties = next(run.iterchildren("{*}rPr"), None)
        if properties is None:
            return above
        named = next(properties.iterchildren("{*}rStyle"), None)
        if named is not None:
            of_style = self.style(attribute(named, "val") or "").look
            above = Letters(
                above.bold or of_style.bold, above.struck or of_style.struck, above.hidden or of_style.hidden
            )
        return above.over(run)

    def _line(self, key: str) -> list["etree._Element"]:
        """Return a style's elements, the one that it is based on first."""
        line: list[str] = []
        while key in self._elements and key not in line and len(line) < 20:
            line.append(key)
            based = next(self._elements[key].iterchildren("{*}basedOn"), None)
            key = attribute(based, "val") or "" if based is not None else ""
        return [self._elements[each] for each in reversed(line)]


def font_of(run: "etree._Element") -> str:
    """Return which font a run names itself; "" for its style's."""
    properties = next(run.iterchildren("{*}rPr"), None)
    fonts = next(properties.iterchildren("{*}rFonts"), None) if properties is not None else None
    return attribute(fonts, "ascii") or "" if fonts is not None else ""


def outline(element: "etree._Element") -> int | None:
    """Return the rank that the outline level of a paragraph or a style gives; what it was before a change is none."""
    properties = next(element.iterchildren("{*}pPr"), None)
    found = next(properties.iterchildren("{*}outlineLvl"), None) if properties is not None else None
    written = attribute(found, "val") or "" if found is not None else ""
    return int(written) + 1 if written in tuple("012345678") else None


def is_on(switch: "etree._Element") -> bool:
    """Tell whether a switch is on: it is when it says nothing."""
    return (attribute(switch, "val") or "1") not in ("0", "false", "off")


def _over(style: Style, element: "etree._Element") -> Style:
    named = next(element.iterchildren("{*}name"), None)
    name = (attribute(named, "val") or "").casefold() if named is not None else ""
    built_in = _BUILT_IN.fullmatch(name)
    level = int(built_in[1]) if built_in else outline(element) or style.level
    return Style(name, level, style.look.over(element))
