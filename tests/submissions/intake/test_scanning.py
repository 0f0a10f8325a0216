"""The virus scanner: a real clamd with one signature of ours, by page and by mail; nothing is kept unscanned."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.mailbox.mailbox import Fetched
from store.access import links
from store.people.people_file import person_id
from store.service.installation import MAILBOX, installed
from store.tables import Blob, DraftFile, Incoming, Submission
from submissions.files.scanning import Clamd, InfectedError, ScannerDownError
from submissions.intake.room import Intake
from tests.rig.handins import NOW, archive
from tests.rig.hedemora import town
from tests.rig.pages.hall import CHIEF, OFFICE, SECRET, Hall
from tests.rig.pages.logging_in import hidden, press
from tests.rig.servers.clamd_server import EICAR, REAL, real_clamd, speaking

UNDERLAG = "/mina/delarsrapport/2027-08/bildningsnamnden/underlag"
FIELD = "delarsrapport.underlag.mal-och-resultat.fil"
NOBODY = Clamd("unix:/nonexistent/clamd.ctl")


@pytest.fixture(scope="module", params=["real", "peer"])
def clamd(request, tmp_path_factory):
    with ExitStack() as stack:
        if request.param == "real":
            if not REAL:
                pytest.skip("no clamd on this machine: Debian's clamav-daemon")
            yield Clamd(stack.enter_context(real_clamd(tmp_path_factory.mktemp("clamd"))))
        else:
            yield Clamd(stack.enter_context(speaking()))


def test_a_clean_file_passes_and_an_infected_one_is_named(clamd):
    assert clamd.hindrance() == ""
    clamd.scan("ren.txt", b"ren " * 100_000)  # several chunks
    with pytest.raises(InfectedError, match=r"fil.txt togs inte emot: virusskyddet hittade \S+ i filen"):
        clamd.scan("fil.txt", EICAR)


@pytest.mark.skipif(not REAL, reason="no clamd on this machine: Debian's clamav-daemon")
def test_clamd_looks_into_archives_and_what_is_larger_than_it_takes_is_not_taken_for_clean(tmp_path):
    with real_clamd(tmp_path) as address:
        with pytest.raises(InfectedError, match=r"hittade Arshjul\.Test i filen"):
            Clamd(address).scan("fil.docx", archive(**{"word/x.bin": EICAR}))
        with pytest.raises(ScannerDownError, match="StreamMaxLength"):
            Clamd(address).scan("stor.pdf", b"\0" * 3_000_000)


@pytest.mark.parametrize("says", [b"stream: ERROR\0", b"UNKNOWN COMMAND\0", b"stream: OK extra\0", b"\0"])
def test_what_is_not_a_clear_answer_is_no_answer(says):
    with speaking(says=says) as address:
        with pytest.raises(ScannerDownError, match="inga filer tas emot"):
            Clamd(address).scan("a", b"ren")
        assert "Starta clamd" in Clamd(address).hindrance()


def test_a_scanner_that_is_down_is_told_with_its_remedy():
    with pytest.raises(ScannerDownError, match="Starta clamd"):
        NOBODY.scan("a", b"ren")
    assert "ARSHJUL_CLAMD" in Intake(scanner=NOBODY).hindrance()


@pytest.mark.parametrize(
    "address", ["clamd", "unix:clamd.ctl", "tcp://127.0.0.1", "tcp://x:porten", "http://127.0.0.1:1"]
)
def test_an_address_that_is_none_is_refused_at_start(address):
    with pytest.raises(ValueError, match="ingen adress till clamd"):
        Clamd(address)


def visiting(hall):
    with hall.town.store.begin() as session:
        link = links.issue(session, person_id(CHIEF), ["forvaltningschef"], NOW)
    browser = hall.browser()
    press(browser, f"/l/{links.sign(SECRET, link)}")
    return browser, hidden(browser.get("/mina").text)


@pytest.mark.whole
@pytest.mark.parametrize("way", ["", "/utkast"])
@pytest.mark.parametrize(
    ("down", "status", "word"), [(False, 422, "virusskyddet hittade"), (True, 503, "Försök igen om en stund")]
)
def test_on_the_page_nothing_infected_or_unscanned_is_kept(way, down, status, word):
    with speaking() as address:
        hall = Hall(town(), intake=Intake(scanner=NOBODY if down else Clamd(address)))
        browser, token = visiting(hall)
        answer = browser.post(UNDERLAG + way, data={"csrf": token}, files={FIELD: ("mål.pdf", b"%PDF-1.7 " + EICAR)})
    assert answer.status_code == status and word in answer.text
    assert not hall.rows(Submission) and not hall.rows(DraftFile) and not hall.rows(Blob)
    assert hall.denied()[-1][2].startswith("virusskannern svarar inte" if down else "virus: Eicar")


@pytest.mark.whole
@pytest.mark.parametrize("down", [False, True])
def test_a_draft_is_scanned_again_when_it_is_handed_in(down):
    """It was put there before the scanner knew what is in it."""
    with speaking() as address:
        place = town()
        browser, token = visiting(Hall(place))
        infected = {FIELD: ("mål.pdf", b"%PDF-1.7 " + EICAR)}
        assert browser.post(f"{UNDERLAG}/utkast", data={"csrf": token}, files=infected).status_code in (200, 303)
        hall = Hall(place, intake=Intake(scanner=NOBODY if down else Clamd(address)))
        browser, token = visiting(hall)
        (draft,) = hall.rows(DraftFile)
        answer = browser.post(UNDERLAG, data={"csrf": token, f"fil{draft.id}": draft.part})
    assert answer.status_code == (503 if down else 422)
    assert ("Den är borttagen ur utkastet" in answer.text) == (not down)
    assert not hall.rows(Submission) and not hall.rows(Blob)
    assert len(hall.rows(DraftFile)) == down  # what nobody could look at waits


@pytest.mark.whole
def test_a_mail_that_waited_is_scanned_again_when_somebody_files_it():
    with speaking() as address:
        place = town()
        office = Hall(place).inside(name="Bo Ek", address=OFFICE)
        token = hidden(office.get("/registrera").text)
        brought = {"filer": ("mål.pdf", b"%PDF-1.7 " + EICAR)}
        page = office.post("/registrera", data={"csrf": token}, files=brought).headers["location"]
        hall = Hall(place, intake=Intake(scanner=Clamd(address)))
        office = hall.inside(name="Bo Ek", address=OFFICE)
        token = hidden(office.get("/registrera").text)
        form = {"csrf": token, "del.1": "hedemora/delarsrapport/2027-08/bildningsnamnden/underlag|mal-och-resultat"}
        answer = office.post(page, data=form | {"person": person_id(CHIEF), "dag": "2027-09-10", "klockslag": "08.00"})
    assert answer.status_code == 422 and "virusskyddet hittade" in answer.text and not hall.rows(Submission)


@pytest.mark.whole
def test_what_the_ekonomikontor_brings_is_scanned_too():
    with speaking() as address:
        hall = Hall(town(), intake=Intake(scanner=Clamd(address)))
        office = hall.inside(name="Bo Ek", address=OFFICE)
        token = hidden(office.get("/registrera").text)
        answer = office.post("/registrera", data={"csrf": token}, files={"filer": ("brev.eml", EICAR)})
    assert answer.status_code == 422 and "brev.eml togs inte emot" in answer.text and not hall.rows(Incoming)


class _Still:
    def __call__(self):
        return NOW

    def real(self, instant):
        return instant


@pytest.mark.whole
class TestTheMailbox:
    def watch(self, hall, intake):
        def opened():
            raise AssertionError("the mailbox was opened")

        return Watchdog(
            Machine(
                store=hall.town.store, office=hall.office(), clock=_Still(), post=opened, mailbox=opened, intake=intake
            )
        )

    @pytest.mark.parametrize("intake", [Intake(scanner=NOBODY), Intake(folders=[Path("/")], floor=1 << 60)])
    def test_mail_stays_where_it_is_while_nothing_can_be_taken_in_and_it_is_told(self, intake):
        hall = Hall(town())
        asyncio.run(self.watch(hall, intake).mailbox.read())  # opens nothing
        with hall.town.store.read() as session:
            told = installed(session, MAILBOX)
        assert told.startswith("Inga mejl tas in: de ligger kvar i brevlådan.") and "inga filer tas emot" in told

    def test_an_infected_mail_is_taken_in_as_its_head(self):
        hall = Hall(town())
        raw = b"From: anna@example.se\r\nSubject: Underlag\r\nMessage-ID: <b@example.se>\r\n\r\n" + EICAR
        with speaking() as address:
            watchdog = self.watch(hall, Intake(scanner=Clamd(address)))
            watchdog.mailbox.take(Fetched(raw=raw, arrived=NOW, size=len(raw), too_large=False))
        [row] = hall.rows(Incoming)
        assert row.state == "oläst" and "hittade »Eicar-Test-Signature« i mejlet" in row.note
        assert not any(EICAR in blob.content for blob in hall.rows(Blob))

    def test_a_mail_that_cannot_be_scanned_is_not_taken_in(self):
        hall = Hall(town())
        with pytest.raises(ScannerDownError):
            self.watch(hall, Intake(scanner=NOBODY)).mailbox.take(
                Fetched(raw=b"x", arrived=NOW, size=1, too_large=False)
            )
        assert not hall.rows(Incoming)
