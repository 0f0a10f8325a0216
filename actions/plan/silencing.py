"""Letters that rest until a day (vila), and a matter held back from the ladder's body (håll). Neither moves the frist."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from actions.act import Act
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import day_text, listing, local_date
from arshjul.year.wheel import Obligation
from store.plan.matters import escalated
from store.plan.recorded import add_quiet
from store.plan.waking import wake

LONGEST_HOLD_WORKDAYS = 10  #: a held escalation comes to life again after this many working days


def rest(act: Act, key: ObligationKey, until: date) -> None:
    """Let reminders rest up to and including ``until``; the frist stands, and the ladder after it too."""
    why, one = act.reason, act.obligation(key)
    refuse_rest(one, until, act.scene.now)
    _quiet(act, "vila", one, until, why)


def refuse_rest(one: Obligation, until: date, now: datetime) -> None:
    """Refuse reminders that rest until a day that has been, or past the frist. Raises RefusedError with the bound."""
    if until < local_date(now):
        raise RefusedError(f"{day_text(until)} har redan varit; välj en senare dag.")
    if until > one.deadline.last_day:
        raise RefusedError(
            f"Breven kan vila längst till fristen, {day_text(one.deadline.last_day)}. Ge anstånd om fristen ska flyttas."
        )


def refuse_own_rest(scene: Scene, one: Obligation, until: date, owes: Callable[[Obligation], Collection[str]]) -> None:
    """Refuse a person's wish to let the letters rest when others hand in a part of it: they get them too.

    ``owes`` tells which of an obligation's parts are the person's. Raises RefusedError also as :func:`refuse_rest` does.
    """
    refuse_rest(one, until, scene.now)
    group = (one, *scene.wheel.hosted.get(one.key, ()))
    others = {part.role for each in group for part in each.parts if part.id not in owes(each)}
    if others:
        names = listing([scene.office.definition.roles[role].definite for role in sorted(others)])
        raise RefusedError(
            f"Breven går också till {names}, som lämnar in en del var. "
            f"Be {scene.office.definition.office_said} om de ska vila för alla."
        )


def hold_escalation(act: Act, key: ObligationKey, until: date) -> None:
    """Hold a matter back from the ladder's body up to and including ``until``; then it goes by itself."""
    scene, why, one = act.scene, act.reason, act.obligation(key)
    latest = scene.wheel.workdays.add(scene.today, LONGEST_HOLD_WORKDAYS)
    if one.key in escalated(scene.session, [one.key]):
        raise RefusedError("Ärendet har redan väckts och kan inte hållas. Det återkallas när allt har kommit in.")
    if not scene.today <= until <= latest:
        raise RefusedError(
            f"Håll eskaleringen till en dag från i dag till {day_text(latest)} "
            f"({LONGEST_HOLD_WORKDAYS} arbetsdagar); den kan hållas igen."
        )
    _quiet(act, "håll", one, until, why)


def _quiet(act: Act, kind: str, one: Obligation, until: date, why: str) -> None:
    add_quiet(act.scene.session, kind, one.key, until, why, act.by, act.scene.now)
    act.log(f"quiet.{kind}", one.key, {"until": until.isoformat(), "why": why})
    wake(act.scene.session, [one.key], act.scene.now)
