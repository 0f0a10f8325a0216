"""Handing a mall out: the municipality's own file where it has one, else ours, under a name that says what it is."""

from dataclasses import dataclass, field
from functools import lru_cache

from arshjul.definition.model import Definition
from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.contents import clean_name
from submissions.files.parts import KINDS
from submissions.templates.mall import KnownFigures, Mall, mall_of, own_template
from submissions.templates.mall_document import document_of
from submissions.templates.mall_words import due_text, marks
from submissions.templates.mall_workbook import workbook_of
from submissions.templates.marking import marked
from submissions.templates.own import OwnFiles

_KINDS = {"tabell": "xlsx", "text": "docx"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MallFile:
    """A mall as a file."""

    filename: str
    media_type: str
    content: bytes


def has_mall(definition: Definition, one: Obligation, part: PartOwed) -> bool:
    """Tell whether there is a mall to hand out for a part: one with something in it, or the municipality's own."""
    asked = bool(part.sheets or part.headings) or own_template(definition, one, part) is not None
    return part.form in _KINDS and asked


def handed_out(definition: Definition, own: OwnFiles, one: Obligation, part: PartOwed, known: KnownFigures) -> MallFile:
    """Return a part's mall as a file. An own mall is handed out as it is, but for the mark among its properties.

    Raises ValueError for a part that has none (``has_mall``).
    """
    if not has_mall(definition, one, part):
        raise ValueError(f"{one.key} has no mall for {part.id}")
    mall, kind = mall_of(definition, one, part, due_text(one)), _KINDS[part.form]
    template = own_template(definition, one, part)
    mine = next((key for key, each in definition.own_templates.items() if each is template), "")
    content = (
        _marked(own[mine], tuple(marks(mall).items()))
        if mine in own
        else _made(_Asked(repr((mall, known)), mall, known))
    )
    return MallFile(
        filename=clean_name(mall.filename.replace("/", "-").replace("\\", "-"), kind, part.id),
        media_type=KINDS[kind].media_type,
        content=content,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be made, the same when its text is: the values hold mappings, which nothing can be kept by."""

    text: str
    mall: Mall = field(compare=False)
    known: KnownFigures = field(compare=False)


@lru_cache(maxsize=256)  # a round's letters and a day's downloads ask for the same ones; each is some 20 kB
def _made(asked: _Asked) -> bytes:
    return workbook_of(asked.mall, asked.known) if asked.mall.form == "tabell" else document_of(asked.mall)


@lru_cache(maxsize=64)
def _marked(content: bytes, marks: tuple[tuple[str, str], ...]) -> bytes:
    return marked(content, dict(marks))
