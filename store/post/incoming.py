"""What came to the mailbox, as rows; and which of our letters and people a mail is about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import defer

from arshjul.keys import ObligationKey
from store.database import Session
from store.handins import versions as submissions
from store.handins.removals import forget_blob
from store.log.writing import log
from store.people.people_file import person_id
from store.tables import Incoming, LetterRow, NoticeRow, Person

ANSWER = "svar"  #: the kind of a mail that a person wrote
UNREAD = "oläst"  #: waits for a person
REGISTERED = "registrerad"
BOUNCE = "studs"
AUTOMATIC = "automatiskt svar"
ASIDE = "lagd åt sidan"
NAMELESS = "(namnet är borttaget)"

LONGEST = 500  #: characters of a subject, a sender or a name that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail that has just been read, to be kept."""

    digest: str
    message_id: str
    raw: bytes
    received_at: datetime
    sender: str
    subject: str
    kind: str
    files: Sequence[dict[str, Any]]


def keep(session: Session, arrival: Arrival, now: datetime) -> Incoming:
    """Keep a mail with its bytes; it waits for a person until somebody says otherwise."""
    digest = sha256(arrival.raw).hexdigest()
    submissions.keep_blob(session, digest, arrival.raw)
    row = Incoming(
        digest=arrival.digest,
        message_id=arrival.message_id[:LONGEST],
        sha256=digest,
        received_at=arrival.received_at,
        taken_in_at=now,
        sender=arrival.sender[:LONGEST],
        subject=arrival.subject[:LONGEST],
        kind=arrival.kind,
        state=UNREAD,
        obligation_key=None,
        letter_id=None,
        files=list(arrival.files),
        note="",
        handled_at=None,
        handled_by=None,
    )
    session.add(row)
    session.flush()
    return row


def by_digest(session: Session, digest: str) -> Incoming | None:
    """Return the mail that was taken in with this digest."""
    return session.scalar(select(Incoming).where(Incoming.digest == digest))


def by_id(session: Session, incoming_id: int) -> Incoming | None:
    """Return one mail."""
    return session.get(Incoming, incoming_id)


def handle(session: Session, row: Incoming, state: str, note: str, by: str, now: datetime) -> None:
    """Say what became of a mail, and log it."""
    row.state, row.note = state, note
    row.handled_at, row.handled_by = (None, None) if state == UNREAD else (now, by)
    detail = {"incoming": row.id, "state": state, "from": row.sender, "received_at": row.received_at.isoformat()}
    log(session, now, by, "mail.handled", row.obligation_key, detail | {"note": note[:LONGEST]})
    session.flush()


def concern(row: Incoming, key: ObligationKey | None, letter: LetterRow | None = None) -> None:
    """Say what a mail is about: an obligation, and the letter of ours that it answers or brings back, where it does."""
    row.obligation_key = key
    if letter is not None:
        row.letter_id = letter.id


def keep_files(row: Incoming, files: Sequence[dict[str, Any]]) -> None:
    """Say which files a mail brought."""
    row.files = list(files)


def file_under(row: Incoming, checksum: str, where: Mapping[str, Any]) -> None:
    """Say where one of a mail's files (by its SHA-256) went."""
    row.files = [{**file, **where} if file["sha256"] == checksum else file for file in row.files]


def be_of_kind(row: Incoming, kind: str) -> None:
    """Say that an entry is another kind than it looked to be."""
    row.kind = kind


def with_files(session: Session, checksums: Iterable[str]) -> Sequence[Incoming]:
    """Return the mails that brought any of these files (by SHA-256)."""
    held = [cast(Incoming.files, String).contains(each) for each in sorted(checksums)]
    if not held:
        return []
    return session.scalars(select(Incoming).where(or_(*held)).order_by(Incoming.id)).all()


def ids(session: Session) -> Sequence[int]:
    """Return every mail's number."""
    return session.scalars(select(Incoming.id).order_by(Incoming.id)).all()


