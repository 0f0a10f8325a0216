"""The whole way of an underlag: the mall is filled in, handed in, read, judged, mended or answered, and complete."""

from datetime import datetime

import pytest
from sqlalchemy import select

from actions.underlag.receipts import write_receipt
from actions.underlag.rule_rest import rest_rule
from arshjul.swedish import STOCKHOLM
from notifications.office import Office
from store.tables import LetterRow, Person, Submission
from submissions.files.filled import Filled
from submissions.files.parts import Upload
from submissions.intake.answering import answer
from submissions.intake.prepared import examined_for
from submissions.intake.receive import receive
from submissions.ledger.known import known_of
from submissions.standing.completeness import all_complete, part_states
from submissions.templates.mall import mall_of
from submissions.templates.mall_words import due_text
from tests.rig.acts import act
from tests.rig.files.filling import careful, change
from tests.rig.handins import NOW, PDF
from tests.rig.hedemora import ANVISNING, BIN_PROGNOS, BIN_UNDERLAG, OMN_UNDERLAG, town, whole_hedemora

pytestmark = pytest.mark.whole

EKONOMI, MAL = "ekonomi", "mal-och-resultat"


@pytest.fixture
def desk():
    here = town(whole=True)
    with here.store.begin() as session:
        yield Desk(session, here.wheel)


class Desk:
    def __init__(self, session, wheel):
        self.session, self.wheel = session, wheel

    def careful(self, key, part_id):
        one = self.wheel.obligations[key]
        part = next(each for each in one.parts if each.id == part_id)
        mall = mall_of(self.wheel.definition, one, part, due_text(one))
        return careful(mall, known_of(self.session, self.wheel.definition, one))

    def take(self, key, part_id, content=None, *, name="underlag", now=NOW, **more):
        content = content if content is not None else self.careful(key, part_id)
        upload = Upload(filename=name, content=content)
        return receive(
            self.session, self.wheel, key, part_id, upload=upload, by="Förvaltningschef", via="länk", now=now, **more
        )

    def state(self, key, part_id):
        states = part_states(self.session, [self.wheel.obligations[key]])[key]
        return next(each for each in states if each.part.id == part_id)

    def answer(self, key, part_id, words):
        state = self.state(key, part_id)
        replies = {each.id: words for each in state.unanswered}
        return answer(self.session, self.wheel, state.submission_id, replies, "Förvaltningschef", NOW)

    def count(self, table):
        return len(self.session.scalars(select(table)).all())


def rules(received):
    return [(each.rule, each.severity) for each in received.findings]


@pytest.mark.parametrize("part", [EKONOMI, MAL, "riskanalys-och-intern-kontroll"])
def test_a_mall_that_is_filled_in_with_care_is_complete_and_what_it_says_is_kept(desk, part):
    got = desk.take(BIN_UNDERLAG, part)
    assert (got.outcome, got.complete, got.findings) == ("mottagen", True, ())
    row = desk.session.scalars(select(Submission)).one()
    kept = Filled.from_json(row.content)
    assert kept.tables or kept.sections


def test_the_whole_delårsrapport_of_a_nämnd_is_complete(desk):
    for key in (BIN_UNDERLAG, BIN_PROGNOS):
        for part in desk.wheel.obligations[key].parts:
            assert desk.take(key, part.id).findings == ()
        assert all_complete(part_states(desk.session, [desk.wheel.obligations[key]])[key])


def test_a_faulty_file_is_stored_and_mended_by_the_next_version(desk):
    good = desk.careful(BIN_UNDERLAG, EKONOMI)
    got = desk.take(BIN_UNDERLAG, EKONOMI, change(good, {"ekonomi_delar__ram_halls": None}))
    assert not got.complete
    assert [severity for _, severity in rules(got)] == ["stopp"]
    assert desk.take(BIN_UNDERLAG, EKONOMI, good).complete
    assert desk.state(BIN_UNDERLAG, EKONOMI).version == 2


def test_a_file_that_cannot_be_read_is_not_taken(desk):
    got = desk.take(BIN_UNDERLAG, MAL, PDF, name="mal.pdf")
    assert (got.outcome, got.complete) == ("nekad", False)
    assert desk.count(Submission) == 0


