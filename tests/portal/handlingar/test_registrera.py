"""Registrera åt: the ekonomikontor files what was mailed or handed over, in whose name and from when it was."""

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import update

from notifications.mailbox.mail_reading import read_mail
from notifications.trust import Trust
from portal.app import create_app
from portal.web.context import PortalContext as PortalDesk
from store.post.incoming import ASIDE, REGISTERED, UNREAD
from store.tables import Incoming, LetterRow, LogRow, Submission
from tests.rig import hedemora
from tests.rig.files.filling import careful
from tests.rig.files.mails import CHIEF, START, Desk, after_the_first_letters, answer, dsn
from tests.rig.files.malls import mall
from tests.rig.handins import BIN_PROTOKOLL, BIN_UNDERLAG, LOCKED_EXCEL, OMN_UNDERLAG, PDF, docx, xlsx
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import hidden, log_in
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

EKONOM = "Ekonom E"


@dataclass
class Counter:
    """The ekonomikontor's browser at the running portal."""

    desk: Desk
    browser: Client

    def come_in(self, when: str) -> None:
        """Let a later day come; the login of the day before is over."""
        self.desk.now = instant(when)
        log_in(self.browser, self.desk.town.store, self.desk.office.secret, self.desk.now, name=EKONOM)

    def drop(self, *files: tuple[str, bytes]) -> str:
        """Put something in; return the address of its page."""
        answer = self.send("/registrera", files=[("filer", file) for file in files])
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def file(self, page: str, **typed: str) -> Response:
        """Send the page's form as it stands, with what is typed over it."""
        return self.send(page, data={**self.proposed(page), **typed})

    def send(self, page: str, data: dict[str, str] | None = None, **more: Any) -> Response:
        """Send a form with its token, as the page of this browser carries it."""
        token = hidden(self.browser.get("/registrera").text)
        return self.browser.post(page, data={**(data or {}), "csrf": token}, **more)

    def proposed(self, page: str) -> dict[str, str]:
        """Return what the form holds before anybody touches it."""
        form = re.search(
            rf'<form class="card filing" method="post" action="{page.partition("?")[0]}">.*?</form>',
            self.get(page),
            re.S,
        )
        assert form
        found = dict(re.findall(r'<input type="\w+" id="[^"]+" name="([^"]+)"[^>]* value="([^"]*)"', form[0]))
        for select in re.finditer(r'<select id="[^"]+" name="([^"]+)".*?</select>', form[0], re.S):
            chosen = re.search(r'value="([^"]*)" selected', select[0]) or re.search(r'value="([^"]*)"', select[0])
            found[select[1]] = chosen[1] if chosen else ""
        return found

    def get(self, page: str) -> str:
        answer = self.browser.get(page)
        assert answer.status_code == 200, answer.text
        return answer.text

    def rows(self, table: type) -> list[Any]:
        return self.desk.rows(table)

    def filed(self) -> list[tuple[str, str, str, str]]:
        return [(row.obligation_key, row.part, row.by, row.via) for row in self.rows(Submission)]


@pytest.fixture
def counter() -> Counter:
    return opened(after_the_first_letters())


def opened(desk: Desk) -> Counter:
    portal = PortalDesk(
        store=desk.town.store,
        office=desk.office,
        clock=lambda: desk.now,
        maildir=None,
        health=dict,
        read_mail=read_mail,
    )
    browser = Client(create_app(portal), base_url=desk.office.public_url, follow_redirects=False)
    return Counter(desk, log_in(browser, desk.town.store, desk.office.secret, desk.now, name=EKONOM))


def told(answer: Response) -> str:
    assert answer.status_code == 400, answer.text
    found = re.search(r'role="alert".*?<p>(.*?)</p>', answer.text, re.S)
    assert found
    return found[1]


