"""A registerutdrag as a file: a zip with a paper to read and print (HTML, by itself), and the same as JSON."""

import json
from collections.abc import Iterator
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from arshjul.file_names import file_name
from arshjul.swedish import STOCKHOLM, instant_text, listing
from portal.utdrag.extract import Extract, ExtractTable

PAPER, MACHINE = "registerutdrag.html", "registerutdrag.json"


def filename_of(extract: Extract) -> str:
    """Return what the file is called: it tells no name."""
    return file_name("zip", "Registerutdrag", f"{extract.at.astimezone(STOCKHOLM):%Y-%m-%d}")


def zipped(extract: Extract) -> bytes:
    """Return the zip."""
    into = BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        for name, content in ((PAPER, paper(extract)), (MACHINE, machine(extract))):
            entry = ZipInfo(name, extract.at.astimezone(STOCKHOLM).timetuple()[:6])
            archive.writestr(entry, content, ZIP_DEFLATED)
    return into.getvalue()


def machine(extract: Extract) -> str:
    """Return it as JSON: each section's rows by the heads of its columns."""
    told = {
        "kommun": extract.municipality,
        "person": {"namn": extract.name, "e-post": extract.address},
        "uttaget": extract.at.astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "uppgifter": {
            each.title: [dict(zip(each.heads, row, strict=True)) for row in each.rows] for each in extract.sections
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def paper(extract: Extract) -> str:
    """Return it as a page that needs nothing but a browser."""
    return "\n".join(_paper(extract))


def _paper(extract: Extract) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Registerutdrag, {escape(extract.name)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f'<p class="kicker">{escape(extract.municipality)} · Årshjulet</p>\n<h1>Registerutdrag</h1>'
    yield f"<p><b>{escape(extract.name)}</b>, {escape(extract.address)}. Uttaget {instant_text(extract.at)}.</p>"
    yield (
        "<p>Här står de uppgifter om dig som finns i årshjulet, tjänsten som håller ordning på kommunens ekonomiska "
        "rapporter. Utdraget lämnas enligt artikel 15 i dataskyddsförordningen. Andra personers namn och adresser är "
        "maskerade, och det som andra har skrivit fritt är inte med.</p>"
    )
    yield from _about(extract)
    for each in extract.sections:
        yield from _section(each)
    yield "</main>\n</body>\n</html>\n"


def _about(extract: Extract) -> Iterator[str]:
    office = escape(extract.office)
    yield "<h2>Så används uppgifterna</h2>\n<dl>"
    for term, words in _TERMS:
        yield f"<dt>{term}</dt><dd>{words.format(office=office, Office=office[:1].upper() + office[1:])}</dd>"
    yield "<dt>Hur länge</dt><dd><ul>"
    for words, names in extract.kept:
        yield f"<li>{escape(words[:1].upper() + words[1:])}: {escape(listing(list(names)))}.</li>"
    yield "</ul></dd>"
    contact = escape(extract.contact)
    yield (
        "<dt>Dina rättigheter</dt><dd>Du kan begära att fel rättas och att behandlingen begränsas, och invända mot den. "
        "Uppgifter i allmänna handlingar får i regel inte raderas på begäran. "
        f"Skriv till {contact}. Är du inte nöjd kan du klaga hos Integritetsskyddsmyndigheten.</dd>\n</dl>"
    )


_TERMS = (
    (
        "Varför",
        "För att den som ansvarar för ett underlag ska få veta vad som ska lämnas in och när, för att kommunen ska kunna ta "
        "fram sina ekonomiska rapporter och visa hur de kom till, och för säkerheten.",
    ),
    (
        "Rättslig grund",
        "Uppgift av allmänt intresse och rättslig förpliktelse (artikel 6.1 c och e i dataskyddsförordningen).",
    ),
    (
        "Vilka som ser dem",
        "{Office}, de roller som berörs av underlaget och den som sköter driften. Det mesta är allmänna handlingar, "
        "och lämnas ut om någon begär det och ingen sekretess hindrar.",
    ),
    ("Varifrån", "Från {office}, från dig själv och från den som lämnar in åt dig."),
    ("Automatiska beslut", "Tjänsten fattar inga automatiska beslut om enskilda."),
)


def _section(section: ExtractTable) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>"
    if not section.rows:
        yield f'<p class="soft">{escape(section.empty)}</p>'
        return
    yield "<table><thead><tr>" + "".join(f'<th scope="col">{escape(each)}</th>' for each in section.heads)
    yield "</tr></thead><tbody>"
    for row in section.rows:
        cells = zip(section.heads, row, strict=True)
        yield "<tr>" + "".join(f'<td data-label="{escape(head)}">{escape(cell)}</td>' for head, cell in cells) + "</tr>"
    yield "</tbody></table>"


_STYLE = """\
:root { color-scheme: light dark; --ink: #1c2430; --deep: #163a5f; --soft: #51606f; --paper: #f5f7f9; --sheet: #fff; --line: #d5dce3; }
@media (prefers-color-scheme: dark) { :root { --ink: #ebe8e0; --deep: #b5d4f0; --soft: #a9b2b3; --paper: #12181a; --sheet: #1a2225; --line: #2f393c; } }
body { margin: 0; overflow-wrap: anywhere; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1, h2 { color: var(--deep); line-height: 1.2; }
h1 { font-size: 2.2rem; margin: 0.2rem 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 0.6rem; }
.kicker, .soft { color: var(--soft); margin: 0; }
dt { font-weight: 600; margin-top: 0.7rem; }
dd { margin: 0; }
ul { margin: 0; padding-left: 1.2rem; }
table { width: 100%; border-collapse: collapse; background: var(--sheet); font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.6rem; border: 1px solid var(--line); overflow-wrap: break-word; }
th { color: var(--soft); font-weight: 600; }
@media (max-width: 52rem) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, tbody, tr, td { display: block; border: 0; overflow-wrap: anywhere; }
  tr { border: 1px solid var(--line); margin-bottom: 0.6rem; padding: 0.3rem 0; }
  td::before { content: attr(data-label); display: block; color: var(--soft); font-size: 0.8rem; }
}
@media print { body { background: #fff; color: #000; font-size: 10pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""
