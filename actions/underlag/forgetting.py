"""What quotes a version that is taken away goes too: sammanställningar, rows of the log, and letters' content."""

from collections.abc import Collection, Iterable, Sequence
from email import message_from_bytes, policy

from actions.act import Act
from actions.scene import Scene
from actions.underlag.removing import without_content
from actions.underlag.reopenings import KIND as REOPENED
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed
from notifications.letters.sealing import edited
from store.database import Session
from store.handins import answers, compilations
from store.handins import versions as submissions
from store.log import log_chain
from store.log.search import about
from store.plan import timeline
from store.plan.waking import touch
from store.post.letter_changes import reword
from store.post.letter_keys import LetterKey
from store.post.letters import CHANGED_MATTER, ESCALATION, REMAINS
from store.savepoints import reread, settle
from store.tables import LetterRow, LogRow, Submission

#: kinds of log rows that tell figures out of a version
QUOTING = ("submission.reopened", "submission.restored", "submission.changed_too_late")
SHORTEST_QUOTE = 12  #: characters; less says nothing of anybody
HIDDEN = "Det här brevet återgav en handling som har tagits bort, och därför är brevets innehåll också borttaget."
SINCE = "Ändrat sedan version"  #: how a kvittens begins to tell what a version changed


def quotes_of(session: Session, versions: Iterable[Submission]) -> Iterable[str]:
    """Return the words of these versions that others may have repeated: findings, answers, statements."""
    ids = [row.id for row in versions]
    for found in submissions.findings(session, ids).values():
        yield from (each.message for each in found)
    for given in answers.answers(session, ids).values():
        yield from (each.motivering for each in given.values())
    yield from (row.ej_aktuellt for row in versions if row.ej_aktuellt)


def forget_in_store(
    act: Act, one: Obligation, part: PartOwed, versions: Sequence[Submission], names: Collection[str]
) -> None:
    """Take away what was made of the versions, and gallra the log's rows that tell their figures, or these names."""
    _forget_what_was_made(act.scene, one)
    _forget_figures(act, one, part, versions)
    _forget_names(act, one, names)


def hide_quotes(
    scene: Scene,
    one: Obligation,
    part: PartOwed,
    versions: Sequence[Submission],
    quotes: Collection[str],
    names: Collection[str],
) -> int:
    """Take the content out of the letters that repeat what was taken away; return how many. Who got what stays."""
    hidden = 0
    for row in _letters(scene, one):
        text = _words(row.mime)
        if _repeats(row, text, part, [each.version for each in versions], quotes, names):
            reword(row, edited(row.mime, lambda letter: without_content(letter, HIDDEN), scene.office.secret))
            hidden += 1
    settle(scene.session)
    return hidden


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


def _forget_what_was_made(scene: Scene, one: Obligation) -> None:
    """Take away the sammanställningar that it may stand in; they are made anew when the pictures are drawn."""
    wheel = scene.wheel
    every = {wheel.obligations[key].occurrence for key in concerned(wheel, one) if key in wheel.obligations}
    for occurrence in every:
        compilations.forget(scene.session, occurrence)
    touch(scene.session, sorted(every), scene.now)


def _forget_figures(act: Act, one: Obligation, part: PartOwed, versions: Iterable[Submission]) -> None:
    """Gallra the log's rows that tell figures out of the versions; the chain still holds."""
    numbers = {row.version for row in versions}
    rows = [
        row
        for row in about(act.scene.session, one.key, QUOTING)
        if row.detail and row.detail.get("part") == part.id and row.detail.get("version") in numbers
    ]
    _gallra(act, rows, f"siffror ur en borttagen handling ({part.id})")


def _forget_names(act: Act, one: Obligation, names: Collection[str]) -> None:
    """Gallra the log's rows that tell a name which has gone: what came in, was refused, and was read."""
    rows = [row for row in about(act.scene.session, one.key) if row.detail and row.detail.get("filename") in names]
    _gallra(act, rows, "namnet på en borttagen fil")


def _gallra(act: Act, rows: Sequence[LogRow], why: str) -> None:
    session = act.scene.session
    settle(session)
    while any(row.number is None for row in rows) and log_chain.chain(session):  # only a chained row can be gallrad
        for row in rows:
            reread(session, row)
    if rows:
        numbers = [row.number for row in rows if row.number is not None]
        log_chain.gallra(session, numbers, act.by, why, act.scene.now)
