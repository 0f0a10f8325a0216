"""One word: every page, letter and run says of one underlag how it stands by the same state, or by its core."""

import re
from dataclasses import replace

import pytest

from actions.bodies.body_letters import report_views
from actions.scene import Scene
from arshjul.keys import ObligationKey
from arshjul.ladder.standing import State
from flows.runs.run_picture import table
from notifications.letters import compose
from store.access.links import issue, sign
from store.people.holders import people_at
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, month
from tests.rig.letter_views import HANDED, SIGRID
from tests.rig.pages.doors import Doors
from tests.rig.pages.logging_in import log_in
from tests.rig.rounds import House
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

KEY = ObligationKey(LATE)


def badges(page: str) -> set[str]:
    """The states that a page says by its badges."""
    return {each.strip() for each in re.findall(r'class="mark" aria-hidden="true">[^<]*</span>\s*([^<0-9]+)', page)}


def told(town: House, when: str, page: str) -> tuple[set[str], set[str]]:
    """What the underlag's own page says, and what its holder reads on theirs."""
    doors = Doors(town)
    doors.now = instant(when)
    office = log_in(doors.browser(), town.store, town.office.secret, doors.now)
    with town.store.begin() as session:
        (person,) = people_at(session, f"{CHIEF_OF}@example.se")
        token = sign(town.office.secret, issue(session, person.id, ["forvaltningschef"], doors.now))
    mine, leads = doors.pressed(f"/l/{token}", "den egna sidan")
    return badges(office.get(page).text), badges(mine.get(leads).text)


def test_what_lies_before_ksau_is_eskalerad_on_every_page_and_försenad_in_letters_and_runs() -> None:
    town, when = month(*AFTER), "onsdag 27 oktober 2027 kl. 14.00"
    own, mine = told(town, when, f"/lage/{KEY.path}")
    assert "Eskalerad" in own and "Försenad" not in own
    assert "Eskalerad" in mine and "Försenad" not in mine
    with town.store.read() as session:
        scene = Scene(session, town.office, instant(when))
        occurrence = scene.wheel.occurrence(scene.wheel.obligations[KEY].occurrence)
        reports = report_views(scene, [each for each in occurrence.milestones if each.body == "ksau"][:1])
        (run,) = [row["läge"] for row in table(scene, occurrence) if row["enhet"] == "Bildningsnämnden"]
    (line,) = [each for each in reports[0].standing[0].late if each.unit_name == "Bildningsnämnden"]
    assert line.state is State.ESKALERAD  # as the meeting's page has it
    letter = compose.hand_over(SIGRID, replace(HANDED, reports=reports)).text
    assert "- Försenad: Bildningsnämnden" in letter and run == "Försenad"
