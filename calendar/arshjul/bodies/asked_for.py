"""What a body is asked to decide about what is late: who decides, of whom it is asked, by which law and day, and who signs.

KL 6 kap. 12 §: styrelsen may ask nämnder, beredningar and anställda for what it needs. A bolag is under its uppsikt (1 and
9 §§) and its ägardirektiv; what the styrelse itself owes is the kommundirektör's by uppdrag. A body below it decides only
where the definition says by which delegation (KL 6 kap. 37 and 41 §§), else it proposes. Who owes signs nothing (KL 7 kap. 4 §).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from arshjul.bodies.chain import lagrum_of
from arshjul.definition.ladders import OWING, UPWARD, Ladder
from arshjul.definition.model import Body, Definition
from arshjul.keys import BodyId, PersonId, RoleId
from arshjul.ladder.due import answered_by
from arshjul.swedish import listing, local_date, said_day
from arshjul.year.days.meetings import Meeting
from arshjul.year.wheel import Obligation, Wheel

EKONOMICHEF, KOMMUNDIREKTOR = RoleId("ekonomichef"), RoleId("kommundirektor")

_LAW = {
    "nämnd": ("KL 6 kap. 12 §",),
    "bolag": ("KL 6 kap. 1 §", "KL 6 kap. 9 §", "ägardirektiv"),
    "styrelse": ("KL 6 kap. 1 §", "KL 6 kap. 12 §"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a body is asked to decide."""

    lines: tuple[str, ...]  #: the proposal, a paragraph each; the first says who decides
    lagrum: tuple[str, ...]  #: by which it is asked, without what the report itself rests on
    until: date  #: the day (inclusive) that it asks for
    sent_to: tuple[str, ...]  #: whom the decision goes to
    after: tuple[str, ...]  #: what follows: the next bodies, and the law's days


def deciding(definition: Definition, body_id: BodyId) -> BodyId:
    """Return which body decides about what is late: itself where it may, else the styrelse that it prepares for."""
    body = definition.bodies[body_id]
    if body.decides or body.prepares is None:
        return body_id
    return body.prepares


def asked_until(
    wheel: Wheel, definition: Definition, body_id: BodyId, meeting: Meeting | None, raised_at: datetime
) -> date:
    """Return the last day (inclusive) by which what is late is asked for: the working day after the body that decides has met.

    Its minutes are omedelbart justerade, so it is known that day. No meeting of the body that decides: three working
    days after it was raised.
    """
    decides = deciding(definition, body_id)
    there = meeting
    if decides != body_id:
        there = wheel.meetings.first_open(decides, meeting.at if meeting else raised_at) or meeting
    return answered_by(wheel.workdays, there.day if there else None, local_date(raised_at))


def asking(
    wheel: Wheel,
    definition: Definition,
    body_id: BodyId,
    late: Sequence[tuple[Obligation, Sequence[RoleId]]],
    until: date,
    since: datetime,
    office: str,
) -> Proposal:
    """Return what ``body_id`` is asked to decide about some late obligations of one occurrence, each with who owes.

    ``since`` is when it meets: what follows is what comes after it. ``office`` is whom it is handed in to.
    """
    body, decides = definition.bodies[body_id], deciding(definition, body_id)
    by_kind = {kind: [each for each in late if each[0].unit_kind == kind] for kind in ("nämnd", "bolag", "styrelse")}
    by_kind = {kind: each for kind, each in by_kind.items() if each}
    chief = kommundirektor(definition, late[0][0].ladder)
    words = [_point(definition, kind, each, until, office, chief) for kind, each in by_kind.items()]
    who = (
        f"{body.name} beslutar"
        if decides == body_id
        else f"{body.name} föreslår {definition.bodies[decides].said} besluta"
    )
    return Proposal(
        lines=(
            who,
            *(f"att {each}," for each in words[:-1]),
            f"att {words[-1]}, och",
            "att paragrafen förklaras omedelbart justerad.",
        ),
        lagrum=tuple(dict.fromkeys(law for kind in by_kind for law in _LAW[kind])),
        until=until,
        sent_to=tuple(dict.fromkeys(_capital(each) for each in (*_concerned(definition, late, chief), office))),
        after=tuple(_after(wheel, late[0][0], since)),
    )


def kommundirektor(definition: Definition, ladder: Ladder | None) -> RoleId:
    """Return the role that styrelsen gives uppdrag to: whom the ladder's rung called so tells, else the role called so.

    Where a municipality has neither: who answers for what is the styrelse's own.
    """
    if told := next(_told(ladder, KOMMUNDIREKTOR, definition), None):
        return told
    own = (unit.responsible for unit in definition.units.values() if unit.kind == "styrelse" and not unit.above)
    return KOMMUNDIREKTOR if KOMMUNDIREKTOR in definition.roles else next(own, KOMMUNDIREKTOR)


