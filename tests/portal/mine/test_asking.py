"""Anstånd, ersättare and vila on the personal page: each with a code to the registered address, within its bounds."""

import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import update

from actions.ladder.week import week_view
from actions.people.trying_codes import MOST
from actions.scene import Scene
from actions.underlag.anstand import waiting
from arshjul.definition.model import OFFICE
from arshjul.swedish import STOCKHOLM
from flows.service.outbox_job import AT_ONCE
from store.access.links import issue, revoke, sign
from store.people.holders import own_domains
from store.people.people_import import import_people
from store.plan.planning import current_wheel
from store.tables import AnstandRequest, AskedCode, Holder, LetterRow, Link, LogRow, ObligationRow, Person, Quiet
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import BIN_UNDERLAG, NOW, docx, home, people_csv, town, xlsx
from tests.rig.pages.hall import SECRET, Hall, words
from tests.rig.pages.logging_in import hidden, press
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

CHIEF, OTHER = "forvaltningschef.bildning@example.se", "forvaltningschef.omsorg@example.se"
WHERE = BIN_UNDERLAG.removeprefix("strandby/")
ANSTAND = {"galler": WHERE, "till": "2027-09-23", "skal": "Två vikarier är sjuka."}  # a Thursday
VILA = {"galler": WHERE, "till": "2027-09-17", "skal": "Vi lämnar in på torsdag."}
ERSATTARE = {"namn": "Bo Ek", "e-post": "bo.ek@example.se", "fran": "2027-09-13", "till": "2027-09-24"}
FORMS = {"anstand": ANSTAND, "ersattare": ERSATTARE, "vila": VILA}
HOSTILE = "<script>alert(1)</script>\r\nBcc: ond@example.org\r\n\r\nLocation: http://ond.example.org"


class Desk:
    """A hall with a chief's page open."""

    def __init__(self):
        self.hall = Hall(town())
        self.tokens = {}
        self.link = self.make(CHIEF)
        self.browser = self.open(self.link)

    def make(self, person):
        with self.hall.town.store.begin() as session:
            return issue(session, person, ["forvaltningschef"], NOW)

    def open(self, link):
        browser = self.hall.browser()
        assert press(browser, f"/l/{sign(SECRET, link)}").status_code == 303
        self.tokens[browser] = hidden(browser.get("/mina/begar/vila").text)
        return browser

    def ask(self, vad, browser=None, **changed):
        browser = browser or self.browser
        return browser.post(f"/mina/begar/{vad}", data={"csrf": self.tokens[browser], **FORMS[vad], **changed})

    def asked(self, vad, **changed):
        """Ask, and return the address of the code's page and the code out of the letter."""
        answer = self.ask(vad, **changed)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"], self.code()

    def code(self):
        letter = [row for row in self.rows(LetterRow) if row.kind == "kod"][-1]
        return re.search(r"^\W*(\d{3})\s(\d{3})\W*$", words(letter), re.MULTILINE).expand(r"\1\2")

    def say(self, where, code, browser=None):
        browser = browser or self.browser
        return browser.post(where, data={"csrf": self.tokens[browser], "kod": code})

    def done(self, vad, **changed):
        where, code = self.asked(vad, **changed)
        answer = self.say(where, code)
        assert (answer.status_code, answer.headers["location"]) == (303, where), answer.text
        return self.browser.get(where).text

    def rows(self, table):
        return self.hall.rows(table)

    def letters(self, kind):
        return [row for row in self.rows(LetterRow) if row.kind == kind]

    def done_things(self):
        deputies = [row for row in self.rows(Holder) if row.deputy_id]
        return len(self.rows(AnstandRequest)), len(deputies), len(self.rows(Quiet))


NOTHING = (0, 0, 0)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture(scope="module")
def quiet_desk():
    """One for the tests in which nothing may change."""
    return Desk()


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def told(answer):
    return re.search(r'class="notice"[^>]*>([^<]*)<', answer.text)[1]


