"""Handing in as one act: what is new gets one kvittens, and a part that is refused stops no other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from actions.act import Act
from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in
from store.tables import FindingRow, LetterRow, LogRow, Submission
from submissions.files.parts import Upload
from tests.rig.handins import BIN_UNDERLAG, NOW, PROTECTED, docx, town, xlsx
from tests.rig.pages.hall import Hall

CHIEF = "forvaltningschef.bildning@example.se"
EKONOMI = PartHandedIn(key=BIN_UNDERLAG, part="ekonomi", upload=Upload(filename="ekonomi.xlsx", content=xlsx()))
NO_EXCEL = replace(EKONOMI, upload=Upload(filename="ekonomi.xlsx", content=docx()))
MAL = PartHandedIn(key=BIN_UNDERLAG, part="mal-och-resultat", ej_aktuellt="Nämnden har inga egna mål det här året.")
NO_PART = replace(MAL, part="okand-del")
TOO_LARGE = PartHandedIn(key=BIN_UNDERLAG, part="ekonomi", oversize="stor.xlsx")
MONDAY_AFTER = NOW + timedelta(days=3)


@pytest.fixture
def hall():
    return Hall(town())


def handed_in(hall, *parts, now=NOW, by="En chef", for_name=None):
    with hall.town.store.begin() as session:
        scene = Scene(session, hall.office(), now)
        person = scene.people.who("forvaltningschef", "bildningsnamnden")
        return hand_in(Act(scene, by), person, parts, via="prov", for_name=for_name)


def kvittenser(hall):
    return [row for row in hall.rows(LetterRow) if row.kind == "kvittens"]


def test_two_parts_get_one_kvittens(hall):
    outcomes = handed_in(hall, EKONOMI, MAL)
    assert [one.outcome for each in outcomes for one in each.received] == ["mottagen", "mottagen"]
    assert [letter.to for letter in kvittenser(hall)] == [[CHIEF]]


def test_what_stands_there_already_gets_no_new_kvittens(hall):
    handed_in(hall, EKONOMI)
    [again] = handed_in(hall, EKONOMI, now=MONDAY_AFTER)
    assert again.received[0].outcome == "samma igen"
    assert len(kvittenser(hall)) == 1


@pytest.mark.parametrize("refused", [NO_EXCEL, NO_PART, TOO_LARGE], ids=["wrong kind", "no such part", "too large"])
def test_a_part_that_is_refused_stops_no_other(hall, refused):
    outcomes = handed_in(hall, refused, MAL)
    assert [each.is_refused for each in outcomes] == [True, False]
    assert [row.part for row in hall.rows(Submission)] == ["mal-och-resultat"]
    assert len(kvittenser(hall)) == 1


@pytest.mark.parametrize("refused", [NO_EXCEL, TOO_LARGE], ids=["wrong kind", "too large"])
def test_a_file_that_is_not_taken_stands_in_the_log_with_its_rule(hall, refused):
    handed_in(hall, refused)
    [row] = [row for row in hall.rows(LogRow) if row.what == "submission.refused"]
    assert (row.who, row.detail["part"]) == ("En chef", "ekonomi") and row.detail["rules"]
    assert kvittenser(hall) == []


def test_what_is_filed_for_somebody_is_hers_and_the_log_has_who_filed_it(hall):
    [outcome] = handed_in(hall, MAL, by="ekonomikontoret", for_name="En chef")
    assert (outcome.received[0].by, outcome.received[0].registered_by) == ("En chef", "ekonomikontoret")
    [row] = [row for row in hall.rows(LogRow) if row.what == "submission.ej_aktuellt"]
    assert row.who == "ekonomikontoret"


QUESTION = replace(MAL, ej_aktuellt=None, upload=Upload(filename="mål.pdf", content=PROTECTED))


@pytest.fixture
def answered(hall):
    """Return a part whose question is answered, and nothing else of it handed in."""
    handed_in(hall, QUESTION)
    with hall.town.store.read() as session:
        [asked] = session.scalars(select(FindingRow)).all()
    return replace(QUESTION, upload=None, answers={asked.id: "Den öppnas utan lösenord hos oss."})


def test_answers_and_a_file_come_in_one_go(hall, answered):
    outcomes = handed_in(hall, answered, EKONOMI, now=MONDAY_AFTER)
    assert [one.outcome for each in outcomes for one in each.received] == ["besvarad", "mottagen"]
    assert len(kvittenser(hall)) == 2


def test_answers_that_were_taken_are_told_also_when_what_came_with_them_is_refused(hall, answered):
    both = replace(answered, upload=QUESTION.upload, ej_aktuellt=MAL.ej_aktuellt)
    [outcome] = handed_in(hall, both, now=MONDAY_AFTER)
    assert [one.outcome for one in outcome.received] == ["besvarad"]
    assert outcome.is_refused and "antingen en fil eller ej aktuellt" in outcome.refusal
    assert len(kvittenser(hall)) == 2
