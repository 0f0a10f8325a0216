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
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.logged_in import ByOffice, office
from portal.web.pages import Pages

PER_PAGE = 50
_NAME = re.compile(r"[A-Za-z0-9._=+-]{1,120}")
_LINK = re.compile(r"<a\s", re.IGNORECASE)
#: a letter is shown as a mail program would: its own styles, no scripts, no forms, nothing fetched
LETTER_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHead:
    """A letter's head."""

    id: str
    to: str
    cc: str
    subject: str
    sent_at: datetime | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file in a letter."""

    number: int
    filename: str
    media_type: str
    size: int


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the letters; none of them is there without a Maildir."""
    router = APIRouter(dependencies=[Depends(office)])
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
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        return pages.html(
            "letter.html",
            context.clock(),
            who=who,
            head=_head(file),
            text=text.get_content() if text else "",
            has_html=html is not None,
            enclosed=[enclosed for enclosed, _ in _enclosed(mail)],
        )

    @router.get("/brev/{letter_id}/html")
    def body(letter_id: str) -> Response:
        """Return a letter's html, for the frame."""
        html = _read(_find(folder, letter_id), context.office.secret).get_body(("html",))
        if html is None:
            raise HTTPException(404, "Brevet har ingen html-del.")
        # a personal link in the frame must open outside it, where it may set its cookie
        shown = _LINK.sub('<a target="_blank" rel="noopener noreferrer" ', str(html.get_content()))
        return Response(
            shown, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": LETTER_POLICY}
        )

    @router.get("/brev/{letter_id}/bilaga/{number}")
    def enclosure(who: ByOffice, letter_id: str, number: int) -> Response:
        """Return a letter's file, to save."""
        for enclosed, content in _enclosed(_read(_find(folder, letter_id), context.office.secret)):
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


def _enclosed(mail: EmailMessage) -> list[tuple[Enclosed, bytes]]:
    found = []
    for number, part in enumerate(mail.iter_attachments(), 1):
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else part.as_bytes()
        name = part.get_filename() or f"bilaga-{number}"
        found.append(
            (Enclosed(number=number, filename=name, media_type=part.get_content_type(), size=len(content)), content)
        )
    return found
