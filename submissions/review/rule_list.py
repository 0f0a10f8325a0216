"""The list of rules that anybody may read: each with its source and numbers, and those that are or were out of force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from arshjul.definition.model import Definition
from arshjul.periods import Period
from store.database import Session
from store.handins import resting as rules
from store.tables import RuleRest
from submissions.finding import STOP, Severity
from submissions.ledger.reopening import RULE as CHANGED_LEDGER
from submissions.review.book import described, rulebook_of
from submissions.standing.version import QUESTION

FILES, AFTERWARDS = "Filer och beslut", "Efter inlämningen"
GONE_RULE = "En kontroll som inte längre finns"
PARTS_SOURCE = "Källan är den lämnade delens egen."

#: what ``checks.JUDGING`` holds. What decides whether a file is taken at all cannot be taken out of force.
FILE_RULES: Mapping[str, tuple[Severity, str]] = {
    "skadad": (STOP, "En PDF har sitt slut, och går att öppna."),
    "skyddad-pdf": (QUESTION, "En PDF är inte skyddad."),
    "saknar-paragraf": (STOP, "Ett protokollsutdrag har beslutets paragraf."),
    "fel-paragraf": (STOP, "Paragrafen är skriven som en paragraf."),
    "saknar-datum": (STOP, "Ett protokollsutdrag har mötets datum."),
    "fel-datum": (STOP, "Mötets datum är ett datum."),
    "framtida-datum": (STOP, "Mötet har varit."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """When a rule was out of force, why and by whom. ``until`` None: it still is."""

    why: str
    by: str
    since: datetime
    until: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A rule as the list tells it."""

    id: str
    severity: Severity
    text: str  #: what must be so
    source: str
    chapter: str
    numbers: Mapping[str, Decimal]
    since: Period | None = None  #: inclusive
    until: Period | None = None  #: inclusive
    rest: Rest | None = None  #: why it is out of force; None: it is in force


def restable(definition: Definition) -> frozenset[str]:
    """Return the ids of the rules that can be taken out of force."""
    return frozenset(each.id for each in _every(definition))


def listed(session: Session | None, definition: Definition) -> tuple[Listed, ...]:
    """Return every rule, chapter by chapter. Without a session nothing is known to be out of force."""
    resting = rules.resting(session) if session else {}
    every = _every(definition)
    return tuple(replace(each, rest=_rest(resting[each.id])) if each.id in resting else each for each in every)


def number_text(name: str, value: Decimal) -> str:
    """Return a number with its unit, which is the last word of its name: "avrundning 1 tkr", "500 tkr"."""
    what, _, unit = name.rpartition(" ")
    return f"{what} {format(value, 'f').replace('.', ',')} {unit}".strip()


def former(session: Session, definition: Definition) -> Sequence[tuple[str, Rest]]:
    """Return the rests that have ended, newest first: what the rule holds, and the rest."""
    texts = rule_texts(definition)
    return [(texts.get(row.rule, GONE_RULE), _rest(row)) for row in rules.rests(session) if row.until is not None]


def rule_texts(definition: Definition) -> Mapping[str, str]:
    """Return what each rule holds, by its id."""
    return {each.id: each.text for each in _every(definition)}


def _every(definition: Definition) -> list[Listed]:
    judged = [
        Listed(**each._asdict())  # the same words; what is missing is whether it rests
        for each in described(rulebook_of(definition))
    ]
    files = [
        Listed(id=rule, severity=severity, text=text, source=PARTS_SOURCE, chapter=FILES, numbers={})
        for rule, (severity, text) in FILE_RULES.items()
    ]
    return [*judged, *files, *_after(definition)]


def _after(definition: Definition) -> list[Listed]:
    """Tell the rule of reopening; its number is the ledgers' own limit. Without ledgers there is none."""
    plans = definition.ledgers.values()
    if not plans:
        return []
    limits = {plan.reopens for plan in plans}
    one = limits.pop() if len(limits) == 1 else None
    return [
        Listed(
            id=CHANGED_LEDGER,
            severity=STOP,
            text="Bokföringen har inte i efterhand ändrat det som är inlämnat med mer än gränsen.",
            source="; ".join(dict.fromkeys(plan.source.text for plan in plans)),
            chapter=AFTERWARDS,
            numbers={"tkr": one} if one is not None else {f"{plan.company} tkr": plan.reopens for plan in plans},
        )
    ]


def _rest(row: RuleRest) -> Rest:
    return Rest(why=row.why, by=row.by, since=row.since, until=row.until, ended_by=row.ended_by)
