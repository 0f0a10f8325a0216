"""A paper for a body as an ordförande accepts it: addressee, lagrum, day and what follows, whoever it is that is late.

Hedemora's own definition and people, October 2027: KSAU proposes, and kommunstyrelsen decides.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from docx import Document

from actions.papers.before_body import meeting_in_time
from actions.papers.matter_telling import matter_view
from actions.scene import Scene
from arshjul.keys import BodyId, ObligationKey, RoleId, UnitId
from arshjul.year.days.meetings import Meeting
from notifications.letters.papers.tjansteskrivelse import tjansteskrivelse_file
from notifications.letters.views.matter_view import MatterView
from tests.rig.rounds import House, house, only
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

REPORT = "hedemora/delarsrapport/2027-08"
RAISED = "tisdag 28 september 2027 kl. 07.00"


@pytest.fixture(scope="module")
def town() -> House:
    service = house(only("delarsrapport", town="hedemora"))
    with service.store.begin() as session:
        Scene(session, service.office, instant("torsdag 26 augusti 2027 kl. 12.00")).plan()
    return service


def matter(service: House, keys: Iterable[str], *, raised: str = RAISED, **changes: Any) -> MatterView:
    office = service.office
    if changes:
        definition = office.definition
        bodies = {**definition.bodies, "ksau": definition.bodies["ksau"].model_copy(update=changes)}
        changed = definition.model_copy(update={"bodies": bodies})
        office = replace(office, sourced=replace(office.sourced, definition=changed))
    with service.store.begin() as session:
        scene = Scene(session, office, instant(raised))
        sight = scene.look([ObligationKey(each) for each in keys])
        late = list(sight.obligations)
        meeting: Meeting | None = meeting_in_time(scene, late[0], BodyId("ksau"))
        return matter_view(sight, late, meeting, scene.now, BodyId("ksau"))


def words(view: MatterView) -> str:
    document = Document(io.BytesIO(tjansteskrivelse_file(view).content))
    cells = (each.text for table in document.tables for row in table.rows for each in row.cells)
    found = "\n".join((*cells, *(each.text for each in document.paragraphs)))
    return re.sub(r"[ \u00a0\u202f]+", " ", found)


def proposal(view: MatterView) -> list[str]:
    return view.proposal.splitlines()


END = "att paragrafen förklaras omedelbart justerad."
PROPOSES = "Kommunstyrelsens arbetsutskott föreslår kommunstyrelsen besluta"


def test_of_a_nämnd_it_is_asked_by_kl_6_12_and_after_kommunstyrelsen_has_met(town: House) -> None:
    view = matter(town, [f"{REPORT}/omsorgsnamnden/underlag"])
    assert proposal(view) == [
        PROPOSES,
        "att med stöd av 6 kap. 12 § kommunallagen begära in det som saknas i underlag till delårsrapporten per den 31 augusti 2027 "
        "från omsorgsnämnden, till ekonomikontoret senast den 20 oktober 2027, och",
        END,
    ]
    assert view.sent_to == ("Omsorgsnämnden (nämndsekreteraren)", "Ekonomikontoret")
    assert view.signer is not None
    assert (view.signer.role, view.signer.name) == ("ekonomichef", "Ekonomichef")
    said = words(view)
    assert "Därefter: KS beslutar om delårsrapporten den 19 oktober 2027" in said
    assert "Sista dag enligt lag" in said and "KL 11 kap. 16 §" in said
    assert "KL 6 kap. 12 §; KL 11 kap. 16 §" in said
    assert "trots påminnelser" not in said and "Länken öppnad" not in said and "Påminnelse skickades" not in said
    assert "Att försenade underlag tas upp här står i kommunens årshjul (kommunens egen ordning" in said
    assert "Ärendet lämnas därför till kommunstyrelsens arbetsutskott." in said and '"' not in said


def test_without_a_meeting_of_the_utskott_the_day_still_comes_after_kommunstyrelsen_has_met(town: House) -> None:
    view = matter(town, [f"{REPORT}/omsorgsnamnden/underlag"], raised="måndag 4 oktober 2027 kl. 15.00", extra=None)
    assert view.meeting_at is None  # the chair decides how it is taken up, but kommunstyrelsen meets on 19 October
    assert "senast den 20 oktober 2027, och" in proposal(view)[1]


def test_of_a_bolag_it_is_asked_by_uppsikt_and_ägardirektiv_and_never_by_kl_6_12_or_lkbr(town: House) -> None:
    view = matter(town, [f"{REPORT}/bostadsbolaget/underlag"])
    assert proposal(view)[1] == (
        "att inom ramen för styrelsens uppsikt (6 kap. 1 och 9 §§ kommunallagen) och enligt ägardirektiven begära att "
        "Bostadsbolaget AB senast den 20 oktober 2027 lämnar det som saknas i underlag till delårsrapporten per den 31 augusti 2027 "
        "till ekonomikontoret, och"
    )
    said = words(view)
    assert "KL 6 kap. 1 §; KL 6 kap. 9 §; ägardirektiv" in said
    assert "KL 6 kap. 12 §" not in said and "LKBR" not in said


def test_what_the_styrelse_itself_owes_is_the_kommundirektörs_by_uppdrag(town: House) -> None:
    view = matter(town, [f"{REPORT}/kommunstyrelsen/underlag"])
    assert proposal(view)[1] == (
        "att ge kommundirektören i uppdrag att tillsammans med HR-chefen senast den 20 oktober 2027 lämna det som saknas i "
        "underlag till delårsrapporten per den 31 augusti 2027 till ekonomikontoret, och"
    )
    assert "begära in" not in view.proposal and "uppmanar" not in view.proposal
    assert view.sent_to == ("Kommundirektören", "HR-chefen", "Ekonomikontoret")


def test_what_the_ekonomichef_owes_is_signed_by_the_kommundirektör(town: House) -> None:
    raised = "måndag 30 augusti 2027 kl. 07.00"
    view = matter(town, [f"{REPORT}/kommunstyrelsen/anvisning"], raised=raised)
    assert "ge kommundirektören i uppdrag att se till att ekonomichefen senast den" in proposal(view)[1]
    assert view.signer is not None and view.signer.role == "kommundirektor"
    said = words(view)
    assert "Handläggare: Kommundirektör" in said
    assert "Upprättad av kommunens årshjul för kommundirektören." in said
    assert "Enheterna behöver det som saknas för att kunna göra klart sina underlag till delårsrapporten" in said
    assert "kan inte bli fullständig" not in said  # the anvisningar are no part of the report
    assert "Sammanställning av" not in said  # nothing has come in


def test_of_three_enheter_of_which_one_came_in_the_other_two_are_named_each_by_its_own_law(town: House) -> None:
    service = town.copy()
    enheter = ("bildningsnamnden", "omsorgsnamnden", "energibolaget")
    service.hand_in(f"{REPORT}/bildningsnamnden/underlag", "måndag 20 september 2027 kl. 10.00")
    with service.store.read() as session:
        sight = Scene(session, service.office, instant(RAISED)).look(
            [ObligationKey(f"{REPORT}/{each}/underlag") for each in enheter]
        )
        remain = [one.key for one in sight.obligations if sight.standing(one).owing]
    view = matter(service, remain)
    assert "bildningsnämnden" not in view.proposal.lower()
    assert ["från omsorgsnämnden" in each for each in proposal(view)] == [False, True, False, False]
    assert ["att Energibolaget AB" in each for each in proposal(view)] == [False, False, True, False]
    assert view.sent_to == ("Omsorgsnämnden (nämndsekreteraren)", "Energibolaget AB (VD:n)", "Ekonomikontoret")
    laws = view.lagrum.text.split("; ")
    with service.store.read() as session:
        wheel = Scene(session, service.office, instant(RAISED)).wheel
        owed_by = [wheel.obligations[key].lagrum.text.split("; ") for key in remain]
    assert owed_by[0] != owed_by[1] and {*owed_by[0], *owed_by[1]} < {*laws}  # the bolag's beside the nämnd's
    assert "Delårsrapporten per den 31 augusti 2027 kan inte bli fullständig" in words(view)
    assert "Sammanställning av det som har kommit in" in words(view)
    assert "Bildningsnämnden" not in words(view) and "1 av 6 enheter har lämnat in allt." in words(view)


def test_where_a_delegation_says_so_the_utskott_decides_itself_and_the_day_is_after_its_own_meeting(
    town: House,
) -> None:
    view = matter(town, [f"{REPORT}/omsorgsnamnden/underlag"], decides=town.office.definition.bodies["ksau"].source)
    assert proposal(view)[0] == "Kommunstyrelsens arbetsutskott beslutar"
    assert "senast den 6 oktober 2027" in proposal(view)[1]
    assert "Kommunstyrelsens arbetsutskott beslutar enligt kommunens egen ordning, ”Sammanträdesdagar”." in words(view)


def test_where_there_is_no_kommundirektör_none_is_named_and_who_answers_for_the_styrelsen_gets_the_uppdrag(
    town: House,
) -> None:
    definition = town.office.definition
    chief, late = RoleId("kommundirektor"), [ObligationKey(f"{REPORT}/kommunstyrelsen/underlag")]
    roles = {role: each for role, each in definition.roles.items() if role != chief}
    styrelse = definition.units[UnitId("kommunstyrelsen")].model_copy(
        update={"responsible": RoleId("forvaltningschef")}
    )
    ladders = {
        key: ladder.model_copy(update={"rungs": tuple(each for each in ladder.rungs if each.tag != chief)})
        for key, ladder in definition.ladders.items()
    }
    changed = definition.model_copy(
        update={"roles": roles, "ladders": ladders, "units": {**definition.units, UnitId("kommunstyrelsen"): styrelse}}
    )
    service = town.copy()
    service.office = replace(service.office, sourced=replace(service.office.sourced, definition=changed))
    view = matter(service, late)
    assert "ge förvaltningschefen i uppdrag" in proposal(view)[1]
    assert view.sent_to == ("Förvaltningschefen", "HR-chefen", "Ekonomikontoret")
    assert "kommundirektör" not in (view.proposal + " ".join(view.sent_to)).lower()
