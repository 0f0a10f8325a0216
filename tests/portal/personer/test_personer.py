"""People and roles: changes by form, a file shown before it is read in, empty roles told once, a reorganisation."""

import csv
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select

from actions.ladder.notes import tell_vacant
from actions.people import seating
from actions.people.importing import import_shown
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM
from arshjul.year.reorganising import reorganisations
from arshjul.year.turning import Recorded, turn
from store.people import seats
from store.people.holders import holder, holders, who
from store.people.people_import import import_people
from store.people.people_preview import holdings, people_csv, preview
from store.tables import Holder, LetterRow, LogRow
from tests.rig.acts import act
from tests.rig.examples import examples
from tests.rig.handins import NOW
from tests.rig.hedemora import hedemora, town
from tests.rig.pages.logging_in import NAME, hidden
from tests.rig.reorganising import DEFINITION, SEAT, deputise, end, reorganised

pytestmark = pytest.mark.whole

TODAY = date(2027, 9, 10)  # a Friday
PATH = "/personer/bildningsnamnden/forvaltningschef"
OLD = "forvaltningschef.bildning@example.se"


@pytest.fixture
def session(office):
    with office.town.store.begin() as session:
        yield session


def answers(session, day, seat=SEAT):
    found = holder(session, *seat, day)
    return found.id if found else None


def change(session, since, address="ny.chef@example.se", name="Ny förvaltningschef"):
    seating.change_holder(act(session, NOW, "Kim", "den förra slutar"), SEAT, name, address, since)


def test_a_new_holder_begins_on_the_day_and_the_old_one_ends_the_day_before(session):
    change(session, date(2027, 11, 1))  # a Monday
    assert answers(session, date(2027, 10, 31)) == OLD
    assert answers(session, date(2027, 11, 1)) == "ny.chef@example.se"


def test_a_holder_who_had_not_begun_gives_way_to_a_new_one(session):
    change(session, date(2027, 11, 1))
    change(session, date(2027, 10, 1), address="annan@example.se")
    assert answers(session, date(2027, 12, 1)) == "annan@example.se"
    rows = session.scalars(select(Holder).where(Holder.role == SEAT[0], Holder.unit == SEAT[1])).all()
    assert sorted(row.person_id for row in rows) == ["annan@example.se", OLD]


def test_a_deputy_answers_between_the_days_and_the_holder_before_and_after(session):
    deputise(session, date(2027, 9, 13), date(2027, 9, 17))  # Monday to Friday
    found = [answers(session, date(2027, 9, day)) for day in (12, 13, 17, 18)]
    assert found == [OLD, "ersattare@example.se", "ersattare@example.se", OLD]


def test_a_deputy_who_is_ended_stands_in_no_longer_from_today(session):
    deputise(session, date(2027, 9, 6), date(2027, 9, 17))
    seating.end_deputy(act(session, NOW, "Kim", "tillbaka i tjänst"), SEAT)
    assert (answers(session, date(2027, 9, 9)), answers(session, TODAY)) == ("ersattare@example.se", OLD)


