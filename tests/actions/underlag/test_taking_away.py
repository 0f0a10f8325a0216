"""A handing taken away by a named person: what goes, what stays, what the part is without it, and who is told."""

import re
from email import message_from_bytes, policy
from hashlib import sha256

import pytest
import sqlalchemy as sa

from actions.act import Act
from actions.inbox.inbox import MAILBOX, take_in
from actions.scene import Scene
from actions.underlag.receipts import write_receipt
from arshjul.keys import OccurrenceKey
from store.access import links
from store.database import open_store
from store.handins import compilations
from store.handins import versions as submissions
from store.handins.removals import TAKEN_AWAY, remove_content
from store.log.log_chain import chain
from store.log.log_verdict import verify
from store.log.writing import log
from store.tables import (
    Answer,
    Blob,
    Compilation,
    FindingRow,
    Incoming,
    LetterRow,
    LogRow,
    Person,
    Removal,
    Submission,
)
from store.upgrading import migrate
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from submissions.standing.completeness import part_states
from tests.rig.files.mails import mail_with, opened
from tests.rig.handins import BIN_UNDERLAG, OMN_UNDERLAG, PROTECTED, xlsx
from tests.rig.pages.counter import BIN, PAGE, Counter, told
from tests.rig.pages.hall import CHIEF, SECRET, SECRETARY, words
from tests.rig.pages.logging_in import hidden, press
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

QUOTE = "Anna Exempelssons sjukskrivning står i Ekonomi!D7"
REASON = "personuppgifter som inte ska vara med"
BY = "Gallringsbeslut KS 2027 § 12"
WHY = "Namn på en anställd. Beslut av registratorn."


class Office(Counter):
    """The ekonomikontor at its desk, with an enhet whose ekonomi is handed in."""

    def receive(self, content, *, key=BIN_UNDERLAG, part="ekonomi", name="Ekonomi.xlsx"):
        with self.hall.town.store.begin() as session:
            wheel = self.wheel(session)
            upload = Upload(filename=name, content=content)
            got = receive(session, wheel, key, part, upload=upload, by=CHIEF, via="prov", now=self.hall.now)
            if got.outcome == "mottagen":
                write_receipt(session, self.hall.office(), [got], session.get_one(Person, CHIEF), self.hall.now)

    def quote(self, submission_id, message=QUOTE):
        """Let a check, an answer and what was read repeat what is in the file."""
        found = dict.fromkeys(("rule", "severity", "place", "mend", "lagrum"), "x") | {"message": message}
        with self.hall.town.store.begin() as session:
            submissions.add_findings(session, submission_id, [found])
            session.add(
                Answer(submission_id=submission_id, rule="x", place="x", motivering=message, by=CHIEF,
                       answered_at=self.hall.now)
            )  # fmt: skip
            session.execute(sa.update(Submission).where(Submission.id == submission_id).values(content={"D7": message}))

    def take_away(self, version=1, **data):
        form = {"version": version, "anledning": "personuppgifter", "skal": WHY, "beslut": BY} | data
        return self.act("ta-bort", **form)

    def part(self, part="ekonomi", key=BIN_UNDERLAG):
        with self.hall.town.store.read() as session:
            states = part_states(session, [self.hall.town.wheel.obligations[key]])[key]
        return next(each for each in states if each.part.id == part)

    def letter(self, kind="borttagen handling"):
        return [row for row in self.rows(LetterRow) if row.kind == kind][-1]

    def everything(self):
        """Every text and every byte that the database holds, put together."""
        found = []
        with self.hall.town.store.read() as session:
            for table in sa.inspect(session.connection()).get_table_names():
                for row in session.execute(sa.text(f'SELECT * FROM "{table}"')):
                    found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
        return b"\n".join(found)


@pytest.fixture
def office():
    made = Office()
    made.receive(xlsx())
    return made


