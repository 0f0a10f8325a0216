"""The plan's rows in step with the definition and what was recorded: what is open moves, what happened stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from actions.plan.frister import open_obligation
from actions.plan.meeting_changes import change_meeting
from actions.underlag.anstand import grant_anstand
from arshjul.definition.days.dating import Offset
from arshjul.definition.model import Definition
from arshjul.keys import BodyId
from arshjul.swedish import instant_text
from arshjul.year.turning import turn
from store.plan.in_step import bring_into_step, differences, sync
from store.plan.matters import raise_matter
from store.plan.obligations import GONE, NEW, need_a_thought, think_at
from store.plan.planning import current_wheel, plan_years, recorded
from store.tables import ObligationRow, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.handins import NOW, PDF, town
from tests.rig.load import strandby
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

BIN_UNDERLAG = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"  # frist: tisdag 21 september 2027 kl. 16.00
BIN_PROGNOS = "strandby/prognos/2027-08/bildningsnamnden/underlag"
OMN_UNDERLAG = "strandby/delarsrapport/2027-08/omsorgsnamnden/underlag"
BIN_PROTOKOLL = "strandby/delarsrapport/2027-08/bildningsnamnden/protokoll"
TOLD = instant("torsdag 30 september 2027 kl. 16.00")


@pytest.fixture
def session():
    with town(name="strandby").store.begin() as session:
        yield session


def with_offset(count: int) -> Definition:
    """Strandby with the delårsrapport's underlag due ``count`` working days after the period's end."""
    definition = strandby().definition
    step = definition.steps["delarsrapport"]
    krav = step.krav["underlag"]
    assert krav.due
    assert isinstance(krav.due.rule, Offset)
    due = krav.due.model_copy(update={"rule": krav.due.rule.model_copy(update={"count": count})})
    changed = step.model_copy(update={"krav": {**step.krav, "underlag": krav.model_copy(update={"due": due})}})
    return definition.model_copy(update={"steps": {**definition.steps, "delarsrapport": changed}})


def without(unit: str) -> Definition:
    definition = strandby().definition
    return definition.model_copy(update={"units": {key: each for key, each in definition.units.items() if key != unit}})


def plan(session, definition, now=NOW):
    return sync(session, current_wheel(session, definition, now), now)


def row(session, key):
    return session.get(ObligationRow, key, populate_existing=True)


def test_planning_again_changes_nothing(session):
    assert plan(session, strandby().definition) == []


@contextmanager
def asked(session) -> Iterator[list[tuple[str, object]]]:
    """Collect what the database is asked, with its parameters."""
    found: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        found.append((statement, parameters))

    session.flush()
    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield found
    session.flush()
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_a_plan_that_says_what_the_rows_say_is_asked_one_question(session):
    definition, later = strandby().definition, NOW + timedelta(days=3)
    plan(session, definition)
    for wheel in (
        current_wheel(session, definition, later),
        turn(definition, plan_years(later), recorded(session), strict=False),  # as another process works it out
    ):
        with asked(session) as questions:
            assert sync(session, wheel, later) == []
        assert [statement.split()[0] for statement, _ in questions] == ["SELECT"]


def test_an_anstand_writes_the_rows_that_it_concerns_and_no_other(session):
    plan(session, strandby().definition)
    think_at(session, [key for key in session.scalars(select(ObligationRow.key))], None)
    with asked(session) as questions:
        grant_anstand(act(session, NOW, why="sjukdom", sourced=strandby()), BIN_UNDERLAG, date(2027, 9, 22))
    written = [(statement.split()[1], values) for statement, values in questions if statement.startswith("UPDATE")]
    assert [values[-1] for table, values in written if table == "calendar_event"] == [BIN_UNDERLAG]
    assert set(need_a_thought(session, NOW)) == {BIN_UNDERLAG, BIN_PROGNOS}  # the prognos is handed in with it
    assert {row.key for row in session.scalars(select(ObligationRow)) if row.wake_at} == {BIN_UNDERLAG, BIN_PROGNOS}
    assert not [
        statement for statement, _ in questions if statement.startswith(("INSERT INTO calendar", "INSERT INTO ob"))
    ]
    with asked(session) as questions:
        assert plan(session, strandby().definition) == []
    assert not [statement for statement, _ in questions if not statement.startswith("SELECT")]


def test_an_open_matter_is_woken_by_a_meeting_that_moves_and_by_no_others_anstand(session):
    plan(session, strandby().definition)
    wheel = current_wheel(session, strandby().definition, NOW)
    raise_matter(session, wheel.obligations[OMN_UNDERLAG], None, NOW)
    think_at(session, [key for key in session.scalars(select(ObligationRow.key))], None)
    grant_anstand(act(session, NOW, why="sjukdom", sourced=strandby()), BIN_UNDERLAG, date(2027, 9, 22))
    assert set(need_a_thought(session, NOW)) == {BIN_UNDERLAG, BIN_PROGNOS}
    extra = act(session, NOW, why="valdag", sourced=strandby())
    change_meeting(extra, BodyId("ksau"), None, date(2027, 9, 30), None)
    assert OMN_UNDERLAG in need_a_thought(session, NOW)


def test_what_was_planned_in_a_part_that_is_taken_back_is_planned_anew(session):
    plan(session, strandby().definition)
    point = session.begin_nested()
    moved = plan(session, without("bildningsnamnden"))
    point.rollback()
    assert moved and plan(session, strandby().definition) == []
    assert plan(session, without("bildningsnamnden")) == moved


def test_a_start_brings_into_step_what_an_older_version_left_otherwise(session):
    wheel = current_wheel(session, strandby().definition, NOW)
    sync(session, wheel, NOW)
    row(session, BIN_UNDERLAG).parts = None  # as rows were before their parts were kept
    session.flush()
    bring_into_step(session, wheel, NOW)
    assert row(session, BIN_UNDERLAG).parts == [part.id for part in wheel.obligations[BIN_UNDERLAG].parts]


def test_an_opened_obligation_asks_for_its_parts_also_where_the_wheel_is_the_same(session):
    later = instant("måndag 4 oktober 2027 kl. 08.00")
    plan(session, strandby().definition, later)
    row(session, BIN_UNDERLAG).parts = ["en annan"]
    session.flush()
    wheel = current_wheel(session, strandby().definition, later)
    open_obligation(act(session, later, why="begärt av nämnden", sourced=strandby()), BIN_UNDERLAG)
    assert row(session, BIN_UNDERLAG).parts == [part.id for part in wheel.obligations[BIN_UNDERLAG].parts]


def test_the_differences_are_shown_first_and_nothing_is_written(session):
    row(session, BIN_UNDERLAG).told_at = row(session, BIN_UNDERLAG).due_at
    wheel = current_wheel(session, with_offset(17), NOW)
    shown = differences(session, wheel)
    of_2027 = [each for each in shown if "/2027-08/" in each.key]
    assert len(of_2027) == 8  # four enheter, each with its prognos
    assert {instant_text(each.after) for each in of_2027} == {"torsdag 23 september 2027 kl. 16.00"}
    assert [each.key for each in shown if each.told] == [BIN_UNDERLAG]
    assert row(session, BIN_UNDERLAG).due_at == instant("tisdag 21 september 2027 kl. 16.00")
    assert sync(session, wheel, NOW) == shown
    assert differences(session, wheel) == []


def test_what_moved_is_thought_about_at_once(session):
    think_at(session, [BIN_UNDERLAG], None)
    plan(session, with_offset(17), NOW)
    assert BIN_UNDERLAG in need_a_thought(session, NOW)


def test_a_replanning_keeps_what_was_handed_in_and_the_state(session):
    hand_in(session)
    row(session, BIN_UNDERLAG).state = "Ofullständig"
    plan(session, with_offset(17))
    assert row(session, BIN_UNDERLAG).state == "Ofullständig"
    assert session.scalars(select(Submission.part)).all() == ["ekonomi"]


def test_an_enhet_that_leaves_the_definition_falls_silent_and_its_history_stays(session):
    hand_in(session)
    gone = plan(session, without("bildningsnamnden"))
    assert BIN_UNDERLAG in [each.key for each in gone if each.after is None]
    assert (row(session, BIN_UNDERLAG).state, row(session, BIN_UNDERLAG).wake_at) == (GONE, None)
    assert session.scalars(select(Submission.part)).all() == ["ekonomi"]
    assert plan(session, without("bildningsnamnden")) == []


def test_an_enhet_that_comes_back_wakes_again(session):
    plan(session, without("bildningsnamnden"))
    back = plan(session, strandby().definition, NOW + timedelta(hours=1))
    assert BIN_UNDERLAG in [each.key for each in back]
    assert (row(session, BIN_UNDERLAG).state, row(session, BIN_UNDERLAG).wake_at) == (NEW, NOW + timedelta(hours=1))


def test_a_frist_that_was_told_never_moves_earlier_by_itself(session):
    row(session, BIN_PROTOKOLL).told_at = TOLD
    moved = change_meeting(
        act(session, NOW, why="lokal saknas", sourced=strandby()),
        "bildningsnamnden",
        date(2027, 9, 23),
        date(2027, 9, 21),
        None,
    )
    assert moved == []
    assert row(session, BIN_PROTOKOLL).due_at == TOLD


def test_a_frist_that_nobody_was_told_moves_earlier_too(session):
    change_meeting(
        act(session, NOW, why="lokal saknas", sourced=strandby()),
        "bildningsnamnden",
        date(2027, 9, 23),
        date(2027, 9, 21),
        None,
    )
    assert row(session, BIN_PROTOKOLL).due_at == instant("tisdag 28 september 2027 kl. 16.00")


def test_a_told_frist_moves_later_and_back_only_to_where_it_was_told(session):
    row(session, BIN_UNDERLAG).told_at = row(session, BIN_UNDERLAG).due_at
    plan(session, with_offset(17))
    assert row(session, BIN_UNDERLAG).due_at == instant("torsdag 23 september 2027 kl. 16.00")
    row(session, BIN_UNDERLAG).told_at = row(session, BIN_UNDERLAG).due_at
    session.flush()
    plan(session, strandby().definition)
    assert row(session, BIN_UNDERLAG).due_at == instant("torsdag 23 september 2027 kl. 16.00")


def test_the_wheel_is_worked_out_once_for_the_same_facts(session):
    definition = strandby().definition
    assert current_wheel(session, definition, NOW) is current_wheel(session, definition, NOW + timedelta(days=30))


def test_a_new_year_brings_its_obligations_and_keeps_the_rows_of_the_old(session):
    before = {each.key for each in session.scalars(select(ObligationRow))}
    added = plan(session, strandby().definition, instant("måndag 3 januari 2028 kl. 06.00"))
    assert {each.key.period[:4] for each in added} == {"2030"}
    assert before < {each.key for each in session.scalars(select(ObligationRow))}


def hand_in(session) -> None:
    wheel = current_wheel(session, strandby().definition, NOW)
    upload = Upload(filename="ekonomi.pdf", content=PDF)
    receive(session, wheel, BIN_UNDERLAG, "ekonomi", upload=upload, fields={}, by="chef", via="länk", now=NOW)


def test_a_frist_that_has_been_is_not_moved_within_the_past(session):
    """In October somebody edits the definition: the frist of 21 September would have been the 22nd."""
    plan(session, strandby().definition)
    later = instant("måndag 4 oktober 2027 kl. 08.00")
    assert [moved.key for moved in plan(session, with_offset(16), later) if moved.key == BIN_UNDERLAG] == []
    assert instant_text(row(session, BIN_UNDERLAG).due_at) == "tisdag 21 september 2027 kl. 16.00"


def test_a_frist_that_has_been_moves_when_the_plan_opens_it_again(session):
    plan(session, strandby().definition)
    later = instant("onsdag 22 september 2027 kl. 08.00")
    assert BIN_UNDERLAG in [moved.key for moved in plan(session, with_offset(18), later)]
    assert instant_text(row(session, BIN_UNDERLAG).due_at) == "fredag 24 september 2027 kl. 16.00"
