"""A text's sections: what stands under each heading that was asked for, and under their own.

A heading that was asked for is a paragraph that says just that, with a number before it or not: in a heading style,
with an outline level, or a line by itself. One in a heading style or bold may say more ("Förväntad utveckling 2027"). A
heading of theirs that ranks below the one asked for divides its text and does not end it; a bold line never does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from submissions.files.filled import Section
from submissions.readers.formats.grid import cut
from submissions.readers.wanted import Wanted, WantedHeading
from submissions.readers.written import folded_heading

MAX_SECTION = 100_000  #: characters of a section
MAX_SECTIONS = 500
MAX_MARKED, MOST_MARKED = (
    80,
    20,
)  #: characters that are told of a text that is struck out or hidden; such texts of a section
_LONGEST = 200  # characters of a heading
_UNRANKED = 10  #: the rank of a line that is a heading only by its looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph. ``level`` is its rank as a heading, 1 highest; None: none. ``page`` only where there are pages."""

    text: str
    level: int | None = None
    bold: bool = False
    in_table: bool = False
    pictures: int = 0
    page: int | None = None
    struck: tuple[str, ...] = ()  #: what in it is struck out
    hidden: tuple[str, ...] = ()  #: what in it nobody sees who opens the file
    is_note: bool = False  #: a note to the paragraph before it, and never a heading


@dataclass(slots=True)
class Walked:
    """What a paragraph says, as it is walked through: its pieces, and what hangs in it."""

    pieces: list[str] = field(default_factory=list)
    pictures: int = 0
    boxes: list[Any] = field(default_factory=list)  #: the elements of text boxes
    notes: list[Any] = field(default_factory=list)  #: the elements of notes
    _bolds: set[bool] = field(default_factory=set)
    _marked: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: {"struck": [], "hidden": []})

    def say(self, text: str, *, bold: bool, struck: bool = False, hidden: bool = False) -> None:
        """Add a piece of text."""
        self.pieces.append(text)
        if text.strip():
            self._bolds.add(bold)
        for name, is_so in (("struck", struck), ("hidden", hidden)):
            if is_so:
                self._marked[name].append((len(self.pieces), text))

    def paragraph(self, *, level: int | None, in_table: bool) -> Paragraph:
        """Return the paragraph."""
        return Paragraph(
            text="".join(self.pieces),
            level=level,
            bold=self._bolds == {True},
            in_table=in_table,
            pictures=self.pictures,
            struck=_joined(self._marked["struck"]),
            hidden=_joined(self._marked["hidden"]),
        )


