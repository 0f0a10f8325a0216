"""What is known of a hand-in before it is taken in: which part it is of, and what is in its file."""

from collections.abc import Callable

from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey, PartId
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from store.database import Session
from store.handins.resting import resting
from submissions.files.contents import look_into
from submissions.files.parts import MAX_BYTES, form_of
from submissions.ledger.known import known_of
from submissions.review.examining import Examined, examine, is_looked_into


def examined_for(
    session: Session, wheel: Wheel, obligation_key: ObligationKey, part_id: PartId, content: bytes
) -> Callable[[], Examined | None]:
    """Return the examination of a file that is about to be handed in, to be run when the session is closed.

    It gives None for a file that is not looked into, or that is not taken anyway.
    """
    one, part = owed(wheel, obligation_key, part_id)
    kind = look_into(content).kind
    if not is_looked_into(part) or kind not in form_of(part).kinds or len(content) > MAX_BYTES:
        return lambda: None
    known, out_of_force = known_of(session, wheel.definition, one), frozenset(resting(session))
    return lambda: examine(wheel.definition, one, part, content, kind, known, out_of_force)


def owed(wheel: Wheel, obligation_key: ObligationKey, part_id: PartId) -> tuple[Obligation, PartOwed]:
    """Return an obligation and its part. Raises RefusedError, with the nearest right word, when they are not there."""
    one = wheel.obligations.get(obligation_key)
    if one is None:
        raise RefusedError(
            f"Det finns inget inlämningskrav '{obligation_key}'{nearest(obligation_key, wheel.obligations) if len(obligation_key) < 200 else '.'}"
        )
    part = next((part for part in one.parts if part.id == part_id), None)
    within = next((each for each in one.fulfilled if each.part.id == part_id), None)
    if within and one.host:
        host = wheel.obligations[one.host]
        name = next(each.name.partition(" (")[0] for each in host.parts if each.id == within.by)
        raise RefusedError(f"{within.part.name} lämnas inte för sig: den är {name}, i {host.name}. Lämna in den där.")
    if part is None:
        raise RefusedError(
            f"{one.name} för {one.unit_said} har ingen del '{part_id}'{nearest(part_id, [part.id for part in one.parts])}"
        )
    return one, part
