"""A finding cites what asks for its own part of its own enhet, and not the laws of all that its rule looks at."""

import pytest

from arshjul.lagrum import Lagrum
from submissions.review.examining import judged
from tests.rig.files.cases import careful, owed, put
from tests.rig.files.spoilt.case import Spoilt
from tests.rig.files.spoilt.every import SPOILT
from tests.rig.load import hedemora

DEFINITION = hedemora().definition


def cited(each: Spoilt) -> str:
    case = each.case
    (found,) = judged(DEFINITION, case.one, case.part, case.filled, case.known)
    return found.lagrum


# a mark of another ledger is told against a mall that this case makes up
IN_THE_FILE = [each for each in SPOILT if each.rule != "fel-orgnummer"]


@pytest.mark.parametrize("each", IN_THE_FILE, ids=[f"{each.rule}: {each.what}" for each in IN_THE_FILE])
def test_a_law_in_a_finding_is_its_own_parts(each: Spoilt) -> None:
    source, part = DEFINITION.checks[each.rule].source, owed(*each.which)[1]
    assert cited(each) == (part.lagrum.text if source.statutory else source.text)


def test_a_bolag_with_an_empty_cell_in_its_månadsrapport_is_told_no_law_of_kommuner() -> None:
    one, part = owed("manadsrapport", "2027-04", "energibolaget", "ekonomisk-uppfoljning")
    case = put("ekonomi-manad", "energibolaget", "budget", "")(careful(one, part))
    (found,) = judged(DEFINITION, one, part, case.filled, case.known)
    assert (found.rule, found.lagrum) == ("tom-ruta", "Hedemora styrmodell, ”Tidsplan för uppföljningar”")


def test_a_bolag_is_told_no_recommendation_for_kommuner_either() -> None:
    one, part = owed("manadsrapport", "2027-04", "energibolaget", "ekonomisk-uppfoljning")
    case = put("ekonomi-manad", "energibolaget", "budget", "")(careful(one, part))
    check = DEFINITION.checks["tom-ruta"].model_copy(update={"source": Lagrum("RKR R17", statutory=False)})
    definition = DEFINITION.model_copy(update={"checks": {**DEFINITION.checks, "tom-ruta": check}})
    (found,) = judged(definition, one, part, case.filled, case.known)
    assert "RKR" not in found.lagrum
