"""What an enhet owes for a report and period, as the commands beside the page need it: by the store if there is one.

Without a store that is prepared, or with a definition of one's own, the definition alone says it: what is known is what
stands in it, the decided mål and the registers' entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.definition_files import read_sourced
from app.settings import load_settings
from app.wiring import is_prepared, open_machine
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError, nearest
from arshjul.keys import ObligationKey, OccurrenceKey, UnitId
from arshjul.periods import Period
from arshjul.swedish import listing
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, Wheel
from store.database import memory_store
from store.handins.resting import resting
from submissions.ledger.known import known_of
from submissions.templates.mall import KnownFigures
from submissions.templates.own import OwnFiles, own_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """What is owed, what is known of it, and which rules are out of force."""

    definition: Definition
    own: OwnFiles
    owed: Sequence[Obligation]
    known: Mapping[ObligationKey, KnownFigures] = field(default_factory=dict)  #: by the obligation's key
    resting: frozenset[str] = frozenset()


def owing(definition: Path | None, report: str, unit: str, period: str) -> Owing:
    """Return what an enhet owes for a report and period, hosted ones included.

    Raises RefusedError, with the nearest right word, for a name that is not there.
    """
    settings = load_settings()
    if definition is None and is_prepared(settings):
        with open_machine(settings).look() as scene:
            ours, session = scene.office, scene.session
            owed = find(_whole(scene.wheel, period), ours.definition, report, unit, period)
            known = {one.key: known_of(session, ours.definition, one) for one in owed}
            out_of_force = frozenset(resting(session))
            return Owing(definition=ours.definition, own=ours.own, owed=owed, known=known, resting=out_of_force)
    path = definition or settings.definition
    sourced = read_sourced(path)
    wheel = turn(sourced.definition, [_period(period).year], strict=False)
    try:
        owed = find(wheel, sourced.definition, report, unit, period)
    except RefusedError as refused:
        if definition is not None:
            raise
        read = f"Det som lästes är definitionen för {sourced.definition.kommun.name}; välj en annan med --definition."
        raise RefusedError(f"{refused} {read}") from refused
    with memory_store().read() as nothing:  # nobody has handed anything in, nor registered anything
        known = {one.key: known_of(nothing, sourced.definition, one) for one in owed}
    return Owing(definition=sourced.definition, own=own_files(sourced, path.parent), owed=owed, known=known)


def find(wheel: Wheel, definition: Definition, report: str, unit: str, period: str) -> list[Obligation]:
    """Return what an enhet owes for a report and period, and what is handed in with it.

    Raises RefusedError, with the nearest right word, for a name that is not there.
    """
    if report not in definition.steps:
        raise RefusedError(f"okänd rapport '{report}'{nearest(report, definition.steps)}")
    if unit not in definition.units:
        raise RefusedError(f"okänd enhet '{unit}'{nearest(unit, definition.units)}")
    periods = [key for step, key in wheel.keys if step == report]
    if (report, _period(period).key) not in wheel.keys:
        same = sorted(key for key in periods if key.startswith(period[:4]))  # of several the nearest says too little
        right = f"; det året görs den för {listing(same)}" if len(same) > 1 else nearest(period, periods)
        raise RefusedError(f"{report} görs inte för perioden {period}{right}")
    own = [one for one in wheel.occurrence(OccurrenceKey.of(report, period)).obligations if one.unit == unit]
    if not own:
        owing = {one.unit for one in wheel.occurrence(OccurrenceKey.of(report, period)).obligations}
        raise RefusedError(
            f"{definition.units[UnitId(unit)].name} lämnar inget till {report} {period}{nearest(unit, owing)}"
        )
    return [each for one in own for each in (one, *wheel.hosted.get(one.key, ()))]


def _period(read: str) -> Period:
    try:
        return Period.parse(read)
    except ValueError as error:
        raise RefusedError(f"{error}.") from None


def _whole(wheel: Wheel, period: str) -> Wheel:
    """Return the wheel as it stands, or for a period outside its years the definition's own."""
    year = _period(period).year
    if any(key.startswith(str(year)) for _, key in wheel.keys):
        return wheel
    return turn(wheel.definition, [year], strict=False)
