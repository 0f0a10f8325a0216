"""One tab of a workbook: its head, its fields, and its table with formulas, validation and locks.

Where each thing lies is told by defined names, so that a reader finds it after rows were inserted and tabs renamed.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from xlsxwriter.utility import xl_col_to_name

from arshjul.definition.sheets.column import NOT_REACHED, Column, Line, SheetQuestion
from submissions.files.new_workbook import NewPage, NewWorkbook, Style
from submissions.templates import mall_looks, mall_words
from submissions.templates.mall import KnownFigures, Mall, MallSheet, defined_name
from submissions.templates.mall_looks import CellLook
from submissions.templates.page import print_out, protect
from submissions.templates.validation import LongChoices, Rule, choices_of, rules_of

MORE_ROWS = 3  #: empty rows after what is known of, for what is not
MOST_LINES = 12  #: of a prefilled text that are shown at once
TOTAL, ROW = "summa", "rad_"  #: ids in defined names

_RED: Style = {"font_color": mall_looks.RED, "bold": True}
_NEEDED: Style = {"bg_color": "#F9D6D5"}


class Tab:
    """A tab being laid out, from the top down."""

    def __init__(self, book: NewWorkbook, mall: Mall, sheet: MallSheet, known: KnownFigures, long: LongChoices) -> None:
        self.long = long
        self.book, self.mall, self.sheet, self.known = book, mall, sheet, known
        self.page: NewPage = book.page(sheet.sheet.title[:31])
        columns = sheet.sheet.columns
        self.columns = {each.id: xl_col_to_name(number) for number, each in enumerate(columns)}
        self.widths = {
            self.columns[each.id]: mall_looks.width_of(each, naming=number == 0) for number, each in enumerate(columns)
        }
        self.last = xl_col_to_name(max(len(self.columns), 4) - 1)
        self.row = self.top_row = self.title_row = 0

    def lay(self) -> None:
        """Lay everything out."""
        for letter, width in self.widths.items():
            self.page.width(letter, width)
        self._head()
        for field in self.sheet.sheet.fields:
            self._field(field)
        self._table()
        self._view()

    def name(self, label: str, where: str) -> None:
        """Give a cell its name in the workbook."""
        self.book.name(defined_name(self.sheet.id, label), self.page, where)

    def _head(self) -> None:
        sheet = self.sheet.sheet
        self._line(mall_words.title(self.mall), mall_looks.TITLE, 24)
        self._line(mall_words.fit(f"{self.mall.unit_name} · {sheet.title}"), mall_looks.SUBTITLE)
        self._line(mall_words.due_line(self.mall), mall_looks.LEAD)
        self._line(sheet.help, mall_looks.LEAD)
        if sheet.signs:
            self._line(sheet.signs, mall_looks.SIGNS)
        for mark, meaning in sheet.marks.items():
            self._line(f"{mark} {meaning}", mall_looks.LEAD)
        for line in mall_words.whose_lines(self.sheet, self.known):
            self._line(line, mall_looks.LEAD)
        self._key()

    def _line(self, text: str, look: CellLook, height: float = 15) -> None:
        self.row += 1
        self.page.across(f"A{self.row}", f"{self.last}{self.row}", text, look.style())
        self.page.height(self.row, height * mall_looks.lines_of(text, sum(self.widths.values())))

    def _key(self) -> None:
        """Tell what the colours mean, in words that stand in them."""
        self.row += 2
        self.page.height(self.row - 1, 6)
        meanings = [("Fyll i", mall_looks.INPUT)]
        if self._is_prefilled():
            meanings.append(("Förifyllt", mall_looks.KNOWN))
        if (
            self.sheet.sheet.total
            or any(each.minus for each in self.sheet.sheet.columns)
            or any(each.sums for each in self.sheet.rows)
        ):
            meanings.append(("Räknas ut", mall_looks.COUNTED))
        self.page.text(f"A{self.row}", "Rutornas färger:", mall_looks.QUIET_LINE.style())
        for letter, (meaning, look) in zip("BCD", meanings, strict=False):
            self.page.text(f"{letter}{self.row}", meaning, {**look.style(), "locked": True})
        self.row += 1
        self.page.height(self.row, 8)

    def _is_prefilled(self) -> bool:
        """Tell whether anything is known of a row, or of rows."""
        columns = [each.known for each in self.sheet.sheet.columns if each.known]
        known = ((line.id, column) for line in self.sheet.rows for column in columns)
        given = any(line.given for line in self.sheet.rows)
        return (
            given
            or bool(self.known.rows.get(self.sheet.id))
            or any(self.known.amount(row, column) is not None or self.known.text(row, column) for row, column in known)
        )

    def _field(self, field: SheetQuestion) -> None:
        self.row += 1
        self.page.text(f"A{self.row}", field.title, mall_looks.LABEL.style())
        answer = f"B{self.row}"
        self.page.blank(answer, mall_looks.INPUT.style(shown=mall_looks.FORMATS[field.kind]))
        self.name(field.id, answer)
        if field.choices:
            self._hold(choices_of(field.choices, [answer], help_text=field.help))
        if field.help:
            self.page.across(f"C{self.row}", f"{self.last}{self.row}", field.help, mall_looks.HINT.style())
        self.page.height(self.row, 15 * mall_looks.lines_of(field.title, 36))
        self.row += 1
        self.page.height(self.row, 8)

    def _table(self) -> None:
        self._titles()
        first = self.row + 1
        placed = {line.id: self.row + number for number, line in enumerate(self.sheet.rows, 1)}
        for line in self.sheet.rows:
            self._known_row(line, placed)
        sheet = self.sheet.sheet
        given = self.known.rows.get(self.sheet.id, ())
        rows = {"fria": max(sheet.free_rows, len(given) + MORE_ROWS), "verksamheter": MORE_ROWS, "fasta": 0}
        for at in range(rows[sheet.rows]):
            self.row += 1
            self._free_row(given[at] if sheet.rows == "fria" and at < len(given) else {})
        last = self.row
        if sheet.total:
            self._total(first)
        self._watch(first, last)
        for rule in rules_of(self.sheet, self.columns, first, last, placed):
            self._hold(rule)

    def _titles(self) -> None:
        units = {each.id: each.unit or mall_looks.UNITS.get(each.kind, "") for each in self.sheet.sheet.columns}
        self.top_row = self.row + 1
        self.row += 2 if any(units.values()) else 1
        for column in self.sheet.sheet.columns:
            letter, number = self.columns[column.id], column.is_number
            if self.row > self.top_row:
                self.page.text(f"{letter}{self.top_row}", units[column.id], mall_looks.UNIT.style(right=number))
            self.page.text(f"{letter}{self.row}", column.title, mall_looks.HEAD.style(right=number))
            self.name(column.id, f"{letter}{self.row}")
        self.title_row = self.row
        heights = [
            mall_looks.lines_of(each.title, self.widths[self.columns[each.id]] - 2) for each in self.sheet.sheet.columns
        ]
        self.page.height(self.row, 13 * max(heights) + 6)

    def _known_row(self, line: Line, placed: dict[str, int]) -> None:
        self.row += 1
        for column in self.sheet.sheet.columns:
            where = f"{self.columns[column.id]}{self.row}"
            if column is self.sheet.sheet.naming:
                look = mall_looks.SUM_LINE if line.sums else mall_looks.LABEL
                self.page.text(where, mall_words.fit(line.title), look.style())
                self.name(ROW + line.id, where)
            elif line.sums and column.is_number:
                cells = ",".join(f"{self.columns[column.id]}{placed[each]}" for each in line.sums)
                style = mall_looks.SUM_LINE.style(right=True, shown=mall_looks.FORMATS[column.kind])
                self.page.formula(where, f'=IF(COUNT({cells})=0,"",SUM({cells}))', style)
            else:
                self._cell(column, line, self._text(column, line))
        self._fit_to(
            line.title if each is self.sheet.sheet.naming else self._text(each, line)
            for each in self.sheet.sheet.columns
        )

    def _text(self, column: Column, line: Line) -> str:
        if given := line.given.get(column.id):
            return given
        return self.known.text(line.id, column.known) if column.known and not column.is_number else ""

    def _free_row(self, given: Mapping[str, str]) -> None:
        """Lay a row of an enhet's own; ``given`` is what is known of it, by column."""
        for column in self.sheet.sheet.columns:
            self._cell(column, None, given.get(column.id, ""))
        self._fit_to(given.get(each.id, "") for each in self.sheet.sheet.columns)

    def _fit_to(self, texts: Iterable[str]) -> None:
        """Make the row as high as the longest of its texts, one by column."""
        columns = zip(self.sheet.sheet.columns, texts, strict=True)
        lines = [mall_looks.lines_of(text, self.widths[self.columns[each.id]] - 2) for each, text in columns]
        if max(lines) > 1:
            self.page.height(self.row, 13 * min(max(lines), MOST_LINES) + 3)

    def _cell(self, column: Column, line: Line | None, text: str = "") -> None:
        """Lay a cell that is filled in, or that is the difference between two others; ``text`` is what is known of it."""
        where, amount = f"{self.columns[column.id]}{self.row}", self._amount(column, line)

        def style(look: CellLook) -> Style:
            return look.style(right=column.is_number, shown=mall_looks.FORMATS[column.kind])

        if column.minus:
            of, less = (f"{self.columns[each]}{self.row}" for each in column.minus)
            self.page.formula(where, f'=IF(COUNT({of},{less})<2,"",{of}-{less})', style(mall_looks.COUNTED))
        elif amount is not None:
            self.page.number(where, amount, style(mall_looks.KNOWN))
        elif column.is_number and (given := _number(text)) is not None:
            self.page.number(where, float(given), style(mall_looks.KNOWN))
        elif text and text in column.choices and text.isdecimal():
            self.page.number(where, int(text), style(mall_looks.KNOWN))
        elif text:
            self.page.text(where, text, style(mall_looks.KNOWN))
        else:
            self.page.blank(where, style(mall_looks.INPUT))

    def _amount(self, column: Column, line: Line | None) -> int | None:
        """Return what is known, in whole tkr as people write it."""
        found = self.known.amount(line.id, column.known) if line and column.known else None
        return None if found is None else int(found.quantize(Decimal(1), ROUND_HALF_UP))

    def _total(self, first: int) -> None:
        """Lay the sum: an empty row stands within it, so that a row inserted last is counted too."""
        self.row += 2
        self.page.height(self.row - 1, 4)
        for column in self.sheet.sheet.columns:
            letter = self.columns[column.id]
            where = f"{letter}{self.row}"
            if column is self.sheet.sheet.naming:
                self.page.text(where, "Summa", mall_looks.SUM.style())
                self.name(TOTAL, where)
            elif column in self.sheet.sheet.sums:
                style = mall_looks.SUM.style(right=True, shown=mall_looks.AMOUNT)
                self.page.formula(where, f"=SUM({letter}{first}:{letter}{self.row - 1})", style)
            else:
                self.page.blank(where, mall_looks.SUM.style(right=column.is_number))

    def _watch(self, first: int, last: int) -> None:
        """Show a negative avvikelse in red beside its minus, and point at a word that is still needed."""
        for column in (each for each in self.sheet.sheet.columns if each.minus):
            letter = self.columns[column.id]
            self.page.when(f"{letter}{first}:{letter}{self.row}", {"type": "cell", "criteria": "<", "value": 0}, _RED)
            if explained := self.sheet.sheet.of_role("förklaring"):
                why = self.columns[explained.id]
                asks = f'=AND(ISNUMBER(${letter}{first}),${letter}{first}<0,TRIM(${why}{first})="")'
                self.page.when(f"{why}{first}:{why}{last}", {"type": "formula", "criteria": asks}, _NEEDED)
        assessed, proposed = self.sheet.sheet.of_role("bedömning"), self.sheet.sheet.of_role("förslag")
        if assessed and proposed:
            judged, wanted = self.columns[assessed.id], self.columns[proposed.id]
            asks = f'=AND(${judged}{first}="{NOT_REACHED}",TRIM(${wanted}{first})="")'
            self.page.when(f"{wanted}{first}:{wanted}{last}", {"type": "formula", "criteria": asks}, _NEEDED)

    def _hold(self, rule: Rule) -> None:
        chosen = {"source": self.long.source(rule.options["source"])} if "source" in rule.options else {}
        self.page.hold(rule.cells, {**rule.options, **chosen})

    def _view(self) -> None:
        sheet = self.page.sheet
        sheet.freeze_panes(self.title_row, 1)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(mall_looks.DEEP)
        print_out(self.page, self.mall, f"A1:{self.last}{self.row}")
        sheet.repeat_rows(self.top_row - 1, self.title_row - 1)
        protect(self.page, may_insert=self.sheet.sheet.rows != "fasta")


def _number(text: str) -> Decimal | None:
    """Return a number as a definition writes it: 61,5."""
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
