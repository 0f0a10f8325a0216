"""A register: what is to be reported on, entry by entry. Mål with their indicators, särskilda uppdrag, styrdokument.

An entry stands in the definition, or is registered in the running system, where it takes the place of the file's.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from arshjul.definition.days.dating import Value
from arshjul.definition.days.validity import Validity
from arshjul.definition.days.written_days import WrittenDay
from arshjul.definition.names import Id, Source, UnitId
from arshjul.periods import Period

RegisterKind = Literal["mål", "uppdrag", "styrdokument"]
#: What an entry may say, beside its name, by the register's kind.
OWN_WORDS: Mapping[RegisterKind, tuple[str, ...]] = {
    "mål": ("nivå", "indikator", "startvärde", "önskat värde"),
    "uppdrag": ("frist", "första frist", "resurser"),
    "styrdokument": (),
}


def _text(read: Any) -> Any:
    return str(read).replace(".", ",") if isinstance(read, (int, float)) and not isinstance(read, bool) else read


Words = Annotated[str, BeforeValidator(_text), Field(max_length=1000)]


class RegisterEntry(Validity):
    """One mål, uppdrag or styrdokument: whose it is, who decided it, and for which periods it is reported.

    Without ``units`` it is everybody's. An uppdrag may have a frist (``due``); ``first_due`` is the frist that it was
    given first, where it has been moved: what is reported goes by that day, so that it stays the same.
    """

    title: str = Field(alias="namn", min_length=1, max_length=300)
    units: tuple[UnitId, ...] = Field((), alias="enheter")
    given_by: str = Field("", alias="av", max_length=100)  #: the body, as people write it: KF
    decision: str = Field("", alias="beslut", max_length=200)  #: 2027-02-22 § 14
    due: WrittenDay | None = Field(None, alias="frist")
    first_due: WrittenDay | None = Field(None, alias="första frist")
    resources: Words = Field("", alias="resurser")
    level: str = Field("", alias="nivå", max_length=100)  #: vision, inriktningsmål, nämndmål
    indicator: Words = Field("", alias="indikator")
    start: Words = Field("", alias="startvärde")
    target: Words = Field("", alias="önskat värde")
    source: Source | None = Field(None, alias="källa")

    @property
    def said(self) -> str:
        """Its name and who decided it: ``Se över skolskjutsen (KF 2027-02-22 § 14)``."""
        return f"{self.title}{self.by}"

    @property
    def by(self) -> str:
        """`` (KF 2027-02-22 § 14)``, or "" where nothing says who decided it."""
        words = " ".join(filter(None, (self.given_by, self.decision)))
        return f" ({words})" if words else ""

    def is_of(self, unit: str) -> bool:
        """Tell whether an enhet has it to report on."""
        return not self.units or unit in self.units

    def period(self, entry_id: str) -> Period | None:
        """Return the period of what is reported by its frist; None where it has none."""
        day = self.first_due or self.due
        return Period.until(day, entry_id) if day else None

    def written(self) -> dict[str, Any]:
        """Return what it says, by the file's words, as JSON has it; its source is of the file alone."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"source"})


class Register(Value):
    """One register: what its entries are, and those that stand in the file."""

    name: str = Field(alias="namn")
    kind: RegisterKind = Field(alias="slag")
    entries: dict[Id, RegisterEntry] = Field(default_factory=dict, alias="poster")
    source: Source = Field(alias="källa")

    @model_validator(mode="after")
    def _fits(self) -> "Register":
        for entry_id, entry in self.entries.items():
            for words in lacks(self.kind, entry):
                raise ValueError(f"'{entry_id}': {words}")
        return self


def lacks(kind: RegisterKind, entry: RegisterEntry) -> Iterator[str]:
    """Tell what an entry must say and does not, or says and must not, with the remedy."""
    others = {word for each, words in OWN_WORDS.items() if each != kind for word in words}
    for word in sorted(others & entry.written().keys()):
        meant = next(each for each, words in OWN_WORDS.items() if word in words)
        yield f"'{word}' hör till ett register med 'slag: {meant}'; ta bort det, eller ändra slaget"
    if kind == "uppdrag" and not entry.units:
        yield "ett uppdrag säger vem som har fått det; skriv 'enheter: […]'"
    if kind == "uppdrag" and not (entry.given_by and entry.decision):
        yield "ett uppdrag säger vem som gav det och var; skriv 'av: KF' och 'beslut: 2027-02-22 § 14'"
    if entry.first_due and not entry.due:
        yield "'första frist' står bara där 'frist' också gör det"


Entries = Mapping[str, Mapping[str, RegisterEntry | None]]  #: by register and entry; None: taken away


def entries_of(registers: Mapping[str, Register], recorded: Entries) -> dict[str, dict[str, RegisterEntry]]:
    """Return the entries of each register: the file's, and those that are registered, which take their place."""
    found = {}
    for register_id, register in registers.items():
        every = {**register.entries, **recorded.get(register_id, {})}
        found[register_id] = {
            entry_id: _with_first(entry, register.entries.get(entry_id)) for entry_id, entry in every.items() if entry
        }
    return found


def _with_first(entry: RegisterEntry, filed: RegisterEntry | None) -> RegisterEntry:
    """Keep the frist that the file gives as the first, where a registered one moves it."""
    first: date | None = filed.first_due or filed.due if filed else None
    kept = entry.first_due or first
    return entry if kept in (None, entry.first_due, entry.due) else entry.model_copy(update={"first_due": kept})
