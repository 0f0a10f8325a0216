"""The rules of law that ``check`` holds a plan against: by id, the provision, and what is held, as people read it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from arshjul.check.law import bodies
from arshjul.definition.in_force import held_steps
from arshjul.definition.model import Definition, Step
from arshjul.wordings import Wording, wordings_of


@dataclass(frozen=True, slots=True)
class LawRule:
    """One rule. ``id`` is the one that findings have."""

    id: str
    lagrum: str
    held: str  #: Swedish, as it stands in a list

    @property
    def wordings(self) -> tuple[Wording, ...]:
        """The wordings that it was written from."""
        return wordings_of(self.lagrum)


LAW_RULES = (
    LawRule("KL 5:14", "KL 5 kap. 14 §", "brådskande ärenden till fullmäktige stänger senast vardagen före mötet"),
    LawRule("KL 5:15", "KL 5 kap. 13 §; KL 5 kap. 15 §", "kallelsen till fullmäktige går minst en vecka före mötet"),
    LawRule("KL 5:24", "KL 5 kap. 24 §", "fullmäktige beslutar om ansvarsfrihet före juni månads utgång"),
    LawRule("KL 5:32", "KL 5 kap. 32 §", "förklaringar hämtas in innan fullmäktige beslutar om ansvarsfrihet"),
    LawRule("KL 6:9", "KL 6 kap. 9 §", "styrelsen prövar varje år varje bolags verksamhet"),
    LawRule("KL 6:13", "KL 6 kap. 13 §", "styrelsen bereder det som fullmäktige beslutar"),
    LawRule("KL 8:16 a", "KL 8 kap. 16 a §", "revisionsberättelsen finns på webbplatsen när mötet tillkännages"),
    LawRule("KL 11:6 a", "KL 11 kap. 6 a §", "budgeten redogör för koncernföretagens ekonomi"),
    LawRule(
        "KL 11:8", "KL 11 kap. 8 §", "förslag till budget, skattesats och revisorernas budget före oktobers utgång"
    ),
    LawRule("KL 11:9", "KL 11 kap. 9 §", "nämnderna har en dag för sina budgetförslag, före styrelsens"),
    LawRule("KL 11:10", "KL 11 kap. 10 §", "budgeten fastställs före novembers utgång, valår av nyvalda fullmäktige"),
    LawRule("KL 11:11", "KL 11 kap. 11 §", "skattesatsen fastställs i november om budgeten kommer i december"),
    LawRule("KL 11:12", "KL 11 kap. 12 §", "ett underskott regleras senast i budgeten för det tredje året"),
    LawRule("KL 11:15", "KL 11 kap. 15 §", "en utgift under året beslutas med sin finansiering"),
    LawRule(
        "KL 11:16", "KL 11 kap. 16 §", "delårsrapporten överlämnas inom två månader, och fullmäktige behandlar den"
    ),
    LawRule("KL 11:18", "KL 11 kap. 18 §", "nämnderna har en dag för sina redovisningar"),
    LawRule("KL 11:19", "KL 11 kap. 19 §", "styrelsen upprättar årsredovisningen när redovisningarna har kommit"),
    LawRule("KL 11:20", "KL 11 kap. 20 §", "årsredovisningen överlämnas senast den 15 april"),
    LawRule("KL 11:21", "KL 11 kap. 21 §", "fullmäktige godkänner årsredovisningen före ansvarsfriheten"),
    LawRule("KL 12:2", "KL 12 kap. 2 §", "revisorerna hinner bedöma rapporten innan fullmäktige behandlar den"),
    LawRule("LKBR 3:13", "LKBR 2 kap. 4 §; LKBR 3 kap. 13 §", "räkenskapsinformation bevaras i sju år"),
    LawRule("LKBR 4:1", "LKBR 4 kap. 1 §", "årsredovisningen har lagens delar"),
    LawRule("LKBR 9:4", "LKBR 9 kap. 1 §; LKBR 9 kap. 4 §", "noterna redogör för redovisningsprinciperna"),
    LawRule("LKBR 11:6", "LKBR 11 kap. 6 §", "förvaltningsberättelsen har sjukfrånvaron"),
    LawRule("LKBR 12:2", "LKBR 4 kap. 1 §; LKBR 12 kap. 2 §", "årsredovisningen har sammanställda räkenskaper"),
    LawRule(
        "LKBR 13:1", "LKBR 13 kap. 1 §", "en delårsrapport omfattar minst hälften och högst två tredjedelar av året"
    ),
    LawRule("LKBR 13:2", "LKBR 13 kap. 2 §", "delårsrapporten har lagens delar"),
    LawRule("LKBR 13:3", "LKBR 13 kap. 3 §", "delårsrapportens resultaträkning har jämförelsetal"),
)


def why_not_tried(rule: LawRule, definition: Definition, years: Sequence[int]) -> str | None:
    """Return why a definition gives a rule nothing to look at in these years (Swedish, for a list); None when it is tried."""
    return next((why for why in (ask(definition, years) for ask in _ASKED.get(rule.id, ())) if why), None)


Ask = Callable[[Definition, Sequence[int]], str | None]


def _some(kind: str, why: str) -> Ask:
    def ask(definition: Definition, years: Sequence[int]) -> str | None:
        units = (unit for unit in definition.units.values() if unit.kind == kind)
        return None if any(unit.is_there_in(year) for unit in units for year in years) else why

    return ask


def _moment(concerns: str) -> Ask:
    def ask(definition: Definition, years: Sequence[int]) -> str | None:
        every = (moment for step in _held(definition, years) for moment in step.moments.values())
        return None if any(moment.concerns == concerns for moment in every) else "inget sådant moment"

    return ask


def _flowing(kind: str) -> Ask:
    """A report that is put together elsewhere is not asked for its parts."""

    def ask(definition: Definition, years: Sequence[int]) -> str | None:
        is_there = any(step.kind == kind and step.flow for step in _held(definition, years))
        return None if is_there else "sätts ihop utanför årshjulet"

    return ask


def _held(definition: Definition, years: Sequence[int]) -> Iterator[Step]:
    return (step for year in years for _, step, _ in held_steps(definition, year))


def _extra(definition: Definition, _: Sequence[int]) -> str | None:
    kf = bodies(definition)[1]
    return None if kf and definition.bodies[kf].extra else "fullmäktige tar inga extra ärenden"


_BOLAG, _NAMND = _some("bolag", "inga bolag"), _some("nämnd", "inga nämnder")
_ASKED: Mapping[str, tuple[Ask, ...]] = {
    "KL 5:14": (_extra,),
    "KL 5:32": (_moment("förklaringar"),),
    "KL 6:9": (_BOLAG,),
    "KL 11:6 a": (_BOLAG, _flowing("budget")),
    "KL 11:9": (_NAMND, _flowing("budget")),
    "KL 11:12": (_moment("balanskravsplan"),),
    "KL 11:15": (_moment("tilläggsanslag"),),
    "KL 11:18": (_NAMND,),
    "LKBR 4:1": (_flowing("årsredovisning"),),
    "LKBR 9:4": (_flowing("årsredovisning"),),
    "LKBR 11:6": (_flowing("årsredovisning"),),
    "LKBR 12:2": (_BOLAG, _flowing("årsredovisning")),
    "LKBR 13:2": (_flowing("delårsrapport"),),
    "LKBR 13:3": (_flowing("delårsrapport"),),
}
