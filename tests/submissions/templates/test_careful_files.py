"""A mall that is filled in with care passes: written, saved, read in this process and judged, without a finding."""

import pytest

from arshjul.year.wheel import Obligation, PartOwed
from submissions.files.filled import Filled
from submissions.readers.here import read_here
from submissions.readers.wanted import wanted_of
from submissions.review.examining import judged
from submissions.templates.mall import NOTHING_KNOWN, Mall
from tests.rig.files.filling import careful
from tests.rig.files.malls import every_mall, mall, wheel
from tests.rig.load import hedemora
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

FILES = TESTS / "files"


def owed_of(mall: Mall) -> tuple[Obligation, PartOwed]:
    """Return what a mall is of."""
    mark = mall.mark
    for one in wheel().obligations.values():
        if (one.step, one.period.key, one.unit) == (mark.step, mark.period, mark.unit):
            for part in one.parts:
                if part.id == mark.part:
                    return one, part
    raise LookupError(mark)


def rules(mall: Mall, content: bytes, kind: str) -> list[tuple[str, str]]:
    """Read a file for its mall, and return what the rules found: rule and place."""
    one, part = owed_of(mall)
    filled = read_here(content, kind, wanted_of(mall))
    assert isinstance(filled, Filled), filled
    return [(each.rule, each.place) for each in judged(hedemora().definition, one, part, filled, NOTHING_KNOWN)]


def alike(mall: Mall) -> tuple[str | None, ...]:
    """Malls of the same part, month and enhet differ in nothing but the year."""
    return (mall.mark.step, mall.mark.period, mall.mark.unit, mall.mark.part)


@pytest.mark.parametrize("each_unit", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["slag", "enheter"])
@pytest.mark.parametrize("step", ["manadsrapport", "prognos", "delarsrapport", "arsredovisning"])
def test_every_mall_of_a_report_passes_as_excel_saves_it(step: str, each_unit: bool) -> None:
    of_step = [each for each in every_mall() if each.mark.step == step and str(each.mark.period).startswith("2027")]
    months = {each.mark.period for each in of_step}
    chosen = [
        each for each in of_step if step in ("delarsrapport", "arsredovisning") or each.mark.period == max(months)
    ]
    assert len(chosen) > 5
    # those of a report's other enheter differ by their words and what they are called
    one_of_each = {(each.mark.part, each.unit_kind): each for each in chosen}
    for each in chosen if each_unit else one_of_each.values():
        kind = "xlsx" if each.form == "tabell" else "docx"
        assert rules(each, careful(each), kind) == [], alike(each)


@pytest.mark.parametrize(
    ("file", "unit", "part"),
    [
        ("ekonomi.libreoffice.xlsx", "bildningsnamnden", "ekonomi"),
        ("ekonomi.libreoffice.ods", "bildningsnamnden", "ekonomi"),
        ("rakenskaper.libreoffice.xlsx", "kommunstyrelsen", "kommunens-rakenskaper"),
        ("mal-och-resultat.libreoffice.docx", "bildningsnamnden", "mal-och-resultat"),
        ("mal-och-resultat.libreoffice.odt", "bildningsnamnden", "mal-och-resultat"),
    ],
)
def test_a_careful_file_passes_as_libreoffice_saves_it(file: str, unit: str, part: str) -> None:
    asked = mall("delarsrapport", "2027-08", unit, part)
    assert rules(asked, (FILES / file).read_bytes(), file.rpartition(".")[2]) == []
