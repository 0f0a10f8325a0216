"""Letters of a rehearsed year, laid out for somebody to look at, and the words that they break.

``python -m tests.rig.pages.letter_pictures FOLDER [MUNICIPALITY ...]`` rehearses a year in each municipality, once with
nobody handing anything in and once with all of it handed in early. Of each kind of letter and rung it keeps the longest and the
shortest, as html and as pictures at the widths of a telephone and of a desk. Exit code 1 when a word is broken or a
letter is wider than its screen.
"""

import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from app.rehearsal.rehearsal import rehearse
from app.rehearsal.scenario import Scenario
from notifications.letters.sealing import unsealed
from store.database import memory_store
from store.tables import LetterRow
from tests.rig.load import file_of, shipped
from tests.rig.pages.broken_words import broken_words
from tests.rig.pages.browsers import browser

WIDTHS = (390, 800)
CARELESS = Scenario.model_validate({})
CAREFUL = Scenario.model_validate({"inlämningar": [{"arbetsdagar före fristen": 3}]})


def letters(municipality: str, scenario: Scenario, year: int) -> Iterator[tuple[str, str]]:
    """Rehearse a year; give the name and the html of the longest and the shortest letter of each kind and rung."""
    store, people = memory_store(), file_of(municipality).with_suffix(".personer.csv")
    rehearse(shipped(municipality), people.read_text() if people.exists() else None, year, scenario, store=store)
    kept: dict[tuple[str, str], list[str]] = {}
    with store.read() as session:
        for row in session.scalars(select(LetterRow).order_by(LetterRow.id)):
            mail = message_from_bytes(unsealed(row.mime, b"rehearsal"), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            if body := mail.get_body(("html",)):
                kept.setdefault((row.kind, _rung(row)), []).append(str(body.get_content()))
    for (kind, rung), all_of_them in kept.items():
        ordered = sorted(all_of_them, key=len)
        for which, html in {"kort": ordered[0], "lang": ordered[-1]}.items():
            yield f"{kind} {rung} {which}".replace(" ", "-"), html


def _rung(row: LetterRow) -> str:
    """Return the first word of the subject that tells rungs apart: they are said differently."""
    return row.subject.partition(":")[0].split()[0] if row.kind == "dagens brev" else ""


def main(folder: Path, *municipalities: str) -> int:
    """Write the pictures; say which words are broken, and return how many."""
    for name in municipalities or ("hedemora",):
        for manner, scenario in (("slarvig", CARELESS), ("noggrann", CAREFUL)):
            for letter, html in letters(name, scenario, 2027):
                (folder / f"{name}-{manner}-{letter}.html").write_text(html)
    broken = 0
    with browser() as opened:
        page = opened.new_page()
        for file in sorted(folder.glob("*.html")):
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(file.as_uri())
                page.screenshot(path=file.with_suffix(f".{width}.png"), full_page=True)
                wide = page.evaluate("document.documentElement.scrollWidth") > width
                for word in [*broken_words(page), *(["wider than the screen"] if wide else [])]:
                    broken += 1
                    print(f"{file.name}, {width}: {word}")
    return broken


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sys.exit(bool(main(target, *sys.argv[2:])))
