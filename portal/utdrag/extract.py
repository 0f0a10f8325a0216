"""What a registerutdrag says: all that is kept of one person, with others masked (dataskyddsförordningen, artikel 15).

Others' names and addresses are replaced by :data:`ANOTHER` wherever they stand, and what others have written freely
is not told: nobody can know whom it names. Whoever asks for more asks the ekonomikontor, who reads it through first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from actions.contents.outliving import ASSUMED, rules
from arshjul.definition.model import Definition
from arshjul.keys import RoleId, UnitId
from arshjul.swedish import day_text, instant_text
from portal.loggen.log_names import with_names
from portal.loggen.log_words import about, details, kind_text
from store.people.people_file import person_id
from store.people.personal_data import PersonalData
from store.tables import LogRow

ANOTHER = "(en annan person)"
UNTOLD = "(text som någon annan har skrivit)"
#: details of the log that people write freely
FREE = frozenset(
    {"why", "note", "motivering", "answer", "detail", "reason", "what", "error", "decision", "ej_aktuellt"}
)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+\.[^\s<>\"'(),;:.]+")
MACHINES = frozenset({"sha256", "message_id", "incoming"})  #: details that say nothing of anybody
SHORTEST_NAME = 3  #: characters of a name that is masked: less stands in other words


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractTable:
    """One table of a registerutdrag: the column's heads, and the rows as texts."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "Inget."


def sections(definition: Definition, data: PersonalData) -> tuple[ExtractTable, ...]:
    """Return all that is kept of a person."""
    told = _Telling(definition, data)
    return tuple(
        ExtractTable(title=title, heads=heads, rows=tuple(rows))
        for title, heads, rows in (
            ("Vem du är", ("Uppgift", "Värde"), told.who()),
            ("Roller", ("Roll", "Enhet", "Från och med", "Till och med", "Som"), told.seats()),
            ("Brev till dig", ("Skrivet", "Ämne", "Slag", "Läge"), told.letters()),
            ("Det du har lämnat in", ("När", "Vad", "Fil eller uppgift", "Väg"), told.versions()),
            ("Svar, önskemål och påbörjat", ("När", "Vad", "Det du skrev"), told.wishes()),
            ("Mejl från dig", ("Kom in", "Ämne", "Blev", "Filer"), told.mails()),
            ("Länkar, inloggningar och koder", ("Vad", "När", "Till och med", "Övrigt"), told.access()),
            ("Spärrar som du får öppna", ("Vad", "Sedan", "Lagrum"), told.withheld()),
            ("Loggen", ("När", "Vad", "Om", "Vem", "Uppgifter"), told.log()),
        )
    )


