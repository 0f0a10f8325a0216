"""The kvittens: a letter of its own to the registered address of whoever hands in, as soon as it is received."""

from collections.abc import Sequence
from datetime import datetime

from notifications import compose
from notifications.freezing import freeze
from notifications.office import Office
from notifications.readers import reader_of
from notifications.scene import Scene
from notifications.telling import missing
from notifications.views import ReceiptPart, ReceiptView
from store.database import Session
from store.tables import LetterRow, Person
from submissions.receive import Received

REFUSED = "nekad"


def write_receipt(
    session: Session, office: Office, received: Sequence[Received], person: Person, now: datetime
) -> list[LetterRow]:
    """Freeze one kvittens for each obligation that something was received for; nothing for what was refused."""
    scene = Scene(session, office, now)
    letters = []
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
            parts=tuple(_part(each) for each in parts),
            still_missing=tuple(missing(scene, sight.with_hosted(one))),
            due_at=one.deadline.at,
            preliminary=sight.state(one) == "Preliminär",
        )
        reader = reader_of(scene, person, parts[0].part.role)
        versions = "+".join(f"{each.part.id}.{each.version}" for each in parts)
        letter = freeze(
            session,
            office,
            now,
            key=f"{key}/kvittens/{versions}/{now.timestamp():.0f}",
            kind="kvittens",
            composed=compose.receipt(reader, view, office.definition.kommun.name),
            to=person,
            thread="/".join(one.occurrence),
        )
        letters += [letter] if letter else []
    return letters


def _part(received: Received) -> ReceiptPart:
    return ReceiptPart(
        name=received.part.name,
        filename=received.filename,
        version=received.version or 1,
        sha256=received.sha256,
        complete=received.complete,
        findings=tuple(f"{found.message} {found.mend}".strip() for found in received.findings),
        ej_aktuellt=received.ej_aktuellt,
    )
