"""The SMTP server's URL: one line says where post goes, how it is protected and how we log in.

``smtp://relay.example.se`` (a relay without login; STARTTLS when offered), ``smtp+starttls://user:pass@host``
(STARTTLS or nothing), ``smtps://user:pass@host`` (TLS from the first byte). A password's ``/ @ # ? %`` are
percent-encoded. Passwords are never in a message, a repr or a chained exception.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from arshjul.errors import RefusedError
from notifications.post.server_url import (
    check_login,
    is_loopback,
    read_command,
    read_options,
    read_seconds,
    read_verify,
    without_password,
)

Tls = Literal["offered", "required", "implicit"]

SCHEMES: dict[str, tuple[Tls, int]] = {
    "smtp": ("offered", 25),
    "smtp+starttls": ("required", 587),
    "smtps": ("implicit", 465),
}
OPTIONS = frozenset({"auth", "token_command", "token_file", "ca", "verify", "timeout", "connections"})
TIMEOUT = 60.0  #: seconds for a letter, and for each step of connecting, when nothing else is said
CONNECTIONS, MOST_CONNECTIONS = 3, 20  #: at a time: Exchange Online takes three from one account
FORMS = (
    "Skriv till exempel smtp://relay.example.se:25, smtp+starttls://namn:lösenord@smtp.example.se:587 "
    "eller smtps://namn:lösenord@smtp.example.se:465. Tecken som / @ # ? % i lösenordet skrivs som %2F %40 "
    "%23 %3F %25."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """One SMTP server as the URL describes it."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token_command: tuple[str, ...] = field(default=(), repr=False)  #: prints an OAuth access token
    token_file: Path | None = None  #: holds an OAuth access token; read at every login
    ca: Path | None = None  #: PEM file with the municipality's own CA, beside the system's
    verify: bool = True  #: False only for loopback
    timeout: float = TIMEOUT  #: seconds, for a letter and for each step of connecting
    connections: int = CONNECTIONS  #: at most, at a time

    @property
    def is_loopback(self) -> bool:
        """Whether post stays on this machine."""
        return is_loopback(self.host)

    @property
    def uses_token(self) -> bool:
        """Whether we log in by XOAUTH2."""
        return bool(self.token_command or self.token_file)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_smtp_url(url: str, *, timeout: float = TIMEOUT) -> SmtpServer:
    """Read an SMTP URL. ``timeout`` (seconds) holds where the URL says none.

    Raises RefusedError that shows what was read (without the password), what is allowed and how to mend it.
    """
    what = f"SMTP-adressen {without_password(url)}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # "from None": the ValueError quotes what may be a piece of the password
        raise RefusedError(f"{what} går inte att läsa. {FORMS}") from None
    if parts.scheme not in SCHEMES:
        raise RefusedError(f"{what} börjar inte med smtp://, smtp+starttls:// eller smtps://. {FORMS}")
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise RefusedError(f"{what} ska vara en server och en port, utan sökväg. {FORMS}")
    tls, usual_port = SCHEMES[parts.scheme]
    options = read_options(parts, what, OPTIONS)
    server = SmtpServer(
        host=parts.hostname,
        port=port or usual_port,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        token_command=read_command(options.get("token_command", ""), what),
        token_file=Path(options["token_file"]) if "token_file" in options else None,
        ca=Path(options["ca"]) if "ca" in options else None,
        verify=read_verify(options.get("verify", "yes"), parts.hostname, what),
        timeout=read_seconds(options["timeout"], what) if "timeout" in options else timeout,
        connections=_read_connections(options["connections"], what) if "connections" in options else CONNECTIONS,
    )
    _check_login(server, options.get("auth"), what)
    return server


def _read_connections(read: str, what: str) -> int:
    if not (read.isascii() and read.isdigit() and 1 <= int(read) <= MOST_CONNECTIONS):
        raise RefusedError(
            f"{what}: connections ska vara hur många samtal som får föras på en gång, 1 till {MOST_CONNECTIONS}, "
            f"inte '{read}'."
        )
    return int(read)


def _check_login(server: SmtpServer, auth: str | None, what: str) -> None:
    """Raise RefusedError unless user, password, token and protection go together."""
    check_login(
        what,
        user=server.user,
        password=server.password,
        token_command=server.token_command,
        token_file=server.token_file,
        auth=auth,
        example="smtp+starttls://namn%40example.se@server:587?auth=xoauth2&token_command=...",
    )
    if bool(server.user) != bool(server.password or server.uses_token):
        raise RefusedError(f"{what}: användarnamn och lösenord ska anges båda, eller inget av dem. {FORMS}")
    if server.user and server.tls == "offered" and not server.is_loopback:
        raise RefusedError(
            f"{what}: smtp:// kan gå oskyddat, så där får inget lösenord stå. Använd smtp+starttls:// eller smtps://."
        )
