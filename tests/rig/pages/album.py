"""Every page that the portal shows, from days on which everything has happened: for tests that look at pages.

``filled_album()`` goes through the portal as people do, in one process, and keeps each page as it was answered, with
the route that answered it. ``displayed(album)`` serves them on loopback with their stylesheet, for a browser.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from httpx import Response
from starlette.responses import HTMLResponse

from actions.plan.frister import open_obligation
from actions.plan.happened import record_opening
from arshjul.keys import UnitId
from notifications.mailbox.mail_reading import read_mail
from portal.web.pages import STATIC
from store.access import feed_links
from store.access.links import issue, sign, sign_reading
from store.people.people_preview import people_csv
from store.tables import LetterRow
from tests.rig.acts import act
from tests.rig.files.books import book
from tests.rig.files.filling import careful, change
from tests.rig.files.mails import answer
from tests.rig.files.malls import mall
from tests.rig.handins import PDF, docx, town, xlsx
from tests.rig.hedemora import KS_UNDERLAG, PRELIMINARY, whole_hedemora
from tests.rig.hedemora import town as hedemoras_town
from tests.rig.load import made_up
from tests.rig.pages.browsers import served
from tests.rig.pages.chamber import KSAU, Chamber
from tests.rig.pages.client import Client
from tests.rig.pages.hall import CHIEF, OFFICE, SECRET, SECRETARY, Hall, words
from tests.rig.pages.logging_in import hidden, log_in, press
from tests.rig.reorganising import deputise, end, reorganised
from tests.rig.swedish_words import instant

DELAR = "/lage/delarsrapport/2027-08"
BIN, OMN = f"{DELAR}/bildningsnamnden/underlag", f"{DELAR}/omsorgsnamnden/underlag"
SEAT = "/personer/bildningsnamnden/forvaltningschef"
SIGNED = "/skrivelse/delarsrapport/2027-08/ksau"
FEED = "enhet/bildningsnamnden"
MINE = "/mina/delarsrapport/2027-08/bildningsnamnden/underlag"
NEXT_DAY = instant("onsdag 22 september 2027 kl. 09.00")  # the delårsrapport was due the day before
AFTER_KSAU = instant("onsdag 6 oktober 2027 kl. 09.00")
LATE_AUTUMN = instant("tisdag 2 november 2027 kl. 10.00")  # past the frister of registers and of enheter below


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it was answered."""

    path: str  #: the address that was asked, with its method when it is not GET
    route: str  #: the route that answered a GET, as ``/lage/{step}/{period}``
    status: int
    html: str


@dataclass
class Album:
    """The pages, and the routes that answered with something else."""

    routes: tuple[str, ...]  #: all that answer to GET
    pictures: list[Picture] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def keep(self, got: Response, status: int = 200) -> Response:
        """Keep an answer. It must be the one that was meant, so that no page is missed for an error's."""
        path, asked = got.request.url.path, got.request.url.raw_path.decode()
        assert got.status_code == status, (
            got.request.method,
            path,
            got.status_code,
            re.findall(r'role="alert".*', got.text),
        )
        matching = [each for each in self.routes if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), path)]
        route = min(matching, key=lambda each: each.count("{"), default="")
        if not got.headers.get("content-type", "").startswith("text/html"):
            self.files.add(route)
        elif got.request.method == "GET":
            self.pictures.append(Picture(asked, route, status, got.text))
        else:
            self.pictures.append(Picture(f"{got.request.method} {asked}", "", status, got.text))
        return got


@dataclass
class Photographer:
    """Goes through one portal, and keeps what is seen."""

    hall: Hall

    def __post_init__(self) -> None:
        self.app = self.hall.app()
        paths = self.app.openapi()["paths"]
        self.album = Album(tuple(path for path, methods in paths.items() if "get" in methods))
        self.hands = Chamber(self.hall)
        self.come_in()

    def browser(self) -> Client:
        return Client(self.app, base_url=self.hall.public_url, follow_redirects=False)

    def come_in(self) -> None:
        """Log the ekonomikontor in; its session does not last to another day."""
        self.office = log_in(self.browser(), self.hall.town.store, SECRET, self.hall.now)
        self.hands.browser = self.office

    def later(self, moment) -> None:
        self.hall.now = moment
        self.come_in()

    def see(self, path: str, status: int = 200, browser: Client | None = None) -> str:
        """Open a page and keep it; return its text."""
        return self.album.keep((browser or self.office).get(path), status).text

    def send(self, path: str, page: str, status: int = 200, browser: Client | None = None, files=None, **data) -> str:
        """Send a form of ``page``; keep the page that answers, or the one that the answer leads to."""
        by = browser or self.office
        got = by.post(path, data={"csrf": hidden(by.get(page).text), **data}, files=files)
        if got.status_code == 303 and status == 200:
            return self.see(got.headers["location"].partition("#")[0], browser=by)
        return self.album.keep(got, status).text


