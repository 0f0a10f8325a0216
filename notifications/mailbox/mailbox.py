"""The mailbox: fetches what has come over IMAP, and puts it away when it has been taken in. Only here aioimaplib.

A mail is fetched without being marked, given to ``take``, and moved or flagged only after that has returned: its
transaction is committed. A kill between the two fetches the mail once more, and ``take`` knows it again.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

import aioimaplib

from arshjul.errors import ArshjulError
from notifications.mailbox.imap_url import ImapServer, parse_imap_url
from notifications.mailbox.reading import MAX_BYTES
from notifications.plain import one_line
from notifications.post.server_url import TokenError, access_token, tls_context

logger = logging.getLogger(__name__)

AT_ONCE = 50  #: mails taken in one round
DONE = ("Arshjul", "Behandlat")  #: the folder for what has been taken in
FLAG = "ArshjulBehandlat"  #: the keyword where a mail cannot be moved
OURS = "X-Arshjul-Key"  #: our own letters lie untouched, for people to read
SETTING = "ARSHJUL_MAILBOX"
BACK = "Breven ligger kvar och läses nästa gång"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([ \d]\d-\w{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"')
_DELIMITER = re.compile(rb'\(.*?\) (?:"(.)"|"\\(.)"|NIL) ')


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
        self._tls = tls_context(server.ca, verify=server.verify)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read the URL (see :mod:`notifications.mailbox.imap_url`). Raises RefusedError that says what is wrong."""
        return cls(parse_imap_url(url))

    async def empty(
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
        async with self._open() as line:
            put_away = await line.way_to_put_away()
            for uid in (await line.waiting(since))[:limit]:
                if stopping():
                    break
                fetched = await line.fetch(uid)
                if fetched is None:
                    continue  # somebody else has just moved it
                try:
                    await asyncio.to_thread(take, fetched)
                except Exception as error:
                    left += 1
                    logger.warning("mailbox.left uid=%s error=%s", uid, type(error).__name__, exc_info=True)
                    continue
                await put_away(uid)
                taken += 1
        return Emptied(taken=taken, left=left)

    async def check(self) -> None:
        """Log in and open the folder. Raises MailboxError."""
        async with self._open():
            pass

    @asynccontextmanager
    async def _open(self) -> AsyncIterator["_Line"]:
        client = self._client()
        try:
            line = _Line(client, self.server)
            try:
                await self._connect(client, line)
                yield line
            except TimeoutError:
                raise MailboxError(
                    f"Brevlådan {self.server} svarade inte inom {self.server.timeout:g} sekunder. {BACK}."
                ) from None
            except ssl.SSLError as error:
                raise MailboxError(
                    f"Brevlådan {self.server} har inget certifikat som går att lita på ({one_line(str(error))}). {BACK}; "
                    f"har servern en egen CA, ange den med ?ca=/sökväg/till/ca.pem i {SETTING}."
                ) from None
            except (aioimaplib.AioImapException, OSError, ValueError) as error:
                raise MailboxError(
                    f"Brevlådan {self.server} går inte att nå ({self._said(error)}). {BACK}; "
                    f"kontrollera att servern är igång och att {SETTING} stämmer."
                ) from None
            with suppress(Exception):  # what was to be done is done
                await asyncio.wait_for(client.logout(), 5)
        finally:
            if transport := client.protocol.transport:
                transport.abort()

    def _client(self) -> Any:
        server = self.server
        if server.tls == "implicit":
            return aioimaplib.IMAP4_SSL(server.host, server.port, timeout=server.timeout, ssl_context=self._tls)
        return aioimaplib.IMAP4(server.host, server.port, timeout=server.timeout)

    async def _connect(self, client: Any, line: "_Line") -> None:
        server = self.server
        await client.wait_hello_from_server()
        await line.capabilities()
        if server.tls == "required":
            await self._start_tls(client)
            await line.capabilities()  # what was said before TLS may be forged
        await self._log_in(client)
        await line.capabilities()
        await line.say(client.select(aioimaplib.aioimaplib.quoted(server.folder)), f"öppna mappen {server.folder}")

    async def _start_tls(self, client: Any) -> None:
        """Turn the line over to TLS; aioimaplib knows the command but not what follows it."""
        protocol = client.protocol
        if "STARTTLS" not in protocol.capabilities:
            raise MailboxError(
                f"Brevlådan {self.server} erbjuder inte STARTTLS. {BACK}; använd imaps:// i {SETTING}, eller be om TLS."
            )
        command = aioimaplib.aioimaplib.Command("STARTTLS", protocol.new_tag(), timeout=self.server.timeout)
        answer = await protocol.execute(command)
        if answer.result != "OK":
            raise MailboxError(f"Brevlådan {self.server} vägrar STARTTLS. {BACK}; använd imaps:// i {SETTING}.")
        protocol.incomplete_line = b""  # bytes that came in the clear are no part of what follows
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.server.timeout):
            protocol.transport = await loop.start_tls(
                protocol.transport, protocol, self._tls, server_hostname=self.server.host
            )

    async def _log_in(self, client: Any) -> None:
        server = self.server
        if server.uses_token:
            try:
                token = await access_token(server.token_command, server.token_file, server.timeout, BACK)
            except TokenError as error:
                raise MailboxError(str(error)) from None
            answer = client.xoauth2(server.user, token)
        else:
            answer = client.login(aioimaplib.aioimaplib.quoted(server.user), server.password)
        try:
            ok = (await answer).result == "OK"
        except TimeoutError:
            ok = False  # a refused token is answered with a question, which aioimaplib leaves unanswered
        if not ok:
            raise MailboxError(
                f"Brevlådan {server} godtog inte inloggningen. {BACK}; "
                f"kontrollera användarnamn och lösenord (eller åtkomsttoken) i {SETTING}."
            )

    def _said(self, error: Exception) -> str:
        words = str(error) or type(error).__name__
        if self.server.password:
            words = words.replace(self.server.password, "***")
        return one_line(words)[:300]


