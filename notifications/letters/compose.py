"""Letters' words: pure functions from views to what people read. Nothing here reads a clock or a database.

The words are in ``templates/``, once for text and html; ``wording`` is what they are written in.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from notifications.letters.html import to_html, with_banner
from notifications.letters.papers.tjansteskrivelse import tjansteskrivelse_file
from notifications.letters.text import to_text, words
from notifications.letters.views.body_views import HandedOnView, HandOverView
from notifications.letters.views.composed import Attachment, Composed, Reader
from notifications.letters.views.matter_view import AfterView, DraftView, MatterView
from notifications.letters.views.notice_view import NoticeView
from notifications.letters.views.receipt_view import ReceiptView
from notifications.letters.views.underlag_views import ReopenedView, SentBackView, TakenAwayView
from notifications.letters.views.week_view import WeekView
from notifications.letters.wording import is_late, pressing, render
from notifications.office import UNNAMED, Letterhead
from notifications.plain import one_line


def daily(
    reader: Reader,
    notices: Sequence[NoticeView],
    today: date,
    sender: Letterhead,
    calendar_files: Sequence[Attachment] = (),
    mall_files: Sequence[Attachment] = (),
    also_late: Sequence[NoticeView] = (),
    drafts: Sequence[DraftView] = (),
) -> Composed:
    """Compose the one letter of the day: all that ``reader`` is told ``today``, the most pressing first.

    ``calendar_files`` are those of :mod:`notifications.calendars.frist_calendar`, for fristen that are new or moved;
    ``mall_files`` are the mallar to fill in, and ``also_late`` what else the reader owes that is late.
    ``drafts`` are the tjänsteskrivelser that the reader signs if nothing comes. Raises ValueError when there is nothing to tell.
    """
    if not notices:
        raise ValueError("a letter of the day needs at least one notice")
    ordered = sorted(notices, key=pressing)
    mine = [notice for notice in ordered if notice.recipient_owes]
    late, coming = ([notice for notice in mine if is_late(notice) is it] for it in (True, False))
    return _compose(
        "daily.xml",
        sender,
        (*(each.file for each in drafts), *calendar_files, *mall_files),
        reader=reader,
        today=today,
        notices=ordered,
        own=[*late, *also_late, *coming],
        others=[notice for notice in ordered if not notice.recipient_owes],
        calendar_files=len(calendar_files),
        mall_files=[each.filename for each in mall_files],
        also_late=list(also_late),
        drafts=drafts,
    )


def escalation(reader: Reader, matter: MatterView, template: bytes | None = None) -> Composed:
    """Compose the letter that brings a matter before KSAU, with its tjänsteskrivelse; ``template`` None: ours."""
    return _compose(
        "escalation.xml",
        Letterhead(matter.municipality, matter.office),
        (paper(matter, template),),
        reader=reader,
        matter=matter,
    )


def paper_copy(
    reader: Reader, matter: MatterView, *, owes: bool, signs: bool, template: bytes | None = None
) -> Composed:
    """Compose the letter with a copy of a tjänsteskrivelse that has gone, for who ``signs`` it or is named in it."""
    return _compose(
        "paper_copy.xml",
        Letterhead(matter.municipality, matter.office),
        (paper(matter, template),),
        reader=reader,
        matter=matter,
        owes=owes,
        signs=signs,
    )


@lru_cache(maxsize=8)
def paper(matter: MatterView, template: bytes | None = None) -> Attachment:
    """Return the tjänsteskrivelse; every reader of a matter gets the same."""
    return tjansteskrivelse_file(matter, template)


def withdrawn(reader: Reader, matter: MatterView, after: AfterView | None = None) -> Composed:
    """Compose the word that everything came in before the agenda closed: the matter is withdrawn."""
    return _ended("withdrawn.xml", reader, matter, after)


def completed(reader: Reader, matter: MatterView, after: AfterView | None = None) -> Composed:
    """Compose the word that what was missing came in after the agenda closed (komplettering inkommen)."""
    return _ended("completed.xml", reader, matter, after)


def settled(reader: Reader, matter: MatterView, after: AfterView | None = None) -> Composed:
    """Compose the word that the body has decided the matter, for those above who were told of it."""
    return _ended("settled.xml", reader, matter, after)


def _ended(template: str, reader: Reader, matter: MatterView, after: AfterView | None) -> Composed:
    after = after or AfterView()
    files = (after.paper,) if after.paper else ()
    return _compose(
        template,
        Letterhead(matter.municipality, matter.office),
        files,
        reader=reader,
        matter=matter,
        after=after,
        left=after.left,
    )


def receipt(reader: Reader, receipt: ReceiptView, sender: Letterhead = UNNAMED) -> Composed:
    """Compose the kvittens of a hand-in: when, what, each file's SHA-256, and what remains."""
    return _compose("receipt.xml", sender, reader=reader, receipt=receipt)


def reopened(
    reader: Reader, view: ReopenedView, sender: Letterhead = UNNAMED, calendar_files: Sequence[Attachment] = ()
) -> Composed:
    """Compose the word that the ledger changed what was handed in: row by row, by how much, and until when to mend."""
    files = tuple(calendar_files)
    return _compose("reopened.xml", sender, files, reader=reader, it=view, calendar_files=len(files))


