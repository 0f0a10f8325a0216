"""What a sammanställning is made of, as it was read from the store; and the digest that says whether it changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arshjul.definition.model import Definition
from arshjul.keys import ObligationKey
from arshjul.ladder.standing import State
from arshjul.year.wheel import Obligation, Occurrence
from submissions.standing.completeness import PartState

#: Raised when what the files look like changes, so that kept ones are made anew.
LAYOUT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The newest answer to a finding of severity ``fråga``: whose, to what, and when."""

    submission_id: int
    rule: str
    place: str
    motivering: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """An occurrence's parts as they stand, without their contents: enough to tell whether anything has changed."""

    definition: Definition
    occurrence: Occurrence
    states: Mapping[ObligationKey, Sequence[PartState]]  #: by obligation key
    standing: Mapping[ObligationKey, State]  #: each obligation's core, by its key
    answers: tuple[Given, ...]
    read: frozenset[int]  #: the versions whose contents were read

    @property
    def digest(self) -> str:
        """A digest of everything that the files show, the instant apart."""
        facts = [
            LAYOUT,
            self.definition.kommun.name,
            [each.name for each in self.definition.roles.values()],
            *self.occurrence.key,
            self.occurrence.step_name,
            str(self.occurrence.lagrum),
            [_owed(one) for one in self.occurrence.obligations],
            [self.definition.sheets[each].model_dump_json() for each in self._sheets],
            [[key, self.standing[key].word, [_stands(each) for each in many]] for key, many in self.states.items()],
            sorted(self.read),
            [[each.submission_id, each.rule, each.place, each.motivering, each.by] for each in self.answers],
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    @property
    def _sheets(self) -> list[str]:
        """The sheets that the parts are made of: what is said of them shows in every file."""
        every = (each for one in self.occurrence.obligations for part in one.parts for each in part.sheets)
        return list(dict.fromkeys(every))

    @property
    def submission_ids(self) -> list[int]:
        """The versions that count."""
        return [each.submission_id for many in self.states.values() for each in many if each.submission_id is not None]


def _owed(one: Obligation) -> list[Any]:
    parts = [
        [part.id, part.name, part.role, part.form, part.sheets, [[head.id, head.name] for head in part.headings]]
        for part in one.parts
    ]
    return [one.key, one.unit_name, one.unit_kind, one.name, one.deadline.at.isoformat(), parts]


def _stands(state: PartState) -> list[Any]:
    found = [[each.rule, each.severity, each.place, each.message, each.mend, each.lagrum] for each in state.findings]
    return [state.part.id, state.submission_id, state.complete, found]