def replace_content(
    session: Session, row: Incoming, raw: bytes, gone: Collection[str], names: Collection[str] = ()
) -> None:
    """Keep a mail as it is without some of its files, whose checksums stay in the row, and names but for ``names``."""
    before, digest = row.sha256, sha256(raw).hexdigest()
    submissions.keep_blob(session, digest, raw)
    row.sha256 = digest
    row.files = [
        each
        | ({"gone": True} if each["sha256"] in gone else {})
        | ({"name": NAMELESS} if each["name"] in names else {})
        for each in row.files
    ]
    session.flush()
    if before != row.sha256:
        forget_blob(session, before)


def show(session: Session, row: Incoming, raw: bytes, **columns: Any) -> None:
    """Keep a mail as these bytes instead of those that it has, and these of its columns."""
    before, digest = row.sha256, sha256(raw).hexdigest()
    submissions.keep_blob(session, digest, raw)
    row.sha256 = digest
    for name, value in columns.items():
        setattr(row, name, value)
    session.flush()
    if before != row.sha256:
        forget_blob(session, before)


def waiting(session: Session) -> Sequence[Incoming]:
    """Return the mails that wait for a person, the longest first."""
    where = Incoming.state == UNREAD
    return session.scalars(select(Incoming).where(where).order_by(Incoming.received_at, Incoming.id)).all()


def handled(session: Session, limit: int) -> Sequence[Incoming]:
    """Return the mails that were handled last."""
    where = Incoming.state != UNREAD
    rows = select(Incoming).where(where).order_by(Incoming.handled_at.desc(), Incoming.id.desc()).limit(limit)
    return session.scalars(rows).all()


def letter_by_ids(session: Session, message_ids: Sequence[str]) -> LetterRow | None:
    """Return the letter that the first known Message-ID names."""
    rows = session.scalars(select(LetterRow).where(LetterRow.message_id.in_(list(message_ids))))
    found = {row.message_id: row for row in rows}
    return next((found[each] for each in message_ids if each in found), None)


def letter_by_keys(session: Session, keys: Sequence[str]) -> LetterRow | None:
    """Return the letter that the first known key names."""
    rows = session.scalars(select(LetterRow).where(LetterRow.key.in_(list(keys))))
    found = {row.key: row for row in rows}
    return next((found[each] for each in keys if each in found), None)


def letter_by_subject(session: Session, subject: str, address: str, before: datetime) -> LetterRow | None:
    """Return the newest letter of this subject that went to an address at or before an instant.

    For answers in which a server on the way has replaced our Message-ID.
    """
    where = (LetterRow.subject == subject, LetterRow.made_at <= before, LetterRow.shadow.is_(False))
    rows = session.scalars(select(LetterRow).where(*where).options(defer(LetterRow.mime)).order_by(LetterRow.id.desc()))
    named = address.casefold()
    return next((row for row in rows if named in {each.casefold() for each in (*row.to, *row.cc)}), None)


def obligations_told(session: Session, letter_id: int) -> list[ObligationKey]:
    """Return the keys of the obligations that a letter told of, in the letter's order."""
    rows = session.scalars(
        select(NoticeRow.obligation_key).where(NoticeRow.letter_id == letter_id).order_by(NoticeRow.id)
    )
    return list(dict.fromkeys(rows))


def answered_at(session: Session, letter_id: int, address: str) -> datetime | None:
    """Return when an address first wrote back about a letter; what servers and programs write is no answer."""
    rows = session.scalars(
        select(Incoming).where(Incoming.letter_id == letter_id, Incoming.kind == ANSWER).order_by(Incoming.received_at)
    )
    return next((row.received_at for row in rows if row.sender.casefold() == address.casefold()), None)


def shown_before(session: Session, row: Incoming) -> Incoming | None:
    """Return the sender's last automatic answer before this one that a person was shown, waiting or seen to."""
    where = (
        Incoming.sender == row.sender,
        Incoming.kind == AUTOMATIC,
        Incoming.state.in_((UNREAD, ASIDE)),
        Incoming.id < row.id,
    )
    return session.scalar(select(Incoming).where(*where).order_by(Incoming.id.desc()).limit(1))


def person_by_address(session: Session, address: str) -> Person | None:
    """Return who has this registered address; None when nobody has, or more than one."""
    wanted = person_id(address)
    rows = [one for one in session.scalars(select(Person)) if person_id(one.address) == wanted]
    return rows[0] if wanted and len(rows) == 1 else None
