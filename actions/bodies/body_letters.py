"""The letters of hand-over: what lies before a body, told to its readers when the agenda has closed or on the day.

Once for each meeting and reader. A moment that is decided already, whose plan nobody has fastställt or that lies
before ``i drift från`` is not told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

from actions.alone import alone
from actions.contacts import contacts
from actions.papers.before_body import body_for
from actions.readers import body_readers, holders_of, meeting_path, once, reader_of
from actions.scene import Scene, Sight
from actions.telling import missing
from arshjul.bodies.chain import utlatande_of
from arshjul.bodies.outcomes import past
from arshjul.bodies.overlamnande import REVISORER, HandOver, hand_overs, is_handed_over, meeting_of
from arshjul.check.law import bodies
from arshjul.definition.reach import top_rung
from arshjul.keys import BodyId, ObligationKey, RoleId
from arshjul.ladder.due import is_sending_time
from arshjul.ladder.standing import State, counted, moment_state
from arshjul.swedish import day_text, listing, local_date, said_day
from arshjul.wordings import with_wordings
from arshjul.year.wheel import Milestone, Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.body_views import HandOverView, LackView, PointView, ReportView, StandingView
from notifications.letters.views.composed import Reader
from store.plan.body_rows import all_matters
from store.plan.matters import RAISED
from store.plan.recorded import decisions, utlatanden
from store.post.correspondence import written
from store.post.letter_keys import LetterKey, in_key
from store.tables import LetterRow, Person
from submissions.standing.completeness import below_words
from submissions.standing.states import states_of

KIND = "överlämnande"
_Readers = list[tuple[RoleId, Person | None]]


def tell_hand_overs(scene: Scene) -> list[LetterRow]:
    """Freeze the letters of hand-over that are due, within the sending hours; one that cannot be told stops no other."""
    found = []
    for one in _due(scene):
        what = f"breven om överlämnande till {scene.office.definition.bodies[one.body].said}"
        found += alone(scene, what, partial(_tell, scene, one)) or []
    return found


def _due(scene: Scene) -> list[HandOver]:
    """Return what lies before a body now and may be told, told already or not."""
    hours = scene.office.definition.sending_hours
    if scene.office.utskick == "av" or not is_sending_time(scene.now, scene.wheel.workdays, hours):
        return []
    every, since = hand_overs(scene.wheel), scene.office.since
    return [one for one in every if one.at <= scene.now < one.until and local_date(one.at) >= since]


def next_hand_over(scene: Scene) -> datetime | None:
    """Return when the next letters of hand-over are due; None when the plan holds none."""
    due = (one.at for one in hand_overs(scene.wheel))
    return min((at for at in due if at > scene.now), default=None)


def receivers(scene: Scene) -> list[tuple[RoleId, Person | None]]:
    """Return who is handed a report by law: fullmäktige's secretary and chair, and the revisorer."""
    definition = scene.office.definition
    kf = definition.bodies.get(bodies(definition)[1] or BodyId(""))
    roles = (kf.secretary, kf.chair) if kf else ()
    return holders_of(scene, (*roles, *((REVISORER,) if REVISORER in definition.roles else ())))


def report_views(scene: Scene, moments: Iterable[Milestone]) -> tuple[ReportView, ...]:
    """Return the reports that some moments are about, as the letters tell them, in the moments' order."""
    found: dict[tuple[str, str], list[Milestone]] = {}
    for one in moments:
        found.setdefault((one.step, one.period.key), []).append(one)
    return tuple(_report(scene, mine) for mine in found.values())


def _tell(scene: Scene, one: HandOver) -> list[LetterRow]:
    told = _open(scene, one.moments)
    readers = _readers(scene, one) if told else []
    due = _untold(scene, one, readers)
    if not due:
        return []
    view, letters = _view(scene, one, told), []
    for role, person in due:
        write = partial(_write, scene, one, person, reader_of(scene, person, role, page=_page(scene, one)), view)
        letter = alone(
            scene,
            f"brevet om överlämnande till {person.name if person else scene.office.definition.office_said}",
            write,
        )
        letters += [letter] if letter else []
    return letters


