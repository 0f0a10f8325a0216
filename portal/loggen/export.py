"""The log as a file to take along: CSV for any program, and a workbook. No cell is ever a formula."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import IO

from xlsxwriter import Workbook

from arshjul.definition.model import Definition
from arshjul.formulas import begins_formula
from arshjul.swedish import STOCKHOLM
from portal.loggen.log_names import with_names
from portal.loggen.log_words import about, details, kind_text
from portal.web.redaction import hide_tokens
from store.tables import LogRow

HEADS = (
    "Rad",
    "När",
    "Vem",
    "Vem det var",
    "Väg in",
    "Besök",
    "Vad",
    "Kod",
    "Om",
    "Nyckel",
    "Uppgifter",
    "Som raden är skriven",
    "Kontrollsumma",
)
WIDTHS = (8, 20, 34, 34, 20, 20, 30, 22, 50, 50, 60, 60, 68)
MOST_IN_A_WORKBOOK = 20_000  #: rows; more would keep the pages waiting for seconds
LONGEST_CELL = 32_000  #: characters; Excel takes 32 767
_NOT_HELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  #: what no workbook holds


def as_csv(definition: Definition, rows: Iterable[LogRow]) -> Iterator[bytes]:
    """Return the rows as CSV as Swedish Excel reads it: UTF-8 with its mark, semicolons, CRLF."""
    yield "\ufeff".encode()
    yield _csv_line(HEADS)
    for row in rows:
        yield _csv_line([defused(str(value)) for value in _values(definition, row)])


def write_xlsx(definition: Definition, rows: Iterable[LogRow], count: int, into: IO[bytes]) -> None:
    """Write ``count`` rows as a workbook, row by row."""
    book = Workbook(into, {"constant_memory": True})
    sheet, bold = book.add_worksheet("Loggen"), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for number, width in enumerate(WIDTHS):
        sheet.set_column(number, number, width)
    for number, head in enumerate(HEADS):
        sheet.write_string(0, number, head, bold)
    for at, row in enumerate(rows, 1):
        for number, value in enumerate(_values(definition, row)):
            if isinstance(value, str):
                sheet.write_string(at, number, _NOT_HELD.sub("\ufffd", value)[:LONGEST_CELL])  # whatever it begins with
            else:
                sheet.write_number(at, number, value)
    sheet.autofilter(0, 0, count, len(HEADS) - 1)
    book.close()


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if begins_formula(text) else text


def _values(definition: Definition, row: LogRow) -> tuple[str | int, ...]:
    gallrad = "(gallrat eller spärrat)" if row.detail is None else ""
    named = details(with_names(definition, row.key, row.detail))
    told = "; ".join(f"{label}: {value}" for label, value in named) if row.detail else gallrad
    written = json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""
    return (
        row.number if row.number is not None else "",
        f"{row.at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M:%S}",
        hide_tokens(row.who),
        hide_tokens(row.subject or ""),
        row.way or "",
        row.session or "",
        kind_text(row.what),
        row.what,
        about(definition, hide_tokens(row.key or "")).text,
        hide_tokens(row.key or ""),
        hide_tokens(told),
        hide_tokens(written),
        row.digest or "",
    )


def _csv_line(values: Iterable[str]) -> bytes:
    into = StringIO()
    csv.writer(into, delimiter=";", lineterminator="\r\n").writerow(values)
    return into.getvalue().encode()
