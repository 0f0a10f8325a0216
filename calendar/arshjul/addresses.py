"""Which e-mail addresses a letter can be written to: one rule, for who is taken in and for what goes out."""

import re

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
#: a dot-atom (RFC 5322, 3.4.1) within SMTP's bounds (RFC 5321, 4.5.3.1): ASCII, nothing that needs quotation
ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{DOMAIN.pattern}")


def can_carry(address: str) -> bool:
    """Tell whether mail can carry a letter to ``address``: in its head and in the post's commands."""
    return ADDRESS.fullmatch(address) is not None
