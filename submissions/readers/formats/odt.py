"""An OpenDocument text's paragraphs in reading order, with their rank as headings, and the mark in its properties."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple, TypeVar

from lxml import etree

from submissions.files.filled import MallMark
from submissions.readers.formats.ods_formats import line_through
from submissions.readers.formats.symbols import with_symbols
from submissions.readers.formats.zipped import Archive, attribute, local
from submissions.readers.headings import Paragraph, Walked
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


class _Letters(NamedTuple):
    """How letters look."""

    bold: bool = False
    struck: bool = False
    hidden: bool = False


_PLAIN = _Letters()


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
        told = [
            (attribute(style, "name"), each) for style in every for each in style.iterchildren("{*}text-properties")
        ]
        self._bold = {name: weight == "bold" for name, each in told if (weight := attribute(each, "font-weight"))}
        self._struck = {name: line != "none" for name, each in told if (line := line_through(each))}
        self._hidden = {name: shown == "none" for name, each in told if (shown := attribute(each, "display"))}
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
                within = self.paragraphs(each, in_table=in_table or name == "table")
                yield from map(_unseen, within) if name == "section" and _is_hidden(each) else within

    def _paragraph(self, element: "etree._Element", in_table: bool) -> Iterator[Paragraph]:
        style = attribute(element, "style-name") or ""
        said = Walked()
        self._walk(element, self._look(style, _PLAIN), said)
        level = None
        if local(element) == "h":
            written = attribute(element, "outline-level") or "1"
            level = int(written) if written in tuple("123456789") else 9
        level = level or self._inherited(style, self._levels)
        read = said.paragraph(level=level, in_table=in_table)
        hides = any(map(_is_hidden, element.iter("{*}hidden-paragraph")))
        yield _unseen(read) if hides else read
        for box in said.boxes:
            yield from self.paragraphs(box, in_table=in_table)
        for note in said.notes:
            within = self.paragraphs(note, in_table=in_table)
            yield from (replace(each, is_note=True) for each in within if each.text.strip())

    def _look(self, style: str, above: _Letters) -> _Letters:
        said = [self._inherited(style, each) for each in (self._bold, self._struck, self._hidden)]
        return _Letters(*(old if new is None else new for new, old in zip(said, above, strict=True)))

    def _inherited(self, style: str, said: "dict[str | None, Kind]") -> "Kind | None":
        for _ in range(20):
            if style in said:
                return said[style]
            style = self._parents.get(style, "")
        return None

    def _walk(self, above: "etree._Element", look: _Letters, said: Walked) -> None:
        """Take in what a paragraph, or a piece of it, says."""
        said.say(with_symbols(above.text or ""), **look._asdict())
        for each in above:
            name = local(each)
            if name in ("s", "tab"):
                said.pieces.append(" ")
            elif name == "line-break":
                said.pieces.append("\n")
            elif name == "text-box":
                said.boxes.append(each)
            elif name == "note-body":
                said.notes.append(each)
            elif name == "hidden-text":
                said.say(
                    attribute(each, "string-value") or each.text or "",
                    **look._replace(hidden=_is_hidden(each))._asdict(),
                )
            elif name == "span":
                self._walk(each, self._look(attribute(each, "style-name") or "", look), said)
            elif name and name not in _NOT_TEXT:
                said.pictures += name in ("image", "object")
                self._walk(each, look, said)
            said.say(with_symbols(each.tail or ""), **look._asdict())


def _is_hidden(element: "etree._Element") -> bool:
    """Tell whether a section, or a field that may hide, does so now; a section whose program does not say is shown."""
    now, shown = attribute(element, "is-hidden"), attribute(element, "display")
    if local(element) == "section":
        return shown == "none" or (shown == "condition" and now == "true")
    return now != "false"


def _unseen(paragraph: Paragraph) -> Paragraph:
    """Return a paragraph of which nobody sees anything."""
    text = " ".join(paragraph.text.split())
    return replace(paragraph, hidden=(text,) if text else ())
