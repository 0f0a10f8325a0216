"""The URLs of mail servers: one line says where a server is, how the line is protected and how we log in.

``smtp://relay.example.se`` (a relay without login; STARTTLS when offered), ``smtp+starttls://user:pass@host``
(STARTTLS or nothing), ``smtps://user:pass@host`` (TLS from the first byte). For the mailbox ``imaps://`` and
``imap+starttls://``, with the folder as path (``/INBOX`` when nothing is said), and ``imap://`` on this machine only.
A password's ``/ @ # ? %`` are percent-encoded. Passwords are never in a message, a repr or a chained exception.

They are read once, at start, and refused with what was read (without its password), what is allowed and the remedy.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from arshjul.errors import RefusedError, nearest

Tls = Literal["none", "offered", "required", "implicit"]

TIMEOUT = 60.0  #: seconds for a letter, and for each word with a server, when nothing else is said
LONGEST_TIMEOUT = 180.0  #: seconds; the outbox cuts an attempt soon after that
CONNECTIONS, MOST_CONNECTIONS = 3, 20  #: at a time: Exchange Online takes three from one account
INBOX = "INBOX"

_COMMON = frozenset({"auth", "token_command", "token_file", "ca", "verify", "timeout"})
_FOLDER = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LOCAL_NAMES = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """What the URL says of any server."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token_command: tuple[str, ...] = field(default=(), repr=False)  #: prints an OAuth access token
    token_file: Path | None = None  #: holds an OAuth access token; read at every login
    ca: Path | None = None  #: PEM file with the municipality's own CA, beside the system's
    verify: bool = True  #: False only for loopback
    timeout: float = TIMEOUT  #: seconds, for a letter and for each word with the server

    @property
    def is_loopback(self) -> bool:
        """Whether mail stays on this machine."""
        return is_loopback(self.host)

    @property
    def uses_token(self) -> bool:
        """Whether we log in by XOAUTH2."""
        return bool(self.token_command or self.token_file)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer(MailServer):
    """The server that letters are handed over to."""

    connections: int = CONNECTIONS  #: at most, at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer(MailServer):
    """The mailbox where replies and bounces come."""

    user: str
    folder: str = INBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How one kind of URL is written."""

    name: str  #: as a message begins
    schemes: Mapping[str, tuple[Tls, int]]  #: protection and usual port
    begins: str
    shape: str  #: what it names, and what may stand in it
    options: frozenset[str]
    forms: str  #: examples, and how a password's signs are written
    tokened: str  #: an example with an access token


_SIGNS = "Tecken som / @ # ? % i namn och lösenord skrivs som %2F %40 %23 %3F %25."
_SMTP = _Kind(
    name="SMTP-adressen",
    schemes={"smtp": ("offered", 25), "smtp+starttls": ("required", 587), "smtps": ("implicit", 465)},
    begins="smtp://, smtp+starttls:// eller smtps://",
    shape="en server och en port, utan sökväg",
    options=_COMMON | {"connections"},
    forms="Skriv till exempel smtp://relay.example.se:25, smtp+starttls://namn:lösenord@smtp.example.se:587 eller "
    f"smtps://namn:lösenord@smtp.example.se:465. {_SIGNS}",
    tokened="smtp+starttls://namn%40example.se@server:587?auth=xoauth2&token_command=...",
)
_IMAP = _Kind(
    name="Brevlådans adress",
    schemes={"imap": ("none", 143), "imap+starttls": ("required", 143), "imaps": ("implicit", 993)},
    begins="imaps:// eller imap+starttls://",
    shape="en server, en port och en mapp",
    options=_COMMON,
    forms=f"Skriv till exempel imaps://namn:lösenord@post.example.se:993/INBOX. {_SIGNS}",
    tokened="imaps://namn%40example.se@outlook.office365.com/INBOX?auth=xoauth2&token_command=...",
)


def parse_smtp_url(url: str, *, timeout: float = TIMEOUT) -> SmtpServer:
    """Read an SMTP URL. ``timeout`` (seconds) holds where the URL says none.

    Raises RefusedError that shows what was read (without the password), what is allowed and how to mend it.
    """
    what, parts, options, found = _read(url, _SMTP, timeout)
    if parts.path not in ("", "/"):
        raise RefusedError(f"{what} ska vara {_SMTP.shape}. {_SMTP.forms}")
    connections = _read_connections(options["connections"], what) if "connections" in options else CONNECTIONS
    server = SmtpServer(**found, connections=connections)
    if bool(server.user) != bool(server.password or server.uses_token):
        raise RefusedError(f"{what}: användarnamn och lösenord ska anges båda, eller inget av dem. {_SMTP.forms}")
    if server.user and server.tls == "offered" and not server.is_loopback:
        raise RefusedError(
            f"{what}: smtp:// kan gå oskyddat, så där får inget lösenord stå. Använd smtp+starttls:// eller smtps://."
        )
    return server


def parse_imap_url(url: str, *, timeout: float = TIMEOUT) -> ImapServer:
    """Read a mailbox's URL. ``timeout`` (seconds) holds where the URL says none.

    Raises RefusedError that shows what was read (without the password), what is allowed and how to mend it.
    """
    what, parts, _, found = _read(url, _IMAP, timeout)
    folder = unquote(parts.path.removeprefix("/")) or INBOX
    if not _FOLDER.fullmatch(folder):
        raise RefusedError(
            f"{what}: mappens namn får inte ha radbrytningar eller styrtecken. Rätta namnet, eller ta INBOX."
        )
    server = ImapServer(**found, folder=folder)
    if server.tls == "none" and not server.is_loopback:
        raise RefusedError(f"{what}: imap:// går oskyddat. Använd imaps:// eller imap+starttls://.")
    if not server.user or not (server.password or server.uses_token):
        raise RefusedError(f"{what} saknar användarnamn eller lösenord. {_IMAP.forms}")
    return server


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine by its own name or address; a name other than localhost does not count."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() in _LOCAL_NAMES


def without_password(url: str) -> str:
    """Return the URL as it may be shown: what may be a password is ``***``."""
    begins = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url)
    scheme = begins[0] if begins else ""
    login, at, server = url.removeprefix(scheme).rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{user}{':***' if colon else ''}{at}{server}"


def _read(url: str, kind: _Kind, timeout: float) -> tuple[str, SplitResult, dict[str, str], dict[str, Any]]:
    """Return how a message names the URL, its parts and options, and what a :class:`MailServer` is made of."""
    what = f"{kind.name} {without_password(url)}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # "from None": the ValueError quotes what may be a piece of the password
        raise RefusedError(f"{what} går inte att läsa. {kind.forms}") from None
    if parts.scheme not in kind.schemes:
        raise RefusedError(f"{what} börjar inte med {kind.begins}. {kind.forms}")
    if not parts.hostname or parts.fragment or port == 0:
        raise RefusedError(f"{what} ska vara {kind.shape}. {kind.forms}")
    tls, usual_port = kind.schemes[parts.scheme]
    options = _read_options(parts, what, kind.options)
    found: dict[str, Any] = {
        "host": parts.hostname,
        "port": port or usual_port,
        "tls": tls,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "token_command": _read_command(options.get("token_command", ""), what),
        "token_file": Path(options["token_file"]) if "token_file" in options else None,
        "ca": Path(options["ca"]) if "ca" in options else None,
        "verify": _read_verify(options.get("verify", "yes"), parts.hostname, what),
        "timeout": _read_seconds(options["timeout"], what) if "timeout" in options else timeout,
    }
    _check_login(MailServer(**found), options.get("auth"), what, kind)
    return what, parts, options, found


def _read_options(parts: SplitResult, what: str, allowed: frozenset[str]) -> dict[str, str]:
    """Return the URL's options, each once."""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in pairs:
        if name not in allowed:
            raise RefusedError(f"{what}: okänt tillval '{name}'{nearest(name, allowed)}")
        if not value:
            raise RefusedError(f"{what}: tillvalet '{name}' saknar värde.")
    if len(dict(pairs)) < len(pairs):
        raise RefusedError(f"{what}: samma tillval står två gånger. Behåll ett av dem.")
    return dict(pairs)


