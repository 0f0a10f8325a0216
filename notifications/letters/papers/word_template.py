"""A Word template filled in: ``{{ fält }}`` is a value, ``{%p for rad in lista %}`` repeats paragraphs (docxtpl).

A template sees texts and lists of texts only, in Jinja's sandbox, and each value is escaped: whatever stands in it is
words in the paper, never a field, a tag or a piece of the file. A template that cannot be filled in is told in Swedish.

The sandbox keeps no measure: ``{{ 9**(9**9) }}`` would compute for ever, and hold the store's lock meanwhile. So one that
is not ours is filled in in a process of its own, with its limits (:mod:`submissions.readers.process`).
"""

import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import cache, lru_cache
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as Paper
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from arshjul.errors import ArshjulError, nearest
from submissions.readers.process.apart import told_apart
from submissions.readers.process.process_limits import Limits
from submissions.readers.refusal import TOO_LONG, TOO_MUCH_MEMORY, Refusal

Fields = Mapping[str, Any]  #: what a template can show

#: a paper takes half a second, and most of it is the process's start; a machine may stand still a while meanwhile, but a
#: database waits half a minute for its writer
LIMITS = Limits(seconds=6, wall_seconds=28)
COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "notifications.letters.papers")
ENDLESS = "tar för lång tid eller för mycket minne att fylla i; ta bort det som räknar eller upprepar utan slut"
UNFILLED = "går inte att fylla i; jämför taggarna med vår mall"
BROKEN = "är skadad; öppna den, spara den på nytt som en Word-fil (.docx)"

_TAG = re.compile(r"\{\{|\}\}|\{%|%\}")
_UNKNOWN = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'")
_SHORT = re.compile(r"has no element (\d+)")
_HOLDERS = frozenset({"body", "hdr", "ftr", "p", "r", "tbl", "tr", "tc"})  #: what has its words in others within it


class WordTemplateError(ArshjulError, ValueError):
    """A Word template cannot be filled in. The message is Swedish, a clause that says what is wrong and the remedy."""


class BrokenTemplateError(WordTemplateError):
    """It is no whole Word file."""


def fill_apart(template: bytes, fields: Fields, *, limits: Limits = LIMITS) -> Paper:
    """Return the paper of a template that is not ours. Raises WordTemplateError whatever it does."""
    return Document(io.BytesIO(_filled_apart(template, (fields,), limits, tried=False)))


def try_apart(template: bytes, every: Sequence[Fields], *, limits: Limits = LIMITS) -> None:
    """Fill a template in with each of ``every``, for nobody to read. Raises WordTemplateError as :func:`try_here`."""
    _filled_apart(template, every, limits, tried=True)


def try_here(template: bytes, every: Sequence[Fields]) -> Paper:
    """Fill a template in with each of ``every`` in this process, and return the last paper.

    Raises WordTemplateError for what cannot be filled in, also for a tag that is left as it is, and for a broken file.
    """
    for fields in every:
        paper = _fill_whole(template, fields)
        if left := left_over(paper):
            raise WordTemplateError(
                f"har en tagg som inte fylls i, vid »{left}«; skriv om den i ett svep, utan fet eller färg inuti"
            )
    return paper


def told(template: bytes, every: Sequence[Fields], *, tried: bool) -> bytes:
    """Return what the process tells: a line of JSON with the fault, if there is one, and then the last paper."""
    try:
        paper = try_here(template, every) if tried else _fill_whole(template, every[-1])
    except WordTemplateError as fault:
        return _fault(str(fault), broken=isinstance(fault, BrokenTemplateError))
    into = io.BytesIO()
    paper.save(into)
    return b"{}\n" + into.getvalue()


def _filled_apart(template: bytes, every: Sequence[Fields], limits: Limits, *, tried: bool) -> bytes:
    said = _said(template, json.dumps({"every": every, "tried": tried}), limits)
    line, _, paper = said.partition(b"\n")
    fault = json.loads(line)
    if fault:
        raise (BrokenTemplateError if fault["broken"] else WordTemplateError)(fault["fault"])
    return paper


@lru_cache(maxsize=8)
def _said(template: bytes, asked: str, limits: Limits) -> bytes:
    """Return what the process tells: once for all readers of a paper, also when it is that it cannot be filled in."""
    try:
        said = told_apart(json.loads(asked), template, "paper", command=COMMAND, limits=limits, turn=nullcontext())
    except OSError as error:  # the disk is full
        return _fault(f"går inte att fylla i ({error.strerror}); se till att det finns plats på disken")
    if isinstance(said, Refusal):
        return _fault(ENDLESS if said in (TOO_LONG, TOO_MUCH_MEMORY) else UNFILLED)
    return said