def signing(
    definition: Definition,
    body: Body,
    ladder: Ladder | None,
    holder: Callable[[RoleId], PersonId | None],
    owing: Collection[str],
) -> RoleId:
    """Return the role that signs: the ekonomichef, else the kommundirektör, else the body's secretary; never who owes.

    ``holder`` tells who has a role; ``owing`` has the persons who owe.
    """  # fmt: skip
    roles = (
        *_told(ladder, EKONOMICHEF, definition), EKONOMICHEF, *_told(ladder, KOMMUNDIREKTOR, definition),
        KOMMUNDIREKTOR, body.secretary,
    )  # fmt: skip
    known = [role for role in roles if role in definition.roles]
    may = [role for role in known if holder(role) not in owing]
    held = [role for role in may if holder(role)]
    return next(iter((*held, *may, body.secretary)))


def _told(ladder: Ladder | None, called: RoleId, definition: Definition) -> Iterator[RoleId]:
    for rung in ladder.rungs if ladder else ():
        if rung.kind == UPWARD and rung.tag == called:
            yield from (role for role in rung.to if role != OWING and role in definition.roles)


def _point(
    definition: Definition, kind: str, late: Sequence[tuple[Obligation, Sequence[RoleId]]], until: date, office: str,
    chief: RoleId,
) -> str:  # fmt: skip
    what = f"det som saknas i {_of(late)}"
    units = listing(list(dict.fromkeys(_asked(definition, one) for one, _ in late)))
    day = f"senast {said_day(until)}"
    if kind == "nämnd":
        return f"med stöd av 6 kap. 12 § kommunallagen begära in {what} från {units}, till {office} {day}"
    if kind == "bolag":
        verb = "lämnar" if len({one.unit for one, _ in late}) == 1 else "var för sig lämnar"
        return (
            "inom ramen för styrelsens uppsikt (6 kap. 1 och 9 §§ kommunallagen) och enligt ägardirektiven begära "
            f"att {units} {day} {verb} {what} till {office}"
        )
    owing = dict.fromkeys(role for _, roles in late for role in roles)
    others = [role for role in owing if role != chief]
    by, whom = listing([definition.roles[role].definite for role in others]), _definite(definition, chief)
    if others and chief in owing:
        return f"ge {whom} i uppdrag att tillsammans med {by} {day} lämna {what} till {office}"
    if others:
        return f"ge {whom} i uppdrag att se till att {by} {day} lämnar {what}"
    return f"ge {whom} i uppdrag att {day} lämna {what} till {office}"


def _concerned(
    definition: Definition, late: Sequence[tuple[Obligation, Sequence[RoleId]]], chief: RoleId
) -> Iterator[str]:
    """Give whom a decision concerns: each nämnd and bolag with its body's secretary, else who gets the uppdrag; the handläggare."""
    for one, owing in late:
        if one.unit_kind != "styrelse":
            yield with_secretary(definition, one)
            continue
        yield _definite(definition, chief)
        yield from (definition.roles[role].definite for role in owing if role in definition.roles)
    handles = definition.steps[late[0][0].step].handled_by
    if handles in definition.roles:
        yield definition.roles[handles].definite


def with_secretary(definition: Definition, one: Obligation) -> str:
    """Return whom a decision about an enhet's underlag is sent to: ``omsorgsnämnden (nämndsekreteraren)``.

    The topmost over an enhet below; without the secretary where its body has none.
    """
    top = next(iter(definition.above.get(one.unit, ())[-1:]), one.unit)
    body = definition.bodies.get(body_id) if (body_id := definition.units[top].body) else None
    secretary = definition.roles.get(body.secretary) if body else None
    return f"{_topmost(definition, one)} ({secretary.definite})" if secretary else _topmost(definition, one)


def _topmost(definition: Definition, one: Obligation) -> str:
    """Return who is asked in an enhet's place: the topmost over it, or itself."""
    above = definition.above.get(one.unit, ())
    return definition.units[above[-1]].said if above else one.unit_said


def _asked(definition: Definition, one: Obligation) -> str:
    top = _topmost(definition, one)
    return top if top == one.unit_said else f"{top} (för {one.unit_said})"


def _of(late: Sequence[tuple[Obligation, Sequence[RoleId]]]) -> str:
    """Return what is late, with the report's period said once: ``underlag till delårsrapporten per den 31 augusti 2027``."""
    first = late[0][0]
    names = list(dict.fromkeys(one.name for one, _ in late))
    last = f" {first.step_definite}"
    if all(name.endswith(last) for name in names):
        return f"{listing(names).removesuffix(last)} {first.report}"
    return f"{listing(names)} ({first.report})"


def _after(wheel: Wheel, one: Obligation, since: datetime) -> Iterator[str]:
    moments = [each for each in wheel.occurrence(one.occurrence).milestones if each.body and each.unit is None]
    ahead = [f"{each.name} {said_day(local_date(each.at))}" for each in moments if each.at > since]
    if ahead:
        yield f"Därefter: {'; '.join(ahead)}."
    for each in moments:
        if each.lawful_until and each.at > since:
            was = "är" if each.lawful_until >= local_date(since) else "var"
            yield f"Sista dag enligt lag för ”{each.name}” {was} {said_day(each.lawful_until)} ({lagrum_of(each)})."


def _definite(definition: Definition, role: RoleId) -> str:
    return definition.roles[role].definite if role in definition.roles else "kommundirektören"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
