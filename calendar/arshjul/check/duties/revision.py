"""What the law asks for of and for the revisorer: their budget, their bedömning, and their berättelse before fullmäktige."""

from collections.abc import Iterator
from datetime import date, timedelta

from arshjul.check.broken import moment_point
from arshjul.check.lateness import day_of, lacks, late
from arshjul.check.remarks import Remark
from arshjul.check.resolving import ResolvedYear
from arshjul.swedish import day_text
from arshjul.year.wheel import Milestone


def revision(year: ResolvedYear) -> Iterator[Remark]:
    """Find what of the revision does not keep KL 5:32, 8:16 a and 11:8."""
    yield from _budget(year)
    yield from _published(year)
    yield from _explained(year)


def _budget(year: ResolvedYear) -> Iterator[Remark]:
    """KL 11:8: fullmäktige's presidium draws up the revisorer's budget, by the end of October as styrelsen its own."""
    steps = year.steps("budget")
    drawn_up = year.moments("revisorernas budget")
    if steps and not drawn_up and not year.leaves_out("revisorernas budget"):
        words = "presidiets förslag till budget för revisorerna (ett moment med 'avser: revisorernas budget')"
        yield lacks(year, ("steg", next(iter(steps)), "moment"), "KL 11:8", words, "KL 11 kap. 8 §")
    before = year.year - 1
    for one in drawn_up:
        if day_of(one) > date(before, 11, 30):
            words = "efter november månads utgång; presidiet ska upprätta revisorernas budget i oktober, senast när KS gör sin"
            yield from late(year, one, "KL 11:8", words, "KL 11 kap. 8 §")
        elif day_of(one) > date(before, 10, 31):
            words = "efter oktober månads utgång; november är tillåtet bara om det finns särskilda skäl. Flytta det till oktober"
            yield from late(year, one, "KL 11:8", words, "KL 11 kap. 8 §", "varning")


def _published(year: ResolvedYear) -> Iterator[Remark]:
    """KL 8:16 a: from the day on which the meeting that treats them is told, at the latest a week before it (5:13)."""
    treated = year.moments("ansvarsfrihet")
    published = year.moments("revisionsberättelse publiceras")
    if treated and not published and not year.leaves_out("revisionsberättelse publiceras"):
        words = "dagen då revisionsberättelsen läggs på webbplatsen (ett moment med 'avser: revisionsberättelse publiceras')"
        yield lacks(year, ("steg", treated[0].step, "moment"), "KL 8:16 a", words, "KL 8 kap. 16 a §")
    for one in published:
        for meeting in treated:
            if (last := _told(year, meeting)) < day_of(one):
                words = (
                    f"efter att mötet {day_text(day_of(meeting))} har tillkännagetts, senast {day_text(last)}; "
                    "revisionsberättelsen ska finnas på webbplatsen från dess"
                )
                yield from _of_both(year, one, meeting, "KL 8:16 a", words, "KL 8 kap. 16 a §; KL 5 kap. 13 §")


def _explained(year: ResolvedYear) -> Iterator[Remark]:
    """KL 5:32: fullmäktige asks for explanations before it decides on ansvarsfrihet; else it may do so unprepared."""
    for one in year.moments("förklaringar"):
        for then in year.moments("ansvarsfrihet"):
            if day_of(one) > day_of(then):
                words = f"efter '{then.name}' {day_text(day_of(then))}; förklaringarna ska hämtas in innan fullmäktige beslutar"
                yield from _of_both(year, one, then, "KL 5:32", words, "KL 5 kap. 32 §")


def _of_both(
    year: ResolvedYear, one: Milestone, other: Milestone, rule: str, words: str, lagrum: str
) -> Iterator[Remark]:
    """What is between two days is wrong when both are decided."""
    if not year.is_open(other):
        yield from late(year, one, rule, words, lagrum, "fel" if other.status == "beslutad" else "varning")


def _told(year: ResolvedYear, one: Milestone) -> date:
    """Return the last day on which a meeting can be told."""
    week_before = day_of(one) - timedelta(days=7)
    meeting = moment_point(year.wheel, one).meeting
    return max(meeting.kallelse, week_before) if meeting else week_before
