"""When a report is whole, whoever the definition names proposes in a tjänsteskrivelse that a body approves it."""

import io
from dataclasses import replace

import pytest
from docx import Document

from actions.bodies.proposed_approval import approval_paper, is_proposed
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import OccurrenceKey, RoleId
from notifications.letters.papers.approval import our_approval
from notifications.letters.papers.paper_templates import TRIED
from notifications.letters.papers.word_template import try_here
from tests.rig.rounds import House, house, only
from tests.rig.swedish_words import instant

KEY = "strandby/manadsrapport/2027-09/bildningsnamnden/underlag"  # frist: torsdag 14 oktober 2027 kl. 16.00
SEPTEMBER = OccurrenceKey.of("manadsrapport", "2027-09")
AFTER = "fredag 15 oktober 2027 kl. 09.00"


def town(role: str | None = "kommundirektor", handled_by: str | None = None) -> House:
    sourced = only("manadsrapport", units=("bildningsnamnden",))
    roles = {"proposed_by": RoleId(role) if role else None, "handled_by": RoleId(handled_by) if handled_by else None}
    step = sourced.definition.steps["manadsrapport"].model_copy(update=roles)
    return house(replace(sourced, definition=sourced.definition.model_copy(update={"steps": {"manadsrapport": step}})))


def lines(of: House, papers: dict[str, bytes] | None = None, when: str = AFTER) -> list[str]:
    with of.store.read() as session:
        scene = Scene(session, replace(of.office, papers=papers or {}), instant(when))
        assert is_proposed(scene, scene.wheel.occurrence(SEPTEMBER))
        paper = approval_paper(scene, SEPTEMBER)
    assert paper.filename == "Tjänsteskrivelse månadsrapport september 2027.docx"
    document = Document(io.BytesIO(paper.content))
    cells = [line for table in document.tables for cell in table.rows[0].cells for line in cell.text.splitlines()]
    return [line.replace("\u00a0", " ") for line in (*cells, *(each.text for each in document.paragraphs)) if line]


def refusal(of: House, when: str = AFTER) -> str:
    with of.store.read() as session:
        scene = Scene(session, of.office, instant(when))
        assert not is_proposed(scene, scene.wheel.occurrence(SEPTEMBER))
        with pytest.raises(RefusedError) as refused:
            approval_paper(scene, SEPTEMBER)
    return str(refused.value)


def test_it_is_written_when_all_is_in_and_says_who_proposes_what_to_whom() -> None:
    whole = town()
    assert "Månadsrapport september 2027 är inte komplett: det saknas från bildningsnämnden." in refusal(whole)
    whole.hand_in(KEY, "torsdag 14 oktober 2027 kl. 09.00")
    told = lines(whole)
    assert told[:2] == ["Strandby kommun", "Kommundirektör"]
    said = "\n".join(told)
    assert "Datum: 15 oktober 2027" in said
    assert "Förslag till beslut" in told and "att godkänna månadsrapporten för september 2027." in told
    assert "Sammanställning av månadsrapporten för september 2027" in told
    assert "Allt som ska lämnas till månadsrapporten för september 2027 har kommit in: " in said
    assert "att granska och skriva under." in told[-1]
    assert told[told.index("Beslutet skickas till") + 1] == "Bildningsnämnden (nämndsekreteraren)"


def test_the_one_who_handles_the_matter_is_named() -> None:
    whole = town(handled_by="ekonomichef")
    whole.hand_in(KEY, "torsdag 14 oktober 2027 kl. 09.00")
    assert "Handläggare: Ekonomichef" in lines(whole)
    assert "Handläggare: Kommundirektör" not in lines(whole)


def test_the_municipalitys_own_template_is_used() -> None:
    whole = town()
    whole.hand_in(KEY, "torsdag 14 oktober 2027 kl. 09.00")
    own = Document(io.BytesIO(our_approval()))
    own.paragraphs[0].runs[0].text = "Kommunens egen mall: {{ rubrik }}"
    for run in own.paragraphs[0].runs[1:]:
        run.text = ""
    into = io.BytesIO()
    own.save(into)
    assert "Kommunens egen mall: Månadsrapporten för september 2027" in lines(whole, {"godkannande": into.getvalue()})


def test_a_step_without_one_who_proposes_has_none_and_is_told_how() -> None:
    silent = town(None)
    silent.hand_in(KEY, "torsdag 14 oktober 2027 kl. 09.00")
    assert "Skriv 'föreslås av' med en roll i steget" in refusal(silent)


def test_our_template_bears_what_any_is_tried_with() -> None:
    try_here(our_approval(), TRIED["godkannande"])
