"""Others answer for the roles than when the ladder was last thought of: then it is thought of anew."""

from actions.scene import Scene
from arshjul.keys import ObligationKey
from store.people.holders import answer_anew
from store.plan.obligations import on_the_ladder


def concerned_by_holders(scene: Scene) -> list[ObligationKey]:
    """Return what is on the ladder when somebody else answers for a role than at the last round; else nothing.

    Whatever made it so: a form, a file, a day on which a holder or a deputy begins or ends. The ladder skips a rung
    whose only holder is the one who owes, and tells a new one who has had no word. Before the first word a change
    concerns nobody. What is handed in with another has no ladder of its own: it is its host that is thought of, whatever
    came in to that.
    """
    if not answer_anew(scene.session, scene.people.seats):
        return []
    keys = on_the_ladder(scene.session, scene.now)
    owed = (scene.wheel.obligations.get(key) for key in keys)
    return sorted({*keys, *(one.host for one in owed if one and one.host)})
