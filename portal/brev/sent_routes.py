"""The letters as they went, whatever the post is: to an underlag, a report or a person, or all; for the ekonomikontor.

What opens something in them (links, codes) is blotted out as they lie in the store, so a page shows no way in.
"""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.responses import Response

from actions.scene import Scene
from arshjul.keys import PersonId, joined
from notifications.letters.sealing import without_seal
from portal.brev.shown_letter import enclosed_in, html_of, text_in
from portal.loggen.log_words import LETTER_STATES
from portal.web.attachments import attachment, note_read
from portal.web.context import PortalContext
from portal.web.logged_in import ByOffice, office, walled
from portal.web.pages import Pages
from portal.web.paths import RowId
from store.database import Session
from store.people.holders import person_of
from store.post.sent import letter_of, letters
from store.tables import LetterRow

PER_PAGE = 50
NO_LETTER = "Brevet finns inte, eller är gallrat. Gå tillbaka till listan."
NOTHING = "Årshjulet har inget sådant att visa brev om. Gå tillbaka och välj därifrån."


def routes(context: PortalContext, pages: Pages) -> APIRouter:
    """Return the routes, all of them the ekonomikontor's."""
    router = walled(prefix="/skickat", dependencies=[Depends(office)])

    @router.get("")
    def listed(who: ByOffice, om: str = "", till: str = "", sida: int = 1) -> Response:
        """Show the letters, the newest first: all, those about a report or an underlag (``om``), or to a person (``till``)."""
        with context.store.read() as session:
            scene = Scene(session, context.office, context.clock())
            about, thread, name, path = _about(scene, om)
            person = person_of(session, PersonId(till)) if till else None
            if till and person is None:
                raise HTTPException(404, NOTHING)
            page = min(max(1, sida), 10_000)
            count, rows = letters(
                session, about=about, thread=thread, person=person, offset=(page - 1) * PER_PAGE, most=PER_PAGE
            )
            return pages.html(
                "sent_letters.html", scene.now, who=who, rows=rows, count=count, page=page, more=count > page * PER_PAGE,
                about=name or (person.name if person else ""), path=path, om=om, till=till, states=LETTER_STATES,
            )  # fmt: skip

    @router.get("/{number}")
    def one(who: ByOffice, number: RowId) -> Response:
        """Show one letter as it went."""
        with context.store.read() as session:
            row, mail = _read(session, number)
            return pages.html(
                "sent_letter.html", context.clock(), who=who, row=row, text=text_in(mail), states=LETTER_STATES,
                has_html=mail.get_body(("html",)) is not None, enclosed=[each for each, _ in enclosed_in(mail)],
            )  # fmt: skip

    @router.get("/{number}/html")
    def body(number: RowId) -> Response:
        """Return a letter's html, for the frame."""
        with context.store.read() as session:
            return html_of(_read(session, number)[1])

    @router.get("/{number}/bilaga/{place}")
    def enclosure(who: ByOffice, number: RowId, place: int) -> Response:
        """Return a letter's file, to save."""
        with context.store.read() as session:
            row, mail = _read(session, number)
            key = row.key
        for enclosed, content in enclosed_in(mail):
            if enclosed.number == place:
                note_read(context, who, None, enclosed.filename, what=f"brev {key}"[:200])
                return attachment(content, enclosed.filename, enclosed.media_type)
        raise HTTPException(404, "Brevet har ingen sådan bilaga.")

    return router


def _read(session: Session, number: int) -> tuple[LetterRow, EmailMessage]:
    row = letter_of(session, number)
    if row is None or not row.mime:
        raise HTTPException(404, NO_LETTER)
    return row, BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(without_seal(row.mime))


def _about(scene: Scene, om: str) -> tuple[str, str, str, str]:
    """Return the key that letters about it begin with, what their threads do, what it is called, and its page."""
    if not om:
        return "", "", "", ""
    wheel, kommun = scene.wheel, scene.office.definition.kommun.id
    if one := wheel.find(joined(kommun, om)):
        return one.key, "", f"{one.unit_name}, {one.name}, {one.period.text}", f"/lage/{one.key.path}"
    if report := next((each for each in wheel.keys if each.path == om), None):
        found = wheel.occurrence(report)
        name = f"{found.step_name} {found.period.text}"
        return report.of_kommun(kommun), f"{report.path}/", name, f"/lage/{report.path}"
    raise HTTPException(404, NOTHING)
