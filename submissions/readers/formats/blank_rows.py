"""A sheet's XML without the rows and cells that only are formatted: a sheet formatted to its last row has a million.

They say nothing, and to take each apart would take longer than all the rest. The bytes are looked through as they are
unpacked; whatever does not look just like blank rows is left as it is.
"""

import re

from submissions.readers.formats.zipped import Readable

_PIECE = 256 * 1024
_LONGEST = 4 * 1024 * 1024  #: bytes that are held back at most while a row has no end
_BLANK_CELL = rb"<c\b[^<>]*+>(?:(?<=/>)|(?:<v\s*/>|<v></v>)?</c>)\s*+"
# a row without its number is counted from the one before it, so the last of each run of blank ones stays
_BLANK_ROW = rb"(?><row\b(?=[^<>]*?\br=)[^<>]*+>(?:(?<=/>)|\s*+(?:" + _BLANK_CELL + rb")*+</row>)\s*+)"
# nothing is captured within a possessive repetition: CPython before 3.11.5 captures the wrong bytes there
_BLANK_ROWS = re.compile(rb"(?:" + _BLANK_ROW + rb")+(?=" + _BLANK_ROW + rb")")
_BLANK_CELLS = re.compile(rb"(?:" + _BLANK_CELL + rb"){8,}+(</row>)?")


class WithoutBlankRows:
    """Reads like the file of a sheet's part, and leaves out blank rows, and blank cells at a row's end."""

    def __init__(self, part: Readable) -> None:
        self._part, self._held, self._over = part, b"", False

    def read(self, _size: int = -1, /) -> bytes:
        """Return some more, however much was asked for; b"" at the end."""
        while not self._over:
            piece = self._part.read(_PIECE)
            self._over = not piece
            text = _BLANK_CELLS.sub(_end, _BLANK_ROWS.sub(b"", self._held + piece))
            begun = len(text) if self._over else text.rfind(b"<row")
            # from the last row on, which may go on in the next piece, and be one of several blank ones
            cut = begun if begun >= 0 else max(text.rfind(b"<"), 0)
            if len(text) - cut > _LONGEST:
                cut = len(text)
            self._held, ready = text[cut:], text[:cut]
            if ready:
                return ready
        return b""


def _end(found: re.Match[bytes]) -> bytes:
    """Return what stays of blank cells: nothing at a row's end; within a row each says where the next one is."""
    return found[1] or found[0]
