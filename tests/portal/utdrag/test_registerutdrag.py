"""The registerutdrag: all of one person and nobody else, taken out by the ekonomikontor, by the person, and by the command."""

import json
import re
import zipfile
from datetime import timedelta
from functools import cache
from io import BytesIO

import pytest

from actions.act import Act
from actions.inbox.inbox import MAILBOX, take_in
from actions.people.seating import change_phone, name_deputy
from actions.scene import Scene
from actions.underlag.anstand import ask_anstand
from actions.underlag.receiving import PartHandedIn, hand_in
from arshjul.errors import RefusedError
from portal.utdrag.extract import ANOTHER, UNTOLD
from portal.utdrag.extracting import registerutdrag
from store.access.links import issue, sign
from store.acting import Acting, Way
from store.tables import AskedCode, LetterRow, LogRow, Person
from submissions.files.parts import Upload
from tests.rig.files.mails import answer, opened
from tests.rig.handins import BIN_UNDERLAG, NOW, copied, town, xlsx
from tests.rig.pages.hall import CHIEF, SECRET, SECRETARY, Hall, words
from tests.rig.pages.logging_in import hidden, press

pytestmark = pytest.mark.whole

OTHER = "forvaltningschef.omsorg@example.se"
DEPUTY = ("Ersättare Ersdotter", "ersattare.ersdotter@example.se")


class Register(Hall):
    """A hall in which a förvaltningschef has done what one does, and others have written of her."""

    def act(self, work, name="Ekonom E", why="", acting=None):
        with self.town.store.begin(acting or Acting(subject="ekonom@example.se", way=Way.SESSION)) as session:
            return work(Act(Scene(session, self.office(), self.now), name, why))

    def person(self, address=CHIEF):
        return next(row for row in self.rows(Person) if row.id == address)

    def lived(self):
        me = Acting(subject=CHIEF, way=Way.LINK, session="abc")
        person = self.person()
        name = person.name
        part = PartHandedIn(
            key=BIN_UNDERLAG, part="ekonomi", upload=Upload(filename="Min ekonomi.xlsx", content=xlsx())
        )
        self.act(lambda act: hand_in(act, person, [part], via="sidan"), name, acting=me)
        self.act(
            lambda act: ask_anstand(act, person, BIN_UNDERLAG, self.now.date().replace(day=23)),
            name,
            "Vi väntar på siffror.",
            me,
        )
        self.act(lambda act: change_phone(act, ("forvaltningschef", "bildningsnamnden"), "0225-340 00"))
        first = self.now.date() + timedelta(days=3)
        self.act(
            lambda act: name_deputy(act, ("forvaltningschef", "bildningsnamnden"), *DEPUTY, first, first),
            why="Britta Granne är sjuk och hos läkaren.",
        )
        mail = answer(sender=CHIEF, subject="SV: Delårsrapport", files=[("Bilaga.xlsx", xlsx(b"2"))])
        self.act(lambda act: take_in(act, opened(mail.as_bytes()), self.now), MAILBOX)
        return self.town

    def taken(self, address=CHIEF):
        name, content = self.act(lambda act: registerutdrag(act, address, "dataskydd@example.se"))
        return name, *read(content)


