"""The ekonomikontor's Monday letter: what is due, late, escalated, not recorded, undelivered; and how the service is."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

from actions.ladder.unfixed import unfixed
from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene, Sight
from actions.service.health import HealthPart, faults, rotten_words
from actions.underlag.anstand import open_lines
from arshjul.definition.model import Definition
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import ObligationKey
from arshjul.ladder.due import is_sending_time
from arshjul.ladder.standing import State, moment_state
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM, brief_day, day_text, instant_text, listing, local, local_date, said_day
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.week_view import LogHead, WeekCounts, WeekLine, WeekView
from notifications.plain import defused, quoted
from store.log.log_chain import chain, heads_since
from store.plan.matters import open_matters
from store.plan.obligations import unsettled
from store.plan.planning import held_back
from store.plan.recorded import decisions
from store.plan.silences import quiet_now
from store.post.correspondence import handed_since, tried_and_waiting, undelivered, written
from store.post.letter_keys import LetterKey
from store.service.rotten import known_rotten
from store.tables import LetterRow
from submissions.standing.completeness import owners_of

AHEAD = timedelta(days=14)
BACK = timedelta(days=7)
MOST = 2  #: enheter of a report that are named where nobody is to be called, and who is called of one, so that the letter is a screen


def write_week(scene: Scene, parts: Mapping[str, HealthPart] | None = None) -> LetterRow | None:
    """Freeze the week's letter on its first working day, within the sending hours; once a week.

    ``parts`` are those of ``/health``, as they have stood for a while: the letter says the same in the same words.
    """
    if not week_is_due(scene):
        return None
    while chain(scene.session):
        pass  # what has happened up to now is held by the heads that the letter tells
    person = scene.people.who(EKONOMIKONTORET, None)
    view = week_view(scene, f"v. {scene.today.isocalendar().week}", parts or {})
    composed = compose.weekly(view, scene.office.sender)
    return freeze(
        scene.session, scene.office, scene.now, key=_key(scene), kind="veckans brev", composed=composed, to=person
    )


def week_is_due(scene: Scene) -> bool:
    """Tell whether the week's letter may go and is not written; every round asks, before anything is worked out."""
    utskick, hours = scene.office.utskick, scene.office.definition.sending_hours
    if utskick == "av" or not is_sending_time(scene.now, scene.wheel.workdays, hours):
        return False
    key = _key(scene)
    return not written(scene.session, (key, key.shadow) if utskick == "skugga" else (key,))


def _key(scene: Scene) -> LetterKey:
    year, week, _ = scene.today.isocalendar()
    return LetterKey.of(scene.office.definition.kommun.id, "vecka", f"{year}-V{week:02}")


def week_view(scene: Scene, week: str, parts: Mapping[str, HealthPart]) -> WeekView:
    """Return what the letter says."""
    sight = scene.look(unsettled(scene.session, scene.now + AHEAD))
    open_ones = [
        one for one in sight.obligations if not sight.complete(one) and not one.host and one.key not in sight.silences
    ]
    matters = dict(open_matters(scene.session, [one.key for one in open_ones]))
    soon, lost = scene.now + AHEAD, known_rotten(scene.session)
    due = [one for one in open_ones if not sight.is_late(one) and one.deadline.at <= soon]
    late = [one for one in open_ones if sight.is_late(one) and one.key not in matters]
    escalated = [one for one in open_ones if one.key in matters]
    return WeekView(
        week=week,
        counts=WeekCounts(due=len(due), late=len(late), escalated=len(escalated)),
        due=tuple(_lines(sight, due)),
        late=tuple(_lines(sight, late, whom=True)),
        top_names=_top_names(scene.office.definition),
        escalated=tuple(_lines(sight, escalated, whom=True)),
        decisions=tuple(_unrecorded(scene)),
        undelivered=tuple(_undelivered(scene)),
        waiting=tuple(_waiting(scene)),
        faults=tuple(map(defused, (*faults(parts), *([rotten_words(lost)] if lost else [])))),
        notes=tuple(_notes(scene, sight, open_ones)),
        lives=_lives(scene),
        status_url=f"{scene.office.public_url}/lage",
        prefect_url=scene.office.prefect_url,
        log_head=_log_head(scene),
        earlier=tuple(_earlier(scene)),
        unfixed=tuple(WeekLine(what=each.title, when="", note=each.remedy) for each in unfixed(scene)),
    )


