"""The SMTP server's URL: one line says where post goes, how it is protected and how we log in.

``smtp://relay.example.se`` (a relay without login; STARTTLS when offered), ``smtp+starttls://user:pass@host``
(STARTTLS or nothing), ``smtps://user:pass@host`` (TLS from the first byte). A password's ``/ @ # ? %`` are
percent-encoded. Passwords are never in a message, a repr or a chained exception.
"""

import re
import shlex
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from arshjul.errors import RefusedError, nearest

Tls = Literal["offered", "required", "implicit"]

SCHEMES: dict[str, tuple[Tls, int]] = {
    "smtp": ("offered", 25),
    "smtp+starttls": ("required", 587),
    "smtps": ("implicit", 465),
}
OPTIONS = frozenset({"auth", "token_command", "token_file", "ca", "verify", "timeout"})
TIMEOUT = 60.0  #: seconds for a letter, and for each step of connecting, when nothing else is said
LONGEST_TIMEOUT = 180.0  #: seconds; the outbox cuts an attempt soon after that
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


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine by its own name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def without_password(url: str) -> str:
    """Return the URL as it may be shown: what may be a password is ``***``."""
    return re.sub(r"(?s)(?<=://)([^:@/]*):.*@", r"\1:***@", url)


def parse_smtp_url(url: str, *, timeout: float = TIMEOUT) -> SmtpServer:
    """Read an SMTP URL. ``timeout`` (seconds) holds where the URL says none.

    Raises RefusedError that shows what was read (without the password), what is allowed and how to mend it.
    """
    shown = without_password(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # "from None": the ValueError quotes what may be a piece of the password
        raise RefusedError(f"SMTP-adressen {shown} går inte att läsa. {FORMS}") from None
    if parts.scheme not in SCHEMES:
        raise RefusedError(f"SMTP-adressen {shown} börjar inte med smtp://, smtp+starttls:// eller smtps://. {FORMS}")
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise RefusedError(f"SMTP-adressen {shown} ska vara en server och en port, utan sökväg. {FORMS}")
    tls, usual_port = SCHEMES[parts.scheme]
    options = _options(parts, shown)
    server = SmtpServer(
        host=parts.hostname,
        port=port or usual_port,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        token_command=_command(options.get("token_command", ""), shown),
        token_file=Path(options["token_file"]) if "token_file" in options else None,
        ca=Path(options["ca"]) if "ca" in options else None,
        verify=_verify(options.get("verify", "yes"), parts.hostname, shown),
        timeout=_seconds(options["timeout"], shown) if "timeout" in options else timeout,
    )
    _check_login(server, options.get("auth"), shown)
    return server


def _options(parts: SplitResult, shown: str) -> dict[str, str]:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in pairs:
        if name not in OPTIONS:
            raise RefusedError(f"SMTP-adressen {shown}: okänt tillval '{name}'{nearest(name, OPTIONS)}")
        if not value:
            raise RefusedError(f"SMTP-adressen {shown}: tillvalet '{name}' saknar värde.")
    if len(dict(pairs)) < len(pairs):
        raise RefusedError(f"SMTP-adressen {shown}: samma tillval står två gånger. Behåll ett av dem.")
    return dict(pairs)


def _command(text: str, shown: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise RefusedError(
            f"SMTP-adressen {shown}: token_command har ett citattecken utan slut. Skriv kommandot som i ett skal."
        ) from None


def _verify(word: str, host: str, shown: str) -> bool:
    if word not in ("yes", "no"):
        raise RefusedError(f"SMTP-adressen {shown}: verify är '{word}', men ska vara yes eller no.")
    if word == "no" and not is_loopback(host):
        raise RefusedError(
            f"SMTP-adressen {shown}: certifikatet kontrolleras alltid utom mot den egna maskinen. "
            "Har servern ett certifikat från en egen CA, ange den med ?ca=/sökväg/till/ca.pem."
        )
    return word == "yes"


def _seconds(text: str, shown: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise RefusedError(
            f"SMTP-adressen {shown}: timeout är '{text}', men ska vara sekunder, "
            f"över 0 och högst {LONGEST_TIMEOUT:.0f}."
        )
    return seconds


def _check_login(server: SmtpServer, auth: str | None, shown: str) -> None:
    """Raise RefusedError unless user, password, token and protection go together."""
    if auth not in (None, "xoauth2"):
        raise RefusedError(f"SMTP-adressen {shown}: auth är '{auth}', men kan bara vara xoauth2 eller utelämnas.")
    if server.uses_token != (auth == "xoauth2") or (server.token_command and server.token_file):
        raise RefusedError(
            f"SMTP-adressen {shown}: auth=xoauth2 går ihop med ett av token_command och token_file. "
            "Ange kommandot som skriver ut en åtkomsttoken, eller filen som den ligger i."
        )
    if server.uses_token and (not server.user or server.password):
        raise RefusedError(
            f"SMTP-adressen {shown}: med auth=xoauth2 står användarnamnet i adressen, utan lösenord: "
            "smtp+starttls://namn%40example.se@server:587?auth=xoauth2&token_command=..."
        )
    if bool(server.user) != bool(server.password or server.uses_token):
        raise RefusedError(
            f"SMTP-adressen {shown}: användarnamn och lösenord ska anges båda, eller inget av dem. {FORMS}"
        )
    if server.user and server.tls == "offered" and not server.is_loopback:
        raise RefusedError(
            f"SMTP-adressen {shown}: smtp:// kan gå oskyddat, så där får inget lösenord stå. "
            "Använd smtp+starttls:// eller smtps://."
        )
