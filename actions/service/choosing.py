"""Choosing utskick: by the command and by the page, with the same refusals and the same words on what to know."""

from datetime import date

from actions.act import Act
from arshjul.errors import RefusedError
from notifications.office import Office, parse_utskick
from store.database import Session
from store.plan.planning import with_recorded_tidplaner
from store.plan.shadow import SHARP, choose_utskick


def choose(act: Act, wanted: str) -> str:
    """Let utskick be ``wanted`` from the next letter on; return in Swedish what else is to be known, or "".

    Raises RefusedError when the setting decides, or there is no such utskick.
    """
    scene = act.scene
    if scene.office.utskick_is_set:
        raise RefusedError(f"ARSHJUL_UTSKICK={scene.office.utskick} bestämmer. Ta bort variabeln, eller ändra den.")
    chosen = parse_utskick(wanted)
    choose_utskick(scene.session, chosen, act.by, scene.now, scene.office.definition.tops)
    return "" if chosen != SHARP else silent(scene.session, scene.office, scene.today)


def silent(session: Session, office: Office, today: date) -> str:
    """Return that no letters go although utskick is ``skarpt``, as nobody has fastställt the year's tidplan; or ""."""
    plan = with_recorded_tidplaner(session, office.definition).year_plans.get(today.year)
    if plan and plan.state == "fastställd":
        return ""
    return (
        f"Tidplanen för {today.year} är inte fastställd: inga brev går förrän den är det. Skicka in formuläret "
        "Fastställ tidplanen i Prefect."
    )
