"""What is known of an enhet that took over from others: their figures, summed row by row, and whose they were."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from arshjul.definition.asked import Verksamhet
from arshjul.definition.model import Definition
from arshjul.definition.units.unit import Unit
from arshjul.periods import Period
from arshjul.year.succession import NOBODY, Before, before
from store.database import Session, memory_store
from store.handins.ledgers import LedgerDraft
from store.handins.ledgers import add as add_file
from store.handins.versions import Draft, add
from store.tables import ObligationRow
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable
from submissions.ledger.known import known_of
from submissions.templates.mall import KnownFigures, mall_of
from submissions.templates.mall_words import whose_lines
from submissions.templates.mall_workbook import workbook_of
from tests.rig.handins import NOW
from tests.rig.hedemora import BIN_UNDERLAG, town, whole_hedemora

pytestmark = pytest.mark.whole

NEW_YEAR = date(2028, 1, 1)  # a Saturday: an enhet's first day is any day
SCHOOL, CULTURE, BOTH = "skolnamnden", "kulturnamnden", "barn-och-kulturnamnden"


def unit(
    name: str, *rows: str, since: date | None = None, until: date | None = None, after: tuple[str, ...] = ()
) -> Unit:
    model = whole_hedemora().definition.units["bildningsnamnden"]
    verksamheter = {row: Verksamhet(namn=row.capitalize(), objekt=()) for row in rows}
    changed = {"name": name, "since": since, "until": until, "succeeds": after, "verksamheter": verksamheter}
    return model.model_copy(update=changed)


def definition(**units: Unit) -> Definition:
    whole = whole_hedemora().definition
    return whole.model_copy(
        update={"units": {**whole.units, **{key.replace("_", "-"): each for key, each in units.items()}}}
    )


def merged(since: date = NEW_YEAR) -> Definition:
    """Two nämnder that become one; both had a row for their administration."""
    end = date.fromordinal(since.toordinal() - 1)
    return definition(
        skolnamnden=unit("Skolnämnden", "administration", "grundskola", until=end),
        kulturnamnden=unit("Kulturnämnden", "administration", "bibliotek", until=end),
        barn_och_kulturnamnden=unit(
            "Barn- och kulturnämnden",
            "administration",
            "grundskola",
            "bibliotek",
            "nytt",
            since=since,
            after=(SCHOOL, CULTURE),
        ),
    )


@pytest.fixture
def session() -> Any:
    with memory_store().begin() as session:
        yield session


def hand_in(session: Session, who: str, period: str, step: str = "delarsrapport", **rows: dict[str, int]) -> None:
    key = f"hedemora/{step}/{period}/{who}/underlag"
    session.add(ObligationRow(
        key=key, step=step, period=period, unit=who, krav="underlag", due_at=NOW, told_at=None, state="", wake_at=None
    ))  # fmt: skip
    session.flush()
    body = tuple(
        FilledRow(name=row, place="", id=row, cells={
            column: Cell(place="", text=str(number), number=Decimal(number)) for column, number in cells.items()
        })
        for row, cells in rows.items()
    )  # fmt: skip
    content = Filled(
        kind="xlsx", tables={"ekonomi-delar": FilledTable(sheet="ekonomi-delar", title="Ekonomi", rows=body)}
    )
    add(session, Draft(
        obligation_key=key, part="ekonomi", received_at=NOW, by="", via="", late=False, complete=True, filename=None,
        media_type=None, sha256=None, fields={}, ej_aktuellt=None, findings=[], content=content.to_json(),
    ))  # fmt: skip


def book(session: Session, period: str, amounts: dict[str, dict[str, dict[str, int]]]) -> None:
    """Take in a ledger file; its amounts are in tkr."""
    in_ore = {
        who: {row: {column: each * 100_000 for column, each in cells.items()} for row, cells in rows.items()}
        for who, rows in amounts.items()
    }
    content = period.encode()
    add_file(session, LedgerDraft(
        ledger="kommunen", period=period, company="Hedemora kommun", to_date=None, filename="bok.se",
        sha256=sha256(content).hexdigest(), content=content, by="", received_at=NOW, amounts=in_ore,
    ))  # fmt: skip


def known(session: Session, of: Definition, who: str = BOTH, period: str = "2028-08") -> KnownFigures:
    one = town(whole=True).wheel.obligations[BIN_UNDERLAG]
    return known_of(session, of, replace(one, unit=who, unit_name=of.units[who].name, period=Period.parse(period)))


def amounts(found: KnownFigures, column: str, *rows: str) -> list[int | None]:
    told = (found.amount(row, column) for row in rows)
    return [None if each is None else int(each) for each in told]


def test_last_years_outcome_of_those_that_were_merged_is_summed_row_by_row_and_says_whose_it_was(
    session: Session,
) -> None:
    hand_in(session, SCHOOL, "2027-08", administration={"utfall": 100}, grundskola={"utfall": 900})
    hand_in(session, CULTURE, "2027-08", administration={"utfall": 30}, bibliotek={"utfall": 200})
    found = known(session, merged())
    rows = ("administration", "grundskola", "bibliotek", "nytt")
    assert amounts(found, "utfall-fg", *rows) == [130, 900, 200, None]
    assert found.whose("administration", "utfall-fg") == ("Skolnämnden", "Kulturnämnden")
    assert (found.whose("grundskola", "utfall-fg"), found.whose("nytt", "utfall-fg")) == (("Skolnämnden",), ())


def test_a_sum_of_which_a_part_is_not_known_is_not_known(session: Session) -> None:
    hand_in(session, SCHOOL, "2027-08", administration={"utfall": 100}, grundskola={"utfall": 900})
    found = known(session, merged())
    assert amounts(found, "utfall-fg", "administration", "grundskola") == [None, 900]


def test_last_years_ledger_file_goes_before_what_was_handed_in(session: Session) -> None:
    hand_in(session, SCHOOL, "2027-08", administration={"utfall": 99}, grundskola={"utfall": 900})
    book(session, "2027-08", {SCHOOL: {"administration": {"utfall": 100}}, CULTURE: {"administration": {"utfall": 30}}})
    found = known(session, merged())
    assert amounts(found, "utfall-fg", "administration", "grundskola") == [130, 900]


def test_this_years_file_goes_before_all_but_not_with_the_noughts_of_objects_that_were_not_there(
    session: Session,
) -> None:
    hand_in(session, SCHOOL, "2027-08", administration={"utfall": 100}, grundskola={"utfall": 900})
    rows = {"grundskola": {"utfall": 950, "utfall-fg": 0}, "bibliotek": {"utfall": 210, "utfall-fg": 205}}
    book(session, "2028-08", {BOTH: rows})
    found = known(session, merged())
    assert amounts(found, "utfall-fg", "grundskola", "bibliotek") == [900, 205]
    assert (found.whose("grundskola", "utfall-fg"), found.whose("bibliotek", "utfall-fg")) == (("Skolnämnden",), ())


def test_what_the_enhet_knows_itself_is_asked_of_nobody(session: Session) -> None:
    hand_in(session, BOTH, "2028-08", grundskola={"utfall": 950, "prognos": 1400})
    hand_in(session, SCHOOL, "2028-08", grundskola={"utfall": 1, "prognos": 1})
    assert known(session, merged(), period="2029-08").amount("grundskola", "utfall-fg") == 950
    assert not known(session, merged(), period="2029-08").inherited


def test_in_a_year_that_was_parted_the_last_prognos_and_the_budget_are_the_predecessors(session: Session) -> None:
    july = merged(since=date(2028, 7, 1))  # a Saturday
    for period, prognos in (("2028-03", 1300), ("2028-05", 1350)):
        hand_in(
            session,
            SCHOOL,
            period,
            "prognos",
            administration={"utfall": 40, "prognos": 150},
            grundskola={"utfall": 400, "prognos": prognos},
        )
    hand_in(
        session,
        CULTURE,
        "2028-03",
        "prognos",
        administration={"utfall": 10, "prognos": 45},
        bibliotek={"utfall": 80, "prognos": 300},
    )
    book(session, "2028-05", {SCHOOL: {"grundskola": {"budget": 1290}}})
    found = known(session, july)
    assert found.amount("grundskola", "prognos-fg") == 1350 and found.forecast_period == Period(2028, 5)
    assert found.amount("grundskola", "utfall-vid-prognos-fg") == found.amount("grundskola", "utfall-forra") == 400
    assert found.amount("grundskola", "budget") == 1290
    assert found.amount("administration", "prognos-fg") is None  # May's is only half known


def test_of_one_that_was_split_nothing_can_be_compared_and_that_is_said(session: Session) -> None:
    split = definition(
        skolnamnden=unit("Skolnämnden", "forskola", "grundskola", until=date(2027, 12, 31)),
        forskolenamnden=unit("Förskolenämnden", "forskola", since=NEW_YEAR, after=(SCHOOL,)),
        grundskolenamnden=unit("Grundskolenämnden", "grundskola", since=NEW_YEAR, after=(SCHOOL,)),
    )
    hand_in(session, SCHOOL, "2027-08", forskola={"utfall": 300}, grundskola={"utfall": 900})
    found = known(session, split, "grundskolenamnden")
    assert (found.amounts, found.split) == ({}, ("Skolnämnden",))
    assert list(lines(split, "grundskolenamnden", found)) == [
        "Från Skolnämnden finns inget att jämföra med, för flera enheter har tagit över därifrån. "
        "Fyll i siffrorna omräknade, om de finns."
    ]  # fmt: skip


def test_an_enhet_that_is_one_row_takes_over_the_row_of_one_that_was(session: Session) -> None:
    changed = definition(
        skolnamnden=unit("Skolnämnden", until=date(2027, 12, 31)),
        utbildningsnamnden=unit("Utbildningsnämnden", since=NEW_YEAR, after=(SCHOOL,)),
    )
    hand_in(session, SCHOOL, "2027-08", skolnamnden={"utfall": 900})
    assert known(session, changed, "utbildningsnamnden").amounts == {"utbildningsnamnden": {"utfall-fg": 900}}


def lines(of: Definition, who: str, found: KnownFigures) -> Any:
    one = town(whole=True).wheel.obligations[BIN_UNDERLAG]
    one = replace(one, unit=who, unit_name=of.units[who].name, period=Period(2028, 8))
    part = next(each for each in one.parts if each.id == "ekonomi")
    mall = mall_of(of, one, part, "tisdag 19 september 2028 kl. 16.00")
    sheet = next(each for each in mall.sheets if each.sheet.rows == "verksamheter")
    page = load_workbook(BytesIO(workbook_of(mall, found)))[sheet.sheet.title]
    told = list(whose_lines(sheet, found))
    assert {each for each in told} <= {cell.value for row in page.iter_rows() for cell in row}
    return told


def test_the_mall_says_whose_the_figures_are(session: Session) -> None:
    hand_in(session, SCHOOL, "2027-08", administration={"utfall": 100}, grundskola={"utfall": 900})
    hand_in(session, CULTURE, "2027-08", administration={"utfall": 30}, bibliotek={"utfall": 200})
    found = known(session, merged())
    assert next(iter(lines(merged(), BOTH, found))) == (
        "Förifyllt från Skolnämnden och Kulturnämnden, hopräknat rad för rad: Utfall samma period förra året."
    )
    assert list(lines(merged(), BOTH, replace(found, inherited={}))) == []


def test_a_period_is_asked_of_those_that_were_there_in_it() -> None:
    chain = definition(
        a=unit("A", until=date(2025, 12, 31)),
        b=unit("B", since=date(2026, 1, 1), until=date(2027, 12, 31), after=("a",)),
        c=unit("C", since=NEW_YEAR, after=("b",)),
        d=unit("D", after=("b",)),
    )
    only_c = chain.model_copy(update={"units": {key: each for key, each in chain.units.items() if key != "d"}})
    assert before(only_c, "c", Period(2028, 1)) == NOBODY
    assert before(only_c, "c", Period(2027)) == Before(units=("b",))
    assert before(only_c, "c", Period(2025, 8)) == Before(units=("a",))
    assert before(chain, "c", Period(2025, 8)) == Before(split=("b",))
    assert before(chain, "d", Period(2027, 12)) == Before(split=("b",))  # without från: from the day after B's last


def test_enheter_that_take_over_from_each_other_end_somewhere() -> None:
    ring = definition(
        a=unit("A", since=date(2027, 1, 1), after=("b",)), b=unit("B", since=NEW_YEAR, after=("a",))
    )  # fmt: skip
    assert before(ring, "b", Period(2020, 8)) == Before()
