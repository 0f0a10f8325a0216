"""A frist let to move earlier than was told, and a past one let to be told of after all."""

from actions.act import Act
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import instant_text
from store.plan.in_step import Moved
from store.plan.obligations import be_due, open_past, rows_of, tell
from store.plan.planning import held_back
from store.plan.waking import wake


def confirm_earlier(act: Act, key: ObligationKey, *, shown: str = "") -> list[Moved]:
    """Let a frist that was told move earlier, to what the plan says now; those who were told are told again.

    Raises RefusedError where the plan says nothing earlier, or another frist than the one (in ISO 8601) that whoever confirms was ``shown``.
    """
    scene, one = act.scene, act.obligation(key)
    planned = held_back(scene.session, scene.office.definition, scene.now).get(one.key)
    if planned is None:
        raise RefusedError(f"Fristen {instant_text(one.deadline.at)} är den som planen säger; inget att bekräfta.")
    if shown and shown != planned.isoformat():
        raise RefusedError(f"Planen har ändrats sedan sidan öppnades: fristen skulle nu bli {instant_text(planned)}.")
    row = rows_of(scene.session, [one.key])[one.key]
    tell(row, None)
    if planned < scene.now:
        be_due(row, planned)
    act.log("frist.confirmed_earlier", one.key, {"to": planned.isoformat()})
    return scene.replan()


def open_obligation(act: Act, key: ObligationKey) -> None:
    """Let an obligation whose past is over be told about after all (:mod:`arshjul.ladder.silence`), with all its parts.

    Raises RefusedError without a reason, and for one that is not planned yet.
    """
    scene, why, one = act.scene, act.reason, act.obligation(key)
    row = rows_of(scene.session, [one.key]).get(one.key)
    if row is None:
        raise RefusedError(
            f"{one.unit_name}, {one.name} {one.period.text} är inte planerad än. Försök igen om en stund."
        )
    open_past(row, scene.now)
    act.log("obligation.opened", one.key, {"why": why})
    scene.replan()
    wake(scene.session, [one.key], scene.now)
