"""Logging in by a one-time link in a letter, or printed on the machine; the login page; and logging out."""

from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.entry import OFFICE, entrant
from actions.people.letting_in import MOST_A_DAY, send_links
from actions.people.opening_links import look_at_login, use_login
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.swedish import local_date
from notifications.letters.login_letter import PATH as LINK_PATH
from notifications.letters.login_letter import write_login_letter
from notifications.plain import one_line
from portal.login.provider_login import START
from portal.web.context import PortalContext
from portal.web.denials import Denials, DeniedError
from portal.web.form_cookie import FormCookie
from portal.web.limits import Limit, short_key
from portal.web.logged_in import MANY, NO_LONGER, Anyone, Authenticator, Who, checked_form, walled
from portal.web.pages import Pages
from portal.web.paths import local_path
from store.access import sessions
from store.acting import OUTSIDE
from store.database import Session
from store.people import person_words
from store.people.people_file import person_id
from store.tables import LoginLink

#: letters that an address can be sent at once, and then one in three minutes; who is kept from asking for more
#: because a stranger did has the stranger's letters, and each of them opens
LETTERS = 5
ASKED_OFTEN = (
    "Du eller någon annan har redan bett om flera brev till den adressen. Är det din: använd länken i det senaste "
    "brevet. Annars vänta tre minuter och försök igen."
)
NO_WAY = "Den inloggningen används inte här. Börja om från inloggningssidan."


class _LoginAttempts:
    """What the routes share."""

    def __init__(
        self, context: PortalContext, authenticator: Authenticator, denials: Denials, forms: FormCookie
    ) -> None:
        self.context, self.authenticator, self.denials = context, authenticator, denials
        self.letters = Limit(burst=LETTERS, per_second=1 / 180)
        self.tries = Limit(burst=30, per_second=0.2)
        self.forms = forms

    def passes(self, limit: Limit, key: str, now: datetime, words: str = MANY) -> None:
        """Raise 429 when one address or link is tried far too often; the same for known and unknown ones."""
        if not limit.allows(key, now):
            raise DeniedError(words, "för många försök", status=429, headers={"Retry-After": "180"})

    def write(self, address: str, next_path: str) -> None:
        """Write the letter if the address may log in, or has links of its own; runs when the answer has gone.

        The answer tells nothing of it.
        """
        now = self.context.clock()
        try:
            known = self._written(address, next_path, now)
        except RefusedError:
            self.denials.write("okänd", one_line(address), "inloggning: dagens brev är skickade", now)
            return
        if not known:
            self.denials.write("okänd", one_line(address), "inloggning: ingen roll", now)

    def _written(self, address: str, next_path: str, now: datetime) -> bool:
        context = self.context
        with context.store.begin(OUTSIDE) as session:
            found = entrant(session, context.office, context.login, address, local_date(now))
            if found:
                write_login_letter(
                    session, context.office, name=found.name, address=found.address, role=found.role,
                    next_path=next_path, now=now,
                )  # fmt: skip
                return True
            return bool(send_links(Scene(session, context.office, now), address, next_path, at_most=MOST_A_DAY))

    def use(self, request: Request, token: str, now: datetime) -> Response:
        """Use a link up: log in whom it is for, if they still may."""
        context = self.context
        denied: DeniedError | None = None
        with context.store.begin() as session:
            link = _opened(session, context, token, now, using=True)
            may = link.address is None or entrant(session, context.office, context.login, link.address, local_date(now))
            if may:
                made = self.authenticator.log_in(
                    session, request, now, subject=link.subject or link.via, name=link.name, address=link.address,
                    via=link.via, roles=None if link.address else frozenset({OFFICE}),
                )  # fmt: skip
            else:
                denied = DeniedError(
                    NO_LONGER, "inloggning: har ingen roll längre", who=link.name
                )  # and the link stays used
        if denied:
            raise denied
        answer = self.authenticator.entered(made, link.next_path)
        self.forms.forget(answer)
        return answer


def routes(context: PortalContext, pages: Pages, authenticator: Authenticator, denials: Denials) -> APIRouter:
    """Return the routes of the login."""
    router = walled()
    forms = FormCookie(context, pages)
    attempts = _LoginAttempts(context, authenticator, denials, forms)

    @router.get("/logga-in")
    def login(request: Request, who: Anyone, till: str = "") -> Response:
        """Show the way in."""
        next_path = local_path(till)
        if who and who.roles and not who.is_reader:
            return RedirectResponse(next_path, 303)
        if context.login.provider:
            there = f"{START}?till={quote(next_path, safe='/')}"
            return pages.html("login.html", context.clock(), there=there, till=next_path, sent=False)
        return forms.page(request, "login.html", context.clock(), there=None, till=next_path, sent=False)

    @router.post("/logga-in")
    async def ask(request: Request) -> Response:
        """Promise a letter; it is written if the address may log in. The answer is the same for every address."""
        if context.login.provider:
            raise HTTPException(404, NO_WAY)
        fields = await forms.fields(request)
        address, next_path = fields.get("adress", "").strip()[:254], local_path(fields.get("till"))
        if not address.isascii():  # told, for it tells nothing of who is here
            raise RefusedError(next(person_words.address_faults(address)).removeprefix("e-post ").capitalize() + ".")
        attempts.passes(attempts.letters, short_key(person_id(address)), context.clock(), ASKED_OFTEN)
        answer = pages.html(
            "login.html", context.clock(), there=None, till=next_path, sent=True, no_post=context.maildir is not None
        )
        answer.background = BackgroundTask(attempts.write, address, next_path)
        return answer

    @router.api_route(f"{LINK_PATH}/{{token}}", methods=["GET", "HEAD"])
    def knock(token: str, request: Request) -> Response:
        """Say whose link it is. Uses nothing up: mail scanners open links."""
        now = context.clock()
        attempts.passes(attempts.tries, short_key(token), now)
        with context.store.read() as session:
            link = _opened(session, context, token, now)
        return forms.page(request, "login_link.html", now, name=link.name, path=f"{LINK_PATH}/{token}")

    @router.post(f"{LINK_PATH}/{{token}}")
    async def enter(token: str, request: Request) -> Response:
        """Log in, once."""
        now = context.clock()
        attempts.passes(attempts.tries, short_key(token), now)
        await forms.fields(request)
        return await run_in_threadpool(attempts.use, request, token, now)

    @router.post("/logga-ut")
    async def leave(request: Request, who: Anyone) -> Response:
        """End the session here and now."""
        if who:
            async with checked_form(request, who):
                await run_in_threadpool(_end, context, who)
        answer = pages.html("logged_out.html", context.clock(), provider=context.login.provider is not None)
        authenticator.forget(answer)
        return answer

    return router


def _opened(session: Session, context: PortalContext, token: str, now: datetime, *, using: bool = False) -> LoginLink:
    try:
        return (use_login if using else look_at_login)(session, context.office.secret, token, now)
    except RefusedError as refused:
        raise DeniedError(str(refused), "inloggning: länken gäller inte") from None


def _end(context: PortalContext, who: Who) -> None:
    with context.store.begin(who.acting) as session:
        sessions.end(session, who.session_id, context.clock(), who.name)