def test_a_saved_reply_is_proposed_whole_and_filed_with_one_press(counter):
    raw = answer(about=counter.desk.letter().message_id, files=[("Ekonomi.xlsx", xlsx())]).as_bytes()
    page = counter.drop(("svar.eml", b"Received: by mx.example.se; Fri, 10 Sep 2027 08:12:00 +0200\r\n" + raw))
    assert counter.rows(Submission) == []  # somebody is there to look first
    proposed = counter.proposed(page)
    assert (proposed["del.1"], proposed["person"]) == (f"{BIN_UNDERLAG}|ekonomi", CHIEF)
    assert (proposed["dag"], proposed["klockslag"]) == ("2027-09-10", "08.12")
    assert counter.file(page).headers["location"] == "/registrera"
    assert counter.filed() == [(BIN_UNDERLAG, "ekonomi", "Förvaltningschef bildning", "registrerat åt")]
    assert counter.rows(Submission)[0].received_at == instant("fredag 10 september 2027 kl. 08.12")
    assert [row.to for row in counter.rows(LetterRow) if row.kind == "kvittens"] == [[CHIEF]]


def test_a_marked_mall_that_is_handed_over_says_itself_what_it_is():
    counter = opened(Desk(hedemora.town(START)))  # whose mallar these are
    content = careful(mall("delarsrapport", "2027-08", "bildningsnamnden", "riskanalys-och-intern-kontroll"))
    page = counter.drop(("namnlös.docx", content))
    assert counter.proposed(page)["del.1"] == f"{hedemora.BIN_UNDERLAG}|riskanalys-och-intern-kontroll"
    assert "Visa delarna" in counter.get(page)  # another obligation can still be chosen


def test_a_file_handed_over_in_the_corridor_yesterday_counts_from_yesterday_and_the_log_says_all(counter):
    counter.come_in("onsdag 22 september 2027 kl. 09.00")  # the frist was Tuesday the 21st kl. 16.00
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    assert "Visa delarna" in counter.get(page) and "Inlämnat av" not in counter.get(page)
    counter.file(f"{page}?krav={BIN_UNDERLAG}", dag="2027-09-21", klockslag="15.30", genom="Assistent A")
    (row,) = counter.rows(Submission)
    handed_over = instant("tisdag 21 september 2027 kl. 15.30")
    assert (row.late, row.received_at, row.by) == (False, handed_over, "Assistent A för Förvaltningschef bildning")
    log = next(each for each in counter.rows(LogRow) if each.what == "submission.received")
    assert (log.at, log.who) == (counter.desk.now, "Ekonom E")
    assert log.detail["handed_over_at"] == handed_over.isoformat() and log.detail["registered_by"] == "Ekonom E"


def test_what_was_handed_over_after_the_frist_is_late(counter):
    counter.come_in("onsdag 22 september 2027 kl. 09.00")
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    counter.file(f"{page}?krav={BIN_UNDERLAG}", dag="2027-09-21", klockslag="16.01")
    assert counter.rows(Submission)[0].late


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"klockslag": "09.01"}, "har inte varit än"),
        ({"dag": "2027-09-11"}, "har inte varit än"),
        ({"klockslag": "i går"}, "klockslaget som 14.30"),
        ({"dag": ""}, "klockslaget som 14.30"),
        ({"person": "ingen@example.se"}, "Välj vem som har lämnat in"),
        ({"del.1": ""}, "Ingen fil har fått någon del"),
        ({"del.1": f"{BIN_UNDERLAG}|finns-inte"}, "har ingen del"),
        ({"del.1": "strandby/x|ekonomi"}, "Det finns inget inlämningskrav"),
    ],
)
def test_what_cannot_be_is_told_and_files_nothing(counter, typed, word):
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    answer = counter.file(f"{page}?krav={BIN_UNDERLAG}", **typed)
    assert word in told(answer)
    assert counter.rows(Submission) == [] and counter.rows(Incoming)[0].state == UNREAD


def test_what_was_typed_stays_when_it_is_refused(counter):
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    answer = counter.file(f"{page}?krav={BIN_UNDERLAG}", klockslag="fel", genom="Assistent A", krav=BIN_UNDERLAG)
    assert 'value="Assistent A"' in answer.text and 'value="fel"' in answer.text and 'name="del.1"' in answer.text


