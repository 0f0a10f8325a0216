"""The kvittens: a letter of its own to the registered address of whoever hands in, as soon as it is received."""

from collections.abc import Sequence
from datetime import datetime

from actions.readers import reader_of
from actions.recipients import registrator
from actions.scene import Scene
from actions.telling import missing
from actions.underlag.budget_warning import warn_of_budget
from arshjul.definition.model import Definition
from arshjul.ladder.standing import State
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views import ReceiptFinding, ReceiptPart, ReceiptView, WholePart
from notifications.office import Office
from notifications.plain import defused
from store.database import Session
from store.handins import versions as submissions
from store.post.letter_keys import LetterKey
from store.tables import LetterRow, Person
from submissions.intake.received import Received
from submissions.standing.completeness import PartState
from submissions.standing.version_history import Since, since_before

REFUSED = "nekad"
MOST = 12  #: changes that a kvittens tells; the page tells them all


def write_receipt(
    session: Session, office: Office, received: Sequence[Received], person: Person, now: datetime
) -> list[LetterRow]:
    """Freeze one kvittens for each obligation that something was received for; nothing for what was refused.

    What the ekonomikontor must know the same hour goes with them.
    """
    scene = Scene(session, office, now)
    letters = warn_of_budget(session, office, received, now)
    taken = [each for each in received if each.outcome != REFUSED]
    for key in dict.fromkeys(each.obligation.key for each in taken):
        parts = [each for each in taken if each.obligation.key == key]
        one = scene.wheel.obligations[key]
        sight = scene.look([key])
        view = ReceiptView(
            step_name=one.step_name,
            period_text=one.period.text,
            unit_name=one.unit_name,
            received_at=max(each.received_at for each in parts),
            registered_by=parts[0].registered_by,
            registered_at=now if parts[0].registered_by else None,
            late=any(each.late for each in parts),
            by=parts[0].by,
            parts=tuple(_part(session, office.definition, each) for each in parts),
            still_missing=tuple(missing(scene, sight.with_hosted(one))),
            due_at=one.deadline.at,
            preliminary=sight.state(one) is State.PRELIMINAR,
            diarienummer=scene.diarienummer(one.occurrence),
            whole=tuple(_whole(state) for state in sight.with_hosted(one)),
        )
        reader = reader_of(scene, person, parts[0].part.role)
        letter = freeze(
            session,
            office,
            now,
            key=LetterKey.of_receipt(key, [(each.part.id, each.version) for each in parts], now),
            kind="kvittens",
            composed=compose.receipt(reader, view, office.definition.kommun.name),
            to=person,
            cc=[] if view.still_missing else registrator(scene.people),
            thread=one.occurrence,
        )
        letters += [letter] if letter else []
    return letters


def _whole(state: PartState) -> WholePart:
    return WholePart(
        name=state.part.name,
        filename=defused(state.filename) if state.filename else None,
        version=state.version,
        sha256=state.sha256,
        ej_aktuellt=state.ej_aktuellt is not None,
    )


def _part(session: Session, definition: Definition, received: Received) -> ReceiptPart:
    since = _since(session, definition, received)
    return ReceiptPart(
        name=received.part.name,
        filename=defused(received.filename) if received.filename else None,
        version=received.version or 1,
        sha256=received.sha256,
        complete=received.complete,
        findings=tuple(
            ReceiptFinding(
                severity=found.severity,
                place=found.place,
                message=found.message,
                mend=found.mend,
                lagrum=found.lagrum,
            )
            for found in received.findings
        ),
        ej_aktuellt=received.ej_aktuellt,
        changed_since=since.version if since else None,
        changes=tuple(change.words for change in since.changes[:MOST]) if since else (),
        more_changes=max(0, len(since.changes) - MOST) if since else 0,
    )


def _since(session: Session, definition: Definition, received: Received) -> Since | None:
    """Return what this version changed since the one before it; None when there is none to compare with."""
    if received.outcome != "mottagen":
        return None  # the version stood there before, and its kvittens has told it
    one = received.obligation
    rows = submissions.versions(session, [one.key]).get((one.key, received.part.id), [])
    mine = [row for row in rows if row.version <= (received.version or 0)]
    newest = next(iter(mine), None)
    return (
        since_before(session, definition, [one], {(one.key, received.part.id): mine}).get(newest.id) if newest else None
    )
