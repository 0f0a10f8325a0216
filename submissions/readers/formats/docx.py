"""A Word document's paragraphs in reading order, with their rank as headings, and the mark in its properties."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml import etree

from submissions.files.filled import MallMark
from submissions.readers.formats.docx_styles import Letters, Style, Styles, font_of, is_on, outline
from submissions.readers.formats.symbols import TICKED, UNTICKED, symbol, with_symbols
from submissions.readers.formats.zipped import Archive, attribute, local
from submissions.readers.headings import Paragraph, Walked
from submissions.readers.marks import mark_of
from submissions.readers.refusal import TEXT_IN_ANOTHER_FILE, TOO_LARGE_INSIDE, RefusedReadingError, linked_text

MAX_PARAGRAPHS = 100_000
_NOT_TEXT = {"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr"}
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {
    "footnoteReference": "footnote",
    "endnoteReference": "endnote",
}  #: what points at a note, and what it is called
_PICTURES = {"drawing", "pict", "object"}
_CONTENTS = re.compile(r"(?:toc|innehåll)\b.*|(?:toc|innehåll) ?[1-9]")
#: Parts that Word fetches when the document is opened. A template on the network (``attachedTemplate``) is not one:
#: every document made from the municipality's own templates has it, and it changes nothing that stands in the text.
_FETCHED = ("/image", "/subDocument", "/frame", "/video", "/audio")


def read_docx(archive: Archive) -> list[Paragraph]:
    """Return the paragraphs. Raises RefusedReadingError when the text fetches parts from elsewhere."""
    for name in archive.names:
        if name.endswith(".rels"):
            _refuse_links(archive.parse(name))
    root = archive.parse(archive.main)
    body = next(root.iter("{*}body"), root)
    if next(body.iter("{*}altChunk"), None) is not None:
        raise RefusedReadingError(TEXT_IN_ANOTHER_FILE)
    styles = Styles(archive.parse_if_there(archive.related(archive.main, "styles", "styles.xml")))
    reader = _Reader(styles, dict(_notes(archive)))
    found = list(islice(reader.paragraphs(body, in_table=False), MAX_PARAGRAPHS + 1))
    if len(found) > MAX_PARAGRAPHS:
        raise RefusedReadingError(TOO_LARGE_INSIDE)
    return found


def _notes(archive: Archive) -> Iterator[tuple[tuple[str, str], "etree._Element"]]:
    for kind, one in _NOTES.items():
        root = archive.parse_if_there(archive.related(archive.main, f"{one}s", f"{one}s.xml"))
        for each in root.iterchildren(f"{{*}}{one}") if root is not None else ():
            yield (kind, attribute(each, "id") or ""), each


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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Walks the body; ``notes`` are the texts of the notes by the kind of what points at them and its number."""

    styles: Styles
    notes: Mapping[tuple[str, str], "etree._Element"] = field(default_factory=dict)

    def paragraphs(self, element: "etree._Element", *, in_table: bool) -> Iterator[Paragraph]:
        for each in element:
            name = local(each)
            if name == "p":
                yield from self._paragraph(each, in_table)
            elif name == "AlternateContent":
                yield from self.paragraphs(_chosen(each), in_table=in_table)
            elif name and name not in _NOT_TEXT and not _is_prompt(each) and not _is_deleted(each):
                yield from self.paragraphs(each, in_table=in_table or name == "tbl")

    def _paragraph(self, element: "etree._Element", in_table: bool) -> Iterator[Paragraph]:
        style = self._style(element)
        if _CONTENTS.fullmatch(style.name):
            return  # the table of contents says the headings, and is none
        said = self._inner(element, style.look)
        level = outline(element) or style.level
        yield said.paragraph(level=level, in_table=in_table)
        for box in said.boxes:
            yield from self.paragraphs(box, in_table=in_table)
        for note in said.notes:
            within = replace(self, notes={}).paragraphs(note, in_table=in_table)
            yield from (replace(each, is_note=True) for each in within if each.text.strip())

    def _style(self, element: "etree._Element") -> Style:
        properties = next(element.iterchildren("{*}pPr"), None)
        named = next(properties.iterchildren("{*}pStyle"), None) if properties is not None else None
        key = attribute(named, "val") or "" if named is not None else ""
        return self.styles.style(key)

    def _inner(self, element: "etree._Element", look: Letters) -> Walked:
        said = Walked()
        stack = [*reversed(element)]
        while stack:
            each = stack.pop()
            name = local(each)
            if name in ("t", "sym"):
                above = each.getparent()
                own = look if above is None else self.styles.look(above, look)
                text = (
                    with_symbols(each.text or "", "" if above is None else font_of(above))
                    if name == "t"
                    else symbol(attribute(each, "font") or "", attribute(each, "char") or "")
                )
                said.say(text, bold=own.bold, struck=own.struck, hidden=own.hidden)
            elif name in _CHARACTERS:
                said.pieces.append(_CHARACTERS[name])
            elif name == "ffData":
                said.pieces.append(_answered(each))
            elif name == "txbxContent":
                said.boxes.append(each)
            elif name in _NOTES:
                note = self.notes.get((name, attribute(each, "id") or ""))
                said.notes += [note] if note is not None else []
            elif name == "AlternateContent":
                stack.append(_chosen(each))
            elif name and name not in _NOT_TEXT and not _is_prompt(each):
                said.pictures += name in _PICTURES and not _is_box(each)
                stack.extend(reversed(each))
        return said


def _chosen(element: "etree._Element") -> "etree._Element":
    """Return which of two ways of saying the same holds: the new one, and the old where the new says no word."""
    new = next(element.iterchildren("{*}Choice"), None)
    old = next(element.iterchildren("{*}Fallback"), None)
    if new is None or (old is not None and _has_words(old) and not _has_words(new)):
        new = old
    return element.makeelement("chosen") if new is None else new


def _has_words(element: "etree._Element") -> bool:
    return any((each.text or "").strip() for each in element.iter("{*}t"))


def _answered(element: "etree._Element") -> str:
    """Return what an old form's field is answered with: a box that is ticked or not, or one of its choices."""
    box = next(element.iterchildren("{*}checkBox"), None)
    if box is not None:
        said = {local(each): is_on(each) for each in box}
        return TICKED if said.get("checked", said.get("default", False)) else UNTICKED
    choices = next(element.iterchildren("{*}ddList"), None)
    if choices is None:
        return ""
    entries = [attribute(each, "val") or "" for each in choices.iterchildren("{*}listEntry")]
    chosen = {local(each): attribute(each, "val") or "" for each in choices if local(each) in ("result", "default")}
    at = chosen.get("result", chosen.get("default", "0"))
    return entries[int(at)] if at.isdecimal() and len(at) < 6 and int(at) < len(entries) else ""


def _is_prompt(element: "etree._Element") -> bool:
    """Tell whether a field that is to be filled in is not: what it shows ("Klicka här ...") nobody has written."""
    if local(element) != "sdt":
        return False
    properties = next(element.iterchildren("{*}sdtPr"), None)
    shows = next(properties.iterchildren("{*}showingPlcHdr"), None) if properties is not None else None
    return shows is not None and is_on(shows)


def _is_deleted(element: "etree._Element") -> bool:
    """Tell whether it is a row of a table that was deleted while changes were tracked."""
    properties = next(element.iterchildren("{*}trPr"), None) if local(element) == "tr" else None
    return properties is not None and next(properties.iterchildren("{*}del"), None) is not None


def _is_box(element: "etree._Element") -> bool:
    return next(element.iter("{*}txbxContent"), None) is not None
