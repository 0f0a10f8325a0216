"""``arshjul mail``: take in a saved mail, as if it had come to the mailbox."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.act import Act
from actions.inbox.inbox import TakenMail, take_in
from actions.inbox.sorting import open_mail
from app.commands.by_hand import By, by_hand
from app.definition_files import read_bytes
from app.usage import Commands
from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM, instant_text, local
from notifications.mailbox.mail_reading import MAX_BYTES, MAX_TEXT
from store.post.incoming import UNREAD


def mail_commands(cli: Commands) -> None:
    """Add the command to the command line."""
    cli.command()(mail)


def mail(
    file: Annotated[Path, typer.Argument(metavar="FIL.eml", help="Ett sparat mejl.")],
    came: Annotated[
        datetime | None,
        typer.Option(
            "--kom", formats=["%Y-%m-%dT%H:%M"], help="När det kom; annars enligt mejlets egen Received-rad, eller nu."
        ),
    ] = None,
    by: By = "",
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Ta emot ett sparat mejl: en bilaga blir en inlämning, en studs märker brevet, resten väntar på en människa."""
    raw = read_bytes(file)
    if len(raw) > MAX_BYTES:
        raise RefusedError(
            f"{file} är större än {MAX_TEXT}. Spara bilagorna ur mejlet och lämna in dem med arshjul submit."
        )
    machine = by_hand()
    now, at = machine.clock(), local(came.date(), came.time()) if came else None
    if at and at > now:
        raise RefusedError(f"{instant_text(at)} har inte varit än. Ange när mejlet kom, som senast nu.")
    machine.intake.scan(file.name, raw)
    opened = open_mail(machine.look, raw, at)
    taken = machine.carry_out(lambda scene: take_in(Act(scene, by), opened, at or opened.mail.arrived or now))
    told = row_of(taken)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        for line in words_of(taken):
            typer.echo(line)
    raise typer.Exit(1 if taken.row.state == UNREAD else 0)


def row_of(taken: TakenMail) -> dict[str, Any]:
    """Return what a machine reads: what the mail was taken as, what became of it, and what was filed."""
    row = taken.row
    return {
        "id": row.id,
        "again": taken.again,
        "kind": row.kind,
        "state": row.state,
        "received_at": row.received_at.astimezone(STOCKHOLM).isoformat(),
        "from": row.sender,
        "subject": row.subject,
        "obligation": row.obligation_key,
        "note": row.note,
        "files": [
            {name: kept.get(name) for name in ("name", "sha256", "size", "obligation", "part", "version")}
            for kept in row.files
        ],
    }


def words_of(taken: TakenMail) -> list[str]:
    """Return what people read."""
    row = taken.row
    lines = [f"Samma mejl togs emot {instant_text(row.taken_in_at)}; inget nytt är gjort."] if taken.again else []
    lines.append(f"{row.kind}, {row.state}: {row.note}")
    if row.state == UNREAD:
        lines.append(f"Ta hand om det på sidan /registrera/{row.id}.")
    return lines
