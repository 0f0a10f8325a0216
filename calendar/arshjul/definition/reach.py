"""Where a ladder ends: its top rung, and the body that it takes what is late up to."""

from arshjul.definition.ladders import ABOVE, LAST_WORD, OWING, UPWARD, Ladder, Rung
from arshjul.definition.model import Body, Definition
from arshjul.definition.units.unit import Unit
from arshjul.keys import BodyId, RoleId
from arshjul.swedish import listing


def top_rung(ladder: Ladder | None) -> Rung | None:
    """Return the rung that reaches a body; None when the ladder does not go there."""
    return next((each for each in (ladder.rungs if ladder else ()) if each.reaches_body), None)


def body_told(definition: Definition, rung: Rung) -> tuple[BodyId, Body]:
    """Return the body that a rung tells: the first of those that it could be. LookupError for none."""
    told = bodies_told(definition, rung)
    if not told:
        raise LookupError(
            f"trappsteget '{rung.id}' når inget organs sekreterare eller ordförande; ange en sådan roll i 'till', eller "
            "skriv 'slag: uppåt' om det går till någon annan"
        )
    return told[0], definition.bodies[told[0]]


def bodies_told(definition: Definition, rung: Rung) -> tuple[BodyId, ...]:
    """Return the bodies that a rung could tell: the one that it names, else those whose secretary and chair it tells, the most of them."""
    if rung.body:
        return (rung.body,)
    named = {key: len({body.secretary, body.chair} & set(rung.to)) for key, body in definition.bodies.items()}
    most = max(named.values(), default=0)
    return tuple(key for key, count in named.items() if count == most > 0)


def climbed_by(definition: Definition, ladder: Ladder, unit: Unit) -> Ladder | None:
    """Return a ladder as one enhet climbs it: who is above it is told by their own role. None when no rung is left."""
    if not any(ABOVE in (*rung.to, *rung.to_for_bolag) for rung in ladder.rungs):
        return ladder
    above = definition.units[unit.above].responsible if unit.above else None
    told = ((rung, _told(rung.to, above), _told(rung.to_for_bolag, above)) for rung in ladder.rungs)
    rungs = [rung.model_copy(update={"to": to, "to_for_bolag": bolag}) for rung, to, bolag in told if to]
    return ladder.model_copy(update={"rungs": tuple(rungs)}) if rungs else None


def _told(roles: tuple[RoleId, ...], above: RoleId | None) -> tuple[RoleId, ...]:
    return tuple(dict.fromkeys(role for role in (above if each == ABOVE else each for each in roles) if role))


def with_named_rungs(definition: Definition) -> Definition:
    """Return a definition whose rungs say whom they reach, by its own roles and bodies, where they have no name."""
    ladders = {
        key: ladder.model_copy(update={"rungs": tuple(_named(definition, ladder, rung) for rung in ladder.rungs)})
        for key, ladder in definition.ladders.items()
    }
    return definition.model_copy(update={"ladders": ladders})


def _named(definition: Definition, ladder: Ladder, rung: Rung) -> Rung:
    name = rung.own_name or _name(definition, ladder, rung)
    return rung.model_copy(update={"own_name": name}) if name else rung


def _name(definition: Definition, ladder: Ladder, rung: Rung) -> str | None:
    if rung.kind == UPWARD:
        said = {OWING: "de ansvariga", ABOVE: "närmast överordnad"}
        roles = [said.get(role) or definition.roles[role].definite for role in rung.to]
        return f"till {listing(roles)}"
    if not (rung.kind == LAST_WORD or rung.reaches_body) or (top := top_rung(ladder)) is None:
        return None
    try:
        _, body = body_told(definition, top)
    except LookupError:
        return None  # told by the check
    return f"sista påminnelsen före {body.short}" if rung.kind == LAST_WORD else f"eskalering till {body.short}"
