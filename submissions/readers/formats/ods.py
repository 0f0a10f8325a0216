"""An OpenDocument workbook: its named cells, and the sheets that are asked for as sparse grids."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from lxml import etree

from submissions.readers.formats.grid import Grid, Named, Raw, column_of, cut
from submissions.readers.formats.number_formats import Shown
from submissions.readers.formats.zipped import Archive, attribute, drop, local
from submissions.readers.refusal import DAMAGED, RefusedReadingError, linked_workbook

MAX_REPEATED = 1000  #: a row or a cell with something in it that says it stands many times is taken so many
MAX_NAMES = 20_000
_LAST = 1 << 24
_REFERENCE = re.compile(r"\$?(?:'((?:[^']|'')+)'|([^'.$]+))\.\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::.*)?")
_PLAIN, _PERCENT, _KRONOR = Shown(), Shown(percent=True), Shown(unit="kr")


class Spreadsheet:
    """An .ods. Raises RefusedReadingError for one that fetches values from other files."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        titles: list[str] = []
        named: list[tuple[str, str]] = []
        depth = 0
        for event, each in archive.walk(
            "content.xml", "{*}table", "{*}table-row", "{*}named-range", "{*}table-source", "{*}dde-source", starts=True
        ):
            name = local(each)
            if name in ("table-source", "dde-source"):
                where = re.split(r"[/\\]", attribute(each, "href") or "")[-1][:80]
                raise RefusedReadingError(linked_workbook(where or "en länkad arbetsbok"))
            if name == "table":
                depth += 1 if event == "start" else -1
                if depth == 1 and event == "start":
                    titles.append(attribute(each, "name") or "")
            elif event == "end" and name == "named-range" and len(named) < MAX_NAMES:
                named.append((attribute(each, "name") or "", attribute(each, "cell-range-address") or ""))
            elif event == "end" and name == "table-row" and depth == 1:
                drop(each)
        self.titles = tuple(dict.fromkeys(titles))
        if not self.titles:
            raise RefusedReadingError(DAMAGED)
        self.names: Mapping[str, Named] = dict(self._names(named))

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        """Read these sheets, or only their first rows, in one pass."""
        asked, found = set(titles), dict[str, Grid]()
        if not asked:
            return found
        reader: _SheetReader | None = None
        depth = 0
        for event, each in self._archive.walk("content.xml", "{*}table", "{*}table-row", starts=True):
            if local(each) == "table":
                depth += 1 if event == "start" else -1
                title = attribute(each, "name") or ""
                if depth == 1 and event == "start":
                    reader = _SheetReader(Grid(title), rows) if title in asked and title not in found else None
                    if reader:
                        found[title] = reader.grid
                elif depth == 0:
                    drop(each)
                    if asked == set(found):
                        break
            elif event == "end" and depth == 1:
                if reader:
                    reader.take(each)
                drop(each)
        return found

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

    def __init__(self, grid: Grid, most_rows: int | None) -> None:
        self.grid, self._row, self._most = grid, 0, most_rows

    def take(self, element: "etree._Element") -> None:
        times = _count(element, "number-rows-repeated")
        if not self.grid.full and (self._most is None or self._row < self._most):
            cells = list(self._cells(element))
            for copy in range(min(times, MAX_REPEATED) if cells else 0):
                for column, raw in cells:
                    if not self.grid.full:
                        self.grid.keep(self._row + copy, column, raw)
        self._row = min(self._row + times, _LAST)

    def _cells(self, row: "etree._Element") -> Iterator[tuple[int, Raw]]:
        column = 0
        for cell in row:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            times = _count(cell, "number-columns-repeated")
            wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
            if (wide > 1 or high > 1) and len(self.grid.merges) < 5000:
                first = (self._row, column)
                self.grid.merges.append((first, (self._row + high - 1, column + wide - 1)))
            raw = _raw(cell) if local(cell) == "table-cell" else None
            if raw:
                yield from ((column + copy, raw) for copy in range(min(times, MAX_REPEATED)))
            column = min(column + times, _LAST)


def _count(element: "etree._Element", name: str) -> int:
    written = attribute(element, name) or "1"
    return max(1, min(int(written), _LAST)) if written.isascii() and written.isdigit() and len(written) < 10 else 1


def _raw(cell: "etree._Element") -> Raw | None:
    """Return a cell's value; None where nothing stands."""
    said = {str(key).rpartition("}")[2]: str(value) for key, value in cell.attrib.items()}
    # LibreOffice says "error" in a name space of its own beside the text that it shows
    kind = next((str(value) for key, value in cell.attrib.items() if str(key).endswith("office:1.0}value-type")), None)
    if kind is None:
        if "formula" in said:
            return Raw("", uncalculated=True)
        text = _text(cell)
        return Raw(text) if text else None
    if kind in ("float", "percentage", "currency"):
        # a currency that is not told is the country's own
        kronor = kind == "currency" and said.get("currency", "SEK") == "SEK"
        return (_PERCENT if kind == "percentage" else _KRONOR if kronor else _PLAIN).raw(said.get("value", ""))
    if kind == "date":
        return Raw(_day(said.get("date-value", "")))
    if kind == "boolean":
        return Raw("SANT" if said.get("boolean-value") == "true" else "FALSKT")
    text = cut(said["string-value"]) if "string-value" in said else _text(cell)
    return Raw(text) if text or "formula" in said else None


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
