"""What people record: a closed period, a fastställd tidplan, a decision, anstånd, vila, a held escalation, a meeting.

Each asks who does it (logged as stated), refuses what the rules do not allow with a word on what to do, and
brings the plan's rows into step in the same transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from arshjul.bodies.chain import after, before, held_against_law
from arshjul.bodies.outcomes import LEFT_OPEN
from arshjul.definition.model import Definition
from arshjul.errors import RefusedError, nearest
from arshjul.keys import MilestoneKey, ObligationKey
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM, clock_text, day_text, instant_text, local, local_date
from arshjul.year.meetings import Change
from arshjul.year.wheel import Milestone, Obligation, Wheel, rung_day
from store.log.writing import log
from store.plan import anstand_requests
from store.plan.matters import escalated
from store.plan.planning import Moved, current_wheel, held_back, plan_years, replan, touch, wake
from store.tables import (
    Anstand,
    Closing,
    Decision,
    MeetingChange,
    ObligationRow,
    Quiet,
    Tidplan,
)

LONGEST_HOLD_WORKDAYS = 10  #: a held escalation comes to life again after this many working days


def close_period(
    session: Session, definition: Definition, period: str, closed_on: date, by: str, now: datetime
) -> list[Moved]:
    """Record the day on which a period was closed in the ekonomisystem; return the frister that it moved.

    A late closing moves what counts from it later; an early one moves nothing.
    """
    by, parsed = stated(by), _period(period)
    wheel = current_wheel(session, definition, now)
    if not any(occurrence.period == parsed for occurrence in wheel.occurrences):
        raise RefusedError(f"Ingen rapport i årshjulet avser {parsed.text}. Välj en av periodens rapporter.")
    if closed_on <= parsed.end:
        raise RefusedError(f"Perioden slutar {day_text(parsed.end)} och kan inte vara stängd {day_text(closed_on)}.")
    if closed_on > local_date(now):
        raise RefusedError(f"{day_text(closed_on)} har inte varit än. Registrera stängningen när den är gjord.")
    session.merge(Closing(period=parsed.key, closed_on=closed_on, by=by, recorded_at=now))
    log(session, now, by, "period.closed", parsed.key, {"closed_on": closed_on.isoformat()})
    return _replan(session, wheel, now)


def fix_tidplan(
    session: Session, definition: Definition, year: int, decided_on: date, paragraf: str | None, by: str, now: datetime
) -> list[Moved]:
    """Record that a year's tidplan is fastställd: from now its letters may go out sharply."""
    by = stated(by)
    if year not in plan_years(now):
        raise RefusedError(
            f"{year} ligger inte bland de år som är öppna nu ({plan_years(now)[0]}–{plan_years(now)[-1]})."
        )
    if decided_on > local_date(now):
        raise RefusedError(f"{day_text(decided_on)} har inte varit än. Registrera beslutet när det är fattat.")
    wheel = current_wheel(session, definition, now)
    session.merge(Tidplan(year=year, fastst_by=by, decided_on=decided_on, paragraf=paragraf or None, recorded_at=now))
    log(session, now, by, "tidplan.fixed", str(year), {"decided_on": decided_on.isoformat(), "paragraf": paragraf})
    return _replan(session, wheel, now)


