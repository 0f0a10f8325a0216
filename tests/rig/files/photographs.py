"""A workbook made heavy: a picture of noise on its first sheet, which no zip makes smaller."""

import random
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


_TYPES = (
    b'<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/drawings/drawing1.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>'
)


_DRAWING = b'<drawing xmlns:r="%s" r:id="rId1"/>' % _OFFICE


_RELATION = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="' + _OFFICE + b'/%b" Target="%b"/></Relationships>'
)


_ANCHOR = (
    b'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    b'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="' + _OFFICE + b'"><xdr:oneCellAnchor>'
    b"<xdr:from><xdr:col>16</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    b'<xdr:ext cx="3810000" cy="3810000"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Foto"/><xdr:cNvPicPr/>'
    b'</xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
    b'<xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/>'
    b"</xdr:oneCellAnchor></xdr:wsDr>"
)


def with_photograph(content: bytes, names: Mapping[str, str], chance: random.Random, weight: int) -> bytes:
    """Return a workbook with names changed, and a picture on its first sheet that no zip makes smaller."""
    into = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(into, "w", ZIP_STORED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.endswith(".xml"):
                text = part.decode()
                for name, other in names.items():
                    text = text.replace(name, other)
                part = text.encode()
            if entry.filename == "[Content_Types].xml":
                part = part.replace(b"</Types>", _TYPES + b"</Types>")
            if entry.filename == "xl/worksheets/sheet1.xml":
                assert b"<drawing " not in part and b"<legacyDrawing" not in part
                before = next(each for each in (b"<tableParts", b"<extLst", b"</worksheet>") if each in part)
                part = part.replace(before, _DRAWING + before, 1)
            target.writestr(entry, part, entry.compress_type)
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in source.namelist()
        target.writestr("xl/worksheets/_rels/sheet1.xml.rels", _RELATION % (b"drawing", b"../drawings/drawing1.xml"))
        target.writestr("xl/drawings/_rels/drawing1.xml.rels", _RELATION % (b"image", b"../media/image1.png"))
        target.writestr("xl/drawings/drawing1.xml", _ANCHOR)
        target.writestr("xl/media/image1.png", photograph(chance))
    assert len(into.getvalue()) >= weight
    return into.getvalue()


def photograph(chance: random.Random, side: int = 820) -> bytes:
    """Return a PNG of noise, which weighs what a photograph weighs."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + chance.randbytes(3 * side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    picture = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + picture
