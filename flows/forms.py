"""The ekonomikontor's forms: deployments that are run by hand from the Prefect UI. Each asks who does it.

A form that is refused ends as ``Avslaget`` with the word why; nothing has then been recorded.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from arshjul.errors import RefusedError
from arshjul.swedish import instant_text, local_date
from arshjul.wheel import MUNICIPALITY, Wheel
from flows.machine import Machine, open_machine
from notifications.rounds import bring_up
from notifications.scene import Scene
from store import recording
from store.planning import Moved, sync

REFUSED, DONE = "Avslaget", "Registrerat"
ANY_FLOW = Flow[Any, Any]


@flow(
    name="Perioden är stängd",
    description="Registrera den dag då perioden stängdes i ekonomisystemet. En sen stängning flyttar fristen framåt; en tidig flyttar den inte.",
    retries=0,
)
async def perioden_ar_stangd(period: str, stangd_den: date, vem: str) -> State:
    """Record the day on which a period was closed in the ekonomisystem: a late closing moves the frist later."""
    return _carry_out(
        lambda scene: _moved_words(
            recording.close_period(scene.session, scene.office.definition, period, stangd_den, vem, scene.now)
        )
    )


@flow(
    name="Fastställ tidplanen",
    description="Registrera att årets tidplan är fastställd, så att dess brev får gå till mottagarna.",
    retries=0,
)
async def faststall_tidplanen(ar: int, beslutad_den: date, vem: str, paragraf: str = "") -> State:
    """Record that a year's tidplan is fastställd, so that its letters may go out sharply."""
    return _carry_out(
        lambda scene: _moved_words(
            recording.fix_tidplan(scene.session, scene.office.definition, ar, beslutad_den, paragraf, vem, scene.now)
        )
    )


@flow(
    name="Registrera beslut eller överlämnande",
    description="Registrera vad KSAU, KS, KF eller en nämnd har beslutat, eller att rapporten är överlämnad. Annars står momentet öppet.",
    retries=0,
)
async def registrera_beslut(
    rapport: str, period: str, moment: str, beslutad_den: date, vem: str,
    paragraf: str = "", diarienummer: str = "", beslut: str = "godkänns", enhet: str = MUNICIPALITY,
) -> State:  # fmt: skip
    """Record a body's decision or hand-over; without it the moment stays open."""

    def record(scene: Scene) -> str:
        key = f"{scene.office.definition.kommun.id}/{rapport}/{period}/{enhet}/{moment}"
        return recording.record_decision(
            scene.session, scene.wheel, key, beslutad_den, paragraf, diarienummer, beslut, vem, scene.now
        )

    return _carry_out(record)


@flow(
    name="Bevilja anstånd",
    description="Ge en enhet en senare frist. Den får inte gå längre än att sammanställningen hinner till nästa organs dagordning.",
    retries=0,
)
async def bevilja_anstand(
    rapport: str, period: str, enhet: str, till: date, varfor: str, vem: str, krav: str = "underlag"
) -> State:
    """Grant a later frist, bounded by the next body's agenda less the time that the sammanställning needs."""
    return _carry_out(
        lambda scene: _moved_words(
            recording.grant_anstand(
                scene.session,
                scene.office.definition,
                _key(scene, rapport, period, enhet, krav),
                till,
                varfor,
                vem,
                scene.now,
            )
        )
    )


@flow(
    name="Vila brev",
    description="Låt påminnelserna vila till och med en dag. Fristen står fast.",
    retries=0,
)
async def vila_brev(
    rapport: str, period: str, enhet: str, till: date, varfor: str, vem: str, krav: str = "underlag"
) -> State:
    """Let reminders rest until a day; the frist stands."""

    def record(scene: Scene) -> str:
        key = _key(scene, rapport, period, enhet, krav)
        recording.rest(scene.session, scene.wheel, key, till, varfor, vem, scene.now)
        return f"Påminnelserna vilar till och med {till}."

    return _carry_out(record)


@flow(
    name="Håll eskalering",
    description="Håll ett ärende från KSAU till och med en dag. Sedan går det av sig självt om något fortfarande saknas.",
    retries=0,
)
async def hall_eskalering(
    rapport: str, period: str, enhet: str, till: date, varfor: str, vem: str, krav: str = "underlag"
) -> State:
    """Hold a matter back from KSAU until a day; then it goes by itself."""

    def record(scene: Scene) -> str:
        key = _key(scene, rapport, period, enhet, krav)
        recording.hold_escalation(scene.session, scene.wheel, key, till, varfor, vem, scene.now)
        return f"Ärendet hålls till och med {till}; sedan går det till KSAU om det fortfarande saknas något."

    return _carry_out(record)


