"""Short words to the ekonomikontor, the day it is known: what was not delivered, what waits, which role is empty."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import chain

from actions.alone import alone
from actions.contents.outliving import outlived_plan
from actions.posting import NOTE, note
from actions.scene import Scene
from actions.service.health import rotten_words
from arshjul.definition.model import Definition
from arshjul.ladder.due import is_sending_time
from arshjul.swedish import day_text, instant_text, listing
from notifications.plain import defused, quoted
from notifications.post.post import NOT_TAKEN
from store.people.seats import Vacancy, mark_told, untold, vacancies
from store.post.correspondence import is_written, tried_and_waiting, undelivered, written
from store.post.incoming import waiting
from store.post.letter_keys import LetterKey
from store.post.letter_outcomes import failures
from store.post.letter_states import BOUNCED, REFUSED, WAITING
from store.post.state import told_fault
from store.service.rotten import files_called
from store.tables import LetterRow

TOO_LARGE = ("5.3.4", "5.2.3", "(552")  #: in the server's words: the letter is larger than it takes
LATEST_MONTH = 3  #: until then the word about gallring goes, if it could not before
MOST_TOLD = 20  #: mails in one word
BACK = timedelta(days=14)  #: an older refusal stood in a letter of the week


def tell_undelivered(scene: Scene, run_id: str | None = None) -> list[LetterRow]:
    """Freeze a note about each letter that somebody was not given, once per letter and address.

    Within the sending hours. A note that is not delivered itself is told in the
    letter of the week only.
    """
    if not is_sending_time(scene.now, scene.wheel.workdays, scene.office.definition.sending_hours):
        return []
    found = []
    back = [letter for letter in undelivered(scene.session, scene.now - BACK) if letter.kind != NOTE]
    failed = {letter.id: failures(letter.answer) or [("", letter.state)] for letter in back}
    keys = {letter.id: [_key(scene, letter, count + 1) for count in range(len(failed[letter.id]))] for letter in back}
    known = written(scene.session, chain.from_iterable(keys.values()))
    for letter in back:
        told = max((count for count, key in enumerate(keys[letter.id], 1) if key in known), default=0)
        if told == len(failed[letter.id]):
            continue
        write = partial(_tell_failed, scene, letter, failed[letter.id], told, run_id)
        word = alone(scene, f"ordet om att brevet ”{letter.subject}” inte kom fram", write)
        found += [word] if word else []
    return found


def _tell_failed(
    scene: Scene, letter: LetterRow, failed: Sequence[tuple[str, str]], told: int, run_id: str | None
) -> LetterRow | None:
    subject, words = f"Brev som inte kom fram: {letter.subject}", _words(letter, failed[told:])
    return note(scene, _key(scene, letter, len(failed)), subject, words, to=None, run_id=run_id)


def tell_not_taken(scene: Scene, run_id: str | None = None) -> list[LetterRow]:
    """Freeze a note about each letter that the server refuses as such (too large, its content), once per letter.

    Within the sending hours, and while the post works: else it is the server that takes nothing.
    """
    hours = scene.office.definition.sending_hours
    if not is_sending_time(scene.now, scene.wheel.workdays, hours) or told_fault(scene.session, scene.now):
        return []
    found = []
    for letter in tried_and_waiting(scene.session):
        said = next((words for words in (letter.pending or {}).values() if NOT_TAKEN in words), None)
        key = LetterKey.of(scene.office.definition.kommun.id, NOTE, f"{letter.id}-inte-taget")
        if said is None or letter.kind == NOTE or is_written(scene.session, key):
            continue
        write = partial(_tell_not_taken, scene, letter, said, key, run_id)
        word = alone(scene, f"ordet om att brevet ”{letter.subject}” inte tas emot", write)
        found += [word] if word else []
    return found


def _tell_not_taken(scene: Scene, letter: LetterRow, said: str, key: LetterKey, run_id: str | None) -> LetterRow | None:
    whom = listing([*letter.to, *letter.cc])
    if any(sign in said for sign in TOO_LARGE):
        remedy = (
            f"Brevet är {max(1, len(letter.mime) // 1000)} kB stort. Be IT höja gränsen för hur stora brev servern tar "
            "emot från tjänsten."
        )
    else:
        remedy = f"Be IT se varför servern stoppar det, och låta brev från {letter.sender} gå igenom."
    words = [
        f"E-postservern tar inte emot ett visst brev: ”{letter.subject}” till {whom}. De andra breven går.",
        f"Servern säger: {quoted(said)}",
        f"{remedy} Sedan går det av sig självt; det prövas igen ungefär en gång i timmen.",
        "Till dess har mottagaren inte fått det, och räknas inte som påmind. Säg till på annat sätt om det brådskar. Det här "
        "sägs en gång; brevet står i måndagsbrevet så länge det väntar.",
    ]
    return note(scene, key, f"Servern tar inte emot ett brev: {letter.subject}", words, to=None, run_id=run_id)


def tell_waiting(scene: Scene) -> LetterRow | None:
    """Freeze a word that mails wait for a person, once a day within the sending hours."""
    if not is_sending_time(scene.now, scene.wheel.workdays, scene.office.definition.sending_hours):
        return None
    key = LetterKey.of(scene.office.definition.kommun.id, "inkorg", scene.today)
    rows = waiting(scene.session)
    if not rows or is_written(scene.session, key):
        return None
    many = f"{len(rows)} mejl" if len(rows) > 1 else "Ett mejl"
    lines = [
        f"{instant_text(row.received_at)}, {quoted(row.sender) if row.sender else 'okänd avsändare'}: "
        f"{quoted(row.subject) if row.subject else 'utan ämne'}. {defused(row.note)}"
        for row in rows[:MOST_TOLD]
    ]
    if len(rows) > MOST_TOLD:
        lines.append(f"Och {len(rows) - MOST_TOLD} till.")
    words = [
        f"{many} har kommit som tjänsten inte kunde ta hand om själv. Det som ligger i dem är inte registrerat förrän ni "
        f"har sett på det: {scene.office.public_url}/registrera",
        *lines,
        "En fil som ni registrerar räknas från när mejlet kom.",
    ]
    return note(scene, key, f"{many} väntar på att registreras", words, to=None)


def tell_outlived(scene: Scene) -> LetterRow | None:
    """Freeze a word about what may be gallrat of letters, mails, the log and people: once, in the beginning of a year.

    It proposes, and nothing goes by itself.
    """
    hours = scene.office.definition.sending_hours
    key = LetterKey.of(scene.office.definition.kommun.id, "gallring", str(scene.today.year))
    if scene.today.month > LATEST_MONTH or not is_sending_time(scene.now, scene.wheel.workdays, hours):
        return None
    if is_written(scene.session, key):
        return None
    due = [one for one in outlived_plan(scene) if one.first_day <= scene.today]
    if not due:
        return None
    words: list[str | list[str]] = [
        "Det här får gallras nu. Inget gallras av sig självt: välj, med ett beslut, på sidan Handlingar: "
        f"{scene.office.public_url}/handlingar#uppgifter",
        [f"{one.name}: {one.count} st, {one.rule} ({one.source})." for one in due],
    ]
    return note(scene, key, "Uppgifter som får gallras", words, to=None)


def tell_rotten(scene: Scene, found: Sequence[str]) -> LetterRow | None:
    """Freeze a word about kept files (by SHA-256) that are not what they were when they came; None when there are none."""
    if not found:
        return None
    definition = scene.office.definition
    digest = hashlib.sha256("|".join(found).encode()).hexdigest()[:10]
    words = [rotten_words(found)]
    for name, key in files_called(scene.session, found)[:MOST_TOLD]:
        one = scene.wheel.find(key or "")
        words.append(f"{quoted(name)}: {one.unit_name}, {one.name} {one.period.text}." if one else quoted(name))
    key = LetterKey.of(definition.kommun.id, "skadad-fil", scene.today, digest)
    return note(scene, key, "En sparad fil är skadad", words, to=None)


def tell_vacant(scene: Scene) -> LetterRow | None:
    """Freeze a word about the roles that nobody holds any more, the day it happens, within the sending hours.

    Each vacancy is told once; the letter of the week goes on about those that hold up an underlag.
    """
    definition = scene.office.definition
    if not is_sending_time(scene.now, scene.wheel.workdays, definition.sending_hours):
        return None
    if not (found := untold(scene.session, vacancies(scene.session, definition, scene.today))):
        return None
    digest = hashlib.sha256("|".join(each.key for each in found).encode()).hexdigest()[:10]
    many = f"{len(found)} roller" if len(found) > 1 else "En roll"
    words: list[str | list[str]] = [
        f"{many} saknar innehavare. Det som skulle ha gått dit går till {definition.office_said} tills ni lägger in någon: "
        f"{scene.office.public_url}/personer",
        [_vacancy(definition, each) for each in found],
    ]
    key = LetterKey.of(definition.kommun.id, "vakans", scene.today, digest)
    letter = note(scene, key, f"{many} saknar innehavare", words, to=None)
    if letter:
        mark_told(scene.session, found, scene.now)
    return letter


def _vacancy(definition: Definition, one: Vacancy) -> str:
    role, unit = one.seat
    name = definition.roles[role].name
    whose = f" för {definition.units[unit].said}" if unit else ""
    since = f"sedan {day_text(one.since)}" if one.since else "ingen är inlagd"
    return f"{name[:1].upper()}{name[1:]}{whose}: {since}."


def _key(scene: Scene, letter: LetterRow, count: int) -> LetterKey:
    """Return the key of the note that told of a letter's first ``count`` recipients who were not given it."""
    return LetterKey.of(scene.office.definition.kommun.id, NOTE, f"{letter.id}-{count}" if count > 1 else letter.id)


def _words(letter: LetterRow, failed: Sequence[tuple[str, str]]) -> list[str | list[str]]:
    nobody = letter.state in (REFUSED, BOUNCED, WAITING)  # it waits for a copy alone
    reached = "inte den som det är ställt till" if nobody else "inte alla mottagare"
    return [
        f"Brevet ”{letter.subject}” från {instant_text(letter.made_at)} nådde {reached}. Mottagarens e-postserver svarade:",
        [f"{address}: {quoted(words)}" if address else words for address, words in failed],
        "Kontrollera adressen, rätta den bland rollernas innehavare och säg till mottagaren på annat sätt. "
        f"{'' if letter.state == WAITING else 'Brevet skickas inte om. '}Gäller det något som mottagaren själv ska lämna in går trappan inte vidare förrän ett "
        "brev har kommit fram; i övrigt går den vidare.",
    ]
