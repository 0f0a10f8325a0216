"""A real IMAP server on loopback (RFC 3501, with MOVE and UIDPLUS): the commands that the mailbox uses, no others.

``with ImapSink() as sink: sink.put(raw)``; ``sink.folder("INBOX")`` is what lies there. It can lack capabilities,
refuse folders and keywords, hang up after a command, send slowly, ask for TLS, and take LOGIN and XOAUTH2.
"""

import asyncio
import base64
import re
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
USER, PASSWORD, TOKEN = "ekonomi@example.se", 'hem/"lig\\', "opens-the-mailbox"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^()]*(?:\[[^\]]*\][^()]*)*\))|(\S+)')


@dataclass
class Message:
    """One mail in a folder."""

    uid: int
    raw: bytes
    arrived: datetime
    flags: set[str] = field(default_factory=set)


@dataclass
class Manners:
    """How the server behaves."""

    capabilities: tuple[str, ...] = ("MOVE", "UIDPLUS")
    delimiter: str = "/"
    keywords: bool = True
    read_only: bool = False
    sasl: tuple[str, ...] = ("XOAUTH2", "PLAIN")
    may_create: bool = True
    hang_up_at: str = ""  #: drop the connection when this command comes, as "UID MOVE", without an answer
    silent_at: str = ""  #: never answer this command
    drip_at: str = ""  #: from this command on send a byte at a time
    chunk: int = 0  #: bytes sent at a time; 0: all at once
    found_besides: int = 0  #: so many further mails a search tells of
    size_lies: int | None = None  #: RFC822.SIZE says this


