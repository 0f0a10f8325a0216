"""A sheet of a register: the mall has the enhet's own entries, and one that is left out is told by its name and giver."""

from collections.abc import Mapping

import pytest

from actions.plan.register_keeping import keep_entry
from arshjul.keys import ObligationKey
from arshjul.periods import Period
from arshjul.year.wheel import Obligation
from store.plan.planning import current_wheel
from submissions.files.filled import Filled
from submissions.finding import Finding
from submissions.ledger.known import known_of
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.review.examining import judged
from submissions.templates.mall import KnownFigures, mall_of
from submissions.templates.mall_workbook import workbook_of
from tests.rig.acts import act
from tests.rig.files.filling import fill_workbook
from tests.rig.handins import NOW, town
from tests.rig.load import made_up, text
from tests.rig.paths import ROOT

KEY = ObligationKey("granvik/ekonomirapport/2027-03/skolnamnden/underlag")
DEFINITION = made_up("granvik").definition
ALL = ("Se över skolskjutsen", "Ta fram en lokalplan", "Mät trivseln varje år")


def known_and_owed(*registered: Mapping[str, object]) -> tuple[KnownFigures, Obligation]:
    with town(name="granvik").store.begin() as session:
        for said in registered:
            keep_entry(act(session, NOW, "ekonomichef Exempel", sourced=made_up("granvik")), "uppdrag", said)
        one = current_wheel(session, DEFINITION, NOW).obligations[KEY]
        return known_of(session, DEFINITION, one), one


def found(known: KnownFigures, one: Obligation, rows: Mapping[str | int, Mapping[str, str]]) -> list[Finding]:
    part = one.parts[1]
    mall = mall_of(DEFINITION, one, part, "onsdag 14 april 2027 kl. 16.00")
    read = read_here(fill_workbook(workbook_of(mall, known), {"uppdragen": rows}), "xlsx", wanted_of(mall))
    assert isinstance(read, Filled)
    return [each for each in judged(DEFINITION, one, part, read, known) if each.rule == "uppdragen-alla"]


def answers(number: int) -> dict[str | int, dict[str, str]]:
    return {row: {"lage": "Pågår"} for row in range(number)}


def test_the_mall_has_the_enhets_own_entries_that_hold_for_the_period() -> None:
    known, one = known_and_owed(
        {"namn": "Gammalt", "enheter": ["skolnamnden"], "av": "KF", "beslut": "§ 1", "till": "2026"},
        {"namn": "Bolagets", "enheter": ["granvikshus"], "av": "KF", "beslut": "§ 2"},
        {"namn": "Nytt", "enheter": ["skolnamnden"], "av": "KS", "beslut": "2027-03-10 § 31"},
    )
    rows = known.rows["uppdragen"]
    assert [row["uppdrag"] for row in rows] == [*ALL, "Nytt"]
    assert (rows[0]["givare"], rows[0]["frist"]) == ("KF 2027-02-22 § 14", "2027-10-31")
    assert found(known, one, answers(4)) == []


def test_one_that_is_left_out_is_told_with_who_gave_it() -> None:
    known, one = known_and_owed()
    (told,) = found(known, one, answers(3) | {0: {"uppdrag": "Något annat", "lage": "Klart"}})
    assert (told.severity, told.message) == (
        "stopp",
        "Det här är inte redovisat på bladet Särskilda uppdrag: Se över skolskjutsen (KF 2027-02-22 § 14).",
    )


def test_the_handbooks_sheet_is_granviks() -> None:
    shown = (ROOT / "docs" / "blad.md").read_text(encoding="utf-8").partition("Ett blad som redovisar ett register")[2]
    block = shown.partition("```yaml\n")[2].partition("```")[0]
    assert "alla ur registret" in block
    assert block in text("granvik")


@pytest.mark.parametrize(("period", "holds"), [("2026-12", False), ("2027-03", True), ("2029-01", False)])
def test_an_entry_is_reported_for_the_years_that_it_says(period: str, holds: bool) -> None:
    assert DEFINITION.registers["uppdrag"].entries["trivsel"].holds(Period.parse(period)) is holds
