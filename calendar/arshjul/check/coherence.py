"""Holding a resolved plan against itself: what must come before what, and which of the days to blame."""

from collections.abc import Iterable, Iterator

from arshjul.check.broken import Broken, Node
from arshjul.check.in_time import frister
from arshjul.check.order import order
from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear, krav_path, moment_path
from arshjul.definition.lined import Path
from arshjul.year.wheel import Occurrence


def chains(year: ResolvedYear, ks: str | None, kf: str | None, blamed: Iterable[Path]) -> Iterator[Remark]:
    """Find the broken chains of a year; those with an end in ``blamed`` follow from what is told.

    What is decided is wrong; where one of the days is only proposed, it is a warning.
    """
    known = set(blamed)
    for occurrence in year.wheel.occurrences:
        if ("steg", occurrence.step, "perioder") in known:
            continue  # its periods are wrong, so its days are
        paths = _paths(year, occurrence)
        broken = [*order(occurrence, year, ks, kf), *frister(occurrence, year, ks)]
        # one of each kind is enough: every enhet's frist breaks the same chain
        broken = [*{(one.nodes, one.rule): one for one in broken[::-1]}.values()][::-1]
        broken = [one for one in broken if not any(paths[node] in known for node in one.nodes)]
        for node, ones in _culprits(broken):
            head = next((one for one in ones if one.lagrum), ones[0])
            words = "; ".join(one.words for one in ones)
            yield Remark(
                path=paths[node],
                rule=head.rule,
                message=f"{occurrence.step_name} {occurrence.period.text}: {words}",
                period=occurrence.period,
                severity="fel" if any(one.decided and one.grave for one in ones) else "varning",
                lagrum=head.lagrum,
            )


def _culprits(broken: list[Broken]) -> Iterator[tuple[Node, list[Broken]]]:
    """Blame as few as explain everything: each time the one in most broken chains."""
    left = broken
    while left:
        counts: dict[Node, int] = {}
        for one in left:
            for node in dict.fromkeys(one.nodes):
                counts[node] = counts.get(node, 0) + 1
        worst = max(counts, key=lambda node: counts[node])  # the first of equals: the one to blame first
        yield worst, [one for one in left if worst in one.nodes]
        left = [one for one in left if worst not in one.nodes]


def _paths(year: ResolvedYear, occurrence: Occurrence) -> dict[Node, Path]:
    whole, step, period = year.definition, occurrence.step, occurrence.period
    moments = {("moment", one): moment_path(whole, step, one, period) for one in whole.steps[step].moments}
    krav = {("krav", one): krav_path(whole, step, one, period) for one in whole.steps[step].krav}
    return moments | krav
