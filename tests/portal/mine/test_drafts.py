"""A card's draft on the personal page: kept as it was left, shown to its person alone, and over at the hand-in."""

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from actions.scene import Scene
from store.access.links import issue, renew, sign
from store.database import open_store
from store.handins import drafts
from store.people.people_import import import_people
from store.plan.planning import current_wheel
from store.tables import DraftFile, DraftForm, LogRow, Submission
from store.upgrading import migrate
from submissions.files.parts import MAX_BYTES, form_of
from submissions.intake.placing import places_for
from submissions.templates.given_malls import handed_out
from submissions.templates.mall import KnownFigures
from tests.rig.files.malls import owed
from tests.rig.handins import BIN_PROTOKOLL, BIN_UNDERLAG, NOW, PDF, Town, docx, home, people_csv, town, xlsx
from tests.rig.hedemora import whole_hedemora
from tests.rig.pages.hall import SECRET, Hall
from tests.rig.pages.logging_in import hidden, press

pytestmark = pytest.mark.whole

CHIEF, OTHER = "forvaltningschef.bildning@example.se", "forvaltningschef.omsorg@example.se"
EKONOMI, MAL, RISK = (
    f"delarsrapport.underlag.{each}" for each in ("ekonomi", "mal-och-resultat", "riskanalys-och-intern-kontroll")
)
PROTOKOLL = "delarsrapport.protokoll.protokollsutdrag"
WHY = "Nämnden har inga investeringar i år, enligt budgeten."


class Page:
    """A chief's page, in one browser or several."""

    def __init__(self, place=None):
        self.hall = Hall(place or town())
        self.browser = self.open(CHIEF)

    def open(self, person):
        with self.hall.town.store.begin() as session:
            link = issue(session, person, ["forvaltningschef"], NOW)
        browser = self.hall.browser()
        assert press(browser, f"/l/{sign(SECRET, link)}").status_code == 303
        return browser

    def post(self, key, to="", browser=None, files=(), headers=None, **data):
        browser = browser or self.browser
        data = {"csrf": hidden(browser.get("/mina").text), **data}
        where = f"/mina/{key.partition('/')[2]}{to}"
        return browser.post(where, data=data, files=list(files) or [("x", ("", b""))], headers=headers)

    def save(self, key=BIN_UNDERLAG, **more):
        return self.post(key, "/utkast", **more)

    def text(self, answer=None, browser=None):
        where = answer.headers["location"].partition("#")[0] if answer is not None else "/mina"
        return unescape((browser or self.browser).get(where).text)

    def rows(self, table):
        return self.hall.rows(table)

    def handed_in(self):
        return {row.part: (row.filename, row.ej_aktuellt) for row in self.rows(Submission)}


@pytest.fixture
def page():
    return Page()


def field(text, name):
    """Return a text field's value."""
    area = re.search(rf'name="{re.escape(name)}"[^>]*>([^<]*)</textarea>', text)
    return area[1] if area else re.search(rf'name="{re.escape(name)}" value="([^"]*)"', text)[1]


def test_what_was_written_is_shown_again_in_another_browser_and_nothing_is_handed_in(page):
    answer = page.save(**{f"{MAL}.ej": WHY})
    assert "Utkastet är sparat" in page.text(answer) and "Inget är inlämnat än" in page.text(answer)
    page.save(BIN_PROTOKOLL, **{f"{PROTOKOLL}.paragraf": "§ 45", f"{PROTOKOLL}.datum": "2027-09-09"})
    text = page.text(browser=page.open(CHIEF))
    assert field(text, f"{MAL}.ej") == WHY
    assert (field(text, f"{PROTOKOLL}.paragraf"), field(text, f"{PROTOKOLL}.datum")) == ("§ 45", "2027-09-09")
    assert "Utkast sparat fredag 10 september 2027 kl. 09.00" in text
    assert page.rows(Submission) == [] and not [r for r in page.rows(LogRow) if r.what.startswith("submission")]


def test_another_person_sees_nothing_of_it_and_cannot_use_its_files(page):
    page.save(files=[(f"{EKONOMI}.fil", ("hemlig.xlsx", xlsx()))], **{f"{MAL}.ej": WHY})
    other = page.open(OTHER)
    text = page.text(browser=other)
    assert WHY not in text and "hemlig.xlsx" not in text
    (file,) = page.rows(DraftFile)
    key = BIN_UNDERLAG.replace("bildningsnamnden", "omsorgsnamnden")
    page.post(key, browser=other, **{f"fil{file.id}": EKONOMI, "bort": str(file.id), f"{MAL}.ej": WHY})
    assert [row.part for row in page.rows(Submission)] == ["mal-och-resultat"]  # their own alone
    assert len(page.rows(DraftFile)) == 1
    assert page.post(BIN_UNDERLAG, "/utkast", browser=other, **{f"{MAL}.ej": WHY}).status_code == 403


