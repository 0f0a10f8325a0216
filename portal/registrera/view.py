"""One entry that waits for a person, as the page shows it: its files, where each may go, and who may have sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from actions.contents.withholding import is_withheld
from actions.inbox.registering import mail_of, returned
from actions.inbox.returned import Returned
from actions.inbox.sorting import letter_of, marked_for, obligations_of, places_of
from actions.scene import Scene
from arshjul.keys import ObligationKey, RoleId, UnitId
from arshjul.swedish import STOCKHOLM
from arshjul.year.wheel import Obligation
from notifications.mailbox.enclosed import File
from notifications.mailbox.fitting import Place, suggest
from notifications.mailbox.mail_reading import Mail
from portal.web.paths import seat_path
from store.handins.withheld import held_by
from store.people.holders import covers, holders, roles_of
from store.post import incoming
from store.tables import Incoming, LetterRow, Person, Withheld
from submissions.files.filled import MallMark
from submissions.files.parts import PARAGRAF, form_of

BEHIND, AHEAD = timedelta(days=200), timedelta(days=100)  #: whose fristen one may choose among
LONGEST_SHOWN = 4_000  #: characters of a mail's text on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file, and where it is proposed to go."""

    number: int
    name: str
    size: int
    sha256: str
    proposed: str  #: a place's value, or ""
    filed: str  #: the part that it has been filed as, or ""
    gone: bool  #: gallrad, taken away or withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedBy:
    """One whom a letter that came back went to."""

    address: str
    name: str  #: "" where nobody, or more than one, has the address
    copied: bool
    named: bool  #: the bounce means this one


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """All that the page of one entry shows."""

    row: Incoming
    sender_name: str
    text: str
    letter: LetterRow | None
    returned: Returned | None  #: the letter that it says came back, where a person shall say whether that is so
    lost: tuple[MissedBy, ...]  #: whom it may not have reached
    seats: tuple[tuple[str, str], ...]  #: (page, role) of a sender who says that they have left, or moved
    files: tuple[FileView, ...]
    places: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  #: what is owed, and (value, part) of each
    choices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  #: tillfälle, and (key, enhet and krav) of each
    chosen: str  #: the obligation that was chosen, or that the mail is about
    people: tuple[tuple[str, str], ...]  #: (id, name and role)
    person: str  #: the proposed one's id, or ""
    wants_decision: bool  #: one of the parts is a protokollsutdrag
    day: str  #: when it came, as the fields show it
    clock: str
    withheld: tuple[Withheld, ...]  #: the spärrar that hold it, or a file in it
    may_withhold: bool


def entry_view(scene: Scene, row: Incoming, chosen: str) -> EntryView:
    """Gather an entry; ``chosen`` is an obligation's key, "" for those that the mail is about."""
    mail = mail_of(scene, row)
    letter, back = letter_of(scene, mail, row.received_at), returned(scene, row, mail)
    one = scene.wheel.find(chosen)
    marks = [mark for kept in row.files if (mark := _mark(kept))]
    keys = _with_hosted(scene, one) if one else obligations_of(scene, mail, letter) or marked_for(scene, marks)
    places = places_of(scene, keys)
    person = incoming.person_by_address(scene.session, mail.sender)
    people = _people(scene, places, person)
    at = row.received_at.astimezone(STOCKHOLM)
    return EntryView(
        row=row,
        sender_name=mail.sender_name,
        text=mail.text[:LONGEST_SHOWN].strip(),
        letter=letter,
        returned=back,
        lost=tuple(_reader(scene, back, each) for each in back.readers) if back else (),
        seats=_seats(scene, person) if mail.farewell and person else (),
        files=_files(mail, row, places),
        places=_grouped(places),
        choices=_choices(scene),
        chosen=chosen or (row.obligation_key or ""),
        people=people,
        person=person.id if person else (people[0][0] if people else ""),
        wants_decision=any(PARAGRAF in form_of(place.part).fields for place in places),
        day=at.date().isoformat(),
        clock=f"{at:%H.%M}",
        withheld=held_by(scene.session, "mail", row.id),
        may_withhold=not is_withheld(scene.session, row),
    )


