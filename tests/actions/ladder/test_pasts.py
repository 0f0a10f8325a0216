"""Pasts stay past: what was over when the definition changed, what is decided, and enheter that are no more."""

from dataclasses import replace
from datetime import date

from actions.act import Act
from actions.bodies.consequences import consequences
from actions.bodies.recording import Decided
from actions.bodies.report_decisions import decide_moment
from actions.plan.frister import confirm_earlier
from actions.scene import Scene
from arshjul.definition.model import Definition
from store.plan.in_step import IN_STEP
from store.tables import LogRow, Matter, ObligationRow, Setting
from tests.rig.acts import act
from tests.rig.rounds import House, body, house, house_after, only
from tests.rig.swedish_words import instant

SEPTEMBER = "strandby/manadsrapport/2027-09/bildningsnamnden/underlag"  # frist: torsdag 14 oktober 2027 kl. 16.00
OCTOBER = "strandby/manadsrapport/2027-10/bildningsnamnden/underlag"  # frist: fredag 12 november 2027 kl. 16.00
KS = "strandby/manadsrapport/2027-09/kommunen/ks"  # tisdag 16 november 2027
TO_KSAU = ("fredag 15", "måndag 18", "tisdag 19", "onsdag 20", "torsdag 21")
PLANNED = "onsdag 13 oktober 2027 kl. 12.00"


def month(*mornings: str) -> House:
    """The månadsrapport for September alone, sharply, planned on Wednesday 13 October; after these mornings."""
    rounds = [f"{day} oktober 2027 kl. 07.00" for day in mornings]
    return house_after(PLANNED, *rounds, steps=("manadsrapport",), since=date(2027, 10, 13))


def changed(service: House, when: str, **of_definition: object) -> House:
    """The same service started again with another definition, as ``up`` does."""
    definition = service.office.definition.model_copy(update=of_definition)
    again = House(
        service.store,
        replace(service.office, sourced=replace(service.office.sourced, definition=definition)),
        service.post,
    )
    again.start(when)
    return again


def with_part(definition: Definition) -> dict[str, object]:
    """The månadsrapport with one more part: what is asked for in a new line of the definition."""
    step = definition.steps["manadsrapport"]
    krav = step.krav["underlag"]
    extra = next(iter(krav.parts.values()))
    parts = {**krav.parts, "tillagg": extra.model_copy(update={"name": "Tillägg"})}
    more = step.model_copy(update={"krav": {**step.krav, "underlag": krav.model_copy(update={"parts": parts})}})
    return {"steps": {**definition.steps, "manadsrapport": more}}


def without(definition: Definition, unit: str) -> dict[str, object]:
    return {"units": {key: each for key, each in definition.units.items() if key != unit}}


def about(service: House, name: str, *words: str) -> list[str]:
    return [str(mail["Subject"]) for mail in service.to(name) if all(word in body(mail) for word in words)]


def shown(service: House, key: str, when: str) -> str:
    with service.store.read() as session:
        sight = Scene(session, service.office, instant(when)).look([key])
        return sight.state(sight.obligations[0]).word


def climb(service: House, *days: str, month: str = "oktober 2027") -> None:
    for day in days:
        service.morning(f"{day} {month}")


def matters(service: House) -> dict[str, str]:
    return {row.obligation_key: row.state for row in service.rows(Matter)}


def test_a_part_that_came_after_the_frist_is_asked_of_nobody_and_of_everybody_next_time():
    service = month()
    service.hand_in(SEPTEMBER, "torsdag 14 oktober 2027 kl. 09.00")
    service.round("torsdag 14 oktober 2027 kl. 17.00")
    service = changed(service, "fredag 15 oktober 2027 kl. 06.00", **with_part(service.office.definition))
    climb(service, *TO_KSAU)
    assert shown(service, SEPTEMBER, "torsdag 21 oktober 2027 kl. 08.00") == "Komplett"
    assert about(service, "forvaltningschef.bildning", "september 2027", "Försenat") == []
    assert SEPTEMBER not in matters(service)
    assert len(matters(service)) > 2  # the others are late as they were
    with service.store.read() as session:
        wheel = Scene(session, service.office, instant("torsdag 21 oktober 2027 kl. 08.00")).wheel
    assert "tillagg" in {part.id for part in wheel.obligations[OCTOBER].parts}


def test_it_is_asked_for_when_somebody_opens_it():
    service = month()
    service.hand_in(SEPTEMBER, "torsdag 14 oktober 2027 kl. 09.00")
    service.round("torsdag 14 oktober 2027 kl. 17.00")
    service = changed(service, "fredag 15 oktober 2027 kl. 06.00", **with_part(service.office.definition))
    service.open(SEPTEMBER, "fredag 15 oktober 2027 kl. 09.00")
    service.round("fredag 15 oktober 2027 kl. 09.01")
    assert shown(service, SEPTEMBER, "fredag 15 oktober 2027 kl. 10.00") == "Försenad"
    assert len(about(service, "forvaltningschef.bildning", "Tillägg", "september 2027")) == 1


