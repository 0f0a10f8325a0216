"""What every page of a workbook shares: how a text is written, how it is printed, and what is locked."""

from openpyxl.cell import Cell
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from arshjul.formulas import begins_formula
from submissions.templates import mall_looks, mall_words
from submissions.templates.mall import Mall
from submissions.templates.mall_looks import CellLook


def write(page: Worksheet, where: str, text: str, look: CellLook, *, right: bool = False) -> Cell:
    """Write a text as text: what begins with ``= + - @`` is no formula, also when somebody edits the cell."""
    cell: Cell = page[where]
    if text:
        cell.value, cell.data_type = text, "s"
    look.on(cell, right=right)
    if begins_formula(text):
        cell.quotePrefix = True
    return cell


def print_out(page: Worksheet, mall: Mall, area: str) -> None:
    """Set the page up for A4, as wide as the table, with what it is and page numbers at its foot."""
    page.print_area = area
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.5
    page.page_margins.top, page.page_margins.bottom = 0.6, 0.7
    what = f"{mall_words.title(mall)} · {mall_words.fit(mall.unit_name)}"
    left, center = (each.replace("&", "&&") for each in (what, page.title))
    page.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(left, mall_looks.FONT, 8),
        center=_HeaderFooterPart(center, mall_looks.FONT, 8),
        right=_HeaderFooterPart("Sida &P av &N", mall_looks.FONT, 8),
    )


def protect(page: Worksheet, *, may_insert: bool) -> None:
    """Lock what is not to be filled in. Without a password: it guards against slips, not against people."""
    page.protection.sheet = True
    page.protection.formatCells = page.protection.formatColumns = page.protection.formatRows = False
    page.protection.insertRows = page.protection.deleteRows = not may_insert
