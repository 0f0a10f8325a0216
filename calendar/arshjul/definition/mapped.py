"""How a definition maps a ledger's objects to enheter and verksamheter: no amount may be counted twice, or nowhere.

Looked for in the file as it is read, as :mod:`arshjul.definition.dangling` does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from arshjul.definition.dangling import Tree, mapping, section
from arshjul.definition.leaning import Told


def mapped(tree: Tree) -> Iterator[Told]:
    """Find objects that stand twice, verksamheter that no object tells apart, and enheter that share a whole book."""
    ledgers = section(tree, "bokföring")
    taken: dict[tuple[str, str], str] = {}
    whole: dict[str, str] = {}
    for unit_id, unit in ((key, mapping(value)) for key, value in section(tree, "enheter").items()):
        ledger_id = str(unit.get("bokföring"))
        if ledger_id not in ledgers:
            continue  # told elsewhere, or an enhet without a ledger
        name, verksamheter = str(unit.get("namn", unit_id)), mapping(unit.get("verksamheter"))
        if mapping(ledgers[ledger_id]).get("dimension") is None:
            yield from _whole(unit_id, name, ledger_id, verksamheter, whole)
            continue
        if not verksamheter:
            words = f"'{name}' saknar verksamheter med objekt, så inget i bokföringen '{ledger_id}' räknas dit"
            yield ("enheter", unit_id, "bokföring"), "objekt", f"{words}; lägg till dem under 'verksamheter'"
        for key, objects in _objects(verksamheter):
            for one in objects:
                first = taken.setdefault((ledger_id, one), f"{name}, {key}")
                if first != f"{name}, {key}":
                    words = f"objektet '{one}' hör redan till {first} och skulle räknas två gånger; ta bort det ena"
                    yield ("enheter", unit_id, "verksamheter", key, "objekt"), "objekt", words


def _whole(
    unit_id: str, name: str, ledger_id: str, verksamheter: Mapping[Any, Any], whole: dict[str, str]
) -> Iterator[Told]:
    first = whole.setdefault(ledger_id, name)
    if first != name:
        words = f"'{first}' och '{name}' har samma bokföring '{ledger_id}' utan dimension, så hela räknas till båda"
        yield ("enheter", unit_id, "bokföring"), "objekt", f"{words}; ange 'dimension' och objekt, eller var sin"
    if verksamheter:
        words = f"bokföringen '{ledger_id}' har ingen 'dimension', så verksamheterna i '{name}' går inte att skilja åt"
        yield ("enheter", unit_id, "verksamheter"), "objekt", f"{words}; ange den, eller ta bort verksamheterna"


def _objects(verksamheter: Mapping[Any, Any]) -> Iterator[tuple[str, list[str]]]:
    for key, one in verksamheter.items():
        objects = mapping(one).get("objekt")
        yield str(key), [str(each) for each in objects] if isinstance(objects, list) else []
