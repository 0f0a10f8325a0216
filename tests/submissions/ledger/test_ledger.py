"""What of a ledger file belongs to whom, in one enhet and in a whole company, to the last öre."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.definition.model import Definition
from submissions.ledger.ledger_reading import read_ledger
from submissions.ledger.ledger_rows import Outside
from tests.rig.examples import examples
from tests.rig.files.books import OBJECTS, bolag, book, company_book
from tests.rig.files.read_books import FORSKOLA, SAMPLES, YEAR, read, refused
from tests.rig.hedemora import hedemora

pytestmark = pytest.mark.whole


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
