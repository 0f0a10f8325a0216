"""Active content in an Office file: what fetches or runs something when somebody opens it. Found in the bytes.

The parts are looked through as text and never parsed: this runs where a broken part must do no harm. A chart's own
figures, an ordinary link that somebody must press, and a template on a disk, or in a folder of a server whose name is one
word (no name of the internet's), are none of it.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

MOST = 200 * 1024 * 1024  #: bytes, unpacked, of all parts that are looked through, inclusive
_PIECE, _OVERLAP, _PEEK = 1024 * 1024, 4096, 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """A kind of active content: what people call it, and how it is taken away."""

    name: str
    mend: str


_PASTE = "Klistra in det som bild eller som vanlig text och tabell i stället (Klistra in special)"
TEMPLATE = Active(
    name="en dokumentmall på en webbadress eller en annan server (fjärrmall)",
    mend=(
        "Så blir det av sig självt när dokumentet är gjort från en mall i SharePoint eller Teams. I Word: Arkiv > "
        "Alternativ > Tillägg, välj Mallar vid Hantera och tryck på Gå, skriv Normal som dokumentmall, OK, och spara filen "
        "på nytt. Texten ändras inte."
    ),
)
DDE = Active(
    name="ett DDE-fält, som kan starta program",
    mend="Ta bort fältet eller formeln (i Word: Ctrl+Skift+F9 gör alla fält till text), och spara filen på nytt.",
)
EMBEDDED = Active(
    name="ett inbäddat eller länkat objekt (OLE)", mend=f"{_PASTE}, ta bort objektet och spara filen på nytt."
)
ACTIVEX = Active(
    name="ett ActiveX-objekt eller insticksprogram",
    mend="Ta bort knappen eller fältet (Utvecklare > Designläge, markera och Delete), och spara filen på nytt.",
)
QUERY = Active(
    name="en webbfråga eller dataanslutning",
    mend="Välj Data > Frågor och anslutningar, ta bort dem så att värdena ligger kvar i filen, och spara den på nytt.",
)
XLM = Active(
    name="ett makroblad (Excel 4.0)",
    mend="Ta bort makrobladen (högerklicka på bladfliken, Ta fram visar de dolda), och spara filen på nytt.",
)


class TooMuchError(ValueError):
    """There is more to look through than anybody's file holds."""


def active_in_office(archive: zipfile.ZipFile, names: set[str]) -> Active | None:
    """Return the first active content of a .docx or .xlsx; None when there is none. Raises TooMuchError."""
    looked = _Parts(archive)
    types = looked.text("[Content_Types].xml")
    for word, active in (("macrosheet", XLM), ("activeX", ACTIVEX), ("dialogsheet", XLM)):
        if re.search(rf"ContentType\s*=\s*[\"'][^\"']*{word}", types, re.IGNORECASE):
            return active
    for name in sorted(names):
        if name.lower().endswith(".rels") and (found := _related(name, looked.text(name))):
            return found
    linked = {
        _last(target) for name in names if name.lower().endswith(".rels") for target in _linked(looked.text(name))
    }
    for name in sorted(names):  # a part's folder and ending are its writer's choice
        if _last(name) in linked or name.lower().startswith("xl/externallinks/"):
            if re.search(r"<(?:[\w.-]+:)?ddeLink\b", looked.text(name)):
                return DDE
        elif "word/document.xml" in names and looked.is_xml(name) and _has_dde(looked.text(name)):
            return DDE
    return None


def active_in_opendocument(archive: zipfile.ZipFile, names: set[str]) -> Active | None:
    """Return the first active content of an .odt or .ods; None when there is none. Raises TooMuchError."""
    looked = _Parts(archive)
    if "META-INF/manifest.xml" in names:
        for entry in re.findall(rf"<(?:[\w.-]+:)?file-entry\b{_INSIDE}>", looked.text("META-INF/manifest.xml")):
            inner = re.search(r"full-path\s*=\s*[\"'][^\"'/]+/[\"']", entry)
            if _OLE_ENTRY.search(entry) or (inner and _DOCUMENT_ENTRY.search(entry)):
                return EMBEDDED
    if "meta.xml" in names:
        for href in _TEMPLATE_HREF.findall(looked.text("meta.xml")):
            if _is_elsewhere(unescape(href)):
                return TEMPLATE
    for name in sorted(names):
        if name.rpartition("/")[2] in ("content.xml", "styles.xml"):
            for text in looked.pieces(name):
                if tag := _OPEN_ACTIVE.search(text):
                    return _OF_TAG[tag[1] or "database"]
                if _WEB_RANGE.search(text):
                    return QUERY
    return None


