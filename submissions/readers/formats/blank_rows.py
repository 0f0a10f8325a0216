"""A sheet's XML without the rows and cells that only are formatted: a sheet formatted to its last row has a million.

They say nothing, and to take each apart would take longer than all the rest. The bytes are looked through as they are
unpacked, for whatever is neither a row nor a cell without a value; what lies between two such is left out.
"""

import re

from submissions.readers.formats.zipped import Readable

_PIECE = 64 * 1024
_LONGEST = 4 * 1024 * 1024  #: bytes that are held back at most while a row has no end
_MAY_SAY = re.compile(rb"<[^rc/]|</[^rc]")  # a third of the time: with no such tag, none of the rows says anything
_SAYS = re.compile(rb"<(?!/?(?:row|c)[\s/>]|v\s*/>|v></v>|/v>)")  # a value that is none says nothing
_BEGINS = re.compile(rb"<row[\s/>]|<!")
# a row without its number is counted from the one before it
_NUMBERED = re.compile(rb"<row\s(?:[^<>]*\s)?r=")
#: without any of these there is neither a blank row nor a blank cell, nor a comment: it is not looked through further
_MAYBE = (b"/>", b'"></', b"'></", b"<c></", b"<row></", b"<!", b" ></")
_BLANK_CELL = rb"<c\b[^<>]*+>(?:(?<=/>)|(?:<v\s*/>|<v></v>)?</c>)\s*+"
_BLANK_CELLS = re.compile(rb"(?:" + _BLANK_CELL + rb"){8,}+(</row>)?")


class WithoutBlankRows:
    """Reads like the file of a sheet's part, and leaves out blank rows, and blank cells at a row's end."""

    def __init__(self, part: Readable) -> None:
        self._part, self._held, self._over = part, b"", False
        self._plain = True  # until there is a comment or a CDATA, in which anything may look like a row

    def read(self, _size: int = -1, /) -> bytes:
        """Return some more, however much was asked for; b"" at the end."""
        while not self._over:
            piece = self._part.read(_PIECE)
            self._over = not piece
            text = self._held + piece
            if self._plain and any(each in text for each in _MAYBE):
                text = _BLANK_CELLS.sub(_end, self._without_rows(text))
            cut = len(text) if self._over else _may_go_on(text)
            self._held, ready = text[cut:], text[:cut]
            if ready:
                return ready
        return b""

    def _without_rows(self, text: bytes) -> bytes:
        """Leave out from each row, up to the last one before anything is said that tells its own number."""
        kept, copied, at = [], 0, 0
        while begun := _BEGINS.search(text, at):
            if begun[0] == b"<!":
                self._plain = False
                break
            first = begun.start()
            may = _MAY_SAY.search(text, first)
            says = may and _SAYS.search(text, may.start())
            at = says.start() if says else len(text)
            last = text.rfind(b"<row", first, at)
            while last > first and not _NUMBERED.match(text, last):
                last = text.rfind(b"<row", first, last)
            if last > first:
                kept.append(text[copied:first])
                copied = last
        return b"".join([*kept, text[copied:]])


def _may_go_on(text: bytes) -> int:
    """Return from where on the next piece may belong to what is there: the last row, else the last tag."""
    for begun in (text.rfind(b"<row"), text.rfind(b"<")):
        if begun >= 0 and len(text) - begun <= _LONGEST:
            return begun
    return len(text)


def _end(found: re.Match[bytes]) -> bytes:
    """Return what stays of blank cells: nothing at a row's end; within a row each says where the next one is."""
    return found[1] or found[0]
