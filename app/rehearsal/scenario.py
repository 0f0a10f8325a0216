"""A scenario: what happens in a rehearsed year. Read from YAML with Swedish keys; documented in docs/rehearse.md."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from arshjul.definition.days.dating import Clock, Value
from arshjul.definition.faultwords import fault_words
from arshjul.errors import RefusedError, nearest
from arshjul.keys import BodyId, RoleId
from arshjul.swedish import STOCKHOLM, local
from arshjul.yaml_words import yaml_fault

ALL = "alla"


def _instant(read: Any) -> Any:
    """A day alone is its morning at eight."""
    if isinstance(read, date) and not isinstance(read, datetime):
        return local(read, time(8))
    return read


def _aware(read: datetime) -> datetime:
    return read.replace(tzinfo=STOCKHOLM) if read.tzinfo is None else read


def _wide(read: Any) -> Any:
    return read if isinstance(read, list | tuple) else [str(read)]


#: an instant, Swedish local time unless it says another: ``2027-03-24T10:00``, or a day for its 08.00
When = Annotated[datetime, BeforeValidator(_instant), AfterValidator(_aware)]
Names = Annotated[tuple[str, ...], BeforeValidator(_wide)]  #: one name, a list of them, or ``alla``


class RehearsedHandIn(Value):
    """A hand-in: ``vid`` an instant, or ``arbetsdagar före fristen``. ``delar`` are the parts' ids, or all."""

    unit: Names = Field(("alla",), alias="enhet")
    step: Names = Field(("alla",), alias="steg")
    period: Names = Field(("alla",), alias="period")
    krav: Names = Field(("alla",), alias="krav")
    at: When | None = Field(None, alias="vid")
    workdays_before: int | None = Field(None, alias="arbetsdagar före fristen")
    parts: Names = Field(("alla",), alias="delar")

    @model_validator(mode="after")
    def _when(self) -> "RehearsedHandIn":
        if (self.at is None) == (self.workdays_before is None):
            raise ValueError("ange en av 'vid' och 'arbetsdagar före fristen'")
        return self


class ClosedPeriod(Value):
    """A period is closed in the ekonomisystem, and recorded at ``vid``."""

    period: str
    closed_on: date = Field(alias="stängd")
    at: When = Field(alias="vid")


class RegisteredHappening(Value):
    """A händelse happens on a day, and is registered at ``vid``; one that hand-ins open has the enhet and the period."""

    happening: str = Field(alias="händelse")
    day: date | None = Field(None, alias="dag")
    unit: str = Field("", alias="enhet")
    period: str = ""
    at: When = Field(alias="vid")

    @model_validator(mode="after")
    def _one_kind(self) -> "RegisteredHappening":
        if (self.day is None) != bool(self.unit and self.period):
            raise ValueError("ange 'dag', eller 'enhet' och 'period' för en händelse som öppnas av det som lämnas in")
        return self


class RehearsedEntry(Value):
    """An entry of a register is registered at ``vid``; what it says is by the definition's words."""

    register_id: str = Field(alias="register")
    says: dict[str, Any] = Field(alias="post")
    at: When = Field(alias="vid")


class UntilDay(Value):
    """Something that holds for one underlag until a day: an anstånd, reminders that rest, an escalation that is held."""

    unit: str = Field(alias="enhet")
    step: str = Field(alias="steg")
    period: str
    krav: str = ""  #: none said: the step's main one
    until: date = Field(alias="till")
    at: When = Field(alias="vid")


class MovedMeeting(Value):
    """A meeting is moved, cancelled (no ``ny dag``) or added (no ``dag``)."""

    body: BodyId = Field(alias="organ")
    day: date | None = Field(None, alias="dag")
    new_day: date | None = Field(None, alias="ny dag")
    clock: Clock | None = Field(None, alias="kl")
    at: When = Field(alias="vid")


class NewHolder(Value):
    """A role gets a new holder from a day."""

    role: RoleId = Field(alias="roll")
    unit: str | None = Field(None, alias="enhet")
    name: str = Field(alias="namn")
    address: str = Field(alias="e-post")
    since: date = Field(alias="från")


class Down(Value):
    """The service is down from (inclusive) to (exclusive)."""

    start: When = Field(alias="från")
    end: When = Field(alias="till")


class Scenario(Value):
    """Everything that happens; empty: nobody hands anything in."""

    hand_ins: tuple[RehearsedHandIn, ...] = Field((), alias="inlämningar")
    closings: tuple[ClosedPeriod, ...] = Field((), alias="stängningar")
    happenings: tuple[RegisteredHappening, ...] = Field((), alias="händelser")
    entries: tuple[RehearsedEntry, ...] = Field((), alias="register")
    extensions: tuple[UntilDay, ...] = Field((), alias="anstånd")
    resting: tuple[UntilDay, ...] = Field((), alias="vila")
    held: tuple[UntilDay, ...] = Field((), alias="håll")
    meetings: tuple[MovedMeeting, ...] = Field((), alias="möten")
    holders: tuple[NewHolder, ...] = Field((), alias="personer")
    down: tuple[Down, ...] = Field((), alias="nere")


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file. Raises RefusedError, in Swedish, with every fault."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        tree = YAML(typ="safe", pure=True).load(text)
        return Scenario.model_validate(tree or {})
    except FileNotFoundError:
        raise RefusedError(f"Filen {path} finns inte. Ange ett scenario med --scenario.") from None
    except YAMLError as error:
        line, words = yaml_fault(error, text)
        raise RefusedError(f"{path.name}:{line}: {words}.") from None
    except ValidationError as error:
        faults = (f"{path.name}: {'.'.join(map(str, each['loc']))}: {_words(each)}" for each in error.errors())
        raise RefusedError("\n".join(faults)) from None


def _words(error: ErrorDetails) -> str:
    if error["type"] != "extra_forbidden":
        return fault_words(error)[1]
    inside, read = (*error["loc"][:1],) if len(error["loc"]) > 1 else (), str(error["loc"][-1])
    allowed = _keys(Scenario)
    if inside:
        rows = next(field for field in Scenario.model_fields.values() if field.alias == inside[0])
        allowed = _keys(get_args(rows.annotation)[0])
    return f"okänd nyckel '{read}'{nearest(read, allowed)}"


def _keys(model: type[Value]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
