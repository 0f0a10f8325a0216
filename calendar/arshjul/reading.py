"""Read a definition from YAML and tell every fault in one go, with its line and the nearest right word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import ScalarNode

from arshjul.definition import CONCERNS, OWN_BODY, RUNG_ORDER, Definition
from arshjul.errors import DefinitionError, Fault, nearest
from arshjul.leaning import Path, Told, leaning

_KINDS = {"int": "ett heltal", "date": "ett datum (2027-09-21)", "string": "text", "bool": "true eller false"}
_DECLARED = {"roll": "roller", "organ": "organ", "enhet": "enheter", "trappa": "trappor"}
_UNKNOWN = {kind: (f"okand-{kind}", f"okant-{kind}") for kind in _DECLARED}  #: the rules that a lost section sets off


class _Constructor(RoundTripConstructor):
    """Leaves dates as text, so that an impossible one is a fault with a line, among the others."""

    def date_as_text(self, node: ScalarNode) -> str:
        return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.date_as_text)


@dataclass(frozen=True, slots=True)
class Sourced:
    """A definition with its file's name and lines, so that later findings can say where."""

    definition: Definition
    file: str
    tree: CommentedMap

    def line(self, *path: str | int) -> int:
        """Return the 1-based line of the value at ``path`` (the file's keys), or of its nearest parent."""
        return line_of(self.tree, path)


def read_definition(text: str, file: str) -> Sourced:
    """Read ``text``; ``file`` is the name in faults. Raises DefinitionError with every fault."""
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        tree = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DefinitionError([Fault(file=file, line=line, rule="yaml", message=_yaml_words(error))]) from None
    if not isinstance(tree, CommentedMap):
        raise DefinitionError(
            [Fault(file=file, line=1, rule="yaml", message="filen är tom eller ingen årshjulsdefinition")]
        )
    told = [*_dangling(tree)]
    try:
        definition = Definition.model_validate(_plain(tree), context=_declared(tree))
    except ValidationError as error:
        told += [(error["loc"], *_words(error, error["loc"])) for error in error.errors()]
    if told:
        raise DefinitionError(
            Fault(file=file, line=line_of(tree, path), rule=rule, message=words)
            for path, rule, words in _causes(tree, told)
        )
    return Sourced(definition, file, tree)


def line_of(tree: Any, path: Path) -> int:
    """Return the 1-based line at which the value at ``path`` stands, or its nearest parent that has one."""
    line, node = 1, tree
    for key in path:
        if isinstance(node, CommentedMap) and key in node:
            line = node.lc.key(key)[0] + 1
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line = node.lc.item(key)[0] + 1
        else:
            continue  # a union's tag, or a key that is missing: the parent's line is the nearest
        node = node[key]
    return line


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, list) else node


def _mapping(node: Any) -> Mapping[Any, Any]:
    return node if isinstance(node, Mapping) else {}


def _section(tree: CommentedMap, key: str) -> Mapping[Any, Any]:
    """Return a section of the file, also when its name is misspelt: one fault is enough."""
    near = get_close_matches(key, map(str, tree), n=1, cutoff=0.75)
    return _mapping(tree.get(key, tree.get(near[0]) if near else None))


def _declared(tree: CommentedMap) -> dict[str, Any]:
    names: dict[str, Any] = {kind: tuple(_section(tree, key)) for kind, key in _DECLARED.items()}
    documents = _section(tree, "källor")
    names["källa"] = {key: str(_mapping(value).get("namn", key)) for key, value in documents.items()}
    return names


