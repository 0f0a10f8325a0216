"""The personal link and the page behind it: all that one person owes, and where it is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from secrets import token_urlsafe

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from arshjul.errors import RefusedError
from arshjul.swedish import local
from arshjul.wheel import Obligation, Wheel
from portal.denials import DeniedError
from portal.desk import Desk
from portal.form_cookie import FormCookie
from portal.guards import Answer, Cookies, Limit, Recent, Visit, short_key
from portal.identity import MANY, same_token
from portal.mine_view import Reach, owed, reach
from portal.pages import Pages
from portal.paths import RowId
from portal.uploads import read_form
from store import links, submissions
from store.database import Session
from store.planning import current_wheel
from store.removals import removals
from store.tables import Link
from submissions import checks
from submissions.answering import answer as answer_questions
from submissions.checks import HandIn
from submissions.contents import Contents, clean_name
from submissions.known import known_of
from submissions.parts import DATUM, INTYGAS, JUSTERAD, MAX_BYTES, PARAGRAF, Upload
from submissions.receive import Received, examined_for, receive
from submissions.receive import owed as part_owed
from submissions.review.examining import Examined
from submissions.rule_list import restable
from submissions.templates.handing_out import handed_out, has_mall

Where = tuple[str, str]  #: an obligation's key and a part's id

VIA = "länk"
CLOSED = "Öppna länken i ditt senaste brev, så kommer du in. Hittar du det inte: be ekonomikontoret om en ny länk."
NOT_YOURS = "Den delen hör inte till din länk. Gå tillbaka till din sida och lämna in där."
OLD_FORM = "Sidan hade legat öppen för länge eller öppnats på nytt någon annanstans. Inget har tagits emot. Gå tillbaka, ladda om sidan och försök igen."
NO_FILE = "Filen finns inte bland det du har lämnat in. Gå tillbaka till din sida och hämta den där."
NO_MALL = "Mallen finns inte bland det du ska lämna in. Gå tillbaka till din sida och hämta den där."
#: how the form's fields are called, and the part's fields that they fill
ANSWER = "svar"  #: the field of an answer is called ``svar12``, by its question's id
FIELDS = {"paragraf": PARAGRAF, "datum": DATUM, "justerad": JUSTERAD, "intygas": INTYGAS}


@dataclass(frozen=True, slots=True)
class _Page:
    """What the routes share."""

    desk: Desk
    pages: Pages
    cookies: Cookies
    limit: Limit
    answers: Recent[Answer]
    #: so many hand in at once and the rest stand in line, so that there are threads left for those who only read
    counter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(4))

    @property
    def cookie(self) -> str:
        return f"{self.desk.cookie_prefix}arshjul"

    def passes(self, key: str, now: datetime) -> None:
        """Raise 429 when one link is used far too often."""
        if not self.limit.allows(key, now):
            raise DeniedError(MANY, "too many", who=key, status=429, headers={"Retry-After": "60"})

    def visit(self, request: Request, now: datetime) -> Visit:
        """Return the cookie's visit, or raise 403 with the way in."""
        visit = self.cookies.read(request.cookies.get(self.cookie), now)
        if visit is None:
            raise DeniedError(CLOSED, "no visit")
        self.passes(visit.link_id, now)
        return visit

    def link(self, session: Session, visit: Visit, now: datetime) -> Link:
        """Return the visit's link, or raise 403 when it opens no more."""
        try:
            return links.open_by_id(session, visit.link_id, visit.generation, now)
        except RefusedError as refused:
            raise DeniedError(str(refused), "the link does not open", who=visit.link_id) from None

    def check(self, visit: Visit, token: object, key: str | None = None) -> None:
        """Raise 403 for a form that was not made for this visit."""
        if not same_token(token, self.cookies.form_token(visit)):
            raise DeniedError(OLD_FORM, "csrf", who=visit.link_id, key=key)


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """Return the routes of the personal link."""
    router = APIRouter()
    page = _Page(desk, pages, Cookies(desk.office.secret), Limit(), Recent[Answer](2000))
    forms = FormCookie(desk, pages)

    @router.api_route("/l/{token}", methods=["GET", "HEAD"])
    def knock(request: Request, token: str) -> Response:
        """Say whose link it is. Changes nothing: mail scanners open links."""
        now = desk.clock()
        page.passes(short_key(token), now)
        with desk.store.read() as session:
            link = _opens(session, desk, token, now)
            mine = reach(session, link, now)
        roles = [desk.office.definition.roles[role].name for role in link.roles if role in desk.office.definition.roles]
        return forms.page(request, "link.html", now, token=token, person=mine.person, roles=roles)

    @router.post("/l/{token}")
    async def enter(request: Request, token: str) -> Response:
        """Swap the token for a cookie: the deliberate act that marks the link opened."""
        now = desk.clock()
        page.passes(short_key(token), now)
        await forms.fields(request)
        value, visit = await run_in_threadpool(_open, page, token, now)
        answer = RedirectResponse("/mina", 303)
        age = int((visit.until - now).total_seconds())
        answer.set_cookie(page.cookie, value, max_age=age, **desk.cookie_flags)
        forms.forget(answer)
        return answer

    @router.get("/mina")
    def mine(request: Request, svar: str = "") -> Response:
        """Show all that this person owes."""
        now = desk.clock()
        visit = page.visit(request, now)
        since = local(desk.office.since, time())
        with desk.store.read() as session:
            link = page.link(session, visit, now)
            wheel = current_wheel(session, desk.office.definition, now)
            shown = owed(session, wheel, link, since, now)
        answer = page.answers.get(svar) if svar else None
        if answer and answer.link_id != visit.link_id:
            answer = None
        return pages.html(
            "mine.html",
            now,
            owed=shown,
            answer=answer,
            csrf=page.cookies.form_token(visit),
            rules=restable(desk.office.definition),
            today=now,
            until=visit.until,
        )

    @router.post("/mina/{step}/{period}/{unit}/{krav}")
    async def hand_in(request: Request, step: str, period: str, unit: str, krav: str) -> Response:
        """Take in one card's parts, and go back to the page, which tells what became of them."""
        now = desk.clock()
        visit = page.visit(request, now)
        key = f"{desk.office.definition.kommun.id}/{step}/{period}/{unit}/{krav}"
        count = await run_in_threadpool(_admit, page, visit, key, now)
        form = await read_form(
            request, max_bytes=count * MAX_BYTES + 1_000_000, max_files=count, max_fields=60 * count + 4,
            who=visit.link_id,
        )  # fmt: skip
        try:
            page.check(visit, form.get("csrf"), key)
            answer = await to_thread.run_sync(_take, page, visit, key, form, desk.clock(), limiter=page.counter)
        finally:
            await form.close()
        number = token_urlsafe(9)
        page.answers.put(number, answer)
        return RedirectResponse(f"/mina?svar={number}#svar", 303)

    @router.get("/mina/fil/{submission_id}")
    def fetch(request: Request, submission_id: RowId) -> Response:
        """Give back a version that was handed in, as a file to save."""
        now = desk.clock()
        visit = page.visit(request, now)
        with desk.store.read() as session:
            mine = reach(session, page.link(session, visit, now), now)
            wheel = current_wheel(session, desk.office.definition, now)
            row = submissions.by_id(session, submission_id)
            one = wheel.obligations.get(row.obligation_key) if row else None
            if row is None or one is None or row.sha256 is None or row.part not in mine.owes(one):
                raise DeniedError(NO_FILE, "another's file", who=visit.link_id, status=404)
            gone = removals(session, [row.id]).get(row.id)
            content = submissions.content(session, row.sha256) if gone is None else None
        if content is None:
            raise HTTPException(410, f"Filen är {gone.kind if gone else 'borttagen'} och går inte längre att hämta.")
        return attachment(content, row.filename or row.part, row.media_type)

    @router.get("/mina/mall/{step}/{period}/{unit}/{krav}/{part_id}")
    def mall(request: Request, step: str, period: str, unit: str, krav: str, part_id: str) -> Response:
        """Give the mall of a part that this person hands in, as a file to save."""
        now, definition = desk.clock(), desk.office.definition
        visit = page.visit(request, now)
        with desk.store.read() as session:
            mine = reach(session, page.link(session, visit, now), now)
            wheel = current_wheel(session, definition, now)
            one = wheel.obligations.get(f"{definition.kommun.id}/{step}/{period}/{unit}/{krav}")
            part = next((each for each in one.parts if each.id == part_id), None) if one else None
            if one is None or part is None or part.id not in mine.owes(one) or not has_mall(definition, one, part):
                raise DeniedError(NO_MALL, "another's mall", who=visit.link_id, status=404)
            known = known_of(session, definition, one)
        file = handed_out(definition, desk.office.own, one, part, known)
        return attachment(file.content, file.filename, file.media_type)

    @router.post("/stang")
    async def leave(request: Request) -> Response:
        """Forget the cookie, on a machine that others use too."""
        visit = page.cookies.read(request.cookies.get(page.cookie), desk.clock())
        if visit:
            form = await read_form(request, max_bytes=10_000, max_files=0, max_fields=4, who=visit.link_id)
            page.check(visit, form.get("csrf"))
        answer = pages.html("left.html", desk.clock())
        answer.delete_cookie(page.cookie, **desk.cookie_flags)
        return answer

    return router


