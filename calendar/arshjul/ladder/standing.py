"""How a krav, an enhet, a tillfälle and a body's moment stand: the one answer, for all who ask. No IO.

Prefect, the board, the wheel, dossiers, letters, the command line and JSON show what is decided here. They choose
only how much of it they say: the state itself (the pages and ``status``), or its ``core`` (what is kept and counted:
Prefect, the rows and the log, letters, a sammanställning). The two never contradict each other.

What is complete is complete. What came in whole before the införande is *Komplett*, also where its nämnd's decision
was never asked for; what did not is *Före införandet*: nobody waits for it, and nobody is late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from arshjul.ladder.silence import Silence
from arshjul.swedish import local_date


class State(Enum):
    """How something stands, the worst first. The value is its id, for code, files and addresses; it never changes."""

    ESKALERAD = "eskalerad"  #: late, and a matter for KSAU
    FORSENAD = "forsenad"  #: something is missing, and the frist has passed
    BESLUT_SAKNAS = "beslut-saknas"  #: a body's day has been, and nobody has recorded what it decided
    OFULLSTANDIG = "ofullstandig"  #: something is missing, and the frist is ahead
    ANSTAND = "anstand"  #: so too, and the frist is a later one that was granted
    KOMMANDE = "kommande"  #: nothing is handed in or decided, and nobody is asked for it yet
    PRELIMINAR = "preliminar"  #: all is in, but the nämnd's or the board's decision is still to come
    KOMPLETT = "komplett"  #: all that is asked for is in
    BESLUTAT = "beslutat"  #: a body's moment whose decision is recorded
    EJ_AKTUELL = "ej-aktuell"  #: every part was stated as ej aktuell, which counts as handed in
    AVSLUTAD = "avslutad"  #: something is missing, and it is over: the report is decided, or the enhet has ended
    FORE_INFORANDET = "fore-inforandet"  #: something is missing since before the service, or the krav, began
    EJ_PABORJAD = "ej-paborjad"  #: of a row alone: nobody has thought of it yet
    UTGAR = "utgar"  #: of a row alone: the plan no longer has it

    def __str__(self) -> str:
        """What people read, also where it is put into a text."""
        return self.word

    @property
    def word(self) -> str:
        """What people read. Rows and the log keep it so."""
        return _WORDS[self]

    @property
    def core(self) -> "State":
        """The state as it is kept and counted, without what only the pages tell apart."""
        return _CORES.get(self, self)

    @property
    def is_whole(self) -> bool:
        """Whether all that is asked for is in."""
        return self.core in (State.KOMPLETT, State.PRELIMINAR)

    @property
    def is_late(self) -> bool:
        """Whether something is missing after its frist."""
        return self.core is State.FORSENAD

    @property
    def is_owing(self) -> bool:
        """Whether somebody still owes something."""
        return self.core in (State.OFULLSTANDIG, State.FORSENAD)

    @property
    def is_past(self) -> bool:
        """Whether something is missing that nobody is asked for: it is from before us, or it is over."""
        return self in (State.AVSLUTAD, State.FORE_INFORANDET)


#: The words that people read: here and nowhere else.
_WORDS = {
    State.ESKALERAD: "Eskalerad",
    State.FORSENAD: "Försenad",
    State.BESLUT_SAKNAS: "Beslut inte registrerat",
    State.OFULLSTANDIG: "Ofullständig",
    State.ANSTAND: "Anstånd",
    State.KOMMANDE: "Kommande",
    State.PRELIMINAR: "Preliminär",
    State.KOMPLETT: "Komplett",
    State.BESLUTAT: "Beslutat",
    State.EJ_AKTUELL: "Ej aktuell",
    State.AVSLUTAD: "Avslutad",
    State.FORE_INFORANDET: "Före införandet",
    State.EJ_PABORJAD: "Ej påbörjad",
    State.UTGAR: "Utgår",
}
#: What the others tell apart, the core tells as one: Prefect's names, the rows', the letters'.
_CORES = {
    State.ESKALERAD: State.FORSENAD,
    State.ANSTAND: State.OFULLSTANDIG,
    State.KOMMANDE: State.OFULLSTANDIG,
    State.EJ_AKTUELL: State.KOMPLETT,
}


def state_of(written: str) -> State | None:
    """Return the state that an id or a word names, as rows, the log and addresses hold them; None for any other."""
    return next((state for state in State if written in (state.value, state.word)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a krav's state is decided from. Those with a default tell apart what has the same core."""

    complete: bool  #: every part that is asked for is in, and nothing stops it or waits for an answer
    finalised: bool  #: nothing is to finalise it, or that is complete
    due_at: datetime  #: the frist in force, with anstånd; inclusive
    silence: Silence | None  #: why nothing is said about it; None when the ladder holds
    ej_aktuell: bool = False  #: it is complete, and every part by a word that it is not called for this time
    has_matter: bool = False  #: it lies before KSAU
    has_anstand: bool = False
    begun: bool = True  #: something is in, or the day of its first letter has come