class _Telling:
    """Tells one person's rows, and masks everybody else's."""

    def __init__(self, definition: Definition, data: PersonalData) -> None:
        self._definition, self._data = definition, data
        own = data.person
        self._mine = {data.address, *({own.name, own.address, own.id} if own else ())}
        others = sorted({each.name for each in data.others} - self._mine, key=len, reverse=True)
        names = [re.escape(each) for each in others if len(each) >= SHORTEST_NAME]
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE) if names else None
        self._own_addresses = {person_id(each) for each in self._mine if "@" in each}
        self._subjects = {*self._mine, *(each.subject for each in data.logins)}

    def masked(self, text: str) -> str:
        """Return a text without others' names and addresses."""
        text = _ADDRESS.sub(lambda found: found[0] if person_id(found[0]) in self._own_addresses else ANOTHER, text)
        return self._names.sub(ANOTHER, text) if self._names else text

    def who(self) -> Iterable[tuple[str, ...]]:
        person = self._data.person
        yield "E-postadress", person.address if person else self._data.address
        if person:
            yield "Namn", person.name
            yield "Telefon", person.phone or "inget nummer"
            yield "Id i tjänsten", person.id

    def seats(self) -> Iterable[tuple[str, ...]]:
        person = self._data.person
        for row in self._data.seats:
            mine = person is not None and row.person_id == person.id
            since, until = (row.since, row.until) if mine else (row.deputy_from, row.deputy_to)
            yield (
                self._role(row.role), self._unit(row.unit), _day(since, "från början"), _day(until, "tills vidare"),
                "innehavare" if mine else "ersättare",
            )  # fmt: skip

    def letters(self) -> Iterable[tuple[str, ...]]:
        for row in self._data.letters:
            copied = not {person_id(each) for each in row.to} & self._own_addresses
            state = f"{row.state} {instant_text(row.handed_at)}" if row.handed_at else row.state
            shadow = f", gick till {self._definition.office_said} i stället (skugga)" if row.shadow else ""
            yield (
                instant_text(row.made_at), self.masked(row.subject), row.kind,
                f"{state}{', som kopia' if copied and not row.shadow else ''}{shadow}",
            )  # fmt: skip

    def versions(self) -> Iterable[tuple[str, ...]]:
        for row in self._data.versions:
            what = f"{about(self._definition, row.obligation_key).text}, {row.part}, version {row.version}"
            fields = "; ".join(f"{label}: {value}" for label, value in details(row.fields))
            yield (
                instant_text(row.received_at), what,
                "; ".join(filter(None, (row.filename, row.ej_aktuellt and f"ej aktuellt: {row.ej_aktuellt}", fields))), row.via,
            )  # fmt: skip

    def wishes(self) -> Iterable[tuple[str, ...]]:
        data = self._data
        for given in data.answers:
            yield instant_text(given.answered_at), "Svar på en fråga", given.motivering
        for asked in data.requests:
            what = f"Begärt anstånd: {about(self._definition, asked.obligation_key).text}, till och med {day_text(asked.until)}"
            yield instant_text(asked.asked_at), what, asked.why
        for form in data.draft_forms:
            text = "; ".join(str(value) for value in form.fields.values() if value)
            yield instant_text(form.saved_at), f"Påbörjat: {about(self._definition, form.obligation_key).text}", text
        for file in data.draft_files:
            yield (
                instant_text(file.saved_at),
                f"Påbörjat: {about(self._definition, file.obligation_key).text}",
                file.filename,
            )

    def mails(self) -> Iterable[tuple[str, ...]]:
        for row in self._data.mails:
            files = ", ".join(each["name"] for each in row.files)
            yield instant_text(row.received_at), row.subject or "(utan ämne)", row.state, files

    def access(self) -> Iterable[tuple[str, ...]]:
        data = self._data
        for link in data.links:
            opened = f"öppnad {instant_text(link.opened_at)}" if link.opened_at else "inte öppnad"
            revoked = f", återkallad {instant_text(link.revoked_at)}" if link.revoked_at else ""
            yield "Personlig länk", "", instant_text(link.expires_at), f"{opened}{revoked}"
        for asked in data.login_links:
            used = f"använd {instant_text(asked.used_at)}" if asked.used_at else "inte använd"
            yield "Inloggningslänk", instant_text(asked.made_at), instant_text(asked.expires_at), used
        for login in data.logins:
            yield "Inloggning", instant_text(login.made_at), instant_text(login.ends_at), login.via
        for code in data.codes:
            used = f"använd {instant_text(code.used_at)}" if code.used_at else "inte använd"
            yield f"Kod ({code.kind})", instant_text(code.made_at), instant_text(code.expires_at), used

    def withheld(self) -> Iterable[tuple[str, ...]]:
        for row in self._data.withheld:
            yield self.masked(row.title), instant_text(row.at), row.lagrum

    def log(self) -> Iterable[tuple[str, ...]]:
        for row in self._data.log:
            mine = row.subject in self._subjects or (row.subject is None and row.who in self._mine)
            told = "; ".join(f"{label}: {value}" for label, value in self._details(row, mine=mine))
            yield (
                instant_text(row.at), kind_text(row.what), self.masked(about(self._definition, row.key).text),
                "du" if mine else self._acted(row), self.masked(told) if row.detail is not None else "(gallrat eller spärrat)",
            )  # fmt: skip

    def _details(self, row: LogRow, *, mine: bool) -> Sequence[tuple[str, str]]:
        detail: Mapping[str, object] = {
            name: value for name, value in (row.detail or {}).items() if name not in MACHINES
        }
        if not mine:
            detail = {name: UNTOLD if name in FREE and value else value for name, value in detail.items()}
        return details(with_names(self._definition, row.key, detail))

    def _acted(self, row: LogRow) -> str:
        return "tjänsten" if row.way == "tjänsten" else ANOTHER

    def _role(self, role: RoleId) -> str:
        found = self._definition.roles.get(role)
        return found.name if found else role

    def _unit(self, unit: UnitId | None) -> str:
        found = self._definition.units.get(unit) if unit else None
        return found.name if found else (unit or "hela kommunen")


def _day(day: date | None, none: str) -> str:
    return day_text(day) if day else none


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A registerutdrag, before it is a file."""

    municipality: str
    address: str
    name: str
    at: datetime
    office: str  #: what those who keep the årshjul are called inside a sentence
    contact: str  #: to whom one writes about personal data
    kept: tuple[tuple[str, tuple[str, ...]], ...]  #: how long what is handed in is kept, and what it is said of
    sections: tuple[ExtractTable, ...]


def extract_of(definition: Definition, data: PersonalData, contact: str, now: datetime) -> Extract:
    """Return what is told of a person at ``now``."""
    return Extract(
        municipality=definition.kommun.name,
        address=data.person.address if data.person else data.address,
        name=data.person.name if data.person else data.address,
        at=now,
        office=definition.office_said,
        contact=contact,
        kept=handling_words(definition),
        sections=sections(definition, data),
    )


def handling_words(definition: Definition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return how long all that is kept is kept, in the dokumenthanteringsplan's words, with what it is said of."""
    found: dict[str, dict[str, None]] = {}
    for step in definition.steps.values():
        for part in (part for krav in step.krav.values() for part in krav.parts.values()):
            words = part.handling.text if part.handling else "inte bestämt, och sparas tills vidare"
            found.setdefault(words, {})[part.name] = None
    for name, rule, source in rules(definition):
        words = f"{rule} som tidigast, efter beslut" if source == ASSUMED else rule
        found.setdefault(words, {})[name.lower()] = None
    return tuple((words, tuple(names)) for words, names in found.items())
