"""Handing in on the personal page: one card's form, read and judged, stored in one transaction, with one kvittens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Wheel
from portal.mine.card_form import NOT_YOURS, Admitted, CardForm, Where, admit, card_of, content_of, spend, with_kept
from portal.mine.drafting import end_draft, read_card
from portal.mine.view import Reach, reach
from portal.mine.visiting import Visits
from portal.web.denials import DeniedError
from portal.web.limits import HandInAnswer
from store.database import Session
from store.handins import versions as submissions
from store.plan.obligations import hold
from store.plan.planning import current_wheel
from store.tables import Link
from submissions.files.contents import Contents, clean_name
from submissions.files.parts import DATUM, INTYGAS, JUSTERAD, MAX_BYTES, PARAGRAF, Upload
from submissions.intake import checks
from submissions.intake.answering import answer as answer_questions
from submissions.intake.checks import HandIn
from submissions.intake.receive import Received, examined_for, receive
from submissions.intake.receive import owed as part_owed
from submissions.review.examining import Examined

VIA = "länk"
#: how the form's fields are called, and the part's fields that they fill
ANSWER = "svar"  #: the field of an answer is called ``svar12``, by its question's id
FIELDS = {"paragraf": PARAGRAF, "datum": DATUM, "justerad": JUSTERAD, "intygas": INTYGAS}


def routes(page: Visits) -> APIRouter:
    """Return the route by which a card's form is handed in."""
    router = APIRouter()
    context = page.context

    @router.post("/mina/{step}/{period}/{unit}/{krav}")
    async def hand_in(request: Request, step: str, period: str, unit: str, krav: str) -> Response:
        """Take in one card's parts, and go back to the page, which tells what became of them."""
        now = context.clock()
        visit = page.visit(request, now)
        key = ObligationKey.of(context.office.definition.kommun.id, step, period, unit, krav)
        admitted = await page.in_thread(admit, page, visit, key, now)
        form, arrived = await read_card(request, admitted.count, visit.link_id, context.clock)
        try:
            page.check(visit, form.get("csrf"), key)
            await page.in_thread(spend, page, admitted, form)
            card, examined = await page.reading(visit, _taken_in, page, admitted, form)
            answer = await page.in_thread(_take, page, admitted, card, examined, arrived)
        finally:
            await form.close()
        number = page.answers.keep(answer)
        return RedirectResponse(f"/mina?svar={number}#svar", 303)

    return router


def _taken_in(page: Visits, admitted: Admitted, form: FormData) -> tuple[CardForm, Mapping[Where, Examined]]:
    """Gather, read and judge before the transaction begins: it takes its time, and others hand in meanwhile."""
    card = with_kept(page, admitted, card_of(page, admitted, form))
    files = {where: file for where, values in card.asked.items() if isinstance(file := values.get("fil"), UploadFile)}
    with page.context.store.read() as session:
        waiting = {
            where: examined_for(session, admitted.wheel, *where, content_of(file))
            for where, file in files.items()
            if (file.size or 0) <= MAX_BYTES
        }
    done = {where: examine() for where, examine in waiting.items()}
    return card, {where: examined for where, examined in done.items() if examined}


def _take(
    page: Visits, admitted: Admitted, card: CardForm, examined: Mapping[Where, Examined], arrived: datetime
) -> HandInAnswer:
    """Take in every part that has something in it, and write one kvittens, in one transaction; the draft ends.

    It counts from when it ``arrived``, and is not taken over what arrived later and was read sooner.
    """
    visit, key = admitted.visit, admitted.key

    def take(session: Session) -> HandInAnswer:
        now = max(page.context.clock(), arrived)  # the clock may have been set back
        link = page.link(session, visit, arrived)
        wheel = current_wheel(session, page.context.office.definition, arrived)
        mine = reach(session, link, arrived)
        for where, part in card.asked:
            if where not in wheel.obligations or part not in mine.owes(wheel.obligations[where]):
                raise DeniedError(NOT_YOURS, "another's part", who=visit.link_id, key=key)
        hold(session, {near for where, _ in card.asked for near in concerned(wheel, wheel.obligations[where])})
        answer = HandInAnswer(link_id=link.id)
        if card.asked or not (card.words or card.unsure):
            answer = _receive(page, session, wheel, mine, link, card.asked, examined, now, arrived)
        words = end_draft(session, mine.person.id, key, card, answer, now)
        return replace(answer, word=" ".join(filter(None, (answer.word, *words))))

    return page.context.store.carry_out(take)


