"""The law's own days (KL 5 and 11 kap., LKBR 13 kap.), and what in a resolved year does not keep them."""

from collections.abc import Iterator
from datetime import date

from arshjul.check.broken import moment_point
from arshjul.check.lateness import day_of, lacks, late, namnder_at
from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear
from arshjul.definition.days.validity import is_election_year
from arshjul.definition.lined import Path
from arshjul.errors import Severity
from arshjul.periods import Period
from arshjul.swedish import day_text, listing
from arshjul.workdays import lawful_until
from arshjul.year.wheel import Milestone

NEW_KF = (10, 15)  #: the newly elected fullmäktige's first day in an election year (KL 5 kap. 9 §)

#: The provision that gives a moment to its body.
GIVEN = {
    "budgetförslag": "KL 11 kap. 8 §",
    "skattesatsförslag": "KL 11 kap. 8 §",
    "budget": "KL 11 kap. 10 §",
    "skattesats": "KL 11 kap. 11 §",
    "delårsrapport överlämnas": "KL 11 kap. 16 §",
    "delårsrapport behandlas": "KL 11 kap. 16 §",
    "årsredovisning överlämnas": "KL 11 kap. 20 §",
    "årsredovisning godkänns": "KL 11 kap. 21 §",
    "ansvarsfrihet": "KL 5 kap. 24 §",
    "bolagsprövning": "KL 6 kap. 9 §",
    "revisorernas budget": "KL 11 kap. 8 §",
    "revisorernas bedömning": "KL 12 kap. 2 §",
    "revisionsberättelse publiceras": "KL 8 kap. 16 a §",
    "förklaringar": "KL 5 kap. 32 §",
    "balanskravsplan": "KL 11 kap. 12 §",
    "tilläggsanslag": "KL 11 kap. 15 §",
}


def statutes(year: ResolvedYear) -> Iterator[Remark]:
    """Find what in a year's budget, delårsrapport and årsredovisning does not keep the law."""
    yield from _budget(year)
    yield from _delarsrapport(year)
    yield from _arsredovisning(year)


def _budget(year: ResolvedYear) -> Iterator[Remark]:
    """KL 11:8 and 11:10-11, for the budget of ``year``, which is made the year before."""
    steps = [*year.steps("budget")]
    before = year.year - 1
    if not steps:
        yield lacks(
            year,
            ("steg",),
            "KL 11:10",
            "budgetårets moment (steg av slaget budget)",
            "KL 11 kap. 8 §; KL 11 kap. 10 §",
        )
    if set(steps) & year.unresolved or not steps:
        return
    path: Path = ("steg", steps[0])
    proposals, rates = year.moments("budgetförslag"), year.moments("skattesatsförslag")
    for one in proposals:
        yield from _budget_proposal(year, one, rates, before)
    if not proposals:
        yield lacks(year, path, "KL 11:8", "KS:s budgetförslag (avser: budgetförslag)", "KL 11 kap. 8 §")
    budgets, kf_rates = year.moments("budget"), year.moments("skattesats")
    in_time = any(day_of(one) <= date(before, 11, 30) for one in kf_rates)
    for one in budgets:
        yield from _budget_decision(year, one, in_time, before)
    if not budgets:
        yield lacks(year, path, "KL 11:10", "KF:s beslut om budgeten (avser: budget)", "KL 11 kap. 10 §")
    for one in kf_rates if budgets and day_of(budgets[-1]) <= date(before, 11, 30) else ():
        if day_of(one) > date(before, 11, 30):
            words = "efter november månads utgång; skattesatsen ska fastställas senast i november"
            yield from late(year, one, "KL 11:11", words, "KL 11 kap. 6 §; KL 11 kap. 11 §")


