"""How a workbook looks: the house's colours, kinds of cell and widths. Colour never tells anything alone."""

from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from arshjul.definition.sheets import Column

FONT, DEEP, QUIET, RED, INK = "Arial", "163A5F", "51606F", "B00020", "1B2733"
_LINE, _STRONG = Side(style="thin", color="B8C2CC"), Side(style="medium", color=DEEP)
BOX, ABOVE = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE), Border(top=_STRONG, bottom=_LINE)
OPEN, LOCKED = Protection(locked=False), Protection(locked=True)

AMOUNT = "#,##0;-#,##0;0"
FORMATS = {
    "belopp": AMOUNT,
    "antal": "#,##0.##",
    "procent": "0.0",
    "datum": "yyyy-mm-dd",
    "text": "General",
    "val": "General",
}
UNITS = {"belopp": "tkr", "procent": "procent", "antal": "antal", "datum": "datum"}


@dataclass(frozen=True, slots=True)
class CellLook:
    """A kind of cell."""

    font: Font
    fill: PatternFill | None = None
    border: Border | None = None
    protection: Protection = LOCKED
    indent: int = 1

    def on(self, cell: Cell, *, right: bool = False, number_format: str | None = None) -> None:
        """Dress a cell. Amounts stand to the right and are not wrapped: a cut number is shown as ``###``."""
        cell.font, cell.protection = self.font, self.protection
        if self.fill:
            cell.fill = self.fill
        if self.border:
            cell.border = self.border
        side = "right" if right else "left"
        cell.alignment = Alignment(
            horizontal=side, vertical="center", wrap_text=not number_format or not right, indent=self.indent
        )
        if number_format:
            cell.number_format = number_format


def _font(size: float = 10, *, bold: bool = False, italic: bool = False, color: str = INK) -> Font:
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=color)


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color, end_color=color)


TITLE = CellLook(_font(16, bold=True, color=DEEP), indent=0)
SUBTITLE = CellLook(_font(11, bold=True), indent=0)
LEAD = CellLook(_font(10), indent=0)
VALUE = CellLook(_font(10))
SIGNS = CellLook(_font(10, bold=True, color=DEEP), indent=0)
HINT = CellLook(_font(9, italic=True, color=QUIET))
QUIET_LINE = CellLook(_font(9, italic=True, color=QUIET), indent=0)
UNIT = CellLook(_font(8, color="FFFFFF"), _fill(DEEP))
HEAD = CellLook(_font(10, bold=True, color="FFFFFF"), _fill(DEEP))
LABEL = CellLook(_font(10), _fill("F0F3F6"), BOX)
INPUT = CellLook(_font(10), _fill("FFF8DC"), BOX, OPEN)
KNOWN = CellLook(_font(10), _fill("DCEBF7"), BOX, OPEN)
COUNTED = CellLook(_font(10), _fill("E4E8EC"), BOX)
SUM = CellLook(_font(10, bold=True), _fill("E4E8EC"), ABOVE)
SUM_LINE = CellLook(_font(10, bold=True), _fill("E4E8EC"), BOX)

_WIDTHS = {"forklaring": 36, "forslag": 32, "malvarde": 13, "utfall": 13, "ansvarig": 20}


def width_of(column: Column, *, naming: bool) -> float:
    """Return a column's width in characters: for its kind, and never less than its title's longest word."""
    wanted = (36 if naming else _WIDTHS.get(column.id, 27)) if column.kind == "text" else 14
    return max(wanted, 1.2 * max(map(len, column.title.split())) + 3)


def lines_of(text: str, width: float) -> int:
    """Return over how many lines a text goes in a cell of this width, word by word."""
    width *= 1.15  # a width is counted in digits, and a text's mean letter is narrower
    lines, left = 1, width
    for word in text.split():
        if len(word) > left and left < width:
            lines, left = lines + 1, width
        left -= len(word) + 1
    return lines
