"""Examining: a file is read in a process of its own for the mall of its part, and judged by the rules in force.

It takes a second and touches no database, so whoever takes in many files does it before the transaction begins.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace

from arshjul.definition.model import Definition
from arshjul.lagrum import Lagrum
from arshjul.swedish import instant_text
from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.filled import Filled
from submissions.finding import STOP, Finding
from submissions.readers.process.apart import read_apart
from submissions.readers.refusal import Refusal
from submissions.review.book import judge, rulebook_of
from submissions.review.case import case_of
from submissions.templates.mall import KnownFigures, mall_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was read out of a file, and what the rules found in it. ``refused``: it cannot be read, and everything why."""

    sha256: str
    filled: Filled | None = None
    findings: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()


def is_looked_into(part: PartOwed) -> bool:
    """Tell whether a part's definition says what must be in its file."""
    return bool(part.sheets or part.headings)


def examine(
    definition: Definition,
    one: Obligation,
    part: PartOwed,
    content: bytes,
    kind: str,
    known: KnownFigures,
    resting: Collection[str] = (),
) -> Examined:
    """Read and judge one file. ``kind`` is what its bytes say that it is; ``resting`` are the rules out of force."""
    sha256 = hashlib.sha256(content).hexdigest()
    mall = mall_of(definition, one, part, instant_text(one.deadline.at))
    read = read_apart(content, kind, mall)
    if isinstance(read, Refusal):
        return Examined(sha256=sha256, refused=tuple(_told(each, part) for each in read.every))
    return Examined(sha256=sha256, filled=read, findings=judged(definition, one, part, read, known, resting=resting))


def judged(
    definition: Definition,
    one: Obligation,
    part: PartOwed,
    filled: Filled,
    known: KnownFigures,
    *,
    resting: Collection[str] = (),
    answered: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Judge what was read. ``answered``: rules about whose file it is that a motivering has answered."""
    book = rulebook_of(definition, resting)
    found = judge(case_of(definition, one, part, filled, known), book, answered)
    return tuple(
        replace(each, lagrum=cited(book.entry(each.rule).source.towards(one.unit_kind), part)) for each in found
    )


def cited(source: Lagrum, part: PartOwed) -> str:
    """Return what a finding in a part rests on: of a law, the one that asks for this very part of this very enhet.

    A rule's own laws are those of all that it looks at: the årsredovisning's in a månadsrapport, LKBR to a bolag.
    """
    return (part.lagrum if source.statutory else source).text


def _told(refusal: Refusal, part: PartOwed) -> Finding:
    return Finding(
        rule=refusal.rule,
        severity=STOP,
        place=part.name,
        message=refusal.message,
        mend=refusal.mend,
        lagrum=part.lagrum.text,
    )