def attachment(content: bytes, filename: str, media_type: str | None) -> Response:
    """Return bytes as a file to save, never to show: a browser must not run what somebody handed in."""
    from urllib.parse import quote

    plain = "".join(char if (char.isascii() and char.isalnum()) or char in "-_." else "_" for char in filename)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type=media_type or "application/octet-stream", headers=headers)


def _open(page: _Page, token: str, now: datetime) -> tuple[str, Visit]:
    with page.desk.store.begin() as session:
        link = _opens(session, page.desk, token, now)
        links.mark_opened(session, link, now)
        return page.cookies.make(link, now)


def _opens(session: Session, desk: Desk, token: str, now: datetime) -> Link:
    try:
        return links.open_link(session, desk.office.secret, token, now)
    except RefusedError as refused:
        raise DeniedError(str(refused), "the link does not open") from None


def _admit(page: _Page, visit: Visit, key: str, now: datetime) -> int:
    """Return how many parts this person may hand in here, before anything of the body is read."""
    with page.desk.store.read() as session:
        mine = reach(session, page.link(session, visit, now), now)
        wheel = current_wheel(session, page.desk.office.definition, now)
    if key not in wheel.obligations:
        raise HTTPException(404, "Det du ville lämna in finns inte i årshjulet. Gå tillbaka till din sida.")
    count = sum(len(mine.owes(one)) for one in _group(wheel, key))
    if not count:
        raise DeniedError(NOT_YOURS, "not theirs", who=visit.link_id, key=key)
    return count


