"""How we log in to mail servers: whose certificates are believed, and the access token of XOAUTH2."""

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path

from arshjul.errors import ArshjulError, RefusedError


class TokenError(ArshjulError):
    """No access token was given. The message is Swedish; the token itself is in no message."""


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
