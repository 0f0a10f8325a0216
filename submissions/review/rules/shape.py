"""Whether everything that is asked for stands in the tables: sheets, columns, rows, and in each cell what it is for."""

from collections.abc import Callable

from arshjul.swedish import listing
from submissions.files.figures import exact_text
from submissions.finding import Finding
from submissions.readers.written import read_number, two_numbers
from submissions.review.case import Case, Grade, Judge, Registered, Rule
from submissions.review.review_words import counted, named, shown
from submissions.review.sheets.sound import Sound, Spot


def no_sheet(case: Case, judge: Judge) -> Finding | None:
    """A sheet that the mall asks for was not found in the file."""
    lost = [each.sheet.title for each in case.mall.sheets if each.id not in case.filled.tables]
    if not lost:
        return None
    found = [each.title for each in case.filled.tables.values()]
    seen = f" Filen har {named([shown(each) for each in found])}." if found else " Inget av mallens blad hittades."
    which = "Bladet" if len(lost) == 1 else "Bladen"
    return judge.found(
        named(lost),
        f"{which} {listing([shown(each) for each in lost])} saknas.{seen}",
        "Fyll i alla blad i mallen som hör till delen. Har kolumnerna fått andra rubriker: ge dem mallens rubriker igen.",
    )


def no_column(case: Case, judge: Judge) -> Finding | None:
    """A column that must be filled in was not found."""
    lost = [
        (each, column)
        for each in case.sound.values()
        for column in each.sheet.columns
        if column.required and column.id in each.table.missing
    ]
    if not lost:
        return None
    which = "Kolumnen" if len(lost) == 1 else "Kolumnerna"
    told = named([f"{shown(column.title)} på bladet {each.table.title}" for each, column in lost])
    places = named([each.table.title for each, _ in lost])
    return judge.found(
        places,
        f"{which} {told} hittades inte.",
        "Lägg tillbaka kolumnen med mallens rubrik och fyll i den. Enklast är att hämta mallen på nytt och klistra in talen.",
    )


def no_row(case: Case, judge: Judge) -> Finding | None:
    """A row that the sheet always has is not there; the law's groups of sjukfrånvaro have a rule of their own."""
    lacking = [each for each in case.sound.values() if each.missing and each.asked.id != "sjukfranvaro"]
    if not lacking:
        return None
    lost = [f"{shown(line.title)} på bladet {each.table.title}" for each in lacking for line in each.missing]
    other = [f"{shown(row.name)} ({row.place})" for each in lacking for row in each.unknown]
    heard = f" Däremot står {named(other)} där, som inte känns igen: har en rad bytt namn?" if other else ""
    which = "Raden" if len(lost) == 1 else "Raderna"
    return judge.found(
        named([each.table.title for each in lacking]),
        f"{which} {named(lost)} saknas eller är helt {'tom' if len(lost) == 1 else 'tomma'}.{heard}",
        "Lägg tillbaka raden med mallens namn och fyll i den; skriv 0 där det inte finns något belopp.",
    )


def unknown_row(case: Case, judge: Judge) -> Finding | None:
    """A row with figures that the sheet does not have; where rows are missing too, it is told with those."""
    strange = [row for each in case.sound.values() if not each.missing for row in each.unknown]
    if not strange:
        return None
    which = "Raden" if len(strange) == 1 else "Raderna"
    return judge.found(
        named([row.place for row in strange]),
        f"{which} {named([shown(row.name) for row in strange])} finns inte i mallen. Beloppen där kommer inte med i rapporten.",
        "Flytta beloppen till en av mallens rader. Behövs en ny rad: säg till ekonomikontoret, och svara med vad den gäller.",
    )


def double_row(case: Case, judge: Judge) -> Finding | None:
    """A row stands there twice."""
    again = [row for each in case.sound.values() for row in each.doubled]
    if not again:
        return None
    which = "Raden" if len(again) == 1 else "Raderna"
    return judge.found(
        named([row.place for row in again]),
        f"{which} {named([shown(row.name) for row in again])} står två gånger. Bara den första räknas.",
        "Ta bort den ena, eller lägg ihop dem till en rad.",
    )


def empty_sheet(case: Case, judge: Judge) -> Finding | None:
    """A sheet of free rows that may not be empty has none; mål have a rule of their own."""
    empty = [
        each
        for each in case.sound.values()
        if each.sheet.rows == "fria"
        and not (each.rows or each.says_none or each.sheet.may_be_empty or each.asked.id == "mal" or _lacks(each))
    ]
    if not empty:
        return None
    which = "Bladet" if len(empty) == 1 else "Bladen"
    return judge.found(
        named([each.table.title for each in empty]),
        f"{which} {listing([shown(each.table.title) for each in empty])} är {'tomt' if len(empty) == 1 else 'tomma'}.",
        f"Fyll i bladet. {empty[0].sheet.help}",
    )


def _lacks(sheet: Sound) -> bool:
    return any(column.required and column.id in sheet.table.missing for column in sheet.sheet.columns)


def flawed(rule_id: str, message: Callable[[list[Spot]], str], mend: str) -> Rule:
    """Return a rule that tells of the cells with one flaw."""

    def rule(case: Case, judge: Judge) -> Finding | None:
        spots = case.flaws(rule_id)
        return judge.found(named([each.place for each in spots]), message(spots), mend) if spots else None

    return rule


