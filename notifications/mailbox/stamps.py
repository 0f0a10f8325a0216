"""What mail servers have written on a mail about who sent it: their lines, and what each says (RFC 8601).

Pure, and never raises: a line that cannot be read says nothing, and is known as such.
"""

from dataclasses import dataclass
from email.message import Message

RECEIVED, RESULTS = "received", "authentication-results"
ARC_RESULTS, ARC_SEAL = "arc-authentication-results", "arc-seal"
EXCHANGE = "x-ms-exchange-organization-authas"  #: Exchange takes it away from what comes from outside
READ = frozenset({RECEIVED, RESULTS, ARC_RESULTS, ARC_SEAL, EXCHANGE})

LONGEST = 100_000  #: characters of all of them; of a mail with more nothing is believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One line, as it stood."""

    name: str  #: the header's, lower case
    value: str  #: unfolded, whole; "" for ``received``, of which only the place matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one method found: ``dmarc=pass header.from=example.se``."""

    method: str
    result: str
    said: tuple[tuple[str, str], ...]  #: the properties, as (name, value), lower case

    def values(self, name: str) -> list[str]:
        """Return every value of a property."""
        return [value for key, value in self.said if key == name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one line says."""

    server: str  #: the authserv-id, lower case; "" for Exchange Online, which writes none
    results: tuple[Result, ...]
    whole: bool  #: False: it ends within a comment or a quotation, and is not to be believed

    def of(self, method: str) -> list[Result]:
        """Return each result of a method."""
        return [each for each in self.results if each.method == method]


def stamps_of(message: Message) -> tuple[Stamp, ...]:
    """Return the servers' lines, the newest first, each whole; none when they are too much to read."""
    found, length = [], 0
    for name, raw in message.raw_items():
        if name.lower() in READ:
            value = "" if name.lower() == RECEIVED else _unfolded(str(raw))
            found.append(Stamp(name=name.lower(), value=value))
            length += len(value) + len(name)
    return tuple(found) if length <= LONGEST else ()


def _unfolded(raw: str) -> str:
    return " ".join(raw.encode("utf-8", "replace").decode().split())


def read_results(value: str, *, arc: bool = False) -> Said:
    """Read a line of results; of an ARC set (``i=1; server; ...``) what follows its number."""
    pieces, whole = _pieces(value)
    if arc:
        pieces = pieces[1:]
    server = ""
    if pieces and "=" not in pieces[0]:
        server, pieces = next(iter(pieces[0]), ""), pieces[1:]
    found = [result for piece in pieces if (result := _result(piece)) is not None]
    return Said(server=server, results=tuple(found), whole=whole)


def read_tags(value: str) -> dict[str, str]:
    """Read a line of tags: ``i=1; d=example.se; cv=pass``. Of a tag that stands twice, nothing."""
    pairs = [piece.partition("=")[::2] for piece in value.split(";")]
    names = [name.strip().lower() for name, _ in pairs]
    return {name: each.strip().lower() for name, (_, each) in zip(names, pairs, strict=True) if names.count(name) == 1}


def _result(piece: list[str]) -> Result | None:
    """Read ``method = result (name = value)*``; None for what is no result."""
    if len(piece) < 3 or piece[1] != "=":
        return None
    said = [(piece[at - 1], piece[at + 1]) for at in range(4, len(piece) - 1) if piece[at] == "="]
    return Result(method=piece[0].partition("/")[0], result=piece[2], said=tuple(said))


def _pieces(value: str) -> tuple[list[list[str]], bool]:
    """Return a line parted at its semicolons, each part as words and equal signs, without comments.

    A quotation is one word, whatever signs it holds: a sender's own name may stand in it.
    """
    pieces: list[list[str]] = [[]]
    word: list[str] = []
    depth, quoted, escaped = 0, False, False

    def end_word() -> None:
        if word:
            pieces[-1].append("".join(word).lower())
            word.clear()

    for sign in value:
        if escaped:
            escaped = False
            if quoted:
                word.append(sign)
        elif sign == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = sign != '"'
            word += [sign] if quoted else []
        elif sign == "(":
            depth += 1
        elif depth:
            depth -= sign == ")"
        elif sign == '"':
            quoted = True
        elif sign in ";= \t":
            end_word()
            if sign == "=":
                pieces[-1].append("=")
            elif sign == ";":
                pieces.append([])
        else:
            word.append(sign)
    end_word()
    return pieces, not (quoted or depth)
