"""What a hand-in says of the year's ram: a deviation opens the händelser that the definition's limits name, by itself.

It is weighed after every hand-in. A later version that no longer says so closes what the earlier one opened; what a
person has said of it stands whatever comes in. Nothing is opened twice for one enhet and period.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from actions.act import by_service
from actions.plan.gone import tell_gone
from actions.scene import Scene
from actions.underlag.deviation_word import DeviationWord, tell_deviation
from arshjul.definition.declared import Trigger
from arshjul.definition.registers.opening import Opening
from arshjul.keys import ObligationKey
from arshjul.year.wheel import Obligation, PartOwed
from store.acting import BY_SERVICE
from store.handins import removals, versions, withheld
from store.plan.in_step import Moved
from store.registers.openings import Openings, add_opening, openings
from store.tables import Submission
from submissions.files.filled import Filled
from submissions.ledger.known import known_of
from submissions.review.case import case_of
from submissions.review.ram_outcome import RamOutcome, ram_outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A händelse that a hand-in opens, or closes."""

    happening: str
    one: Obligation
    source: str
    said: str
    gone: bool


def weigh(scene: Scene, keys: Iterable[ObligationKey]) -> list[Moved]:
    """Weigh what stands of these obligations, and tell what it opened and closed; return the frister that follow."""
    opening = {key: each for key, each in scene.office.definition.happenings.items() if each.opening}
    if not opening:
        return []
    owed = [one for key in dict.fromkeys(keys) if (one := scene.wheel.obligations.get(key))]
    found = [each for one in owed for each in _weighed(scene, one, opening)]
    if not found:
        return []
    before, plan = _holding(scene), scene.wheel
    for each in found:
        key = each.one.key
        add_opening(
            scene.session, each.happening, key.unit, key.period, scene.today, each.said, BY_SERVICE, scene.now,
            handin=each.source, gone=each.gone,
        )  # fmt: skip
        detail = {"what": opening[each.happening].name, "detail": each.said}
        by_service(scene).log("happening.closed" if each.gone else "happening.opened", key, detail)
    moved, after = scene.replan(), _holding(scene)
    tell_gone(scene, plan, moved, "Det som nu är inlämnat säger inte längre det som en tidigare version sa.")
    turned = {_key(each): each for each in reversed(found) if (_key(each) in before) != (_key(each) in after)}
    for one in owed:  # two that say the same are told of once
        if changed := {each.happening for each in turned.values() if each.one is one}:
            said = _said(scene, one)
            tell_deviation(
                DeviationWord(scene, one, said, before=_of_unit(before, one), holds=_of_unit(after, one)), changed
            )
    return moved


def _said(scene: Scene, one: Obligation) -> str:
    """Return the newest words of what is open for an underlag's enhet and period; "" when nothing is."""
    here = [each for each in openings(scene.session) if each.holds and _of(each)[1:] == (one.unit, one.period.key)]
    return max(here, key=lambda each: each.number).said if here else ""


def _of_unit(holding: Iterable[tuple[str, str, str]], one: Obligation) -> frozenset[str]:
    return frozenset(happening for happening, unit, period in holding if (unit, period) == (one.unit, one.period.key))


def _holding(scene: Scene) -> set[tuple[str, str, str]]:
    return {_of(each) for each in openings(scene.session) if each.holds}


def _weighed(scene: Scene, one: Obligation, opening: Mapping[str, Trigger]) -> Iterator[Weighed]:
    asked = {key: each.opening for key, each in opening.items() if each.opening and one.step in each.opening.steps}
    if not asked:
        return
    known = {_of(each): each for each in openings(scene.session)}
    counting = versions.counting(scene.session, [one.key])
    for part in one.parts:
        row = counting.get((one.key, part.id))
        if row is not None and row.content is None and _is_kept_out(scene, row):
            continue  # it says what it said
        source, outcome = one.key.part(part.id), _outcome(scene, one, part, row)
        for happening, limits in asked.items():
            before = known.get((happening, one.unit, one.period.key))
            says, said = _opens(limits, outcome), bool(before and source in before.sources)
            if says != said and not (says and before and before.withdrawn):
                yield Weighed(happening=happening, one=one, source=source, said=outcome.words, gone=not says)


def _is_kept_out(scene: Scene, row: Submission) -> bool:
    """Tell whether what a version holds is there for nobody to read, though it counts: it is withheld, or gallrad."""
    return bool(withheld.of_versions(scene.session, [row.id]) or removals.gallrade(scene.session, [row.id]))


def _outcome(scene: Scene, one: Obligation, part: PartOwed, row: Submission | None) -> RamOutcome:
    """Return what a version says. The figures of one that is not complete may be mended: its own no counts, they do not."""
    if row is None or not row.content or not part.sheets:
        return RamOutcome()
    definition = scene.office.definition
    known = known_of(scene.session, definition, one)
    read = ram_outcome(case_of(definition, one, part, Filled.from_json(row.content), known))
    return read if row.complete else RamOutcome(broken=read.broken)


def _opens(limits: Opening, outcome: RamOutcome) -> bool:
    large = limits.deficit is not None and limits.deficit.is_exceeded(outcome.budget, outcome.deviation)
    return large or (limits.ram and outcome.broken)


def _of(each: Openings) -> tuple[str, str, str]:
    return each.happening.happening, each.happening.unit, each.happening.period.key


def _key(each: Weighed) -> tuple[str, str, str]:
    return each.happening, each.one.unit, each.one.period.key
