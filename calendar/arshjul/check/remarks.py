"""What is found when a plan is held against the law and itself, told once however often it is found."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from arshjul.definition.lined import Path
from arshjul.definition.reading import Sourced
from arshjul.errors import Fault, Severity
from arshjul.periods import Period
from arshjul.swedish import listing

SHOWN = 3  #: how many more periods a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing found in one period. ``path`` is the file's keys to the value that should be mended."""

    path: Path
    rule: str  #: stable id: "KL 11:20", "kedja"
    message: str  #: Swedish: what is planned, what is allowed, how to mend it; no full stop at the end
    period: Period
    severity: Severity = "fel"
    lagrum: str | None = None


def told_once(sourced: Sourced, remarks: Iterable[Remark], years: Collection[int]) -> list[Fault]:
    """Return the remarks as faults, in the file's order: one for each place and rule, for its worst and first period.

    ``years`` are all that were held: what is found in each of them is said to be so every year.
    """
    alike: dict[tuple[Path, str], list[Remark]] = {}
    for remark in sorted(remarks, key=lambda one: (one.severity != "fel", one.period.year, one.period.months)):
        alike.setdefault((remark.path, remark.rule), []).append(remark)
    return sorted(_fault(sourced, same, years) for same in alike.values())


def _fault(sourced: Sourced, same: list[Remark], years: Collection[int]) -> Fault:
    first = same[0]
    also = _also([*dict.fromkeys(remark.period for remark in same)], years)
    return Fault(
        file=sourced.file,
        line=sourced.line(*first.path),
        rule=first.rule,
        message=f"{first.message}.{also}",
        severity=first.severity,
        lagrum=first.lagrum,
    )


def _also(periods: list[Period], years: Collection[int]) -> str:
    if len(periods) == 1:
        return ""
    if {period.year for period in periods} == set(years) and len({period.month for period in periods}) == 1:
        return " Det gäller varje år."
    rest = [period.text for period in periods[1:]]
    more = [f"{len(rest) - SHOWN} till"] if len(rest) > SHOWN else []
    return f" Det gäller också {listing([*rest[:SHOWN], *more])}."
