"""The schema's faults in Swedish: what was read, what is allowed, and the nearest right word."""

from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from arshjul.definition.dangling import mapping
from arshjul.definition.lined import Path
from arshjul.definition.model import Definition
from arshjul.errors import nearest

_KINDS = {"int": "ett heltal", "date": "ett datum (2027-09-21)", "string": "text", "bool": "true eller false"}

#: how what is often written too shortly is written, by its key
_WRITTEN = {
    "varje": "varje: {möte: ks}",
    "perioder": "perioder: [april, augusti, december]",
    "frist": 'frist: {regel: {regel: fast dag, dag: 1 oktober}, kl: "16.00", källa: …}',
    "dag": "dag: {regel: {regel: möte, organ: ks, efter: underlag}, källa: …}",
    "regel": "dag: {regel: {regel: möte, organ: ks, efter: underlag}, källa: …}, med regelns nycklar i den inre klammern",
}


def fault_words(error: ErrorDetails) -> tuple[str, str]:
    """Return the rule that a fault breaks, and its words."""
    path = error["loc"]
    kind, read, last = error["type"], error["input"], path[-1] if path else ""
    context = error.get("ctx", {})
    where = ".".join(str(part) for part in path)
    no_law = _of_no_law(path)
    if kind == "missing":
        return (
            "saknas",
            f"'{last}' saknas i {'.'.join(map(str, path[:-1])) or 'filen'}; lägg till det{no_law and f'.{no_law}'}",
        )
    if kind == "extra_forbidden":
        return "okand-nyckel", f"okänd nyckel '{last}'{nearest(str(last), keys_at(path[:-1]))}"
    if read is None and kind != "value_error":
        return "fel-varde", f"{where} är tomt; skriv ett värde, eller ta bort nyckeln{no_law and f'.{no_law}'}"
    if isinstance(read, bool):
        read = str(read).lower()  # as it is written
    if kind in ("literal_error", "union_tag_invalid"):
        allowed = [
            word.strip().strip("'")
            for word in str(context.get("expected", context.get("expected_tags"))).replace(" or ", ",").split(",")
        ]
        shown = read if kind == "literal_error" else context.get("tag")
        named = next((part for part in reversed(path) if isinstance(part, str) and not part.isdigit()), last)
        word = "regel" if kind == "union_tag_invalid" else named
        return "okant-ord", f"okänt värde '{shown}' för '{word}'{nearest(str(shown), allowed)}{no_law}"
    if kind == "union_tag_not_found":
        near = get_close_matches("regel", map(str, mapping(read)), n=1)
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
    written = next((_WRITTEN[str(part)] for part in reversed(path) if str(part) in _WRITTEN), None)
    right = f"skriv till exempel {written}" if written else "jämför med den medföljande definitionen"
    return "fel-varde", f"'{read}' i {where} går inte att använda; {right}"


def _of_no_law(path: Path) -> str:
    """Say what a report is whose slag no rule of the law is about: the nearest word would make another report of it."""
    if len(path) == 3 and path[0] == "steg" and path[2] == "slag":
        return " En rapport som ingen lagregel prövar, till exempel en tertialrapport, är 'månadsuppföljning'"
    return ""


def _rule_of(message: str) -> str:
    words = message.split()
    return (
        f"{words[0]}-{words[1]}".translate(str.maketrans("åäö", "aao"))
        if words[0] in ("okänd", "okänt")
        else "fel-varde"
    )


def keys_at(path: Path) -> tuple[str, ...]:
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
