"""What a body can decide, in the law's words: one list for the page, the form, the command and every other way in."""

from arshjul.bodies.overlamnande import is_handed_over
from arshjul.errors import RefusedError
from arshjul.year.wheel import Milestone

SENT_BACK, HANDED_ON, WITHDRAWN, TABLED = "återremitteras", "överlämnas", "återkallas", "bordläggs"
LEFT_OPEN = (SENT_BACK, WITHDRAWN, TABLED)  #: outcomes that leave the moment open
SETTLED, FILED, NOTED = "fastställs", "läggs till handlingarna", "noteras"
CLOSING = (SENT_BACK, FILED, NOTED)  #: after these nothing that the ladder brought up waits before the body
AS_PROPOSED = "enligt förslaget"  #: of a matter: what its tjänsteskrivelse proposes, and it waits until that is done
USUAL = ("godkänns", SETTLED, FILED, NOTED, "föreslår")
#: of what is in any body's hands, whatever it is about
ANYWHERE = (SENT_BACK, TABLED, HANDED_ON)
#: how each is said of what has been decided; what follows it, as ``till KS``, stays
_PAST = {
    "behandlas": "behandlades",
    "beviljas": "beviljades",
    TABLED: "bordlades",
    SETTLED: "fastställdes",
    "föreslår": "föreslog",
    "godkänns": "godkändes",
    "läggs": "lades",
    NOTED: "noterades",
    AS_PROPOSED: f"beslutades {AS_PROPOSED}",
    WITHDRAWN: "återkallades",
    SENT_BACK: "återremitterades",
    "vägras": "vägrades",
    HANDED_ON: "överlämnades",
}
#: what a body decides where the law says the word for it (KL 11 kap. 10, 16 and 21 §, 5 kap. 24 §)
LAWFUL = {
    "budget": (SETTLED,),
    "skattesats": (SETTLED,),
    "delårsrapport behandlas": ("behandlas", FILED),
    "årsredovisning godkänns": ("godkänns", "godkänns inte"),
    "ansvarsfrihet": ("beviljas", "vägras"),
}


def outcomes_of(one: Milestone, *, prepares: bool = False) -> tuple[str, ...]:
    """Return what can be decided at a moment, the law's word for it first.

    ``prepares``: the body only prepares it for another, as KSAU does for KS, and so settles nothing.
    """
    if is_handed_over(one):
        return HANDED_ON, SENT_BACK, TABLED
    return (*LAWFUL.get(one.concerns or "", usual(prepares=prepares)), *ANYWHERE)


def past(outcome: str) -> str:
    """Return a decision's word as it is told afterwards: ``godkändes``, ``lades till handlingarna``."""
    verb, _, rest = outcome.partition(" ")
    return _PAST.get(outcome) or f"{_PAST.get(verb, verb)} {rest}".rstrip()


def usual(*, prepares: bool) -> tuple[str, ...]:
    """Return the words for what no law has a word of its own for."""
    return tuple(word for word in USUAL if not (prepares and word == SETTLED))


def stated_outcome(read: str, among: tuple[str, ...], what: str) -> str:
    """Return a decision's word as it is written here. ``what`` is what is decided, as the reader knows it.

    Raises RefusedError that tells the words there are: ``godkänns`` is no decision on ansvarsfrihet.
    """
    word = " ".join(read.split()).lower()
    if word in among:
        return word
    said = f"beslutet kan inte bli ”{word}”" if word else "skriv vad beslutet blev"
    raise RefusedError(f"{what}: {said}. Det kan bli {', '.join(among[:-1])} eller {among[-1]}.")
