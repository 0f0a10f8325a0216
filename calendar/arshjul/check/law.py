"""Holding a definition's plan against the law and against itself: what ``arshjul check`` tells."""

from collections import Counter
from collections.abc import Iterable, Iterator

from arshjul.check.cited import cited
from arshjul.check.coherence import chains
from arshjul.check.concerns import KF_CONCERNS, KS_CONCERNS
from arshjul.check.diary import diary
from arshjul.check.duties.notice import notice
from arshjul.check.duties.preserved import preserved
from arshjul.check.duties.revision import revision
from arshjul.check.duties.spending import spending
from arshjul.check.duties.towards_bolag import towards_bolag
from arshjul.check.duties.uppsikt import uppsikt
from arshjul.check.remarks import Remark, told_once
from arshjul.check.report_parts import report_parts
from arshjul.check.resolving import resolve
from arshjul.check.shared_roles import shared_roles
from arshjul.check.statutes import GIVEN, statutes
from arshjul.definition.in_force import held_steps
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition
from arshjul.definition.reading import Sourced
from arshjul.errors import Fault
from arshjul.keys import BodyId
from arshjul.periods import Period


def check(sourced: Sourced, years: Iterable[int]) -> list[Fault]:
    """Return what is wrong or doubtful in the plan of ``years`` (the periods' years), in the file's order.

    Each thing is told once, for the first period that it is found in. What has no day is told, never raised.
    """
    held = sorted(set(years))
    resolved, remarks = resolve(sourced, held)
    ks, kf = bodies(sourced.definition)
    remarks += _wrong_bodies(sourced.definition, ks, kf, held)
    for held_by_year in (report_parts, preserved, towards_bolag, shared_roles):
        remarks += held_by_year(sourced.definition, held)
    remarks += cited(sourced.lined.values, Period(held[0]))
    for year in resolved:
        found = [*notice(year, kf), *statutes(year), *uppsikt(year), *revision(year), *spending(year)]
        blamed = {one.path for one in (*remarks, *found) if one.severity == "fel"}
        remarks += [*found, *chains(year, ks, kf, blamed), *diary(year)]
    return told_once(sourced, remarks, held)


def bodies(definition: Definition) -> tuple[BodyId | None, BodyId | None]:
    """Return KS's and KF's ids: the bodies that hold most of the moments that the law gives them."""
    moments = [moment for step in definition.steps.values() for moment in step.moments.values()]
    ks = Counter(moment.body for moment in moments if moment.body and moment.concerns in KS_CONCERNS)
    kf = Counter(moment.body for moment in moments if moment.body and moment.concerns in KF_CONCERNS)
    return _most(ks), _most(kf)


def _most(counted: Counter[BodyId]) -> BodyId | None:
    return counted.most_common(1)[0][0] if counted else None


def _wrong_bodies(definition: Definition, ks: BodyId | None, kf: BodyId | None, years: list[int]) -> Iterator[Remark]:
    """The law gives these moments to styrelsen or to fullmäktige."""

    def name(body: BodyId) -> str:
        return definition.bodies[body].name if body in definition.bodies else "enhetens eget organ"

    told: set[Path] = set()
    for step_id, step, period in (each for year in years for each in held_steps(definition, year)):
        for moment_id, moment in step.moments.items():
            right = ks if moment.concerns in KS_CONCERNS else kf if moment.concerns in KF_CONCERNS else None
            path: Path = ("steg", step_id, "moment", moment_id, "organ")
            if right and moment.body and moment.body != right and path not in told:
                told.add(path)
                yield Remark(
                    path=path,
                    rule="fel-organ",
                    message=f"'{moment.name}' ({moment.concerns}) ligger på {name(moment.body)}, "
                    f"men lagen ger det till {name(right)}; ändra 'organ' eller 'avser'",
                    period=period,
                    lagrum=GIVEN.get(moment.concerns or ""),
                )