def _dangling(tree: CommentedMap) -> Iterator[Told]:
    """Find names that point at something else in the same step, or at another step, and hit nothing."""
    steps, bodies = _section(tree, "steg"), (*_section(tree, "organ"), OWN_BODY)
    for step_id, step in ((key, _mapping(value)) for key, value in steps.items()):
        path: Path = ("steg", step_id)
        krav, moments = _mapping(step.get("krav")), _mapping(step.get("moment"))
        anchors = ("periodens slut", *(("stängning",) if step.get("stängning") else ()), *krav, *moments)
        yield from _anchors((*path, "stängning"), step.get("stängning"), ("periodens slut",), bodies)
        for month, host in _mapping(step.get("ingår i")).items():
            if host not in steps:
                yield (
                    (*path, "ingår i", month),
                    "okant-steg",
                    f"okänt steg '{host}'{nearest(str(host), steps)}",
                )
        for krav_id, one in ((key, _mapping(value)) for key, value in krav.items()):
            for word, targets in (("behandlas", moments), ("förutsätter", krav), ("slutför", krav)):
                if one.get(word) is not None and one[word] not in targets:
                    known = nearest(str(one[word]), targets)
                    yield (
                        (*path, "krav", krav_id, word),
                        "okant-moment",
                        f"okänt '{word}: {one[word]}'{known}",
                    )
            if one.get("frist") is None and not step.get("ingår i"):
                yield (
                    (*path, "krav", krav_id),
                    "saknar-frist",
                    f"kravet '{krav_id}' saknar 'frist'; ange dess regel",
                )
            if one.get("frist") is not None and one.get("trappa") is None:
                yield (*path, "krav", krav_id), "saknar-trappa", f"kravet '{krav_id}' saknar 'trappa'"
            yield from _anchors((*path, "krav", krav_id, "frist"), one.get("frist"), anchors, bodies)
        for moment_id, moment in ((key, _mapping(value)) for key, value in moments.items()):
            here: Path = (*path, "moment", moment_id)
            if moment.get("organ") not in bodies:
                body = str(moment.get("organ"))
                yield (*here, "organ"), "okant-organ", f"okänt organ '{body}'{nearest(body, bodies)}"
            if (concerns := moment.get("avser")) not in (None, *CONCERNS):
                yield (
                    (*here, "avser"),
                    "okant-avser",
                    f"okänt 'avser: {concerns}'{nearest(str(concerns), CONCERNS)}",
                )
            for word in ("dag", "lagens dag"):
                yield from _anchors((*here, word), moment.get(word), anchors, bodies)
    yield from leaning(steps)
    yield from _ladders(_section(tree, "trappor"))
    yield from _units(_section(tree, "enheter"))


def _anchors(path: Path, dating: Any, anchors: tuple[str, ...], bodies: tuple[str, ...]) -> Iterator[Told]:
    rule = _mapping(_mapping(dating).get("regel"))
    for word in ("efter", "före"):
        if rule.get(word) is not None and rule[word] not in anchors:
            words = f"okänd utgångspunkt '{rule[word]}'{nearest(str(rule[word]), anchors)}"
            yield (*path, "regel", word), "okand-utgangspunkt", words
    if rule.get("regel") == "möte" and rule.get("organ") not in bodies:
        words = f"okänt organ '{rule.get('organ')}'{nearest(str(rule.get('organ')), bodies)}"
        yield (*path, "regel", "organ"), "okant-organ", words


def _ladders(ladders: Mapping[Any, Any]) -> Iterator[Told]:
    """A ladder is climbed in order: each rung later, none above before the frist, the last word a day before."""
    for ladder_id, ladder in ladders.items():
        kinds: dict[str, int] = {}
        last_days, last_kind = -1000, 0
        for number, rung in enumerate(_mapping(ladder).get("trappsteg") or ()):
            kind, days = _mapping(rung).get("slag"), _mapping(rung).get("arbetsdagar")
            if kind not in RUNG_ORDER or not isinstance(days, int):
                continue  # told by the schema
            path: Path = ("trappor", ladder_id, "trappsteg", number)
            order = RUNG_ORDER.index(kind)
            if days <= last_days or order < last_kind:
                yield (
                    path,
                    "trappans-ordning",
                    f"trappsteget '{kind}' ({days:+}) står i fel ordning: varje steg ska vara senare",
                )
            elif (days < 0) != (kind in ("start", "påminnelse")):
                yield path, "trappans-ordning", f"trappsteget '{kind}' ({days:+}) står på fel sida om fristen"
            if kind == "ksau" and kinds.get("sista ord") != days - 1:
                yield path, "sista-ord", "före 'ksau' ska 'sista ord' stå exakt en arbetsdag tidigare"
            last_days, last_kind, kinds[kind] = days, order, days


def _units(units: Mapping[Any, Any]) -> Iterator[Told]:
    for unit_id, unit in ((key, _mapping(value)) for key, value in units.items()):
        since, until = unit.get("från"), unit.get("till")
        if since and until and since > until:
            yield (
                ("enheter", unit_id, "till"),
                "fran-till",
                f"enheten upphör ({until}) innan den börjar ({since})",
            )
        if unit_id in (unit.get("efterträder") or ()):
            yield ("enheter", unit_id, "efterträder"), "eftertrader", "en enhet kan inte efterträda sig själv"


