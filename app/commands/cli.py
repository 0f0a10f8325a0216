"""The command line: ``arshjul``. People read Swedish; ``--json`` gives machines a stable form (docs/json.md)."""

import asyncio
import json
import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from actions.act import Act
from actions.scene import Scene
from app.commands import printing
from app.commands.by_hand import By, by_hand, machine_user, stated_name
from app.commands.compile import compile_commands
from app.commands.ledger_command import ledger_commands
from app.commands.log_commands import log_commands
from app.commands.mail_command import mail_commands
from app.commands.record import record_commands
from app.commands.review import review_commands
from app.commands.rule import rule_commands
from app.commands.template import template_commands
from app.run.private import closed_to_others
from app.settings import load_settings
from app.wiring import (
    is_prepared,
    login_link,
    open_machine,
    prepare,
    read_bytes,
    read_sourced,
    read_text,
    why_not,
    write_bytes,
)
from arshjul.check.law import check as check_law
from arshjul.definition.model import Definition
from arshjul.definition.reading import read_all
from arshjul.errors import ArshjulError, DefinitionError, Fault, RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import STOCKHOLM, clock_text
from arshjul.year.turning import around
from arshjul.year.wheel import Wheel
from notifications.letters.paper_templates import paper_faults
from store.full_disk import is_full
from store.plan.planning import recorded, with_recorded_tidplaner
from store.private_files import be_private, make_folder
from submissions.readers.process.confined import can_confine
from submissions.review.book import rule_faults
from submissions.templates.own import own_faults

cli = typer.Typer(
    help="Håller kommunens årshjul: påminner, samlar in, kontrollerar och lyfter det som är försenat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
people = typer.Typer(help="Vilka som har rollerna.", no_args_is_help=True)
cli.add_typer(people, name="people")
record_commands(cli)
ledger_commands(cli)
mail_commands(cli)
compile_commands(cli)
template_commands(cli)
review_commands(cli)
log_commands(cli)
rule_commands(cli)
WIDE = 150  #: characters, where nobody sits at a terminal
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)

DefinitionFile = Annotated[Path | None, typer.Option("--definition", help="Definition (yaml); annars Hedemoras.")]
Diff = Annotated[bool, typer.Option("--diff", help="Visa vad omplaneringen skulle ändra i den löpande tjänsten.")]
Json = Annotated[bool, typer.Option("--json", help="Skriv som JSON.")]


NO_ROOM = "Disken är full, så inget har sparats. Ge plats och kör kommandot igen."


def main() -> None:
    """Run the command line; what it and its children write is private, and what goes wrong is told in Swedish, and ends with exit code 1."""
    be_private()
    try:
        cli(prog_name="arshjul")
        return
    except ArshjulError as error:
        words = str(error)
    except SQLAlchemyError as error:
        words = f"Databasen svarar inte ({error.__class__.__name__}). Se till att den är igång (ARSHJUL_DATABASE_URL)."
        words = NO_ROOM if is_full(error) else words
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        words = (
            f"{place}{why_not(error)}. Rätta behörigheten eller sökvägen, eller se till att disken har plats, och försök "
            "igen. Mappen för data väljs med ARSHJUL_DATA_DIR."
        )
        words = NO_ROOM if is_full(error) else words
    Console(stderr=True, highlight=False, soft_wrap=True).print(words, markup=False)
    sys.exit(1)


@cli.command()
def up() -> None:
    """Starta allt: Prefect med sitt gränssnitt, körningar, portal och väktare. Ctrl-C stannar allt."""
    from app.clock import clock_for
    from app.prefect_auth import prefect_auth
    from app.run.processes import Child
    from app.run.up import answers
    from app.run.up import up as start_all
    from app.run.web import prefect_server
    from portal.prefect.sharing import closed_pages

    settings = load_settings()
    make_folder(settings.data_dir)
    os.environ.setdefault("PREFECT_HOME", str(settings.data_dir / "prefect"))  # HOME may be wrong, or not ours
    _refuse_unlawful(settings.definition)
    prepare(settings, clock_for(settings))
    if settings.prefect_api_url:
        from flows.service.server_sharing import refuse_clash_at  # Prefect is imported once it has a home

        machine = open_machine(settings)
        asyncio.run(refuse_clash_at(settings.prefect_api_url, prefect_auth(settings), machine))
        for word in asyncio.run(closed_pages(prefect_server(settings, machine.whose().slug), machine.store)):
            out.print(word, markup=False)
    if not can_confine():
        out.print(
            "Processen som läser inlämnade filer kan på den här datorn inte skiljas från nätet och hemligheten "
            "(det kräver Linux med Landlock och seccomp). Den är ändå en egen process, med gränser för tid och minne."
        )
    for word in closed_to_others(settings):
        out.print(word, markup=False)

    def login() -> tuple[str, datetime]:
        return login_link(by_hand(settings), stated_name(""), machine_user())

    module = (sys.executable, "-m", "app")
    portal_address = f"http://{settings.portal_host}:{settings.portal_port}"
    children = [
        Child(name="portal", argv=(*module, "portal"), ready=answers(f"{portal_address}/"), patience=60),
        Child(name="körningar", argv=(*module, "runner")),
        Child(name="väktare", argv=(*module, "service")),
    ]
    sys.exit(start_all(settings, children, console=out, login=login))


