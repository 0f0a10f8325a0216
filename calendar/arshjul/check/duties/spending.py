"""Money beside the budget's own days: nämndernas förslag (KL 11:9), a negative result (11:12), what is spent later (11:15)."""

from collections.abc import Iterator
from datetime import date

from arshjul.check.concerns import ASKED_FOR_BUDGET
from arshjul.check.lateness import day_of, lacks, late, namnder_at
from arshjul.check.remarks import Remark
from arshjul.check.report_parts import contents
from arshjul.check.resolving import ResolvedYear, krav_path
from arshjul.definition.in_force import held_steps, in_force
from arshjul.definition.model import Krav
from arshjul.errors import Severity
from arshjul.swedish import day_text, instant_text, listing
from arshjul.year.wheel import Obligation


def spending(year: ResolvedYear) -> Iterator[Remark]:
    """Find what of this does not keep the law."""
    yield from _asked_of_namnder(year)
    yield from _regulated(year)
    for step_id, period in {one.step: one.period for one in year.moments("tilläggsanslag")}.items():
        whole = year.definition.steps[step_id]
        step = in_force(whole, period) or whole
        if step.flow and "finansiering" not in contents(year.definition, step, period):
            words = (
                f"en del i {step.definite} som säger hur utgiften ska finansieras (en del med 'avser: finansiering')"
            )
            yield lacks(year, ("steg", step_id, "krav"), "KL 11:15", words, "KL 11 kap. 15 §")


def _regulated(year: ResolvedYear) -> Iterator[Remark]:
    """KL 11:12: a negative balanskravsresultat is regulated in three years, by the budget of the third at the latest.

    That budget is fastställd in November of the second, with särskilda skäl in December (11:10 and 11).
    """
    november, december = date(year.year + 2, 11, 30), date(year.year + 2, 12, 31)
    for one in year.moments("balanskravsplan"):
        if (day := day_of(one)) > november:
            words = (
                f"efter {day_text(december if day > december else november)}; ett negativt balanskravsresultat {year.year} ska "
                f"regleras inom tre år, och beslutet tas senast i budgeten för {year.year + 3}"
            )
            severity: Severity = "fel" if day > december else "varning"
            yield from late(year, one, "KL 11:12", words, "KL 11 kap. 12 §", severity)


def _asked_of_namnder(year: ResolvedYear) -> Iterator[Remark]:
    """Styrelsen says when nämnderna hand in their förslag: a frist that rests on KL 11:9, or one of the budget's own.

    A budget that is silent is put together elsewhere.
    """
    steps = year.steps("budget")
    if not steps or not any(step.flow for step in steps.values()) or set(steps) & year.unresolved:
        return
    namnder = namnder_at(year.definition, date(year.year - 1, 10, 31))
    held = [each for one in (year.year - 1, year.year) for each in held_steps(year.definition, one)]
    every = [krav for _, step, _ in held for krav in step.krav.values() if _rests_on_it(krav)]
    every += [
        krav for key, step, period in held if key in steps and period.year == year.year for krav in step.krav.values()
    ]
    left = [unit.name for key, unit in namnder.items() if not any(krav.is_owed_by(key, unit) for krav in every)]
    if left:
        whose = "nämnderna" if len(left) == len(namnder) else listing(left)
        words = (
            f"dagen då {whose} senast ska lämna sina budgetförslag till KS (en frist för dem i budgeten, eller en med "
            f"'källa: {ASKED_FOR_BUDGET}')"
        )
        yield lacks(year, ("steg", next(iter(steps))), "KL 11:9", words, ASKED_FOR_BUDGET)
    asked = [one for one in year.wheel.obligations.values() if one.unit in namnder and _is_asked(year, one)]
    for proposal in year.moments("budgetförslag"):
        for one in asked:
            elsewhere = one.step != proposal.step and one.period == proposal.period
            if elsewhere and one.deadline.at > proposal.at and not year.is_open(proposal):
                decided = one.deadline.status == proposal.status == "beslutad"
                yield Remark(
                    path=krav_path(year.definition, one.step, one.krav, one.period),
                    rule="KL 11:9",
                    message=f"{one.step_name} {one.period.text}: fristen för {one.name}, {instant_text(one.deadline.at)}, ligger "
                    f"efter '{proposal.name}' {day_text(day_of(proposal))}; sätt fristen före mötet",
                    period=one.period,
                    severity="fel" if decided else "varning",
                    lagrum=ASKED_FOR_BUDGET,
                )


def _is_asked(year: ResolvedYear, one: Obligation) -> bool:
    whole = year.definition.steps[one.step]
    return _rests_on_it((in_force(whole, one.period) or whole).krav[one.krav])


def _rests_on_it(krav: Krav) -> bool:
    return krav.due is not None and ASKED_FOR_BUDGET in krav.due.source.text.split("; ")
