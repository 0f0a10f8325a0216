"""Malls filled in, for tests: as a careful person does it, and with one thing planted.

``careful(mall, known)`` is the mall's own file with figures that are plausible and agree with each other: sums,
balance and result tie, each prognos is above the outcome, what is negative is explained, every mål is assessed, and
every heading has a text of substance. ``change(content, {...})`` plants one fault in it. ``fill_workbook`` and
``fill_document`` fill in what a test says, and nothing else.

A workbook comes back *calculated*: every formula that we write (``IF(COUNT(..)..)``, ``SUM``, a difference) has the
value beside it that Excel would have saved, worked out here and written into the file's XML. It has not been through
Excel. ``uncalculated(content)`` is the same file as openpyxl leaves it, with formulas only. ``tests/files`` holds
some that LibreOffice itself has saved.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.definition.sheets.column import NOT_REACHED, PARTLY, REACHED, YES
from submissions.files.packing import frozen
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures, Mall, MallSheet, defined_name
from submissions.templates.mall_document import HELP_STYLE, document_of
from submissions.templates.mall_workbook import workbook_of

Value = str | int | float | date | None
#: by row: a line's id, or 0, 1, 2 … for the empty rows in their order; by column id what is written there
Rows = Mapping[str | int, Mapping[str, Value]]
FIELDS = "fält"  #: in place of a row: the sheet's single cells, by field id

WHEN = datetime(2027, 9, 13, 10, tzinfo=UTC)
TEXT = (
    "Verksamheten har under perioden följt nämndens plan. Två enheter har fått fler barn och elever än budgeten räknade "
    "med, och vikarier har därför kostat mer än väntat. Förvaltningen har sett över bemanningen och räknar med att "
    "kostnaderna följer budgeten under resten av året."
)


def careful(mall: Mall, known: KnownFigures = NOTHING_KNOWN) -> bytes:
    """Return the mall filled in as a careful person would; once, for filling it in takes longer than most tests."""
    said = repr((mall, known))  # all that is in the file, which has no hash of its own
    if said not in _FILLED:
        _FILLED[said] = _filled(mall, known)
    return _FILLED[said]


_FILLED: dict[str, bytes] = {}


def _filled(mall: Mall, known: KnownFigures) -> bytes:
    if mall.form == "text":
        texts = {each.labels[0]: f"{TEXT} Det här gäller {each.heading.name.lower()}." for each in mall.headings}
        return fill_document(document_of(mall), texts)
    return fill_workbook(workbook_of(mall, known), careful_tables(mall, known))


def fill_workbook(content: bytes, tables: Mapping[str, Rows]) -> bytes:
    """Return a workbook of ours with ``tables`` filled in, by sheet id; what is there already is written over.

    ``{"ekonomi-delar": {"forskola": {"utfall": 8100}, 0: {"verksamhet": "Övrigt"}, FIELDS: {"ram-halls": "Ja"}}}``
    """
    book = load_workbook(io.BytesIO(content))
    for sheet_id, rows in tables.items():
        for row, cells in rows.items():
            for label, value in cells.items():
                cell = _cell(book, place_in(book, sheet_id, row, label))
                cell.value = value
    return _calculated(book, _saved(book))


def change(content: bytes, cells: Mapping[str, Value]) -> bytes:
    """Return a workbook with some cells changed: by ``Ekonomi!D9``, or by the defined name of a cell."""
    book = load_workbook(io.BytesIO(content))
    for where, value in cells.items():
        _cell(book, where if "!" in where else _address(book, where)).value = value
    return _calculated(book, _saved(book))


def rework(content: bytes, work: Callable[[Workbook], None]) -> bytes:
    """Return a workbook after ``work`` did something to it: renamed a tab, inserted a row, took a name away."""
    book = load_workbook(io.BytesIO(content))
    work(book)
    return _calculated(book, _saved(book))


def place(content: bytes, sheet_id: str, row: str | int, label: str) -> str:
    """Return where a cell lies, as ``Ekonomi!D9``: by a row's and a column's id, or ``FIELDS`` and a field's id."""
    return place_in(load_workbook(io.BytesIO(content)), sheet_id, row, label)