def _top_names(definition: Definition) -> str:
    """Return the bodies that ladders end at, as letters call them."""
    tops = [rung for ladder in definition.ladders.values() if (rung := top_rung(ladder))]
    return listing(list(dict.fromkeys(body_told(definition, rung)[1].short for rung in tops)))


def _lines(sight: Sight, ones: Iterable[Obligation], *, whom: bool = False) -> Iterable[WeekLine]:
    """Give one line for each report, the earliest frist first: its enheter, and ``whom`` to call."""
    together: dict[str, list[Obligation]] = {}
    for one in sorted(ones, key=lambda one: (one.deadline.at, one.key)):
        together.setdefault(f"{one.step_name} {one.period.text}", []).append(one)
    for report, asked in together.items():
        units: dict[str, list[str]] = {}
        for one in asked:
            callees = units.setdefault(one.unit_name, [])
            callees += [each for each in _whom(sight, one) if each not in callees] if whom else []
        named = [f"{name} ({', '.join(callees[:MOST])})" if callees else name for name, callees in units.items()]
        most = 1 if whom else MOST
        more = [f"{len(named) - most} {'enhet' if len(named) - most == 1 else 'enheter'} till"] if named[most:] else []
        when = _brief(sight.scene, asked[0].deadline.at)
        yield WeekLine(what=report, when=when, note=listing([*named[:most], *more]))


def _brief(scene: Scene, instant: datetime) -> str:
    """Return the day for the letter's narrow column, with its year when that is not this one."""
    day = local_date(instant)
    return brief_day(day) if day.year == scene.today.year else f"{brief_day(day)} {day.year}"


def _whom(sight: Sight, one: Obligation) -> Iterable[str]:
    """Give who answers for what is missing: ``förvaltningschef Karin Exempelsson, 0225-340 00``; else the address."""
    scene = sight.scene
    for role, unit in owners_of(sight.with_hosted(one), one.unit):
        name, person = scene.office.definition.roles[role].name, scene.people.who(role, unit)
        told = f"{person.name}, {person.phone or person.address}" if person else "saknas"
        # where nobody is named yet the role is its holder's name, and stands once
        yield told if person and person.name.casefold().startswith(name.casefold()) else f"{name} {told}"


def _unrecorded(scene: Scene) -> Iterable[WeekLine]:
    """Bodies' moments of the last half-year that have been, and that nobody has recorded."""
    since = scene.now - timedelta(days=180)
    passed = [
        each
        for occurrence in scene.wheel.occurrences
        if occurrence.flow
        for each in occurrence.milestones
        if each.body and each.unit is None and since <= each.at < scene.now
    ]
    recorded = decisions(scene.session, [each.key for each in passed])
    for each in passed:
        state = moment_state(each.at, scene.now, scene.office.since, decided=each.key in recorded)
        if state is State.BESLUT_SAKNAS:
            lawful = f"; sista dag enligt lag {day_text(each.lawful_until)}" if each.lawful_until else ""
            report, note = f"{each.step_name} {each.period.text}", f"{each.name[:1].upper()}{each.name[1:]}{lawful}"
            yield WeekLine(what=report, when=_brief(scene, each.at), note=note)


def _undelivered(scene: Scene) -> Iterable[WeekLine]:
    for row in undelivered(scene.session, scene.now - BACK):
        note = f"{', '.join(row.to)}: {quoted(row.answer) if row.answer else row.state}"
        yield WeekLine(what=row.subject, when=_brief(scene, row.made_at), note=note)