def test_the_content_and_all_that_quotes_it_go_and_the_row_its_checksum_and_the_log_stay(office):
    checksum = sha256(xlsx()).hexdigest()
    office.quote(1)
    assert QUOTE.encode() in office.everything() and xlsx() in office.everything()
    answer = office.take_away()
    assert answer.headers["location"] == f"{BIN}?gjort=ta-bort"
    assert QUOTE.encode() not in office.everything() and xlsx() not in office.everything()
    assert not office.rows(FindingRow) and not office.rows(Answer)
    (row,) = office.rows(Submission)
    assert (row.filename, row.sha256, row.taken_away) == ("Ekonomi.xlsx", checksum, True)
    (removal,) = office.rows(Removal)
    assert (removal.kind, removal.reason, removal.why, removal.by) == (
        "borttagen",
        REASON,
        f"{WHY} Beslut och stöd: {BY}",
        "Ekonom E",
    )
    (logged,) = office.logged("submission.taken_away")
    assert (logged.who, logged.key) == ("Ekonom E", BIN_UNDERLAG)
    assert logged.detail == {
        "part": "ekonomi", "version": 1, "filename": "Ekonomi.xlsx", "sha256": checksum, "reason": REASON, "decision": BY,
        "why": WHY,
    }  # fmt: skip
    page = office.text()
    assert "Borttagen" in page and checksum[:16] in page and "Lämnades in: Ekonomi" in page


def test_a_name_that_tells_too_much_goes_too_out_of_the_page_the_log_and_the_letters(office):
    name = "Sjukskrivning Exempelsson.xlsx"
    office.receive(xlsx(b"2"), name=name)
    office.receive(b"ingen arbetsbok", name=name)  # refused, with its name in the log
    assert name in office.text() and name.encode() in office.everything()
    assert any(name in words(row) for row in office.rows(LetterRow))
    office.take_away(version=2, namn="bort", till="2027-09-23")
    assert name not in office.text()
    assert not [row for row in office.rows(LogRow) if name in str(row.detail)]
    assert not [row.key for row in office.rows(LetterRow) if name in words(row)]
    assert [row.filename for row in office.rows(Submission)] == ["Ekonomi.xlsx", None]
    assert office.logged("submission.taken_away")[-1].detail["filename"] is None
    assert "Loggen har kvar att filen fanns och dess kontrollsumma" in " ".join(words(office.letter()).split())


def test_the_part_is_owed_again_and_whoever_hands_it_in_is_asked_with_a_link(office):
    assert office.part().complete
    office.take_away(till="2027-09-23")
    assert (office.part().complete, office.part().version) == (False, None)
    assert office.one().deadline.at == instant("torsdag 23 september 2027 kl. 16.00")
    letter = office.letter()
    assert letter.to == [CHIEF] and letter.subject.startswith("Lämna in igen senast 23 sept: Ekonomi är borttagen")
    text = words(letter)
    flat = " ".join(text.split())
    assert "Delen saknas nu" in flat and WHY in flat and REASON in flat.casefold()
    assert "/l/" in text and sha256(xlsx()).hexdigest() in text
    assert "hantera den enligt er dokumenthanteringsplan" in flat  # the kvittens: nobody is told to destroy it


def test_an_older_version_counts_again_and_nothing_is_asked(office):
    office.receive(xlsx(b"2"))
    office.take_away(version=2)
    assert (office.part().complete, office.part().version) == (True, 1)
    text = words(office.letter())
    assert "Version 1 gäller. Du behöver inte göra något." in text and "/l/" not in text


def test_what_comes_in_afterwards_is_the_next_version_also_when_it_is_the_same_file(office):
    office.take_away()
    office.receive(xlsx())
    assert (office.part().complete, office.part().version) == (True, 2)
    assert sha256(xlsx()).hexdigest() in {row.sha256 for row in office.rows(Blob)}


