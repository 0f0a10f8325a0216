"""What people choose and write, read back to the definition's ids and days: one refusal for page, form and command."""

from collections.abc import Mapping
from datetime import date, time

from arshjul.definition.model import Definition, krav_or_main
from arshjul.errors import RefusedError, nearest
from arshjul.keys import BodyId, MilestoneKey, ObligationKey, UnitId
from arshjul.swedish import stated_day
from arshjul.year.wheel import MUNICIPALITY

UNTIL, CLOSED_ON, HAPPENED_ON, DECIDED_ON = (
    "till och med vilken dag",
    "dagen då perioden stängdes",
    "dagen då den hände",
    "beslutets dag",
)
MEETING_DAY, NEW_DAY = "mötets dag", "mötets nya dag"
SHORTEST_DIGEST = 16  #: characters that are enough to look for one


def asked_choice(read: str, allowed: Mapping[str, str], unknown: str) -> str:
    """Return the id of what was chosen, by the name that people read or by the id itself.

    Raises RefusedError: ``unknown`` (*okänd enhet*), what was written, and the nearest right word, an id where one was
    written.
    """
    wanted = read.strip()
    if wanted in allowed.values():
        return wanted
    if wanted in allowed:
        return allowed[wanted]
    is_id = wanted.isascii() and wanted == wanted.lower()
    raise RefusedError(f"{unknown} '{wanted}'{nearest(wanted, allowed.values() if is_id else allowed)}")


def asked_day(read: str, what: str) -> date:
    """Return the day that was written. Raises RefusedError that says what is asked for, as *till och med vilken dag*."""
    try:
        return stated_day(read)
    except ValueError:
        wrong = f"'{read.strip()}' är inget datum. " if read.strip() else ""
        raise RefusedError(f"{wrong}Ange {what}, till exempel 2027-10-05.") from None


def asked_clock(read: str) -> time | None:
    """Return the clock time of ``08.30`` or ``8.30``, or None for an empty field. Raises RefusedError for anything else."""
    try:
        said = read.strip().replace(".", ":")
        return time.fromisoformat(f"0{said}" if said[1:2] == ":" else said).replace(tzinfo=None) if said else None
    except ValueError:
        raise RefusedError("Skriv klockslaget som 08.30, eller lämna det tomt.") from None


def asked_digest(read: str) -> str:
    """Return a digest that was written off a letter, or how it begins: in small letters, without spaces.

    Raises RefusedError when it cannot be a digest.
    """
    digest = "".join(read.split()).lower()
    if not SHORTEST_DIGEST <= len(digest) <= 64 or any(char not in "0123456789abcdef" for char in digest):
        raise RefusedError(
            f"'{read}' är ingen kontrollsumma. Skriv av den ur brevet: 64 tecken 0–9 och a–f, "
            f"minst de {SHORTEST_DIGEST} första."
        )
    return digest


def asked_unit(definition: Definition, read: str) -> UnitId:
    """Return the enhet that was chosen. Raises RefusedError for one that is not there."""
    return UnitId(asked_choice(read, {unit.name: key for key, unit in definition.units.items()}, "okänd enhet"))


def asked_body(definition: Definition, read: str) -> BodyId:
    """Return the body that was chosen. Raises RefusedError for one that is not there."""
    return BodyId(asked_choice(read, {body.name: key for key, body in definition.bodies.items()}, "okänt organ"))


def asked_report(definition: Definition, read: str) -> str:
    """Return the step that was chosen. Raises RefusedError for one that is not there."""
    return asked_choice(read, {step.name: key for key, step in definition.steps.items()}, "okänd rapport")


def asked_obligation(definition: Definition, report: str, period: str, whose: str, krav: str = "") -> ObligationKey:
    """Return the key of what was chosen: the report's main krav where none is named.

    Raises RefusedError for a report, an enhet or a krav that is not there; whether the year has it is not asked here.
    """
    step = asked_report(definition, report)
    names = {each.name: key for key, each in definition.steps[step].krav.items()}
    which = asked_choice(krav, names, "okänt inlämningskrav") if krav.strip() else krav_or_main(definition, step, "")
    return ObligationKey.of(definition.kommun.id, step, period.strip(), asked_unit(definition, whose), which)


def asked_moment(definition: Definition, report: str, period: str, whose: str, moment: str) -> MilestoneKey:
    """Return the key of a report's moment before a body. Raises RefusedError as :func:`asked_obligation` does."""
    step = asked_report(definition, report)
    names = {each.name: key for key, each in definition.steps[step].moments.items() if each.body}
    which = asked_choice(moment, names, f"okänt moment i {definition.steps[step].definite}")
    of = whose if whose == MUNICIPALITY else asked_unit(definition, whose)
    return MilestoneKey.of(definition.kommun.id, step, period.strip(), of, which)
