"""Formulas that fetch values from other files, and what those files are called.

Excel keeps the file of a link apart and writes its number in the formula (``[1]Blad1!A1``); LibreOffice writes its
address (``'file:///g:/Budget.ods'#$Blad1.A1``). A name may stand for either.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

_TEXT = re.compile(r'"[^"]*"')
_EXCEL = re.compile(r"(?<![\w\]])\[([^\[\]]+)\][\w.]*!|'[^'\[]*\[([^\[\]]+)\](?:[^']|'')*'!")
_OPEN = re.compile(r"'((?:[^']|'')+)'#")
_NAME = re.compile(r"[^\W\d][\w.]*")


def file_name(address: str) -> str:
    """Return the name of the file at an address, as people know it: ``Bokslut förskola.xlsx``."""
    last = re.split(r"[/\\]", unquote(address.rstrip("/\\")))[-1]
    return " ".join(last.split())[:80] or "en länkad fil"


class Links:
    """The other files that a workbook has links to, and which formulas fetch values from them."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        """``files``: the files' names by their number in Excel's formulas."""
        self._files = dict(files or {})
        self._names: dict[str, str] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The files, each once."""
        return tuple(dict.fromkeys(self._files.values()))

    def add(self, address: str) -> None:
        """Add a file by its address."""
        self._files[address] = file_name(address)

    def name(self, name: str, formula: str) -> None:
        """Take in what a defined name stands for."""
        if file := self.of(formula):
            self._names[name.casefold()] = file

    def of(self, formula: str) -> str:
        """Return the file from which a formula fetches values; "" when it fetches none."""
        formula = _TEXT.sub("", formula)
        if "'#" in formula and (found := _OPEN.search(formula)):
            return file_name(found[1])
        if self._files and (found := _EXCEL.search(formula)):
            key = found[1] or found[2]
            return self._files.get(key) or file_name(key)
        if not self._names:
            return ""
        return next((self._names[each] for each in _NAME.findall(formula.casefold()) if each in self._names), "")
