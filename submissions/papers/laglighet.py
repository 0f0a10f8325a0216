"""The laglighetskontroll: what ``check`` says of an årshjul, on one page that styrelsen can take with its decision."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from docx.shared import Cm

from arshjul.check.rules import LAW_RULES, LawRule, why_not_tried
from arshjul.definition.model import Definition
from arshjul.errors import Fault
from arshjul.swedish import instant_text, listing, local_date, said_day
from arshjul.wordings import LAWS
from arshjul.year.wheel import Wheel
from submissions.papers.paper import Paper

TITLE = "Laglighetskontroll"
_LAGRUM = re.compile(r"(?:KL|LKBR) \d+ kap\. \d+(?: [a-z])? §|SFS \d+:\d+")
#: cm, of the columns
FACTS, FOUND, SIGNED, RULES = (3.4, 13.6), (1.7, 2.9, 12.4), (3.4, 6.8, 6.8), (2.7, 1.9, 9.6, 2.8)
SMALL = 7.5  #: points, of the rules
SHOWN = 6  #: of what is not decided; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What was held against the law: the definition's plan of some years, and what was found."""

    definition: Definition
    wheel: Wheel  #: of the years
    years: Sequence[int]  #: the periods', in order
    faults: Sequence[Fault]
    file: str  #: the definition's name
    fingerprint: str  #: SHA-256 of the file, in hex
    at: datetime
    by: str  #: who made it; "" says the office

    @property
    def title(self) -> str:
        """``Laglighetskontroll av årshjulet 2026–2027``."""
        first, last = self.years[0], self.years[-1]
        return f"{TITLE} av årshjulet {first if first == last else f'{first}–{last}'}"

    @property
    def wrong(self) -> list[Fault]:
        """What is to be mended before the plan is decided."""
        return [each for each in self.faults if each.severity == "fel"]

    @property
    def doubtful(self) -> list[Fault]:
        """What the law makes doubtful: missing, only proposed, or allowed with särskilda skäl."""
        return [each for each in self.faults if each.severity != "fel" and each.lagrum]

    @property
    def notes(self) -> list[Fault]:
        """What is doubtful in the plan itself, whatever the law."""
        return [each for each in self.faults if each.severity != "fel" and not each.lagrum]


def control_paper(control: Control) -> bytes:
    """Return the .docx. The same values give the same bytes."""
    definition = control.definition
    paper = Paper(
        control.title,
        definition.kommun.name,
        control.by or definition.office_said,
        f"fingeravtryck {control.fingerprint[:16]}",
        subject=TITLE,
    )
    paper.title(control.title)
    facts = paper.open_table(("Underlag", "till beslut om tidplanen"), FACTS)
    for row in _facts(control):
        facts.add(row)
    facts.close("Vad som är prövat, när och av vem")
    paper.words(_outcome(control), lead="Utfall. ")
    if control.faults:
        found = paper.open_table(("Utfall", "Lagrum", "Vad, och hur det rättas"), FOUND)
        for words, faults in (("Fel", control.wrong), ("Varning", control.doubtful), ("Notering", control.notes)):
            for each in faults:
                found.add((words, _firm(each.lagrum or "planens egen ordning"), _firm(each.message)), size=8)
        found.close("Det som kontrollen fann")
    paper.words(" ".join(_undecided(control)), lead="Inte beslutat. ")
    paper.words(
        "Kontrollen prövar dagar, moment och delar i årshjulet mot reglerna nedan. Den ersätter ingen juridisk bedömning.",
        quiet=True,
    )
    signed = paper.open_table(("Datum", "Underskrift", "Namn och roll"), SIGNED)
    signed.add(("", "", control.by)).height = Cm(1.0)
    signed.close("Plats för underskrift")
    rules = paper.open_table(("Lagrum", "SFS", "Det som prövas", "Utfall"), RULES)
    for rule in LAW_RULES:
        if outcome := _of_rule(control, rule):
            rules.add((rule.lagrum.rpartition("; ")[2], rule.wordings[-1].sfs, rule.held, outcome), size=SMALL)
    rules.close("De lagregler som årshjulet är prövat mot")
    paper.words(_firm(" ".join((*_not_tried(control), _texts()))), quiet=True)
    return paper.bytes_at(control.at)


