"""Post into a Maildir: the embedded default, in which no letter leaves the machine."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self

from notifications.post.post import Delivery, PostDownError
from store.private_files import make_folder, open_private


class MaildirPost:
    """Writes letters as files of a standard Maildir, which any mail reader opens; sealed, as they are kept.

    A letter's file is named after its Message-ID: the same letter once more replaces the file, it does not
    double it, also when a reader has moved it from ``new`` to ``cur``. What was delivered is on disk.
    """

    connections = 3

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:  # noqa: ARG002 - the seam's shape
        """Write the letter, one file for all recipients.

        Raises PostDownError when the folder cannot be written.
        """
        try:
            await asyncio.to_thread(self._write, mime)
        except OSError as error:
            raise PostDownError(
                f"Brevlådan {self.folder} går inte att skriva i ({error.strerror}). "
                "Brevet väntar och prövas igen; kontrollera att disken har plats "
                "och att tjänsten får skriva där."
            ) from error
        return Delivery(accepted=tuple(recipients))

    def _write(self, mime: bytes) -> None:
        for part in ("tmp", "new", "cur"):
            make_folder(self.folder / part)
        name = _file_name(mime)
        read = next((self.folder / "cur").glob(f"{name}:2,*"), None)
        target = read or self.folder / "new" / name
        draft = self.folder / "tmp" / name
        try:
            with open_private(draft, "wb") as file:
                file.write(mime)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(target.parent, os.O_RDONLY)  # the name is on disk only when its folder is
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _file_name(mime: bytes) -> str:
    message_id = BytesHeaderParser().parsebytes(mime).get("Message-ID", "")
    return hashlib.sha256(message_id.encode() if message_id else mime).hexdigest()[:32] + ".arshjul"
