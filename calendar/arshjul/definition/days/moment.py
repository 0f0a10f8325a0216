"""A moment as a definition says it: a body's day about a report, or a role's or a group's; and what the law may see in it."""

from typing import Literal

from pydantic import Field, model_validator

from arshjul import keys
from arshjul.definition.days.dated import Dating
from arshjul.definition.days.validity import Validity
from arshjul.definition.names import Names, RoleId
from arshjul.definition.units.unit import Unit


class Moment(Validity):
    """A body's moment, or one of each enhet's own body (``per enhet``); or one of a role's or a group's.

    What a role or a group does is no decision: it has a day, and nothing is registered of it.

    ``concerns`` says what the law sees in it, so that ``law`` can hold its day against the law. ``after`` and
    ``before`` name moments and krav of the step that it must keep to. ``preliminary``: the body sees the underlag
    before what finalises it (the nämnder's decisions) is due.
    """

    name: str = Field(alias="namn")
    body: keys.BodyId | None = Field(None, alias="organ")
    role: RoleId | None = Field(None, alias="roll")
    group: str | None = Field(None, alias="grupp")
    per_unit: bool = Field(False, alias="per enhet")
    dating: Dating = Field(alias="dag")
    concerns: str | None = Field(None, alias="avser")
    after: Names = Field((), alias="efter")
    before: Names = Field((), alias="före")
    preliminary: bool = Field(False, alias="preliminärt")
    lawful: Dating | None = Field(None, alias="lagens dag")
    kinds: tuple[Literal["nämnd", "styrelse", "bolag"], ...] = Field((), alias="slag")
    levels: Names = Field((), alias="nivå")

    @model_validator(mode="after")
    def _one_owner(self) -> "Moment":
        if [self.body, self.role, self.group].count(None) != 2:
            raise ValueError("ange en av 'organ', 'roll' och 'grupp': vems momentet är")
        concerns_a_body = self.concerns is not None and self.concerns not in OF_ROLES
        if self.body is None and (self.per_unit or concerns_a_body or self.lawful):
            raise ValueError("bara ett organs moment har 'per enhet', 'avser' och 'lagens dag'; ange 'organ' i stället")
        return self

    def is_of(self, unit: Unit) -> bool:
        """Tell whether an enhet of this kind has it, where it is one of each enhet's own body; none under another, unless its level is named."""
        at_level = unit.level in self.levels if self.levels else unit.above is None
        return at_level and (not self.kinds or unit.kind in self.kinds)


CONCERNS = (
    "budgetförslag",
    "skattesatsförslag",
    "budget",
    "skattesats",
    "delårsrapport överlämnas",
    "delårsrapport behandlas",
    "årsredovisning överlämnas",
    "årsredovisning godkänns",
    "ansvarsfrihet",
    "bolagsprövning",
    "revisorernas budget",
    "revisorernas bedömning",
    "revisionsberättelse publiceras",
    "förklaringar",
    "balanskravsplan",
    "tilläggsanslag",
)
#: what a role or a group does as well as a body: fullmäktiges presidium, the revisorer, whoever publishes
OF_ROLES = ("revisorernas budget", "revisorernas bedömning", "revisionsberättelse publiceras", "förklaringar")
