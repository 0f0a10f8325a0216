"""One tab of a workbook: its head, its fields, and its table with formulas, validation and locks.

Where each thing lies is told by defined names, so that a reader finds it after rows were inserted and tabs renamed.
"""

from decimal import ROUND_HALF_UP, Decimal

from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.definition.sheets import NOT_REACHED, Column, Field, Line
from submissions.templates import mall_looks, mall_words
from submissions.templates.mall import KnownFigures, Mall, MallSheet, defined_name
from submissions.templates.mall_looks import CellLook
from submissions.templates.page import print_out, protect, write
from submissions.templates.validation import choices_of, rules_of

MORE_ROWS = 3  #: empty rows after an enhet's verksamheter, for what the definition does not know of
TOTAL, ROW = "summa", "rad_"  #: ids in defined names


class Tab:
    """A tab being laid out, from the top down."""

    def __init__(self, book: Workbook, mall: Mall, sheet: MallSheet, known: KnownFigures) -> None:
        self.book, self.mall, self.sheet, self.known = book, mall, sheet, known
        self.page: Worksheet = book.create_sheet(sheet.sheet.title[:31])
        self.columns = {each.id: get_column_letter(number) for number, each in enumerate(sheet.sheet.columns, 1)}
        self.last = get_column_letter(max(len(self.columns), 4))
        self.row = self.top_row = self.title_row = 0

    def lay(self) -> None:
        """Lay everything out."""
        for number, column in enumerate(self.sheet.sheet.columns, 1):
            self.page.column_dimensions[get_column_letter(number)].width = mall_looks.width_of(
                column, naming=number == 1
            )
        self._head()
        for field in self.sheet.sheet.fields:
            self._field(field)
        self._table()
        self._view()

    def name(self, label: str, cell: Cell) -> None:
        """Give a cell its name in the workbook."""
        where = f"{quote_sheetname(self.page.title)}!${cell.column_letter}${cell.row}"
        key = defined_name(self.sheet.id, label)
        self.book.defined_names[key] = DefinedName(key, attr_text=where)

    def _head(self) -> None:
        sheet = self.sheet.sheet
        self._line(mall_words.title(self.mall), mall_looks.TITLE, 24)
        self._line(mall_words.fit(f"{self.mall.unit_name} · {sheet.title}"), mall_looks.SUBTITLE)
        self._line(mall_words.due_line(self.mall), mall_looks.LEAD)
        self._line(sheet.help, mall_looks.LEAD)
        if sheet.signs:
            self._line(sheet.signs, mall_looks.SIGNS)
        for line in mall_words.whose_lines(self.sheet, self.known):
            self._line(line, mall_looks.LEAD)
        self._key()

    def _line(self, text: str, look: CellLook, height: float = 15) -> None:
        self.row += 1
        self.page.merge_cells(f"A{self.row}:{self.last}{self.row}")
        cell = write(self.page, f"A{self.row}", text, look)
        widths = [self.page.column_dimensions[get_column_letter(n)].width for n in range(1, len(self.columns) + 1)]
        self.page.row_dimensions[self.row].height = height * mall_looks.lines_of(str(cell.value), sum(widths))

    def _key(self) -> None:
        """Tell what the colours mean, in words that stand in them."""
        self.row += 2
        self.page.row_dimensions[self.row - 1].height = 6
        meanings = [("Fyll i", mall_looks.INPUT)]
        if any(self.known.amount(line.id, each) is not None for line in self.sheet.rows for each in self.columns):
            meanings.append(("Förifyllt", mall_looks.KNOWN))
        if (
            self.sheet.sheet.total
            or any(each.minus for each in self.sheet.sheet.columns)
            or any(each.sums for each in self.sheet.rows)
        ):
            meanings.append(("Räknas ut", mall_looks.COUNTED))
        write(self.page, f"A{self.row}", "Rutornas färger:", mall_looks.QUIET_LINE)
        for letter, (meaning, look) in zip("BCD", meanings, strict=False):
            look.on(cell := self.page[f"{letter}{self.row}"])
            cell.value, cell.protection = meaning, mall_looks.LOCKED
        self.row += 1
        self.page.row_dimensions[self.row].height = 8

    def _field(self, field: Field) -> None:
        self.row += 1
        write(self.page, f"A{self.row}", field.title, mall_looks.LABEL)
        answer = self.page[f"B{self.row}"]
        mall_looks.INPUT.on(answer, number_format=mall_looks.FORMATS[field.kind])
        self.name(field.id, answer)
        if field.choices:
            self.page.add_data_validation(choices_of(field.choices, [answer.coordinate], help_text=field.help))
        if field.help:
            self.page.merge_cells(f"C{self.row}:{self.last}{self.row}")
            write(self.page, f"C{self.row}", field.help, mall_looks.HINT)
        self.page.row_dimensions[self.row].height = 15 * mall_looks.lines_of(field.title, 36)
        self.row += 1
        self.page.row_dimensions[self.row].height = 8

    def _table(self) -> None:
        self._titles()
        first = self.row + 1
        placed = {line.id: self.row + number for number, line in enumerate(self.sheet.rows, 1)}
        for line in self.sheet.rows:
            self._known_row(line, placed)
        sheet = self.sheet.sheet
        for _ in range({"fria": sheet.free_rows, "verksamheter": MORE_ROWS, "fasta": 0}[sheet.rows]):
            self.row += 1
            for column in sheet.columns:
                self._cell(column, None)
        last = self.row
        if sheet.total:
            self._total(first)
        self._watch(first, last)
        for rule in rules_of(self.sheet, self.columns, first, last, placed):
            self.page.add_data_validation(rule)

    def _titles(self) -> None:
        units = {each.id: mall_looks.UNITS.get(each.kind, "") for each in self.sheet.sheet.columns}
        self.top_row = self.row + 1
        self.row += 2 if any(units.values()) else 1
        for column in self.sheet.sheet.columns:
            letter, number = self.columns[column.id], column.is_number
            if self.row > self.top_row:
                write(self.page, f"{letter}{self.top_row}", units[column.id], mall_looks.UNIT, right=number)
            cell = write(self.page, f"{letter}{self.row}", column.title, mall_looks.HEAD, right=number)
            self.name(column.id, cell)
        self.title_row = self.row
        heights = [
            mall_looks.lines_of(each.title, self.page.column_dimensions[self.columns[each.id]].width - 2)
            for each in self.sheet.sheet.columns
        ]
        self.page.row_dimensions[self.row].height = 13 * max(heights) + 6

    def _known_row(self, line: Line, placed: dict[str, int]) -> None:
        self.row += 1
        if (lines := mall_looks.lines_of(line.title, self.page.column_dimensions["A"].width - 2)) > 1:
            self.page.row_dimensions[self.row].height = 13 * lines + 3
        for column in self.sheet.sheet.columns:
            if column is self.sheet.sheet.naming:
                look = mall_looks.SUM_LINE if line.sums else mall_looks.LABEL
                self.name(
                    ROW + line.id,
                    write(self.page, f"{self.columns[column.id]}{self.row}", mall_words.fit(line.title), look),
                )
            elif line.sums and column.is_number:
                cells = ",".join(f"{self.columns[column.id]}{placed[each]}" for each in line.sums)
                cell = self.page[f"{self.columns[column.id]}{self.row}"]
                cell.value = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
                mall_looks.SUM_LINE.on(cell, right=True, number_format=mall_looks.FORMATS[column.kind])
            else:
                self._cell(column, line)

    def _cell(self, column: Column, line: Line | None) -> None:
        """Lay a cell that is filled in, or that is the difference between two others."""
        cell = self.page[f"{self.columns[column.id]}{self.row}"]
        look, amount = mall_looks.INPUT, self._amount(column, line)
        if column.minus:
            of, less = (f"{self.columns[each]}{self.row}" for each in column.minus)
            cell.value, look = f'=IF(COUNT({of},{less})<2,"",{of}-{less})', mall_looks.COUNTED
        elif amount is not None:
            cell.value, look = amount, mall_looks.KNOWN
        look.on(cell, right=column.is_number, number_format=mall_looks.FORMATS[column.kind])

    def _amount(self, column: Column, line: Line | None) -> int | None:
        """Return what is known, in whole tkr as people write it."""
        found = self.known.amount(line.id, column.known) if line and column.known else None
        return None if found is None else int(found.quantize(Decimal(1), ROUND_HALF_UP))

    def _total(self, first: int) -> None:
        """Lay the sum: an empty row stands within it, so that a row inserted last is counted too."""
        self.row += 2
        self.page.row_dimensions[self.row - 1].height = 4
        for column in self.sheet.sheet.columns:
            letter = self.columns[column.id]
            cell = write(self.page, f"{letter}{self.row}", "", mall_looks.SUM, right=column.is_number)
            if column is self.sheet.sheet.naming:
                cell.value = "Summa"
                self.name(TOTAL, cell)
            elif column in self.sheet.sheet.sums:
                cell.value = f"=SUM({letter}{first}:{letter}{self.row - 1})"
                mall_looks.SUM.on(cell, right=True, number_format=mall_looks.AMOUNT)

    def _watch(self, first: int, last: int) -> None:
        """Show a negative avvikelse in red beside its minus, and point at a word that is still needed."""
        red = DifferentialStyle(font=Font(color=mall_looks.RED, bold=True))
        needed = DifferentialStyle(fill=PatternFill(bgColor="F9D6D5"))
        for column in (each for each in self.sheet.sheet.columns if each.minus):
            letter = self.columns[column.id]
            negative = Rule(type="cellIs", operator="lessThan", formula=["0"], dxf=red)
            self.page.conditional_formatting.add(f"{letter}{first}:{letter}{self.row}", negative)
            if "forklaring" in self.columns:
                why = self.columns["forklaring"]
                asks = f'AND(ISNUMBER(${letter}{first}),${letter}{first}<0,TRIM(${why}{first})="")'
                self._point(f"{why}{first}:{why}{last}", asks, needed)
        if {"bedomning", "forslag"} <= self.columns.keys():
            judged, wanted = self.columns["bedomning"], self.columns["forslag"]
            asks = f'AND(${judged}{first}="{NOT_REACHED}",TRIM(${wanted}{first})="")'
            self._point(f"{wanted}{first}:{wanted}{last}", asks, needed)

    def _point(self, where: str, asks: str, style: DifferentialStyle) -> None:
        self.page.conditional_formatting.add(where, Rule(type="expression", formula=[asks], dxf=style))

    def _view(self) -> None:
        page = self.page
        page.freeze_panes = f"B{self.title_row + 1}"
        page.sheet_view.showGridLines = False
        page.sheet_properties.tabColor = mall_looks.DEEP
        print_out(page, self.mall, f"A1:{self.last}{self.row}")
        page.print_title_rows = f"{self.top_row}:{self.title_row}"
        protect(page, may_insert=self.sheet.sheet.rows != "fasta")
