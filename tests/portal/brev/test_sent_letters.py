"""Sent letters are read on the portal whatever the post is: about an underlag, a report, to a person; no link in them opens."""

import re
from urllib.parse import quote

import pytest

from notifications.letters.sealing import unsealed
from store.tables import LetterRow
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, climb, month
from tests.rig.pages.doors import Doors, shown
from tests.rig.pages.logging_in import hidden, log_in
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

FEW = ("bildningsnamnden", "omsorgsnamnden")  # few, so that a round is cheap
OM = LATE.removeprefix("strandby/")
UNDERLAG, SEAT = f"/lage/{OM}", "/personer/bildningsnamnden/forvaltningschef"


@pytest.fixture(scope="module")
def doors() -> Doors:
    """A house without a Maildir, whose matters went to KSAU that morning."""
    town = month(units=FEW)
    climb(town, AFTER)
    doors = Doors(town)
    doors.now = instant("torsdag 21 oktober 2027 kl. 10.00")
    return doors


@pytest.fixture(scope="module")
def office(doors):
    return log_in(doors.browser(), doors.house.store, doors.house.office.secret, doors.now, name="Ekonom E")


def numbers(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'<h2><a href="/skickat/(\d+)">', page)]


def rows(doors) -> dict[int, LetterRow]:
    return {row.id: row for row in doors.house.rows(LetterRow)}


def test_the_lists_hold_what_is_about_an_underlag_a_report_a_person_and_all_newest_first(doors, office) -> None:
    every = rows(doors)
    assert numbers(office.get("/skickat").text) == sorted(every, reverse=True)
    assert f'href="/skickat?om={OM}"' in office.get(UNDERLAG).text
    about = numbers(office.get(f"/skickat?om={OM}").text)
    kinds = {every[number].kind for number in about}
    assert {"dagens brev", "eskalering", "kopia av skrivelse"} <= kinds
    others = {
        row.id
        for row in every.values()
        if row.to == ["forvaltningschef.omsorg@example.se"] and row.kind == "dagens brev"
    }
    assert others and not others & set(about)
    report = numbers(office.get("/skickat?om=manadsrapport/2027-09").text)
    assert set(about) < set(report) and others <= set(report)
    chief = f"{CHIEF_OF}@example.se"
    mine = numbers(office.get(f"/skickat?till={chief}").text)
    assert mine == sorted((n for n, row in every.items() if chief in (*row.to, *row.cc)), reverse=True)


def test_a_letter_is_shown_as_it_went_with_its_files_and_no_way_in(doors, office) -> None:
    row = next(
        row for row in rows(doors).values() if row.kind == "kopia av skrivelse" and row.to == [f"{CHIEF_OF}@example.se"]
    )
    token = re.search(
        rb"/l/([A-Za-z0-9_.-]{60,})", unsealed(row.mime, doors.house.office.secret).replace(b"=\r\n", b"")
    )[1].decode()
    page, body = office.get(f"/skickat/{row.id}"), office.get(f"/skickat/{row.id}/html")
    assert (
        row.subject in shown(page.text)
        and row.to[0] in page.text.replace("<wbr>", "")
        and "skickat" in shown(page.text).casefold()
    )
    for text in (page.text, body.text):
        assert token not in text and "Hej " in text
    assert "default-src 'none'" in body.headers["content-security-policy"]
    file = office.get(f"/skickat/{row.id}/bilaga/1")
    assert file.content.startswith(b"PK")
    assert file.headers["content-disposition"] == (
        'attachment; filename="Tjansteskrivelse_manadsrapport_september_2027.docx"; '
        f"filename*=UTF-8''{quote('Tjänsteskrivelse månadsrapport september 2027.docx')}"
    )
    assert office.get(f"/skickat/{row.id}/bilaga/9").status_code == 404 == office.get("/skickat/999999").status_code
    assert (
        office.get("/skickat?om=inget/2027-09").status_code
        == 404
        == office.get("/skickat?till=ingen@example.se").status_code
    )


def test_they_are_the_offices_alone(doors) -> None:
    secretary = log_in(
        doors.browser(),
        doors.house.store,
        doors.house.office.secret,
        doors.now,
        name="S",
        address="ksau.sekreterare@example.se",
    )
    number = next(iter(rows(doors)))
    for path in ("/skickat", f"/skickat/{number}", f"/skickat/{number}/html", f"/skickat/{number}/bilaga/1"):
        assert secretary.get(path).status_code == 403
        assert doors.browser().get(path).status_code == 303
    assert "/skickat" not in secretary.get(UNDERLAG).text


def test_the_pages_show_what_was_sent_before_beside_the_button_and_press_it(doors, office) -> None:
    page = office.get(UNDERLAG).text
    assert (
        "Skicka en påminnelse nu" in page
        and f"{CHIEF_OF}@example.se" in page.replace("<wbr>", "")
        and 'href="/skickat/' in page
    )
    answer = office.post(f"{UNDERLAG}/paminn", data={"csrf": hidden(page)})
    assert answer.headers["location"].endswith("?gjort=paminn")
    assert "Påminnelsen är skriven" in office.get(answer.headers["location"]).text
    seat = office.get(SEAT).text
    number = re.search(r'name="brev" value="(\d+)"', seat)[1]
    answer = office.post(SEAT, data={"csrf": hidden(seat), "vad": "igen", "brev": number})
    assert "Brevet går nu till" in office.get(answer.headers["location"].split("#")[0]).text
    assert [row.kind for row in rows(doors).values()][-2:] == ["påminnelse nu", "brev igen"]
