"""What follows when a body sends a report, or a matter of the ladder, back: the enheter get its reasons and a frist."""

from collections.abc import Iterable
from datetime import date

from actions.act import Act
from actions.bodies.recording import Decided
from actions.underlag.mending import new_frist
from actions.underlag.sending_back import send_back
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import day_text
from arshjul.year.wheel import Milestone
from store.plan.recorded import give_time
from store.tables import Matter
from submissions.standing.completeness import part_states


def refer_report_back(
    act: Act, moment: Milestone, body: str, decided: Decided, keys: Iterable[str], until: date
) -> None:
    """Send back the underlag of a report that a body chose. Raises RefusedError for one that is not the report's."""
    occurrence = act.scene.wheel.occurrence(moment.occurrence)
    known: dict[str, ObligationKey] = {one.key: one.key for one in occurrence.obligations}
    for each in keys:
        if each not in known:
            raise RefusedError("Välj bland de enheter som har lämnat in till rapporten.")
        send_back(act, known[each], (), until, decided=_decided(act, body, decided))


def refer_matter_back(act: Act, matter: Matter, body: str, decided: Decided, until: date) -> None:
    """Send back the underlag that a matter is about. What was never handed in gets a new frist instead.

    The round tells the frist, and it withdraws the matter.
    """
    scene, one = act.scene, act.obligation(matter.obligation_key)
    if any(part.version for part in part_states(scene.session, [one])[one.key]):
        send_back(act, one.key, (), until, decided=_decided(act, body, decided))
        return
    frist = {one.host or one.key: new_frist(scene.wheel, one, until, scene.now)}
    give_time(scene.session, scene.wheel.definition, frist, act.reason, act.by, scene.now)


def _decided(act: Act, body: str, decided: Decided) -> str:
    name = act.scene.office.definition.bodies[body].name
    return f"{name} ({day_text(decided.on)}{', ' + decided.paragraf if decided.paragraf else ''})"
