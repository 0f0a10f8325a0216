"""One enhet's underlag in one occurrence: its time line, and what the ekonomikontor decides about it.

Whoever is logged in is who does it. What the rules do not allow is told on the page, with what was typed kept.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.act import Act
from actions.contents.withholding import Ground, withhold_version
from actions.entry import LoginRules
from actions.filled_in import UNTIL, asked_obligation
from actions.plan.frister import confirm_earlier, open_obligation
from actions.plan.silencing import hold_escalation, rest
from actions.scene import Scene
from actions.sending.reminding import remind_now
from actions.underlag.anstand import grant_anstand, refuse_anstand
from actions.underlag.approving import approve
from actions.underlag.sending_back import send_back
from actions.underlag.taking_away import REASONS, take_away
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, UnitId, joined
from arshjul.year.wheel import Obligation
from portal.loggen.log_words import LETTER_STATES
from portal.underlag.view import underlag_view
from portal.web.context import PortalContext
from portal.web.forms import day_of, number_of, text_of, texts_of, typed_in
from portal.web.gone_pages import underlag_gone
from portal.web.logged_in import ByOffice, ByReader, Who, checked_form, walled
from portal.web.pages import Pages
from portal.web.scope import scope_of


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes: both roles read, the ekonomikontor decides."""
    router = walled(prefix="/lage/{step}/{period}/{unit}/{krav}")

    @router.get("")
    def show(who: ByReader, step: str, period: str, unit: UnitId, krav: str, gjort: str = "") -> Response:
        """Show one underlag, with its time line."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            scope_of(scene, context, who).needs_unit(unit)
            return _page(pages, who, scene, _one(scene, who, step, period, unit, krav), done=DONE.get(gjort, ""))

    @router.post("/{handling}")
    async def act(
        request: Request, who: ByOffice, step: str, period: str, unit: str, krav: str, handling: str
    ) -> Response:
        """Carry out one of :data:`ACTIONS`, and show the page again."""
        async with checked_form(request, who) as form:
            if handling not in ACTIONS:
                raise HTTPException(404, "Det finns inget sådant att göra här. Gå tillbaka till underlagets sida.")
            return await run_in_threadpool(_act, context, pages, who, (step, period, unit, krav), handling, form)

    return router


NO_RULES = LoginRules()  #: of an installation whose settings say nothing about logging in


def _anstand(act: Act, key: ObligationKey, form: FormData) -> None:
    grant_anstand(act, key, day_of(form, "till", UNTIL))


def _refuse(act: Act, key: ObligationKey, _form: FormData) -> None:
    refuse_anstand(act, key)


def _send_back(act: Act, key: ObligationKey, form: FormData) -> None:
    send_back(act, key, set(texts_of(form, "del")), day_of(form, "till", "senast när det ska lämnas in igen"))


def _approve(act: Act, key: ObligationKey, _form: FormData) -> None:
    approve(act, key)


def _rest(act: Act, key: ObligationKey, form: FormData) -> None:
    rest(act, key, day_of(form, "till", UNTIL))


def _open_again(act: Act, key: ObligationKey, _form: FormData) -> None:
    open_obligation(act, key)


def _confirm_earlier(act: Act, key: ObligationKey, form: FormData) -> None:
    confirm_earlier(act, key, shown=text_of(form, "frist"))


def _hold(act: Act, key: ObligationKey, form: FormData) -> None:
    hold_escalation(act, key, day_of(form, "till", UNTIL))


def _remind(act: Act, key: ObligationKey, _form: FormData) -> None:
    remind_now(act, key)


def _take_away(act: Act, key: ObligationKey, form: FormData) -> None:
    until = day_of(form, "till", "senast när det ska lämnas in igen") if text_of(form, "till") else None
    take_away(
        act, key, number_of(form, "version"), text_of(form, "anledning"), until,
        decision=text_of(form, "beslut"), keep_name=text_of(form, "namn") != "bort",
    )  # fmt: skip


def _withhold(act: Act, key: ObligationKey, form: FormData, rules: LoginRules = NO_RULES) -> None:
    ground = Ground(lagrum=text_of(form, "lagrum"), readers=text_of(form, "personer").split(), rules=rules)
    withhold_version(act, key, number_of(form, "version"), ground, keep_name=text_of(form, "namn") != "bort")


#: what can be done about an underlag, by the address that its form is sent to
ACTIONS: Mapping[str, Callable[[Act, ObligationKey, FormData], None]] = MappingProxyType(
    {
        "anstand": _anstand,
        "avsla": _refuse,
        "aterremiss": _send_back,
        "godkann": _approve,
        "vila": _rest,
        "hall": _hold,
        "oppna": _open_again,
        "tidigare": _confirm_earlier,
        "sparra": _withhold,
        "paminn": _remind,
        "ta-bort": _take_away,
    }
)
DONE = MappingProxyType(
    {
        "anstand": "Anståndet är beviljat. De som har fått den förra fristen får veta den nya i dagens brev.",
        "avsla": "Anståndet är nekat, och de ansvariga får veta det i ett brev.",
        "aterremiss": "Underlaget är återremitterat, och de ansvariga får skälen och fristen i ett brev.",
        "godkann": "Underlaget är godkänt.",
        "vila": "Påminnelserna vilar. Fristen står fast.",
        "hall": "Eskaleringen hålls. Sedan går den av sig själv om något fortfarande saknas.",
        "paminn": "Påminnelsen är skriven. Den står bland breven nedan.",
        "oppna": "Öppnat. Årshjulet skriver om det igen, från nästa brev.",
        "tidigare": "Den tidigare fristen gäller nu. De som har fått den förra får veta den nya i dagens brev.",
        "sparra": "Handlingen är spärrad. Den finns kvar, räknas som inlämnad och öppnas bara av dem som är namngivna.",
        "ta-bort": "Handlingen är borttagen, och den som ansvarar för delen får veta det i ett brev.",
    }
)


def _one(scene: Scene, who: Who, step: str, period: str, unit: str, krav: str) -> Obligation:
    try:
        key = asked_obligation(scene.office.definition, step, period, unit, krav)
    except RefusedError as unknown:  # the definition has changed, perhaps
        key = ObligationKey.of(scene.office.definition.kommun.id, step, period, unit, krav)
        raise underlag_gone(scene, who, key, str(unknown)) from None
    one = scene.wheel.obligations.get(key)
    if one is None:
        raise underlag_gone(scene, who, key)
    return one


def _act(
    context: PortalContext, pages: Pages, who: Who, where: tuple[str, str, str, str], handling: str, form: FormData
) -> Response:
    why = text_of(form, "anteckning" if handling == "godkann" else "skal")
    do = partial(_withhold, rules=context.login) if handling == "sparra" else ACTIONS[handling]
    try:
        context.act(lambda scene: do(Act(scene, who.name, why), _one(scene, who, *where).key, form), who.acting)
    except RefusedError as refused:
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            return _page(
                pages, who, scene, _one(scene, who, *where), word=str(refused), asked=handling, was=typed_in(form)
            )
    return RedirectResponse(f"/lage/{joined(*where)}?gjort={handling}", 303)


def _page(
    pages: Pages,
    who: Who,
    scene: Scene,
    one: Obligation,
    *,
    done: str = "",
    word: str = "",
    asked: str = "",
    was: Mapping[str, str] | None = None,
) -> Response:
    shown = underlag_view(scene, one)
    status = 400 if word else 200
    return pages.html(
        "underlag.html",
        scene.now,
        who=who,
        status=status,
        shown=shown,
        done=done,
        word=word,
        asked=asked,
        was=was or {},
        reasons=REASONS,
        letter_states=LETTER_STATES,
    )
