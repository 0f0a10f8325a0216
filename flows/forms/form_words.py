"""What people choose from and write in a form: Swedish names and dates, read back to the definition's ids and days.

The Prefect UI lets people turn off its own checks, and it never checks a date: so everything is read here. Ids are
taken as well as names.
"""

from collections.abc import Mapping
from datetime import date, datetime

from actions.filled_in import asked_day
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError
from arshjul.swedish import local_date


def report_names(definition: Definition) -> Mapping[str, str]:
    """Return the reports that have a flow: ``Delårsrapport`` to ``delarsrapport``."""
    return {step.name: key for key, step in definition.steps.items() if step.flow}


def unit_names(definition: Definition) -> Mapping[str, str]:
    """Return the enheter: ``Bildningsnämnden`` to ``bildningsnamnden``."""
    return {unit.name: key for key, unit in definition.units.items()}


def body_names(definition: Definition) -> Mapping[str, str]:
    """Return the bodies: ``Kommunfullmäktige`` to ``kf``."""
    return {body.name: key for key, body in definition.bodies.items()}


def moment_names(definition: Definition, report: str) -> Mapping[str, str]:
    """Return the bodies' moments of a report: ``KF behandlar delårsrapporten`` to ``kf``."""
    return {moment.name: key for key, moment in definition.steps[report].moments.items() if moment.body}


def read_day(read: str, what: str) -> date:
    """Return the day that was chosen or written; ``what`` is as in :func:`actions.filled_in.asked_day`, which refuses it.

    Prefect's date picker writes a day, or an instant in UTC: then its Swedish day is meant.
    """
    try:
        instant = datetime.fromisoformat(read.strip())
    except ValueError:
        return asked_day(read, what)
    return local_date(instant) if instant.tzinfo else asked_day(instant.date().isoformat(), what)


def read_day_if_any(read: str, what: str) -> date | None:
    """Return the day, or None for an empty field. Raises RefusedError for anything else."""
    return read_day(read, what) if read.strip() else None


def read_year(read: str) -> int:
    """Return the year. Raises RefusedError for anything else."""
    if read.strip().isdigit() and len(read.strip()) == 4:
        return int(read)
    raise RefusedError(f"'{read}' är inget år. Skriv det som 2027.")
