"""YAML with lines: plain values, and beside them the line on which each key or item stands.

Dates stay text, so that an impossible one is a fault with a line among the others, not the end of the reading.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from arshjul.yaml_words import yaml_fault

Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_TRUE = ("true", "yes", "on")


@dataclass(frozen=True, slots=True)
class Lined:
    """A document's values (mappings, lists, text, numbers, booleans, None) and their 1-based lines by path."""

    values: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of the value at ``path``, or of its nearest parent.

        What is not in the file (a union's tag, a missing key) is passed over on the way.
        """
        here: Path = ()
        for key in path:
            if (*here, key) in self.lines:
                here = (*here, key)
        return self.lines.get(here, 1)


class YamlFault(ValueError):  # noqa: N818 - our faults are called so
    """The text is no YAML; ``line`` is where, the message is Swedish."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_lined(text: str) -> Lined:
    """Read a document. Raises YamlFault for what is no YAML, and for a key that stands twice."""
    try:
        node = _compose(text)
        lines: dict[Path, int] = {}
        return Lined(_value(node, (), lines) if node is not None else None, lines)
    except YAMLError as error:
        raise YamlFault(*yaml_fault(error, text)) from None
    except RecursionError:
        raise YamlFault(1, "klamrarna ligger i för många nivåer; skriv dem på egna rader") from None


def _compose(text: str) -> Node | None:
    """Compose with libyaml, six times faster; what it cannot read (YAML 1.2's freer colons) is read by ruamel's own."""
    node: Node | None
    try:
        node = YAML(typ="safe").compose(text)
    except YAMLError:
        node = YAML(typ="safe", pure=True).compose(text)
    return node


def _value(node: Node, path: Path, lines: dict[Path, int]) -> Any:
    match node:
        case MappingNode():
            return dict(_items(node, path, lines))
        case SequenceNode():
            found = []
            for number, item in enumerate(node.value):
                lines[*path, number] = item.start_mark.line + 1
                found.append(_value(item, (*path, number), lines))
            return found
        case ScalarNode():
            return _scalar(node)
        case _:
            raise TypeError(f"no YAML node: {node!r}")


def _items(node: MappingNode, path: Path, lines: dict[Path, int]) -> Iterator[tuple[Any, Any]]:
    seen = set()
    for key_node, value in node.value:
        key, line = _scalar(key_node), key_node.start_mark.line + 1
        if key in seen:
            raise YamlFault(line, f"nyckeln '{key}' står två gånger på samma ställe; ta bort den ena")
        seen.add(key)
        lines[*path, key] = line
        yield key, _value(value, (*path, key), lines)


def _scalar(node: ScalarNode) -> Any:
    text = str(node.value)
    match str(node.tag).removeprefix(_TAG):
        case "null":
            return None
        case "bool":
            return text.lower() in _TRUE
        case "int" | "float":
            return _number(text)
        case _:
            return text


def _number(text: str) -> int | float | str:
    """Read a number: one with leading noughts is decimal. What is none (``.inf``, ``!!int x``) stays text, which the schema tells."""
    bare = text.replace("_", "")
    with suppress(ValueError):
        return int(bare, 10 if bare.strip("+-").isdigit() else 0)
    with suppress(ValueError):
        return float(bare)
    return text
