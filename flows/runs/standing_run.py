"""How a tillfälle and its enheter stand now, each as a run in Prefect that nobody carries out.

Its name is the report's and the enhet's, its state how it stands, its time the frist: a traffic light that turns green
when what was late has come in. What is over has none; the store remembers it.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from prefect.client.schemas.objects import StateType

from actions.scene import Scene, Sight
from actions.telling import missing
from arshjul.keys import ObligationKey, OccurrenceKey
from arshjul.ladder.standing import State, enhet_state, tillfalle_state
from arshjul.swedish import day_text, enheter_done, instant_text, listing, local_date
from arshjul.year.wheel import Obligation, Occurrence
from flows.naming import SHARP, utskick_tags
from flows.runs.standing_page import enhet_page, section, tillfalle_page, utskick_line
from submissions.standing.completeness import below, below_words
from submissions.standing.states import states_of

STANDING = "läget"  #: the tag of every standing run
NEXT = 10  #: so many of the frister that come next stand on the day's page
WHOLE = "hela"  #: the tag of the run of a whole tillfälle
LATE_SIGN = "! "  #: before the name of what is late
AHEAD = timedelta(days=30)  #: so long before its first moment an occurrence is shown

#: Prefect's type gives the colour. None is PENDING: its page has no room for what is missing.
TYPES = {
    State.ESKALERAD: StateType.CRASHED,
    State.FORSENAD: StateType.FAILED,
    State.OFULLSTANDIG: StateType.RUNNING,
    State.ANSTAND: StateType.RUNNING,
    State.KOMMANDE: StateType.SCHEDULED,
    State.PRELIMINAR: StateType.RUNNING,
    State.KOMPLETT: StateType.COMPLETED,
    State.EJ_AKTUELL: StateType.COMPLETED,
}
_NOBODYS = StateType.CANCELLED  #: what is missing, and nobody is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRun:
    """What shall stand in Prefect of one enhet's part of an occurrence, or (``unit`` "") of the whole of it."""

    occurrence: OccurrenceKey
    unit: str
    about: str  #: "Delårsrapport augusti 2027 · Omsorgsnämnden"
    frist: datetime  #: the report's own, the earliest where there are several
    state: State
    below: str = ""  #: "2 av 5": how many of the enheter below are in; "" for who carries nothing up
    words: str  #: the state's message
    page: str  #: markdown
    utskick: str = SHARP

    @property
    def name(self) -> str:
        """``2027-09-21 Delårsrapport augusti 2027 · Omsorgsnämnden``: Prefect sorts its list by it, so by frist.

        What is late begins with ``! ``, which is sorted before every date: it is first, whatever came in before it.
        """
        below = f", {self.below} under" if self.below else ""
        return f"{LATE_SIGN if self.state.is_late else ''}{local_date(self.frist)} {self.about}{below}"

    @property
    def type(self) -> StateType:
        """The state's type, as Prefect has it."""
        return TYPES.get(self.state, _NOBODYS)

    @property
    def tags(self) -> tuple[str, ...]:
        """``läget``, ``delarsrapport/2027-08``, ``enhet:omsorgsnamnden`` or ``hela``; ``utskick:skugga`` where no letter goes."""
        return STANDING, self.occurrence.path, f"enhet:{self.unit}" if self.unit else WHOLE, *utskick_tags(self.utskick)


def standing_runs(scene: Scene) -> list[StandingRun]:
    """Return what shall stand now, by frist: the occurrences that are near, under way, or over with something owed."""
    near = [each for each in scene.wheel.occurrences if each.flow and each.obligations and _is_near(each, scene.now)]
    owed = [one for each in near for one in each.obligations]
    states = states_of(scene.session, scene.wheel, owed, scene.office.since, scene.now)
    shown = (each for each in near if _is_shown(each, [states[one.key] for one in each.obligations], scene.now))
    return sorted((run for each in shown for run in _of(scene, each, states)), key=lambda run: run.name)


