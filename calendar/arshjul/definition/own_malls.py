"""What a definition says of the municipality's own mallar, held against its steps: parts, blad, columns, headings."""

from collections.abc import Iterator, Mapping
from typing import Any

from arshjul.definition.leaning import Told
from arshjul.definition.lined import Path
from arshjul.definition.sheets.sheet import Sheet
from arshjul.errors import nearest

#: by a part's form: the ending that its mall must have, and that file as people name it
ENDINGS = {"tabell": (".xlsx", "en Excel-fil (.xlsx)"), "text": (".docx", "en Word-fil (.docx)")}


def own_malls(malls: Mapping[Any, Any], steps: Mapping[Any, Any], sheets: Mapping[str, Sheet]) -> Iterator[Told]:
    """Find own mallar for a step or a part that is not there, and names that the part does not have."""
    for mall_id, mall in ((key, _mapping(value)) for key, value in malls.items()):
        path: Path = ("egna mallar", mall_id)
        step_id, part_id = mall.get("steg"), mall.get("del")
        if step_id is None or part_id is None:
            continue  # told by the schema
        if step_id not in steps:
            yield (*path, "steg"), "okant-steg", f"okänt steg '{step_id}'{nearest(str(step_id), map(str, steps))}"
            continue
        parts = _parts(_mapping(steps[step_id]))
        if part_id not in parts:
            yield (
                (*path, "del"),
                "okand-del",
                f"steget '{step_id}' har ingen del '{part_id}'{nearest(str(part_id), parts)}",
            )
            continue
        yield from _within(path, mall, str(part_id), parts[part_id], sheets)


def _within(
    path: Path, mall: Mapping[Any, Any], part_id: str, part: Mapping[Any, Any], known_sheets: Mapping[str, Sheet]
) -> Iterator[Told]:
    form, file = part.get("form"), str(mall.get("fil", ""))
    if form not in ENDINGS:
        yield (*path, "del"), "del-utan-fil", f"delen '{part_id}' lämnas inte som tabell eller text; den har ingen mall"
        return
    ending, words = ENDINGS[form]
    if file and not file.lower().endswith(ending):
        yield (*path, "fil"), "fel-slag", f"'{file}' är ingen mall för en {form}; ange {words}"
    sheets = [str(each) for each in part.get("blad") or ()]
    for sheet_id, columns in _mapping(mall.get("blad")).items():
        if sheet_id not in known_sheets:
            continue  # told by the schema
        if sheet_id not in sheets:
            words = f"delen '{part_id}' har inget blad '{sheet_id}'{nearest(str(sheet_id), sheets)}"
            yield (*path, "blad", sheet_id), "okant-blad", words
            continue
        sheet = known_sheets[sheet_id]
        known = [*(each.id for each in sheet.columns), *(each.id for each in sheet.fields)]
        for column in _mapping(columns):
            if column not in known:
                words = f"bladet '{sheet_id}' har ingen kolumn '{column}'{nearest(str(column), known)}"
                yield (*path, "blad", sheet_id, column), "okand-kolumn", words
    headings = _mapping(part.get("rubriker"))
    for heading in _mapping(mall.get("rubriker")):
        if heading not in headings:
            words = f"delen '{part_id}' har ingen rubrik '{heading}'{nearest(str(heading), map(str, headings))}"
            yield (*path, "rubriker", heading), "okand-rubrik", words


def _parts(step: Mapping[Any, Any]) -> dict[Any, Mapping[Any, Any]]:
    krav = (_mapping(each) for each in _mapping(step.get("krav")).values())
    return {key: _mapping(part) for each in krav for key, part in _mapping(each.get("delar")).items()}


def _mapping(node: Any) -> Mapping[Any, Any]:
    return node if isinstance(node, Mapping) else {}