# every search ends at the next "<", which no tag may hold: else many tags without an end would take hours
_INSIDE = r"(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+"
_RELATION = re.compile(rf"<(?:[\w.-]+:)?Relationship\b{_INSIDE}>")
_KINDS = {
    "oleObject": EMBEDDED,
    "aFChunk": EMBEDDED,
    "control": ACTIVEX,
    "activeXControlBinary": ACTIVEX,
    "connections": QUERY,
    "queryTable": QUERY,
    "xlMacrosheet": XLM,
    "xlIntlMacrosheet": XLM,
}
_REMOTE = re.compile(r"(?:https?|ftp|mhtml|mk|ms-\w+|javascript|data):|@ssl\b|davwwwroot", re.IGNORECASE)
_FIELD = re.compile(
    rf"<(?:[\w.-]+:)?(?:instrText\b{_INSIDE}>([^<]*)"
    r"|fldChar\b[^<]*?fldCharType\s*=\s*[\"'](begin|separate|end)[\"']"
    r"|fldSimple\b[^<]*?\binstr\s*=\s*(\"[^\"<]*\"|'[^'<]*'))"
)
_DDE = re.compile(r"[\s\"'\\]*DDE(?:AUTO)?\b", re.IGNORECASE)
_OLE_ENTRY = re.compile(r"media-type\s*=\s*[\"']application/vnd\.sun\.star\.oleobject[\"']")
_DOCUMENT_ENTRY = re.compile(
    r"media-type\s*=\s*[\"']application/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation)\b"
)
_TEMPLATE_HREF = re.compile(r"<(?:[\w.-]+:)?template\b[^<]*?\bhref\s*=\s*[\"']([^\"'<]*)", re.IGNORECASE)
_SERVER = re.compile(r"/{2,}([^/]+)")
_ONE_WORD = re.compile(r"(?!\d+\Z|0x)[\w-]+", re.IGNORECASE)
_OPEN_ACTIVE = re.compile(
    r"<(?:[\w.-]+:)?(?:(dde-connection-decl|dde-link|dde-source|object-ole|applet|plugin)\b|database-source-\w+)"
)
_OF_TAG = {
    "dde-connection-decl": DDE,
    "dde-link": DDE,
    "dde-source": DDE,
    "object-ole": EMBEDDED,
    "applet": ACTIVEX,
    "plugin": ACTIVEX,
    "database": QUERY,
}
_WEB_RANGE = re.compile(r"<(?:[\w.-]+:)?cell-range-source\b[^<]*?\bhref\s*=\s*[\"']\s*(?:https?|ftp):", re.IGNORECASE)


def _relations(text: str) -> Iterator[tuple[str, str]]:
    """Give each relation's kind and target."""
    for tag in _RELATION.findall(text):
        said = {key: unescape(value[1:-1]) for key, value in re.findall(r"([\w.:-]+)\s*=\s*(\"[^\"]*\"|'[^']*')", tag)}
        yield said.get("Type", "").rpartition("/")[2], said.get("Target", "")


def _linked(text: str) -> Iterator[str]:
    return (target for kind, target in _relations(text) if kind == "externalLink")


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()


def _related(name: str, text: str) -> Active | None:
    for kind, target in _relations(text):
        if kind in _KINDS:
            return _KINDS[kind]
        if kind == "package" and "/charts/" not in name.lower():
            return EMBEDDED
        if kind == "attachedTemplate" and _is_elsewhere(target):
            return TEMPLATE
    return None


def _is_elsewhere(template: str) -> bool:
    """Tell whether a template is fetched over the internet, or may be: Windows gives its user's login to whoever answers."""
    path = unquote(template).strip().replace("\\", "/")
    if _REMOTE.search(template) or _REMOTE.search(path):
        return True
    path = re.sub(r"\Afile:", "", path, flags=re.IGNORECASE)
    if re.match(r"/*[a-z]:/", path, re.IGNORECASE):
        return False
    server = _SERVER.match(path)
    return bool(server and not _ONE_WORD.fullmatch(server[1]))


def _has_dde(text: str) -> bool:
    """Tell whether a field is DDE: its words may lie in many pieces, and fields in each other."""
    open_fields: list[str] = []
    for found in _FIELD.finditer(text):
        words, mark, simple = found.groups()
        if mark == "begin":
            open_fields.append("")
        elif mark:
            if open_fields and _DDE.match(open_fields[-1]):
                return True
            if mark == "end" and open_fields:
                open_fields.pop()
        elif simple is not None:
            if _DDE.match(unescape(simple[1:-1])):
                return True
        elif open_fields:
            open_fields[-1] += unescape(words)
        elif _DDE.match(unescape(words)):
            return True
    return any(_DDE.match(words) for words in open_fields)


class _Parts:
    """The parts of a file as text, never more of them in all than :data:`MOST`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive, self._left = archive, MOST

    def text(self, name: str) -> str:
        """Return a part whole, without comments and with what CDATA holds."""
        self._count(name)
        return _plain(_decoded(self._archive.read(name)))

    def is_xml(self, name: str) -> bool:
        """Tell whether a part begins as XML does, whatever its name."""
        with self._archive.open(name) as part:
            begins = part.read(_PEEK).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
        return not begins or begins.startswith(b"<")

    def pieces(self, name: str) -> Iterator[str]:
        """Give a large part piece by piece, each with the end of the one before it."""
        self._count(name)
        with self._archive.open(name) as part:
            first = part.read(_PIECE)
            encoding = _encoding(first)
            before, piece = b"", first
            while piece:
                yield _plain((before + piece).decode(encoding, "replace"))
                before, piece = piece[-_OVERLAP:], part.read(_PIECE)

    def _count(self, name: str) -> None:
        self._left -= self._archive.getinfo(name).file_size
        if self._left < 0:
            raise TooMuchError(name)


def _decoded(content: bytes) -> str:
    return content.decode(_encoding(content), "replace")


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content[:4].count(0) == 2:
        return "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    return "utf-8"


_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)


def _plain(text: str) -> str:
    return _UNSEEN.sub(lambda found: (found[1] or "").replace("<", "&lt;"), text)