def _group(wheel: Wheel, key: str) -> tuple[Obligation, ...]:
    return (wheel.obligations[key], *wheel.hosted.get(key, ()))


def _examined(page: _Page, visit: Visit, key: str, form: FormData, now: datetime) -> Mapping[Where, Examined]:
    """Read and judge the files before the transaction begins: it takes its time, and others hand in meanwhile."""
    with page.desk.store.read() as session:
        mine = reach(session, page.link(session, visit, now), now)
        wheel = current_wheel(session, page.desk.office.definition, now)
        try:
            asked = _asked(form, _group(wheel, key), mine)
        except PermissionError:
            return {}  # told, and logged, by whoever takes it in
        files = {where: file for where, values in asked.items() if isinstance(file := values.get("fil"), UploadFile)}
        waiting = {
            where: examined_for(session, wheel, *where, _bytes(file))
            for where, file in files.items()
            if (file.size or 0) <= MAX_BYTES
        }
    done = {where: examine() for where, examine in waiting.items()}
    return {where: examined for where, examined in done.items() if examined}


def _bytes(file: UploadFile) -> bytes:
    file.file.seek(0)
    return file.file.read()


def _take(page: _Page, visit: Visit, key: str, form: FormData, now: datetime) -> Answer:
    """Take in every part of the form that has something in it, and write one kvittens, in one transaction."""
    examined = _examined(page, visit, key, form, now)
    with page.desk.store.begin() as session:
        link = page.link(session, visit, now)
        wheel = current_wheel(session, page.desk.office.definition, now)
        mine = reach(session, link, now)
        try:
            asked = _asked(form, _group(wheel, key), mine)
        except PermissionError:
            raise DeniedError(NOT_YOURS, "another's part", who=visit.link_id, key=key) from None
        return _receive(page, session, wheel, mine, link, asked, examined, now)


