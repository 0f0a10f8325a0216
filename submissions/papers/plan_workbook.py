"""A year's whole plan as a workbook: every frist, meeting and moment in one table to filter, and the letters' days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from arshjul.definition.model import Definition
from arshjul.swedish import STOCKHOLM, WEEKDAYS, instant_text, local, month_name
from arshjul.year.wheel import Milestone, Wheel
from submissions.papers.printed_book import Page, PrintedBook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLAN = (
    ("Dag", 11), ("Veckodag", 10), ("Kl.", 6), ("Slag", 13), ("Vad", 40), ("Rapport", 15), ("Period", 14),
    ("Enhet", 32), ("Organ", 13), ("Sista dag enligt lag", 20), ("Status", 10), ("Enligt", 52),
)  # fmt: skip
LETTERS = (
    ("Dag", 11), ("Veckodag", 10), ("Kl.", 6), ("Brev", 34), ("Rapport", 15), ("Period", 14), ("Enhet", 34),
    ("Frist", 11), ("Status", 10), ("Enligt", 42),
)  # fmt: skip
WHAT = 5  #: the plan's column of words; a frist stands out in it
DAY, CLOCK = "yyyy-mm-dd", "hh.mm"

Cell = str | date | time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A row of the plan. ``at`` sorts; a whole day has no clock."""

    at: datetime
    all_day: bool
    cells: tuple[Cell, ...]  #: those after the day, the weekday and the clock


def plan_workbook(wheel: Wheel, year: int, now: datetime) -> bytes:
    """Return the .xlsx of what falls in ``year``. The same plan at the same instant gives the same bytes."""
    definition = wheel.definition
    book = PrintedBook(f"Årsplan {year}", f"{definition.kommun.name}, {definition.office_said}", now)
    milestones = wheel.in_year(year)
    rows = [*_frister_and_moments(wheel, milestones), *_meetings(wheel, year)]
    note = f"{definition.kommun.name} · planen {instant_text(now)} · {_tidplan(definition, year)}"
    page = book.page(f"Årsplan {year}", [width for _, width in PLAN])
    page.heading(f"Årsplan {year}", 18)
    page.note(note)
    _table(page, [title for title, _ in PLAN], rows)
    page = book.page("Brevens dagar", [width for _, width in LETTERS])
    page.heading(f"Brevens dagar {year}", 18)
    page.note("Dagarna då breven är planerade. Ett brev går bara till den som saknar något, och bara på arbetsdagar.")
    _table(page, [title for title, _ in LETTERS], _letters(wheel, milestones))
    return book.content()


def _table(page: Page, titles: Sequence[str], rows: Iterable[PlanRow]) -> None:
    page.gap()
    head, month = page.at, None
    page.head(titles, freeze=True)
    for row in sorted(rows, key=lambda row: (row.at, [str(cell or "") for cell in row.cells])):
        here = row.at.astimezone(STOCKHOLM)
        page.rule(heavy=month not in (None, here.month))
        month = here.month
        page.put(1, here.date(), shown=DAY, bold=True, side="left")
        page.put(2, WEEKDAYS[here.weekday()])
        if not row.all_day:
            page.put(3, here.time().replace(tzinfo=None), shown=CLOCK, side="left")
        for column, cell in enumerate(row.cells, 4):
            if isinstance(cell, date):
                page.put(column, cell, shown=DAY, side="left")
            elif cell:
                page.put(column, cell, wrap=True, bold=column == WHAT and row.cells[0] == "frist")
        page.next()
    page.sortable(head)


def _frister_and_moments(wheel: Wheel, milestones: Iterable[Milestone]) -> Iterator[PlanRow]:
    bodies, units = wheel.definition.bodies, wheel.definition.units
    for one in milestones:
        if one.obligation and one.kind != "frist":
            continue
        owed = wheel.obligations[one.obligation] if one.obligation else None
        treated = owed.treated.body if owed and owed.treated else one.body
        yield PlanRow(
            at=one.at,
            all_day=False,
            cells=(
                "frist" if owed else "moment",
                owed.name if owed else one.name,
                one.step_name,
                one.period.text,
                units[one.unit].name if one.unit else "",
                bodies[treated].short if treated else "",
                one.lawful_until,
                one.status,
                str(one.lagrum),
            ),
        )


def _meetings(wheel: Wheel, year: int) -> Iterator[PlanRow]:
    for body_id, body in wheel.definition.bodies.items():
        for meeting in (each for near in (year, year + 1) for each in wheel.meetings.of_year(body_id, near)):
            undecided = meeting.status == "ej beslutad"
            when = f"{meeting.day.day} {month_name(meeting.day.month)}"
            what = f"{body.short} i {month_name(meeting.day.month)}" if undecided else f"{body.short} {when}"
            days = (
                (meeting.at, undecided, "möte", f"{body.short} har möte"),
                (meeting.agenda_closes, False, "dagordning", f"dagordningen stänger för {what}"),
                (local(meeting.kallelse, time(0)), True, "kallelse", f"kallelsen skickas till {what}"),
            )
            for at, all_day, kind, words in days[:1] if undecided else days:
                if at.astimezone(STOCKHOLM).year == year:
                    cells = (kind, words, "", "", "", body.short, None, meeting.words, str(body.source))
                    yield PlanRow(at=at, all_day=all_day, cells=cells)


def _letters(wheel: Wheel, milestones: Iterable[Milestone]) -> Iterator[PlanRow]:
    for one in milestones:
        if one.obligation and one.kind != "frist":
            unit, owed = wheel.definition.units[one.obligation.unit].name, wheel.obligations[one.obligation]
            cells = (
                one.name, one.step_name, one.period.text, unit, owed.deadline.last_day, one.status, str(one.lagrum),
            )  # fmt: skip
            yield PlanRow(at=one.at, all_day=False, cells=cells)


def _tidplan(definition: Definition, year: int) -> str:
    plan = definition.year_plans.get(year)
    return f"tidplanen för {year} är {'fastställd' if plan and plan.state == 'fastställd' else 'ett förslag'}"
