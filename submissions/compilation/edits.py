"""What openpyxl cannot write: formulas with their values beside them, and pictures described."""

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree

from submissions.files.packing import Edit

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


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
