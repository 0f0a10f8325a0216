"""What follows when a body sends a report, or a matter of the ladder, back: the enheter get its reasons and a frist."""

from dataclasses import dataclass
from datetime import date

from actions.act import Act
from actions.bodies.recording import Decided
from actions.underlag.mending import new_frist
from actions.underlag.sending_back import send_back
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, ObligationKey
from arshjul.swedish import day_text
from arshjul.year.wheel import Milestone
from store.plan.recorded import give_time
from store.tables import Matter
from submissions.standing.completeness import part_states


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredTo:
    """Whom a body sends a report back to, and until when they are to mend it."""

    keys: tuple[str, ...]  #: of the obligations
    until: date  #: inclusive


def refuse_unsaid(act: Act, moment: Milestone, body: BodyId, back: ReferredTo | None) -> None:
    """Refuse an återremiss without a reason, or without whom it goes to and until when.

    A report that no enhet has handed anything in to is sent back by the decision alone.
    """
    _ = act.reason
    owed = [act.obligation(key) for key in _treated(act, moment).values()]
    parts = part_states(act.scene.session, owed)
    handed_in = any(part.version for one in owed for part in parts[one.key])
    if handed_in and not (back and back.keys):
        raise RefusedError(
            "Välj vilka enheter som ska komplettera, och till vilken dag. Det görs på organets sida i portalen: "
            f"{act.scene.office.public_url}/organ/{body}"
        )


def refer_report_back(act: Act, moment: Milestone, body: BodyId, decided: Decided, back: ReferredTo) -> None:
    """Send back the underlag of a report that a body chose. Raises RefusedError for one that is not the report's."""
    known = _treated(act, moment)
    for each in back.keys:
        if each not in known:
            raise RefusedError("Välj bland de enheter som har lämnat in till rapporten.")
        send_back(act, known[each], (), back.until, decided=_decided(act, body, decided))


def _treated(act: Act, moment: Milestone) -> dict[str, ObligationKey]:
    """Return what is handed in to what a moment is about, by its key as it is read: one enhet's, or every enhet's."""
    owed = act.scene.wheel.occurrence(moment.occurrence).obligations
    return {one.key: one.key for one in owed if moment.unit in (None, one.unit)}


def refer_matter_back(act: Act, matter: Matter, body: BodyId, decided: Decided, until: date) -> None:
    """Send back the underlag that a matter is about. What was never handed in gets a new frist instead.

    The round tells the frist, and it withdraws the matter.
    """
    scene, one = act.scene, act.obligation(matter.obligation_key)
    if any(part.version for part in part_states(scene.session, [one])[one.key]):
        send_back(act, one.key, (), until, decided=_decided(act, body, decided))
        return
    frist = {one.host or one.key: new_frist(scene.wheel, one, until, scene.now)}
    give_time(scene.session, scene.wheel.definition, frist, act.reason, act.by, scene.now)


def _decided(act: Act, body: BodyId, decided: Decided) -> str:
    name = act.scene.office.definition.bodies[body].name
    return f"{name} ({day_text(decided.on)}{', ' + decided.paragraf if decided.paragraf else ''})"