def test_after_the_frist_a_new_one_must_be_said(office):
    office.hall.now = instant("onsdag 22 september 2027 kl. 09.00")
    office.browser = office.hall.inside(name="Ekonom E")
    refused = office.take_away()
    assert refused.status_code == 400 and "Fristen har gått ut" in told(refused)
    assert not office.rows(Removal) and office.part().complete  # nothing is half done
    assert WHY in refused.text and re.search(r'name="version" value="1" required checked', refused.text)
    office.take_away(till="2027-09-24")
    assert office.one().deadline.at == instant("fredag 24 september 2027 kl. 16.00")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"version": 99}, "Välj vilken version"),
        ({"version": "1; DROP TABLE"}, "Välj vilken version"),
        ({"anledning": "fusk"}, "Välj varför"),
        ({"anledning": "sekretess"}, "Välj varför"),  # a reason not to give out, never to destroy
        ({"beslut": " "}, "Skriv vilket beslut handlingen tas bort med stöd av"),
        ({"skal": "x"}, "Skriv varför"),
        ({"till": "2027-09-25"}, "ingen arbetsdag"),  # a Saturday
    ],
)
def test_what_cannot_be_is_refused_with_a_word_and_nothing_is_gone(office, data, word):
    answer = office.take_away(**data)
    assert answer.status_code == 400 and word in told(answer)
    assert not office.rows(Removal) and office.part().complete


def test_what_is_gone_is_not_taken_away_twice(office):
    office.take_away()
    assert "redan borttagen, av Ekonom E" in told(office.take_away())


def test_a_version_of_another_enhet_is_not_to_be_had(office):
    office.receive(xlsx(b"o"), key=OMN_UNDERLAG)
    assert "Välj vilken version" in told(office.take_away(version=2))


def test_the_same_file_elsewhere_is_told_and_its_bytes_stay_until_it_goes_there_too(office):
    office.receive(xlsx(), key=OMN_UNDERLAG)
    office.take_away()
    assert "Samma fil ligger kvar" in office.text() and "Omsorgsnämnden" in office.text()
    assert office.rows(Blob)
    omn = f"{PAGE}/omsorgsnamnden/underlag"
    office.act("ta-bort", omn, version=2, anledning="personuppgifter", skal=WHY, beslut=BY)
    assert sha256(xlsx()).hexdigest() not in {row.sha256 for row in office.rows(Blob)}
    assert "Samma fil ligger kvar" not in office.text()


def test_letters_that_repeat_it_lose_their_content_and_keep_who_got_what(office):
    office.receive(PROTECTED, part="mal-och-resultat", name="Mål.pdf")  # a question, which the kvittens repeats
    (asked,) = office.rows(FindingRow)
    was = office.letter("kvittens")
    assert asked.message in " ".join(words(was).split())
    office.take_away(version=2)
    now = office.letter("kvittens")
    assert "Det här brevet återgav en handling som har tagits bort" in words(now)
    assert asked.message.encode() not in office.everything()
    before, after = (message_from_bytes(each.mime, policy=policy.default) for each in (was, now))
    kept = ("From", "To", "Subject", "Message-ID", "X-Arshjul-Key", "X-Arshjul-Log")
    assert [after[name] for name in kept] == [before[name] for name in kept]


def test_a_letter_that_does_not_repeat_it_is_as_it_was(office):
    before = office.letter("kvittens").mime
    office.quote(1)
    office.take_away()
    assert office.letter("kvittens").mime == before


def test_figures_in_the_log_are_gallrade_and_the_chain_is_whole(office):
    with office.hall.town.store.begin() as session:
        figures = {"part": "ekonomi", "version": 1, "file": 1, "changes": [["r", "c", "123456", "1"]]}
        log(session, office.hall.now, "årshjul", "submission.reopened", BIN_UNDERLAG, figures)
        log(session, office.hall.now, "årshjul", "submission.reopened", BIN_UNDERLAG, figures | {"version": 7})
    office.take_away()
    assert [row.detail is None for row in office.logged("submission.reopened")] == [True, False]
    with office.hall.town.store.begin() as session:
        while chain(session):
            pass
        verdict = verify(session)
    assert (verdict.broken, verdict.gallrade) == (None, 1)


