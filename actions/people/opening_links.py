"""A link tried: a personal one, by which one hands in, reads or signs, and one that logs in, once."""

from datetime import datetime

from arshjul.errors import RefusedError
from arshjul.swedish import day_text, local_date
from store.access import links, login_links
from store.database import Session
from store.tables import Link, LoginLink

ASK = "Be ekonomikontoret om en ny länk."
_OR_ASK = f"{ASK[0].lower()}{ASK[1:]}"
AGAIN = "Be om en ny på inloggningssidan."
USED = f"Inloggningslänken är redan använd: den fungerar en gång. {AGAIN}"


def open_link(session: Session, secret: bytes, token: str, now: datetime, purpose: str = links.PURPOSE) -> Link:
    """Return the link that a token opens, to hand in by or (``purpose``) to read by. Changes nothing.

    Raises RefusedError, with what to do, for a token that is forged, expired, revoked or replaced.
    """
    found = links.read(secret, token, purpose)
    if found is None:
        raise RefusedError(
            f"Länken är inte hel eller har ändrats. Kopiera hela länken ur brevet. Hjälper det inte: {_OR_ASK}"
        )
    return open_by_id(session, *found, now)


def open_by_id(session: Session, link_id: str, generation: int, now: datetime) -> Link:
    """Return a link that still opens; RefusedError as :func:`open_link`."""
    link = links.by_id(session, link_id)
    if link is None:
        raise RefusedError(f"Länken finns inte längre. {ASK}")
    if link.revoked_at is not None:
        raise RefusedError(f"Länken är återkallad sedan {day_text(local_date(link.revoked_at))}. {ASK}")
    if link.generation != generation:
        raise RefusedError(
            f"Länken är ersatt av en nyare. Använd länken i ditt senaste brev. Har du inget nyare: {_OR_ASK}"
        )
    if link.expires_at <= now:
        raise RefusedError(f"Länken gällde till {day_text(local_date(link.expires_at))}. {ASK}")
    return link


def look_at_login(session: Session, secret: bytes, token: str, now: datetime) -> LoginLink:
    """Return the link by which somebody can log in. Changes nothing: mail scanners open links.

    Raises RefusedError, with what to do, for a token that is forged, used or too old.
    """
    link = login_links.find(session, secret, token)
    if link is None:
        raise RefusedError(f"Inloggningslänken är inte hel, eller finns inte längre. {AGAIN}")
    if link.used_at is not None:
        raise RefusedError(USED)
    if link.expires_at <= now:
        minutes = login_links.LIFETIME.seconds // 60
        raise RefusedError(f"Inloggningslänken gällde i {minutes} minuter, och de har gått. {AGAIN}")
    return link


def use_login(session: Session, secret: bytes, token: str, now: datetime) -> LoginLink:
    """Use a link up and return it; of two at once only one succeeds. Raises as :func:`look_at_login`."""
    link = look_at_login(session, secret, token, now)
    if not login_links.use_up(session, link, now):
        raise RefusedError(USED)
    return link
