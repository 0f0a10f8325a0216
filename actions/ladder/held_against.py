"""A frozen letter held against how things stand, before each attempt but the one right after it was written.

What has come in is taken back, with its notices; what has become untrue is written anew under the same key. For one
matter and reader no earlier letter goes after a later one, and nobody gets two letters of the day on one day. One that
may have come goes again as itself while any of it is so.
"""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from actions.copied import still_reading
from actions.ladder.held_kinds import AGAIN, hold
from actions.scene import Scene
from notifications.office import Office
from store.acting import BY_SERVICE
from store.database import Session, is_to_be_done_again
from store.log.writing import log
from store.post.holding import changed_since
from store.post.letter_changes import end_refused, leave_to, let_wait
from store.post.letter_outcomes import accepted, failures
from store.post.letter_states import HANDED, RESERVED
from store.post.letters import Reserved, letter_afresh
from store.savepoints import apart, reread, settle
from store.tables import LetterRow

logger = logging.getLogger(__name__)

FRESH = timedelta(minutes=2)  #: so young, and not tried yet, a letter is as it was when it was written
NOT_TRIED = "inte prövat än"  #: how a reader stands who was not among the letter's when it was tried
READS_NO_MORE = "läser inte längre med, eller så gäller det inte längre"


def hold_against_now(office: Office, session: Session, letter: Reserved, now: datetime) -> Reserved | None:
    """Return a letter on lease as it may go now; None when it was taken back, or has to wait.

    Fails alone: one that cannot be held against anything waits, and is logged.
    """
    if _is_fresh(office, session, letter, now):
        return letter
    row = letter_afresh(session, letter.id)
    try:
        with apart(session):
            scene = Scene(session, office, now)
            hold(scene, row)
            reading = still_reading(scene, row, row.cc)
    except Exception as error:
        if is_to_be_done_again(session, error):
            raise  # nothing is wrong with it: all is done again
        logger.exception("letter.not_held key=%s", letter.key)
        reread(session, row)
        let_wait(row, now + AGAIN)
    settle(session)
    if row.state != RESERVED:
        if row.state == HANDED:
            _tell_dropped(session, letter, (), now)
        return None
    if row.handed_at is not None:
        left = tuple(row.pending or letter.recipients)
        _tell_dropped(session, letter, left, now)
        return replace(letter, recipients=left)
    if row.mime == letter.mime:
        left = tuple(each for each in letter.recipients if each in row.to or each in reading)
    else:
        left = _left(session, row)
    _tell_dropped(session, letter, left, now)
    if not left:
        end_refused(row, now)
        settle(session)
        return None
    if row.pending is not None:
        leave_to(row, {each: row.pending.get(each, NOT_TRIED) for each in left})
        settle(session)
    return replace(letter, mime=row.mime, to=tuple(row.to), recipients=left)


def _tell_dropped(session: Session, letter: Reserved, left: Collection[str], now: datetime) -> None:
    """Log which copies of a letter go no more; whom it is to has letters of the log's own."""
    going = {each.casefold() for each in (*letter.to, *left)}
    if dropped := [each for each in letter.recipients if each.casefold() not in going]:
        log(session, now, BY_SERVICE, "letter.copy_dropped", letter.key, {"recipients": dropped, "why": READS_NO_MORE})


def _left(session: Session, letter: LetterRow) -> tuple[str, ...]:
    """Return who is to be given a letter that was written anew, which none whom it was to has got.

    Who has read it as a copy, or refused it, at any time is not tried again, however the readers changed meanwhile; but
    whom it is to now gets it as theirs.
    """
    refused = {address.casefold() for address, _ in failures(letter.answer)}
    read = {*refused, *accepted(session, letter.key), *(each.casefold() for each in letter.to)}
    theirs = [each for each in letter.to if each.casefold() not in refused]
    return (*theirs, *(each for each in letter.cc if each.casefold() not in read))


def _is_fresh(office: Office, session: Session, letter: Reserved, now: datetime) -> bool:
    """Tell whether a letter is as it was written: just now, for the utskick that is in force, and nothing held it since."""
    if letter.attempt > 1 or not timedelta(0) <= now - letter.made_at < FRESH:
        return False
    return letter.shadow == (office.at(session).utskick == "skugga") and not changed_since(session, letter.made_at)