def record_decision(
    session: Session,
    wheel: Wheel,
    milestone_key: MilestoneKey,
    decided_on: date,
    paragraf: str | None,
    diarienummer: str | None,
    outcome: str,
    by: str,
    now: datetime,
    why: str = "",
    *,
    body: str | None = None,
    handed_to: str | None = None,
) -> str:
    """Record a body's decision or hand-over: it closes the moment. Returns a sentence on how it stands to the law.

    ``body`` is another body than the moment's own, which the report was ``handed_to``. Raises RefusedError for a day
    that is ahead, lies before the period's end, or before that of a moment that it must follow.
    """
    by, milestone = stated(by), body_moment(wheel, milestone_key)
    if decided_on > local_date(now):
        raise RefusedError(f"{day_text(decided_on)} har inte varit än. Registrera beslutet när det är fattat.")
    if (
        decided_on <= milestone.period.end
        and milestone.last_day is not None
        and milestone.last_day > milestone.period.end
    ):
        raise RefusedError(
            f"{day_text(decided_on)} ligger före periodens slut, {day_text(milestone.period.end)}. Kontrollera dagen."
        )
    _refuse_out_of_order(session, wheel, milestone, decided_on, body)
    session.add(
        Decision(
            milestone_key=milestone.key,
            body=body or milestone.body or "",
            handed_to=handed_to,
            decided_on=decided_on,
            paragraf=paragraf or None,
            diarienummer=diarienummer or None,
            outcome=outcome,
            by=by,
            recorded_at=now,
        )
    )
    held = (
        held_against_law(milestone, decided_on) if outcome not in LEFT_OPEN and body in (None, milestone.body) else None
    )
    detail: dict[str, object] = {
        "decided_on": decided_on.isoformat(),
        "paragraf": paragraf,
        "diarienummer": diarienummer,
        "outcome": outcome,
    }
    if body not in (None, milestone.body):
        detail["body"] = body
    if held:
        detail |= {"law": held.words, "days_late": held.days_late}
    log(session, now, by, "decision.recorded", milestone.key, detail | ({"why": why} if why else {}))
    treated = wheel.occurrence(milestone.step, milestone.period.key).obligations
    hosted = [each.key for one in treated for each in wheel.hosted.get(one.key, ())]
    wake(session, [*(one.key for one in treated), *hosted], now)  # what the last body has decided has ended
    touch(session, [milestone.occurrence], now)
    return decision_words(milestone, outcome, decided_on, lawful=held is not None)


def decision_words(milestone: Milestone, outcome: str, decided_on: date, *, lawful: bool = True) -> str:
    """Return a sentence on a decision about a whole report, and (``lawful``) on how its day stands to the law's."""
    held = held_against_law(milestone, decided_on) if lawful and outcome not in LEFT_OPEN else None
    return f"{milestone.name}: {outcome} {day_text(decided_on)}{', ' + held.words if held else ''}."


def _refuse_out_of_order(
    session: Session, wheel: Wheel, milestone: Milestone, decided_on: date, body: str | None
) -> None:
    """Refuse a day that turns the chain's order: KF cannot have treated what KS had not handed over."""
    if milestone.unit is not None:
        return
    occurrence = wheel.occurrence(milestone.step, milestone.period.key)
    earlier, later = dict(_by_key(before(occurrence, milestone))), dict(_by_key(after(occurrence, milestone)))
    if body not in (None, milestone.body):  # what was handed on comes after the moment that handed it on
        earlier[milestone.key] = (milestone, milestone.lagrum.text)
    recorded = decisions(session, [*earlier, *later])
    for key, (first, lagrum) in reversed(earlier.items()):  # the nearest before it
        if key in recorded and decided_on < recorded[key].decided_on:
            raise RefusedError(
                f"{day_text(decided_on)} ligger före {day_text(recorded[key].decided_on)}, då det som ska komma före "
                f"beslutades: {first.name} ({lagrum}). Kontrollera dagen, eller rätta den som är registrerad."
            )
    for key, (then, lagrum) in later.items():
        if key in recorded and decided_on > recorded[key].decided_on:
            raise RefusedError(
                f"{day_text(decided_on)} ligger efter {day_text(recorded[key].decided_on)}, då det som ska komma efter är "
                f"registrerat: {then.name} ({lagrum}). Kontrollera dagen, eller rätta den som är registrerad."
            )


def _by_key(moments: Iterable[tuple[Milestone, str]]) -> Iterator[tuple[MilestoneKey, tuple[Milestone, str]]]:
    return ((one.key, (one, lagrum)) for one, lagrum in moments)


