"""Three walks through the running service, with the keyboard alone: a browser, real mail over SMTP, and the calendar.

One story, in the order of its days, told once: Omsorgsnämnden is late and comes up to KSAU; meanwhile Bildningsnämnden
gets anstånd with the next report, and a week later two chefer hand that one in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page

from arshjul.swedish import STOCKHOLM
from tests.rig.files.filling import careful, change, place
from tests.rig.files.malls import mall
from tests.rig.pages.browsers import browser, chromium
from tests.rig.pages.keyboard import Hands
from tests.rig.servers.served import letters_to
from tests.rig.servers.smtp_sink import Sink
from tests.rig.town_hall import TownHall

pytestmark = pytest.mark.slow

OFFICE = "ekonomikontoret@example.se"
BILDNING, OMSORG = "forvaltningschef.bildning@example.se", "forvaltningschef.omsorg@example.se"
SECRETARY = "ksau.sekreterare@example.se"
KSAU = "/organ/ksau/2027-10-05"
NEW_FRIST = "tisdag 19 oktober"  # of the månadsrapport; it was due Thursday the 14th
PROGNOS = {"planerade-atgarder": "docx"}
DELAR = {"ekonomi": "xlsx", "mal-och-resultat": "docx", "riskanalys-och-intern-kontroll": "docx"}


@dataclass(frozen=True, slots=True)
class Event:
    """What a calendar program knows of a frist."""

    uid: str
    sequence: int
    day: date


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[TownHall]:
    chromium()  # without one there is nothing to begin
    town = TownHall(tmp_path_factory.mktemp("vandringar"), sink)
    town.september()
    with town.open():
        yield town


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@contextmanager
def somebody(opened: Browser, *, script: bool = True) -> Iterator[Hands]:
    """Somebody at a computer of their own, with both hands on the keyboard."""
    context = opened.new_context(java_script_enabled=script, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield Hands(context.new_page())
    context.close()


def newest(sink: Sink, address: str, key_holds: str) -> EmailMessage:
    """Return the newest letter to an address that has come."""
    found = letters_to(sink, address, key_holds)
    assert found, f"no letter about {key_holds} has come to {address}"
    return found[-1]


def open_letter(hands: Hands, letter: EmailMessage, leads: str) -> None:
    """Show a letter as a mail program does, and follow the link in it."""
    body = letter.get_body(("html",))
    assert body
    hands.page.set_content(body.get_content())
    hands.tab_to(hands.page.locator(f"a[href*='{leads}']"))
    hands.enter()


def said(page: Page, where: str = "main") -> str:
    """Return a page's words on one line."""
    return " ".join(page.locator(where).inner_text().split())


# --- Tuesday 28 September: up to KSAU, and an anstånd


@pytest.fixture(scope="module")
def tuesday(town: TownHall) -> TownHall:
    town.carry_on("tisdag 28 september 2027 kl. 07.04")
    return town


def frist_in(address: str) -> Event:
    """Return the månadsrapport's frist as a calendar program fetches it."""
    calendar = Calendar.from_ical(httpx.get(address, trust_env=False, timeout=30).raise_for_status().text)
    events = [
        each for each in calendar.walk("VEVENT") if str(each["SUMMARY"]).startswith("Frist: underlag till månads")
    ]
    coming = min(
        (each for each in events if each.decoded("DTSTART").date() > date(2027, 10, 1)),
        key=lambda each: each.decoded("DTSTART"),
    )
    at = coming.decoded("DTSTART").astimezone(STOCKHOLM)
    return Event(str(coming["UID"]), int(coming["SEQUENCE"]), at.date())


@pytest.fixture(scope="module")
def ekonom(tuesday: TownHall, opened: Browser) -> Iterator[Hands]:
    """Somebody of the ekonomikontor, logged in by the link that ``arshjul login`` prints."""
    with somebody(opened) as ekonom:
        ekonom.page.goto(tuesday.login_link())
        ekonom.press("Logga in")
        yield ekonom


