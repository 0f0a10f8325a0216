"""What people and the world do to a municipality in a year. Each act picks its object when it happens, by its own dice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from actions.act import Act
from actions.bodies.matter_decisions import decide_matter
from actions.bodies.recording import Decided
from actions.bodies.referring_back import ReferredTo
from actions.bodies.report_decisions import decide_moment
from actions.people import seating
from actions.plan import frister, meeting_changes, tidplan
from actions.plan.frister import open_obligation
from actions.plan.silencing import hold_escalation, rest
from actions.scene import Scene
from actions.underlag.anstand import grant_anstand, refuse_anstand
from actions.underlag.approving import approve
from actions.underlag.reopenings import take_in_ledger
from actions.underlag.sending_back import send_back
from actions.underlag.taking_away import take_away
from arshjul.bodies.chain import next_body
from arshjul.bodies.outcomes import HANDED_ON, SENT_BACK, outcomes_of
from arshjul.definition.ladders import UPWARD
from arshjul.definition.reading import Sourced
from arshjul.errors import RefusedError
from arshjul.keys import RoleId
from arshjul.swedish import local, local_date
from arshjul.year.wheel import Obligation
from store.handins import versions as submissions
from store.plan.matters import RAISED
from store.plan.planning import held_back
from store.plan.shadow import choose_utskick
from store.post import letter_outcomes
from store.tables import LetterRow, Matter, Person
from submissions.ledger.ledger_reading import read_ledger
from submissions.standing.completeness import part_states
from tests.rig.files.books import book
from tests.simulation.handing_in import answer_question
from tests.simulation.world import DEADLY, GARBLED, SMALL, World, municipality

WHY, BY = "enligt simuleringen", "ekonom"
#: whose holders change in the small municipalities; elsewhere anybody's
IN_SMALL = (
    ("chef", "skola"), ("chef", "vard"), ("chef", "omsorg"), ("vd", "bolaget"), ("ekonomichef", None),
    ("kommundirektor", None), ("ksau_sekreterare", None), ("hr", None), ("controller", "skola"),
)  # fmt: skip
PRESSING = (UPWARD,)  #: kinds of rungs that press on the one who owes
Deed = Callable[[World, Random], None]


def _near(scene: Scene, before: int, after: int) -> list[Obligation]:
    """The obligations whose frist is at most so many days ahead, or behind."""
    first, last = scene.now - timedelta(days=after), scene.now + timedelta(days=before)
    return [one for one in scene.wheel.obligations.values() if first <= one.deadline.at <= last]


def _one_near(world: World, dice: Random, before: int, after: int) -> Obligation | None:
    with world.look() as scene:
        found = _near(scene, before, after)
    return dice.choice(found) if found else None


def _with_one(words: str, before: int, after: int, do: Callable[[Scene, Obligation, Random], object]) -> Deed:
    def act(world: World, dice: Random) -> None:
        if one := _one_near(world, dice, before, after):
            world.act(f"{words} {one.key}", lambda scene: do(scene, one, dice), one.key)

    return act


def _later(scene: Scene, dice: Random, day: date, least: int, most: int) -> date:
    return scene.wheel.workdays.add(day, dice.randint(least, most))


def _anstand(scene: Scene, one: Obligation, dice: Random) -> None:
    until = _later(scene, dice, max(one.deadline.last_day, scene.today), 1, dice.choice([4, 4, 22]))
    if one.limit and dice.random() < 0.5:
        until = local_date(one.limit)
    grant_anstand(Act(scene, BY, WHY), one.key, until)


def _rest(scene: Scene, one: Obligation, dice: Random) -> None:
    rest(Act(scene, BY, WHY), one.key, min(_later(scene, dice, scene.today, 1, 6), one.deadline.last_day))


def _hold(scene: Scene, one: Obligation, dice: Random) -> None:
    hold_escalation(Act(scene, BY, WHY), one.key, _later(scene, dice, scene.today, 1, 9))


def _send_back(scene: Scene, one: Obligation, dice: Random) -> None:
    send_back(Act(scene, BY, "tabellen stämmer inte"), one.key, (), _later(scene, dice, scene.today, 1, 8))


def _take_away(scene: Scene, one: Obligation, dice: Random) -> None:
    rows = [row for row in submissions.every_version(scene.session, [one.key]) if not row.taken_away]
    if not rows:
        raise RefusedError("Inget är inlämnat.")
    until = _later(scene, dice, scene.today, 1, 8)
    take_away(
        Act(scene, BY, "fel fil lades upp"), one.key, dice.choice(rows).id, "misstag", until, decision="KS 2027 § 12"
    )


def _approve(scene: Scene, one: Obligation, _dice: Random) -> None:
    approve(Act(scene, BY), one.key)


def _refuse(scene: Scene, one: Obligation, _dice: Random) -> None:
    refuse_anstand(Act(scene, BY, "tiden räcker inte"), one.key)


def _open(scene: Scene, one: Obligation, _dice: Random) -> None:
    open_obligation(Act(scene, BY, WHY), one.key)


def change_meeting(world: World, dice: Random) -> None:
    """Move, cancel or add a meeting within the next two months."""
    bodies = sorted(world.office.definition.bodies)
    body, how = (
        dice.choice([*bodies, "ksau", "ks"] if "ksau" in bodies else bodies),
        dice.choice(["flyttas", "flyttas", "ställs in", "läggs till"]),
    )
    with world.look() as scene:
        held = [each.day for each in scene.wheel.meetings.of_year(body, scene.today.year)]
        ahead = [day for day in held if scene.today <= day <= scene.today + timedelta(days=60)]
        if how != "läggs till" and not ahead:
            return
        original = None if how == "läggs till" else dice.choice(ahead)
        day = (
            None
            if how == "ställs in"
            else _later(scene, dice, original or scene.today, *((-6, 8) if original else (4, 30)))
        )
    if day is not None and day <= world.today:
        day = world.today + timedelta(days=7)
    clock = time(9) if original is None else None

    def do(scene: Scene) -> None:
        meeting_changes.change_meeting(Act(scene, BY, WHY), body, original, day, clock)

    world.act(f"mötet {body} {original or ''} {how} {day or ''}", do)


def close_period(world: World, dice: Random) -> None:
    """The last month that a report is about is closed, as a rule days late."""
    with world.look() as scene:
        ended = {each.period for each in scene.wheel.occurrences if each.period.month and each.period.end < scene.today}
    recent = sorted((each for each in ended if (world.today - each.end).days < 60), key=lambda each: each.end)
    if recent:
        period = dice.choice(recent)
        day = max(period.end + timedelta(days=1), world.today - timedelta(days=dice.randint(0, 4)))
        world.act(
            f"perioden {period.key} stängs {day}",
            lambda scene: tidplan.close_period(Act(scene, BY), period.key, day),
        )


def change_people(world: World, dice: Random) -> None:
    """Somebody new holds a role, somebody stands in, a role falls vacant, or one person gets a second role."""
    roles: Sequence[tuple[str, str | None]] = IN_SMALL
    if world.office.definition.kommun.id not in SMALL:
        with world.look() as scene:
            roles = sorted(scene.people.seats, key=str)
    seat, how = dice.choice(roles), dice.choice(["ny", "ny", "ersättare", "vakant", "dubbelt", "från"])
    role, unit = seat
    name = f"ny {role} {dice.randint(1, 999)}"
    address = f"{name.replace(' ', '.').replace('_', '-')}@example.se"

    def do(scene: Scene) -> None:
        done, today = Act(scene, BY, WHY), scene.today
        match how:
            case "ny":
                seating.change_holder(done, seat, name, address, today)
            case "från":
                since = today + timedelta(days=dice.randint(1, 20))
                seating.change_holder(done, seat, name, address, since)
            case "ersättare":
                last = today + timedelta(days=dice.randint(3, 40))
                seating.name_deputy(done, seat, name, address, today, last)
            case "vakant":
                seating.end_seat(done, seat, today - timedelta(days=1))
            case _:  # one person is both who owes and who presses: nobody presses on himself
                pressing = _pressing(scene)
                person = scene.people.who(pressing, None) if pressing else None
                if person:
                    seating.change_holder(done, seat, person.name, person.address, today)

    if role in world.office.definition.roles and (unit is None or unit in world.office.definition.units):
        world.act(f"rollen {role} {unit or ''}: {how} {name}", do)


def _pressing(scene: Scene) -> RoleId | None:
    """Return the first role that a ladder turns to beside the one who owes, if any does."""
    ladders = (one.ladder for one in scene.wheel.obligations.values() if one.ladder)
    return next((rung.to[0] for each in ladders for rung in each.rungs if rung.kind in PRESSING), None)


def decide(world: World, dice: Random) -> None:
    """A body decides at a moment that has been, or about a matter before it."""
    with world.look() as scene:
        past = scene.now - timedelta(days=40)
        moments = [each for each in scene.wheel.milestones if each.body and past <= each.at <= scene.now]
        matters = scene.session.scalars(select(Matter).where(Matter.state == RAISED).order_by(Matter.id)).all()
    if matters and dice.random() < 0.4:
        chosen = dice.choice(matters)
        to = dice.choice([None, "ks", "kf"])

        def about_matter(scene: Scene) -> None:
            row = scene.session.get_one(Matter, chosen.id)
            outcome = "överlämnas" if to else dice.choice(["läggs till handlingarna", "bordläggs", "återremitteras"])
            decided = Decided(on=scene.today, outcome=outcome, paragraf="§ 1")
            until = scene.today + timedelta(days=7) if outcome == SENT_BACK else None
            decide_matter(Act(scene, BY, WHY), row, decided, to=to, until=until)

        world.act(f"ärendet {chosen.obligation_key} beslutas, {to or 'stannar'}", about_matter, chosen.obligation_key)
    elif moments:
        one = dice.choice(moments)
        outcome = dice.choice(outcomes_of(one))

        def about_report(scene: Scene) -> None:
            owed = [
                each for each in scene.wheel.occurrence(one.occurrence).obligations if one.unit in (None, each.unit)
            ]
            parts = part_states(scene.session, owed)
            keys = tuple(each.key for each in owed if any(part.version for part in parts[each.key]))
            back = ReferredTo(keys=keys, until=scene.today + timedelta(days=7)) if outcome == SENT_BACK else None
            decided = Decided(on=scene.today, outcome=outcome, paragraf="§ 2", diarienummer="SUN 1")
            to = next_body(scene.wheel, one) if outcome == HANDED_ON else None
            decide_moment(Act(scene, BY, WHY), one.key, decided, to=to, back=back)

        world.act(f"{one.key}: {outcome}", about_report)


def take_ledger(world: World, dice: Random) -> None:
    """A ledger file comes in, with or without changes since the one before."""
    with world.look() as scene:
        ended = {each.period for each in scene.wheel.occurrences if each.period.month and each.period.end < scene.today}
    recent = sorted((each for each in ended if (world.today - each.end).days < 70), key=lambda each: each.end)
    if not recent or world.office.definition.kommun.id not in SMALL:
        return
    period, more = dice.choice(recent), dice.choice([0, 0, 90_000, 400_000])
    content = book(
        year=period.year, month=period.month or 12, company=world.office.definition.kommun.name, objects={"100": "Ledning", "200": "Skola"},
        more={"200": more} if more else {},
    )  # fmt: skip

    def do(scene: Scene) -> None:
        take_in_ledger(Act(scene, BY), read_ledger(scene.office.definition, content, "bok.se"))

    world.act(f"bokföringen för {period.key} lämnas, {more} kr ändrat", do)


def fix_tidplan(world: World, dice: Random) -> None:
    world.act(
        "tidplanen fastställs",
        lambda scene: tidplan.fix_tidplan(Act(scene, BY), scene.today.year, scene.today, "§ 9"),
    )


def confirm_earlier(world: World, dice: Random) -> None:
    with world.look() as scene:
        waiting = sorted(held_back(scene.session, scene.office.definition, scene.now))
    if waiting:
        key = dice.choice(waiting)
        world.act(
            f"tidigare frist bekräftas {key}",
            lambda scene: frister.confirm_earlier(Act(scene, BY), key),
            key,
        )


def bounce(world: World, dice: Random) -> None:
    """A letter of the last days comes back from everybody whom it was addressed to."""
    with world.look() as scene:
        since = scene.now - timedelta(days=4)
        rows = scene.session.scalars(select(LetterRow).where(LetterRow.handed_at >= since).order_by(LetterRow.id)).all()
    if rows:
        row = dice.choice(rows)
        words = dict.fromkeys(row.to, "550 5.1.1 okänd mottagare")
        world.act(
            f"brevet {row.key} studsar", lambda scene: letter_outcomes.bounce(scene.session, row.id, words, scene.now)
        )


def switch_utskick(world: World, dice: Random) -> None:
    """Another utskick is chosen, as by the command; the service may be started again, or not."""
    chosen = dice.choice([each for each in ("av", "skugga", "skarpt", "skarpt") if each != world.office.utskick])

    def choose(scene: Scene) -> None:
        choose_utskick(scene.session, chosen, BY, scene.now, {"ksau"})

    world.act(f"utskick blir {chosen}", choose)
    with world.look() as scene:
        world.office = scene.office.at(scene.session)
    if dice.random() < 0.5:
        world.tell("tjänsten startas om")
        world.restart()


def change_definition(world: World, dice: Random) -> None:
    """The definition is changed, and the service started again with it."""
    name = world.office.definition.kommun.id
    if name not in SMALL:
        return
    year = max(world.office.definition.year_plans) - 1
    state = world.office.definition.year_plans[year].state
    sourced = municipality(year, state, dice.choice([5, 6, 8]), dice.choice([3, 4, 5, 8]), name=name)
    how = dice.choice(["", "", "utan bolaget", "med en ny del"])
    world.office = replace(world.office, sourced=_otherwise(sourced, how))
    world.tell(f"definitionen ändras {how}".rstrip())
    world.restart()


def _otherwise(sourced: Sourced, how: str) -> Sourced:
    """The definition without an enhet, or with one part more in what is asked for; both come back, or go, next time."""
    definition = sourced.definition
    if how == "utan bolaget":
        units = {key: each for key, each in definition.units.items() if key != "bolaget"}
        return replace(sourced, definition=definition.model_copy(update={"units": units}))
    if how == "med en ny del":
        step = definition.steps["delarsrapport"]
        krav = step.krav["underlag"]
        more = krav.model_copy(update={"parts": {**krav.parts, "tillagg": krav.parts["mal"]}})
        step = step.model_copy(update={"krav": {**step.krav, "underlag": more}})
        return replace(
            sourced, definition=definition.model_copy(update={"steps": {**definition.steps, "delarsrapport": step}})
        )
    return sourced


def post_down(world: World, dice: Random) -> None:
    world.post.down_until = world.now + timedelta(hours=dice.choice([1, 5, 30, 80, 150]))
    world.tell(f"servern är nere till {world.post.down_until:%Y-%m-%d %H.%M}")


def post_confused(world: World, dice: Random) -> None:
    world.post.confused_until = world.now + timedelta(hours=dice.choice([1, 8, 50]))
    world.tell(f"servern ber alla vänta till {world.post.confused_until:%Y-%m-%d %H.%M}")


def sender_refused(world: World, dice: Random) -> None:
    world.post.sender_refused_until = world.now + timedelta(hours=dice.choice([2, 30, 100, 260]))
    world.tell(f"servern avvisar avsändaren till {world.post.sender_refused_until:%Y-%m-%d %H.%M}")


def post_crowded(world: World, dice: Random) -> None:
    world.post.crowded_until = world.now + timedelta(hours=dice.choice([2, 30, 100]))
    world.tell(f"servern tar vartannat brev till {world.post.crowded_until:%Y-%m-%d %H.%M}")


def post_particular(world: World, dice: Random) -> None:
    world.post.particular_until = world.now + timedelta(hours=dice.choice([5, 80, 200]))
    world.tell(f"servern tar inte vissa brev för vad som står i dem till {world.post.particular_until:%Y-%m-%d %H.%M}")


def post_cut(world: World, dice: Random) -> None:
    world.post.cuts = dice.randint(1, 3)
    world.tell(f"förbindelsen bryts efter {world.post.cuts} brev, innan servern har svarat")


def garble_address(world: World, dice: Random) -> None:
    """Somebody's address becomes for a time one that no letter can be composed to, as by a row that was written past all checks."""
    with world.look() as scene:
        persons = sorted({person.id for person in scene.people.seats.values()} - world.garbled.keys())
    who = dice.choice(persons)

    def garble(scene: Scene) -> None:
        person = scene.session.get_one(Person, who)
        world.garbled[who], person.address = person.address, GARBLED

    world.mended_at = world.now + timedelta(hours=dice.choice([3, 30, 75]))
    world.act(f"adressen till {who} blir oläslig till {world.mended_at:%Y-%m-%d %H.%M}", garble)


