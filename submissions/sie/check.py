"""What is wrong in a SIE file as a whole, once it is read: what is missing, undeclared, doubled or out of its year."""

from collections.abc import Iterable, Mapping

from submissions.sie.sie_fields import Fields
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.sie_text import LOST, Decoded
from submissions.sie.values import Ledger, Severity

RESERVED = {"1", "2", "6", "7", "8", "9", "10"}  #: dimensions that need not be declared (SIE 4B, 8.17)
_NOT_IN = {
    "#OMFATTN": (1,),
    "#DIM": (1, 2),
    "#UNDERDIM": (1, 2),
    "#OBJEKT": (1, 2),
    "#OIB": (1, 2),
    "#OUB": (1, 2),
    "#PSALDO": (1,),
    "#PBUDGET": (1,),
    "#VER": (1, 2, 3),
}
_MISSING: tuple[tuple[str, Severity, str], ...] = (
    ("#FLAGGA", "varning", "den ska stå först i filen"),
    ("#PROGRAM", "varning", "den säger vilket program som skrev filen"),
    ("#FORMAT", "varning", "den säger vilka tecken filen är skriven med"),
    ("#GEN", "varning", "den säger när filen skrevs"),
    ("#SIETYP", "varning", "filen läses som typ 1, som SIE-formatet föreskriver"),
    ("#FNAMN", "varning", "den säger vems bokföring det är"),
)


def check(
    ledger: Ledger, decoded: Decoded, lines: Mapping[str, int], about: Mapping[str, int], used: Fields, notes: Notes
) -> None:
    """Tell what is wrong with the file as a whole.

    ``lines`` tells by label where it stood first; ``about`` which accounts have details, and on which line.
    """
    amounts = ("#IB", "#UB", "#RES", "#OIB", "#OUB", "#PSALDO", "#PBUDGET")
    imported = ledger.type == 4 and not any(label in lines for label in amounts)  # type 4I: only vouchers
    _letters(ledger, decoded, lines, notes)
    _missing(ledger, lines, notes, imported)
    _out_of_type(ledger, lines, notes)
    check_contents(ledger, lines, used, notes, imported=imported)
    for account, line in about.items():
        if account not in ledger.accounts:
            told = f"Konto {shown(account)} har uppgifter men finns inte i kontoplanen (#KONTO). Lägg upp det."
            notes.add("uppgifter om konton som inte finns", line, "varning", told, what=shown(account))


def check_contents(ledger: Ledger, lines: Mapping[str, int], used: Fields, notes: Notes, *, imported: bool) -> None:
    """Tell what is undeclared, doubled or out of its year, in a file of any type."""
    _undeclared(ledger, lines, used, notes, imported)
    _doubled(ledger, notes)
    _out_of_year(ledger, used, notes)


def _letters(ledger: Ledger, decoded: Decoded, lines: Mapping[str, int], notes: Notes) -> None:
    line = lines.get("#FORMAT", 1)
    if ledger.encoding not in ("cp437", "ascii") and ledger.declared_format in (None, "PC8"):
        told = (
            f"Filen är skriven i {ledger.encoding} och inte i PC8 (CP437) som SIE kräver. Den lästes efter sina tecken."
        )
        notes.add("teckenkodning", line, "upplysning", told)
    lost = decoded.text.count(LOST)
    if lost:
        told = (
            f"{lost} tecken är förlorade (\ufffd): de var sönder redan i filen. Exportera den på nytt utan omkodning."
        )
        notes.add("förlorade tecken", decoded.text.count("\n", 0, decoded.text.index(LOST)) + 1, "varning", told)
    if decoded.mixed:
        told = f"Filen blandar teckenkodningar: {decoded.mixed} bokstäver kan ha lästs fel. Exportera den på nytt."
        notes.add("teckenkodning", line, "varning", told)