@pytest.fixture(scope="module")
def granted(ekonom) -> tuple[Event, Event]:
    """The ekonomikontor grants Bildningsnämnden an anstånd; return the frist in its feed before and after."""
    page = ekonom.page
    ekonom.unfold("Mer")
    ekonom.follow("Kalendern")
    ekonom.unfold("Bildningsnämnden")
    feed = page.locator("#enhet-bildningsnamnden .address").inner_text()
    before = frist_in(feed)
    ekonom.follow("Läget")
    ekonom.follow("Bildningsnämnden, Månadsrapport september 2027: Kommande")
    assert "Frist torsdag 14 oktober 2027 kl. 16.00" in said(page)
    ekonom.unfold("Bevilja anstånd")
    ekonom.type_day("Till och med", date(2027, 10, 19), page.locator("#anstand"))
    ekonom.type("Skäl", "Bokslutet för skolorna dröjer.", page.locator("#anstand"))
    ekonom.press("Bevilja anstånd")
    assert "Anståndet är beviljat" in said(page, "#svar")
    assert f"Frist {NEW_FRIST} 2027 kl. 16.00" in said(page)
    return before, frist_in(feed)


def test_an_anstand_moves_the_same_event_in_the_feed(granted):
    before, after = granted
    assert (before.day, after.day) == (date(2027, 10, 14), date(2027, 10, 19))
    assert after.uid == before.uid and after.sequence > before.sequence


def test_what_is_late_comes_before_ksau_with_its_paper(tuesday, sink):
    letter = newest(sink, SECRETARY, "/eskalering/2027-09-28/")
    assert letter["Subject"].startswith("KSAU 5 okt: ")
    assert "Omsorgsnämnden" in letter.get_body(("plain",)).get_content()
    assert [each.get_filename() for each in letter.iter_attachments() if str(each.get_filename()).endswith(".docx")]


# --- Wednesday 6 October, the day after KSAU


@pytest.fixture(scope="module")
def wednesday(tuesday: TownHall, granted) -> TownHall:
    tuesday.carry_on("onsdag 6 oktober 2027 kl. 09.00")
    return tuesday


def hand_in(hands: Hands, files: dict[str, Path], card: str) -> None:
    """Choose a file for each part, by the part's name, and send the card."""
    for label, file in files.items():
        hands.take(label, file)
    hands.press(f"Lämna in: {card}")


def kept(folder: Path, step: str, period: str, unit: str, parts: dict[str, str]) -> dict[str, Path]:
    """Save the filled-in malls of a person's parts, by the labels of their fields."""
    found = {}
    for part, ending in parts.items():
        filled = mall(step, period, unit, part)
        file = folder / f"{part}.{ending}"
        file.write_bytes(careful(filled))
        found[f"Fil: {filled.part_name}"] = file
    return found


