"""A thing is asked for once: what stands on a sheet need not be written again in a text, and is found where it stands."""

from io import BytesIO

import pytest
from docx import Document

from arshjul.definition.reading import read_definition
from arshjul.definition.sheets.shipped import shipped
from arshjul.errors import DefinitionError
from submissions.review.book import judge, rulebook
from submissions.templates.mall_document import document_of
from tests.rig.files.cases import careful, owed, wheel, without_heading, written
from tests.rig.files.reviewing import mall
from tests.rig.files.spoilt.case import RISK, TEXT
from tests.rig.load import file_of, hedemora

BOOK = rulebook(hedemora())
PLANNED = ("prognos", "2027-03", "omsorgsnamnden", "planerade-atgarder")


@pytest.mark.parametrize("which", [TEXT, RISK, PLANNED], ids=" ".join)
@pytest.mark.parametrize(
    "said", ["", "Se bladet Åtgärder.", "Se ovan", "Inget att tillägga", "Bemanningen"],
    ids=["inget", "en hänvisning till bladet", "se ovan", "inget att tillägga", "ett ord"],
)  # fmt: skip
def test_nothing_or_a_reference_is_enough_under_what_a_sheet_asks_for(
    which: tuple[str, str, str, str], said: str
) -> None:
    one, part = owed(*which)
    once = [each.id for each in part.headings if each.answered_on]
    assert once
    case = careful(one, part)
    for heading in once:
        assert judge(written(heading, said)(case), BOOK) == ()
    assert judge(without_heading(once[0])(case), BOOK) == ()


def test_what_no_sheet_asks_for_and_an_unfinished_text_are_still_told() -> None:
    case = careful(*owed(*RISK))
    assert [each.rule for each in judge(written("riskanalys", "Se ovan")(case), BOOK)] == ["bara-hanvisning"]
    assert [each.rule for each in judge(without_heading("riskanalys")(case), BOOK)] == ["saknar-rubrik"]
    assert [each.rule for each in judge(written("atgarder", "Kommer senare")(case), BOOK)] == ["platshallare"]


def test_the_mall_says_on_which_sheet_it_is_answered_and_asks_for_nothing_twice() -> None:
    _, part = owed(*RISK)
    told = {each.id: each.help for each in part.headings}
    assert told["atgarder"] == (
        "Vad har ni gjort åt riskerna? Det som står på bladet Risk och intern kontroll behöver inte skrivas här också."
    )
    assert "bladet" not in told["riskanalys"]
    texts = [each.text for each in Document(BytesIO(document_of(mall(RISK)))).paragraphs]
    assert told["atgarder"] in texts


def test_every_sheet_that_a_heading_leans_on_is_handed_in_by_the_same_enhet_then() -> None:
    for one in wheel().obligations.values():
        sheets = {sheet for part in one.parts for sheet in part.sheets}
        sheets |= {sheet for each in one.fulfilled for sheet in each.part.sheets}
        leans = {heading.answered_on for part in one.parts for heading in part.headings if heading.answered_on}
        assert leans <= sheets, (one.key, [shipped()[each].title for each in leans - sheets])


def test_a_heading_that_leans_on_a_sheet_of_no_part_is_told() -> None:
    text = file_of("hedemora").read_text()
    wrong = text.replace("svaras på: ekonomi-delar", "svaras på: kassaflode")
    with pytest.raises(DefinitionError) as told:
        read_definition(wrong, "x.yaml")
    (fault,) = told.value.faults
    assert fault.rule == "svaras-pa" and fault.message.startswith("ingen del i steget har bladet 'kassaflode'")
    assert fault.line == 1 + wrong[: wrong.index("svaras på: kassaflode")].count("\n")
