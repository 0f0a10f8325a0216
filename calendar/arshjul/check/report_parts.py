"""What the law says that the delårsrapport and the årsredovisning consist of, against what is handed in for them.

A part is what its ``avser`` says, and what its sheets are. What a part without sheets holds is not looked into; nor is a
step that has no flow: its days are held against the law, and its report is put together elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.check.concerns import law_id
from arshjul.check.remarks import Remark
from arshjul.definition.model import Definition, Part, Step
from arshjul.definition.sheets.column import ColumnRole
from arshjul.definition.sheets.sheet import Content
from arshjul.periods import Period
from arshjul.swedish import listing

#: LKBR 13 kap. 3 §: beside the period's own amounts in a delårsrapport's resultaträkning.
_COMPARED: dict[ColumnRole, str] = {
    "utfall förra året": "samma period förra året",
    "budget": "budget",
    "prognos": "prognos",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    kind: str
    contents: tuple[Content, ...]
    lagrum: str


_ASKED = (
    _Asked(
        kind="delårsrapport",
        contents=("resultaträkning", "balansräkning", "förvaltningsberättelse"),
        lagrum="LKBR 13 kap. 2 §",
    ),
    _Asked(
        kind="årsredovisning",
        contents=(
            "resultaträkning",
            "balansräkning",
            "kassaflödesanalys",
            "noter",
            "driftredovisning",
            "investeringsredovisning",
            "förvaltningsberättelse",
        ),
        lagrum="LKBR 4 kap. 1 §",
    ),
    _Asked(kind="årsredovisning", contents=("sjukfrånvaro",), lagrum="LKBR 11 kap. 6 §"),
)


def report_parts(definition: Definition, period: Period) -> Iterator[Remark]:
    """Find what the law's reports lack. ``period`` is the first of those that are judged."""
    for step_id, step in definition.steps.items():
        if not step.flow:
            continue
        if step.kind == "delårsrapport" and not any(6 <= month <= 8 for month in step.months):
            continue  # one more than the law asks for
        there = {each for part in _own_parts(definition, step) for each in _of(definition, part)}
        for asked in _ASKED:
            lacking = [each for each in asked.contents if each not in there] if asked.kind == step.kind else []
            if lacking:
                yield Remark(
                    path=("steg", step_id, "krav"),
                    rule=law_id(asked.lagrum),
                    message=f"{step.definite} ska enligt lagen ha {listing(lacking)}, men inget som lämnas in är det; lägg till "
                    f"en del, eller skriv 'avser: {lacking[0]}' i den del som har det",
                    period=period,
                    severity="varning",
                    lagrum=asked.lagrum,
                )
        if step.kind == "delårsrapport":
            yield from _compared(definition, step_id, step, period)


def _compared(definition: Definition, step_id: str, step: Step, period: Period) -> Iterator[Remark]:
    for sheet_id in dict.fromkeys(each for part in _own_parts(definition, step) for each in part.sheets):
        sheet = definition.sheets[sheet_id]
        lacking = [words for role, words in _COMPARED.items() if sheet.of_role(role) is None]
        if sheet.concerns == "resultaträkning" and lacking:
            yield Remark(
                path=("steg", step_id, "krav"),
                rule="LKBR 13:3",
                message=f"resultaträkningen i {step.definite} ska också visa {listing(lacking)}, som bladet '{sheet_id}' inte "
                "har; skriv 'blad: [resultatrakning]'",
                period=period,
                severity="varning",
                lagrum="LKBR 13 kap. 3 §",
            )


def _own_parts(definition: Definition, step: Step) -> Iterator[Part]:
    """Yield the parts that a nämnd or styrelsen hands in: a bolag's resultaträkning is not the municipality's."""
    for krav in step.krav.values():
        for part in krav.parts.values():
            for unit_id, unit in definition.units.items():
                if unit.kind != "bolag" and krav.is_owed_by(unit_id, unit) and part.is_asked_of(unit_id, unit):
                    yield part
                    break


def _of(definition: Definition, part: Part) -> Iterator[Content]:
    yield from part.concerns
    yield from (concerns for each in part.sheets if (concerns := definition.sheets[each].concerns))
