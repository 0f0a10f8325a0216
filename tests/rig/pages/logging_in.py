"""Coming in for real, as people do: a personal link is opened; or a one-time link is made as ``arshjul login`` makes it, opened, and its button pressed."""

import re
from datetime import datetime
from html import unescape
from typing import Any

from notifications.letters.login_letter import PATH
from store.access import login_links
from store.database import Store

NAME = "Anna Ek"


def link_for(
    store: Store,
    secret: bytes,
    now: datetime,
    *,
    name: str = NAME,
    address: str | None = None,
    next_path: str = "/lage",
) -> str:
    """Return the path of a new one-time link: for the one who has the machine, or for an address."""
    with store.begin() as session:
        token, _ = login_links.make(session, secret, name=name, address=address, next_path=next_path, now=now)
    return f"{PATH}/{token}"


def hidden(page: str, name: str = "csrf") -> str:
    """Return a hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no field {name}"
    return unescape(found[1])


def press(browser: Any, link: str, *, shown: str | None = None, **more: Any) -> Any:
    """Open a personal link or a login link in a browser (Client or httpx.Client) and press its button.

    ``shown`` is another page whose form's token is sent, when the link itself shows none any more.
    """
    return browser.post(link, data={"csrf": hidden(browser.get(shown or link).text)}, **more)


def log_in(browser: Any, store: Store, secret: bytes, now: datetime, **who: Any) -> Any:
    """Log a browser in as the ekonomikontor, or as ``address``; return the browser."""
    answer = press(browser, link_for(store, secret, now, **who), follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return browser
