"""A mail that has been read, as bytes between two processes: a line of JSON, then its files one after another."""

import json
from dataclasses import asdict, dataclass, replace

from notifications.mailbox.mail_reading import Mail


@dataclass(frozen=True, slots=True)
class MailLine:
    """The line of JSON: the mail with empty files, and how many bytes each of them has."""

    mail: Mail
    sizes: tuple[int, ...]


def told(mail: Mail) -> bytes:
    """Return a mail as bytes. Not read again in this module: the reading process needs no library for that."""
    bare = replace(mail, files=tuple(replace(file, content=b"") for file in mail.files), arrived=None)
    line = asdict(bare) | {
        "files": [{"name": file.name, "media_type": file.media_type, "content": ""} for file in mail.files],
        "arrived": mail.arrived.isoformat() if mail.arrived else None,
    }
    sizes = [len(file.content) for file in mail.files]
    head = json.dumps({"mail": line, "sizes": sizes}).encode() + b"\n"
    return b"".join((head, *(file.content for file in mail.files)))