def test_a_table_is_not_taken_as_a_pdf(desk):
    got = desk.take(BIN_UNDERLAG, EKONOMI, PDF, name="ekonomi.pdf")
    assert (got.outcome, rules(got)) == ("nekad", [("fel-slag", "stopp")])


def test_another_enhets_file_is_asked_about_first_and_judged_when_that_is_answered(desk):
    content = desk.careful(OMN_UNDERLAG, MAL)
    got = desk.take(BIN_UNDERLAG, MAL, content)
    assert rules(got) == [("fel-enhet", "fråga")]
    got = desk.answer(BIN_UNDERLAG, MAL, "Nämnderna lämnar en gemensam text i år.")
    assert (got.complete, got.findings) == (True, ())


def test_what_a_question_of_identity_hid_is_told_when_it_is_answered(desk):
    content = desk.careful(OMN_UNDERLAG, EKONOMI)
    assert rules(desk.take(BIN_UNDERLAG, EKONOMI, content)) == [("fel-enhet", "fråga")]
    got = desk.answer(BIN_UNDERLAG, EKONOMI, "Vi lånade deras mall och skrev över den.")
    assert not got.complete
    assert ("saknar-rad", "stopp") in rules(got)  # its verksamheter are not ours
    assert not desk.state(BIN_UNDERLAG, EKONOMI).complete


def test_an_answer_to_whose_file_it_is_does_not_let_the_next_version_pass_unread(desk):
    content = desk.careful(OMN_UNDERLAG, EKONOMI)
    desk.take(BIN_UNDERLAG, EKONOMI, content)
    desk.answer(BIN_UNDERLAG, EKONOMI, "Vi lånade deras mall och skrev över den.")
    again = desk.take(BIN_UNDERLAG, EKONOMI, change(content, {"ekonomi_delar__ram_halls": None}))
    assert not again.complete
    assert ("saknar-rad", "stopp") in rules(again)


def test_a_rule_out_of_force_is_not_asked_of_what_is_handed_in(desk):
    known = set(whole_hedemora().definition.checks)
    rest_rule(act(desk.session, NOW, "Controller", "Nämnderna lämnar gemensamt i år."), known, "fel-enhet")
    assert desk.take(BIN_UNDERLAG, MAL, desk.careful(OMN_UNDERLAG, MAL)).complete


def test_what_was_examined_before_the_transaction_counts_for_the_same_file_only(desk):
    good = desk.careful(BIN_UNDERLAG, EKONOMI)
    bad = change(good, {"ekonomi_delar__ram_halls": None})
    examined = examined_for(desk.session, desk.wheel, BIN_UNDERLAG, EKONOMI, good)()
    assert examined.findings == ()
    assert not desk.take(BIN_UNDERLAG, EKONOMI, bad, examined=examined).complete
    assert desk.take(BIN_UNDERLAG, EKONOMI, good, examined=examined).complete


def test_what_is_not_looked_into_needs_no_reading(desk):
    assert examined_for(desk.session, desk.wheel, ANVISNING, "anvisningar", PDF)() is None


def test_a_nämnd_that_cannot_keep_its_ram_is_told_to_the_ekonomikontor_the_same_hour_once(desk):
    late_evening = datetime(2027, 9, 10, 21, 40, tzinfo=STOCKHOLM)  # a Friday
    content = change(desk.careful(BIN_UNDERLAG, EKONOMI), {"ekonomi_delar__ram_halls": "Nej"})
    got = desk.take(BIN_UNDERLAG, EKONOMI, content, now=late_evening)
    assert got.complete
    assert ("ram-halls-inte", "upplysning") in rules(got)
    office = Office(
        sourced=whole_hedemora(), mail_from="ekonomikontoret@example.se", public_url="http://x.example.se",
        prefect_url="http://127.0.0.1:4200", secret=b"s" * 32, utskick="skarpt", since=NOW.date(),
    )  # fmt: skip
    person = desk.session.get(Person, "forvaltningschef.bildning@example.se")
    for _ in range(2):
        write_receipt(desk.session, office, [got], person, late_evening)
    letters = desk.session.scalars(select(LetterRow).where(LetterRow.kind == "budgetavvikelse")).all()
    assert [letter.to for letter in letters] == [["ekonomikontoret@example.se"]]
    assert letters[0].subject == "Ramen håller inte: Bildningsnämnden, delårsrapport augusti 2027"
    assert letters[0].not_before <= late_evening
