"""Active content is refused by its name with its remedy, in each kind of file; what people's own files hold is not."""

import io
import zipfile
from html import escape

import pytest
from docx import Document
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from store.handins import versions as submissions
from store.plan.planning import current_wheel
from submissions.files.active import ACTIVEX, DDE, EMBEDDED, QUERY, TEMPLATE, XLM
from submissions.files.contents import look_into
from submissions.files.office_package import MOST
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from submissions.readers.here import read_here
from submissions.readers.refusal import Refusal
from submissions.readers.wanted import Wanted
from tests.rig.handins import NOW
from tests.rig.hedemora import BIN_UNDERLAG, hedemora, town

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"


def word():
    """A document that Word and LibreOffice open, made by python-docx."""
    into, paper = io.BytesIO(), Document()
    paper.add_heading("Mål och resultat", 1)
    paper.add_paragraph("Målen nås.")
    paper.save(into)
    return into.getvalue()


def book(*, chart=False):
    """A workbook that Excel and LibreOffice open, made by openpyxl."""
    into, made = io.BytesIO(), Workbook()
    made.active.append(["Ekonomi", 1])
    if chart:
        drawn = BarChart()
        drawn.add_data(Reference(made.active, min_col=2, min_row=1))
        made.active.add_chart(drawn, "D4")
    made.save(into)
    return into.getvalue()


def open_document(media_type, content="<office:text/>", manifest="", meta=""):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media_type)
        body = f'<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:xlink="x">{content}</office:document-content>'
        archive.writestr("content.xml", body)
        archive.writestr(
            "meta.xml",
            f'<office:document-meta xmlns:office="o" xmlns:meta="m" xmlns:xlink="x">{meta}</office:document-meta>',
        )
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="m">{manifest}</manifest:manifest>'
        )
    return into.getvalue()


