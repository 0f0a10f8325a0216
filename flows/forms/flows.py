"""The ekonomikontor's forms: deployments that are run by hand from the Prefect UI. Each asks who does it.

A form that is refused ends as ``Avslaget`` with the word why; nothing has then been recorded. Dates and years
come as text, so that what cannot be read is refused by us, in Swedish.
"""

from collections.abc import Callable, Sequence
from typing import Any

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.runtime import flow_run
from prefect.states import Completed, Crashed, Failed

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
    asked_moment,
    asked_obligation,
)
from actions.ladder.rounds import bring_up_now
from actions.plan.happened import happening_names, record_happening
from actions.plan.meeting_changes import change_meeting
from actions.plan.silencing import hold_escalation, rest
from actions.plan.tidplan import close_period, fix_tidplan
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from arshjul.definition.model import Definition
from arshjul.errors import ArshjulError, RefusedError
from arshjul.swedish import day_text, instant_text
from arshjul.year.wheel import MUNICIPALITY
from flows.forms.form_words import read_day, read_day_if_any, read_year
from flows.machine import machine_at_hand
from flows.runs.stages import REFUSED
from notifications.sent_form import SEAL, Sender, SentForm, sender_of
from store.acting import Acting, Way
from store.people.person_words import name_faults
from store.plan.in_step import Moved
from store.service.form_runs import RECORDED, record_form, settled
from store.tables import FormRun

DONE = "Registrerat"
GAVE_UP = "Uppgivet"  #: its run died or never began; it can be sent in again
ANY_FLOW = Flow[Any, Any]


@flow(
    name="Perioden är stängd",
    flow_run_name="Perioden är stängd · {period}",
    description="Registrera den dag då perioden stängdes i ekonomisystemet. En sen stängning flyttar fristen framåt; en tidig flyttar den inte.",
    retries=0,
)
async def perioden_ar_stangd(period: str, stangd_den: str, vem: str) -> State:
    """Record the day on which a period was closed in the ekonomisystem: a late closing moves the frist later."""

    def record(scene: Scene) -> str:
        day = read_day(stangd_den, CLOSED_ON)
        moved = close_period(Act(scene, vem), period, day)
        return _moved_words(scene, moved)

    return _carry_out(record, vem)


@flow(
    name="Registrera en händelse",
    flow_run_name="Registrera en händelse · {handelse}",
    description="Registrera att något har hänt som dagar räknas från. Först då finns det som ska lämnas efter det, och dess brev.",
    retries=0,
)
async def registrera_handelse(handelse: str, hande_den: str, vem: str) -> State:
    """Register that something has happened that days are counted from: what follows from it is then due."""

    def record(scene: Scene) -> str:
        day = read_day(hande_den, HAPPENED_ON)
        return _new_words(scene, record_happening(Act(scene, vem), handelse, day))

    return _carry_out(record, vem)


@flow(
    name="Fastställ tidplanen",
    flow_run_name="Fastställ tidplanen · {ar}",
    description="Registrera att årets tidplan är fastställd, så att dess brev får gå till mottagarna.",
    retries=0,
)
async def faststall_tidplanen(ar: str, beslutad_den: str, vem: str, paragraf: str = "") -> State:
    """Record that a year's tidplan is fastställd, so that its letters may go out sharply."""

    def record(scene: Scene) -> str:
        year, day = read_year(ar), read_day(beslutad_den, DECIDED_ON)
        moved = fix_tidplan(Act(scene, vem), year, day, paragraf)
        return _moved_words(scene, moved)

    return _carry_out(record, vem)


