"""How findings are worded: places, amounts in tkr, and lists that do not run on."""

from collections.abc import Sequence
from decimal import Decimal

from arshjul.swedish import listing
from submissions.files.figures import SPACE, exact_text

MANY = 5  #: so many are named; the rest are counted


def named(words: Sequence[str], between: str = ", ") -> str:
    """Return ``a, b och c``; from the sixth on ``a, b, c, d, e och 7 till``. With ``between`` "; " for sentences."""
    each = list(dict.fromkeys(words))
    if len(each) > MANY:
        return f"{between.join(each[:MANY])} och {len(each) - MANY} till"
    return listing(each) if between == ", " else between.join(each)


def amount(value: Decimal) -> str:
    """Return ``−12 345`` or ``12 345,5``: as Swedish readers write a number."""
    return exact_text(value, 1)


def tkr(value: Decimal) -> str:
    """Return ``12 345 tkr``."""
    return f"{amount(value)}{SPACE}tkr"


def percent(value: Decimal) -> str:
    """Return ``6,2 procent``."""
    return f"{amount(value)}{SPACE}procent"


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 ruta`` or ``3 rutor``."""
    return f"{number} {one if number == 1 else many}"


def from_whom(units: Sequence[str]) -> str:
    """Return `` från A och B``, of figures from before the enhet began; "" for its own."""
    return f" från {listing(units)}" if units else ""


def shown(text: str) -> str:
    """Return what stood there, within Swedish quotes and not too long."""
    short = " ".join(text.split())
    return f"”{short[:60]}{'…' if len(short) > 60 else ''}”"
