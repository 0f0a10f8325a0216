"""What a person may be called and reached at: one rule for a file, a form, a setting, a command and a login.

A name that mail programs turn into a link, that is the service's own, or that looks like another with letters of
another alphabet, fools who reads it. An address that logs in is plain ASCII: of two that look the same only one is real.
"""

import re
import unicodedata
from collections.abc import Iterator

from arshjul.addresses import can_carry
from arshjul.formulas import begins_formula
from arshjul.keys import RoleId
from store.acting import is_reserved

LONGEST_NAME = 200  #: characters; a longer one is a file gone wrong
_REACHED = re.compile(r".+\.[a-z]{2,}", re.IGNORECASE | re.ASCII)  #: a domain that a mail from elsewhere finds
_PHONE = re.compile(
    r"\+?[0-9][0-9 ()-]{3,28}[0-9]", re.ASCII
)  #: begins no formula: Excel keeps +46 as text in a file of ours
_LINK = re.compile(r"://|\bwww\.|\bmailto:", re.IGNORECASE)


def name_faults(name: str, role: RoleId | None = None) -> Iterator[str]:
    """Yield what is wrong with a person's name, and what to write.

    ``role`` is the role that it is for: the office's own mailbox may bear the office's name.
    """
    if not name:
        yield "namn saknas"
    elif len(name) > LONGEST_NAME:
        yield f"namn {name[:30]!r}… är längre än {LONGEST_NAME} tecken; skriv bara namnet"
    elif any(unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" for char in name):
        yield f"namn {name!r} har tecken som inte syns; skriv om det"
    elif begins_formula(name):
        yield f"namn {name!r} börjar så att Excel tar det för en formel; skriv om det"
    elif _LINK.search(name):
        yield f"namn {name!r} blir en länk i mejlprogram; skriv bara namnet"
    elif strange := _strange(name):
        yield f"namn {name!r} har {strange}; skriv om det med vanliga bokstäver"
    elif is_reserved(name) and name.strip().casefold() != role:
        yield f"namn {name!r} är tjänstens eget; skriv personens namn"


def address_faults(address: str) -> Iterator[str]:
    """Yield what is wrong with an address that is to log in or get letters, and what to write."""
    if not address:
        yield "e-post saknas"
    elif not address.isascii():
        odd = next(char for char in address if not char.isascii())
        what = f"tecknet {odd!r}" if odd.isprintable() else "ett tecken som inte syns"
        yield f"e-post {address!r} har {what}; skriv adressen med a–z och siffror, utan å, ä, ö och tecken som liknar andra"
    elif begins_formula(address) or not can_carry(address) or not _REACHED.fullmatch(address.rpartition("@")[2]):
        yield f"e-post '{address}' är ingen adress; skriv namn@doman.se"
    elif any(label.casefold().startswith("xn--") for label in address.rpartition("@")[2].split(".")):
        yield f"e-post '{address}' har ett domännamn som kan likna ett annat (xn--); skriv en adress med a–z"


def phone_faults(phone: str) -> Iterator[str]:
    """Yield what is wrong with a telephone number, and what to write; "" is none at all."""
    if phone and not _PHONE.fullmatch(phone):
        yield f"telefon {phone[:30]!r} är inget nummer; skriv 0225-340 00 eller +46 225 340 00"


def may_log_in(address: str) -> bool:
    """Tell whether an address is one that may log in: plain, so that no other looks like it."""
    return not any(address_faults(address))


def _strange(name: str) -> str:
    """Return what is strange with a name's letters: of two alphabets, or forms that stand for others (full-width)."""
    if unicodedata.normalize("NFKC", name) != unicodedata.normalize("NFC", name):
        return "tecken som bara liknar bokstäver"
    alphabets = {unicodedata.name(char, "").partition(" ")[0] for char in name if char.isalpha()}
    return "bokstäver ur olika alfabet" if "LATIN" in alphabets and len(alphabets) > 1 else ""
