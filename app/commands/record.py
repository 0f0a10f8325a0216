"""The commands beside the forms: what the ekonomikontor records by hand. Each asks who does it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Annotated, Any, TypeVar

import typer

from actions.act import Act
from actions.bodies.recording import Decided
from actions.bodies.report_decisions import decide_moment
from actions.filled_in import (
    CLOSED_ON,
    DECIDED_ON,
    HAPPENED_ON,
    MEETING_DAY,
    NEW_DAY,
    UNTIL,
    asked_body,
    asked_clock,
    asked_day,
    asked_moment,
    asked_obligation,
)
from actions.plan import frister, meeting_changes, numbering, register_keeping, silencing, tidplan
from actions.plan.happened import record_happening, take_back_happening
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from actions.underlag.opened_by_hand import say_opening
from app.commands.by_hand import By, by_hand
from app.usage import Commands
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, OccurrenceKey, UnitId
from arshjul.swedish import instant_text
from arshjul.year.wheel import MUNICIPALITY
from store.plan.in_step import Moved

_T = TypeVar("_T")


def _read_by(read: Callable[[str], _T]) -> Callable[[str], _T]:
    """Let the command line read a value as the forms do: what it refuses is told in the same words."""

    def parse(text: str) -> _T:
        try:
            return read(text)
        except RefusedError as refused:
            raise typer.BadParameter(str(refused)) from refused

    return parse


def _day(what: str) -> Any:
    return typer.Argument(parser=_read_by(partial(asked_day, what=what)), metavar="ÅÅÅÅ-MM-DD", help="Som 2027-09-21.")


def _some_day(flag: str, what: str, words: str) -> Any:
    return typer.Option(flag, parser=_read_by(partial(asked_day, what=what)), metavar="ÅÅÅÅ-MM-DD", help=words)


Why = Annotated[str, typer.Option("--varfor", help="Varför, så att den som läser loggen förstår.")]
MaybeWhy = Annotated[str, typer.Option("--varfor", help="Organets skäl, om det finns några. De står i loggen.")]
ClosedOn = Annotated[date, _day(CLOSED_ON)]
HappenedOn = Annotated[date, _day(HAPPENED_ON)]
DecidedOn = Annotated[date, _day(DECIDED_ON)]
Until = Annotated[date, _day(UNTIL)]
YearArgument = Annotated[int, typer.Argument(min=2000, max=2200, metavar="ÅR", help="Året, som 2027.")]
Paragraf = Annotated[str, typer.Option(help="Beslutets paragraf: 45.")]
Step = Annotated[str, typer.Argument(metavar="STEG", help="Stegets id, som delarsrapport.")]
PeriodKey = Annotated[str, typer.Argument(metavar="PERIOD", help="2027-08, eller 2027 för ett år.")]
Unit = Annotated[str, typer.Argument(metavar="ENHET", help="Enhetens id, som bildningsnamnden.")]
Krav = Annotated[str, typer.Option("--krav", help="Kravets id; utan det huvudkravet.")]
MaybeDay = Annotated[date | None, _some_day("--dag", MEETING_DAY, "Mötets dag; tom för ett extra möte.")]
NewDay = Annotated[date | None, _some_day("--ny-dag", NEW_DAY, "Tom för ett inställt möte.")]
AtClock = Annotated[
    time | None, typer.Option("--kl", parser=_read_by(asked_clock), metavar="TT.MM", help='Som "08.30".')
]


def record_commands(cli: Commands) -> None:
    """Add the commands to the command line."""
    for command in (
        close_period, happened, register, fix_tidplan, decide, diarienummer, anstand, confirm_earlier, vila, hold_escalation, meeting, open_again,
    ):  # fmt: skip
        cli.command(command.__name__.replace("_again", "").replace("_", "-"))(command)


def close_period(period: PeriodKey, closed_on: ClosedOn, by: By) -> None:
    """Perioden är stängd i ekonomisystemet."""
    _tell(_carry_out(lambda scene: tidplan.close_period(Act(scene, by), period, closed_on)))


def happened(
    handelse: Annotated[str, typer.Argument(metavar="HÄNDELSE", help="Händelsens id eller namn, som skr-prognos.")],
    day: HappenedOn,
    by: By,
    take_back: Annotated[bool, typer.Option("--ta-tillbaka", help="Den hände inte den dagen.")] = False,
    enhet: Annotated[str, typer.Option(help="Enhetens id, när händelsen är en enhets.")] = "",
    period: Annotated[str, typer.Option(help="Och perioden, 2027-03; dagen, om den registreras för hand.")] = "",
    why: Annotated[str, typer.Option("--varfor", help="Varför den tas tillbaka, eller gäller enheten.")] = "",
) -> None:
    """Registrera en händelse som dagar räknas från, eller ta tillbaka den."""
    if enhet:
        moved = _carry_out(
            lambda scene: say_opening(Act(scene, by, why), handelse, UnitId(enhet), period, gone=take_back)
        )
        asked = "1 inlämningskrav är nytt" if len(moved) == 1 else f"{len(moved)} inlämningskrav är nya"
        typer.echo(f"Registrerat. {asked} eller begärs inte längre.")
        return
    act = take_back_happening if take_back else record_happening
    moved = _carry_out(lambda scene: act(Act(scene, by, why), handelse, day))
    if take_back:
        typer.echo(f"Återtaget. {len(moved)} inlämningskrav begärs inte längre.")
        return
    new = [each for each in moved if each.after and not each.before]
    typer.echo("Registrerat. Nya inlämningskrav:" if new else "Registrerat. Inga nya inlämningskrav.")
    for each in new:
        typer.echo(f"{each.key}: {instant_text(each.after) if each.after else ''}")


def register(
    which: Annotated[str, typer.Argument(metavar="REGISTER", help="Registrets id, som uppdrag.")],
    by: By,
    namn: Annotated[str, typer.Option(help="Vad posten heter; tom när den bara tas bort.")] = "",
    enhet: Annotated[list[str] | None, typer.Option(help="Enhetens id; flera gånger för flera enheter.")] = None,
    av: Annotated[str, typer.Option(help="Vem som beslutade: KF.")] = "",
    beslut: Annotated[str, typer.Option(help='När och var: "2027-02-22 § 14".')] = "",
    frist: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Uppdragets frist.")] = None,
    resurser: Annotated[str, typer.Option(help="Inom ramen, eller så mycket pengar.")] = "",
    post: Annotated[str, typer.Option(help="Postens id, när den ändras eller tas bort.")] = "",
    take_out: Annotated[bool, typer.Option("--ta-bort", help="Posten tas bort ur registret.")] = False,
) -> None:
    """Registrera en post i ett register: ett särskilt uppdrag, ett mål, ett styrdokument. Eller ändra den, eller ta bort den."""
    if take_out:
        _tell(_carry_out(lambda scene: register_keeping.take_entry(Act(scene, by), which, post)))
        return
    said = {"namn": namn, "enheter": enhet or [], "av": av, "beslut": beslut, "resurser": resurser}
    said |= {"frist": frist.date().isoformat()} if frist else {}
    entry, moved = _carry_out(lambda scene: register_keeping.keep_entry(Act(scene, by), which, said, post))
    typer.echo(f"Registrerat som {entry}.")
    for each in moved:
        typer.echo(f"{each.key}: {instant_text(each.after) if each.after else 'begärs inte längre'}")


def fix_tidplan(year: YearArgument, decided_on: DecidedOn, by: By, paragraf: Paragraf = "") -> None:
    """Fastställ tidplanen för ett år, så att dess brev får gå skarpt."""
    _tell(_carry_out(lambda scene: tidplan.fix_tidplan(Act(scene, by), year, decided_on, paragraf)))


def decide(
    step: Step,
    period: PeriodKey,
    moment: Annotated[str, typer.Argument(metavar="MOMENT", help="ksau, ks, overlamnande, kf ...")],
    decided_on: DecidedOn,
    by: By,
    paragraf: Paragraf = "",
    diarienummer: Annotated[str, typer.Option(help='Som i diariet: "KS 2027/12".')] = "",
    beslut: Annotated[str, typer.Option(help="Beslutets ord; annars det som momentet har i lagen och årshjulet.")] = "",
    enhet: Annotated[str, typer.Option(help="Enhetens id, när nämndens eget beslut registreras.")] = MUNICIPALITY,
    till: Annotated[
        str, typer.Option("--till", help="Organet som det överlämnas till, när beslutet är överlämnas.")
    ] = "",
    why: MaybeWhy = "",
) -> None:
    """Registrera ett organs beslut eller överlämnande. En återremiss registreras på organets sida i portalen."""

    def record(scene: Scene) -> str:
        key = asked_moment(scene.office.definition, step, period, enhet, moment)
        to = asked_body(scene.office.definition, till) if till else None
        decided = Decided(on=decided_on, outcome=beslut or None, paragraf=paragraf, diarienummer=diarienummer)
        return decide_moment(Act(scene, by, why), key, decided, to=to).words

    typer.echo(_carry_out(record))


def diarienummer(
    step: Step,
    period: PeriodKey,
    by: By,
    nummer: Annotated[str, typer.Argument(metavar="NUMMER", help='Som i diariet: "KS 2027/12". Tomt tar bort.')] = "",
) -> None:
    """Registrera tillfällets diarienummer; det står i de brev som skrivs från nu."""
    number = _carry_out(lambda scene: numbering.record_number(Act(scene, by), OccurrenceKey.of(step, period), nummer))
    typer.echo(f"Diarienummer: {number}." if number else "Tillfället har inget diarienummer.")


def anstand(step: Step, period: PeriodKey, unit: Unit, until: Until, by: By, why: Why, krav: Krav = "") -> None:
    """Bevilja anstånd till och med en dag."""

    def record(scene: Scene) -> list[Moved]:
        return grant_anstand(Act(scene, by, why), _key(scene, step, period, unit, krav), until)

    _tell(_carry_out(record))


def confirm_earlier(step: Step, period: PeriodKey, unit: Unit, by: By, krav: Krav = "") -> None:
    """Bekräfta att en meddelad frist får bli tidigare, så som planen säger nu."""

    def record(scene: Scene) -> list[Moved]:
        return frister.confirm_earlier(Act(scene, by), _key(scene, step, period, unit, krav))

    _tell(_carry_out(record))


def vila(step: Step, period: PeriodKey, unit: Unit, until: Until, by: By, why: Why, krav: Krav = "") -> None:
    """Låt påminnelserna vila till och med en dag; fristen står fast."""

    def record(scene: Scene) -> None:
        silencing.rest(Act(scene, by, why), _key(scene, step, period, unit, krav), until)

    _carry_out(record)
    typer.echo(f"Påminnelserna vilar till och med {until:%Y-%m-%d}.")


def hold_escalation(step: Step, period: PeriodKey, unit: Unit, until: Until, by: By, why: Why, krav: Krav = "") -> None:
    """Håll en eskalering till och med en dag; sedan går den av sig själv."""

    def record(scene: Scene) -> None:
        silencing.hold_escalation(Act(scene, by, why), _key(scene, step, period, unit, krav), until)

    _carry_out(record)
    typer.echo(f"Eskaleringen hålls till och med {until:%Y-%m-%d}.")


def meeting(
    body: Annotated[str, typer.Argument(metavar="ORGAN", help="Organets id, som ksau.")],
    by: By,
    why: Why,
    day: MaybeDay = None,
    new_day: NewDay = None,
    clock: AtClock = None,
) -> None:
    """Flytta, ställ in eller lägg till ett möte; det som hänger på mötet följer med."""

    def record(scene: Scene) -> list[Moved]:
        return meeting_changes.change_meeting(
            Act(scene, by, why), asked_body(scene.office.definition, body), day, new_day, clock,
        )  # fmt: skip

    _tell(_carry_out(record))


def open_again(step: Step, period: PeriodKey, unit: Unit, by: By, why: Why, krav: Krav = "") -> None:
    """Öppna ett krav vars frist låg före införandet, så att brev går om det."""

    def record(scene: Scene) -> None:
        frister.open_obligation(Act(scene, by, why), _key(scene, step, period, unit, krav))

    _carry_out(record)
    typer.echo("Öppnat.")


def _carry_out(record: Callable[[Scene], _T]) -> _T:
    return by_hand().carry_out(record)


def _key(scene: Scene, step: str, period: str, unit: str, krav: str) -> ObligationKey:
    return asked_obligation(scene.office.definition, step, period, unit, krav)


def _tell(moved: Sequence[Moved]) -> None:
    later = [each for each in moved if each.before and each.after]
    typer.echo("Registrerat. Nya frister:" if later else "Registrerat. Ingen frist flyttas.")
    for each in later:
        typer.echo(f"{each.key}: {instant_text(each.after) if each.after else ''}")
