"""A package's index: one page that needs nothing but a browser, and leads to every file."""

from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from app.archive.fate import fate_of
from app.archive.files import MANIFEST, safe
from app.archive.kept import Kept
from app.archive.package_paths import compilation_path, incoming_path, ledger_path, letter_path, version_path
from app.archive.package_text import RECORDED, lost_words
from arshjul.definition.model import Definition, part_named
from arshjul.swedish import instant_text
from portal.loggen.log_words import about
from store import archive
from store.archive import Year
from store.database import Session
from store.tables import LetterRow, Submission


def index(
    session: Session, definition: Definition, year: Year, chain: str, kept: Kept, *, whole: bool
) -> Iterator[bytes]:
    """Return the page piece by piece; the same order as the files were written in."""
    for piece in _page(session, definition, year, chain, kept, whole=whole):
        yield f"{piece}\n".encode()


def _page(
    session: Session, definition: Definition, year: Year, chain: str, kept: Kept, *, whole: bool
) -> Iterator[str]:
    title = f"Årshjulet {year.number}, {escape(definition.kommun.name)}"
    yield '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>"
    yield f'<p class="kicker">Arkivpaket</p>\n<h1>{title}</h1>'
    if not whole:
        yield '<p class="warn">Året var inte slut när paketet togs ut. Ta ut det på nytt efter årsskiftet.</p>'
    if kept.lost:
        yield f'<div class="warn"><p>{escape(lost_words(kept.lost))}</p><ul>'
        yield from (f"<li>{escape(each.name)}: {escape(each.path)}, SHA-256 {each.sha256}</li>" for each in kept.lost)
        yield "</ul></div>"
    yield "<p>Det som lämnades in, skickades och registrerades under året, svensk tid.</p>"
    yield f"<p>{escape(chain)}</p>"
    yield '<nav aria-label="Innehåll"><ul>'
    yield from (f'<li><a href="#{anchor}">{name}</a></li>' for anchor, name in _SECTIONS)
    yield "</ul></nav>"
    yield from _handlingar(session, definition, year, kept)
    yield from _letters(session, year)
    yield from _incoming(session, definition, year, kept)
    yield from _ledgers(session, year, kept)
    yield from _compilations(session, definition, year, kept)
    yield from _rest()
    yield "</main>\n</body>\n</html>"


_SECTIONS = (
    ("handlingar", "Handlingar"),
    ("brev", "Brev"),
    ("inkommande", "Inkomna mejl"),
    ("bokforing", "Bokföring"),
    ("sammanstallningar", "Sammanställningar"),
    ("uppgifter", "Registrerade uppgifter"),
    ("logg", "Logg"),
    ("paketet", "Om paketet"),
)


def _handlingar(session: Session, definition: Definition, year: Year, kept: Kept) -> Iterator[str]:
    yield f'<section id="handlingar">\n<h2>Handlingar</h2>\n{_also("handlingar/handlingar.json")}'
    none = True
    for key, rows in groupby(archive.submissions(session, year), lambda row: row.obligation_key):
        none = False
        yield f"<h3>{escape(about(definition, key).text)}</h3>"
        yield "<table><thead><tr><th>Del</th><th>Version</th><th>Mottagen</th><th>Av</th><th>Bevaras</th><th>Fil</th></tr></thead><tbody>"
        yield from (_version(session, definition, row, kept) for row in rows)
        yield "</tbody></table>"
    yield f"{'<p>Inga.</p>' if none else ''}</section>"


def _version(session: Session, definition: Definition, row: Submission, kept: Kept) -> str:
    path = version_path(row)
    fate = fate_of(session, definition, row)
    there = fate.goes_along and bool(row.sha256) and kept.has(row.sha256 or "")
    lost = "<b>Filen saknas</b>" if fate.goes_along and kept.is_lost(row.sha256) else ""
    file = _link(f"{path}-{safe(row.filename or 'fil')}", row.filename or "fil") if there else lost
    said = "ej aktuellt" if row.ej_aktuellt else "uppgifter"
    late = " <b>efter fristen</b>" if row.late else ""
    return (
        f"<tr><td>{escape(_part_name(definition, row))}</td><td>{row.version}</td>"
        f"<td>{instant_text(row.received_at)}{late}</td><td>{escape(row.by)}</td>"
        f"<td>{escape(fate.words)}</td>"
        f"<td>{file} {_link(f'{path}.txt', said)}</td></tr>"
    )


