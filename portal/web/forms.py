"""What stands in a form's fields: a line of text, several, a day, a file."""

from datetime import date

from starlette.datastructures import FormData, UploadFile

from actions.filled_in import asked_day
from arshjul.errors import RefusedError
from notifications.plain import one_line

LONGEST_REASON = 1000  #: characters


def text_of(form: FormData, name: str) -> str:
    """Return a field as one line, without edges, at most :data:`LONGEST_REASON` characters."""
    value = form.get(name)
    return one_line(value)[:LONGEST_REASON].strip() if isinstance(value, str) else ""


def lines_of(form: FormData, name: str) -> list[str]:
    """Return the lines of a field of several, each without edges; empty ones are left out."""
    value = form.get(name)
    return [line for each in value.splitlines() if (line := one_line(each))] if isinstance(value, str) else []


def texts_of(form: FormData, name: str) -> list[str]:
    """Return every value of a field that may be sent several times (boxes of one name), as they were sent."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def number_of(form: FormData, name: str) -> int:
    """Return a field's whole number; 0 for what is none."""
    text = text_of(form, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def typed_in(form: FormData) -> dict[str, str]:
    """Return what was typed, by field, so that a page that refuses it can show it again."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def day_of(form: FormData, name: str, what: str) -> date:
    """Return a field's day. Raises RefusedError that names the field."""
    return asked_day(text_of(form, name), what)


def file_of(form: FormData, name: str, missing: str) -> UploadFile:
    """Return a field's file. Raises RefusedError, with what is ``missing``, when none was chosen."""
    file = form.get(name)
    if not isinstance(file, UploadFile) or not file.filename:
        raise RefusedError(f"Ingen fil är vald. {missing}")
    return file
