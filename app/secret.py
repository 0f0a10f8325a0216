"""The installation's secret: the key that signs links and seals letters. Whole, long enough and ours alone, or no start."""

import secrets
from pathlib import Path

from arshjul.errors import RefusedError
from store.private_files import is_open, made_once

SHORTEST = 32  #: bytes; we make 64
AGAIN = (
    "Ta bort den och starta igen, så görs en ny. Alla länkar och inloggningar slutar då att gälla, och brev som väntar "
    "går inte att skicka; lägg därför hellre tillbaka filen ur en säkerhetskopia, om det finns en."
)


def secret_of(file: Path) -> bytes:
    """Return the key, made at the first start.

    Raises RefusedError, with the remedy, for a file that is empty, too short or open to others, or cannot be read.
    """
    try:
        content = made_once(file, lambda: secrets.token_hex(32).encode()).strip()
        others = is_open(file.resolve())
    except OSError as error:
        raise RefusedError(
            f"Hemligheten {file} går inte att läsa eller skriva ({error.strerror}). Ge tjänstens användare rätt till den, "
            "eller välj en annan fil med ARSHJUL_SECRET_FILE."
        ) from None
    if len(content) < SHORTEST:
        amount = f"bara {len(content)} tecken, {SHORTEST} är det minsta" if content else "tom"
        raise RefusedError(f"Hemligheten {file} är {amount}. {AGAIN}")
    if others:
        raise RefusedError(
            f"Hemligheten {file} kan läsas eller ändras av andra på datorn. Kör 'chmod 600 {file}' (som dess ägare) och "
            f"starta igen. Kan någon redan ha läst den: {AGAIN[0].lower()}{AGAIN[1:]}"
        )
    return content
