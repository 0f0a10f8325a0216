"""The page of the rules, which anybody may read: what is checked, by which source, and what is out of force and why.

The ekonomikontor takes a faulty rule out of force there, and puts it in force again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.scene import Scene
from actions.underlag.rule_rest import rest_rule, resume_rule
from arshjul.errors import RefusedError
from portal.web.context import PortalContext
from portal.web.forms import text_of
from portal.web.limits import Recent
from portal.web.logged_in import Anyone, ByOffice, Who, checked_form, walled
from portal.web.pages import Pages
from submissions.review.rule_list import Listed, former, listed, restable


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What the page tells after a form: what was done, or why not, with what was typed."""

    text: str
    good: bool
    rule: str
    typed: str = ""


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes of the rules: the page is everybody's, its forms are the ekonomikontor's."""
    router = walled(prefix="/kontroller")
    answers = Recent[RuleAnswer](500)
    definition = context.office.definition

    @router.get("")
    def overview(who: Anyone, svar: str = "") -> Response:
        """Show every rule, those out of force first."""
        with context.store.read() as session:
            every, ended = listed(session, definition), former(session, definition)
        told = answers.get(svar) if svar and who and who.is_office else None
        return pages.html(
            "kontroller.html",
            context.clock(),
            who=who,
            resting=[each for each in every if each.rest],
            chapters=_chapters(every),
            ended=ended,
            told=told,
            told_rule=next((each.text for each in every if told and each.id == told.rule), ""),
        )

    @router.post("/{rule}/ur-kraft")
    async def rest(request: Request, who: ByOffice, rule: str) -> Response:
        """Take a rule out of force, and go back to the page."""
        async with checked_form(request, who, max_fields=4) as form:
            why = text_of(form, "varfor")

        def take(scene: Scene) -> str:
            known = restable(definition)
            return _rested(rest_rule(Act(scene, who.name, why), known, rule))

        return await done(who, rule, take, why)

    @router.post("/{rule}/i-kraft")
    async def resume(request: Request, who: ByOffice, rule: str) -> Response:
        """Put a rule in force again, and go back to the page."""
        async with checked_form(request, who, max_fields=4):
            pass

        def take(scene: Scene) -> str:
            resume_rule(Act(scene, who.name), restable(definition), rule)
            return "Regeln är i kraft igen, för det som lämnas in från och med nu."

        return await done(who, rule, take)

    async def done(who: Who, rule: str, take: Callable[[Scene], str], typed: str = "") -> Response:
        def act() -> RuleAnswer:
            try:
                return RuleAnswer(text=context.act(take, who.acting), good=True, rule=rule)
            except RefusedError as refused:
                return RuleAnswer(text=str(refused), good=False, rule=rule, typed=typed)

        number = answers.keep(await run_in_threadpool(act))
        return RedirectResponse(f"/kontroller?svar={number}#svar", 303)

    return router


def _rested(freed: int) -> str:
    if not freed:
        return "Regeln är ur kraft. Det den redan har hittat räknas inte längre."
    many = "En inlämnad del som bara den höll" if freed == 1 else f"{freed} inlämnade delar som bara den höll"
    return f"Regeln är ur kraft. {many} är nu {'komplett' if freed == 1 else 'kompletta'}."


def _chapters(every: Sequence[Listed]) -> list[tuple[str, list[Listed]]]:
    return [(chapter, list(group)) for chapter, group in groupby(every, key=lambda each: each.chapter)]
