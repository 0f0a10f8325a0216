"""Avstämning nu: a round that somebody asks for, of everything and at once."""

from actions.act import Act
from actions.ladder.rounds import bring_up
from store.plan.waking import wake_all


def bring_up_now(act: Act, run_id: str | None = None) -> str:
    """Bring everything up to now: what is due goes out, and nothing twice. Returns a sentence on what it did.

    ``run_id`` is the Prefect run in which it was asked for.
    """
    scene = act.scene
    moved = scene.plan()
    wake_all(scene.session, scene.now)
    letters = bring_up(scene, run_id=run_id).letters
    act.log("round.asked", None, {"moved": len(moved), "letters": len(letters)})
    return f"{len(moved)} frister planerade om, {len(letters)} brev i utkorgen (begärd av {act.by})."
