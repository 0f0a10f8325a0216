"""How a workbook looks: the house's colours, kinds of cell and widths. Colour never tells anything alone."""

from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from arshjul.sheets import Column

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
class Look:
    """A kind of cell."""

    font: Font
    fill: PatternFill | None = None
    border: Border | None = None
    protection: Protection = LOCKED

    def on(self, cell: Cell, *, right: bool = False, wrap: bool = True, number_format: str | None = None) -> None:
        """Dress a cell."""
        cell.font, cell.protection = self.font, self.protection
        if self.fill:
            cell.fill = self.fill
        if self.border:
            cell.border = self.border
        cell.alignment = Alignment(horizontal="right" if right else "left", vertical="center", wrap_text=wrap)
        if number_format:
            cell.number_format = number_format


def _font(size: float = 10, *, bold: bool = False, italic: bool = False, color: str = INK) -> Font:
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=color)


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color, end_color=color)


TITLE = Look(_font(16, bold=True, color=DEEP))
SUBTITLE = Look(_font(11, bold=True))
LEAD = Look(_font(10))
SIGNS = Look(_font(10, bold=True, color=DEEP))
QUIET_LINE = Look(_font(9, italic=True, color=QUIET))
UNIT = Look(_font(8, color="FFFFFF"), _fill(DEEP))
HEAD = Look(_font(10, bold=True, color="FFFFFF"), _fill(DEEP))
LABEL = Look(_font(10), _fill("F0F3F6"), BOX)
INPUT = Look(_font(10), _fill("FFF8DC"), BOX, OPEN)
KNOWN = Look(_font(10), _fill("DCEBF7"), BOX, OPEN)
COUNTED = Look(_font(10), _fill("E4E8EC"), BOX)
SUM = Look(_font(10, bold=True), _fill("E4E8EC"), ABOVE)
SUM_LINE = Look(_font(10, bold=True), _fill("E4E8EC"), BOX)

_WIDE = {"forklaring": 38, "forslag": 34, "indikator": 28, "kontroll": 30, "resultat": 30, "atgard": 30, "mal": 30}
_NARROW = {"malvarde": 14, "utfall": 14, "ansvarig": 20}


def width_of(column: Column, *, naming: bool) -> float:
    """Return a column's width in characters."""
    if column.kind == "text":
        return 38 if naming else _WIDE.get(column.id, _NARROW.get(column.id, 26))
    return 16 if column.kind == "val" else 14


def lines_of(text: str, width: float) -> int:
    """Return over how many lines a text goes in a cell of this width, word by word."""
    lines, left = 1, width
    for word in text.split():
        if len(word) + 1 > left and left < width:
            lines, left = lines + 1, width
        left -= len(word) + 1
    return lines