def _asked(form: FormData, group: tuple[Obligation, ...], mine: Reach) -> dict[Where, dict[str, str | UploadFile]]:
    """Return what was filled in, by obligation key and part. PermissionError for a part that is another's."""
    prefixes = {f"{one.step}.{one.krav}": one for one in group}
    found: dict[Where, dict[str, str | UploadFile]] = {}
    for name, value in form.multi_items():
        where, _, field = name.rpartition(".")
        prefix, _, part = where.rpartition(".")
        if not where:
            continue  # csrf
        one = prefixes.get(prefix)
        if one is None or part not in mine.owes(one):
            raise PermissionError(name)
        empty = not value.filename if isinstance(value, UploadFile) else not value.strip()
        if not empty:
            found.setdefault((one.key, part), {})[field] = value
    return found


def _receive(
    page: _Page, session: Session, wheel: Wheel, mine: Reach, link: Link,
    asked: Mapping[Where, Mapping[str, str | UploadFile]], examined: Mapping[Where, Examined], now: datetime,
) -> Answer:  # fmt: skip
    received: list[Received] = []
    words: list[str] = []
    typed: dict[str, str] = {}
    for (key, part), values in asked.items():
        try:
            outcomes = _one(session, wheel, key, part, values, examined.get((key, part)), mine.person.name, now)
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
        page.desk.send_receipt(session, stored, mine.person, now)
    if not received and not words:
        words.append("Inget var ifyllt. Välj minst en fil, eller skriv varför en del inte är aktuell.")
    return Answer(link_id=link.id, received=tuple(received), word=" ".join(words), typed=typed)


def _one(
    session: Session,
    wheel: Wheel,
    key: str,
    part_id: str,
    values: Mapping[str, str | UploadFile],
    examined: Examined | None,
    by: str,
    now: datetime,
) -> list[Received]:
    """Take one part's answers, then its file or statement, if there is one."""
    answered = _answered(session, wheel, key, part_id, values, by, now)
    return [*answered, *_handed_in(session, wheel, key, part_id, values, examined, by, now)]


def _answered(
    session: Session,
    wheel: Wheel,
    key: str,
    part_id: str,
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
    key: str,
    part_id: str,
    values: Mapping[str, str | UploadFile],
    examined: Examined | None,
    by: str,
    now: datetime,
) -> list[Received]:
    file, ej = values.get("fil"), values.get("ej")
    if file is None and ej is None and not any(field in values for field in FIELDS):
        return []
    fields = {name: value for field, name in FIELDS.items() if isinstance(value := values.get(field), str)}
    upload = None
    if isinstance(file, UploadFile):
        if (file.size or 0) > MAX_BYTES:
            return [_oversize(wheel, key, part_id, file, by, now)]
        upload = Upload(filename=file.filename or "", content=_bytes(file))
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
        examined=examined,
    )
    return [received]


def _oversize(wheel: Wheel, key: str, part_id: str, file: UploadFile, by: str, now: datetime) -> Received:
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
