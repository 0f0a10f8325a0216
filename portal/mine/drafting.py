"""The draft of a card's form: kept as the person left it, shown again in any browser, and over when it is handed in.

It is saved by a button, and by itself where the browser runs our script. Nothing of it is handed in before the person
says so, and an intyg is never kept: it is given when it is given.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from actions.sent_up import keep_in_draft
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PersonId
from arshjul.year.wheel import Wheel
from portal.mine.card_form import Admitted, CardForm, Where, admit, card_of, content_of, spend
from portal.mine.visiting import Visits
from portal.web.limits import HandInAnswer
from portal.web.logged_in import walled
from portal.web.uploads import parsed_form, scanned_form
from store.database import Session
from store.handins import drafts
from submissions.files.contents import clean_name
from submissions.files.parts import MAX_BYTES, MAX_TEXT

FIELDS = ("ej", "paragraf", "datum", "justerad")  #: and the answers, ``svar12``
LONGEST = 2000  #: characters of a field
SAVED = "Utkastet är sparat"
NEXT = "Inget är inlämnat än. Öppna länken i brevet när du vill fortsätta, i vilken webbläsare som helst."
WHICH = "Vilken del är {name}? Välj den i kortet nedan, och tryck på Lämna in."


def routes(page: Visits) -> APIRouter:
    """Return the route that saves a draft."""
    router = walled()
    context = page.context

    @router.post("/mina/{step}/{period}/{unit}/{krav}/utkast")
    async def save(request: Request, step: str, period: str, unit: str, krav: str) -> Response:
        """Keep a card's form as it stands. Our script gets an empty answer, a person the page."""
        visit = page.visit(request, context.clock())
        key = ObligationKey.of(context.office.definition.kommun.id, step, period, unit, krav)
        admitted = await page.in_thread(admit, page, visit, key, context.clock())
        form, _ = await read_card(request, admitted.count, visit.link_id, context.clock)
        try:
            page.check(visit, form.get("csrf"), key)
            await page.in_thread(spend, page, admitted, form)
            card = await page.reading(visit, card_of, page, admitted, form)
            answer = await page.in_thread(_save, page, admitted, card, context.clock())
        finally:
            await form.close()
        if request.headers.get("x-utkast") == "sig":
            return Response(status_code=204)
        number = page.answers.keep(answer)
        return RedirectResponse(f"/mina?svar={number}#svar", 303)

    return router


async def read_card(request: Request, count: int, who: str, clock: Callable[[], datetime]) -> tuple[FormData, datetime]:
    """Read a card's form: a file for each part, and as many that were dropped together.

    Return also when all of it was here: that counts, however long scanner, readers and other people take.
    """
    form = await parsed_form(
        request, max_bytes=count * MAX_BYTES + 1_000_000, max_files=2 * count + 2, max_fields=60 * count + 40, who=who
    )
    arrived = clock()
    return await scanned_form(request, form, who), arrived


def _save(page: Visits, admitted: Admitted, card: CardForm, now: datetime) -> HandInAnswer:
    person, key = admitted.mine.person.id, admitted.key

    def save(session: Session) -> list[str]:
        page.link(session, admitted.visit, now)
        texts = _texts(admitted.wheel, card)
        drafts.save_fields(session, person, key, dict(texts), now)
        drafts.drop_files(session, person, card.removed)
        for number, where in card.kept.items():
            drafts.place_file(session, person, number, name_of(admitted.wheel, where))
        words = list(card.words)
        for where, values in card.asked.items():
            if isinstance(file := values.get("fil"), UploadFile):
                words += _keep(session, person, key, name_of(admitted.wheel, where), file, now)
        for file in card.unsure:
            words += _keep(session, person, key, None, file, now) or [WHICH.format(name=_name(file))]
        return words

    words = page.context.store.carry_out(save)
    return HandInAnswer(link_id=admitted.visit.link_id, saved=SAVED, word=" ".join((*words, NEXT)))


def end_draft(
    session: Session, person: PersonId, key: ObligationKey, card: CardForm, answer: HandInAnswer, now: datetime
) -> list[str]:
    """Throw away what is handed in, in its transaction; keep what was refused, and files whose part must be asked.

    Returns the words on those.
    """
    refused = {name: value[:LONGEST] for name, value in answer.typed.items() if _is_kept(name.rpartition(".")[2])}
    drafts.save_fields(session, person, key, refused, now)
    drafts.drop_files(session, person, {*card.removed, *card.kept})
    words = list(card.words)
    for file in card.unsure:
        words += _keep(session, person, key, None, file, now) or [WHICH.format(name=_name(file))]
    return words


def name_of(wheel: Wheel, where: Where) -> str:
    """Return a part as the form names it: ``delarsrapport.underlag.ekonomi``."""
    one = wheel.obligations[where[0]]
    return f"{one.step}.{one.krav}.{where[1]}"


def _texts(wheel: Wheel, card: CardForm) -> Iterator[tuple[str, str]]:
    for where, values in card.asked.items():
        for field, value in values.items():
            if isinstance(value, str) and _is_kept(field) and (field, value) != ("justerad", "nej"):
                yield f"{name_of(wheel, where)}.{field}", value[:LONGEST]


def _is_kept(field: str) -> bool:
    return field in FIELDS or (field.startswith("svar") and field[4:].isdecimal())


def _keep(
    session: Session, person: PersonId, key: ObligationKey, part: str | None, file: UploadFile, now: datetime
) -> list[str]:
    """Keep a file, and return why not when it cannot be."""
    if (file.size or 0) > MAX_BYTES:
        return [f"{_name(file)} är större än {MAX_TEXT} och sparades inte."]
    try:
        keep_in_draft(session, person, key, part, _name(file), content_of(file), now)
    except RefusedError as refused:
        return [str(refused)]
    return []


def _name(file: UploadFile) -> str:
    return clean_name(file.filename or "", None, "fil")