def _budget_proposal(year: ResolvedYear, one: Milestone, rates: list[Milestone], before: int) -> Iterator[Remark]:
    october = date(before, 10, 31)
    if day_of(one) > date(before, 11, 30):
        words = (
            "efter november månads utgång; budgetförslaget ska upprättas i oktober, eller med särskilda skäl i november"
        )
        yield from late(year, one, "KL 11:8", words, "KL 11 kap. 8 §")
    elif day_of(one) > october and not any(day_of(rate) <= october for rate in rates):
        words = (
            "efter oktober månads utgång, och inget moment säger att KS föreslår skattesatsen före dess; "
            "november är tillåtet bara om det finns särskilda skäl och skattesatsen föreslås i oktober. "
            "Flytta förslaget till oktober, eller lägg till ett moment i oktober med 'avser: skattesatsförslag'"
        )
        yield from late(year, one, "KL 11:8", words, "KL 11 kap. 8 §", "varning")


def _budget_decision(year: ResolvedYear, one: Milestone, rate_in_time: bool, before: int) -> Iterator[Remark]:
    november, december, lagrum = (
        date(before, 11, 30),
        date(before, 12, 31),
        "KL 11 kap. 10 §; KL 11 kap. 11 §",
    )
    if day_of(one) > december:
        words = (
            "efter december månads utgång; budgeten ska fastställas i november året före. Står regelns månad i budgetens "
            "eget år: skriv 'år: -1' i den"
        )
        yield from late(year, one, "KL 11:10", words, lagrum)
    elif day_of(one) > november and rate_in_time:
        words = (
            "efter november månads utgång; det är tillåtet bara om det finns särskilda skäl, "
            "även när skattesatsen fastställs i november"
        )
        yield from late(year, one, "KL 11:11", words, lagrum, "varning")
    elif day_of(one) > november:
        words = (
            "efter november månads utgång, och fullmäktige fastställer inte skattesatsen i november; "
            "flytta budgeten till november"
        )
        yield from late(year, one, "KL 11:10", words, lagrum)
    elif is_election_year(before) and day_of(one) < date(before, *NEW_KF):
        new = day_text(date(before, *NEW_KF))
        words = f"före {new}; {before} är valår, och budgeten ska fastställas av nyvalda fullmäktige"
        yield from late(year, one, "KL 11:10", words, "KL 11 kap. 10 §; KL 5 kap. 9 §")
    else:
        yield from _lagens_dag(year, one, november, "KL 11:10", "KL 11 kap. 10 §")


def _delarsrapport(year: ResolvedYear) -> Iterator[Remark]:
    """LKBR 13:1, KL 11:16: one that covers half to two thirds of the year, handed over within two months."""
    steps = year.steps("delårsrapport")
    if set(steps) & year.unresolved:
        return
    covering = [(step_id, month) for step_id, step in steps.items() for month in step.months if 6 <= month <= 8]
    if not covering:
        # the one that goes to KF was meant; an extra report for April is lawful beside it
        meant = next((one.step for one in year.moments("delårsrapport överlämnas")), next(iter(steps), None))
        path: Path = ("steg", meant, "perioder") if meant and steps else ("steg",)
        words = (
            "en delårsrapport som omfattar minst hälften och högst två tredjedelar av året "
            "(perioden juni, juli eller augusti)"
        )
        yield lacks(year, path, "LKBR 13:1", words, "LKBR 13 kap. 1 §; KL 11 kap. 16 §", "fel")
        return
    for concerns, words in (
        ("delårsrapport överlämnas", "KS:s överlämnande av delårsrapporten"),
        ("delårsrapport behandlas", "KF:s behandling av delårsrapporten"),
    ):
        if not any((one.step, one.period.month) in covering for one in year.moments(concerns)):
            yield lacks(
                year,
                ("steg", covering[0][0]),
                "KL 11:16",
                f"{words} (avser: {concerns})",
                "KL 11 kap. 16 §",
                "fel",
            )
    for one in year.moments("delårsrapport överlämnas"):
        if (one.step, one.period.month) in covering:
            # the count from 30 June is disputed: we accuse only after the later reading, the month's last day
            last = lawful_until(Period(year.year, one.period.months + 2).end)
            yield from _by(year, one, last, "KL 11:16", "KL 11 kap. 16 §", "två månader efter periodens slut")


