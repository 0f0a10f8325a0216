"""The secret that guards Prefect's API: the one that is set, or one of our own server's that is made once."""

import secrets
from pathlib import Path

from app.settings import Settings
from arshjul.errors import RefusedError
from store.private_files import is_open, made_once

SHORTEST = 20  #: characters; we make 51
AGAIN = "Ta bort filen och starta igen, så görs en ny."


def prefect_auth(settings: Settings) -> str | None:
    """Return ``user:password``, made at the first start and kept beside the secret when none is set.

    None for another's Prefect server, which we know no secret of unless it is set. Raises RefusedError, with the
    remedy, for a file that cannot be used, is cut off, or is open to others.
    """
    if settings.prefect_auth is not None:
        return settings.prefect_auth.get_secret_value()
    if settings.prefect_api_url is not None:
        return None
    file = auth_file(settings)
    try:
        content = made_once(file, lambda: f"arshjul:{secrets.token_urlsafe(32)}".encode()).decode().strip()
        others = is_open(file.resolve())
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(
            f"Filen {file} går inte att läsa eller skriva ({getattr(error, 'strerror', 'den är ingen text')}). Ge tjänstens "
            "användare rätt till den, eller sätt ARSHJUL_PREFECT_AUTH."
        ) from None
    if others:
        raise RefusedError(f"Filen {file} kan läsas av andra på datorn, och öppnar Prefect. {AGAIN}")
    if len(content) < SHORTEST or ":" not in content:
        raise RefusedError(f"Filen {file} är inte hel. {AGAIN}")
    return content


def auth_file(settings: Settings) -> Path:
    """Return where the secret of our own server is kept."""
    return settings.secret_file.with_name(f"{settings.secret_file.name}-prefect")
