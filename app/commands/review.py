"""``arshjul review``: files are read and judged as if they were handed in, and nothing is kept."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.owing import Owing, owing
from app.commands.printing import plain
from app.definition_files import read_bytes
from app.usage import Commands
from arshjul.errors import RefusedError, nearest
from arshjul.swedish import listing, local_date
from submissions.files.contents import look_into
from submissions.files.parts import Upload, form_of
from submissions.finding import STOP, Finding, graded
from submissions.intake import checks
from submissions.intake.checks import HandIn
from submissions.review.examining import examine
from submissions.review.whose import Place, places_of, whose
from submissions.templates.mall import NOTHING_KNOWN


def review_commands(cli: Commands) -> None:
    """Add the command to the command line."""
    cli.command()(review)


def review(
    files: Annotated[list[Path], typer.Argument(metavar="FIL", help="Filerna som ska granskas.")],
    step: Annotated[str, typer.Option("--steg", metavar="STEG", help="Stegets id: delarsrapport.")],
    unit: Annotated[str, typer.Option("--enhet", metavar="ENHET", help="Enhetens id: bildningsnamnden.")],
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="2027-08, eller 2027 för ett helår.")],
    part: Annotated[str, typer.Option("--del", metavar="DEL", help="Delens id, om filen inte själv visar det.")] = "",
    definition: Annotated[
        Path | None, typer.Option("--definition", help="Definition (yaml); annars tjänstens egen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Granska filer utan att lämna in dem: samma kontroller som på sidan. Kod 1 om något måste rättas."""
    owes = owing(definition, step, unit, period)
    _refuse_unknown(owes, part)
    found = [(path, *_reviewed(owes, read_bytes(path), path.name, part)) for path in files]
    if as_json:
        several = len(files) > 1
        rows = [_row(path if several else None, place, each) for path, place, findings in found for each in findings]
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        for path, place, findings in found:
            _tell(path, place, findings)
    if any(each.severity == STOP for _, _, findings in found for each in findings):
        raise typer.Exit(1)


def _refuse_unknown(owes: Owing, part: str) -> None:
    parts = [each.id for one in owes.owed for each in one.parts]
    if part and part not in parts:
        raise RefusedError(f"{owes.owed[0].unit_name} har ingen del '{part}'{nearest(part, parts)}")


def _reviewed(owes: Owing, content: bytes, name: str, wanted: str) -> tuple[Place | None, Sequence[Finding]]:
    """Judge one file, as the page does when it is handed in."""
    contents = look_into(content)
    every = [(one, part) for one in owes.owed for part in one.parts if form_of(part).wants_file]
    places = (
        [(one, part) for one, part in every if part.id == wanted] if wanted else places_of(owes.owed, contents.kind)
    )
    place = (
        whose(owes.definition, places, content, contents.kind or "") if contents.kind else next(iter(places or every))
    )
    if place is None:
        return None, (_unknown(name, places or every),)
    one, part = place
    hand_in = HandIn(
        part=part,
        upload=Upload(filename=name, content=content),
        contents=contents,
        fields={},
        today=local_date(datetime.now(UTC)),
    )
    refused = checks.run(checks.TAKING, hand_in)
    if refused or contents.kind is None:
        return place, refused
    looked = examine(
        owes.definition, one, part, content, contents.kind, owes.known.get(one.key, NOTHING_KNOWN), owes.resting
    )
    if looked.refused:
        return place, looked.refused
    return place, (*checks.run(checks.JUDGING, hand_in), *looked.findings)


def _unknown(name: str, places: Sequence[Place]) -> Finding:
    parts = listing(list(dict.fromkeys(part.id for _, part in places))).replace(" och ", " eller ")
    return Finding(
        rule="okand-del",
        severity=STOP,
        place=name,
        message="Filen visar inte vilken del den är.",
        mend=f"Ange den med --del: {parts}.",
        lagrum=places[0][1].lagrum.text,
    )


def _row(path: Path | None, place: Place | None, found: Finding) -> dict[str, Any]:
    """Return what a machine reads. ``path``: which file it is in, where there are several."""
    row = {
        "rule": found.rule,
        "severity": found.severity,
        "part": place[1].id if place else None,
        "where": found.place,
        "message": found.message,
        "remedy": found.mend,
        "lagrum": found.lagrum,
    }
    return row | ({"file": path.name} if path else {})


def _tell(path: Path, place: Place | None, findings: Sequence[Finding]) -> None:
    out = plain(soft_wrap=True)
    out.print(f"{path.name}: {place[1].name if place else 'okänd del'}")
    for each in findings:
        out.print(f"  {graded(each.severity)}: {each.place}: {each.message} {each.mend} ({each.lagrum})")
    if not findings:
        out.print("  Inga anmärkningar.")
