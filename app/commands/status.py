"""The standing now, as rows: every open inlämningskrav of ours."""

from datetime import timedelta
from typing import Any

from actions.scene import SILENT_STATES, Scene
from actions.telling import missing
from store.plan.matters import open_matters
from store.plan.obligations import unsettled

AHEAD = timedelta(days=60)


def status_rows(scene: Scene) -> list[dict[str, Any]]:
    """Return what is open or late, soonest first."""
    sight = scene.look(unsettled(scene.session, scene.now + AHEAD))
    matters = dict(open_matters(scene.session, [one.key for one in sight.obligations]))
    return [
        {
            "key": one.key,
            "report": f"{one.step_name} {one.period.text}",
            "unit": one.unit_name,
            "krav": one.name,
            "due": one.deadline.at.isoformat(),
            "state": "Lyft till KSAU" if one.key in matters else sight.shown_state(one),
            "missing": [part.name for part in missing(scene, sight.states[one.key])],
        }
        for one in sight.obligations
        if sight.shown_state(one) not in SILENT_STATES
    ]
