"""What every page of a workbook shares: how it is printed, and what is locked."""

from submissions.files.new_workbook import NewPage
from submissions.templates import mall_looks, mall_words
from submissions.templates.mall import Mall

_A4 = 9


def print_out(page: NewPage, mall: Mall, area: str) -> None:
    """Set the page up for A4, as wide as the table, with what it is and page numbers at its foot."""
    sheet = page.sheet
    sheet.print_area(area)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.feet(mall_looks.FONT, left=f"{mall_words.title(mall)} · {mall_words.fit(mall.unit_name)}", center=page.title)


def protect(page: NewPage, *, may_insert: bool) -> None:
    """Lock what is not to be filled in. Without a password: it guards against slips, not against people."""
    allowed = ("objects", "scenarios", "format_cells", "format_columns", "format_rows")
    inserting = dict.fromkeys(("insert_rows", "delete_rows"), may_insert)
    page.sheet.protect("", {**dict.fromkeys(allowed, True), **inserting})
