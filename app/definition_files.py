"""The files that an installation points at: the definition with what lies beside it, read and written with words for what is wrong."""

from pathlib import Path

from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import RefusedError
from store.people.people_text import people_text
from store.private_files import make_folder, write_whole
from submissions.review.book import rulebook


def read_sourced(path: Path) -> Sourced:
    """Read a definition file and hold its kontroller against the rules that there are.

    Raises DefinitionError with every fault, RefusedError when it cannot be read.
    """
    sourced = read_definition(read_text(path), path.name)
    rulebook(sourced)
    return sourced


def read_text(path: Path) -> str:
    """Read a text file that a person saved: UTF-8, or a CSV in the code page of Swedish Excel.

    Raises RefusedError when it is not there or no text.
    """
    content = read_bytes(path)
    if path.suffix.lower() == ".csv":
        return people_text(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(f"Filen {path} är inte sparad som UTF-8. Spara om den med den teckenkodningen.") from None


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises RefusedError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedError(f"Filen {path} går inte att läsa ({why_not(error)}). Kontrollera sökvägen.") from None


_WHY_NOT = {
    FileNotFoundError: "den finns inte",
    PermissionError: "du har inte behörighet",
    IsADirectoryError: "det är en mapp",
}


def why_not(error: OSError) -> str:
    """Return in Swedish why a file cannot be read or written; what is not common, as the machine says it."""
    return _WHY_NOT.get(type(error), error.strerror or str(error))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a private file, and its folder when it is not there. Raises RefusedError when it cannot be written."""
    try:
        make_folder(path.parent)
        write_whole(path, content)
    except OSError as error:
        raise RefusedError(
            f"Filen {path} går inte att skriva ({why_not(error)}). Stäng den om den är öppen, eller välj en annan mapp."
        ) from None