@pytest.mark.parametrize("rotten", [False, True])
def test_the_mail_that_brought_it_loses_it_too(office, rotten):
    with office.hall.town.store.begin() as session:
        brought = take_in(
            Act(Scene(session, office.hall.office(), office.hall.now), MAILBOX),
            opened(mail_with(xlsx())),
            office.hall.now,
        )
        if rotten:  # the mail is not what it was: that saves nothing that is in it
            changed = sa.update(Blob).where(Blob.sha256 == brought.row.sha256)
            session.execute(changed.values(content=mail_with(xlsx()) + b"!"))
    office.take_away()
    (mail,) = office.rows(Incoming)
    assert mail.files[0]["gone"] and xlsx() not in office.everything()
    assert "Kom med ett mejl" in office.text()
    assert office.browser.get(f"/registrera/{mail.id}/fil/1").status_code == 410


def test_a_sammanstallning_that_was_made_of_it_is_gone_and_made_anew_without_it(office):
    address = f"{PAGE}/sammanstallning.xlsx"
    before = office.browser.get(address).content
    assert office.rows(Compilation)
    office.take_away()
    assert not office.rows(Compilation) and before not in office.everything()
    assert office.browser.get(address).content != before
    with office.hall.town.store.read() as session:
        assert compilations.last_kept(session, OccurrenceKey.of("delarsrapport", "2027-08"), "xlsx")


def test_the_download_answers_410_with_a_word(office):
    with office.hall.town.store.begin() as session:
        token = links.sign(SECRET, links.issue(session, CHIEF, ["forvaltningschef"], office.hall.now))
    chief = office.hall.browser()
    press(chief, f"/l/{token}")
    assert chief.get("/mina/fil/1").content == xlsx()
    office.receive(xlsx(), key=OMN_UNDERLAG)  # the bytes are there still, for another
    office.take_away()
    answer = chief.get("/mina/fil/1")
    assert answer.status_code == 410 and "Filen är borttagen och går inte längre att hämta." in answer.text
    assert "/mina/fil/1" not in chief.get("/mina").text


def test_an_approval_of_it_holds_no_more(office):
    office.hand_in(parts={part.id for part in office.one().parts} - {"ekonomi"})
    office.act("godkann")
    assert "godkänt" in office.text()
    office.take_away()
    assert "godkänt fredag" not in office.text()


@pytest.mark.parametrize(
    ("who", "form"), [({"address": SECRETARY, "name": "N"}, {}), ({"name": "Ekonom E"}, {"csrf": "fel"})]
)
def test_only_the_ekonomikontor_with_its_own_form_takes_anything_away(office, who, form):
    browser = office.hall.inside(**who)
    token = hidden(office.browser.get(BIN).text)
    data = {"csrf": token, "version": 1, "anledning": "misstag", "skal": WHY} | form
    assert browser.post(f"{BIN}/ta-bort", data=data).status_code == 403
    assert not office.rows(Removal) and not [row for row in office.rows(LogRow) if row.what == "submission.taken_away"]


def test_with_utskick_av_it_goes_all_the_same_and_nobody_is_written_to(office):
    office.hall.utskick = "av"
    office.browser = office.hall.inside(name="Ekonom E")
    office.take_away()
    assert office.rows(Removal) and not [row for row in office.rows(LetterRow) if row.kind == "borttagen handling"]


def test_the_databases_file_does_not_hold_it_any_more(tmp_path):
    url, secret = f"sqlite:///{tmp_path}/arshjul.db", b"HEMLIG" * 4000
    migrate(url)
    store, now = open_store(url), instant("fredag 10 september 2027 kl. 09.00")
    with store.begin() as session:
        submissions.keep_blob(session, "a" * 64, secret)
        session.add(
            Submission(obligation_key=BIN_UNDERLAG, part="ekonomi", version=1, received_at=now, by="b", via="v",
                       late=False, complete=True, filename="f.xlsx", media_type=None, sha256="a" * 64)
        )  # fmt: skip
    store.engine.dispose()  # the last one out puts what was written into the file itself
    assert b"HEMLIG" in (tmp_path / "arshjul.db").read_bytes()
    with store.begin() as session:
        session.execute(sa.text("PRAGMA secure_delete = OFF"))  # as many builds of SQLite have it
        remove_content(session, session.get_one(Submission, 1), TAKEN_AWAY, "r", WHY, "A", now)
    store.engine.dispose()
    assert not [each.name for each in tmp_path.iterdir() if b"HEMLIG" in each.read_bytes()]