def test_an_older_file_does_not_push_a_newer_one_aside(counter):
    for number, clock in enumerate(("08.30", "08.00")):
        page = counter.drop((f"ekonomi{number}.xlsx", xlsx(str(number).encode())))
        last = counter.file(f"{page}?krav={BIN_UNDERLAG}", **{"del.1": f"{BIN_UNDERLAG}|ekonomi", "klockslag": clock})
    assert "en nyare version lämnades in fredag 10 september 2027 kl. 08.30" in told(last)
    assert len(counter.rows(Submission)) == 1


def test_several_files_go_each_to_its_part_and_never_two_to_one(counter):
    page = counter.drop(("ekonomi.xlsx", xlsx()), ("mål.docx", docx()), ("annat.txt", b"hej"))
    both = {"del.1": f"{BIN_UNDERLAG}|ekonomi", "del.2": f"{BIN_UNDERLAG}|ekonomi", "del.3": ""}
    assert "Två filer har fått samma del" in told(counter.file(f"{page}?krav={BIN_UNDERLAG}", **both))
    counter.file(f"{page}?krav={BIN_UNDERLAG}", **{**both, "del.2": f"{BIN_UNDERLAG}|mal-och-resultat"})
    assert [part for _, part, *_ in counter.filed()] == ["ekonomi", "mal-och-resultat"]
    assert counter.rows(Incoming)[0].state == REGISTERED


def test_a_protokollsutdrag_takes_its_paragraf_and_day(counter):
    page = counter.drop(("protokoll.pdf", PDF))
    counter.file(f"{page}?krav={BIN_PROTOKOLL}", paragraf="45", beslutsdag="2027-09-09", justerad="ja")
    (row,) = counter.rows(Submission)
    assert row.complete and row.fields == {"paragraf": "§ 45", "datum": "2027-09-09", "omedelbar justering": True}


def test_a_file_that_is_not_taken_is_told_and_waits(counter):
    page = counter.drop(("ekonomi.xlsx", LOCKED_EXCEL))
    answer = counter.file(f"{page}?krav={BIN_UNDERLAG}", **{"del.1": f"{BIN_UNDERLAG}|ekonomi"})
    assert answer.headers["location"] == page and "Ta bort lösenordet" in counter.get(page)
    assert counter.rows(Incoming)[0].state == UNREAD and counter.rows(Submission) == []


def test_a_saved_bounce_is_followed_at_once(counter):
    page = counter.drop(("studs.eml", dsn(CHIEF, counter.desk.letter().mime)))
    assert counter.desk.letter().state == "studsat" and "kom tillbaka från" in counter.get(page)


def test_a_bounce_of_a_letter_that_was_answered_is_the_ekonomikontors_to_say(counter):
    counter.desk.take(answer(about=counter.desk.letter().message_id, text="Tack!"))
    page = counter.drop(("studs.eml", dsn(CHIEF, counter.desk.letter().mime)))
    assert (
        "Förvaltningschef bildning svarade på det" in counter.get(page) and counter.desk.letter().state == "överlämnat"
    )
    assert "Kom brevet fram?" not in counter.get("/registrera/1")  # the answer is no bounce
    assert counter.send("/registrera/1/kom-tillbaka").status_code == 400
    assert f'name="mottagare" value="{CHIEF}" checked' in counter.get(page)
    assert "Markera vem brevet inte nådde" in told(counter.send(f"{page}/kom-tillbaka"))
    assert counter.send(f"{page}/kom-tillbaka", {"mottagare": CHIEF}).status_code == 303
    assert counter.desk.letter().state == "studsat" and "Kom brevet fram?" not in counter.get(page)


