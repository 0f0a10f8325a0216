"""The log's pages as values: what was asked for, the rows that hold, and what the chain's check found."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from arshjul.definition.model import Definition
from arshjul.errors import RefusedError
from arshjul.swedish import day_text, instant_text, local_date, stated_day
from notifications.plain import one_line
from portal.loggen.log_names import with_names
from portal.loggen.log_words import About, about, acting_text, details, kind_text, kinds_like
from portal.web.redaction import hide_tokens
from store.database import Session
from store.handins.withheld import holds
from store.log.log_verdict import Verdict
from store.log.search import Search, Word, count, found
from store.tables import LogRow

PER_PAGE = 100
FIELDS = ("q", "vem", "vad", "om", "fran", "till")
MAX_WORDS, LONGEST = 8, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One row of the log."""

    number: int | None
    at: datetime
    who: str
    acting: str  #: who it was and by which way; "" for an old row
    kind: str
    what: str
    about: About
    details: tuple[tuple[str, str], ...]
    gallrad: str  #: "gallrade" or "spärrade" where its details are not there; "" where they are


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """One page of the log."""

    lines: tuple[LogLine, ...]
    count: int
    page: int
    pages: int
    asked: Mapping[str, str]  #: the form's fields as they were filled in

    @property
    def query(self) -> str:
        """What was asked for, as an address has it; empty when nothing was."""
        return urlencode({name: value for name, value in self.asked.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether more than words was asked for."""
        return any(self.asked[name] for name in FIELDS[1:])

    def address(self, page: int) -> str:
        """Return the address of another page of the same rows."""
        return f"/loggen?{urlencode({**{name: value for name, value in self.asked.items() if value}, 'sida': page})}"


def read_search(asked: Mapping[str, str]) -> Search:
    """Return what a form asks for. Raises RefusedError for a day that is none."""
    words = asked["q"][:LONGEST].split()[:MAX_WORDS]
    return Search(
        words=tuple(Word(text=word, key=fold(word), kinds=kinds_like(word)) for word in words),
        who=asked["vem"][:LONGEST].strip(),
        kind=asked["vad"][:LONGEST],
        key=fold(asked["om"][:LONGEST].strip()),
        since=_day(asked["fran"]),
        until=_day(asked["till"]),
    )


def fold(text: str) -> str:
    """Return text as keys write it: ``Bildningsnämnden`` is ``bildningsnamnden`` there."""
    return text.lower().translate(str.maketrans("åäöé ", "aaoe-"))


def one_page(session: Session, definition: Definition, asked: Mapping[str, str], page: int) -> LogPage:
    """Gather one page; a number that is too high shows the last."""
    search = read_search(asked)
    many = count(session, search)
    pages = max(1, -(-many // PER_PAGE))
    page = min(max(1, page), pages)
    rows = found(session, search, PER_PAGE, (page - 1) * PER_PAGE)
    lines = tuple(line(definition, row, withheld=kept_back(session, rows)) for row in rows)
    return LogPage(lines=lines, count=many, page=page, pages=pages, asked=asked)


def kept_back(session: Session, rows: Sequence[LogRow]) -> frozenset[int]:
    """Return the numbers of those of these rows whose details are withheld."""
    bare = [row.number for row in rows if row.detail is None and row.number is not None]
    return frozenset(int(each) for each in holds(session, "log", bare)) if bare else frozenset()


def line(definition: Definition, row: LogRow, *, withheld: Set[int] = frozenset()) -> LogLine:
    """Return one row as people read it, without tokens that somebody may have sent us."""
    return LogLine(
        number=row.number,
        at=row.at,
        who=one_line(hide_tokens(row.who)),
        acting=one_line(hide_tokens(acting_text(row))),
        kind=row.what,
        what=kind_text(row.what),
        about=about(definition, one_line(hide_tokens(row.key or ""))),
        details=tuple(
            (one_line(label), one_line(hide_tokens(value)))
            for label, value in details(with_names(definition, row.key, row.detail))
        ),
        gallrad="" if row.detail is not None else "spärrade" if row.number in withheld else "gallrade",
    )


def verdict_words(verdict: Verdict, asked: str | None = None) -> list[str]:
    """Return what the chain's check found, line by line, in Swedish. The first is the answer."""
    lines = [*_answer(verdict, asked), _standing(verdict)]
    if verdict.broken:
        lines.append(verdict.broken.words)
        if verdict.broken.at:
            what = f", {kind_text(verdict.broken.what)}" if verdict.broken.what else ""
            lines.append(f"Rad {verdict.broken.number} är daterad {instant_text(verdict.broken.at)}{what}.")
        lines.append(_compare(verdict))
    if verdict.unchained:
        rows = "1 rad är inte kedjad" if verdict.unchained == 1 else f"{verdict.unchained} rader är inte kedjade"
        lines.append(f"{rows} än. Det sker inom en minut när tjänsten är i gång.")
    if verdict.gallrade:
        rows = (
            "1 rads uppgifter är gallrade eller spärrade"
            if verdict.gallrade == 1
            else f"{verdict.gallrade} raders uppgifter är gallrade eller spärrade"
        )
        lines.append(f"{rows}: att raden fanns, och uppgifternas kontrollsumma, står kvar.")
    if verdict.dated_back:
        first = verdict.dated_back[0]
        rows = f"Rad {first} är" if len(verdict.dated_back) == 1 else f"{len(verdict.dated_back)} rader är"
        more = "" if len(verdict.dated_back) == 1 else f" Den första är rad {first}."
        lines.append(
            f"{rows} daterad{'' if len(verdict.dated_back) == 1 else 'e'} mer än en timme före raden innan.{more}"
        )
    return lines


def _answer(verdict: Verdict, asked: str | None) -> Iterator[str]:
    """Tell whether a digest from a letter is in the chain."""
    if asked is None:
        return
    if verdict.asked is None or verdict.asked.at is None:
        yield "Kontrollsumman finns inte i kedjan."
        yield (
            "Antingen är den fel avskriven, eller så är loggen inte den som den var när brevet skrevs. "
            "Jämför tecken för tecken med brevet."
        )
    else:
        yield f"Kontrollsumman finns i kedjan: rad {verdict.asked.number}, {instant_text(verdict.asked.at)}."
        yield "Allt till och med den raden är som när brevet skrevs."


def _standing(verdict: Verdict) -> str:
    if verdict.broken:
        return "Kedjan är bruten."
    if verdict.head is None:
        return "Inget är kedjat än."
    rows = "1 rad" if verdict.fitting == 1 else f"{verdict.fitting} rader"
    until = f", den sista {instant_text(verdict.head.at)}" if verdict.head.at else ""
    return f"Kedjan stämmer: {rows}{until}."


def _compare(verdict: Verdict) -> str:
    if verdict.head is None:
        return (
            "Ingen rad före den stämmer. Jämför loggen med en säkerhetskopia, och med kontrollsummorna i måndagsbreven."
        )
    day = f" ({day_text(local_date(verdict.head.at))})" if verdict.head.at else ""
    return (
        f"Raderna 1–{verdict.head.number}{day} stämmer sinsemellan. Jämför med kontrollsummorna i måndagsbreven: den sista "
        "som finns i kedjan säger hur långt loggen är orörd. Hämta det som kommer efter ur en säkerhetskopia."
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return stated_day(text)
    except ValueError:
        raise RefusedError(f"'{text}' är inget datum. Skriv till exempel 2027-09-10.") from None
