"""The registrator's copy: of a complete hand-in's kvittens and of a tjänsteskrivelse, and never with anybody's link."""

from datetime import date
from email import message_from_bytes, policy

import pytest

from actions.ladder.raising import bring_up_matter, write_escalations
from actions.people.seating import end_seat
from actions.scene import Scene
from actions.underlag.receipts import write_receipt
from arshjul.definition.reach import top_rung
from store.post.notices import queue
from store.tables import LetterRow, Person
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.handins import BIN_PROGNOS, BIN_UNDERLAG, NOW, docx, town, xlsx
from tests.rig.pages.hall import CHIEF, Hall, words

pytestmark = pytest.mark.whole

REGISTRATOR = "registrator@example.se"


class Diary(Hall):
    """A hall whose letters the registrator may read."""

    def hand_in(self, key=BIN_UNDERLAG, *, but=()):
        """Hand in one part after the other, each with its kvittens; return the letters."""
        with self.town.store.begin() as session:
            for part in self.town.wheel.obligations[key].parts:
                if part.id not in but:
                    upload = Upload(filename=f"{part.id}.fil", content=xlsx() if part.form == "tabell" else docx())
                    got = receive(
                        session, self.town.wheel, key, part.id, upload=upload, by="Chef", via="prov", now=self.now
                    )
                    write_receipt(session, self.office(), [got], session.get_one(Person, CHIEF), self.now)
        return self.copies()

    def copies(self):
        return [row for row in self.rows(LetterRow) if REGISTRATOR in (*row.cc, *row.to)]

    def bring_up(self, *roles):
        """Bring the enhet's matter up to KSAU, told to these roles; return the letters."""
        with self.town.store.begin() as session:
            scene = Scene(session, self.office(), self.now)
            one = scene.wheel.obligations[BIN_UNDERLAG]
            bring_up_matter(scene, one, top_rung(one.ladder))
            readers = [(role, scene.people.who(role, None).id) for role in roles]
            told = queue(
                session, milestone_key=one.milestone_key("ksau"), obligation_key=one.key, rung="ksau",
                due_at=one.deadline.at, recipients=readers, now=self.now,
            )  # fmt: skip
            session.flush()
            write_escalations(scene.look([one.key]), told, None)
        return self.copies()

    def vacant(self):
        with self.town.store.begin() as session:
            seat = ("registrator", None)
            end_seat(act(session, self.now, "prov", "slutar"), seat, date(2027, 9, 9))


@pytest.fixture
def diary():
    return Diary(town())


def test_only_a_kvittens_that_makes_something_complete_goes_in_copy_and_it_tells_every_part(diary):
    assert diary.hand_in(BIN_PROGNOS) == []  # its figures are the delårsrapport's Ekonomi, which is not in
    prognos, copy = diary.hand_in()
    assert "Planerade åtgärder" not in words(prognos).partition("Det här återstår")[2]
    assert "Helårsprognos" in words(prognos).partition("Så står det till")[2]
    assert (copy.kind, copy.to, copy.cc) == ("kvittens", [REGISTRATOR], [])
    text = words(copy)
    assert "och kan registreras." in text and "Tack" not in text
    parts = [each for key in (BIN_UNDERLAG, BIN_PROGNOS) for each in diary.town.wheel.obligations[key].parts]
    assert "Hela inlämningen" in text and all(each.name.split(" (")[0] in text for each in parts)
    assert text.count(", version 1:") == 1 + len(parts)  # what came last, and the fingerprint of each


def test_what_still_misses_a_part_goes_to_no_registrator(diary):
    assert diary.hand_in(but={"ekonomi"}) == []


def test_a_tjansteskrivelse_goes_in_copy_once_with_the_secretarys_letter(diary):
    diary.now = NOW.replace(day=28)  # a Tuesday, five working days after the frist
    (copy,) = diary.bring_up("ksau_ordforande", "ksau_sekreterare")
    assert (copy.to, copy.cc) == (["ksau.sekreterare@example.se"], [REGISTRATOR])
    sent = message_from_bytes(copy.mime, policy=policy.default)
    assert [each.get_filename()[-5:] for each in sent.iter_attachments()] == [".docx"]


def test_it_goes_with_the_chairs_when_the_secretary_gets_none(diary):
    diary.now = NOW.replace(day=28)
    (copy,) = diary.bring_up("ksau_ordforande")
    assert copy.to == ["ksau.ordforande@example.se"]


def test_no_copy_holds_anybodys_personal_link(diary):
    diary.hand_in(BIN_PROGNOS)
    diary.hand_in()
    diary.now = NOW.replace(day=28)
    copies = diary.bring_up("ksau_sekreterare")
    assert len(copies) == 3
    for copy in copies:
        for part in message_from_bytes(copy.mime, policy=policy.default).walk():
            assert part.get_content_maintype() != "text" or "/l/" not in part.get_content()


def test_in_skugga_the_copy_stays_in_the_house(diary):
    diary.utskick = "skugga"
    diary.hand_in(BIN_PROGNOS)
    assert diary.hand_in() == []


def test_without_a_registrator_everything_goes_as_before(diary):
    diary.vacant()
    diary.hand_in(BIN_PROGNOS)
    assert diary.hand_in() == [] and [row for row in diary.rows(LetterRow) if row.kind == "kvittens"]


def test_the_registrator_logs_in_reads_laget_and_nothing_more(diary):
    browser = diary.inside(address=REGISTRATOR, name="Registrator")
    assert browser.get("/lage/delarsrapport/2027-08").status_code == 200
    assert browser.get("/handlingar").status_code == browser.get("/personer").status_code == 403
