"""The tjänsteskrivelse (.docx) that brings a matter before KSAU: a Word template, filled in.

The template is the municipality's own (:mod:`notifications.letters.papers.paper_templates`), else ours,
``templates/tjansteskrivelse.docx``. Its fields have Swedish names: those who write the template are no programmers.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from docx.document import Document as Paper

from arshjul.file_names import file_name
from arshjul.swedish import (
    STOCKHOLM,
    clock_text,
    day_text,
    in_running_text,
    instant_text,
    listing,
    local_date,
    said_day,
    said_days,
)
from notifications.letters.papers.word_template import fill, fill_apart
from notifications.letters.text import unbroken
from notifications.letters.views.composed import Attachment
from notifications.letters.views.matter_view import MatterView, Signer
from notifications.letters.views.notice_view import NoticeView, SentLetter
from notifications.letters.wording import lacking, short_krav
from notifications.plain import one_line
from submissions.templates.mall_paper import MEDIA_TYPE, bytes_of, describe

FILE = "tjansteskrivelse.docx"


def tjansteskrivelse_file(matter: MatterView, template: bytes | None = None) -> Attachment:
    """Return the paper as a file; the same input gives the same bytes. ``template`` None: ours.

    Raises WordTemplateError for a template that cannot be filled in.
    """
    fields = fields_of(matter)
    return paper_file(
        fill_apart(template, fields) if template else fill(our_template(), fields),
        title=fields["rubrik"],
        author=f"{matter.municipality}, {matter.signer.role_name if matter.signer else matter.office}",
        made_on=matter.raised_on,
        about=f"{in_running_text(matter.step_name)} {matter.period_text}",
    )


def paper_file(paper: Paper, *, title: str, author: str, made_on: date, about: str) -> Attachment:
    """Return a tjänsteskrivelse that is filled in as a file, which says what it is; ``about`` is in its name."""
    made = datetime.combine(made_on, time())
    describe(paper, title=one_line(title), subject="Tjänsteskrivelse", author=one_line(author), made=made)
    return Attachment(
        filename=file_name("docx", "Tjänsteskrivelse", about), media_type=MEDIA_TYPE, content=bytes_of(paper)
    )


@cache
def our_template() -> bytes:
    """Return the template that ships with the service."""
    return (Path(__file__).parent / "templates" / FILE).read_bytes()


def fields_of(matter: MatterView) -> dict[str, Any]:
    """Return what a template can show, by the names that it uses: texts, and lists of texts or of such values.

    A text is "" when there is nothing to say.
    """
    report = matter.report
    return {
        "kommun": _text(matter.municipality),
        "organ": _text(matter.meeting_name),
        "organet": _text(matter.meeting_said),
        "datum": said_day(matter.raised_on).removeprefix("den "),
        "diarienummer": _text(matter.diarienummer or ""),
        "rubrik": _text(f"{_rubrik(matter)} saknas till {report}"),
        "rapport": _text(report),
        "enheter": _text(listing(list(dict.fromkeys(each.unit_name for each in matter.late)))),
        "handläggare": _text(_signed(matter)),
        "undertecknare": _text(_named(matter.signer)),
        "undertecknarens_roll": _text(_capital(matter.signer.role_name) if matter.signer else ""),
        "upprättad": _text(matter.released or _by_service(matter)),
        "förslag": [_text(line) for line in matter.proposal.splitlines() if line.strip()],
        "sammanfattning": [_text(line) for line in (*_summary(matter), *matter.background)],
        "bedömning": [_text(line) for line in _assessment(matter)],
        "beslutsunderlag": [_text(line) for line in (f"Tjänsteskrivelse {said_day(matter.raised_on)}", *matter.basis)],
        "beslutet_skickas_till": [_text(line) for line in matter.sent_to],
        "trappans_beslut": _law(matter.rests_on),
        "delegation": _law(matter.decides_by),
        "sena": [_late(each) for each in matter.late],
        "lagrum": _law(str(matter.lagrum)),
        "sammanträde": _text(instant_text(matter.meeting_at)) if matter.meeting_at else "",
        "dagordningen_stänger": _text(instant_text(matter.agenda_closes))
        if matter.agenda_closes and not (matter.is_extra or matter.is_closed)
        else "",
        "extra_ärende": _extra(matter),
    }


def _extra(matter: MatterView) -> str:
    """Say that an agenda has closed, and who lets the matter be taken up all the same; "" when it has not."""
    if not (matter.is_extra and matter.agenda_closes):
        return ""
    return _text(
        f"Dagordningen stängde {instant_text(matter.agenda_closes)}. Ärendet lämnas därför som extra ärende, och "
        "ordföranden avgör om det tas upp."
    )


def _signed(matter: MatterView) -> str:
    signer = matter.signer
    return _capital(", ".join(each for each in (_named(signer), signer.role_name) if each)) if signer else ""


def _named(signer: Signer | None) -> str:
    """Return the signer's name; "" where the municipality has written the role in its place, which then stands once."""
    return signer.name if signer and signer.name.casefold() != signer.role_name.casefold() else ""


