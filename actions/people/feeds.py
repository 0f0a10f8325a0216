"""A calendar's address renewed: those who had the old one see nothing more until they get the new one."""

from actions.act import Act
from store.access import feed_links


def renew_feed(act: Act, key: str) -> None:
    """Give the feed ``key`` a new address, and let the old one open nothing."""
    feed_links.renew(act.scene.session, key, act.by, act.scene.now)
