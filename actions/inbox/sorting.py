"""What a mail is about and where its files belong, found out without doing anything about it.

So that the files can be read and judged before the transaction that takes the mail in: it takes a second a file,
and on SQLite nobody else writes meanwhile.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.parser import BytesParser

from actions.recipients import CONTROLLER
from actions.scene import Scene
from arshjul.keys import ObligationKey, beginning
from arshjul.swedish import local_date
from notifications.letters.mime import sign_of
from notifications.mailbox.enclosed import File
from notifications.mailbox.fitting import NO_MARKS, Marks, Place, fit
from notifications.mailbox.genuine import judge
from notifications.mailbox.mail_reading import UNREADABLE, Mail
from notifications.mailbox.parsing import LONGEST_TEXT
from notifications.mailbox.read_apart import Read, read_mail_apart
from store.people.holders import covers, holders, roles_of
from store.post import incoming
from store.tables import LetterRow, Person
from store.tokens import blotted_bytes
from submissions.files.contents import look_into
from submissions.files.filled import MallMark
from submissions.files.parts import form_of
from submissions.intake.placing import mark_in, names
from submissions.intake.prepared import examined_for
from submissions.review.examining import Examined
from submissions.standing.completeness import part_states

logger = logging.getLogger(__name__)

Look = Callable[[], AbstractContextManager[Scene]]  #: opens a scene that only reads
Readings = Mapping[tuple[ObligationKey, str, str], Examined]  #: by obligation key, part and the file's SHA-256


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail that has been read, and what was found in those of its files that have their place."""

    mail: Mail
    raw: bytes = field(repr=False)
    too_large: bool = False  #: ``raw`` is only the head of a mail over the limit
    virus: str = ""  #: what the scanner found; ``raw`` is only the head then
    examined: Readings = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)  #: of its files that are mallar of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Which letter a mail answers, about what, and where each of its files belongs."""

    letter: LetterRow | None  #: only one that it surely answers or returns
    keys: Sequence[ObligationKey]  #: the obligations that it is about
    files: tuple[File, ...] = ()  #: less those that we sent ourselves
    doubt: str = ""  #: why a person must look before anything is filed
    person: Person | None = None  #: who sent it
    places: tuple[Place, ...] = ()  #: the parts that its sender may hand in
    placed: Mapping[str, Place] = field(
        default_factory=dict
    )  #: the place of each file (by SHA-256) that surely has one


def open_mail(
    look: Look, raw: bytes, arrived: datetime | None, *, too_large: bool = False, virus: str = "",
    read: Read = read_mail_apart,
) -> Opened:  # fmt: skip
    """Read a mail and its files, with no transaction open. Never raises for what is in them.

    ``arrived`` is when it reached the mailbox; None for what the mail itself says, or now.
    What cannot be found out here is found out again, and told, by whoever takes the mail in.
    """
    raw = blotted_bytes(raw)  # an answer quotes the letter that it answers, and with it the link
    mail = read(raw)
    opened = Opened(mail=mail, raw=raw, too_large=too_large, virus=virus)
    if too_large or virus or mail.kind != "svar" or not mail.files:
        return opened
    try:
        with look() as scene:
            if incoming.by_digest(scene.session, mail.digest):
                return opened  # taken in before
            unsure = _unsure(scene, sort_out(scene, mail, _came(scene, mail, arrived)))
        marks = marks_in(unsure)
        return Opened(mail=mail, raw=raw, examined=_examined(look, mail, arrived, marks), marks=marks)
    except Exception:
        logger.exception("mail.not_examined message_id=%s", mail.message_id)
        return opened


def marks_in(files: Iterable[File]) -> Marks:
    """Return what marked mallar say of themselves. Reads each file in a process, so with no transaction open."""
    return {file.sha256: mark for file in files if (mark := mark_in(file.content))}


def _came(scene: Scene, mail: Mail, arrived: datetime | None) -> datetime:
    return min(arrived or mail.arrived or scene.now, scene.now)


def _unsure(scene: Scene, found: Sorted) -> list[File]:
    """Return the files of which only a mark can tell what they are: several parts take such a file, or nobody says which."""
    places = found.places or places_of(scene, found.keys)
    kinds = Counter(kind for place in places for kind in form_of(place.part).kinds)
    return [file for file in found.files if not places or kinds[look_into(file.content).kind or ""] > 1]