@cli.command()
def login(
    by: Annotated[
        str, typer.Option("--vem", callback=stated_name, help="Vem loggar in: ditt namn. Skrivs i loggen.")
    ] = "",
) -> None:
    """Skriv ut en länk som loggar in på portalen som ekonomikontoret, en gång, inom 15 minuter."""
    link, until = login_link(by_hand(), by, machine_user())
    out.print(
        f"Öppna länken före {clock_text(until.astimezone(STOCKHOLM).time())}. Den fungerar en gång, för den som har den:"
    )
    out.print(link, markup=False)


@cli.command()
def check(
    file: Annotated[Path | None, typer.Argument(metavar="[DEFINITION]", show_default=False)] = None,
    definition: DefinitionFile = None,
    as_json: Json = False,
) -> None:
    """Kontrollera en definition mot sig själv och mot lagen, för tidplanernas år."""
    try:
        faults = _faults(_definition(file or definition))
    except DefinitionError as error:
        faults = list(error.faults)
    if as_json:
        _print_json([printing.fault_row(fault) for fault in faults])
    else:
        for fault in faults:
            out.print(str(fault), markup=False)
        out.print(f"{len(faults)} anmärkning{'ar' if len(faults) > 1 else ''}." if faults else "Inga fel.")
    raise typer.Exit(1 if any(fault.severity == "fel" for fault in faults) else 0)


@cli.command()
def plan(
    year: Annotated[int, typer.Argument(min=2000, max=2200)],
    definition: DefinitionFile = None,
    diff: Diff = False,
    as_json: Json = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Spara som Excelfil.")] = None,
) -> None:
    """Visa årets alla moment: tre parallella år tillsammans."""
    if diff:
        changes = _planned_changes(definition)
        rows = [row for row in changes if row["effects"] or (row["before"] or row["after"])[:4] == str(year)]
        _print_json(rows) if as_json else out.print(printing.changes(rows))
        return
    wheel, now = _planned(year, definition)
    if xlsx:
        from submissions.compilation.plan_workbook import plan_workbook

        write_bytes(xlsx, plan_workbook(wheel, year, now))
        out.print(f"Årsplanen {year} är sparad som {xlsx}.", markup=False)
        return
    milestones = wheel.in_year(year)
    if as_json:
        _print_json([printing.milestone_row(each) for each in milestones])
    else:
        out.print(printing.year(milestones, year))


@cli.command()
def rehearse(
    year: Annotated[int, typer.Argument(min=2000, max=2200)],
    scenario: Annotated[Path | None, typer.Option(help="Vad som händer under året (docs/rehearse.md).")] = None,
    definition: DefinitionFile = None,
    people_file: Annotated[Path | None, typer.Option("--people", help="Vilka som har rollerna (csv).")] = None,
    as_json: Json = False,
) -> None:
    """Repetera ett helt år med påhittad klocka: vilka brev går, till vem, när, och vad når KSAU."""
    from app.rehearsal.rehearsal import rehearse as rehearse_year
    from app.rehearsal.scenario import read_scenario

    path = _definition(definition)
    sourced = read_sourced(path)
    beside = people_file or path.with_name(f"{path.stem}.personer.csv")
    names = read_text(beside) if people_file or beside.is_file() else None
    events = rehearse_year(sourced, names, year, read_scenario(scenario) if scenario else None)
    if as_json:
        _print_json([printing.event_row(event) for event in events])
    else:
        out.print(printing.events(events, year))


