"""How the post stands: since when nothing goes and why, as the page, ``/health`` and the ekonomikontor are told."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from store.columns import columns
from store.database import Session
from store.post.letter_states import RESERVED, WAITING
from store.service.installation import installed, set_up
from store.tables import LetterRow

FACT = "e-post"  #: the fact of what is wrong with the post; "" when nothing is
UNSURE_FOR = timedelta(minutes=10)  #: so long what may be one recipient's fault is not told as the post's
STUCK_AFTER = timedelta(minutes=30)  #: a letter that could go and has waited longer than this is a fault
# asked in every round, so it is put together once
_WAITS = (
    sa.select(LetterRow.id)
    .where(LetterRow.state.in_((WAITING, RESERVED)), LetterRow.handed_at.is_(None))
    .where(LetterRow.not_before <= sa.bindparam("by"))
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFault:
    """Nothing goes: since when, and in Swedish why and what to do. Not ``sure``: it may be one recipient's fault."""

    since: datetime
    words: str
    sure: bool = True


def post_fault(session: Session) -> PostFault | None:
    """Return what was last seen to be wrong with the post, None when letters go."""
    if not (kept := installed(session, FACT)):
        return None
    read = json.loads(kept)
    return PostFault(since=datetime.fromisoformat(read["since"]), words=read["words"], sure=read["sure"])


def note_fault(session: Session, words: str, now: datetime, *, sure: bool) -> PostFault:
    """Note that nothing goes. What is known stays, as the server's words may hold a number that is new each time."""
    known = post_fault(session)
    if known and (known.sure or not sure):
        return known
    since = min(known.since, now) if known else now  # the clock may have been set back
    fault = PostFault(since=since, words=words, sure=sure)
    kept = {"since": fault.since.isoformat(), "words": words, "sure": sure}
    set_up(session, {FACT: json.dumps(kept, ensure_ascii=False)}, now, replace=True, by="utkorgen")
    return fault


def note_going(session: Session, now: datetime) -> PostFault | None:
    """Note that letters go; return the fault that is over, if there was one."""
    known = post_fault(session)
    if known:
        set_up(session, {FACT: ""}, now, replace=True, by="utkorgen")
    return known


def told_fault(session: Session, now: datetime) -> PostFault | None:
    """Return what people are to be told is wrong at ``now``: nothing while nothing waits, nor too early."""
    if columns(session, _WAITS, {"by": now + UNSURE_FOR}).scalar() is None:
        return None
    fault = post_fault(session)
    if fault and (fault.sure or now - fault.since >= UNSURE_FOR):
        return fault
    return None


def stuck_since(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest letter waits that could have gone for so long that something is wrong."""
    where = (LetterRow.state == WAITING, LetterRow.handed_at.is_(None), LetterRow.not_before <= now - STUCK_AFTER)
    return session.scalar(sa.select(sa.func.min(LetterRow.not_before)).where(*where))
