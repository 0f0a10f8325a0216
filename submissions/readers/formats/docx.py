"""A Word document's paragraphs in reading order, with their rank as headings, and the mark in its properties."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from lxml import etree

from submissions.files.filled import MallMark
from submissions.readers.formats.zipped import Archive, attribute, local
from submissions.readers.headings import Paragraph
from submissions.readers.marks import mark_of
from submissions.readers.refusal import TOO_LARGE_INSIDE, RefusedReadingError, linked_text

MAX_PARAGRAPHS = 100_000
_NOT_TEXT = {"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "sectPr", "footnoteReference"}
_PICTURES = {"drawing", "pict", "object"}
_BUILT_IN = re.compile(r"(?:heading|rubrik) ?([1-9])")
_CONTENTS = re.compile(r"(?:toc|innehåll)\b.*|(?:toc|innehåll) ?[1-9]")
#: Parts that Word fetches when the document is opened. A template on the network (``attachedTemplate``) is not one:
#: every document made from the municipality's own templates has it, and it changes nothing that stands in the text.
_FETCHED = ("/image", "/subDocument", "/frame", "/video", "/audio")


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    level: int | None = None
    bold: bool = False


def read_docx(archive: Archive) -> list[Paragraph]:
    """Return the paragraphs. Raises RefusedReadingError when the text fetches parts from elsewhere."""
    for name in archive.names:
        if name.endswith(".rels"):
            _refuse_links(archive.parse(name))
    root = archive.parse(archive.main)
    body = next(root.iter("{*}body"), root)
    reader = _Reader(_Styles(archive.parse_if_there(archive.related(archive.main, "styles", "styles.xml"))))
    found = list(islice(reader.paragraphs(body, in_table=False), MAX_PARAGRAPHS + 1))
    if len(found) > MAX_PARAGRAPHS:
        raise RefusedReadingError(TOO_LARGE_INSIDE)
    return found


def docx_mark(archive: Archive) -> MallMark | None:
    """Return the mark: custom properties, document variables, or the core property ``identifier``."""
    said: dict[str, str] = {}
    custom = archive.parse_if_there(archive.related("", "custom-properties", "docProps/custom.xml"))
    for each in custom.iter("{*}property") if custom is not None else ():
        said[each.get("name") or ""] = "".join(str(text) for text in each.itertext())
    settings = archive.parse_if_there(archive.related(archive.main, "settings", "settings.xml"))
    for each in settings.iter("{*}docVar") if settings is not None else ():
        said.setdefault(attribute(each, "name") or "", attribute(each, "val") or "")
    core = archive.parse_if_there(archive.related("", "core-properties", "docProps/core.xml"))
    identifiers = core.iter("{*}identifier") if core is not None else iter(())
    return mark_of(said, next((each.text or "" for each in identifiers), ""))


def _refuse_links(relations: "etree._Element") -> None:
    for each in relations.iter("{*}Relationship"):
        if each.get("TargetMode") == "External" and (each.get("Type") or "").endswith(_FETCHED):
            raise RefusedReadingError(linked_text(re.split(r"[/\\]", each.get("Target") or "")[-1][:80] or "en fil"))


class _Styles:
    """The document's styles, each with what it inherits; thought of when a paragraph has it, for most are not used."""

    def __init__(self, root: "etree._Element | None") -> None:
        every = root.iterchildren("{*}style") if root is not None else ()
        self._elements = {attribute(each, "styleId") or "": each for each in every}
        self._found: dict[str, _Style] = {}

    def style(self, key: str) -> _Style:
        """Return a style; one that is not there says nothing."""
        if key not in self._found:
            line: list[str] = []
            at = key
            while at in self._elements and at not in line and len(line) < 20:
                line.append(at)
                based = next(self._elements[at].iterchildren("{*}basedOn"), None)
                at = attribute(based, "val") or "" if based is not None else ""
            self._found[key] = reduce(_over, (self._elements[each] for each in reversed(line)), _Style())
        return self._found[key]


def _over(style: _Style, element: "etree._Element") -> _Style:
    named = next(element.iterchildren("{*}name"), None)
    name = (attribute(named, "val") or "").casefold() if named is not None else ""
    built_in = _BUILT_IN.fullmatch(name)
    level = int(built_in[1]) if built_in else _outline(element) or style.level
    return _Style(name, level, _is_bold(element, style.bold))


def _outline(element: "etree._Element") -> int | None:
    found = next(element.iter("{*}outlineLvl"), None)
    written = attribute(found, "val") or "" if found is not None else ""
    return int(written) + 1 if written in tuple("012345678") else None


def _is_bold(element: "etree._Element", otherwise: bool) -> bool:
    properties = next(element.iterchildren("{*}rPr"), None)
    bold = next(properties.iterchildren("{*}b"), None) if properties is not None else None
    return otherwise if bold is None else (attribute(bold, "val") or "1") not in ("0", "false", "off")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Walks the body."""

    styles: _Styles

    def paragraphs(self, element: "etree._Element", *, in_table: bool) -> Iterator[Paragraph]:
        for each in element:
            name = local(each)
            if name == "p":
                yield from self._paragraph(each, in_table)
            elif name and name not in _NOT_TEXT and not _is_prompt(each):
                yield from self.paragraphs(each, in_table=in_table or name == "tbl")

    def _paragraph(self, element: "etree._Element", in_table: bool) -> Iterator[Paragraph]:
        style = self._style(element)
        if _CONTENTS.fullmatch(style.name):
            return  # the table of contents says the headings, and is none
        text, pictures, bold, boxes = _inner(element, style.bold)
        properties = next(element.iterchildren("{*}pPr"), None)
        outlined = _outline(properties) if properties is not None else None
        level = outlined or style.level
        yield Paragraph(text=text, level=level, bold=bold, in_table=in_table, pictures=pictures)
        for box in boxes:
            yield from self.paragraphs(box, in_table=in_table)

    def _style(self, element: "etree._Element") -> _Style:
        properties = next(element.iterchildren("{*}pPr"), None)
        named = next(properties.iterchildren("{*}pStyle"), None) if properties is not None else None
        key = attribute(named, "val") or "" if named is not None else ""
        return self.styles.style(key)


def _inner(element: "etree._Element", bold: bool) -> tuple[str, int, bool, list["etree._Element"]]:
    """Return a paragraph's text, its pictures, whether all of it is bold, and the text boxes that hang in it."""
    pieces: list[str] = []
    boxes: list[etree._Element] = []
    bolds: set[bool] = set()
    pictures = 0
    stack = [*reversed(element)]
    while stack:
        each = stack.pop()
        name = local(each)
        if name == "t":
            pieces.append(each.text or "")
            above = each.getparent()
            if above is not None and (each.text or "").strip():
                bolds.add(_is_bold(above, bold))
        elif name == "tab":
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "txbxContent":
            boxes.append(each)
        elif name and name not in _NOT_TEXT and not _is_prompt(each):
            pictures += name in _PICTURES and not _is_box(each)
            stack.extend(reversed(each))
    return "".join(pieces), pictures, bolds == {True}, boxes


def _is_prompt(element: "etree._Element") -> bool:
    """Tell whether a field that is to be filled in is not: what it shows ("Klicka här ...") nobody has written."""
    if local(element) != "sdt":
        return False
    properties = next(element.iterchildren("{*}sdtPr"), None)
    shows = next(properties.iterchildren("{*}showingPlcHdr"), None) if properties is not None else None
    return shows is not None and (attribute(shows, "val") or "1") not in ("0", "false", "off")


def _is_box(element: "etree._Element") -> bool:
    return next(element.iter("{*}txbxContent"), None) is not None
