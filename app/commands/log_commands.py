"""``verify-log``, ``archive``, ``registerutdrag``, ``gallra``: the log's chain, a year for the e-arkiv, people's data."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.act import Act
from actions.contents.outliving import BACKUPS, cull, outlived_plan
from actions.filled_in import asked_digest
from app.archive.package import write_package
from app.archive.package_text import lost_words
from app.commands.by_hand import By, by_hand
from app.commands.record import YearArgument
from app.settings import load_settings
from app.usage import Commands
from app.wiring import open_machine
from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM, day_text, local_date
from portal.loggen.view import verdict_words
from portal.utdrag.extracting import registerutdrag as taken_out
from store.archive import Year, is_empty
from store.handins.reads import note_read
from store.handins.versions import rotten
from store.log.log_chain import Head, chain
from store.log.log_verdict import Verdict, verify
from store.log.writing import log
from store.private_files import write_whole

Digest = Annotated[
    str | None, typer.Option("--kontrollsumma", help="Kontrollsumma ur ett gammalt brev: finns den i kedjan?")
]
Address = Annotated[str, typer.Argument(metavar="ADRESS", help="Personens e-postadress, i dag eller förut.")]
To = Annotated[Path, typer.Option("--till", metavar="FIL", help="Zip-filen som utdraget blir; den får inte finnas.")]
Out = Annotated[Path, typer.Option("--mapp", help="Mappen som paketet blir; den får inte finnas.")]


def log_commands(cli: Commands) -> None:
    """Add the commands to the command line."""
    cli.command("verify-log")(verify_log)
    cli.command()(archive)
    cli.command()(registerutdrag)
    cli.command()(gallra)


def verify_log(
    head: Digest = None, as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False
) -> None:
    """Kontrollera loggens kedja och filernas kontrollsummor: att inget är ändrat, borttaget eller tillagt i efterhand."""
    with open_machine().store.read(still=True) as session:
        verdict, changed = verify(session, None if head is None else asked_digest(head)), list(rotten(session))
    if as_json:
        told = verdict_row(verdict, head) | {"rotten_files": changed}
        print(json.dumps(told, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        typer.echo("\n".join(verdict_words(verdict, head)))
        for sha256 in changed:
            typer.echo(
                f"Filen med SHA-256 {sha256} stämmer inte med sin kontrollsumma: den har ändrats eller skadats, och lämnas "
                "inte ut. Hämta den ur en säkerhetskopia från tiden före."
            )
        if verdict.head:
            typer.echo(f"Sista raden: {verdict.head.number}, {verdict.head.digest}")
    raise typer.Exit(0 if verdict.broken is None and (head is None or verdict.asked) and not changed else 1)


def verdict_row(verdict: Verdict, asked: str | None) -> dict[str, Any]:
    """Return what a machine reads."""
    broken = verdict.broken
    return {
        "holds": broken is None,
        "rows": verdict.fitting,
        "head": _head_row(verdict.head),
        "unchained": verdict.unchained,
        "gallrade": verdict.gallrade,
        "broken": broken
        and {
            "number": broken.number,
            "message": broken.words,
            "at": broken.at and broken.at.astimezone(STOCKHOLM).isoformat(),
            "what": broken.what,
        },
        "dated_back": list(verdict.dated_back),
        "asked": None if asked is None else {"found": verdict.asked is not None, "head": _head_row(verdict.asked)},
        "days": [{"day": day.isoformat(), **(_head_row(head) or {})} for day, head in verdict.heads.items()],
    }


def archive(year: YearArgument, out: Out, by: By) -> None:
    """Ta ut ett års arkivpaket: handlingar, brev, beslut och logg, med kontrollsummor och innehållsförteckning."""
    machine = by_hand()
    now = machine.clock()
    if year > local_date(now).year:
        raise RefusedError(f"År {year} har inte börjat. Välj ett år som har varit.")
    with machine.store.read() as session:
        if is_empty(session, Year(number=year)):
            raise RefusedError(
                f"Det finns inget från {year} här. Välj ett annat år (arshjul plan {year} visar planen)."
            )
    chained = 1
    while chained:
        with machine.store.begin() as session:
            chained = chain(session)
    with machine.store.read(still=True) as session:
        package = write_package(session, machine.office.definition, year, out, now, secret=machine.office.secret)
    with machine.store.begin() as session:
        detail = {"year": year, "files": package.files, "sha256": package.checksum}
        detail |= {"lost": [each.sha256 for each in package.lost]} if package.lost else {}
        log(session, now, by, "archive.made", None, detail)
        note_read(session, now, by, None, out.name, what=f"årets alla handlingar, {year}")
    typer.echo(f"Arkivpaketet för {year} ligger i {out}: {package.files} filer och kontrollsummorna.")
    typer.echo(f"Kontrollsummornas egen SHA-256, att anteckna i leveransen: {package.checksum}")
    typer.echo(package.chain)
    if package.unread:
        mails = "1 mejl väntar" if package.unread == 1 else f"{package.unread} mejl väntar"
        typer.echo(f"{mails} ännu på någon (sidan Registrera), och kan hålla sådant som hör till året.")
        typer.echo("Ta hand om dem och ta ut paketet på nytt.")
    if not package.whole:
        typer.echo("Året är inte slut. Ta ut paketet på nytt efter årsskiftet.")
    if package.lost:
        typer.echo(lost_words(package.lost))
        typer.echo("\n".join(f"  {each.path} ({each.name}), SHA-256 {each.sha256}" for each in package.lost))
        raise typer.Exit(1)


def registerutdrag(address: Address, to: To, by: By) -> None:
    """Ta ut alla uppgifter om en person, med andras maskerade (artikel 15 i dataskyddsförordningen)."""
    if to.exists():
        raise RefusedError(f"{to} finns redan, och skrivs inte över. Ange en fil som inte finns.")
    settings = load_settings()
    contact = settings.data_protection_contact
    _, content = by_hand(settings).carry_out(lambda scene: taken_out(Act(scene, by), address, contact))
    write_whole(to, content)
    typer.echo(f"Registerutdraget ligger i {to}. Läs igenom det innan du lämnar ut det.")


def gallra(
    chosen: Annotated[
        list[str] | None, typer.Argument(metavar="VAD", help="Som brev-2027, mejl-2027, logg-2027, personer-2027.")
    ] = None,
    decision: Annotated[str, typer.Option("--beslut", help="Beslutet som gallringen görs på.")] = "",
    by: By = "",
) -> None:
    """Visa vad som får gallras av brev, mejl, loggens uppgifter och personer, eller gallra det ni väljer."""
    machine = by_hand()
    if chosen:
        for each in machine.carry_out(lambda scene: cull(Act(scene, by, decision), chosen)):
            typer.echo(f"Gallrat: {each.what.name}, {each.count} st.")
        typer.echo(BACKUPS)
        return
    plan = machine.carry_out(outlived_plan)
    if not plan:
        typer.echo("Det finns inget att gallra av brev, mejl, loggens uppgifter och personer.")
    for one in plan:
        typer.echo(f"{one.id}: {one.count} st, från {day_text(one.first_day)}. {one.rule}, {one.source}.")


def _head_row(head: Head | None) -> dict[str, Any] | None:
    if head is None:
        return None
    return {
        "number": head.number,
        "digest": head.digest,
        "at": head.at.astimezone(STOCKHOLM).isoformat() if head.at else None,
    }
