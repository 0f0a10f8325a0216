"""Codes that show that whoever asks for something on the personal page reads the registered person's mail.

Six digits, a quarter of an hour, five tries, one use; bound to one request and to the link that it was made on. A
letter that was forwarded opens the page, but the code goes to the registered address: so it moves nobody's post.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from arshjul.errors import RefusedError
from arshjul.keys import PersonId
from store.access import codes
from store.access.codes import LIFETIME, Kind
from store.database import Session
from store.tables import AskedCode, Link

TRIES = 5  #: wrong codes, and then a new one must be asked for
MOST, WINDOW = 5, timedelta(hours=1)  #: so many codes a person can ask for within the window
DAY = timedelta(days=1)
MOST_A_DAY = 15  #: so many codes a person can ask for within a day
WRONG_A_DAY = 10  #: so many wrong codes a person can write within a day, in all of them: a million cannot be tried
AGAIN = "Be om en ny."
WORN = "Så många fel koder har skrivits det senaste dygnet att inga fler tas emot. Är det inte du: skriv till ekonomikontoret, som kan återkalla länken. Försök annars igen i morgon."


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTried:
    """What became of one try: the request when the code is right, else a word on what to do.

    ``again``: another try can be made with the same request.
    """

    asked: AskedCode | None
    word: str = ""
    again: bool = False


def make_code(
    session: Session, secret: bytes, link: Link, kind: Kind, what: Mapping[str, Any], now: datetime
) -> tuple[str, AskedCode]:
    """Return a new code of six digits, and its row. Earlier codes of the person stay as they are.

    Raises RefusedError when too many were asked for of late, on whichever of the person's links.
    """
    for most, window, words in ((MOST, WINDOW, "den senaste timmen"), (MOST_A_DAY, DAY, "det senaste dygnet")):
        if codes.made_since(session, link.person_id, now - window) >= most:
            raise RefusedError(
                f"Det har skickats {most} koder {words}. Vänta en stund, eller skriv till ekonomikontoret."
            )
    if _is_worn(session, link.person_id, now):
        raise RefusedError(WORN)
    return codes.make(session, secret, link, kind, what, now)


def closed_word(row: AskedCode, now: datetime) -> str:
    """Return why a code can no longer be used; "" when it can."""
    if row.used_at is not None:
        return "Koden är redan använd."
    if row.expires_at <= now:
        return f"Koden gällde i {LIFETIME.seconds // 60} minuter, och de har gått. {AGAIN}"
    return f"Koden har skrivits fel {TRIES} gånger och gäller inte längre. {AGAIN}" if row.tries >= TRIES else ""


def needs_used(row: AskedCode, kind: Kind, now: datetime) -> None:
    """Refuse where no code of this kind was shown right of late: what it opened stays open for as long as a code lives."""
    if row.kind != kind or row.used_at is None or now >= row.used_at + LIFETIME:
        raise RefusedError(f"Koden öppnar inget {kind} längre. Gå tillbaka till din sida och börja om.")


def use_code(session: Session, secret: bytes, row: AskedCode, code: str, now: datetime) -> CodeTried:
    """Try a code, and use it up when it is right; of two at once only one succeeds.

    A wrong one is counted and logged, so the transaction must be committed whatever the outcome.
    """
    if word := closed_word(row, now):
        codes.note_denied(session, row, now, "kod: har gått ut")
        return CodeTried(asked=None, word=word)
    if _is_worn(session, row.person_id, now):
        codes.note_denied(session, row, now, "kod: för många fel i dag")
        return CodeTried(asked=None, word=WORN)
    typed = "".join(char for char in code if char.isascii() and char.isdigit())[:12]
    if not codes.is_right(secret, row, typed):
        codes.count_wrong(session, row, TRIES)
    elif codes.use_up(session, row, now, TRIES):
        return CodeTried(asked=row)
    codes.note_denied(session, row, now, "kod: fel")
    left = TRIES - row.tries
    if left <= 0 or row.used_at is not None:
        return CodeTried(asked=None, word=closed_word(row, now))
    tries = "Ett försök kvar" if left == 1 else f"{left} försök kvar"
    return CodeTried(asked=None, word=f"Koden stämmer inte. {tries}. Läs den i det senaste brevet.", again=True)


def _is_worn(session: Session, person_id: PersonId, now: datetime) -> bool:
    """Tell whether so many wrong codes were written within a day that no more are tried."""
    return codes.wrong_since(session, person_id, now - DAY) >= WRONG_A_DAY
