"""What others on the machine could get at of an installation: taken from them at start, and told."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import make_url

from app.settings import Settings
from arshjul.swedish import listing
from store.private_files import close

SHOWN = 5  #: paths that are named; the rest are counted


def closed_to_others(settings: Settings) -> Iterator[str]:
    """Close the data folder, and a database file outside of it, to others; say in Swedish what they could get at.

    Nothing is said of what was closed already. What cannot be closed is told with what to do.
    """
    for folder in (settings.data_dir, *_database_files(settings)):
        found = close(folder)
        if found.closed:
            yield (
                f"Andra på datorn kunde komma åt {_named(found.closed)}. Det är rättat: bara tjänstens användare kan det "
                "nu. Tänk efter vem som kan ha läst det, och byt i så fall hemligheten (docs/drift.md, Länkar)."
            )
        if found.open:
            yield (
                f"VARNING: Andra på datorn kan komma åt {_named(found.open)}, och det gick inte att rätta. Kör 'chown -R' "
                f"till tjänstens användare och 'chmod -R go=' på {folder}, eller flytta det till en disk som håller "
                "behörigheter."
            )


def _database_files(settings: Settings) -> list[Path]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or Path(url.database).is_relative_to(settings.data_dir):
        return []
    return [path for ending in ("", "-wal", "-shm") if (path := Path(f"{url.database}{ending}")).exists()]


def _named(paths: Sequence[Path]) -> str:
    rest = len(paths) - SHOWN
    return listing([*map(str, paths[:SHOWN]), *([f"{rest} till"] if rest > 0 else [])])
