"""The frister of a tillfälle against its meetings: time to put together, to decide, and to be brought up."""

from collections.abc import Iterator, Mapping

from arshjul.check.broken import Broken
from arshjul.check.concerns import ASKED_FOR_BUDGET, HANDED_OVER, law_id
from arshjul.check.resolving import ResolvedYear, moments_of
from arshjul.definition.days.dating import Offset
from arshjul.definition.days.decided import UNDECIDED
from arshjul.definition.model import Krav, Step
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import MomentId, UnitId
from arshjul.swedish import day_text, instant_text, local, local_date
from arshjul.year.wheel import Milestone, Obligation, Occurrence, rung_day

#: By kind of step, what the law says of a frist that leaves the treating body no time.
_TREATED = {"årsredovisning": "KL 11 kap. 18 §; KL 11 kap. 19 §", "budget": ASKED_FOR_BUDGET}
#: A frist that rests on one of these is what KS waits for: for its budget, or for its årsredovisning.
_WAITED_FOR = {ASKED_FOR_BUDGET: ASKED_FOR_BUDGET, "KL 11 kap. 18 §": "KL 11 kap. 18 §; KL 11 kap. 19 §"}

Moments = Mapping[tuple[MomentId, UnitId | None], Milestone]  #: by moment and unit


def frister(occurrence: Occurrence, year: ResolvedYear, ks: str | None) -> Iterator[Broken]:
    """Find the frister that do not go with their meetings."""
    step = year.step(occurrence)
    moments = {(one.milestone, one.unit): one for one in moments_of(occurrence) if one.status != UNDECIDED}
    shared = [one for (_, unit), one in moments.items() if not unit]
    at_ks = [one for one in shared if one.body == ks and one.concerns not in HANDED_OVER]
    for one in occurrence.obligations:
        krav = step.krav[one.krav]
        if one.host or one.deadline.status == UNDECIDED:
            continue  # handed in with another, and held there; or nothing to hold
        yield from _treated(one, krav, moments, step)
        if not krav.treated_at:
            yield from _waited_for(one, krav, at_ks)
        yield from _extract(one, krav, step, moments, occurrence)
        yield from _required(one, krav, year)
        yield from _brought_up(one, year)
        yield from _carried_up(one, krav, year)
        if step.closing and one.is_main:
            yield from _closed_first(one, occurrence)


def _treating(one: Obligation, krav: Krav, moments: Moments) -> Milestone | None:
    at = MomentId(krav.treated_at or "")
    return moments.get((at, one.unit)) or moments.get((at, None))


def _treated(one: Obligation, krav: Krav, moments: Moments, step: Step) -> Iterator[Broken]:
    """The frist must leave time for the sammanställning before the agenda of the treating meeting closes."""
    treating = _treating(one, krav, moments)
    if treating is None or one.deadline.at <= (last := one.limit or treating.at):
        return
    closes = f", vars dagordning stänger {instant_text(one.treated.agenda_closes)}" if one.treated else ""
    days = krav.compilation_workdays
    after = f", och sammanställningen tar {days} {'arbetsdag' if days == 1 else 'arbetsdagar'}" if days else ""
    yield Broken(
        (("krav", one.krav), ("moment", treating.milestone)),
        f"{_frist(one)} är för sen för '{treating.name}' ({day_text(local_date(treating.at))}){closes}{after}; "
        f"senaste frist är {instant_text(last)}",
        _decided(one, treating),
        "frist-efter-mote",
        _TREATED.get(step.kind),
    )


def _waited_for(one: Obligation, krav: Krav, at_ks: list[Milestone]) -> Iterator[Broken]:
    """What KS has asked for by the law must be there when KS is to use it; nothing else has to do with KS."""
    cited = krav.due.of_unit(one.unit).source.text if krav.due else ""
    lagrum = next((law for source, law in _WAITED_FOR.items() if source in cited.split("; ")), None)
    last = max(at_ks, key=lambda each: each.at, default=None)
    if lagrum and last and one.deadline.at > last.at:
        yield Broken(
            (("krav", one.krav), ("moment", last.milestone)),
            f"{_frist(one)} ligger efter '{last.name}' ({day_text(local_date(last.at))}); sätt fristen före mötet",
            _decided(one, last),
            law_id(lagrum),
            lagrum,
        )


