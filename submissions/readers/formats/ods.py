"""An OpenDocument workbook: its named cells, and the sheets that are asked for as sparse grids."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from lxml import etree

from submissions.readers.formats.grid import Grid, Named, Raw, column_of, cut
from submissions.readers.formats.number_formats import NumberFormat, Shown
from submissions.readers.formats.ods_formats import TAGS, Formats
from submissions.readers.formats.outside_links import Links, file_name
from submissions.readers.formats.zipped import Archive, attribute, drop, local
from submissions.readers.refusal import DAMAGED, RefusedReadingError
from submissions.readers.written import is_error

MAX_REPEATED = 1000  #: a row or a cell with something in it that says it stands many times is taken so many
MAX_NAMES = 20_000
_LAST = 1 << 24
_REFERENCE = re.compile(r"\$?(?:'((?:[^']|'')+)'|([^'.$]+))\.\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::.*)?")
_PERCENT, _KRONOR = Shown(percent=True), Shown(unit="kr")


class Spreadsheet:
    """An .ods. Raises RefusedReadingError for one without sheets."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        titles: list[str] = []
        named: list[tuple[str, str]] = []
        depth = 0
        self._formats = Formats(archive)
        self._links, self._sources = Links(), dict[str, str]()
        tags = ("{*}table", "{*}table-row", "{*}named-range", "{*}named-expression", "{*}table-source", *TAGS)
        for event, each in archive.walk("content.xml", *tags, starts=True):
            name = local(each)
            if name.endswith("style"):
                if event == "end":
                    self._formats.take(each)
                continue
            if name == "table-source" and event == "end" and titles:
                self._links.add(attribute(each, "href") or "")
                self._sources.setdefault(titles[-1], file_name(attribute(each, "href") or ""))
            elif name == "table":
                depth += 1 if event == "start" else -1
                if depth == 1 and event == "start":
                    titles.append(attribute(each, "name") or "")
            elif event == "end" and name.startswith("named-") and len(named) < MAX_NAMES:
                stands_for = attribute(each, "cell-range-address") or attribute(each, "expression") or ""
                named.append((attribute(each, "name") or "", stands_for))
            elif event == "end" and name == "table-row" and depth == 1:
                drop(each)
        self.titles = tuple(dict.fromkeys(titles))
        if not self.titles:
            raise RefusedReadingError(DAMAGED)
        for name, stands_for in named:
            self._links.name(name, stands_for)
        self.names: Mapping[str, Named] = dict(self._names(named))

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        """Read these sheets, or only their first rows, in one pass."""
        asked, found = set(titles), dict[str, Grid]()
        if not asked:
            return found
        reader: _SheetReader | None = None
        depth = 0
        tags = ("{*}table", "{*}table-row", "{*}table-column")
        for event, each in self._archive.walk("content.xml", *tags, starts=True):
            if local(each) == "table":
                depth += 1 if event == "start" else -1
                title = attribute(each, "name") or ""
                if depth == 1 and event == "start":
                    reader = self._reader(title, rows) if title in asked and title not in found else None
                    if reader:
                        found[title] = reader.grid
                        reader.grid.hidden_whole = self._formats.hides(attribute(each, "style-name") or "")
                elif depth == 0:
                    drop(each)
                    if asked == set(found):
                        break
            elif event == "end" and depth == 1:
                if local(each) == "table-column":
                    if reader:
                        reader.take_column(each)
                    continue
                if reader:
                    reader.take(each)
                drop(each)
        return found

    def _reader(self, title: str, rows: int | None) -> "_SheetReader":
        return _SheetReader(Grid(title), rows, self._formats, self._links, self._sources.get(title, ""))

    def _names(self, named: list[tuple[str, str]]) -> Iterator[tuple[str, Named]]:
        for name, reference in named:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                continue
            sheet = found[1].replace("''", "'") if found[1] else found[2]
            if sheet in self.titles:
                yield name.casefold(), Named(sheet, (int(found[4]) - 1, column_of(found[3])))


