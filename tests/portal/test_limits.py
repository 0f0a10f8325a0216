"""No link fills the disk, wears a code out, or gets a fresh limit by a burst of others; the public picture is drawn once."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import sent_up
from actions.people import trying_codes as codes
from arshjul.errors import RefusedError
from portal.web.limits import KeptAwhile, Limit
from store.access import links
from store.people.people_file import person_id
from store.tables import AskedCode, DraftFile, Submission, Uploaded
from submissions.intake.room import Intake
from tests.rig.handins import NOW, PDF, town
from tests.rig.pages.hall import CHIEF, SECRET, Hall
from tests.rig.pages.logging_in import hidden, press

UNDERLAG = "/mina/delarsrapport/2027-08/bildningsnamnden/underlag"
FIELD = "delarsrapport.underlag.mal-och-resultat.fil"


def link_of(hall, person=CHIEF):
    with hall.town.store.begin() as session:
        return links.issue(session, person_id(person), ["forvaltningschef"], NOW)


def visiting(hall):
    browser = hall.browser()
    press(browser, f"/l/{links.sign(SECRET, link_of(hall))}")
    return browser, hidden(browser.get("/mina").text)


class TestLimits:
    def test_a_burst_of_other_keys_gives_no_key_a_fresh_limit(self):
        limit = Limit(burst=3, per_second=0.01, size=50)
        assert [limit.allows("anna", NOW) for _ in range(4)] == [True, True, True, False]
        for number in range(5000):
            limit.allows(f"annan-{number}", NOW + timedelta(seconds=1))
        assert not limit.allows("anna", NOW + timedelta(seconds=2))

    def test_keys_beyond_those_that_are_remembered_share_a_limit_of_their_own(self):
        limit = Limit(burst=3, per_second=0.01, size=10)
        for number in range(10):
            limit.allows(f"annan-{number}", NOW)
        assert sum(limit.allows(f"ny-{number}", NOW) for number in range(1000)) == 3 * Limit.SHARED

    def test_a_limit_that_is_whole_again_makes_room(self):
        limit = Limit(burst=3, per_second=1.0, size=10)
        for number in range(10):
            limit.allows(f"annan-{number}", NOW)
        later = NOW + timedelta(seconds=5)
        assert [limit.allows("ny", later) for _ in range(4)] == [True, True, True, False]

    def test_what_is_kept_is_made_once_until_it_is_old(self):
        kept, made = KeptAwhile[int](timedelta(minutes=5)), []

        def make():
            made.append(1)
            return len(made)

        times = [0, 299, 300, -60]  # the last one from a clock that has stepped back
        assert [kept.get("2027", NOW + timedelta(seconds=each), make) for each in times] == [1, 1, 2, 3]


@pytest.mark.whole
class TestBytes:
    def test_a_person_sends_up_so_much_a_day_on_whichever_link_and_no_more(self, tmp_path):
        hall = Hall(town())
        browser, token = visiting(hall)
        with hall.town.store.begin() as session:
            sent_up.count_as_sent(session, person_id(CHIEF), sent_up.MOST_A_DAY - len(PDF), NOW)
        for name, status in (("a.pdf", 303), ("b.pdf", 429)):
            answer = browser.post(UNDERLAG + "/utkast", data={"csrf": token}, files={FIELD: (name, PDF)})
            assert answer.status_code == status
        assert "Försök igen i morgon" in answer.text and [row.filename for row in hall.rows(DraftFile)] == ["a.pdf"]
        assert hall.denied()[-1][2] == "för mycket i dag"
        answer = browser.post(UNDERLAG, data={"csrf": token}, files={FIELD: ("b.pdf", PDF)})
        assert answer.status_code == 429 and not hall.rows(Submission)
        with hall.town.store.begin() as session:
            sent_up.count_as_sent(session, person_id(CHIEF), sent_up.MOST_A_DAY, NOW + timedelta(hours=25))
        with hall.town.store.begin() as session:
            sent_up.count_as_sent(session, "annan@example.se", 1, NOW + timedelta(days=4))
        assert len(hall.rows(Uploaded)) == 1  # the old are forgotten

    def test_below_the_floor_of_free_disk_no_file_is_taken_but_the_rest_goes_on(self, tmp_path):
        hall = Hall(town(), intake=Intake(folders=[tmp_path], floor=1 << 60))
        browser, token = visiting(hall)
        answer = browser.post(UNDERLAG, data={"csrf": token}, files={FIELD: ("a.pdf", PDF)})
        assert answer.status_code == 507 and "för lite plats" in answer.text and "Retry-After" in answer.headers
        assert browser.get("/mina").status_code == 200 and not hall.rows(Submission)
        assert hall.denied()[-1][2] == "disken är full"

    def test_what_is_coming_counts_thrice_and_a_folder_that_is_gone_stops_nothing(self):
        free = Intake(folders=[Path("/")], floor=0)
        assert free.lacks_room(1) == "" and "Frigör plats" in free.lacks_room(1 << 60)
        assert Intake(folders=[Path("/finns/inte")], floor=1 << 60).lacks_room(1) == ""


@pytest.mark.whole
class TestCodes:
    @pytest.fixture
    def hall(self):
        return Hall(town())

    def ask(self, hall, link, now):
        with hall.town.store.begin() as session:
            return codes.make_code(session, SECRET, link, "vila", {"words": "vila"}, now)

    def test_a_million_codes_cannot_be_tried_however_many_are_asked_for(self, hall):
        """Ten wrong ones within a day, in all of a person's codes; then also the right one is refused, and no letter goes."""
        link, wrong = link_of(hall), 0
        for hour in range(3):
            now = NOW + timedelta(hours=2 * hour)
            for _ in range(5):
                if wrong >= codes.WRONG_A_DAY:
                    break
                code, row = self.ask(hall, link, now)
                for _ in range(codes.TRIES):
                    with hall.town.store.begin() as session:
                        tried = codes.use_code(
                            session, SECRET, session.get(AskedCode, row.id), "0" if code != "0" else "1", now
                        )
                    wrong += 1
                    if wrong >= codes.WRONG_A_DAY:
                        break
        assert wrong == codes.WRONG_A_DAY and tried.asked is None
        with pytest.raises(RefusedError, match="inga fler tas emot"):
            self.ask(hall, link, NOW + timedelta(hours=6))
        self.ask(hall, link, NOW + timedelta(hours=26))

    def test_the_right_code_is_refused_when_too_many_wrong_ones_were_tried(self, hall):
        link = link_of(hall)
        code, row = self.ask(hall, link, NOW)
        other = self.ask(hall, link, NOW)[1]
        with hall.town.store.begin() as session:
            session.execute(sa.update(AskedCode).where(AskedCode.id == other.id).values(tries=codes.WRONG_A_DAY))
        with hall.town.store.begin() as session:
            tried = codes.use_code(session, SECRET, session.get(AskedCode, row.id), code, NOW)
        assert tried.asked is None and "återkalla länken" in tried.word

    def test_so_many_letters_a_day_and_no_more(self, hall):
        link = link_of(hall)
        for number in range(codes.MOST_A_DAY):
            self.ask(hall, link, NOW + timedelta(minutes=61 * (number // codes.MOST)))
        with pytest.raises(RefusedError, match="det senaste dygnet"):
            self.ask(hall, link, NOW + timedelta(hours=10))


@pytest.mark.whole
def test_the_public_picture_is_drawn_once_however_many_ask():
    hall = Hall(town())
    stranger, asked = hall.browser(), []
    sa.event.listen(hall.town.store.engine, "before_cursor_execute", lambda *_: asked.append(1))
    first = stranger.get("/arshjulet/2027.svg?lagen=nej")
    assert first.status_code == 200 and asked and first.headers["cache-control"] == "public, max-age=300"
    before = len(asked)
    for _ in range(50):
        assert stranger.get("/arshjulet/2027.svg?lagen=nej").content == first.content
    assert len(asked) == before  # not one question to the database
    hall.now += timedelta(minutes=6)
    stranger.get("/arshjulet/2027.svg?lagen=nej")
    assert len(asked) > before
