"""One part under review: what was read, what was asked for, and what is known. The rules look at nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from arshjul.definition.asked import Check
from arshjul.definition.model import Definition
from arshjul.definition.sheets.sheet import SheetKind
from arshjul.swedish import instant_text
from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.filled import Filled, Section
from submissions.finding import Finding
from submissions.review.review_words import shown
from submissions.review.sheets.rows import sound_of
from submissions.review.sheets.sound import Sound, Spot
from submissions.review.substance import words_of
from submissions.templates.mall import KnownFigures, Mall, MallSheet, mall_of


@dataclass(frozen=True, kw_only=True)  # no slots: what is sound in it is worked out once
class Case:
    """What a rule looks at. ``filled`` holds what the file had of what ``mall`` asks for."""

    filled: Filled
    mall: Mall
    one: Obligation
    part: PartOwed
    known: KnownFigures
    names: Mapping[str, str] = field(default_factory=dict)  #: what the definition's steps and enheter are called, by id

    def named(self, some_id: str) -> str:
        """Return what a step or an enhet is called; an id that nobody has, as it stands."""
        return self.names.get(some_id, shown(some_id))

    def of_kind(self, *kinds: SheetKind) -> Sound | None:
        """Return the first sheet of these kinds that was asked for and found."""
        return next((each for kind in kinds for each in self.sound.values() if each.sheet.kind == kind), None)

    def asked(self, kind: SheetKind) -> MallSheet | None:
        """Return the first sheet of a kind that the mall asks for."""
        return next((each for each in self.mall.sheets if each.sheet.kind == kind), None)

    @cached_property
    def sound(self) -> Mapping[str, Sound]:
        """What can be relied on, by sheet id: of every sheet that was asked for and found."""
        tables = self.filled.tables
        return {each.id: sound_of(each, tables[each.id], self.known) for each in self.mall.sheets if each.id in tables}

    @property
    def economy(self) -> Sound | None:
        """The enhet's economy by verksamhet, when it was asked for and found."""
        return self.of_kind("ekonomi")

    def flaws(self, rule: str) -> list[Spot]:
        """Return the cells that have this flaw, sheet by sheet."""
        return [spot for each in self.sound.values() for spot in each.flaws.get(rule, ())]

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """The sections by heading id; of two with the same heading (a table of contents) the longer."""
        found: dict[str, Section] = {}
        for each in self.filled.sections:
            if each.id and (each.id not in found or words_of(found[each.id].text) < words_of(each.text)):
                found[each.id] = each
        return found


def case_of(definition: Definition, one: Obligation, part: PartOwed, filled: Filled, known: KnownFigures) -> Case:
    """Return a part that was read, as the rules look at it."""
    names = {key: step.name for key, step in definition.steps.items()}
    return Case(
        filled=filled,
        mall=mall_of(definition, one, part, instant_text(one.deadline.at)),
        one=one,
        part=part,
        known=known,
        names=names | {key: unit.name for key, unit in definition.units.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A rule's entry in the definition, and how it says what it found."""

    rule: str
    entry: Check

    def number(self, name: str) -> Decimal:
        """Return one of the entry's numbers; the rulebook has made sure that it is there."""
        return self.entry.numbers[name]

    def found(self, place: str, message: str, mend: str) -> Finding:
        """Say it: where, what is wrong, how to mend it; severity and source are the entry's."""
        return Finding(
            rule=self.rule,
            severity=self.entry.severity,
            place=place,
            message=message,
            mend=mend,
            lagrum=self.entry.source.text,
        )


#: A pure function from the case to a finding, or None when all is well.
Rule = Callable[[Case, Judge], Finding | None]

#: What a rule stands on: the statute (L), what authorities and municipalities publish (S), the styrmodell (H), or
#: only what we infer (I). What is only inferred is never a stopp.
Grade = Literal["L", "S", "H", "I"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A rule that a definition can put in force: what it holds, on what it stands, and the numbers that it asks for.

    ``identity``: it tells whose the file is. While such a rule has something to ask, no other one looks.
    """

    id: str
    holds: str  #: Swedish: what must be so, in one sentence
    grade: Grade
    rule: Rule
    numbers: tuple[str, ...] = ()
    identity: bool = False
