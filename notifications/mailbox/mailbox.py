"""The mailbox: fetches what has come over IMAP, and puts it away when it has been taken in. The line is :mod:`bounded_client`'s.

A mail is fetched without being marked, given to ``take``, and moved or flagged only after that has returned: its
transaction is committed. A kill between the two fetches the mail once more, and ``take`` knows it again.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self, TypeVar

from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from arshjul.errors import WORDLESS, ArshjulError
from notifications.mailbox.bounded_client import BoundedClient
from notifications.mailbox.mail_reading import MAX_BYTES
from notifications.plain import one_line
from notifications.post.mail_url import ImapServer, parse_imap_url
from notifications.post.server_login import TokenError, access_token, tls_context

logger = logging.getLogger(__name__)

AT_ONCE = 50  #: mails taken in one round
DONE = ("Arshjul", "Behandlat")  #: the folder for what has been taken in
FLAG = "ArshjulBehandlat"  #: the keyword where a mail cannot be moved
OURS = "X-Arshjul-Key"  #: our own letters lie untouched, for people to read
SETTING = "ARSHJUL_MAILBOX"
BACK = "Mejlen ligger kvar och läses nästa gång"
SLOWEST = 100_000  #: bytes a second that a slow line still carries
FAREWELL = 5.0  #: seconds

T = TypeVar("T")


class MailboxError(ArshjulError):
    """The mailbox cannot be read now; it is tried again later. The message is Swedish and names the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One mail as it lies in the mailbox."""

    raw: bytes  #: only its head when it is ``too_large``
    arrived: datetime | None  #: when the server took it in, by the server's clock; None when it does not say
    size: int
    too_large: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """What one round did, in mails."""

    taken: int = 0
    left: int = 0  #: that could not be taken in or put away: they are met again


class Mailbox:
    """One mailbox on an IMAP server. Certificates are checked against the system's CAs and the URL's own one."""

    def __init__(self, server: ImapServer) -> None:
        """Raises RefusedError when the URL's CA file cannot be read."""
        self.server = server
        if server.ca:
            _ = self._tls  # what is wrong with the file is told at once

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Whose certificates are believed: read when a server is asked for them."""
        return tls_context(self.server.ca, verify=self.server.verify)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read the URL (see :mod:`notifications.post.mail_url`). Raises RefusedError that says what is wrong."""
        return cls(parse_imap_url(url))

    def empty(
        self,
        take: Callable[[Fetched], None],
        since: date,
        *,
        limit: int = AT_ONCE,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Emptied:
        """Give each mail that came on or after ``since`` to ``take``, oldest first, at most ``limit``; put it away then.

        One that ``take`` raises for lies where it is. Raises MailboxError when the server cannot be used.
        """
        taken = left = 0
        with self._open() as folder:
            put_away = folder.way_to_put_away()
            for uid in folder.waiting(since)[:limit]:
                if stopping():
                    break
                fetched = folder.fetch(uid)
                if fetched is None:
                    continue  # somebody else has just moved it
                try:
                    take(fetched)
                except Exception as error:
                    left += 1
                    logger.warning("mailbox.left uid=%s error=%s", uid, type(error).__name__, exc_info=True)
                    continue
                put_away(uid)
                taken += 1
        return Emptied(taken=taken, left=left)

    @contextmanager
    def _open(self) -> Iterator["_Folder"]:
        """Log in and open the folder; the line is closed whatever happens. Raises MailboxError."""
        server = self.server
        try:
            client = BoundedClient(
                server.host, server.port, server.timeout, self._tls if server.tls == "implicit" else None
            )
            try:
                client.normalise_times = False
                if server.tls == "required":
                    self._start_tls(client)
                self._log_in(client)
                yield _Folder(client, server)
                with suppress(Exception), client.within(FAREWELL):  # what was to be done is done
                    client.logout()
            finally:
                with suppress(Exception):
                    client.shutdown()
        except TimeoutError:
            raise MailboxError(f"Brevlådan {server} svarade inte inom {server.timeout:g} sekunder. {BACK}.") from None
        except ssl.SSLError as error:
            raise MailboxError(
                f"Brevlådan {server} har inget certifikat som går att lita på ({one_line(str(error))}). {BACK}; "
                f"har servern en egen CA, ange den med ?ca=/sökväg/till/ca.pem i {SETTING}."
            ) from None
        except (IMAPClientError, OSError, ValueError) as error:
            raise MailboxError(
                f"Brevlådan {server} går inte att nå ({self._said(error)}). {BACK}; "
                f"kontrollera att servern är i gång och att {SETTING} stämmer."
            ) from None

    def _start_tls(self, client: BoundedClient) -> None:
        try:
            with client.within(self.server.timeout):
                client.starttls(self._tls)
        except CapabilityError:
            raise MailboxError(
                f"Brevlådan {self.server} erbjuder inte STARTTLS. {BACK}; använd imaps:// i {SETTING}, eller be om TLS."
            ) from None

    def _log_in(self, client: BoundedClient) -> None:
        """Log in by token, else by password: as SASL PLAIN where the server knows it, which takes any signs."""
        server = self.server
        try:
            token = ""
            if server.uses_token:
                token = asyncio.run(access_token(server.token_command, server.token_file, server.timeout, BACK))
            with client.within(server.timeout):
                if token:
                    said = f"user={server.user}\x01auth=Bearer {token}\x01\x01"
                    # a refusal comes as a question, which is answered with nothing
                    client.sasl_login("XOAUTH2", lambda question: "" if question else said)
                elif client.has_capability("AUTH=PLAIN"):
                    client.plain_login(server.user, server.password)
                else:
                    client.login(_quoted(server.user), server.password)
        except TokenError as error:
            raise MailboxError(str(error)) from None
        except UnicodeEncodeError:
            raise MailboxError(
                f"Brevlådan {server} tar inte emot å, ä, ö och andra sådana tecken vid inloggning. {BACK}; "
                "byt lösenord på kontot till ett utan dem."
            ) from None
        except IMAPClientAbortError:
            raise  # the line broke
        except IMAPClientError:
            raise MailboxError(
                f"Brevlådan {server} godtog inte inloggningen. {BACK}; "
                f"kontrollera användarnamn och lösenord (eller åtkomsttoken) i {SETTING}."
            ) from None

    def _said(self, error: Exception) -> str:
        words = str(error) or WORDLESS
        if self.server.password:
            words = words.replace(self.server.password, "***")
        return one_line(words)[:300]


class _Folder:
    """The open folder, and what we ask of it."""

    def __init__(self, client: BoundedClient, server: ImapServer) -> None:
        self._client = client
        self._server = server
        try:
            opened = self._ask(f"öppna mappen {server.folder}", client.select_folder, server.folder)
        except IMAPClientReadOnlyError:
            raise self._cannot_put_away() from None
        self._permanent: tuple[bytes, ...] = opened.get(b"PERMANENTFLAGS", ())

    def _ask(self, what: str, command: Callable[..., T], *words: object, seconds: float | None = None) -> T:
        """Return what the server answers. Raises MailboxError when it says no, TimeoutError when it is not done in time."""
        try:
            with self._client.within(seconds or self._server.timeout):
                return command(*words)
        except IMAPClientAbortError:
            raise  # the line broke
        except IMAPClientError as error:
            said = one_line(str(error))[:200]
            raise MailboxError(f"Brevlådan {self._server} lät oss inte {what} ({said}). {BACK}.") from None

    def waiting(self, since: date) -> list[int]:
        """Return the mails that have not been taken in, oldest first; our own letters are not among them."""
        criteria = ["UNDELETED", "UNKEYWORD", FLAG, "SINCE", since, "NOT", "HEADER", OURS, ""]
        return sorted(self._ask("söka efter nya mejl", self._client.search, criteria))

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch one mail without marking it; None when it is gone."""
        about = self._fetch(uid, ["RFC822.SIZE", "INTERNALDATE"])
        size, arrived = about.get(b"RFC822.SIZE"), about.get(b"INTERNALDATE")
        if not isinstance(size, int):
            return None
        too_large = size > MAX_BYTES
        part = "BODY.PEEK[HEADER]<0.65536>" if too_large else f"BODY.PEEK[]<0.{MAX_BYTES + 1}>"
        said = self._fetch(uid, [part], seconds=self._server.timeout + size / SLOWEST)
        raw = said.get(b"BODY[HEADER]<0>" if too_large else b"BODY[]<0>")
        if not isinstance(raw, bytes):
            return None
        at = arrived if isinstance(arrived, datetime) and arrived.tzinfo else None
        return Fetched(raw=raw, arrived=at, size=size, too_large=too_large)

    def _fetch(self, uid: int, what: list[str], *, seconds: float | None = None) -> dict[bytes, Any]:
        found = self._ask("läsa ett mejl", self._client.fetch, [uid], what, seconds=seconds)
        return dict(found.get(uid, {}))

    def way_to_put_away(self) -> Callable[[int], None]:
        """Return how a mail is put away here: moved, copied and taken away, or flagged. Raises MailboxError for none.

        Where a folder cannot be made the mail stays in its own with a keyword, if the server keeps keywords.
        """
        can = set(self._ask("se vad servern kan", self._client.capabilities))
        if can & {b"MOVE", b"UIDPLUS"} and (folder := self._done_folder()):
            return self._mover(folder) if b"MOVE" in can else self._copier(folder)
        if {rb"\*", FLAG.encode()} & set(self._permanent):
            return self._flag
        raise self._cannot_put_away()

    def _cannot_put_away(self) -> MailboxError:
        return MailboxError(
            f"Brevlådan {self._server} låter oss varken flytta eller märka mejl, så inget läses. "
            f"Skapa mappen {'/'.join(DONE)} åt kontot, eller ge det rätt att skriva i mappen {self._server.folder}."
        )

    def _done_folder(self) -> str | None:
        """Return the folder for what is done, made if it is not there; None when it cannot be made."""
        listed = self._ask("se mapparna", self._client.list_folders, "", "")
        parting = next((delimiter.decode() for _, delimiter, _ in listed if delimiter), "/")
        for name in (parting.join(DONE), parting.join(("INBOX", *DONE))):
            for make in (False, True):
                if make:
                    with suppress(MailboxError):
                        self._ask("skapa en mapp", self._client.create_folder, name)
                with suppress(MailboxError):
                    self._ask("se en mapp", self._client.folder_status, name, ["MESSAGES"])
                    return name
        return None

    def _mover(self, folder: str) -> Callable[[int], None]:
        return lambda uid: self._do("flytta ett mejl", self._client.move, [uid], folder)

    def _copier(self, folder: str) -> Callable[[int], None]:
        def copy(uid: int) -> None:
            self._do("kopiera ett mejl", self._client.copy, [uid], folder)
            self._do("ta bort ett mejl", self._client.add_flags, [uid], [r"\Deleted"], True)
            self._do("ta bort ett mejl", self._client.uid_expunge, [uid])

        return copy

    def _flag(self, uid: int) -> None:
        self._do("märka ett mejl", self._client.add_flags, [uid], [FLAG], True)

    def _do(self, what: str, command: Callable[..., object], *words: object) -> None:
        self._ask(what, command, *words)


def _quoted(word: str) -> str:
    """Return a word as the LOGIN command takes it; the library quotes the password alone."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