def filled_album(folder: Path) -> Album:
    """Go through the whole portal. ``folder`` is for the letters."""
    maildir = folder / "post"
    (maildir / "new").mkdir(parents=True)
    seen = Photographer(
        Hall(hedemoras_town(whole=True), maildir=maildir, sourced=whole_hedemora(), read_mail=read_mail)
    )
    _registers(seen)
    _strangers(seen)
    _readers(seen)
    _personal_pages(seen)
    _the_office(seen)
    seen.come_in()  # a visit's pages are counted, and the clock stands still
    _letters(seen, maildir)
    seen.later(NEXT_DAY)
    _when_it_is_late(seen)
    seen.later(AFTER_KSAU)
    _after_the_meeting(seen)
    reorganising = replace(whole_hedemora(), definition=reorganised())
    _on(seen, replace(seen.hall, sourced=reorganising)).see("/personer")
    _enheter_below(seen)
    _what_happens(seen)
    seen.album.keep(seen.office.post("/logga-ut", data={"csrf": hidden(seen.office.get("/lage").text)}))
    return seen.album


def _on(seen: Photographer, hall: Hall) -> Photographer:
    """Another portal, and the same album."""
    other = Photographer(hall)
    other.album = seen.album
    return other


def _what_happens(seen: Photographer) -> None:
    """The registers and the händelser of a town that has them: filled, changed, refused and done."""
    granvik = Photographer(Hall(town(name="granvik"), sourced=made_up("granvik")))
    granvik.album = seen.album
    granvik.see("/register?andra=uppdrag/skolskjuts")
    granvik.send("/handelser", "/handelser", 400, handelse="skr-prognos", dag="2027-13-01")
    done = granvik.send("/handelser", "/handelser", handelse="skr-prognos", dag="2027-08-30")
    assert "Ta tillbaka" in done and "måndag 30 augusti 2027" in done.lower()


def _strangers(seen: Photographer) -> None:
    stranger = seen.browser()
    seen.see("/logga-in?till=/lage", browser=stranger)
    seen.send("/logga-in", "/logga-in", browser=stranger, adress=OFFICE, till="/lage")
    seen.see(seen.hall.link(), browser=stranger)
    for path, status in (
        ("/finns/inte", 404), ("/mina", 403), ("/l/forfalskad", 403), ("/logga-in/lank/forfalskad", 403),
    ):  # fmt: skip
        seen.see(path, status, browser=stranger)
    for _ in range(40):  # one link, far too often
        told = stranger.get("/logga-in/lank/forfalskad")
    seen.album.keep(told, 429)
    secretary = log_in(
        seen.browser(), seen.hall.town.store, SECRET, seen.hall.now, address=SECRETARY, name="Sekreterare"
    )
    seen.see("/loggen", 403, browser=secretary)
    seen.album.files |= {"/health"} if stranger.get("/health").headers["content-type"] == "application/json" else set()


def _readers(seen: Photographer) -> None:
    """Who comes by the link of a letter, to read."""
    with seen.hall.town.store.begin() as session:
        token = sign_reading(SECRET, issue(session, "ksau.ordforande@example.se", ["ksau_ordforande"], seen.hall.now))
    chair = seen.browser()
    page = seen.see(f"/se/{token}?till={KSAU}", browser=chair)
    chair.post(f"/se/{token}", data={"csrf": hidden(page), "till": KSAU})
    for path in (KSAU, DELAR):
        seen.see(path, browser=chair)


