"""Letting somebody out at once."""

from actions.act import Act
from store.access import revoking
from store.access.revoking import Revoked


def let_out(act: Act, who: str) -> Revoked:
    """End all that opens something for ``who`` at once: an address, or a subject as the log and the page tell it.

    Raises RefusedError for one who is not known at all, and without a reason.
    """
    scene, why = act.scene, act.reason
    return revoking.revoke(scene.session, scene.office.definition, who, scene.now, act.by, why)
