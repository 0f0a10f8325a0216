"""The laglighetskontroll tells what was held against the law, what was found, and what is not decided, on one page."""

import io
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Paper
from pypdfium2 import PdfDocument

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.swedish import STOCKHOLM
from arshjul.year.turning import turn
from submissions.papers.laglighet import Control, control_paper
from tests.rig.load import SHIPPED, file_of, text

AT = datetime(2026, 11, 30, 11, 49, tzinfo=STOCKHOLM)


def control(whole: str, *years: int) -> Control:
    sourced = read_definition(whole, "kommun.yaml")
    return Control(
        definition=sourced.definition,
        wheel=turn(sourced.definition, years),
        years=years,
        faults=check(sourced, years),
        file="kommun.yaml",
        fingerprint="ab" * 32,
        at=AT,
        by="kommundirektören",
    )


def read(control: Control) -> Paper:
    return Document(io.BytesIO(control_paper(control)))


def rows(paper: Paper, table: int) -> list[tuple[str, ...]]:
    return [tuple(cell.text.replace("\u00a0", " ") for cell in row.cells) for row in paper.tables[table].rows]


def said(paper: Paper) -> str:
    return "\n".join(each.text for each in paper.paragraphs).replace("\u00a0", " ")


def test_a_lawful_year_says_what_was_held_and_by_which_wording() -> None:
    paper = read(control(text("lindo"), 2026))
    assert rows(paper, 0)[1:] == [
        ("Kommun", "Lindö kommun"),
        ("Tidplan", "2026: fastställd av KS den 19 november 2025"),
        ("Definition", "kommun.yaml"),
        ("SHA-256", "ab" * 32),
        ("Kontrollen gjord", "måndag 30 november 2026 kl. 11.49, av kommundirektören"),
    ]
    assert "Utfall. Kontrollen fann inget fel." in said(paper)
    held = {lagrum: (sfs, outcome) for lagrum, sfs, _, outcome in rows(paper, 2)[1:]}
    assert held["KL 11 kap. 16 §"] == ("2018:600", "inget att anmärka")
    assert held["LKBR 13 kap. 1 §"] == ("2018:597", "inget att anmärka")
    assert "KL 11 kap. 15 §" not in held, "no such moment, so nothing was held"
    assert "mot KL 5 kap. 14 § (fullmäktige tar inga extra ärenden)" in said(paper)
    assert "KL är kommunallagen (2017:725) i lydelsen den 26 maj 2025, med ändringar till och med SFS 2025:374" in said(
        paper
    )


def test_what_is_wrong_doubtful_or_only_the_plans_own_is_told_apart_with_its_day_and_remedy() -> None:
    whole = text("lindo").replace("dag: {regel: {regel: möte, organ: ks, månad: mars, år: 1}, källa: KL 11 kap. 20 §}",
        "dag: {regel: {regel: fast dag, dag: 20 april, år: 1}, beslutade: {2026: 2027-04-21}, källa: KL 11 kap. 20 §}")  # fmt: skip
    whole = whole.replace("avser: revisionsberättelse publiceras, ", "")
    paper = read(control(whole, 2026))
    found = rows(paper, 1)[1:]
    assert [row[0] for row in found] == sorted((row[0] for row in found), key=["Fel", "Varning", "Notering"].index)
    by_law = {lagrum: (kind, words) for kind, lagrum, words in found}
    assert by_law["KL 11 kap. 20 §"][0] == "Fel"
    assert "onsdag 21 april 2027 ligger efter den 15 april" in by_law["KL 11 kap. 20 §"][1]
    assert by_law["KL 8 kap. 16 a §"][0] == "Varning"
    assert "Felen ska rättas innan tidplanen fastställs." in said(paper)
    outcome = {lagrum: told for lagrum, _, _, told in rows(paper, 3)[1:]}
    assert (outcome["KL 11 kap. 20 §"], outcome["KL 8 kap. 16 a §"]) == ("fel", "varning")


def test_what_is_not_decided_is_said() -> None:
    lindo = said(read(control(text("lindo"), 2026)))
    assert "dagar 2027 är förslag och är prövade som förslag." in lindo
    stenvik = said(read(control(text("stenvik"), 2027)))
    assert "Dag saknas för " in stenvik and "till." in stenvik
    assert "Allt i planen har en beslutad dag." not in lindo + stenvik


def test_the_same_control_gives_the_same_bytes() -> None:
    one = control(text("lindo"), 2026)
    assert control_paper(one) == control_paper(one)


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("soffice") is None, reason="there is no LibreOffice here")
@pytest.mark.parametrize("name", SHIPPED)
def test_a_usual_control_is_one_page(name: str, tmp_path: Path) -> None:
    file = tmp_path / "kontroll.docx"
    file.write_bytes(control_paper(control(file_of(name).read_text(encoding="utf-8"), 2027)))
    command = (
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--convert-to",
        "pdf",
        str(file),
    )
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    assert len(PdfDocument(str(file.with_suffix(".pdf")))) == 1
