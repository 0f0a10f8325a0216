"""A letter as a mail program would show it: its html for a frame of its own, its text, its files."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from starlette.exceptions import HTTPException
from starlette.responses import Response

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
class Enclosed:
    """A file in a letter."""

    number: int
    filename: str
    media_type: str
    size: int


def html_of(mail: EmailMessage) -> Response:
    """Return a letter's html, for the frame. Raises 404 where it has none."""
    html = mail.get_body(("html",))
    if html is None:
        raise HTTPException(404, "Brevet har ingen html-del.")
    # a personal link in the frame must open outside it, where it may set its cookie
    shown = _LINK.sub('<a target="_blank" rel="noopener noreferrer" ', str(html.get_content()))
    return Response(shown, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": LETTER_POLICY})


def text_in(mail: EmailMessage) -> str:
    """Return a letter's text."""
    text = mail.get_body(("plain",))
    return str(text.get_content()) if text else ""


def enclosed_in(mail: EmailMessage) -> list[tuple[Enclosed, bytes]]:
    """Return a letter's files, as they are told and as they are."""
    found = []
    for number, part in enumerate(mail.iter_attachments(), 1):
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else part.as_bytes()
        name = part.get_filename() or f"bilaga-{number}"
        found.append(
            (Enclosed(number=number, filename=name, media_type=part.get_content_type(), size=len(content)), content)
        )
    return found
