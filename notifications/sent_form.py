"""Who sent in a form of Prefect's: sealed by the portal, which knows who is logged in, and read by the form's flow.

Prefect knows no users: whoever reaches its API may write any name in a form. So the portal seals who it was together
with the form, what was filled in and a key that Prefect takes once; a seal fits that one run and no other.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from store.access.proof import Signed

FORM = "formulär"  #: the tag of every deployment that is a form
WHO = "vem"  #: the field in which a form that comes past the portal says who fills it in
PURPOSE, LONGEST = "sent-form", 4000  #: what a seal is signed for, and how long one can be
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
    return Signed(secret, PURPOSE).sign(*astuple(sender), _digest(form))


def sender_of(secret: bytes, sealed: object, form: SentForm) -> Sender | None:
    """Return who sent ``form`` in; None when the seal is none of ours, or another form's."""
    match Signed(secret, PURPOSE).read(sealed, LONGEST):
        case [str(name), str(subject), None | str() as session, digest] if digest == _digest(form):
            return Sender(name=name, subject=subject, session=session)
    return None


def _digest(form: SentForm) -> str:
    told = json.dumps([form.deployment, form.key, form.parameters], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
