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
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        texts = (content.decode(page, errors="replace") for page in CODE_PAGES)
        return max(texts, key=lambda text: sum(text.count(letter) for letter in "åäöÅÄÖ"))


def lines_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line with something in it as its number and its cells; what is empty at its end is left out.

    A comma, a semicolon or a tab parts the cells: what the first line says (``sep=;``), else the one of which the
    headings have most. ``#`` begins a comment. Raises csv.Error for a quotation mark that nothing closes.
    """
    text = text.removeprefix("\ufeff")
    said = _SIGN_SAID.match(text)
    before = 0
    if said:
        before, text = 1, text[said.end() :]
    sign = said["sign"] if said else _sign_of(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=sign)
    for cells in rows:
        while cells and not cells[-1].strip():
            cells.pop()
        if cells and not cells[0].startswith("#"):
            yield before + rows.line_num, cells


def _sign_of(text: str) -> str:
    lines = (line.lstrip('"') for line in text.splitlines())
    head = next((line for line in lines if line.strip(f'{SIGNS}" ') and not line.startswith("#")), "")
    return max(SIGNS, key=head.count)


def visible(cell: str) -> str:
    """Return a cell without blanks around it, without signs that do not show, and each letter as one sign.

    For what is known by its text (a heading, a role, an enhet, a day); a name and an address are taken as they stand.
    """
    shown = (char for char in unicodedata.normalize("NFC", cell) if unicodedata.category(char) != "Cf")
    return "".join(shown).strip()
