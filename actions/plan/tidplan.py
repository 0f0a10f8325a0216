"""A year's tidplan fastställd, and a period closed in the ekonomisystem."""

from datetime import date

from actions.act import Act
from arshjul.errors import RefusedError
from arshjul.periods import Period
from arshjul.swedish import day_text
from store.plan.in_step import Moved
from store.plan.planning import plan_years
from store.plan.recorded import add_closing, add_tidplan


def close_period(act: Act, period: str, closed_on: date) -> list[Moved]:
    """Record the day on which a period was closed in the ekonomisystem; return the frister that it moved.

    A late closing moves what counts from it later; an early one moves nothing.
    """
    scene, parsed = act.scene, _period(period)
    if not any(occurrence.period == parsed for occurrence in scene.wheel.occurrences):
        raise RefusedError(f"Ingen rapport i årshjulet avser {parsed.text}. Välj en av periodens rapporter.")
    if closed_on <= parsed.end:
        raise RefusedError(f"Perioden slutar {day_text(parsed.end)} och kan inte vara stängd {day_text(closed_on)}.")
    if closed_on > scene.today:
        raise RefusedError(f"{day_text(closed_on)} har inte varit än. Registrera stängningen när den är gjord.")
    add_closing(scene.session, parsed.key, closed_on, act.by, scene.now)
    act.log("period.closed", parsed.key, {"closed_on": closed_on.isoformat()})
    return scene.replan()


def fix_tidplan(act: Act, year: int, decided_on: date, paragraf: str | None) -> list[Moved]:
    """Record that a year's tidplan is fastställd: from now its letters may go out sharply."""
    scene, years = act.scene, plan_years(act.scene.now)
    if year not in years:
        raise RefusedError(f"{year} ligger inte bland de år som är öppna nu ({years[0]}–{years[-1]}).")
    if decided_on > scene.today:
        raise RefusedError(f"{day_text(decided_on)} har inte varit än. Registrera beslutet när det är fattat.")
    _ = scene.wheel  # the plan before, which what was recorded is held against
    add_tidplan(scene.session, year, decided_on, paragraf or None, act.by, scene.now)
    act.log("tidplan.fixed", str(year), {"decided_on": decided_on.isoformat(), "paragraf": paragraf})
    return scene.replan()


def _period(read: str) -> Period:
    try:
        return Period.parse(read)
    except ValueError as error:
        raise RefusedError(str(error)) from None