class _SheetReader:
    """Takes a sheet's rows as they come."""

    def __init__(self, grid: Grid, most_rows: int | None, formats: Formats, links: Links, source: str) -> None:
        self.grid, self._row, self._most, self._formats = grid, 0, most_rows, formats
        self._links, self._source = links, source  # the other file that the whole sheet is of
        self._columns: list[tuple[int, str]] = []  # up to which column, and the style that its cells have by default

    def take_column(self, element: "etree._Element") -> None:
        """Take in columns: what style their cells have that say none, and whether they are hidden."""
        last = self._columns[-1][0] if self._columns else 0
        style = attribute(element, "default-cell-style-name") or ""
        end = min(last + _count(element, "number-columns-repeated"), _LAST)
        self._columns.append((end, style))
        if attribute(element, "visibility") in ("collapse", "filter") and len(self.grid.hidden_columns) < 5000:
            self.grid.hidden_columns.append((last, end - 1))

    def take(self, element: "etree._Element") -> None:
        times = _count(element, "number-rows-repeated")
        if not self.grid.full and (self._most is None or self._row < self._most):
            cells = list(self._cells(element))
            hidden = attribute(element, "visibility") in ("collapse", "filter")
            for copy in range(min(times, MAX_REPEATED) if cells else 0):
                self.grid.hidden |= {self._row + copy} if hidden else set()
                for column, raw in cells:
                    if not self.grid.full:
                        self.grid.keep(self._row + copy, column, raw)
        self._row = min(self._row + times, _LAST)

    def _cells(self, row: "etree._Element") -> Iterator[tuple[int, Raw]]:
        column, own = 0, attribute(row, "default-cell-style-name") or ""
        for cell in row:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            times = _count(cell, "number-columns-repeated")
            wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
            if (wide > 1 or high > 1) and len(self.grid.merges) < 5000:
                first = (self._row, column)
                self.grid.merges.append((first, (self._row + high - 1, column + wide - 1)))
            style = self._style(cell, column, own)
            raw = (
                _raw(cell, self._formats.of(style))
                if local(cell) == "table-cell" and (len(cell.attrib) or len(cell))
                else None
            )
            if raw and (linked := self._source or self._links.of(attribute(cell, "formula") or "")):
                raw = raw._replace(linked=linked)
            if raw and (self._formats.is_struck(style) or self._is_struck_through(cell)):
                self.grid.struck.add((self._row, column))
            if raw:
                yield from ((column + copy, raw) for copy in range(min(times, MAX_REPEATED)))
            column = min(column + times, _LAST)

    def _is_struck_through(self, cell: "etree._Element") -> bool:
        """Tell whether every letter is struck out: whoever marks the letters, and not the cell, does so."""
        struck = self._formats.struck_letters
        spans = (each for text in cell.iterchildren("{*}p") for each in text.iterchildren("{*}span")) if struck else ()
        said = "".join("".join(_inner(each)) for each in spans if (attribute(each, "style-name") or "") in struck)
        return bool(said.strip()) and "".join(said.split()) == "".join(_text(cell).split())

    def _style(self, cell: "etree._Element", column: int, row_style: str) -> str:
        style = attribute(cell, "style-name") or row_style
        return style or next((style for last, style in self._columns if column < last), "")


def _count(element: "etree._Element", name: str) -> int:
    written = attribute(element, name) or "1"
    return max(1, min(int(written), _LAST)) if written.isascii() and written.isdigit() and len(written) < 10 else 1


def _raw(cell: "etree._Element", shown: NumberFormat) -> Raw | None:
    """Return a cell's value; None where nothing stands."""
    said = {str(key).rpartition("}")[2]: str(value) for key, value in cell.attrib.items()}
    # LibreOffice says "error" in a name space of its own beside the text that it shows; others only show it
    kind = next((str(value) for key, value in cell.attrib.items() if str(key).endswith("office:1.0}value-type")), None)
    if "formula" in said and is_error(text := _text(cell)):
        return Raw(text)
    if kind is None:
        if "formula" in said:
            return Raw("", uncalculated=True)
        text = _text(cell)
        return Raw(text) if text else None
    if kind in ("float", "percentage", "currency"):
        return _number(kind, said, shown)
    if kind == "date":
        return Raw(_day(said.get("date-value", "")))
    if kind == "boolean":
        return Raw("SANT" if said.get("boolean-value") == "true" else "FALSKT")
    text = cut(said["string-value"]) if "string-value" in said else _text(cell)
    return Raw(text) if text or "formula" in said else None


def _number(kind: str, said: Mapping[str, str], shown: NumberFormat) -> Raw:
    written = said.get("value", "")
    if kind == "percentage":
        return _PERCENT.raw(written)
    raw = shown.raw(written)
    # a currency that is not told is the country's own
    return _KRONOR.raw(written) if kind == "currency" and not raw.unit and said.get("currency", "SEK") == "SEK" else raw


def _day(written: str) -> str:
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        return written[:40]
    return instant.strftime("%Y-%m-%d %H.%M" if "T" in written and (instant.hour or instant.minute) else "%Y-%m-%d")


def _text(cell: "etree._Element") -> str:
    """Return a cell's paragraphs; a comment on the cell is not in it."""
    return cut("\n".join("".join(_inner(each)) for each in cell if local(each) == "p").strip())


def _inner(element: "etree._Element") -> Iterator[str]:
    yield element.text or ""
    for each in element:
        name = local(each)
        if name in ("s", "tab"):
            yield " "
        elif name == "line-break":
            yield "\n"
        elif name != "annotation":
            yield from _inner(each)
        yield each.tail or ""
