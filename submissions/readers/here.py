"""Reading a file in this process: what it holds of what is looked for, or why it is not read.

For a process that may die of it; the service itself calls ``read_apart``.
"""

from typing import TYPE_CHECKING

from submissions.files.contents import Contents, look_into
from submissions.files.filled import Filled
from submissions.readers.list_rows import ListRows, rows_of
from submissions.readers.refusal import (
    DAMAGED,
    EMPTY,
    ENCRYPTED,
    MACROS,
    NO_KIND,
    PICTURE_OF_TABLE,
    PICTURE_OF_TEXT,
    TOO_LARGE_INSIDE,
    TOO_MUCH_MEMORY,
    Refusal,
    RefusedReadingError,
    active_content,
    not_taken,
    together,
    wrong_kind,
)
from submissions.readers.wanted import Wanted

if TYPE_CHECKING:
    from submissions.readers.formats.grid import CachedBook
    from submissions.readers.formats.zipped import Archive


def read_here(content: bytes, kind: str, wanted: Wanted) -> Filled | Refusal:
    """Read a file that was handed in as ``kind`` (an id of ``parts.KINDS``). What is wrong with it is a refusal."""
    refused = _refused(content, kind, look_into(content))
    if refused:
        return refused
    try:
        return _read_pdf(content, wanted) if kind == "pdf" else _read_archive(content, kind, wanted)
    except RefusedReadingError as error:
        return error.refusal


def read_list_here(content: bytes, kind: str) -> ListRows | Refusal:
    """Read the rows of a workbook's first sheet with anything in it (``kind``: "xlsx" or "ods"), as texts."""
    refused = _refused(content, kind, look_into(content))
    if refused:
        return refused
    from submissions.readers.formats.zipped import FAULTS, Archive, is_out_of_memory

    try:
        return rows_of(_opened(Archive(content), kind))
    except RefusedReadingError as error:
        return error.refusal
    except FAULTS as error:
        return TOO_MUCH_MEMORY if is_out_of_memory(error) else DAMAGED


def _refused(content: bytes, kind: str, seen: Contents) -> Refusal | None:
    """Return everything for which a file is not read, told at once."""
    if not content:
        return EMPTY
    every = [ENCRYPTED] if seen.encrypted else []
    every += [MACROS] if seen.macros else []
    every += [active_content(each) for each in seen.active]
    if seen.foreign:
        every.append(not_taken(seen.foreign, kind))
    elif seen.crowded:
        every.append(TOO_LARGE_INSIDE)
    elif seen.kind is None and not every:
        every.append(DAMAGED if seen.damaged else NO_KIND)
    elif seen.kind not in (None, kind):
        every.append(wrong_kind(seen.kind, kind))
    return together(every)


def _read_pdf(content: bytes, wanted: Wanted) -> Filled | Refusal:
    # libraries are loaded when they are needed: a process reads one file, and starts for each
    from submissions.readers.formats.pdf import read_pdf
    from submissions.readers.headings import sections_of, total_words

    pages = read_pdf(content)
    if pages.is_picture:
        return PICTURE_OF_TABLE if wanted.sheets else PICTURE_OF_TEXT
    return Filled(
        kind="pdf",
        mark=pages.mark,
        sections=sections_of(pages.paragraphs, wanted),
        words=total_words(pages.paragraphs),
        pictures=pages.pictures,
        pages=pages.pages,
    )


def _read_archive(content: bytes, kind: str, wanted: Wanted) -> Filled:
    from submissions.readers.formats.zipped import FAULTS, Archive, is_out_of_memory

    try:
        archive = Archive(content)
        return _book(archive, kind, wanted) if kind in ("xlsx", "ods") else _text(archive, kind, wanted)
    except FAULTS as error:
        raise RefusedReadingError(TOO_MUCH_MEMORY if is_out_of_memory(error) else DAMAGED) from error


def _opened(archive: "Archive", kind: str) -> "CachedBook":
    from submissions.readers.formats.grid import CachedBook

    if kind == "xlsx":
        from submissions.readers.formats.xlsx import Workbook

        return CachedBook(Workbook(archive))
    from submissions.readers.formats.ods import Spreadsheet

    return CachedBook(Spreadsheet(archive))


def _book(archive: "Archive", kind: str, wanted: Wanted) -> Filled:
    from submissions.readers.formats.properties import workbook_properties
    from submissions.readers.marks import NAMES, mark_of
    from submissions.readers.sheet_copies import second_tables, unread_copies
    from submissions.readers.sheet_reading import read_tables

    book = _opened(archive, kind)
    named = {name: book.names[name] for name in NAMES if name in book.names}
    marked = {each.sheet for each in named.values()}
    tables = read_tables(book, wanted.sheets, marked)
    sheets = book.grids(marked)
    said = {name: sheets[each.sheet].at(*each.spot).text for name, each in named.items() if each.sheet in sheets}
    pictures = sum("media/" in name or name.startswith("pictures/") for name in archive.names)
    unread = unread_copies(book, wanted.sheets, tables, marked)
    second = second_tables(book, wanted.sheets, tables)
    # a mall of the municipality's own may be made of one of ours: what it was marked with when handed out says more
    said |= workbook_properties(archive, kind)
    return Filled(kind=kind, mark=mark_of(said), tables=tables, pictures=pictures, unread=unread, second=second)


def _text(archive: "Archive", kind: str, wanted: Wanted) -> Filled:
    from submissions.readers.headings import sections_of, total_words

    if kind == "docx":
        from submissions.readers.formats.docx import docx_mark, read_docx

        paragraphs, mark = read_docx(archive), docx_mark(archive)
    else:
        from submissions.readers.formats.odt import odt_mark, read_odt

        paragraphs, mark = read_odt(archive), odt_mark(archive)
    return Filled(
        kind=kind,
        mark=mark,
        sections=sections_of(paragraphs, wanted),
        words=total_words(paragraphs),
        pictures=sum(each.pictures for each in paragraphs),
    )