class ImapSink:
    """The server in a thread of this process."""

    def __init__(
        self, *, starttls: ssl.SSLContext | None = None, implicit_tls: ssl.SSLContext | None = None, **manners: object
    ) -> None:
        self.manners = Manners(**manners)  # type: ignore[arg-type]  # a test's own words
        self.folders: dict[str, list[Message]] = {"INBOX": []}
        self.commands: list[str] = []
        self.port = 0
        self._uid = 0
        self._starttls, self._implicit = starttls, implicit_tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def put(
        self, raw: bytes, arrived: datetime | None = None, folder: str = "INBOX", flags: tuple[str, ...] = ()
    ) -> int:
        """Let a mail arrive; return its UID."""
        self._uid += 1
        message = Message(self._uid, raw, arrived or datetime.now(UTC), set(flags))
        self.folders.setdefault(folder, []).append(message)
        return self._uid

    def folder(self, name: str) -> list[Message]:
        return list(self.folders.get(name, []))

    def url(self, scheme: str = "imap", query: str = "") -> str:
        from urllib.parse import quote

        login = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
        return f"{scheme}://{login}@{HOST}:{self.port}/INBOX{f'?{query}' if query else ''}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(150)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(150)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(150)
        self._loop.close()

    async def _start(self) -> asyncio.Server:
        return await asyncio.start_server(self._talk, HOST, 0, ssl=self._implicit)

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Talk(self, reader, writer).go()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class _Talk:
    """One connection."""

    def __init__(self, sink: ImapSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.encrypted = sink._implicit is not None
        self.user = ""
        self.selected = ""

    async def go(self) -> None:
        await self.send(b"* OK IMAP4rev1 ready")
        while line := await self.reader.readline():
            tag, *words = [_word(found) for found in _WORD.finditer(line.rstrip(b"\r\n"))]
            name = words[0].decode().upper()
            if name == "UID":
                name, words = f"UID {words[1].decode().upper()}", words[1:]
            self.sink.commands.append(name)
            if name == self.sink.manners.hang_up_at:
                return
            if name == self.sink.manners.drip_at:
                self.sink.manners.chunk = 1
            if name == self.sink.manners.silent_at:
                await asyncio.sleep(3600)
            answer = await self.answer(name, words[1:], tag)
            await self.send(tag + b" " + answer.encode())
            if name == "LOGOUT":
                return
            if name == "STARTTLS" and answer.startswith("OK"):
                await self.writer.start_tls(self.sink._starttls)
                self.encrypted = True

    async def send(self, data: bytes) -> None:
        data += b"\r\n"
        step = self.sink.manners.chunk or len(data)
        for at in range(0, len(data), step):
            self.writer.write(data[at : at + step])
            await self.writer.drain()
            if self.sink.manners.chunk:
                await asyncio.sleep(0.001)

    async def answer(self, name: str, words: list[bytes], tag: bytes) -> str:
        manners = self.sink.manners
        if name == "CAPABILITY":
            more = ("STARTTLS",) if self.sink._starttls and not self.encrypted else ()
            await self.send(
                " ".join(
                    ("* CAPABILITY IMAP4rev1", *(f"AUTH={each}" for each in manners.sasl), *manners.capabilities, *more)
                ).encode()
            )
            return "OK done"
        if name == "STARTTLS":
            return "OK begin TLS" if self.sink._starttls else "BAD no TLS here"
        if name == "LOGIN":
            if self.sink._starttls and not self.encrypted:
                return "NO [PRIVACYREQUIRED] encrypt first"
            self.user = words[0].decode() if [each.decode() for each in words] == [USER, PASSWORD] else ""
            return "OK logged in" if self.user else "NO [AUTHENTICATIONFAILED] Authentication failed."
        if name == "AUTHENTICATE":
            if self.sink._starttls and not self.encrypted:
                return "NO [PRIVACYREQUIRED] encrypt first"
            await self.send(b"+ ")
            said, token = base64.b64decode(await self.reader.readline()).decode(), words[0] == b"XOAUTH2"
            right = f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01" if token else f"\0{USER}\0{PASSWORD}"
            if said == right:
                self.user = USER
                return "OK logged in"
            if token:
                await self.send(b"+ " + base64.b64encode(b'{"status":"401"}'))
                assert await self.reader.readline() == b"\r\n"  # the client shall answer with an empty line
            return "NO AUTHENTICATE failed"
        if name == "LOGOUT":
            await self.send(b"* BYE")
            return "OK bye"
        if not self.user:
            return "BAD log in first"
        if name in ("LIST", "CREATE", "STATUS", "SELECT"):
            return await self.folders(name, [each.decode() for each in words])
        if not self.selected:
            return "BAD select first"
        return await self.messages(name, words)

    async def folders(self, name: str, words: list[str]) -> str:
        sink, manners = self.sink, self.sink.manners
        if name == "LIST":
            await self.send(f'* LIST (\\Noselect) "{manners.delimiter}" ""'.encode())
            return "OK done"
        folder = words[0]
        if name == "CREATE":
            if not manners.may_create or folder in sink.folders:
                return "NO cannot"
            sink.folders[folder] = []
            return "OK made"
        if folder not in sink.folders:
            return "NO [NONEXISTENT] no such folder"
        if name == "STATUS":
            await self.send(f'* STATUS "{folder}" (MESSAGES {len(sink.folders[folder])})'.encode())
            return "OK done"
        self.selected = folder
        flags = r"\Seen \Deleted \*" if manners.keywords else r"\Seen \Deleted"
        await self.send(f"* {len(sink.folders[folder])} EXISTS".encode())
        await self.send(f"* OK [PERMANENTFLAGS ({flags})] limited".encode())
        await self.send(b"* OK [UIDVALIDITY 7] ok")
        return "OK [READ-ONLY] selected" if manners.read_only else "OK [READ-WRITE] selected"

    async def messages(self, name: str, words: list[bytes]) -> str:
        here = self.sink.folders[self.selected]
        if name == "UID SEARCH":
            found = [each for each in here if _matches(each, [word.decode() for word in words])]
            uids = [
                *(each.uid for each in found),
                *range(4_000_000_000, 4_000_000_000 + self.sink.manners.found_besides),
            ]
            await self.send(" ".join(["* SEARCH", *map(str, uids)]).encode())
            return "OK done"
        chosen = [each for each in here if str(each.uid) == words[0].decode()]
        if name == "UID FETCH":
            for each in chosen:
                await self.send(f"* {here.index(each) + 1} FETCH (".encode() + self.items(each, words[1]) + b")")
            return "OK done"
        if name == "UID STORE":
            new = words[2].decode().strip("()").split()
            if not self.sink.manners.keywords and any(not flag.startswith("\\") for flag in new):
                return "NO no keywords here"
            for each in chosen:
                each.flags |= set(new)
            return "OK done"
        if name == "UID EXPUNGE" and "UIDPLUS" in self.sink.manners.capabilities:
            here[:] = [each for each in here if not (each in chosen and "\\Deleted" in each.flags)]
            return "OK done"
        if name in ("UID COPY", "UID MOVE") and (name == "UID COPY" or "MOVE" in self.sink.manners.capabilities):
            target = words[1].decode()
            if target not in self.sink.folders:
                return "NO [TRYCREATE] no such folder"
            for each in chosen:
                self.sink.put(each.raw, each.arrived, target, tuple(each.flags))
            if name == "UID MOVE":
                here[:] = [each for each in here if each not in chosen]
            return "OK done"
        return f"BAD unknown {name}"

    def items(self, message: Message, asked: bytes) -> bytes:
        asked_for = asked.decode().strip("()").upper()
        pieces = [f"UID {message.uid}".encode()]
        if "RFC822.SIZE" in asked_for:
            lies = self.sink.manners.size_lies
            pieces.append(f"RFC822.SIZE {len(message.raw) if lies is None else lies}".encode())
        if "INTERNALDATE" in asked_for:
            at = message.arrived
            day = f"{at.day:2}-{MONTHS[at.month - 1]}-{at:%Y %H:%M:%S %z}"
            pieces.append(f'INTERNALDATE "{day}"'.encode())
        if found := re.search(r"BODY(\.PEEK)?\[(HEADER)?\](?:<0\.(\d+)>)?", asked_for):
            peek, head, most = found.groups()
            raw = message.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head else message.raw
            raw = raw[: int(most)] if most else raw
            if not peek:
                message.flags.add("\\Seen")
            start = "<0>" if most else ""
            pieces.append(f"BODY[{head or ''}]{start} {{{len(raw)}}}\r\n".encode() + raw)
        return b" ".join(pieces)


def _word(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return re.sub(rb"\\(.)", rb"\1", found[1])
    return found[2] or found[3]


def _matches(message: Message, words: list[str]) -> bool:
    rest, matches = list(words), True
    while rest:
        matches = _one(message, rest) and matches
    return matches


def _one(message: Message, rest: list[str]) -> bool:
    match rest.pop(0).upper():
        case "ALL":
            return True
        case "NOT":
            return not _one(message, rest)
        case "UNDELETED":
            return "\\Deleted" not in message.flags
        case "UNKEYWORD":
            return rest.pop(0) not in message.flags
        case "SINCE":
            day, month, year = rest.pop(0).split("-")
            return message.arrived.date() >= date(int(year), MONTHS.index(month) + 1, int(day))
        case "HEADER":
            name, value = rest.pop(0), rest.pop(0)
            found = BytesHeaderParser(policy=compat32).parsebytes(message.raw)[name]
            return found is not None and value.lower() in str(found).lower()
    raise ValueError(f"no such search key, before {rest}")
