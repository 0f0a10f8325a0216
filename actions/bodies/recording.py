"""What a body decided, recorded: at a moment of the årshjul, about a matter of the ladder, or what the revisorer gave.

What follows from a decision is in ``report_decisions`` and ``matter_decisions``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from actions.act import Act
from actions.scene import Scene
from arshjul.bodies.chain import after, before, common_bodies, held_against_law, utlatande_of
from arshjul.bodies.outcomes import HANDED_ON, LEFT_OPEN, past
from arshjul.errors import RefusedError, nearest
from arshjul.keys import BodyId, MilestoneKey
from arshjul.swedish import day_text, said_day
from arshjul.year.wheel import Milestone, Obligation
from store.plan.recorded import add_decision, add_utlatande, decisions
from store.plan.waking import touch, wake
from store.tables import Decision, Utlatande


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a body decided, as its minutes say it."""

    on: date
    outcome: str | None  #: in one of the words that the body can decide; None: the moment's own, the first of them
    paragraf: str = ""
    diarienummer: str = ""


def record_decision(
    act: Act,
    milestone: Milestone,
    decided: Decided,
    outcome: str,
    *,
    body: BodyId | None = None,
    handed_to: str | None = None,
) -> Decision:
    """Record a body's decision or hand-over: it closes the moment.

    ``outcome`` is the decision's word with what belongs to it, and ``body`` another body than the moment's own, which
    the report was ``handed_to``. Raises RefusedError for a day that is ahead, lies before the period's end, or before
    that of a moment that it must follow.
    """
    scene, wheel = act.scene, act.scene.wheel
    _refuse_ahead(act, decided.on)
    if (
        decided.on <= milestone.period.end
        and milestone.last_day is not None
        and milestone.last_day > milestone.period.end
    ):
        raise RefusedError(
            f"{day_text(decided.on)} ligger före periodens slut, {day_text(milestone.period.end)}. Kontrollera dagen."
        )
    _refuse_out_of_order(act, milestone, decided.on, body)
    row = add_decision(
        scene.session, milestone.key, body or milestone.body or BodyId(""), decided.on, decided.paragraf or None,
        decided.diarienummer or None, outcome, act.by, scene.now, handed_to=handed_to,
    )  # fmt: skip
    own = body in (None, milestone.body)
    held = held_against_law(milestone, decided.on) if outcome not in LEFT_OPEN and own else None
    detail = _detail(decided, outcome) | ({} if own else {"body": body})
    if held:
        detail |= {"law": held.words, "days_late": held.days_late}
    act.log("decision.recorded", milestone.key, detail | ({"why": act.why} if act.why else {}))
    treated = wheel.occurrence(milestone.occurrence).obligations
    hosted = [each.key for one in treated for each in wheel.hosted.get(one.key, ())]
    wake(scene.session, [*(one.key for one in treated), *hosted], scene.now)  # what the last body has decided has ended
    touch(scene.session, [milestone.occurrence], scene.now)
    return row


def record_matter_decision(act: Act, one: Obligation, body: BodyId, decided: Decided, outcome: str) -> str:
    """Record what a body decided about a matter that the ladder brought up. Returns a sentence on it.

    It stands under the obligation's rung to KSAU, and closes no moment.
    """
    scene, key = act.scene, one.top_key
    _refuse_ahead(act, decided.on)
    add_decision(
        scene.session, key, body, decided.on, decided.paragraf or None, decided.diarienummer or None, outcome, act.by,
        scene.now,
    )  # fmt: skip
    act.log("decision.recorded", one.key, _detail(decided, outcome) | {"why": act.why, "body": body})
    touch(scene.session, [one.occurrence], scene.now)
    return f"Ärendet om {one.unit_said}: {past(outcome)} {said_day(decided.on)}."


def chosen_body(scene: Scene, at: BodyId, to: BodyId | None) -> BodyId:
    """Return the body that ``at`` hands something on to, one that the whole municipality's reports go to.

    Raises RefusedError for another, and when none is chosen.
    """
    common = common_bodies(scene.wheel)
    if to is None or to not in common or to == at:
        raise RefusedError(f"Välj vilket organ det överlämnas till{nearest(to or '', common)}")
    return to


def refuse_handed_on(outcome: str, to: BodyId | None) -> None:
    """Refuse a body that is chosen with a decision that hands nothing on: one of the two is not what was meant."""
    if to is not None and outcome != HANDED_ON:
        raise RefusedError(
            f"Beslutet är {outcome}, och då överlämnas inget. Välj beslutet överlämnas, eller inget organ."
        )


def decision_words(milestone: Milestone, outcome: str, decided_on: date, *, lawful: bool = True) -> str:
    """Return a sentence on a decision about a whole report, and (``lawful``) on how its day stands to the law's."""
    held = held_against_law(milestone, decided_on) if lawful and outcome not in LEFT_OPEN else None
    return f"{milestone.name}: {past(outcome)} {said_day(decided_on)}{', ' + held.words if held else ''}."


def record_utlatande(act: Act, key: MilestoneKey, body: BodyId, received_on: date, diarienummer: str) -> Utlatande:
    """Record that what the revisorer owe a ``body`` before a moment of its own has come in; the newest word counts.

    Raises RefusedError for a moment that asks for none or is another body's, a day ahead, and one within the period.
    """
    scene, one = act.scene, act.body_moment(key)
    wanted = utlatande_of(one)
    if wanted is None:
        raise RefusedError("Revisorerna lämnar inget utlåtande till det beslutet.")
    if one.body != body:
        raise RefusedError("Utlåtandet lämnas till ett annat organ. Registrera det på det organets sida.")
    if received_on > scene.today:
        raise RefusedError(f"{day_text(received_on)} har inte varit än. Registrera utlåtandet när det har kommit in.")
    if received_on <= one.period.end:
        raise RefusedError(
            f"{day_text(received_on)} ligger före periodens slut, {day_text(one.period.end)}. Kontrollera dagen."
        )
    row = add_utlatande(scene.session, one.key, received_on, diarienummer or None, act.by, scene.now)
    detail = {"what": wanted.name, "received_on": received_on.isoformat(), "diarienummer": diarienummer or None}
    act.log("utlatande.received", one.key, detail)
    touch(scene.session, [one.occurrence], scene.now)
    return row


def _detail(decided: Decided, outcome: str) -> dict[str, object]:
    return {
        "decided_on": decided.on.isoformat(),
        "paragraf": decided.paragraf,
        "diarienummer": decided.diarienummer,
        "outcome": outcome,
    }


def _refuse_ahead(act: Act, day: date) -> None:
    if day > act.scene.today:
        raise RefusedError(f"{day_text(day)} har inte varit än. Registrera beslutet när det är fattat.")


def _refuse_out_of_order(act: Act, milestone: Milestone, decided_on: date, body: BodyId | None) -> None:
    """Refuse a day that turns the chain's order: KF cannot have treated what KS had not handed over."""
    if milestone.unit is not None:
        return
    occurrence = act.scene.wheel.occurrence(milestone.occurrence)
    earlier, later = dict(_by_key(before(occurrence, milestone))), dict(_by_key(after(occurrence, milestone)))
    if body not in (None, milestone.body):  # what was handed on comes after the moment that handed it on
        earlier[milestone.key] = (milestone, milestone.lagrum.text)
    recorded = decisions(act.scene.session, [*earlier, *later])
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
