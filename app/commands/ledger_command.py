"""``arshjul ledger``: take in a SIE file from the ekonomisystem, or only look at it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.act import Act
from actions.underlag.reopenings import take_in_ledger
from app.commands.by_hand import by_hand, stated_name
from app.definition_files import why_not
from app.usage import Commands
from arshjul.errors import RefusedError
from arshjul.swedish import day_text
from submissions.ledger.ledger_reading import read_ledger
from submissions.ledger.ledger_words import lines, sie_name
from submissions.ledger.taking import TakenLedger
from submissions.sie.agreement_words import SOURCES
from submissions.sie.five.five_words import in_five
from submissions.sie.sie_reading import read_sie
from submissions.sie.sie_sums import Sums
from submissions.sie.sie_text import MAX_BYTES
from submissions.sie.values import Ledger, Outcome, SieReading


def ledger_commands(cli: Commands) -> None:
    """Add the command to the command line."""
    cli.command()(ledger)


def ledger(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="SIE-fil av typ 1-4, eller SIE 5, ur ekonomisystemet.")],
    check: Annotated[bool, typer.Option("--kontrollera", help="Läs och kontrollera bara; inget sparas.")] = False,
    by: Annotated[str, typer.Option("--vem", callback=stated_name, help="Vem lämnar filen: namn eller roll.")] = "",
    book: Annotated[str | None, typer.Option("--bokforing", help="Vilken bokföring, om filen kan vara flera.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="2027-08, om filen inte säger det själv.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Ta in bokföringen ur en SIE-fil, eller kontrollera den bara (--kontrollera)."""
    if not check:
        _take(file, by, book, period, as_json)
        return
    reading = read_sie(_content(file))
    if as_json:
        print(json.dumps(reading_row(reading), ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        typer.echo("\n".join(summary(reading)))
    raise typer.Exit(0 if reading.usable else 1)


def _take(file: Path, by: str, book: str | None, period: str | None, as_json: bool) -> None:
    machine = by_hand()
    definition = machine.office.definition
    content = _content(file)
    machine.intake.scan(file.name, content)
    read = read_ledger(definition, content, file.name, book, period)  # before anything is locked
    taken = machine.carry_out(lambda scene: take_in_ledger(Act(scene, by), read))
    if as_json:
        print(json.dumps(taken_row(taken), ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        typer.echo("\n".join(lines(taken, definition)))


def taken_row(taken: TakenLedger) -> dict[str, Any]:
    """Return what a machine reads: what was taken in, in öre, and what it changed."""
    read = taken.read
    return {
        "outcome": taken.outcome,
        "ledger": read.ledger,
        "company": read.company,
        "period": read.period.key,
        "to_date": read.to_date.isoformat() if read.to_date else None,
        "sha256": read.sha256,
        "amounts": read.amounts,
        "outside": [
            {"object": each.object, "name": each.name, "utfall": each.utfall, "budget": each.budget}
            for each in read.outside
        ],
        "warnings": list(read.warnings),
        "reopened": [
            {
                "key": each.obligation.key,
                "part": each.part.id,
                "version": each.version,
                "outcome": each.outcome,
                "frist": each.frist.isoformat() if each.frist else None,
                "changes": [
                    {
                        "place": change.place,
                        "row": change.row,
                        "column": change.column,
                        "handed_in": str(change.handed_in),
                        "ledger": str(change.ledger),
                    }
                    for change in each.changes
                ],
            }
            for each in taken.reopened
        ],
    }


def reading_row(reading: SieReading) -> dict[str, Any]:
    """Return what a machine reads: the file's facts, counts, and findings."""
    book = reading.ledger
    return {
        "encoding": reading.encoding,
        "type": book.type if book else None,
        "company": book.company if book else None,
        "to_date": book.to_date.isoformat() if book and book.to_date else None,
        "accounts": len(book.accounts) if book else 0,
        "objects": len(book.objects) if book else 0,
        "period_balances": book.count("PSALDO") if book else 0,
        "period_budgets": book.count("PBUDGET") if book else 0,
        "vouchers": len(book.vouchers) if book else 0,
        "outcome_from": _outcome_from(book) if book and reading.usable else None,
        "findings": [
            {"line": each.line, "severity": each.severity, "message": each.message} for each in reading.findings
        ],
    }


def _outcome_from(book: Ledger) -> Outcome | None:
    """Return where this year's outcome stands, of what agrees with the rest of the file; None when it has none."""
    if book.year is None:
        return None
    sums, months = Sums(book), (book.year.first.year * 100 + 1, book.year.last.year * 100 + 12)
    kind = sums.utfall_kind()
    return kind if sums.has_months(kind, None, *months) else None


def summary(reading: SieReading) -> list[str]:
    """Return what a person reads, line by line, in Swedish."""
    lines = []
    if reading.ledger:
        book, row = reading.ledger, reading_row(reading)
        until = f"till och med {day_text(book.to_date)}" if book.to_date else "filen säger inte till vilken dag"
        lines.append(
            f"{book.company or 'Företagets namn saknas'}: {sie_name(book.type)}, {until} ({reading.encoding})."
        )
        lines.append(
            f"{row['accounts']} konton, {row['objects']} objekt, {row['period_balances']} periodsaldon, "
            f"{row['period_budgets']} periodbudgetar, {row['vouchers']} verifikationer."
        )
        if kind := row["outcome_from"]:
            source = in_five(SOURCES[kind]) if book.type == 5 else SOURCES[kind]
            lines.append(f"Utfallet räknas ur {source}.")
    lines += [f"Rad {each.line}: {each.severity}: {each.message}" for each in reading.findings]
    wrong = sum(each.severity == "fel" for each in reading.findings)
    lines.append(f"{wrong} fel: filen kan inte användas förrän de är rättade." if wrong else "Filen kan användas.")
    return lines


def _content(file: Path) -> bytes:
    """Read the file, and no more of it than tells that it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise RefusedError(f"Filen {file} går inte att läsa ({why_not(error)}). Kontrollera sökvägen.") from None
