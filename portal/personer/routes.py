"""The page of people and roles, for the ekonomikontor: who holds what, changes, and a CSV shown before it is read in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.people.importing import import_shown, people_of, show_import
from actions.people.letting_in import send_links_again
from actions.people.letting_out import ended_words, let_out
from actions.people.seating import change_holder, change_phone, end_deputy, end_seat, name_deputy
from actions.sending.sent_again import NOT_AGAIN, send_again
from arshjul.errors import DefinitionError, RefusedError
from arshjul.file_names import file_name
from arshjul.keys import RoleId, UnitId
from arshjul.swedish import local_date
from portal.loggen.log_words import LETTER_STATES
from portal.personer.view import groups, happened, line_of, preview_rows, reorganised, seat_name
from portal.utdrag.extracting import registerutdrag
from portal.web.attachments import attachment
from portal.web.context import PortalContext
from portal.web.forms import day_of, file_of, text_of
from portal.web.limits import Recent
from portal.web.logged_in import ByOffice, Who, checked_form, office, walled
from portal.web.pages import Pages
from portal.web.paths import WHOLE, local_path
from store.access.revoking import living_logins
from store.people.holders import Seat
from store.people.holders import holder as holder_on
from store.people.people_preview import ImportPreview, people_csv
from store.plan.planning import current_wheel
from store.post.correspondence import newest_to
from store.post.sent import letters_to_seat

MAX_BYTES = 1_000_000
MOST_FAULTS = 30
STILL = "Har personen kvar en roll kan hon eller han logga in igen, och nästa brev får en ny länk. Avsluta rollen också om det inte ska vara så."
GONE = "Det som lästes in ligger inte kvar. Läs in filen igen."


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAnswer:
    """What the page tells after a form, and what was typed where it was refused."""

    heading: str
    good: bool
    paragraphs: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUpload:
    """A file that waits for a yes, and what it would change."""

    name: str
    text: str
    shown: ImportPreview


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of people, all of them the ekonomikontor's. Who is logged in is who changes."""
    router = walled(prefix="/personer", dependencies=[Depends(office)])
    answers, uploads, definition = Recent[SeatAnswer](500), Recent[ShownUpload](20), context.office.definition

    def answered(told: SeatAnswer, where: str) -> Response:
        number = answers.keep(told)
        return RedirectResponse(f"{where}?svar={number}#svar", 303)

    @router.get("")
    def overview(who: ByOffice, svar: str = "") -> Response:
        """Show the seats, the vacant first, a reorganisation that is near, and the history."""
        now = context.clock()
        with context.store.read() as session:
            wheel = current_wheel(session, definition, now)
            return pages.html(
                "personer.html",
                now,
                who=who,
                answer=answers.get(svar) if svar else None,
                units=groups(session, definition, local_date(now)),
                reorganised=reorganised(session, wheel, context.office.since, now),
                history=happened(session, definition),
                logins=living_logins(session, now),
            )

    @router.get("/personer.csv")
    def as_csv() -> Response:
        """Give the roles as they stand, as the file that is read in."""
        now = context.clock()
        with context.store.read() as session:
            content = people_csv(session, now).encode("utf-8-sig")  # with the mark Excel knows UTF-8 by
        return attachment(content, file_name("csv", f"Personer {local_date(now)}"), "text/csv; charset=utf-8")

    @router.post("/las-in")
    async def upload(request: Request, who: ByOffice) -> Response:
        """Read a file, and show what it would change."""
        async with checked_form(request, who, max_bytes=MAX_BYTES, max_files=1, max_fields=4) as form:
            told = await run_in_threadpool(_upload, context, who, form)
        if isinstance(told, SeatAnswer):
            return answered(told, "/personer")
        number = uploads.keep(told)
        return RedirectResponse(f"/personer/las-in/{number}", 303)

    @router.get("/las-in/{number}")
    def look(number: str, who: ByOffice) -> Response:
        """Show what a file would change."""
        found, now = uploads.get(number), context.clock()
        if found is None:
            raise HTTPException(404, GONE)
        rows = preview_rows(definition, found.shown, local_date(now))
        vacant = [seat_name(definition, seat) for seat in found.shown.result.vacant]
        return pages.html("personer_las_in.html", now, who=who, file=found, number=number, rows=rows, vacant=vacant)

    @router.post("/las-in/{number}")
    async def confirm(request: Request, number: str, who: ByOffice) -> Response:
        """Read the file in, if it still does what was shown."""
        async with checked_form(request, who, max_fields=4):
            found = uploads.get(number)
        if found is None:
            raise HTTPException(404, GONE)
        return answered(await run_in_threadpool(_take_in, context, who, found), "/personer")

    @router.post("/aterkalla")
    async def revoke_access(request: Request, who: ByOffice) -> Response:
        """Let somebody out at once: by address, or by the subject of a login without one."""
        async with checked_form(request, who, max_fields=5) as form:
            told = await run_in_threadpool(_revoke, context, who, form)
        back = local_path(text_of(form, "till"))
        return answered(told, back if back.startswith("/personer") else "/personer")

    @router.post("/utdrag")
    async def take_out(request: Request, who: ByOffice) -> Response:
        """Give somebody's registerutdrag, by their address, as a file to save."""
        async with checked_form(request, who, max_fields=3) as form:
            return await run_in_threadpool(_take_out, context, who, text_of(form, "adress"))

    @router.get("/{unit}/{role}")
    def seat_page(unit: str, role: RoleId, who: ByOffice, svar: str = "") -> Response:
        """Show one seat with its forms and history."""
        seat, now = _seat(context, unit, role), context.clock()
        with context.store.read() as session:
            line = line_of(session, definition, seat, local_date(now))
            past = happened(session, definition, seat)
            person = holder_on(session, *seat, local_date(now))
            letters = newest_to(session, person.id) if person else ()
            again = letters_to_seat(session, *seat, NOT_AGAIN) if person else ()
        answer = answers.get(svar) if svar else None
        own = [] if seat[1] else [(f"/personer/{each}/{role}", one.name) for each, one in definition.units.items()]
        return pages.html(
            "personer_roll.html",
            now,
            who=who,
            line=line,
            history=past,
            letters=letters,
            again=again,
            person_id=person.id if person else "",
            letter_states=LETTER_STATES,
            answer=answer,
            units=own,
        )

    @router.post("/{unit}/{role}")
    async def change(request: Request, unit: str, role: RoleId, who: ByOffice) -> Response:
        """Change who holds one seat."""
        seat = _seat(context, unit, role)
        async with checked_form(request, who, max_fields=10) as form:
            told = await run_in_threadpool(_change, context, who, seat, form)
        return answered(told, f"/personer/{unit}/{role}")

    return router