@cli.command()
def status(as_json: Json = False) -> None:
    """Visa läget nu: vad som är öppet, försenat eller lyft till KSAU, två månader framåt."""
    from app.commands.status_rows import status_rows

    machine = open_machine()
    with machine.look() as scene:
        rows = status_rows(scene)
    _print_json(rows) if as_json else out.print(printing.status(rows))


@people.command("import")
def import_file(file: Path, by: By = "") -> None:
    """Läs in vilka som har rollerna från en CSV-fil; filen är hela sanningen från och med i dag."""
    from actions.people import importing

    machine = by_hand()
    text = read_text(file)
    result = machine.carry_out(lambda scene: importing.import_file(Act(scene, by), text, file.name))
    out.print(
        f"{result.added} nya, {result.changed} ändrade, {result.ended} avslutade, {result.unchanged} oförändrade."
    )
    for role, unit in result.vacant:
        out.print(f"Rollen {role}{f' för {unit}' if unit else ''} saknar innehavare: breven går till ekonomikontoret.")


@people.command("revoke-links")
def revoke_links(
    who: Annotated[str, typer.Argument(metavar="E-POST", help="Adressen, eller det som loggen visar under namnet.")],
    why: Annotated[str, typer.Option("--varfor", help="Varför. Skrivs i loggen.")],
    by: By = "",
) -> None:
    """Återkalla allt som släpper in en person, genast: länkar, besök, inloggningar, inloggningslänkar och koder."""
    from actions.people.letting_out import let_out

    machine = by_hand()
    done = machine.carry_out(lambda scene: let_out(Act(scene, by, why), who))
    out.print(done.words, markup=False)
    if done.feeds:
        out.print("Den som prenumererar på kalendrarna behöver deras nya adresser: sidan Kalender.")
    out.print(
        "Har personen kvar sin roll får nästa brev en ny länk: avsluta rollen också, på sidan Personer och roller."
    )


@cli.command()
def submit(
    step: str,
    period: str,
    unit: str,
    part: str,
    file: Annotated[Path | None, typer.Option("--fil")] = None,
    krav: str = "underlag",
    ej_aktuellt: Annotated[str | None, typer.Option("--ej-aktuellt", help="Motivering.")] = None,
    paragraf: str = "",
    datum: str = "",
    omedelbar: Annotated[bool, typer.Option("--omedelbar-justering")] = False,
    intygas: bool = False,
    by: By = "",
) -> None:
    """Lämna in en del åt en enhet, som om den kom genom portalen."""
    from actions.underlag.receiving import PartHandedIn, PartTaken, hand_in
    from submissions.files.parts import Upload
    from submissions.intake.prepared import examined_for, owed

    machine = by_hand()
    key = ObligationKey.of(machine.office.definition.kommun.id, step, period, unit, krav)
    upload = Upload(filename=file.name, content=read_bytes(file)) if file else None
    if upload:
        machine.intake.scan(upload.filename, upload.content)
    fields: dict[str, str | bool] = {}
    if paragraf or datum:
        fields = {"paragraf": paragraf, "datum": datum, "omedelbar justering": omedelbar}
    if intygas:
        fields = {"intygas": True}
    with machine.look() as scene:
        examine = examined_for(scene.session, scene.wheel, key, PartId(part), upload.content) if upload else None
    examined = examine() if examine else None

    what = PartHandedIn(
        key=key, part=PartId(part), upload=upload, fields=fields, ej_aktuellt=ej_aktuellt, examined=examined
    )  # fmt: skip

    def take(scene: Scene) -> PartTaken:
        one, owned = owed(scene.wheel, key, PartId(part))
        [outcome] = hand_in(Act(scene, by), scene.people.who(owned.role, one.unit), [what], via="kommandoraden")
        if outcome.refusal:
            raise RefusedError(outcome.refusal)
        return outcome

    [received] = machine.carry_out(take).received
    out.print(
        f"{received.part.name}: {received.outcome}" + (f", version {received.version}" if received.version else "")
    )
    for finding in received.findings:
        out.print(f"  {finding.message} {finding.mend}", markup=False)
    raise typer.Exit(0 if received.outcome != "nekad" else 1)


@cli.command()
def reconcile(by: By = "") -> None:
    """Avstämning nu: det som är dags går ut, och inget två gånger."""
    from actions.ladder.asked_round import bring_up_now

    out.print(by_hand().carry_out(lambda scene: bring_up_now(Act(scene, by))), markup=False)