def place_in(book: Workbook, sheet_id: str, row: str | int, label: str) -> str:
    """Return where a cell lies in an open workbook."""
    title = _address(book, defined_name(sheet_id, label))
    if row == FIELDS:
        return title
    tab, at = title.rsplit("!", 1)
    letter = re.sub(r"\d", "", at)
    if isinstance(row, str):
        named = _address(book, defined_name(sheet_id, row if row == "summa" else f"rad_{row}"))
        return f"{tab}!{letter}{re.sub('[A-Z]', '', named.rsplit('!', 1)[1])}"
    own = [int(re.sub(r".*[A-Z]", "", _address(book, name))) for name in book.defined_names if _is_row(name, sheet_id)]
    first = max([int(re.sub("[A-Z]", "", at)), *own]) + 1
    return f"{tab}!{letter}{first + row}"


def uncalculated(content: bytes) -> bytes:
    """Return a workbook as a program leaves it that never calculated: formulas without values."""
    return _saved(load_workbook(io.BytesIO(content)))


def calculated(content: bytes) -> bytes:
    """Return a workbook with the value of each of our formulas beside it, as Excel saves it."""
    return _calculated(load_workbook(io.BytesIO(content)), content)


def _calculated(book: Workbook, content: bytes) -> bytes:
    values, files = {page.title: _Page(page).values() for page in book.worksheets}, _files(book)
    source, into = ZipFile(io.BytesIO(content)), io.BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename in files:
                data = _with_values(data, values[files[entry.filename]])
            target.writestr(entry, data, ZIP_DEFLATED)
    return into.getvalue()


def fill_document(content: bytes, texts: Mapping[str, str]) -> bytes:
    """Return a document of ours with a text under each named heading; blank lines part its paragraphs."""
    paper = Document(io.BytesIO(content))
    heading, empty = "", None
    for paragraph in list(paper.paragraphs):
        name = paragraph.style.name if paragraph.style else ""
        if name.startswith("Heading"):
            heading = paragraph.text
        elif heading in texts and name != HELP_STYLE and not paragraph.text:
            empty = paragraph
            first, *more = texts[heading].split("\n\n")
            empty.text = first
            for text in reversed(more):
                following = paper.add_paragraph(text)
                empty._p.addnext(following._p)
    return frozen(paper.save)


def careful_tables(mall: Mall, known: KnownFigures = NOTHING_KNOWN) -> dict[str, dict[str | int, dict[str, Value]]]:
    """Return what a careful person writes in each sheet of a mall; a test may change it before it is filled in."""
    return {sheet.id: dict(_careful(sheet, mall, known)) for sheet in mall.sheets}


def _careful(sheet: MallSheet, mall: Mall, known: KnownFigures) -> Iterator[tuple[str | int, dict[str, Value]]]:
    year = mall.period.year
    if sheet.sheet.fields:
        yield FIELDS, {field.id: YES for field in sheet.sheet.fields}
    if sheet.sheet.rows == "verksamheter":
        yield from _ekonomi(sheet, mall, known)
    elif sheet.id == "investeringar":
        for number, name in enumerate(("Ny skola i norr", "Byte av ventilation")):
            yield number, {
                "projekt": name, "beslutad-total": 42_000 + 1_000 * number, "prognos-total": 41_500 + 1_000 * number,
                "budget": 12_000, "anslagsforandring": 500, "utfall": 7_800 + 100 * number,
                "forklaring": "Följer tidplanen.",
            }  # fmt: skip
    elif sheet.id == "mal":
        for number, (judged, value) in enumerate(((REACHED, "93 %"), (PARTLY, "86 %"), (NOT_REACHED, "71 %"))):
            yield number, {
                "mal": f"Mål {number + 1}: fler klarar sin utbildning", "indikator": "Andel med godkända betyg",
                "malvarde": "90 %", "utfall": value, "bedomning": judged,
                "forklaring": "Resultaten följs upp varje termin på varje enhet.",
                "forslag": "Fler lärarledda timmar i årskurs 9 från och med nästa termin." if judged == NOT_REACHED else None,
            }  # fmt: skip
    elif sheet.id == "sjukfranvaro":
        for line, (now, before) in zip(sheet.rows, _SICK, strict=True):
            yield line.id, {"utfall": now, "utfall-fg": before}
    elif sheet.id == "personal":
        for line, (now, before) in zip(sheet.rows, ((412, 405), (38, 41), (421, 417)), strict=True):
            yield line.id, {"utfall": now, "utfall-fg": before, "forklaring": "Några fler tjänster än förra året."}
    elif sheet.id == "atgarder":
        yield 0, {
            "atgard": "Färre vikarier genom gemensam bemanning", "ansvarig": "Förvaltningschefen",
            "effekt": 900, "effekt-helar": 1_800, "klar": date(year, 12, 1),
        }  # fmt: skip
    elif sheet.id == "intern-kontroll":
        for number, risk in enumerate(("Brist på behöriga lärare", "Fel i lönehanteringen")):
            yield number, {
                "risk": risk, "sannolikhet": 3 - number, "konsekvens": 3, "kontroll": "Stickprov varje kvartal",
                "resultat": "Inga avvikelser av betydelse", "atgard": "Rutinen följs upp i december",
            }  # fmt: skip
    elif sheet.sheet.rows == "fasta":
        yield from _accounts(sheet, mall)


