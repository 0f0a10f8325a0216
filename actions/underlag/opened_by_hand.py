"""What a person says of a händelse that hand-ins open: that it was a mistake, or that it holds all the same."""

from actions.act import Act
from actions.filled_in import asked_choice
from actions.plan.happened import record_opening
from actions.underlag.deviation_word import DeviationWord, tell_by_hand
from arshjul.keys import UnitId
from store.plan.in_step import Moved
from store.registers.openings import openings


def say_opening(act: Act, happening: str, unit: UnitId, period: str, *, gone: bool = False) -> list[Moved]:
    """Record it as :func:`record_opening` does, and tell the bodies that had the word of it how it is now.

    Who was told of nothing hears nothing, and the ekonomikontor, which says it, writes to itself of nothing.
    """
    scene, why = act.scene, act.reason
    moved = record_opening(act, happening, unit, period, gone=gone)
    named = {each.name: key for key, each in scene.office.definition.happenings.items()}
    happening = asked_choice(happening, named, "okänd händelse")
    holds = {each.happening for each in openings(scene.session) if each.holds}
    opening = scene.office.definition.happenings[happening].opening
    for one in scene.wheel.obligations.values():
        if opening and one.step in opening.steps and (one.unit, one.period.key) == (unit, period):
            here = frozenset(each.happening for each in holds if (each.unit, each.period.key) == (unit, period))
            tell_by_hand(DeviationWord(scene, one, "", frozenset(), here, why), happening)
    return moved
