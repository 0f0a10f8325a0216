"""``flöde: false`` is silent in a whole rehearsed autumn: no letter of the day, no escalation, no handing over."""

from datetime import date

from app.rehearsal.rehearsal import rehearse
from arshjul.definition.reading import read_definition
from tests.rig.load import people_of, text


def test_a_year_whose_steps_want_no_flow_sends_nobody_a_letter() -> None:
    whole = text("strandby")
    for name in ("manadsrapport", "prognos", "delarsrapport", "arsredovisning"):
        head = f"\n  {name}:\n    namn"
        assert head in whole
        whole = whole.replace(head, f"\n  {name}:\n    flöde: false\n    namn", 1)
    happened = rehearse(
        read_definition(whole, "x.yaml"), people_of("strandby"), 2027, since=date(2027, 9, 1), until=date(2027, 10, 20)
    )
    kinds = {event.letter_kind for event in happened if event.kind == "letter"}
    assert kinds <= {"veckans brev"}, kinds
    assert not [event for event in happened if event.kind == "escalation"]
