"""Kept files that are no longer what they were when they came: found some at a time, noted, and told until they are whole."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256 as digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.service.installation import installed, set_up
from store.tables import Blob, Submission

FACT = "skadade filer"  #: the fact that holds the checksums of those that were found; "" when none was
_BATCH = 50


def known_rotten(session: Session) -> list[str]:
    """Return the checksums of the files that were found to be changed, in order."""
    return list(json.loads(installed(session, FACT) or "[]"))


def look_at_some(session: Session, after: str, most: int) -> tuple[list[str], str]:
    """Hold kept files against their checksums, those after ``after`` in order, until ``most`` bytes have been read.

    Returns the changed ones, and the last that was looked at: "" when there are no more after it.
    """
    found: list[str] = []
    read = 0
    while names := session.scalars(
        select(Blob.sha256).where(Blob.sha256 > after).order_by(Blob.sha256).limit(_BATCH)
    ).all():
        for name in names:
            content, after = session.scalar(select(Blob.content).where(Blob.sha256 == name)), name
            if content is None:
                continue  # taken away since the names were read
            read += len(content)
            if digest(content).hexdigest() != name:
                found.append(name)
            if read >= most:
                return found, after
    return found, ""


def note_rotten(session: Session, found: Iterable[str], first: str, last: str, now: datetime) -> list[str]:
    """Note what was found among the files after ``first``, up to ``last`` ("": to the end); return what is new.

    What was noted of those files before, and is whole or gone now, is no longer noted; nor is what was taken away since
    it was found.
    """
    before = known_rotten(session)
    found = set(session.scalars(select(Blob.sha256).where(Blob.sha256.in_(list(found)))))
    others = {each for each in before if each <= first or (last and each > last)}
    after = sorted(others | found)
    if after != before:
        set_up(session, {FACT: json.dumps(after) if after else ""}, now, replace=True)
    return sorted(found - set(before))


def files_called(session: Session, names: Iterable[str]) -> list[tuple[str, str | None]]:
    """Return (file name, obligation key) of the hand-ins that brought these files, in order of when they came."""
    rows = select(Submission).where(Submission.sha256.in_(list(names))).order_by(Submission.id)
    return [(row.filename or "fil", row.obligation_key) for row in session.scalars(rows)]