def test_an_enhet_without_from_owes_nothing_of_what_was_over_when_it_came():
    service = house(only("manadsrapport"), since=date(2027, 10, 13))
    whole = service.office.definition
    service = House(service.store, replace(service.office, sourced=replace(service.office.sourced,
        definition=whole.model_copy(update=without(whole, "bildningsnamnden")))), service.post)  # fmt: skip
    service.round("onsdag 13 oktober 2027 kl. 12.00")
    service = changed(service, "fredag 15 oktober 2027 kl. 06.00", units=whole.units)
    climb(service, *TO_KSAU)
    assert shown(service, SEPTEMBER, "torsdag 21 oktober 2027 kl. 08.00") == "Före införandet"
    assert about(service, "forvaltningschef.bildning") == []
    assert SEPTEMBER not in matters(service)
    climb(service, "måndag 1", "torsdag 4", "fredag 5", month="november 2027")
    assert about(service, "forvaltningschef.bildning", "oktober 2027")  # what is ahead is owed as by the others


def test_what_is_opened_after_it_came_late_meets_the_ladder():
    service = house(only("manadsrapport"), since=date(2027, 10, 13))
    whole = service.office.definition
    service = House(service.store, replace(service.office, sourced=replace(service.office.sourced,
        definition=whole.model_copy(update=without(whole, "bildningsnamnden")))), service.post)  # fmt: skip
    service.round("onsdag 13 oktober 2027 kl. 12.00")
    service = changed(service, "fredag 15 oktober 2027 kl. 06.00", units=whole.units)
    service.open(SEPTEMBER, "fredag 15 oktober 2027 kl. 09.00")
    service.round("fredag 15 oktober 2027 kl. 09.01")
    assert len(about(service, "forvaltningschef.bildning", "september 2027")) == 1


def test_a_new_step_makes_nobody_late_for_its_past_periods():
    service = house_after(steps=("delarsrapport",), since=date(2027, 1, 1))
    service.round("onsdag 13 oktober 2027 kl. 06.00")
    before = len(service.mails())
    steps = only("delarsrapport", "manadsrapport").definition.steps
    service = changed(service, "torsdag 14 oktober 2027 kl. 18.00", steps=steps)
    climb(service, *TO_KSAU)
    assert "manadsrapport" not in {key.step for key in matters(service)}
    assert [mail["Subject"] for mail in service.mails()[before:] if "Månadsrapport september" in body(mail)] == []


def test_a_frist_that_lies_ahead_moves_into_the_past_only_when_it_is_confirmed():
    service = month()
    with service.store.begin() as session:
        scene = Scene(session, service.office, instant("onsdag 13 oktober 2027 kl. 13.00"))
        due = scene.wheel.obligations[OCTOBER].deadline.at
        session.get_one(ObligationRow, SEPTEMBER).due_at = due  # planned for a later day, told to nobody
        session.get_one(ObligationRow, SEPTEMBER).told_at = None
        session.merge(Setting(name=IN_STEP, value="another plan's"))
    service.round("måndag 18 oktober 2027 kl. 07.00")
    with service.store.read() as session:
        assert session.get_one(ObligationRow, SEPTEMBER).due_at == due
    with service.store.begin() as session:
        now = instant("måndag 18 oktober 2027 kl. 08.00")
        confirm_earlier(act(session, now, office=service.office), SEPTEMBER)
    with service.store.read() as session:
        assert session.get_one(ObligationRow, SEPTEMBER).due_at == instant("torsdag 14 oktober 2027 kl. 16.00")


def test_what_the_last_body_has_decided_is_over_and_its_matters_end_with_a_word():
    service = month(*TO_KSAU)
    assert matters(service)[SEPTEMBER] == "väckt"
    decide(service, KS, "godkänns", "onsdag 17 november 2027 kl. 09.00")
    service.round("onsdag 17 november 2027 kl. 09.01")
    assert matters(service)[SEPTEMBER] == "återkallat"
    ended = [mail for mail in service.to("ksau.sekreterare") if "avslutat" in str(mail["Subject"])]
    assert "Ärendet är avslutat: rapporten är beslutad." in body(ended[0])  # KSAU met on 2 November
    assert shown(service, SEPTEMBER, "onsdag 17 november 2027 kl. 10.00") == "Avslutad"
    before = len(service.mails())
    climb(service, "torsdag 18", "fredag 19", "måndag 22", month="november 2027")
    later = service.mails()[before:]
    assert [
        mail["Subject"] for mail in later if "september 2027" in body(mail) and "veckan" not in mail["Subject"]
    ] == []


