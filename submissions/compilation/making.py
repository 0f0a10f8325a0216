"""The sammanställning of an occurrence, worked out: pure, from what counts to what the files show."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from arshjul.definition.in_force import in_force
from arshjul.definition.model import Definition
from arshjul.swedish import instant_text
from arshjul.year.wheel import HeadingOwed, Obligation, PartOwed
from submissions.compilation.basis import Basis, Given
from submissions.compilation.compiled import (
    Answered,
    Chapter,
    Compiled,
    CompiledSection,
    PartStanding,
    Piece,
    UnitStanding,
)
from submissions.compilation.merging import chart_of, merged_tables
from submissions.compilation.unit_block import Contents, status_of
from submissions.files.figures import clean
from submissions.files.filled import Filled
from submissions.standing.completeness import PartState, lacks
from submissions.standing.version import QUESTION
from submissions.templates.mall import mall_of
from submissions.templates.mall_document import without_head
from submissions.templates.mall_words import due_text

OTHER = "Övrigt i underlagen"


def compile_occurrence(basis: Basis, contents: Contents, now: datetime) -> Compiled:
    """Work out the sammanställning at ``now``. ``contents`` is what was read, by the id of the version that counts."""
    definition, occurrence = basis.definition, basis.occurrence
    tables, remarks = merged_tables(basis, contents)
    return Compiled(
        kommun_name=definition.kommun.name,
        office=definition.office_said,
        step=occurrence.step,
        step_name=occurrence.step_name,
        period=occurrence.period,
        lagrum=str(occurrence.lagrum),
        at=now,
        standings=tuple(_standing(basis, contents, one) for one in _underlag_first(occurrence.obligations)),
        tables=tables,
        chart=chart_of(tables),
        chapters=tuple(_chapters(basis, contents)),
        remarks=remarks,
        answers=tuple(_answered(basis)),
    )


def _underlag_first(obligations: Sequence[Obligation]) -> list[Obligation]:
    return sorted(obligations, key=lambda one: not one.is_main)


def _standing(basis: Basis, contents: Contents, one: Obligation) -> UnitStanding:
    return UnitStanding(
        unit=one.unit,
        unit_name=one.unit_name,
        krav=one.name,
        main=one.is_main,
        of_report=one.krav in _of_report(basis),
        state=basis.standing[one.key],
        due_text=instant_text(one.deadline.at),
        parts=tuple(_part(basis.definition, state, _filled(contents, state)) for state in basis.states[one.key]),
    )


def _part(definition: Definition, state: PartState, filled: Filled | None) -> PartStanding:
    looked_into = bool(state.part.sheets or state.part.headings)
    status, note = status_of(state, filled)
    if status == "går inte att läsa" and not looked_into:
        status, note = "inne", ""  # nothing was to be read in it: a protokollsutdrag, an intyg
    lack = lacks(state)
    if status in ("inne", "går inte att läsa"):
        version = f"version {state.version}, {instant_text(state.received_at)}" if state.received_at else ""
        late = "efter fristen" if state.late else ""
        note = ", ".join(filter(None, (version, late, note)))
    return PartStanding(
        name=state.part.name,
        role=definition.roles[state.part.role].name,
        status=status,
        complete=state.complete,
        note=note,
        lacks="Inte inlämnad." if state.version is None else f"{_sentence(lack[0])} {lack[1]}".strip() if lack else "",
    )


def _sentence(words: str) -> str:
    words = clean(words)
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}"


def _filled(contents: Contents, state: PartState) -> Filled | None:
    return contents.get(state.submission_id) if state.submission_id is not None else None


def _chapters(basis: Basis, contents: Contents) -> Iterator[Chapter]:
    """Give the text parts in the definition's order; an enhet's own wording stands as it is."""
    texts: dict[str, list[tuple[Obligation, PartState]]] = {}
    ours = _of_report(basis)
    for one in basis.occurrence.obligations:
        for state in basis.states[one.key] if one.krav in ours else ():
            if state.part.form == "text":
                texts.setdefault(state.part.id, []).append((one, state))
    krav = basis.definition.steps[basis.occurrence.step].krav
    for part_id in dict.fromkeys(part for each in ours for part in krav[each].parts):
        if part_id in texts:
            yield _chapter(basis, texts[part_id], contents)


def _of_report(basis: Basis) -> tuple[str, ...]:
    """Return the krav that the report is made of, the main one first: not what others wait for, nor what decides them."""
    whole = basis.definition.steps[basis.occurrence.step]
    step = in_force(whole, basis.occurrence.period) or whole
    waited_for = {each.requires for each in step.krav.values()}
    found = [key for key, each in step.krav.items() if key not in waited_for and each.finalises is None]
    return tuple(sorted(found, key=lambda key: key != step.main))


def _chapter(basis: Basis, many: Sequence[tuple[Obligation, PartState]], contents: Contents) -> Chapter:
    part = many[0][1].part
    read = [(one, filled) for one, state in many if (filled := _filled(contents, state)) and not state.ej_aktuellt]
    return Chapter(
        title=part.name,
        sections=tuple(_sections(basis, part, read)),
        notes=tuple(note for one, state in many if (note := _note(one, state, _filled(contents, state)))),
    )


def _note(one: Obligation, state: PartState, filled: Filled | None) -> tuple[str, str] | None:
    status, note = status_of(state, filled)
    if status == "inne" and not note:
        return None
    return one.unit_name, f"ej aktuellt: {note}" if status == "ej aktuellt" else note


def _sections(basis: Basis, part: PartOwed, read: Sequence[tuple[Obligation, Filled]]) -> Iterator[CompiledSection]:
    if not read:
        return
    for heading in part.headings:
        pieces = (_piece(basis, one, filled, heading) for one, filled in read)
        yield CompiledSection(heading=heading.name, pieces=tuple(pieces))
    others = tuple(piece for one, filled in read if (piece := _rest(basis, one, part, filled)))
    if others:
        yield CompiledSection(heading=OTHER if part.headings else "", pieces=others)


def _piece(basis: Basis, one: Obligation, filled: Filled, heading: HeadingOwed) -> Piece:
    found = [each for each in filled.sections if each.id == heading.id]
    text = "\n".join(clean(each.text).strip() for each in found if each.text.strip())
    note = "Inget är skrivet under rubriken." if found else "Rubriken finns inte i texten."
    if heading.answered_on:
        note = f"Svaret står på bladet {basis.definition.sheets[heading.answered_on].title}."
    return Piece(
        unit_name=one.unit_name, text=text, pictures=sum(each.pictures for each in found), note="" if text else note
    )


def _rest(basis: Basis, one: Obligation, part: PartOwed, filled: Filled) -> Piece | None:
    """Return what stands under headings that nobody asked for, so that nothing is lost; the mall's own head is no text."""
    mall = mall_of(basis.definition, one, part, due_text(one))
    others = [each for each in filled.sections if each.id is None]
    read = [each if each.heading else replace(each, text=without_head(mall, each.text)) for each in others]
    found = [each for each in read if each.text.strip() or each.pictures]
    if not found:
        return None if part.headings else Piece(unit_name=one.unit_name, text="", note="Ingen text gick att läsa.")
    texts = (f"{clean(each.heading).strip()}\n{clean(each.text).strip()}".strip() for each in found)
    return Piece(unit_name=one.unit_name, text="\n".join(texts), pictures=sum(each.pictures for each in found))


def _answered(basis: Basis) -> Iterator[Answered]:
    """Give every fråga of the versions that count, with its answer or none."""
    given_to = {(each.submission_id, each.rule, each.place): each for each in basis.answers}
    for one in basis.occurrence.obligations:
        for state in basis.states[one.key]:
            for found in state.findings:
                if found.severity != QUESTION or state.submission_id is None:
                    continue
                given: Given | None = given_to.get((state.submission_id, found.rule, found.place))
                yield Answered(
                    unit_name=one.unit_name,
                    part_name=state.part.name,
                    place=clean(found.place),
                    question=clean(found.message),
                    source=found.lagrum,
                    answer=clean(given.motivering) if given else "",
                    by=clean(given.by) if given else "",
                    at=given.at if given else None,
                )
