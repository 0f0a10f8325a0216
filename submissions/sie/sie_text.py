"""A SIE file's bytes as text, its lines as fields, its fields as amounts and days (SIE 4B, chapter 5)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import islice

from submissions.files.contents import look_into

MAX_BYTES = 64 * 1024 * 1024  #: the largest file that is read, inclusive
MAX_LINES = 1_500_000  #: inclusive; a line takes a few hundred bytes of memory when it is read
MAX_LINE = 20_000  #: characters; a longer line is told and left out
LOST = "\ufffd"  #: what a program writes for a letter that it could not read

# Where each encoding has å ä ö Å Ä Ö é É ü Ü. No byte is in both, and none begins a letter in both.
_CP437 = bytes.fromhex("868494 8f8e99 8290 819a")
_LATIN = bytes.fromhex("e5e4f6 c5c4d6 e9c9 fcdc")
_UTF8 = re.compile(rb"\xc3[\xa5\xa4\xb6\x85\x84\x96\xa9\x89\xbc\x9c]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_WINDOWS = re.compile(rb"[\x80-\x9f]")  # quotation marks and dashes in cp1252, nothing in Latin-1
_EVIDENCE = 5_000  # places that are looked at

_TOKEN = re.compile(r'"[^"\\]*(?:\\"?[^"\\]*)*"?|[{}]|[^ \t\r\n\x1a"{}]+')
_WITH_ORE = re.compile(r"-?\d{1,15}\.\d\d", re.ASCII)
_AMOUNT = re.compile(r"(-?)(\d{1,15})(?:\.(\d?))?", re.ASCII)
_LOOSE_AMOUNT = re.compile(r"([+-]?)(\d{0,15})(?:[.,](\d{0,30}))?(-?)", re.ASCII)
_COMMA_THOUSANDS = re.compile(r"(?<!\d)[1-9]\d{0,2},\d{3}(?!\d)", re.ASCII)
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})  # what word processors make of it
_BLANKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'"  # what programs put between thousands
_IN_GROUPS = re.compile(rf"[+-]?\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d{{1,30}})?", re.ASCII)
_LAST_GROUP = re.compile(r"\d{3}(?:[.,]\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the bytes say."""

    text: str
    encoding: str  #: ascii, utf-8, cp437, latin-1 or cp1252
    mixed: int = 0  #: Swedish letters that only another encoding would give


def refusal(content: bytes) -> str | None:
    """Tell in Swedish why the bytes cannot be a SIE file at all, or None."""
    if not content or content.isspace():
        return "Filen är tom. Exportera den på nytt ur ekonomisystemet."
    if len(content) > MAX_BYTES:
        size = MAX_BYTES // 1024 // 1024
        return f"Filen är större än {size} MB. Exportera ett år i taget, eller utan verifikationer (SIE typ 3)."
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "Filen är sparad som UTF-16. Spara den som PC8 (CP437) eller UTF-8, eller exportera den på nytt."
    seen = look_into(content)
    if seen.kind or seen.encrypted or seen.old_office or content.startswith(b"PK"):
        return "Filen är inte en SIE-fil utan ett dokument eller ett arkiv. Välj SIE-filen ur ekonomisystemet."
    if b"\0" in content:
        return "Filen är inte text och därför ingen SIE-fil. Välj SIE-filen ur ekonomisystemet."
    return None


def decode(content: bytes) -> Decoded:
    """Decode by what the bytes show, not by what ``#FORMAT`` says.

    CP437 and Latin-1 keep their Swedish letters in different bytes, and neither's letters make valid UTF-8. Where
    nothing tells them apart it is CP437, as the specification says.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.isascii():
        return Decoded(content.decode("ascii"), "ascii")
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    score = _score(content)
    best = max(score, key=lambda name: score[name])
    mixed = sum(score.values()) - score[best]
    if best == "latin-1" and _WINDOWS.search(content):
        best = "cp1252"
    return Decoded(content.decode(best, "replace"), best, mixed)


def _score(content: bytes) -> dict[str, int]:
    """Count the Swedish letters that stand in words, as each encoding would read them."""
    score = {"cp437": 0, "latin-1": 0, "utf-8": 0}
    for found in islice(_BEYOND_ASCII.finditer(content), _EVIDENCE):
        start, end = found.span()
        if content[start - 1 : start].isalpha() or content[end : end + 1].isalpha():
            run = found[0]
            pairs = len(_UTF8.findall(run))
            score["utf-8"] += pairs
            if not pairs:
                score["cp437"] += sum(byte in _CP437 for byte in run)
                score["latin-1"] += sum(byte in _LATIN for byte in run)
    return score


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Give the lines with their numbers from 1; LF, CRLF and CR end a line, and nothing else does.

    At most ``MAX_LINES`` are split; what comes after them is one more.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return enumerate(text.split("\n", MAX_LINES), 1)


def tokens_of(line: str) -> list[str]:
    """Split a line into words, quoted fields (still in their quotes) and braces. Linear in the line's length."""
    return _TOKEN.findall(line)


def is_unclosed(token: str) -> bool:
    """Whether a quoted field never ends. One that ends with a folder's backslash before its quote does end."""
    return token[0] == '"' and (len(token) == 1 or token[-1] != '"')


def unquote(token: str) -> str:
    """Return a field without its quotes and its escapes."""
    if token[0] == '"':
        token = token[1:-1] if len(token) > 1 and token[-1] == '"' else token[1:]
    return token.replace('\\"', '"') if "\\" in token else token


def ore_of(text: str) -> int | None:
    """Return an amount as the specification writes it, in öre; None for anything else."""
    if _WITH_ORE.fullmatch(text):
        return int(text[:-3] + text[-2:])
    found = _AMOUNT.fullmatch(text)
    return int(f"{found[1]}{found[2]}{found[3] or 0}0") if found else None


def loose_ore_of(text: str) -> int | None:
    """Return an amount in another plain form, rounded to öre; None for what is no number, or one that can be two.

    Plain are ``.20`` and ``-.20`` (Oracle writes so), ``5.``, ``+1.00``, ``1,50``, a minus after the number (SAP), the
    minus sign of a word processor, and more than two decimals. ``75,000`` can be two numbers, and is none.
    """
    found = _LOOSE_AMOUNT.fullmatch(text.translate(_MINUS))
    if not found or not (found[2] or found[3]) or (found[1] and found[4]) or _COMMA_THOUSANDS.search(text):
        return None
    number = Decimal(f"{found[2] or 0}.{found[3] or 0}")
    ore = int((number * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return -ore if "-" in (found[1], found[4]) else ore


def is_in_groups(text: str) -> bool:
    """Whether a text is a number with blanks between its thousands: ``75 000.00``."""
    return _IN_GROUPS.fullmatch(text.translate(_MINUS)) is not None


def is_last_group(text: str) -> bool:
    """Whether a field can be the last three digits, and the öre, of an amount that a blank divides: ``000.00``."""
    return _LAST_GROUP.fullmatch(text) is not None


def quantity_of(text: str) -> Decimal | None:
    """Return a quantity, None for what is no plain number."""
    if len(text) > 30 or not text.isascii():
        return None
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day_of(text: str) -> date | None:
    """Read ``20270831``; None for anything else, and for a day that does not exist."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def month_of(text: str) -> int | None:
    """Read ``202708`` as the number 202708; None for anything else."""
    good = len(text) == 6 and text.isascii() and text.isdigit() and text[:4] != "0000" and "01" <= text[4:] <= "12"
    return int(text) if good else None