@pytest.mark.parametrize("vad", FORMS)
def test_what_is_asked_is_done_by_the_code_in_the_letter_and_by_nothing_else(desk, vad):
    where, code = desk.asked(vad)
    assert desk.done_things() == NOTHING
    assert desk.say(where, wrong(code)).status_code == 400 and desk.done_things() == NOTHING
    assert desk.say(where, f" {code[:3]} {code[3:]} ").status_code == 303  # as the letter writes it
    assert sum(desk.done_things()) == 1
    assert "Klart" in desk.browser.get(where).text


@pytest.mark.parametrize("vad", FORMS)
def test_the_code_goes_to_the_registered_address_at_any_hour_and_says_what_it_is_for(desk, vad):
    desk.hall.now = NOW + timedelta(hours=11)  # Friday 20.00
    desk.asked(vad)
    (letter,) = desk.letters("kod")
    assert (letter.to, letter.cc, letter.not_before) == ([CHIEF], [], desk.hall.now) and letter.kind in AT_ONCE
    assert {"anstand": "be om anstånd", "ersattare": "bo.ek@example.se", "vila": "Fristen står fast"}[vad] in words(
        letter
    )
    assert desk.code() not in letter.subject


def test_in_skugga_the_code_still_goes_to_its_reader(desk):
    desk.hall.utskick = "skugga"
    desk.browser = desk.open(desk.link)
    desk.asked("vila")
    assert [(row.to, row.shadow) for row in desk.letters("kod")] == [([CHIEF], False)]


def test_the_code_is_kept_nowhere_but_in_the_letter(desk):
    where, code = desk.asked("anstand")
    desk.say(where, code)
    (row,) = desk.rows(AskedCode)
    kept = [row.digest, row.what, *(f"{each.key} {each.detail}" for each in desk.rows(LogRow))]
    assert len(row.digest) == 64 and not any(code in str(each) for each in kept)


def test_a_scanners_get_changes_nothing(desk):
    where, _ = desk.asked("ersattare")
    before = [(row.id, row.what) for row in desk.rows(LogRow)], desk.rows(AskedCode)[0].tries, desk.done_things()
    for path in (where, *(f"/mina/begar/{vad}" for vad in FORMS), f"{where}?kod={desk.code()}", "/mina"):
        assert desk.browser.get(path).status_code == 200
    assert desk.hall.browser().get(where).status_code == 403  # without the visit's cookie: logged, and nothing else
    now = [(row.id, row.what) for row in desk.rows(LogRow) if row.what != "portal.denied"]
    assert (now, desk.rows(AskedCode)[0].tries, desk.done_things()) == before


def test_five_wrong_codes_end_it_and_each_is_logged(desk):
    where, code = desk.asked("vila")
    words_told = [told(desk.say(where, wrong(code))) for _ in range(4)]
    assert "4 försök kvar" in words_told[0] and "Ett försök kvar" in words_told[3]
    assert "gäller inte längre" in desk.say(where, wrong(code)).text
    assert desk.say(where, code).status_code == 400  # the right one, too late
    assert desk.done_things() == NOTHING
    denied = [what for _, _, what in desk.hall.denied()]
    assert denied == ["kod: fel"] * 5 + ["kod: har gått ut"]


@pytest.mark.parametrize("minutes", [15, 60])
def test_a_code_lives_a_quarter_of_an_hour(desk, minutes):
    where, code = desk.asked("vila")
    desk.hall.now = NOW + timedelta(minutes=minutes)
    answer = desk.say(where, code)
    assert answer.status_code == 400 and "gällde i 15 minuter" in answer.text and desk.done_things() == NOTHING


def test_a_code_works_to_its_last_second(desk):
    where, code = desk.asked("vila")
    desk.hall.now = NOW + timedelta(minutes=14, seconds=59)
    assert desk.say(where, code).status_code == 303


