"""Gallring with all that goes with it: the handlingar's content, and the files in the mails that brought them."""

from collections.abc import Collection
from dataclasses import dataclass

from actions.scene import Scene
from actions.underlag.removing import strip_mails
from store.handins import removals
from submissions.deciding import gallring


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallrat:
    """What a gallring did."""

    versions: int
    mails: int  #: mails that were taken in, whose files went too


def gallra(scene: Scene, chosen: Collection[str], decision: str, by: str) -> Gallrat:
    """Gallra the chosen parts on a decision, in one transaction. See :func:`submissions.deciding.gallring.gallra`."""
    gone = gallring.gallra(scene.session, scene.office.definition, chosen, decision, by, scene.now)
    return Gallrat(versions=len(gone), mails=strip_mails(scene.session, gone, removals.GALLRAD))
