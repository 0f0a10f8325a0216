"""How it has gone: hand-ins in time by enhet and year, and what became of each person's letters."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from arshjul.keys import ObligationKey, PersonId, UnitId
from store.database import Session
from store.plan.obligations import GONE
from store.post.letter_states import BOUNCED, HANDED, REFUSED, TAKEN_BACK
from store.tables import LetterRow, ObligationRow, Person, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDue:
    """An obligation whose frist has passed, and its parts that were handed in: part and whether it came in time."""

    key: ObligationKey
    unit: UnitId
    due_at: datetime
    opened: bool
    added: bool  #: it came into the plan after its frist
    parts: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersTo:
    """What became of the letters to one person."""

    name: str
    address: str
    handed: int
    refused: int
    bounced: int
    waiting: int


def passed(session: Session, now: datetime) -> list[PastDue]:
    """Return every obligation whose frist has passed, with each part's first hand-in, by frist and key."""
    late: dict[str, dict[str, bool]] = defaultdict(dict)
    first = func.min(case((Submission.late, 1), else_=0))
    for key, part, lateness in session.execute(
        select(Submission.obligation_key, Submission.part, first).group_by(Submission.obligation_key, Submission.part)
    ):
        late[key][part] = not lateness
    where = (ObligationRow.due_at < now, ObligationRow.state != GONE)
    wanted = select(
        ObligationRow.key, ObligationRow.unit, ObligationRow.due_at, ObligationRow.opened, ObligationRow.added_at
    )
    rows = session.execute(wanted.where(*where).order_by(ObligationRow.due_at, ObligationRow.key))
    return [
        PastDue(
            key=key,
            unit=unit,
            due_at=due_at,
            opened=opened,
            added=bool(added_at and added_at > due_at),
            parts=late.get(key, {}),
        )
        for key, unit, due_at, opened, added_at in rows
    ]


def letters_by_person(session: Session, since: datetime) -> list[LettersTo]:
    """Return what became of the letters written since ``since`` to each person; those with trouble first, then by name."""
    found: dict[PersonId, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = session.execute(
        select(LetterRow.person_id, LetterRow.state, func.count())
        .where(LetterRow.made_at >= since, LetterRow.person_id.is_not(None))
        .group_by(LetterRow.person_id, LetterRow.state)
    )
    for person_id, state, count in rows:
        found[person_id or PersonId("")][state] += count
    people = {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(list(found))))}
    lines = [
        LettersTo(
            name=people[key].name,
            address=people[key].address,
            handed=counts[HANDED],
            refused=counts[REFUSED],
            bounced=counts[BOUNCED],
            waiting=sum(
                count for state, count in counts.items() if state not in (HANDED, REFUSED, BOUNCED, TAKEN_BACK)
            ),
        )
        for key, counts in found.items()
        if key in people
    ]
    return sorted(lines, key=lambda each: (-(each.refused + each.bounced), each.name, each.address))