def _seat(context: PortalContext, unit: str, role: RoleId) -> Seat:
    definition = context.office.definition
    if role not in definition.roles or (unit != WHOLE and unit not in definition.units):
        raise HTTPException(404, "Rollen finns inte i årshjulet. Gå tillbaka till Personer och roller.")
    return role, None if unit == WHOLE else UnitId(unit)


def _change(context: PortalContext, who: Who, seat: Seat, form: FormData) -> SeatAnswer:
    typed = {key: value for key, value in form.items() if isinstance(value, str) and key != "csrf"}
    try:
        done = context.act(
            lambda scene: _changed(Act(scene, who.name, text_of(form, "varfor")), seat, form), who.acting
        )
    except RefusedError as refused:
        return SeatAnswer(heading="Inget är ändrat", good=False, paragraphs=(str(refused),), typed=typed)
    return SeatAnswer(heading=done, good=True)


def _changed(act: Act, seat: Seat, form: FormData) -> str:
    """Change what the form says, and return what was done."""
    name, address = text_of(form, "namn"), text_of(form, "e-post")
    match text_of(form, "vad"):
        case "byt":
            change_holder(act, seat, name, address, day_of(form, "fran", "från vilken dag"))
            return "Den nya innehavaren är inlagd"
        case "lank":
            return f"Länken är på väg till {send_links_again(act, seat)}"
        case "igen":
            number = text_of(form, "brev")
            return send_again(
                act, seat, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
            )
        case "telefon":
            change_phone(act, seat, text_of(form, "telefon")[:40])
            return "Telefonnumret är sparat"
        case "ersattare":
            first, last = day_of(form, "fran", "första dagen"), day_of(form, "till", "sista dagen")
            name_deputy(act, seat, name, address, first, last)
            return "Ersättaren är inlagd"
        case "sluta":
            end_seat(act, seat, day_of(form, "till", "sista dagen"))
            return "Rollen är lämnad"
        case "ersattare-slut":
            end_deputy(act, seat)
            return "Ersättaren är avslutad"
    raise RefusedError("Formuläret kom inte fram som det skulle. Ladda om sidan och försök igen.")


def _revoke(context: PortalContext, who: Who, form: FormData) -> SeatAnswer:
    whom, why = text_of(form, "vem"), text_of(form, "varfor")
    try:
        done = context.act(lambda scene: let_out(Act(scene, who.name, why), whom), who.acting)
    except RefusedError as refused:
        return SeatAnswer(heading="Inget är återkallat", good=False, paragraphs=(str(refused),))
    feeds = ("De som prenumererar på kalendrarna behöver deras nya adresser: sidan Kalender.",) if done.feeds else ()
    return SeatAnswer(heading="Åtkomsten är återkallad", good=True, paragraphs=(ended_words(done), *feeds, STILL))


def _take_out(context: PortalContext, who: Who, address: str) -> Response:
    contact = context.about.data_protection_contact
    name, content = context.act(lambda scene: registerutdrag(Act(scene, who.name), address, contact), who.acting)
    return attachment(content, name, "application/zip")


def _take_in(context: PortalContext, who: Who, found: ShownUpload) -> SeatAnswer:
    try:
        done = context.act(
            lambda scene: import_shown(Act(scene, who.name), found.shown, found.text, found.name), who.acting
        )
    except RefusedError as refused:
        return SeatAnswer(heading="Inget är inläst", good=False, paragraphs=(str(refused),))
    words = f"{done.added} nya, {done.changed} ändrade, {done.ended} avslutade, {done.unchanged} oförändrade."
    return SeatAnswer(heading="Filen är inläst", good=True, paragraphs=(words,))


def _upload(context: PortalContext, who: Who, form: FormData) -> SeatAnswer | ShownUpload:
    try:
        file = file_of(form, "fil", "Välj filen med rollerna.")
        text, name = people_of(file.file.read()), file.filename or ""
        shown = context.act(lambda scene: show_import(Act(scene, who.name), text, name), who.acting)
        return ShownUpload(name=name, text=text, shown=shown)
    except (RefusedError, DefinitionError) as refused:
        lines = str(refused).splitlines()
        more = (f"Och {len(lines) - MOST_FAULTS} till.",) if len(lines) > MOST_FAULTS else ()
        paragraphs = (*lines[:MOST_FAULTS], *more)
        return SeatAnswer(heading="Inget är inläst", good=False, paragraphs=paragraphs)