def read(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["registerutdrag.html", "registerutdrag.json"]
        return archive.read("registerutdrag.html").decode(), json.loads(archive.read("registerutdrag.json"))


@cache
def lived():
    return Register(town()).lived()


@pytest.fixture
def register():
    return Register(copied(lived()), NOW + timedelta(minutes=5))


def test_it_holds_all_that_is_kept_of_her(register):
    name, paper, told = register.taken()
    assert name == "Registerutdrag 2027-09-10.zip"
    assert told["person"] == {"namn": register.person().name, "e-post": CHIEF}
    facts = told["uppgifter"]
    assert {row["Uppgift"]: row["Värde"] for row in facts["Vem du är"]}["Telefon"] == "0225-340 00"
    assert [(row["Roll"], row["Enhet"], row["Som"]) for row in facts["Roller"]] == [
        ("förvaltningschef", "Bildningsnämnden", "innehavare")
    ]
    letters = [row for row in register.rows(LetterRow) if CHIEF in (*row.to, *row.cc)]
    assert len(facts["Brev till dig"]) == len(letters) > 0
    (handed,) = facts["Det du har lämnat in"]
    assert "Delårsrapport" in handed["Vad"] and handed["Fil eller uppgift"] == "Min ekonomi.xlsx"
    assert [row["Det du skrev"] for row in facts["Svar, önskemål och påbörjat"]] == ["Vi väntar på siffror."]
    assert [(row["Ämne"], row["Filer"]) for row in facts["Mejl från dig"]] == [("SV: Delårsrapport", "Bilaga.xlsx")]
    mine = [row for row in register.rows(LogRow) if row.subject == CHIEF]
    assert len([row for row in facts["Loggen"] if row["Vem"] == "du"]) == len(mine) > 1
    for words_ in (
        "Registerutdrag",
        "artikel 15",
        "Rättslig grund",
        "Hur länge",
        "dataskydd@example.se",
        "Integritetsskydds",
    ):
        assert words_ in paper
    for section in facts:
        assert f"<h2>{section}</h2>" in paper


def test_nobody_else_is_in_it_and_what_others_wrote_is_not_told(register):
    _, paper, told = register.taken()
    whole = paper + json.dumps(told, ensure_ascii=False)
    for each in register.rows(Person):
        if each.id != CHIEF:
            assert each.address not in whole, each.id
    assert DEPUTY[0] not in whole and DEPUTY[1] not in whole and "Britta Granne" not in whole and "läkaren" not in whole
    assert ANOTHER in whole and UNTOLD in whole
    assert set(re.findall(r"[\w.]+@[\w.]*\w", whole)) == {CHIEF, "dataskydd@example.se"}


def test_whose_address_ends_or_begins_hers_is_not_she(register):
    def happened(act):
        for address in (f"jo{CHIEF}", f"anna.{CHIEF}", f"{CHIEF}.example"):
            act.log("file.read", f"nagot/{address}", {"filename": "Grannens sak.pdf", "to": [address]})
        act.log("file.read", None, {"filename": "Hennes sak.pdf", "to": ["x", {"till": f"Skickat till\n{CHIEF}."}]})

    register.act(happened)
    _, paper, _ = register.taken()
    assert "Hennes sak.pdf" in paper and "Grannens sak.pdf" not in paper


def test_of_a_stranger_nothing_is_kept_and_that_is_told(register):
    with pytest.raises(RefusedError, match=r"Inga uppgifter om 'nagon@annan\.example' finns"):
        register.taken("nagon@annan.example")


def test_the_ekonomikontor_takes_it_out_on_the_persons_page(register):
    browser = register.inside(name="Ekonom E")
    page = browser.get("/personer/bildningsnamnden/forvaltningschef").text
    answer_ = browser.post("/personer/utdrag", data={"csrf": hidden(page), "adress": hidden(page, "adress")})
    assert (
        answer_.headers["content-type"] == "application/zip" and read(answer_.content)[1]["person"]["e-post"] == CHIEF
    )
    (row,) = [row for row in register.rows(LogRow) if row.what == "register.extracted"]
    assert (row.who, row.detail) == ("Ekonom E", {"person": CHIEF})
    secretary = register.inside(address=SECRETARY, name="N")
    assert secretary.post("/personer/utdrag", data={"csrf": "x", "adress": CHIEF}).status_code == 403


class TestOnHerOwnPage:
    def came_in(self, register, person=CHIEF):
        with register.town.store.begin() as session:
            token = sign(SECRET, issue(session, person, ["forvaltningschef"], register.now))
        browser = register.browser()
        press(browser, f"/l/{token}")
        return browser

    def asked(self, register, browser):
        page = browser.get("/mina/begar/utdrag").text
        assert "Hämta ett registerutdrag" in page
        there = browser.post("/mina/begar/utdrag", data={"csrf": hidden(page)}).headers["location"]
        letter = [row for row in register.rows(LetterRow) if row.kind == "kod"][-1]
        return there, re.search(r"^\W*(\d{3})\s(\d{3})\W*$", words(letter), re.MULTILINE).expand(r"\1\2")

    def test_the_code_that_went_to_her_address_opens_it_for_a_quarter_of_an_hour(self, register):
        browser = self.came_in(register)
        there, code = self.asked(register, browser)
        number = there.rpartition("/")[2]
        assert browser.get(f"/mina/utdrag/{number}").status_code == 400  # before the code is shown
        wrong = browser.post(there, data={"csrf": hidden(browser.get(there).text), "kod": "000000"})
        assert wrong.status_code == 400 and browser.get(f"/mina/utdrag/{number}").status_code == 400
        browser.post(there, data={"csrf": hidden(browser.get(there).text), "kod": code})
        assert f'href="/mina/utdrag/{number}"' in browser.get(there).text
        got = browser.get(f"/mina/utdrag/{number}")
        assert read(got.content)[1]["person"]["e-post"] == CHIEF
        assert [row.subject for row in register.rows(LogRow) if row.what == "register.extracted"] == [CHIEF]
        stranger = self.came_in(register, OTHER)
        assert stranger.get(f"/mina/utdrag/{number}").status_code == 403
        register.now += timedelta(minutes=16)
        assert browser.get(f"/mina/utdrag/{number}").status_code == 400

    def test_a_code_for_something_else_opens_no_registerutdrag(self, register):
        browser = self.came_in(register)
        there, code = self.asked(register, browser)
        with register.town.store.begin() as session:
            session.query(AskedCode).one().kind = "vila"
        assert browser.get(there.replace("/kod/", "/utdrag/")).status_code == 400 and code