def sent_back(
    reader: Reader, view: SentBackView, sender: Letterhead = UNNAMED, calendar_files: Sequence[Attachment] = ()
) -> Composed:
    """Compose the word that an underlag was sent back: why, which parts, and until when to mend it."""
    files = tuple(calendar_files)
    return _compose("sent_back.xml", sender, files, reader=reader, it=view, calendar_files=len(files))


def taken_away(
    reader: Reader, view: TakenAwayView, sender: Letterhead = UNNAMED, calendar_files: Sequence[Attachment] = ()
) -> Composed:
    """Compose the word that a version was taken away: which, why, and until when to hand it in again if it is missing."""
    files = tuple(calendar_files)
    return _compose("taken_away.xml", sender, files, reader=reader, it=view, calendar_files=len(files))


def hand_over(reader: Reader, view: HandOverView) -> Composed:
    """Compose the letter of hand-over."""
    return _compose("hand_over.xml", Letterhead(view.municipality, view.office), reader=reader, it=view)


def handed_on(reader: Reader, view: HandedOnView) -> Composed:
    """Compose the word that a body has handed a report on."""
    return _compose("handed_on.xml", Letterhead(view.municipality, view.office), reader=reader, it=view)


def weekly(week: WeekView, sender: Letterhead = UNNAMED) -> Composed:
    """Compose the ekonomikontor's letter of the week."""
    return _compose("weekly.xml", sender, week=week)


def note(
    subject: str,
    paragraphs: Sequence[str | Sequence[str]],
    sender: Letterhead = UNNAMED,
    reader: Reader | None = None,
    page: str = "",
    hello: str = "",
) -> Composed:
    """Compose a short word; to the ekonomikontor, to a ``reader``, or to somebody who has no role in it (``hello``: the name).

    ``page`` is what the button to the reader's page says. A paragraph that is several is a list of them.
    """
    paragraphs = [each for each in paragraphs if each]
    given: dict[str, Any] = {"reader": reader} if reader else {}
    return _compose("note.xml", sender, subject=subject, paragraphs=paragraphs, page=page, hello=hello, **given)


def login(reader: Reader, until: datetime, sender: Letterhead = UNNAMED) -> Composed:
    """Compose the letter with a one-time login link, which works until ``until``."""
    return _compose("login.xml", sender, reader=reader, until=until)


def links(reader: Reader, page: str, sender: Letterhead = UNNAMED) -> Composed:
    """Compose the letter with the links that somebody without an account asked for: to read ``page``, and their own."""
    return _compose("links.xml", sender, reader=replace(reader, page=page, logs_in=False))


def code(reader: Reader, code: str, about: str, until: datetime, sender: Letterhead = UNNAMED) -> Composed:
    """Compose the letter with a one-time code for what ``about`` says, which works until ``until``."""
    spaced = f"{code[:3]} {code[3:]}"
    return _compose("code.xml", sender, reader=reader, code=spaced, about=about, until=until)


def shadow(composed: Composed, would_have: Sequence[str], sender: Letterhead = UNNAMED) -> Composed:
    """Return the same letter for the ekonomikontor, saying first who would have got it (utskick ``skugga``)."""
    banner = render("shadow.xml", subject=composed.subject, would_have=would_have, office=sender.office)
    subject = _take_subject(banner)
    return Composed(
        subject=subject,
        text=f"{to_text(banner)}\n{composed.text}",
        html=with_banner(composed.html, banner),
        attachments=composed.attachments,
    )


def again(composed: Composed, to: Sequence[str], sent_at: datetime, sender: Letterhead = UNNAMED) -> Composed:
    """Return a letter to send once more, saying first when it went and to which addresses."""
    banner = render("again.xml", subject=composed.subject, to=to, sent_at=sent_at, office=sender.office)
    return replace(
        composed,
        subject=_take_subject(banner),
        text=f"{to_text(banner)}\n{composed.text}",
        html=with_banner(composed.html, banner),
    )


def with_attachments(composed: Composed, attachments: Sequence[Attachment]) -> Composed:
    """Return the same letter with more files after those that it has."""
    return replace(composed, attachments=(*composed.attachments, *attachments))


def with_diarienummer(composed: Composed, number: str | None) -> Composed:
    """Return the same letter with the diarienummer in its subject, where the registrator and the diarium look."""
    return replace(composed, subject=f"{composed.subject} (dnr {one_line(number)})") if number else composed


def _compose(template: str, sender: Letterhead, attachments: tuple[Attachment, ...] = (), **values: Any) -> Composed:
    letter = render(template, municipality=sender.municipality, office=sender.office, **values)
    subject = _take_subject(letter)
    head = " · ".join(one_line(each) for each in (sender.municipality, sender.name) if each)
    return Composed(
        subject=subject,
        text=to_text(letter),
        html=to_html(letter, title=subject, sender=head),
        attachments=attachments,
    )


def _take_subject(letter: Element) -> str:
    subject = letter[0]
    letter.remove(subject)
    return words(subject)