def _examined(look: Look, mail: Mail, arrived: datetime | None, marks: Marks) -> Readings:
    with look() as scene:
        found = sort_out(scene, mail, _came(scene, mail, arrived), marks)
        waiting = {
            (*place.key, file.sha256): examined_for(scene.session, scene.wheel, *place.key, file.content)
            for file in found.files
            if (place := found.placed.get(file.sha256))
        }
    done = {where: examine() for where, examine in waiting.items()}
    return {where: examined for where, examined in done.items() if examined}


def sort_out(scene: Scene, mail: Mail, at: datetime, marks: Marks = NO_MARKS) -> Sorted:
    """Find out what a mail that came ``at`` is about; for one that answers, also where its files belong.

    A mail that answers nothing is about what its marked mallar are for; anybody can write a mark, so somebody confirms it.
    """
    letter = returned(scene, mail) if mail.bounce else answered(scene, mail)
    keys = _told_in(scene, letter)
    guessed = not keys
    keys = keys or obligations_of(scene, mail, guess(scene, mail, at)) or marked_for(scene, marks.values())
    ours = _sent_files(letter) if letter and mail.files else frozenset()
    files = tuple(file for file in mail.files if file.sha256 not in ours)
    doubt = _doubt(scene, mail, keys, files, guessed=guessed)
    if mail.sender and (files or scene.office.trust.anybody):
        why = judge(mail.stamps, mail.sender, scene.office.trust).why
        many = "en fil" if len(files) == 1 else f"{len(files)} filer"
        doubt = (
            f"{doubt or f'Ett svar med {many}.'} {why}" if why else doubt
        )  # what the mail is, before whose it may be
    person = incoming.person_by_address(scene.session, mail.sender)
    if doubt or person is None:
        return Sorted(letter=letter, keys=keys, files=files, doubt=doubt, person=person)
    places = tuple(place for place in places_of(scene, keys) if may_hand_in(scene, person, place, at))
    placed = fit(files, places, marks)
    return Sorted(letter=letter, keys=keys, files=files, person=person, places=places, placed=placed)


def letter_of(scene: Scene, mail: Mail, before: datetime) -> LetterRow | None:
    """Return the letter that a mail is about as far as anybody can see, for a person to confirm."""
    return answered(scene, mail) or guess(scene, mail, before)


def answered(scene: Scene, mail: Mail) -> LetterRow | None:
    """Return the letter that a mail surely answers or carries: by what only those who have had it can know."""
    found = incoming.letter_by_ids(scene.session, mail.about)
    return found or incoming.letter_by_keys(scene.session, signed_keys(scene, mail))


def returned(scene: Scene, mail: Mail) -> LetterRow | None:
    """Return the letter that a bounce surely sends back."""
    found = incoming.letter_by_ids(scene.session, mail.returned)
    return found or incoming.letter_by_keys(scene.session, signed_keys(scene, mail))


def signed_keys(scene: Scene, mail: Mail) -> list[str]:
    """Return the keys in a mail that carry our signature."""
    signs = frozenset(mail.signs)
    keys = dict.fromkeys((mail.own_key, *mail.keys))
    return [key for key in keys if sign_of(key, scene.office.secret) in signs]


def guess(scene: Scene, mail: Mail, before: datetime) -> LetterRow | None:
    """Return the letter that a mail may be about, by what anybody can write: a key, or a subject and a sender."""
    keys = [*mail.keys, *written_keys(scene, mail)]
    found = incoming.letter_by_keys(scene.session, keys)
    return found or incoming.letter_by_subject(scene.session, mail.bare_subject, mail.sender, before)


def written_keys(scene: Scene, mail: Mail) -> list[str]:
    """Return what stands like a key of ours in the subject or the text."""
    pattern = rf"(?<![\w/]){re.escape(scene.office.definition.kommun.id)}(?:/[\w.@+%-]+){{2,8}}"
    found = re.findall(pattern, f"{mail.subject}\n{mail.text[:LONGEST_TEXT]}")
    return list(dict.fromkeys(each.rstrip(".") for each in found))[:50]


