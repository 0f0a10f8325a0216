"""Changing who holds one role, without a file: a new holder from a day on, a deputy for a time, an empty seat.

What the rules do not allow is refused with a word on what to do.
"""

from datetime import date, timedelta

from actions.act import Act
from arshjul.errors import RefusedError
from arshjul.keys import seat_key
from arshjul.swedish import day_text
from store.people.holders import Seat
from store.people.people_file import person_faults, person_id
from store.people.person_words import phone_faults
from store.people.seats import (
    DEPUTY,
    ENDED,
    NO_DEPUTY,
    PHONE,
    end_deputy_after,
    holding_on,
    keep_deputy,
    keep_phone,
    leave,
    leave_without_deputy,
    open_rows,
    replace_holder,
)

ONE_DAY = timedelta(days=1)


def change_holder(act: Act, seat: Seat, name: str, address: str, since: date) -> None:
    """Give a role a new holder from a day on."""
    name, address, why = _stated(act, seat, name, address)
    scene = act.scene
    if since < scene.today:
        raise RefusedError(
            f"{day_text(since)} har redan varit, och breven har gått till den som hade rollen då. Välj i dag eller senare."
        )
    replace_holder(scene.session, *seat, name, address, since, scene.now, act.by, why)


def change_phone(act: Act, seat: Seat, phone: str) -> None:
    """Keep where a role's holder of today is called; "" is nowhere."""
    _known(act, seat)
    session, phone = act.scene.session, " ".join(phone.split())
    for fault in phone_faults(phone):
        raise RefusedError(f"{fault[:1].upper()}{fault[1:]}.")
    row = holding_on(session, seat, act.scene.today)
    if row is None:
        raise RefusedError("Ingen har rollen i dag. Lägg in en innehavare först.")
    keep_phone(session, row, phone)
    act.log(PHONE, seat_key(*seat), {"person": row.person_id})


def end_seat(act: Act, seat: Seat, last_day: date) -> None:
    """Let a role be vacant after ``last_day`` (inclusive). Its letters then go to the ekonomikontoret."""
    _known(act, seat)
    session, why = act.scene.session, act.reason
    if last_day < act.scene.today - ONE_DAY:
        raise RefusedError(f"{day_text(last_day)} har redan varit. Sista dagen är tidigast i går.")
    if not open_rows(session, seat, last_day + ONE_DAY):
        raise RefusedError(f"Ingen har rollen efter {day_text(last_day)}. Det finns inget att avsluta.")
    leave(session, *seat, last_day)
    act.log(ENDED, seat_key(*seat), {"until": last_day.isoformat(), "why": why})


def name_deputy(act: Act, seat: Seat, name: str, address: str, first: date, last: date) -> None:
    """Let somebody stand in for a role's holder from ``first`` to ``last``, both inclusive.

    A role has one deputy at a time: an earlier one whose days are over or not begun gives way, one in force ends.
    """
    name, address, why = _stated(act, seat, name, address)
    session, today = act.scene.session, act.scene.today
    if last < first:
        raise RefusedError(f"Sista dagen, {day_text(last)}, är före den första, {day_text(first)}.")
    if last < today:
        raise RefusedError(f"{day_text(last)} har redan varit. Välj dagar som inte har varit.")
    row = holding_on(session, seat, max(first, today))
    if row is None:
        raise RefusedError(
            f"Ingen har rollen {day_text(max(first, today))}. Lägg in en innehavare först, eller gör ersättaren till det."
        )
    if row.until and last > row.until:
        raise RefusedError(f"Innehavaren slutar {day_text(row.until)}. Ersättaren kan stå in längst till dess.")
    if person_id(address) == row.person_id:
        raise RefusedError("Innehavaren kan inte vara sin egen ersättare. Skriv ersättarens adress.")
    keep_deputy(session, row, name, address, first, last)
    detail = {"person": row.deputy_id, "since": first.isoformat(), "until": last.isoformat(), "why": why}
    act.log(DEPUTY, seat_key(*seat), detail)


def end_deputy(act: Act, seat: Seat) -> None:
    """Let the holder answer alone again, from today."""
    _known(act, seat)
    session, why, today = act.scene.session, act.reason, act.scene.today
    rows = [row for row in open_rows(session, seat, today) if row.deputy_id and (row.deputy_to or today) >= today]
    if not rows:
        raise RefusedError("Rollen har ingen ersättare nu eller framöver.")
    for row in rows:
        person = row.deputy_id
        if row.deputy_from is None or row.deputy_from < today:
            end_deputy_after(row, today - ONE_DAY)  # what has been stays
        else:
            leave_without_deputy(row)
        act.log(NO_DEPUTY, seat_key(*seat), {"person": person, "why": why})


def _known(act: Act, seat: Seat) -> None:
    role, unit = seat
    definition = act.scene.office.definition
    if role not in definition.roles or (unit is not None and unit not in definition.units):
        raise RefusedError("Rollen finns inte i årshjulet. Gå tillbaka till Personer och roller och välj därifrån.")


def _stated(act: Act, seat: Seat, name: str, address: str) -> tuple[str, str, str]:
    _known(act, seat)
    name, address = " ".join(name.split()), address.strip()
    for fault in person_faults(name, address, seat[0]):
        raise RefusedError(f"{fault[:1].upper()}{fault[1:]}.")
    return name, address, act.reason
