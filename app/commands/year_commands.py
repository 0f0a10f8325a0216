"""``arshjul check``, ``plan``, ``rehearse`` and ``status``: a definition held against the law, its year, and how it stands."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.scene import Scene
from app.commands import printing
from app.commands.printing import DefinitionFile, Json, out, print_json
from app.commands.record import YearArgument
from app.definition_files import read_bytes, read_sourced, read_text, write_bytes
from app.settings import load_settings
from app.usage import Commands
from app.wiring import is_prepared, open_machine
from arshjul.check.law import check as check_law
from arshjul.definition.model import Definition
from arshjul.definition.reading import read_all
from arshjul.errors import DefinitionError, Fault
from arshjul.swedish import listing, local_date
from arshjul.year.days.recurrence import awaited
from arshjul.year.turning import around, turn
from arshjul.year.wheel import Wheel
from notifications.letters.papers.paper_templates import paper_faults
from store.plan.planning import recorded, with_recorded_tidplaner
from submissions.review.book import rule_faults
from submissions.templates.own import own_faults

Diff = Annotated[bool, typer.Option("--skillnader", help="Visa vad omplaneringen skulle ändra i den löpande tjänsten.")]


def year_commands(cli: Commands) -> None:
    """Add the commands to the command line."""
    for command in (check, plan, rehearse, status):
        cli.command()(command)


def check(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="DEFINITION", show_default=False, help="Definitionen (yaml); annars tjänstens egen."),
    ] = None,
    definition: DefinitionFile = None,
    only: Annotated[int | None, typer.Option("--ar", min=2000, max=2199, help="Pröva bara det årets perioder.")] = None,
    docx: Annotated[
        Path | None, typer.Option("--docx", help="Spara en laglighetskontroll att bifoga beslutet om tidplanen.")
    ] = None,
    by: Annotated[str, typer.Option("--vem", help="Vem som gör laglighetskontrollen: namn eller roll.")] = "",
    as_json: Json = False,
) -> None:
    """Kontrollera en definition mot sig själv och mot lagen, för tidplanernas år."""
    path = _definition(file or definition)
    try:
        unusable, doubtful = judged(path, today(), only)
        faults = sorted([*unusable, *doubtful])
    except DefinitionError as error:
        unusable = faults = list(error.faults)
    if docx and not unusable:
        _save_control(docx, path, doubtful, only, by)
    if as_json:
        print_json([printing.fault_row(fault) for fault in faults])
    else:
        for fault in faults:
            out.print(str(fault))
        out.print(f"{len(faults)} anmärkning{'ar' if len(faults) > 1 else ''}." if faults else "Inga fel.")
        if docx and unusable:
            out.print("Laglighetskontrollen är inte sparad: rätta först felen i filen.")
        elif docx:
            out.print(f"Laglighetskontrollen är sparad som {docx}.")
    raise typer.Exit(1 if any(fault.severity == "fel" for fault in faults) else 0)


def plan(
    year: YearArgument,
    definition: DefinitionFile = None,
    diff: Diff = False,
    as_json: Json = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Spara som Excel-fil.")] = None,
) -> None:
    """Visa årets alla moment: tre parallella år tillsammans."""
    if diff:
        changes, *definitions = _planned_changes(definition)
        rows = [row for row in changes if row["effects"] or (row["before"] or row["after"])[:4] == str(year)]
        print_json(rows) if as_json else out.print(printing.changes(rows, *definitions))
        return
    wheel, now = _planned(year, definition)
    if xlsx:
        from submissions.papers.plan_workbook import plan_workbook

        write_bytes(xlsx, plan_workbook(wheel, year, now))
        out.print(f"Årsplanen {year} är sparad som {xlsx}.")
        return
    milestones = wheel.in_year(year)
    if as_json:
        print_json([printing.milestone_row(each) for each in milestones])
    else:
        out.print(printing.year(milestones, year, wheel.definition))
        registers, happenings = wheel.definition.registers, wheel.definition.happenings
        for key, counted in awaited(wheel.definition, [year]).items():
            name = happenings[key].name if key in happenings else registers[key].name
            out.print(f"När det registreras: {name} ({listing(counted) or 'inget räknas från den'})")


def rehearse(
    year: YearArgument,
    scenario: Annotated[Path | None, typer.Option(help="Vad som händer under året (docs/rehearse.md).")] = None,
    definition: DefinitionFile = None,
    people_file: Annotated[Path | None, typer.Option("--personer", help="Vilka som har rollerna (csv).")] = None,
    as_json: Json = False,
) -> None:
    """Repetera ett helt år med påhittad klocka: vilka brev går, till vem, när, och vad som eskaleras."""
    from app.rehearsal.rehearsal import as_fixed
    from app.rehearsal.rehearsal import rehearse as rehearse_year
    from app.rehearsal.scenario import read_scenario

    path = _definition(definition)
    sourced = read_sourced(path)
    beside = people_file or path.with_name(f"{path.stem}.personer.csv")
    names = read_text(beside) if people_file or beside.is_file() else None
    events = rehearse_year(as_fixed(sourced, year), names, year, read_scenario(scenario) if scenario else None)
    if as_json:
        print_json([printing.event_row(event) for event in events])
    else:
        out.print(printing.events(events, year, sourced.definition))
        if not sourced.definition.is_fixed(year):
            out.print(
                f"Tidplanen för {year} är inte fastställd. Repetitionen visar året som om den vore det; "
                "i drift går inga brev till mottagarna förrän den är det."
            )


def status(as_json: Json = False) -> None:
    """Visa läget nu: vad som är öppet, försenat eller eskalerat, två månader framåt."""
    from app.commands.status_rows import status_rows

    machine = open_machine()
    with machine.look() as scene:
        rows = status_rows(scene)
    print_json(rows) if as_json else out.print(printing.status(rows))


def faults_of(path: Path, today: date) -> list[Fault]:
    """Return what is wrong or doubtful in a definition, all in one go and in the file's order.

    Against itself, the rules that there are, the law, and the own mallar beside it. Raises DefinitionError for a file
    that is no definition at all.
    """
    unusable, doubtful = judged(path, today)
    return sorted([*unusable, *doubtful])


def judged(path: Path, today: date, only: int | None = None) -> tuple[list[Fault], list[Fault]]:
    """Return what is wrong in the file itself and the files beside it, and what is so in the plan that it gives.

    ``only`` holds one year's periods; None: those of the tidplaner.
    """
    read = read_all(read_text(path), path.name)
    unusable = [*read.faults, *rule_faults(read, read.checks)]
    if read.sourced is None:
        return unusable, []
    unusable += own_faults(read.sourced, path.parent)
    unusable += paper_faults(read.sourced, path.parent)
    return unusable, check_law(read.sourced, [only] if only else checked_years(read.sourced.definition, today))


def _save_control(into: Path, path: Path, faults: list[Fault], only: int | None, by: str) -> None:
    from app.clock import clock_for
    from submissions.papers.laglighet import Control, control_paper

    sourced = read_sourced(path)
    years = [only] if only else [*checked_years(sourced.definition, today())]
    control = Control(
        definition=sourced.definition,
        wheel=turn(sourced.definition, years),
        years=years,
        faults=faults,
        file=path.name,
        fingerprint=sha256(read_bytes(path)).hexdigest(),
        at=clock_for(load_settings())(),
        by=by.strip(),
    )
    write_bytes(into, control_paper(control))


def today() -> date:
    """Return the day by the service's own clock."""
    from app.clock import clock_for

    return local_date(clock_for(load_settings())())


