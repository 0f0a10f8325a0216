"""A year whose tidplan is not fastställd is rehearsed as if it were, so that its letters can be seen before the decision."""

from datetime import date

import pytest

from app.rehearsal.rehearsal import as_fixed, rehearse
from tests.rig.load import people_of
from tests.rig.rounds import only

STEP = "manadsrapport"


def kinds(*, fixed: bool) -> set[str | None]:
    proposed = only(STEP, tidplan=False)
    wanted = as_fixed(proposed, 2027) if fixed else proposed
    days = {"since": date(2027, 10, 1), "until": date(2027, 10, 20)}
    return {one.letter_kind for one in rehearse(wanted, people_of("strandby"), 2027, **days) if one.kind == "letter"}


@pytest.mark.parametrize(("fixed", "goes"), [(True, {"dagens brev", "veckans brev"}), (False, {"veckans brev"})])
def test_a_proposed_year_sends_its_letters_in_a_rehearsal_alone(fixed: bool, goes: set[str]) -> None:
    assert goes <= kinds(fixed=fixed)
    assert fixed or kinds(fixed=fixed) == goes


def test_a_year_that_is_fastställt_is_rehearsed_as_it_is() -> None:
    decided = only(STEP)
    assert as_fixed(decided, 2027) is decided
    assert as_fixed(decided, 2050).definition.is_fixed(2050)