def krav_state(facts: Facts, now: datetime) -> State:
    """Return how one enhet's krav stands at ``now``."""
    before = facts.silence is not None and not facts.silence.is_end
    if facts.complete:
        if not facts.finalised and not before:
            return State.PRELIMINAR
        return State.EJ_AKTUELL if facts.ej_aktuell else State.KOMPLETT
    if facts.silence:
        return State.FORE_INFORANDET if before else State.AVSLUTAD
    if now > facts.due_at:
        return State.ESKALERAD if facts.has_matter else State.FORSENAD
    if facts.has_anstand:
        return State.ANSTAND
    return State.OFULLSTANDIG if facts.begun else State.KOMMANDE


def own_state(state: State, *, complete: bool, finalised: bool) -> State:
    """Return how one person's own parts of a krav in ``state`` stand: as it does, unless they are done before the others."""
    if not complete or state.is_whole:
        return state
    return State.KOMPLETT if finalised else State.PRELIMINAR


def part_state(*, complete: bool, ej_aktuell: bool) -> State:
    """Return how one part of a krav stands; whether it is late is the krav's to say."""
    if not complete:
        return State.OFULLSTANDIG
    return State.EJ_AKTUELL if ej_aktuell else State.KOMPLETT


def moment_state(at: datetime, now: datetime, since: date, *, decided: bool, decides: bool = True) -> State:
    """Return how a moment at ``at`` stands. ``since`` is i drift från; a moment before it is nobody's to record.

    ``decides``: it is a body's; of a role's or a group's nothing is recorded, and it is over when it has been.
    """
    if not decides:
        return State.AVSLUTAD if at <= now else State.KOMMANDE
    if decided:
        return State.BESLUTAT
    if local_date(at) < since:
        return State.FORE_INFORANDET
    return State.BESLUT_SAKNAS if at <= now else State.KOMMANDE


def worst(states: Iterable[State]) -> State:
    """Return the worst of some states; Komplett when there are none."""
    found = set(states)
    return next((state for state in State if state in found), State.KOMPLETT)


def enhet_state(krav: Iterable[tuple[State, bool]]) -> State:
    """Return how an enhet stands: the worst of its krav, each told with whether it finalises another.

    While a decision is not yet late it does not count beside what it decides, which is then preliminär at best.
    """
    every = list(krav)
    counted = [state for state, finalises in every if not (finalises and state.core is State.OFULLSTANDIG)]
    return worst(counted or [state for state, _ in every])


def counted(states: Iterable[State]) -> tuple[int, int]:
    """Return how many are in, and of how many: the one count, for all who say "3 av 6".

    Preliminär and ej aktuell are in. What is missing and nobody is asked for (it is past) is in neither number: it is
    not done, and nobody waits for it.
    """
    every = list(states)
    done = sum(state.is_whole for state in every)
    return done, done + sum(state.is_owing for state in every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tillfalle:
    """How a tillfälle stands: the worst of its enheter, and who is behind."""

    state: State
    done: int  #: enheter that all is in from, as :func:`counted` has it
    of: int  #: those, and the enheter that owe something
    preliminary: int  #: those of them that wait for a decision
    behind: tuple[str, ...]  #: the other enheter, as they were named


def tillfalle_state(enheter: Mapping[str, State]) -> Tillfalle:
    """Return how a tillfälle stands, from its enheter's states."""
    states = list(enheter.values())
    behind = tuple(enhet for enhet, state in enheter.items() if state.is_owing)
    done, of = counted(states)
    return Tillfalle(
        state=worst(states),
        done=done,
        of=of,
        preliminary=states.count(State.PRELIMINAR),
        behind=behind,
    )
