"""The tjänsteskrivelse (.docx) by which a report that is whole is put before a body: a Word template, filled in.

The template is the municipality's own (``papper: godkannande``), else ours, ``templates/godkannande.docx``. It sees the
fields of the tjänsteskrivelse of what is late (:mod:`notifications.letters.papers.tjansteskrivelse`), without what is about that.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from arshjul.swedish import in_running_text, instant_text, said_day
from notifications.letters.papers.tjansteskrivelse import paper_file
from notifications.letters.papers.word_template import fill, fill_apart
from notifications.letters.text import unbroken
from notifications.letters.views.composed import Attachment
from notifications.letters.views.matter_view import Signer
from notifications.plain import one_line

FILE = "godkannande.docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """What is put before a body, by whom, and what it rests on. Texts are Swedish, as they stand in the paper."""

    municipality: str
    title: str  #: "Uppföljningen av verksamhetsplanen per den 30 april 2027"
    report: str  #: the same in running text
    step_name: str
    period_text: str
    made_on: date
    body_name: str
    body_said: str
    proposal: tuple[str, ...]  #: who proposes what, a line each
    summary: tuple[str, ...]
    basis: tuple[str, ...]
    sent_to: tuple[str, ...]
    lagrum: str
    signer: Signer
    handler: str  #: who handles the matter; "" for the signer
    meeting_at: datetime | None
    agenda_closes: datetime | None
    diarienummer: str | None


def approval_file(view: ApprovalView, template: bytes | None = None) -> Attachment:
    """Return the paper as a file; the same input gives the same bytes. ``template`` None: ours.

    Raises WordTemplateError for a template that cannot be filled in.
    """
    fields = approval_fields(view)
    return paper_file(
        fill_apart(template, fields) if template else fill(our_approval(), fields),
        title=view.title,
        author=f"{view.municipality}, {view.signer.role_name}",
        made_on=view.made_on,
        about=f"{in_running_text(view.step_name)} {view.period_text}",
    )


@cache
def our_approval() -> bytes:
    """Return the template that ships with the service."""
    return (Path(__file__).parent / "templates" / FILE).read_bytes()


def approval_fields(view: ApprovalView) -> dict[str, Any]:
    """Return what a template can show, by the names that it uses. A text is "" when there is nothing to say."""
    signer = view.signer
    role = _capital(signer.role_name)
    named = signer.name if signer.name.casefold() != signer.role_name.casefold() else ""
    return {
        "kommun": _text(view.municipality),
        "organ": _text(view.body_name),
        "organet": _text(view.body_said),
        "datum": said_day(view.made_on).removeprefix("den "),
        "diarienummer": _text(view.diarienummer or ""),
        "rubrik": _text(view.title),
        "rapport": _text(view.report),
        "handläggare": _text(view.handler or _capital(", ".join(each for each in (named, signer.role_name) if each))),
        "undertecknare": _text(named),
        "undertecknarens_roll": _text(role),
        "upprättad": _text(f"Upprättad av kommunens årshjul för {signer.role_said}, att granska och skriva under."),
        "förslag": [_text(each) for each in view.proposal],
        "sammanfattning": [_text(each) for each in view.summary],
        "beslutsunderlag": [_text(each) for each in view.basis],
        "beslutet_skickas_till": [_text(each) for each in view.sent_to],
        "lagrum": _text(view.lagrum),
        "sammanträde": _text(instant_text(view.meeting_at)) if view.meeting_at else "",
        "dagordningen_stänger": _text(instant_text(view.agenda_closes)) if view.agenda_closes else "",
    }


def _text(text: str) -> str:
    return unbroken(one_line(text))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