def _waiting(scene: Scene) -> Iterable[WeekLine]:
    """What waits for its next try: a full mailbox, a server that was away. Nothing is wrong, and it is tried again."""
    for row in tried_and_waiting(scene.session):
        left = [f"{address}: {words}" for address, words in (row.pending or {}).items()]
        note = "; ".join(left) or f"till {', '.join(row.to)}"
        yield WeekLine(what=row.subject, when=_brief(scene, row.made_at), note=note)


def _notes(scene: Scene, sight: Sight, open_ones: Iterable[Obligation]) -> Iterable[WeekLine]:
    roles = scene.office.definition.roles
    for one in open_ones:
        for role in sight.standing(one).owing:
            if scene.people.who(role, one.unit) is None:
                what = f"Rollen {roles[role].name} för {one.unit_said} saknar innehavare"
                yield WeekLine(
                    what=what,
                    when="",
                    note=f"breven går till {scene.office.definition.office_said}; lägg in en innehavare",
                )
    for what, when, note in open_lines(scene):
        yield WeekLine(what=what, when=when, note=note)
    for row in quiet_now(scene.session, scene.today):
        what = "Påminnelserna vilar" if row.kind == "vila" else "Eskaleringen hålls"
        yield WeekLine(
            what=f"{what}: {_named(scene, row.obligation_key)}",
            when=f"till {brief_day(row.until)}",
            note=f"{row.why} ({row.by})",
        )
    for one in open_ones:
        if one.limit and one.deadline.at > one.limit:
            what = f"{one.step_name} {one.period.text} · {one.unit_name}: fristen ligger för nära mötet"
            yield WeekLine(
                what=what, when=_brief(scene, one.deadline.at), note=f"bör vara inne {instant_text(one.limit)}"
            )
    for each in scene.wheel.milestones:
        if each.status == "ej beslutad" and scene.now <= each.at <= scene.now + timedelta(days=90):
            what = f"{each.step_name} {each.period.text} · {each.name}: dagen är inte beslutad"
            yield WeekLine(
                what=what, when=f"senast {_brief(scene, each.at)}", note="inga brev går förrän den är beslutad"
            )


def _earlier(scene: Scene) -> Iterable[WeekLine]:
    """Frister that were told, and that the plan would have earlier: what was told holds until it is confirmed on the page."""
    for key, planned in sorted(held_back(scene.session, scene.office.definition, scene.now).items()):
        page = f"{scene.office.public_url}/lage/{key.path}#tidigare"
        yield WeekLine(what=_named(scene, key), when=_brief(scene, planned), note="", page=page)


def _named(scene: Scene, key: ObligationKey) -> str:
    """Return what a key names, for people; what the plan holds no longer by its report and enhet."""
    if one := scene.wheel.obligations.get(key):
        return f"{one.report}, {one.unit_name}"
    step, unit = scene.office.definition.steps.get(key.step), scene.office.definition.units.get(key.unit)
    report = step.report(Period.parse(key.period)) if step else "en rapport som inte längre finns i årshjulet"
    return f"{report}, {unit.name}" if unit else report


def _log_head(scene: Scene) -> LogHead | None:
    """Return the log's newest head since the letter before: whoever keeps the letter can show that nothing changed."""
    days = heads_since(scene.session, local(scene.today - BACK, time(0)))
    if not days:
        return None
    head = days[max(days)]
    groups = (head.digest[at : at + 16] for at in range(0, len(head.digest), 16))
    return LogHead(day=said_day(max(days)), number=head.number, digest=" ".join(groups))


def _lives(scene: Scene) -> str:
    count = handed_since(scene.session, scene.now - BACK)
    clock = scene.now.astimezone(STOCKHOLM)
    return f"Tjänsten var i gång {instant_text(clock)} och har överlämnat {count} brev de senaste sju dagarna."
