"""Reading a mail in a process of its own: whatever the mail does to it, the service gets an answer.

A mail that killed whoever read it would be fetched again at the next start, and kill again.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, pairwise

from pydantic import TypeAdapter, ValidationError

from notifications.mailbox.mail_reading import MAX_BYTES, Mail, unreadable
from notifications.mailbox.mail_wire import MailLine
from submissions.readers.process.apart import told_apart
from submissions.readers.process.process_limits import Limits
from submissions.readers.refusal import Refusal

Read = Callable[[bytes], Mail]  #: reads a mail and raises for none: here, or apart

LIMITS = Limits(output=2 * MAX_BYTES)
COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "notifications.mailbox")

_LOG = logging.getLogger(__name__)
_TOLD = TypeAdapter(MailLine)


def read_mail_apart(raw: bytes, *, limits: Limits = LIMITS, command: tuple[str, ...] = COMMAND) -> Mail:
    """Read a mail, in a process of its own. One that cannot be read is ``oläsligt``; nothing that it does raises.

    Raises OSError when the machine's disk is full: the mail lies where it is, and is read when there is room.
    """
    said = told_apart({}, raw, "mail", command=command, limits=limits)
    try:
        return unreadable(raw) if isinstance(said, Refusal) else heard(said)
    except ValueError as error:  # pydantic's faults are such, too
        count = error.error_count() if isinstance(error, ValidationError) else 1
        _LOG.warning("reading.nonsense kind=mail bytes=%d errors=%d", len(raw), count)
        return unreadable(raw)


def heard(said: bytes) -> Mail:
    """Return the mail of which a reading process told. Raises ValueError for anything else."""
    line, _, contents = said.partition(b"\n")
    found = _TOLD.validate_json(line)
    mail, ends = found.mail, [*accumulate(found.sizes, initial=0)]
    if len(found.sizes) != len(mail.files) or min(found.sizes, default=0) < 0 or ends[-1] != len(contents):
        raise ValueError("the files are not as long as they are said to be")
    files = zip(mail.files, pairwise(ends), strict=True)
    return replace(mail, files=tuple(replace(file, content=contents[at:end]) for file, (at, end) in files))
