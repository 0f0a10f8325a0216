"""Words from outside (names, reasons, file names) made fit for one line of a letter."""

import re
import unicodedata

LONGEST_QUOTED = 300  #: characters of a stranger's words in a letter of ours

_WORD = re.compile(r"\S+")
_LINK = re.compile(r"://|\bwww\.|\bmailto:", re.IGNORECASE)  #: in a word that is one
_HOST_AND_PATH = re.compile(r"(?<![\w@./-])[\w-]++(?:\.[\w-]++)++(?::\d++)?/\S*")
_BREAKING = frozenset({"Cc", "Zl", "Zp", "Zs"})  #: control characters and every kind of space
_DROPPED = frozenset({"Cf", "Cs", "Cn"})  #: invisible ones that turn or hide text, and what is no character


def one_line(text: str) -> str:
    """Return ``text`` on one line, without control, invisible or direction-turning characters.

    Nothing that is left can end a header, open a paragraph or break an XML document; markup is not touched.
    """
    if not text.isprintable():  # nearly all is: then each sign stays, and the only space is the plain one
        text = "".join(map(_fit, text))
    return " ".join(text.split())


def header_words(text: str) -> str:
    """Return ``text`` as it may stand in a header: on one line, and none of it an encoded word (RFC 2047).

    The library decodes each that it is given and writes it bare: commas that make recipients, line ends that make headers.
    Where it ends a line it takes the end alone for one, too, and encodes the comma before the next recipient.
    """
    return one_line(text).replace("=?", "= ?").replace("?=", "? =")


def quoted(text: str, longest: int = LONGEST_QUOTED) -> str:
    """Return a stranger's words as they may stand in a letter of ours: »told as theirs«, on one line, without a link."""
    words = defused(text).replace("»", "›").replace("«", "‹")
    return f"»{words[:longest].rstrip()}{' …' if len(words) > longest else ''}«"


def defused(text: str) -> str:
    """Return text on one line, with every address in it written so that no mail program makes a link of it."""
    return _WORD.sub(lambda word: _without_link(word[0]), one_line(text))


def _without_link(word: str) -> str:
    """Word by word, for one pattern that seeks its way into a stranger's long word from each sign takes hours."""
    return _unlinked(word) if _LINK.search(word) else _HOST_AND_PATH.sub(lambda found: _unlinked(found[0]), word)


def _unlinked(address: str) -> str:
    address = re.sub("http", "hxxp", address, flags=re.IGNORECASE)
    return re.sub("mailto:", "mailto[:]", address, flags=re.IGNORECASE).replace("://", "[:]//").replace(".", "[.]")


def _fit(char: str) -> str:
    kind = unicodedata.category(char)
    return " " if kind in _BREAKING else "" if kind in _DROPPED else char
