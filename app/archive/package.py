"""A year's package for the e-arkiv: handlingar, letters, what was recorded and the log, with checksums and an index.

Plain text, HTML and JSON stand beside the originals. The same store gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.archive.fate import fate_of
from app.archive.files import Folder, json_list, json_object, lines, new_folder, safe
from app.archive.index import index
from app.archive.kept import Kept, Lost
from app.archive.letter import without_links
from app.archive.package_paths import compilation_path, incoming_path, ledger_path, letter_path, version_path
from app.archive.package_text import chain_words, log_text, read_me, record_text, version_text
from arshjul.definition.model import Definition
from notifications.letters.sealing import SealError, unsealed
from store import archive
from store.archive import Year
from store.database import Session
from store.handins.versions import findings
from store.log.log_chain import ACTING, BEFORE_THE_FIRST
from store.log.log_verdict import verify
from store.tables import LogRow

FORMAT = 1  #: of the package; docs/archive.md


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What was written."""

    year: int
    whole: bool  #: the year had ended
    files: int
    checksum: str  #: of the manifest
    unread: int  #: mails from the year or before it that still wait for a person
    chain: str  #: Swedish: whether the log holds to the year's last row
    lost: tuple[Lost, ...]  #: files that are not what they were when they came; they are not in the package


def write_package(
    session: Session, definition: Definition, number: int, place: Path, now: datetime, *, secret: bytes
) -> Package:
    """Write the package of a year to ``place``; ``secret`` opens the letters' seals, for their checksums.

    A file that is not what it was when it came stays out, and the package says so wherever one looks.
    Raises RefusedError, and leaves nothing, when it cannot be done.
    """
    year = Year(number=number)
    verdict, last = verify(session), archive.last_row(session, year)
    # what is broken after the year's last row does not concern it
    broken = verdict.broken.words if verdict.broken and last and verdict.broken.number <= last.number else None
    chain = chain_words(last, broken)
    whole, kept = now >= year.ends, Kept(session)
    with new_folder(place) as folder:
        counts = {
            "handlingar": _handlingar(folder, session, definition, year, kept),
            "brev": _letters(folder, session, year, secret),
            "inkommande": _incoming(folder, session, year, kept),
            "bokforing": _ledgers(folder, session, year, kept),
            "sammanstallningar": _compilations(folder, session, year, kept),
            "uppgifter": _records(folder, session, definition, year),
            "logg": _log(folder, session, definition, year),
        }
        facts: dict[str, Any] = {
            "format": FORMAT,
            "municipality": {"id": definition.kommun.id, "name": definition.kommun.name},
            "year": number,
            "whole_year": whole,
            "begins": year.begins.isoformat(),
            "ends": year.ends.isoformat(),
            "counts": counts,
            "lost": [{"name": each.name, "path": each.path, "sha256": each.sha256} for each in kept.lost],
            "chain": {
                "holds": broken is None,
                "broken": broken,
                "number": last.number if last else 0,
                "digest": last.digest if last else BEFORE_THE_FIRST,
            },
        }
        folder.write("metadata.json", json_object(facts))
        folder.write("las-mig.txt", lines(read_me(definition, year, chain, kept.lost, whole=whole)))
        folder.write("index.html", index(session, definition, year, chain, kept, whole=whole))
        files, checksum = folder.count, folder.checksum
    unread = archive.unread(session, year)
    return Package(
        year=number, whole=whole, files=files, checksum=checksum, unread=unread, chain=chain, lost=tuple(kept.lost)
    )


def _handlingar(folder: Folder, session: Session, definition: Definition, year: Year, kept: Kept) -> int:
    def told() -> Iterator[dict[str, Any]]:
        for row in archive.submissions(session, year):
            fate = fate_of(session, definition, row)
            found = findings(session, [row.id]).get(row.id, []) if fate.goes_along else []
            path = version_path(row)
            named, name = f"{path}-{safe(row.filename or 'fil')}", row.filename or "fil"
            content = kept.content(row.sha256, path=named, name=name) if row.sha256 and fate.goes_along else None
            file = folder.write(named, [content]).path if content is not None else None
            lost = fate.goes_along and kept.is_lost(row.sha256)
            folder.write(f"{path}.txt", lines(version_text(row, found, fate, has_file=content is not None, lost=lost)))
            remarks = [archive.plain(each, but=("id", "submission_id")) for each in found]
            told = archive.plain(row, but=("id", "content", *(() if fate.goes_along else ("fields", "ej_aktuellt"))))
            removed = archive.plain(fate.removal, but=("id", "submission_id")) if fate.removal else None
            held = archive.plain(fate.withheld, but=("id",)) if fate.withheld else None
            about = {"findings": remarks, "handling": fate.rule, "removed": removed, "withheld": held}
            yield told | {"file": file, "lost": lost} | about

    return _list(folder, "handlingar/handlingar.json", told())


