"""What the page of a standing run says: what is missing, who answers for it, what was sent, what comes next.

Markdown, as Prefect shows it. It is written for the ekonomikontor: names and addresses stand in it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from actions.contacts import contact
from actions.papers.before_body import body_for
from actions.scene import Scene, Sight
from actions.telling import letters_to_come
from arshjul.definition.reach import top_rung
from arshjul.keys import RoleId, UnitId
from arshjul.ladder.standing import State
from arshjul.swedish import day_text, instant_text, listing, local_date
from arshjul.year.wheel import Milestone, Obligation, Occurrence, owner_name
from notifications.office import utskick_words
from store.post.notices import letters_about, word_name
from submissions.standing.completeness import below_words, lacks, owner_of, owners_of

#: of a whole tillfälle, where only the enheter have something ahead of them
BY_ENHET = "Inget mer för organen. Varje enhets brev och frister står på dess egen sida."


def enhet_page(sight: Sight, occurrence: Occurrence, owed: Sequence[Obligation], state: State) -> str:
    """Return one enhet's page: ``owed`` are its obligations of the occurrence, ``state`` is how the enhet stands."""
    scene = sight.scene
    left = [one for one in owed if not sight.complete(one) and one.key not in sight.silences and not one.host]
    lacking = "Saknas" if state.is_late else "Kvar att lämna in"
    return "\n\n".join(
        (
            *utskick_line(scene),
            " ".join([f"**{state.word}.** {_frists(scene, left or owed)}", *_below(sight, owed)]),
            section(lacking, _missing(sight, left), "Ingenting."),
            *([section("Ärenden", matters, "")] if (matters := list(_matters(sight, left))) else []),
            section("Det här har skickats", _sent(scene, owed), "Inget ännu."),
            section("Det här kommer", _coming(scene, occurrence, left), "Inget mer är planerat."),
            _links(scene, occurrence, owed),
        )
    )


def tillfalle_page(
    sight: Sight, occurrence: Occurrence, enheter: Sequence[tuple[str, State, Sequence[Obligation]]], words: str
) -> str:
    """Return the page of the whole occurrence: its enheter by name, state and obligations; ``words`` sum it up."""
    scene, nothing = sight.scene, "Inget mer är planerat."
    lines = []
    for name, state, owed in enheter:
        left = [one for one in owed if not sight.complete(one) and one.key not in sight.silences and not one.host]
        nothing = BY_ENHET if left else nothing
        who = listing(
            list(
                dict.fromkeys(
                    _holder(scene, *owner) for one in left for owner in owners_of(sight.with_hosted(one), one.unit)
                )
            )
        )
        lines.append(f"**{name}**: {state.word.lower()}. {f'{_frists(scene, left)} Ansvarig: {who}.' if left else ''}")
    return "\n\n".join(
        (
            *utskick_line(scene),
            f"**{words}**",
            section("Enheterna", lines, "Ingen enhet lämnar in något."),
            section("Det här kommer", _coming(scene, occurrence, ()), nothing),
            _links(scene, occurrence, ()),
        )
    )


def utskick_line(scene: Scene) -> tuple[str, ...]:
    """Return what stands first on every page of ours in Prefect while letters do not go to their readers; else nothing."""
    words = utskick_words(scene.office.utskick, scene.office.definition.office_said)
    return (f"**{words}**",) if words else ()


