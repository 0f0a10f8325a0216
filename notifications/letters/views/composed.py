"""Who a letter is for, and what it is when its words are composed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who the letter is for."""

    name: str
    address: str
    role_name: str  #: "förvaltningschef"
    link: str | None  #: the personal link; None for those who have nothing to hand in
    page: str = ""  #: the address of the page that the letter leads to, as this reader opens it; "" for none
    logs_in: bool = True  #: that page asks for a login; else the address is the reader's own, to read by


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a letter."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter's words, before it gets its headers."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
