"""What one setting's value must be: read into what the service uses, or refused in Swedish with what to write instead."""

import os
import re
from datetime import date, datetime
from email.utils import getaddresses
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from arshjul.swedish import local
from notifications.post.mail_url import is_loopback, parse_imap_url, parse_smtp_url
from store.people.person_words import address_faults, name_faults
from submissions.files.scanning import Clamd

DATABASES = ("sqlite", "postgresql")
AUTHSERV = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")
EVERYBODYS = frozenset(
    {"mx.microsoft.com", "protection.outlook.com"}
)  #: names under which any customer's mail is passed


def absolute(path: Path) -> Path:
    """Return the whole path: the children may stand in another folder."""
    try:
        return path.expanduser().absolute()  # the children may stand in another folder
    except RuntimeError:
        raise ValueError(f"'{path}': hemkatalogen går inte att hitta. Skriv hela sökvägen i stället för ~.") from None


def is_usable(path: Path) -> Path:
    """Return a folder that is there and that the service may read and write in."""
    if not path.is_dir():
        raise ValueError(f"mappen {path} finns inte. Skapa den, rätta sökvägen, eller ta bort variabeln.")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise ValueError(f"mappen {path} går inte att läsa och skriva i. Ge tjänstens användare rätt till det.")
    return path


def is_folder(path: Path) -> Path:
    """Return a folder that is there, or can be made."""
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} är en fil. Ange en mapp.")
    return path


def is_there(path: Path) -> Path:
    """Return a file that is there."""
    if not path.is_file():
        raise ValueError(f"filen {path} finns inte. Rätta sökvägen, eller ta bort variabeln.")
    return path


def known_database(url: str) -> str:
    """Return the URL of an SQLite file or a PostgreSQL server, as SQLAlchemy wants it."""
    backend, colon, rest = url.partition("://")
    if not colon or backend.partition("+")[0] not in DATABASES:
        raise ValueError(
            "adressen ska börja med sqlite:/// eller postgresql://, "
            "till exempel postgresql://arshjul:lösenord@server/arshjul."
        )
    return f"postgresql+psycopg://{rest}" if backend == "postgresql" else url


def mail_server(read: object) -> object:
    """Read the URL of an SMTP server."""
    return parse_smtp_url(read) if isinstance(read, str) else read


def mailbox(read: object) -> object:
    """Read the URL of an IMAP mailbox."""
    return parse_imap_url(read) if isinstance(read, str) else read


def scanner(address: str) -> str:
    """Return the address of a virus scanner."""
    return Clamd(address).address


def reachable(address: str) -> str:
    """Return an address that a letter can be written to."""
    for fault in address_faults(address):
        raise ValueError(f"{fault[:1].upper()}{fault[1:]}.")
    return address


def contact(contact: str) -> str:
    """Return an address or an https page; "" is none."""
    if contact and not re.fullmatch(r"https://\S+|[^\s@:/?]+@[^\s@:/?]+\.[^\s@:/?]+", contact):
        raise ValueError(f"'{contact}' är ingen e-postadress och ingen sida; skriv namn@kommunen.se eller https://…")
    return contact


def address(address: str) -> str:
    """Return the one address that letters come from."""
    name, at, domain = address.rpartition("@")
    if not (name and at and domain) or any(sign in address for sign in " \r\n,;"):
        raise ValueError(f"'{address}' är ingen e-postadress. Skriv till exempel ekonomi@example.se.")
    return address


def servers(read: object) -> object:
    """Read authserv-ids with commas between, folded; none under which everybody's mail is passed."""
    if not isinstance(read, str):
        return read
    names = frozenset(filter(None, (name.strip().lower() for name in read.split(","))))
    for name in sorted(names):
        if not AUTHSERV.fullmatch(name):
            raise ValueError(
                f"'{name}' är inget authserv-id. Skriv det som står först i Authentication-Results på ett brev i "
                "er brevlåda, till exempel mx.example.se; flera med komma emellan."
            )
        if name in EVERYBODYS:
            raise ValueError(
                f"'{name}' skriver alla Microsofts kunder. Har ni brevlådan i Exchange Online, ta bort det och sätt "
                "ARSHJUL_MAIL_AUTHSERV_ALSO=compauth i stället."
            )
    return names


def web_address(url: str) -> str:
    """Return a web address without a slash at its end."""
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise ValueError(f"'{url}' är ingen webbadress. Skriv till exempel https://arshjul.example.se.")
    return url.rstrip("/")


def people(read: object) -> object:
    """Read names and addresses with commas between, as a letter's To has them."""
    if not isinstance(read, str):
        return read
    found = getaddresses([read])
    for name, address in found:
        for fault in chain(address_faults(address), name_faults(name) if name else ()):
            raise ValueError(f"{fault[:1].upper()}{fault[1:]}.")
    return tuple((name or address, address) for name, address in found)


def words(read: object) -> object:
    """Read words with commas between."""
    return frozenset(filter(None, map(str.strip, read.split(",")))) if isinstance(read, str) else read


def issuer(url: str) -> str:
    """Return an address that is asked over TLS, or is this machine's own."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError(f"'{url}' ska börja med https://. Skriv till exempel https://login.example.se.")
    return url


def openid(scope: str) -> str:
    """Return scopes, openid among them."""
    if "openid" not in scope.split():
        raise ValueError("ordet openid ska stå där, till exempel openid profile email.")
    return scope


def slug(name: str) -> str:
    """Return a name of a–z, 0–9 and hyphens."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"'{name}' går inte. Skriv små bokstäver a–z, siffror och bindestreck, till exempel test.")
    return name


def pair(secret: SecretStr) -> SecretStr:
    """Return a name and a password with a colon between."""
    if ":" not in secret.get_secret_value():
        raise ValueError("skriv namn och lösenord med kolon emellan, namn:lösenord.")
    return secret


def day(read: object) -> object:
    """Read a day, YYYY-MM-DD."""
    try:
        return date.fromisoformat(read) if isinstance(read, str) else read
    except ValueError:
        raise ValueError(f"'{read}' är inget datum. Skriv till exempel 2027-09-10.") from None


def instant(read: object) -> object:
    """Read an instant; Swedish local time unless it says another."""
    try:
        instant = datetime.fromisoformat(read) if isinstance(read, str) else read
    except ValueError:
        raise ValueError(f"'{read}' är ingen tidpunkt. Skriv till exempel 2027-09-10T06:55.") from None
    if isinstance(instant, datetime) and instant.tzinfo is None:
        return local(instant.date(), instant.time())
    return instant
