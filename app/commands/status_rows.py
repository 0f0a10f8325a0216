"""The standing now, as rows: every open inlämningskrav of ours."""

from datetime import timedelta
from typing import Any

from actions.scene import Scene
from actions.telling import missing
from store.plan.obligations import unsettled
from submissions.standing.completeness import below_words
from submissions.standing.states import states_of

AHEAD = timedelta(days=60)


def status_rows(scene: Scene) -> list[dict[str, Any]]:
    """Return what is open or late, soonest first."""
    sight = scene.look(unsettled(scene.session, scene.now + AHEAD))
    states = states_of(scene.session, scene.wheel, sight.obligations, scene.office.since, scene.now, sight.states)
    return [
        {
            "key": one.key,
            "report": f"{one.step_name} {one.period.text}",
            "unit": one.unit_name,
            "krav": one.name,
            "due": one.deadline.at.isoformat(),
            "state": states[one.key].word,
            "missing": [part.name for part in missing(scene, sight.states[one.key])],
            **({"below": carried} if (carried := below_words(sight.states[one.key])) else {}),
        }
        for one in sight.obligations
        if not states[one.key].is_past
    ]