def record_matter_decision(
    session: Session,
    one: Obligation,
    body: str,
    decided_on: date,
    paragraf: str | None,
    diarienummer: str | None,
    outcome: str,
    why: str,
    by: str,
    now: datetime,
) -> str:
    """Record what a body decided about a matter that the ladder brought up. Returns a sentence on it.

    It stands under the obligation's rung to KSAU, and closes no moment.
    """
    by, key = stated(by), one.milestone_key("ksau")
    if decided_on > local_date(now):
        raise RefusedError(f"{day_text(decided_on)} har inte varit än. Registrera beslutet när det är fattat.")
    if len(outcome.strip()) < 3:
        raise RefusedError("Skriv vad beslutet blev.")
    session.add(
        Decision(
            milestone_key=key,
            body=body,
            decided_on=decided_on,
            paragraf=paragraf or None,
            diarienummer=diarienummer or None,
            outcome=outcome,
            by=by,
            recorded_at=now,
        )
    )
    detail = {
        "decided_on": decided_on.isoformat(),
        "paragraf": paragraf,
        "diarienummer": diarienummer,
        "outcome": outcome,
        "why": why,
        "body": body,
    }
    log(session, now, by, "decision.recorded", one.key, detail)
    touch(session, [one.occurrence], now)
    return f"Ärendet om {one.unit_name}: {outcome} {day_text(decided_on)}."


def decisions(session: Session, keys: Sequence[MilestoneKey]) -> dict[MilestoneKey, Decision]:
    """Return the newest decision of each moment that has one; what was sent back is not decided."""
    rows = session.scalars(select(Decision).where(Decision.milestone_key.in_(keys)).order_by(Decision.id))
    newest = {row.milestone_key: row for row in rows}
    return {key: row for key, row in newest.items() if row.outcome not in LEFT_OPEN}


def grant_anstand(
    session: Session, definition: Definition, key: ObligationKey, until: date, why: str, by: str, now: datetime
) -> list[Moved]:
    """Grant a later frist, at the same clock time. Bounded by the next body's agenda closing less the sammanställning.

    Never past a statutory day. Raises RefusedError that says the bound.
    """
    by, why = stated(by), reason(why)
    wheel = current_wheel(session, definition, now)
    one, wanted = grantable(wheel, key, until, now)
    session.add(Anstand(obligation_key=one.key, until=wanted, why=why, by=by, recorded_at=now))
    log(session, now, by, "anstand.granted", one.key, {"until": wanted.isoformat(), "why": why})
    anstand_requests.answer(session, one.key, anstand_requests.GRANTED, "", by, now)
    return _replan(session, wheel, now)


def grantable(wheel: Wheel, key: ObligationKey, until: date, now: datetime) -> tuple[Obligation, datetime]:
    """Return the obligation and the new frist, when an anstånd until a day can be granted. Nothing is written.

    Raises RefusedError that says the bound, to whoever grants and to whoever asks alike.
    """
    definition, one = wheel.definition, obligation(wheel, key)
    frist = one.deadline.at.astimezone(STOCKHOLM)
    wanted = local(until, frist.time())
    if one.host:
        raise RefusedError(f"{one.step_name} lämnas med {one.host.step}: ge anståndet där ({one.host}).")
    if wanted <= frist:
        raise RefusedError(f"Fristen är redan {instant_text(frist)}; ett anstånd måste vara senare.")
    if wanted <= now:
        raise RefusedError(f"{instant_text(wanted)} har redan varit; välj en senare dag.")
    if one.limit and wanted > one.limit:
        raise RefusedError(
            f"Anstånd kan ges längst till {instant_text(one.limit)}: sammanställningen ska hinnas innan dagordningen "
            f"stänger för {_meeting_words(definition, one)}. Välj en tidigare dag, eller flytta mötet."
        )
    needed = _needed_from(wheel, one)
    if needed and until >= needed:
        raise RefusedError(
            f"{one.name.capitalize()} behövs före {day_text(needed)}, då de första breven till enheterna ska gå. "
            "Välj en tidigare dag."
        )
    if one.deadline.lawful_until and until > one.deadline.lawful_until:
        raise RefusedError(
            f"Lagens dag är {day_text(one.deadline.lawful_until)} ({one.deadline.lagrum}); den kan ingen ge anstånd från."
        )
    return one, wanted


def refuse_anstand(session: Session, wheel: Wheel, key: ObligationKey, why: str, by: str, now: datetime) -> Obligation:
    """Record that a request for anstånd was refused, and why; the frist stands."""
    by, why, one = stated(by), reason(why), obligation(wheel, key)
    log(session, now, by, "anstand.refused", one.key, {"frist": one.deadline.at.isoformat(), "why": why})
    anstand_requests.answer(session, one.key, anstand_requests.REFUSED, why, by, now)
    touch(session, [one.occurrence], now)
    return one


