"""Words from outside (names, reasons, file names) made fit for one line of a letter."""

import unicodedata

_BREAKING = frozenset({"Cc", "Zl", "Zp", "Zs"})  #: control characters and every kind of space
_DROPPED = frozenset({"Cf", "Cs", "Cn"})  #: invisible ones that turn or hide text, and what is no character


def one_line(text: str) -> str:
    """Return ``text`` on one line, without control, invisible or direction-turning characters.

    Nothing that is left can end a header, open a paragraph or break an XML document; markup is not touched.
    """
    return " ".join("".join(_fit(char) for char in text).split())


def _fit(char: str) -> str:
    kind = unicodedata.category(char)
    return " " if kind in _BREAKING else "" if kind in _DROPPED else char
