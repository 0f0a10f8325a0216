"""A real SMTP server on loopback that can be slow, refuse, defer, hang up, ask for TLS and login.

In a test: ``with Sink(...) as sink``. As a process of its own, which outlives a killed sender:
``python tests/rig/servers/smtp_sink.py --port 0 --maildir DIR``; it prints its port, and then each accepted message is a
file ``000001.eml``, ... that is on disk before the server says OK; its first line is the recipients.
Without ``--maildir`` they are only counted.
"""

import argparse
import asyncio
import base64
import os
import random
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that the server said OK to."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    def header(self, name: str) -> str:
        return str(message_from_bytes(self.content)[name])


@dataclass
class Manners:
    """How the server behaves. Addresses map to its whole answer, such as ``550 5.1.1 No such user``."""

    at_rcpt: Mapping[str, str] = field(default_factory=dict)
    at_data: Mapping[str, str] = field(default_factory=dict)  #: when this address is among the recipients
    at_mail: str | None = None
    always: tuple[str, str] | None = None  #: (AUTH, MAIL, RCPT or DATA, the answer to everybody there)
    slow: tuple[float, float] = (0.0, 0.0)  #: seconds, from–to, before OK to a message
    hang_up_after_data: int = 0  #: so many messages are read, and the connection dropped without an answer
    hang_up_when_idle: bool = False  #: drop the connection soon after each message


class Handler:
    """Keeps what was accepted, in a list or as files."""

    def __init__(
        self, manners: Manners, folder: Path | None = None, *, seed: int = 0, counts_only: bool = False
    ) -> None:
        self.manners = manners
        self.folder = folder
        self.counts_only = counts_only
        self.accepted: list[Accepted] = []
        self.hung_up = 0
        self.count = 0
        self.sessions: set[int] = set()
        self.talking: set[int] = set()  #: sessions that are open now
        self.most = 0  #: sessions at a time
        self.logins: list[str] = []
        self._random = random.Random(seed)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        self.most = max(self.most, len(self.talking))
        if self._refuses("MAIL"):
            return self._refuses("MAIL")
        if self.manners.at_mail:
            return self.manners.at_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._refuses("RCPT"):
            return self._refuses("RCPT")
        if address in self.manners.at_rcpt:
            return self.manners.at_rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        if self._refuses("DATA"):
            return self._refuses("DATA")
        shortest, longest = self.manners.slow
        if longest:
            await asyncio.sleep(self._random.uniform(shortest, longest))
        if self.hung_up < self.manners.hang_up_after_data:
            self.hung_up += 1
            hang_up(server)
            return "250 never heard"
        for address in envelope.rcpt_tos:
            if address in self.manners.at_data:
                return self.manners.at_data[address]
        self._keep(envelope)
        if self.manners.hang_up_when_idle:
            asyncio.get_running_loop().call_later(0.01, hang_up, server)
        return f"250 OK {self.count}"

    def _refuses(self, stage: str) -> str:
        at, answer = self.manners.always or ("", "")
        return answer if at == stage else ""

    def _keep(self, envelope: Envelope) -> None:
        self.count += 1
        content = envelope.original_content or b""
        if self.folder:
            with (self.folder / f"{self.count:06}.eml").open("wb") as file:
                file.write(",".join(envelope.rcpt_tos).encode() + b"\r\n" + content)
                file.flush()
                os.fsync(file.fileno())
        elif not self.counts_only:
            self.accepted.append(Accepted(str(envelope.mail_from), tuple(envelope.rcpt_tos), content))


def hang_up(server: SMTP) -> None:
    """Drop the connection without a word."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


class TokenSmtp(SMTP):
    """Also takes XOAUTH2, where ``good_token`` opens; and is counted while it talks."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.talking.add(id(self))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.talking.discard(id(self))
        super().connection_lost(error)

    good_token = "opens-the-door"

    async def auth_XOAUTH2(self, _: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        user, bearer = base64.b64decode(args[1]).decode().strip("\x01").split("\x01")
        if bearer == f"auth=Bearer {self.good_token}":
            self.event_handler.logins.append(user.removeprefix("user="))
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


class Sink:
    """The server in a thread of this process. ``accepted`` is what it said OK to."""

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        token_login: bool = False,
        starttls: ssl.SSLContext | None = None,
        implicit_tls: ssl.SSLContext | None = None,
        require_starttls: bool = False,
        port: int = 0,
        **manners: Any,
    ) -> None:
        self.manners = Manners(**manners)
        self.handler = Handler(self.manners)
        self.port = port
        self._implicit_tls = implicit_tls
        self._login = login
        self._options: dict[str, Any] = {"hostname": "sink.example.se", "enable_SMTPUTF8": False}
        if starttls:
            self._options |= {"tls_context": starttls, "require_starttls": require_starttls}
        if login or token_login:
            encrypted = bool(starttls)
            self._options |= {
                "auth_required": True,
                "auth_require_tls": encrypted,
                "authenticator": self._knows,
            }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def accepted(self) -> list[Accepted]:
        return self.handler.accepted

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
        return await asyncio.get_running_loop().create_server(
            lambda: TokenSmtp(self.handler, loop=self._loop, **self._options),
            HOST,
            self.port,
            ssl=self._implicit_tls,
        )

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if refusal := self.handler._refuses("AUTH"):
            return AuthResult(success=False, handled=False, message=refusal)
        pair = (data.login.decode(), data.password.decode())
        if pair == self._login:
            self.handler.logins.append(pair[0])
        return AuthResult(success=pair == self._login, handled=False)


@dataclass(frozen=True, slots=True)
class Certificates:
    """A made-up CA, and a server's certificate from it."""

    ca: Path
    server: ssl.SSLContext


def make_certificates(folder: Path, host: str = HOST) -> Certificates:
    """Make a CA and a certificate for ``host`` (an address, or a name) in ``folder``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(name: str, issuer: str, key: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        )

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = (
        named("Provkommunens CA", "Provkommunens CA", ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    try:
        alternative: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    certificate = (
        named(host, "Provkommunens CA", key)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return Certificates(folder / "ca.pem", context)


async def serve(port: int, folder: Path | None, slow: tuple[float, float], seed: int) -> None:
    handler = Handler(Manners(slow=slow), folder, seed=seed, counts_only=not folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, hostname="sink.example.se"), HOST, port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--maildir", type=Path)
    parser.add_argument("--slow", type=float, nargs=2, default=(0.0, 0.0), metavar=("FROM", "TO"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.maildir, tuple(given.slow), given.seed))
