"""Holding a resolved plan against itself: what must come before what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear, krav_path, moment_path, moments_of
from arshjul.definition.lined import Path
from arshjul.definition.model import Krav
from arshjul.keys import MomentId, UnitId
from arshjul.swedish import STOCKHOLM, day_text, instant_text
from arshjul.year.wheel import MAIN, Milestone, Obligation, Occurrence

KS_CONCERNS = ("budgetförslag", "skattesatsförslag", "delårsrapport överlämnas", "årsredovisning överlämnas")
KF_CONCERNS = ("budget", "skattesats", "delårsrapport behandlas", "årsredovisning godkänns", "ansvarsfrihet")
HANDED_OVER = ("delårsrapport överlämnas", "årsredovisning överlämnas")
#: Moments that law or sense puts in this order, and the lagrum.
PAIRS = (
    ("budgetförslag", "budget", "KL 11 kap. 8 §; KL 11 kap. 10 §"),
    ("skattesatsförslag", "skattesats", "KL 11 kap. 8 §; KL 11 kap. 11 §"),
    ("delårsrapport överlämnas", "delårsrapport behandlas", "KL 11 kap. 16 §"),
    ("årsredovisning överlämnas", "årsredovisning godkänns", "KL 11 kap. 20 §; KL 11 kap. 21 §"),
    ("årsredovisning godkänns", "ansvarsfrihet", "KL 11 kap. 21 §"),
)
#: By kind of step, what the law says of a frist that KS's meeting does not wait for.
_FRIST_LAW = {"årsredovisning": "KL 11 kap. 18 §; KL 11 kap. 19 §", "budget": "KL 11 kap. 9 §"}

Node = tuple[str, str]  #: ("krav" or "moment", id)
Moments = Mapping[tuple[MomentId, UnitId | None], Milestone]  #: by moment and unit


@dataclass(frozen=True, slots=True)
class Broken:
    """One "this before that" that does not hold."""

    nodes: tuple[Node, Node]  #: the one to blame first, when nothing else tells them apart
    words: str
    rule: str = "kedja"
    lagrum: str | None = None


def chains(year: ResolvedYear, ks: str | None, kf: str | None, blamed: Iterable[Path]) -> Iterator[Remark]:
    """Find the broken chains of a year; those with an end in ``blamed`` follow from what is told."""
    known = set(blamed)
    for occurrence in year.wheel.occurrences:
        if ("steg", occurrence.step, "perioder") in known:
            continue  # its periods are wrong, so its days are
        paths = _paths(year, occurrence)
        broken = [*_order(occurrence, year, ks, kf), *_frister(occurrence, year, ks)]
        # one of each kind is enough: every enhet's frist breaks the same chain
        broken = [*{(one.nodes, one.rule): one for one in broken[::-1]}.values()][::-1]
        broken = [one for one in broken if not any(paths[node] in known for node in one.nodes)]
        for node, ones in _culprits(broken):
            alone = ones[0] if len({one.rule for one in ones}) == 1 else None
            words = "; ".join(one.words for one in ones)
            yield Remark(
                path=paths[node],
                rule=alone.rule if alone else "kedja",
                message=f"{occurrence.step_name} {occurrence.period.text}: {words}",
                period=occurrence.period,
                lagrum=next((one.lagrum for one in ones if one.lagrum), None),
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


def _order(occurrence: Occurrence, year: ResolvedYear, ks: str | None, kf: str | None) -> Iterator[Broken]:
    """Moments in the order of the house: enhetens eget organ, KSAU, KS, the handing over, KF."""
    ones = [one for one in moments_of(occurrence) if one.status != "ej beslutad"]
    for before, after, lagrum in PAIRS:
        for first in (one for one in ones if one.concerns == before):
            for then in (one for one in ones if one.concerns == after):
                yield from _after(first, then, lagrum, before in (*HANDED_OVER, "budgetförslag"))
    own = [one for one in ones if one.unit]
    shared = [one for one in ones if not one.unit]
    handed = [one for one in shared if one.concerns in HANDED_OVER]
    at_ks = [one for one in shared if one.body == ks and one not in handed]
    at_kf = [one for one in shared if one.body == kf and one.concerns != "ansvarsfrihet"]
    # an arbetsutskott (KSAU, AU) prepares KS's matters; others, as the revisorer, may come after KS
    prepared = [one for one in shared if one.body and year.definition.bodies[one.body].short.endswith("AU")]
    yield from _ranks(own, at_ks)
    yield from _ranks(prepared, at_ks or handed)
    yield from _ranks(at_ks, handed, blame_later=True)
    if year.definition.steps[occurrence.step].kind != "budget":  # there skattesats and budget may go apart
        yield from _ranks(at_ks, at_kf)


def _ranks(before: list[Milestone], after: list[Milestone], blame_later: bool = False) -> Iterator[Broken]:
    """With several of a rank only a wholly turned order is wrong: KSAU may see a matter twice."""
    if before and after:
        first = max(before, key=lambda one: one.at) if before[0].unit else min(before, key=lambda one: one.at)
        yield from _after(first, max(after, key=lambda one: one.at), None, blame_later)


def _after(first: Milestone, then: Milestone, lagrum: str | None, blame_later: bool) -> Iterator[Broken]:
    if _day(first.at) <= _day(then.at):
        return
    earlier, later = ("moment", first.milestone), ("moment", then.milestone)
    yield Broken(
        (later, earlier) if blame_later else (earlier, later),
        f"'{first.name}' ({day_text(_day(first.at))}) kommer efter '{then.name}' ({day_text(_day(then.at))}) "
        "men ska komma före; flytta det ena",
        _law_id(lagrum) if lagrum else "kedja",
        lagrum,
    )


def _frister(occurrence: Occurrence, year: ResolvedYear, ks: str | None) -> Iterator[Broken]:
    step = year.definition.steps[occurrence.step]
    moments = {(one.milestone, one.unit): one for one in moments_of(occurrence)}
    shared = [one for (_, unit), one in moments.items() if not unit]
    at_ks = [one for one in shared if one.body == ks and one.concerns not in HANDED_OVER]
    for one in occurrence.obligations:
        krav = step.krav[one.krav]
        if one.host:
            continue  # handed in with another, and held there
        yield from _treated(one, krav, moments, at_ks, _FRIST_LAW.get(step.kind))
        yield from _decided_first(one, moments)
        yield from _required(one, krav, year)
        if step.closing and one.krav == MAIN:
            yield from _closed_first(one, occurrence)


def _treated(
    one: Obligation, krav: Krav, moments: Moments, at_ks: list[Milestone], lagrum: str | None
) -> Iterator[Broken]:
    """The frist must leave time for the sammanställning before the agenda of the treating meeting closes."""
    at, what = one.deadline.at, f"fristen för {one.name}, {instant_text(one.deadline.at)},"
    node = ("krav", one.krav)
    if krav.treated_at:
        treated_at = MomentId(krav.treated_at)
        treating = moments.get((treated_at, one.unit)) or moments.get((treated_at, None))
        if treating is None:
            return
        last = one.limit or treating.at
        if at > last:
            closes = ""
            if one.treated:
                closes = f", vars dagordning stänger {instant_text(one.treated.agenda_closes)}"
            days = krav.compilation_workdays
            after = f", och sammanställningen tar {days} arbetsdagar" if days else ""
            yield Broken(
                (node, ("moment", treating.milestone)),
                f"{what} är för sen för '{treating.name}' ({day_text(_day(treating.at))}){closes}{after}; "
                f"senaste frist är {instant_text(last)}",
                "frist-efter-mote",
                lagrum,
            )
    elif at_ks and at > (last_ks := max(at_ks, key=lambda each: each.at)).at:
        yield Broken(
            (node, ("moment", last_ks.milestone)),
            f"{what} ligger efter '{last_ks.name}' ({day_text(_day(last_ks.at))}); sätt fristen före mötet",
            _law_id(lagrum) if lagrum else "frist-efter-mote",
            lagrum,
        )


def _decided_first(one: Obligation, moments: Moments) -> Iterator[Broken]:
    """A protokollsutdrag cannot be due before the meeting that it is an extract of."""
    if not any(part.form == "protokollsutdrag" for part in one.parts):
        return
    own = [each for (_, unit), each in moments.items() if unit == one.unit]
    for meeting in own:
        if one.deadline.at < meeting.at:
            yield Broken(
                (("krav", one.krav), ("moment", meeting.milestone)),
                f"fristen för {one.name}, {instant_text(one.deadline.at)}, ligger före sammanträdet som ska "
                f"besluta ('{meeting.name}', {instant_text(meeting.at)}); räkna fristen efter mötet",
                "protokoll-fore-mote",
            )


def _required(one: Obligation, krav: Krav, year: ResolvedYear) -> Iterator[Broken]:
    """What must be complete before the first letter must be due before it."""
    required = year.wheel.obligations.get(one.requires) if one.requires else None
    if required is None or one.ladder is None or krav.requires is None:
        return
    first = min(each.at for each in year.wheel.milestones if each.obligation == one.key)
    if required.deadline.at > first:
        yield Broken(
            (("krav", krav.requires), ("krav", one.krav)),
            f"fristen för {required.name}, {instant_text(required.deadline.at)}, ligger efter första brevet "
            f"om {one.name} ({instant_text(first)}), som väntar på dem; sätt fristen tidigare",
            "anvisning-efter-forsta-brevet",
        )


def _closed_first(one: Obligation, occurrence: Occurrence) -> Iterator[Broken]:
    end = occurrence.period.end
    if one.deadline.last_day <= end:
        yield Broken(
            (("krav", one.krav), ("krav", one.krav)),
            f"fristen för {one.name}, {instant_text(one.deadline.at)}, ligger inte efter periodens slut "
            f"({day_text(end)}); då finns inga siffror att lämna",
            "frist-fore-periodens-slut",
        )


def _law_id(lagrum: str) -> str:
    """``KL 11:21`` for the last of ``KL 11 kap. 20 §; KL 11 kap. 21 §``: the id of the rule in findings."""
    return lagrum.rpartition("; ")[2].replace(" kap. ", ":").removesuffix(" §")


def _day(instant: datetime) -> date:
    return instant.astimezone(STOCKHOLM).date()
