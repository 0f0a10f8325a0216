"""Receiving: what one person hands in of one part, judged, kept as a new version, and told to the ladder."""

from datetime import datetime

from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, PartId
from arshjul.swedish import instant_text, local_date
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Wheel
from store.database import Session
from store.handins import versions as submissions
from store.plan.obligations import hold
from submissions.files.contents import Contents
from submissions.files.parts import APPROVED, Upload, form_of
from submissions.intake import checks
from submissions.intake.checks import HandIn
from submissions.intake.one_hand_in import Taking
from submissions.intake.part_fields import Fields, typed
from submissions.intake.prepared import owed
from submissions.intake.received import Received
from submissions.review.examining import Examined
from submissions.standing.completeness import all_complete, part_states


def receive(
    session: Session,
    wheel: Wheel,
    obligation_key: ObligationKey,
    part_id: PartId,
    *,
    upload: Upload | None = None,
    fields: Fields | None = None,
    ej_aktuellt: str | None = None,
    by: str,
    via: str,
    now: datetime,
    handed_over_at: datetime | None = None,
    registered_by: str | None = None,
    examined: Examined | None = None,
) -> Received:
    """Take in one part: a file, fields, or ``ej aktuellt`` with its motivering.

    It counts from ``handed_over_at``, when ``by`` handed it over (None: now): it took its time to read, or is filed for
    somebody, and then the log says when and by whom. After the frist it is taken and marked late. The same file with
    the same fields as the newest version is recognised. A file of the wrong kind, or that cannot be read, is not
    stored; one that can be read but lacks something is stored as a version that is not complete. Fields alone
    complete a protokollsutdrag whose file was handed in before.

    ``examined`` is what :func:`examined_for` gave for the same file before the transaction; without it the file is
    examined here.

    Raises RefusedError for an obligation or a part that is not there, when there is nothing to take, and for an
    hour of handing over that is still to come or lies before the version that stands.
    """
    one, part = owed(wheel, obligation_key, part_id)
    form, given = form_of(part), {name: typed(name, value) for name, value in (fields or {}).items()}
    hold(session, concerned(wheel, one))
    before = submissions.newest(session, [one.key]).get((one.key, part.id))
    if handed_over_at and handed_over_at > now:
        raise RefusedError(
            f"{part.name}: {instant_text(handed_over_at)} har inte varit än. Ange när filen lämnades över, som senast nu."
        )
    taking = Taking(session, wheel, one, part, by, via, now, handed_over_at or now, registered_by)
    if ej_aktuellt is not None:
        if upload is not None:
            raise RefusedError(f"{part.name}: välj antingen en fil eller ej aktuellt, inte båda.")
        return taking.ej_aktuellt(form, ej_aktuellt, before)
    if (
        part.carries
        and given.get(APPROVED)
        and not all_complete(part_states(session, [part.carries])[part.carries.key])
    ):
        raise RefusedError(
            f"{part.name}: allt är inte inne än, så det går inte att godkänna. Vänta på {part.carries.unit_said}, eller "
            "skriv varför det bärs upp utan."
        )
    if form.wants_file and upload is None and not (form.fields and before and before.sha256):
        if given and any(given.values()):
            return taking.refused(None, taking.file_missing(form, given))
        raise RefusedError(f"{part.name}: ingen fil är vald. Välj en fil, {form.kinds_text}.")
    return taking.take(form, upload, given, before, examined)


def refuse_oversize(
    session: Session,
    wheel: Wheel,
    obligation_key: ObligationKey,
    part_id: PartId,
    *,
    filename: str,
    by: str,
    via: str,
    now: datetime,
    handed_over_at: datetime | None = None,
    registered_by: str | None = None,
) -> Received:
    """Refuse a file by its size alone: its bytes were never read. Raises RefusedError as :func:`receive` does."""
    one, part = owed(wheel, obligation_key, part_id)
    taking = Taking(session, wheel, one, part, by, via, now, handed_over_at or now, registered_by)
    upload = Upload(filename=filename, content=b"")
    hand_in = HandIn(part=part, upload=upload, contents=Contents(), fields={}, today=local_date(now))
    return taking.refused(upload, (checks.oversize(hand_in),))
