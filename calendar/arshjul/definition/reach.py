"""Where a ladder ends: its top rung, and the body that it takes what is late up to."""

from arshjul.definition.model import Body, Definition, Ladder, Rung
from arshjul.keys import BodyId


def top_rung(ladder: Ladder | None) -> Rung | None:
    """Return the rung that reaches a body; None when the ladder does not go there."""
    return next((each for each in (ladder.rungs if ladder else ()) if each.kind == "ksau"), None)


def body_told(definition: Definition, rung: Rung) -> tuple[BodyId, Body]:
    """Return the body that a rung tells: whose secretary and chair it names, the most of them."""

    def named(body: Body) -> int:
        return len({body.secretary, body.chair} & set(rung.to))

    body_id, body = max(definition.bodies.items(), key=lambda item: named(item[1]))
    if not named(body):
        raise LookupError(f"trappsteget '{rung.kind}' når inget organs sekreterare eller ordförande; se 'till'")
    return body_id, body
