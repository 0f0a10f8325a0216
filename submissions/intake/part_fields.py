"""What stands in a part's own fields, as it is kept: a § as ``§ 45``, a day, a box."""

from collections.abc import Iterator, Mapping
from typing import Any

from submissions.files.parts import APPROVED, DATUM, INTYGAS, JUSTERAD, PARAGRAF, Form
from submissions.intake import checks

Fields = Mapping[str, str | bool]
BOXES = (JUSTERAD, INTYGAS, APPROVED)


def as_kept(form: Form, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the form's own fields as they are kept: a § as ``§ 45``, boxes as booleans, nothing else."""
    return dict(_kept(form, typed))


def _kept(form: Form, typed: dict[str, Any]) -> Iterator[tuple[str, str | bool]]:
    for name in form.fields:
        value = typed.get(name, "")
        if name in BOXES:
            yield name, is_yes(value)
        elif name == PARAGRAF:
            yield name, checks.read_paragraf(str(value)) or str(value).strip()[:40]
        elif name == DATUM:
            day = checks.read_day(str(value))
            yield name, day.isoformat() if day else str(value).strip()[:40]


def typed(name: str, value: str | bool) -> str | bool:
    return is_yes(value) if name in BOXES else value


def is_yes(value: object) -> bool:
    """Read a box or a yes: True, "ja", "true", "on" and "1"."""
    return value is True or (isinstance(value, str) and value.strip().lower() in ("ja", "true", "on", "1"))