def cells_are(one: str, many: str) -> Callable[[list[Spot]], str]:
    """Return ``En ruta är tom: Förskola, Utfall.`` for so many cells."""

    def told(spots: list[Spot]) -> str:
        what = one if len(spots) == 1 else many
        number = "En ruta" if len(spots) == 1 else f"{len(spots)} rutor"
        return f"{number} {what}: {named([each.name for each in spots], '; ')}."

    return told


def _read(spots: list[Spot], what: str) -> str:
    return f"{named([f'{shown(each.text)} ({each.name})' for each in spots], '; ')} {what}"


def _no_numbers(spots: list[Spot]) -> str:
    """Tell what is no number; of what could be two, which."""
    told = [f"{shown(each.text)} ({each.name}){_which(each.text)}" for each in spots]
    return f"{named(told, '; ')} går inte att läsa som tal."


def _which(text: str) -> str:
    both = two_numbers(text)
    return f", som kan vara både {exact_text(both[0], 3)} och {exact_text(both[1], 3)}," if both else ""


def _pasted(spots: list[Spot]) -> str:
    """Tell which numbers stand as text, and as what each was read."""
    read = [(each, read_number(each.text) or read_number(each.text, is_share=True)) for each in spots]
    told = [
        f"{shown(each.text)} ({each.name}) räknades som {exact_text(found.number, 6) if found else 'tal'}"
        for each, found in read
    ]
    return f"Tal står som text: {named(told, '; ')}."


def _uncalculated(case: Case, judge: Judge) -> Finding | None:
    """Formulas of the mall's own that no program has calculated; their figures are worked out here instead."""
    spots = case.flaws("inte-beraknad")
    if not spots or case.flaws("formel-utan-varde"):
        return None
    message = f"Mallens formler är inte uträknade i {counted(len(spots), 'ruta', 'rutor')}. Summorna räknades ut här i stället."
    mend = "Inget behöver göras. Vill du se summorna i filen: öppna den i Excel eller LibreOffice och spara den."
    return judge.found(named([each.place for each in spots]), message, mend)


def _rule(rule_id: str, holds: str, grade: Grade, rule: Rule) -> Registered:
    return Registered(id=rule_id, holds=holds, grade=grade, rule=rule)


RULES = (
    _rule("saknar-blad", "Alla blad som rapporten och perioden kräver finns i filen.", "L", no_sheet),
    _rule("saknar-kolumn", "Alla kolumner som ska fyllas i finns på bladet.", "L", no_column),
    _rule("saknar-rad", "Varje verksamhet och varje post har sin rad.", "L", no_row),
    _rule("okand-rad", "Bladet har bara mallens rader.", "I", unknown_row),
    _rule("dubbel-rad", "Ingen rad står två gånger.", "I", double_row),
    _rule("tomt-blad", "Bladet är ifyllt, eller säger att inget finns när det får göra det.", "L", empty_sheet),
    _rule(
        "tom-ruta",
        "Alla rutor som behövs är ifyllda.",
        "L",
        flawed("tom-ruta", cells_are("är tom", "är tomma"), "Fyll i det som saknas; skriv 0 där beloppet är noll."),
    ),
    _rule(
        "saknar-svar",
        "Frågan ovanför tabellen är besvarad.",
        "H",
        flawed(
            "saknar-svar",
            lambda spots: f"Frågan {named([shown(each.column) for each in spots])} är inte besvarad.",
            "Välj ett av svaren i rutan.",
        ),
    ),
    _rule(
        "inte-ett-tal",
        "Där ett tal ska stå, står ett tal.",
        "L",
        flawed(
            "inte-ett-tal",
            _no_numbers,
            "Skriv bara siffror, till exempel 1234,5. Skriv 0 där beloppet är noll, och förklaringar i kolumnen för dem.",
        ),
    ),
    _rule(
        "felvarde",
        "Ingen ruta visar ett fel från kalkylprogrammet.",
        "L",
        flawed(
            "felvarde",
            lambda spots: _read(spots, "är ett fel från kalkylprogrammet."),
            "Formeln hänvisar till något som inte finns eller inte är tal. Rätta den, eller skriv in talet i stället.",
        ),
    ),
    _rule(
        "fel-val",
        "Där ett val görs, står ett av valen.",
        "H",
        flawed(
            "fel-val",
            lambda spots: _read(spots, "är inget av valen."),
            "Välj ett av alternativen i rutans lista.",
        ),
    ),
    _rule(
        "formel-utan-varde",
        "En formel som ni har skrivit själva är uträknad, så att talet går att läsa.",
        "L",
        flawed(
            "formel-utan-varde",
            cells_are("har en formel som inte är uträknad", "har formler som inte är uträknade"),
            "Öppna filen i Excel eller LibreOffice, vänta tills talen syns, spara den och lämna in den igen.",
        ),
    ),
    _rule(
        "tal-som-text",
        "Tal är skrivna som tal. Tal som text räknas ändå med.",
        "I",
        flawed(
            "tal-som-text",
            _pasted,
            "Stämmer talen behöver inget göras. Skrivs de som tal räknar också mallens egna formler med dem.",
        ),
    ),
    _rule("inte-beraknad", "Mallens formler är uträknade. Annars räknas de ut här.", "I", _uncalculated),
)  # fmt: skip