def test_a_matter_that_fell_by_a_decision_that_was_put_right_is_raised_anew_and_withdrawn_once_more():
    service = month(*TO_KSAU)
    decide(service, KS, "godkänns", "onsdag 17 november 2027 kl. 09.00")
    service.round("onsdag 17 november 2027 kl. 09.01")
    decide(service, KS, "återremitteras", "onsdag 17 november 2027 kl. 10.00")
    for when in ("onsdag 17 november 2027 kl. 10.01", "torsdag 18 november 2027 kl. 07.00"):
        service.round(when)
        assert matters(service)[SEPTEMBER] == "väckt"
    told = about(service, "ksau.sekreterare", "Bildningsnämnden")
    assert len([subject for subject in told if "underlag saknas" in subject]) == 2  # once each time
    decide(service, KS, "godkänns", "torsdag 18 november 2027 kl. 09.00")
    service.round("torsdag 18 november 2027 kl. 09.01")
    told = about(service, "ksau.sekreterare", "Bildningsnämnden", "rapporten är beslutad.")
    assert [subject.partition(":")[0] for subject in told] == [
        "Ärendet är avslutat",
        "Ärendet återkallas",
    ]  # before 7 December


def test_what_is_sent_back_is_not_over_and_what_is_opened_afterwards_is_owed_again():
    service = month(*TO_KSAU[:2])
    decide(service, KS, "återremitteras", "onsdag 17 november 2027 kl. 09.00")
    assert shown(service, SEPTEMBER, "onsdag 17 november 2027 kl. 09.01") == "Försenad"
    decide(service, KS, "godkänns", "onsdag 17 november 2027 kl. 10.00")
    assert shown(service, SEPTEMBER, "onsdag 17 november 2027 kl. 10.01") == "Avslutad"
    service.open(SEPTEMBER, "torsdag 18 november 2027 kl. 10.00")
    assert shown(service, SEPTEMBER, "torsdag 18 november 2027 kl. 10.01") == "Försenad"


def test_an_enhet_that_is_removed_ends_its_matters_and_ksaus_secretary_is_told():
    service = month(*TO_KSAU)
    service = changed(
        service, "fredag 22 oktober 2027 kl. 06.00", **without(service.office.definition, "bildningsnamnden")
    )
    service.morning("fredag 22 oktober 2027")
    assert matters(service)[SEPTEMBER] == "återkallat"
    (told,) = [mail for mail in service.to("ksau.sekreterare") if "återkallas" in str(mail["Subject"])]
    assert "kravet finns inte längre i årshjulet" in body(told)
    service.morning("måndag 25 oktober 2027")
    assert len(about(service, "ksau.sekreterare", "finns inte längre")) == 1


def test_what_is_removed_after_the_meeting_is_no_matter_that_need_not_be_taken_up():
    service = month(*TO_KSAU)
    service = changed(
        service, "onsdag 3 november 2027 kl. 06.00", **without(service.office.definition, "bildningsnamnden")
    )
    service.morning("onsdag 3 november 2027")  # KSAU met the day before
    (told,) = [body(mail) for mail in service.to("ksau.sekreterare") if "finns inte längre" in body(mail)]
    assert "Mötet har varit. Sekreteraren antecknar att ärendet är avslutat" in told
    assert "återkallas" not in told and "behöver inte tas upp" not in told


def test_an_enhet_that_ends_takes_its_matters_with_it():
    service = month(*TO_KSAU)
    units = service.office.definition.units
    ending = units["bildningsnamnden"].model_copy(update={"until": date(2027, 10, 31)})
    service = changed(service, "fredag 22 oktober 2027 kl. 06.00", units={**units, "bildningsnamnden": ending})
    service.morning("fredag 29 oktober 2027")
    assert matters(service)[SEPTEMBER] == "väckt"
    service.morning("måndag 1 november 2027")
    assert matters(service)[SEPTEMBER] == "återkallat"
    assert len(about(service, "ksau.sekreterare", "enheten har upphört")) == 1


def test_an_enhet_that_was_away_over_the_frist_comes_back_without_a_debt():
    service = month()
    units = service.office.definition.units
    service = changed(
        service, "torsdag 14 oktober 2027 kl. 06.00", **without(service.office.definition, "bildningsnamnden")
    )
    service = changed(service, "fredag 15 oktober 2027 kl. 06.00", units=units)
    climb(service, *TO_KSAU)
    assert SEPTEMBER not in matters(service)
    assert shown(service, SEPTEMBER, "torsdag 21 oktober 2027 kl. 08.00") == "Före införandet"