def _causes(tree: CommentedMap, told: list[Told]) -> Iterator[Told]:
    """Keep what is wrong, not what follows from it, each once: a misspelt key is not also a missing one."""
    lost = {key for kind, key in _DECLARED.items() if not _section(tree, key)}
    meant = {(*path[:-1], _near_key(path)) for path, rule, _ in told if rule == "okand-nyckel"}
    seen: set[tuple[int, str]] = set()
    for path, rule, words in told:
        missing = {"saknar-frist": "frist", "saknar-trappa": "trappa"}.get(rule)
        follows = (*path, missing) in meant if missing else rule == "saknas" and path in meant
        follows = follows or any(key in lost and rule in _UNKNOWN[kind] for kind, key in _DECLARED.items())
        if not follows and (line_of(tree, path), words) not in seen:
            seen.add((line_of(tree, path), words))
            yield path, rule, words


def _near_key(path: Path) -> str:
    close = get_close_matches(str(path[-1]), _keys_at(path[:-1]), n=1)
    return close[0] if close else ""


def _words(error: ErrorDetails, path: Path) -> tuple[str, str]:
    kind, read, last = error["type"], error["input"], path[-1] if path else ""
    context = error.get("ctx", {})
    where = ".".join(str(part) for part in path)
    if kind == "missing":
        return "saknas", f"'{last}' saknas i {'.'.join(map(str, path[:-1])) or 'filen'}; lägg till det"
    if kind == "extra_forbidden":
        return "okand-nyckel", f"okänd nyckel '{last}'{nearest(str(last), _keys_at(path[:-1]))}"
    if kind in ("literal_error", "union_tag_invalid"):
        allowed = [
            word.strip().strip("'")
            for word in str(context.get("expected", context.get("expected_tags"))).replace(" or ", ",").split(",")
        ]
        shown = read if kind == "literal_error" else context.get("tag")
        word = "regel" if kind == "union_tag_invalid" else last
        return "okant-ord", f"okänt värde '{shown}' för '{word}'{nearest(str(shown), allowed)}"
    if kind == "union_tag_not_found":
        near = get_close_matches("regel", map(str, _mapping(read)), n=1)
        if near:
            return "okand-nyckel", f"okänd nyckel '{near[0]}', menade du 'regel'?"
        return "saknas", f"'regel' saknas i {where}; ange vilken slags regel det är"
    if kind == "value_error":
        message = str(context["error"])
        return (_rule_of(message), message)
    wanted = next((words for word, words in _KINDS.items() if kind.startswith(word)), None)
    if wanted:
        return "fel-slag", f"'{read}' i {where} ska vara {wanted}"
    limits = {"greater_than_equal": "minst", "less_than_equal": "högst"}
    if kind in limits:
        return (
            "fel-varde",
            f"'{read}' i {where} ska vara {limits[kind]} {context.get('ge', context.get('le'))}",
        )
    return "fel-varde", f"'{read}' i {where} går inte att använda; jämför med den medföljande definitionen"


def _rule_of(message: str) -> str:
    words = message.split()
    return (
        f"{words[0]}-{words[1]}".translate(str.maketrans("åäö", "aao"))
        if words[0] in ("okänd", "okänt")
        else "fel-varde"
    )


def _keys_at(path: Path) -> tuple[str, ...]:
    """Return the keys that are allowed at ``path``, by following it through the models."""
    kind: Any = Definition
    for part in path:
        kind = _inside(kind, part)
    return tuple(field.alias or name for name, field in kind.model_fields.items()) if _is_model(kind) else ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inside(kind: Any, part: str | int) -> Any:
    if _is_model(kind):
        fields = (field for name, field in kind.model_fields.items() if part in (field.alias, name))
        field = next(fields, None)
        return _bare(field.annotation) if field else None
    options = [option for option in get_args(kind) if _is_model(option)]
    tagged = (
        [option for option in options if part in get_args(option.model_fields["regel"].annotation)]
        if get_origin(kind) in (Union, type(int | str))
        else []
    )
    if tagged:
        return tagged[0]
    arguments = [argument for argument in get_args(kind) if argument is not Ellipsis]
    return _bare(arguments[-1]) if arguments else None


def _bare(kind: Any) -> Any:
    """Strip Annotated and ``| None``."""
    if hasattr(kind, "__metadata__"):
        return _bare(get_args(kind)[0])
    rest = [option for option in get_args(kind) if option is not type(None)]
    return _bare(rest[0]) if get_origin(kind) in (Union, type(int | str)) and len(rest) == 1 else kind


def _yaml_words(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error)
    if "duplicate key" in problem:
        return f"samma nyckel står två gånger: {problem.split(chr(34))[1] if chr(34) in problem else problem}"
    return f"filen går inte att läsa som YAML ({problem}); se indrag, kolon och citattecken på raden"
