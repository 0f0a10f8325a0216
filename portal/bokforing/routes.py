"""The page of the ledgers, for the ekonomikontor: hand in a SIE file, see what was taken in and what it says."""

import re
from dataclasses import dataclass
from threading import Lock

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.underlag.reopenings import take_in_ledger
from arshjul.errors import RefusedError
from arshjul.keys import ledger_key
from portal.bokforing.view import books
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.denials import DeniedError
from portal.web.forms import file_of, text_of
from portal.web.limits import Recent
from portal.web.logged_in import ByOffice, Who, checked_form, office, walled
from portal.web.pages import Pages
from portal.web.paths import RowId
from store.handins import ledgers
from store.handins import versions as submissions
from submissions.ledger.ledger_reading import read_ledger
from submissions.ledger.ledger_words import MOST_WARNINGS, headline, outside_text, reopened_text
from submissions.ledger.taking import TakenLedger
from submissions.sie.sie_text import MAX_BYTES

TOO_LARGE = (
    f"Filen är större än {MAX_BYTES // 1_000_000} MB. Inget har tagits emot. Exportera typ 3, eller ett år i taget."
)
_IN_AMOUNT = re.compile(r"(?<=\d) (?=\d{3}\b|kr\b)")
_reading = Lock()  # a large file takes seconds and memory: one at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAnswer:
    """What the page tells after a file was handed in."""

    heading: str
    good: bool
    paragraphs: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()  #: why it was refused, one by one
    outside: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    period: str = ""


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the ledgers, all of them the ekonomikontor's. Who is logged in is who hands in."""
    router = walled(prefix="/bokforing", dependencies=[Depends(office)])
    answers = Recent[LedgerAnswer](500)

    @router.get("")
    def overview(who: ByOffice, svar: str = "") -> Response:
        """Show the form, and every ledger with its files and figures."""
        with context.store.read() as session:
            shown = books(session, context.office.definition)
        answer = answers.get(svar) if svar else None
        return pages.html("bokforing.html", context.clock(), who=who, books=shown, answer=answer)

    @router.post("")
    async def hand_in(request: Request, who: ByOffice) -> Response:
        """Take a file in, and go back to the page, which tells what became of it."""
        try:
            async with checked_form(request, who, max_bytes=MAX_BYTES + 1_000_000, max_files=1, max_fields=8) as form:
                told = await run_in_threadpool(_take, context, who, form)
        except DeniedError as error:
            error.detail = TOO_LARGE if error.status_code == 413 else error.detail
            raise
        number = answers.keep(told)
        return RedirectResponse(f"/bokforing?svar={number}#svar", 303)

    @router.get("/fil/{file_id}")
    def fetch(who: ByOffice, file_id: RowId) -> Response:
        """Give back a file as it was taken in."""
        with context.store.read() as session:
            file = ledgers.by_id(session, file_id)
            content = submissions.content(session, file.sha256) if file else None
        if file is None or content is None:
            raise HTTPException(404, "Filen finns inte bland dem som är intagna.")
        key = ledger_key(context.office.definition.kommun.id, file.ledger)
        note_read(context, who, key, file.filename, what=file.period)
        return attachment(content, file.filename, "application/octet-stream")

    return router


def _take(context: PortalContext, who: Who, form: FormData) -> LedgerAnswer:
    period = text_of(form, "period")
    try:
        upload = file_of(form, "fil", "Välj SIE-filen från ekonomisystemet.")
        with _reading:  # before the database is asked for anything
            content = upload.file.read()
            read = read_ledger(
                context.office.definition,
                content,
                upload.filename or "",
                text_of(form, "bokforing") or None,
                period or None,
            )
        return _told(context.act(lambda scene: take_in_ledger(Act(scene, who.name), read), who.acting))
    except RefusedError as refused:
        first, *faults = _unbroken(str(refused)).splitlines()
        return LedgerAnswer(
            heading="Filen är inte intagen", good=False, paragraphs=(first,), faults=tuple(faults), period=period
        )


def _unbroken(text: str) -> str:
    """Keep an amount on one line: ``600 000,00 kr``."""
    return _IN_AMOUNT.sub("\N{NO-BREAK SPACE}", text)


def _told(taken: TakenLedger) -> LedgerAnswer:
    read = taken.read
    left = len(read.warnings) - MOST_WARNINGS
    more = (f"Och {left} till, se arshjul ledger FIL --kontrollera.",) if left > 0 else ()
    return LedgerAnswer(
        heading="Bokföringen är intagen" if taken.outcome == "intagen" else "Filen var redan intagen",
        good=True,
        paragraphs=(headline(taken),),
        outside=tuple(map(outside_text, read.outside)),
        warnings=(*map(_unbroken, read.warnings[:MOST_WARNINGS]), *more),
        reopened=tuple(map(reopened_text, taken.reopened)),
    )