@pytest.mark.parametrize(
    ("do", "word"),
    [
        (lambda s: change(s, date(2027, 9, 9)), "har redan varit"),
        (lambda s: change(s, TODAY, name=""), "Namn saknas"),
        (lambda s: change(s, TODAY, address="ny.chef@example.se\r\nBcc: alla@example.se"), "är ingen adress"),
        (lambda s: change(s, TODAY, name="=1+1"), "formel"),
        (lambda s: deputise(s, date(2027, 9, 17), date(2027, 9, 13)), "är före den första"),
        (lambda s: deputise(s, date(2027, 9, 1), date(2027, 9, 3)), "har redan varit"),
        (lambda s: deputise(s, TODAY, TODAY, address=OLD), "sin egen ersättare"),
        (lambda s: (end(s, TODAY), deputise(s, TODAY, date(2027, 9, 17))), "slutar fredag 10 september 2027"),
        (lambda s: (end(s, TODAY), end(s, TODAY)), "inget att avsluta"),
        (lambda s: end(s, TODAY, ("borgmastare", None)), "finns inte i årshjulet"),
        (lambda s: seating.end_deputy(act(s, NOW, "Kim", "tillbaka"), SEAT), "ingen ersättare"),
        (lambda s: seating.end_seat(act(s, NOW, "Kim"), SEAT, TODAY), "Skriv varför"),
        (lambda s: seating.end_seat(act(s, NOW, " ", "har slutat"), SEAT, TODAY), "Skriv vem"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(session, do, word):
    with pytest.raises(RefusedError) as told:
        do(session)
    assert word in str(told.value)


def tell(office, now, utskick="skarpt"):
    with office.town.store.begin() as session:
        return tell_vacant(Scene(session, replace(office.desk().office, utskick=utskick), now))


def text_of(office):
    from email import message_from_bytes, policy

    letter = office.rows(LetterRow)[-1]
    return message_from_bytes(letter.mime, policy=policy.default).get_body(("plain",)).get_content()


def at(day, hour=9):
    return datetime(2027, 9, day, hour, tzinfo=STOCKHOLM)


def test_a_role_that_nobody_holds_is_told_once_on_the_day_it_happens_in_sending_hours(office):
    with office.town.store.begin() as session:
        end(session, TODAY)
    assert tell(office, at(10, 16)) is None  # Friday: still held
    assert tell(office, at(11)) is None  # Saturday
    assert tell(office, at(13, 6)) is None  # Monday, before seven
    assert tell(office, at(13, 7)).subject == "En roll saknar innehavare"
    assert "Förvaltningschef för bildningsnämnden: sedan lördag 11 september 2027." in " ".join(text_of(office).split())
    assert tell(office, at(13, 8)) is None and tell(office, at(14)) is None


def test_two_roles_that_fall_empty_share_a_letter_and_a_third_gets_its_own(office):
    with office.town.store.begin() as session:
        end(session, TODAY)
        end(session, TODAY, ("vd", "bostadsbolaget"))
    assert tell(office, at(13)).subject == "2 roller saknar innehavare"
    with office.town.store.begin() as session:
        end(session, date(2027, 9, 12), ("hr_chef", None))
    assert "HR-chef" in (tell(office, at(13)) and text_of(office))


def test_a_role_that_is_filled_and_falls_empty_again_is_told_again(office):
    with office.town.store.begin() as session:
        end(session, TODAY)
    assert tell(office, at(13))
    with office.town.store.begin() as session:
        change(session, date(2027, 9, 14))
        end(session, date(2027, 9, 15))
    assert tell(office, at(14)) is None
    assert tell(office, at(16))


def test_nothing_is_told_or_forgotten_while_utskick_is_off(office):
    with office.town.store.begin() as session:
        end(session, TODAY)
    assert tell(office, at(13), "av") is None
    assert tell(office, at(14))


def test_the_roles_as_they_stand_can_be_read_in_again_and_nothing_changes(session):
    deputise(session, date(2027, 9, 13), date(2027, 9, 17))
    change(session, date(2027, 11, 1))
    before = holdings(session)
    text = people_csv(session, NOW)
    assert preview(session, text, "p.csv", DEFINITION, NOW, "Kim").changes == ()
    import_people(session, text, "p.csv", DEFINITION, NOW, "Kim")
    assert holdings(session) == before


@settings(max_examples=examples(40))
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_any_name_that_is_taken_comes_back_from_the_file_as_it_was(name):
    """Commas, quotes and semicolons stand for themselves; what would be a formula or a line break is not taken."""
    store = town().store
    with store.begin() as session:
        try:
            change(session, TODAY, name=name)
        except RefusedError:
            return
        text = people_csv(session, NOW)
        assert preview(session, text, "p.csv", DEFINITION, NOW, "Kim").changes == ()
        assert who(holders(session, TODAY), *SEAT).name == " ".join(name.split())


def test_an_import_is_shown_first_and_changes_nothing(session):
    text = people_csv(session, NOW).replace(OLD, "ny.chef@example.se")
    before, logged = holdings(session), session.query(LogRow).count()
    shown = preview(session, text, "p.csv", DEFINITION, NOW, "Kim")
    assert [(bool(each.before), bool(each.after)) for each in shown.changes] == [(True, True), (False, True)]
    assert (holdings(session), session.query(LogRow).count()) == (before, logged)
    import_shown(act(session, NOW, "Kim"), shown, text, "p.csv")
    assert answers(session, TODAY) == "ny.chef@example.se"


def test_an_import_that_would_now_do_something_else_is_not_done(session):
    text = people_csv(session, NOW)
    shown = preview(session, text, "p.csv", DEFINITION, NOW, "Kim")
    change(session, date(2027, 11, 1))
    with pytest.raises(RefusedError, match="har ändrats sedan"):
        import_shown(act(session, NOW, "Kim"), shown, text, "p.csv")


def told(browser, answer):
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["location"].partition("#")[0]).text
    section = re.search(r'<section class="answer[^>]*id="svar".*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", section[0]).split())


FORM = {"vad": "byt", "namn": "Ny chef", "e-post": "ny@example.se", "fran": "2027-11-01", "varfor": "ny tjänst"}


def post(browser, path, data, **more):
    return browser.post(path, data={"csrf": hidden(browser.get("/personer").text), **data}, **more)


def test_the_form_changes_the_holder_and_the_history_says_who_and_why(office):
    browser = office.inside()
    assert told(browser, post(browser, PATH, FORM)) == "Den nya innehavaren är inlagd"
    page = browser.get(PATH).text
    assert "Sedan Ny chef, från måndag 1 november 2027." in page and "ny tjänst" in page and NAME in page
    logged = office.rows(LogRow)[-1]
    assert (logged.what, logged.who, logged.detail["why"]) == ("role.held", NAME, "ny tjänst")


def test_what_was_typed_stands_there_when_the_form_is_refused(office):
    browser = office.inside()
    answer = post(browser, PATH, {**FORM, "fran": "2027-01-01"})
    assert "har redan varit" in told(browser, answer)
    assert 'value="Ny chef"' in browser.get(answer.headers["location"].partition("#")[0]).text


def test_a_name_is_words_only_on_the_page(office):
    browser = office.inside()
    post(browser, PATH, {**FORM, "namn": "<script>alert(1)</script>", "varfor": "<b>fet</b> text"})
    page = browser.get(PATH).text
    assert "<script>" not in page and "<b>fet" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("path", "data", "headers", "status"),
    [
        (PATH, FORM, {"Sec-Fetch-Site": "cross-site"}, 403),
        ("/personer/bildningsnamnden/borgmastare", FORM, {}, 404),
        ("/personer/stadsdelen/vd", FORM, {}, 404),
        ("/personer/las-in/gammal", {}, {}, 404),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(office, path, data, headers, status):
    browser = office.inside()
    before = office.rows(Holder)
    assert post(browser, path, data, headers=headers).status_code == status
    assert browser.post(path, data={**data, "csrf": "0" * 64}).status_code in (403, 404)
    assert [row.id for row in office.rows(Holder)] == [row.id for row in before]


def as_workbook(text):
    book, into = Workbook(), BytesIO()
    for line in csv.reader(StringIO(text)):
        book.active.append(line)
    book.save(into)
    return into.getvalue()


@pytest.mark.parametrize("saved", [lambda text: text.encode("cp1252"), as_workbook], ids=["CSV", "Excel"])
def test_a_file_is_shown_then_read_in_once_it_is_confirmed(office, saved):
    browser = office.inside()
    text = browser.get("/personer/personer.csv").content.decode("utf-8-sig").replace(OLD, "ny@example.se")
    answer = post(browser, "/personer/las-in", {}, files={"fil": ("roller", saved(text))})
    where = answer.headers["location"]
    page = browser.get(where).text
    assert "Slutar" in page and "ny@example.se" in page
    assert not [row for row in office.rows(Holder) if row.person_id == "ny@example.se"]
    assert told(browser, post(browser, where, {})).startswith("Filen är inläst 1 nya, 0 ändrade, 1 avslutade")
    assert [row for row in office.rows(Holder) if row.person_id == "ny@example.se"]
    assert "Tas bort" not in browser.get("/personer").text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"roll,enhet,namn,e-post\nborgmastare,,X,x@example.se\n", "roller.csv"),
        (b"\xff\xfe\x00\x01", "kolumn"),
        (b"", "filen är tom"),
        (bytes.fromhex("D0CF11E0A1B11AE1"), "spara listan som ”CSV UTF-8” i Excel"),
    ],
)
def test_a_file_with_faults_is_told_line_by_line_and_nothing_is_read_in(office, content, word):
    browser = office.inside()
    answer = post(browser, "/personer/las-in", {}, files={"fil": ("roller.csv", content)})
    words = told(browser, answer)
    assert words.startswith("Inget är inläst") and word in words


def test_an_empty_role_stands_first_on_the_page(office):
    with office.town.store.begin() as session:
        end(session, date(2027, 9, 9))
    page = office.inside().get("/personer").text
    section = page[: page.index('id="enhet-alla"')]
    assert "En roll saknar innehavare" in section and f'href="{PATH}"' in section


def test_what_the_old_enhet_would_have_owed_after_its_end_moves_to_the_new_one():
    wheel = turn(reorganised(), range(2026, 2030), strict=False)
    (found,) = reorganisations(wheel, Recorded(), TODAY)
    assert (found.successor, found.since) == ("barn-och-utbildningsnamnden", date(2028, 1, 1))
    moved = {each.old.key: each.new and each.new.unit for each in found.moving}
    assert moved["hedemora/arsredovisning/2027/bildningsnamnden/underlag"] == "barn-och-utbildningsnamnden"
    assert set(moved.values()) == {"barn-och-utbildningsnamnden"}
    assert "hedemora/delarsrapport/2027-08/bildningsnamnden/underlag" in {one.key for one in found.staying}
    assert not moved.keys() & {one.key for one in found.staying}


def test_a_reorganisation_long_ago_or_far_ahead_is_not_shown():
    wheel = turn(reorganised(), range(2026, 2030), strict=False)
    assert reorganisations(wheel, Recorded(), date(2028, 12, 1)) == ()
    assert reorganisations(wheel, Recorded(), date(2026, 9, 1)) == ()


def test_the_page_shows_a_reorganisation_with_the_roles_that_nobody_holds_yet(office):
    page = office.inside(sourced=replace(hedemora(), definition=reorganised())).get("/personer").text
    assert "Barn- och utbildningsnämnden efter Bildningsnämnden" in page and "Från lördag 1 januari 2028" in page
    assert "Förvaltningschef, Barn- och utbildningsnämnden" in page
    assert "Delårsrapport augusti 2027: underlag till delårsrapporten" in page
    assert "En roll saknar innehavare" not in page  # the new enhet has not begun: nobody is missed yet


def test_an_enhet_that_has_not_begun_needs_nobody():
    with town().store.read() as session:
        assert seats.vacancies(session, reorganised(), TODAY) == ()
        later = {one.seat for one in seats.vacancies(session, reorganised(), TODAY + timedelta(days=200))}
    assert ("forvaltningschef", "barn-och-utbildningsnamnden") in later
