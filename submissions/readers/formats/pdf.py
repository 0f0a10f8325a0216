"""A PDF's lines, page by page. Its pictures are counted; a picture of a text is no text."""

from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from submissions.files.filled import MallMark
from submissions.readers.headings import Paragraph, words_in
from submissions.readers.marks import mark_of
from submissions.readers.refusal import DAMAGED, ENCRYPTED, RefusedReadingError, too_many_pages
from submissions.readers.written import clean

MAX_PAGES = 400
MAX_CHARS = 60_000  #: of a page
MAX_OBJECTS = 20_000  #: of a page that are looked at when pictures are counted
_FEW_WORDS = 5  # words a page; a scanner's stamp is not more


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPages:
    """What a PDF holds."""

    paragraphs: list[Paragraph]
    pages: int
    pictures: int
    mark: MallMark | None

    @property
    def is_picture(self) -> bool:
        """Whether its text is a picture: hardly a word, whatever is drawn."""
        words = sum(words_in(each.text) for each in self.paragraphs)
        return words == 0 or (self.pictures > 0 and words < _FEW_WORDS * self.pages)


def read_pdf(content: bytes) -> PdfPages:
    """Return the lines. Raises RefusedReadingError for a locked or a broken file."""
    try:
        with pypdfium2.PdfDocument(content) as document:
            return _read(document)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise RefusedReadingError(ENCRYPTED if locked else DAMAGED) from error


def _read(document: pypdfium2.PdfDocument) -> PdfPages:
    paragraphs: list[Paragraph] = []
    pictures = 0
    if len(document) > MAX_PAGES:
        raise RefusedReadingError(too_many_pages(MAX_PAGES))
    for number in range(len(document)):
        page = document[number]
        try:
            pictures += _pictures(page)
            text = _text(page)
        finally:
            page.close()
        paragraphs += [Paragraph(text=line, page=number + 1) for line in text.splitlines() if line.strip()]
    mark = mark_of({}, " ".join(_said(document, key) for key in ("Keywords", "Subject", "Title")))
    return PdfPages(paragraphs=paragraphs, pages=len(document), pictures=pictures, mark=mark)


def _said(document: pypdfium2.PdfDocument, key: str) -> str:
    try:
        return clean(str(document.get_metadata_value(key)))
    except UnicodeDecodeError:  # what a file says of itself need not be text
        return ""


def _text(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        count = min(text.count_chars(), MAX_CHARS)
        # pdfium marks a word that was broken at a line's end with U+FFFE
        read = str(text.get_text_range(0, count)) if count > 0 else ""
    finally:
        text.close()
    lines = read.replace("\ufffe\r\n", "").replace("\ufffe", "").splitlines()
    return "\n".join(map(clean, lines))


def _pictures(page: pypdfium2.PdfPage) -> int:
    count = min(raw.FPDFPage_CountObjects(page), MAX_OBJECTS)
    kinds = (raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, at)) for at in range(count))
    return sum(kind == raw.FPDF_PAGEOBJ_IMAGE for kind in kinds)
