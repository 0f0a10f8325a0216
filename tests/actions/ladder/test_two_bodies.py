"""Two bodies that meet on one day have a matter each: letters, papers and what is told afterwards are of one body."""

from dataclasses import replace
from datetime import date

from arshjul.definition.model import Definition
from arshjul.definition.reach import with_named_rungs
from arshjul.keys import BodyId
from store.tables import Matter
from tests.rig.climbing import LATE, OMSORG, SECRETARY, climb, paper
from tests.rig.rounds import House, body, house, only

MET = date(2027, 11, 2)  # KSAU's day; KS meets then too


def with_two_bodies(definition: Definition) -> Definition:
    """The bolag's månadsrapport goes to KS, by KSAU's secretary and chair; the nämnder's to KSAU."""
    ladder = definition.ladders["manadsrapport"]
    *rungs, top = ladder.rungs
    to_ks = ladder.model_copy(update={"rungs": (*rungs, top.model_copy(update={"body": BodyId("ks")}))})
    step = definition.steps["manadsrapport"]
    krav = step.krav["underlag"]
    every = {
        "underlag": krav.model_copy(update={"kinds": ("nämnd", "styrelse")}),
        "bolagets": krav.model_copy(
            update={"kinds": ("bolag",), "ladder": "till-ks", "name": "bolagets underlag", "treated_at": "ks"}
        ),
    }
    return with_named_rungs(
        definition.model_copy(
            update={
                "ladders": {**definition.ladders, "till-ks": to_ks},
                "steps": {"manadsrapport": step.model_copy(update={"krav": every})},
            }
        )
    )


def two_bodies() -> House:
    sourced = only("manadsrapport")
    town = house(replace(sourced, definition=with_two_bodies(sourced.definition)), since=date(2027, 10, 13))
    town.start("tisdag 12 oktober 2027 kl. 12.00")
    town.meeting("ks", date(2027, 11, 16), MET, "onsdag 13 oktober 2027 kl. 09.00")
    climb(town)
    return town


def papers(town: House) -> list[str]:
    return [paper(mail) for mail in town.to(SECRETARY) if "saknas" in str(mail["Subject"])]


def test_each_body_gets_a_paper_of_its_own():
    town = two_bodies()
    days = {(row.obligation_key.krav, row.meeting_day) for row in town.rows(Matter)}
    assert days == {("underlag", MET), ("bolagets", MET)}
    to_ks, to_ksau = sorted(papers(town), key=lambda words: "Bildningsnämnden" in words)
    assert "Bostadsbolaget AB" in to_ks and "Kommunstyrelsen beslutar" in to_ks and "Omsorgsnämnden" not in to_ks
    assert "Omsorgsnämnden" in to_ksau and "Kommunstyrelsens arbetsutskott beslutar" in to_ksau
    assert "Bostadsbolaget AB" not in to_ksau


def test_afterwards_each_body_is_told_of_by_itself():
    town = two_bodies()
    for day in ("torsdag 4", "fredag 5", "måndag 8", "onsdag 17", "torsdag 18"):
        town.morning(f"{day} november 2027")
    of_ks, of_ksau = sorted(
        (body(mail) for mail in town.to("ekonomikontoret") if str(mail["Subject"]).startswith("Saknas efter")),
        key=lambda words: "Bildningsnämnden" in words,
    )
    assert "Tjänsteskrivelsen till kommunstyrelsen föreslår" in of_ks and "Bostadsbolaget AB" in of_ks
    assert "/organ/ks" in of_ks and "Bildningsnämnden" not in of_ks
    assert "Bostadsbolaget AB" not in of_ksau and "/organ/ksau" in of_ksau


def test_what_ends_before_one_body_says_nothing_of_the_other_s():
    town = two_bodies()
    for key in (LATE, OMSORG):
        town.hand_in(key, "fredag 22 oktober 2027 kl. 09.00")
    before = len(town.to(SECRETARY))
    town.round("fredag 22 oktober 2027 kl. 09.01")
    for mail in town.to(SECRETARY)[before:]:
        assert "Bostadsbolaget" not in body(mail)


def test_what_is_gone_leaves_only_what_lies_before_its_own_body():
    town = two_bodies()
    definition, before = town.office.definition, len(town.mails())
    left = {key: unit for key, unit in definition.units.items() if key != "omsorgsnamnden"}
    gone = replace(town.office.sourced, definition=definition.model_copy(update={"units": left}))
    town.office = replace(town.office, sourced=gone)
    town.round("fredag 22 oktober 2027 kl. 09.01")
    words = [" ".join(body(mail).split()) for mail in town.mails()[before:] if "återkallas" in str(mail["Subject"])]
    assert words and all("Kvar: Kommunstyrelsen och Bildningsnämnden. Ärendet tas" in each for each in words)
