"""A version taken away: out of the mails that brought it and the letters that quoted it, and told to those whose it was."""

from collections.abc import Iterable
from datetime import date
from email import message_from_bytes, policy

from actions.readers import reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from actions.underlag.removing import strip_mails, without_content
from actions.underlag.reopenings import KIND as REOPENED
from actions.underlag.reopenings import link_for, taken_along
from arshjul.keys import ObligationKey
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.frist_calendar import frist_event
from notifications.letters.sealing import edited
from notifications.letters.views import TakenAwayView
from notifications.plain import defused
from store.handins import removals
from store.plan import timeline
from store.post.letter_keys import LetterKey, in_key
from store.post.notices import MOVED
from store.savepoints import settle
from store.tables import LetterRow
from submissions.deciding.taking_away import TakenAway, take_away

KIND = "borttagen handling"
SHORTEST_QUOTE = 12  #: characters; less says nothing of anybody
HIDDEN = "Det här brevet återgav en handling som har tagits bort, och därför är brevets innehåll också borttaget."
SINCE = "Ändrat sedan version"  #: how a kvittens begins to tell what a version changed


def take_away_and_tell(
    scene: Scene,
    key: ObligationKey,
    submission_id: int,
    reason: str,
    why: str,
    until: date | None,
    by: str,
    *,
    keep_name: bool = True,
) -> TakenAway:
    """Take a version away and write to whoever hands the part in, in one transaction. See ``take_away``."""
    taken = take_away(
        scene.session, scene.wheel, key, submission_id, reason, why, until, by, scene.now, keep_name=keep_name
    )
    strip_mails(scene.session, taken.versions, removals.TAKEN_AWAY, taken.names)
    hide_quotes(scene, taken)
    if scene.office.utskick != "av":
        _tell(Scene(scene.session, scene.office, scene.now), taken)  # anew: the frist may have moved
    return taken


def hide_quotes(scene: Scene, taken: TakenAway) -> int:
    """Take the content out of the letters that repeat what was taken away; return how many. Who got what stays."""
    hidden = 0
    for row in _letters(scene, taken):
        text = _words(row.mime)
        if _repeats(row, text, taken):
            row.mime = edited(row.mime, lambda letter: without_content(letter, HIDDEN), scene.office.secret)
            hidden += 1
    settle(scene.session)
    return hidden


def _letters(scene: Scene, taken: TakenAway) -> Iterable[LetterRow]:
    """Return the letters about the obligation, or about what it is handed in with, and the matters' letters."""
    one = taken.obligation
    keys = {one.key, *([one.host] if one.host else [])}
    found: dict[int, LetterRow] = {}
    for occurrence in {scene.wheel.obligations[key].occurrence for key in keys}:
        for sent in timeline.letters(scene.session, scene.office.definition.kommun.id, occurrence):
            if not sent.keys or keys & set(sent.keys) or sent.row.kind == "eskalering":
                found[sent.row.id] = sent.row
    return found.values()


def _repeats(row: LetterRow, text: str, taken: TakenAway) -> bool:
    numbers = [version.version for version in taken.versions]
    if any(len(quote) >= SHORTEST_QUOTE and " ".join(quote.split()) in text for quote in taken.quotes):
        return True
    if any(name in text for name in taken.names):
        return True
    if row.kind == REOPENED:
        return any(f"version {number}" in text for number in numbers)
    own = LetterKey(row.key).receipt_of
    if any(f"{taken.part.id}.{number}" in own for number in numbers):
        return SINCE in text
    theirs = any(each.rpartition(".")[0] == taken.part.id for each in own)
    return theirs and any(f"{SINCE} {number}:" in text for number in numbers)


def _words(mime: bytes) -> str:
    body = message_from_bytes(mime, policy=policy.default).get_body(("plain",))
    return " ".join(str(body.get_content()).split()) if body else ""


def _tell(scene: Scene, taken: TakenAway) -> LetterRow | None:
    one, part, newest = taken.obligation, taken.part, taken.versions[0]
    host = scene.wheel.obligations[one.host or one.key]
    person = scene.people.who(part.role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
    notices = taken_along(scene, host, part.role, person) if taken.missing else []
    view = TakenAwayView(
        step_name=one.step_name,
        step_definite=one.step_definite,
        period_text=one.period.text,
        unit_name=one.unit_name,
        part_name=part.name.partition(" (")[0],
        version=newest.version,
        filename=defused(newest.filename) if newest.filename else None,
        sha256=newest.sha256,
        reason=taken.reason,
        why=taken.why,
        missing=taken.missing,
        stands=taken.stands.version if taken.stands.complete else None,
        due_at=host.deadline.at,
        moved=taken.moved,
        diarienummer=scene.diarienummer(one.occurrence),
        lagrum=one.lagrum.text,
    )
    calendar = [frist_event(host, scene.office, scene.now)] if taken.moved else []
    reader = reader_of(scene, person, part.role, link_for(scene, person) if not taken.stands.complete else None)
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=LetterKey.of(one.key, "borttagen", newest.id, part.role, in_key(person.id if person else None)),
        kind=KIND,
        composed=compose.taken_away(reader, view, scene.office.definition.kommun.name, calendar),
        to=person,
        cc=copies([one.unit], person, scene.people),
        rung=MOVED if taken.moved else None,
        thread=one.occurrence,
        notices=notices,
        not_before=scene.opens,
    )