def _personal_pages(seen: Photographer) -> None:
    with seen.hall.town.store.begin() as session:
        token = sign(SECRET, issue(session, CHIEF, ["forvaltningschef"], seen.hall.now))
    chief = seen.browser()
    seen.see(f"/l/{token}", browser=chief)
    press(chief, f"/l/{token}")
    good = careful(mall("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"))
    whole = {
        "ekonomi": ("ekonomi.xlsx", change(good, {"ekonomi_delar__ram_halls": None})),
        "mal-och-resultat": (
            "mål.docx",
            careful(mall("delarsrapport", "2027-08", "omsorgsnamnden", "mal-och-resultat")),
        ),
        "riskanalys-och-intern-kontroll": ("risker.docx", PDF),
    }  # a stopp, a question, and what cannot be taken
    files = {f"delarsrapport.underlag.{part}.fil": file for part, file in whole.items()}
    page = seen.send(MINE, "/mina", browser=chief, files=files)
    assert "Måste rättas" in page and "Fråga" in page and "Inte mottagen" in page
    page = seen.send(MINE, "/mina", browser=chief, files={"delarsrapport.underlag.ekonomi.fil": ("ekonomi.xlsx", good)})
    for path in (re.search(r"/mina/fil/\d+", page)[0], f"{MINE.replace('/mina', '/mina/mall')}/ekonomi"):
        seen.see(path, browser=chief)
    for what in ("anstand", "ersattare", "vila", "utdrag"):
        seen.see(f"/mina/begar/{what}", browser=chief)
    seen.send(
        "/mina/begar/vila", "/mina/begar/vila", browser=chief,
        galler="delarsrapport/2027-08/bildningsnamnden/underlag", till="2027-09-17", skal="Vi lämnar in på torsdag.",
    )  # fmt: skip
    seen.send("/mina/begar/utdrag", "/mina/begar/utdrag", browser=chief)
    _taken_out(seen, chief)
    seen.album.keep(chief.post("/stang", data={"csrf": hidden(chief.get("/mina").text)}))


def _taken_out(seen: Photographer, chief: Client) -> None:
    there = seen.album.pictures[-1].path
    letter = next(row for row in reversed(seen.hall.rows(LetterRow)) if row.kind == "kod")
    code = re.search(r"^\W*(\d{3})\s(\d{3})\W*$", words(letter), re.MULTILINE).expand(r"\1\2")
    seen.send(there, there, browser=chief, kod=code)
    seen.see(there.replace("/kod/", "/utdrag/"), browser=chief)