def test_a_bounce_that_names_another_address_asks_whom_it_means_and_one_of_a_delay_says_why_it_does_not(counter):
    letter, forwarded = counter.desk.letter().mime, "bildning.chef@intern.example.se"
    page = counter.drop(("studs.eml", dsn(forwarded, letter)))
    asked = counter.get(page)
    assert "Den nämner »bildning.chef@intern.example.se«" in asked and "fick en kopia" in asked
    assert f'name="mottagare" value="{CHIEF}"' in asked and f'value="{CHIEF}" checked' not in asked
    late = dsn(
        forwarded, letter, action="delayed", status="4.4.1", said="smtp; 451 x", ident="<studs-2@relay.example.se>"
    )
    said = counter.get(counter.drop(("sen.eml", late)))
    assert "servern försöker fortfarande" in said and "Det kom inte fram" not in said
    assert counter.send(f"{page}/kom-tillbaka", {"mottagare": CHIEF}).status_code == 303
    assert counter.desk.letter().state == "studsat"


def test_the_status_page_shows_the_bounce(counter):
    counter.drop(("studs.eml", dsn(CHIEF, counter.desk.letter().mime)))
    assert counter.get("/lage/delarsrapport/2027-08").count("kom tillbaka") == 1


def test_the_status_page_says_of_a_letter_in_skugga_who_got_it(counter):
    with counter.desk.town.store.begin() as session:
        session.execute(update(LetterRow).values(shadow=True))
    page = counter.get("/lage/delarsrapport/2027-08")
    assert page.count("i skugga, till ekonomikontoret") == 4  # each enhet's
    assert 'data-label="Återstår"' in page and "Saknas" not in page  # the frist is ahead


def test_a_mail_that_waits_is_listed_shown_and_set_aside_with_a_reason(counter):
    counter.desk.take(answer(sender="okand@example.org", subject="<script>alert(1)</script>", text="Hej <b>du</b>"))
    listed = counter.get("/registrera")
    assert "<h1>Registrera åt någon</h1>" in listed
    assert "sak väntar" in listed and "&lt;script&gt;" in listed and "<script" not in listed
    page = "/registrera/1"
    assert "Hej &lt;b&gt;du&lt;/b&gt;" in counter.get(page)
    refused = counter.send(f"{page}/lagg-at-sidan", data={"skal": ""})
    assert "Skriv varför" in told(refused)
    counter.send(f"{page}/lagg-at-sidan", data={"skal": "Reklam.", "vem": "Någon annan"})
    (row,) = counter.rows(Incoming)
    assert (row.state, row.note, row.handled_by) == (ASIDE, "Reklam.", "Ekonom E")
    assert "Inget väntar" in counter.get("/registrera") and "Lägg åt sidan" not in counter.get(page)


def test_what_is_done_is_not_done_again(counter):
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    form = counter.proposed(f"{page}?krav={BIN_UNDERLAG}") | {"del.1": f"{BIN_UNDERLAG}|ekonomi"}
    assert counter.send(page, data=form).status_code == 303
    assert "redan taget om hand: registrerad, av Ekonom E" in counter.send(page, data=form).text
    assert len(counter.rows(Submission)) == 1


def test_any_enhet_and_report_may_be_chosen_for_a_mail_about_another(counter):
    raw = answer(about=counter.desk.letter().message_id, files=[("ekonomi.xlsx", xlsx())]).as_bytes()
    page = counter.drop(("svar.eml", raw))
    counter.file(f"{page}?krav={OMN_UNDERLAG}", person="forvaltningschef.omsorg@example.se")
    assert counter.filed()[0][0] == OMN_UNDERLAG


def test_files_and_the_mail_itself_are_fetched_as_attachments_and_never_shown(counter):
    counter.desk.take(answer(sender="okand@example.org", files=[("<ond>.html", b"<script>alert(1)</script>")]))
    for page, content in (("/registrera/1/fil/1", b"<script>"), ("/registrera/1/brev.eml", b"Message-ID")):
        answered = counter.browser.get(page)
        assert content in answered.content and answered.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in answered.headers["content-security-policy"]
        assert answered.headers["content-type"] != "text/html"


