"""A letter that came back: whom it did not reach, whose fault that is, and whether the bounce can be believed.

Anybody who has had a letter can write a bounce of it, and whoever was not reached has not been warned: the ladder stops
for them. So a bounce that does not fit what is known is no proof, and is laid before a person.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from actions.act import Act
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.swedish import instant_text, listing
from notifications.mailbox.bounces import Bounce, Failed, matching
from notifications.plain import quoted
from notifications.post.refusals import is_of_sender, remedy
from store.plan.waking import touch
from store.post import incoming
from store.post.incoming import BOUNCE, UNREAD
from store.post.letter_outcomes import bounce, failures
from store.post.letter_states import BOUNCED, RESERVED
from store.post.letters import letter_held
from store.post.notices import link_opened
from store.post.state import note_fault
from store.tables import Incoming, LetterRow

GIVES_UP = timedelta(days=7)  #: after so long no mail server tries any more (RFC 5321 4.5.4.1: four to five days)


class OnItsWayError(RefusedError):
    """A bounce of a letter that is being sent right now: it is read again when the letter has been settled."""


def came_back(act: Act, row: Incoming, told: Bounce, letter: LetterRow | None) -> None:
    """Turn the letter into ``studsat`` for those whom it did not reach; a delay changes nothing.

    What came back because of us (our address, login or network) is no recipient's: it is noted as the post's fault,
    settles nothing, and is laid before a person; so is a bounce that does not fit what is known, or that names among
    its recipients one whom the letter did not go to: it may be anybody's of the others.
    """
    scene = act.scene
    if letter is None:
        return _lay(act, row, "En studs, men det går inte att se vilket av våra brev den gäller.")
    letter = letter_held(scene.session, letter.id)  # a sender may have taken it since the mail was sorted
    if letter.state == RESERVED:
        raise OnItsWayError("Brevet som studsen gäller är på väg just nu. Försök igen om en stund.")
    everyone = [*letter.to, *letter.cc]
    reached = {address: each for each in told.failed if (address := matching(each, everyone))}
    back = {address: each.words for address, each in reached.items() if each.permanent}
    ours = {address: words for address, words in back.items() if is_of_sender(words)}
    gone = {address: words for address, words in back.items() if address not in ours}
    late = [address for address, each in reached.items() if not each.permanent]
    if not reached:
        word = f"En studs av brevet ”{letter.subject}”, men det går inte att se vilken mottagare den gäller."
        word += f" Den nämner {listing([quoted(each.address) for each in told.failed])}." if told.failed else ""
        return _lay(act, row, word)
    if doubts := _doubts(scene, row, letter, {address: reached[address] for address in back}):
        word = (
            f"Brevet ”{letter.subject}” sägs ha kommit tillbaka från {listing(sorted(back))}, men {listing(doubts)}. "
            "Ingenting är ändrat. Hör med mottagaren. Kom brevet inte fram: välj det här nedanför. Kom det fram: lägg åt sidan."
        )
        return _lay(act, row, word)
    if gone:
        _bounce(scene, letter, gone)
    words = [f"Brevet ”{letter.subject}” kom tillbaka från {listing(sorted(gone))}." if gone else ""]
    words += [f"Brevet är fördröjt till {listing(sorted(late))}; servern fortsätter försöka." if late else ""]
    words += ["Brevet är märkt som studsat." if letter.state == BOUNCED else ""]
    if strange := [quoted(each.address) for each in told.failed if _is_strange(told, each, everyone)]:
        words += [f"Det nådde inte {listing(strange)}, och det går inte att se vilken mottagare det är."]
    if ours:
        fault = _note_ours(scene, next(iter(ours.values())))
        never = f"Brevet ”{letter.subject}” nådde inte {listing(sorted(ours))}. {fault} Skriv till mottagaren på annat sätt."
        return _lay(act, row, " ".join(filter(None, [never, *words])))
    if strange:
        return _lay(act, row, " ".join(filter(None, words)))
    return incoming.handle(scene.session, row, BOUNCE, " ".join(filter(None, words)), act.by, scene.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A letter that a bounce is of, for a person to say whom it did not reach."""

    letter: LetterRow
    readers: tuple[
        str, ...
    ]  #: whom it has gone to and who are not known to be without it; none: there is nothing to say
    named: frozenset[str]  #: those of them whom the bounce names, and the only one left where it names a stranger
    why: str  #: why there is nothing to say, in Swedish; "" otherwise


