"""Reading a SIE file as one of the definition's ledgers: whose it is, for which period, and what belongs to whom.

Pure: no store and no clock, so that a large file can be read while nothing is locked. What the definition does not
place is told with its amounts, never lost.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from arshjul.definition.asked import LedgerPlan
from arshjul.definition.model import Definition
from arshjul.definition.names import fold
from arshjul.errors import RefusedError, nearest
from arshjul.keys import UnitId
from arshjul.periods import Period
from arshjul.swedish import day_text, listing, month_name
from submissions.files.contents import clean_name
from submissions.ledger.ledger_rows import Amounts, LedgerRows, Outside, closing, until_text
from submissions.sie.five.five_words import in_five
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import Sums
from submissions.sie.values import Ledger, SieReading

MOST_TOLD = 5  #: faults that a refusal tells one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRead:
    """A SIE file that can be taken in. ``amounts`` are öre, net cost, by enhet, row and column."""

    ledger: str  #: the id in the definition
    plan: LedgerPlan
    period: Period  #: a year's last month is the whole year
    company: str
    sie_type: int
    to_date: date | None
    filename: str
    content: bytes
    sha256: str
    amounts: Mapping[UnitId, Amounts]
    outside: tuple[Outside, ...]
    warnings: tuple[str, ...]  #: Swedish, whole sentences: what somebody should look at


def read_ledger(
    definition: Definition, content: bytes, filename: str, ledger: str | None = None, period: str | None = None
) -> LedgerRead:
    """Read a SIE file as a ledger; ``ledger`` and ``period`` say what it is meant to be, where it leaves a doubt.

    Raises RefusedError, with what is wrong and what to do, for a file with faults, another company's, one of no
    whole month or of a period that no report has, in another currency, and without objects where they are needed.
    """
    reading = read_sie(content)
    with _in_its_words(reading):
        book = _usable(reading)
        ledger_id, plan = _whose(definition, book, ledger)
        sums = Sums(book)
        found = _period(book, sums, period)
        _reported(definition, found)
        rows = LedgerRows(definition, ledger_id, book, sums, found)
        amounts = {unit_id: its for unit_id, unit in rows.units() if (its := rows.of(unit_id, unit))}
        return LedgerRead(
            ledger=ledger_id,
            plan=plan,
            period=found,
            company=book.company or plan.company,
            sie_type=book.type,
            to_date=book.to_date,
            filename=clean_name(filename, None, "bokforing"),
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            amounts=amounts,
            outside=tuple(rows.outside()),
            warnings=(*rows.warnings, *_told(reading)),
        )


@contextmanager
def _in_its_words(reading: SieReading) -> Iterator[None]:
    """Name what stands in the file, also when it is a SIE 5."""
    try:
        yield
    except RefusedError as refused:
        if reading.ledger is None or reading.ledger.type != 5:
            raise
        raise RefusedError(in_five(str(refused))) from None


def _usable(reading: SieReading) -> Ledger:
    wrong = [each for each in reading.findings if each.severity == "fel"]
    if reading.ledger is None:
        raise RefusedError(wrong[0].message)
    if wrong:
        lines = [f"Rad {each.line}: {each.message}" for each in wrong[:MOST_TOLD]]
        more = [f"Och {len(wrong) - MOST_TOLD} fel till."] if len(wrong) > MOST_TOLD else []
        raise RefusedError("\n".join(["Filen har fel och kan inte användas förrän de är rättade.", *lines, *more]))
    if reading.ledger.currency.upper() != "SEK":
        told = f"Beloppen är i {reading.ledger.currency} (#VALUTA), inte i svenska kronor. Exportera filen i SEK."
        raise RefusedError(told)
    return reading.ledger


def _whose(definition: Definition, book: Ledger, asked: str | None) -> tuple[str, LedgerPlan]:
    plans = definition.ledgers
    if asked is not None and asked not in plans:
        raise RefusedError(f"okänd bokföring '{asked}'{nearest(asked, plans)}")
    if not plans:
        raise RefusedError("Definitionen har ingen bokföring. Lägg till den under 'bokföring', med företag och konton.")
    if not book.company and not _digits(book.org_number):
        raise RefusedError("Filen säger inte vems bokföring den är (#FNAMN saknas). Exportera den med företagets namn.")
    fitting = {key: plan for key, plan in plans.items() if _fits(plan, book)}
    chosen = {key: plan for key, plan in fitting.items() if asked in (None, key)}
    if len(chosen) == 1:
        return next(iter(chosen.items()))
    if len(chosen) > 1:
        raise RefusedError(
            f"Filen kan vara {listing(list(chosen))}. Säg vilken med --bokforing, eller välj den på sidan."
        )
    number = f" (organisationsnummer {book.org_number})" if _digits(book.org_number) else ""
    whose = f"Filen är bokföringen för {book.company or 'ett företag utan namn'}{number}"
    wanted = plans[asked].company if asked else _either([plan.company for plan in plans.values()])
    raise RefusedError(
        f"{whose}, men här tas bokföringen för {wanted} emot. Välj rätt fil. Är det rätt företag under ett annat namn: "
        "rätta 'företag' eller 'orgnummer' under 'bokföring' i definitionen."
    )


def _fits(plan: LedgerPlan, book: Ledger) -> bool:
    """Tell whether a file is a plan's company: by organisationsnummer when both say it, else by the folded name."""
    ours, theirs = _digits(plan.org_number), _digits(book.org_number)
    if ours and theirs:
        return ours == theirs
    return bool(book.company) and _name(plan.company) == _name(book.company or "")