def _read_command(text: str, what: str) -> tuple[str, ...]:
    """Return a command's words, as a shell would part them."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise RefusedError(
            f"{what}: token_command har ett citattecken utan slut. Skriv kommandot som i ett skal."
        ) from None


def _read_verify(word: str, host: str, what: str) -> bool:
    """Return whether certificates are checked; only towards this machine may they be taken unseen."""
    if word not in ("yes", "no"):
        raise RefusedError(f"{what}: verify är '{word}', men ska vara yes eller no.")
    if word == "no" and not is_loopback(host):
        raise RefusedError(
            f"{what}: certifikatet kontrolleras alltid utom mot den egna maskinen. "
            "Har servern ett certifikat från en egen CA, ange den med ?ca=/sökväg/till/ca.pem."
        )
    return word == "yes"


def _read_seconds(text: str, what: str) -> float:
    """Return a time-out in seconds, over 0 and at most ``LONGEST_TIMEOUT``."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise RefusedError(
            f"{what}: timeout är '{text}', men ska vara sekunder, över 0 och högst {LONGEST_TIMEOUT:.0f}."
        )
    return seconds


def _read_connections(read: str, what: str) -> int:
    if not (read.isascii() and read.isdigit() and 1 <= int(read) <= MOST_CONNECTIONS):
        raise RefusedError(
            f"{what}: connections ska vara hur många samtal som får föras på en gång, 1 till {MOST_CONNECTIONS}, "
            f"inte '{read}'."
        )
    return int(read)


def _check_login(server: MailServer, auth: str | None, what: str, kind: _Kind) -> None:
    """Raise RefusedError unless user, password and token go together."""
    if auth not in (None, "xoauth2"):
        raise RefusedError(f"{what}: auth är '{auth}', men kan bara vara xoauth2 eller utelämnas.")
    if server.uses_token != (auth == "xoauth2") or (server.token_command and server.token_file):
        raise RefusedError(
            f"{what}: auth=xoauth2 går ihop med ett av token_command och token_file. "
            "Ange kommandot som skriver ut en åtkomsttoken, eller filen som den ligger i."
        )
    if server.uses_token and (not server.user or server.password):
        raise RefusedError(f"{what}: med auth=xoauth2 står användarnamnet i adressen, utan lösenord: {kind.tokened}")
    if _CONTROL.search(f"{server.user or ''}{server.password or ''}"):
        raise RefusedError(f"{what}: användarnamn och lösenord får inte ha radbrytningar eller styrtecken.")