def test_a_renewed_link_still_shows_it(page):
    page.save(**{f"{MAL}.ej": WHY})
    with page.hall.town.store.begin() as session:
        link = issue(session, CHIEF, ["forvaltningschef"], NOW)
        token = sign(SECRET, renew(session, link.id, NOW, "test"))
    browser = page.hall.browser()
    press(browser, f"/l/{token}")
    assert field(page.text(browser=browser), f"{MAL}.ej") == WHY


def test_a_hand_in_ends_it_and_what_was_refused_stays(page):
    page.save(**{f"{MAL}.ej": WHY, f"{RISK}.ej": "nej"})
    page.post(BIN_UNDERLAG, **{f"{MAL}.ej": WHY, f"{RISK}.ej": "nej"})
    assert page.handed_in() == {"mal-och-resultat": (None, WHY)}
    assert [row.fields for row in page.rows(DraftForm)] == [{f"{RISK}.ej": "nej"}]
    page.post(BIN_UNDERLAG, **{f"{RISK}.ej": WHY})
    assert page.rows(DraftForm) == []


def test_an_emptied_form_is_forgotten(page):
    page.save(**{f"{MAL}.ej": WHY})
    page.save(**{f"{MAL}.ej": " "})
    assert page.rows(DraftForm) == []


def test_files_wait_with_it_and_are_handed_in_with_the_rest(page):
    page.save(files=[(f"{EKONOMI}.fil", ("budget.xlsx", xlsx(b"1")))])
    page.save(files=[(f"{EKONOMI}.fil", ("budget 2.xlsx", xlsx(b"2")))])  # in place of the first
    assert "budget 2.xlsx" in page.text() and [row.filename for row in page.rows(DraftFile)] == ["budget 2.xlsx"]
    assert page.rows(Submission) == []
    page.post(BIN_UNDERLAG, **{f"{MAL}.ej": WHY})
    assert page.handed_in() == {"ekonomi": ("budget 2.xlsx", None), "mal-och-resultat": (None, WHY)}
    assert page.rows(DraftFile) == []


def test_a_file_that_is_chosen_wins_over_the_drafts_and_one_can_be_ticked_away(page):
    page.save(files=[(f"{EKONOMI}.fil", ("gammal.xlsx", xlsx(b"1")))])
    page.post(BIN_UNDERLAG, files=[(f"{EKONOMI}.fil", ("ny.xlsx", xlsx(b"2")))])
    assert page.handed_in()["ekonomi"][0] == "ny.xlsx" and page.rows(DraftFile) == []
    page.save(files=[(f"{MAL}.fil", ("text.docx", docx()))])
    (file,) = page.rows(DraftFile)
    page.save(bort=str(file.id))
    assert page.rows(DraftFile) == []


def test_an_intyg_is_never_kept(page):
    page.save(**{f"{MAL}.intygas": "ja", f"{MAL}.okant": "x"})
    assert page.rows(DraftForm) == []


def test_our_script_gets_no_page_and_a_form_without_its_token_saves_nothing(page):
    assert page.save(headers={"X-Utkast": "sig"}, **{f"{MAL}.ej": WHY}).status_code == 204
    where = f"/mina/{BIN_UNDERLAG.partition('/')[2]}/utkast"
    assert page.browser.post(where, data={"csrf": "0" * 64, f"{MAL}.ej": "annat"}).status_code == 403
    assert page.browser.get(where).status_code == 405
    assert [row.fields for row in page.rows(DraftForm)] == [{f"{MAL}.ej": WHY}]


def test_a_draft_is_thrown_away_after_a_month_and_has_its_bounds(page):
    page.save(files=[(f"{EKONOMI}.fil", ("a.xlsx", xlsx()))], **{f"{MAL}.ej": WHY + "x" * 5000})
    assert len(page.rows(DraftForm)[0].fields[f"{MAL}.ej"]) == 2000
    big = page.save(files=[(f"{MAL}.fil", ("stor.pdf", PDF + b" " * MAX_BYTES))])
    assert "stor.pdf är större än 20 MB och sparades inte" in page.text(big)
    with page.hall.town.store.begin() as session:
        drafts.save_fields(session, OTHER, BIN_UNDERLAG, {}, NOW + drafts.KEPT + timedelta(minutes=1))
    assert page.rows(DraftForm) == page.rows(DraftFile) == []


def test_markup_in_a_draft_is_words(page):
    page.save(**{f"{MAL}.ej": "<script>alert(1)</script>\r\nBcc: x"})
    assert "<script>alert" not in page.browser.get("/mina").text