def _ekonomi(sheet: MallSheet, mall: Mall, known: KnownFigures) -> Iterator[tuple[str | int, dict[str, Value]]]:
    """The enhet's rows: the first below its budget, the second a little above it and explained, then in balance."""
    months = mall.period.months
    for number, line in enumerate(sheet.rows):

        def told(column: str, otherwise: int, row: str = line.id) -> int:
            found = known.amount(row, column)
            return otherwise if found is None else int(found.quantize(Decimal(1)))

        budget = told("budget", 24_000 + 12_000 * number)
        share = round(budget * months / 12)
        period = told("budget-period", share)
        over = (-budget * 3 // 200, budget // 200, 0)[min(number, 2)]
        utfall = told("utfall", period + over * months // 12)
        earlier = told("prognos-fg", budget + over - 120)
        prognos = budget + over if utfall <= budget + over else utfall + utfall // 50
        prognos += 25 if prognos == earlier else 0
        written: dict[str, Value] = {
            "utfall": utfall,
            "utfall-fg": told("utfall-fg", round(utfall * 0.97)),
            "budget": budget,
            "budget-period": period,
            "prognos": prognos,
            "prognos-fg": earlier,
            "forklaring": "Vikarier och lägre intäkter än i budget. Bemanningen ses över under hösten.",
        }
        yield line.id, {key: value for key, value in written.items() if sheet.sheet.column(key)}


#: sjukfrånvaro, percent: total, 60 days or more, women, men, to 29, 30–49, from 50
_SICK = ((6.2, 6.5), (38.4, 40.1), (6.8, 7.1), (4.1, 4.4), (5.9, 6.0), (5.8, 6.1), (6.9, 7.2))
_RESULT = {
    "intakter": 310_000, "kostnader": -1_290_000, "avskrivningar": -55_000, "skatteintakter": 790_000,
    "statsbidrag": 252_000, "finansiella-intakter": 9_000, "finansiella-kostnader": -4_000, "extraordinara": 0,
}  # fmt: skip
_RESULT_BOLAG = {
    "intakter": 120_000, "kostnader": -88_000, "avskrivningar": -18_000, "finansiella-intakter": 200,
    "finansiella-kostnader": -6_200, "dispositioner-och-skatt": -2_000,
}  # fmt: skip
#: assets; what is left is ``ovrigt-eget-kapital``, so that the two sides are equal
_BALANCE = {
    "immateriella": 1_000, "materiella": 820_000, "finansiella": 64_000, "infrastruktur": 5_000, "omsattning": 96_000,
    "kassa": 88_000,
}  # fmt: skip
_OWED = {"avsattningar": 41_000, "langfristiga": 310_000, "kortfristiga": 214_000}


def _accounts(sheet: MallSheet, mall: Mall) -> Iterator[tuple[str | int, dict[str, Value]]]:
    if sheet.id.startswith("resultatrakning"):
        table, columns = _RESULT_BOLAG if "bolag" in sheet.id else _RESULT, sheet.sheet.columns[1:]
        for line in sheet.rows:
            if not line.sums:
                yield line.id, {each.id: _result(table, line.id, mall, each.id) for each in columns}
    elif sheet.id == "balansrakning":
        for line in sheet.rows:
            if not line.sums:
                yield line.id, {each: _balance(line.id, mall, each) for each in ("utfall", "utfall-fg")}
    elif sheet.id == "kassaflode":
        now, before = _balance("kassa", mall, "utfall"), _balance("kassa", mall, "utfall-fg")
        flows = {"lopande": 61_000, "investering": -52_000, "finansiering": 3_000, "infrastruktur": 0}
        flows["finansiering"] += now - before - sum(flows.values())
        earlier = {"lopande": 58_000, "investering": -49_000, "finansiering": -6_000, "infrastruktur": -1_000}
        for each in flows:
            yield each, {"utfall": flows[each], "utfall-fg": earlier[each]}
        yield "vid-arets-borjan", {"utfall": before, "utfall-fg": before - sum(earlier.values())}


def _result(table: Mapping[str, int], line: str, mall: Mall, column: str) -> int:
    """Return an item: the year's amount, or the period's share of it; a bit less the year before."""
    whole = table[line]
    amount = whole if column in ("budget", "prognos") else whole * mall.period.months // 12
    return amount - amount // 50 if column == "utfall-fg" else amount


def _balance(line: str, mall: Mall, column: str) -> int:
    """Return an item of the balance; the result is the resultaträkning's, except at last year's end in a delår."""
    table = _RESULT_BOLAG if mall.unit_kind == "bolag" else _RESULT
    year = mall.period.month is None
    result = sum(_result(table, each, mall, column) if column == "utfall" or year else table[each] for each in table)
    factor = 1 if column == "utfall" else 0.98
    assets = {each: int(amount * factor) for each, amount in _BALANCE.items()}
    owed = {each: int(amount * factor) for each, amount in _OWED.items()}
    rest = sum(assets.values()) - sum(owed.values()) - result
    return {**assets, **owed, "arets-resultat": result, "ovrigt-eget-kapital": rest}[line]


def _cell(book: Workbook, where: str) -> Any:
    tab, at = where.rsplit("!", 1)
    return book[tab.strip("'")][at.replace("$", "")]


def _address(book: Workbook, name: str) -> str:
    return str(book.defined_names[name].attr_text).replace("$", "").replace("'", "")


def _is_row(name: str, sheet_id: str) -> bool:
    return name.startswith(defined_name(sheet_id, "rad_"))


def _saved(book: Workbook) -> bytes:
    return frozen(book.save, WHEN)


@dataclass
class _Page:
    """One tab's formulas, worked out. It knows the formulas that our malls have, and no others."""

    page: Worksheet

    def __post_init__(self) -> None:
        self.known: dict[str, Any] = {}

    def values(self) -> dict[str, Any]:
        """Return each formula's value by its cell."""
        formulas = [cell for row in self.page.iter_rows() for cell in row if cell.data_type == "f"]
        return {cell.coordinate: self.at(cell.coordinate) for cell in formulas}

    def at(self, where: str) -> Any:
        """Return a cell's value, worked out if it is a formula."""
        if where not in self.known:
            cell = self.page[where]
            self.known[where] = self.formula(str(cell.value)) if cell.data_type == "f" else cell.value
        return self.known[where]

    def formula(self, text: str) -> Any:
        """Return the value of one of our formulas."""
        if found := re.fullmatch(r'=IF\(COUNT\(([^)]*)\)([<=])(\d),"",(.*)\)', text):
            cells, sign, limit, rest = found.groups()
            count = len(self.numbers(cells))
            empty = count < int(limit) if sign == "<" else count == int(limit)
            return "" if empty else self.formula(f"={rest}")
        if found := re.fullmatch(r"=SUM\(([^)]*)\)", text):
            return _plain(sum(map(_exact, self.numbers(found[1]))))
        if found := re.fullmatch(r"=([A-Z]+\d+)-([A-Z]+\d+)", text):
            return _plain(_exact(self.at(found[1])) - _exact(self.at(found[2])))
        raise ValueError(f"{text} is none of our formulas; teach tests/rig/files/filling.py to work it out")

    def numbers(self, cells: str) -> Sequence[Any]:
        """Return the numbers among some cells, as COUNT and SUM see them: texts and empty cells are passed over."""
        found = [self.at(where) for part in cells.split(",") for where in _each(part)]
        return [one for one in found if isinstance(one, int | float) and not isinstance(one, bool)]


def _each(part: str) -> Iterator[str]:
    left, top, right, bottom = range_boundaries(part)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield f"{chr(64 + column)}{row}"


def _exact(number: float) -> Decimal:
    return Decimal(str(number))


def _plain(number: Decimal | int) -> int | float:
    return int(number) if number == int(number) else float(number)


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _files(book: Workbook) -> dict[str, str]:
    """Return the tab's title by its file in the archive; openpyxl numbers them in the tabs' order."""
    return {f"xl/worksheets/sheet{number}.xml": page.title for number, page in enumerate(book.worksheets, 1)}


def _with_values(data: bytes, values: Mapping[str, Any]) -> bytes:
    root = etree.fromstring(data)
    for cell in root.iter(f"{_MAIN}c"):
        where = cell.get("r", "")
        if cell.find(f"{_MAIN}f") is None or where not in values:
            continue
        value = cell.find(f"{_MAIN}v")
        if value is None:
            value = etree.SubElement(cell, f"{_MAIN}v")
        value.text = str(values[where])
        if isinstance(values[where], str):
            cell.set("t", "str")
        else:
            cell.attrib.pop("t", None)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