def _part_name(definition: Definition, row: Submission) -> str:
    """Return a part's name; its id when the definition no longer has it."""
    part = part_named(definition, row.obligation_key, row.part)
    return part.name if part else row.part


def _letters(session: Session, year: Year) -> Iterator[str]:
    yield f'<section id="brev">\n<h2>Brev</h2>\n{_also("brev/brev.json")}'
    yield "<table><thead><tr><th>Skrivet</th><th>Till</th><th>Ämne</th><th>Läge</th></tr></thead><tbody>"
    yield from (_letter(row) for row in archive.letters(session, year))
    yield "</tbody></table></section>"


def _letter(row: LetterRow) -> str:
    state = f"{row.state} {instant_text(row.handed_at)}" if row.handed_at else row.state
    to = ", ".join([*row.to, *row.cc])
    return (
        f"<tr><td>{instant_text(row.made_at)}</td><td>{escape(to)}</td>"
        f"<td>{_link(letter_path(row), row.subject)}</td><td>{escape(state)}</td></tr>"
    )


def _incoming(session: Session, definition: Definition, year: Year, kept: Kept) -> Iterator[str]:
    yield f'<section id="inkommande">\n<h2>Inkomna mejl</h2>\n{_also("inkommande/inkommande.json")}'
    yield "<table><thead><tr><th>Kom in</th><th>Från</th><th>Ämne</th><th>Blev</th></tr></thead><tbody>"
    for row in archive.incoming(session, year):
        there = kept.has(row.sha256)
        subject = row.subject or "(utan ämne)"
        name = _link(incoming_path(row), subject) if there else escape(subject)
        became = ": ".join(filter(None, (row.state, about(definition, row.obligation_key).text)))
        yield f"<tr><td>{instant_text(row.received_at)}</td><td>{escape(row.sender)}</td>"
        yield f"<td>{name}</td><td>{escape(became)}</td></tr>"
    yield "</tbody></table></section>"


def _ledgers(session: Session, year: Year, kept: Kept) -> Iterator[str]:
    yield f'<section id="bokforing">\n<h2>Bokföring</h2>\n{_also("bokforing/bokforing.json")}<ul>'
    for row in archive.ledgers(session, year):
        there = kept.has(row.sha256)
        name = _link(ledger_path(row), row.filename) if there else escape(row.filename)
        yield f"<li>{escape(row.company)}, {escape(row.period)}: {name}, {instant_text(row.received_at)}</li>"
    yield "</ul></section>"


def _compilations(session: Session, definition: Definition, year: Year, kept: Kept) -> Iterator[str]:
    yield '<section id="sammanstallningar">\n<h2>Sammanställningar</h2>'
    yield f"{_also('sammanstallningar/sammanstallningar.json')}<ul>"
    for row in archive.compilations(session, year):
        step = definition.steps.get(row.step)
        words = f"{step.name if step else row.step} {row.period}, {row.kind}"
        name = _link(compilation_path(row), words) if kept.has(row.sha256) else escape(words)
        yield f"<li>{name}, {instant_text(row.made_at)}</li>"
    yield "</ul></section>"


def _rest() -> Iterator[str]:
    yield '<section id="uppgifter">\n<h2>Registrerade uppgifter</h2>\n<ul>'
    for name in archive.RECORDS:
        as_text = _link(f"uppgifter/{name}.txt", RECORDED[name])
        yield f"<li>{as_text} ({_link(f'uppgifter/{name}.json', 'JSON')})</li>"
    yield "</ul></section>"
    log = f"{_link('logg/logg.txt', 'Vem som gjorde vad, och när')} ({_link('logg/logg.json', 'JSON')})"
    yield f'<section id="logg">\n<h2>Logg</h2>\n<p>{log}</p></section>'
    yield '<section id="paketet">\n<h2>Om paketet</h2>\n<ul>'
    about_it = (("las-mig.txt", "Läs mig"), ("metadata.json", "Metadata"), (MANIFEST, "Kontrollsummor, SHA-256"))
    yield from (f"<li>{_link(path, words)}</li>" for path, words in about_it)
    yield "</ul></section>"


def _also(path: str) -> str:
    return f'<p class="soft">Samma uppgifter för maskiner: {_link(path, "JSON")}</p>'


def _link(path: str, words: str) -> str:
    return f'<a href="{escape(quote(path))}">{escape(words)}</a>'


@cache
def _style() -> str:
    return (Path(__file__).parent / "arkiv.css").read_text(encoding="utf-8")
