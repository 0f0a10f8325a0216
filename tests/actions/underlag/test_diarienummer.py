"""The diarienummer of a tillfälle: recorded on its page, and named in the letters that are written from then on."""

from dataclasses import replace
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from docx import Document

from actions.ladder.raising import bring_up_matter, write_escalations
from actions.plan.numbering import record_number
from actions.scene import Scene
from actions.underlag.receipts import write_receipt
from arshjul.definition.reach import top_rung
from arshjul.errors import RefusedError
from arshjul.keys import OccurrenceKey
from notifications.letters import compose
from notifications.office import Letterhead
from store.plan.recorded import number_of
from store.post.notices import queue
from store.tables import Diarienummer, LetterRow, LogRow, Person
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.handins import BIN_UNDERLAG, NOW, OMN_UNDERLAG, town, xlsx
from tests.rig.letter_views import KARIN, MATTER, REMINDER
from tests.rig.pages.hall import CHIEF, Hall, words
from tests.rig.pages.logging_in import hidden

PAGE = "/lage/delarsrapport/2027-08"
STEP = ("delarsrapport", "2027-08")


@pytest.fixture
def hall():
    return Hall(town())


def record(hall, number, *, step=STEP, by="Registrator R"):
    with hall.town.store.begin() as session:
        return record_number(act(session, hall.now, by), OccurrenceKey.of(*step), number)


def receipt(hall, key=BIN_UNDERLAG):
    """Hand the table in, and return its kvittens."""
    with hall.town.store.begin() as session:
        part = next(each for each in hall.town.wheel.obligations[key].parts if each.form == "tabell")
        upload = Upload(filename="fil.xlsx", content=xlsx())
        got = receive(session, hall.town.wheel, key, part.id, upload=upload, by="Chef", via="prov", now=hall.now)
        return write_receipt(session, hall.office(), [got], session.get_one(Person, CHIEF), hall.now)[0].id


def letter(hall, letter_id):
    with hall.town.store.read() as session:
        return session.get_one(LetterRow, letter_id)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("KS 2027/12", "KS 2027/12"),
        ("  Dnr: KS  2027/12 ", "KS 2027/12"),
        ("diarienummer KS-2027-00012", "KS-2027-00012"),
        ("KS 2027/12\r\nBcc: ond@example.org", "KS 2027/12 Bcc: ond@example.org"),  # one line, so no header of its own
    ],
)
def test_it_is_kept_as_the_diarium_writes_it(hall, typed, kept):
    assert record(hall, typed) == kept
    assert [row.number for row in hall.rows(Diarienummer)] == [kept]


def test_the_newest_counts_an_empty_one_takes_it_back_and_the_log_tells_each_change_once(hall):
    for number in ("KS 2027/12", "KS 2027/12", "KS 2027/13", "", ""):
        record(hall, number)
    with hall.town.store.read() as session:
        assert number_of(session, OccurrenceKey.of(*STEP)) is None
    told = [row.detail for row in hall.rows(LogRow) if row.what == "diarienummer.recorded"]
    assert [(each["before"], each["diarienummer"]) for each in told] == [
        (None, "KS 2027/12"),
        ("KS 2027/12", "KS 2027/13"),
        ("KS 2027/13", ""),
    ]


@pytest.mark.parametrize("number", ["okänt", "1" * 61])
def test_what_is_no_diarienummer_is_refused_with_an_example(hall, number):
    with pytest.raises(RefusedError, match="till exempel KS 2027/12"):
        record(hall, number)


def test_a_tillfalle_that_is_not_there_is_refused_with_the_nearest(hall):
    with pytest.raises(RefusedError, match="menade du 'delarsrapport/2027-08'"):
        record(hall, "KS 2027/12", step=("delarsrapport", "2027-07"))


def test_a_kvittens_names_it_and_one_that_was_frozen_before_keeps_its_bytes(hall):
    first = receipt(hall)
    before = letter(hall, first).mime
    record(hall, "KS 2027/12")
    second = letter(hall, receipt(hall, OMN_UNDERLAG))
    assert letter(hall, first).mime == before and "dnr" not in letter(hall, first).subject
    assert second.subject.endswith(" (dnr KS 2027/12)")
    sent = message_from_bytes(second.mime, policy=policy.default)
    assert sent["Subject"] == second.subject
    assert "Diarienummer: KS 2027/12" in words(second)


def test_a_matters_letter_and_its_tjansteskrivelse_name_it(hall):
    record(hall, "KS 2027/12")
    hall.now = NOW.replace(day=28)
    with hall.town.store.begin() as session:
        scene = Scene(session, hall.office(), hall.now)
        one = scene.wheel.obligations[BIN_UNDERLAG]
        bring_up_matter(scene, one, top_rung(one.ladder))
        told = queue(
            session, milestone_key=one.milestone_key("ksau"), obligation_key=one.key, rung="ksau",
            due_at=one.deadline.at, recipients=[("ksau_sekreterare", "ksau.sekreterare@example.se")], now=hall.now,
        )  # fmt: skip
        session.flush()
        wrote, *_copies = write_escalations(scene.look([one.key]), told, None)
        sent = message_from_bytes(wrote.mime, policy=policy.default)
        subject = wrote.subject
    paper = Document(BytesIO(next(sent.iter_attachments()).get_content()))
    assert subject.startswith("KSAU 5 okt: underlag saknas till") and subject.endswith("(dnr KS 2027/12)")
    assert "Dnr: KS 2027/12" in paper.tables[0].cell(0, 1).text


def test_a_letter_about_two_tillfallen_names_each_where_it_is_told_and_none_in_its_subject():
    both = [replace(REMINDER, diarienummer="KS 2027/12"), replace(REMINDER, key="x", diarienummer="KS 2027/40")]
    told = compose.daily(KARIN, both, NOW.date(), Letterhead("Hedemora kommun"))
    assert "dnr" not in told.subject
    assert "Diarienummer: KS 2027/12" in told.text and "Diarienummer: KS 2027/40" in told.text


def test_without_one_a_letter_is_what_it_was():
    assert "Diarienummer" not in compose.escalation(KARIN, MATTER).text


@pytest.mark.whole
def test_the_ekonomikontor_and_the_registrator_record_it_on_the_tillfalles_page(hall):
    for name, who in (("Anna Ek", {}), ("Registrator", {"address": "registrator@example.se", "name": "Registrator"})):
        browser = hall.inside(**who)
        number = f"KS 2027/{len(name)}"
        form = {"csrf": hidden(browser.get(PAGE).text), "diarienummer": number}
        assert browser.post(f"{PAGE}/diarienummer", data=form).headers["location"] == PAGE
        assert number in browser.get(PAGE).text and number in browser.get(f"{PAGE}/bildningsnamnden/underlag").text
        assert hall.rows(Diarienummer)[-1].by == name


@pytest.mark.whole
def test_what_is_refused_is_told_and_what_was_typed_is_kept(hall):
    browser = hall.inside()
    form = {"csrf": hidden(browser.get(PAGE).text), "diarienummer": "<b>inget</b>"}
    answer = browser.post(f"{PAGE}/diarienummer", data=form)
    assert answer.status_code == 400 and "till exempel KS 2027/12" in answer.text
    assert 'value="&lt;b&gt;inget&lt;/b&gt;"' in answer.text and not hall.rows(Diarienummer)
    assert browser.post("/lage/budget/2031/diarienummer", data=form).status_code == 404