def said(text: str) -> str:
    """Return a text that others have written as it stands: a file's or a person's name makes no link and no markup."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


def as_plain(page: str) -> str:
    """Return a page as the lines of a log, without its markup."""
    words = re.sub(r"(?<!\\)\[([^\]]+)\]\(([^)]+)\)", r"\1: \2", page)
    words = re.sub(r"(?<!\\)\*\*|^### ", "", words, flags=re.MULTILINE).replace("\n\n", "\n")
    return re.sub(r"\\([\\`*_\[\]<>#|])", r"\1", words)


def section(title: str, lines: Iterable[str], nothing: str) -> str:
    """Return a heading with a list under it; ``nothing`` where there is nothing to list."""
    listed = [f"- {line.strip()}" for line in lines]
    return f"### {title}\n\n" + ("\n".join(listed) or nothing)


def _frists(scene: Scene, owed: Iterable[Obligation]) -> str:
    """Return when it is, or was, to be in; soonest first, and for what where there are several."""
    named: dict[datetime, list[str]] = {}
    for one in sorted(owed, key=lambda one: one.deadline.at):
        named.setdefault(one.deadline.at, []).append(one.name)
    return " ".join(
        f"Fristen {f'för {listing(names)} ' if len(named) > 1 else ''}{'gick ut' if at < scene.now else 'är'} {instant_text(at)}."
        for at, names in named.items()
    )


def _below(sight: Sight, owed: Iterable[Obligation]) -> Iterator[str]:
    yield from (f"{words}." for one in owed if (words := below_words(sight.states[one.key])))


def _missing(sight: Sight, left: Iterable[Obligation]) -> Iterator[str]:
    for one in left:
        for state in sight.with_hosted(one):
            if lack := lacks(state):
                who = _holder(sight.scene, *owner_of(state, one.unit))
                yield f"**{state.part.name}** {said(lack[0].rstrip('.'))}. Ansvarig: {who}."


def _holder(scene: Scene, role: RoleId, unit: UnitId) -> str:
    """Return who answers for a role, and where they are reached."""
    return said(contact(scene, role, unit))


def _matters(sight: Sight, left: Iterable[Obligation]) -> Iterator[str]:
    definition = sight.scene.office.definition
    for one in left:
        if (matter := sight.matters.get(one.key)) and (top := top_rung(one.ladder)):
            _, body = body_for(definition, top, matter)
            day = f"mötet {day_text(matter.meeting_day)}" if matter.meeting_day else "hos ordföranden direkt"
            yield f"{one.name[:1].upper()}{one.name[1:]}: ärende i {body.name}, {day}."


def _sent(scene: Scene, owed: Sequence[Obligation]) -> Iterator[str]:
    rows = letters_about(scene.session, [one.key for one in owed])
    readers: dict[tuple[date, str], list[str]] = {}
    for one in owed:
        for notice, letter in rows[one.key]:
            day = local_date(letter.handed_at or letter.made_at)
            readers.setdefault((day, word_name(one, notice.rung)), []).append(
                _reader(scene, notice.role, shadow=letter.shadow)
            )
    for (day, name), roles in sorted(readers.items()):
        yield f"{day_text(day)}: {name}, till {listing(list(dict.fromkeys(roles)))}"


def _reader(scene: Scene, role: RoleId, *, shadow: bool) -> str:
    """Return who really got a letter: the role that it was for, or in skugga the ekonomikontor in its place."""
    definition = scene.office.definition
    said = definition.roles[role].definite if role in definition.roles else role
    return f"{definition.office_said} i skugga, i stället för {said}" if shadow else said


def _coming(scene: Scene, occurrence: Occurrence, left: Sequence[Obligation]) -> Iterator[str]:
    """Return what is ahead: of the ladder of what is ``left`` what will be taken if nothing comes, and the bodies' moments."""
    keys, letters = {one.key for one in left}, letters_to_come(scene, left)
    timed = [(letters.get(each.key) if each.is_rung else each.at, each) for each in occurrence.milestones]
    for at, each in sorted(((at, each) for at, each in timed if at and at > scene.now), key=lambda point: point[0]):
        if each.unit is None or each.obligation in keys:
            owner = owner_name(scene.office.definition, each)
            yield f"{_day(at, each)}: {each.name}{f' ({owner})' if owner and each.unit is None else ''}"


def _day(at: datetime, each: Milestone) -> str:
    decided = "" if each.status == "beslutad" else f" ({each.status})"
    return f"{day_text(local_date(at))}{decided}"


def _links(scene: Scene, occurrence: Occurrence, owed: Sequence[Obligation]) -> str:
    base = f"{scene.office.public_url}/lage"
    pages = [f"[{one.name[:1].upper()}{one.name[1:]}]({base}/{one.key.path})" for one in owed if not one.host]
    return " · ".join((*pages, f"[Hela rapporten]({base}/{occurrence.key.path})"))
