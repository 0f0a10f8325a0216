"""An OpenDocument text's paragraphs in reading order, with their rank as headings, and the mark in its properties."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from lxml import etree

from submissions.files.filled import MallMark
from submissions.readers.formats.zipped import Archive, attribute, local
from submissions.readers.headings import Paragraph
from submissions.readers.marks import mark_of
from submissions.readers.refusal import TOO_LARGE_INSIDE, RefusedReadingError, linked_text

MAX_PARAGRAPHS = 100_000
Kind = TypeVar("Kind", bool, int)
_NOT_TEXT = {
    "tracked-changes", "table-of-content", "alphabetical-index", "illustration-index", "table-index",
    "annotation", "annotation-end", "note-citation", "forms", "sequence-decls",
    "placeholder",
}  # fmt: skip
_ELSEWHERE = re.compile(r"(?:[a-z]+:/|//|\.\./|\\\\)", re.IGNORECASE)


def read_odt(archive: Archive) -> list[Paragraph]:
    """Return the paragraphs. Raises RefusedReadingError when the text fetches parts from elsewhere."""
    root = archive.parse("content.xml")
    _refuse_links(root)
    body = next(root.iter("{*}text"), root)
    reader = _Reader(root, archive.parse_if_there("styles.xml"))
    found = list(islice(reader.paragraphs(body, in_table=False), MAX_PARAGRAPHS + 1))
    if len(found) > MAX_PARAGRAPHS:
        raise RefusedReadingError(TOO_LARGE_INSIDE)
    return found


def odt_mark(archive: Archive) -> MallMark | None:
    """Return the mark: properties of the municipality's own, or the identifier."""
    meta = archive.parse_if_there("meta.xml")
    if meta is None:
        return None
    said = {attribute(each, "name") or "": each.text or "" for each in meta.iter("{*}user-defined")}
    identifiers = meta.iter("{*}identifier", "{*}keyword", "{*}subject")
    return mark_of(said, " ".join(each.text or "" for each in identifiers))


def _refuse_links(root: "etree._Element") -> None:
    for each in root.iter("{*}image", "{*}object", "{*}section-source", "{*}dde-source", "{*}plugin"):
        where = attribute(each, "href") or ""
        if _ELSEWHERE.match(where):
            raise RefusedReadingError(linked_text(re.split(r"[/\\]", where)[-1][:80] or "en fil"))


class _Reader:
    """Walks the body."""

    def __init__(self, *roots: "etree._Element | None") -> None:
        every = [each for root in roots if root is not None for each in root.iter("{*}style")]
        self._parents = {attribute(each, "name") or "": attribute(each, "parent-style-name") or "" for each in every}
        self._bold = {
            attribute(style, "name"): attribute(each, "font-weight") == "bold"
            for style in every
            for each in style.iterchildren("{*}text-properties")
            if attribute(each, "font-weight")
        }
        self._levels = {
            attribute(each, "name"): int(level)
            for each in every
            if (level := attribute(each, "default-outline-level") or "") in tuple("123456789")
        }

    def paragraphs(self, element: "etree._Element", *, in_table: bool) -> Iterator[Paragraph]:
        for each in element:
            name = local(each)
            if name in ("p", "h"):
                yield from self._paragraph(each, in_table)
            elif name and name not in _NOT_TEXT:
                yield from self.paragraphs(each, in_table=in_table or name == "table")

    def _paragraph(self, element: "etree._Element", in_table: bool) -> Iterator[Paragraph]:
        style = attribute(element, "style-name") or ""
        text, pictures, bold, boxes = self._inner(element, bool(self._inherited(style, self._bold)))
        level = None
        if local(element) == "h":
            written = attribute(element, "outline-level") or "1"
            level = int(written) if written in tuple("123456789") else 9
        level = level or self._inherited(style, self._levels)
        yield Paragraph(text=text, level=level, bold=bold, in_table=in_table, pictures=pictures)
        for box in boxes:
            yield from self.paragraphs(box, in_table=in_table)

    def _inherited(self, style: str, said: "dict[str | None, Kind]") -> "Kind | None":
        for _ in range(20):
            if style in said:
                return said[style]
            style = self._parents.get(style, "")
        return None

    def _inner(self, element: "etree._Element", bold: bool) -> tuple[str, int, bool, list["etree._Element"]]:
        """Return a paragraph's text, its pictures, whether all of it is bold, and the text boxes that hang in it."""
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        bolds: set[bool] = set()
        pictures = 0

        def say(text: str | None, is_bold: bool) -> None:
            pieces.append(text or "")
            if text and text.strip():
                bolds.add(is_bold)

        def walk(above: "etree._Element", is_bold: bool) -> None:
            nonlocal pictures
            say(above.text, is_bold)
            for each in above:
                name = local(each)
                if name in ("s", "tab"):
                    pieces.append(" ")
                elif name == "line-break":
                    pieces.append("\n")
                elif name == "text-box":
                    boxes.append(each)
                elif name == "span":
                    own = self._inherited(attribute(each, "style-name") or "", self._bold)
                    walk(each, is_bold if own is None else own)
                elif name and name not in _NOT_TEXT:
                    pictures += name in ("image", "object")
                    walk(each, is_bold)
                say(each.tail, is_bold)

        walk(element, bold)
        return "".join(pieces), pictures, bolds == {True}, boxes
