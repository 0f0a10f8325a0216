"""A kvittens says how all stands that the files are part of, comes once, when it becomes complete too, and leads back."""

from email import message_from_bytes, policy

import pytest

from actions.act import Act
from actions.people.opening_links import open_link
from actions.scene import Scene
from actions.underlag.approving import approve
from actions.underlag.receiving import PartHandedIn, hand_in
from actions.underlag.rule_rest import rest_rule
from actions.underlag.sending_back import send_back
from notifications.letters.sealing import unsealed
from store.tables import LetterRow
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import (
    ANVISNING,
    BIN_PROGNOS,
    BIN_PROTOKOLL,
    BIN_UNDERLAG,
    NOW,
    PDF,
    PROTECTED,
    docx,
    town,
    xlsx,
)
from tests.rig.pages.hall import CHIEF, SECRET, Hall

pytestmark = pytest.mark.whole

REGISTRATOR = "registrator@example.se"


class Desk(Hall):
    """A hall where parts are handed in as from the page."""

    def hand(self, *parts: tuple[str, str]) -> list[LetterRow]:
        """Hand these (obligation, part) in at once; return the letters that it gave."""
        before = len(self.rows(LetterRow))
        with self.town.store.begin() as session:
            scene = Scene(session, self.office(), self.now)
            person = scene.people.who("forvaltningschef", "bildningsnamnden")
            hand_in(Act(scene, "Chef"), person, [self._part(scene, *each) for each in parts], via="prov")
        return self.rows(LetterRow)[before:]

    def hers(self, *parts: tuple[str, str]) -> list[LetterRow]:
        """The same, without the registrator's copy."""
        return [row for row in self.hand(*parts) if row.to == [CHIEF]]

    def _part(self, scene, key, part):
        owed = next(each for each in scene.wheel.obligations[key].parts if each.id == part)
        content = {"tabell": xlsx(), "text": docx()}.get(owed.form, PDF)
        suffix = {"tabell": "xlsx", "text": "docx"}.get(owed.form, "pdf")
        fields = {"paragraf": "45", "datum": "2027-09-09", "justerad": "ja"} if key == BIN_PROTOKOLL else None
        return PartHandedIn(
            key=key, part=part, upload=Upload(filename=f"{part}.{suffix}", content=content), fields=fields
        )

    def all_of(self, *keys):
        return [(key, part.id) for key in keys for part in self.town.wheel.obligations[key].parts]


def read(row):
    mail = message_from_bytes(unsealed(row.mime, SECRET), policy=policy.default)
    return str(mail["Subject"]), " ".join(mail.get_body(("plain",)).get_content().split())


@pytest.fixture
def desk():
    return Desk(town())


def test_one_hand_in_gets_one_kvittens_also_of_what_goes_in_with_the_report(desk):
    (letter,) = desk.hers((BIN_UNDERLAG, "ekonomi"), (BIN_PROGNOS, "planerade-atgarder"))
    subject, words = read(letter)
    assert subject.startswith("Kvittens, 2 delar återstår: delårsrapport augusti 2027")
    assert "Underlag till delårsrapporten augusti 2027: ofullständig." in words


def test_it_says_how_the_prognos_stands_that_the_ekonomi_is_too(desk):
    (first,) = desk.hers((BIN_PROGNOS, "planerade-atgarder"))
    _, words = read(first)
    assert "Den lämnas som Ekonomi med underlag till delårsrapporten." in words  # the figures are not in
    assert "1 del återstår" in words
    (second,) = desk.hers((BIN_UNDERLAG, "ekonomi"))
    _, words = read(second)
    assert "Helårsprognos, prognosen per den 31 augusti 2027: komplett" in words


def test_the_decision_tells_what_it_makes_final(desk):
    *_, copy = desk.hand(*desk.all_of(BIN_UNDERLAG, BIN_PROGNOS))
    assert "preliminär" in copy.subject
    letters = desk.hand(*desk.all_of(BIN_PROTOKOLL))
    assert "Underlag till delårsrapporten augusti 2027: komplett" in read(letters[0])[1]


def test_it_leads_back_to_the_page_and_the_registrators_own_copy_does_not(desk):
    mine, registered = desk.hand(*desk.all_of(BIN_UNDERLAG, BIN_PROGNOS))
    _, words = read(mine)
    token = words.partition("/l/")[2].split()[0]
    with desk.town.store.read() as session:
        assert open_link(session, SECRET, token, desk.now).person_id == CHIEF
    assert (mine.cc, registered.to) == ([], [REGISTRATOR])
    assert "/l/" not in read(registered)[1] and registered.kind == "kvittens"


def test_what_becomes_complete_by_an_approval_is_told_once(desk):
    desk.hand(*desk.all_of(BIN_UNDERLAG, BIN_PROGNOS))
    with desk.town.store.begin() as session:
        act = Act(Scene(session, desk.office(), desk.now), "Ekonom E", "Redovisa åtgärderna.")
        send_back(act, BIN_UNDERLAG, (), NOW.date().replace(day=17))
    before = len(desk.rows(LetterRow))
    for _ in range(2):
        with desk.town.store.begin() as session:
            approve(Act(Scene(session, desk.office(), desk.now), "Ekonom E"), BIN_UNDERLAG)
    told = desk.rows(LetterRow)[before:]
    chief = [row for row in told if row.to == [CHIEF]]
    assert len(chief) == 1
    subject, words = read(chief[0])
    assert subject.startswith("Kvittens, preliminär: ")
    assert "Ekonom E har godkänt underlaget som det är." in words and "/l/" in words


def test_what_becomes_complete_when_a_rule_rests_is_told_who_answers_for_it(desk):
    with desk.town.store.begin() as session:
        for part in desk.town.wheel.obligations[ANVISNING].parts:
            pdf = Upload(filename="anvisningar.pdf", content=PROTECTED) if part.id == "anvisningar" else None
            receive(
                session, desk.town.wheel, ANVISNING, part.id, upload=pdf, fields=None if pdf else {"intygas": "ja"}, by="Ekonomichef", via="prov",
                now=desk.now,
            )  # fmt: skip
    before = len(desk.rows(LetterRow))
    with desk.town.store.begin() as session:
        act = Act(Scene(session, desk.office(), desk.now), "Controller", "Den fastnar på felfria filer.")
        assert rest_rule(act, ("skyddad-pdf",), "skyddad-pdf") == 1
    (letter,) = [row for row in desk.rows(LetterRow)[before:] if row.to == ["ekonomichef@example.se"]]
    _, words = read(letter)
    assert "En kontroll som stoppade det är satt ur kraft." in words and "är komplett." in words
