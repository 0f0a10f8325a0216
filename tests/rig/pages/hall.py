"""A portal whose login is tried: with a clock, rules and utskick in the test's hands, and browsers for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from email import message_from_bytes, policy

from sqlalchemy import select

from actions.entry import LoginRules
from app.part_health import Prefect, health
from arshjul.definition.reading import Sourced
from flows.machine import Machine
from notifications.letters.sealing import unsealed
from notifications.mailbox.read_apart import Read, read_mail_apart
from notifications.office import Office
from notifications.post.post import Post
from portal.app import create_app
from portal.web.context import PortalContext
from portal.web.uploads import SenderPatience
from store.service.leases import RUNNER
from store.tables import LetterRow, LogRow
from submissions.intake.room import Intake
from tests.rig.handins import NOW, Town
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import hidden, link_for, log_in

SECRET = b"0123456789abcdef0123456789abcdef"
OFFICE = "ekonomikontoret@example.se"
SECRETARY = "namndsekreterare.omsorg@example.se"
CHIEF = "forvaltningschef.bildning@example.se"
COOKIE = "arshjul-inloggad"


@dataclass
class Hall:
    """The running portal, with hands on its clock."""

    town: Town
    now: datetime = NOW
    utskick: str = "skarpt"
    public_url: str = "http://testserver"
    rules: LoginRules = field(default_factory=LoginRules)
    maildir: object = None
    intake: Intake = field(default_factory=Intake)
    sourced: Sourced = None  #: None: the town's own
    prefect: object = None
    patience: SenderPatience = field(default_factory=SenderPatience)
    read_mail: Read = read_mail_apart
    served: tuple | None = None  #: the server, and what it was made of

    def __post_init__(self):
        self.sourced = self.sourced or self.town.sourced

    def office(self):
        return Office(
            sourced=self.sourced, mail_from=OFFICE, public_url=self.public_url, prefect_url="http://127.0.0.1:4200",
            secret=SECRET, utskick=self.utskick, since=date(2027, 8, 1),
        )  # fmt: skip

    def desk(self):
        return PortalContext(
            store=self.town.store, office=self.office(), clock=lambda: self.now, maildir=self.maildir,
            health=dict, login=self.rules, intake=self.intake,
            prefect=self.prefect, patience=self.patience, read_mail=self.read_mail,
        )  # fmt: skip

    def app(self):
        """One server for all who come; a new one only when the installation is another: it takes its time to make."""
        parts = [getattr(self, each.name) for each in fields(self) if each.name not in ("now", "served")]
        parts.append(self.town.store)
        if not (self.served and all(one is other for one, other in zip(self.served[0], parts, strict=True))):
            self.served = (parts, create_app(self.desk()))
        return self.served[1]

    def browser(self):
        return Client(self.app(), base_url=self.public_url, follow_redirects=False)

    def inside(self, **who):
        return log_in(self.browser(), self.town.store, SECRET, self.now, **who)

    def link(self, **who):
        return link_for(self.town.store, SECRET, self.now, **who)

    def rows(self, table):
        with self.town.store.read() as session:
            return session.scalars(select(table)).all()

    def denied(self):
        asked = select(LogRow.who, LogRow.key, LogRow.detail).where(LogRow.what == "portal.denied").order_by(LogRow.id)
        with self.town.store.read() as session:
            return [(who, key, detail["what"]) for who, key, detail in session.execute(asked)]

    def denial(self):
        """The last denied try."""
        asked = select(LogRow.who, LogRow.key, LogRow.detail).where(LogRow.what == "portal.denied")
        with self.town.store.read() as session:
            who, key, detail = session.execute(asked.order_by(LogRow.id.desc()).limit(1)).one()
        return who, key, detail["what"]

    def ask(self, browser, address, till="/lage"):
        page = browser.get("/logga-in", params={"till": till}).text
        return browser.post("/logga-in", data={"csrf": hidden(page), "adress": address, "till": hidden(page, "till")})

    def letters(self):
        return [row for row in self.rows(LetterRow) if row.kind == "inloggning"]


def words(letter):
    return message_from_bytes(unsealed(letter.mime, SECRET), policy=policy.default).get_body(("plain",)).get_content()


def link_in(letter):
    return re.search(r"http://testserver(/logga-in/lank/\S+)", words(letter))[1]


def portal_of(machine: Machine) -> Client:
    """Return a browser at the portal of a machine that has no Prefect: ``/health`` tells of all the other parts."""

    def parts():
        asked = health(machine, Prefect(api="http://127.0.0.1:1/api"))
        return {name: part for name, part in asked.items() if name not in ("prefect", RUNNER)}

    desk = PortalContext(
        store=machine.store, office=machine.office, clock=machine.clock, maildir=None, health=parts,

    )  # fmt: skip
    return Client(create_app(desk))


#: what a stranger may read. A new page stands here only when everybody may read it
OPEN_TO_ALL = {"/", "/health", "/logga-in", "/kontroller", "/tillganglighet", "/personuppgifter", "/kakor"}


def browser(hall: Hall, post: Callable[[], Post] | None = None, **who: object) -> Client:
    client = Client(create_app(replace(hall.desk(), post=post)), follow_redirects=False)
    return log_in(client, hall.town.store, hall.office().secret, hall.now, **who)