def _write(scene: Scene, one: HandOver, person: Person | None, reader: Reader, view: HandOverView) -> LetterRow | None:
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=_key(one, person),
        kind=KIND,
        composed=compose.hand_over(reader, view),
        to=person,
        thread=one.moments[0].occurrence,
    )


def _open(scene: Scene, moments: Iterable[Milestone]) -> list[Milestone]:
    """Return those that may be told, and that nobody has decided."""
    sharp = scene.office.utskick == "skarpt"
    told = [one for one in moments if not (sharp and _is_proposed(scene, one))]
    decided = decisions(scene.session, [one.key for one in told])
    return [one for one in told if one.key not in decided]


def _is_proposed(scene: Scene, one: Milestone) -> bool:
    """Tell whether nobody has fastställt the day, or the fristen of the report: then its enheter are told nothing either."""
    owed = scene.wheel.occurrence(one.occurrence).obligations
    return "förslag" in {one.status, *(each.deadline.status for each in owed)}


def _readers(scene: Scene, one: HandOver) -> list[tuple[RoleId, Person | None]]:
    if one.meeting:
        return body_readers(scene, one.body)
    moment = one.moments[0]
    if not is_handed_over(moment):
        return body_readers(scene, one.body)
    own = meeting_of(scene.wheel, moment)
    if own and own.day == local_date(moment.at):
        return receivers(scene)  # its own readers have heard that the agenda closed
    return once([*body_readers(scene, one.body), *receivers(scene)])


def _key(one: HandOver, person: Person | None) -> LetterKey:
    """Return the letter's key: by the first of all the meeting's moments, whichever of them are still open."""
    return LetterKey.of(one.moments[0].key, "overlamnas", one.day, in_key(person.id if person else None))


def _untold(scene: Scene, one: HandOver, readers: _Readers) -> _Readers:
    """Return the readers to whom the letter has not been written."""
    keys = [_key(one, person) for _, person in readers]
    shadows = [key.shadow for key in keys if scene.office.utskick == "skugga"]
    known = written(scene.session, (*keys, *shadows))
    return [each for each, key in zip(readers, keys, strict=True) if not {key, key.shadow} & known]


def _view(scene: Scene, one: HandOver, told: Iterable[Milestone]) -> HandOverView:
    definition, held = scene.office.definition, one.meeting
    kf = definition.bodies.get(bodies(definition)[1] or BodyId(""))
    handed = [kf.short] if kf else []
    return HandOverView(
        municipality=definition.kommun.name,
        office=definition.office_said,
        body_said=definition.bodies[one.body].said,
        body_short=definition.bodies[one.body].short,
        meeting_at=held.at if held else None,
        day=one.day,
        receivers=listing([*handed, *(["revisorerna"] if REVISORER in definition.roles else [])]),
        reports=report_views(scene, told),
        matters=tuple(_matters(scene, one)) if held else (),
    )


def _page(scene: Scene, one: HandOver) -> str:
    """Return the meeting's page; of the law's day without a meeting, the body's."""
    at = one.meeting or meeting_of(scene.wheel, one.moments[0])
    return meeting_path(one.body, at.day if at else None)


def _matters(scene: Scene, one: HandOver) -> Iterator[str]:
    """What the ladder has brought before the meeting and that still waits."""
    for row in all_matters(scene.session):
        owed = scene.wheel.obligations.get(row.obligation_key)
        rung = top_rung(owed.ladder) if owed else None
        if not owed or not rung or row.state != RAISED or row.meeting_day != one.day:
            continue
        if body_for(scene.office.definition, rung, row)[0] == one.body:
            call = "; ".join(contacts(scene, scene.look([owed.key]).with_hosted(owed), owed.unit))
            yield f"{owed.unit_name}: {owed.name} {owed.period.text}" + (f". Ring {call}" if call else "")