def _missing(ledger: Ledger, lines: Mapping[str, int], notes: Notes, imported: bool) -> None:
    for label, severity, why in _MISSING:
        if label not in lines:
            notes.add("poster som saknas", 1, severity, f"{label} saknas: {why}.")
    if "#FNAMN" in lines and not ledger.company:
        notes.add("poster som saknas", lines["#FNAMN"], "varning", "#FNAMN är tom: skriv företagets namn.")
    if not imported and ledger.year is None and not notes.has("räkenskapsår som inte går att läsa"):
        told = "#RAR 0 saknas: filen säger inte vilket år beloppen gäller. Exportera den på nytt med räkenskapsår."
        notes.add("poster som saknas", 1, "fel", told)
    if not imported and "#KONTO" not in lines:
        notes.add("poster som saknas", 1, "fel", "#KONTO saknas: filen har ingen kontoplan. Exportera den på nytt.")
    if ledger.type in (2, 3) and ledger.to_date is None and "#OMFATTN" not in lines:
        told = "#OMFATTN saknas: filen säger inte till och med vilken dag beloppen gäller. Exportera den med slutdatum."
        notes.add("poster som saknas", 1, "varning", told)
    if ledger.type in (2, 3) and "#PSALDO" not in lines:
        told = f"#PSALDO saknas: en fil av typ {ledger.type} ska ha saldon per period. Exportera den på nytt."
        notes.add("poster som saknas", 1, "varning", told)
    unread = notes.faulty and ("#UB" in lines or "#RES" in lines)  # what cannot be read is told where it stands
    if (
        not imported
        and not unread
        and not any(each.kind in ("UB", "RES") and not each.year for each in ledger.balances)
    ):
        told = "#UB och #RES saknas för innevarande år: filen har inga årssaldon. Kontrollera exporten."
        notes.add("poster som saknas", 1, "varning", told)
    if ledger.currency != "SEK":
        told = f"Beloppen är i {shown(ledger.currency)} och inte i svenska kronor. Exportera i SEK."
        notes.add("valuta", lines.get("#VALUTA", 1), "varning", told)


def _out_of_type(ledger: Ledger, lines: Mapping[str, int], notes: Notes) -> None:
    for label, types in _NOT_IN.items():
        if ledger.type in types and label in lines:
            told = f"{label} får inte finnas i en fil av typ {ledger.type}. Rätta #SIETYP, eller exportera på nytt."
            notes.add("poster utanför sin typ", lines[label], "varning", told)
    if ledger.type == 2:
        for row in ledger.periods:
            if row.objects:
                told = f"#{row.kind} har objekt, som typ 2 inte har. Raden räknas inte med. Exportera som typ 3."
                notes.add("objekt i typ 2", row.line, "varning", told)


def _undeclared(ledger: Ledger, lines: Mapping[str, int], used: Fields, notes: Notes, imported: bool) -> None:
    for account, line in used.accounts_used.items():
        if account not in ledger.accounts and account.strip():  # that an account is missing is told where it is
            told = f"Konto {shown(account)} finns inte i filens kontoplan (#KONTO). Lägg upp det, eller rätta kontot."
            nowhere = not account.strip("0 ")  # what some programs write where they have no account
            notes.add(
                "konton som inte finns i kontoplanen", line, "fel" if nowhere else "varning", told, what=shown(account)
            )
    for number, line in _dimensions_used(used.objects_used):
        if number not in ledger.dimensions and number not in RESERVED:
            told = f"Dimension {shown(number)} är inte beskriven i filen (#DIM). Lägg till den i exporten."
            notes.add("dimensioner som inte är beskrivna", line, "varning", told, what=shown(number))
    for (number, one), line in used.objects_used.items():
        if (number, one) not in ledger.objects and not imported:
            told = f"Objekt {shown(one)} i dimension {shown(number)} är inte beskrivet (#OBJEKT). Lägg till det i exporten."
            notes.add("objekt som inte är beskrivna", line, "varning", told, what=shown(one))
    for dimension in ledger.dimensions.values():
        if dimension.parent and dimension.parent not in ledger.dimensions and dimension.parent not in RESERVED:
            told = (
                f"Dimension {shown(dimension.number)} är underdimension till {shown(dimension.parent)}, som inte finns."
            )
            notes.add("underdimensioner utan överordnad", lines["#UNDERDIM"], "varning", f"{told} Lägg till den.")
    for number in dict.fromkeys(dimension for dimension, _ in ledger.objects):
        if number not in ledger.dimensions and number not in RESERVED:
            told = (
                f"#OBJEKT hör till dimension {shown(number)}, som inte är beskriven (#DIM). Lägg till den i exporten."
            )
            notes.add("dimensioner som inte är beskrivna", lines["#OBJEKT"], "varning", told, what=shown(number))