def _letters(folder: Folder, session: Session, year: Year, secret: bytes) -> int:
    inner = ("id", "mime", "daily_to", "not_before", "lease_until", "attempts", "pending")

    def told() -> Iterator[dict[str, Any]]:
        for row in archive.letters(session, year):
            kept = archive.mime(session, row.id)
            shown = without_links(kept)
            file = folder.write(letter_path(row), [shown]).path
            as_sent = {"sha256_as_sent": _as_sent(kept, secret), "links_removed": shown != kept}
            yield archive.plain(row, but=inner) | {"file": file} | as_sent

    return _list(folder, "brev/brev.json", told())


def _as_sent(kept: bytes, secret: bytes) -> str | None:
    """Return the checksum of a letter with its links; None when it was written with another secret."""
    try:
        return sha256(unsealed(kept, secret)).hexdigest()
    except SealError:
        return None


def _incoming(folder: Folder, session: Session, year: Year, kept: Kept) -> int:
    def told() -> Iterator[dict[str, Any]]:
        for row in archive.incoming(session, year):
            path = incoming_path(row)
            came = kept.content(row.sha256, path=path, name=row.subject or "(utan ämne)")
            facts = archive.plain(row, but=("id", "digest", "letter_id")) | {"lost": kept.is_lost(row.sha256)}
            if came is None:
                yield facts | {"file": None}
                continue
            shown = without_links(came)  # an answer quotes the letter that it answers
            file = folder.write(path, [shown]).path
            yield facts | {"file": file, "links_removed": shown != came}

    return _list(folder, "inkommande/inkommande.json", told())


def _ledgers(folder: Folder, session: Session, year: Year, kept: Kept) -> int:
    def told() -> Iterator[dict[str, Any]]:
        for row in archive.ledgers(session, year):
            content = kept.content(row.sha256, path=ledger_path(row), name=row.filename)
            file = folder.write(ledger_path(row), [content]).path if content is not None else None
            yield archive.plain(row, but=("id",)) | {"file": file, "lost": kept.is_lost(row.sha256)}

    return _list(folder, "bokforing/bokforing.json", told())


def _compilations(folder: Folder, session: Session, year: Year, kept: Kept) -> int:
    def told() -> Iterator[dict[str, Any]]:
        for row in archive.compilations(session, year):
            path = compilation_path(row)
            content = kept.content(row.sha256, path=path, name=f"sammanställning {row.step} {row.period}, {row.kind}")
            file = folder.write(path, [content]).path if content is not None else None
            yield archive.plain(row, but=("id", "basis")) | {"file": file, "lost": kept.is_lost(row.sha256)}

    return _list(folder, "sammanstallningar/sammanstallningar.json", told())


def _records(folder: Folder, session: Session, definition: Definition, year: Year) -> int:
    many = 0
    for name in archive.RECORDS:
        many += _list(folder, f"uppgifter/{name}.json", archive.records(session, year, name))
        folder.write(f"uppgifter/{name}.txt", lines(record_text(definition, archive.records(session, year, name))))
    return many


def _log(folder: Folder, session: Session, definition: Definition, year: Year) -> int:
    many = _list(folder, "logg/logg.json", _chained(session, year))
    folder.write("logg/logg.txt", lines(log_text(definition, archive.log_rows(session, year))))
    return many


def _chained(session: Session, year: Year) -> Iterator[dict[str, Any]]:
    """Return the log's rows with all that their digests are made of; ``at`` as it stands in the digest."""
    last: LogRow | None = None
    for row in archive.log_rows(session, year):
        assert row.number is not None  # noqa: S101 - only chained rows are asked for
        after = last is not None and last.number == row.number - 1
        previous = last.digest if after and last else archive.digest_of_row(session, row.number - 1)
        yield {
            "number": row.number,
            "previous": previous or BEFORE_THE_FIRST,
            "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "who": row.who,
            **{name: value for name in ACTING if (value := getattr(row, name)) is not None},
            "what": row.what,
            "key": row.key,
            "detail": row.detail,
            "detail_digest": row.detail_digest,
            "digest": row.digest,
        }
        last = row


def _list(folder: Folder, path: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as a JSON list while they come; return how many."""
    many = 0

    def counted() -> Iterator[Mapping[str, Any]]:
        nonlocal many
        for many, row in enumerate(rows, 1):  # noqa: B007 - read when all are written
            yield row

    folder.write(path, json_list(counted()))
    return many
