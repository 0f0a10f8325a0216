"""Questions about what was handed in are answered with a motivering, and rules can be taken out of force."""

from datetime import timedelta

import pytest

from actions.underlag.rule_rest import rest_rule, resume_rule
from arshjul.errors import RefusedError
from store.handins import resting as rules
from store.handins import versions as submissions
from store.tables import ObligationRow
from submissions.files.parts import Upload
from submissions.intake.answering import answer
from submissions.intake.receive import receive
from submissions.standing.completeness import all_complete, part_states
from submissions.standing.version import judge_again
from tests.rig.acts import act
from tests.rig.handins import NOW, PROTECTED
from tests.rig.hedemora import ANVISNING, town

pytestmark = pytest.mark.whole

PART = "anvisningar"
WHY = "Den öppnas utan lösenord hos oss."
KNOWN = ("skyddad-pdf", "fel-period")


@pytest.fixture
def desk():
    here = town()
    with here.store.begin() as session:
        yield Desk(session, here.wheel)


class Desk:
    def __init__(self, session, wheel):
        self.session, self.wheel = session, wheel

    def take(self, content=PROTECTED, name="anvisningar.pdf", now=NOW):
        upload = Upload(filename=name, content=content)
        return receive(self.session, self.wheel, ANVISNING, PART, upload=upload, by="Ekonomichef", via="länk", now=now)

    def state(self):
        return part_states(self.session, [self.wheel.obligations[ANVISNING]])[ANVISNING][0]

    def answer(self, words=WHY, now=NOW):
        state = self.state()
        return answer(self.session, self.wheel, state.submission_id, {state.questions[0].id: words}, "Ekonomichef", now)


def test_a_question_keeps_a_part_from_being_complete_until_it_is_answered(desk):
    assert not desk.take().complete
    assert [each.finding.rule for each in desk.state().unanswered] == ["skyddad-pdf"]
    got = desk.answer()
    assert (got.outcome, got.complete, got.findings) == ("besvarad", True, ())
    assert all_complete([desk.state()])
    assert desk.state().questions[0].answer == WHY


def test_an_answer_wakes_the_obligation(desk):
    desk.take()
    desk.session.get(ObligationRow, ANVISNING).wake_at = None
    later = NOW + timedelta(hours=1)
    desk.answer(now=later)
    assert desk.session.get(ObligationRow, ANVISNING).wake_at == later


def test_the_newest_answer_counts_and_the_earlier_one_stays(desk):
    desk.take()
    desk.answer()
    desk.answer("Vi har provat den på tre datorer.")
    assert desk.state().questions[0].answer == "Vi har provat den på tre datorer."


def test_what_was_taken_away_is_never_complete_again_though_nothing_is_left_to_answer(desk):
    desk.take()
    desk.answer()
    row = submissions.by_id(desk.session, desk.state().submission_id)
    assert judge_again(desk.session, row) and row.complete
    row.taken_away = True
    assert not judge_again(desk.session, row) and not row.complete


@pytest.mark.parametrize("words", ["ok", "se ovan", "...............", "1234567890123"])
def test_an_answer_without_substance_is_refused_with_the_question(desk, words):
    desk.take()
    with pytest.raises(RefusedError, match="säger för lite"):
        desk.answer(words)
    assert not desk.state().complete


def test_an_answer_that_is_far_too_long_is_refused(desk):
    desk.take()
    with pytest.raises(RefusedError, match="2000 tecken"):
        desk.answer("orden går om och om igen " * 100)


def test_one_answer_that_is_refused_keeps_none_of_those_sent_with_it(desk):
    desk.take()
    state = desk.state()
    with pytest.raises(RefusedError, match="finns inte"):
        answer(desk.session, desk.wheel, state.submission_id, {state.questions[0].id: WHY, 99_999: WHY}, "Chef", NOW)
    assert desk.state().questions[0].answer is None


def test_a_blank_answer_changes_nothing(desk):
    desk.take()
    assert desk.answer("   ").complete is False
    assert desk.state().questions[0].answer is None


def test_an_answer_to_an_older_version_is_refused(desk):
    desk.take()
    old = desk.state()
    desk.take(PROTECTED + b"%\n", "ny.pdf")
    with pytest.raises(RefusedError, match="på nytt"):
        answer(desk.session, desk.wheel, old.submission_id, {old.questions[0].id: WHY}, "Ekonomichef", NOW)


def test_an_answer_to_what_was_never_asked_is_refused(desk):
    desk.take()
    state = desk.state()
    with pytest.raises(RefusedError, match="finns inte"):
        answer(desk.session, desk.wheel, state.submission_id, {state.questions[0].id + 1: WHY}, "Ekonomichef", NOW)


def test_the_same_question_to_a_new_version_of_the_same_file_name_keeps_its_answer(desk):
    desk.take()
    desk.answer()
    assert desk.take(PROTECTED + b"%\n").complete
    assert desk.state().questions[0].answer == WHY


def test_a_rule_out_of_force_asks_nothing_and_frees_what_it_alone_held(desk):
    desk.take()
    assert rest_rule(act(desk.session, NOW, "Controller", "Den fastnar på felfria filer."), KNOWN, "skyddad-pdf") == 1
    assert desk.state().complete
    assert desk.state().findings == ()
    assert desk.take(PROTECTED + b"%\n", "ny.pdf").complete


def test_a_rule_in_force_again_asks_of_what_comes_after(desk):
    rest_rule(act(desk.session, NOW, "Controller", "Den fastnar på felfria filer."), KNOWN, "skyddad-pdf")
    resume_rule(act(desk.session, NOW + timedelta(days=1), "Controller"), KNOWN, "skyddad-pdf")
    assert not desk.take().complete
    (rest,) = rules.rests(desk.session)
    assert (rest.by, rest.ended_by, rest.until - rest.since) == ("Controller", "Controller", timedelta(days=1))


@pytest.mark.parametrize(
    ("rule", "why", "says"),
    [
        ("skyddad-pfd", "Den fastnar på felfria filer.", "menade du 'skyddad-pdf'"),
        ("skyddad-pdf", "fel", "Skriv varför"),
    ],
)
def test_a_rest_needs_a_known_rule_and_a_reason(desk, rule, why, says):
    with pytest.raises(RefusedError, match=says):
        rest_rule(act(desk.session, NOW, "Controller", why), KNOWN, rule)


def test_a_rule_rests_once_and_what_is_in_force_cannot_be_resumed(desk):
    rest_rule(act(desk.session, NOW, "Controller", "Den fastnar på felfria filer."), KNOWN, "skyddad-pdf")
    with pytest.raises(RefusedError, match="redan ur kraft"):
        rest_rule(act(desk.session, NOW, "Controller", "Den fastnar på felfria filer."), KNOWN, "skyddad-pdf")
    with pytest.raises(RefusedError, match="är i kraft"):
        resume_rule(act(desk.session, NOW, "Controller"), KNOWN, "fel-period")


def test_findings_are_logged_with_who_answered(desk):
    desk.take()
    desk.answer()
    from sqlalchemy import select

    from store.tables import LogRow

    row = desk.session.scalars(select(LogRow).where(LogRow.what == "finding.answered")).one()
    assert (row.who, row.detail["rule"], row.key) == ("Ekonomichef", "skyddad-pdf", ANVISNING)


def test_a_version_that_is_not_there_is_refused(desk):
    assert submissions.by_id(desk.session, 99) is None
    with pytest.raises(RefusedError, match="finns inte"):
        answer(desk.session, desk.wheel, 99, {1: WHY}, "Ekonomichef", NOW)
