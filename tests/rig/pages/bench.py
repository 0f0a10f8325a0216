"""The personal page and the status pages on a filled store, with hands on the clock, kvittenser and health."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from notifications.office import Office
from portal.app import create_app
from portal.web.context import HealthPart, PortalContext
from store.access.links import issue, sign
from store.tables import LetterRow
from tests.rig.handins import (
    NOW,
    Town,
)
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import link_for, log_in, press

CHIEF = "forvaltningschef.bildning@example.se"


SECRET = b"0123456789abcdef0123456789abcdef"


EKONOMI = "delarsrapport.underlag.ekonomi"


@dataclass
class Bench:
    """The running portal, with hands on its clock, its kvittenser and its health."""

    town: Town
    now: datetime = NOW
    parts: dict = field(default_factory=lambda: {"databasen": HealthPart(ok=True, text="svarar")})
    served: dict = field(default_factory=dict)

    def desk(self, maildir=None, public_url="http://testserver", since=date(2027, 8, 1), sourced=None):
        office = Office(
            sourced=sourced or self.town.sourced,
            mail_from="ekonomikontoret@example.se",
            public_url=public_url,
            prefect_url="http://127.0.0.1:4200",
            secret=SECRET,
            utskick="skarpt",
            since=since,
        )
        return PortalContext(
            store=self.town.store,
            office=office,
            clock=lambda: self.now,
            maildir=maildir,
            health=lambda: self.parts,
        )

    def client(self, **more):
        """A browser; all that ask for the same come to one server."""
        asked = tuple(sorted((name, id(value)) for name, value in more.items()))
        if asked not in self.served:
            desk = self.desk(**more)
            self.served[asked] = (create_app(desk), desk.office.public_url, more)
        app, url, _ = self.served[asked]
        return Client(app, base_url=url, follow_redirects=False)

    def inside(self, **more):
        """A browser in which the ekonomikontor is logged in."""
        return log_in(self.client(**more), self.town.store, SECRET, self.now)

    @property
    def receipts(self):
        """The kvittenser, the oldest first."""
        return [row for row in self.rows(LetterRow) if row.kind == "kvittens"]

    def link(self, person=CHIEF, role="forvaltningschef"):
        with self.town.store.begin() as session:
            return issue(session, person, [role], NOW)

    def token(self, person=CHIEF, role="forvaltningschef"):
        return sign(SECRET, self.link(person, role))

    def rows(self, table):
        with self.town.store.read() as session:
            return session.scalars(select(table)).all()


def csrf(browser):
    return re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/mina").text)[1]


def path(key):
    return "/mina/" + key.partition("/")[2]


def hand_in(browser, key, files=None, data=None, token=None):
    files = {f"{name}.fil": file for name, file in (files or {}).items()}
    token = csrf(browser) if token is None else token
    return browser.post(
        path(key), data={"csrf": token, **(data or {})}, files=files or {"x.fil": ("", b"")} if files else None
    )


def log_in_looking(looking, address, office):
    """Log the browser in, as the one who has the machine does."""
    looking.goto(address + link_for(office.town.store, SECRET, office.now))
    looking.click("main button")


def opened(office):
    """A chief's browser, with the link opened."""
    browser = office.client()
    assert press(browser, f"/l/{office.token()}").status_code == 303
    return browser