def _extract(one: Obligation, krav: Krav, step: Step, moments: Moments, occurrence: Occurrence) -> Iterator[Broken]:
    """A protokollsutdrag is due after the meeting that it is an extract of, and before the body that needs it meets.

    What a nämnd decides on must be in when it meets.
    """
    if not any(part.form == "protokollsutdrag" for part in one.parts):
        return
    node = ("krav", one.krav)
    own = [each for each in moments.values() if each.unit == one.unit and each.unit]
    said = [each for each in own if each.milestone in (*krav.after, _anchor(krav, one.unit))]
    if not said and len(own) > 1:
        names = " eller ".join(f"'efter: {each.milestone}'" for each in own)
        words = f"{one.name} är ett protokollsutdrag, men {len(own)} möten kan menas; skriv {names} i kravet"
        yield Broken((node, node), words, decided=False, rule="vilket-sammantrade")
        return
    underlag = next((each for each in occurrence.obligations if each.key == one.finalises and not each.host), None)
    for meeting in said or own:
        moment = ("moment", meeting.milestone)
        if one.deadline.at < meeting.at:
            yield Broken(
                (node, moment),
                f"{_frist(one)} ligger före mötet som ska besluta ('{meeting.name}', "
                f"{instant_text(meeting.at)}); räkna fristen efter mötet",
                _decided(one, meeting),
                "protokoll-fore-mote",
            )
        if underlag and underlag.deadline.last_day > local_date(meeting.at):
            yield Broken(
                (moment, ("krav", underlag.krav)),
                f"'{meeting.name}' ({instant_text(meeting.at)}) ligger före {_frist(underlag)} som det ska beslutas om; "
                "flytta det ena",
                _decided(underlag, meeting),
                "beslut-fore-frist",
            )
    treating = _treating(underlag, step.krav[underlag.krav], moments) if underlag else None
    if treating and not step.moments[treating.milestone].preliminary and one.deadline.at > treating.at:
        yield Broken(
            (node, ("moment", treating.milestone)),
            f"{_frist(one)} ligger efter '{treating.name}' ({instant_text(treating.at)}), som behöver den; sätt fristen "
            "tidigare, eller skriv 'preliminärt: true' i momentet om organet inte väntar på besluten",
            _decided(one, treating),
            "protokoll-efter-mote",
        )


def _anchor(krav: Krav, unit: UnitId) -> str | None:
    rule = krav.due.of_unit(unit).rule if krav.due else None
    return rule.after if isinstance(rule, Offset) else None


def _required(one: Obligation, krav: Krav, year: ResolvedYear) -> Iterator[Broken]:
    """What must be complete before the first letter must be due before it."""
    required = year.wheel.obligations.get(one.requires) if one.requires else None
    if required is None or one.ladder is None or krav.requires is None:
        return
    first = min(each.at for each in year.wheel.milestones if each.obligation == one.key)
    if required.deadline.at > first:
        yield Broken(
            (("krav", krav.requires), ("krav", one.krav)),
            f"{_frist(required)} ligger efter första brevet om {one.name} ({instant_text(first)}), som väntar på dem; "
            "sätt fristen tidigare",
            "beslutad" == required.deadline.status == one.deadline.status,
            "anvisning-efter-forsta-brevet",
        )


def _brought_up(one: Obligation, year: ResolvedYear) -> Iterator[Broken]:
    """What is late must reach the body before its agenda for the report closes, or the meeting cannot take it up."""
    rung = top_rung(one.ladder)
    if rung is None:
        return
    try:
        told, _ = body_told(year.definition, rung)
    except LookupError as error:
        yield Broken((("krav", one.krav), ("krav", one.krav)), str(error), decided=True, rule="trappan-utan-organ")
        return
    if one.treated is None or told != one.treated.body or (one.limit and one.deadline.at > one.limit):
        return  # another body, or too late already
    day = rung_day(rung, one.deadline.last_day, year.wheel.workdays)
    if local(day, year.definition.sending_hours.start) > one.treated.agenda_closes:
        body = year.definition.bodies[one.treated.body]
        yield Broken(
            (("krav", one.krav), ("krav", one.krav)),
            f"är {one.name} sent når trappan {body.short} {day_text(day)}, efter att dagordningen för mötet "
            f"{day_text(one.treated.day)} har stängt, {instant_text(one.treated.agenda_closes)}; sätt fristen "
            "tidigare, eller korta trappan",
            one.deadline.status == one.treated.status == "beslutad",
            "trappa-efter-dagordningen",
            grave=False,
        )


def _carried_up(one: Obligation, krav: Krav, year: ResolvedYear) -> Iterator[Broken]:
    """What is carried up is due before what carries it; and somebody carries up what does not go straight."""
    for below in (part.carries for part in one.parts if part.carries):
        if below.deadline.at >= one.deadline.at:
            yield Broken(
                (("krav", below.krav), ("krav", one.krav)),
                f"{_frist(below)} är inte före {_frist(one)} som bär upp det; sätt den lägre nivåns frist tidigare",
                "beslutad" == below.deadline.status == one.deadline.status,
                "niva-efter-overordnad",
            )
    if year.definition.units[one.unit].above and not krav.straight and one.key not in year.wheel.carriers:
        yield Broken(
            (("krav", one.krav), ("krav", one.krav)),
            f"ingen över {one.unit_name} bär upp {one.name}; skriv 'samlar: {one.krav}' i ett krav som en av dem "
            "lämnar, eller 'direkt: true' i det här",
            decided=True,
            rule="ingen-bar-upp",
            grave=False,
        )


def _closed_first(one: Obligation, occurrence: Occurrence) -> Iterator[Broken]:
    end = occurrence.period.end
    if one.deadline.last_day <= end:
        yield Broken(
            (("krav", one.krav), ("krav", one.krav)),
            f"{_frist(one)} ligger inte efter periodens slut ({day_text(end)}); då finns inga siffror att lämna",
            one.deadline.status == "beslutad",
            "frist-fore-periodens-slut",
        )


def _frist(one: Obligation) -> str:
    return f"fristen för {one.name}, {instant_text(one.deadline.at)},"


def _decided(one: Obligation, moment: Milestone) -> bool:
    return one.deadline.status == moment.status == "beslutad"
