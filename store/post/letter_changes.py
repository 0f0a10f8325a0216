"""What changes in one letter's row between its attempts, while it waits or is on lease to whoever changes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from store.post.letter_states import HANDED, REFUSED, WAITING
from store.tables import LetterRow, NoticeRow


def let_wait(letter: LetterRow, until: datetime) -> None:
    """Let go of a letter; it is tried again at ``until``."""
    _let_go(letter, WAITING)
    letter.not_before = until


def end_refused(letter: LetterRow, now: datetime) -> None:
    """Let a letter be refused: nobody is left whom it could be given to."""
    _let_go(letter, REFUSED)
    letter.pending, letter.refused_at = None, now


def end_handed(letter: LetterRow) -> None:
    """Let a letter be handed over: whom it is to has it, and nobody else is to have it any more."""
    _let_go(letter, HANDED)
    letter.pending = None


def leave_to(letter: LetterRow, left: Mapping[str, str]) -> None:
    """Let these be who has not got it yet: address to what the server said last."""
    letter.pending = dict(left)


def reword(letter: LetterRow, mime: bytes) -> None:
    """Let a letter hold other bytes; who it is to, and its ids, stay."""
    letter.mime = mime


def address_anew(letter: LetterRow, to: Sequence[str], cc: Sequence[str], subject: str, rung: str | None) -> None:
    """Let a letter that nobody has got go to these, with this subject."""
    letter.to, letter.cc, letter.subject, letter.rung = list(to), list(cc), subject, rung


def be_of_day(letter: LetterRow, day: date) -> None:
    """Let a letter be its reader's daily letter of this day."""
    letter.day = day


def take_out(notices: Iterable[NoticeRow]) -> None:
    """Let notices wait for a letter again."""
    for notice in notices:
        notice.letter_id = None


def _let_go(letter: LetterRow, state: str) -> None:
    letter.state, letter.lease_until, letter.holder = state, None, None
