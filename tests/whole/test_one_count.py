"""One count: the board, what lies before a body, and Prefect say of the same tillfälle how many are in, and of how many."""

from actions.bodies.body_letters import report_views
from actions.scene import Scene
from arshjul.ladder.standing import State, counted, tillfalle_state
from flows.runs.standing_run import standing_runs
from portal.lage.view import ours, overview
from store.tables import ObligationRow
from submissions.intake.receive import receive
from submissions.standing.completeness import part_states
from submissions.standing.states import states_of
from tests.rig.climbing import AFTER, LATE, month
from tests.rig.swedish_words import instant

OMSORG, BOLAG, KS = (
    LATE.replace("bildningsnamnden", unit) for unit in ("omsorgsnamnden", "bostadsbolaget", "kommunstyrelsen")
)
AFTERNOON = instant("onsdag 3 november 2027 kl. 16.00")


def test_all_who_tell_how_many_are_in_tell_the_same():
    """Of four enheter one is late, one came in late, one said ej aktuellt, and one was never asked: 2 of 3."""
    town = month(*AFTER)
    town.hand_in(OMSORG, "onsdag 3 november 2027 kl. 15.00")
    with town.store.begin() as session:
        session.get_one(ObligationRow, KS).added_at = instant("fredag 15 oktober 2027 kl. 09.00")
        wheel = Scene(session, town.office, AFTERNOON).wheel
        for part in wheel.obligations[BOLAG].parts:
            receive(
                session, wheel, BOLAG, part.id, ej_aktuellt="Bolaget är vilande i år.", fields={},
                by="vd", via="länk", now=AFTERNOON,
            )  # fmt: skip
    with town.store.read() as session:
        scene = Scene(session, town.office, AFTERNOON)
        owed = scene.wheel.occurrence(scene.wheel.obligations[LATE].occurrence).obligations
        states = states_of(session, scene.wheel, owed, town.office.since, AFTERNOON)
        lines = overview(scene, part_states(session, ours(scene)))
        (line,) = [each for each in (*lines.now, *lines.done) if each.occurrence.key == owed[0].occurrence]
        moments = [each for each in scene.wheel.milestones if each.body and each.occurrence == owed[0].occurrence]
        (before_body,) = report_views(scene, moments[:1])[0].standing
        (run,) = [each for each in standing_runs(scene) if each.occurrence == owed[0].occurrence and not each.unit]
    stand = {one.unit: states[one.key] for one in owed}
    assert {unit: state.core for unit, state in stand.items()} == {
        "bildningsnamnden": State.FORSENAD,
        "omsorgsnamnden": State.KOMPLETT,
        "bostadsbolaget": State.KOMPLETT,
        "kommunstyrelsen": State.FORE_INFORANDET,
    }
    assert counted(stand.values()) == (2, 3)
    assert (tillfalle_state(stand).done, tillfalle_state(stand).of) == (2, 3)
    assert (line.complete, line.asked) == (2, 3)
    assert (before_body.done, before_body.total) == (2, 3)
    assert run.words == "2 av 3 enheter klara; kvar: Bildningsnämnden"
