"""``arshjul template``: the mallar of what an enhet owes for a report and period; ``paper-template``: that of a paper."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.owing import owing
from app.definition_files import why_not
from app.usage import Commands
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.year.wheel import APPROVAL, Obligation
from notifications.letters.papers.approval import FILE as GODKANNANDE
from notifications.letters.papers.approval import our_approval
from notifications.letters.papers.tjansteskrivelse import FILE as TJANSTESKRIVELSE
from notifications.letters.papers.tjansteskrivelse import our_template
from store.private_files import make_folder, write_whole
from submissions.compilation.compiled_words import grouped
from submissions.templates.given_malls import MallFile, handed_out, has_mall
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures
from submissions.templates.mall_paper import MEDIA_TYPE as WORD
from submissions.templates.own import OwnFiles


def template_commands(cli: Commands) -> None:
    """Add the commands to the command line."""
    cli.command()(template)
    cli.command()(paper_template)


def template(
    report: Annotated[str, typer.Argument(metavar="RAPPORT", help="Stegets id: delarsrapport.")],
    unit: Annotated[str, typer.Argument(metavar="ENHET", help="Enhetens id: bildningsnamnden.")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="2027-08, eller 2027 för ett helår.")],
    out: Annotated[Path, typer.Option("--mapp", help="Mappen som filerna skrivs i. Den görs om den inte finns.")],
    definition: Annotated[
        Path | None, typer.Option("--definition", help="Definition (yaml); annars tjänstens egen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Skriv de mallar som en enhet ska fylla i till en rapport och period, med det som redan är känt."""
    owes = owing(definition, report, unit, period)
    files = list(malls(owes.definition, owes.own, owes.owed, owes.known))
    if not files:
        raise RefusedError(_why_none(owes.owed, f"{report} {period}"))
    names = Counter(file.filename for _, _, file in files)
    rows = [
        _row(one, part, _write(out, _told_apart(file, part) if names[file.filename] > 1 else file))
        for one, part, file in files
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        typer.echo("\n".join(row["file"] for row in rows))


def paper_template(
    out: Annotated[Path, typer.Option("--mapp", help="Mappen som filerna skrivs i. Den görs om den inte finns.")],
) -> None:
    """Skriv våra Word-mallar till tjänsteskrivelserna, att göra om till kommunens egna."""
    for name, content in ((TJANSTESKRIVELSE, our_template()), (GODKANNANDE, our_approval())):
        typer.echo(_write(out, MallFile(filename=name, media_type=WORD, content=content)))


def malls(
    definition: Definition, own: OwnFiles, owed: Sequence[Obligation], known: Mapping[ObligationKey, KnownFigures]
) -> Iterator[tuple[Obligation, str, MallFile]]:
    """Give every mall of what is owed, with the id of its part."""
    for one in owed:
        for part in one.parts:
            if has_mall(definition, one, part):
                yield one, part.id, handed_out(definition, own, one, part, known.get(one.key, NOTHING_KNOWN))


_WHY_NO_MALL = {
    "tabell": "en tabell som inte har något blad för perioden; skriv 'blad' i delen, så får den en mall",
    "text": "en text utan rubriker för perioden; skriv 'rubriker' i delen, så får den en mall",
    "protokollsutdrag": "ett protokollsutdrag, som lämnas som det är",
    "intyg": "ett intyg, som kryssas i på sidan",
    APPROVAL: "ett godkännande av det som kommer underifrån, som görs på sidan",
}


def _why_none(owed: Sequence[Obligation], asked: str) -> str:
    """Say why there is no mall, part by part."""
    reasons = grouped((part.name, _WHY_NO_MALL[part.form]) for one in owed for part in one.parts)
    return " ".join((f"{owed[0].unit_name} har inget att fylla i en mall för i {asked}.", *reasons))


def _told_apart(file: MallFile, part: str) -> MallFile:
    """Return a file whose name another has too, with its part's id in the name."""
    path = Path(file.filename)
    return replace(file, filename=f"{path.stem} ({part}){path.suffix}")


def _write(folder: Path, file: MallFile) -> Path:
    try:
        make_folder(folder)
        where = folder / file.filename
        write_whole(where, file.content)
    except OSError as error:
        raise RefusedError(
            f"Filen {folder / file.filename} går inte att skriva ({why_not(error)}). Välj en annan mapp med --mapp."
        ) from None
    return where


def _row(one: Obligation, part: str, file: Path) -> dict[str, Any]:
    return {
        "file": str(file),
        "step": one.step,
        "period": one.period.key,
        "unit": one.unit,
        "krav": one.krav,
        "part": part,
    }
