"""Paths of our own: where a login may lead, and the rows that an address may name."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Path

from arshjul.keys import RoleId, UnitId

FRONT = "/lage"
WHOLE = "alla"  #: stands for every enhet in the address of a role
LONGEST = 500

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]  #: a row's number; no database is asked for one that none can have


def seat_path(role: RoleId, unit: UnitId | None) -> str:
    """Return the page of a role for one enhet, or for all."""
    return f"/personer/{unit or WHOLE}/{role}"


def local_path(asked: str | None) -> str:
    r"""Return ``asked`` when it is a path on this very site that a login may lead to, else the front page.

    Browsers read ``//host`` and ``/\host`` as another site's address, and drop control characters before they
    look: all of those lead to the front page.
    """
    if not asked or len(asked) > LONGEST or not asked.startswith("/") or asked.startswith(("//", "/logga-")):
        return FRONT
    if "\\" in asked or not asked.isprintable() or " " in asked:
        return FRONT
    try:
        parts = urlsplit(asked)
    except ValueError:
        return FRONT
    return FRONT if parts.scheme or parts.netloc else asked
