"""Gallring of letters, mails, the log's words and people, year by year, on a named decision. Nothing goes by itself.

What the dokumenthanteringsplan says of each kind stands in the definition (``gallring``). Where it says nothing it is
assumed that it may go after ten years, and whoever decides is told that it is an assumption.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from actions.act import SHORTEST_REASON, Act
from actions.scene import Scene
from arshjul.definition.model import Definition
from arshjul.definition.retention import ASSUMED_YEARS, PERSONAL_KINDS, Gallring, PersonalKind
from arshjul.errors import RefusedError
from arshjul.swedish import day_text
from store.log.log_chain import chain
from store.post import outlived

ASSUMED = "antagande: definitionen säger inget"
#: what each kind is called, and what is gone of it
NAMES: Mapping[PersonalKind, str] = MappingProxyType(
    {"brev": "Brev", "mejl": "Inkomna mejl", "logg": "Loggens uppgifter", "personer": "Personer utan roll"}
)
LEFT: Mapping[PersonalKind, str] = MappingProxyType(
    {
        "brev": "Text, ämne och mottagare försvinner. Att brevet skrevs, slag och dag står kvar.",
        "mejl": "Text, ämne, avsändare och filer försvinner. Att mejlet kom och vad det blev står kvar.",
        "logg": "Vem det var och uppgifterna försvinner. Att det hände, när och om vad står kvar, och kedjan håller.",
        "personer": "Namn, adress, telefon, rollernas tider och länkar försvinner. Det som personen lämnade in står kvar.",
    }
)
BACKUPS = "Säkerhetskopior från tiden före har uppgifterna kvar: gallra dem enligt er rutin."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlived:
    """One kind of one year: how much there is, by which rule it may go, and from which day."""

    kind: PersonalKind
    year: int
    count: int
    rule: str
    source: str
    first_day: date

    @property
    def id(self) -> str:
        """What a form calls it."""
        return f"{self.kind}-{self.year}"

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{NAMES[self.kind]} {self.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Culled:
    """What was gallrat."""

    what: Outlived
    count: int


def outlived_plan(scene: Scene) -> tuple[Outlived, ...]:
    """Return what there is of each kind and year that is gallrat some time, the soonest first. What bevaras is not in it."""
    found: list[Outlived] = []
    for kind in PERSONAL_KINDS:
        said = scene.office.definition.personal.get(kind)
        rule = said.gallras if said else Gallring(years=ASSUMED_YEARS, after="årets slut")
        if rule is None:
            continue
        for year, count in sorted(_counted(scene, kind).items()):
            found.append(
                Outlived(
                    kind=kind, year=year, count=count, rule=f"gallras {rule}",
                    source=said.source.text if said else ASSUMED, first_day=date(year + rule.years + 1, 1, 1),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.first_day, PERSONAL_KINDS.index(one.kind), one.year)))


def rules(definition: Definition) -> tuple[tuple[str, str, str], ...]:
    """Return what is said of each kind: its name, the rule, and where that comes from."""
    said = {kind: definition.personal.get(kind) for kind in PERSONAL_KINDS}
    return tuple(
        (
            NAMES[kind],
            rule.text if rule else f"gallras {ASSUMED_YEARS} år efter årets slut",
            rule.source.text if rule else ASSUMED,
        )
        for kind, rule in said.items()
    )


def cull(act: Act, chosen: Collection[str]) -> tuple[Culled, ...]:
    """Gallra what was chosen (by its ids), on the decision that is the act's why. What was gallrat stands in the log.

    Raises RefusedError, and nothing is gallrat, without a decision, when nothing is chosen, and for what may not go yet.
    """
    scene, decision = act.scene, " ".join(act.why.split())
    if len(decision) < SHORTEST_REASON:
        raise RefusedError("Ange vilket beslut gallringen görs på, till exempel delegationsbeslut 2038-01-08 § 2.")
    if not chosen:
        raise RefusedError("Välj vad som ska gallras.")
    known = {one.id: one for one in outlived_plan(scene)}
    if unknown := sorted(set(chosen) - known.keys()):
        raise RefusedError(f"'{unknown[0]}' är redan gallrat, eller ska bevaras. Ladda om sidan och välj på nytt.")
    for one in (known[each] for each in chosen):
        if one.first_day > scene.today:
            raise RefusedError(f"{one.name} får gallras först {day_text(one.first_day)}.")
    while chain(scene.session):
        pass  # only a chained row of the log can be gallrad
    return tuple(_cull(act, known[each], decision) for each in sorted(chosen, key=lambda each: known[each].first_day))


def _counted(scene: Scene, kind: PersonalKind) -> Counter[int]:
    session, today = scene.session, scene.today
    counts: Mapping[PersonalKind, Callable[[], Counter[int]]] = {
        "brev": lambda: outlived.letters_by_year(session),
        "mejl": lambda: outlived.mails_by_year(session),
        "logg": lambda: outlived.log_by_year(session),
        "personer": lambda: outlived.people_by_year(session, today),
    }
    return counts[kind]()


def _cull(act: Act, one: Outlived, decision: str) -> Culled:
    scene, session = act.scene, act.scene.session
    match one.kind:
        case "brev":
            count = outlived.cull_letters(session, one.year)
        case "mejl":
            count = outlived.cull_mails(session, one.year)
        case "logg":
            count = outlived.cull_log(session, one.year, act.by, decision, scene.now)
        case "personer":
            count = outlived.cull_people(session, one.year, scene.today)
    act.log(
        "personal.gallrad", None,
        {"kind": one.kind, "year": one.year, "count": count, "rule": one.rule, "source": one.source, "why": decision},
    )  # fmt: skip
    return Culled(what=one, count=count)