def _by_service(matter: MatterView) -> str:
    who = f" för {matter.signer.role_said}" if matter.signer else ""
    return f"Upprättad av kommunens årshjul{who}."


def _summary(matter: MatterView) -> list[str]:
    """Say what is missing, from whom, since when, and only such reminders as really went."""
    report = matter.report
    together: dict[tuple[str, bool, datetime, tuple[date, ...]], list[str]] = {}
    for notice in matter.late:
        reminded = tuple(dict.fromkeys(local_date(each.handed_at) for each in notice.sent_before if each.reminds))
        same = short_krav(notice), notice.nothing_came, notice.due_at, reminded
        together.setdefault(same, []).append(notice.unit_said)
    lines = []
    for (krav, nothing_came, due, reminded), names in together.items():
        clock = clock_text(due.astimezone(STOCKHOLM).time())
        sent = f" Påminnelse skickades {said_days(reminded)}." if reminded else ""
        lines.append(
            f"{_capital(krav)} till {report} saknas{'' if nothing_came else ' delvis'} från "
            f"{listing(list(dict.fromkeys(names)))}. Fristen gick ut {said_day(local_date(due))} {clock}.{sent}"
        )
    return [
        *lines,
        *(f"{done} av {total} enheter har lämnat in allt." for done, total in matter.came if 0 < done < total),
    ]


def assessed(matter: MatterView) -> str:
    """Return what the service says follows, where the one who signs has said nothing else."""
    if matter.awaited:
        return f"Enheterna behöver det som saknas för att kunna göra klart sina underlag till {matter.report}."
    return f"{_capital(matter.report)} kan inte bli fullständig förrän det som saknas har kommit in."


def _assessment(matter: MatterView) -> list[str]:
    """Say what follows: the report cannot be put together whole, the next bodies, and the law's days."""
    lines = [*(matter.assessment or (assessed(matter),)), *matter.after]
    if matter.until:
        lines.append(
            f"Förslaget tar sikte på {said_day(matter.until)}. Därför föreslås att paragrafen förklaras omedelbart "
            "justerad, så att de som berörs får del av beslutet i tid."
        )
    return lines


def _late(notice: NoticeView) -> dict[str, Any]:
    missing = [
        f"{each.name}{f' – {each.what}' if each.handed_in else ''} ({_law(str(each.lagrum))})"
        for each in notice.missing
    ]
    law = notice.lawful_until if notice.law_missed else None
    return {
        "namn": _text(notice.unit_name),
        "namn_i_mening": _text(notice.unit_said),
        "krav": _text(notice.krav_name),
        "ansvariga": _text(_capital(listing(list(notice.owing)))),
        "saknas": [_text(each) for each in missing or [f"{_capital(notice.krav_name)} har inte kommit in"]],
        "frist": _text(_day_and_clock(notice.due_at)),
        "lagens_dag": _text(day_text(law)) if law else "",
        "brev": list(_sent(notice.sent_before)),
    }


def _day_and_clock(at: datetime) -> str:
    """Return ``21 september 2027 kl. 16.00``, for a table's narrow column."""
    return f"{said_day(local_date(at)).removeprefix('den ')} {clock_text(at.astimezone(STOCKHOLM).time())}"


def _sent(letters: Sequence[SentLetter]) -> Iterator[dict[str, str]]:
    """Give what was handed over, a line for each rung of a day with all whom it went to."""
    together: dict[tuple[date, str], list[str]] = {}
    for each in letters:
        together.setdefault((local_date(each.handed_at), each.rung_name), []).append(each.to)
    for (day, rung), to in together.items():
        yield {
            "överlämnat": _text(said_day(day).removeprefix("den ")),
            "namn": _text(_capital(rung)),
            "till": _text(_capital(listing(list(dict.fromkeys(to))))),
        }


def _text(text: str) -> str:
    """Return a field's text, in which no line ends within a date or a lagrum, or before AB."""
    return re.sub(r" (?=AB\b)", "\u00a0", unbroken(one_line(text)))


def _law(text: str) -> str:
    """Return what a field says of the law, with Swedish quotation marks round a document's heading."""
    return _text(text.replace('"', "”"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rubrik(matter: MatterView) -> str:
    what = lacking(matter)
    return f"Extra ärende: {what}" if matter.is_extra else what[:1].upper() + what[1:]