def _joined(pieces: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Join the pieces that follow on each other."""
    found: list[str] = []
    last = -1
    for at, text in pieces:
        found[-1:] = [found[-1] + text] if last == at - 1 else [*found[-1:], text]
        last = at
    return tuple(told for each in found if (told := " ".join(each.split())))


def words_in(text: str) -> int:
    """Count the words: at least one letter or digit in each."""
    return len(re.findall(r"[^\W_](?:\S*)", text))


def sections_of(paragraphs: Sequence[Paragraph], wanted: Wanted) -> tuple[Section, ...]:
    """Return the sections in the text's order; one that was asked for and comes twice is one."""
    finder = _Finder(paragraphs, wanted.headings)
    opened: dict[str, _Open] = {}
    every: list[_Open] = []
    current: _Open | None = None
    for paragraph in paragraphs:
        asked = finder.asked(paragraph, is_first=not opened)
        rank = paragraph.level or _UNRANKED
        title = " ".join(paragraph.text.split())
        if asked:
            current = opened.get(asked.id) or _Open(title, asked, rank, paragraph.page)
            if asked.id not in opened:
                opened[asked.id] = current
                every.append(current)
        elif paragraph.level and title and len(title) <= _LONGEST and (current is None or rank <= current.rank):
            current = _Open(title, None, rank, paragraph.page)
            every.append(current)
        elif title:
            current = current or _first(every)
            current.add(paragraph.text)
        if current:
            current.pictures += paragraph.pictures
            current.struck += paragraph.struck
            current.hidden += paragraph.hidden
    return tuple(each.section() for each in every[:MAX_SECTIONS])


def _first(every: list["_Open"]) -> "_Open":
    every.append(_Open("", None, _UNRANKED, None))
    return every[-1]


@dataclass(slots=True)
class _Open:
    """A section that is being read."""

    title: str
    asked: WantedHeading | None
    rank: int
    page: int | None
    lines: list[str] = field(default_factory=list)
    pictures: int = 0
    size: int = 0
    struck: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def add(self, line: str) -> None:
        if self.size < MAX_SECTION:
            self.lines.append(line[: MAX_SECTION - self.size].strip())
            self.size += len(line)

    def section(self) -> Section:
        text = "\n".join(self.lines).strip()
        if self.asked:
            text = _without_help(text, self.asked.help)
        title = cut(self.title)[:_LONGEST]
        place = f"Rubriken {title}" if title else "Före första rubriken"
        return Section(
            heading=title,
            place=f"sidan {self.page}" if self.page else place,
            id=self.asked.id if self.asked else None,
            text=text,
            pictures=self.pictures,
            struck=self._told(self.struck),
            hidden=self._told(self.hidden),
        )

    def _told(self, pieces: tuple[str, ...]) -> tuple[str, ...]:
        """Return the beginnings of what is marked so; our own line of help is nobody's text."""
        asked = self.asked.help if self.asked else ""
        return tuple(cut(each)[:MAX_MARKED] for each in pieces if _without_help(each, asked))[:MOST_MARKED]


def _without_help(text: str, line: str) -> str:
    """Take our line of help away, also where it was broken or written on after."""
    if not line.strip():
        return text
    return re.sub(r"\s+".join(map(re.escape, line.split())), "", text, flags=re.IGNORECASE).strip()


class _Finder:
    """Knows which paragraphs are the headings that were asked for."""

    def __init__(self, paragraphs: Sequence[Paragraph], headings: Sequence[WantedHeading]) -> None:
        self._by_title = {folded_heading(label): each for each in reversed(headings) for label in each.labels}
        self._by_title.pop("", None)
        said = [
            (each, found) for each in paragraphs if not each.is_note and (found := self._by_title.get(_title(each)))
        ]
        self._ranked = {found.id for each, found in said if each.level}
        # some lay the whole text out in a table: there a cell may be a heading, where nothing else is
        self._in_tables = {each.id for each in headings} - {found.id for each, found in said if not each.in_table}
        self._left = Counter(found.id for _, found in said)
        self._lost = [each for each in headings if not self._left[each.id]]

    def asked(self, paragraph: Paragraph, *, is_first: bool) -> WantedHeading | None:
        """Return the heading that was asked for, if this is one; ``is_first``: none has come yet."""
        title = _title(paragraph)
        if not title or paragraph.is_note:
            return None
        exact = self._by_title.get(title)
        if exact:
            self._left[exact.id] -= 1
            return exact if self._is_heading(paragraph, exact, is_first) else None
        if paragraph.level or (paragraph.bold and not paragraph.in_table):
            # "Förväntad utveckling 2027", where no heading says just what was asked for
            begun = [each for each in self._lost for label in each.labels if _begins(title, folded_heading(label))]
            return begun[0] if begun else None
        return None

    def _is_heading(self, paragraph: Paragraph, asked: WantedHeading, is_first: bool) -> bool:
        if paragraph.level:
            return True
        if asked.id in self._ranked or (paragraph.in_table and asked.id not in self._in_tables):
            return False
        # before all others, and once more later: the document's title, or a list of contents that was typed
        return not (is_first and self._left[asked.id])


def _title(paragraph: Paragraph) -> str:
    return folded_heading(paragraph.text) if len(paragraph.text) <= _LONGEST else ""


def _begins(title: str, label: str) -> bool:
    return bool(label) and title.startswith(label) and not title[len(label) : len(label) + 1].isalnum()


def total_words(paragraphs: Iterator[Paragraph] | Sequence[Paragraph]) -> int:
    """Count the words of a whole text."""
    return sum(words_in(each.text) for each in paragraphs)
