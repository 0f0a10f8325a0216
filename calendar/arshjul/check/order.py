"""The order of a tillfälle's moments and frister: the law's, the bodies' that prepare, and what the definition says."""

from collections.abc import Callable, Iterator

from arshjul.check.broken import Broken, DatedPoint, Node, frist_point, moment_point
from arshjul.check.concerns import HANDED_OVER, PAIRS, law_id
from arshjul.check.resolving import ResolvedYear, moments_of
from arshjul.definition.days.dating import AtMeeting
from arshjul.definition.days.decided import UNDECIDED, decided_path
from arshjul.definition.model import Step
from arshjul.swedish import day_text, instant_text
from arshjul.year.wheel import Milestone, Occurrence, Wheel

#: By kind of step, what the law says of KS's decision before the handing over, and of KS before KF.
_DRAWN_UP = {"delårsrapport": "KL 11 kap. 16 §", "årsredovisning": "KL 11 kap. 19 §; KL 11 kap. 20 §"}
_BEFORE_KF = {"delårsrapport": "KL 11 kap. 16 §", "årsredovisning": "KL 11 kap. 20 §; KL 11 kap. 21 §"}
_PREPARED = "KL 6 kap. 13 §"  #: KS prepares what fullmäktige decides
_TREATED = ("delårsrapport behandlas", "årsredovisning godkänns")
#: The law has no number, and many fullmäktige meet the week after styrelsen: fewer working days between than this are doubtful.
_REVISORERS_DAYS = 3


def order(occurrence: Occurrence, year: ResolvedYear, ks: str | None, kf: str | None) -> Iterator[Broken]:
    """Find what comes before what it must follow."""
    step, wheel = year.step(occurrence), year.wheel
    ones = [one for one in moments_of(occurrence) if one.status != UNDECIDED]
    shared = [one for one in ones if not one.unit]
    handed = [one for one in shared if one.concerns in HANDED_OVER]
    at_ks = [one for one in shared if one.body == ks and one not in handed]
    at_kf = [one for one in shared if one.body == kf and one.concerns != "ansvarsfrihet"]

    def point(one: Milestone) -> DatedPoint:
        return moment_point(wheel, one)

    for before, after, lagrum in PAIRS:
        for first in (one for one in ones if one.concerns == before):
            for then in (one for one in ones if one.concerns == after):
                # what the law gives a last day is handed over when KS has decided, not on that day
                meant = min(at_ks, key=lambda one: one.at) if at_ks and _is_last_day(step, first) else first
                yield from _after(point(meant), point(then), lagrum, before in (*HANDED_OVER, "budgetförslag"))
                if after in _TREATED and not any(one.concerns == "revisorernas bedömning" for one in ones):
                    yield from _time_to_judge(wheel, point(meant), point(then))
    for body_id, body in year.definition.bodies.items():
        prepared = [one for one in ones if one.body == body_id]
        target = [one for one in ones if one.body == body.prepares and one not in handed]
        if body.prepares:
            yield from _ranks(point, prepared, target or [one for one in handed if one.body == body.prepares])
    yield from _ranks(point, at_ks, handed, _DRAWN_UP.get(step.kind), blame_later=True)
    if step.kind != "budget":  # there skattesats and budget may go apart
        yield from _ranks(point, at_ks, at_kf, _BEFORE_KF.get(step.kind, _PREPARED))
    yield from _said(occurrence, step, [point(one) for one in ones])


def _time_to_judge(wheel: Wheel, handed: DatedPoint, treated: DatedPoint) -> Iterator[Broken]:
    """KL 12:2: the revisorer's written bedömning comes between, so there must be days for it. A moment of its own says when."""
    days = wheel.workdays.between(handed.day, treated.day) - 1
    if 0 <= days < _REVISORERS_DAYS:
        yield Broken(
            (treated.node, handed.node),
            f"mellan {handed.words} och {treated.words} ligger {days} {'arbetsdag' if days == 1 else 'arbetsdagar'}, och däremellan "
            "ska revisorerna bedöma rapporten skriftligt; lägg mötena längre isär, eller skriv när bedömningen lämnas "
            "(ett moment med 'avser: revisorernas bedömning')",
            handed.decided and treated.decided,
            "KL 12:2",
            "KL 12 kap. 2 §",
            grave=False,
        )


def _is_last_day(step: Step, one: Milestone) -> bool:
    """Tell whether the day of a handing over is the law's last one, which nobody has decided and no meeting is."""
    dating = step.moments[one.milestone].dating
    free = dating.statutory and not isinstance(dating.rule, AtMeeting)
    return one.concerns in HANDED_OVER and free and not decided_path(dating.decided, one.period)


def _ranks(
    point: Callable[[Milestone], DatedPoint],
    before: list[Milestone],
    after: list[Milestone],
    lagrum: str | None = None,
    *,
    blame_later: bool = False,
) -> Iterator[Broken]:
    """With several of a rank only a wholly turned order is wrong: KSAU may see a matter twice."""
    if before and after:
        first, then = min(before, key=lambda one: one.at), max(after, key=lambda one: one.at)
        yield from _after(point(first), point(then), lagrum, blame_later)


def _said(occurrence: Occurrence, step: Step, moments: list[DatedPoint]) -> Iterator[Broken]:
    """Hold what ``efter`` and ``före`` say; what enheter have apart is held enhet by enhet."""
    frister = [frist_point(one) for one in occurrence.obligations if not one.host and one.deadline.status != UNDECIDED]
    points: dict[str, list[DatedPoint]] = {}
    for one in (*frister, *moments):  # a moment and a krav of one name: the moment is meant
        points.setdefault(one.node[1], []).append(one)
    kinds = {name: "moment" if name in step.moments else "krav" for name in points}
    for kind, named in (("krav", step.krav), ("moment", step.moments)):
        for name, each in named.items():
            here: Node = (kind, name)
            own = [one for one in points.get(name, ()) if one.node == here]
            others = {other: [one for one in points.get(other, ()) if one.node[0] == kinds[other]] for other in points}
            for other in each.after:
                yield from _each(others.get(other, []), own)
            for other in each.before:
                yield from _each(own, others.get(other, []), blame_later=True)


def _each(before: list[DatedPoint], after: list[DatedPoint], *, blame_later: bool = False) -> Iterator[Broken]:
    for first in before:
        for then in after:
            if first.unit is None or then.unit in (None, first.unit):
                yield from _after(first, then, None, not blame_later)


def _after(first: DatedPoint, then: DatedPoint, lagrum: str | None, blame_later: bool) -> Iterator[Broken]:
    nodes = (then.node, first.node) if blame_later else (first.node, then.node)
    decided = first.decided and then.decided
    is_frist = "krav" in (first.node[0], then.node[0])
    if first.at > then.at if is_frist else first.day > then.day:
        words = f"{first.words} kommer efter {then.words} men ska komma före; flytta det ena"
        yield Broken(nodes, words, decided, law_id(lagrum) if lagrum else "kedja", lagrum)
    elif not is_frist and then.meeting and first.body != then.body and first.at > then.meeting.agenda_closes:
        yield Broken(
            nodes,
            f"{first.words} kommer efter att dagordningen för {then.name} {day_text(then.day)} har stängt, "
            f"{instant_text(then.meeting.agenda_closes)}; flytta det ena, eller stäng dagordningen senare",
            decided,
            "efter-dagordningen",
            lagrum,
        )
