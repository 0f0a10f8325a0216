"""Bevaras or gallras: what a definition may say, from which day, and gallring on a named person's decision."""

import json
import re
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from actions.act import Act
from actions.contents.removing import without_files
from actions.inbox.inbox import MAILBOX, take_in
from actions.scene import Scene
from actions.underlag.gallring import gallra, gallring_plan
from app.archive.package import write_package
from arshjul.definition.reading import read_definition
from arshjul.definition.retention import AFTER, Gallring
from arshjul.errors import DefinitionError, RefusedError
from arshjul.periods import Period
from notifications.mailbox.mail_reading import read_mail
from store.handins import removals
from store.handins import versions as submissions
from store.log.log_chain import chain
from store.log.log_verdict import verify
from store.plan.matters import raise_matter
from store.tables import Answer, Blob, FindingRow, Incoming, LogRow, Removal, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from submissions.standing.completeness import part_states
from tests.rig.files.mails import mail_with, opened
from tests.rig.handins import DEFINITIONS, NOW, xlsx
from tests.rig.hedemora import BIN_UNDERLAG, town
from tests.rig.pages.hall import SECRET, SECRETARY, Hall
from tests.rig.pages.logging_in import hidden

MARS = "hedemora/manadsrapport/2027-03/bildningsnamnden/underlag"
PART = "ekonomisk-uppfoljning"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DECISION = "Delegationsbeslut 2030-01-08 § 2"
#: 2 år efter årets slut: the two years after 31 December 2027 have gone on Tuesday 1 January 2030
THEN = NOW.replace(year=2030, month=1, day=8)


class TestTheDefinition:
    TEXT = (DEFINITIONS / "hedemora.yaml").read_text()
    WAS = "{gallras: 2 år efter årets slut,"

    def faults(self, now):
        with pytest.raises(DefinitionError) as told:
            read_definition(self.TEXT.replace(self.WAS, now, 1), "kommun.yaml")
        return told.value.faults

    @pytest.mark.parametrize(
        ("said", "word"),
        [
            ("{gallras: 2 år efter årets slutt,", "okänd dag 'årets slutt' att räkna från, menade du 'årets slut'?"),
            ("{gallras: två år,", "skriv till exempel 'gallras: 2 år efter årets slut'"),
            ("{gallras: 0 år efter årets slut,", "1–100 år"),
            ("{bevaras: nej,", "skriv 'bevaras: ja', eller ange 'gallras'"),
            ("{bevaras: ja, gallras: 2 år efter årets slut,", "ange en av 'bevaras' och 'gallras'"),
            ("{", "ange en av 'bevaras' och 'gallras'"),
            ("{galras: 2 år efter årets slut,", "okänd nyckel 'galras', menade du 'gallras'?"),
        ],
    )
    def test_what_cannot_be_is_told_with_file_line_and_the_nearest_right_word(self, said, word):
        line = 1 + next(at for at, each in enumerate(self.TEXT.splitlines()) if self.WAS in each)
        assert [(each.file, each.line) for each in self.faults(said) if word in each.message] == [("kommun.yaml", line)]

    def test_a_handling_has_a_source(self):
        (fault,) = self.faults('{gallras: 2 år efter årets slut, kalla: exempel "x"}} #')
        assert "okänd nyckel 'kalla', menade du 'källa'?" in fault.message


@pytest.mark.parametrize(
    ("years", "after", "expected"),
    [
        (2, "periodens slut", date(2029, 9, 1)),  # a Saturday; 31 August 2029 is the second year's last day
        (2, "årets slut", date(2030, 1, 1)),
        (10, "inlämningen", date(2037, 9, 11)),
    ],
)
def test_it_may_be_gallrat_the_day_after_the_last_of_its_years(years, after, expected):
    assert Gallring(years=years, after=after).first_day(Period(2027, 8), date(2027, 9, 10)) == expected


