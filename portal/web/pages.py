"""Rendering: the templates, their filters, and the headers that every answer carries."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from arshjul.bodies.outcomes import past
from arshjul.definition.model import Definition
from arshjul.line_ends import pieces, seamed
from arshjul.swedish import (
    MONTHS,
    STOCKHOLM,
    WEEKDAYS,
    clock_text,
    day_text,
    instant_text,
    listing,
    local,
    local_date,
    owned,
    said_day,
)
from arshjul.workdays import Workdays
from notifications.prefect_places import FORMS, MOMENTS, PREFECT
from portal.dial import middle_of, point
from portal.web.context import PortalContext
from portal.web.logged_in import Who
from portal.web.looks import look
from portal.web.shown_utskick import App, Message, Scope, Send, utskick_word
from submissions.finding import graded
from submissions.review.rule_list import number_text

HERE = Path(__file__).parents[1]
STATIC = HERE / "static"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
#: over https: for a year browsers come to this host by https alone
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


def guards_of(context: PortalContext) -> dict[str, str]:
    """Return the headers that every answer carries."""
    return HEADERS | (HTTPS_HEADERS if context.https else {})


class WithHeaders:
    """Adds headers to every answer that does not set them itself."""

    def __init__(self, app: App, *, headers: Mapping[str, str]) -> None:
        self.app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Pass on, with the headers added."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in there)]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def first_body(definition: Definition) -> str:
    """Return the body whose page the menu opens: the first that the whole municipality's reports go to, else any."""
    named = {moment.body for step in definition.steps.values() for moment in step.moments.values()}
    return next((body for body in definition.bodies if body in named), next(iter(definition.bodies), ""))


REFUSING = ("word", "over")  #: what a page is given of what was refused, in the words of whoever refused it


class Pages:
    """Renders the templates of one portal."""

    def __init__(self, context: PortalContext) -> None:
        self._definition = context.office.definition
        self._shared = {
            "municipality": context.office.definition.kommun.name,
            "office": context.office.definition.office_said,
            "office_address": context.office.mail_from.rpartition("<")[2].strip("> "),
            "letters_shown": context.maildir is not None,
            "first_body": first_body(context.office.definition),
        }
        _environment()

    def html(
        self, template: str, now: datetime, *, status: int = 200, who: Who | None = None, **values: Any
    ) -> HTMLResponse:
        """Return a page. ``now`` sets the wheel's hand; ``who`` is named, can log out, and fills ``csrf_field()``."""
        return HTMLResponse(self.text(template, now, who=who, **values), status)

    def text(self, template: str, now: datetime, *, who: Who | None = None, **values: Any) -> str:
        """Return a template's text; see :meth:`html`."""
        shared = {**self._shared, "now": now, "hand": point(middle_of(local_date(now)), 46), "who": who}
        if who:
            shared["csrf"] = who.csrf
        shared["utskick_word"] = utskick_word(self._definition.office_said)
        shared["letters_word"] = who.letters_word if who else ""
        values |= {
            name: self._definition.own_words(values[name]) for name in REFUSING if isinstance(values.get(name), str)
        }
        shared["letters_shown"] = bool(who and who.is_office and self._shared["letters_shown"])
        return _environment().get_template(template).render(shared, **values)

    def error(self, status: int, word: str, now: datetime, *, log_in: bool = False) -> HTMLResponse:
        """Return a friendly page for what went wrong; with ``log_in`` it shows the way to the login."""
        title = TITLES.get(status, "Något gick fel" if status >= 500 else "Det gick inte")
        return self.html("error.html", now, status=status, title=title, word=word, code=status, log_in=log_in)


@cache
def asset(name: str) -> str:
    """Return a static file's address, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # what runs is what it was started with
    )
    environment.filters |= {
        "graded": graded,
        "instant": instant_text,
        "day": day_text,
        "said_day": said_day,
        "written_day": _written_day,
        "past": past,
        "clock": lambda at: clock_text(at.astimezone(STOCKHOLM).time()),
        "listing": listing,
        "weekday": lambda day: WEEKDAYS[day.weekday()],
        "month": lambda day: MONTHS[day.month - 1],
        "owned": owned,
        "capital": lambda text: text[:1].upper() + text[1:],
        "local_date": local_date,
        "size": size_text,
        "number": number_text,
        "seamed": seamed,
        "pieces": lambda text: Markup("<wbr>").join(pieces(str(text))),
    }
    environment.globals |= {"prefect_moments": f"{PREFECT}{MOMENTS}", "prefect_forms": f"{PREFECT}{FORMS}"}
    environment.globals |= {"asset": asset, "look_of": look, "csrf_field": csrf_field}  # there in imported macros too
    for name in environment.list_templates():
        environment.get_template(name)  # a template that cannot be read is told at start
    return environment


def _written_day(text: str) -> str:
    """Return a day that was typed in a form, and is kept as such, as people write it; what is no day as it stands."""
    try:
        return said_day(date.fromisoformat(text))
    except ValueError:
        return text


@pass_context
def csrf_field(context: Context) -> Markup:
    """Return the hidden field that every form of ours carries; the page was given ``who`` or ``csrf``.

    Raises jinja2.UndefinedError on a page that was given neither. A macro in a file of its own does not see the
    page's values: import it ``with context``.
    """
    return Markup('<input type="hidden" name="csrf" value="{}">').format(str(context.resolve("csrf")))


TITLES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "Det gick inte att läsa",
    HTTPStatus.FORBIDDEN: "Du kommer inte in här",
    HTTPStatus.NOT_FOUND: "Sidan finns inte",
    HTTPStatus.METHOD_NOT_ALLOWED: "Sidan finns inte",
    HTTPStatus.GONE: "Filen finns inte kvar",
    HTTPStatus.REQUEST_TIMEOUT: "Det tog för lång tid",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "För stort",
    HTTPStatus.TOO_MANY_REQUESTS: "Vänta en stund",
    HTTPStatus.INSUFFICIENT_STORAGE: "Disken är full",
    HTTPStatus.SERVICE_UNAVAILABLE: "Det går inte just nu",
}


def size_text(count: int) -> str:
    """Return ``2,4 MB`` or ``340 kB``."""
    return f"{count / 1_000_000:.1f} MB".replace(".", ",") if count >= 1_000_000 else f"{max(1, count // 1000)} kB"


def left_text(due: datetime, now: datetime, workdays: Workdays) -> str:
    """Return how long is left: "om 7 arbetsdagar", "i dag kl. 16.00", "3 arbetsdagar sen"."""
    today, day = local_date(now), local_date(due)
    clock = f"kl. {due.astimezone(local(day, due.time()).tzinfo):%H.%M}"
    count = workdays.between(today, day)
    if now > due:
        passed = workdays.between(day, today)
        return f"{passed} {_days(passed)} sen" if passed else "fristen har gått ut"
    if day == today:
        return f"i dag {clock}"
    return f"om {count} {_days(count)}" if count else f"{WEEKDAYS[day.weekday()]} {clock}"


def _days(count: int) -> str:
    return "arbetsdag" if count == 1 else "arbetsdagar"