def test_files_dropped_together_find_their_parts_by_their_kind_or_are_asked_about(page):
    several = [
        ("filer", ("tabell.xlsx", xlsx())),
        ("filer", ("mål.docx", docx(b"1"))),
        ("filer", ("bild.png", b"\x89PNG\r\n")),
    ]
    # the card has one table, and several texts, so a text must be asked about
    text = page.text(page.post(BIN_UNDERLAG, files=several))
    assert "Vilken del är tabell.xlsx?" not in text and "Vilken del är mål.docx?" in text
    assert "bild.png togs inte emot: ingen del här är en sådan fil" in text
    assert page.handed_in() == {"ekonomi": ("tabell.xlsx", None)}
    (unsure,) = page.rows(DraftFile)
    page.post(BIN_UNDERLAG, **{f"fil{unsure.id}": RISK})
    assert page.handed_in() == {"ekonomi": ("tabell.xlsx", None), "riskanalys-och-intern-kontroll": ("mål.docx", None)}
    assert page.rows(DraftFile) == []


def test_a_file_whose_kind_one_part_alone_takes_goes_there(page):
    page.post(BIN_PROTOKOLL, files=[("filer", ("utdrag.pdf", PDF))], **{f"{PROTOKOLL}.paragraf": "§ 4"})
    assert page.handed_in() == {"protokollsutdrag": ("utdrag.pdf", None)}


def test_a_part_of_anothers_cannot_be_chosen_for_a_file(page):
    page.post(BIN_UNDERLAG, files=[("filer", ("t.docx", docx(b"1")))])
    (file,) = page.rows(DraftFile)
    for name in (PROTOKOLL, "x", "delarsrapport.underlag.personalberattelse"):
        assert page.post(BIN_UNDERLAG, **{f"fil{file.id}": name}).status_code == 403
    assert page.rows(Submission) == []


def test_a_file_that_is_too_large_among_several_is_told(page):
    text = page.text(page.post(BIN_UNDERLAG, files=[("filer", ("stor.pdf", PDF + b" " * MAX_BYTES))]))
    assert "stor.pdf är större än 20 MB" in text and page.rows(Submission) == []


def test_a_filled_mall_is_known_by_its_mark_though_several_parts_are_tables():
    definition = whole_hedemora().definition
    one, hosted = (owed(step, "2027-10", "bildningsnamnden") for step in ("manadsrapport", "prognos"))
    places = [(each, part) for each in (one, hosted) for part in each.parts if form_of(part).wants_file]
    for each, part in places:
        if part.form == "tabell":
            mall = handed_out(definition, {}, each, part, KnownFigures(amounts={}))
            found = places_for(places, mall.content)
            assert [(place[0].key, place[1].id) for place in found] == [(each.key, part.id)]
    other = owed("manadsrapport", "2027-10", "omsorgsnamnden")
    foreign = handed_out(definition, {}, other, other.parts[0], KnownFigures(amounts={}))
    assert len(places_for(places, foreign.content)) > 1  # another enhet's: somebody must say


def test_earlier_versions_are_seen_on_the_page(page):
    for mark in (b"1", b"2"):
        page.post(BIN_UNDERLAG, files=[(f"{EKONOMI}.fil", (f"v{mark.decode()}.xlsx", xlsx(mark)))])
    text = page.text()
    assert "Andra versioner (1)" in text and "v1.xlsx" in text.partition("Andra versioner")[2]


def test_the_page_runs_our_script_alone(page):
    answer = page.browser.get("/mina")
    assert re.findall(r"<script[^>]*>", answer.text) == [
        re.search(r'<script src="/static/mina.js[^>]*>', answer.text)[0]
    ]
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "connect-src 'self'" in policy and "unsafe" not in policy
    with page.hall.town.store.read() as session:
        assert Scene(session, page.hall.office(), NOW).wheel  # and the script is there to be fetched
    assert page.browser.get(re.search(r'src="(/static/mina[^"]*)"', answer.text)[1]).status_code == 200


@pytest.mark.slow
def test_two_tabs_that_save_and_close_at_the_same_moment_are_both_answered(postgres_url):
    migrate(postgres_url)
    store, met = open_store(postgres_url), []
    with store.begin() as session:
        import_people(session, people_csv(), "personer.csv", home().definition, NOW, "test")
        wheel = current_wheel(session, home().definition, NOW)
    page = Page(Town(store, wheel, home()))

    def other_tab(_connection, _cursor, statement, parameters, *_):
        table = statement.removeprefix("INSERT INTO ").partition(" ")[0]
        if statement.startswith("INSERT") and table in ("draft_form", "ended_visit") and table not in met:
            met.append(table)
            with store.engine.begin() as beside:
                beside.exec_driver_sql(statement, parameters)

    sa.event.listen(store.engine, "before_cursor_execute", other_tab)
    assert page.save(**{f"{MAL}.ej": WHY}).status_code == 303
    assert page.browser.post("/stang", data={"csrf": hidden(page.browser.get("/mina").text)}).status_code == 200
    assert met == ["draft_form", "ended_visit"] and [row.fields for row in page.rows(DraftForm)] == [{f"{MAL}.ej": WHY}]
    store.close()
