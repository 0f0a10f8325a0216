"""The sheets that ship with the project: one YAML file each, read once; and those of a definition, laid over them."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from arshjul.definition.lined import read_lined
from arshjul.definition.names import Id
from arshjul.definition.sheets.sheet import Sheet

#: ``03-ekonomi-delar.yaml``: the number is where it stands in a sammanställning, the rest is its id
FILES = tuple(sorted(Path(__file__).parent.glob("[0-9][0-9]-*.yaml")))


@cache
def shipped() -> Mapping[str, Sheet]:
    """Return them by id."""
    return {key: Sheet.model_validate({**each, "id": key}) for key, each in _written().items()}


@cache
def _written() -> Mapping[str, Mapping[str, Any]]:
    return {each.stem[3:]: read_lined(each.read_text(encoding="utf-8")).values for each in FILES}


def _laid_over(read: Any) -> Any:
    """Give each own sheet its id; one without columns says only what differs from the shipped one of that id."""
    if not isinstance(read, Mapping):
        return read
    found = {}
    for key, each in read.items():
        below = _written().get(str(key), {}) if isinstance(each, Mapping) and "kolumner" not in each else {}
        found[key] = {**below, **each, "id": str(key)} if isinstance(each, Mapping) else each
    return found


#: a definition's own sheets, by id
Sheets = Annotated[dict[Id, Sheet], BeforeValidator(_laid_over)]


def with_own(own: Mapping[Any, Any]) -> dict[str, Sheet]:
    """Return every sheet of a definition whose ``blad`` is as it stands in the file: what cannot be read is left out."""
    found = dict(shipped())
    for key, each in _laid_over(own).items():
        with suppress(ValidationError):
            # its rules lean on the definition's sources, and nobody who asks here looks at them
            found[str(key)] = Sheet.model_validate({**each, "regler": {}} if isinstance(each, Mapping) else each)
    return found
