"""A matter reaches KSAU though the municipality's own Word template cannot be filled in on that day."""

import io
from dataclasses import replace

import pytest
from docx import Document

from arshjul.definition.asked import OwnPaper
from notifications.letters.papers.paper_templates import paper_faults
from store.tables import LetterRow, Matter
from tests.rig.climbing import AFTER, SECRETARY, climb, month
from tests.rig.rounds import attached, body

pytestmark = pytest.mark.whole


def test_what_passed_at_start_and_fails_in_the_round_gives_our_paper_and_a_word_to_the_ekonomikontor(tmp_path):
    paper, into = Document(), io.BytesIO()
    paper.add_paragraph("{{ rubrik }}{% if 'Bildningsnämnden' in enheter %}{{ orgen }}{% endif %}")
    paper.save(into)
    (tmp_path / "egen.docx").write_bytes(into.getvalue())
    town = month()
    own = OwnPaper(fil="egen.docx", källa="KL 11 kap. 16 §")
    definition = town.office.definition.model_copy(update={"papers": {"tjansteskrivelse": own}})
    town.office = replace(
        town.office,
        sourced=replace(town.office.sourced, definition=definition),
        papers={"tjansteskrivelse": into.getvalue()},
    )
    assert paper_faults(town.office.sourced, tmp_path) == []

    climb(town, AFTER)
    assert town.rows(Matter)
    assert not [row for row in town.rows(LetterRow) if "/oskrivet/" in row.key]
    (letter,) = [mail for mail in town.to(SECRETARY) if any("jänsteskrivelse" in name for name in attached(mail))]
    (written,) = [part for part in letter.iter_attachments() if "jänsteskrivelse" in part.get_filename()]
    assert "Bildningsnämnden" in "".join(each.text for each in Document(io.BytesIO(written.get_content())).paragraphs)
    told, again = [mail for mail in town.to("ekonomikontoret") if "egen.docx" in str(mail["Subject"])]
    assert "Mallen 'egen.docx' till tjänsteskrivelsen har ett okänt fält 'orgen', menade du 'organ'?" in body(told)
    assert "efter tjänstens egen mall i stället" in body(told)
    days = [str(each["X-Arshjul-Key"]).rpartition("/")[2] for each in (told, again)]
    assert days == ["2027-10-20", "2027-10-21"]  # Wednesday, of the draft, and Thursday, of the paper
