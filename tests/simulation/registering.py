"""The registers in a simulated year: entries that are added, changed and taken away; and that what is owed follows them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from actions.act import Act
from actions.plan.register_keeping import keep_entry, take_entry
from arshjul.definition.model import Definition
from arshjul.definition.registers.register import Register
from arshjul.keys import PlannedKey, beginning
from store.plan.obligations import GONE
from store.post.notices import ASIDE, MOVED
from store.tables import ObligationRow, RegisterRow
from tests.simulation.seeing import View
from tests.simulation.world import World

WHY, BY = "enligt simuleringen", "ekonom"
Said = Mapping[str, Any]  #: an entry, by the definition's words, as JSON has it


def said(view_or_world: Any, definition: Definition, register_id: str) -> dict[str, Said]:
    """Return a register's entries by their rows and the file alone: what is owed is held against this, not against the plan."""
    file = definition.registers[register_id].entries
    found: dict[str, Said | None] = {key: each.written() for key, each in file.items()}
    rows = select(RegisterRow).where(RegisterRow.register == register_id).order_by(RegisterRow.id)
    for row in view_or_world.session.scalars(rows):
        found[row.entry] = None if row.gone else row.fields
    return {key: each for key, each in found.items() if each is not None}


def add_one(world: World, dice: Random) -> None:
    """An entry is registered, an uppdrag as a rule with a frist in the months to come."""
    register_id, register = _register(world, dice)
    fields = _fields(world, dice, register)
    words = f"{register.name}: {fields['namn']} registreras, {fields.get('frist', 'ingen frist')}"
    world.act(words, lambda scene: keep_entry(Act(scene, BY, WHY), register_id, fields))


def change_one(world: World, dice: Random) -> None:
    """An entry gets another frist, other enheter, another name, or none of a frist any more."""
    register_id, register = _register(world, dice)
    with world.look() as scene:
        known = said(scene, world.office.definition, register_id)
    if not known:
        return
    entry_id = dice.choice(sorted(known))
    fields = dict(known[entry_id]) | {
        word: each for word, each in _fields(world, dice, register).items() if dice.random() < 0.5
    }
    if "frist" in fields and dice.random() < 0.1:
        del fields["frist"]
    fields.pop("första frist", None)
    words = f"{register.name}: {entry_id} ändras, {fields.get('frist', 'ingen frist')} {fields.get('enheter', '')}"
    world.act(words, lambda scene: keep_entry(Act(scene, BY, WHY), register_id, fields, entry_id))


def end_one(world: World, dice: Random) -> None:
    """An entry is taken away."""
    register_id, register = _register(world, dice)
    with world.look() as scene:
        known = sorted(said(scene, world.office.definition, register_id))
    if known:
        entry_id = dice.choice(known)
        world.act(
            f"{register.name}: {entry_id} tas bort",
            lambda scene: take_entry(Act(scene, BY, WHY), register_id, entry_id),
        )


#: like the other acts (``acts.ACTS``), where there are registers
REGISTER_ACTS = {"ny post": (add_one, 9), "ändrad post": (change_one, 9), "borttagen post": (end_one, 5)}


def follows_the_registers(view: View) -> Iterator[tuple[str | None, str]]:
    """What is owed because of an entry is owed by its enheter and by no others, not before its frist; and tells nothing when it is gone.

    A frist that has been moves to no other day that has been.
    """
    today = view.scene.today
    definition, every = view.world.office.definition, view.scene.wheel.obligations
    years = {one.period.year for one in every.values()}
    for step_id, step in definition.steps.items():
        if step.each is None or step.each.of_register is None:
            continue
        known = said(view, definition, step.each.of_register)
        there = {(one.period.entry, one.unit): one for one in every.values() if one.step == step_id}
        asked = {(key, unit): each for key, each in known.items() for unit in _asked(definition, step_id, each, years)}
        for (key, unit), each in asked.items():
            one = there.get((key, unit))
            if one is None:
                yield None, f"{key} begärs inte av {unit}, fast registret säger det"
            elif one.deadline.last_day < _day(each["frist"]) - timedelta(days=5) and _day(each["frist"]) > today:
                yield one.key, f"fristen är {one.deadline.last_day}, i registret {each['frist']}"
        for pair, one in there.items():
            if pair not in asked:
                yield one.key, f"{pair[0]} begärs av {pair[1]}, fast registret inte säger det"
        keys = {one.key for one in there.values()}
        rows = view.session.scalars(select(ObligationRow).where(ObligationRow.step == step_id))
        alive = {row.key for row in rows if row.state != GONE}
        for key in sorted(alive ^ keys):
            yield key, "står kvar i planens rader, fast den inte begärs" if key in alive else "begärs, men saknar rad"
        for word in (word for seen in view.fresh for word in seen.words()):
            if (
                PlannedKey(beginning(word.key)).step == step_id
                and word.key not in keys
                and word.rung not in (MOVED, *ASIDE)
            ):
                yield word.key, f"{word.rung} till {word.address} om det som inte begärs längre ({word.letter})"


def _asked(definition: Definition, step_id: str, each: Said, years: set[int]) -> list[str]:
    """Return the enheter that an entry makes owe something: none without a frist, or with one outside the years."""
    day = each.get("första frist") or each.get("frist")
    if day is None or "frist" not in each or _day(day).year not in years:
        return []
    every = definition.steps[step_id].krav.values()
    units = each.get("enheter") or definition.units
    return [unit for unit in units if any(krav.is_owed_by(unit, definition.units[unit]) for krav in every)]


def _register(world: World, dice: Random) -> tuple[str, Register]:
    registers = world.office.definition.registers
    register_id = dice.choice(sorted(registers))
    return register_id, registers[register_id]


def _fields(world: World, dice: Random, register: Register) -> dict[str, Any]:
    units = sorted(world.office.definition.units)
    fields: dict[str, Any] = {
        "namn": f"{dice.choice(['Se över', 'Ta fram', 'Mät'])} {dice.choice(['lokaler', 'skjutsar', 'maten'])} {dice.randint(1, 99)}",
        "enheter": dice.sample(units, min(len(units), dice.choice([1, 1, 2]))),
        "av": "KF",
        "beslut": f"{world.today} § {dice.randint(1, 99)}",
    }
    if register.kind == "uppdrag" and dice.random() < 0.9:
        fields["frist"] = (world.today + timedelta(days=dice.randint(-5, 90))).isoformat()
    return fields


def _day(read: object) -> date:
    return date.fromisoformat(str(read))
