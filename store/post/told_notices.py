"""Who was told of an obligation, of which frist, and what of it a letter carries."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from arshjul.keys import ObligationKey, OccurrenceKey, PersonId, RoleId
from store.columns import columns
from store.database import Session
from store.post.letter_states import BOUNCED, REFUSED
from store.post.notices import MAYBE_TOLD, SETTLED
from store.tables import LetterRow, NoticeRow

_TOLD_SINCE = (
    select(NoticeRow.obligation_key)
    .join(LetterRow, NoticeRow.letter_id == LetterRow.id)
    .where(LetterRow.handed_at >= bindparam("since"))
    .distinct()
)
_CARRIED = (
    select(NoticeRow)
    .where(NoticeRow.letter_id == bindparam("letter"), NoticeRow.passed.is_(None))
    .order_by(NoticeRow.id)
)


_TOLD_SOMEBODY = (LetterRow.shadow.is_(False), NoticeRow.passed.is_(None))


def notices_in(session: Session, letter: LetterRow) -> Sequence[NoticeRow]:
    """Return the notices that a letter carries, oldest first."""
    return session.scalars(_CARRIED, {"letter": letter.id}).all()


def first_words_in(session: Session, letter_key: str, handed_at: datetime) -> Sequence[NoticeRow]:
    """Return the notices of a letter that was handed over then which are the first of their obligation's rung and frist.

    The first to have been handed over, to whomever: what was written and never went has told nobody. Of a letter that
    went to the ekonomikontor in its readers' place (``skugga``) none: nobody was told.
    """
    where = (LetterRow.key == letter_key, LetterRow.handed_at == handed_at, *_TOLD_SOMEBODY)
    every = session.scalars(select(NoticeRow).join(LetterRow, NoticeRow.letter_id == LetterRow.id).where(*where)).all()
    return [one for one in every if not _is_told_before(session, one, handed_at)]


def _is_told_before(session: Session, notice: NoticeRow, handed_at: datetime) -> bool:
    before = (
        NoticeRow.obligation_key == notice.obligation_key,
        NoticeRow.rung == notice.rung,
        NoticeRow.due_at == notice.due_at,
        or_(LetterRow.handed_at < handed_at, and_(LetterRow.handed_at == handed_at, NoticeRow.id < notice.id)),
        *_TOLD_SOMEBODY,
    )
    earlier = select(NoticeRow.id).join(LetterRow, NoticeRow.letter_id == LetterRow.id).where(*before)
    return session.scalar(earlier.limit(1)) is not None


def is_overtaken(session: Session, notice: NoticeRow) -> bool:
    """Tell whether a later word about the same obligation, to the same reader, stands in another letter."""
    later = (
        NoticeRow.obligation_key == notice.obligation_key,
        NoticeRow.person_id == notice.person_id,
        NoticeRow.id > notice.id,
        NoticeRow.passed.is_(None),
        NoticeRow.letter_id.is_not(None),
        NoticeRow.letter_id != notice.letter_id,
    )
    return session.scalar(select(NoticeRow.id).where(*later).limit(1)) is not None


def told_roles(
    session: Session, obligation_key: ObligationKey, rungs: Iterable[str] | None = None, but: Iterable[str] = ()
) -> dict[PersonId | None, RoleId]:
    """Return who was told of an obligation (person id, None is the ekonomikontoret), each with a role.

    Also who may have been told, by a letter that was not sent again. By ``rungs`` only those that were written a letter on
    one of them; ``but`` leaves rungs out.
    """
    told = NoticeRow.passed.is_(None) | (NoticeRow.passed == MAYBE_TOLD)
    where = [NoticeRow.obligation_key == obligation_key, told, NoticeRow.rung.not_in(list(but))]
    if rungs is not None:
        where += [NoticeRow.rung.in_(list(rungs)), NoticeRow.letter_id.is_not(None)]
    rows = session.execute(select(NoticeRow.person_id, NoticeRow.role).where(*where).order_by(NoticeRow.id))
    return {person_id: role for person_id, role in rows}


def roles_told(session: Session, obligation_key: ObligationKey, but: Iterable[str]) -> list[RoleId]:
    """Return the roles by which an obligation was told to anybody, in order, on other rungs than ``but``."""
    where = (NoticeRow.obligation_key == obligation_key, NoticeRow.passed.is_(None), NoticeRow.rung.not_in(list(but)))
    rows = session.scalars(select(NoticeRow.role).where(*where).order_by(NoticeRow.id))
    return list(dict.fromkeys(rows))


def notices_handed(session: Session, obligation_key: ObligationKey) -> Sequence[NoticeRow]:
    """Return the notices of an obligation whose letter was handed over, or came back, oldest first."""
    where = (NoticeRow.obligation_key == obligation_key, NoticeRow.passed.is_(None), LetterRow.state.in_(SETTLED))
    every = select(NoticeRow).join(LetterRow, NoticeRow.letter_id == LetterRow.id).where(*where)
    return session.scalars(every.order_by(NoticeRow.id)).all()


def frist_told_before(session: Session, notice: NoticeRow) -> datetime | None:
    """Return the latest other frist that was told of a notice's obligation."""
    where = (NoticeRow.obligation_key == notice.obligation_key, NoticeRow.due_at != notice.due_at)
    return session.scalar(select(NoticeRow.due_at).where(*where).order_by(NoticeRow.id.desc()).limit(1))


def told_since(session: Session, since: datetime) -> set[OccurrenceKey]:
    """Return the occurrences that letters handed over since ``since`` are about."""
    return {key.occurrence for key in columns(session, _TOLD_SINCE, {"since": since}).scalars()}


def last_answer(session: Session, obligation_key: ObligationKey, person_id: PersonId) -> str | None:
    """Return what a server answered to the newest letter about an obligation that a person was not given."""
    newest = (
        select(LetterRow.answer)
        .join(NoticeRow, NoticeRow.letter_id == LetterRow.id)
        .where(NoticeRow.obligation_key == obligation_key, NoticeRow.person_id == person_id)
        .where(LetterRow.state.in_((REFUSED, BOUNCED)), LetterRow.answer.is_not(None))
    )
    return session.scalar(newest.order_by(LetterRow.id.desc()).limit(1))
