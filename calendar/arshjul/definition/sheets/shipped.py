"""The sheets that ship with the project: one YAML file each, read once, in the order of their files' numbers."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from arshjul.definition.lined import read_lined
from arshjul.definition.sheets.sheet import Sheet

#: ``03-ekonomi-delar.yaml``: the number is where it stands in a sammanställning, the rest is its id
FILES = tuple(sorted(Path(__file__).parent.glob("[0-9][0-9]-*.yaml")))


@cache
def shipped() -> Mapping[str, Sheet]:
    """Return them by id."""
    return {sheet_id(each): read_sheet(each) for each in FILES}


def sheet_id(file: Path) -> str:
    """Return the id of the sheet in a file."""
    return file.stem[3:]


def read_sheet(file: Path) -> Sheet:
    """Return the sheet of a file."""
    return Sheet.model_validate({**read_lined(file.read_text(encoding="utf-8")).values, "id": sheet_id(file)})


def with_own(own: Mapping[Any, Any]) -> dict[str, Sheet]:
    """Return every sheet of a definition whose ``blad`` is as it stands in the file: what cannot be read is left out."""
    found = dict(shipped())
    for key, each in own.items():
        with suppress(ValidationError):
            # its rules lean on the definition's sources, and nobody who asks here looks at them
            found[str(key)] = Sheet.model_validate(
                {**each, "id": str(key), "regler": {}} if isinstance(each, Mapping) else each
            )
    return found
