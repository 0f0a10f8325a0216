"""What quotes a version that is taken away goes too: sammanställningar, rows of the log, and letters' content."""

from collections.abc import Collection, Iterable, Sequence
from email import message_from_bytes, policy

from actions.act import Act
from actions.contents.removing import without_content
from actions.scene import Scene
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed
from notifications.letters.sealing import edited
from store.database import Session
from store.handins import answers, compilations, withheld
from store.handins import versions as submissions
from store.log import log_chain, log_gallring
from store.log.search import about, telling
from store.plan import timeline
from store.plan.waking import touch
from store.post.letter_changes import reword
from store.post.letter_keys import LetterKey
from store.post.letter_states import CHANGED_MATTER, ESCALATION, REMAINS, REOPENED
from store.registers.openings import said_of, say
from store.savepoints import reread, settle
from store.tables import LetterRow, LogRow, Submission

#: kinds of log rows that tell figures out of a version
QUOTING = ("submission.reopened", "submission.restored", "submission.changed_too_late")
SHORTEST_QUOTE = 12  #: characters; less says nothing of anybody
HIDDEN = "Det här brevet återgav en handling som har tagits bort, och därför är brevets innehåll också borttaget."
GONE_WORDS = "(det som stod i en handling som är borttagen)"
SINCE = "Ändrat sedan version"  #: how a kvittens begins to tell what a version changed


def quotes_of(session: Session, versions: Iterable[Submission]) -> Iterable[str]:
    """Return the words of these versions that others may have repeated: findings, answers, statements, avvikelser."""
    versions = list(versions)
    ids = [row.id for row in versions]
    for found in submissions.findings(session, ids).values():
        yield from (each.message for each in found)
    for given in answers.answers(session, ids).values():
        yield from (each.motivering for each in given.values())
    yield from (row.ej_aktuellt for row in versions if row.ej_aktuellt)
    yield from (opened.said for row in versions for opened in said_of(session, row) if opened.said)


def forget_in_store(
    act: Act, one: Obligation, part: PartOwed, versions: Sequence[Submission], names: Collection[str]
) -> None:
    """Take away what was made of the versions, and gallra the log's rows that tell their figures, or these names."""
    forget_what_was_made(act.scene, one)
    _gallra(act, rows_telling_figures(act.scene, one, part, versions), f"siffror ur en borttagen handling ({part.id})")
    _gallra(act, _rows_with_names(act.scene, one, names), "namnet på en borttagen fil")
    opened = [each for row in versions for each in said_of(act.scene.session, row)]
    told = telling(act.scene.session, one.key, [each.said for each in opened if each.said])
    _gallra(act, told, f"siffror ur en borttagen handling ({part.id})")
    for each in opened:
        say(act.scene.session, each.id, GONE_WORDS)


def hide_quotes(
    scene: Scene,
    one: Obligation,
    part: PartOwed,
    versions: Sequence[Submission],
    quotes: Collection[str],
    names: Collection[str],
) -> int:
    """Take the content out of the letters that repeat what was taken away; return how many. Who got what stays.

    Also where a letter lies withheld as it was: it is not to come back with the words.
    """
    hidden = 0
    for row in letters_repeating(scene, one, part, versions, quotes, names):
        reword(row, hidden_letter(scene, row.mime, HIDDEN))
        hidden += 1
    for row in _letters(scene, one):
        for piece in withheld.laid(scene.session, "letter", row.id):
            if piece.content and _repeats(row, _words(piece.content), part, _numbers(versions), quotes, names):
                withheld.change_laid(piece, hidden_letter(scene, piece.content, HIDDEN))
    settle(scene.session)
    return hidden


def letters_repeating(
    scene: Scene,
    one: Obligation,
    part: PartOwed,
    versions: Sequence[Submission],
    quotes: Collection[str],
    names: Collection[str],
) -> list[LetterRow]:
    """Return the letters that repeat what is in these versions of a part, or name their files by ``names``."""
    return [
        row for row in _letters(scene, one) if _repeats(row, _words(row.mime), part, _numbers(versions), quotes, names)
    ]


def hidden_letter(scene: Scene, mime: bytes, words: str) -> bytes:
    """Return a letter as it is kept with ``words`` for its content."""
    return edited(mime, lambda letter: without_content(letter, words), scene.office.secret)


def _numbers(versions: Iterable[Submission]) -> list[int]:
    return [each.version for each in versions]


def _letters(scene: Scene, one: Obligation) -> Iterable[LetterRow]:
    """Return the letters about the obligation, or about what it is handed in with, and the matters' letters."""
    keys = {one.key, *([one.host] if one.host else [])}
    found: dict[int, LetterRow] = {}
    for occurrence in {scene.wheel.obligations[key].occurrence for key in keys}:
        for sent in timeline.letters(scene.session, scene.office.definition.kommun.id, occurrence):
            if not sent.keys or keys & set(sent.keys) or sent.row.kind in (ESCALATION, CHANGED_MATTER, REMAINS):
                found[sent.row.id] = sent.row
    return found.values()


def _repeats(
    row: LetterRow, text: str, part: PartOwed, numbers: Sequence[int], quotes: Collection[str], names: Collection[str]
) -> bool:
    if any(len(quote) >= SHORTEST_QUOTE and " ".join(quote.split()) in text for quote in quotes):
        return True
    if any(name in text for name in names):
        return True
    if row.kind == REOPENED:
        return any(f"version {number}" in text for number in numbers)
    own = LetterKey(row.key).receipt_of
    if any(f"{part.id}.{number}" in own for number in numbers):
        return SINCE in text
    theirs = any(each.rpartition(".")[0] == part.id for each in own)
    return theirs and any(f"{SINCE} {number}:" in text for number in numbers)


def _words(mime: bytes) -> str:
    body = message_from_bytes(mime, policy=policy.default).get_body(("plain",))
    return " ".join(str(body.get_content()).split()) if body else ""


def forget_what_was_made(scene: Scene, one: Obligation) -> None:
    """Take away the sammanställningar that it may stand in; they are made anew when the pictures are drawn."""
    wheel = scene.wheel
    every = {wheel.obligations[key].occurrence for key in concerned(wheel, one) if key in wheel.obligations}
    for occurrence in every:
        compilations.forget(scene.session, occurrence)
    touch(scene.session, sorted(every), scene.now)


def rows_telling_figures(scene: Scene, one: Obligation, part: PartOwed, versions: Iterable[Submission]) -> list[LogRow]:
    """Return the log's rows that tell figures out of the versions."""
    numbers = {row.version for row in versions}
    return [
        row
        for row in about(scene.session, one.key, QUOTING)
        if row.detail and row.detail.get("part") == part.id and row.detail.get("version") in numbers
    ]


def _rows_with_names(scene: Scene, one: Obligation, names: Collection[str]) -> list[LogRow]:
    """Return the log's rows that tell a name which has gone: what came in, was refused, and was read."""
    return [row for row in about(scene.session, one.key) if row.detail and row.detail.get("filename") in names]


def chained(session: Session, rows: Sequence[LogRow]) -> Sequence[LogRow]:
    """Let every one of these rows have its place in the chain: only then may its detail go. Return them."""
    settle(session)
    while any(row.number is None for row in rows) and log_chain.chain(session):
        for row in rows:
            reread(session, row)
    return rows


def _gallra(act: Act, rows: Sequence[LogRow], why: str) -> None:
    """Gallra what these rows tell; the chain still holds."""
    numbers = [row.number for row in chained(act.scene.session, rows) if row.number is not None]
    if numbers:
        log_gallring.gallra(act.scene.session, numbers, act.by, why, act.scene.now)
