"""A calendar's address: opened, and renewed, so that those who had the old one see nothing more until they get the new one."""

from actions.act import Act
from arshjul.errors import RefusedError
from store.access import feed_links
from store.database import Session

ASK = "Be ekonomikontoret om kalenderns nya adress."


def open_feed(session: Session, secret: bytes, token: str) -> str | None:
    """Return the key of the feed that a token opens; None for a token that we never made. Changes nothing.

    Raises RefusedError for an address that has been replaced.
    """
    found = feed_links.read(secret, token)
    if found is None:
        return None
    key, generation = found
    if generation != feed_links.generation_of(session, key):
        raise RefusedError(f"Kalendern har fått en ny adress. {ASK}")
    return key


def renew_feed(act: Act, key: str) -> None:
    """Give the feed ``key`` a new address, and let the old one open nothing."""
    feed_links.renew(act.scene.session, key, act.by, act.scene.now)
