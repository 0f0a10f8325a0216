"""Files that are answered with: to be saved and never shown, and who was given one."""

from starlette.responses import Response

from arshjul.file_names import in_ascii
from portal.web.context import PortalContext
from portal.web.logged_in import Who
from store.acting import Acting
from store.handins import reads


def attachment(content: bytes, filename: str, media_type: str | None) -> Response:
    """Return bytes as a file to save, never to show: a browser must not run what somebody handed in."""
    headers = {
        "Content-Disposition": disposition(filename),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type=media_type or "application/octet-stream", headers=headers)


def disposition(filename: str, how: str = "attachment") -> str:
    """Return the header that names a file: its own name (RFC 6266), and one in ASCII for those who read no other."""
    from urllib.parse import quote

    return f"{how}; filename=\"{in_ascii(filename)}\"; filename*=UTF-8''{quote(filename, safe='')}"


def note_read(context: PortalContext, who: Who, key: str | None, filename: str, *, what: str = "") -> None:
    """Log that somebody who is logged in was given a file."""
    note_read_by(context, who.acting, who.name, key, filename, what=what)


def note_read_by(
    context: PortalContext, acting: Acting, by: str, key: str | None, filename: str, *, what: str = ""
) -> None:
    """Log that somebody was given a file."""
    with context.store.begin(acting) as session:
        reads.note_read(session, context.clock(), by, key, filename, what=what)
