"""Post by SMTP: one mail transaction for each letter, and what the server's answers mean for whom."""

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from types import TracebackType
from typing import NoReturn, Self

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse

from arshjul.addresses import can_carry
from arshjul.errors import WORDLESS
from notifications.post.mail_url import TIMEOUT, SmtpServer, parse_smtp_url
from notifications.post.post import (
    NOT_TAKEN,
    CrowdedError,
    Delivery,
    LetterRefusedError,
    PostDownError,
    PostError,
    SenderRefusedError,
)
from notifications.post.refusals import Blame, Stage, judge, remedy
from notifications.post.server_login import TokenError, access_token, tls_context

BACK = "Brevet väntar och prövas igen"
SETTING = "ARSHJUL_SMTP_URL"

#: The server wants another login or protection, or we talk out of turn: our fault, not the letter's
NOT_THE_LETTER = frozenset({421, 503, 530, 534, 535, 538})


class _StaleError(PostError):
    """The connection was gone before the letter's bytes were begun, so nothing was handed over."""


class SmtpPost:
    """Post by SMTP. Each task that delivers has a connection of its own, which is used again.

    Certificates are checked against the system's CAs and the URL's own one. ``opened`` returns a letter as it leaves
    us, of what is kept (see :mod:`notifications.letters.sealing`).
    """

    def __init__(self, server: SmtpServer, *, opened: Callable[[bytes], bytes] = bytes) -> None:
        """Raises RefusedError when the URL's CA file cannot be read."""
        self.server = server
        self._opened = opened
        if server.ca:
            _ = self._tls  # what is wrong with the file is told at once
        self._idle: list[SMTP] = []
        self._own_name: str | None = None  # asking for it may ask the DNS: once is enough

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Whose certificates are believed: read when a letter goes. The outbox is looked into every few seconds."""
        return tls_context(self.server.ca, verify=self.server.verify)

    @property
    def connections(self) -> int:
        """How many letters may be on their way at a time."""
        return self.server.connections

    @classmethod
    def from_url(cls, url: str, *, timeout: float = TIMEOUT, opened: Callable[[bytes], bytes] = bytes) -> Self:
        """Read the URL (see :mod:`notifications.post.mail_url`). Raises RefusedError that says what is wrong."""
        return cls(parse_smtp_url(url, timeout=timeout), opened=opened)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take leave of the server."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_quit(client) for client in idle))

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        """Hand over one letter.

        A refusal with 5xx is for good, with 4xx for now. Only what is said of a recipient is a recipient's: a
        refusal of us raises SenderRefusedError, one of the letter LetterRefusedError, one of so many connections
        CrowdedError (:mod:`notifications.post.refusals`). A connection that is lost or silent is for now, also after
        DATA: the server may then have the letter, and gets it again under the same ids.
        """
        mime = self._opened(mime)
        if self._idle:
            with suppress(_StaleError):  # servers drop those who were quiet for long
                return await self._carry(self._idle.pop(), sender, recipients, mime)
        return await self._carry(await self._connect(), sender, recipients, mime)

    async def _connect(self) -> SMTP:
        server = self.server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            oauth_token_generator=self._token if server.uses_token else None,
            local_hostname=self._own_name,
            timeout=server.timeout,
            use_tls=server.tls == "implicit",
            start_tls={"offered": None, "required": True, "implicit": False}[server.tls],
            tls_context=self._tls,
        )
        try:
            await client.connect()
            await _greet(client)
        except aiosmtplib.SMTPAuthenticationError as error:
            self._may_be_crowded(error, Stage.LOGIN)
            raise SenderRefusedError(
                f"E-postservern {server} godtog inte inloggningen ({self._said(error)}). {BACK}; "
                f"kontrollera användarnamn och lösenord i {SETTING}."
            ) from None  # the chain holds what was sent
        except ssl.SSLError as error:
            self._untrusted(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            if isinstance(error.__cause__, ssl.SSLError):
                self._untrusted(error.__cause__)
            self._may_be_crowded(error, Stage.LOGIN)
            raise PostDownError(
                f"E-postservern {server} går inte att nå ({self._said(error)}). {BACK}; "
                f"kontrollera att servern är i gång och att {SETTING} stämmer."
            ) from None
        self._own_name = client.local_hostname
        return client

    async def _carry(self, client: SMTP, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        """Carry one letter over ``client``, and keep the connection only if it is in step with the server."""
        try:
            async with asyncio.timeout(self.server.timeout):
                delivery = await self._transact(client, sender, recipients, mime)
        except TimeoutError:
            client.close()
            raise PostDownError(
                f"E-postservern {self.server} tog inte emot brevet inom {self.server.timeout:g} sekunder. {BACK}; "
                f"är servern långsam, höj tiden med ?timeout= i {SETTING}.",
                begun=True,
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            words = f"Samtalet med e-postservern {self.server} bröts ({self._said(error)}). {BACK}."
            raise PostError(words, begun=True) from None
        except BaseException:  # cut short, or refused: the server may still answer what we no longer wait for
            client.close()
            raise
        if client.is_connected:
            self._idle.append(client)
        return delivery

    async def _transact(self, client: SMTP, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        """One mail transaction, command by command: what is said before DATA has handed nothing over."""
        accepted: list[str] = []
        refused: dict[str, str] = {}
        deferred: dict[str, str] = {}
        unproven: set[str] = set()
        try:
            answer = await self._command(client, b"MAIL", b"FROM:", sender, _mail_options(client, mime))
            if answer.code >= 400:
                return await self._turned_away(client, answer, Stage.MAIL, Delivery(accepted=tuple(recipients)))
            for address in recipients:
                answer = await self._command(client, b"RCPT", b"TO:", address)
                if answer.code < 400:
                    accepted.append(address)
                    continue
                (refused if answer.code >= 500 else deferred)[address] = self._words(answer)
                if answer is not _NO_ADDRESS and judge(*answer, Stage.RCPT) is not Blame.RECIPIENT:
                    unproven.add(address)
        except aiosmtplib.SMTPServerDisconnected as error:
            raise _StaleError(f"E-postservern {self.server} bröt samtalet ({self._said(error)}). {BACK}.") from None
        if not accepted:
            await _reset(client)
            for words in (*refused.values(), *deferred.values()):
                self._raise_what_is_ours(words, Stage.RCPT)
            return Delivery(refused=refused, deferred=deferred, unproven=frozenset(unproven))
        # it takes letters from us to others: what it refuses or puts off here is about the recipient
        delivery = Delivery(accepted=tuple(accepted), refused=refused, deferred=deferred)
        try:
            await client.data(mime, timeout=None)
        except aiosmtplib.SMTPDataError as error:
            return await self._turned_away(client, SMTPResponse(error.code, error.message), Stage.DATA, delivery)
        return delivery

    async def _command(
        self, client: SMTP, verb: bytes, path: bytes, address: str, options: bytes = b""
    ) -> SMTPResponse:
        """Say ``verb`` with an address; one that no letter can be written to is refused for good."""
        if not can_carry(address):
            return _NO_ADDRESS
        answer = await client.execute_command(verb, path + b"<" + address.encode() + b">" + options, timeout=None)
        if answer.code in NOT_THE_LETTER:
            self._turn_back(answer)
        return answer

    async def _turned_away(self, client: SMTP, answer: SMTPResponse, stage: Stage, so_far: Delivery) -> Delivery:
        """Say what an answer about the whole letter means for those who had been accepted so far."""
        if answer.code in NOT_THE_LETTER:
            self._turn_back(answer)
        await _reset(client)
        words = self._words(answer)
        self._raise_what_is_ours(words, stage)
        blame, same = judge(*answer, stage), dict.fromkeys(so_far.accepted, words)
        if answer.code < 500:
            unproven = frozenset() if blame is Blame.RECIPIENT else frozenset(same)
            return Delivery(refused=so_far.refused, deferred={**so_far.deferred, **same}, unproven=unproven)
        if blame is Blame.RECIPIENT and len(same) == 1:
            return Delivery(refused={**so_far.refused, **same}, deferred=so_far.deferred)
        raise LetterRefusedError(
            f"E-postservern {self.server} {NOT_TAKEN} ({words}). Det väntar och prövas igen; "
            "fråga IT vad servern har emot det."
        )

    def _raise_what_is_ours(self, words: str, stage: Stage) -> None:
        """Raise what an answer means that is about us or about so many connections, and no recipient."""
        code, _, rest = words.partition(" ")
        match judge(int(code), rest, stage):
            case Blame.CROWDED:
                raise CrowdedError(f"E-postservern {self.server} vill ha färre samtal på en gång ({words}). {BACK}.")
            case Blame.SENDER:
                raise SenderRefusedError(
                    f"E-postservern {self.server} tar inte emot brev från tjänsten ({words}). Breven väntar; "
                    f"{remedy(words)}."
                )

    def _may_be_crowded(self, error: Exception, stage: Stage) -> None:
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code < 500:
            words = self._words(SMTPResponse(error.code, error.message))
            if judge(error.code, words, stage) is Blame.CROWDED:
                raise CrowdedError(
                    f"E-postservern {self.server} vill ha färre samtal på en gång ({words}). {BACK}."
                ) from None

    def _turn_back(self, answer: SMTPResponse) -> NoReturn:
        """Raise what an answer about the connection or the login means; no letter can mend it."""
        words = self._words(answer)
        if answer.code == 421:
            self._raise_what_is_ours(words, Stage.MAIL)
            raise _StaleError(f"E-postservern {self.server} lade på ({words}). {BACK}.")
        raise SenderRefusedError(
            f"E-postservern {self.server} släpper inte in tjänsten ({words}). {BACK}; "
            f"kontrollera inloggning och kryptering i {SETTING}."
        )

    def _untrusted(self, error: ssl.SSLError) -> NoReturn:
        raise PostDownError(
            f"E-postservern {self.server} har inget certifikat som går att lita på "
            f"({self._said(error)}). {BACK}; "
            f"har servern en egen CA, ange den med ?ca=/sökväg/till/ca.pem i {SETTING}."
        ) from None

    def _said(self, error: Exception) -> str:
        """Return what went wrong, in one line."""
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._words(SMTPResponse(error.code, error.message))
        return self._one_line(str(getattr(error, "message", "")) or str(error) or WORDLESS)

    def _words(self, answer: SMTPResponse) -> str:
        """Return the server's words with their code, in one line."""
        return self._one_line(f"{answer.code} {answer.message}")

    def _one_line(self, text: str) -> str:
        """Make text fit for a database and for people: no password, no control characters, no half letters."""
        if self.server.password:
            text = text.replace(self.server.password, "***")
        text = text.encode("utf-8", "replace").decode()  # bytes that were no UTF-8 came as lone surrogates
        return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()[:500]

    async def _token(self) -> str:
        """Return a fresh access token from the URL's command or file."""
        try:
            return await access_token(self.server.token_command, self.server.token_file, self.server.timeout, BACK)
        except TokenError as error:
            raise PostDownError(str(error)) from None


_NO_ADDRESS = SMTPResponse(553, "adressen är ingen e-postadress; rätta den i personregistret")


def _mail_options(client: SMTP, mime: bytes) -> bytes:
    """Say the size first, where it is understood, so that a letter that is too large is refused at once."""
    size = b" SIZE=%d" % len(mime) if client.supports_extension("size") else b""
    eight = b" BODY=8BITMIME" if client.supports_extension("8bitmime") and not mime.isascii() else b""
    return size + eight


async def _greet(client: SMTP) -> None:
    """Learn what the server can do, unless logging in has told us already."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


async def _reset(client: SMTP) -> None:
    """Make the connection ready for the next letter; one that does not follow is not used again."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


async def _quit(client: SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=2)
    client.close()