def decide(service: House, key: str, outcome: str, when: str) -> None:
    now = instant(when)
    with service.store.begin() as session:
        decided = Decided(on=date(2027, 11, 16), outcome=outcome, paragraf="§ 7")
        decide_moment(Act(Scene(session, service.office, now), "sekreteraren", "Bilaga saknas."), key, decided)


def effects(service: House, when: str, **of_definition: object) -> dict[str, list[str]]:
    wanted = service.office.definition.model_copy(update=of_definition)
    with service.store.begin() as session:
        _moved, found = consequences(Scene(session, service.office, instant(when)), wanted)
    return dict(found)


def test_the_diff_tells_what_comes_after_its_frist_and_keeps_nothing():
    service = month()
    service.hand_in(SEPTEMBER, "torsdag 14 oktober 2027 kl. 09.00")
    service.round("torsdag 14 oktober 2027 kl. 17.00")
    rows = len(service.rows(ObligationRow)), len(service.rows(LogRow))
    found = effects(service, "fredag 15 oktober 2027 kl. 06.00", **with_part(service.office.definition))
    assert found[SEPTEMBER] == [
        "ny del efter fristen, begärs inte: Tillägg; tyst tills någon öppnar det på underlagets sida"
    ]
    assert OCTOBER not in found
    assert (len(service.rows(ObligationRow)), len(service.rows(LogRow))) == rows


def test_the_diff_tells_new_debts_and_the_matters_that_end():
    service = month(*TO_KSAU)
    units = service.office.definition.units
    new = units["bildningsnamnden"].model_copy(update={"name": "Ny nämnd"})
    wanted = {key: each for key, each in units.items() if key != "bildningsnamnden"} | {"nyan": new}
    found = effects(service, "fredag 22 oktober 2027 kl. 06.00", units=wanted)
    assert found[SEPTEMBER] == ["ärendet hos KSAU återkallas: kravet finns inte längre"]
    assert found[SEPTEMBER.replace("bildningsnamnden", "nyan")][0].startswith("tillkommer efter fristen")
    assert found[OCTOBER.replace("bildningsnamnden", "nyan")] == [
        "nytt att lämna in, frist fredag 12 november 2027 kl. 16.00"
    ]


def test_the_diff_tells_what_a_longer_ladder_would_take_to_ksau():
    service = month()
    definition = service.office.definition
    short = {key: each.model_copy(update={"rungs": each.rungs[:-1]}) for key, each in definition.ladders.items()}
    service = changed(service, "onsdag 13 oktober 2027 kl. 13.00", ladders=short)
    climb(service, "fredag 15")
    found = effects(service, "måndag 18 oktober 2027 kl. 06.00", ladders=definition.ladders)
    assert found[SEPTEMBER] == ["går till KSAU torsdag 21 oktober 2027, om det inte kommer in"]


def test_the_diff_tells_that_a_matter_ends_when_the_ladder_reaches_no_body_any_more():
    service = month(*TO_KSAU)
    ladders = service.office.definition.ladders
    short = {key: each.model_copy(update={"rungs": each.rungs[:-1]}) for key, each in ladders.items()}
    found = effects(service, "fredag 22 oktober 2027 kl. 06.00", ladders=short)
    assert found[SEPTEMBER] == ["ärendet hos KSAU återkallas: trappan når inte längre något organ"]


def test_the_diff_tells_that_a_matter_ends_by_a_later_frist():
    service = month(*TO_KSAU)
    steps = service.office.definition.steps
    step, krav = steps["manadsrapport"], steps["manadsrapport"].krav["underlag"]
    later = krav.due.model_copy(update={"rule": krav.due.rule.model_copy(update={"count": 15})})
    whole = step.model_copy(update={"krav": {**step.krav, "underlag": krav.model_copy(update={"due": later})}})
    found = effects(service, "fredag 22 oktober 2027 kl. 06.00", steps={**steps, "manadsrapport": whole})
    assert found[SEPTEMBER] == ["ärendet hos KSAU återkallas: ny frist, torsdag 28 oktober 2027 kl. 16.00"]


def test_the_diff_tells_who_becomes_late_by_a_part_that_is_added_to_what_somebody_opened():
    service = month()
    service.hand_in(SEPTEMBER, "torsdag 14 oktober 2027 kl. 09.00")
    service.open(SEPTEMBER, "fredag 15 oktober 2027 kl. 09.00")
    assert shown(service, SEPTEMBER, "fredag 15 oktober 2027 kl. 10.00") == "Komplett"
    found = effects(service, "fredag 15 oktober 2027 kl. 11.00", **with_part(service.office.definition))
    assert found[SEPTEMBER][0] == "blir försenat: fristen var torsdag 14 oktober 2027 kl. 16.00"
    assert found[SEPTEMBER][1].startswith("går till KSAU ")