def test_a_code_works_once(desk):
    where, code = desk.asked("anstand")
    desk.say(where, code)
    assert desk.say(where, code).status_code == 400
    assert len(desk.rows(AnstandRequest)) == 1


def test_a_code_of_another_link_or_another_request_opens_nothing(desk):
    where, code = desk.asked("vila")
    other = desk.open(desk.make(OTHER))
    assert other.get(where).status_code == 403
    assert desk.say(where, code, browser=other).status_code == 403
    assert ("kod: en annan länks") in [what for _, _, what in desk.hall.denied()]
    second, second_code = desk.asked("anstand")
    if second_code != code:
        assert desk.say(second, code).status_code == 400
    assert desk.done_things() == NOTHING


def test_a_revoked_link_ends_its_codes(desk):
    where, code = desk.asked("vila")
    with desk.hall.town.store.begin() as session:
        revoke(session, desk.link.id, NOW, "test")
    answer = desk.browser.post(where, data={"csrf": "x", "kod": code})
    assert answer.status_code == 403 and desk.done_things() == NOTHING


def test_no_more_than_five_codes_go_out_in_an_hour(desk):
    for _ in range(MOST):
        desk.asked("vila")
    answer = desk.ask("vila")
    assert answer.status_code == 400 and "Vänta en stund, eller skriv till ekonomikontoret." in told(answer)
    assert len(desk.letters("kod")) == MOST
    sourced = desk.hall.sourced
    office = sourced.definition.roles[OFFICE].model_copy(update={"definite": "planeringsenheten"})
    named = sourced.definition.model_copy(update={"roles": {**sourced.definition.roles, OFFICE: office}})
    desk.hall.sourced = replace(sourced, definition=named)
    assert "Vänta en stund, eller skriv till planeringsenheten." in told(desk.ask("vila", desk.open(desk.link)))
    assert "Hjälper det inte: be planeringsenheten om en ny länk." in desk.hall.browser().get("/l/nagot").text
    desk.hall.sourced = sourced
    desk.hall.now = NOW + timedelta(hours=1, seconds=1)
    assert desk.ask("vila").status_code == 303


@pytest.mark.parametrize("vad", FORMS)
def test_without_the_forms_token_nothing_is_asked_or_done(desk, vad):
    assert desk.browser.post(f"/mina/begar/{vad}", data=FORMS[vad]).status_code == 403
    where, code = desk.asked(vad)
    assert desk.browser.post(where, data={"kod": code}).status_code == 403
    assert desk.done_things() == NOTHING


def test_the_form_says_the_last_day_that_can_be_wished(quiet_desk):
    # the bound is Monday 27 September at 12, and the frist is at 16
    page = quiet_desk.browser.get(f"/mina/begar/anstand?galler={WHERE}").text
    assert "Fristen är tisdag 21 september 2027 kl. 16.00. Den kan flyttas längst till fredag 24 september 2027" in page
    assert "längst" not in quiet_desk.browser.get("/mina/begar/anstand?galler=<b>").text


