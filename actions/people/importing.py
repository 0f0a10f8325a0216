"""Who holds every role, taken from a file: shown first, or at once."""

import csv
from io import StringIO

from actions.act import Act
from arshjul.errors import RefusedError
from store.people.people_import import ImportResult, import_people
from store.people.people_preview import ImportPreview, preview
from store.people.people_text import people_text
from submissions.files.contents import look_into
from submissions.files.foreign import TEXT
from submissions.readers.process.apart import read_list_apart
from submissions.readers.refusal import Refusal

TEXT_WORKS = "Går det inte: spara listan som ”CSV UTF-8” i Excel, och läs in den."


def people_of(content: bytes) -> str:
    """Return a file's list of people as text: a workbook's first sheet line for line, else what the file is.

    With no transaction open: a workbook is read in a process of its own. Raises RefusedError for one that is not read.
    """
    seen = look_into(content)
    if seen.kind is None and seen.foreign in (None, TEXT) and not content.startswith(b"PK"):
        return people_text(content)
    rows = read_list_apart(content, seen.kind if seen.kind == "ods" else "xlsx")
    if isinstance(rows, Refusal):
        raise RefusedError(f"{rows.message} {rows.mend} {TEXT_WORKS}")
    into = StringIO()
    writer, last = csv.writer(into, lineterminator="\n"), 0
    for number, cells in rows:
        into.write("\n" * (number - last - 1))  # a fault is told with the row's own number
        writer.writerow([" ".join(cell.split("\n")) for cell in cells])
        last = number
    return into.getvalue()


def import_file(act: Act, text: str, file: str) -> ImportResult:
    """Make the roles' holders agree with a CSV. Raises DefinitionError with every fault; then nothing changes."""
    scene = act.scene
    return import_people(scene.session, text, file, scene.office.definition, scene.now, act.by)


def show_import(act: Act, text: str, file: str) -> ImportPreview:
    """Return what a file would change; nothing is kept. Raises DefinitionError with every fault."""
    scene = act.scene
    return preview(scene.session, text, file, scene.office.definition, scene.now, act.by)


def import_shown(act: Act, shown: ImportPreview, text: str, file: str) -> ImportResult:
    """Import what was shown. Raises RefusedError when it would no longer do what was shown."""
    if show_import(act, text, file).changes != shown.changes:
        raise RefusedError("Rollerna har ändrats sedan du såg på filen. Läs in den igen och se vad den ändrar nu.")
    return import_file(act, text, file)
