"""What a symbol font's letters are: a ticked box is a tick to its writer, and a letter of a private area in the file."""

import re
from collections.abc import Mapping

_WINGDINGS = {
    0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x78: "☒", 0xA1: "○", 0xA7: "▪",
    0xA8: "☐", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE7: "←", 0xE8: "→", 0xF0: "→", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
    0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {
    0x2A: "☐", 0x30: "☐", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0xA4: "☐",
}  # fmt: skip
_SYMBOL = {
    0x2D: "−", 0xA2: "′", 0xA3: "≤", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥",
    0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xD7: "·", 0xE5: "∑", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω", 0x6D: "µ",
}  # fmt: skip
_FONTS: Mapping[str, Mapping[int, str]] = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
_PRIVATE = re.compile("[\uf020-\uf0ff]")  #: where programs put a symbol font's letters
TICKED, UNTICKED = "☒", "☐"


def symbol(font: str, code: str) -> str:
    """Return the letter that a font shows for a code ("F0FE"); "" for one that only looks decorative."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if 0xE000 <= number <= 0xF8FF or number < 0x100:
        return _FONTS.get(font.casefold(), {}).get(number & 0xFF, "")
    return chr(number) if number <= 0x10FFFF and chr(number).isprintable() else ""


def with_symbols(text: str, font: str = "") -> str:
    """Return a text with each letter of a symbol font as what it shows; one that is not known stays, but for a private one."""
    if font.casefold() in ("wingdings", "wingdings 2"):  # there every letter is one
        text = "".join((ord(each) < 0x100 and symbol(font, f"{ord(each):x}")) or each for each in text)
    if text.isascii():
        return text
    known = font if font.casefold() in _FONTS else "Wingdings"
    return _PRIVATE.sub(lambda found: symbol(known, f"{ord(found[0]):x}"), text)