@given(st.integers(1, 100), st.sampled_from(AFTER), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_so_many_whole_years_have_always_gone(years, after, received):
    period = Period(received.year, 2)
    began = {"periodens slut": period.end, "årets slut": date(received.year, 12, 31)}.get(after, received)
    first = Gallring(years=years, after=after).first_day(period, received)
    assert first.year - began.year in (years, years + 1) and (first - began).days >= 365 * years


class House(Hall):
    """A hall in which month reports were handed in in April 2027, and three years have gone."""

    def hand_in(self, key, part, mark=b"1"):
        with self.town.store.begin() as session:
            upload = Upload(filename=f"{part}.xlsx", content=xlsx(mark))
            receive(session, self.town.wheel, key, part, upload=upload, by="Chef", via="prov", now=self.now)

    def plan(self):
        with self.town.store.read() as session:
            return gallring_plan(session, self.office().definition)

    def gallra(self, *chosen, decision=DECISION):
        with self.town.store.begin() as session:
            return gallra(Act(Scene(session, self.office(), self.now), "Arkivarie A", decision), chosen)

    def state(self, key=MARS):
        with self.town.store.read() as session:
            return part_states(session, [self.town.wheel.obligations[key]])[key][0]


@pytest.fixture
def house():
    made = House(town(), now=NOW.replace(month=4, day=12))
    made.hand_in(MARS, PART)
    made.hand_in(MARS, PART, b"2")
    made.hand_in(BIN_UNDERLAG, "ekonomi", b"3")
    made.now = THEN
    return made


def test_only_what_has_a_gallringsfrist_is_in_the_plan_with_its_day_and_source(house):
    (one,) = house.plan()
    assert (one.id, one.first_day, len(one.versions)) == (f"{MARS}/{PART}", date(2030, 1, 1), 2)
    assert one.handling.source.text == "kommunens egen ordning, ”Dokumenthanteringsplan”"


def test_gallring_takes_what_it_holds_and_leaves_the_row_the_checksum_and_the_log(house):
    with house.town.store.begin() as session:
        row = session.get_one(Submission, 1)
        row.content = {"läst": "ur filen"}
        found = dict.fromkeys(("rule", "severity", "place", "message", "mend", "lagrum"), "citat")
        submissions.add_findings(session, 1, [found])
        session.add(Answer(submission_id=1, rule="citat", place="citat", motivering="m", by="b", answered_at=THEN))
    before = house.state()
    done = house.gallra(f"{MARS}/{PART}")
    assert (done.versions, done.mails) == (2, 0)
    kept = {row.id: (row.filename, row.sha256) for row in house.rows(Submission)}
    assert kept[1] == (f"{PART}.xlsx", sha256(xlsx()).hexdigest())
    with house.town.store.read() as session:
        assert not submissions.have_contents(session, [1, 2])
    assert {row.sha256 for row in house.rows(Blob)} == {kept[3][1]}
    assert not house.rows(FindingRow) and not house.rows(Answer)
    assert [(row.submission_id, row.kind, row.by, row.why) for row in house.rows(Removal)] == [
        (1, "gallrad", "Arkivarie A", DECISION),
        (2, "gallrad", "Arkivarie A", DECISION),
    ]
    assert house.state().complete is before.complete is True  # what was handed in was handed in
    (told,) = [row for row in house.rows(LogRow) if row.what == "submission.gallrad"]
    assert told.key == MARS and [kept[2][0], kept[2][1]] in told.detail["files"] and told.detail["why"] == DECISION
    assert house.plan() == ()
    with house.town.store.begin() as session:
        chain(session)
        assert verify(session).broken is None


@pytest.mark.parametrize(
    ("when", "chosen", "decision", "word"),
    [
        (
            THEN.replace(year=2029, month=12, day=31),
            f"{MARS}/{PART}",
            DECISION,
            "får gallras först tisdag 1 januari 2030",
        ),
        (THEN, f"{MARS}/{PART}", " § ", "Ange vilket beslut"),
        (THEN, f"{BIN_UNDERLAG}/ekonomi", DECISION, "redan gallrat, eller ska bevaras"),
        (THEN, None, DECISION, "Välj vad som ska gallras"),
    ],
)
def test_gallring_that_cannot_be_is_refused_and_nothing_is_gone(house, when, chosen, decision, word):
    house.now = when
    with pytest.raises(RefusedError, match=word):
        house.gallra(*([chosen] if chosen else []), decision=decision)
    assert not house.rows(Removal)


def test_what_lies_before_ksau_waits(house):
    with house.town.store.begin() as session:
        raise_matter(session, house.town.wheel.obligations[MARS], None, THEN)
    with pytest.raises(RefusedError, match="ärendet om underlaget är inte avslutat"):
        house.gallra(f"{MARS}/{PART}")


def test_bytes_that_another_version_holds_stay_until_that_one_goes(house):
    same = MARS.replace("bildningsnamnden", "omsorgsnamnden")
    house.now = NOW
    house.hand_in(same, PART)  # the very file of the first
    house.now = THEN
    house.gallra(f"{MARS}/{PART}")
    assert sha256(xlsx()).hexdigest() in {row.sha256 for row in house.rows(Blob)}
    house.gallra(f"{same}/{PART}")
    assert sha256(xlsx()).hexdigest() not in {row.sha256 for row in house.rows(Blob)}


def test_a_mail_loses_the_file_and_keeps_the_rest():
    raw = without_files(mail_with(xlsx(), xlsx(b"2")), {sha256(xlsx()).hexdigest()}, "gallrad")
    read = read_mail(raw)
    assert [each.content for each in read.files] == [xlsx(b"2")]
    assert read.subject == "SV: underlag" and "Här kommer filerna." in read.text
    assert "Filen är gallrad. SHA-256: " in raw.decode()


def test_a_mail_in_which_the_file_is_not_found_keeps_only_who_sent_what_when():
    raw = without_files(mail_with(xlsx(b"2")), {"0" * 64}, "borttagen")
    assert b"Subject: SV: underlag" in raw and b"filerna" not in raw and b"fil0.xlsx" not in raw


def test_gallring_goes_through_the_mails_that_brought_the_files(house):
    with house.town.store.begin() as session:
        taken = take_in(Act(Scene(session, house.office(), NOW), MAILBOX), opened(mail_with(xlsx(), xlsx(b"9"))), NOW)
        before = taken.row.sha256
    assert house.gallra(f"{MARS}/{PART}").mails == 1
    (mail,) = house.rows(Incoming)
    assert [each.get("gone", False) for each in mail.files] == [True, False]
    kept = {row.sha256: row.content for row in house.rows(Blob)}
    assert before not in kept and b"Filen " in kept[mail.sha256]
    assert house.inside().get(f"/registrera/{mail.id}/fil/1").status_code == 410


def test_gallring_goes_on_past_a_mail_that_has_rotten_and_keeps_of_it_who_sent_what_when(house):
    with house.town.store.begin() as session:
        brought = mail_with(xlsx(), xlsx(b"9"))
        row = take_in(Act(Scene(session, house.office(), NOW), MAILBOX), opened(brought), NOW).row
        row.subject = "Underlag från nämnden, årets\r\nBcc: annan@example.se"  # as a stranger may write it
        before = row.sha256
        session.execute(
            update(Blob).where(Blob.sha256 == before).values(content=brought.replace(b"Kom", b"Hom") + b"!")
        )
    assert house.gallra(f"{MARS}/{PART}").mails == 1
    (mail,) = house.rows(Incoming)
    kept = {row.sha256: row.content for row in house.rows(Blob)}
    assert before not in kept and sha256(xlsx()).hexdigest() not in kept
    read = read_mail(kept[mail.sha256])
    assert (read.sender, read.files, read.message_id) == (mail.sender, (), mail.message_id)
    assert read.subject.startswith("Underlag från nämnden, årets") and b"\nBcc" not in kept[mail.sha256]
    assert "Mejlets innehåll är borttaget: det hade skadats" in read.text and "gallrad" in read.text
    assert house.inside().get(f"/registrera/{mail.id}").status_code == 200
    assert house.inside().get(f"/registrera/{mail.id}/fil/1").status_code == 410


@pytest.mark.whole
class TestThePage:
    def test_it_lists_what_may_go_now_and_what_will_within_a_year_and_what_the_plan_says(self, house):
        page = house.inside().get("/handlingar").text
        assert "2 versioner får gallras nu" in page and "Gallras 2 år efter årets slut" in page
        assert "Personalberättelse" in page  # of the plan
        house.now = THEN.replace(year=2029)
        page = house.inside().get("/handlingar").text
        assert "Inget får gallras nu" in page and "Får gallras inom ett år" in page and "tisdag 1 januari 2030" in page

    def test_pressing_gallra_does_it_under_the_name_that_is_logged_in(self, house):
        browser = house.inside(name="Anna Ek")
        page = browser.get("/handlingar").text
        form = {"csrf": hidden(page), "del": re.search(r'name="del" value="([^"]+)"', page)[1]}
        refused = browser.post("/handlingar/gallra", data=form)
        assert refused.status_code == 400 and "Ange vilket beslut" in refused.text and " checked" in refused.text
        answer = browser.post("/handlingar/gallra", data=form | {"beslut": DECISION, "vem": "Någon annan"})
        shown = browser.get(answer.headers["location"]).text
        assert "2 versioner är gallrade" in shown and f"{PART}.xlsx" in shown and DECISION in shown
        assert {row.by for row in house.rows(Removal)} == {"Anna Ek"}

    def test_the_page_is_the_ekonomikontors_and_is_reached_from_laget_and_loggen(self, house):
        assert house.inside(address=SECRETARY, name="N").get("/handlingar").status_code == 403
        browser = house.inside()
        assert 'href="/handlingar"' in browser.get("/loggen").text and 'href="/handlingar"' in browser.get("/lage").text

    def test_no_link_leads_to_a_year_that_is_no_longer_open(self, house):
        browser = house.inside()
        page = browser.get("/handlingar").text
        assert "Månadsrapport mars 2027" in page and "/lage/manadsrapport/2027-03" not in page
        assert {browser.get(each).status_code for each in re.findall(r'href="(/lage[^"#]*)"', page)} == {200}

    def test_a_kept_sammanstallning_is_not_made_anew_of_less(self):
        house = House(town(), now=NOW.replace(month=4, day=12))
        house.hand_in(MARS, PART)
        browser, page = house.inside(), "/lage/manadsrapport/2027-03/sammanstallning.xlsx"
        before = browser.get(page).content
        with house.town.store.begin() as session:  # long before its time, so that the occurrence is still open
            removals.remove_content(session, session.get_one(Submission, 1), "gallrad", "r", DECISION, "A", house.now)
        assert browser.get(page).content == before


def test_the_archive_package_takes_what_bevaras_and_names_the_rest(house, tmp_path):
    protokoll = "hedemora/prognos/2027-03/bildningsnamnden/underlag"
    house.now = NOW.replace(month=4, day=12)
    house.hand_in(protokoll, "helarsprognos", b"4")
    house.now = THEN
    house.gallra(f"{MARS}/{PART}")
    with house.town.store.begin() as session:
        chain(session)
    with house.town.store.read(still=True) as session:
        write_package(session, house.office().definition, 2027, tmp_path / "paket", THEN, secret=SECRET)
    told = json.loads((tmp_path / "paket/handlingar/handlingar.json").read_text(encoding="utf-8"))
    found = {(row["part"], row["version"]): row for row in told}
    kept, gone, later = (found[each] for each in (("ekonomi", 1), (PART, 1), ("helarsprognos", 1)))
    assert (kept["handling"], kept["removed"]) == ("bevaras", None) and (tmp_path / "paket" / kept["file"]).is_file()
    assert (gone["file"], gone["sha256"]) == (None, sha256(xlsx()).hexdigest())
    assert (gone["removed"]["kind"], gone["removed"]["why"]) == ("gallrad", DECISION)
    assert (later["handling"], later["file"], later["removed"]) == ("gallras 2 år efter årets slut", None, None)
    index = (tmp_path / "paket/index.html").read_text(encoding="utf-8")
    assert "Gallrad tisdag 8 januari 2030" in index and "Gallras 2 år efter årets slut, tas inte med" in index
    texts = {path.parent.name: path.read_text(encoding="utf-8") for path in (tmp_path / "paket").rglob("v01.txt")}
    assert "gallras 2 år efter årets slut (Gallrad tisdag 8 januari 2030)" in texts[PART]
    assert f"Skäl: gallras 2 år efter årets slut. {DECISION}" in texts[PART]