@pytest.mark.parametrize(
    "page", ["/registrera/99", "/registrera/1/fil/7", "/registrera/1/fil/0", "/registrera/x", "/registrera/99/brev.eml"]
)
def test_what_is_not_there_is_told(counter, page):
    counter.desk.take(answer(sender="okand@example.org"))
    assert counter.browser.get(page).status_code == 404


def test_another_sites_form_files_nothing(counter):
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    form = counter.proposed(f"{page}?krav={BIN_UNDERLAG}")
    for where in (page, f"{page}/lagg-at-sidan", f"{page}/kom-tillbaka", "/registrera"):
        assert counter.send(where, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert counter.rows(Submission) == []


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ([("", b"")], "Inget är valt"),
        ([("a.eml", b"x"), ("b.pdf", PDF)], "för sig"),
        ([(f"{number}.bin", b"x" * 20_000_000) for number in range(3)], "större än 40 MB"),
    ],
    ids=["nothing", "mixed", "too much"],
)
def test_a_drop_that_cannot_be_read_is_told(counter, files, word):
    answered = counter.send("/registrera", files=[("filer", file) for file in files])
    assert answered.status_code in (400, 413) and re.search(word, answered.text)
    assert counter.rows(Incoming) == []


def test_the_same_mail_dropped_twice_is_one(counter):
    raw = answer(sender="okand@example.org").as_bytes()
    assert counter.drop(("a.eml", raw)) == counter.drop(("b.eml", raw))


def test_no_name_can_become_a_header_of_the_kvittens(counter):
    log_in(counter.browser, counter.desk.town.store, counter.desk.office.secret, counter.desk.now, name="E\r\nX: y")
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    counter.file(f"{page}?krav={BIN_UNDERLAG}", genom="A\r\nBcc: ond@example.org\r\n\r\nHej")
    (kvittens,) = [row for row in counter.rows(LetterRow) if row.kind == "kvittens"]
    assert kvittens.to == [CHIEF] and b"\nBcc:" not in kvittens.mime and b"\nX:" not in kvittens.mime


def test_who_is_not_the_ekonomikontor_sees_and_files_nothing(counter):
    page = counter.drop(("ekonomi.xlsx", xlsx()))
    stranger = Client(counter.browser.app, base_url=counter.desk.office.public_url, follow_redirects=False)
    assert stranger.get(page).headers["location"] == f"/logga-in?till={page}"
    assert stranger.post(page, data=counter.proposed(f"{page}?krav={BIN_UNDERLAG}")).status_code == 403
    desk, address = counter.desk, "namndsekreterare.omsorg@example.se"
    log_in(stranger, desk.town.store, desk.office.secret, desk.now, address=address, name="Sekreterare")
    assert stranger.get(page).status_code == 403 and "Registrera" not in stranger.get("/lage").text
    assert counter.rows(Submission) == []


def test_the_page_says_why_nothing_is_filed_by_itself_and_what_to_set(counter):
    assert "ARSHJUL_MAIL_AUTHSERV" not in counter.get("/registrera")
    counter.desk.office = replace(counter.desk.office, trust=Trust())
    assert "IT väljer den med inställningen ARSHJUL_MAIL_AUTHSERV." in opened(counter.desk).get("/registrera")


def test_an_answer_that_its_sender_has_left_shows_where_the_role_is_changed(counter):
    words = "Hej! Jag har slutat på kommunen. Skriv till ny.chef@example.se."
    raw = answer(text=words, subject="Automatiskt svar: Delårsrapport", Auto_Submitted="auto-replied").as_bytes()
    page = counter.drop(("svar.eml", raw))
    shown = counter.get(page)
    assert "»Jag har slutat på kommunen«" in shown and "har slutat, eller har en annan adress" in counter.get(
        "/registrera"
    )
    [there] = re.findall(r'<li><a href="(/personer/[^"]+)">Förvaltningschef, Bildningsnämnden</a></li>', shown)
    assert "Förvaltningschef bildning" in counter.get(there)
    counter.send(f"{page}/lagg-at-sidan", {"skal": "Ny chef är inlagd."})
    assert "Avsändarens roller" not in counter.get(page)