def _digits(number: str | None) -> str:
    digits = "".join(char for char in number or "" if char.isdigit())[-10:]
    return digits if digits.strip("0") else ""


def _name(text: str) -> str:
    return "".join(char for char in fold(text.casefold()) if char.isalnum())


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} eller {words[-1]}" if len(words) > 1 else words[0]


def _period(book: Ledger, sums: Sums, asked: str | None) -> Period:
    """Return the months that the file holds: to ``#OMFATTN``, or for types 4 and 5 to the last month with amounts."""
    year = book.year
    if year is None:
        raise RefusedError("Filen säger inte vilket år den gäller (#RAR 0 saknas). Exportera den med räkenskapsår.")
    if (year.first, year.last) != (date(year.first.year, 1, 1), date(year.first.year, 12, 31)):
        raise RefusedError(
            f"Räkenskapsåret går från {day_text(year.first)} till {day_text(year.last)}. Rapporterna räknar från januari "
            "till december: exportera ett kalenderår."
        )
    wanted = _asked_period(asked)
    found = _said(book, sums, year.first.year)
    if found is None and wanted is None:
        raise RefusedError(
            "Filen säger inte till och med vilken dag den gäller (#OMFATTN saknas). Exportera den med slutdatum, eller "
            "säg perioden, till exempel 2027-08."
        )
    if found and wanted and wanted != found:
        raise RefusedError(
            f"Filen gäller {until_text(found)}, men den skulle gälla {until_text(wanted)}. Exportera den till och med "
            f"{day_text(wanted.end)}, eller lämna den för rätt period."
        )
    chosen = found or wanted
    if chosen is None or chosen.year != year.first.year:
        raise RefusedError(f"Filen gäller {year.first.year} och inte {chosen}. Exportera rätt år.")
    return chosen


def _said(book: Ledger, sums: Sums, year: int) -> Period | None:
    if book.to_date is None:
        months = [sums.last_month(kind, year) for kind in ("VER", "PSALDO")] if book.type in (4, 5) else []
        last = max((month for month in months if month), default=None)
        return closing(Period(year, last % 100)) if last else None
    found = Period(book.to_date.year, book.to_date.month)
    if book.to_date.year != year:
        raise RefusedError(
            f"Filen gäller till och med {day_text(book.to_date)} (#OMFATTN), men räkenskapsåret är {year} (#RAR 0). "
            "Exportera den på nytt med rätt år."
        )
    if book.to_date != found.end:
        raise RefusedError(
            f"Filen gäller till och med {day_text(book.to_date)}, mitt i en månad. Exportera den till och med "
            f"{day_text(found.end)}, när månaden är stängd."
        )
    return closing(found)


def _asked_period(asked: str | None) -> Period | None:
    try:
        return closing(Period.parse(asked.strip())) if asked and asked.strip() else None
    except ValueError as error:
        raise RefusedError(str(error)) from None


def _reported(definition: Definition, period: Period) -> None:
    steps = [step for step in definition.steps.values() if step.each is None]
    months = {12 if step.whole_year else month for step in steps for month in step.months or (12,)}
    if period.months not in months:
        names = ["hela året" if month == 12 else month_name(month) for month in sorted(months)]
        raise RefusedError(
            f"Filen gäller {until_text(period)}, men ingen rapport i årshjulet avser den perioden. Rapporterna avser "
            f"{listing(names)}: exportera till och med en sådan månads sista dag."
        )


def _told(reading: SieReading) -> Iterator[str]:
    for each in reading.findings:
        if each.severity == "varning":
            yield f"Rad {each.line}: {each.message}"
