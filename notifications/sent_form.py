"""Who sent in a form of Prefect's: sealed by the portal, which knows who is logged in, and read by the form's flow.

Prefect knows no users: whoever reaches its API may write any name in a form. So the portal seals who it was together
with the form, what was filled in and a key that Prefect takes once; a seal fits that one run and no other.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

FORM = "formulär"  #: the tag of every deployment that is a form
WHO = "vem"  #: the field in which a form that comes past the portal says who fills it in
SEAL = "portalen"  #: where a run's context holds the seal


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """One form as it was sent in."""

    deployment: str  #: its id in Prefect
    key: str  #: Prefect's idempotency key: no other run has it
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who was logged in when they sent a form in."""

    name: str
    subject: str  #: stable, as the log has it
    session: str | None  #: tells one login from another, as the log has it; opens nothing


def seal(secret: bytes, sender: Sender, form: SentForm) -> str:
    """Return the seal that says that ``sender`` sent ``form`` in."""
    return str(_serializer(secret).dumps([*astuple(sender), _digest(form)]))


def sender_of(secret: bytes, sealed: object, form: SentForm) -> Sender | None:
    """Return who sent ``form`` in; None when the seal is none of ours, or another form's."""
    try:
        *sender, digest = _serializer(secret).loads(str(sealed))
        return Sender(*sender) if digest == _digest(form) else None
    except (BadData, TypeError, ValueError):
        return None


def _serializer(secret: bytes) -> URLSafeSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt="arshjul.sent-form", signer_kwargs=options)


def _digest(form: SentForm) -> str:
    told = json.dumps([form.deployment, form.key, form.parameters], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