def _dimensions_used(pairs: dict[tuple[str, str], int]) -> Iterable[tuple[str, int]]:
    first: dict[str, int] = {}
    for (number, _), line in pairs.items():
        first.setdefault(number, line)
    return first.items()


def _doubled(ledger: Ledger, notes: Notes) -> None:
    seen: dict[object, tuple[int, int]] = {}
    for one in ledger.balances:
        _twice(seen, (one.kind, one.year, one.account, one.objects), one.amount, one.line, one.kind, notes)
    seen.clear()
    for row in ledger.periods:
        _twice(seen, (row.kind, row.year, row.month, row.account, row.objects), row.amount, row.line, row.kind, notes)
    at: dict[tuple[str, str], int] = {}
    for voucher in ledger.vouchers:
        first = at.setdefault((voucher.series, voucher.number), voucher.line) if voucher.number else voucher.line
        if first != voucher.line:
            name = shown(f"{voucher.series} {voucher.number}".strip())
            told = f"Verifikation {name} finns redan på rad {first}. Kontrollera att den inte är exporterad två gånger."
            notes.add("verifikationer som står flera gånger", voucher.line, "varning", told)


def _twice(seen: dict[object, tuple[int, int]], key: object, amount: int, line: int, kind: str, notes: Notes) -> None:
    first, before = seen.setdefault(key, (line, amount))
    if first != line:
        same = "med samma belopp" if before == amount else "med ett annat belopp"
        told = f"#{kind} för samma konto, tid och objekt står redan på rad {first}, {same}. Ta bort den ena."
        notes.add("poster som står flera gånger", line, "fel", told)


def _out_of_year(ledger: Ledger, used: Fields, notes: Notes) -> None:
    years = {year.number: year for year in ledger.years}
    for number, line in used.years_used.items():
        if number not in years and (number or years):
            told = f"År {number} används men är inte beskrivet (#RAR {number}). Exportera filen på nytt med det året."
            notes.add("år som inte är beskrivna", line, "varning", told)
    for row in ledger.periods:
        if row.year in years and not years[row.year].holds(row.month):
            told = f"Perioden {row.month} i #{row.kind} ligger utanför räkenskapsår {row.year}. Den räknas inte med."
            notes.add("perioder utanför räkenskapsåret", row.line, "varning", f"{told} Rätta exporten.")
    end = ledger.to_date.year * 100 + ledger.to_date.month if ledger.to_date else None
    if end:
        for row in ledger.periods:
            if row.kind == "PSALDO" and row.month > end and row.year == 0 and row.amount:
                told = f"Perioden {row.month} ligger efter {ledger.to_date}, som filen gäller till (#OMFATTN)."
                notes.add("perioder efter slutdatum", row.line, "varning", f"{told} Kontrollera exporten.")
    if ledger.year:
        first, last = ledger.year.first, ledger.year.last
        for voucher in ledger.vouchers:
            if not first <= voucher.day <= last:
                told = (
                    f"Verifikationens datum {voucher.day} ligger utanför räkenskapsåret {first} till {last}. Rätta den."
                )
                notes.add("verifikationer utanför räkenskapsåret", voucher.line, "varning", told)
