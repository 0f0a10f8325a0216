"""The mark that a mall carries in its file's own properties: no page shows them, and Office and LibreOffice keep them."""

import io
from collections.abc import Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

PART = "docProps/custom.xml"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_OWN = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  #: the format's id for properties that a user adds


def properties(marks: Mapping[str, str], others: bytes | None = None) -> bytes:
    """Return the part that holds a mark; ``others`` is the one that the file has, whose own properties stay."""
    names: Any = {None: _PROPERTIES, "vt": _TYPES}  # lxml's stubs know of no namespace without a prefix
    root = etree.fromstring(others) if others else etree.Element(f"{{{_PROPERTIES}}}Properties", nsmap=names)
    for each in list(root):
        if (each.get("name") or "").casefold().startswith("arshjul_"):
            root.remove(each)
    taken = [int(pid) for each in root if (pid := each.get("pid") or "").isdigit()]
    first = max([1, *taken]) + 1  # 0 and 1 are the format's own
    for number, (name, value) in enumerate(marks.items(), start=first):
        one = etree.SubElement(root, f"{{{_PROPERTIES}}}property", fmtid=_OWN, pid=str(number), name=name)
        etree.SubElement(one, f"{{{_TYPES}}}lpwstr").text = value
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def marked(content: bytes, marks: Mapping[str, str]) -> bytes:
    """Return an Office file with a mark among its properties, and nothing else of it changed.

    The same file and mark give the same bytes.
    """
    into, kept = io.BytesIO(), ZipInfo(PART, date_time=(1980, 1, 1, 0, 0, 0))
    kept.compress_type = ZIP_DEFLATED
    with ZipFile(io.BytesIO(content)) as source, ZipFile(into, "w", ZIP_DEFLATED) as target:
        others = source.read(PART) if PART in source.namelist() else None
        for entry in (each for each in source.infolist() if each.filename != PART):
            data = source.read(entry)
            if entry.filename == "[Content_Types].xml":
                data = _with(data, "Override", PartName=f"/{PART}", ContentType=CONTENT_TYPE)
            elif entry.filename == "_rels/.rels":
                data = _with(data, "Relationship", Type=RELATION, Target=PART, Id="rIdArshjul")
            target.writestr(entry, data)
        target.writestr(kept, properties(marks, others))
    return into.getvalue()


def _with(part: bytes, element: str, **said: str) -> bytes:
    """Return a part with an element last in it, unless one that says the same first thing is there."""
    root = etree.fromstring(part)
    first, value = next(iter(said.items()))
    if not any(each.get(first) == value for each in root):
        etree.SubElement(root, f"{{{etree.QName(root).namespace}}}{element}", said)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
