"""What waits for something else (the underlag for the anvisningar) is told in the round that lets it go."""

from dataclasses import replace
from datetime import date

from actions.scene import Scene
from tests.rig.handins import ANVISNING, BIN_UNDERLAG, NOW, town
from tests.rig.pages.hall import Hall


def test_a_first_letter_waits_no_longer_in_the_very_round_that_takes_the_anvisningar_to_ksau():
    """Both may be due at 07.00: the underlag, thought of afterwards, would else sleep to its next reminder."""
    hall = Hall(town())
    office = replace(hall.office(), since=date(2027, 1, 1))  # before the anvisningar's frist
    with hall.town.store.read() as session:
        sight = Scene(session, office, NOW).look([ANVISNING, BIN_UNDERLAG])
        underlag = sight.scene.wheel.obligations[BIN_UNDERLAG]
        assert sight.standing(underlag).waits
        sight.lift(ANVISNING)
        assert not sight.standing(underlag).waits