@pytest.mark.parametrize(
    ("vad", "changed", "word"),
    [
        ("anstand", {"till": "2027-10-04"}, "Anstånd kan ges längst till fredag 24 september 2027"),
        ("anstand", {"till": "2027-09-21"}, "ett anstånd måste vara senare"),
        ("anstand", {"till": "snart"}, "till exempel 2027-10-05"),
        ("anstand", {"skal": "nej"}, "Skriv varför"),
        ("anstand", {"galler": ""}, "Välj vilken inlämning"),
        ("vila", {"till": "2027-09-22"}, "Breven kan vila längst till fristen, tisdag 21 september 2027"),
        ("vila", {"till": "2027-09-09"}, "har redan varit"),
        ("ersattare", {"e-post": "bo.ek@gmail.com"}, "ska sluta på @example.se"),
        ("ersattare", {"e-post": "bo.ek@example.se.ond.org"}, "ska sluta på @example.se"),
        ("ersattare", {"e-post": "bo.ek@sub.example.se"}, "ska sluta på @example.se"),
        ("ersattare", {"e-post": "bo"}, "är ingen adress"),
        ("ersattare", {"e-post": CHIEF}, "din egen adress"),
        ("ersattare", {"namn": ""}, "Namn saknas"),
        ("ersattare", {"namn": "=1+1"}, "formel"),
        ("ersattare", {"fran": "2027-09-09"}, "har redan varit"),
        ("ersattare", {"till": "2027-09-12"}, "är före den första"),
        ("ersattare", {"till": "2028-09-12"}, "högst ett halvår"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_once_with_what_was_typed_kept(quiet_desk, vad, changed, word):
    desk = quiet_desk
    answer = desk.ask(vad, **changed)
    assert answer.status_code == 400 and word in told(answer)
    assert desk.letters("kod") == [] and desk.rows(AskedCode) == []
    kept = {**FORMS[vad], **changed}
    assert all(kept[name] in answer.text for name in ("skal", "namn") if name in kept)


def test_a_foreign_domain_is_logged(desk):
    desk.ask("ersattare", **{"e-post": "bo@ond.example.org"})
    assert "ersättare: främmande domän" in [what for _, _, what in desk.hall.denied()]


def test_another_units_obligation_is_denied_and_logged(desk):
    answer = desk.ask("anstand", galler=WHERE.replace("bildningsnamnden", "omsorgsnamnden"))
    assert answer.status_code == 403 and "någon annans krav" in [what for _, _, what in desk.hall.denied()]
    assert desk.ask("anstand", galler="../../etc").status_code == 403
    assert desk.browser.get("/mina/begar/allt").status_code == 404


def test_a_request_reaches_the_ekonomikontor_at_once_on_laget_and_in_the_letter_of_the_week(desk):
    desk.done("anstand")
    (letter,) = [row for row in desk.letters("notis") if "Begäran om anstånd" in row.subject]
    assert f"http://testserver/lage/{WHERE}" in words(letter) and "Två vikarier är sjuka." in words(letter)
    assert letter.not_before.astimezone(STOCKHOLM) == NOW
    office = desk.hall.inside(name="Ekonom E")
    assert f'href="/lage/{WHERE}"' in re.search(r"Begärda anstånd.*?</ul>", office.get("/lage").text, re.DOTALL)[0]
    page = office.get(f"/lage/{WHERE}").text
    assert "Begärt anstånd" in page and "Anstånd begärdes" in page
    with desk.hall.town.store.begin() as session:
        notes = week_view(Scene(session, desk.hall.office(), NOW), "vecka 36", {}).notes
    assert any("Begärt anstånd: delårsrapport augusti 2027 · Bildningsnämnden" in line.what for line in notes)
    assert "är begärt av" in desk.browser.get("/mina").text


def test_a_request_whose_underlag_has_come_in_waits_no_more(desk):
    desk.done("anstand")
    with desk.hall.town.store.begin() as session:
        wheel = current_wheel(session, home().definition, NOW)
        for one in (wheel.obligations[BIN_UNDERLAG], *wheel.hosted[BIN_UNDERLAG]):
            for part in one.parts:
                upload = Upload(filename=part.id, content=xlsx() if part.form == "tabell" else docx())
                receive(session, wheel, one.key, part.id, upload=upload, by="x", via="prov", now=NOW)
        assert waiting(Scene(session, desk.hall.office(), NOW)) == []
    assert "Begärda anstånd" not in desk.hall.inside(name="Ekonom E").get("/lage").text


def answer(desk, what):
    office = desk.hall.inside(name="Ekonom E")
    page = office.get(f"/lage/{WHERE}").text
    form = re.search(rf'action="/lage/{WHERE}/{what}">(.*?)</form>', page, re.DOTALL)[1]
    data = {name: hidden(form, name) for name in re.findall(r'type="hidden" name="(\w+)"', form)}
    skal = {"skal": "KSAU behöver siffrorna."} if what == "avsla" else {}
    sent = office.post(f"/lage/{WHERE}/{what}", data={**data, **skal})
    assert sent.status_code == 303, sent.text
    return office.get(f"/lage/{WHERE}").text


def frist(desk):
    with desk.hall.town.store.read() as session:
        return current_wheel(session, home().definition, desk.hall.now).obligations[BIN_UNDERLAG].deadline.at


def test_a_request_is_granted_in_one_press_and_the_asker_is_told(desk):
    desk.done("anstand")
    assert "Begärt anstånd" not in answer(desk, "anstand")
    assert frist(desk) == instant("torsdag 23 september 2027 kl. 16.00")
    (row,) = desk.rows(AnstandRequest)
    assert (row.state, row.answered_by) == ("beviljad", "Ekonom E")
    (letter,) = desk.letters("anstånd beviljat")
    assert letter.to == [CHIEF] and "torsdag 23 september 2027 kl. 16.00" in words(letter)


def test_a_frist_that_stands_on_its_last_day_is_offered_no_more(desk):
    offer = f"/mina/begar/anstand?galler={WHERE}"
    assert offer in desk.browser.get("/mina").text
    desk.done("anstand", till="2027-09-24")
    office = answer(desk, "anstand")
    assert (
        "Fristen kan inte flyttas längre: sammanställningen ska bli klar" in office
        and "Längst till fredag" not in office
    )
    form = desk.browser.get(offer).text
    assert "fredag 24 september 2027 kl. 16.00. Den kan inte flyttas längre." in form and "längst till" not in form
    assert offer not in desk.browser.get("/mina").text
    refused = desk.ask("anstand", till="2027-09-27")
    assert refused.status_code == 400 and "Fristen kan inte flyttas längre: sammanställningen" in told(refused)


def test_who_was_told_the_frist_is_told_its_move_and_gets_no_second_letter(desk):
    with desk.hall.town.store.begin() as session:
        session.execute(update(ObligationRow).where(ObligationRow.key == BIN_UNDERLAG).values(told_at=frist(desk)))
    desk.done("anstand")
    answer(desk, "anstand")
    assert desk.letters("anstånd beviljat") == []


def test_a_refusal_is_told_to_the_asker_with_its_reason(desk):
    desk.done("anstand")
    before = frist(desk)
    answer(desk, "avsla")
    assert frist(desk) == before
    letters = [row for row in desk.letters("anstånd nekas") if row.to == [CHIEF]]
    assert len(letters) == 1 and "KSAU behöver siffrorna." in words(letters[0])
    assert [row.state for row in desk.rows(AnstandRequest)] == ["nekad"]
    assert "nekades fredag 10 september 2027: KSAU behöver siffrorna." in desk.browser.get("/mina").text


def test_a_refusal_reaches_the_asker_also_when_a_deputy_gets_the_letters(desk):
    desk.done("anstand")
    desk.done("ersattare", fran="2027-09-10")
    answer(desk, "avsla")
    assert {tuple(row.to) for row in desk.letters("anstånd nekas")} >= {(CHIEF,), ("bo.ek@example.se",)}


def test_asking_again_replaces_what_was_asked(desk):
    desk.done("anstand")
    desk.done("anstand", till="2027-09-22")
    assert [(row.until, row.state) for row in desk.rows(AnstandRequest)] == [
        (date(2027, 9, 23), "ersatt"),
        (date(2027, 9, 22), "öppen"),
    ]


def test_what_can_no_longer_be_granted_is_told_at_the_code_which_stays(desk):
    where, code = desk.asked("anstand")
    office = desk.hall.inside(name="Ekonom E")
    page = office.get(f"/lage/{WHERE}").text
    office.post(f"/lage/{WHERE}/anstand", data={"csrf": hidden(page), "till": "2027-09-24", "skal": "Alla får en dag."})
    refused = desk.say(where, code)
    assert refused.status_code == 400 and "ett anstånd måste vara senare" in told(refused)
    assert desk.rows(AnstandRequest) == [] and desk.rows(AskedCode)[0].used_at is None


def test_the_deputy_gets_the_post_from_the_day_on_and_everybody_concerned_is_told(desk):
    desk.done("ersattare")
    row = next(row for row in desk.rows(Holder) if row.deputy_id)
    assert (row.person_id, row.deputy_id, row.deputy_from, row.deputy_to) == (
        CHIEF, "bo.ek@example.se", date(2027, 9, 13), date(2027, 9, 24),
    )  # fmt: skip
    assert [row.to for row in desk.letters("ersättare")] == [["bo.ek@example.se"]]
    assert any(
        "har på sin sida utsett Bo Ek (bo.ek@example.se)" in " ".join(words(row).split())
        for row in desk.letters("notis")
    )
    assert [row.who for row in desk.rows(LogRow) if row.what == "deputy.named"] == [
        next(each.name for each in desk.rows(Person) if each.id == CHIEF)
    ]
    assert "Bo Ek för förvaltningschef" in desk.browser.get("/mina").text


def test_a_deputy_keeps_the_name_that_is_registered(desk):
    before = {each.id: each.name for each in desk.rows(Person)}
    desk.done("ersattare", **{"namn": "Någon Annan", "e-post": OTHER.upper()})
    assert {each.id: each.name for each in desk.rows(Person)} == before


def test_a_deputy_names_no_deputy(desk):
    text = people_csv().replace(f"{CHIEF},,,,,,", f"{CHIEF},,,Ersättare,ers@example.se,2027-09-01,2027-09-30")
    with desk.hall.town.store.begin() as session:
        import_people(session, text, "p.csv", home().definition, NOW, "test")
    deputy = desk.open(desk.make("ers@example.se"))
    assert "Bara den som själv har rollen" in deputy.get("/mina/begar/ersattare").text
    assert desk.ask("ersattare", browser=deputy).status_code == 400
    assert desk.ask("anstand", browser=deputy).status_code == 303  # but asks for time


def test_without_domains_in_the_definition_those_of_the_roles_holders_count(desk):
    with desk.hall.town.store.begin() as session:
        session.get(Person, OTHER).address = "chef@bolaget.example.org"
        bare = home().definition.kommun.model_copy(update={"domains": ()})
        definition = home().definition.model_copy(update={"kommun": bare})
        assert own_domains(session, definition, NOW.date()) == ("bolaget.example.org", "example.se")
        assert own_domains(session, home().definition, NOW.date()) == ("example.se",)


def test_vila_leaves_the_frist_and_shows_on_the_page(desk):
    before = frist(desk)
    page = desk.done("vila")
    assert "Fristen står fast" in page and frist(desk) == before
    assert [(row.kind, row.until) for row in desk.rows(Quiet)] == [("vila", date(2027, 9, 17))]
    assert "Breven vilar till och med fredag 17 september 2027" in desk.browser.get("/mina").text


def test_a_reason_is_words_and_never_headers_or_markup(desk):
    page = desk.done("anstand", skal=HOSTILE)
    assert "<script>" not in page
    office = desk.hall.inside(name="Ekonom E").get(f"/lage/{WHERE}")
    assert "<script>alert" not in office.text and "location" not in office.headers
    for letter in desk.rows(LetterRow):
        parsed = message_from_bytes(letter.mime, policy=policy.default)
        assert parsed["Bcc"] is None and "<script>" not in parsed.get_body(("html",)).get_content()
    name = desk.ask("ersattare", namn="Bo\r\nBcc: ond@example.org")
    assert name.status_code == 303 and "ond.example" not in name.headers["location"]
    assert desk.rows(Link)  # the page lives
