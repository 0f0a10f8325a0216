"""How findings are worded: places, amounts in tkr, and lists that do not run on."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from arshjul.swedish import listing

MANY = 5  #: so many are named; the rest are counted
_NO_BREAK = "\N{NO-BREAK SPACE}"


def named(words: Sequence[str], between: str = ", ") -> str:
    """Return ``a, b och c``; from the sixth on ``a, b, c, d, e och 7 till``. With ``between`` "; " for sentences."""
    each = list(dict.fromkeys(words))
    if len(each) > MANY:
        return f"{between.join(each[:MANY])} och {len(each) - MANY} till"
    return listing(each) if between == ", " else between.join(each)


def amount(value: Decimal) -> str:
    """Return ``−12 345`` or ``12 345,5``: as Swedish readers write a number."""
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    whole, _, tenth = f"{abs(rounded):,.1f}".replace(",", _NO_BREAK).partition(".")
    sign = "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}{whole}{'' if tenth == '0' else f',{tenth}'}"


def tkr(value: Decimal) -> str:
    """Return ``12 345 tkr``."""
    return f"{amount(value)}{_NO_BREAK}tkr"


def percent(value: Decimal) -> str:
    """Return ``6,2 procent``."""
    return f"{amount(value)}{_NO_BREAK}procent"


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 ruta`` or ``3 rutor``."""
    return f"{number} {one if number == 1 else many}"


def shown(text: str) -> str:
    """Return what stood there, within Swedish quotes and not too long."""
    short = " ".join(text.split())
    return f"”{short[:60]}{'…' if len(short) > 60 else ''}”"
