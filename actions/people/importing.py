"""Who holds every role, taken from a file: shown first, or at once."""

from actions.act import Act
from arshjul.errors import RefusedError
from store.people.holders import ImportResult, import_people
from store.people.people_preview import ImportPreview, preview


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
