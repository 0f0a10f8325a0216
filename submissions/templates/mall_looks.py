"""How a workbook looks: the house's colours, kinds of cell and widths. Colour never tells anything alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arshjul.definition.sheets.column import Column, ColumnRole
from submissions.files.new_workbook import Style

FONT, DEEP, QUIET, RED, INK = "Arial", "#163A5F", "#51606F", "#B00020", "#1B2733"
_THIN, _MEDIUM = 1, 2
_LINE: Mapping[str, Any] = {"border": _THIN, "border_color": "#B8C2CC"}
_SUM_LINE: Mapping[str, Any] = {"top": _MEDIUM, "top_color": DEEP, "bottom": _THIN, "bottom_color": "#B8C2CC"}

AMOUNT = "#,##0;-#,##0;0"
FORMATS = {
    "belopp": AMOUNT,
    "antal": "#,##0.##",
    "procent": "0.0",
    "tal": "General",
    "datum": "yyyy-mm-dd",
    "text": "General",
    "val": "General",
}
UNITS = {"belopp": "tkr", "procent": "procent", "antal": "antal", "datum": "datum"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLook:
    """A kind of cell."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    color: str = INK
    fill: str = ""
    border: Mapping[str, Any] = field(default_factory=dict)
    locked: bool = True
    indent: int = 1

    def style(self, *, right: bool = False, shown: str = "") -> Style:
        """Return how a cell is dressed; ``shown`` is a number's format.

        Amounts stand to the right and are not wrapped: a cut number is shown as ``###``.
        """
        style: dict[str, Any] = {
            "font_name": FONT,
            "font_size": self.size,
            "bold": self.bold,
            "italic": self.italic,
            "font_color": self.color,
            "align": "right" if right else "left",
            "valign": "vcenter",
            "text_wrap": not shown or not right,
            "indent": self.indent,
            "locked": self.locked,
            **self.border,
        }
        if self.fill:
            style |= {"pattern": 1, "bg_color": self.fill}
        return style | ({"num_format": shown} if shown else {})


TITLE = CellLook(size=16, bold=True, color=DEEP, indent=0)
SUBTITLE = CellLook(size=11, bold=True, indent=0)
LEAD = CellLook(indent=0)
VALUE = CellLook()
SIGNS = CellLook(bold=True, color=DEEP, indent=0)
HINT = CellLook(size=9, italic=True, color=QUIET)
QUIET_LINE = CellLook(size=9, italic=True, color=QUIET, indent=0)
UNIT = CellLook(size=8, color="#FFFFFF", fill=DEEP)
HEAD = CellLook(bold=True, color="#FFFFFF", fill=DEEP)
LABEL = CellLook(fill="#F0F3F6", border=_LINE)
INPUT = CellLook(fill="#FFF8DC", border=_LINE, locked=False)
KNOWN = CellLook(fill="#DCEBF7", border=_LINE, locked=False)
COUNTED = CellLook(fill="#E4E8EC", border=_LINE)
SUM = CellLook(bold=True, fill="#E4E8EC", border=_SUM_LINE)
SUM_LINE = CellLook(bold=True, fill="#E4E8EC", border=_LINE)

#: of texts, by what they mean
_WIDTHS: Mapping[ColumnRole | None, int] = {
    "förklaring": 36,
    "förslag": 32,
    "målvärde": 13,
    "utfall": 13,
    "ansvarig": 20,
}


def width_of(column: Column, *, naming: bool) -> float:
    """Return a column's width in characters: for its kind, and never less than its title's longest word."""
    wanted = (36 if naming else _WIDTHS.get(column.role, 27)) if column.kind == "text" else 14
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