def today_page(scene: Scene, runs: Sequence[StandingRun]) -> str:
    """Return *Läget i dag*: what is late, the longest first, and the frister that come next."""
    late = [run for run in runs if run.unit and run.state.is_late]
    ahead = [run for run in runs if not run.unit and run.frist > scene.now]
    soon = [f"**{run.about}**: {instant_text(run.frist)}. {run.words}." for run in ahead[:NEXT]]
    return "\n\n".join(
        (
            *utskick_line(scene),
            f"# Läget i dag\n\n{scene.office.definition.kommun.name}, {day_text(scene.today)}",
            section(
                f"Försenat ({len(late)})",
                [
                    f"**{run.about}**: {run.state.word.lower()}. Fristen var {instant_text(run.frist)}. {run.words}"
                    for run in late
                ],
                "Inget är försenat.",
            ),
            section("Nästa frister", soon, "Inga frister inom den närmaste tiden."),
            f"[Läget på portalen]({scene.office.public_url}/lage)",
        )
    )


def _is_near(occurrence: Occurrence, now: datetime) -> bool:
    return occurrence.milestones[0].at - AHEAD <= now


def _is_shown(occurrence: Occurrence, states: Sequence[State], now: datetime) -> bool:
    """Leave out what no enhet is asked for: it would stand by its frist, before all that is to come."""
    if all(state.is_past for state in states):
        return False
    return now <= occurrence.milestones[-1].at or any(state.is_owing for state in states)


def _of(scene: Scene, occurrence: Occurrence, states: Mapping[ObligationKey, State]) -> Iterator[StandingRun]:
    sight = scene.look([one.key for one in occurrence.obligations])
    report = f"{occurrence.step_name} {occurrence.period.text}"
    units = [unit for unit in scene.wheel.definition.units if any(one.unit == unit for one in occurrence.obligations)]
    first = {one.requires for one in occurrence.obligations if one.requires}
    enheter: list[tuple[str, State, Sequence[Obligation]]] = []
    for unit in units:
        owed = [one for one in occurrence.obligations if one.unit == unit]
        state = enhet_state((states[one.key], one.finalises is not None) for one in owed)
        enheter.append((owed[0].unit_name, state, owed))
        yield StandingRun(
            occurrence=occurrence.key,
            unit=unit,
            about=f"{report} · {owed[0].unit_name}",
            frist=_frist(owed, first, states),
            state=state,
            below=", ".join(each.count for each in (below(sight.states[one.key]) for one in owed) if each),
            words=_left(sight, owed, state),
            page=enhet_page(sight, occurrence, owed, state),
            utskick=scene.office.utskick,
        )
    found = tillfalle_state({name: state for name, state, _ in enheter})
    words = enheter_done(found.done, found.of) if found.of else "Ingen enhet frågas efter det som saknas"
    if found.behind:
        words += f"; kvar: {listing(found.behind)}"
    yield StandingRun(
        occurrence=occurrence.key,
        unit="",
        about=report,
        frist=min(_frist(owed, first, states) for _, _, owed in enheter),
        state=found.state,
        words=words,
        page=tillfalle_page(sight, occurrence, enheter, words),
        utskick=scene.office.utskick,
    )


def _left(sight: Sight, owed: Sequence[Obligation], state: State) -> str:
    """Return which parts are left of what somebody is asked for."""
    asked = [one for one in owed if one.key not in sight.silences]
    carried = [words for one in asked if (words := below_words(sight.states[one.key]))]
    parts = [part.name for one in asked for part in missing(sight.scene, sight.states[one.key])]
    if not parts:
        return "Allt är inne." if state.is_whole else "Ingen frågas efter det som saknas."
    return " ".join([f"Kvar: {listing(list(dict.fromkeys(parts)))}.", *(f"{words}." for words in carried)])


def _frist(owed: Sequence[Obligation], first: Set[ObligationKey], states: Mapping[ObligationKey, State]) -> datetime:
    """Return the earliest frist of the report itself: not of what comes ``first`` (anvisningar), or finalises it.

    What nobody is asked for any more counts only where there is nothing else.
    """
    asked = [one for one in owed if not states[one.key].is_past] or owed
    main = [one for one in asked if one.finalises is None and one.key not in first]
    return min(one.deadline.at for one in main or asked)