def give_time(
    session: Session,
    definition: Definition,
    frister: Mapping[ObligationKey, datetime],
    why: str,
    by: str,
    now: datetime,
) -> list[Moved]:
    """Give later frister than those that stand, where the service itself took back what was complete.

    Unlike an anstånd it is nobody's request, so that the caller answers for its bounds.
    """
    wheel = current_wheel(session, definition, now)
    for key, until in frister.items():
        session.add(Anstand(obligation_key=key, until=until, why=why, by=by, recorded_at=now))
        log(session, now, by, "anstand.granted", key, {"until": until.isoformat(), "why": why})
    return _replan(session, wheel, now) if frister else []


def confirm_earlier(
    session: Session, definition: Definition, key: ObligationKey, by: str, now: datetime
) -> list[Moved]:
    """Let a frist that was told move earlier, to what the plan says now; those who were told are told again."""
    by = stated(by)
    wheel = current_wheel(session, definition, now)
    one = obligation(wheel, key)
    planned = held_back(session, definition, now).get(one.key)
    if planned is None:
        raise RefusedError(f"Fristen {instant_text(one.deadline.at)} är den som planen säger; inget att bekräfta.")
    row = session.get_one(ObligationRow, one.key)
    row.told_at = None
    if planned < now:
        row.due_at = planned
    log(session, now, by, "frist.confirmed_earlier", one.key, {"to": planned.isoformat()})
    return _replan(session, wheel, now)


def rest(session: Session, wheel: Wheel, key: ObligationKey, until: date, why: str, by: str, now: datetime) -> None:
    """Let reminders rest up to and including ``until``; the frist stands, and the ladder after it too."""
    by, why, one = stated(by), reason(why), restable(wheel, key, until, now)
    _quiet(session, "vila", one, until, why, by, now)


def restable(wheel: Wheel, key: ObligationKey, until: date, now: datetime) -> Obligation:
    """Return the obligation whose reminders can rest until a day. Raises RefusedError that says the bound."""
    one = obligation(wheel, key)
    if until < local_date(now):
        raise RefusedError(f"{day_text(until)} har redan varit; välj en senare dag.")
    if until > one.deadline.last_day:
        raise RefusedError(
            f"Breven kan vila längst till fristen, {day_text(one.deadline.last_day)}. Ge anstånd om fristen ska flyttas."
        )
    return one


def hold_escalation(
    session: Session, wheel: Wheel, key: ObligationKey, until: date, why: str, by: str, now: datetime
) -> None:
    """Hold a matter back from KSAU up to and including ``until``; then it goes by itself."""
    by, why, one = stated(by), reason(why), obligation(wheel, key)
    latest = wheel.workdays.add(local_date(now), LONGEST_HOLD_WORKDAYS)
    if one.key in escalated(session, [one.key]):
        raise RefusedError(
            "Ärendet har redan gått till KSAU och kan inte hållas. Det återkallas när allt har kommit in."
        )
    if not local_date(now) <= until <= latest:
        raise RefusedError(
            f"Håll eskaleringen till en dag från i dag till {day_text(latest)} "
            f"({LONGEST_HOLD_WORKDAYS} arbetsdagar); den kan hållas igen."
        )
    _quiet(session, "håll", one, until, why, by, now)


def change_meeting(
    session: Session,
    definition: Definition,
    body: str,
    original: date | None,
    day: date | None,
    clock: time | None,
    why: str,
    by: str,
    now: datetime,
) -> list[Moved]:
    """Move a meeting (``original`` to ``day``), cancel it (no ``day``), or add one (no ``original``)."""
    by, why = stated(by), reason(why)
    checked_change(session, definition, body, original, day, clock, now)
    wheel = current_wheel(session, definition, now)
    session.add(
        MeetingChange(
            body=body,
            original=original,
            day=day,
            clock=clock.isoformat("minutes") if clock else None,
            why=why,
            by=by,
            recorded_at=now,
        )
    )
    detail = {"original": str(original or ""), "day": str(day or ""), "why": why}
    log(session, now, by, "meeting.changed", body, detail)
    return _replan(session, wheel, now)


