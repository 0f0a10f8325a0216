"""Paths of our own that somebody may be sent to after the login."""

from urllib.parse import urlsplit

FRONT = "/lage"
LONGEST = 500


def local_path(asked: str | None) -> str:
    r"""Return ``asked`` when it is a path on this very site that a login may lead to, else the front page.

    Browsers read ``//host`` and ``/\host`` as another site's address, and drop control characters before they
    look: all of those lead to the front page.
    """
    if not asked or len(asked) > LONGEST or not asked.startswith("/") or asked.startswith(("//", "/logga-")):
        return FRONT
    if "\\" in asked or not asked.isprintable() or " " in asked:
        return FRONT
    try:
        parts = urlsplit(asked)
    except ValueError:
        return FRONT
    return FRONT if parts.scheme or parts.netloc else asked
