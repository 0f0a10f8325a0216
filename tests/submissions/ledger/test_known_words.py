"""Decided mål, the last prognos's comments and known risks: what a mall is prefilled with beside the figures."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from arshjul.definition.asked import Goal
from arshjul.definition.model import Definition
from arshjul.definition.reading import read_definition
from store.database import Session, memory_store
from store.handins.versions import Draft, add
from store.tables import ObligationRow
from submissions.files.filled import Filled
from submissions.ledger.known import known_of
from submissions.ledger.known_words import known_words
from submissions.templates.mall import NOTHING_KNOWN, KnownFigures
from submissions.templates.mall_workbook import workbook_of
from tests.rig.files import cases, filling
from tests.rig.files.cases import all_of, careful, put
from tests.rig.files.reviewing import found_in, mall, read
from tests.rig.files.spoilt.case import DELAR, MANAD
from tests.rig.handins import NOW
from tests.rig.load import file_of, hedemora

UNIT = "bildningsnamnden"
MARCH = ("prognos", "2027-03", UNIT, "helarsprognos")
YEAR = ("arsredovisning", "2027", UNIT, "driftredovisning")
SAID = {
    "forskola": "Fler barn än i budget.",
    "grundskola": "=Lokaler: hyran går upp i juli.",
}
RISKS = ({"risk": "Fel i utbetalningar", "sannolikhet": "2", "konsekvens": "3", "kontroll": "Stickprov på 50 utbetalningar"},
         {"risk": "Avtal följs inte", "sannolikhet": "2", "konsekvens": "2", "kontroll": "Genomgång av inköp utanför avtal"})  # fmt: skip
ASSESSED = ({"mal": "Alla elever når målen", "indikator": "Behöriga till gymnasiet", "malvarde": "90 procent"},
            {"mal": "God arbetsmiljö", "indikator": "Medarbetarindex", "malvarde": "78"})  # fmt: skip
GOAL = Goal.model_validate(
    {"år": 2027, "mål": "Alla läser", "indikator": "Läsprov åk 3", "målvärde": "95 %", "källa": "KL 5 kap. 1 §"}
)


@pytest.fixture
def session() -> Iterator[Session]:
    with memory_store().begin() as session:
        yield session


def hand_in(session: Session, which: tuple[str, str, str, str], filled: Filled, period: str = "") -> None:
    step, of, unit, part = which
    key = f"hedemora/{step}/{period or of}/{unit}/underlag"
    session.add(ObligationRow(
        key=key, step=step, period=period or of, unit=unit, krav="underlag", due_at=NOW, told_at=None, state="", wake_at=None
    ))  # fmt: skip
    session.flush()
    add(session, Draft(
        obligation_key=key, part=part, received_at=NOW, by="", via="", late=False, complete=True, filename=None,
        media_type=None, sha256=None, fields={}, ej_aktuellt=None, findings=[], content=filled.to_json(),
    ))  # fmt: skip


def commented() -> Filled:
    case = careful(*cases.owed(*MARCH))
    return all_of(*(put("ekonomi-prognos", row, "forklaring", text) for row, text in SAID.items()))(case).filled


def decided(*goals: Goal) -> Definition:
    whole = hedemora().definition
    unit = whole.units[UNIT].model_copy(update={"goals": goals})
    return whole.model_copy(update={"units": {**whole.units, UNIT: unit}})


def words(session: Session, which: tuple[str, str, str, str] = DELAR, of: Definition | None = None) -> Any:
    return known_words(session, of or hedemora().definition, cases.owed(*which)[0])


def test_the_comments_of_the_years_last_prognos_are_written_on_from(session: Session) -> None:
    assert words(session) == ({}, {})
    hand_in(session, MARCH, commented())
    texts, _ = words(session)
    assert texts == {row: {"forklaring-fg": text} for row, text in SAID.items()}
    assert words(session, MANAD) == ({}, {})  # a month asks for no prognos
    assert words(session, MARCH)[0] == {}  # nor does a prognos know itself


def test_last_years_comments_are_none_of_this_year(session: Session) -> None:
    hand_in(session, MARCH, commented(), period="2026-10")
    assert words(session)[0] == {}


def test_risks_stay_known_over_the_year_and_the_latest_count(session: Session) -> None:
    case = careful(*cases.owed(*DELAR))
    hand_in(session, DELAR, case.filled, period="2026-08")
    assert words(session)[1] == {"intern-kontroll": RISKS}  # and last year's mål are none of this year's
    changed = put("intern-kontroll", "Fel i utbetalningar", "sannolikhet", "1")(case).filled
    hand_in(session, YEAR, changed, period="2026")
    assert words(session)[1]["intern-kontroll"][0]["sannolikhet"] == "1"


def test_the_decided_mal_go_before_those_that_were_assessed_last(session: Session) -> None:
    hand_in(session, DELAR, careful(*cases.owed(*DELAR)).filled)
    assert words(session, YEAR)[1]["mal"] == ASSESSED
    of = decided(GOAL, GOAL.model_copy(update={"year": 2028}))
    assert words(session, YEAR, of)[1]["mal"] == (
        {"mal": "Alla läser", "indikator": "Läsprov åk 3", "malvarde": "95 %"},
    )


def test_decided_mal_are_read_from_the_definition() -> None:
    text = file_of("hedemora").read_text()
    head = "  bildningsnamnden:\n    namn: Bildningsnämnden\n    slag: nämnd\n"
    assert text.count(head) == 1
    more = f"{head}    mål:\n      - {{år: 2027, mål: Alla läser, indikator: Läsprov åk 3, målvärde: 95 %, källa: KL 5 kap. 1 §}}\n"
    assert read_definition(text.replace(head, more), "x.yaml").definition.units[UNIT].goals == (GOAL,)


def prefilled() -> KnownFigures:
    return KnownFigures(
        amounts={},
        texts={row: {"forklaring-fg": text} for row, text in SAID.items()},
        rows={"mal": ASSESSED, "intern-kontroll": RISKS},
    )


def test_the_mall_is_prefilled_with_them_and_they_are_text() -> None:
    content = workbook_of(mall(DELAR), prefilled())
    book = load_workbook(BytesIO(content))

    def at(sheet: str, row: str | int, column: str) -> Any:
        page, where = filling.place(content, sheet, row, column).split("!")
        return book[page][where]

    assert at("ekonomi-delar", "forskola", "forklaring").value == SAID["forskola"]
    evil = at("ekonomi-delar", "grundskola", "forklaring")
    assert (evil.value, evil.data_type, evil.quotePrefix) == (SAID["grundskola"], "s", True)
    assert [at("mal", 1, column).value for column in ("mal", "indikator", "malvarde", "bedomning")] == [
        "God arbetsmiljö", "Medarbetarindex", "78", None,
    ]  # fmt: skip
    assert at("intern-kontroll", 0, "konsekvens").value == 3
    fills = {at("mal", row, "mal").fill.start_color.rgb for row in (0, 2)}
    assert len(fills) == 2  # what is prefilled is blue, as amounts are
    assert not at("mal", 0, "mal").protection.locked


def test_a_mall_with_many_known_rows_has_room_for_all_and_some_more() -> None:
    known = KnownFigures(amounts={}, rows={"mal": tuple({"mal": f"Mål {number}"} for number in range(40))})
    page = load_workbook(BytesIO(workbook_of(mall(DELAR), known)))["Mål och indikatorer"]
    named = [row for row in range(1, page.max_row + 1) if str(page.cell(row, 1).value).startswith("Mål ")]
    assert len(named) == 40 and page.max_row >= max(named) + 3


def test_what_is_prefilled_is_asked_to_be_assessed_and_counts_as_filled_in_when_it_is() -> None:
    others = {sheet: rows for sheet, rows in filling.careful_tables(mall(DELAR)).items() if sheet != "mal"}
    found = found_in(DELAR, filling.fill_workbook(workbook_of(mall(DELAR), prefilled()), others))
    assert "God arbetsmiljö, Bedömning" in found["tom-ruta"].message and len(found) == 1
    content = filling.fill_workbook(workbook_of(mall(DELAR), prefilled()), filling.careful_tables(mall(DELAR)))
    assert read(DELAR, content).tables["mal"].rows[0].name == "Mål 1: fler klarar sin utbildning"
    assert found_in(DELAR, content) == {}


def test_the_known_figures_of_an_obligation_have_them(session: Session) -> None:
    hand_in(session, MARCH, commented())
    known = known_of(session, decided(GOAL), cases.owed(*DELAR)[0])
    assert known.text("forskola", "forklaring-fg") == SAID["forskola"]
    assert [each["mal"] for each in known.rows["mal"]] == ["Alla läser"]
    assert (NOTHING_KNOWN.text("forskola", "forklaring-fg"), NOTHING_KNOWN.rows) == ("", {})