def _seats(scene: Scene, person: Person) -> tuple[tuple[str, str], ...]:
    definition = scene.office.definition
    held = sorted(roles_of(scene.session, person.id, scene.today), key=str)
    return tuple(
        (seat_path(role, unit), f"{definition.roles[role].name}{f', {definition.units[unit].name}' if unit else ''}")
        for role, unit in held
        if role in definition.roles and (unit is None or unit in definition.units)
    )


def _reader(scene: Scene, back: Returned, address: str) -> MissedBy:
    person = incoming.person_by_address(scene.session, address)
    return MissedBy(
        address=address,
        name=person.name if person else "",
        copied=address not in back.letter.to,
        named=address in back.named,
    )


def file_of(mail: Mail, row: Incoming, number: int) -> File | None:
    """Return an entry's file by its number on the page, from 1."""
    wanted = row.files[number - 1]["sha256"] if 0 < number <= len(row.files) else None
    return next((file for file in mail.files if file.sha256 == wanted), None)


def _with_hosted(scene: Scene, one: Obligation) -> list[ObligationKey]:
    return [one.key, *(each.key for each in scene.wheel.hosted.get(one.key, ()))]


def _files(mail: Mail, row: Incoming, places: Sequence[Place]) -> tuple[FileView, ...]:
    known: Mapping[str, File] = {file.sha256: file for file in mail.files}
    found = []
    for number, kept in enumerate(row.files, 1):
        file = known.get(kept["sha256"])
        place = suggest(file, places, _mark(kept)) if file else None
        found.append(
            FileView(
                number=number,
                name=kept["name"],
                size=kept["size"],
                sha256=kept["sha256"],
                proposed=_value(place) if place and not kept.get("part") else "",
                filed=kept.get("part_name", ""),
                gone=bool(kept.get("gone")),
            )
        )
    return tuple(found)


def _mark(kept: Mapping[str, Any]) -> MallMark | None:
    """Return what a marked mall said of itself when the mail was opened."""
    return MallMark(**kept["mark"]) if kept.get("mark") else None


def _value(place: Place) -> str:
    return f"{place.obligation.key}|{place.part.id}"


def _grouped(places: Sequence[Place]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in places:
        done = " (inlämnad)" if place.state.complete else ""
        groups.setdefault(_owed_text(place.obligation), []).append((_value(place), f"{place.part.name}{done}"))
    return tuple((name, tuple(each)) for name, each in groups.items())


def _owed_text(one: Obligation) -> str:
    return f"{one.step_name} {one.period.text}, {one.unit_name}: {one.name}"


def _choices(scene: Scene) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    ones = sorted(scene.wheel.obligations.values(), key=lambda one: (one.deadline.at, one.key))
    for one in ones:
        near = scene.now - BEHIND <= one.deadline.at <= scene.now + AHEAD
        if near and not one.host and any(form_of(part).wants_file for part in one.parts):
            group = groups.setdefault(f"{one.step_name} {one.period.text}", [])
            group.append((one.key, f"{one.unit_name}: {one.name}"))
    return tuple((name, tuple(each)) for name, each in groups.items())


def _people(scene: Scene, places: Sequence[Place], sender: Person | None) -> tuple[tuple[str, str], ...]:
    """Return who may have handed these parts in: those who answer for the roles first, then others of the enhet."""
    mapping, roles = holders(scene.session, scene.today), scene.office.definition.roles
    units = {place.obligation.unit for place in places}
    owing: set[tuple[RoleId, UnitId]] = {(place.part.role, place.obligation.unit) for place in places}
    found: dict[str, str] = {}
    for role, unit in owing:
        if person := scene.people.who(role, unit):
            found.setdefault(person.id, f"{person.name}, {roles[role].name}")
    for (role, seat_unit), holder in sorted(mapping.items(), key=str):
        if seat_unit in units or not places:
            found.setdefault(holder.id, f"{holder.name}, {roles[role].name if role in roles else role}")
    if sender and sender.id not in found:
        seats = roles_of(scene.session, sender.id, scene.today)
        above = scene.office.definition.above
        mine = any(
            covers(seats, mapping, place.part.role, unit, above.get(unit, ()))
            for place in places
            for unit in (place.obligation.unit,)
        )
        found[sender.id] = f"{sender.name}{'' if mine else ' (avsändaren)'}"
    return tuple(found.items())
