"""What templates are written in: strict and escaping, with the words that our letters have for days, counts and late.

Everything that a template shows is made one line and escaped, so that no name, reason or file name can become a
heading, a link or a header.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from arshjul.definition.ladders import LAST_WORD, UPWARD
from arshjul.swedish import (
    STOCKHOLM,
    WEEKDAYS,
    brief_day,
    clock_text,
    day_text,
    in_running_text,
    instant_text,
    listing,
    said_day,
)
from notifications.letters.views.matter_view import MatterView
from notifications.letters.views.notice_view import NoticeView
from notifications.letters.views.week_view import WeekView
from notifications.plain import one_line
from submissions.finding import graded

#: the kinds of word that are said after the frist, the most pressing first
LATE = (LAST_WORD, UPWARD, "sen")


def render(template: str, **values: Any) -> Element:
    """Return a template's tree. Raises jinja2.UndefinedError for a value that is not there."""
    written = environment().get_template(template).render(values)
    # our own templates, every value escaped: no document type, and so no entity, can come from outside
    return fromstring(written.strip())  # noqa: S314 - not foreign XML, see above


@cache
def environment() -> Environment:
    """Return the templates' environment: strict, escaping, each shown value on one line."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=False,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_FILTERS)
    made.tests["late"] = is_late
    return made


def is_late(notice: NoticeView) -> bool:
    """Tell whether the frist has passed."""
    return notice.workdays_left < 0 or notice.law_missed or notice.rung_kind in LATE


def pressing(notice: NoticeView) -> tuple[bool, int, int, datetime, str]:
    """Return by what notices are sorted in a letter: the most pressing first."""
    late = is_late(notice)
    rank = LATE.index(notice.rung_kind) if late and notice.rung_kind in LATE else len(LATE)
    return not late, rank, -notice.rung_days if notice.rung_kind == UPWARD else 0, notice.due_at, notice.key


def reports(notices: Sequence[NoticeView]) -> list[list[NoticeView]]:
    """Return notices in the order of the first of each report: of several enheter together to who only reads of them.

    What the reader owes stands alone, for it is handed in one by one.
    """
    found: dict[object, list[NoticeView]] = {}
    for number, each in enumerate(notices):
        found.setdefault((each.said_alike, number if each.recipient_owes else None), []).append(each)
    return list(found.values())


def again_and_again(notices: Sequence[NoticeView]) -> list[list[NoticeView]]:
    """Return what is late of one enhet and kind together, as of a word that is owed before each meeting."""
    found: dict[object, list[NoticeView]] = {}
    for each in notices:
        found.setdefault((each.unit_name, each.krav_name, len(each.missing), each.own_parts), []).append(each)
    return list(found.values())


def alike(things: Sequence[Any], name: str) -> list[tuple[Any, list[Any]]]:
    """Return things by what they have of a name, in the order of the first of each."""
    found: dict[Any, list[Any]] = {}
    for each in things:
        found.setdefault(getattr(each, name), []).append(each)
    return list(found.items())


def status(notice: NoticeView) -> str:
    """Return ``5 arbetsdagar kvar``, ``Fristen är i dag`` or ``2 arbetsdagar försenat``."""
    left = notice.workdays_left
    if is_late(notice):
        return f"{_workdays(-left)} försenat" if left < 0 else "Försenat"
    return f"{_workdays(left)} kvar" if left else "Fristen är i dag"


def tone(notice: NoticeView) -> str:
    """Return the colour of a notice's status: ``late``, ``soon`` (up to 5 working days) or ``calm``."""
    return "late" if is_late(notice) else "soon" if notice.workdays_left <= 5 else "calm"


def expired(notice: NoticeView, today: date) -> str:
    """Return when the frist passed: ``i går kl. 16.00``, ``i fredags kl. 16.00``; the whole day when it is a week ago."""
    at = notice.due_at.astimezone(STOCKHOLM)
    days = (today - at.date()).days
    said = {0: "i dag", 1: "i går"}.get(days, f"i {WEEKDAYS[at.weekday()]}s" if 1 < days < 7 else day_text(at.date()))
    return f"{said} {clock_text(at.time())}"


def count_owed(notices: Sequence[NoticeView]) -> str:
    """Return ``3 underlag``, or ``3 inlämningar`` when they are of different kinds."""
    kinds = {short_krav(notice) for notice in notices}
    noun = "underlag" if kinds == {"underlag"} else "inlämning" if len(notices) == 1 else "inlämningar"
    return f"{len(notices)} {noun}"


def short_krav(notice: NoticeView) -> str:
    """Return ``underlag`` for ``underlag till delårsrapporten``: where the report's name stands beside it."""
    for word in ("till", "för", "om"):
        if (short := notice.krav_name.removesuffix(f" {word} {notice.step_definite}")) != notice.krav_name:
            return short
    return notice.krav_name


def lacking(matter: MatterView) -> str:
    """Return what a matter is about, in a word: ``underlag``, or ``beslut`` when it is the protokoll alone."""
    kinds = {short_krav(each) for each in matter.late}
    return kinds.pop() if len(kinds) == 1 else "underlag"


def week_told(week: WeekView) -> Sequence[str]:
    """Return what the week holds, the weightiest first: ``3 försenade``; nothing of what there is none of."""
    counts = week.counts
    escalated = week.where_escalated or ("eskalerad" if counts.escalated == 1 else "eskalerade")
    told = {
        "fel i tjänsten": len(week.faults),
        f"{counts.late} {'försenad' if counts.late == 1 else 'försenade'}": counts.late,
        f"{counts.escalated} {escalated}": counts.escalated,
        f"{len(week.undelivered)} brev ej framme": len(week.undelivered),
        f"{len(week.decisions)} beslut att registrera": len(week.decisions),
        f"{counts.due} {'frist' if counts.due == 1 else 'frister'}": counts.due,
    }
    return [words for words, count in told.items() if count]


def _shown(value: Any) -> Any:
    return value if isinstance(value, Markup) else one_line(str(value))


def _workdays(count: int) -> str:
    return f"{count} {'arbetsdag' if count == 1 else 'arbetsdagar'}"


def _day(day: date) -> date:
    return day.astimezone(STOCKHOLM).date() if isinstance(day, datetime) else day


def _short_day(day: date) -> str:
    return day_text(_day(day)).rpartition(" ")[0]


_FILTERS: dict[str, Callable[..., object]] = {
    "again_and_again": again_and_again,
    "alike": alike,
    "brief_day": lambda at: brief_day(_day(at)),
    "capital": lambda text: text[:1].upper() + text[1:],
    "clock": lambda at: clock_text(at.astimezone(STOCKHOLM).time()),
    "count_owed": count_owed,
    "days_after": lambda at, today: (_day(at) - today).days,
    "expired": expired,
    "uncapital": in_running_text,
    "day": lambda day: day_text(_day(day)),
    "graded": graded,
    "instant": instant_text,
    "reports": reports,
    "said_day": lambda day: said_day(_day(day)),
    "body_time": lambda notice: instant_text(notice.body_at) if notice.body_at else "nästa utskick",
    "listing": lambda texts: listing(list(texts)),
    "short_day": _short_day,
    "short_instant": lambda at: f"{_short_day(at)} {clock_text(at.astimezone(STOCKHOLM).time())}",
    "short_krav": short_krav,
    "lacking": lacking,
    "status": status,
    "tone": tone,
    "told": week_told,
}
