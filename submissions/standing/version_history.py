"""Versions of a part beside each other: what each changed since the one before it that could be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from arshjul.definition.model import Definition
from arshjul.keys import ObligationKey
from arshjul.year.wheel import Obligation
from store.database import Session
from store.handins import versions as submissions
from store.tables import Submission
from submissions.files.filled import Filled
from submissions.standing.version_changes import VersionChange, changes
from submissions.templates.mall import Mall, mall_of

NEWEST = 5  #: so many versions of a part are compared; nobody reads further back


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What a version changed since an earlier one."""

    version: int  #: the earlier one
    changes: tuple[VersionChange, ...]


def since_before(
    session: Session,
    definition: Definition,
    obligations: Sequence[Obligation],
    rows: Mapping[tuple[ObligationKey, str], Sequence[Submission]],
) -> dict[int, Since]:
    """Return what each version changed since the one before it, by the version's id.

    ``rows`` are the versions of each part, newest first. A version that could not be read is passed over, and so is
    a part that nothing is looked for in.
    """
    compared: list[tuple[Mall, list[Submission]]] = []
    for one in obligations:
        for part in one.parts:
            newest = list(rows.get((one.key, part.id), ()))[:NEWEST]
            if len(newest) > 1 and (part.sheets or part.headings):
                compared.append((mall_of(definition, one, part, ""), newest))
    read = submissions.read_contents(session, [row.id for _, newest in compared for row in newest])
    found = {}
    for mall, newest in compared:
        known = [(row, Filled.from_json(read[row.id])) for row in newest if row.id in read]
        for (row, after), (earlier, before) in pairwise(known):
            found[row.id] = Since(version=earlier.version, changes=changes(before, after, mall))
    return found
