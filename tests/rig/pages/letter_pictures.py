"""Letters of a rehearsed year, laid out for somebody to look at, and the words that they break.

``python -m tests.rig.pages.letter_pictures FOLDER [MUNICIPALITY ...]`` rehearses a year in each municipality, once with
nobody handing anything in and once with all of it handed in early. Of each kind of letter and rung it keeps the longest and the
shortest, as html and as pictures at the widths of a telephone and of a desk. ``alla-slag`` is no municipality but an autumn in which
people do by hand what no year is rehearsed with: grant and refuse anstånd, send back, take away, decide, name a deputy, log in.
Exit code 1 when a word is broken, a letter is wider than its screen, or a Monday letter more than a screen on a desk.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from app.rehearsal.rehearsal import rehearse
from app.rehearsal.scenario import Scenario
from arshjul.swedish import local
from notifications.letters import compose
from notifications.letters.sealing import unsealed
from notifications.office import Letterhead
from store.database import memory_store
from store.tables import LetterRow
from tests.rig.letter_autumn import Autumn, live
from tests.rig.letter_beside import Laid, beside
from tests.rig.letter_views import KARIN
from tests.rig.load import file_of, shipped
from tests.rig.pages.broken_words import broken_words
from tests.rig.pages.browsers import browser

WIDTHS = (390, 800)
SCREEN = 1100  #: the Monday letter's pixels on a desk in the worst week
EVERY = "alla-slag"
CARELESS = Scenario.model_validate({})
CAREFUL = Scenario.model_validate({"inlämningar": [{"arbetsdagar före fristen": 3}]})


def letters(municipality: str, scenario: Scenario, year: int) -> Iterator[Laid]:
    """Rehearse a year; give the longest and the shortest letter of each kind and rung."""
    store, people = memory_store(), file_of(municipality).with_suffix(".personer.csv")
    rehearse(shipped(municipality), people.read_text() if people.exists() else None, year, scenario, store=store)
    with store.read() as session:
        yield from _longest_and_shortest(session.scalars(select(LetterRow).order_by(LetterRow.id)), b"rehearsal")


def every_kind(autumn: Autumn | None = None) -> Iterator[Laid]:
    """Give the longest and the shortest letter of each kind: of an autumn in which people do things by hand, and beside it."""
    if autumn is None:
        live(autumn := Autumn())
    yield from _longest_and_shortest(autumn.town.rows(LetterRow), autumn.town.office.secret)
    yield from beside()
    kommun, when = Letterhead("Hedemora kommun"), local(date(2027, 9, 14), time(10, 15))
    about = "att breven vilar till och med den 20 september."
    yield Laid(kind="kod", which="", html=compose.code(KARIN, "123456", about, when, kommun).html)
    reader = replace(KARIN, page="")
    yield Laid(kind="inloggning", which="lankar", html=compose.links(reader, KARIN.link or "", kommun).html)


def _longest_and_shortest(rows: Iterable[LetterRow], secret: bytes) -> Iterator[Laid]:
    kept: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        mail = message_from_bytes(unsealed(row.mime, secret), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if body := mail.get_body(("html",)):
            kept.setdefault((row.kind, _rung(row)), []).append(str(body.get_content()))
    for (kind, rung), all_of_them in kept.items():
        ordered = sorted(all_of_them, key=len)
        for which, html in {"kort": ordered[0], "lang": ordered[-1]}.items():
            yield Laid(kind=kind, which=f"{rung} {which}".strip(), html=html)


def _rung(row: LetterRow) -> str:
    """Return the first word of the subject that tells rungs apart: they are said differently."""
    return row.subject.partition(":")[0].split()[0] if row.kind == "dagens brev" else ""


def main(folder: Path, *municipalities: str) -> int:
    """Write the pictures; say which words are broken, and return how many."""
    for name in municipalities or ("hedemora",):
        if name == EVERY:
            for letter in every_kind():
                (folder / f"{name}-{letter.name}.html").write_text(letter.html)
            continue
        for manner, scenario in (("slarvig", CARELESS), ("noggrann", CAREFUL)):
            for letter in letters(name, scenario, 2027):
                (folder / f"{name}-{manner}-{letter.name}.html").write_text(letter.html)
    broken = 0
    with browser() as opened:
        page = opened.new_page()
        for file in sorted(folder.glob("*.html")):
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(file.as_uri())
                page.screenshot(path=file.with_suffix(f".{width}.png"), full_page=True)
                wide = page.evaluate("document.documentElement.scrollWidth") > width
                high = page.evaluate("document.documentElement.scrollHeight") if "veckans-brev" in file.name else 0
                faults = ["wider than the screen"] * wide + ["more than a screen"] * (width == 800 and high > SCREEN)
                for word in [*broken_words(page), *faults]:
                    broken += 1
                    print(f"{file.name}, {width}: {word}")
    return broken


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sys.exit(bool(main(target, *sys.argv[2:])))
