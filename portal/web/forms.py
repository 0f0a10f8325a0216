"""What stands in a form's fields: one line of text, or a day."""

from datetime import date

from starlette.datastructures import FormData

from arshjul.errors import RefusedError
from arshjul.swedish import stated_day
from notifications.plain import one_line

LONGEST_REASON = 1000  #: characters


def text_of(form: FormData, name: str) -> str:
    """Return a field as one line, without edges, at most :data:`LONGEST_REASON` characters."""
    value = form.get(name)
    return one_line(value)[:LONGEST_REASON].strip() if isinstance(value, str) else ""


def day_of(form: FormData, name: str, what: str) -> date:
    """Return a field's day. Raises RefusedError that names the field."""
    try:
        return stated_day(text_of(form, name))
    except ValueError:
        raise RefusedError(f"Skriv {what} som en dag, till exempel 2027-10-05.") from None