@flow(
    name="Registrera beslut eller överlämnande",
    flow_run_name="Registrera beslut eller överlämnande · {rapport} {period} · {moment}",
    description="Registrera vad ett organ har beslutat, eller att rapporten är överlämnad. Annars står momentet öppet.",
    retries=0,
)
async def registrera_beslut(
    rapport: str, period: str, moment: str, beslutad_den: str, vem: str,
    paragraf: str = "", diarienummer: str = "", beslut: str = "", enhet: str = MUNICIPALITY,
    overlamnas_till: str = "", varfor: str = "",
) -> State:  # fmt: skip
    """Record a body's decision or hand-over; without it the moment stays open."""

    def record(scene: Scene) -> str:
        definition, day = scene.office.definition, read_day(beslutad_den, DECIDED_ON)
        key = asked_moment(definition, rapport, period, enhet, moment)
        to = asked_body(definition, overlamnas_till) if overlamnas_till else None
        decided = Decided(on=day, outcome=beslut or None, paragraf=paragraf, diarienummer=diarienummer)
        return decide_moment(Act(scene, vem, varfor), key, decided, to=to).words

    return _carry_out(record, vem)


@flow(
    name="Bevilja anstånd",
    flow_run_name="Bevilja anstånd · {rapport} {period} · {enhet}",
    description="Ge en enhet en senare frist. Den får inte gå längre än att sammanställningen hinner till nästa organs dagordning.",
    retries=0,
)
async def bevilja_anstand(
    rapport: str, period: str, enhet: str, till: str, varfor: str, vem: str, krav: str = ""
) -> State:
    """Grant a later frist, bounded by the next body's agenda less the time that the sammanställning needs."""

    def record(scene: Scene) -> str:
        key, day = asked_obligation(scene.office.definition, rapport, period, enhet, krav), read_day(till, UNTIL)
        moved = grant_anstand(Act(scene, vem, varfor), key, day)
        return _moved_words(scene, moved)

    return _carry_out(record, vem)


@flow(
    name="Vila brev",
    flow_run_name="Vila brev · {rapport} {period} · {enhet}",
    description="Låt påminnelserna vila till och med en dag. Fristen står fast.",
    retries=0,
)
async def vila_brev(rapport: str, period: str, enhet: str, till: str, varfor: str, vem: str, krav: str = "") -> State:
    """Let reminders rest until a day; the frist stands."""

    def record(scene: Scene) -> str:
        key, day = asked_obligation(scene.office.definition, rapport, period, enhet, krav), read_day(till, UNTIL)
        rest(Act(scene, vem, varfor), key, day)
        return f"Påminnelserna vilar till och med {day_text(day)}. Fristen står fast."

    return _carry_out(record, vem)


@flow(
    name="Håll eskalering",
    flow_run_name="Håll eskalering · {rapport} {period} · {enhet}",
    description="Håll ett ärende tillbaka till och med en dag. Sedan går det av sig självt till det organ där trappan slutar, om något fortfarande saknas.",
    retries=0,
)
async def hall_eskalering(
    rapport: str, period: str, enhet: str, till: str, varfor: str, vem: str, krav: str = ""
) -> State:
    """Hold a matter back from the ladder's body until a day; then it goes by itself."""

    def record(scene: Scene) -> str:
        key, day = asked_obligation(scene.office.definition, rapport, period, enhet, krav), read_day(till, UNTIL)
        hold_escalation(Act(scene, vem, varfor), key, day)
        return f"Ärendet hålls till och med {day_text(day)}; sedan går det vidare om något fortfarande saknas."

    return _carry_out(record, vem)


@flow(
    name="Ändra ett möte",
    flow_run_name="Ändra ett möte · {organ}",
    description="Flytta, ställ in eller lägg till ett möte. Det som hänger på mötet följer med, och de som fått en frist får veta om den flyttas.",
    retries=0,
)
async def andra_mote(
    organ: str, varfor: str, vem: str, motets_dag: str = "", ny_dag: str = "", klockslag: str = ""
) -> State:
    """Move, cancel or add a meeting; what hangs on it follows, and those whose frist moved are told."""

    def record(scene: Scene) -> str:
        body = asked_body(scene.office.definition, organ)
        before, after = read_day_if_any(motets_dag, MEETING_DAY), read_day_if_any(ny_dag, NEW_DAY)
        moved = change_meeting(Act(scene, vem, varfor), body, before, after, asked_clock(klockslag))
        return _moved_words(scene, moved)

    return _carry_out(record, vem)


