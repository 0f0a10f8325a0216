"""How states look: a colour's name in the stylesheet, and a sign, so that no state is told by colour alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from actions.scene import ENDED
from submissions.standing.completeness import COMPLETE, INCOMPLETE, LATE, PRELIMINARY

ESCALATED = "Eskalerad"  #: late, and a matter for KSAU
ANSTAND = "Anstånd"  #: incomplete, with a later frist that is still ahead
AHEAD = "Kommande"  #: nothing is handed in or decided, and the day is far ahead
EJ_AKTUELL = "Ej aktuell"  #: every part was stated as ej aktuell
DECIDED = "Beslutat"
UNDECIDED = "Beslut inte registrerat"  #: the body's day has been, and nobody has recorded what it decided
NOT_OURS = "Före införandet"  #: before the service began, and nobody has opened it

OVER = ENDED  #: what is missing is over: the report is decided, or the enhet has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A state's class in the stylesheet, its sign in text, and its sign in the wheel's picture."""

    kind: str
    sign: str
    drawn: str  #: the name of a drawing in ``hjul.svg``


#: The states, the worst first.
LOOKS = {
    ESCALATED: Look(kind="escalated", sign="▲", drawn="up"),
    LATE: Look(kind="late", sign="!", drawn="bang"),
    UNDECIDED: Look(kind="undecided", sign="?", drawn="question"),
    INCOMPLETE: Look(kind="incomplete", sign="○", drawn="open"),
    ANSTAND: Look(kind="anstand", sign="↷", drawn="clock"),
    PRELIMINARY: Look(kind="preliminary", sign="◐", drawn="half"),
    AHEAD: Look(kind="ahead", sign="·", drawn="dot"),
    COMPLETE: Look(kind="complete", sign="✓", drawn="check"),
    DECIDED: Look(kind="complete", sign="✓", drawn="check"),
    EJ_AKTUELL: Look(kind="quiet", sign="/", drawn="slash"),
    NOT_OURS: Look(kind="quiet", sign="–", drawn="dash"),
    OVER: Look(kind="quiet", sign="=", drawn="end"),
}
WORST_FIRST = tuple(LOOKS)


def look(state: str) -> Look:
    """Return how a state looks; an unknown one is quiet."""
    return LOOKS.get(state, LOOKS[NOT_OURS])


def worst(states: Iterable[str]) -> str:
    """Return the worst of these states; ValueError when there is none."""
    return min(states, key=WORST_FIRST.index)