_ARSREDOVISNING: tuple[tuple[str, str, str, Severity], ...] = (
    ("årsredovisning överlämnas", "KL 11:20", "KS:s överlämnande av årsredovisningen", "fel"),
    ("årsredovisning godkänns", "KL 11:21", "KF:s godkännande av årsredovisningen", "fel"),
    ("ansvarsfrihet", "KL 5:24", "KF:s beslut om ansvarsfrihet", "varning"),
)


def _arsredovisning(year: ResolvedYear) -> Iterator[Remark]:
    """KL 11:18-21 and 5:24, for the årsredovisning of ``year``, which is made the year after."""
    steps = year.steps("årsredovisning")
    if not steps:
        yield lacks(
            year,
            ("steg",),
            "KL 11:19",
            "en årsredovisning (steg av slaget årsredovisning)",
            "KL 11 kap. 19 §",
            "fel",
        )
    if not steps or set(steps) & year.unresolved:
        return
    step_id = next(iter(steps))
    path: Path = ("steg", step_id)
    owing = {one.unit for one in year.wheel.obligations.values() if one.step in steps}
    namnder = {key: unit.name for key, unit in namnder_at(year.definition, date(year.year + 1, 1, 1)).items()}
    left = [name for key, name in namnder.items() if key not in owing]
    if left and len(left) == len(namnder):
        words = "en frist för nämndernas redovisningar (ett krav på enheter av slaget nämnd)"
        yield lacks(year, path, "KL 11:18", words, "KL 11 kap. 18 §", "fel")
    elif left:
        words = f"en frist för redovisningen från {listing(left)} (ett krav som också är deras)"
        yield lacks(year, path, "KL 11:18", words, "KL 11 kap. 18 §")
    for concerns, rule, words, severity in _ARSREDOVISNING:
        if not year.moments(concerns):
            yield lacks(year, path, rule, f"{words} (avser: {concerns})", GIVEN[concerns], severity)
    for one in year.moments("årsredovisning överlämnas"):
        last = lawful_until(date(year.year + 1, 4, 15))
        yield from _by(year, one, last, "KL 11:20", "KL 11 kap. 20 §", "den 15 april")
    for one in year.moments("ansvarsfrihet"):
        yield from _by(year, one, date(year.year + 1, 6, 30), "KL 5:24", "KL 5 kap. 24 §", "juni månads utgång")
    handed = year.moments("årsredovisning överlämnas")
    # KS draws it up at a moment of its own, or hands it over at the meeting at which it does
    drawn_up = not handed or any(
        one.body == handed[0].body
        and (one.concerns is None or (one in handed and moment_point(year.wheel, one).meeting))
        for one in _all(year, step_id)
    )
    if not drawn_up and not year.is_open(handed[0]):
        words = "ett moment där KS upprättar årsredovisningen före överlämnandet"
        yield lacks(year, path, "KL 11:19", words, "KL 11 kap. 19 §", "fel")


def _all(year: ResolvedYear, step_id: str) -> list[Milestone]:
    return [one for one in year.wheel.milestones if one.step == step_id and one.obligation is None]


def _by(year: ResolvedYear, one: Milestone, last: date, rule: str, lagrum: str, words: str) -> Iterator[Remark]:
    if day_of(one) > last:
        yield from late(year, one, rule, f"efter {words}; den sista lagliga dagen är {day_text(last)}", lagrum)
    else:
        yield from _lagens_dag(year, one, last, rule, lagrum)


def _lagens_dag(year: ResolvedYear, one: Milestone, last: date, rule: str, lagrum: str) -> Iterator[Remark]:
    """The definition may not say that the law gives longer than it does."""
    if one.lawful_until and one.lawful_until > last:
        moment = year.definition.steps[one.step].moments[one.milestone]
        path: Path = ("steg", one.step, "moment", one.milestone, "lagens dag" if moment.lawful else "dag")
        yield Remark(
            path=path,
            rule=rule,
            message=f"{one.step_name} {one.period.text}: '{one.name}' säger att sista dag enligt lag är "
            f"{day_text(one.lawful_until)}, men den är {day_text(last)}; rätta regeln",
            period=one.period,
            lagrum=lagrum,
        )
