"""A list of people as Excel and others save it: in whichever code page, its columns parted by whichever sign."""

import csv
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from io import StringIO

#: Swedish Excel's own, the Mac's, and MS-DOS': å, ä and ö stand at other bytes in each
CODE_PAGES = ("cp1252", "mac_roman", "cp850")
SIGNS = ",;\t"  #: what may part the columns; the first where all are as many
_SIGN_SAID = re.compile(r'\s*"?sep=(?P<sign>[;,\t|:])"?[^\r\n]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


def people_text(content: bytes) -> str:
    """Return a list's text: UTF-8, UTF-16 (Excel's "Unicode-text"), or the code page that makes most å, ä and ö of it.

    Any bytes are some text.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:2]:  # the same, by a program that does not say so
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        texts = (content.decode(page, errors="replace") for page in CODE_PAGES)
        return max(texts, key=lambda text: sum(text.count(letter) for letter in "åäöÅÄÖ"))


def lines_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line with something in it as its number and its cells; what is empty at its end is left out.

    A comma, a semicolon or a tab parts the cells: what the first line says (``sep=;``), else the one of which the
    headings have most. ``#`` begins a comment. Where each line is one cell, as a list is saved that Excel never parted,
    the cells are parted within it. Raises csv.Error for a quotation mark that nothing closes.
    """
    text = text.removeprefix("\ufeff")
    said = _SIGN_SAID.match(text)
    before = 0
    if said:
        before, text = 1, text[said.end() :]
    sign = said["sign"] if said else _sign_of(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=sign)
    inner = ""
    head = True
    for cells in rows:
        _without_empty(cells)
        if cells and not cells[0].startswith("#"):
            if head and len(cells) == 1:
                inner = max(SIGNS, key=cells[0].count) if any(each in cells[0] for each in SIGNS) else ""
            if inner and len(cells) == 1:
                cells = _without_empty(next(csv.reader([cells[0]], delimiter=inner), []))
            head = False
            yield before + rows.line_num, cells


def _without_empty(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _sign_of(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.lstrip('"').startswith("#"))
    head = next((line for line in lines if line.strip(f'{SIGNS}" ')), "")
    whole = re.fullmatch(r'\s*"[^"]*"([,;\t]*)', head)
    if whole:  # one cell, whatever is in it
        return whole[1][:1] or SIGNS[0]
    return max(SIGNS, key=head.count)


def visible(cell: str) -> str:
    """Return a cell without blanks around it, without signs that do not show, and each letter as one sign.

    For what is known by its text (a heading, a role, an enhet, a day); a name and an address are taken as they stand.
    """
    shown = (char for char in unicodedata.normalize("NFC", cell) if unicodedata.category(char) != "Cf")
    return "".join(shown).strip()
