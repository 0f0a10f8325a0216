"""What each form of part accepts: which kinds of file, which fields. One place for what people may hand in."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from arshjul.swedish import listing

if TYPE_CHECKING:  # the reading process looks into files, and must not load the definition for it
    from arshjul.year.wheel import PartOwed

MAX_BYTES = 20 * 1024 * 1024  #: the largest file that is taken, inclusive
MAX_TEXT = "20 MB"
MAX_NAME = 120  #: characters in a kept file name, its ending counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file, told by its content."""

    id: str  #: also the name's ending, without the dot
    name: str  #: as people read it: "Excel (.xlsx)"
    media_type: str


KINDS = {
    kind.id: kind
    for kind in (
        Kind(id="pdf", name="PDF (.pdf)", media_type="application/pdf"),
        Kind(
            id="xlsx",
            name="Excel (.xlsx)",
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Kind(
            id="docx",
            name="Word (.docx)",
            media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Kind(id="ods", name="OpenDocument (.ods)", media_type="application/vnd.oasis.opendocument.spreadsheet"),
        Kind(id="odt", name="OpenDocument (.odt)", media_type="application/vnd.oasis.opendocument.text"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a part of this form is: its kinds of file (none: a statement), the one to save as, and its fields."""

    kinds: tuple[str, ...]
    fields: tuple[str, ...] = ()
    may_be_ej_aktuellt: bool = True

    @property
    def wants_file(self) -> bool:
        """Whether it is a file that is handed in."""
        return bool(self.kinds)

    @property
    def endings(self) -> str:
        """``.xlsx,.ods,.pdf``, for a file field."""
        return ",".join(f".{kind}" for kind in self.kinds)

    @property
    def kinds_text(self) -> str:
        """``Excel (.xlsx), OpenDocument (.ods) eller PDF (.pdf)``."""
        return listing([KINDS[kind].name for kind in self.kinds]).replace(" och ", " eller ")


PARAGRAF, DATUM, JUSTERAD, INTYGAS = "paragraf", "datum", "omedelbar justering", "intygas"
APPROVED = "godkänns"  #: the box by which what an enhet below has handed in is approved

FORMS = {
    "tabell": Form(kinds=("xlsx", "ods", "pdf")),
    "text": Form(kinds=("docx", "odt", "pdf")),
    "protokollsutdrag": Form(
        kinds=("pdf", "docx", "odt"), fields=(PARAGRAF, DATUM, JUSTERAD), may_be_ej_aktuellt=False
    ),
    "intyg": Form(kinds=(), fields=(INTYGAS,), may_be_ej_aktuellt=False),
    "godkännande": Form(kinds=(), fields=(APPROVED,)),  # ej aktuellt: carried up without what the enhet below owes
}


def form_of(part: "PartOwed") -> Form:
    """Return what a part's form accepts; the definition may say that it cannot be ej aktuellt.

    A table whose sheets are read cannot be a PDF.
    """
    form = FORMS[part.form]
    if part.sheets:
        form = replace(form, kinds=tuple(kind for kind in form.kinds if kind != "pdf"))
    return form if part.may_be_ej_aktuellt else replace(form, may_be_ej_aktuellt=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came: the name is what the sender called it, and is not to be trusted."""

    filename: str
    content: bytes