def edited(content, adds=None, **inside):
    """Return an archive with parts added, and texts put in before a part's end: ``{part: (before, text)}``."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            for part, (before, text) in inside.get("puts", {}).items():
                if part == name:
                    assert before.encode() in data, (name, data[:300])
                    data = data.replace(before.encode(), text.encode() + before.encode(), 1)
            if name not in (adds or {}):
                new.writestr(name, data)
        for name, data in (adds or {}).items():
            new.writestr(name, data)
    return into.getvalue()


def related(content, part, kind, target, mode="", *, space=KIND):
    """Return a file one of whose parts has a relation more."""
    tag = f'<Relationship Id="rIdX" Type="{space}/{kind}" Target="{escape(target)}"{mode}/>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        there = part in archive.namelist()
    if there:
        return edited(content, puts={part: ("</Relationships>", tag)})
    whole = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{tag}</Relationships>'
    return edited(content, {part: whole})


def field(*pieces):
    """Return a Word field whose words lie in so many runs."""
    runs = "".join(f"<w:r><w:instrText xml:space='preserve'>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def with_field(xml):
    return edited(word(), puts={"word/document.xml": ("<w:sectPr", xml)})


EXTERNAL = ' TargetMode="External"'
SETTINGS, DOCUMENT = "word/_rels/settings.xml.rels", "word/_rels/document.xml.rels"
SHEET, BOOK = "xl/worksheets/_rels/sheet1.xml.rels", "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
BAD = {
    "docx: a template on the web": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "https://ond.example/m.dotm", EXTERNAL)),
    "docx: the same, strict": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "http://ond.example/m", EXTERNAL, space=STRICT)),
    "docx: the same over WebDAV": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "file://ond.example@SSL/DavWWWRoot/m.dotm", EXTERNAL)),
    "docx: a template in the municipality's SharePoint": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "https://kommunen.sharepoint.com/sites/mallar/PM.dotx", EXTERNAL)),
    "docx: a template on a server of the internet": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "file:///\\\\ond.example\\m\\a.dotm", EXTERNAL)),
    "docx: the same, as an address": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "file://ond.example/m/a.dotm", EXTERNAL)),
    "docx: the same, in signs": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "file:///%5C%5Cond.example%5Cm.dotm", EXTERNAL)),
    "docx: the same, by its number": (TEMPLATE, lambda: related(word(), SETTINGS, "attachedTemplate", "\\\\3232235777\\m\\a.dotm", EXTERNAL)),
    "docx: DDEAUTO": (DDE, lambda: with_field(field(' DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc" '))),
    "docx: DDE in pieces": (DDE, lambda: with_field(field(" D", "D", "E", " excel "))),
    "docx: DDE as character references": (DDE, lambda: with_field(field("&#68;DEAUTO cmd"))),
    "docx: DDE in CDATA": (DDE, lambda: with_field(field("<![CDATA[ddeauto cmd]]>"))),
    "docx: DDE between what only looks like a comment": (DDE, lambda: with_field("<w:p><w:t><![CDATA[<!--]]></w:t></w:p>" + field("DDEAUTO cmd") + "<w:p><w:t><![CDATA[-->]]></w:t></w:p>")),
    "docx: DDE in a tag with a sign that ends tags": (DDE, lambda: with_field('<w:p><w:r><w:fldChar a=">" w:fldCharType="begin"/><w:instrText a=">">DDE cmd</w:instrText></w:r></w:p>')),
    "docx: an object in a relation with such a sign": (EMBEDDED, lambda: related(word(), DOCUMENT, "oleObject", "x", ' a=">"')),
    "docx: DDE with a comment within": (DDE, lambda: with_field(field("DD<!-- -->EAUTO cmd"))),
    "docx: DDE in a field in a field": (DDE, lambda: with_field(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1=1 </w:instrText></w:r>' + field("DDE cmd") + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')),
    "docx: DDE as a simple field": (DDE, lambda: with_field('<w:p><w:fldSimple w:instr=" DDEAUTO cmd "><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>')),
    "docx: DDE in a header": (DDE, lambda: edited(word(), {"word/header9.xml": f'<w:hdr xmlns:w="w">{field("DDEAUTO cmd")}</w:hdr>'})),
    "docx: DDE in a part elsewhere, under another ending": (DDE, lambda: edited(word(), {"annan/x.png": f'<w:hdr xmlns:w="w">{field("DDEAUTO cmd")}</w:hdr>'})),
    "xlsx: DDE in a part elsewhere": (DDE, lambda: edited(related(book(), BOOK, "externalLink", "/annan/X.bin"), {"annan/x.bin": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'})),
    "docx: DDE in UTF-16": (DDE, lambda: edited(word(), {"word/footer9.xml": f'<w:ftr xmlns:w="w">{field("DDE cmd")}</w:ftr>'.encode("utf-16")})),
    "docx: an OLE object": (EMBEDDED, lambda: related(edited(word(), {"word/embeddings/oleObject1.bin": b"x"}), DOCUMENT, "oleObject", "embeddings/oleObject1.bin")),
    "docx: an OLE object elsewhere": (EMBEDDED, lambda: related(word(), DOCUMENT, "oleObject", "https://ond.example/a.hta", EXTERNAL)),
    "docx: a workbook in it": (EMBEDDED, lambda: related(edited(word(), {"word/embeddings/b.xlsx": book()}), DOCUMENT, "package", "embeddings/b.xlsx")),
    "docx: another document in it": (EMBEDDED, lambda: related(word(), DOCUMENT, "aFChunk", "a.mht")),
    "docx: ActiveX": (ACTIVEX, lambda: related(edited(word(), {"word/activeX/activeX1.xml": "<ax:ocx/>"}), DOCUMENT, "control", "activeX/activeX1.xml")),
    "xlsx: ActiveX": (ACTIVEX, lambda: related(book(), SHEET, "control", "../activeX/activeX1.xml")),
    "xlsx: ActiveX by its type alone": (ACTIVEX, lambda: edited(book(), puts={TYPES: ("</Types>", '<Override PartName="/x" ContentType="application/vnd.ms-office.activeX+xml"/>')})),
    "xlsx: an OLE object": (EMBEDDED, lambda: related(book(), SHEET, "oleObject", "../embeddings/oleObject1.bin")),
    "xlsx: a document in it": (EMBEDDED, lambda: related(book(), SHEET, "package", "../embeddings/d.docx")),
    "xlsx: connections": (QUERY, lambda: related(edited(book(), {"xl/connections.xml": "<connections/>"}), BOOK, "connections", "connections.xml")),
    "xlsx: a web query": (QUERY, lambda: related(book(), SHEET, "queryTable", "../queryTables/queryTable1.xml")),
    "xlsx: an Excel 4 macro sheet": (XLM, lambda: related(edited(book(), {"xl/macrosheets/sheet1.xml": "<x/>"}), BOOK, "xlMacrosheet", "macrosheets/sheet1.xml")),
    "xlsx: an international one": (XLM, lambda: related(book(), BOOK, "xlIntlMacrosheet", "macrosheets/intl.xml")),
    "xlsx: one by its type alone": (XLM, lambda: edited(book(), puts={TYPES: ("</Types>", '<Override PartName="/x" ContentType="application/vnd.ms-excel.macrosheet+xml"/>')})),
    "xlsx: a formula that is DDE": (DDE, lambda: edited(book(), {"xl/externalLinks/externalLink1.xml": '<externalLink xmlns="m"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'})),
    "odt: DDE": (DDE, lambda: open_document(ODT, '<text:dde-connection-decls><text:dde-connection-decl office:dde-application="soffice"/></text:dde-connection-decls>')),
    "odt: an OLE object": (EMBEDDED, lambda: open_document(ODT, '<draw:frame><draw:object-ole xlink:href="./Object 1"/></draw:frame>')),
    "odt: a workbook in it": (EMBEDDED, lambda: open_document(ODT, manifest=f'<manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="{ODS}"/>')),
    "odt: a plug-in": (ACTIVEX, lambda: open_document(ODT, '<draw:plugin xlink:href="https://ond.example/x"/>')),
    "odt: an applet": (ACTIVEX, lambda: open_document(ODT, '<draw:applet draw:code="x"/>')),
    "odt: a template on the web": (TEMPLATE, lambda: open_document(ODT, meta='<meta:template xlink:type="simple" xlink:href="https://ond.example/m.ott"/>')),
    "ods: DDE": (DDE, lambda: open_document(ODS, '<table:dde-links><table:dde-link><office:dde-source office:dde-application="cmd"/></table:dde-link></table:dde-links>')),
    "ods: DDE a long way in": (DDE, lambda: open_document(ODS, "<text:p>" + "a" * 3_000_000 + "</text:p><table:dde-link/>")),
    "ods: a web query": (QUERY, lambda: open_document(ODS, '<table:cell-range-source table:name="x" xlink:href="https://ond.example/t.html"/>')),
    "ods: a database": (QUERY, lambda: open_document(ODS, '<table:database-range><table:database-source-sql table:sql-statement="x"/></table:database-range>')),
    "ods: an OLE object": (EMBEDDED, lambda: open_document(ODS, manifest='<manifest:file-entry manifest:full-path="Object 1" manifest:media-type="application/vnd.sun.star.oleobject"/>')),
}  # fmt: skip
GOOD = {
    "docx": word,
    "docx: a link to press": lambda: related(word(), DOCUMENT, "hyperlink", "https://www.example.se", EXTERNAL),
    **{
        f"docx: {name}": lambda target=target: related(word(), SETTINGS, "attachedTemplate", target, EXTERNAL)
        for name, target in {
            "Normal, by its name": "Normal.dotm",
            "Normal, as Word writes it": "file:///C:\\Users\\anna\\AppData\\Roaming\\Microsoft\\Templates\\Normal.dotm",
            "Normal, with signs": "file:///C:/Users/Åsa%20Ek/AppData/Roaming/Microsoft/Mallar/Normal.dotm",
            "Normal, on a Mac": "file:////Users/anna/Library/Group%20Containers/UBF8T346G9.Office/User%20Content.localized/Templates.localized/Normal.dotm",
            "a disk of the municipality's": "P:\\Mallar\\PM.v2.dotx",
        }.items()
    },
    "docx: a template in a folder": lambda: related(word(), SETTINGS, "attachedTemplate", "file:///\\\\kommun\\mallar\\PM.dotx", EXTERNAL),
    "docx: a chart with its figures": lambda: related(edited(word(), {"word/embeddings/b.xlsx": book()}), "word/charts/_rels/chart1.xml.rels", "package", "../embeddings/b.xlsx"),
    "docx: fields that count": lambda: with_field(field(" PAGE ") + field(' HYPERLINK "https://www.example.se" ') + field(" DDEKLARATION ")),
    "docx: words about it": lambda: with_field("<w:p><w:r><w:t>DDEAUTO används inte. instrText</w:t></w:r></w:p>"),
    "xlsx": book,
    "xlsx: a chart": lambda: book(chart=True),
    "xlsx: a link to press": lambda: related(book(), SHEET, "hyperlink", "https://www.example.se", EXTERNAL),
    "xlsx: a form's own button": lambda: related(book(), SHEET, "ctrlProp", "../ctrlProps/ctrlProp1.xml"),
    "odt": lambda: open_document(ODT),
    "odt: a template on a disk": lambda: open_document(ODT, meta='<meta:template xlink:href="file:///C:/Mallar/PM.v2.ott"/>'),
    "odt: a template in a folder": lambda: open_document(ODT, meta='<meta:template xlink:href="../mallar/PM.ott"/>'),
    "odt: a chart": lambda: open_document(ODT, '<draw:object xlink:href="./Object 1"/>', manifest='<manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="application/vnd.oasis.opendocument.chart"/>'),
    "ods": lambda: open_document(ODS),
    "ods: a link to press": lambda: open_document(ODS, '<text:a xlink:href="https://www.example.se">x</text:a>'),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_active_content_is_found_and_refused_by_its_name_with_its_remedy(what):
    active, make = BAD[what]
    content, kind = make(), what.partition(":")[0]
    seen = look_into(content)
    assert (seen.kind, seen.active) == (kind, (active,))
    refused = read_here(content, kind, Wanted())
    assert isinstance(refused, Refusal)
    assert (refused.rule, refused.message, refused.mend) == (
        "aktivt-innehall",
        f"Filen innehåller {active.name}.",
        active.mend,
    )


@pytest.mark.parametrize("what", GOOD)
def test_what_peoples_own_files_hold_is_taken(what):
    seen = look_into(GOOD[what]())
    assert (seen.kind, seen.active, seen.damaged, seen.macros) == (what.partition(":")[0], (), False, False)


def test_a_part_that_unfolds_to_more_than_is_looked_through_is_refused_unread():
    content = edited(word(), {"word/header9.xml": b" " * (MOST + 1)})
    seen = look_into(content)
    assert seen.crowded and seen.damaged


@pytest.mark.whole
@pytest.mark.parametrize("what", ["docx: DDEAUTO", "xlsx: a web query"])
def test_handed_in_it_is_refused_and_nothing_of_it_is_kept(what):
    bench, (active, make) = town(), BAD[what]
    part, name = ("mal-och-resultat", "mål.docx") if what.startswith("docx") else ("ekonomi", "ekonomi.xlsx")
    with bench.store.begin() as session:
        wheel = current_wheel(session, hedemora().definition, NOW)
        got = receive(
            session,
            wheel,
            BIN_UNDERLAG,
            part,
            upload=Upload(filename=name, content=make()),
            fields={},
            ej_aktuellt=None,
            by="Chef",
            via="länk",
            now=NOW,
        )
        assert got.outcome == "nekad" and [(each.rule, each.mend) for each in got.findings] == [
            ("aktivt-innehall", active.mend)
        ]
        assert submissions.newest(session, [BIN_UNDERLAG]) == {}


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<?",
        "<![CDATA[",
        "<Relationship ",
        "<w:instrText ",
        "<w:fldChar ",
        "<w:fldSimple ",
        "<w:fldSimple instr='",
    ],
)
def test_tags_without_an_end_are_looked_through_at_once(piece):
    many = piece * 200_000  # to the end again for each of them would take hours
    assert look_into(edited(word(), {"word/x.xml": f"<w>{many}", "word/_rels/x.xml.rels": f"<w>{many}"})).active == ()


@pytest.mark.parametrize("piece", ["<m:file-entry ", "<x:template ", "<t:cell-range-source ", "<!--"])
def test_tags_without_an_end_are_looked_through_at_once_in_an_open_document_too(piece):
    many = piece * 200_000
    assert look_into(open_document(ODS, many, many, many)).active == ()
