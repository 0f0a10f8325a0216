"""A ladder as a definition says it: its rungs in the order in which they are climbed, each with whom it tells."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from arshjul import keys
from arshjul.definition.days.dating import Value
from arshjul.definition.days.validity import ALWAYS, Validity
from arshjul.definition.names import Id, Source, fold
from arshjul.errors import nearest

OWING = keys.RoleId("ansvariga")  #: in a rung: whoever still owes a part
ABOVE = keys.RoleId("överordnad")  #: in a rung: who answers for the enhet nearest above; no rung of one that has none

RungKind = Literal["start", "påminnelse", "sen", "ekonomichef", "kommundirektör", "sista ord", "ksau"]
#: The order in which the ladder is climbed.
RUNG_ORDER: tuple[RungKind, ...] = RungKind.__args__  # type: ignore[attr-defined]  # Literal's own values


class Rung(Value):
    """One trappsteg: so many working days from the frist (negative before it), told to these roles."""

    own_id: Id | None = Field(None, alias="id")
    own_name: str | None = Field(None, alias="namn")
    kind: RungKind = Field(alias="slag")
    workdays: int = Field(alias="arbetsdagar", ge=-60, le=60)
    to: tuple[keys.RoleId, ...] = Field(alias="till")  #: ``OWING`` and ``ABOVE`` stand for whoever it is
    to_for_bolag: tuple[keys.RoleId, ...] = Field((), alias="till för bolag")
    validity: Validity = Field(ALWAYS, alias="gäller")  #: ``till`` is whom it tells

    @property
    def id(self) -> str:
        """Its own, else ``paminnelse-5``, ``sen``, ``sista-ord``: the id in keys. The rung that reaches a body is ``ksau``."""
        return self.own_id or rung_id(self.kind, self.workdays)

    @property
    def name(self) -> str:
        """``påminnelse 5 arbetsdagar före``: as people read it. A definition as a whole names whom a rung reaches."""
        days = "arbetsdag" if abs(self.workdays) == 1 else "arbetsdagar"
        names = {
            **dict.fromkeys(RUNG_ORDER, self.kind),
            "start": "första brevet",
            "påminnelse": f"påminnelse {abs(self.workdays)} {days} före",
            "sen": f"sen {abs(self.workdays)} {days} efter",
        }
        return self.own_name or names[self.kind]

    @property
    def reaches_body(self) -> bool:
        """Whether it takes what is late up to a body: the ladder ends there."""
        return self.kind == keys.TOP_RUNG

    def recipients(self, unit_kind: str) -> tuple[keys.RoleId, ...]:
        """Return the roles that this rung tells, for an enhet of this kind."""
        return self.to_for_bolag if unit_kind == "bolag" and self.to_for_bolag else self.to


def rung_id(kind: str, workdays: int) -> str:
    """Return the id of a rung that has none of its own."""
    return f"paminnelse{workdays}" if kind == "påminnelse" else fold(kind)


def _told_apart(read: Any) -> Any:
    """Give a rung whose kind stands before it in the ladder an id of its own: ``ekonomichef-3``."""
    seen, rungs = set(), []
    for rung in read if isinstance(read, (list, tuple)) else ():
        if isinstance(rung, dict) and "id" not in rung and isinstance(rung.get("slag"), str):
            here = rung_id(rung["slag"], rung.get("arbetsdagar", 0))
            rung = {**rung, "id": f"{here}-{rung.get('arbetsdagar')}"} if here in seen else rung
            seen.add(here)
        rungs.append(rung)
    return rungs or read


class Ladder(Value):
    """The letters' days and the ladder's rungs, in the order in which they are climbed."""

    rungs: Annotated[tuple[Rung, ...], BeforeValidator(_told_apart)] = Field(alias="trappsteg", min_length=1)
    source: Source = Field(alias="källa")

    @model_validator(mode="after")
    def _recipients(self, info: ValidationInfo) -> "Ladder":
        roles = {*(info.context or {}).get("roll", ()), OWING, ABOVE}
        for role in (role for rung in self.rungs for role in (*rung.to, *rung.to_for_bolag)):
            if info.context is not None and role not in roles:
                raise ValueError(f"okänd roll '{role}'{nearest(role, roles)}")
        return self
