"""One månadsrapport's way up the ladder, in letters."""

import io
from datetime import date
from email.message import EmailMessage
from typing import Any

from docx import Document

from actions.scene import Scene
from store.tables import Matter
from tests.rig.rounds import House, body, house_after
from tests.rig.swedish_words import instant

SECRETARY = "ksau.sekreterare"


def afterwards(town: House, name: str) -> list[str]:
    return [body(mail) for mail in town.to(name) if "efter KSAU" in str(mail["Subject"])]


CHIEF_OF = "forvaltningschef.bildning"


LATE = "strandby/manadsrapport/2027-09/bildningsnamnden/underlag"  # frist: torsdag 14 oktober 2027 kl. 16.00


AFTER = ("fredag 15", "måndag 18", "tisdag 19", "onsdag 20", "torsdag 21")  # sen, ekonomichef, ... ksau


def month(*mornings: str, **options: Any) -> House:
    """The månadsrapport for September alone, in drift the day before its frist, after these mornings of October."""
    rounds = [f"{day} oktober 2027 kl. 07.00" for day in mornings]
    return house_after(*rounds, steps=("manadsrapport",), since=date(2027, 10, 13), **options)


def climb(town: House, days: tuple[str, ...] = AFTER) -> None:
    for day in days:
        town.morning(f"{day} oktober 2027")


def cases(town: House) -> list[str]:
    return [body(mail) for mail in town.to("ekonomikontoret") if "inte nått" in str(mail["Subject"])]


OMSORG, BOLAG = (LATE.replace("bildningsnamnden", unit) for unit in ("omsorgsnamnden", "bostadsbolaget"))
ALL = (LATE, OMSORG, BOLAG)


def three_before_ksau() -> House:
    """Two nämnder and a bolag with the månadsrapport for September before KSAU; the others have handed in."""
    town = month()
    with town.store.read() as session:
        wheel = Scene(session, town.office, instant("torsdag 14 oktober 2027 kl. 09.00")).wheel
        others = [one for one in wheel.obligations.values() if one.period.key == "2027-09" and one.key not in ALL]
    for one in others:
        town.hand_in(one.key, "torsdag 14 oktober 2027 kl. 10.00")
    for day in AFTER:
        town.morning(f"{day} oktober 2027")
    assert states(town) == dict.fromkeys(ALL, "väckt")
    return town


def states(town: House) -> dict[str, str]:
    return {row.obligation_key: row.state for row in town.rows(Matter)}


def paper(mail: EmailMessage) -> str:
    """The words of the tjänsteskrivelse in a letter."""
    (file,) = [part for part in mail.iter_attachments() if "jänsteskrivelse" in part.get_filename()]
    return paper_words(file.get_content())


def paper_words(content: bytes) -> str:
    """All that stands in a tjänsteskrivelse."""
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(each.text for each in document.paragraphs), *cells]).replace("\u00a0", " ")
