"""Where each thing lies in a package: names that tell what it is, and that any file system takes."""

from app.archive.files import safe
from arshjul.swedish import local_date
from store.tables import Compilation, Incoming, LedgerFile, LetterRow, Submission

ENDINGS = frozenset({"xlsx", "docx", "pdf", "csv", "html"})


def version_path(row: Submission) -> str:
    """Return where a handed-in version lies, without its file's name: occurrence, enhet, krav, part, version."""
    key = row.obligation_key
    part = row.part.removeprefix(f"{key.step}.{key.krav}.")
    return "/".join(("handlingar", *map(safe, (key.step, key.period, key.unit, key.krav, part)), f"v{row.version:02}"))


def letter_path(row: LetterRow) -> str:
    """Return where a letter lies: its day, id and kind."""
    return f"brev/{row.day}/{row.id:06}-{safe(row.kind.replace(' ', '-'))}.eml"


def incoming_path(row: Incoming) -> str:
    """Return where a mail that came in lies: the day on which it was taken in, and its id."""
    return f"inkommande/{local_date(row.taken_in_at)}/{row.id:06}.eml"


def ledger_path(row: LedgerFile) -> str:
    """Return where a ledger file lies."""
    return f"bokforing/{safe(row.ledger)}/{safe(row.period)}/{row.id:06}-{safe(row.filename)}"


def compilation_path(row: Compilation) -> str:
    """Return where a sammanställning lies."""
    kind = safe(row.kind)
    name = f"sammanstallning.{kind}" if kind in ENDINGS else f"sammanstallning-{kind}"
    return f"sammanstallningar/{safe(row.step)}/{safe(row.period)}/{name}"
