"""A SIE 5 file's elements, one by one with their lines, by a parser that follows nothing and unfolds nothing.

Python's own expat reads the bytes as they come and makes no tree, so that a large file takes no more memory than what is
kept of it. A DOCTYPE is refused before anything that it declares is read: without one there are no entities, so nothing
unfolds and nothing outside the file is asked for. Text between the tags (attached documents) is passed over.
"""

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from submissions.sie.sie_findings import shown

NAMESPACE = "http://www.sie.se/sie5"
ROOTS = ("Sie", "SieEntry")
_DEEPEST = 32  # elements within each other; the schema has six
_XML = re.compile(rb"\s*<(?:\?xml\b|!--|!DOCTYPE|(?:\w+:)?Sie(?:Entry)?\b)", re.IGNORECASE)
_SIE = re.compile(rb"<(?:\w+:)?Sie(?:Entry)?[\s>/]|www\.sie\.se/sie5")
_BOM = b"\xef\xbb\xbf"

Start = Callable[[str, str, Mapping[str, str], int], None]  #: parent, name, attributes, line
End = Callable[[str, str], None]  #: parent, name


class NotFiveError(Exception):
    """The bytes are no SIE 5 that can be read; the message says in Swedish why, and what to do."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def is_five(content: bytes) -> bool:
    """Whether the bytes mean to be SIE 5: XML that names it near its beginning."""
    head = content[:4096].removeprefix(_BOM)
    return _XML.match(head) is not None and _SIE.search(head) is not None


def walk(content: bytes, start: Start, end: End) -> str:
    """Give every element of SIE 5's namespace to ``start`` and ``end``, in order; return the file's encoding.

    What lies in another namespace (the signature) is passed over whole, but for one call of ``start`` with its local
    name. Raises NotFiveError.
    """
    walker = _Walker(start, end)
    try:
        walker.parser.Parse(content, True)
    except expat.ExpatError as error:
        told = f"XML-filen är avhuggen eller skadad vid rad {error.lineno}. Exportera den på nytt ur ekonomisystemet."
        raise NotFiveError(told, max(error.lineno, 1)) from None
    except (LookupError, ValueError):
        told = "XML-filen säger att den har en teckenkodning som inte går att läsa. Exportera den som UTF-8."
        raise NotFiveError(told) from None
    return walker.encoding


class _Walker:
    def __init__(self, start: Start, end: End) -> None:
        self._start, self._end = start, end
        self._path: list[str] = []
        self._outside = 0  # how deep we are in an element of another namespace
        self.encoding = "utf-8"
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.StartDoctypeDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declared

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if not self._path:
            self._root(namespace, name)
        if self._outside or namespace != NAMESPACE:
            self._outside += 1
            if self._outside > 1:
                return
        if len(self._path) + self._outside > _DEEPEST:
            told = "XML-filen har element i varandra djupare än SIE 5 har. Exportera den på nytt ur ekonomisystemet."
            raise NotFiveError(told, self.parser.CurrentLineNumber)
        self._start(self._path[-1] if self._path else "", name, attributes, self.parser.CurrentLineNumber)
        if not self._outside:
            self._path.append(name)

    def _close(self, _tag: str) -> None:
        if self._outside:
            self._outside -= 1
        else:
            name = self._path.pop()
            self._end(self._path[-1] if self._path else "", name)

    def _root(self, namespace: str, name: str) -> None:
        if name not in ROOTS:
            told = f"Filen är XML, men ingen SIE 5: den börjar med {shown(name)} och inte med 'Sie'. Välj SIE-filen."
            raise NotFiveError(told)
        if namespace != NAMESPACE:
            told = (
                f"SIE 5-filens namnrymd är {shown(namespace)} och inte '{NAMESPACE}'. Exportera den på nytt som SIE 5."
            )
            raise NotFiveError(told)

    def _doctype(self, *_declared: object) -> None:
        told = "XML-filen har en DOCTYPE, som ingen SIE 5-fil har och som kan vara farlig. Exportera den på nytt ur ekonomisystemet."
        raise NotFiveError(told, self.parser.CurrentLineNumber)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = (encoding or "utf-8").lower()