def test_a_late_enhet_is_sent_back_by_ksau_hands_in_and_is_approved(wednesday, sink, opened, tmp_path):
    with somebody(opened) as ekonom, somebody(opened) as chief:
        page = ekonom.page
        page.goto(wednesday.portal + KSAU)  # as the link in KSAU's letter
        ekonom.type("E-postadress", OFFICE)
        ekonom.press("Skicka länken")
        wednesday.carry_on()
        open_letter(ekonom, newest(sink, OFFICE, "/inloggning/"), "/logga-in/lank/")
        ekonom.press("Logga in")
        assert page.url == wednesday.portal + KSAU

        matter = page.locator("article.matter", has_text="Omsorgsnämnden: underlag till delårsrapporten")
        ekonom.unfold("Registrera beslutet", matter)
        ekonom.choose("Beslut", "återremitteras", matter)
        ekonom.type("Paragraf", "§ 61", matter)
        ekonom.type("Diarienummer", "KS 2027/61", matter)
        ekonom.type_day("Lämnas in senast", date(2027, 10, 8), matter)
        ekonom.type("Skäl", "Utskottet behöver siffrorna till mötet med kommunstyrelsen.", matter)
        ekonom.press("Registrera")
        assert "återremitterades" in matter.inner_text()
        assert "§ 61, dnr KS 2027/61" in said(page)

        wednesday.carry_on()
        letter = newest(sink, OMSORG, "/brev/2027-10-06/")
        assert "fredag 8 oktober" in letter.get_body(("plain",)).get_content()
        open_letter(chief, letter, "/l/")
        chief.press("Öppna")
        assert "senast fredag 8 oktober 2027" in said(chief.page)
        files = kept(tmp_path, "delarsrapport", "2027-08", "omsorgsnamnden", DELAR)
        files |= kept(tmp_path, "prognos", "2027-08", "omsorgsnamnden", PROGNOS)
        hand_in(chief, files, "underlag till delårsrapporten, augusti 2027")
        assert "Tack, det är mottaget" in said(chief.page, "#svar")
        wednesday.carry_on()
        kvittens = newest(sink, OMSORG, "omsorgsnamnden/underlag/kvittens/").get_body(("plain",)).get_content()
        assert "mottagen och komplett" in " ".join(kvittens.split())

        page.goto(f"{wednesday.portal}/lage/delarsrapport/2027-08/omsorgsnamnden/underlag")
        assert "Frist fredag 8 oktober 2027" in said(page)
        ekonom.unfold("Godkänn")
        ekonom.press("Godkänn underlaget")
        assert "Underlaget är godkänt." in said(page, "#svar")
        assert "godkänt onsdag 6 oktober 2027" in said(page)


# --- Tuesday 12 October: the månadsrapport's letters


@pytest.fixture(scope="module")
def next_week(wednesday: TownHall) -> TownHall:
    wednesday.carry_on("tisdag 12 oktober 2027 kl. 07.04")
    return wednesday


@pytest.mark.parametrize(
    ("script", "person", "unit", "frist"),
    [(True, BILDNING, "bildningsnamnden", NEW_FRIST), (False, OMSORG, "omsorgsnamnden", "torsdag 14 oktober")],
    ids=["with the new frist", "without JavaScript"],
)
def test_from_the_letter_to_the_kvittens_with_a_faulty_file_first(
    next_week, sink, opened, tmp_path, script, person, unit, frist
):
    letter = newest(sink, person, "/brev/2027-10-12/")
    assert f"{frist.split()[1]} okt: " in letter["Subject"]
    ((label, right),) = kept(tmp_path, "manadsrapport", "2027-09", unit, {"ekonomisk-uppfoljning": "xlsx"}).items()
    content = right.read_bytes()
    faulty = tmp_path / "Ekonomi, första försöket.xlsx"
    faulty.write_bytes(change(content, {place(content, "ekonomi-manad", "summa", "utfall"): 1}))
    with somebody(opened, script=script) as chief:
        page, card = chief.page, "underlag till månadsrapporten, september 2027"
        open_letter(chief, letter, "/l/")
        chief.press("Öppna")
        assert f"senast {frist} 2027 kl. 16.00" in said(page)
        hand_in(chief, {label: faulty}, card)
        answer = said(page, "#svar")
        assert "Mottaget, men något behöver ändras" in answer
        assert "Summan stämmer inte med raderna." in answer and "Lägg helst tillbaka mallens formel." in answer
        hand_in(chief, {label.replace("Fil", "Ny fil, ersätter den du har lämnat in"): right}, card)
        assert "Tack, det är mottaget" in said(page, "#svar")
    next_week.carry_on()
    kvittens = f"manadsrapport/2027-09/{unit}/underlag/kvittens/"
    both = [" ".join(each.get_body(("plain",)).get_content().split()) for each in letters_to(sink, person, kvittens)]
    assert len(both) == 2  # they may leave by different connections, and arrive in either order
    assert sum("Lägg helst tillbaka mallens formel." in each for each in both) == 1
    assert sum("mottagen och komplett" in each for each in both) == 1