@flow(
    name="Ändra ett möte",
    description="Flytta, ställ in eller lägg till ett möte. Det som hänger på mötet följer med, och de som fått en frist får veta om den flyttas.",
    retries=0,
)
async def andra_mote(
    organ: str, varfor: str, vem: str, motets_dag: date | None = None, ny_dag: date | None = None, klockslag: str = ""
) -> State:
    """Move, cancel or add a meeting; what hangs on it follows, and those whose frist moved are told."""
    return _carry_out(
        lambda scene: _moved_words(
            recording.change_meeting(
                scene.session,
                scene.office.definition,
                organ,
                motets_dag,
                ny_dag,
                _clock(klockslag),
                varfor,
                vem,
                scene.now,
            )
        )
    )


@flow(
    name="Avstämning nu",
    description="Gå igenom allt nu: det som är dags skickas, och inget skickas två gånger.",
    retries=0,
)
async def avstamning_nu(vem: str) -> State:
    """Bring everything up to now, at once: what is due goes out, and nothing twice."""

    def bring(scene: Scene) -> str:
        moved = sync(scene.session, scene.wheel, scene.now)
        done = bring_up(scene)
        return f"{len(moved)} frister planerade om, {len(done.letters)} brev i utkorgen (begärd av {vem})."

    return _carry_out(bring)


def form_flows() -> Sequence[ANY_FLOW]:
    """Return every form."""
    return (
        perioden_ar_stangd, faststall_tidplanen, registrera_beslut, bevilja_anstand, vila_brev, hall_eskalering,
        andra_mote, avstamning_nu,
    )  # fmt: skip


def fields(wheel: Wheel, machine: Machine) -> Mapping[str, dict[str, Any]]:
    """Return how each parameter is shown: Swedish title, help, and the choices that the definition gives."""
    definition = wheel.definition
    year = local_date(machine.clock()).year
    periods = sorted(
        {each.period.key for each in wheel.occurrences if each.flow and year - 1 <= each.period.year <= year + 1}
    )
    reports = [step for step, each in definition.steps.items() if each.flow]
    moments = sorted({moment for step in reports for moment in definition.steps[step].moments})
    krav = sorted({krav for step in reports for krav in definition.steps[step].krav})
    units = list(definition.units)
    return {
        "period": {"title": "Period", "description": "Månaden eller året som siffrorna avser.", "enum": periods},
        "stangd_den": {"title": "Stängd den", "description": "Dagen då perioden stängdes i ekonomisystemet."},
        "ar": {"title": "År"},
        "beslutad_den": {"title": "Beslutad eller överlämnad den"},
        "paragraf": {"title": "Paragraf", "description": "Till exempel § 45."},
        "diarienummer": {"title": "Diarienummer"},
        "rapport": {"title": "Rapport", "enum": reports},
        "moment": {"title": "Moment", "enum": moments},
        "beslut": {
            "title": "Beslut",
            "enum": ["godkänns", "fastställs", "överlämnas", "behandlas", "återremitteras", "läggs till handlingarna"],
        },
        "enhet": {"title": "Enhet", "enum": [*units, MUNICIPALITY], "description": "kommunen: organets eget moment."},
        "krav": {"title": "Vad det gäller", "enum": krav},
        "till": {"title": "Till och med"},
        "varfor": {"title": "Varför", "minLength": 5},
        "vem": {"title": "Vem gör detta?", "description": "Namn eller roll; skrivs i loggen.", "minLength": 2},
        "organ": {"title": "Organ", "enum": list(definition.bodies)},
        "motets_dag": {"title": "Mötets dag", "description": "Tom för ett extra möte."},
        "ny_dag": {"title": "Ny dag", "description": "Tom för ett inställt möte."},
        "klockslag": {"title": "Klockslag", "description": 'Som "08.30"; tomt för samma som förut.'},
    }


def _carry_out(record: Callable[[Scene], str]) -> State:
    """Record in one transaction, and answer in words; a refusal has recorded nothing."""
    machine = open_machine()
    try:
        with machine.scene() as scene:
            words = record(scene)
    except RefusedError as refused:
        return Failed(name=REFUSED, message=str(refused))
    return Completed(name=DONE, message=words)


def _key(scene: Scene, report: str, period: str, unit: str, krav: str) -> str:
    return f"{scene.office.definition.kommun.id}/{report}/{period}/{unit}/{krav}"


def _moved_words(moved: Sequence[Moved]) -> str:
    later = [each for each in moved if each.before and each.after]
    if not later:
        return "Registrerat. Ingen frist flyttas."
    lines = [f"{each.key}: {instant_text(each.after)}" for each in later if each.after]
    return "Registrerat. Nya frister: " + "; ".join(lines)


def _clock(read: str) -> time | None:
    if not read.strip():
        return None
    try:
        hour, minute = read.strip().split(".")
        return time(int(hour), int(minute))
    except ValueError:
        raise RefusedError(f"Klockslaget '{read}' går inte att läsa; skriv det som \"08.30\".") from None