@cli.command()
def utskick(läge: Annotated[str, typer.Argument(help="av, skugga eller skarpt")], by: By) -> None:
    """Bestäm vart breven går: inga (av), bara till ekonomikontoret (skugga) eller till mottagarna (skarpt)."""
    from actions.service.choosing import choose

    told = by_hand(load_settings()).carry_out(lambda scene: choose(Act(scene, by), läge))
    out.print(f"Utskick: {läge}. Det gäller från nästa brev.")
    if told:
        out.print(told)


@cli.command()
def hold(by: By, why: Annotated[str, typer.Option("--why", "--varfor", help="varför breven hålls")]) -> None:
    """Håll alla brev: inget i utkorgen går förrän de släpps, utom koder och länkar för inloggning."""
    from actions.service.holding_letters import hold_letters

    by_hand().carry_out(lambda scene: hold_letters(Act(scene, by, why)))
    out.print("Breven hålls. Släpp dem med 'arshjul release'.")


@cli.command()
def release(by: By) -> None:
    """Släpp breven som hålls."""
    from actions.service.holding_letters import release_letters

    done = by_hand().carry_out(lambda scene: release_letters(Act(scene, by)))
    out.print("Breven går igen." if done else "Inga brev hölls.")


@cli.command(hidden=True)
def runner() -> None:
    """Carry out Prefect's runs (started by ``up``)."""
    from app.run.logs import set_up
    from flows.service.runner import serve

    set_up()
    asyncio.run(serve(open_machine()))


@cli.command(hidden=True)
def service() -> None:
    """Watch, send and plan (started by ``up``)."""
    from app.run.logs import set_up
    from flows.service.watchdog import Watchdog

    set_up()

    async def watch() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await Watchdog(open_machine()).watch(stopping)

    asyncio.run(watch())


@cli.command(hidden=True)
def portal() -> None:
    """Serve the pages (started by ``up``)."""
    from app.run.logs import set_up
    from app.run.web import serve as serve_portal

    set_up()
    serve_portal(load_settings())


def _faults(path: Path) -> list[Fault]:
    """Return what is wrong or doubtful in a definition, all in one go and in the file's order.

    Against itself, the rules that there are, the law, and the own mallar beside it. Raises DefinitionError for a file
    that is no definition at all.
    """
    read = read_all(read_text(path), path.name)
    faults = [*read.faults, *rule_faults(read, read.checks)]
    if read.sourced:
        faults += check_law(read.sourced, _checked_years(read.sourced.definition))
        faults += own_faults(read.sourced, path.parent)
        faults += paper_faults(read.sourced, path.parent)
    return sorted(faults)


def _refuse_unlawful(path: Path) -> None:
    """Tell what the definition's check finds; a fault stops the start, a warning does not."""
    from flows.service.deployments import without_flow

    faults = _faults(path)
    if any(fault.severity == "fel" for fault in faults):
        raise DefinitionError(faults)
    for fault in faults:
        out.print(str(fault), markup=False)
    for step in without_flow(read_sourced(path).definition):
        out.print(f"Steget '{step}' har inget flöde i Prefect: dess brev går ändå, genom väktaren.", markup=False)


def _definition(given: Path | None) -> Path:
    return given or load_settings().definition


def _checked_years(definition: Definition) -> range:
    """Return the years from the first tidplan to the last, or to next year when that is later."""
    this_year = date.today().year  # noqa: DTZ011 - the wall clock is read here, at the edge
    years = list(definition.year_plans) or [this_year]
    return range(min(years), max(*years, this_year + 1) + 1)


def _planned(year: int, definition: Path | None) -> tuple[Wheel, datetime]:
    """Plan a year, with what this installation has recorded; a definition that is named is planned alone."""
    from app.clock import wall_clock

    settings = load_settings()
    if definition is not None or not is_prepared(settings):
        return around(read_sourced(_definition(definition)).definition, year), wall_clock()
    with open_machine(settings).look() as scene:
        planned = with_recorded_tidplaner(scene.session, scene.office.definition)
        return around(planned, year, recorded(scene.session)), scene.now


def _planned_changes(definition: Path | None) -> list[dict[str, Any]]:
    from actions.bodies.consequences import consequences

    machine = open_machine(load_settings())
    wanted = read_sourced(definition).definition if definition else machine.office.definition
    with machine.store.begin() as session:
        scene = Scene(session, machine.office, machine.clock())
        moved, effects = consequences(scene, wanted)
        obligations = scene.wheel.obligations
        frister = {key: one.deadline.at for key in effects if (one := obligations.get(key))}
    return printing.moved_rows(moved, effects, frister)


def _print_json(rows: Any) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - a machine reads it
