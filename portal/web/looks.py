"""How states look: a colour's name in the stylesheet, and a sign, so that no state is told by colour alone."""

from dataclasses import dataclass

from arshjul.ladder.standing import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A state's class in the stylesheet, its sign in text, and its sign in the wheel's picture."""

    kind: str
    sign: str
    drawn: str  #: the name of a drawing in ``hjul.svg``
    square: bool = False  #: drawn as a body's moment


#: How each state that is shown looks, the worst first.
LOOKS = {
    State.ESKALERAD: Look(kind="escalated", sign="▲", drawn="up"),
    State.FORSENAD: Look(kind="late", sign="!", drawn="bang"),
    State.BESLUT_SAKNAS: Look(kind="undecided", sign="?", drawn="question", square=True),
    State.OFULLSTANDIG: Look(kind="incomplete", sign="○", drawn="open"),
    State.ANSTAND: Look(kind="anstand", sign="↷", drawn="clock"),
    State.KOMMANDE: Look(kind="ahead", sign="·", drawn="dot"),
    State.PRELIMINAR: Look(kind="preliminary", sign="◐", drawn="half"),
    State.KOMPLETT: Look(kind="complete", sign="✓", drawn="check"),
    State.BESLUTAT: Look(kind="complete", sign="✓", drawn="check", square=True),
    State.EJ_AKTUELL: Look(kind="quiet", sign="/", drawn="slash"),
    State.AVSLUTAD: Look(kind="quiet", sign="=", drawn="end"),
    State.FORE_INFORANDET: Look(kind="quiet", sign="–", drawn="dash"),
}


def look(state: State) -> Look:
    """Return how a state looks; one that only a row has is quiet."""
    return LOOKS.get(state, LOOKS[State.FORE_INFORANDET])