@flow(
    name="Avstämning nu",
    flow_run_name="Avstämning nu · {vem}",
    description="Gå igenom allt nu: det som är dags skickas, och inget skickas två gånger.",
    retries=0,
)
async def avstamning_nu(vem: str) -> State:
    """Bring everything up to now, at once: what is due goes out, and nothing twice."""

    def bring(scene: Scene) -> str:
        return bring_up_now(Act(scene, vem), str(flow_run.id) if flow_run.id else None)

    return _carry_out(bring, vem)


def form_flows() -> Sequence[ANY_FLOW]:
    """Return every form."""
    return (
        perioden_ar_stangd, registrera_handelse, faststall_tidplanen, registrera_beslut, bevilja_anstand, vila_brev, hall_eskalering,
        andra_mote, avstamning_nu,
    )  # fmt: skip


def forms_of(definition: Definition) -> Sequence[ANY_FLOW]:
    """Return the forms that a municipality has a use for: without händelser none is registered."""
    return [form for form in form_flows() if form is not registrera_handelse or happening_names(definition)]


def _carry_out(record: Callable[[Scene], str], by: str) -> State:
    """Record in one transaction, and answer in words; a refusal has recorded nothing.

    Who it was is who was logged in, when the form came through the portal; as stated, when it came past it. The same
    run carried out again answers as before; one that was given up meanwhile records nothing.
    """
    machine, run_id = machine_at_hand(), str(flow_run.id) if flow_run.id else None
    sender = _sender(machine.office.secret)

    def once(scene: Scene) -> State:
        before = settled(scene.session, run_id) if run_id else None
        if before is not None:
            return Completed(name=DONE, message=before.words) if before.outcome == RECORDED else given_up(before)
        words = record(scene)
        if run_id:
            record_form(scene.session, run_id, flow_run.flow_name or "", words, scene.now)
        return Completed(name=DONE, message=words)

    try:
        for fault in name_faults(by) if by.strip() and sender is None else ():
            raise RefusedError(f"Vem: {fault}.")
        return machine.carry_out(once, _acting(sender, by))
    except ArshjulError as refused:
        return Failed(name=REFUSED, message=str(refused))


def given_up(form: FormRun) -> State:
    """Return the end of a run that was given up: it can never record anything, and the form can be sent in again."""
    return Crashed(name=GAVE_UP, message=f"{form.words} Inget är registrerat. Skicka in formuläret igen.")


def _sender(secret: bytes) -> Sender | None:
    """Return who the portal says sent this run's form in; None when it came past the portal."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or run.deployment_id is None:
        return None
    form = SentForm(deployment=str(run.deployment_id), key=run.idempotency_key or "", parameters=run.parameters)
    return sender_of(secret, (run.context or {}).get(SEAL), form)


def _acting(sender: Sender | None, by: str) -> Acting:
    if sender is None:
        return Acting(subject=f"uppgivet: {by.strip()}", way=Way.PREFECT_FORM)
    return Acting(subject=sender.subject, way=Way.PORTAL_FORM, session=sender.session)


def _new_words(scene: Scene, moved: Sequence[Moved]) -> str:
    """Tell which frister a händelse gave, new ones too."""
    obligations = scene.wheel.obligations
    found = [obligations[each.key] for each in moved if each.after and each.key in obligations]
    if not found:
        return "Registrerat. Inget ska lämnas efter det."
    lines = [f"{one.unit_name}, {one.name}: {instant_text(one.deadline.at)}" for one in found]
    return "Registrerat. Frister: " + "; ".join(lines)


def _moved_words(scene: Scene, moved: Sequence[Moved]) -> str:
    later = [(each.key, each.after) for each in moved if each.before and each.after]
    if not later:
        return "Registrerat. Ingen frist flyttas."
    obligations = scene.wheel.obligations
    lines = [
        f"{obligations[key].unit_name}, {obligations[key].name}: {instant_text(after)}"
        for key, after in later
        if key in obligations
    ]
    return "Registrerat. Nya frister: " + "; ".join(lines)