def _addresses(world: World) -> list[str]:
    with world.look() as scene:
        return sorted({person.address for person in scene.people.seats.values()})


def one_deferred(world: World, dice: Random) -> None:
    address, until = dice.choice(_addresses(world)), world.now + timedelta(hours=dice.choice([2, 30, 75, 100, 200]))
    world.post.deferring[address] = until
    world.tell(f"{address} får vänta till {until:%Y-%m-%d %H.%M}")


def one_refused(world: World, dice: Random) -> None:
    address, until = dice.choice(_addresses(world)), world.now + timedelta(days=dice.choice([1, 5, 30]))
    world.post.refusing[address] = until
    world.tell(f"{address} avvisas till {until:%Y-%m-%d %H.%M}")


def slow_post(world: World, dice: Random) -> None:
    world.post.seconds = dice.choice([0.0, 2.0, 20.0])
    world.tell(f"varje brev tar {world.post.seconds:.0f} sekunder")


def go_down(world: World, dice: Random) -> None:
    hours = dice.choice([1, 3, 9, 26, 60, 100, 170, 400])
    world.down_until = world.clock.true + timedelta(hours=hours)
    world.tell(f"tjänsten är nere i {hours} timmar")


def clock_jumps(world: World, dice: Random) -> None:
    offset = timedelta(hours=dice.choice([0, 0, 0, 1, -1, 3, -5, 30, -30]))
    world.clock.offset = offset
    world.tell(f"klockan går {offset} fel")


