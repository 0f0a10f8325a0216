"""What a scenario does, and when: each as production's own act, at its instant."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from actions.act import Act
from actions.plan.happened import record_happening
from actions.plan.meeting_changes import change_meeting
from actions.plan.register_keeping import keep_entry
from actions.plan.silencing import hold_escalation, rest
from actions.plan.tidplan import close_period
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand
from actions.underlag.opened_by_hand import say_opening
from actions.underlag.receiving import PartHandedIn
from actions.underlag.receiving import hand_in as handed_in
from app.rehearsal.scenario import (
    ALL,
    ClosedPeriod,
    MovedMeeting,
    NewHolder,
    RegisteredHappening,
    RehearsedEntry,
    RehearsedHandIn,
    Scenario,
    UntilDay,
)
from arshjul.definition.model import krav_or_main
from arshjul.definition.reading import Sourced
from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey, RoleId, UnitId
from arshjul.swedish import local, local_date
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, PartOwed
from store.people.seats import replace_holder
from submissions.files.parts import FORMS, Upload
from submissions.standing.completeness import part_states

BY, WHY = "scenariot", "enligt scenariot"
PDF = b"%PDF-1.7\n% a rehearsed hand-in\n%%EOF\n"


Do = Callable[[Scene], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioAct:
    """Something that the scenario does at an instant."""

    at: datetime
    do: Do


def acts_of(scenario: Scenario, obligations: Sequence[Obligation], sourced: Sourced) -> Iterator[ScenarioAct]:
    """Give all that a scenario does. Raises RefusedError for a name in it that nothing has."""
    for hand_in in scenario.hand_ins:
        concerned = [one for one in obligations if _concerns(hand_in, one)]
        _refuse_unknown(hand_in, obligations, concerned)
        for one in concerned:
            yield ScenarioAct(at=_hand_in_at(hand_in, one, sourced), do=_hand_in(hand_in, one.key))
    for closing in scenario.closings:
        yield ScenarioAct(at=closing.at, do=_close(closing))
    for happening in scenario.happenings:
        yield ScenarioAct(at=happening.at, do=_register(happening))
    for entry in scenario.entries:
        yield ScenarioAct(at=entry.at, do=_keep(entry))
    for extension in scenario.extensions:
        yield ScenarioAct(at=extension.at, do=_until(extension, grant_anstand))
    for resting in scenario.resting:
        yield ScenarioAct(at=resting.at, do=_until(resting, rest))
    for held in scenario.held:
        yield ScenarioAct(at=held.at, do=_until(held, hold_escalation))
    for meeting in scenario.meetings:
        yield ScenarioAct(at=meeting.at, do=_move(meeting))
    for holder in scenario.holders:
        yield ScenarioAct(at=local(holder.since, time(0)), do=_seat_anew(holder))


def _close(each: ClosedPeriod) -> Do:
    return lambda scene: close_period(Act(scene, BY), each.period, each.closed_on)


def _register(each: RegisteredHappening) -> Do:
    if (day := each.day) is None:
        return lambda scene: say_opening(Act(scene, BY, WHY), each.happening, UnitId(each.unit), each.period)
    return lambda scene: record_happening(Act(scene, BY), each.happening, day)


def _keep(each: RehearsedEntry) -> Do:
    return lambda scene: keep_entry(Act(scene, BY), each.register_id, each.says)


def _until(each: UntilDay, record: Callable[[Act, ObligationKey, date], object]) -> Do:
    return lambda scene: record(Act(scene, BY, WHY), _key(scene, each), each.until)


def _move(each: MovedMeeting) -> Do:
    return lambda scene: change_meeting(Act(scene, BY, WHY), each.body, each.day, each.new_day, each.clock)


def _seat_anew(each: NewHolder) -> Do:
    return lambda scene: replace_holder(
        scene.session,
        each.role,
        UnitId(each.unit) if each.unit else None,
        each.name,
        each.address,
        each.since,
        scene.now,
        BY,
    )


def _key(scene: Scene, each: UntilDay) -> ObligationKey:
    definition = scene.office.definition
    krav = krav_or_main(definition, each.step, each.krav)
    return ObligationKey.of(definition.kommun.id, each.step, each.period, each.unit, krav)


def _concerns(hand_in: RehearsedHandIn, one: Obligation) -> bool:
    wanted = (
        (hand_in.unit, one.unit),
        (hand_in.step, one.step),
        (hand_in.period, one.period.key),
        (hand_in.krav, one.krav),
    )
    return all(ALL in names or name in names for names, name in wanted)


def _refuse_unknown(hand_in: RehearsedHandIn, every: Sequence[Obligation], concerned: Sequence[Obligation]) -> None:
    """Raise RefusedError for a name that nothing has: a misspelt one would hand nothing in, and nobody would see."""
    parts = {part.id for one in concerned or every for part in one.parts}
    for names, known, what in (
        (hand_in.unit, {one.unit for one in every}, "enhet"),
        (hand_in.step, {one.step for one in every}, "steg"),
        (hand_in.period, {one.period.key for one in every}, "period"),
        (hand_in.krav, {one.krav for one in every}, "krav"),
        (hand_in.parts, parts, "del"),
    ):
        for name in names:
            if name != ALL and name not in known:
                raise RefusedError(f"Inlämningarna i scenariot: okänd {what} '{name}'{nearest(name, known)}")
    if not concerned:
        raise RefusedError(
            f"Inlämningarna i scenariot: ingen rapport har {hand_in.unit}, {hand_in.step}, {hand_in.period} och {hand_in.krav} tillsammans."
        )


def _hand_in_at(hand_in: RehearsedHandIn, one: Obligation, sourced: Sourced) -> datetime:
    if hand_in.at:
        return hand_in.at
    workdays = turn(sourced.definition, []).workdays
    day = workdays.add(one.deadline.last_day, -(hand_in.workdays_before or 0))
    return local(day, time(10))


def _hand_in(hand_in: RehearsedHandIn, key: ObligationKey) -> Do:
    def do(scene: Scene) -> None:
        one = scene.wheel.obligations[key]
        by_role: dict[RoleId, list[PartHandedIn]] = defaultdict(list)
        waits = {state.part.id for state in part_states(scene.session, [one])[key] if state.waits}
        for part in one.parts:
            if part.id not in waits and (ALL in hand_in.parts or part.id in hand_in.parts):
                by_role[part.role].append(_imagined(key, part, scene))
        for role, parts in by_role.items():  # each who hands in gets a kvittens, as from the page
            person = scene.people.who(role, one.unit)
            act = Act(scene, person.name if person else BY)
            for outcome in handed_in(act, person, parts, via="repetition"):
                if outcome.refusal:
                    raise RefusedError(outcome.refusal)

    return do


def _imagined(key: ObligationKey, part: PartOwed, scene: Scene) -> PartHandedIn:
    """Return a hand-in of a part that nobody looks into."""
    fields: dict[str, str | bool] = {}
    if part.form == "protokollsutdrag":
        fields = {"paragraf": "§ 1", "datum": local_date(scene.now).isoformat(), "omedelbar justering": False}
    if part.form == "intyg":
        fields = {"intygas": True}
    if part.carries:
        fields = {"godkänns": True}
    upload = Upload(filename=f"{part.id}.pdf", content=PDF) if FORMS[part.form].wants_file else None
    return PartHandedIn(key=key, part=part.id, upload=upload, fields=fields)
