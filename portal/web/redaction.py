"""Keeps personal links, login links, calendars' addresses and what the provider sends back out of the logs."""

import logging
import re

from store.tokens import HIDDEN, without_tokens

#: what has no form of its own is known by the address before it: what the provider sends back, and half a token
_TOKEN = re.compile(
    r"(/l/|/se/|/logga-in/lank/|[?&](?:code|state)=)[^\s/?&\"'<>*]+|(/kalender/)[^\s/?&\"'<>*]+(?=\.ics)"
)


def hide_tokens(text: str) -> str:
    """Return ``text`` with every link's token, and the provider's codes, hidden."""
    return _TOKEN.sub(rf"\1\2{HIDDEN}", without_tokens(text))


class HideTokens(logging.Filter):
    """A filter for ``uvicorn.access`` (and any other log that names paths): tokens in addresses are hidden."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Hide tokens in the message and its arguments; let every record pass."""
        if isinstance(record.msg, str):
            record.msg = hide_tokens(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(hide_tokens(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
