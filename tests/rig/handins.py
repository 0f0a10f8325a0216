"""The tests' own small municipality (Strandby), its people and a filled store, and small real files to hand in."""

import zipfile
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any
from weakref import finalize

from sqlalchemy.util import LRUCache

from arshjul.definition.reading import Sourced
from arshjul.swedish import STOCKHOLM
from arshjul.year.wheel import Wheel
from store.database import Store, memory_store, open_store
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from tests.rig.load import made_up, people_of
from tests.rig.paths import ROOT

HOME = "strandby"
DEFINITIONS = ROOT / "calendar" / "definitions"
NOW = datetime(2027, 9, 10, 9, 0, tzinfo=STOCKHOLM)  # a Friday; the delårsrapport is due Tuesday the 21st

BIN_UNDERLAG = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"
BIN_PROGNOS = "strandby/prognos/2027-08/bildningsnamnden/underlag"
BIN_PROTOKOLL = "strandby/delarsrapport/2027-08/bildningsnamnden/protokoll"
OMN_UNDERLAG = "strandby/delarsrapport/2027-08/omsorgsnamnden/underlag"
KS_UNDERLAG = "strandby/delarsrapport/2027-08/kommunstyrelsen/underlag"
ANVISNING = "strandby/delarsrapport/2027-08/kommunstyrelsen/anvisning"

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PROTECTED = PDF.replace(b"<<>>endobj", b"<</Encrypt 3 0 R>>endobj")  # may or may not open: a question
OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600
LOCKED_EXCEL = OLD_EXCEL + "EncryptedPackage".encode("utf-16-le")


def home() -> Sourced:
    """Strandby's definition: four enheter with Hedemora's days, which ask for files and say nothing of what is in them."""
    return made_up(HOME)


def people_csv() -> str:
    return people_of(HOME)


@dataclass
class Town:
    """A store with a town's people and plan in it."""

    store: Store
    wheel: Wheel
    sourced: Sourced


@cache
def _filled(now: datetime, name: str) -> Town:
    return filled(now, made_up(name), people_of(name))


def filled(now: datetime, sourced: Sourced, people: str) -> Town:
    """A store with these people and the definition's plan in it."""
    store, definition = memory_store(), sourced.definition
    with store.begin() as session:
        import_people(session, people, f"{definition.kommun.id}.personer.csv", definition, now, "test")
        wheel = current_wheel(session, definition, now)
        sync(session, wheel, now)
    return Town(store, wheel, sourced)


def town(now: datetime = NOW, *, name: str = HOME) -> Town:
    """A store of the test's own: a copy, for filling one takes longer than a test."""
    return copied(_filled(now, name))


#: the SQL of questions, by question and dialect: no store is in it, and a test asks the same as the last one
_COMPILED = LRUCache[Any, Any](2000)


def copied(place: Town) -> Town:
    """A copy of a store, for a test of its own."""
    return replace(place, store=copy_of(place.store))


def copy_of(store: Store) -> Store:
    """A store in memory with the same in it. What SQLAlchemy has made of a question it need not make again."""
    copy = open_store("sqlite://")
    copy.engine.dialect = store.engine.dialect
    copy.engine.update_execution_options(compiled_cache=_COMPILED)
    source, target = (each.engine.raw_connection().driver_connection for each in (store, copy))
    source.backup(target)
    finalize(copy, copy.engine.dispose)  # its memory at once, not when somebody looks for garbage
    return copy


@cache
def _empty() -> Store:
    return memory_store()


def empty_store() -> Store:
    """An empty store of the test's own, with all tables."""
    return copy_of(_empty())


def archive(**files: bytes) -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            # a fixed time: the bytes stand in tests' names, which every worker must collect alike
            entry = zipfile.ZipInfo(name, date_time=NOW.timetuple()[:6])
            zipped.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def xlsx(mark: bytes = b"1", **more: bytes) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "mark": mark, **more})


def docx(mark: bytes = b"1", **more: bytes) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>", "mark": mark, **more})


def odt(manifest: bytes = b"<manifest/>") -> bytes:
    media_type = b"application/vnd.oasis.opendocument.text"
    return archive(**{"mimetype": media_type, "content.xml": b"<office/>", "META-INF/manifest.xml": manifest})


def locked_zip() -> bytes:
    content = bytearray(xlsx())
    for at in range(len(content) - 4):  # set the encryption bit of each entry, as a locked archive has it
        if content[at : at + 4] == b"PK\x03\x04":
            content[at + 6] |= 1
        elif content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    return bytes(content)


HEAD = "roll,enhet,namn,e-post,från,till,ersättare,ersättare e-post,ersättare från,ersättare till\n"
