"""Handing in on the personal page: one card's form, read and judged, stored in one transaction, with one kvittens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.filled_in import asked_day
from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, PartTaken, received_of
from actions.underlag.receiving import hand_in as handed_in
from actions.underlag.sending_back import send_back_below
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import instant_text
from arshjul.year.wheel import Wheel
from notifications.plain import one_line
from portal.mine.card_form import NOT_YOURS, Admitted, CardForm, Where, admit, card_of, content_of, spend, with_kept
from portal.mine.drafting import end_draft, read_card
from portal.mine.link_reach import reach
from portal.mine.visiting import Visits
from portal.web.denials import DeniedError
from portal.web.forms import LONGEST_REASON
from portal.web.limits import HandInAnswer
from portal.web.logged_in import walled
from store.database import Session
from store.plan.planning import current_wheel
from store.tables import Link
from submissions.files.contents import clean_name
from submissions.files.parts import APPROVED, DATUM, INTYGAS, JUSTERAD, MAX_BYTES, PARAGRAF, Upload
from submissions.intake.prepared import examined_for
from submissions.review.examining import Examined

Values = Mapping[str, str | UploadFile]  #: what one part's fields hold, by the field
VIA = "länk"
BACK, BACK_UNTIL = "tillbaka", "senast"  #: the fields by which what an enhet below has handed in is sent back
BACK_BY = "senast när det ska lämnas in igen"
#: how the form's fields are called, and the part's fields that they fill
ANSWER = "svar"  #: the field of an answer is called ``svar12``, by its question's id
FIELDS = {"paragraf": PARAGRAF, "datum": DATUM, "justerad": JUSTERAD, "intygas": INTYGAS, "godkänns": APPROVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBackBelow:
    """What became of one sending back: what is told, and what was typed, when it was refused."""

    words: str
    typed: Mapping[str, str] | None = None


def routes(page: Visits) -> APIRouter:
    """Return the route by which a card's form is handed in."""
    router = walled()
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
        mine = reach(session, page.context.office.definition, link, arrived)
        for where, part in card.asked:
            if where not in wheel.obligations or part not in mine.owes(wheel.obligations[where]):
                raise DeniedError(NOT_YOURS, "någon annans del", who=visit.link_id, key=key)
        answer = HandInAnswer(link_id=link.id)
        if card.asked or not (card.words or card.unsure):
            act = Act(Scene(session, page.context.office, now), mine.person.name)
            back = {where: values for where, values in card.asked.items() if values.keys() & {BACK, BACK_UNTIL}}
            asked = {where: values for where, values in card.asked.items() if where not in back}
            parts = [_part(where, values, examined.get(where)) for where, values in asked.items()]
            outcomes = handed_in(act, mine.person, parts, via=VIA, handed_over_at=arrived)
            sent = [_sent_back(act, wheel, where, values) for where, values in back.items()]
            answer = _told(wheel, link, asked, outcomes, sent)
        words = end_draft(session, mine.person.id, key, card, answer, now)
        return replace(answer, word=" ".join(filter(None, (answer.word, *words))))

    return page.context.store.carry_out(take)


def _part(where: Where, values: Values, examined: Examined | None) -> PartHandedIn:
    """Read what one part's fields hold."""
    key, part = where
    file, ej = values.get("fil"), values.get("ej")
    is_large = isinstance(file, UploadFile) and (file.size or 0) > MAX_BYTES
    upload = None
    if isinstance(file, UploadFile) and not is_large:
        upload = Upload(filename=file.filename or "", content=content_of(file))
    fields = {name: value for field, name in FIELDS.items() if isinstance(value := values.get(field), str)}
    return PartHandedIn(
        key=key,
        part=part,
        upload=upload,
        oversize=clean_name(file.filename or "", None, part) if isinstance(file, UploadFile) and is_large else None,
        fields=fields if fields or file is not None or ej is not None else None,
        ej_aktuellt=ej if isinstance(ej, str) else None,
        answers=dict(_replies(values)),
        examined=examined,
    )


def _sent_back(act: Act, wheel: Wheel, where: Where, values: Values) -> SentBackBelow:
    """Send back what an enhet below has handed in, to whoever handed it in; what is refused has changed nothing."""
    one = wheel.obligations[where[0]]
    part = next(each for each in one.parts if each.id == where[1])
    prefix = f"{one.step}.{one.krav}.{part.id}"
    typed = {f"{prefix}.{field}": value for field, value in values.items() if isinstance(value, str)}
    why, until = one_line(typed.get(f"{prefix}.{BACK}", "")), typed.get(f"{prefix}.{BACK_UNTIL}", "")
    try:
        if part.carries is None or values.keys() - {BACK, BACK_UNTIL}:
            raise RefusedError("Välj en sak: godkänn, bär upp utan, eller skicka tillbaka.")
        sent = send_back_below(Act(act.scene, act.by, why[:LONGEST_REASON]), one, part, asked_day(until, BACK_BY))
    except RefusedError as refused:
        return SentBackBelow(words=str(refused), typed=typed)
    letter = ", med ett brev" if act.scene.office.utskick == "skarpt" else ""
    return SentBackBelow(words=f"{part.carries.unit_name} får tillbaka det{letter}: senast {instant_text(sent.frist)}.")


def _replies(values: Values) -> Iterator[tuple[int, str]]:
    """Yield the answers to what was asked, by the question's id."""
    for field, value in values.items():
        number = field.removeprefix(ANSWER)
        if isinstance(value, str) and number != field and number.isdecimal() and len(number) < 10:
            yield int(number), value


def _told(
    wheel: Wheel,
    link: Link,
    asked: Mapping[Where, Values],
    outcomes: Sequence[PartTaken],
    sent: Sequence[SentBackBelow],
) -> HandInAnswer:
    """Return what the page tells; what was typed where it was refused stands in the form again."""
    typed: dict[str, str] = {name: value for each in sent for name, value in (each.typed or {}).items()}
    for outcome in outcomes:
        where = outcome.handed_in.key, outcome.handed_in.part
        if outcome.is_refused:
            one = wheel.obligations[where[0]]
            prefix = f"{one.step}.{one.krav}.{where[1]}"
            typed |= {f"{prefix}.{field}": value for field, value in asked[where].items() if isinstance(value, str)}
    received = received_of(outcomes)
    words = [*(each.words for each in sent if each.typed), *(each.refusal for each in outcomes if each.refusal)]
    if not received and not words and not sent:
        words.append("Inget var ifyllt. Välj minst en fil, eller skriv varför en del inte är aktuell.")
    fields = [field for values in asked.values() for field in values]
    return HandInAnswer(
        link_id=link.id,
        received=received,
        word=" ".join(words),
        typed=typed,
        sent_back=tuple(each.words for each in sent if not each.typed),
        only_answers=bool(fields) and all(field.startswith(ANSWER) for field in fields),
    )
