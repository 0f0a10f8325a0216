"""A decision whose word is not said is the moment's own: the law's where it has one."""

from datetime import timedelta

import pytest

from actions.bodies.recording import Decided
from actions.bodies.report_decisions import decide_moment
from arshjul.errors import RefusedError
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


def test_what_does_not_lie_before_a_body_is_not_decided_there_nor_what_was_taken_back_from_it():
    key, now = (
        MilestoneKey.of("hedemora", "delarsrapport", "2027-08", "kommunen", "ksau"),
        instant("onsdag 1 december 2027 kl. 16.00"),
    )
    day = instant("tisdag 5 oktober 2027 kl. 16.00").date()

    def decide(outcome: str, body: str | None = None, to: str | None = None) -> None:
        on = day if body is None else now.date() - timedelta(days=8)
        decide_moment(act(session, now, "sekreteraren"), key, Decided(on=on, outcome=outcome), body=body, to=to)

    with town().store.begin() as session:
        with pytest.raises(RefusedError, match="bland det som organet behandlar"):
            decide("godkänns", "kf")
        decide("överlämnas", to="kf")
        decide("godkänns")
        with pytest.raises(RefusedError, match="bland det som organet behandlar"):
            decide("läggs till handlingarna", "kf")
        decide("överlämnas", to="kf")
        decide("läggs till handlingarna", "kf")
