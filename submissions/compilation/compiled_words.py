"""What the workbook and the document say alike: the läge in words, what is missing, what was asked and answered."""

from collections.abc import Iterable, Iterator

from arshjul.ladder.standing import State
from arshjul.swedish import enheter_of, instant_text, listing
from submissions.compilation.compiled import Compiled, Merged, UnitStanding
from submissions.compilation.unit_block import ROUNDING
from submissions.files.figures import exact_text

APART = (
    "Nämnder och bolag summeras var för sig: bolagens resultat ingår inte i kommunens nettokostnad, och det som de "
    "har köpt av varandra är inte borttaget."
)
NOTHING_TO_CHECK = "Inga tabeller har kommit in än, så det finns inget att jämföra."
CHECKED = (
    f"Inga. Enheternas egna summor stämmer med deras rader, och avvikelserna är rätt uträknade (skillnader upp till "
    f"{exact_text(ROUNDING)} tkr räknas som avrundning)."
)


def checked(compiled: Compiled) -> str:
    """Return what to say where nothing differs: that all was held against itself, or that there was nothing to hold."""
    return CHECKED if any(table.has_rows for table in compiled.tables) else NOTHING_TO_CHECK


def grouped(notes: Iterable[tuple[str, str]]) -> list[str]:
    """Return ``A, B och C: inte inlämnad`` for names and what is to be said of each; the same is said once."""
    names: dict[str, list[str]] = {}
    for name, words in notes:
        names.setdefault(words, []).append(name)
    return [f"{listing(many)}: {words.removesuffix('.')}." for words, many in names.items()]


def counting(compiled: Compiled) -> list[str]:
    """Return how many enheter are in, which are preliminära, and which are missing."""
    every, whole = compiled.underlag, compiled.units(lambda state: state.is_whole)
    lines = [f"{enheter_of(len(whole), len(every))} har lämnat allt underlag{_names(whole)}."]
    if preliminary := compiled.units(lambda state: state is State.PRELIMINAR):
        lines.append(f"Preliminärt tills nämndens eller styrelsens beslut finns: {listing(preliminary)}.")
    nothing = [each.unit_name for each in every if all(part.status == "saknas" for part in each.parts)]
    partly = [name for name in compiled.units(lambda state: not state.is_whole) if name not in nothing]
    if partly:
        lines.append(f"Något fattas från: {listing(partly)}.")
    if nothing:
        lines.append(f"Inget har kommit in från: {listing(nothing)}.")
    if late := compiled.units(lambda state: state.is_late):
        lines.append(f"Fristen har gått ut för: {listing(late)}.")
    return lines


def _names(names: list[str]) -> str:
    return f": {listing(names)}" if names else ""


def standing_rows(compiled: Compiled) -> Iterator[tuple[str, str, str, str]]:
    """Give each enhet's underlag: its name, state, frist, and what is missing."""
    for each in compiled.underlag:
        yield each.unit_name, each.state.word, each.due_text, _lacking(each)


def _lacking(one: UnitStanding) -> str:
    return ", ".join(part.name for part in one.parts if not part.complete) or "Inget"


def lack_rows(compiled: Compiled) -> Iterator[tuple[str, str, str, str]]:
    """Give every part that is not complete: enhet, part, what is wrong and how to mend it, and who owes it."""
    for each in compiled.standings:
        for part in each.parts:
            if part.lacks:
                name = part.name if each.main else f"{part.name} ({each.krav})"
                yield each.unit_name, name, part.lacks, part.role


def part_rows(compiled: Compiled) -> Iterator[tuple[str, str, str, str]]:
    """Give every part: enhet, part, how it stands, and which version was read."""
    for each in compiled.standings:
        for part in each.parts:
            yield each.unit_name, part.name, part.status, part.note


def answer_rows(compiled: Compiled) -> Iterator[tuple[str, str, str, str]]:
    """Give every fråga: enhet and part, where, what was asked by which source, and the answer."""
    for each in compiled.answers:
        who = f" ({each.by}, {instant_text(each.at)})" if each.at else ""
        question = f"{each.question} Enligt {each.source}."
        yield f"{each.unit_name}: {each.part_name}", each.place, question, f"{each.answer or 'Inte besvarad.'}{who}"


def title_of(table: Merged) -> str:
    """Return what a merged sheet is called; the bolag's own by that name."""
    own = table.blocks and all(block.group == "bolagen" for block in table.blocks)
    return f"{table.sheet.title}{' bolag' if own else ''}"
