"""Read a definition from YAML and tell every fault in one go, with its line and the nearest right word."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from arshjul.definition.asked import Check
from arshjul.definition.dangling import Tree, dangling, mapping, section
from arshjul.definition.faultwords import fault_words, keys_at
from arshjul.definition.ladders import in_kinds
from arshjul.definition.leaning import Told
from arshjul.definition.lined import Lined, Path, YamlFault, read_lined
from arshjul.definition.mapped import mapped
from arshjul.definition.model import Definition
from arshjul.definition.reach import with_named_rungs
from arshjul.definition.sheets.shipped import shipped
from arshjul.errors import DefinitionError, Fault

CHECKS = "kontroller"
_DECLARED = {"roll": "roller", "organ": "organ", "enhet": "enheter", "trappa": "trappor", "bokföring": "bokföring"}
_UNKNOWN = {kind: (f"okand-{kind}", f"okant-{kind}") for kind in _DECLARED}  #: the rules that a lost section sets off


@dataclass(frozen=True, slots=True)
class Sourced:
    """A definition with its file's name and lines, so that later findings can say where."""

    definition: Definition
    file: str
    lined: Lined

    def line(self, *path: str | int) -> int:
        """Return the 1-based line of the value at ``path`` (the file's keys), or of its nearest parent."""
        return self.lined.line(path)


@dataclass(frozen=True, slots=True)
class Read:
    """As much of a file as can be read, whatever is wrong with it: for telling every fault in one go."""

    file: str
    lined: Lined
    faults: tuple[Fault, ...]
    checks: Mapping[str, Check]  #: the ``kontroller`` that can be read
    sourced: Sourced | None  #: without the ``kontroller`` that cannot; None when something else cannot be read

    def line(self, *path: str | int) -> int:
        """Return the 1-based line of the value at ``path``, or of its nearest parent."""
        return self.lined.line(path)


def read_definition(text: str, file: str) -> Sourced:
    """Read ``text``; ``file`` is the name in faults. Raises DefinitionError with every fault."""
    read = read_all(text, file)
    if read.faults or read.sourced is None:
        raise DefinitionError(read.faults)
    return read.sourced


@lru_cache(maxsize=4)  # a start and each command read the same file several times: to judge it, and to go by it
def read_all(text: str, file: str) -> Read:
    """Read as much of ``text`` as can be read. Raises DefinitionError for one that is no definition at all."""
    try:
        lined = read_lined(text)
    except YamlFault as fault:
        raise DefinitionError([Fault(file=file, line=fault.line, rule="yaml", message=str(fault))]) from None
    tree = lined.values
    if not isinstance(tree, dict):
        message = "filen är tom eller ingen årshjulsdefinition"
        raise DefinitionError([Fault(file=file, line=1, rule="yaml", message=message)])
    tree = _with_kinds(tree)
    definition, wrong = _modelled(tree)
    told = [*_named(tree, wrong), *wrong]
    holds = all(path[:1] == (CHECKS,) for path, _, _ in told)
    if holds:  # the year holds without the kontroller that do not
        lost = {str(path[1]) for path, _, _ in told if len(path) > 1}
        kept = {key: each for key, each in section(tree, CHECKS).items() if key not in lost}
        definition = definition or _modelled({**tree, CHECKS: kept})[0]
    faults = (
        Fault(file=file, line=lined.line(path), rule=rule, message=words) for path, rule, words in _causes(lined, told)
    )
    # a year with a name in it that points at nothing cannot be turned
    sourced = Sourced(definition, file, lined) if definition and holds else None
    return Read(file, lined, tuple(faults), sourced.definition.checks if sourced else _checks(tree), sourced)


def _named(tree: Tree, wrong: list[Told]) -> list[Told]:
    """Tell the names that point at nothing. Where a value is of another shape the schema tells of it, and they wait."""
    try:
        return [*dangling(tree), *mapped(tree)]
    except (TypeError, AttributeError):
        if not wrong:
            raise
        return []


def _with_kinds(tree: Tree) -> Tree:
    """Return the file as read, with the kind of each rung that has a word of its own."""
    ladders = tree.get("trappor")
    return {**tree, "trappor": in_kinds(ladders, section(tree, "organ"))} if isinstance(ladders, Mapping) else tree


def _modelled(tree: Tree) -> tuple[Definition | None, list[Told]]:
    try:
        return with_named_rungs(Definition.model_validate(tree, context=_declared(tree))), []
    except ValidationError as error:
        return None, [(_where(each), *fault_words(each)) for each in error.errors()]


def _where(error: ErrorDetails) -> Path:
    """Return where a fault is, as exactly as whoever found it could say."""
    return (*error["loc"], *getattr(error.get("ctx", {}).get("error"), "path", ()))


def _checks(tree: Tree) -> dict[str, Check]:
    """Return the kontroller that can be read, of a definition that cannot."""
    found = {}
    for key, each in section(tree, CHECKS).items():
        with suppress(ValidationError):
            found[str(key)] = Check.model_validate(each, context=_declared(tree))
    return found


def _declared(tree: Tree) -> dict[str, Any]:
    names: dict[str, Any] = {kind: tuple(section(tree, key)) for kind, key in _DECLARED.items()}
    names["blad"] = (*shipped(), *map(str, section(tree, "blad")))
    documents = section(tree, "källor")
    names["källa"] = {key: str(mapping(value).get("namn", key)) for key, value in documents.items()}
    return names


def _causes(lined: Lined, told: list[Told]) -> Iterator[Told]:
    """Keep what is wrong, not what follows from it, each once: a misspelt key is not also a missing one."""
    lost = {key for kind, key in _DECLARED.items() if not section(lined.values, key)}
    meant = {(*path[:-1], _near_key(path)) for path, rule, _ in told if rule == "okand-nyckel"}
    seen: set[tuple[int, str]] = set()
    for path, rule, words in _with_flat_rules(lined.values, told):
        missing = {"saknar-frist": "frist", "saknar-trappa": "trappa"}.get(rule)
        follows = (*path, missing) in meant if missing else rule == "saknas" and path in meant
        follows = follows or any(key in lost and rule in _UNKNOWN[kind] for kind, key in _DECLARED.items())
        if not follows and (lined.line(path), words) not in seen:
            seen.add((lined.line(path), words))
            yield path, rule, words


def _with_flat_rules(tree: Any, told: list[Told]) -> list[Told]:
    """Tell a rule whose keys stand beside it, not within it, once, with how it is written; its keys are no faults of their own."""
    unknown = {path for path, rule, _ in told if rule == "okand-nyckel"}
    flat, within = dict[Path, str](), set[Path]()
    for path, rule, _ in told:
        read = _at(tree, path[:-1])
        if (
            rule == "fel-varde"
            and path[-1:] == ("regel",)
            and isinstance(read, Mapping)
            and isinstance(read["regel"], str)
        ):
            loose = [key for key in read if (*path[:-1], key) in unknown]
            within |= {(*path[:-1], key) for key in loose}
            meant = ", ".join(f"{key}: {read[key]}" for key in ("regel", *loose))
            flat[path] = f"regelns nycklar ska stå inom en egen klammer; skriv 'regel: {{{meant}}}'"
    return [(path, rule, flat.get(path, words)) for path, rule, words in told if path not in within]


def _at(tree: Any, path: Path) -> Any:
    for key in path:
        if isinstance(tree, list):
            tree = dict(enumerate(tree))
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _near_key(path: Path) -> str:
    close = get_close_matches(str(path[-1]), keys_at(path[:-1]), n=1)
    return close[0] if close else ""
