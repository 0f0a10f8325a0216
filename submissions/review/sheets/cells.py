"""A filled-in sheet's cells, each judged once: what stands there, and whether it is what the column is for."""

import re
from collections import defaultdict
from collections.abc import Mapping

from arshjul.definition.sheets.column import SUPPRESSED, Column, ColumnRole, Line
from arshjul.definition.sheets.sheet import Sheet, SheetKind
from arshjul.swedish import MONTHS
from submissions.files.filled import Cell
from submissions.readers.written import is_error
from submissions.review.sheets.sound import Sound, Spot, spot
from submissions.review.substance import folded

#: An empty cell that has a rule of its own, by the sheet's kind and what the column means; else it is ``tom-ruta``.
EMPTY: Mapping[tuple[SheetKind | None, ColumnRole | None], str] = {
    ("åtgärder", "ansvarig"): "atgard-utan-ansvarig",
    ("åtgärder", "klar"): "atgard-utan-dag",
    ("investeringar", "beslutad total"): "investering-utan-totalutgift",
    ("investeringar", "prognos total"): "investering-utan-totalutgift",
}
_KRONOR = {"kr", "kronor", "krona", "sek", ":-"}
_MILLIONS = {"mkr", "mnkr", "msek", "mn", "miljoner", "miljoner kronor", "milj", "milj kr"}
DASHES = ("-", "–", "—")
_SUPPRESSED = {SUPPRESSED, "…", ". .", "‥", "..."}
#: What people and HR systems write where a group is too small to be told, in place of the two points.
_TOO_FEW = re.compile(
    r"[x*•?¤]{1,3}|[-–—]{1,2}|\.{1,4}|n/?a|[ie]\.? ?[ur]\.?"
    r"|(?:n ?|antal ?)?(?:färre än|mindre än|under|högst|max\.?|maximalt|<|≤|<=) ?(?:\d{1,2}|fem|tio|elva)\b.*"
    r"|(?:\d{1,2}|fem|tio) (?:eller|el\.?) färre\b.*|[01] ?[-–] ?(?:9|10)|(?:för )?få\b.*|.*\bunderlag.*|sekr\b|sekretess.*"
    r"|skydda[ds]|skyddat|maskera[dst]|döljs|dol[dt]|undertryck[dst]|utelämna[dst]|inga?|(?:uppgift(?:en)? )?saknas"
    r"|(?:(?:uppgift(?:en)?|kan|lämnas|redovisas|anges|visas|ingår) ){0,2}(?:ej|inte)\b(?! (?:högre|lägre|mer|mindre)).{0,30}"
)
_DAY = re.compile(rf"\d|{'|'.join(month[:3] for month in MONTHS)}|vår|sommar|höst|vinter|årsskifte")
_BROKEN_INPUTS = ("inte-ett-tal", "felvarde", "formel-utan-varde", "tal-som-text")


def flaws_of(sound: Sound) -> dict[str, list[Spot]]:
    """Return the flawed cells by the rule that tells them."""
    lines: Mapping[str, Line] = {line.id: line for line in sound.asked.rows}
    flaws: dict[str, list[Spot]] = defaultdict(list)
    hides = any(line.may_be_suppressed for line in sound.asked.rows)
    columns, sheet, table = sound.columns, sound.sheet, sound.table
    for row in sound.rows:
        if not row.name.strip() and not lines:
            flaws["tom-ruta"].append(Spot(place=row.place, row="", column=sheet.naming.title))
        line = lines.get(row.id or "")
        for column in columns:
            flaw = _flaw(row.cells.get(column.id), column, line, sheet, hides)
            if flaw:
                flaws[flaw].append(spot(table, row, column.id, column.title))
    if table.total:
        for column in sheet.sums:
            cell = table.total.cells.get(column.id)
            if cell and not cell.is_empty and (flaw := _of_number(cell, column, True)):
                flaws[flaw].append(spot(table, table.total, column.id, column.title))
    for each in sheet.fields:
        answer = table.fields.get(each.id)
        place = Spot(place=answer.place if answer else table.title, row="", column=each.title, text=_text(answer))
        if answer is None or answer.is_empty:
            if each.required:
                flaws["saknar-svar"].append(place)
        elif each.choices and not _is_choice(answer, each.choices):
            flaws["fel-val"].append(place)
    # what a formula makes of a fault in its own cells is not a fault of its own
    derived = flaws.pop("felvarde av formel", [])
    if derived and not (sound.missing or table.missing or any(flaws.get(each) for each in _BROKEN_INPUTS)):
        flaws["felvarde"] += derived
    return flaws


def _flaw(cell: Cell | None, column: Column, line: Line | None, sheet: Sheet, hides: bool) -> str | None:
    if cell is None or cell.is_empty:
        if not column.required:
            return None
        if line and line.may_be_suppressed:
            return "sjukfranvaro-tom-grupp"
        return EMPTY.get((sheet.kind, column.role), "tom-ruta")
    if not column.required and cell.number is None and cell.text.strip() in DASHES:
        return None
    if cell.number is None and _is_in_place(cell.text, column, sheet):
        return None
    if column.is_number:
        if hides and cell.number is None and cell.text.strip() in _SUPPRESSED:
            return None if line and line.may_be_suppressed else "sjukfranvaro-dold-total"
        if (
            hides
            and cell.number is None
            and _TOO_FEW.fullmatch(" ".join(cell.text.casefold().split()).strip("()[]. ") or SUPPRESSED)
        ):
            return "sjukfranvaro-tom-grupp" if line and line.may_be_suppressed else "sjukfranvaro-dold-total"
        return _of_number(cell, column, bool(column.minus or (line and line.sums)))
    if cell.uncalculated:
        return "formel-utan-varde"
    if is_error(cell.text):
        return "felvarde"
    if column.choices and not _is_choice(cell, column.choices):
        return "fel-val"
    if column.kind == "datum" and cell.number is None and not _DAY.search(cell.text.casefold()):
        return EMPTY.get((sheet.kind, column.role), "tom-ruta")
    return None


def _of_number(cell: Cell, column: Column, computed: bool) -> str | None:
    if cell.uncalculated and computed:
        return "inte-beraknad"  # with a number when the reader could work it out
    if cell.number is None:
        if cell.uncalculated:
            return "formel-utan-varde"
        if is_error(cell.text):
            return "felvarde av formel" if computed else "felvarde"
        return "inte-ett-tal"
    unit = cell.unit.casefold().strip(" .")
    if unit == "mdkr" and column.kind == "belopp":
        return "inte-ett-tal"  # no verksamhet counts in miljarder: a slip, or a remark beside the number
    if unit and column.kind == "belopp" and unit in _KRONOR | _MILLIONS:
        return "i-kronor" if unit in _KRONOR else "i-miljoner"
    return "tal-som-text" if cell.pasted else None


def _is_in_place(text: str, column: Column, sheet: Sheet) -> bool:
    """Tell whether words stand there that the sheet takes for an answer: the column's own, or a footnote's mark."""
    return text.strip() in sheet.marks or folded(text) in {folded(each) for each in column.instead}


def _text(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _is_choice(cell: Cell, choices: tuple[str, ...]) -> bool:
    if cell.number is not None and f"{cell.number.normalize():f}" in choices:
        return True
    return folded(cell.text) in {folded(each) for each in choices}
