"""The rulebook: the rules that a definition puts in force, checked against those that there are; and the judging."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from arshjul.definition.asked import Check
from arshjul.definition.model import Definition
from arshjul.definition.reading import CHECKS, Read, Sourced
from arshjul.definition.sheets.sheet import Sheet
from arshjul.errors import DefinitionError, Fault, nearest
from arshjul.periods import Period
from submissions.finding import ASKED, STOP, Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.own_rules import own_rule_id, own_rules
from submissions.review.registry import CHAPTERS, REGISTRY

OWN = "Bladens egna regler"  #: the chapter of the public list for what the sheets ask themselves


@dataclass(frozen=True, kw_only=True)  # no slots: the sheets' rules are made once
class Rulebook:
    """The entries of a definition, its sheets, and the ids of the rules that the ekonomikontor has taken out of force."""

    entries: Mapping[str, Check]
    resting: frozenset[str] = frozenset()
    sheets: Mapping[str, Sheet] = field(
        default_factory=dict
    )  #: those of the definition, which carry rules of their own

    @cached_property
    def own(self) -> tuple[tuple[Registered, Check], ...]:
        """The rules that the sheets carry themselves."""
        return tuple(own_rules(self.sheets))

    def entry(self, rule_id: str) -> Check:
        """Return a rule's entry, a kontroll's or a sheet's own."""
        own = (entry for rule, entry in self.own if rule.id == rule_id)
        return self.entries[rule_id] if rule_id in self.entries else next(own)

    def of(self, period: Period) -> tuple[tuple[Registered, Judge], ...]:
        """Return the rules in force for a period, in the registry's order, and then those of the sheets.

        ``från`` and ``till`` are inclusive, and hold for the periods that end between their own ends.
        """
        named = ((rule, self.entries.get(rule.id)) for rule in REGISTRY.values())
        return tuple(
            (rule, Judge(rule=rule.id, entry=entry))
            for rule, entry in (*named, *self.own)
            if entry is not None
            and rule.id not in self.resting
            and (entry.since is None or entry.since.begins <= period.end)
            and (entry.until is None or period.end <= entry.until.end)
        )


class Described(NamedTuple):
    """A rule in the words of a public page."""

    id: str
    severity: str
    text: str  #: what must be so
    source: str
    numbers: Mapping[str, Decimal]  #: what the municipality has chosen, by name with unit
    chapter: str  #: what it looks at: "Tecken och summor"
    since: Period | None  #: inclusive; None: always
    until: Period | None  #: inclusive; None: still


def rulebook(sourced: Sourced, resting: Collection[str] = ()) -> Rulebook:
    """Return the definition's rulebook. Raises DefinitionError with every fault in its ``kontroller``."""
    checks = sourced.definition.checks
    if faults := rule_faults(sourced, checks):
        raise DefinitionError(faults)
    return rulebook_of(sourced.definition, resting)


def rulebook_of(definition: Definition, resting: Collection[str] = ()) -> Rulebook:
    """Return the rulebook of a definition whose kontroller hold."""
    return Rulebook(entries=definition.checks, resting=frozenset(resting), sheets=definition.sheets)


def rule_faults(read: Sourced | Read, checks: Mapping[str, Check]) -> list[Fault]:
    """Return what is wrong with a definition's ``kontroller``, held against the rules that there are."""
    told = [
        ((CHECKS, *path), rule, words) for key, entry in checks.items() for path, rule, words in _faults(key, entry)
    ]
    if whole := read if isinstance(read, Sourced) else read.sourced:
        told += _alike(whole.definition)
    return [Fault(file=read.file, line=read.line(*path), rule=rule, message=words) for path, rule, words in told]


def _alike(definition: Definition) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Find rules of sheets that would go under another one's id."""
    taken = set(REGISTRY)
    for sheet in definition.own_sheets.values():
        for key in sheet.rules:
            if (own := own_rule_id(sheet.id, key)) in taken:
                words = (
                    f"regeln '{key}' på bladet '{sheet.id}' får id '{own}', som redan är en annan; ge den ett annat id"
                )
                yield ("blad", sheet.id, "regler", key), "samma-kontroll", words
            taken.add(own)


def judge(case: Case, book: Rulebook, answered: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what the rules in force find, in the registry's order; the same case gives the same findings.

    While a rule about whose file it is asks (fråga), only that is told: the rest would follow from it. When such a
    question is answered (``answered``: rule ids), it is still told, and everything else is looked at.
    """
    in_force = book.of(case.one.period)
    found = [(rule, finding) for rule, way in in_force if (finding := rule.rule(case, way)) is not None]
    mistaken = [one for rule, one in found if rule.identity and one.severity == ASKED and rule.id not in answered]
    return tuple(mistaken or (finding for _, finding in found))


def described(book: Rulebook) -> tuple[Described, ...]:
    """Return the definition's rules for a public page, in the registry's order, also those that rest."""
    return tuple(
        _described(rule, entry, chapter)
        for chapter, rules in CHAPTERS.items()
        for rule in rules
        if (entry := book.entries.get(rule.id)) is not None
    ) + tuple(_described(rule, entry, OWN) for rule, entry in book.own)


def _described(rule: Registered, entry: Check, chapter: str) -> Described:
    return Described(
        id=rule.id,
        severity=entry.severity,
        text=rule.holds,
        source=entry.source.text,
        numbers=entry.numbers,
        chapter=chapter,
        since=entry.since,
        until=entry.until,
    )


def _faults(rule_id: str, entry: Check) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Find what is wrong with an entry: its path within the section, the rule that it breaks, and the words."""
    rule = REGISTRY.get(rule_id)
    if rule is None:
        yield (rule_id,), "okand-kontroll", f"okänd kontroll '{rule_id}'{nearest(rule_id, REGISTRY)}"
        return
    if rule.grade == "I" and entry.severity == STOP:
        message = (
            f"kontrollen '{rule_id}' vilar bara på en slutsats och kan inte vara stopp; skriv fråga eller upplysning"
        )
        yield (rule_id, "nivå"), "kontrollens-niva", message
    if entry.since and entry.until and entry.until.end < entry.since.begins:
        message = f"kontrollen '{rule_id}' upphör ({entry.until}) innan den börjar ({entry.since})"
        yield (rule_id, "till"), "fran-till", message
    yield from _number_faults(rule, entry)


def _number_faults(rule: Registered, entry: Check) -> Iterator[tuple[tuple[str, ...], str, str]]:
    unknown = [name for name in entry.numbers if name not in rule.numbers]
    for name in unknown:
        known = nearest(name, rule.numbers) if rule.numbers else "; den har inga tal, ta bort det."
        yield (rule.id, "tal", name), "okant-tal", f"okänt tal '{name}' för kontrollen '{rule.id}'{known}"
    meant = {name for name in rule.numbers if any(f"'{name}'" in nearest(each, rule.numbers) for each in unknown)}
    for name in rule.numbers:
        if name in entry.numbers and entry.numbers[name] < 0:
            message = f"talet '{name}' för kontrollen '{rule.id}' är {entry.numbers[name]}, men ska vara minst 0"
            yield (rule.id, "tal", name), "fel-varde", message
        elif name not in entry.numbers and name not in meant:  # a misspelt one is not also a missing one
            yield (
                (rule.id, "tal"),
                "saknas",
                f"talet '{name}' saknas för kontrollen '{rule.id}'; lägg till det under 'tal'",
            )
