"""Others answer for the roles than when the ladder was last thought of: then it is thought of anew."""

from actions.scene import Scene
from arshjul.keys import ObligationKey
from store.people.holders import answer_anew
from store.plan.obligations import how_far


def concerned_by_holders(scene: Scene) -> list[ObligationKey]:
    """Return what is on the ladder when somebody else answers for a role than at the last round; else nothing.

    Whatever made it so: a form, a file, a day on which a holder or a deputy begins or ends. The ladder skips a rung
    whose only holder is the one who owes, and tells a new one who has had no word. Before the first word a change
    concerns nobody. What is handed in with another has no ladder of its own: it is its host that is thought of, whatever
    came in to that.
    """
    if not answer_anew(scene.session, scene.people.seats):
        return []
    rows, every = how_far(scene.session, scene.now), scene.wheel.obligations
    begun = {key for key, is_begun, _ in rows if is_begun}
    undone = [key for key, _, is_settled in rows if not is_settled]
    hosts = {key: every[key].host or key for key in undone if key in every}
    # the word of what it is handed in with told of it, too
    return sorted({each for key, host in hosts.items() if {key, host} & begun for each in (key, host)})
