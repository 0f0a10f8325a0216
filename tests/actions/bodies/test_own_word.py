"""A decision whose word is not said is the moment's own: the law's where it has one."""

import pytest

from actions.bodies.recording import Decided
from actions.bodies.report_decisions import decide_moment
from arshjul.keys import MilestoneKey
from tests.rig.acts import act
from tests.rig.handins import town
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(
    ("moment", "decided_on", "said"),
    [
        ("manadsrapport 2027-02 ksau", "tisdag 6 april 2027", "godkänns"),
        ("manadsrapport 2027-02 ks", "tisdag 20 april 2027", "godkänns"),
        ("delarsrapport 2027-08 ksau", "tisdag 5 oktober 2027", "godkänns"),
        ("delarsrapport 2027-08 overlamnande", "fredag 29 oktober 2027", "överlämnas till KF och revisorerna"),
        ("delarsrapport 2027-08 kf", "tisdag 23 november 2027", "behandlas"),
        ("arsredovisning 2026 overlamnande", "torsdag 15 april 2027", "överlämnas till KF och revisorerna"),
        ("arsredovisning 2026 kf", "tisdag 27 april 2027", "godkänns"),
        ("arsredovisning 2026 ansvarsfrihet", "tisdag 25 maj 2027", "beviljas"),
    ],
)
def test_a_decision_without_a_word_gets_the_moments_own(moment, decided_on, said):
    step, period, which = moment.split()
    key, now = MilestoneKey.of("hedemora", step, period, "kommunen", which), instant(f"{decided_on} kl. 16.00")
    with town().store.begin() as session:
        done = decide_moment(act(session, now, "sekreteraren"), key, Decided(on=now.date(), outcome=None))
        assert done.decision.outcome == said
