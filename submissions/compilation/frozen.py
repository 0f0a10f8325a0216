"""Office files as the same bytes each time: every time in them fixed, formulas with their values, pictures described."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
Edit = Callable[[bytes], bytes]


def frozen(loose: bytes, at: datetime, edits: Mapping[str, Edit] | None = None) -> bytes:
    """Return an Office file whose zip has one fixed time, and whose properties say that it was made at ``at``.

    ``edits`` rewrite entries by their name.
    """
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    into = io.BytesIO()
    with ZipFile(io.BytesIO(loose)) as source, ZipFile(into, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            if edits and entry.filename in edits:
                content = edits[entry.filename](content)
            kept = ZipInfo(entry.filename, date_time=(1980, 1, 1, 0, 0, 0))
            kept.compress_type, kept.create_system = ZIP_DEFLATED, 3
            target.writestr(kept, content)
    return into.getvalue()


def with_values(values: Mapping[str, Decimal]) -> Edit:
    """Return an edit of a worksheet that gives formulas their values: a reader that works nothing out shows them."""

    def edit(content: bytes) -> bytes:
        root = etree.fromstring(content)
        for cell in root.iter(f"{_MAIN}c"):
            place = cell.get("r", "")
            if place in values and cell.find(f"{_MAIN}f") is not None:
                shown = cell.find(f"{_MAIN}v")
                if shown is None:
                    shown = etree.SubElement(cell, f"{_MAIN}v")
                shown.text = str(values[place])
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return edit


def with_alt_text(words: str) -> Edit:
    """Return an edit of a drawing that describes its picture or chart to those who do not see it."""

    def edit(content: bytes) -> bytes:
        root = etree.fromstring(content)
        for each in root.iter(f"{_DRAWING}cNvPr"):
            each.set("descr", words)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return edit
