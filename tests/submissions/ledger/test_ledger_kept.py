"""A ledger file that is kept: with who and when, replaced by a newer, and what is then known of an enhet."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from arshjul.errors import RefusedError
from store.database import open_store
from store.handins import ledgers
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from store.tables import Blob, LedgerAmount, LedgerFile, LogRow, Submission
from store.upgrading import migrate
from submissions.ledger.known import known_of
from submissions.ledger.taking import take_ledger
from submissions.templates.mall import KnownFigures
from tests.rig.files.books import OBJECTS, book, filled
from tests.rig.files.read_books import read
from tests.rig.handins import NOW, Town
from tests.rig.hedemora import BIN_PROGNOS, BIN_UNDERLAG, hedemora, people_csv, town

pytestmark = pytest.mark.whole


@dataclass
class Desk:
    """A store with Hedemora in it, and hands for ledger files and hand-ins."""

    town: Town

    def take(self, content: bytes, now=NOW, by="ekonom"):  # type: ignore[no-untyped-def]
        with self.town.store.begin() as session:
            return take_ledger(session, self.town.wheel, read(content), by, now)

    def rows(self, table: type) -> list:  # type: ignore[type-arg]
        with self.town.store.read() as session:
            return list(session.scalars(select(table)).all())

    def known(self, key: str) -> KnownFigures:
        with self.town.store.read() as session:
            return known_of(session, hedemora().definition, self.town.wheel.obligations[key])

    def hand_in(self, key: str, part: str, content, *, complete=True, version=1, now=NOW) -> None:  # type: ignore[no-untyped-def]
        with self.town.store.begin() as session:
            session.add(
                Submission(
                    obligation_key=key,
                    part=part,
                    version=version,
                    received_at=now,
                    by="chef",
                    via="länk",
                    late=False,
                    complete=complete,
                    filename="a.xlsx",
                    media_type=None,
                    sha256=None,
                    fields={},
                    ej_aktuellt=None,
                    content=content,
                )
            )


@pytest.fixture
def desk() -> Desk:
    return Desk(town())


@pytest.mark.whole
def test_a_file_is_kept_with_who_when_its_bytes_and_its_amounts(desk: Desk) -> None:
    taken = desk.take(book())
    assert (taken.outcome, taken.by, taken.received_at, taken.replaces) == ("intagen", "ekonom", NOW, None)
    (file,) = desk.rows(LedgerFile)
    assert (file.ledger, file.period, file.filename) == ("kommunen", "2027-08", "bok.se")
    assert [row.content for row in desk.rows(Blob)] == [book()]
    assert {(row.row, row.column): row.amount for row in desk.rows(LedgerAmount)}["forskola", "utfall"] == 144_000_000
    assert "ledger.taken" in [row.what for row in desk.rows(LogRow)]


@pytest.mark.whole
def test_the_same_file_is_recognised_and_another_one_replaces_it(desk: Desk) -> None:
    desk.take(book())
    assert desk.take(book(), NOW + timedelta(hours=1)).outcome == "samma igen"
    assert len(desk.rows(LedgerFile)) == 1
    again = desk.take(book(more={"200": 7000}), NOW + timedelta(hours=2))
    assert (again.outcome, again.replaces) == ("intagen", "bok.se")
    # the first one once more is a change back, and no repetition
    assert desk.take(book(), NOW + timedelta(hours=3)).outcome == "intagen"
    assert desk.known(BIN_UNDERLAG).amount("forskola", "utfall") == 1440


@pytest.mark.whole
def test_a_period_that_has_not_ended_is_refused(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="inte har varit än"):
        desk.take(book(month=10))
    with pytest.raises(RefusedError, match="vem som lämnar"):
        desk.take(book(), by=" ")
    assert desk.rows(LedgerFile) == []


@pytest.mark.slow
def test_postgresql_gives_the_same_amounts_and_the_same_newest_file(postgres_url: str) -> None:
    migrate(postgres_url)
    here = open_store(postgres_url)
    with here.begin() as session:
        import_people(session, people_csv(), "personer.csv", hedemora().definition, NOW, "test")
        wheel = current_wheel(session, hedemora().definition, NOW)
        sync(session, wheel, NOW)
    both = [Desk(Town(here, wheel, hedemora())), Desk(town())]
    for desk in both:
        desk.take(book())
        desk.take(book(more={"200": 70_000}), NOW + timedelta(hours=1))
        desk.hand_in(BIN_UNDERLAG, "ekonomi", filled("ekonomi-delar", {"forskola": {"utfall": "1510"}}))
    assert both[0].known(BIN_UNDERLAG) == both[1].known(BIN_UNDERLAG)
    assert both[0].known(BIN_UNDERLAG).amount("forskola", "utfall") == 1510
    here.close()


@pytest.mark.whole
def test_amounts_are_tkr_with_every_decimal(desk: Desk) -> None:
    desk.take(book(tail=["#KONTO 5020 Resor", '#PSALDO 0 202703 5020 {1 "200"} 12.34']))
    known = desk.known(BIN_UNDERLAG)
    assert known.from_ledger
    assert known.tolerance == 1
    assert known.amount("forskola", "utfall") == Decimal("1440.01234")
    assert known.amount("forskola", "budget") == 2280
    assert known.amount("forskola", "utfall-fg") == 1360
    assert known.amount("aldreomsorg", "utfall") is None  # another nämnd's


@pytest.mark.whole
def test_without_a_ledger_nothing_is_known(desk: Desk) -> None:
    known = desk.known(BIN_UNDERLAG)
    assert (known.amounts, known.from_ledger) == ({}, False)


@pytest.mark.whole
def test_last_years_outcome_is_the_files_own_then_last_years_file_then_last_years_hand_in(desk: Desk) -> None:
    last_year = BIN_UNDERLAG.replace("2027", "2026")
    desk.hand_in(
        last_year, "ekonomi", filled("ekonomi-delar", {"forskola": {"utfall": "1111"}, "kultur": {"utfall": "5"}})
    )
    assert desk.known(BIN_UNDERLAG).amount("forskola", "utfall-fg") == 1111
    objects = {key: name for key, name in OBJECTS.items() if key != "230"}
    desk.take(book(year=2026, last_year=False, objects=objects))
    assert desk.known(BIN_UNDERLAG).amount("forskola", "utfall-fg") == 1440
    assert desk.known(BIN_UNDERLAG).amount("kultur", "utfall-fg") == 5
    desk.take(book())
    assert desk.known(BIN_UNDERLAG).amount("forskola", "utfall-fg") == 1360


@pytest.mark.whole
def test_before_the_periods_file_the_budget_is_the_years_newest_one(desk: Desk) -> None:
    desk.take(book(month=5))
    known = desk.known(BIN_UNDERLAG)
    assert known.amount("forskola", "budget") == 2280
    assert known.amount("forskola", "utfall") is None
    assert not known.from_ledger


@pytest.mark.whole
def test_the_last_prognos_comes_from_the_years_newest_earlier_hand_in(desk: Desk) -> None:
    march = BIN_PROGNOS.replace("2027-08", "2027-03")
    figures = {"forskola": {"utfall": "500", "budget": "2280", "prognos": "2300"}}
    desk.hand_in(march, "helarsprognos", filled("ekonomi-prognos", figures))
    attempt = {"forskola": {"utfall": "500", "prognos": "9"}}  # a later version that was not complete does not count
    desk.hand_in(march, "helarsprognos", filled("ekonomi-prognos", attempt), complete=False, version=2)
    desk.hand_in(BIN_UNDERLAG, "ekonomi", filled("ekonomi-delar", {"forskola": {"utfall": "1", "prognos": "2"}}))
    known = desk.known(BIN_UNDERLAG)
    assert known.amount("forskola", "prognos-fg") == 2300
    assert known.amount("forskola", "utfall-vid-prognos-fg") == 500
    assert str(known.forecast_period) == "2027-03"
    assert known.amount("forskola", "utfall-forra") == 500
    desk.hand_in(
        BIN_UNDERLAG.replace("delarsrapport/2027-08", "manadsrapport/2027-05"),
        "ekonomisk-uppfoljning",
        filled("ekonomi-manad", {"forskola": {"utfall": "900"}}),
    )
    assert desk.known(BIN_UNDERLAG).amount("forskola", "utfall-forra") == 900
    assert desk.known(BIN_UNDERLAG).amount("forskola", "prognos-fg") == 2300


@pytest.mark.whole
def test_what_belongs_to_no_enhet_is_kept_too(desk: Desk) -> None:
    taken = desk.take(book(objects={**OBJECTS, "990": "Projekt"}))
    with desk.town.store.read() as session:
        kept = ledgers.amounts_of(session, taken.file_id)[ledgers.OUTSIDE]
    assert kept == {"990": {"utfall": 776_000_000, "budget": 1_176_000_000}}