def _definition(given: Path | None) -> Path:
    return given or load_settings().definition


def checked_years(definition: Definition, today: date) -> range:
    """Return the years from the first tidplan to the last, or to next year when that is later."""
    years = list(definition.year_plans) or [today.year]
    return range(min(years), max(*years, today.year + 1) + 1)


def _planned(year: int, definition: Path | None) -> tuple[Wheel, datetime]:
    """Plan a year, with what this installation has recorded; a definition that is named is planned alone."""
    from app.clock import wall_clock

    settings = load_settings()
    if definition is not None or not is_prepared(settings):
        return around(read_sourced(_definition(definition)).definition, year), wall_clock()
    with open_machine(settings).look() as scene:
        planned = with_recorded_tidplaner(scene.session, scene.office.definition)
        return around(planned, year, recorded(scene.session)), scene.now


def _planned_changes(definition: Path | None) -> tuple[list[dict[str, Any]], Definition, Definition]:
    """Return the lines of ``plan --skillnader``, with the definition that is planned by and the one in use."""
    from actions.bodies.consequences import consequences

    machine = open_machine(load_settings())
    wanted = read_sourced(definition).definition if definition else machine.office.definition
    with machine.store.begin() as session:
        scene = Scene(session, machine.office, machine.clock())
        moved, effects = consequences(scene, wanted)
        obligations = scene.wheel.obligations
        frister = {key: one.deadline.at for key in effects if (one := obligations.get(key))}
    return printing.moved_rows(moved, effects, frister), wanted, machine.office.definition
