"""The test letter: does the server take anything from us? Asked before letters go sharply, answered at once."""

import secrets
from datetime import datetime

from actions.act import Act
from arshjul.swedish import instant_text
from notifications.letters import compose
from notifications.letters.mime import build, message_id
from notifications.office import Office
from notifications.post.post import Post, PostError
from store.database import Session
from store.service.installation import installed, set_up

KEY = "provbrev"


async def try_post(post: Post, office: Office, now: datetime) -> str:
    """Send a letter to the ekonomikontor's own address past the outbox; return in Swedish how it went, and what to do."""
    ident = message_id(
        f"{KEY}/{now.isoformat()}/{secrets.token_hex(8)}", office.mail_from.rpartition("@")[2], office.secret
    )
    words = [
        f"Det här är ett provbrev från årshjulet, skickat {instant_text(now)}.",
        "Du som läser det vet att breven går fram hit. Inget behöver göras.",
    ]
    mime = build(
        compose.note("Provbrev från årshjulet", words, office.sender),
        sender=office.mail_from,
        to=[office.mail_from],
        sender_name=f"{office.sender.municipality}, {office.sender.office}",
        key=KEY,
        message_id=ident,
        now=now,
    )
    try:
        async with post:
            delivery = await post.deliver(office.mail_from, (office.mail_from,), mime)
    except PostError as error:
        return f"Provbrevet gick inte: {error}"
    if delivery.accepted:
        return f"E-postservern tog emot provbrevet till {office.mail_from}. Se efter att det har kommit, också i skräpposten."
    said = " ".join((*delivery.refused.values(), *delivery.deferred.values()))
    return f"Provbrevet till {office.mail_from} togs inte emot: {said}"


def note_tried(act: Act, words: str) -> None:
    """Keep how a test letter went, until the next one."""
    scene = act.scene
    set_up(scene.session, {KEY: f"{instant_text(scene.now)}: {words}"}, scene.now, replace=True, by=act.by)


def how_it_went(session: Session) -> str:
    """Return when a test letter was last sent, and how it went; "" when none was."""
    return installed(session, KEY) or ""
