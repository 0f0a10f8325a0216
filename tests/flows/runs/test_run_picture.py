"""The table of a tillfälle in Prefect tells what its pages do: who really got a letter, and what has been decided."""

from datetime import date

from actions.act import Act
from actions.bodies.recording import Decided, record_decision
from actions.scene import Scene
from flows.runs.run_picture import table
from tests.rig.climbing import AFTER, LATE, month
from tests.rig.rounds import House
from tests.rig.swedish_words import instant


def rows(town: House, when: str) -> list[dict[str, str]]:
    with town.store.read() as session:
        scene = Scene(session, town.office, instant(when))
        return table(scene, scene.wheel.occurrence(scene.wheel.obligations[LATE].occurrence))


def test_a_letter_in_skugga_is_said_to_be_one_and_nothing_is_missing_before_its_frist() -> None:
    (sharp, *_) = rows(month(AFTER[0]), "fredag 15 oktober 2027 kl. 09.00")
    (shadow, *_) = rows(month(AFTER[0], utskick="skugga"), "fredag 15 oktober 2027 kl. 09.00")
    assert shadow["senaste brev"] == f"{sharp['senaste brev']}, i skugga" != ", i skugga"
    assert "saknas" not in sharp and sharp["återstår"].startswith("Ekonomisk uppföljning")


def test_a_decision_is_told_as_what_was_done() -> None:
    town = month(AFTER[0])
    with town.store.begin() as session:
        scene = Scene(session, town.office, instant("tisdag 2 november 2027 kl. 14.00"))
        moments = scene.wheel.occurrence(scene.wheel.obligations[LATE].occurrence).milestones
        first = next(each for each in moments if each.body and each.unit is None)
        record_decision(Act(scene, "ekonomen"), first, Decided(on=date(2027, 11, 2), outcome="godkänns"), "godkänns")
    states = [row["läge"] for row in rows(town, "tisdag 2 november 2027 kl. 15.00")]
    assert "godkändes 2 nov" in " ".join(states) and "godkänns" not in " ".join(states)
