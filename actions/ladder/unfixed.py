"""A year whose tidplan nobody has fastställt: what is not said until somebody has, and how that is done.

It is heard of from the autumn before, and all through the year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from actions.scene import Scene
from arshjul.ladder.due import TOLD
from arshjul.swedish import day_text, listing, local_date
from arshjul.year.wheel import rung_day

FROM_MONTH = 9  #: from the first of September the next year is heard of, too
PROPOSED = "förslag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfixed:
    """A year with fristen that are only proposed."""

    year: int
    reports: tuple[str, ...]  #: the reports of which nothing is said, in the årshjul's order
    first: date | None  #: when the first of the letters that are ahead would go; None: all of them should have gone
    first_report: str
    sharp: bool  #: nothing goes now; else (skugga, av) nothing will once utskick is skarpt

    @property
    def title(self) -> str:
        """The fact."""
        return f"Tidplanen för {self.year} är inte fastställd"

    @property
    def what(self) -> str:
        """What it leads to."""
        which = listing(list(self.reports))
        if self.first:
            when = f"Det första skulle gå {day_text(self.first)}: {self.first_report}."
        else:
            when = "Breven skulle redan ha gått."
        if self.sharp:
            return f"Inga brev går om {which} med frist {self.year} förrän den är det. {when}"
        return f"Med utskick skarpt går inga brev om {which} med frist {self.year} förrän den är det. {when}"

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return (
            "När den är beslutad: skicka in formuläret Fastställ tidplanen i Prefect, eller kör "
            f"arshjul fix-tidplan {self.year} ÅÅÅÅ-MM-DD --vem NAMN."
        )


def unfixed(scene: Scene) -> tuple[Unfixed, ...]:
    """Return this year, and from the autumn the next, where fristen of ours are only proposed."""
    return tuple(_unfixed(scene))


def _unfixed(scene: Scene) -> Iterator[Unfixed]:
    years = (scene.today.year, scene.today.year + 1) if scene.today.month >= FROM_MONTH else (scene.today.year,)
    proposed = [
        one
        for one in scene.wheel.obligations.values()
        if one.ladder and one.deadline.status == PROPOSED and one.deadline.last_day >= scene.office.since
    ]
    for year in years:
        mine = [one for one in proposed if one.deadline.last_day.year == year]
        if not mine:
            continue
        days = [
            (rung_day(rung, one.deadline.last_day, scene.wheel.workdays), one.step_name, one.period.text)
            for one in mine
            for rung in (one.ladder.rungs if one.ladder else ())
            if rung.kind in TOLD
        ]
        first = min((each for each in days if each[0] >= local_date(scene.now)), default=None)
        yield Unfixed(
            year=year,
            reports=tuple(dict.fromkeys(one.step_definite for one in mine)),
            first=first[0] if first else None,
            first_report=f"{first[1]} {first[2]}" if first else "",
            sharp=scene.office.utskick == "skarpt",
        )
