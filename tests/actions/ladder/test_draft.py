"""Who signs a tjänsteskrivelse has its draft with the ladder's last word, and the paper says when."""

import io

import pytest
from docx import Document

from tests.rig.climbing import AFTER, SECRETARY, climb, month
from tests.rig.rounds import House, attached, body

pytestmark = pytest.mark.whole

DRAFT = "utkast-tjansteskrivelse-manadsrapport-september-2027.docx"


@pytest.fixture(scope="module")
def climbed() -> House:
    town = month()
    climb(town, AFTER)
    return town


def words(town: House, name: str, file: str) -> str:
    (paper,) = [
        part for mail in town.to(name) for part in mail.iter_attachments() if str(part.get_filename()).endswith(file)
    ]
    found = "\n".join(each.text for each in Document(io.BytesIO(paper.get_content())).paragraphs)
    return found.replace("\u00a0", " ")


def test_the_ekonomichef_has_the_draft_before_it_goes_and_nobody_else_has(climbed: House) -> None:
    (letter,) = [mail for mail in climbed.to("ekonomichef") if DRAFT in attached(mail)]
    assert "Du står som handläggare" in body(letter) and "så håller ekonomikontoret ärendet" in body(letter)
    assert "Sista påminnelsen" in str(letter["Subject"])
    assert [name for mail in climbed.to("kommundirektor") for name in attached(mail) if name == DRAFT] == []
    assert "Utkast. Skrivelsen lämnas till kommunstyrelsens arbetsutskott torsdag" in words(
        climbed, "ekonomichef", DRAFT
    )


def test_the_paper_says_when_the_draft_came_and_that_it_went_by_itself(climbed: House) -> None:
    said = words(climbed, SECRETARY, DRAFT.removeprefix("utkast-"))
    assert "fick utkastet den 20 oktober 2027. Kommunens årshjul lämnade skrivelsen vid sin tid" in said
    assert "Utkast." not in said
