"""Active content in an Office file: what fetches or runs something when somebody opens it. Found in the bytes.

A chart's own figures, an ordinary link that somebody must press, and a template on a disk, or in a folder of a server whose name is one
word (no name of the internet's), are none of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from submissions.files.office_package import INSIDE, MANIFEST, Parts


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


def active_in_office(looked: Parts, kind: str) -> tuple[Active, ...]:
    """Return the kinds of active content of a .docx or .xlsx. Raises TooMuchError."""
    return tuple(dict.fromkeys(_in_office(looked, kind)))


def active_in_opendocument(looked: Parts) -> tuple[Active, ...]:
    """Return the kinds of active content of an .odt or .ods. Raises TooMuchError."""
    return tuple(dict.fromkeys(_in_opendocument(looked)))


def _in_office(looked: Parts, kind: str) -> Iterator[Active]:
    for word, active in (("macrosheet", XLM), ("activeX", ACTIVEX), ("dialogsheet", XLM)):
        if re.search(rf"ContentType\s*=\s*[\"'][^\"']*{word}", looked.types, re.IGNORECASE):
            yield active
    linked = set()
    for name, every in sorted(looked.relations.items()):
        for relation, target in every:
            if found := _related(name, relation, target):
                yield found
            if relation == "externalLink":
                linked.add(_last(target))
    for name in sorted(looked.entries):  # a part's folder and ending are its writer's choice
        if _last(name) in linked or name.startswith("xl/externallinks/"):
            if re.search(r"<(?:[\w.-]+:)?ddeLink\b", looked.text(name)):
                yield DDE
        elif kind == "docx" and looked.is_xml(name) and _has_dde(looked.text(name)):
            yield DDE


def _in_opendocument(looked: Parts) -> Iterator[Active]:
    if MANIFEST in looked.entries:
        for entry in re.findall(rf"<(?:[\w.-]+:)?file-entry\b{INSIDE}>", looked.text(MANIFEST)):
            inner = re.search(r"full-path\s*=\s*[\"'][^\"'/]+/[\"']", entry)
            if _OLE_ENTRY.search(entry) or (inner and _DOCUMENT_ENTRY.search(entry)):
                yield EMBEDDED
    if "meta.xml" in looked.entries:
        for href in _TEMPLATE_HREF.findall(looked.text("meta.xml")):
            if _is_elsewhere(unescape(href)):
                yield TEMPLATE
    for name in sorted(looked.entries):
        if name.rpartition("/")[2] in ("content.xml", "styles.xml"):
            for text in looked.pieces(name):
                yield from (_OF_TAG[tag or "database"] for tag in _OPEN_ACTIVE.findall(text))
                if _WEB_RANGE.search(text):
                    yield QUERY


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
    rf"<(?:[\w.-]+:)?(?:instrText\b{INSIDE}>([^<]*)"
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


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()


def _related(name: str, kind: str, target: str) -> Active | None:
    if kind == "package" and "/charts/" not in name:
        return EMBEDDED
    return TEMPLATE if kind == "attachedTemplate" and _is_elsewhere(target) else _KINDS.get(kind)


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
