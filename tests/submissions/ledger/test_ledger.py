"""A ledger file is taken in: whose, for which period, what belongs to whom, and what is then known of an enhet."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from arshjul.definition.asked import Verksamhet
from arshjul.definition.model import Definition
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, RefusedError
from store.database import open_store
from store.handins import ledgers
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from store.tables import Blob, LedgerAmount, LedgerFile, LogRow, Submission
from store.upgrading import migrate
from submissions.ledger.known import known_of
from submissions.ledger.ledger_reading import LedgerRead, read_ledger
from submissions.ledger.ledger_rows import Outside
from submissions.ledger.taking import take_ledger
from submissions.templates.mall import KnownFigures
from tests.rig.examples import examples
from tests.rig.files.books import OBJECTS, bolag, book, company_book, filled, voucher
from tests.rig.files.five_books import account, as_five, at, closing_each, five
from tests.rig.handins import BIN_PROGNOS, BIN_UNDERLAG, DEFINITIONS, NOW, Town, hedemora, people_csv, town
from tests.rig.paths import TESTS

pytestmark = pytest.mark.whole

SAMPLES = TESTS / "sie"
FORSKOLA = {"utfall": 144_000_000, "utfall-fg": 136_000_000, "budget": 228_000_000, "budget-period": 152_000_000}


#: a bolag's year in vouchers: it takes in 1 000 000 kr and costs 600 000
YEAR = (
    "#RES 0 3010 -1000000.00", "#RES 0 5010 600000.00", "#UB 0 1930 400000.00",
    *voucher(1, "20270215", "#TRANS 1930 {} 1000000.00", "#TRANS 3010 {} -1000000.00"),
    *voucher(2, "20270820", "#TRANS 5010 {} 600000.00", "#TRANS 1930 {} -600000.00"),
)  # fmt: skip


def read(content: bytes, **asked: str) -> LedgerRead:
    return read_ledger(hedemora().definition, content, "bok.se", **asked)


def refused(content: bytes, **asked: str) -> str:
    with pytest.raises(RefusedError) as raised:
        read(content, **asked)
    return str(raised.value)


# --- what belongs to whom


def test_each_verksamhet_gets_what_lies_on_its_objects_as_net_cost() -> None:
    taken = read(book())
    assert (taken.ledger, taken.period.key, taken.company) == ("kommunen", "2027-08", "Hedemora kommun")
    assert taken.amounts["bildningsnamnden"]["forskola"] == FORSKOLA
    assert {unit: list(rows) for unit, rows in taken.amounts.items()} == {
        "kommunstyrelsen": ["kommunledning", "teknik", "raddningstjanst"],
        "bildningsnamnden": ["forskola", "grundskola", "gymnasium", "kultur"],
        "omsorgsnamnden": ["aldreomsorg", "funktionsstod", "individ-och-familj"],
        "miljo-och-samhallsbyggnadsnamnden": ["miljo", "plan-och-bygg"],
    }
    assert taken.outside == ()


def test_a_bolags_file_is_the_whole_company_under_the_enhets_own_id() -> None:
    taken = read(company_book("Bostadsbolaget AB"))
    assert taken.amounts == {"bostadsbolaget": {"bostadsbolaget": {"utfall": 80_000_000}}}


@pytest.mark.parametrize("kind", [3, 4])
def test_types_3_and_4_of_the_same_company_give_the_same_figures(kind: int) -> None:
    rows = read(book(kind=kind)).amounts["omsorgsnamnden"]["aldreomsorg"]
    assert {column: rows[column] for column in ("utfall", "budget", "budget-period")} == {
        "utfall": 8 * (300_000 - 20_000) * 100,
        "budget": 12 * 290_000 * 100,
        "budget-period": 8 * 290_000 * 100,
    }


def sample_definition(company: str) -> Definition:
    """Hedemora's, with the sample files' company as a bolag."""
    definition = hedemora().definition
    plans = {"bostadsbolaget": definition.ledgers["bostadsbolaget"].model_copy(update={"company": company})}
    return definition.model_copy(update={"ledgers": plans})


def test_types_2_3_and_4_of_the_same_sample_company_give_the_same_figures() -> None:
    """The type 4 as it is, but for the row that unbalances its voucher B 1."""
    definition = sample_definition("Övningsbolaget AB (Ekonomi 60)")
    type_4 = (SAMPLES / "transaktioner_ovnbolag-bad-balance.se").read_bytes()
    row = b"#TRANS  1910 {} -12899.00"
    assert type_4.count(row) == 1
    mended = type_4.replace(row, b"#TRANS  1910 {} -128.00")
    files = [
        (SAMPLES / "periodsaldo_ovnbolag.se").read_bytes(),
        (SAMPLES / "objektsaldo_ovnbolag.se").read_bytes(),
        mended,
    ]
    taken = [read_ledger(definition, each, "prov.se", period="2011-03") for each in files]
    rows_of = [each.amounts["bostadsbolaget"]["bostadsbolaget"] for each in taken]
    assert [each.sie_type for each in taken] == [2, 3, 4]
    assert rows_of[0] == rows_of[1] == rows_of[2]
    assert rows_of[0]["utfall"] != 0


def test_the_sample_whose_voucher_does_not_balance_is_refused_with_its_line() -> None:
    told = refused((SAMPLES / "transaktioner_ovnbolag-bad-balance.se").read_bytes())
    assert "Rad 3905: Verifikation 'B 1' balanserar inte" in told


def test_money_on_unknown_objects_and_on_none_is_told_with_its_amount() -> None:
    objects = {**OBJECTS, "990": "Projekt"}
    loose = ["#KONTO 5020 Resor", "#PSALDO 0 202703 5020 {} 5000.00"]
    taken = read(book(objects=objects, tail=loose))
    assert taken.outside == (
        Outside(object="990", name="Projekt", utfall=8 * 970_000 * 100, budget=12 * 980_000 * 100),
        Outside(object=None, name="på inget objekt i dimension 1", utfall=500_000, budget=0),
    )
    assert taken.amounts["bildningsnamnden"]["forskola"] == FORSKOLA


def test_an_object_that_the_file_does_not_have_is_told_and_not_called_zero() -> None:
    objects = {key: name for key, name in OBJECTS.items() if key != "230"}
    taken = read(book(objects=objects))
    assert "kultur" not in taken.amounts["bildningsnamnden"]
    assert [each for each in taken.warnings if "'230' finns inte i filen" in each]


@settings(max_examples=examples(25))
@given(
    split=st.dictionaries(st.sampled_from(sorted(OBJECTS)), st.integers(-(10**6), 10**6), max_size=6),
    extra=st.integers(-(10**6), 10**6),
)
def test_no_ore_is_lost_or_counted_twice(split: dict[str, int], extra: int) -> None:
    objects = {**OBJECTS, "990": "Okänt"}
    taken = read(book(objects=objects, more={**split, "990": extra}))
    ours = sum(columns["utfall"] for rows in taken.amounts.values() for columns in rows.values())
    whole = sum(8 * (int(key) * 1000 - 20_000) for key in objects) + sum(split.values()) + extra
    assert ours + sum(each.utfall for each in taken.outside) == whole * 100


def test_a_year_without_budget_leaves_the_budget_unknown() -> None:
    assert set(read(book(budget=False)).amounts["bildningsnamnden"]["forskola"]) == {"utfall", "utfall-fg"}


# --- whose, and for when


@pytest.mark.parametrize("company", ["HEDEMORA KOMMUN", "Hedemora  kommun "])
def test_a_company_is_known_by_its_folded_name(company: str) -> None:
    assert read(book(company=company)).ledger == "kommunen"


def with_number(number: str) -> Definition:
    definition = hedemora().definition
    plans = {**definition.ledgers, "kommunen": definition.ledgers["kommunen"].model_copy(update={"org_number": number})}
    return definition.model_copy(update={"ledgers": plans})


def test_the_organisationsnummer_goes_before_the_name() -> None:
    definition = with_number("212000-2254")
    renamed = book(company="Kommunen", head=["#ORGNR 2120002254"])
    assert read_ledger(definition, renamed, "bok.se").ledger == "kommunen"
    with pytest.raises(RefusedError, match="organisationsnummer 556000-0000"):
        read_ledger(definition, book(head=["#ORGNR 556000-0000"]), "bok.se")


def test_another_company_is_refused_with_both_names() -> None:
    told = refused(book(company="Avesta kommun"))
    assert "Avesta kommun" in told
    assert "Hedemora kommun, Bostadsbolaget AB eller Energibolaget AB" in told
    assert "Välj rätt fil" in told


def test_the_wrong_ledger_and_an_unknown_one_are_refused() -> None:
    assert "för Hedemora kommun, men här tas bokföringen för Energibolaget AB" in refused(
        book(), ledger="energibolaget"
    )
    assert "menade du 'kommunen'" in refused(book(), ledger="komunen")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (book(to_date="20270815"), "mitt i en månad"),
        (book(month=6), "ingen rapport i årshjulet avser den perioden"),
        (book(to_date=""), "#OMFATTN saknas"),
        (book(to_date="20260831"), "räkenskapsåret är 2027"),
        (book(head=["#VALUTA EUR"]), "i EUR"),
        (book(kind=2), "exportera typ 3"),
        (book(objects={}), "inget utfall|inga belopp på objekt"),
        (book(company=""), "inte vems bokföring"),
        (
            book(month=6, last_year=False).replace(b"#RAR 0 20270101 20271231", b"#RAR 0 20260701 20270630"),
            "exportera ett kalenderår",
        ),
        (book().replace(b"#RES 0 5010", b"#RES 0 5010 1\n#RES 0 5010"), "Rad "),
        (b"<html>", "webbsida"),
        (b"", "tom"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words(content: bytes, word: str) -> None:
    with pytest.raises(RefusedError, match=word):
        read(content)


def test_another_period_than_the_asked_is_refused_with_both() -> None:
    told = refused(book(), period="2027-09")
    assert "januari–augusti 2027" in told and "januari–september 2027" in told
    assert "okänd period" in refused(book(), period="augusti")


def test_a_type_4_without_end_is_for_its_last_month_with_figures() -> None:
    assert read(book(kind=4, to_date="")).period.key == "2027-08"


def test_a_file_that_does_not_say_takes_the_period_that_is_said() -> None:
    assert read(book(to_date=""), period="2027-08").period.key == "2027-08"


def test_december_is_the_whole_year() -> None:
    assert read(book(month=12)).period.key == "2027"
    assert read(book(month=12), period="2027-12").period.key == "2027"


# --- the definition


@pytest.mark.parametrize(
    ("right", "wrong", "word"),
    [
        ('objekt: ["210"]', 'objekt: ["200"]', "hör redan till Bildningsnämnden, forskola"),
        ('    dimension: "1"\n', "", "ingen 'dimension'"),
        ("resultatkonton: 3000-8999\n", "resultatkonton: tre tusen\n", "okänt kontointervall 'tre tusen'"),
        ("resultatkonton: 3000-8999\n", "resultatkonton: 8999-3000\n", "okänt kontointervall"),
    ],
)
def test_a_definition_that_would_count_twice_or_nowhere_is_told(right: str, wrong: str, word: str) -> None:
    text = (DEFINITIONS / "hedemora.yaml").read_text().replace(right, wrong, 1)
    with pytest.raises(DefinitionError) as raised:
        read_definition(text, "hedemora.yaml")
    assert any(word in fault.message for fault in raised.value.faults)


def test_a_verksamhet_may_have_several_objects() -> None:
    definition = hedemora().definition
    unit = definition.units["bildningsnamnden"]
    both = {"skola": Verksamhet.model_construct(name="Skola", objects=("200", "210"))}
    units = {**definition.units, "bildningsnamnden": unit.model_copy(update={"verksamheter": both})}
    taken = read_ledger(definition.model_copy(update={"units": units}), book(), "bok.se")
    assert taken.amounts["bildningsnamnden"]["skola"]["utfall"] == 8 * (410_000 - 40_000) * 100


# --- taken in


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
    both = [Desk(Town(here, wheel)), Desk(town())]
    for desk in both:
        desk.take(book())
        desk.take(book(more={"200": 70_000}), NOW + timedelta(hours=1))
        desk.hand_in(BIN_UNDERLAG, "ekonomi", filled("ekonomi-delar", {"forskola": {"utfall": "1510"}}))
    assert both[0].known(BIN_UNDERLAG) == both[1].known(BIN_UNDERLAG)
    assert both[0].known(BIN_UNDERLAG).amount("forskola", "utfall") == 1510
    here.close()


# --- what is known


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


# --- SIE 5


@pytest.mark.parametrize("kind", [3, 4])
def test_a_sie_5_of_the_same_ledger_gives_the_same_figures(kind: int) -> None:
    """Types 3 and 4 as they are, written as SIE 5: balances of months, budgets, and vouchers."""
    classic, new = read(book(kind=kind)), read(as_five(book(kind=kind)))
    assert new.sie_type == 5
    assert new.amounts == classic.amounts
    assert (new.ledger, new.period, new.to_date, new.outside) == (
        classic.ledger, classic.period, classic.to_date, classic.outside,
    )  # fmt: skip
    assert new.warnings == ()


def test_a_bolags_sie_5_is_the_whole_company() -> None:
    taken = read(as_five(company_book("Bostadsbolaget AB")))
    assert taken.amounts == {"bostadsbolaget": {"bostadsbolaget": {"utfall": 80_000_000}}}


def test_a_budget_of_the_whole_year_leaves_the_periods_unknown() -> None:
    year = at("Budget", "", 1_200_000)
    taken = read(five(accounts=[account("5010", "cost", *closing_each(100_000), year)]))
    assert taken.amounts["bostadsbolaget"]["bostadsbolaget"] == {"utfall": 80_000_000, "budget": 120_000_000}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (as_five(book(kind=3)).replace(b"2027-08-31", b"2027-08-15"), "mitt i en månad"),
        (as_five(book(kind=3)).replace(b' lastCoveredDate="2027-08-31"', b"").replace(b"Hedemora", b"Avesta"), "Avesta kommun"),
        (as_five(book(kind=2)), "exportera den med objekt \\(ObjectReference\\)"),
        (five(currency="EUR", accounts=[account("5010", "cost", *closing_each(1))]), "i EUR \\(AccountingCurrency\\)"),
        (five(company="", accounts=[account("5010", "cost", *closing_each(1))]), "\\(Company saknas\\)"),
        (five(root="SieEntry"), "SieEntry"),
        (five(accounts=[account("1930", "asset", *closing_each(1))]), "inga resultatkonton"),
    ],
)  # fmt: skip
def test_a_sie_5_that_cannot_be_used_is_refused_by_its_own_names(content: bytes, word: str) -> None:
    told = refused(content)
    assert re.search(word, told, re.IGNORECASE), told
    assert "#" not in told


# --- a ledger that contradicts itself


def test_stray_months_do_not_make_a_bolags_outcome() -> None:
    stray = "#PSALDO 0 202702 3010 {} -5163.30"
    taken = read(bolag(*YEAR, stray, kind=4))
    assert taken.amounts == {"bostadsbolaget": {"bostadsbolaget": {"utfall": -40_000_000}}}
    assert "Utfallet räknas ur verifikationerna" in taken.warnings[0]


def test_what_agrees_must_have_the_objects_too() -> None:
    """Months that agree but have no objects, beside vouchers with objects that do not."""
    rows = book(kind=4).decode("cp437").splitlines()
    months = {account: sum(_kronor(row) for row in rows if f"#TRANS {account} " in row) for account in ("5010", "3010")}
    extra = [f"#PSALDO 0 202708 {account} {{}} {amount + 500_000}" for account, amount in months.items()]
    text = "\n".join(row for row in rows if not row.startswith("#RES"))
    res = [f"#RES 0 {account} {amount + 500_000}" for account, amount in months.items()]
    told = refused("\n".join([text, *res, *extra, ""]).encode("cp437"))
    assert (
        "objekt i dimension 1 står i verifikationerna (#VER), men det är månadernas saldon (#PSALDO) som stämmer"
        in told
    )
    assert "Exportera filen på nytt" in told


def _kronor(row: str) -> int:
    return int(float(row.split()[-1]))


def test_a_refusal_says_which_accounts_and_both_amounts() -> None:
    told = refused(bolag("#RES 0 5010 600000.00", "#PSALDO 0 202708 5010 {} 300000.00", to_date="20270831"))
    assert "#PSALDO) ger 300 000,00 kr, men årets saldo (#RES) är 600 000,00 kr" in told
    assert "Exportera filen på nytt" in told
