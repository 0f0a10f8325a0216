"""``arshjul template``: the mallar of what an enhet owes for a report and period, as files in a folder."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.settings import load_settings
from app.wiring import is_prepared, open_machine, read_sourced
from arshjul.definition import Definition
from arshjul.errors import RefusedError, nearest
from arshjul.periods import Period
from arshjul.turning import turn
from arshjul.wheel import Obligation, Wheel
from submissions.known import known_of
from submissions.templates.handing_out import MallFile, handed_out, has_mall
from submissions.templates.mall import NOTHING_KNOWN, Known
from submissions.templates.own import OwnFiles, own_files


def template_commands(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command()(template)


def template(
    report: Annotated[str, typer.Argument(metavar="RAPPORT", help="Stegets id: delarsrapport.")],
    unit: Annotated[str, typer.Argument(metavar="ENHET", help="Enhetens id: bildningsnamnden.")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="2027-08, eller 2027 för ett helår.")],
    out: Annotated[Path, typer.Option("--out", help="Mappen som filerna skrivs i. Den görs om den inte finns.")],
    definition: Annotated[
        Path | None, typer.Option("--definition", help="Definition (yaml); annars tjänstens egen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Skriv de mallar som en enhet ska fylla i till en rapport och period, med det som redan är känt."""
    settings = load_settings()
    path = definition or settings.definition
    if definition is None and is_prepared(settings):
        with open_machine(settings).look() as scene:
            office, wheel = scene.office, scene.wheel
            owed = find(_whole(wheel, period), office.definition, report, unit, period)
            known = {one.key: known_of(scene.session, office.definition, one) for one in owed}
            files = list(malls(office.definition, office.own, owed, known))
    else:
        sourced = read_sourced(path)
        wheel = turn(sourced.definition, [_period(period).year], strict=False)
        owed = find(wheel, sourced.definition, report, unit, period)
        files = list(malls(sourced.definition, own_files(sourced, path.parent), owed, {}))
    if not files:
        raise RefusedError(f"{owed[0].unit_name} har inget att fylla i en mall för i {report} {period}.")
    names = Counter(file.filename for _, _, file in files)
    rows = [
        _row(one, part, _write(out, _told_apart(file, part) if names[file.filename] > 1 else file))
        for one, part, file in files
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
    else:
        typer.echo("\n".join(row["file"] for row in rows))


def find(wheel: Wheel, definition: Definition, report: str, unit: str, period: str) -> list[Obligation]:
    """Return what an enhet owes for a report and period, and what is handed in with it.

    Raises RefusedError, with the nearest right word, for a name that is not there.
    """
    if report not in definition.steps:
        raise RefusedError(f"okänd rapport '{report}'{nearest(report, definition.steps)}")
    if unit not in definition.units:
        raise RefusedError(f"okänd enhet '{unit}'{nearest(unit, definition.units)}")
    periods = [key for step, key in wheel.keys if step == report]
    if (report, _period(period).key) not in wheel.keys:
        raise RefusedError(f"{report} görs inte för perioden {period}{nearest(period, periods)}")
    own = [one for one in wheel.occurrence(report, period).obligations if one.unit == unit]
    if not own:
        owing = {one.unit for one in wheel.occurrence(report, period).obligations}
        raise RefusedError(f"{definition.units[unit].name} lämnar inget till {report} {period}{nearest(unit, owing)}")
    return [each for one in own for each in (one, *wheel.hosted.get(one.key, ()))]


def malls(
    definition: Definition, own: OwnFiles, owed: list[Obligation], known: dict[str, Known]
) -> Iterator[tuple[Obligation, str, MallFile]]:
    """Give every mall of what is owed, with the id of its part."""
    for one in owed:
        for part in one.parts:
            if has_mall(definition, one, part):
                yield one, part.id, handed_out(definition, own, one, part, known.get(one.key, NOTHING_KNOWN))


def _period(read: str) -> Period:
    try:
        return Period.parse(read)
    except ValueError as error:
        raise RefusedError(f"{error}.") from None


def _whole(wheel: Wheel, period: str) -> Wheel:
    """Return the wheel as it stands, or for a period outside its years the definition's own."""
    year = _period(period).year
    if any(key.startswith(str(year)) for _, key in wheel.keys):
        return wheel
    return turn(wheel.definition, [year], strict=False)


def _told_apart(file: MallFile, part: str) -> MallFile:
    """Return a file whose name another has too, with its part's id in the name."""
    path = Path(file.filename)
    return replace(file, filename=f"{path.stem} ({part}){path.suffix}")


def _write(folder: Path, file: MallFile) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        where = folder / file.filename
        where.write_bytes(file.content)
    except OSError as error:
        raise RefusedError(
            f"Filen {folder / file.filename} går inte att skriva ({error.strerror}). Välj en annan mapp med --out."
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
