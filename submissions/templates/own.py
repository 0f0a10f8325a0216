"""Mallar of the municipality's own: files beside the definition, read once at start, and held against what it says.

Nobody shall learn at the frist that a column is called something else: what a mall lacks is told at start, with the
definition's line.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from arshjul.definition.asked import OwnTemplate
from arshjul.definition.model import Part
from arshjul.definition.own_malls import ENDINGS
from arshjul.definition.reading import Sourced
from arshjul.definition.sheets.column import Column, SheetQuestion
from arshjul.errors import DefinitionError, Fault, Severity
from arshjul.swedish import listing
from submissions.files.contents import look_into
from submissions.templates.mall import defined_name

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: the files of the municipality's own mallar, by their ids in the definition
OwnFiles = Mapping[str, bytes]
NO_OWN: OwnFiles = {}


def own_files(sourced: Sourced, folder: Path) -> OwnFiles:
    """Read the own mallar that lie in ``folder``. Raises DefinitionError with every fault; doubts are not raised."""
    faults = [each for each in own_faults(sourced, folder) if each.severity == "fel"]
    if faults:
        raise DefinitionError(faults)
    return {key: (folder / each.file).read_bytes() for key, each in sourced.definition.own_templates.items()}


def own_faults(sourced: Sourced, folder: Path) -> list[Fault]:
    """Return what is wrong (``fel``) or missing (``varning``) in the own mallar, in the definition's order."""
    return [
        fault
        for key, each in sourced.definition.own_templates.items()
        for fault in _Looking(sourced, folder, key, each).faults()
    ]


def why_not(content: bytes, ending: str, kind_words: str) -> str:
    """Return in Swedish, as ``innehåller makron``, why a file cannot be a template of ours; "" when it can."""
    seen = look_into(content)
    if seen.encrypted:
        return "är låst med lösenord"
    if seen.macros:
        return "innehåller makron"
    if seen.active:
        return f"innehåller {listing([each.name for each in seen.active])}"
    return "" if seen.kind == ending.lstrip(".") else f"är inte {kind_words}"


@dataclass(frozen=True, slots=True)
class _Looking:
    """One own mall being looked into."""

    sourced: Sourced
    folder: Path
    key: str
    own: OwnTemplate

    def faults(self) -> Iterator[Fault]:
        part = self._part()
        ending, kind_words = ENDINGS[part.form]
        try:
            content = (self.folder / self.own.file).read_bytes()
        except OSError as error:
            words = (
                f"mallen '{self.own.file}' går inte att läsa ({error.strerror}); lägg den i samma mapp som definitionen"
            )
            yield self._fault(words, "fil", rule="mall-saknas")
            return
        if why := why_not(content, ending, kind_words):
            words = f"mallen '{self.own.file}' {why}; spara om den som {kind_words}"
            yield self._fault(words, "fil", rule="fel-slag")
            return
        try:
            yield from self._in_workbook(part, content) if part.form == "tabell" else self._in_document(part, content)
        except (BadZipFile, KeyError, ValueError, OSError, SyntaxError):  # a broken part of the file, or broken XML
            words = f"mallen '{self.own.file}' är skadad; öppna den, spara den på nytt som {kind_words}"
            yield self._fault(words, "fil", rule="skadad")

    def _in_workbook(self, part: Part, content: bytes) -> Iterator[Fault]:
        from openpyxl import load_workbook  # here, and docx below: each process of ours starts through this module

        book = load_workbook(io.BytesIO(content))
        names, titles = _names(book), {_folded(str(cell.value)) for cell in _cells(book)}
        for sheet in (self.sourced.definition.sheets[key] for key in part.sheets):
            said = self.own.columns.get(sheet.id, {})
            every: tuple[Column | SheetQuestion, ...] = (*sheet.columns, *sheet.fields)
            for one in every:
                called = said.get(one.id)
                if called and called.lower() not in names and _folded(called) not in titles:
                    words = f"mallen '{self.own.file}' har varken en namngiven cell eller en rubrik '{called}'; rätta något av dem"
                    yield self._fault(words, "blad", sheet.id, one.id, rule="finns-inte-i-mallen")
                ours = defined_name(sheet.id, one.id).lower() in names or _folded(one.title) in titles
                if not called and not ours and one.required:
                    words = (
                        f"mallen '{self.own.file}' har ingen kolumn '{one.title}' ({sheet.id}); lägg till den, "
                        f"eller skriv under 'blad' vad den heter ({one.id}: ...)"
                    )
                    yield self._fault(words, "blad", sheet.id, rule="saknas-i-mallen", severity="varning")

    def _in_document(self, part: Part, content: bytes) -> Iterator[Fault]:
        from docx import Document

        texts = {_folded(each.text) for each in Document(io.BytesIO(content)).paragraphs}
        for heading_id, heading in part.headings.items():
            called = self.own.headings.get(heading_id)
            if called and _folded(called) not in texts:
                words = f"mallen '{self.own.file}' har ingen rubrik '{called}'; rätta något av dem"
                yield self._fault(words, "rubriker", heading_id, rule="finns-inte-i-mallen")
            if not called and _folded(heading.name) not in texts:
                words = (
                    f"mallen '{self.own.file}' har ingen rubrik '{heading.name}'; lägg till den, "
                    f"eller skriv under 'rubriker' vad den heter ({heading_id}: ...)"
                )
                yield self._fault(words, "rubriker", rule="saknas-i-mallen", severity="varning")

    def _part(self) -> Part:
        """Return the part; reading the definition has made sure that it is there."""
        krav = self.sourced.definition.steps[self.own.step].krav.values()
        return next(each.parts[self.own.part] for each in krav if self.own.part in each.parts)

    def _fault(self, words: str, *path: str, rule: str, severity: Severity = "fel") -> Fault:
        line = self.sourced.line("egna mallar", self.key, *path)
        return Fault(file=self.sourced.file, line=line, rule=rule, message=words, severity=severity)


def _names(book: "Workbook") -> set[str]:
    """Return the names of a workbook's cells, folded: Excel does not tell their letters' case apart."""
    every = [*book.defined_names, *(name for page in book.worksheets for name in page.defined_names)]
    return {name.lower() for name in every}


def _cells(book: "Workbook") -> Iterator:  # type: ignore[type-arg]  # openpyxl has several kinds of cell
    return (cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.data_type == "s")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
