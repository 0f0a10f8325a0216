"""The states of a letter in the outbox, and the kinds by which letters are known to more than who writes them."""

from datetime import timedelta

from store.tables import LetterRow

WAITING = "väntar"
RESERVED = "reserverat"
HANDED = "överlämnat"
REFUSED = "avvisat"
BOUNCED = "studsat"
TAKEN_BACK = "återtaget"  #: it was no longer so, and nobody is known to have got it

ESCALATION = "eskalering"  #: the kind of letter that brings a matter before a body, with its tjänsteskrivelse
CHANGED_MATTER = "ändrat ärende"  #: and of the one that tells what remains of it, with a new one
REMAINS = "kvar av ärendet"  #: the same for those who need no paper
REOPENED = "ändrad bokföring"  #: and of the one that tells what the ledger has changed in an underlag

REMINDED = "påminnelse nu"  #: of a reminder that somebody sent by hand
ONCE_MORE = "brev igen"  #: of a letter that somebody sent once more, as it was

STILL_HOPED_FOR = timedelta(
    days=5
)  #: a letter that the server never answers holds others back no longer (RFC 5321 4.5.4.1)


def may_have_come(letter: LetterRow) -> bool:
    """Tell whether a letter that nobody is known to have got may have come: an attempt was begun and never answered.

    The service died, or the connection was cut. Such a letter is on its way: it goes again as itself, under the same
    ids, and no other letter takes over what it says and is still so. One that the server still leaves unanswered
    ``STILL_HOPED_FOR`` after it was written may be what the server cannot bear, and counts as any other.
    """
    ended = letter.unanswered_at
    return letter.handed_at is None and ended is not None and ended - letter.made_at < STILL_HOPED_FOR
