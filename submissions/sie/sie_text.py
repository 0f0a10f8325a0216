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
# Mac Roman's å ä ö é, and its Å Ä Ö. Some are cp437's Ü, Ä and ü, told apart by the letters beside them.
_MAC_SMALL, _MAC_LARGE = bytes.fromhex("8c8a9a 8e"), bytes.fromhex("818085")
_CP437_LARGE = bytes.fromhex("8f8e99 90")
#: letters that CP850 (PC8 as Windows has it in the Nordic countries) has where cp437 has frames and Greek
_CP850 = bytes.fromhex("9b9db5b6b7c6c7d0d1d2d3d4d5d6d7d8dee0e2e3e4e5e9eaebeced")
_LINE_ENDS = re.compile("[\x85\u2028\u2029\v\f]")
_UTF8 = re.compile(rb"\xc3[\xa5\xa4\xb6\x85\x84\x96\xa9\x89\xbc\x9c]")
_WIDE = re.compile(rb"(?:[\r\n\t ]?\0?){0,20}?(?:#\0|\0#)")  #: UTF-16 or UTF-32 that does not say so
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
    encoding: str  #: ascii, utf-8, cp437, cp850, latin-1, cp1252 or mac-roman
    mixed: int = 0  #: Swedish letters that only another encoding would give


def refusal(content: bytes) -> str | None:
    """Tell in Swedish why the bytes cannot be a SIE file at all, or None."""
    if not content or content.isspace():
        return "Filen är tom. Exportera den på nytt ur ekonomisystemet."
    if len(content) > MAX_BYTES:
        size = MAX_BYTES // 1024 // 1024
        return f"Filen är större än {size} MB. Exportera ett år i taget, eller utan verifikationer (SIE typ 3)."
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _WIDE.match(content):
        return "Filen är sparad som UTF-16. Spara den som PC8 (CP437) eller UTF-8, eller exportera den på nytt."
    seen = look_into(content)
    if seen.kind or seen.encrypted or seen.old_office or content.startswith(b"PK"):
        return "Filen är inte en SIE-fil utan ett dokument eller ett arkiv. Välj SIE-filen ur ekonomisystemet."
    if b"\0" in content:
        return "Filen är inte text och därför ingen SIE-fil. Välj SIE-filen ur ekonomisystemet."
    return None


def decode(content: bytes) -> Decoded:
    """Decode by what the bytes show, not by what ``#FORMAT`` says.

    CP437, Latin-1 and Mac Roman keep their Swedish letters in different bytes, and none's letters make valid UTF-8.
    Where nothing tells them apart it is CP437, as the specification says. Lines that no program of today ends (at
    U+2028, U+0085 or a form feed) are ended as lines, in a file that has no others.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    has_lines = b"\n" in content or b"\r" in content
    if content.isascii():
        return Decoded(_lined(content.decode("ascii"), has_lines), "ascii")
    try:
        return Decoded(_lined(content.decode("utf-8"), has_lines), "utf-8")
    except UnicodeDecodeError:
        pass
    if not has_lines:  # one byte each, as mainframes end a line
        content = content.replace(b"\x85", b"\n")
    score, has_cp850 = _score(content)
    best = max(score, key=lambda name: score[name])
    # what Mac Roman has as a letter another may have too, in a name from abroad
    mixed = sum(count for name, count in score.items() if name not in (best, "mac-roman"))
    if best == "latin-1" and _WINDOWS.search(content):
        best = "cp1252"
    elif best == "cp437" and has_cp850:
        best = "cp850"
    return Decoded(_lined(content.decode(best, "replace"), has_lines), best, mixed)


def _lined(text: str, has_lines: bool) -> str:
    return text if has_lines else _LINE_ENDS.sub("\n", text)


def _score(content: bytes) -> tuple[dict[str, int], bool]:
    """Count the Swedish letters that stand in words, as each encoding would read them; and whether CP850 has a letter."""
    has_cp850 = False
    score = {"cp437": 0, "latin-1": 0, "utf-8": 0, "mac-roman": 0}
    for found in islice(_BEYOND_ASCII.finditer(content), _EVIDENCE):
        start, end = found.span()
        before, after = content[start - 1 : start], content[end : end + 1]
        has_cp850 |= found[0] == b"\xf5"  # § for law's sake, and half an integral in cp437
        if before.isalpha() or after.isalpha():
            run = found[0]
            has_cp850 |= any(byte in _CP850 for byte in run)
            pairs = len(_UTF8.findall(run))
            score["utf-8"] += pairs
            if not pairs:
                score["latin-1"] += sum(byte in _LATIN for byte in run)
                among_small = before.islower() or (before.isalpha() and after.islower())
                for byte in run:
                    if name := _of_old(byte, among_small):
                        score[name] += 1
    return score, has_cp850


def _of_old(byte: int, among_small: bool) -> str:
    """Return which of CP437 and Mac Roman has such a letter in such a place; "" when it may be either's, or none's."""
    if byte == 0x9A:  # Ü, or ö
        return "mac-roman" if among_small else ""
    if byte == 0x81:  # ü, or Å
        return "cp437" if among_small else "mac-roman"
    if byte in _CP437 and not (byte in _CP437_LARGE and among_small):
        return "cp437"
    if byte in _MAC_SMALL:
        return "mac-roman"
    return "mac-roman" if byte in _MAC_LARGE and not among_small else ""


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