class _Line:
    """What we say to the server in an open folder."""

    def __init__(self, client: Any, server: ImapServer) -> None:
        self._client = client
        self._server = server
        self._can: set[str] = set()
        self._permanent = b""

    async def say(self, answer: Awaitable[Any], what: str) -> list[bytes]:
        """Return an answer's lines. Raises MailboxError unless the server said OK."""
        async with asyncio.timeout(self._server.timeout):
            said = await answer
        if said.result != "OK":
            words = one_line(b" ".join(bytes(line) for line in said.lines).decode("utf-8", "replace"))[:200]
            raise MailboxError(f"Brevlådan {self._server} lät oss inte {what} ({words}). {BACK}.")
        lines = [bytes(line) for line in said.lines]
        for line in lines:
            if b"PERMANENTFLAGS" in line.upper():
                self._permanent = line
        return lines

    async def capabilities(self) -> None:
        """Ask what the server can do now."""
        async with asyncio.timeout(self._server.timeout):
            await self._client.protocol.capability()
        self._can = {each.upper() for each in self._client.protocol.capabilities}

    async def waiting(self, since: date) -> list[int]:
        """Return the mails that have not been taken in, oldest first; our own letters are not among them."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        criteria = ("UNDELETED", "UNKEYWORD", FLAG, "SINCE", day, "NOT", "HEADER", OURS, '""')
        lines = await self.say(self._client.uid_search(*criteria, charset=None), "söka efter nya brev")
        return sorted({int(each) for each in lines[0].split() if each.isdigit()}) if lines else []

    async def fetch(self, uid: int) -> Fetched | None:
        """Fetch one mail without marking it; None when it is gone."""
        about = b" ".join(
            await self.say(self._client.uid("fetch", str(uid), "(UID RFC822.SIZE INTERNALDATE)"), "läsa ett brev")
        )
        size, arrived = _SIZE.search(about), _ARRIVED.search(about)
        if not size:
            return None
        count = int(size[1])
        too_large = count > MAX_BYTES
        part = "BODY.PEEK[HEADER]<0.65536>" if too_large else f"BODY.PEEK[]<0.{MAX_BYTES + 1}>"
        async with asyncio.timeout(self._server.timeout + count / 100_000):  # a slow line carries 100 kB a second
            said = await self._client.uid("fetch", str(uid), f"(UID {part})")
        if said.result != "OK":
            raise MailboxError(f"Brevlådan {self._server} lät oss inte läsa ett brev. {BACK}.")
        raw = next((bytes(line) for line in said.lines if isinstance(line, bytearray)), None)
        if raw is None:
            return None
        return Fetched(raw=raw, arrived=_instant(arrived[1] if arrived else b""), size=count, too_large=too_large)

    async def way_to_put_away(self) -> Callable[[int], Awaitable[None]]:
        """Return how a mail is put away here: moved, copied and taken away, or flagged. Raises MailboxError for none.

        Where a folder cannot be made the mail stays in its own with a keyword, if the server keeps keywords.
        """
        can_move = "MOVE" in self._can
        if (can_move or "UIDPLUS" in self._can) and (folder := await self._done_folder()):
            return self._mover(folder) if can_move else self._copier(folder)
        if rb"\*" in self._permanent or FLAG.encode() in self._permanent:
            return self._flag
        raise MailboxError(
            f"Brevlådan {self._server} låter oss varken flytta eller märka brev, så inget läses. "
            f"Skapa mappen {'/'.join(DONE)} åt kontot, eller ge det rätt att skriva i mappen {self._server.folder}."
        )

    async def _done_folder(self) -> str | None:
        """Return the folder for what is done, made if it is not there; None when it cannot be made."""
        lines = await self.say(self._client.list('""', '""'), "se mapparna")
        found = next((found for line in lines if (found := _DELIMITER.search(line))), None)
        parting = (found[1] or found[2] or b"/").decode() if found else "/"
        for name in (parting.join(DONE), parting.join(("INBOX", *DONE))):
            quoted = aioimaplib.aioimaplib.quoted(name)
            for make in (False, True):
                if make:
                    async with asyncio.timeout(self._server.timeout):
                        await self._client.create(quoted)
                async with asyncio.timeout(self._server.timeout):
                    status = await self._client.status(quoted, "(MESSAGES)")
                if status.result == "OK":
                    return str(quoted)
        return None

    def _mover(self, folder: str) -> Callable[[int], Awaitable[None]]:
        async def move(uid: int) -> None:
            await self.say(self._client.uid("move", str(uid), folder), "flytta ett brev")

        return move

    def _copier(self, folder: str) -> Callable[[int], Awaitable[None]]:
        async def copy(uid: int) -> None:
            await self.say(self._client.uid("copy", str(uid), folder), "kopiera ett brev")
            await self.say(self._client.uid("store", str(uid), r"+FLAGS.SILENT (\Deleted)"), "ta bort ett brev")
            await self.say(self._client.uid("expunge", str(uid)), "ta bort ett brev")

        return copy

    async def _flag(self, uid: int) -> None:
        await self.say(self._client.uid("store", str(uid), f"+FLAGS.SILENT ({FLAG})"), "märka ett brev")


def _instant(read: bytes) -> datetime | None:
    """Return a server's INTERNALDATE; None when it cannot be read."""
    try:
        day, month, rest = read.decode().strip().split("-", 2)
        return datetime.strptime(f"{day}-{_MONTHS.index(month) + 1}-{rest}", "%d-%m-%Y %H:%M:%S %z")
    except ValueError:
        return None
