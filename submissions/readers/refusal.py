"""A file that is not read: which rule says so, what is wrong, and what its sender does about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from arshjul.swedish import listing
from submissions.files.active import Active
from submissions.files.foreign import Foreign
from submissions.files.parts import KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a file was not read. ``rule`` is stable; the same ids as in ``submissions.intake.checks`` where they say it too.

    ``more`` is what else stands in the way, so that its sender hears of everything at once.
    """

    rule: str
    message: str
    mend: str
    more: tuple["Refusal", ...] = ()

    @property
    def every(self) -> tuple["Refusal", ...]:
        """This one, and what else stands in the way."""
        return (replace(self, more=()), *self.more)


class RefusedReadingError(Exception):
    """Ends a reading with what stands in its way; never leaves ``read_here``."""

    def __init__(self, refusal: Refusal, *more: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = replace(refusal, more=(*refusal.more, *more))


def _refusal(rule: str, message: str, mend: str) -> Refusal:
    return Refusal(rule=rule, message=message, mend=mend)


_SAVE_ANEW = "Öppna filen i programmet där den gjordes, spara den på nytt och lämna in den igen."

EMPTY = _refusal("tom-fil", "Filen är tom.", "Öppna den, kontrollera att den har innehåll, spara den och lämna in den.")
ENCRYPTED = _refusal(
    "losenord", "Filen är låst med lösenord.", "Ta bort lösenordet, spara filen och lämna in den igen."
)
MACROS = _refusal(
    "makron",
    "Filen innehåller makron.",
    "Spara den utan makron: välj Arkiv > Spara som och Excel-arbetsbok (.xlsx) eller Word-dokument (.docx).",
)
NO_KIND = _refusal(
    "fel-slag",
    "Innehållet är ingen arbetsbok, ingen text och ingen PDF, vad filen än heter.",
    "Öppna den i Excel eller Word, välj Arkiv > Spara som och .xlsx eller .docx, och lämna in den nya filen.",
)
DAMAGED = _refusal("skadad", "Filen är skadad och går inte att läsa.", _SAVE_ANEW)
UNSAFE_XML = _refusal(
    "osaker-xml", "Filen innehåller XML som Office-program aldrig skriver (DOCTYPE) och läses därför inte.", _SAVE_ANEW
)
TOO_LARGE_INSIDE = _refusal(
    "for-stor-inuti",
    "Filen är liten men packar upp sig till mer än vad som läses.",
    "Ta bort tomma rader, kolumner och blad som inte behövs, spara filen på nytt och lämna in den igen.",
)
TOO_LONG = _refusal(
    "tar-for-lang-tid",
    "Filen tar för lång tid att läsa.",
    "Ta bort blad, rader och bilder som inte hör till rapporten, spara filen på nytt och lämna in den igen.",
)
TOO_MUCH_MEMORY = _refusal(
    "for-mycket-minne",
    "Filen kräver för mycket minne att läsa.",
    "Ta bort blad, rader och bilder som inte hör till rapporten, spara filen på nytt och lämna in den igen.",
)
UNREADABLE = _refusal("gar-inte-att-lasa", "Filen gick inte att läsa.", f"{_SAVE_ANEW} Hjälper inte det: hör av dig.")

PICTURE_OF_TABLE = _refusal(
    "bild-av-text",
    "Bilden av en tabell går inte att läsa: PDF:en har ingen text, bara en bild.",
    "Lämna in arbetsboken (.xlsx eller .ods) som tabellen gjordes i, inte en inskannad sida eller en skärmbild.",
)
PICTURE_OF_TEXT = _refusal(
    "bild-av-text",
    "Bilden av en text går inte att läsa: PDF:en har ingen text, bara en bild.",
    "Lämna in Word-dokumentet, eller välj Arkiv > Spara som PDF i Word i stället för att skanna utskriften.",
)


def active_content(active: Active) -> Refusal:
    """A file that fetches or runs something when it is opened."""
    return _refusal("aktivt-innehall", f"Filen innehåller {active.name}.", active.mend)


def together(refusals: Sequence[Refusal]) -> Refusal | None:
    """Return several refusals as one; None when there is none."""
    return replace(refusals[0], more=tuple(refusals[1:])) if refusals else None


def not_taken(foreign: Foreign, kind: str) -> Refusal:
    """A file of a kind that is known and not taken."""
    return _refusal("fel-slag", foreign.message, foreign.mend(KINDS[kind].name))


def wrong_kind(seen: str, wanted: str) -> Refusal:
    """The content is another kind than the file was handed in as."""
    return _refusal(
        "fel-slag",
        f"Innehållet är .{seen}, men filen läses som .{wanted}.",
        f"Spara den som .{wanted} och lämna in den igen.",
    )


def linked_workbook(files: Sequence[str], places: Sequence[str]) -> Refusal:
    """Cells that fetch their values from other files: nobody else can see them, and they change by themselves."""
    cells = f"{listing(places[:5])}{f' och {len(places) - 5} till' if len(places) > 5 else ''}"
    return _refusal(
        "externa-lankar",
        f"Arbetsboken hämtar värden ur andra filer ({listing(files[:5])}), i {cells}.",
        "Välj Data > Redigera länkar > Bryt länk i Excel (Redigera > Länkar i LibreOffice), så att värdena ligger i "
        "filen själv. Spara den och lämna in den igen.",
    )


def linked_text(where: str) -> Refusal:
    """A text that fetches pictures or parts from elsewhere."""
    return _refusal(
        "externa-lankar",
        f"Texten hämtar bilder eller delar ur andra filer ({where}).",
        "Välj Arkiv > Information > Redigera länkar till filer > Bryt länk i Word, eller klistra in bilden på nytt. "
        "Spara filen och lämna in den igen.",
    )


TEXT_IN_ANOTHER_FILE = _refusal(
    "inbaddad-text",
    "Text i dokumentet ligger i en annan fil inuti det, som ett program på webben gör, och läses inte.",
    "Öppna dokumentet i Word, spara det på nytt och lämna in det igen. Då blir texten dokumentets egen.",
)


def too_many_cells(sheet: str, most: int) -> Refusal:
    """A sheet with more in it than a sheet of a report can have."""
    return _refusal(
        "for-stor-inuti",
        f"Bladet {sheet} har fler än {most // 1000} 000 ifyllda celler.",
        "Flytta det som inte hör till rapporten till ett eget blad, och lämna in filen igen.",
    )


def too_many_pages(most: int) -> Refusal:
    """A PDF with more pages than are read."""
    return _refusal(
        "for-manga-sidor",
        f"PDF:en har fler än {most} sidor.",
        "Lämna in den del som efterfrågas för sig, som Word-dokument eller PDF.",
    )


def too_many_rows(sheet: str, most: int) -> Refusal:
    """A sheet whose table has more rows than a table of a report can have."""
    return _refusal(
        "for-manga-rader",
        f"Bladet {sheet} har fler än {most // 1000} 000 rader i tabellen.",
        "Ta bort raderna som inte hör till tabellen, eller flytta dem till ett eget blad, och lämna in filen igen.",
    )