def _report(scene: Scene, moments: list[Milestone]) -> ReportView:
    first = moments[0]
    occurrence = scene.wheel.occurrence(first.occurrence)
    asked = {one.requires for one in scene.wheel.obligations.values() if one.requires}
    units = {one.unit for one in moments}  # a nämnd's own moment is about its own enhet, and tells of no other's
    owed = [one for one in occurrence.obligations if one.key not in asked and units & {None, one.unit}]
    sight = scene.look([one.key for one in owed])
    shown = states_of(scene.session, scene.wheel, owed, scene.office.since, scene.now)
    main = scene.office.definition.steps[first.step].main
    krav = dict.fromkeys(
        one.name for one in sorted(owed, key=lambda one: one.krav != main)
    )  # the subject counts the first
    return ReportView(
        step_name=first.step_name,
        report=scene.office.definition.steps[first.step].report(first.period),
        period_text=first.period.text,
        points=tuple(
            PointView(
                name=one.name,
                day=local_date(one.at),
                lawful_until=one.lawful_until,
                law_missed=one.lawful_until is not None and scene.today > one.lawful_until,
                lagrum=with_wordings(str(one.lagrum)) if one.lawful_until else str(one.lagrum),
            )
            for one in moments
        ),
        before=tuple(_before(scene, first)),
        standing=tuple(_standing(sight, shown, name, [one for one in owed if one.name == name]) for name in krav),
    )


def _before(scene: Scene, moment: Milestone) -> Iterator[str]:
    """What the revisorer have given, and what the bodies before this one decided, or did not."""
    if wanted := utlatande_of(moment):
        there = utlatanden(scene.session, [moment.key]).get(moment.key)
        name = f"{wanted.name[:1].upper()}{wanted.name[1:]}"
        number = f", dnr {there.diarienummer}" if there and there.diarienummer else ""
        stands = f"inkom {said_day(there.received_on)}{number}" if there else "har inte registrerats som inkommen"
        yield f"{name} {stands} ({wanted.lagrum})."
    every = scene.wheel.occurrence(moment.occurrence).milestones
    earlier = [one for one in every if one.body and one.unit is None and one.at < moment.at]
    recorded = decisions(scene.session, [one.key for one in earlier])
    for one in earlier:
        if row := recorded.get(one.key):
            paragraph = f", {row.paragraf}" if row.paragraf else ""
            yield f"{one.name}: {past(row.outcome)} {said_day(row.decided_on)}{paragraph}."
        elif moment_state(one.at, scene.now, scene.office.since, decided=False) is State.BESLUT_SAKNAS:
            yield f"{one.name}, {said_day(local_date(one.at))}: inget beslut är registrerat."


def _standing(sight: Sight, shown: Mapping[ObligationKey, State], name: str, owed: list[Obligation]) -> StandingView:
    states = {one.key: shown[one.key].core for one in owed}

    def units(is_so: Callable[[State], bool]) -> tuple[str, ...]:
        return tuple(one.unit_name for one in owed if is_so(states[one.key]))

    def lacking(*, late: bool) -> Iterator[LackView]:
        for one in owed:
            if not states[one.key].is_owing or states[one.key].is_late is not late:
                continue
            states_of_parts = sight.with_hosted(one)
            parts = list(missing(sight.scene, states_of_parts))
            names = f"{'saknar' if late else 'ska lämna'} {listing([part.name.partition(' (')[0] for part in parts])}"
            if late and not any(each.version for each in states_of_parts):
                names = "har inte lämnat in något"
            roles = listing(list(dict.fromkeys(part.role for part in parts)))
            if carried := below_words(states_of_parts):
                names = f"{names}: {carried}"
            frist = day_text(one.deadline.last_day).rpartition(" ")[0]
            if late:
                roles = "; ".join(contacts(sight.scene, states_of_parts, one.unit))
            yield LackView(unit_name=one.unit_name, state=shown[one.key], said=f"frist {frist}, {names}", whose=roles)

    return StandingView(
        name=name,
        total=counted(states.values())[1],
        complete=units(lambda state: state is State.KOMPLETT),
        preliminary=units(lambda state: state is State.PRELIMINAR),
        not_ours=units(lambda state: state.is_past),
        late=tuple(lacking(late=True)),
        ahead=tuple(lacking(late=False)),
    )
