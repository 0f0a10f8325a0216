"""What follows from a mail that came: a hand-in, a letter that came back, or a word laid before a person.

The same mail is taken in once, by whatever way it comes. Nothing is answered to a From header: a kvittens goes to
the registered address of whoever handed in.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from actions.act import Act
from actions.contents.withholding import keep_withheld
from actions.inbox.automatic import said_by_itself
from actions.inbox.returned import OnItsWayError, came_back
from actions.inbox.sorting import Opened, Readings, Sorted, places_of, signed_keys, sort_out
from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in, received_of
from notifications.mailbox.enclosed import File
from notifications.mailbox.fitting import Marks, Place
from notifications.mailbox.mail_reading import MAX_TEXT, Mail
from notifications.mailbox.wrapping import how_to_unwrap
from notifications.plain import quoted
from store.acting import Acting, Way
from store.acting import act as say_who
from store.database import is_to_be_done_again
from store.post import incoming
from store.post.incoming import ASIDE, REGISTERED, UNREAD, Arrival
from store.savepoints import apart, reread
from store.tables import Incoming, Person
from submissions.files.contents import clean_name, look_into
from submissions.files.parts import Upload, form_of
from submissions.intake import checks
from submissions.intake.checks import HandIn
from submissions.intake.received import Received

logger = logging.getLogger(__name__)

MAILBOX = "brevlådan"  #: who the log says took in what came by mail
VIA = "brev"
REFUSED = "nekad"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMail:
    """What became of one mail."""

    row: Incoming
    again: bool  #: it had been taken in before, and nothing was done
    received: tuple[Received, ...] = ()


def take_in(act: Act, opened: Opened, arrived: datetime, *, ask: bool = False) -> TakenMail:
    """Take in one mail that reached the mailbox at ``arrived``. Whose act it is has brought it.

    ``ask``: files are laid before a person also where they surely fit, for somebody is there to confirm. Raises
    OnItsWayError; whatever else goes wrong is laid before a person, with the mail.
    """
    scene, mail, raw = act.scene, opened.mail, opened.raw
    if act.by == MAILBOX:
        say_who(scene.session, Acting(subject=mail.sender, way=Way.MAIL))
    if before := incoming.by_digest(scene.session, mail.digest):
        return TakenMail(row=before, again=True)
    arrival = Arrival(
        digest=mail.digest,
        message_id=mail.message_id,
        raw=raw,
        received_at=min(arrived, scene.now),
        sender=mail.sender,
        subject=mail.subject,
        kind=mail.kind,
        files=[_kept(file, opened.marks) for file in mail.files],
    )
    row = incoming.keep(scene.session, arrival, scene.now)
    if opened.virus:
        word = (
            f"Virusskyddet hittade {quoted(opened.virus)} i mejlet, så bara dess huvud är sparat. Det ligger i "
            "brevlådans mapp Arshjul/Behandlat: öppna det inte. Be avsändaren göra om filen, och hör av er till IT."
        )
        _lay(act, row, word)
        return TakenMail(row=row, again=False)
    if opened.too_large:
        _lay(
            act,
            row,
            f"Mejlet är större än {MAX_TEXT} och är inte läst. Det ligger i brevlådans mapp Arshjul/Behandlat: spara filerna ur det och lägg in dem här.",
        )
        return TakenMail(row=row, again=False)
    try:
        with apart(scene.session):
            received = _follow(act, opened, row, ask=ask)
            for file in list(row.files):
                keep_withheld(act, file["sha256"])
    except OnItsWayError:
        raise
    except Exception as error:
        if is_to_be_done_again(scene.session, error):
            raise  # nothing is wrong with the mail: it is taken in again
        logger.exception("mail.failed incoming=%s", row.id)
        reread(scene.session, row)
        received = ()
        _lay(act, row, "Ett oväntat fel hindrade tjänsten från att ta hand om mejlet; dess logg säger mer.")
    return TakenMail(row=row, again=False, received=received)


def _follow(act: Act, opened: Opened, row: Incoming, *, ask: bool) -> tuple[Received, ...]:
    scene, mail = act.scene, opened.mail
    found = sort_out(scene, mail, row.received_at, opened.marks)
    incoming.concern(row, found.keys[0] if found.keys else None, found.letter)
    if mail.sender == _bare(scene) and _is_ours(scene, mail):
        _handle(act, row, ASIDE, "Tjänstens eget brev.")
    elif mail.bounce:
        came_back(act, row, mail.bounce, found.letter)
    elif mail.automatic and (found.person or not mail.of_a_server):
        said_by_itself(act, row, mail, found)
    else:
        return _answered(act, opened, found, row, ask=ask)
    return ()


def _is_ours(scene: Scene, mail: Mail) -> bool:
    """Tell whether a mail is a letter of our own, by its id or its signed key."""
    known = incoming.letter_by_ids(scene.session, [mail.message_id]) is not None
    return known or bool(mail.own_key and mail.own_key in signed_keys(scene, mail))


def _bare(scene: Scene) -> str:
    return scene.office.mail_from.casefold()


def _answered(act: Act, opened: Opened, found: Sorted, row: Incoming, *, ask: bool) -> tuple[Received, ...]:
    """File what surely fits; the rest, and every doubt, is laid before a person."""
    scene = act.scene
    incoming.keep_files(row, [_kept(file, opened.marks) for file in found.files])
    if found.doubt or found.person is None:
        places = places_of(scene, found.keys)
        told = [f"{quoted(file.name)}: {word}" for file in found.files if (word := _other_kind(file, places))]
        _lay(act, row, " ".join([*told, found.doubt]))
        return ()
    if not found.places:
        who = found.person.name
        _lay(act, row, f"{who} har ingen roll som lämnar in det här. Välj vem som har lämnat in.")
        return ()
    if ask:
        _lay(act, row, "Kontrollera förslaget och registrera.")
        return ()
    received, faults = _file(act, row, found, found.person, opened.examined)
    left = [file for file in found.files if file.sha256 not in found.placed]
    faults = [*faults, *(f"{quoted(file.name)}: {_not_taken(file, found.places, scene)}" for file in left)]
    faults = [*faults, *opened.mail.unread]
    if faults:
        _lay(act, row, " ".join(faults))
    else:
        done = "; ".join(f"{each.part.name}, {each.obligation.unit_name}" for each in received)
        _handle(act, row, REGISTERED, f"Registrerat: {done}.")
    return received


def _other_kind(file: File, places: Sequence[Place]) -> str:
    """Say what a file is and what to do about it when it is of a kind that is taken nowhere; "" for any other."""
    foreign = look_into(file.content).foreign
    kinds = form_of(places[0].part).kinds_text if places else "Excel (.xlsx) eller Word (.docx)"
    return how_to_unwrap(file) or (f"{foreign.message} {foreign.mend(kinds)}" if foreign else "")


def _not_taken(file: File, places: Sequence[Place], scene: Scene) -> str:
    """Say why a file found no part: others lie in it, it is of no kind that is taken there, or it could be several."""
    if unwrap := how_to_unwrap(file):
        return unwrap
    contents = look_into(file.content)
    if any(contents.kind in form_of(place.part).kinds for place in places):
        return "det går inte att se vilken del det är. Välj del, eller lägg åt sidan."
    upload = Upload(filename=file.name, content=file.content)
    hand_in = HandIn(part=places[0].part, upload=upload, contents=contents, fields={}, today=scene.today)
    found = checks.run(checks.TAKING, hand_in)
    return " ".join(f"{each.message} {each.mend}" for each in found) or "filen tas inte emot här."


def _file(
    act: Act, row: Incoming, found: Sorted, person: Person, examined: Readings
) -> tuple[tuple[Received, ...], list[str]]:
    """Hand in what has its place, in the person's name; return what was received and what was not taken."""
    parts: list[PartHandedIn] = []
    files: list[File] = []
    for file in found.files:
        if (place := found.placed.get(file.sha256)) is not None:
            key, part = place.key
            upload = Upload(filename=file.name, content=file.content)
            parts.append(
                PartHandedIn(key=key, part=part, upload=upload, examined=examined.get((key, part, file.sha256)))
            )
            files.append(file)
    outcomes = hand_in(act, person, parts, via=VIA, handed_over_at=row.received_at, for_name=person.name)
    faults: list[str] = []
    for file, outcome in zip(files, outcomes, strict=True):
        faults += [outcome.refusal] if outcome.refusal else []
        for one in outcome.received:
            if one.outcome == REFUSED:
                faults += [f"{quoted(file.name)}: {found.message} {found.mend}" for found in one.findings]
            else:
                mark_filed(row, file.sha256, one)
    return tuple(one for one in received_of(outcomes) if one.outcome != REFUSED), faults


def mark_filed(row: Incoming, checksum: str, one: Received) -> None:
    """Note on a mail where one of its files went."""
    where = {"obligation": one.obligation.key, "part": one.part.id, "part_name": one.part.name, "version": one.version}
    incoming.file_under(row, checksum, where)


def _lay(act: Act, row: Incoming, why: str) -> None:
    _handle(act, row, UNREAD, why)


def _handle(act: Act, row: Incoming, state: str, note: str) -> None:
    incoming.handle(act.scene.session, row, state, note, act.by, act.scene.now)


def _kept(file: File, marks: Marks) -> dict[str, object]:
    kept = {"name": clean_name(file.name, None, "bilaga"), "sha256": file.sha256, "size": len(file.content)}
    mark = marks.get(file.sha256)
    return kept | ({"mark": asdict(mark)} if mark else {})
