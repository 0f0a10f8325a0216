"""An Excel workbook: its defined names, and the sheets that are asked for as sparse grids.

Read by lxml, one pass a sheet, for values alone are not enough: a percent format, a formula that was never
calculated and merged cells decide what a value is. calamine lays a sheet out dense, so that one stray cell in the
last row takes half a gigabyte; here it takes a cell.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from lxml import etree

from submissions.readers.formats.blank_rows import WithoutBlankRows
from submissions.readers.formats.fetched_cells import fetched_cells
from submissions.readers.formats.grid import NOTHING, Grid, Named, Raw, Spot, column_of, cut
from submissions.readers.formats.number_formats import NumberFormat, shown_by
from submissions.readers.formats.outside_links import Links, file_name
from submissions.readers.formats.zipped import Archive, attribute, drop, local
from submissions.readers.refusal import DAMAGED, RefusedReadingError

MAX_NAMES = 20_000
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PLAIN = NumberFormat()
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Workbook:
    """An .xlsx. Raises RefusedReadingError for one without sheets."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        root = archive.parse(archive.main)
        relations = archive.relations(archive.main)
        targets = {each.id: each.part for each in relations if each.kind == "worksheet"}
        self._parts: dict[str, str] = {}
        every = [each for each in root.iter("{*}sheet") if local(each) == "sheet"]
        for sheet in every:
            part = targets.get(attribute(sheet, "id") or "")
            if part in archive.names and part:
                self._parts.setdefault(sheet.get("name") or "", part)
        self._hidden = {each.get("name") or "" for each in every if each.get("state") in ("hidden", "veryHidden")}
        self.titles = tuple(self._parts)
        if not self.titles:
            raise RefusedReadingError(DAMAGED)
        self._links = Links(dict(self._linked(root, {each.id: each.part for each in relations})))
        self.names: Mapping[str, Named] = dict(self._names(root))
        dating = next(root.iter("{*}workbookPr"), None)
        self._from_1904 = dating is not None and dating.get("date1904") in ("1", "true")
        styles = archive.parse_if_there(archive.related(archive.main, "styles", "styles.xml"))
        formats = self._formats(styles) if styles is not None else []
        self._shown = {str(at): each for at, each in enumerate(formats)}  # by the number that a cell has
        self._struck = frozenset(self._strikes(styles)) if styles is not None else frozenset()

    def grids(self, titles: Iterable[str], rows: int | None = None) -> dict[str, Grid]:
        """Read these sheets, or only their first rows."""
        pending: _Pending = []
        found = {title: self._grid(title, rows, pending) for title in dict.fromkeys(titles) if title in self._parts}
        strings = self._strings({index for *_, index in pending})
        for grid, row, column, index in pending:
            if index not in strings:
                raise RefusedReadingError(DAMAGED)
            text, struck = strings[index]
            grid.rows[row][column] = Raw(text)
            if struck:
                grid.struck.add((row, column))
        return found

    def _linked(self, root: "etree._Element", parts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Give the files that there are links to, each by its number."""
        for number, each in enumerate(root.iter("{*}externalReference"), 1):
            relations = self._archive.relations(parts.get(attribute(each, "id") or "", ""))
            yield str(number), file_name(next((one.elsewhere or one.part for one in relations), ""))

    def _names(self, root: "etree._Element") -> Iterator[tuple[str, Named]]:
        """Give the names that point at a cell of a sheet here; one for the whole workbook wins over a sheet's own."""
        every = [each for _, each in zip(range(MAX_NAMES), root.iter("{*}definedName"), strict=False)]
        for each in sorted(every, key=lambda each: each.get("localSheetId") is None):
            found = _REFERENCE.fullmatch((each.text or "").strip())
            self._links.name(each.get("name") or "", each.text or "")
            if found is None:
                continue
            sheet = found[1].replace("''", "'") if found[1] else found[2]
            if sheet in self._parts:
                spot = (int(found[4]) - 1, column_of(found[3]))
                yield (each.get("name") or "").casefold(), Named(sheet, spot)

    def _formats(self, root: "etree._Element") -> list[NumberFormat]:
        # what a conditional format shows otherwise has formats of its own, under the same numbers
        told = (each for formats in root.iterchildren("{*}numFmts") for each in formats.iterchildren("{*}numFmt"))
        codes = {each.get("numFmtId"): each.get("formatCode") for each in told}
        seen: dict[str, NumberFormat] = {}
        formats = []
        for xf in (each for cells in root.iter("{*}cellXfs") for each in cells.iter("{*}xf")):
            key = xf.get("numFmtId") or "0"
            if key not in seen:
                seen[key] = shown_by(int(key) if key.isascii() and key.isdigit() else 0, codes.get(key))
            formats.append(seen[key])
        return formats

    def _strikes(self, root: "etree._Element") -> Iterator[str]:
        """Give the styles that strike a cell out."""
        fonts = [font for each in root.iterchildren("{*}fonts") for font in each.iterchildren("{*}font")]
        strikes = {str(at) for at, font in enumerate(fonts) if _is_struck(font)}
        every = [xf for each in root.iterchildren("{*}cellXfs") for xf in each.iterchildren("{*}xf")]
        yield from (str(at) for at, xf in enumerate(every) if strikes and xf.get("fontId") in strikes)

    def _grid(self, title: str, most_rows: int | None, pending: "_Pending") -> Grid:
        grid, row = Grid(title, hidden_whole=title in self._hidden), -1
        tags = ("{*}row", "{*}mergeCell", "{*}col")
        for _, each in self._archive.walk(self._parts[title], *tags, through=WithoutBlankRows):
            if local(each) == "col":
                if _is_unseen(each, "width") and len(grid.hidden_columns) < 5000:
                    grid.hidden_columns.append((_place(each.get("min")), _place(each.get("max"))))
                continue
            if local(each) == "mergeCell":
                area = _area(each.get("ref") or "")
                if area and len(grid.merges) < 5000:
                    grid.merges.append(area)
                continue
            written = each.get("r") or ""
            row = int(written) - 1 if written.isascii() and written.isdigit() and len(written) < 8 else row + 1
            if most_rows is not None and row >= most_rows:
                break
            if _is_unseen(each, "ht"):
                grid.hidden.add(row)
            if not grid.full:
                self._keep_row(grid, row, each, pending)
            drop(each)
        return grid

    def _keep_row(self, grid: Grid, row: int, element: "etree._Element", pending: "_Pending") -> None:
        column, fetched = -1, self._fetched
        for cell in element:
            spot = _CELL.fullmatch(cell.get("r") or "")
            column = column_of(spot[1]) if spot else column + 1
            read = self._raw(cell)
            if fetched and isinstance(read, Raw) and (linked := fetched.get((grid.title, (row, column)))):
                read = read._replace(linked=linked)
            if isinstance(read, int):
                grid.rows.setdefault(row, {})
                pending.append((grid, row, column, read))
            if read is not None and not grid.keep(row, column, read if isinstance(read, Raw) else NOTHING):
                return
            if (self._struck and read is not None and cell.get("s") in self._struck) or (
                cell.get("t") == "inlineStr" and _is_struck_through(cell)
            ):
                grid.struck.add((row, column))

    @cached_property
    def _fetched(self) -> dict[tuple[str, Spot], str]:
        """The cells whose values are other files', when there are links to any: each sheet is looked through for it."""
        every = {title: dict(self._formulas(title)) for title in self.titles} if self._links.files else {}
        return fetched_cells(every, self._links)

    def _formulas(self, title: str) -> Iterator[tuple[Spot, tuple[Spot, str]]]:
        """Give a sheet's formulas; of those that cells share the first cell has the text."""
        shared: dict[str, tuple[Spot, str]] = {}
        for _, each in self._archive.walk(self._parts[title], "{*}row", "{*}f", through=WithoutBlankRows):
            cell = each.getparent()
            found = _CELL.fullmatch(cell.get("r") or "") if cell is not None and local(each) == "f" else None
            if found:
                spot = (int(found[2]) - 1, column_of(found[1]))
                told = (spot, each.text or "")
                group = each.get("si")
                yield spot, shared.setdefault(group, told) if group else told
            elif local(each) == "row":
                drop(each)

    def _raw(self, cell: "etree._Element") -> Raw | int | None:
        """Return a cell's value, a shared string's place, or None where nothing stands (a format is nothing)."""
        formula, value, kind = False, None, cell.get("t")
        for each in cell:
            name = local(each)
            if name == "v":
                value = each.text
            elif name == "f":
                formula = True
            elif name == "is":
                value, kind = _rich_text(each), "inlineStr"
        if value is None:
            # a program that calculates writes the value beside the formula; an empty text is written as a text
            return Raw("", uncalculated=True) if formula and kind != "str" else None
        if kind == "s":
            index = value.strip()
            return int(index) if index.isascii() and index.isdigit() and len(index) < 9 else None
        if kind in ("str", "inlineStr"):
            return Raw(cut(_unescaped(value)))
        if kind == "b":
            return Raw("SANT" if value.strip() == "1" else "FALSKT")
        if kind in ("e", "d"):
            return Raw(value.strip()[:100])
        shown = self._shown.get(cell.get("s") or "0", _PLAIN)
        return shown.raw(value.strip(), from_1904=self._from_1904)

    def _strings(self, wanted: set[int]) -> dict[int, tuple[str, bool]]:
        """Return the shared strings at these places, and whether they are struck out: most are never asked for."""
        part = self._archive.related(self._archive.main, "sharedStrings", "sharedStrings.xml")
        if not wanted or part is None:
            return {}
        found, last = {}, max(wanted)
        for index, (_, each) in enumerate(self._archive.walk(part, "{*}si")):
            if index in wanted:
                found[index] = cut(_unescaped(_rich_text(each))), _is_struck_through(each)
            if index >= last:
                break
            drop(each)
        return found


_Pending = list[tuple[Grid, int, int, int]]  # shared strings to look up: the sheet, the row, the column, the place


def _rich_text(element: "etree._Element") -> str:
    """Return the text of all runs; a reading aid (``rPh``) is not the text."""
    every = element.iter("{*}t")
    return "".join(
        each.text or "" for each in every if (above := each.getparent()) is not None and local(above) != "rPh"
    )


def _is_struck_through(element: "etree._Element") -> bool:
    """Tell whether all of a text that has runs is struck out, each by its own font: whoever marks the letters does so."""
    runs = [run for run in element.iter("{*}r") if any((each.text or "").strip() for each in run.iterchildren("{*}t"))]
    return bool(runs) and all(any(_is_struck(each) for each in run.iterchildren("{*}rPr")) for run in runs)


def _is_struck(font: "etree._Element") -> bool:
    return any(each.get("val") not in ("0", "false") for each in font.iterchildren("{*}strike"))


def _is_unseen(element: "etree._Element", size: str) -> bool:
    """Tell whether a row or a column is hidden, or so small that nobody sees it."""
    return element.get("hidden") in ("1", "true") or (element.get(size) or "1").strip("0.") == ""


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _place(written: str | None) -> int:
    """Return a column, from 0, that is told by its number; -1 for what is none."""
    return int(written) - 1 if written and written.isascii() and written.isdigit() and len(written) < 7 else -1


def _area(reference: str) -> tuple[Spot, Spot] | None:
    ends = [_CELL.fullmatch(each) for each in reference.split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    first, last = ((int(end[2]) - 1, column_of(end[1])) for end in (ends[0], ends[1]))
    return first, last