def may_have_returned(letter: LetterRow, told: Bounce) -> Returned:
    """Return who may be said not to have got a letter that a bounce is of: nobody of one that is only late."""
    known, everyone = {address for address, _ in failures(letter.answer)}, dict.fromkeys((*letter.to, *letter.cc))
    readers = tuple(each for each in everyone if each not in known and _has_got(letter, each))
    meant = {matching(each, everyone) for each in told.failed} or {None}
    named = frozenset(readers) if len(readers) == 1 and None in meant else meant.intersection(readers)
    why = ""
    if told.failed and not told.permanent:
        why = "Brevet är fördröjt, och servern försöker fortfarande. Kommer det tillbaka får du en ny studs."
    elif not readers:
        why = "Det är redan antecknat för alla som brevet gick till att det inte kom fram."
    return Returned(letter=letter, readers=() if why else readers, named=frozenset(filter(None, named)), why=why)


def say_lost(act: Act, row: Incoming, told: Bounce, letter: LetterRow, lost: Collection[str]) -> None:
    """Say as a person that a letter did not reach ``lost``, some of its readers; whosever fault it is, they have had no word.

    A fault of the post's is noted as such too. Raises OnItsWayError, and RefusedError for one who is not to be said of.
    """
    scene, letter = act.scene, letter_held(act.scene.session, letter.id)
    if letter.state == RESERVED:
        raise OnItsWayError("Brevet som studsen gäller är på väg just nu. Försök igen om en stund.")
    found = may_have_returned(letter, told)
    if found.why:
        raise RefusedError(found.why)
    if not lost or not set(lost) <= set(found.readers):
        raise RefusedError("Markera vem brevet inte nådde. Nådde det alla: lägg åt sidan i stället.")
    words = {matching(each, (*letter.to, *letter.cc)): each.words for each in told.failed if each.permanent}
    other = words.get(None) or next(iter(words.values()), "inget skäl angivet")
    gone = {address: words.get(address, other) for address in found.readers if address in lost}
    _bounce(scene, letter, gone)
    ours = next((each for each in gone.values() if is_of_sender(each)), None)
    note = f"Brevet ”{letter.subject}” nådde inte {listing(sorted(gone))}."
    note += " Brevet är märkt som studsat." if letter.state == BOUNCED else ""
    note += f" {_note_ours(scene, ours)}" if ours else ""
    incoming.handle(scene.session, row, BOUNCE, note, act.by, scene.now)


def _has_got(letter: LetterRow, address: str) -> bool:
    """Tell whether a server has taken a letter for one of its readers; what has not left cannot come back."""
    return address not in (letter.pending or {}) and (letter.handed_at is not None or address not in letter.to)


def _is_strange(told: Bounce, failed: Failed, everyone: Collection[str]) -> bool:
    """Tell whether a bounce tells of a recipient who is none of the letter's: one of theirs who forwards it."""
    return told.by_status and failed.permanent and matching(failed, everyone) is None


def _bounce(scene: Scene, letter: LetterRow, gone: Mapping[str, str]) -> None:
    bounce(scene.session, letter.id, gone, scene.now)
    told_of = incoming.obligations_told(scene.session, letter.id)
    touch(scene.session, {key.occurrence for key in told_of}, scene.now)


def _note_ours(scene: Scene, why: str) -> str:
    """Note what came back because of us as the post's fault; return the words of it."""
    fault = f"Ett brev kom tillbaka, och felet är avsändarens, inte mottagarens ({quoted(why)}): {remedy(why)}."
    note_fault(scene.session, fault, scene.now, sure=False)  # another reader's server may take it
    return fault


def _doubts(scene: Scene, row: Incoming, letter: LetterRow, back: Mapping[str, Failed]) -> list[str]:
    """Return why a bounce cannot be taken for true; what had come back before changes nothing, and is not doubted."""
    news = sorted(back.keys() - {address for address, _ in failures(letter.answer)})
    person = incoming.person_by_address(scene.session, row.sender) if news else None
    words = [f"studsen är skickad av {person.name}, inte av en e-postserver"] if person else []
    return words + [word for address in news for word in _doubt(scene, row, letter, address, back[address])]


def _doubt(scene: Scene, row: Incoming, letter: LetterRow, address: str, told: Failed) -> Iterator[str]:
    if address.casefold() not in (told.address.casefold(), told.asked.casefold()):
        yield f"servern nämner {quoted(told.address)}, som brevet inte gick till"
    handed = letter.handed_at or letter.made_at
    if not _has_got(letter, address):
        yield f"det har inte lämnats över till {address} än"
    if row.received_at - handed > GIVES_UP:
        yield f"det lämnades över redan {instant_text(handed)}, och en server försöker högst en vecka"
    person = incoming.person_by_address(scene.session, address)
    if person and (opened := link_opened(scene.session, person.id, handed)):
        yield f"{person.name} öppnade sin personliga länk {instant_text(opened)}"
    if answered := incoming.answered_at(scene.session, letter.id, address):
        yield f"{person.name if person else address} svarade på det {instant_text(answered)}"


def _lay(act: Act, row: Incoming, why: str) -> None:
    incoming.handle(act.scene.session, row, UNREAD, why, act.by, act.scene.now)
