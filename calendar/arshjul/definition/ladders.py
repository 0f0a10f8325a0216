"""A ladder as a definition says it: its rungs in the order in which they are climbed, each with whom it tells."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from arshjul import keys
from arshjul.definition.days.dating import Value
from arshjul.definition.days.validity import ALWAYS, Validity
from arshjul.definition.names import BodyId, Id, Source, fold
from arshjul.errors import nearest

OWING = keys.RoleId("ansvariga")  #: in a rung: whoever still owes a part
ABOVE = keys.RoleId("överordnad")  #: in a rung: who answers for the enhet nearest above; no rung of one that has none

#: what the service does on a rung; whom it tells, when, and what it is called the definition says
RungKind = Literal["start", "påminnelse", "sen", "uppåt", "sista ord", "organ"]
#: The order in which the ladder is climbed.
RUNG_ORDER: tuple[RungKind, ...] = RungKind.__args__  # type: ignore[attr-defined]  # Literal's own values
UPWARD, LAST_WORD, TO_BODY = RUNG_ORDER[3:]


class Rung(Value):
    """One trappsteg: so many working days from the frist (negative before it), told to these roles."""

    own_id: Id | None = Field(None, alias="id")
    own_name: str | None = Field(None, alias="namn")
    kind: RungKind = Field(alias="slag")
    label: Id | None = Field(None, alias="etikett")  #: what it is in tags; else its kind, or its own id
    workdays: int = Field(alias="arbetsdagar", ge=-60, le=60)
    to: tuple[keys.RoleId, ...] = Field(alias="till")  #: ``OWING`` and ``ABOVE`` stand for whoever it is
    to_for_bolag: tuple[keys.RoleId, ...] = Field((), alias="till för bolag")
    body: BodyId | None = Field(None, alias="organ")  #: which one it reaches; else the one whose roles it tells
    words: str = Field("", alias="ord", max_length=600)  #: a sentence or two of its own, in its letters
    validity: Validity = Field(ALWAYS, alias="gäller")  #: ``till`` is whom it tells

    @property
    def id(self) -> str:
        """Its own, else ``paminnelse-5``, ``sen``, ``sista-ord``: the id in keys and rows."""
        return self.own_id or rung_id(self.kind, self.workdays)

    @property
    def tag(self) -> str:
        """What it is called in tags, without numbers: its label, else its own id where its kind says little."""
        return self.label or (self.own_id if self.own_id and self.kind in (UPWARD, TO_BODY) else fold(self.kind))

    @property
    def name(self) -> str:
        """``påminnelse 5 arbetsdagar före``: as people read it. A definition as a whole names whom a rung reaches."""
        if self.own_name:
            return self.own_name
        days = f"{abs(self.workdays)} {'arbetsdag' if abs(self.workdays) == 1 else 'arbetsdagar'}"
        match self.kind:
            case "start":
                return "första brevet"
            case "påminnelse":
                return f"påminnelse {days} före"
            case "sen":
                return f"försenat, {days} efter"
            case kind:
                return kind

    @property
    def reaches_body(self) -> bool:
        """Whether it takes what is late up to a body: the ladder ends there."""
        return self.kind == TO_BODY

    def recipients(self, unit_kind: str) -> tuple[keys.RoleId, ...]:
        """Return the roles that this rung tells, for an enhet of this kind."""
        return self.to_for_bolag if unit_kind == "bolag" and self.to_for_bolag else self.to

    @model_validator(mode="after")
    def _recipients(self, info: ValidationInfo) -> "Rung":
        roles = {*(info.context or {}).get("roll", ()), OWING, ABOVE}
        for role in (*self.to, *self.to_for_bolag):
            if info.context is not None and role not in roles:
                raise ValueError(f"okänd roll '{role}'{nearest(role, roles)}")
        return self


def rung_id(kind: str, workdays: int) -> str:
    """Return the id of a rung that has none of its own."""
    return f"paminnelse{workdays}" if kind == "påminnelse" else fold(kind)


def in_kinds(tree: Mapping[Any, Any], bodies: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return ``trappor`` as read, with each rung's kind: one whose ``slag`` is a word of the definition's own tells somebody above.

    It reaches a body where nothing but such rungs follows and it tells a body's secretary or chair. The word is its id
    and its label. A word that is nearly a kind is left as it is: it is misspelt.
    """
    roles = [
        one.get(word) for one in bodies.values() if isinstance(one, Mapping) for word in ("sekreterare", "ordförande")
    ]
    leading = {role for role in roles if isinstance(role, str)}
    return {key: _in_kinds(one, leading) for key, one in tree.items()}


def _in_kinds(ladder: Any, leading: Collection[Any]) -> Any:
    rungs = ladder.get("trappsteg") if isinstance(ladder, Mapping) else None
    if not isinstance(rungs, (list, tuple)):
        return ladder
    found, is_end = list[Any](), True
    for rung in reversed(rungs):
        told = rung.get("till") if isinstance(rung, Mapping) and _is_own_word(rung.get("slag")) else None
        is_end = (
            is_end
            and isinstance(told, (list, tuple))
            and any(isinstance(role, str) and role in leading for role in told)
        )
        found.insert(0, _of_kind(rung, TO_BODY if is_end else UPWARD))
    return {**ladder, "trappsteg": found}


def _of_kind(rung: Any, kind: RungKind) -> Any:
    if not isinstance(rung, Mapping) or not _is_own_word(rung.get("slag")):
        return rung
    return {"etikett": fold(rung["slag"]), **rung, "slag": kind}


def _is_own_word(word: Any) -> bool:
    return isinstance(word, str) and not get_close_matches(word, RUNG_ORDER, n=1, cutoff=0.75)


def _told_apart(read: Any) -> Any:
    """Give a rung of its own word that word as its id; one whose like stands before it also its days: ``ekonomichef-3``."""
    seen, rungs = set(), []
    for rung in read if isinstance(read, (list, tuple)) else ():
        if isinstance(rung, dict) and "id" not in rung and isinstance(rung.get("slag"), str):
            here = rung.get("etikett") or rung_id(rung["slag"], rung.get("arbetsdagar", 0))
            own = f"{here}-{rung.get('arbetsdagar')}" if here in seen else rung.get("etikett")
            rung = {**rung, "id": own} if own else rung
            seen.add(here)
        rungs.append(rung)
    return rungs or read


class Ladder(Value):
    """The letters' days and the ladder's rungs, in the order in which they are climbed."""

    rungs: Annotated[tuple[Rung, ...], BeforeValidator(_told_apart)] = Field(alias="trappsteg", min_length=1)
    source: Source = Field(alias="källa")
