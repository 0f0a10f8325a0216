"""What proves something: what is signed and travels, what opens once, and what a form carries. One scheme for them all.

Each has a purpose, so that none stands for another. What opens something is kept as a digest under our own key:
worthless to whoever reads it in the store, or without the key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlalchemy.orm import Session

from store.tables import AskedCode, LoginLink


class Signed:
    """Values that travel outside, in an address or a cookie, signed for one purpose. They are no secret, only ours."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(secret, salt=f"arshjul.{purpose}", signer_kwargs=options)

    def sign(self, *values: Any) -> str:
        """Return the token of these values; it is safe in an address."""
        return str(self._serializer.dumps(list(values)))

    def read(self, token: object, longest: int = 500) -> Sequence[Any] | None:
        """Return a token's values; None for one that is missing, broken, or signed by another or for something else."""
        try:
            found = self._serializer.loads(str(token or "")[:longest])
        except (BadData, ValueError, TypeError):
            return None
        return found if isinstance(found, list) else None


class FormTokens:
    """What the forms of one kind of page carry, so that nobody can make another's browser send one."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._key = hmac.digest(secret, f"arshjul.{purpose}".encode(), "sha256")

    def of(self, whose: str) -> str:
        """Return the token of one visit, login or browser."""
        return hmac.new(self._key, whose.encode(), "sha256").hexdigest()


def is_same(given: object, ours: str) -> bool:
    """Tell whether what was given is ours, in a time that tells nothing."""
    return isinstance(given, str) and hmac.compare_digest(given.encode(), ours.encode())


def new_token(mark: str = "") -> str:
    """Return what nobody can guess, safe in an address; ``mark`` is what it begins with, to be known by."""
    return f"{mark}{secrets.token_urlsafe(32)}"


def digest(secret: bytes, purpose: str, *facts: object) -> str:
    """Return how something that opens is known in the store."""
    return hmac.digest(secret, "|".join((f"arshjul.{purpose}", *map(str, facts))).encode(), "sha256").hex()


OneTime = type[LoginLink] | type[AskedCode]  #: what opens once: with an end, and when it was used


def spend(session: Session, kind: OneTime, row_id: str, now: datetime, *still: ColumnElement[bool]) -> bool:
    """Use something up; of two at once only one succeeds. ``still``: what else must hold of it."""
    unused = (kind.id == row_id, kind.used_at.is_(None), *still)
    done = cast("CursorResult[Any]", session.execute(update(kind).where(*unused).values(used_at=now)))
    return done.rowcount == 1


def forget(session: Session, kind: OneTime, before: datetime) -> None:
    """Forget what was over before an instant; until then it is remembered, to say what became of it."""
    session.execute(delete(kind).where(kind.expires_at < before))
