"""Roles are held by people in the store: who answers on which day, and a CSV that tells every fault."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError
from arshjul.keys import RoleId, UnitId
from arshjul.swedish import STOCKHOLM
from store.people.holders import covers, holder, holders, roles_of, who
from store.people.needed_seats import needed, vacant
from store.people.people_import import import_people
from store.tables import Holder, LogRow, Person
from tests.rig.handins import HEAD, NOW, empty_store
from tests.rig.hedemora import hedemora, people_csv
from tests.rig.load import text

pytestmark = pytest.mark.whole

TODAY = date(2027, 9, 10)


@pytest.fixture
def session():
    store = empty_store()
    with store.begin() as session:
        yield session


def load(session, lines, now=NOW):
    return import_people(session, HEAD + lines, "personer.csv", hedemora().definition, now, "ekonomikontoret")


def faults(lines):
    store = empty_store()
    with store.begin() as session, pytest.raises(DefinitionError) as told:
        load(session, lines)
    return [str(fault) for fault in told.value.faults]


def test_hedemoras_file_leaves_no_role_vacant(session):
    result = import_people(session, people_csv(), "hedemora.personer.csv", hedemora().definition, NOW, "test")
    assert result.vacant == ()
    assert vacant(hedemora().definition, holders(session, TODAY)) == ()


def test_a_role_of_a_krav_that_has_ended_or_is_to_come_is_needed_only_while_it_is_asked_for():
    """A krav of 2025 is handled until 2026 has ended; one from 2030 needs somebody from 2029."""
    whole = text("hedemora")
    old = "  vd: {"
    assert old in whole
    role = whole.replace(old, f'  gammal: {{namn: gammal, bestämd form: den gamle, källa: exempel "Roller"}}\n{old}', 1)
    intyg = "{namn: Ekonomichefens godkännande av anvisningarna, roll: ekonomichef"
    assert intyg in role

    def asked(words, day):
        changed = role.replace(intyg, intyg.replace("roll: ekonomichef", f"roll: gammal, {words}"), 1)
        return (RoleId("gammal"), UnitId("kommunstyrelsen")) in needed(
            read_definition(changed, "x.yaml").definition, day
        )

    assert [asked("till: 2025", date(year, 9, 10)) for year in (2026, 2027)] == [True, False]
    assert [asked("från: 2030", date(year, 9, 10)) for year in (2028, 2029)] == [False, True]


def test_importing_the_same_file_again_changes_nothing(session):
    first = import_people(session, people_csv(), "p.csv", hedemora().definition, NOW, "test")
    before = [(row.id, row.since, row.until) for row in session.scalars(select(Holder).order_by(Holder.id))]
    again = import_people(session, people_csv(), "p.csv", hedemora().definition, NOW + timedelta(days=9), "test")
    assert (again.added, again.changed, again.ended, again.unchanged) == (0, 0, 0, first.added)
    assert before == [(row.id, row.since, row.until) for row in session.scalars(select(Holder).order_by(Holder.id))]


def test_a_units_own_holder_comes_before_the_one_for_all(session):
    load(session, "controller,,Controller,c@example.se\ncontroller,omsorgsnamnden,Controller omsorg,co@example.se\n")
    held = holders(session, TODAY)
    assert who(held, "controller", "omsorgsnamnden").id == "co@example.se"
    assert who(held, "controller", "bildningsnamnden").id == "c@example.se"
    assert who(held, "vd", "energibolaget") is None
    everyone = roles_of(session, "c@example.se", TODAY)
    assert covers(everyone, held, "controller", "bildningsnamnden")
    assert not covers(everyone, held, "controller", "omsorgsnamnden")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 9, 12), "hr@example.se"),
        (date(2027, 9, 13), "bitr@example.se"),  # the first day of the deputy
        (date(2027, 9, 24), "bitr@example.se"),  # the last one
        (date(2027, 9, 25), "hr@example.se"),
    ],
)
def test_a_deputy_answers_while_in_force(session, day, expected):
    load(session, "hr_chef,,HR-chef,hr@example.se,,,Biträdande HR-chef,bitr@example.se,2027-09-13,2027-09-24\n")
    assert holder(session, "hr_chef", None, day).id == expected
    assert bool(roles_of(session, "bitr@example.se", day)) == (expected == "bitr@example.se")
    assert roles_of(session, "hr@example.se", day)  # the holder may still act


def test_a_person_keeps_the_id_when_the_address_is_written_otherwise(session):
    load(session, "hr_chef,,HR-chef,HR.chef@Example.se\n")
    load(session, "hr_chef,,HR-chef,hr.chef@example.se\n")
    assert [person.id for person in session.scalars(select(Person))] == ["hr.chef@example.se"]


def test_a_replaced_holder_ends_yesterday_and_stays_known(session):
    load(session, "hr_chef,,Den förra,old@example.se\n")
    result = load(session, "hr_chef,,Den nya,new@example.se\n")
    assert (result.added, result.ended) == (1, 1)
    assert holder(session, "hr_chef", None, TODAY - timedelta(days=1)).id == "old@example.se"
    assert holder(session, "hr_chef", None, TODAY).id == "new@example.se"
    assert session.get(Person, "old@example.se").name == "Den förra"
    again = load(session, "hr_chef,,Den nya,new@example.se\n", NOW + timedelta(days=30))
    assert (again.added, again.changed, again.ended) == (0, 0, 0)
    assert holder(session, "hr_chef", None, TODAY - timedelta(days=1)).id == "old@example.se"


def test_a_successor_from_a_coming_day_leaves_no_gap(session):
    load(session, "hr_chef,,Den förra,old@example.se\n")
    load(session, "hr_chef,,Den förra,old@example.se,,2027-09-30\nhr_chef,,Den nya,new@example.se,2027-10-01\n")
    assert holder(session, "hr_chef", None, date(2027, 9, 30)).id == "old@example.se"
    assert holder(session, "hr_chef", None, date(2027, 10, 1)).id == "new@example.se"


def test_a_holder_who_had_not_begun_is_taken_away(session):
    load(session, "hr_chef,,Den nya,new@example.se,2027-10-01\n")
    load(session, "hr_chef,,En annan,other@example.se,2027-10-01\n")
    assert [row.person_id for row in session.scalars(select(Holder))] == ["other@example.se"]


def test_a_line_that_has_ended_is_imported_once(session):
    line = "hr_chef,,Den förra,old@example.se,2026-01-01,2026-12-31\n"
    assert load(session, line).added == 1
    assert load(session, line).added == 0


def test_every_fault_is_told_at_once_with_its_line_and_the_nearest_word():
    told = faults(
        "ekonmichef,,Ekonomichef,e@example.se\n"
        "controller,bildningnamnden,Controller,c@example.se\n"
        "hr_chef,,HR-chef,hr(at)example.se\n"
        "kommundirektor,,Kommundirektör,k@example.se,2027-10-01,2027-09-01\n"
        "vd,energibolaget,VD,vd@example.se,igår\n"
    )
    assert len(told) == 5
    assert "personer.csv:2" in told[0] and "menade du 'ekonomichef'?" in told[0]
    assert "personer.csv:3" in told[1] and "menade du 'bildningsnamnden'?" in told[1]
    assert "personer.csv:4" in told[2] and "hr(at)example.se" in told[2]
    assert "personer.csv:5" in told[3] and "före" in told[3]
    assert "personer.csv:6" in told[4] and "2027-09-01" in told[4]


def test_two_holders_on_the_same_day_are_a_fault():
    told = faults("hr_chef,,A,a@example.se,,2027-09-30\nhr_chef,,B,b@example.se,2027-09-30\n")
    assert len(told) == 1 and "personer.csv:3" in told[0] and "rad 2" in told[0]


def test_an_address_with_a_line_break_never_reaches_a_letters_head():
    assert "fel-adress" not in "".join(faults('hr_chef,,"HR\nBcc: x@example.se",hr@example.se\n'))
    assert faults('hr_chef,,HR,"hr@example.se\nBcc: x@example.se"\n')


def test_one_address_is_one_person():
    assert "rad 2" in faults("hr_chef,,A,a@example.se\nekonomichef,,B,a@example.se\n")[0]


def test_a_misspelt_column_is_told_with_the_right_one():
    store = empty_store()
    with store.begin() as session, pytest.raises(DefinitionError, match="menade du 'e-post'"):
        import_people(session, "roll,enhet,namn,epost\n", "p.csv", hedemora().definition, NOW, "test")


def test_an_excel_file_with_semicolons_is_read(session):
    text = "\ufeff" + HEAD.replace(",", ";") + "hr_chef;;HR-chef;hr@example.se;;;;;;\n"
    import_people(session, text, "p.csv", hedemora().definition, NOW, "test")
    assert holder(session, "hr_chef", None, TODAY).id == "hr@example.se"


def test_a_faulty_file_changes_nothing_and_an_import_is_logged(session):
    load(session, "hr_chef,,HR-chef,hr@example.se\n")
    with pytest.raises(DefinitionError):
        load(session, "hr_chef,,Ny,ny@example.se\nfel,,X,x@example.se\n")
    assert [person.id for person in session.scalars(select(Person))] == ["hr@example.se"]
    assert [row.what for row in session.scalars(select(LogRow))] == ["people.imported"]


def test_summer_time_does_not_move_a_holders_day(session):
    load(session, "hr_chef,,HR-chef,hr@example.se,2027-10-31\n", datetime(2027, 10, 31, 0, 30, tzinfo=STOCKHOLM))
    assert holder(session, "hr_chef", None, date(2027, 10, 31)) is not None
