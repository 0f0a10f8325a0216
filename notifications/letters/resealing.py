"""Letters and mails of an installation that kept their links open: sealed where they lie, once, at start."""

import os
from pathlib import Path

from notifications.letters.sealing import HEADER, seal
from store.database import Session, overwrite_deleted
from store.handins import versions as submissions
from store.handins.versions import RottenFileError
from store.post import correspondence, incoming
from store.post.letter_changes import reword
from store.post.letters import letter_afresh
from store.private_files import write_whole
from store.savepoints import let_go, settle
from store.tokens import blotted_bytes


def seal_what_is_kept(session: Session, secret: bytes) -> int:
    """Seal the store's letters, and blot out the tokens that mails quote; return how many were open.

    What stood there is overwritten, also in the file.
    """
    overwrite_deleted(session)
    changed = 0
    for number in correspondence.ids(session):
        row = letter_afresh(session, number)
        sealed = _sealed(row.mime, secret)
        changed += sealed != row.mime
        reword(row, sealed)
        settle(session)
        let_go(session, row)  # one letter at a time in memory
    for number in incoming.ids(session):
        mail = incoming.by_id(session, number)
        try:
            raw = submissions.content(session, mail.sha256) if mail else None
        except RottenFileError:
            continue  # it is told, and never handed out: the service starts all the same
        if mail and raw is not None and (blotted := blotted_bytes(raw)) != raw:
            incoming.replace_content(session, mail, blotted, ())
            changed += 1
    return changed


def seal_maildir(folder: Path, secret: bytes) -> int:
    """Seal the letters of a Maildir, each under its own name and time; return how many were open. Raises OSError."""
    changed = 0
    for file in (file for part in ("new", "cur") for file in (folder / part).glob("*.arshjul*")):
        letter, times = file.read_bytes(), file.stat()
        if (sealed := _sealed(letter, secret)) != letter:
            write_whole(file, sealed)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
            changed += 1
    return changed


def _sealed(letter: bytes, secret: bytes) -> bytes:
    return letter if letter.startswith(HEADER) else seal(letter, blotted_bytes(letter), secret)
