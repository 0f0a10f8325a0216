"""The page of a tjänsteskrivelse before it goes: its signer acts there by the link of the letter, and nobody else but the office."""

import re

import pytest

from notifications.letters.sealing import unsealed
from store.access.links import issue, sign_reading, sign_signing
from store.people.holders import people_at
from store.tables import LetterRow, LogRow, PaperRow
from tests.rig.climbing import AFTER, climb, month
from tests.rig.pages.doors import LINK, Doors, shown, text_of
from tests.rig.pages.logging_in import hidden, log_in, press
from tests.rig.rounds import House, as_mail
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

FEW = ("bildningsnamnden", "omsorgsnamnden")  # few, so that a round is cheap
PATH = "/skrivelse/manadsrapport/2027-09/ksau"
CHIEF, DIRECTOR, SECRETARY = (f"{name}@example.se" for name in ("ekonomichef", "kommundirektor", "ksau.sekreterare"))


@pytest.fixture(scope="module")
def told() -> House:
    town = month(units=FEW)
    climb(town, AFTER[:-1])
    return town


@pytest.fixture
def doors(told: House) -> Doors:
    doors = Doors(told.copy())
    doors.now = instant("onsdag 20 oktober 2027 kl. 10.00")
    return doors


def link_of(doors: Doors) -> str:
    """The link in the ekonomichef's letter, as it went."""
    letters = [
        as_mail(unsealed(row.mime, doors.house.office.secret)) for row in rows(doors, LetterRow) if row.to == [CHIEF]
    ]
    (link,) = {each for mail in letters for each in LINK.findall(text_of(mail)) if "/skrivelse/" in each}
    return link.removeprefix(doors.house.office.public_url)


def by(doors: Doors, address: str, sign):
    """A browser that came by a link of some person's."""
    with doors.house.store.begin() as session:
        (person,) = people_at(session, address)
        link = issue(session, person.id, ["roll"], doors.now)
        token = sign(doors.house.office.secret, link)
    browser = doors.browser()
    press(browser, f"/se/{token}?till={PATH}")
    return browser


def send(browser, vad: str, page: str | None = None, **fields: str):
    csrf = hidden(page or browser.get(PATH).text)
    return browser.post(PATH, data={"csrf": csrf, "vad": vad} | fields)


def rows(doors: Doors, table: type) -> list:
    return list(doors.house.rows(table))


def test_the_signer_comes_by_the_letter_reads_the_paper_as_it_goes_and_lets_it_go_with_other_words(doors) -> None:
    browser, leads = doors.pressed(link_of(doors), "utkastet")
    assert leads == PATH
    page = browser.get(PATH)
    text = shown(page.text)
    assert (
        "går till kommunstyrelsens arbetsutskott torsdag 21 oktober 2027 kl. 07.00" in text
        and "väntar på besked" in text
    )
    assert "med stöd av 6 kap. 12 § kommunallagen begära in" in text and "Därefter:" in text and "Lagrum" in text
    answer = send(
        browser,
        "slapp",
        arendet="Systemet byts.",
        bedomningen="Siffrorna kommer före mötet.",
        forslaget="att det redovisas muntligt",
    )
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{PATH}?svar=")
    done = shown(browser.get(answer.headers["location"]).text)
    assert "Skrivelsen är släppt. Den går torsdag 21 oktober 2027 kl. 07.00" in done
    assert (
        "Systemet byts." in done
        and "Siffrorna kommer före mötet." in done
        and "att det redovisas muntligt, och" in done
    )
    logged = [row for row in rows(doors, LogRow) if row.what == "paper.released"]
    assert {(row.subject, row.way) for row in logged} == {(rows(doors, PaperRow)[0].person_id, "personlig länk")}
    word = browser.get(f"{PATH}/utkast.docx")
    assert word.status_code == 200 and word.content.startswith(b"PK")


def test_the_services_own_sentence_left_as_it_is_stays_the_services(doors) -> None:
    browser = by(doors, CHIEF, sign_signing)
    page = browser.get(PATH).text
    own = re.search(r'name="bedomningen"[^>]*>([^<]+)<', page)[1]
    assert send(browser, "spara", page, bedomningen=own).status_code == 303
    assert [(row.assessment, row.released) for row in rows(doors, PaperRow)] == [("", False)]


def test_held_by_the_page_and_what_is_refused_keeps_what_was_typed(doors) -> None:
    browser = by(doors, CHIEF, sign_signing)
    refused = send(browser, "hall", till="2027-10-26", skal="x")
    assert (
        refused.status_code == 400
        and "Skriv varför" in refused.text
        and 'value="2027-10-26" required checked' in refused.text
    )
    answer = send(browser, "hall", till="2027-10-26", skal="Nämnden möts på måndag.")
    text = shown(browser.get(answer.headers["location"]).text)
    assert (
        "hålls till och med tisdag 26 oktober 2027" in text
        and "Sedan går onsdag 27 oktober 2027 till KSAU tisdag 2 november 2027" in text
    )


@pytest.mark.parametrize(
    ("address", "sign", "reads", "posts"),
    [(CHIEF, sign_reading, 200, 403), (DIRECTOR, sign_signing, 403, 403), (DIRECTOR, sign_reading, 403, 403)],
)
def test_who_only_reads_or_signs_another_changes_nothing(doors, address, sign, reads, posts) -> None:
    browser = by(doors, address, sign)
    answer = browser.get(PATH)
    assert answer.status_code == reads and browser.get(f"{PATH}/utkast.docx").status_code == reads
    assert "Låt den gå" not in answer.text
    token = hidden(answer.text) if 'name="csrf"' in answer.text else "0" * 64
    assert browser.post(PATH, data={"csrf": token, "vad": "slapp"}).status_code == posts
    assert rows(doors, PaperRow) == []
    assert [row.what for row in rows(doors, LogRow)].count("portal.denied") >= 1


def test_a_link_to_sign_by_opens_no_other_form_and_a_stranger_is_sent_to_the_login(doors) -> None:
    browser = by(doors, CHIEF, sign_signing)
    assert browser.get("/lage/manadsrapport/2027-09").status_code == 200
    page = browser.get(PATH).text
    assert browser.post("/organ/ksau/2027-11-02/beslut", data={"csrf": hidden(page)}).status_code == 403
    assert browser.get("/personer").status_code == 303
    assert doors.browser().get(PATH).headers["location"].startswith("/logga-in")


def test_the_office_does_it_in_the_signers_place_and_a_secretary_is_no_signer(doors) -> None:
    inside = log_in(doors.browser(), doors.house.store, doors.house.office.secret, doors.now, name="Ekonom E")
    assert send(inside, "slapp").status_code == 303
    assert "Ekonom E, för ekonomichefen, läste skrivelsen och lät den gå den 20 oktober 2027." in shown(
        inside.get(PATH).text
    )
    other = log_in(
        doors.browser(), doors.house.store, doors.house.office.secret, doors.now, name="Sekreterare", address=SECRETARY
    )
    assert other.get(PATH).status_code == 403


def test_once_it_has_gone_the_page_says_so_and_takes_no_form(doors) -> None:
    browser = by(doors, CHIEF, sign_signing)
    page = browser.get(PATH).text
    doors.house.morning("torsdag 21 oktober 2027")
    doors.now = instant("onsdag 20 oktober 2027 kl. 10.20")
    assert "Ingen skrivelse väntar" in browser.get(PATH).text
    late = send(browser, "slapp", page)
    assert late.status_code == 400 and "Skrivelsen väntar inte längre" in late.text
    assert browser.get("/skrivelse/manadsrapport/2027-09/finns-inte").status_code == 404
