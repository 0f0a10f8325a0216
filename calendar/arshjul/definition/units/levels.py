"""Levels: which enheter are under which, and by whom what a lower one hands in is carried up."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from arshjul.definition.lined import Path
from arshjul.definition.units.unit import Unit
from arshjul.errors import nearest
from arshjul.keys import UnitId

Told = tuple[Path, str, str]  #: path, rule, Swedish words
Tree = Mapping[Any, Any]

_INHERITED = ("slag", "organ")  #: what an enhet has from the topmost one over it, where it says nothing itself


def those_above(units: Mapping[UnitId, Unit], unit_id: UnitId) -> tuple[UnitId, ...]:
    """Return the enheter over one, the nearest first; none over one that is under no other."""
    found: list[UnitId] = []
    above = units[unit_id].above
    while above:
        found.append(above)
        above = units[above].above
    return tuple(found)


def is_meant(
    unit_id: UnitId, unit: Unit, *, kinds: Collection[str], units: Collection[str], levels: Collection[str]
) -> bool:
    """Tell whether an enhet is among those that ``slag``, ``enheter`` and ``nivå`` name; all that are said must hold.

    Without ``enheter`` and ``nivå`` none is meant that is under another.
    """
    if units or levels:
        named = (not units or unit_id in units) and (not levels or unit.level in levels)
    else:
        named = unit.above is None
    return named and (not kinds or unit.kind in kinds)


def inheriting(read: Any) -> Any:
    """Give each enhet that is under another what it has from the topmost one, in the file's ``enheter`` as they are read."""
    if not isinstance(read, Mapping):
        return read
    every = {key: _mapping(one) for key, one in read.items()}
    return {key: {**_from_top(every, key), **one} if one.get("under") else read[key] for key, one in every.items()}


def misled(units: Tree, steps: Tree) -> Iterator[Told]:
    """Find levels that cannot be followed, in the file as it is read: circles, and words that name no level."""
    every = {key: _mapping(one) for key, one in units.items()}
    for key, one in every.items():
        chain = _chain(every, key)
        if chain[-1] == key and len(chain) > 1:
            words = " → ".join(f"'{each}'" for each in chain)
            yield (
                ("enheter", key, "under"),
                "cirkel",
                f"enheterna är under varandra i en cirkel: {words}; ta bort ett 'under'",
            )
        if one.get("under") and not one.get("nivå"):
            words = f"'{key}' är under '{one['under']}' men har ingen 'nivå'; ange den, till exempel nivå: enhet"
            yield ("enheter", key), "saknar-niva", words
    levels = tuple(dict.fromkeys(str(one["nivå"]) for one in every.values() if one.get("nivå")))
    for step_id, step in ((key, _mapping(one)) for key, one in steps.items()):
        for path, each in _saying(("steg", step_id), step):
            for word in _listed(each.get("nivå")):
                if word not in levels:
                    known = nearest(str(word), levels)
                    yield (*path, "nivå"), "okand-niva", f"okänd nivå '{word}'{known}; ingen enhet har den"
        yield from _carrying(("steg", step_id), step, levels)


def _carrying(path: Path, step: Tree, levels: tuple[str, ...]) -> Iterator[Told]:
    """What a krav gathers is another krav of the same step, once, and never in a circle."""
    krav = {key: _mapping(one) for key, one in _mapping(step.get("krav")).items()}
    gathered: dict[str, str] = {}
    for key, one in krav.items():
        here: Path = (*path, "krav", key, "samlar")
        for other in _listed(one.get("samlar")):
            if other not in krav:
                yield here, "okant-krav", f"okänt krav '{other}'{nearest(str(other), krav)}"
            elif _mapping(krav[other]).get("direkt") is True:
                words = (
                    f"'{other}' går direkt till sammanställningen; ta bort 'direkt: true' där, eller ta bort det här"
                )
                yield here, "direkt", words
            elif not krav[other].get("nivå") and not krav[other].get("enheter"):
                level = levels[-1] if levels else "enhet"
                words = (
                    f"'{other}' lämnas av dem som inte är under någon, så '{key}' har inget att samla; skriv till exempel "
                    f"'nivå: {level}' i '{other}'"
                )
                yield (*path, "krav", other), "inget-att-samla", words
            elif step.get("ingår i"):
                words = "ett steg som ingår i ett annat kan inte samla något; samla i det steget"
                yield here, "samlar", words
        seen, now = [key], [str(each) for each in _listed(one.get("samlar"))]
        while now and key not in now and len(seen) <= len(krav):
            seen.append(now[0])
            now = [str(each) for each in _listed(_mapping(krav.get(now[0])).get("samlar"))] + now[1:]
        if key in now and key not in gathered:
            words = f"kraven samlar varandra i en cirkel, genom '{key}'; ta bort ett 'samlar'"
            yield here, "cirkel", words
            gathered |= dict.fromkeys(seen, key)


def _saying(path: Path, step: Tree) -> Iterator[tuple[Path, Tree]]:
    for word in ("krav", "moment"):
        for key, one in _mapping(step.get(word)).items():
            yield (*path, word, key), _mapping(one)
            for part_id, part in _mapping(_mapping(one).get("delar")).items():
                yield (*path, word, key, "delar", part_id), _mapping(part)


def _from_top(every: Mapping[Any, Tree], key: Any) -> dict[str, Any]:
    """Return what the ones over an enhet say, the topmost last: what is said nearest holds."""
    found: dict[str, Any] = {}
    for each in _chain(every, key)[1:]:
        found |= {word: every[each][word] for word in _INHERITED if word in every[each] and word not in found}
    return found


def _chain(every: Mapping[Any, Tree], key: Any) -> list[Any]:
    """Return an enhet and those over it, as far as they go or back to where it has been."""
    chain = [key]
    while (above := every[chain[-1]].get("under")) in every:
        chain.append(above)
        if above in chain[:-1]:
            break
    return chain


def _listed(read: Any) -> tuple[Any, ...]:
    if read is None:
        return ()
    return tuple(read) if isinstance(read, (list, tuple)) else (read,)


def _mapping(node: Any) -> Tree:
    return node if isinstance(node, Mapping) else {}
