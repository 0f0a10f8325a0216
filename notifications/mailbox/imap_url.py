"""The mailbox's URL: one line says where replies and bounces lie, how the line is protected and how we log in.

``imaps://user:pass@host/INBOX`` (TLS from the first byte), ``imap+starttls://user:pass@host/INBOX`` (STARTTLS or
nothing), ``imap://`` on this machine only. The path is the folder: ``/INBOX`` when nothing is said. A password's
``/ @ # ? %`` are percent-encoded. Passwords are never in a message, a repr or a chained exception.
"""

import re
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

Tls = Literal["none", "required", "implicit"]

SCHEMES: dict[str, tuple[Tls, int]] = {
    "imap": ("none", 143),
    "imap+starttls": ("required", 143),
    "imaps": ("implicit", 993),
}
OPTIONS = frozenset({"auth", "token_command", "token_file", "ca", "verify", "timeout"})
TIMEOUT = 60.0  #: seconds for each word with the server
INBOX = "INBOX"
FORMS = (
    "Skriv till exempel imaps://namn:lösenord@post.example.se:993/INBOX. Tecken som / @ # ? % i namn och lösenord "
    "skrivs som %2F %40 %23 %3F %25."
)
_FOLDER = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """One mailbox as the URL describes it."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str | None = field(default=None, repr=False)
    token_command: tuple[str, ...] = field(default=(), repr=False)  #: prints an OAuth access token
    token_file: Path | None = None  #: holds an OAuth access token; read at every login
    folder: str = INBOX
    ca: Path | None = None  #: PEM file with the municipality's own CA, beside the system's
    verify: bool = True  #: False only for loopback
    timeout: float = TIMEOUT

    @property
    def uses_token(self) -> bool:
        """Whether we log in by XOAUTH2."""
        return bool(self.token_command or self.token_file)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_imap_url(url: str, *, timeout: float = TIMEOUT) -> ImapServer:
    """Read a mailbox's URL. ``timeout`` (seconds) holds where the URL says none.

    Raises RefusedError that shows what was read (without the password), what is allowed and how to mend it.
    """
    what = f"Brevlådans adress {without_password(url)}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # "from None": the ValueError quotes what may be a piece of the password
        raise RefusedError(f"{what} går inte att läsa. {FORMS}") from None
    if parts.scheme not in SCHEMES:
        raise RefusedError(f"{what} börjar inte med imaps:// eller imap+starttls://. {FORMS}")
    if not parts.hostname or parts.fragment or port == 0:
        raise RefusedError(f"{what} ska vara en server, en port och en mapp. {FORMS}")
    tls, usual_port = SCHEMES[parts.scheme]
    if tls == "none" and not is_loopback(parts.hostname):
        raise RefusedError(f"{what}: imap:// går oskyddat. Använd imaps:// eller imap+starttls://.")
    folder = unquote(parts.path.removeprefix("/")) or INBOX
    if not _FOLDER.fullmatch(folder):
        raise RefusedError(
            f"{what}: mappens namn får inte ha radbrytningar eller styrtecken. Rätta namnet, eller ta INBOX."
        )
    options = read_options(parts, what, OPTIONS)
    server = ImapServer(
        host=parts.hostname,
        port=port or usual_port,
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password) if parts.password else None,
        token_command=read_command(options.get("token_command", ""), what),
        token_file=Path(options["token_file"]) if "token_file" in options else None,
        folder=folder,
        ca=Path(options["ca"]) if "ca" in options else None,
        verify=read_verify(options.get("verify", "yes"), parts.hostname, what),
        timeout=read_seconds(options["timeout"], what) if "timeout" in options else timeout,
    )
    check_login(
        what,
        user=server.user,
        password=server.password,
        token_command=server.token_command,
        token_file=server.token_file,
        auth=options.get("auth"),
        example="imaps://namn%40example.se@outlook.office365.com/INBOX?auth=xoauth2&token_command=...",
    )
    if not server.user or not (server.password or server.uses_token):
        raise RefusedError(f"{what} saknar användarnamn eller lösenord. {FORMS}")
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in f"{server.user}{server.password or ''}"):
        raise RefusedError(f"{what}: användarnamn och lösenord får inte ha radbrytningar eller styrtecken.")
    return server
