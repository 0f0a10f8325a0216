"""The letters in the Maildir, when no letter leaves the machine: a page marked as such, for the ekonomikontor."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.responses import Response

from notifications.letters.sealing import SealError, unsealed, without_seal
from portal.brev.shown_letter import enclosed_in, html_of, text_in
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.logged_in import ByOffice, office, walled
from portal.web.pages import Pages

PER_PAGE = 50
_NAME = re.compile(r"[A-Za-z0-9._=+-]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHead:
    """A letter's head."""

    id: str
    to: str
    cc: str
    subject: str
    sent_at: datetime | None
    key: str


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the letters; none of them is there without a Maildir."""
    router = walled(dependencies=[Depends(office)])
    if context.maildir is None:
        return router
    folder = context.maildir

    @router.get("/brev")
    def letters(who: ByOffice, sida: int = 1) -> Response:
        """Show the letters, newest first."""
        files = _files(folder)
        page = min(max(1, sida), max(1, -(-len(files) // PER_PAGE)))
        heads = [_head(file) for file in files[(page - 1) * PER_PAGE : page * PER_PAGE]]
        more = len(files) > page * PER_PAGE
        return pages.html("letters.html", context.clock(), who=who, heads=heads, count=len(files), page=page, more=more)

    @router.get("/brev/{letter_id}")
    def letter(who: ByOffice, letter_id: str) -> Response:
        """Show one letter: its html in a frame of its own, its text, its files."""
        file = _find(folder, letter_id)
        mail = _read(file, context.office.secret)
        return pages.html(
            "letter.html",
            context.clock(),
            who=who,
            head=_head(file),
            text=text_in(mail),
            has_html=mail.get_body(("html",)) is not None,
            enclosed=[enclosed for enclosed, _ in enclosed_in(mail)],
        )

    @router.get("/brev/{letter_id}/html")
    def body(letter_id: str) -> Response:
        """Return a letter's html, for the frame."""
        return html_of(_read(_find(folder, letter_id), context.office.secret))

    @router.get("/brev/{letter_id}/bilaga/{number}")
    def enclosure(who: ByOffice, letter_id: str, number: int) -> Response:
        """Return a letter's file, to save."""
        for enclosed, content in enclosed_in(_read(_find(folder, letter_id), context.office.secret)):
            if enclosed.number == number:
                note_read(context, who, None, enclosed.filename, what=f"brev {letter_id}"[:200])
                return attachment(content, enclosed.filename, enclosed.media_type)
        raise HTTPException(404, "Brevet har ingen sådan bilaga.")

    return router


def _files(folder: Path) -> list[Path]:
    files = [file for part in ("new", "cur") for file in (folder / part).glob("*") if file.is_file()]
    return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)


def _id(file: Path) -> str:
    return file.name.partition(":")[0]


def _find(folder: Path, letter_id: str) -> Path:
    """Return a letter's file. The asked id never becomes a path: it is compared with the names that are there."""
    found = (
        next((file for file in _files(folder) if _id(file) == letter_id), None) if _NAME.fullmatch(letter_id) else None
    )
    if found is None:
        raise HTTPException(404, "Brevet finns inte i provbrevlådan.")
    return found


def _read(file: Path, secret: bytes) -> EmailMessage:
    """Return a letter as its reader would get it; the links of one that was written with another secret stay hidden."""
    kept = file.read_bytes()
    try:
        letter = unsealed(kept, secret)
    except SealError:
        letter = without_seal(kept)
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(letter)


def _head(file: Path) -> LetterHead:
    with file.open("rb") as opened:
        mail = BytesHeaderParser(policy=policy.default).parse(opened)
    date = mail["Date"]
    return LetterHead(
        id=_id(file),
        to=str(mail["To"] or ""),
        cc=str(mail["Cc"] or ""),
        subject=str(mail["Subject"] or "(utan ämne)"),
        sent_at=getattr(date, "datetime", None),
        key=str(mail["X-Arshjul-Key"] or ""),
    )
