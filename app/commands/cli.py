"""The command line: ``arshjul``. People read Swedish; ``--json`` gives machines a stable form (docs/json.md)."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from actions.act import Act
from actions.scene import Scene
from app.commands.by_hand import By, by_hand
from app.commands.compile import compile_commands
from app.commands.ledger_command import ledger_commands
from app.commands.log_commands import log_commands
from app.commands.mail_command import mail_commands
from app.commands.printing import out, plain
from app.commands.record import Krav, PeriodKey, Step, Unit, record_commands
from app.commands.review import review_commands
from app.commands.rule import rule_commands
from app.commands.service_commands import service_commands
from app.commands.template import template_commands
from app.commands.year_commands import year_commands
from app.definition_files import read_bytes, why_not
from app.settings import load_settings
from app.usage import Commands
from arshjul.definition.model import krav_or_main
from arshjul.errors import ArshjulError, RefusedError
from arshjul.keys import ObligationKey, PartId
from store.full_disk import is_full
from store.private_files import be_private

cli = Commands(
    help="Håller kommunens årshjul: påminner, samlar in, kontrollerar och lyfter det som är försenat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
people = Commands(help="Vilka som har rollerna.", no_args_is_help=True)
cli.add_typer(people, name="people")
service_commands(cli)
year_commands(cli)
record_commands(cli)
ledger_commands(cli)
mail_commands(cli)
compile_commands(cli)
template_commands(cli)
review_commands(cli)
log_commands(cli)
rule_commands(cli)

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
        words = "Databasen svarar inte. Se till att den är i gång (ARSHJUL_DATABASE_URL)."
        words = NO_ROOM if is_full(error) else words
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        words = (
            f"{place}{why_not(error)}. Rätta behörigheten eller sökvägen, eller se till att disken har plats, och försök "
            "igen. Mappen för data väljs med ARSHJUL_DATA_DIR."
        )
        words = NO_ROOM if is_full(error) else words
    plain(stderr=True, soft_wrap=True).print(words)
    sys.exit(1)


@people.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="Arbetsbok (.xlsx) eller CSV med rollernas innehavare.")],
    by: By = "",
) -> None:
    """Läs in vilka som har rollerna från en arbetsbok eller CSV-fil; filen är hela sanningen från och med i dag."""
    from actions.people import importing

    machine = by_hand()
    content = read_bytes(file)
    machine.intake.scan(file.name, content)
    text = importing.people_of(content)
    result = machine.carry_out(lambda scene: importing.import_file(Act(scene, by), text, file.name))
    out.print(
        f"{result.added} nya, {result.changed} ändrade, {result.ended} avslutade, {result.unchanged} oförändrade."
    )
    for role, unit in result.vacant:
        out.print(
            f"Rollen {role}{f' för {unit}' if unit else ''} saknar innehavare: breven går till {machine.office.definition.office_said}."
        )


@people.command("revoke-links")
def revoke_links(
    who: Annotated[str, typer.Argument(metavar="E-POST", help="Adressen, eller det som loggen visar under namnet.")],
    why: Annotated[str, typer.Option("--varfor", help="Varför. Skrivs i loggen.")],
    by: By = "",
) -> None:
    """Återkalla allt som släpper in en person, genast: länkar, besök, inloggningar, inloggningslänkar och koder."""
    from actions.people.letting_out import ended_words, let_out

    machine = by_hand()
    done = machine.carry_out(lambda scene: let_out(Act(scene, by, why), who))
    out.print(ended_words(done))
    if done.feeds:
        out.print("Den som prenumererar på kalendrarna behöver deras nya adresser: sidan Kalender.")
    out.print(
        "Har personen kvar sin roll får nästa brev en ny länk: avsluta rollen också, på sidan Personer och roller."
    )


@cli.command()
def submit(
    step: Step,
    period: PeriodKey,
    unit: Unit,
    part: Annotated[str, typer.Argument(metavar="DEL", help="Delens id, som ekonomi.")],
    file: Annotated[Path | None, typer.Option("--fil", metavar="FIL", help="Filen som lämnas in.")] = None,
    krav: Krav = "",
    ej_aktuellt: Annotated[str | None, typer.Option("--ej-aktuellt", help="Motivering.")] = None,
    paragraf: Annotated[str, typer.Option(help="Protokollets paragraf: 45.")] = "",
    datum: Annotated[str, typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Mötets dag.")] = "",
    omedelbar: Annotated[
        bool, typer.Option("--omedelbar-justering", help="Paragrafen är omedelbart justerad.")
    ] = False,
    intygas: Annotated[bool, typer.Option("--intygas", help="Uppgiften intygas av den som lämnar.")] = False,
    godkanns: Annotated[bool, typer.Option("--godkann", help="Det som enheten under har lämnat godkänns.")] = False,
    by: By = "",
) -> None:
    """Lämna in en del åt en enhet, som om den kom genom portalen."""
    from actions.underlag.receiving import PartHandedIn, PartTaken, hand_in
    from submissions.files.parts import Upload
    from submissions.intake.prepared import examined_for, owed

    machine = by_hand()
    definition = machine.office.definition
    key = ObligationKey.of(definition.kommun.id, step, period, unit, krav_or_main(definition, step, krav))
    upload = Upload(filename=file.name, content=read_bytes(file)) if file else None
    if upload:
        machine.intake.scan(upload.filename, upload.content)
    fields: dict[str, str | bool] = {}
    if paragraf or datum:
        fields = {"paragraf": paragraf, "datum": datum, "omedelbar justering": omedelbar}
    if intygas:
        fields = {"intygas": True}
    if godkanns:
        fields = {"godkänns": True}
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
        out.print(f"  {finding.message} {finding.mend}")
    raise typer.Exit(0 if received.outcome != "nekad" else 1)


@cli.command()
def reconcile(by: By = "") -> None:
    """Avstämning nu: det som är dags går ut, och inget två gånger."""
    from actions.ladder.rounds import bring_up_now

    out.print(by_hand().carry_out(lambda scene: bring_up_now(Act(scene, by))))


@cli.command()
def utskick(läge: Annotated[str, typer.Argument(help="av, skugga eller skarpt")], by: By) -> None:
    """Bestäm vart breven går: inga (av), bara till ekonomikontoret (skugga) eller till mottagarna (skarpt)."""
    from actions.service.choosing import choose

    told = by_hand(load_settings()).carry_out(lambda scene: choose(Act(scene, by), läge))
    out.print(f"Utskick: {läge}. Det gäller från nästa brev.")
    if told:
        out.print(told)


@cli.command()
def hold(by: By, why: Annotated[str, typer.Option("--varfor", help="varför breven hålls")]) -> None:
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