def checked_change(
    session: Session,
    definition: Definition,
    body: str,
    original: date | None,
    day: date | None,
    clock: time | None,
    now: datetime,
) -> Change:
    """Return a change of a meeting as the wheel takes it; nothing is written.

    Raises RefusedError for a body or a meeting that is not there, and when no day is said.
    """
    if body not in definition.bodies:
        raise RefusedError(f"okänt organ '{body}'{nearest(body, definition.bodies)}")
    wheel = current_wheel(session, definition, now)
    if original is None and day is None:
        raise RefusedError("Ange vilken dag mötet var, vilken dag det ska vara, eller båda.")
    if original:
        held = [meeting.day for meeting in wheel.meetings.of_year(body, original.year)]
        if original not in held:
            near = nearest(original.isoformat(), [each.isoformat() for each in held])
            raise RefusedError(f"{definition.bodies[body].name} har inget möte {day_text(original)}{near}")
    return Change(body=body, original=original, day=day, clock=clock)


def open_obligation(session: Session, wheel: Wheel, key: ObligationKey, by: str, now: datetime) -> None:
    """Let an obligation whose past is over be told about after all (:mod:`arshjul.ladder.silence`), with all its parts."""
    by, one = stated(by), obligation(wheel, key)
    row = session.get(ObligationRow, one.key)
    if row is None:
        raise RefusedError(f"{one.key} är inte planerad än; kör en avstämning först.")
    row.opened, row.opened_at, row.added_parts = True, now, None
    log(session, now, by, "obligation.opened", one.key)
    _replan(session, wheel, now)
    wake(session, [one.key], now)


def _replan(session: Session, before: Wheel, now: datetime) -> list[Moved]:
    """Bring the rows into step with what was just recorded, and wake what it changed since the plan ``before`` it."""
    session.flush()
    return replan(session, before, current_wheel(session, before.definition, now), now)


def _needed_from(wheel: Wheel, one: Obligation) -> date | None:
    """Return the day of the first letter that waits for this krav (the anvisningar); None when none does."""
    waiting = [each for each in wheel.obligations.values() if each.requires == one.key and each.ladder]
    days = [rung_day(each.ladder.rungs[0], each.deadline.last_day, wheel.workdays) for each in waiting if each.ladder]
    return min(days, default=None)


def _quiet(session: Session, kind: str, one: Obligation, until: date, why: str, by: str, now: datetime) -> None:
    session.add(Quiet(kind=kind, obligation_key=one.key, until=until, why=why, by=by, recorded_at=now))
    log(session, now, by, f"quiet.{kind}", one.key, {"until": until.isoformat(), "why": why})
    wake(session, [one.key], now)


def obligation(wheel: Wheel, key: ObligationKey) -> Obligation:
    """Return an obligation by its key. Raises RefusedError with the nearest right one."""
    if key in wheel.obligations:
        return wheel.obligations[key]
    raise RefusedError(f"okänt inlämningskrav '{key}'{nearest(key, wheel.obligations)}")


def body_moment(wheel: Wheel, key: MilestoneKey) -> Milestone:
    """Return a body's moment by its key. Raises RefusedError with the nearest right one."""
    moments = {milestone.key: milestone for milestone in wheel.milestones if milestone.body}
    if key in moments:
        return moments[key]
    raise RefusedError(f"okänt moment '{key}'{nearest(key, moments)}")


def _period(read: str) -> Period:
    try:
        return Period.parse(read)
    except ValueError as error:
        raise RefusedError(str(error)) from None


def stated(by: str) -> str:
    """Return who does it, without edges. Raises RefusedError when nobody is named."""
    if len(by.strip()) < 2:
        raise RefusedError("Skriv vem som gör detta: namn eller roll.")
    return by.strip()


def reason(why: str) -> str:
    """Return why it is done, without edges. Raises RefusedError for less than five characters."""
    if len(why.strip()) < 5:
        raise RefusedError("Skriv varför, så att den som läser loggen förstår.")
    return why.strip()


def _meeting_words(definition: Definition, one: Obligation) -> str:
    if one.treated is None:
        return "nästa möte"
    meeting = one.treated
    return f"{definition.bodies[meeting.body].short} {day_text(meeting.day)} {clock_text(meeting.clock)}"
