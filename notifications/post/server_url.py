"""What the URLs of mail servers have in common: options, TLS, and the access token by which we log in.

``what`` is how a message names the URL: "SMTP-adressen smtp://…", without its password.
"""

import asyncio
import re
import shlex
import ssl
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl

from arshjul.errors import ArshjulError, RefusedError, nearest

LONGEST_TIMEOUT = 180.0  #: seconds; the outbox cuts an attempt soon after that


class TokenError(ArshjulError):
    """No access token was given. The message is Swedish; the token itself is in no message."""


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine by its own name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def without_password(url: str) -> str:
    """Return the URL as it may be shown: what may be a password is ``***``."""
    return re.sub(r"(?s)(?<=://)([^:@/]*):.*@", r"\1:***@", url)


def read_options(parts: SplitResult, what: str, allowed: Collection[str]) -> dict[str, str]:
    """Return the URL's options, each once. Raises RefusedError for one that is unknown, empty or doubled."""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in pairs:
        if name not in allowed:
            raise RefusedError(f"{what}: okänt tillval '{name}'{nearest(name, allowed)}")
        if not value:
            raise RefusedError(f"{what}: tillvalet '{name}' saknar värde.")
    if len(dict(pairs)) < len(pairs):
        raise RefusedError(f"{what}: samma tillval står två gånger. Behåll ett av dem.")
    return dict(pairs)


def read_command(text: str, what: str) -> tuple[str, ...]:
    """Return a command's words, as a shell would part them."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise RefusedError(
            f"{what}: token_command har ett citattecken utan slut. Skriv kommandot som i ett skal."
        ) from None


def read_verify(word: str, host: str, what: str) -> bool:
    """Return whether certificates are checked; only towards this machine may they be taken unseen."""
    if word not in ("yes", "no"):
        raise RefusedError(f"{what}: verify är '{word}', men ska vara yes eller no.")
    if word == "no" and not is_loopback(host):
        raise RefusedError(
            f"{what}: certifikatet kontrolleras alltid utom mot den egna maskinen. "
            "Har servern ett certifikat från en egen CA, ange den med ?ca=/sökväg/till/ca.pem."
        )
    return word == "yes"


def read_seconds(text: str, what: str) -> float:
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


def check_login(
    what: str,
    *,
    user: str | None,
    password: str | None,
    token_command: tuple[str, ...],
    token_file: Path | None,
    auth: str | None,
    example: str,
) -> None:
    """Raise RefusedError unless user, password and token go together. ``example`` is a URL with a token."""
    uses_token = bool(token_command or token_file)
    if auth not in (None, "xoauth2"):
        raise RefusedError(f"{what}: auth är '{auth}', men kan bara vara xoauth2 eller utelämnas.")
    if uses_token != (auth == "xoauth2") or (token_command and token_file):
        raise RefusedError(
            f"{what}: auth=xoauth2 går ihop med ett av token_command och token_file. "
            "Ange kommandot som skriver ut en åtkomsttoken, eller filen som den ligger i."
        )
    if uses_token and (not user or password):
        raise RefusedError(f"{what}: med auth=xoauth2 står användarnamnet i adressen, utan lösenord: {example}")


def tls_context(ca: Path | None, *, verify: bool) -> ssl.SSLContext:
    """Return how servers' certificates are checked: by the system's CAs and ``ca``, a PEM file.

    Raises RefusedError when the file cannot be read.
    """
    context = ssl.create_default_context()
    if ca:
        try:
            context.load_verify_locations(cafile=ca)
        except (OSError, ssl.SSLError) as error:
            raise RefusedError(
                f"CA-filen {ca} går inte att läsa ({error}). Den ska vara en PEM-fil "
                "(-----BEGIN CERTIFICATE-----) som tjänsten får läsa."
            ) from error
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def access_token(command: Sequence[str], file: Path | None, timeout: float, remedy: str) -> str:
    """Return a fresh access token from a command or a file. What they print is never shown.

    Raises TokenError, whose words end with ``remedy``.
    """
    if file:
        try:
            return (await asyncio.to_thread(file.read_text)).strip()
        except OSError as error:
            raise TokenError(
                f"Filen med åtkomsttoken, {file}, går inte att läsa ({error.strerror}). {remedy}."
            ) from None
    remedy = f"{remedy}; pröva kommandot i token_command för hand, som den användare tjänsten går under."
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise TokenError(f"Kommandot {command[0]} går inte att köra ({error.strerror}). {remedy}") from None
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise TokenError(f"Kommandot {command[0]} gav ingen token inom {timeout:g} sekunder. {remedy}") from None
    token = printed.decode("ascii", "ignore").strip()
    if process.returncode or not token:
        raise TokenError(f"Kommandot {command[0]} gav ingen token (kod {process.returncode}). {remedy}")
    return token
