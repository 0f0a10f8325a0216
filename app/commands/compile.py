"""``arshjul compile``: an occurrence's sammanställning as files in a folder."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.by_hand import By, by_hand
from app.definition_files import write_bytes
from app.usage import Commands
from arshjul.errors import RefusedError, nearest
from arshjul.keys import OccurrenceKey
from arshjul.swedish import STOCKHOLM, instant_text
from arshjul.year.wheel import Occurrence, Wheel
from store.handins.reads import note_read
from submissions.compilation.compiled import Compiled
from submissions.compilation.compiled_words import counting
from submissions.compilation.keeping import MAKERS, Made, basis_of, compiled, fetch


def compile_commands(cli: Commands) -> None:
    """Add the command to the command line."""
    cli.command("compile")(compile_report)


def compile_report(
    step: Annotated[str, typer.Argument(metavar="STEG", help="Rapportens id, till exempel delarsrapport.")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="2027-08 för en månad, 2027 för ett år.")],
    folder: Annotated[Path, typer.Option("--mapp", metavar="MAPP", help="Mappen där filerna läggs.")],
    by: By = "",
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Sammanställ en rapport: alla enheters tabeller och texter som .xlsx och .docx."""
    machine = by_hand()
    with machine.look() as scene:
        occurrence = asked_for(scene.wheel, step, period)
        values = compiled(
            scene.session, basis_of(scene.session, scene.wheel, occurrence, scene.now, scene.office.since), scene.now
        )
    office, now = machine.office, machine.clock()
    made = [fetch(machine.store, office.definition, occurrence.key, kind, now, office.since) for kind in MAKERS]
    with machine.store.begin() as session:
        for each in made:
            note_read(session, now, by, occurrence.key.of_kommun(office.definition.kommun.id), each.filename)
    paths = [_written(folder, each) for each in made]
    if as_json:
        print(json.dumps(compiled_row(values, made, paths), ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
        return
    typer.echo(f"{values.title}, läget {instant_text(made[0].made_at)}")
    typer.echo("\n".join([*counting(values), *(f"{path}" for path in paths)]))


def asked_for(wheel: Wheel, step: str, period: str) -> Occurrence:
    """Return the occurrence. Raises RefusedError, with the nearest right word, when nothing is handed in there."""
    known = [each.key for each in wheel.occurrences if each.obligations]
    steps = sorted({name for name, _ in known})
    if step not in steps:
        raise RefusedError(f"Årshjulet har ingen rapport '{step}'{nearest(step, steps)}")
    periods = sorted(key for name, key in known if name == step)
    if period not in periods:
        raise RefusedError(f"{step} finns inte för perioden '{period}'{nearest(period, periods)}")
    return wheel.occurrence(OccurrenceKey.of(step, period))


def compiled_row(values: Compiled, made: list[Made], paths: list[Path]) -> dict[str, Any]:
    """Return what a machine reads: the files, and how the enheter's underlag stand."""
    return {
        "step": values.step,
        "period": values.period.key,
        "files": [
            {
                "kind": each.kind,
                "path": str(path),
                "sha256": each.sha256,
                "made_at": each.made_at.astimezone(STOCKHOLM).isoformat(),
            }
            for each, path in zip(made, paths, strict=True)
        ],
        "units": [
            {
                "unit": each.unit,
                "state": each.state.word,
                "missing": [part.name for part in each.parts if not part.complete],
            }
            for each in values.underlag
        ],
        "differences": [
            {"unit": each.unit_name, "where": each.where, "message": each.words} for each in values.remarks
        ],
        "unanswered": sum(not each.answer for each in values.answers),
    }


def _written(folder: Path, made: Made) -> Path:
    path = folder / made.filename
    write_bytes(path, made.content)
    return path
