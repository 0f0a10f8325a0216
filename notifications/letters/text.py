"""A letter's tree as plain text: what is read aloud, on a watch, or where html is switched off.

A template renders to a small tree: ``h1 h2 h3 p status facts/fact ul/li table/tr/th/td button hr foot``, and
inside them ``b small code br a``. This module and ``letter_html`` show the same tree, so words stand once.
"""

import re
from collections.abc import Iterator
from textwrap import fill
from xml.etree.ElementTree import Element

from arshjul.swedish import BRIEF_MONTHS

WIDTH = 72
#: spaces at which no line ends: "kl. 16.00", "21 september" and "21 sept", "KL 11 kap. 16 §", "5 arbetsdagar", "1 250 tkr"
_KEPT = re.compile(
    rf"(?<=kl\.) (?=\d)|(?<=kap\.) (?=\d)|(?<=\bKL) (?=\d)|(?<=\bLKBR) (?=\d)|(?<=§) (?=\d)"
    rf"|(?<=\d) (?=kap\.|§|arbetsdag|tkr|{'|'.join(BRIEF_MONTHS)})"
)


def to_text(letter: Element) -> str:
    """Return the letter as text, lines of at most ``WIDTH`` characters except where a link or name is longer."""
    written, before = "", ""
    for block in letter:
        if shown := _block(block):
            # a list stands close under the heading that announces it
            written += f"{'' if not before else chr(10) if before == 'h3' else chr(10) * 2}{shown}"
            before = block.tag
    return written + "\n"


def words(element: Element) -> str:
    """Return the element's words on one line; a ``br`` is a line break."""
    lines = "".join(_pieces(element)).split("\x00")
    return "\n".join(" ".join(line.split()) for line in lines)


def unbroken(text: str) -> str:
    """Return the text with spaces that end no line (U+00A0) within times, dates and lagrum."""
    return _KEPT.sub("\u00a0", text)


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield "\x00" if child.tag == "br" else words(child)
        if child.tag == "a":
            yield f" ({child.attrib['href']})"
        yield child.tail or ""


def _block(block: Element) -> str:
    match block.tag:
        case "h1" | "h2":
            title = _wrapped(words(block))
            line = "=" if block.tag == "h1" else "-"
            return f"{title}\n{line * max(map(len, title.splitlines()))}"
        case "h3":
            return f"{_wrapped(words(block))}:"
        case "facts":
            return _facts(block)
        case "ul":
            return "\n".join(_wrapped(words(item), "- ", "  ") for item in block)
        case "table":
            return _table(block)
        case "button":
            return f"{words(block)}:\n{block.attrib['href']}"
        case "foot":
            return "-- \n" + "\n".join(_wrapped(words(line)) for line in block)
        case _:
            return _wrapped(words(block))


def _facts(block: Element) -> str:
    width = max(len(fact.attrib["name"]) for fact in block) + 2
    return "\n".join(_wrapped(words(fact), f"{fact.attrib['name'] + ':':<{width}}", " " * width) for fact in block)


def _table(block: Element) -> str:
    """Show each row as its first cell, and under it the other cells after their columns' names."""
    header, *rows = block
    names = [words(cell) for cell in header]
    return "\n".join("\n".join(_row(names, [words(cell) for cell in row])) for row in rows)


def _row(names: list[str], cells: list[str]) -> Iterator[str]:
    yield _wrapped(cells[0], "- ", "  ")
    for name, cell in zip(names[1:], cells[1:], strict=True):
        if cell:
            yield _wrapped(f"{name}: {cell}" if name else cell, "  ", "    ")


def _wrapped(line: str, first: str = "", rest: str = "") -> str:
    lines = unbroken(line).split("\n")
    return "\n".join(
        fill(
            each,
            WIDTH,
            initial_indent=first if number == 0 else rest,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, each in enumerate(lines)
        if each
    ).replace("\u00a0", " ")