def _receive(
    page: Visits, session: Session, wheel: Wheel, mine: Reach, link: Link,
    asked: Mapping[Where, Mapping[str, str | UploadFile]], examined: Mapping[Where, Examined], now: datetime,
    arrived: datetime,
) -> HandInAnswer:  # fmt: skip
    received: list[Received] = []
    words: list[str] = []
    typed: dict[str, str] = {}
    for (key, part), values in asked.items():
        try:
            outcomes = _one(
                session, wheel, key, part, values, examined.get((key, part)), mine.person.name, now, arrived
            )
        except RefusedError as refused:
            words.append(str(refused))
            outcomes = []
        received += outcomes
        if not outcomes or outcomes[-1].outcome == "nekad":
            one = wheel.obligations[key]
            prefix = f"{one.step}.{one.krav}.{part}"
            typed |= {f"{prefix}.{field}": value for field, value in values.items() if isinstance(value, str)}
    stored = [one for one in received if one.outcome in ("mottagen", "besvarad")]
    if stored:
        page.context.send_receipt(session, stored, mine.person, now)
    if not received and not words:
        words.append("Inget var ifyllt. Välj minst en fil, eller skriv varför en del inte är aktuell.")
    fields = [field for values in asked.values() for field in values]
    return HandInAnswer(
        link_id=link.id,
        received=tuple(received),
        word=" ".join(words),
        typed=typed,
        only_answers=bool(fields) and all(field.startswith(ANSWER) for field in fields),
    )


def _one(
    session: Session,
    wheel: Wheel,
    key: ObligationKey,
    part_id: PartId,
    values: Mapping[str, str | UploadFile],
    examined: Examined | None,
    by: str,
    now: datetime,
    arrived: datetime,
) -> list[Received]:
    """Take one part's answers, then its file or statement, if there is one."""
    answered = _answered(session, wheel, key, part_id, values, by, now)
    return [*answered, *_handed_in(session, wheel, key, part_id, values, examined, by, now, arrived)]


def _answered(
    session: Session,
    wheel: Wheel,
    key: ObligationKey,
    part_id: PartId,
    values: Mapping[str, str | UploadFile],
    by: str,
    now: datetime,
) -> list[Received]:
    replies = {
        int(number): value
        for field, value in values.items()
        if isinstance(value, str)
        and (number := field.removeprefix(ANSWER)) != field
        and number.isdecimal()
        and len(number) < 10
    }
    version = submissions.newest(session, [key]).get((key, part_id))
    if not replies or version is None:
        return []
    return [answer_questions(session, wheel, version.id, replies, by, now)]


def _handed_in(
    session: Session,
    wheel: Wheel,
    key: ObligationKey,
    part_id: PartId,
    values: Mapping[str, str | UploadFile],
    examined: Examined | None,
    by: str,
    now: datetime,
    arrived: datetime,
) -> list[Received]:
    file, ej = values.get("fil"), values.get("ej")
    if file is None and ej is None and not any(field in values for field in FIELDS):
        return []
    fields = {name: value for field, name in FIELDS.items() if isinstance(value := values.get(field), str)}
    upload = None
    if isinstance(file, UploadFile):
        if (file.size or 0) > MAX_BYTES:
            return [_oversize(wheel, key, part_id, file, by, arrived)]
        upload = Upload(filename=file.filename or "", content=content_of(file))
    motivering = ej if isinstance(ej, str) else None
    received = receive(
        session,
        wheel,
        key,
        part_id,
        upload=upload,
        fields=fields,
        ej_aktuellt=motivering,
        by=by,
        via=VIA,
        now=now,
        handed_over_at=arrived,
        examined=examined,
    )
    return [received]


def _oversize(wheel: Wheel, key: ObligationKey, part_id: PartId, file: UploadFile, by: str, now: datetime) -> Received:
    """Refuse a file by its size alone, without reading it into memory."""
    one, part = part_owed(wheel, key, part_id)
    name = clean_name(file.filename or "", None, part_id)
    hand_in = HandIn(
        part=part, upload=Upload(filename=name, content=b""), contents=Contents(), fields={}, today=now.date()
    )
    return Received(
        obligation=one,
        part=part,
        outcome="nekad",
        version=None,
        received_at=now,
        by=by,
        late=False,
        complete=False,
        filename=name,
        sha256=None,
        ej_aktuellt=None,
        findings=(checks.oversize(hand_in),),
    )
