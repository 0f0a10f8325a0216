"""What the law says that the delårsrapport, the årsredovisning and the budget consist of, against what is handed in for them.

A part is what its ``avser`` says, and what its sheets are. What a part without sheets holds is not looked into; nor is a
step that has no flow: its days are held against the law, and its report is put together elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arshjul.check.concerns import law_id
from arshjul.check.remarks import Remark
from arshjul.definition.in_force import held_steps
from arshjul.definition.lined import Path
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
    of_koncern: bool = False  #: asked only where there are bolag
    unless: str = ""  #: when the law does not ask for it


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
    _Asked(kind="årsredovisning", contents=("redovisningsprinciper",), lagrum="LKBR 9 kap. 1 §; LKBR 9 kap. 4 §"),
    _Asked(
        kind="årsredovisning",
        contents=("sammanställda räkenskaper",),
        lagrum="LKBR 4 kap. 1 §; LKBR 12 kap. 2 §",
        of_koncern=True,
        unless="om inte alla bolag, var för sig och tillsammans, är utan väsentlig betydelse",
    ),
    _Asked(kind="budget", contents=("koncernföretagens ekonomi",), lagrum="KL 11 kap. 6 a §", of_koncern=True),
)


def report_parts(definition: Definition, years: Iterable[int]) -> Iterator[Remark]:
    """Find what the law's reports lack, and parts that have no sheet, by what holds for each year.

    What is found is told once, for the first year: the others are named by their period.
    """
    told: set[tuple[Path, str]] = set()
    held = list(years)
    for year in held:
        for step_id, step, period in held_steps(definition, year):
            named = step.definite if year == held[0] else step.report(period)
            for one in (
                *_lacking(definition, step_id, step, period, named),
                *_sheetless(definition, step_id, step, period),
            ):
                if (one.path, one.rule) not in told:
                    told.add((one.path, one.rule))
                    yield one


def _lacking(definition: Definition, step_id: str, step: Step, period: Period, named: str) -> Iterator[Remark]:
    if not step.flow or (step.kind == "delårsrapport" and not 6 <= period.months <= 8):
        return  # a delårsrapport for April is one more than the law asks for
    koncern = any(unit.kind == "bolag" and unit.is_there_in(period.year) for unit in definition.units.values())
    there = contents(definition, step, period)
    for asked in _ASKED:
        if asked.kind != step.kind or (asked.of_koncern and not koncern):
            continue
        if lacking := [each for each in asked.contents if each not in there]:
            unless = f", {asked.unless}" if asked.unless else ""
            yield Remark(
                path=("steg", step_id, "krav"),
                rule=law_id(asked.lagrum),
                message=f"{named} ska enligt lagen ha {listing(lacking)}{unless}, men inget som lämnas in är det; "
                f"lägg till en del, eller skriv 'avser: {lacking[0]}' i den del som har det",
                period=period,
                severity="varning",
                lagrum=asked.lagrum,
            )
    if step.kind == "delårsrapport":
        yield from _compared(definition, step_id, step, period)


def _compared(definition: Definition, step_id: str, step: Step, period: Period) -> Iterator[Remark]:
    for sheet_id in dict.fromkeys(each for _, _, part in own_parts(definition, step, period) for each in part.sheets):
        sheet = definition.sheets[sheet_id]
        if not sheet.holds(period):
            continue
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


def _sheetless(definition: Definition, step_id: str, step: Step, period: Period) -> Iterator[Remark]:
    """A part whose sheets have all ceased, or are to come, is not asked for: that is told."""
    for krav_id, krav in step.krav.items():
        for part_id, part in krav.parts.items():
            if part.sheets and not any(definition.sheets[each].holds(period) for each in part.sheets):
                sheets = listing([f"'{each}'" for each in part.sheets])
                yield Remark(
                    path=("steg", step_id, "krav", krav_id, "delar", part_id, "blad"),
                    rule="blad-galler",
                    message=f"{part.name} i {step.report(period)} frågas inte efter: inget av bladen "
                    f"{sheets} gäller då; lägg till det blad som gäller, eller skriv "
                    "'från' eller 'till' i delen",
                    period=period,
                    severity="varning",
                )


def contents(definition: Definition, step: Step, period: Period) -> set[Content]:
    """Return what the law sees in what nämnder and styrelsen hand in for a step's period."""
    return {
        each for _, _, part in own_parts(definition, step, period) for each in contents_of(definition, part, period)
    }


def own_parts(definition: Definition, step: Step, period: Period) -> Iterator[tuple[str, str, Part]]:
    """Yield the parts that a nämnd or styrelsen hands in, by krav and id: a bolag's resultaträkning is not the municipality's."""
    own = {
        key: unit for key, unit in definition.units.items() if unit.kind != "bolag" and unit.is_there_in(period.year)
    }
    for krav_id, krav in step.krav.items():
        for part_id, part in krav.parts.items():
            if any(krav.is_owed_by(key, unit) and part.is_asked_of(key, unit) for key, unit in own.items()):
                yield krav_id, part_id, part


def contents_of(definition: Definition, part: Part, period: Period) -> Iterator[Content]:
    """Yield what the law sees in one part: what it says itself, and what those of its sheets are that hold."""
    yield from part.concerns
    sheets = (definition.sheets[each] for each in part.sheets)
    yield from (each.concerns for each in sheets if each.concerns and each.holds(period))