def _the_office(seen: Photographer) -> None:
    seen.hands.hand_in(key=KS_UNDERLAG)
    with seen.hall.town.store.begin() as session:
        end(session, date(2027, 9, 9), ("vd", "energibolaget"))
        deputise(session, date(2027, 9, 10), date(2027, 9, 17))
        open_obligation(
            act(session, seen.hall.now, why="Begärt av nämnden."),
            "hedemora/manadsrapport/2027-05/bildningsnamnden/underlag",
        )
        people = people_csv(session, seen.hall.now)
    for path in (
        "/lage?lage=Eskalerad", BIN, "/arshjulet/2028", "/bokforing", "/registrera", "/personer/alla/hr_chef",
        "/handlingar", "/mote?organ=ks", "/loggen?vem=Sekreterare", "/loggen?q=finnsinte", "/loggen/kontroll",
        f"/loggen/kontroll?summa={'0' * 64}",
        "/tillganglighet", "/personuppgifter", "/kakor",
    ):  # fmt: skip
        seen.see(path)
    for path in ("/arshjulet/1999", "/lage/delarsrapport/2027-05", f"{KSAU.rpartition('/')[0]}/2027-01-01"):
        seen.see(path, 404)
    for path in (
        "/arshjulet/2027.svg", "/arshjulet/2027.png", "/kalender/plan-2027.xlsx", "/lage.xlsx", "/loggen.csv",
        "/loggen.xlsx", "/personer/personer.csv", f"{DELAR}/sammanstallning.xlsx",
    ):  # fmt: skip
        seen.see(path)
    seen.send("/handlingar/gallra", "/handlingar", 400, beslut="")
    seen.send("/kontroller/tom-ruta/ur-kraft", "/kontroller", varfor="Den fastnar på felfria filer.")
    seen.send("/bokforing", "/bokforing", files={"fil": ("bok.se", b"hej")})
    taken = seen.send("/bokforing", "/bokforing", files={"fil": ("bok.se", book(objects={"990": "Projekt"}))})
    seen.see(re.search(r"/bokforing/fil/\d+", taken)[0])
    reply = answer(
        sender="okand@example.org", subject="Siffror", files=[("Ekonomi.xlsx", xlsx()), ("mål.docx", docx())]
    )
    seen.send("/registrera", "/registrera", files=[("filer", ("svar.eml", reply.as_bytes()))])
    seen.send("/registrera", "/registrera", files=[("filer", ("ekonomi.xlsx", xlsx()))])
    seen.send("/registrera", "/registrera", 400)
    seen.send("/registrera/1/lagg-at-sidan", "/registrera", 400, skal="")
    for path in ("/registrera/1/brev.eml", "/registrera/1/fil/1"):
        seen.see(path)
    seen.send("/registrera/1/lagg-at-sidan", "/registrera", skal="Hör inte hit.")
    seen.send("/registrera/1/kom-tillbaka", "/registrera", 400)
    seen.see("/registrera/1")
    _withheld(seen)
    feed = f"/kalender/{feed_links.sign(SECRET, FEED, 1)}.ics"
    seen.see(feed)
    for _ in range(40):  # far too often
        told = seen.office.get(feed)
    seen.album.keep(told, 429)
    seen.send("/kalender", "/kalender", kalender=FEED)
    seen.see(feed, 410)
    seen.send(SEAT, SEAT, vad="byt", namn="", varfor="slutar", fran="2027-11-01", **{"e-post": "ny@example.se"})
    seen.send(SEAT, SEAT, vad="byt", namn="Ny", varfor="slutar", fran="2027-11-01", **{"e-post": "ny@example.se"})
    seen.send("/personer/las-in", "/personer", files={"fil": ("personer.csv", b"roll;vem\n")})
    changed = people.replace("hr-chef@example.se", "ny.hr-chef@example.se").encode()
    seen.send("/personer/las-in", "/personer", files={"fil": ("personer.csv", changed)})
    seen.send("/mote", "/mote", 400, organ="ksau", dag="2027-10-05", gor="flytta", ny_dag="x", skal="Sjukdom.")
    seen.send("/mote", "/mote", organ="ksau", dag="2027-10-05", gor="flytta", ny_dag="2027-10-12", skal="Sjukdom.")
    seen.send(f"{BIN}/anstand", BIN, 400, till="2027-12-24", skal="Semester.")
    seen.send(f"{OMN}/anstand", OMN, till="2027-09-23", skal="Två är sjuka.")
    seen.send(f"{OMN}/avsla", OMN, skal="Räcker så.")
    seen.send("/mote/andra", "/mote", 400, organ="ksau", dag="2027-10-05", gor="flytta", ny_dag="", skal="Sjukdom.")


def _withheld(seen: Photographer) -> None:
    ground = {
        "lagrum": "39 kap. 2 § offentlighets- och sekretesslagen",
        "skal": "Uppgift om hälsa.",
        "personer": SECRETARY,
    }
    seen.see("/sparrat")
    page, kept = f"{DELAR}/kommunstyrelsen/underlag", seen.office.get(f"{DELAR}/kommunstyrelsen/underlag").text
    version = re.search(r'name="version" value="(\d+)"', kept)[1]
    seen.send(f"{page}/sparra", page, 400, version=version)
    seen.send(f"{page}/sparra", page, version=version, **ground)
    seen.send("/registrera/2/sparra", "/registrera", 400, fil="0")
    seen.send("/registrera/2/sparra", "/registrera", fil="0", **ground)
    seen.see("/registrera/2")
    named = log_in(seen.browser(), seen.hall.town.store, SECRET, seen.hall.now, address=SECRETARY, name="Sekreterare")
    seen.see("/sparrat/2", browser=named)
    seen.send("/sparrat/2/oppna", "/sparrat/2", browser=named)
    named.post("/sparrat/2/fil", data={"csrf": hidden(named.get("/sparrat/2").text), "nummer": "1"})
    seen.send("/sparrat/1/oppna", "/sparrat/1", 403)
    seen.send("/sparrat/1/lasare", "/sparrat/1", 400, personer="okand@example.org")
    seen.send("/sparrat/2/hav", "/sparrat/2", 400, skal="")
    seen.send("/sparrat/2/hav", "/sparrat/2", skal="Sekretessen gäller inte längre.")
    seen.see("/sparrat")
    seen.see("/sparrat/9", 404)