def _fault(words: str, *, broken: bool = False) -> bytes:
    return json.dumps({"fault": words, "broken": broken}).encode()


def _fill_whole(template: bytes, fields: Fields) -> Paper:
    try:
        return fill(template, fields)
    except (BadZipFile, KeyError, OSError, SyntaxError):  # a broken part of the file, or broken XML
        raise BrokenTemplateError(BROKEN) from None


def fill(template: bytes, fields: Fields) -> Paper:
    """Return the paper. Raises WordTemplateError; BadZipFile, KeyError or SyntaxError for a file that is broken."""
    filled = _Template(io.BytesIO(template))
    filled.init_docx()
    try:
        filled.render(dict(fields), _environment())
    except WordTemplateError:
        raise
    except UndefinedError as error:
        raise WordTemplateError(_unknown(error, fields)) from None
    except SecurityError:
        raise WordTemplateError("har en tagg som gör annat än att visa fälten; ta bort den") from None
    except TemplateError as error:
        raise WordTemplateError(f"har en felskriven tagg ({_near(error)}); rätta den") from None
    except RecursionError:
        raise WordTemplateError("har ett makro som anropar sig självt utan slut; ta bort det anropet") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise WordTemplateError("går inte att fylla i; jämför taggarna med vår mall") from None
    paper: Paper = filled.docx
    return paper


class _Template(DocxTemplate):  # type: ignore[misc]  # the library has no types
    """docxtpl's template, which mends what is broken by leaving words out; ours is refused instead."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """Return a part of the file, filled in. Raises WordTemplateError when words would be lost in it."""
        xml: str = super().render_xml_part(src_xml, part, context, jinja_env)
        try:
            root = etree.fromstring(xml.encode())
        except etree.XMLSyntaxError:
            raise WordTemplateError(
                "blir en trasig Word-fil när den fylls i; ta bort det som släpper igenom & och < som de är"
            ) from None
        for each in root.iter("*"):
            name = etree.QName(each)
            inside = each.text if len(each) or not name.namespace or name.localname in _HOLDERS else ""
            for words in (inside, each.tail):
                if shown := (words or "").strip():
                    raise WordTemplateError(
                        f"visar inte »{shown[:60]}«, för taggen står utanför texten; "
                        "skriv {{ i stället för {{r, {{p, {{tr och {{tc"
                    )
        return xml


@cache
def _environment() -> "_Sandbox":
    return _Sandbox(autoescape=True, undefined=StrictUndefined)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which remembers the templates it has compiled: that takes as long as all the rest."""

    def from_string(self, source: Any, *_more: Any, **_named: Any) -> Template:
        """Return a template by its words."""
        return _compiled(source)


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    if any(each.name == "safe" for each in _environment().parse(source).find_all(nodes.Filter)):
        raise WordTemplateError("har »|safe«, som förstör filen när det står & eller < i ett fält; ta bort »|safe«")
    return ImmutableSandboxedEnvironment.from_string(_environment(), source)


def left_over(paper: Paper) -> str:
    """Return the first words in which a tag stands unfilled, as Word may part its signs; "" when there are none."""
    into = io.BytesIO()
    paper.save(into)
    saved = Document(into)  # a head that was filled in is seen only then
    sections = [each for section in saved.sections for each in (section.header, section.footer)]
    for part in (saved.element, *(each._element for each in sections)):
        for paragraph in part.iter("{*}p"):
            words = "".join(each.text or "" for each in paragraph.iter("{*}t"))
            if _TAG.search(words):
                return words[:60]
    return ""


def _near(error: TemplateError) -> str:
    """Return the words around a fault, as they stand in the paper; else what Jinja says."""
    around = getattr(error, "docx_context", None)
    lines = [" ".join(line.split()) for line in around or ()]
    tagged = [line for line in lines if _TAG.search(line)]
    return f"vid »{tagged[-1][:80]}«" if tagged else (error.message or "okänd tagg")[:80]


def _unknown(error: UndefinedError, fields: Mapping[str, Any]) -> str:
    if short := _SHORT.search(error.message or ""):
        row = int(short[1]) + 1
        return f"frågar efter rad {row} i en lista som kan vara kortare; gå igenom den med »for«, eller fråga först"
    found = _UNKNOWN.search(error.message or "")
    name = (found[1] or found[2]) if found else ""
    return f"har ett okänt fält '{name}'{nearest(name, _names(fields))}"


def _names(fields: Mapping[str, Any]) -> set[str]:
    """Return the names of all fields, those of the lists' values too."""
    inner = [row for value in fields.values() if isinstance(value, list) for row in value if isinstance(row, Mapping)]
    return set(fields).union(*(_names(row) for row in inner))