def _facts(control: Control) -> Iterator[tuple[str, str]]:
    definition = control.definition
    yield "Kommun", definition.kommun.name
    yield "Tidplan", "; ".join(_plan(definition, year) for year in control.years)
    yield "Definition", control.file
    yield "SHA-256", control.fingerprint
    yield "Kontrollen gjord", f"{instant_text(control.at)}, av {control.by or definition.office_said}"


def _plan(definition: Definition, year: int) -> str:
    plan = definition.year_plans.get(year)
    if plan is None or plan.state != "fastställd":
        return f"{year}: förslag"
    when = f" {said_day(plan.day)}" if plan.day else ""
    return (
        f"{year}: fastställd{f' av {plan.by}' if plan.by else ''}{when}{f', {plan.paragraf}' if plan.paragraf else ''}"
    )


def _outcome(control: Control) -> str:
    wrong, doubtful, notes = len(control.wrong), len(control.doubtful), len(control.notes)
    if not control.faults:
        return "Kontrollen fann inget fel. Inget i planen går emot de regler som är prövade."
    parts = [
        f"{count} {one if count == 1 else several}"
        for count, one, several in (
            (wrong, "fel", "fel"),
            (doubtful, "varning", "varningar"),
            (notes, "notering", "noteringar"),
        )
        if count
    ]
    then = (
        "Felen ska rättas innan tidplanen fastställs."
        if wrong
        else "Inget som är beslutat går emot de regler som är prövade. En varning är något som saknas, bara är föreslaget eller "
        "kräver särskilda skäl."
        if doubtful
        else "Inget i planen går emot de regler som är prövade."
    )
    return f"Kontrollen fann {listing(parts)}. {then}"


def _undecided(control: Control) -> Iterator[str]:
    points = [one for one in control.wheel.milestones if one.obligation is None or one.kind == "frist"]
    proposed = Counter(local_date(one.at).year for one in points if one.status == "förslag")
    for year, many in sorted(proposed.items()):
        days = (
            f"En dag {year} är ett förslag och är prövad"
            if many == 1
            else f"{many} dagar {year} är förslag och är prövade"
        )
        yield f"{days} som förslag."
    open_days = [f"{one.name} ({one.step_name} {one.period.text})" for one in points if one.status == "ej beslutad"]
    if distinct := list(dict.fromkeys(open_days)):
        more = [f"{len(distinct) - SHOWN} till"] if len(distinct) > SHOWN else []
        yield f"Dag saknas för {listing([*distinct[:SHOWN], *more])}."
    if not proposed and not distinct:
        yield "Allt i planen har en beslutad dag."


def _of_rule(control: Control, rule: LawRule) -> str:
    """Return how it went by a rule; "" for one that had nothing to look at."""
    severities = {each.severity for each in control.faults if each.rule == rule.id}
    if severities:
        return "fel" if "fel" in severities else "varning"
    return "" if why_not_tried(rule, control.definition, control.years) else "inget att anmärka"


def _not_tried(control: Control) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for rule in LAW_RULES:
        if not _of_rule(control, rule):
            reasons.setdefault(why_not_tried(rule, control.definition, control.years) or "", []).append(
                rule.lagrum.rpartition("; ")[2]
            )
    if reasons:
        told = "; ".join(f"{listing(lagrum)} ({why})" for why, lagrum in reasons.items())
        yield f"Årshjulet har inget att pröva mot {told}."


def _firm(text: str) -> str:
    """Return a text in which no line ends within a lagrum."""
    return _LAGRUM.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def _texts() -> str:
    laws = (
        f"{short} är {law.name} ({law.sfs}) i lydelsen {said_day(law.day)}, med ändringar till och med SFS {law.up_to}"
        for short, law in LAWS.items()
    )
    return f"{'; '.join(laws)}. SFS är det nummer som gav paragrafen den lydelse som regeln är skriven efter."