def _letters(seen: Photographer, maildir: Path) -> None:
    seen.hands.bring_up()
    for row in seen.hall.rows(LetterRow):
        (maildir / "new" / f"brev-{row.id}").write_bytes(row.mime)
    letters = {row.kind: f"/brev/brev-{row.id}" for row in seen.hall.rows(LetterRow)}
    seen.see("/brev")
    for _, path in sorted(letters.items()):
        seen.see(path)
        seen.see(f"{path}/html")
    seen.see("/skickat")
    number = next(row.id for row in seen.hall.rows(LetterRow) if row.kind == "eskalering")
    for path in (
        f"/skickat/{number}",
        f"/skickat/{number}/html",
        f"/skickat/{number}/bilaga/1",
        f"/skickat?om={OMN[6:]}",
    ):
        seen.see(path)


def _when_it_is_late(seen: Photographer) -> None:
    for path in ("/lage", BIN, OMN, KSAU, "/organ/ksau", "/arshjulet"):
        seen.see(path)
    letter = next(row.id for row in seen.hall.rows(LetterRow) if row.kind == "eskalering")
    seen.see(f"{KSAU}/tjansteskrivelse/{letter}")
    seen.see(SIGNED)
    seen.hands.last_word()
    for path in (SIGNED, f"{SIGNED}/utkast.docx"):
        seen.see(path)
    seen.send(SIGNED, SIGNED, 400, vad="hall", till="2027-10-01", skal="x")
    seen.send(SIGNED, SIGNED, vad="hall", till="2027-10-01", skal="Nämnden sammanträder då.")
    words = {
        "arendet": "Nämnden har bytt system.",
        "bedomningen": "Siffrorna kommer.",
        "forslaget": "att det redovisas",
    }
    seen.send(SIGNED, SIGNED, vad="slapp", **words)


def _after_the_meeting(seen: Photographer) -> None:
    decision = {"moment": PRELIMINARY, "beslutad": "2027-10-05", "paragraf": "§ 45", "diarienummer": "KS 2027/12"}
    back = {"beslut": "återremitteras", "enhet": KS_UNDERLAG, "till": "2027-10-08", "skal": "Redovisa åtgärderna."}
    seen.see(KSAU)
    seen.send(f"{KSAU}/beslut", KSAU, 400, **decision | back | {"skal": ""})
    seen.send(f"{KSAU}/beslut", KSAU, **decision | back)
    for path in (DELAR, f"{DELAR}/kommunstyrelsen/underlag"):
        seen.see(path)


def _registers(seen: Photographer) -> None:
    """What Hedemora's reports have none of: registers with their posts, and an avvikelse that a nämnd has."""
    granvik = _on(seen, Hall(town(LATE_AUTUMN, name="granvik"), now=LATE_AUTUMN, sourced=made_up("granvik")))
    with granvik.hall.town.store.begin() as session:
        told = act(session, LATE_AUTUMN, why="Sägs i ett samtal.", office=granvik.hall.office())
        record_opening(told, "avvikelse", UnitId("skolnamnden"), "2027-09")
    for path in ("/register", "/register?andra=uppdrag/skolskjuts"):
        granvik.see(path)


def _enheter_below(seen: Photographer) -> None:
    """The levels under a nämnd: the board, and the page of the one who carries up."""
    bergvik = _on(seen, Hall(town(LATE_AUTUMN, name="bergvik"), now=LATE_AUTUMN, sourced=made_up("bergvik")))
    with bergvik.hall.town.store.begin() as session:
        token = sign(SECRET, issue(session, "aldreomsorgen@example.se", ["verksamhetschef"], LATE_AUTUMN))
    chief = bergvik.browser()
    press(chief, f"/l/{token}")
    bergvik.see("/mina", browser=chief)
    for path in ("/lage", "/lage/aktivitetsplaner/2028", "/lage/aktivitetsplaner/2028/aldreomsorgen/verksamhetens"):
        bergvik.see(path)


@contextmanager
def displayed(album: Album) -> Iterator[str]:
    """Serve an album's pages, the first at ``/0``; yield the address."""
    app = FastAPI(openapi_url=None)
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/{number}")
    def picture(number: int) -> HTMLResponse:
        return HTMLResponse(album.pictures[number].html)

    with served(app) as address:
        yield address
