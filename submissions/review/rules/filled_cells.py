"""Whether in each cell stands what its column is for: a number, a choice, a formula that was worked out."""

from collections.abc import Callable, Collection, Iterable

from arshjul.definition.sheets.column import ColumnKind
from submissions.files.figures import exact_text
from submissions.finding import Finding
from submissions.readers.written import SHOWN_AS, read_number, two_numbers
from submissions.review.case import Case, Grade, Judge, Registered, Rule
from submissions.review.review_words import counted, named, shown
from submissions.review.sheets.sound import Sound, Spot


def flawed(
    rule_id: str, message: Callable[[list[Spot]], str], mend: str | Callable[[Collection[ColumnKind]], str]
) -> Rule:
    """Return a rule that tells of the cells with one flaw; ``mend`` may hang on what their columns are for."""

    def rule(case: Case, judge: Judge) -> Finding | None:
        spots = case.flaws(rule_id)
        if not spots:
            return None
        remedy = mend if isinstance(mend, str) else mend(kinds_of(case.sound.values(), rule_id))
        return judge.found(named([each.place for each in spots]), message(spots), remedy)

    return rule


def kinds_of(sheets: Iterable[Sound], rule_id: str = "") -> set[ColumnKind]:
    """Return what the columns are for in which a flaw is found; without one, those that must be filled in."""
    return {
        column.kind
        for each in sheets
        for column in each.sheet.columns[1:]
        if (column.title in {spot.column for spot in each.flaws.get(rule_id, ())} if rule_id else column.required)
    }


def nought(kinds: Collection[ColumnKind]) -> str:
    """Return ``; skriv 0 där beloppet är noll`` where amounts or other numbers are asked for."""
    what = (
        "beloppet" if "belopp" in kinds else "antalet" if "antal" in kinds else "andelen" if "procent" in kinds else ""
    )
    return f"; skriv 0 där {what} är noll" if what else ""


def _digits(kinds: Collection[ColumnKind]) -> str:
    example = "1234,5" if {"belopp", "antal"} & set(kinds) else "6,8"
    zero = nought(kinds).removeprefix("; s")
    return f"Skriv bara siffror, till exempel {example}.{f' S{zero}.' if zero else ''} Förklaringar skrivs i kolumnen för dem."


def cells_are(one: str, many: str) -> Callable[[list[Spot]], str]:
    """Return ``En ruta är tom: Förskola, Utfall.`` for so many cells."""

    def told(spots: list[Spot]) -> str:
        what = one if len(spots) == 1 else many
        number = "En ruta" if len(spots) == 1 else f"{len(spots)} rutor"
        return f"{number} {what}: {named([each.name for each in spots], '; ')}."

    return told


def _read(spots: list[Spot], what: str) -> str:
    return f"{named([f'{shown(each.text)} ({each.name})' for each in spots], '; ')} {what}"


def _not_a_number(case: Case, judge: Judge) -> Finding | None:
    spots = case.flaws("inte-ett-tal")
    if not spots:
        return None
    mend = _digits(kinds_of(case.sound.values(), "inte-ett-tal"))
    if any(SHOWN_AS in each.text for each in spots):
        mend += " Välj formatet Tal för rutor som visar andra siffror än de som skrevs."
    return judge.found(named([each.place for each in spots]), _no_numbers(spots), mend)


def _no_numbers(spots: list[Spot]) -> str:
    """Tell what is no number; of what could be two, which."""
    told = [f"{shown(each.text)} ({each.name}){_which(each.text)}" for each in spots]
    return f"{named(told, '; ')} går inte att läsa som tal."


def _which(text: str) -> str:
    if SHOWN_AS in text:
        return ", där rutans talformat visar andra siffror än de som skrevs,"
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
    _rule(
        "tom-ruta",
        "Alla rutor som behövs är ifyllda.",
        "L",
        flawed("tom-ruta", cells_are("är tom", "är tomma"), lambda kinds: f"Fyll i det som saknas{nought(kinds)}."),
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
    _rule("inte-ett-tal", "Där ett tal ska stå, står ett tal.", "L", _not_a_number),
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