def clock_right(world: World, dice: Random) -> None:
    world.clock.offset = timedelta(0)
    world.tell("klockan går rätt")


def deadly(world: World, dice: Random) -> None:
    point, nth = dice.choice(DEADLY), dice.randint(1, 4)
    world.peril.arm(point, nth)
    world.tell(f"tjänsten ska dö {nth} gången den passerar '{point}'")


#: every act, with how many of it a whole year has at most
ACTS: Mapping[str, tuple[Deed, int]] = {
    "anstånd": (_with_one("ges anstånd", 20, 12, _anstand), 9),
    "vila": (_with_one("får vila", 12, 0, _rest), 4),
    "håll": (_with_one("hålls", 2, 12, _hold), 5),
    "återremiss": (_with_one("återremitteras", 10, 40, _send_back), 7),
    "borttagen": (_with_one("tas bort", 10, 40, _take_away), 5),
    "godkänns": (_with_one("godkänns", 5, 40, _approve), 6),
    "nekas": (_with_one("nekas anstånd", 12, 3, _refuse), 2),
    "öppnas": (_with_one("öppnas", 0, 300, _open), 1),
    "svar": (answer_question, 8),
    "möte": (change_meeting, 7),
    "stängning": (close_period, 5),
    "personer": (change_people, 8),
    "beslut": (decide, 14),
    "bokföring": (take_ledger, 7),
    "tidplan": (fix_tidplan, 2),
    "tidigare": (confirm_earlier, 3),
    "studs": (bounce, 4),
    "utskick": (switch_utskick, 4),
    "definition": (change_definition, 2),
    "post nere": (post_down, 5),
    "post väntar": (post_confused, 3),
    "en väntar": (one_deferred, 6),
    "en avvisas": (one_refused, 4),
    "oläslig adress": (garble_address, 2),
    "långsam post": (slow_post, 3),
    "avsändaren avvisas": (sender_refused, 3),
    "trångt": (post_crowded, 2),
    "innehållet avvisas": (post_particular, 2),
    "bruten förbindelse": (post_cut, 2),
    "nere": (go_down, 6),
    "klocka": (clock_jumps, 3),
    "rätt klocka": (clock_right, 4),
    "död": (deadly, 8),
}


def clocked(day: date, dice: Random) -> datetime:
    """Return an hour of a day at which people do things: as a rule in office hours."""
    if dice.random() < 0.8:
        return local(day, time(dice.randint(7, 17), dice.choice([0, 1, 30, 59])))
    return local(day, time(dice.randint(0, 23), dice.randint(0, 59)))