def obligations_of(scene: Scene, mail: Mail, letter: LetterRow | None) -> list[ObligationKey]:
    """Return the keys of the obligations that a mail is about, those handed in with them after each."""
    return _whole(scene, [*_told_in(scene, letter), *_named(scene, (*mail.keys, *written_keys(scene, mail)))])


def marked_for(scene: Scene, marks: Iterable[MallMark]) -> list[ObligationKey]:
    """Return the keys of the obligations that mallar are marked for."""
    kommun = scene.office.definition.kommun.id
    ours = [each for each in marks if each.kommun == kommun]
    told = [
        one.key
        for each in ours
        for one in scene.wheel.obligations.values()
        if any(names(each, (one, part)) for part in one.parts)
    ]
    return _whole(scene, told)


def _told_in(scene: Scene, letter: LetterRow | None) -> list[ObligationKey]:
    """Return the keys of the obligations that a letter told of."""
    if letter is None:
        return []
    return _whole(scene, [*incoming.obligations_told(scene.session, letter.id), *_named(scene, (letter.key,))])


def _named(scene: Scene, keys: Iterable[str]) -> list[ObligationKey]:
    found = (scene.wheel.find(beginning(key)) for key in keys)
    return [one.key for one in found if one]


def _whole(scene: Scene, keys: Iterable[ObligationKey]) -> list[ObligationKey]:
    """Return those keys that there are, each once, with what is handed in with them after each."""
    known = [key for key in dict.fromkeys(keys) if key in scene.wheel.obligations]
    hosted = {key: [one.key for one in scene.wheel.hosted.get(key, ())] for key in known}
    return list(dict.fromkeys(each for key in known for each in (key, *hosted[key])))


def places_of(scene: Scene, keys: Sequence[ObligationKey]) -> tuple[Place, ...]:
    """Return the parts of these obligations that are handed in as files, in the definition's order."""
    ones = [scene.wheel.obligations[key] for key in keys]
    states = part_states(scene.session, ones)
    return tuple(
        Place(obligation=one, part=state.part, state=state)
        for one in ones
        for state in states[one.key]
        if state.obligation_key == one.key and form_of(state.part).wants_file
    )


def may_hand_in(scene: Scene, person: Person, place: Place, day_of: datetime) -> bool:
    """Tell whether a person holds the part's role that day, stands in for it, or reads along as its controller."""
    day = local_date(day_of)
    seats, mapping = roles_of(scene.session, person.id, day), holders(scene.session, day)
    unit = place.obligation.unit
    above = scene.office.definition.above.get(unit, ())
    return any(covers(seats, mapping, role, unit, above) for role in (place.part.role, CONTROLLER))


def _doubt(scene: Scene, mail: Mail, keys: Sequence[ObligationKey], files: Sequence[File], *, guessed: bool) -> str:
    """Return why a person must look before anything is filed; "" when nothing is in doubt."""
    if mail.kind == UNREADABLE:
        return " ".join(mail.unread)
    if mail.of_a_server and not files:
        return "En e-postserver har skrivit något som tjänsten inte förstår. Läs det: ett brev kan ha kommit bort."
    if mail.unread and not files:
        return " ".join(mail.unread)
    if not mail.sender:
        return "Avsändaren går inte att läsa."
    if not files:
        return (
            "Ett svar utan fil. Läs det, och svara avsändaren."
            if keys
            else "Ett mejl utan fil som tjänsten kan använda."
        )
    if incoming.person_by_address(scene.session, mail.sender) is None:
        return f"{mail.sender} har ingen roll i årshjulet. Välj vem som har lämnat in, eller lägg åt sidan."
    if not keys:
        return "Det går inte att se vilket brev det svarar på. Välj enhet, rapport och del."
    if guessed:
        return "Det går inte att säkert se vilket brev det svarar på, så förslaget är en gissning. Kontrollera det."
    return ""


def _sent_files(letter: LetterRow) -> frozenset[str]:
    """Return the checksums of the files that we sent ourselves: a mall that comes back untouched is no hand-in."""
    message = BytesParser(policy=policy.default).parsebytes(letter.mime)
    contents = [part.get_payload(decode=True) for part in message.walk() if part.get_filename()]
    files = (File(name="", media_type="", content=each) for each in contents if isinstance(each, bytes))
    return frozenset(file.sha256 for file in files)
