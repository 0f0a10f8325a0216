"""Every link of every letter, opened by whoever got the letter: in a browser of their own, with nothing but what the letter holds."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from icalendar import Calendar

from actions.scene import Scene
from arshjul.keys import OccurrenceKey
from arshjul.swedish import day_text
from notifications.letters.sealing import unsealed
from portal.app import create_app
from portal.web.context import PortalContext
from store.post.letter_keys import occurrence_of
from store.post.letter_states import TAKEN_BACK
from store.tables import LetterRow
from tests.rig.pages.client import Client
from tests.rig.pages.logging_in import hidden, log_in
from tests.rig.rounds import OFFICE, House, as_mail
from tests.rig.swedish_words import instant

LINK = re.compile(r"https?://[^\s\"'<>]+")
#: opened by a press, as mail scanners open links
PRESSED = ("/l/", "/se/", "/logga-in/lank/")


@dataclass
class Doors:
    """A portal over a house's store."""

    house: House
    kinds: set[str] = field(default_factory=set)  #: of the letters that were followed
    opened: set[tuple[str, str]] = field(default_factory=set)  #: kind, and the kind of page that a link of it opened
    _followed: set[int] = field(default_factory=set)
    _seen: set[tuple[str, ...]] = field(default_factory=set)
    _inside: tuple[datetime, Client] | None = None  #: the ekonomikontor, logged in at that hour

    def __post_init__(self) -> None:
        self.now = instant("fredag 1 januari 2027 kl. 08.00")
        context = PortalContext(
            store=self.house.store, office=self.house.office, clock=lambda: self.now, maildir=None, health=dict
        )
        self._app = create_app(context)

    def browser(self) -> Client:
        return Client(self._app, base_url=self.house.office.public_url, follow_redirects=False)

    def follow(self, when: str, kind: str = "") -> None:
        """Open each link of each letter (of one kind) that was not followed before, at an instant."""
        self.now = instant(when)
        every = [row for row in self.house.rows(LetterRow) if kind in ("", row.kind) and row.state != TAKEN_BACK]
        for letter in [row for row in every if row.id not in self._followed]:
            self._followed.add(letter.id)
            self.kinds.add(letter.kind)
            mail = as_mail(unsealed(letter.mime, self.house.office.secret))
            words = text_of(mail)
            for address in dict.fromkeys(LINK.findall(words) + links_of(mail)):
                self._open(letter, words, address, in_calendar=False)
            for address in calendar_links(mail):
                self._open(letter, words, address, in_calendar=True)

    def _open(self, letter: LetterRow, words: str, address: str, *, in_calendar: bool) -> None:
        about = (letter.kind, letter.to, letter.subject, address)
        public = self.house.office.public_url
        assert address.startswith(f"{public}/"), ("another server's", about)
        path = address.removeprefix(public)
        if (seen := (letter.kind, *letter.to, re.sub(r"[\w.-]{60,}", "", path))) in self._seen:
            return  # the same page to the same reader in the same kind of letter
        self._seen.add(seen)
        if path.startswith("/prefect"):
            return  # held against the real server, in tests/portal/prefect
        if path == "/health" or letter.to == [OFFICE]:
            browser = self.browser() if path == "/health" else self._office()
        elif path.startswith(PRESSED):
            browser, path = self.pressed(path, about)
        else:
            assert in_calendar, ("its reader cannot log in", about)
            browser, path = self._asked_for(path, letter, about)
        page = browser.get(path)
        assert page.status_code == 200, (page.status_code, path, about)
        self.opened.add((letter.kind, path.split("/")[1] or "/"))
        for named, in_letter in self._names(path, letter):
            assert named in shown(page.text), (named, path, about)
            told = (
                letter.kind == "inloggning" or in_letter.casefold() in words.casefold()
            )  # that one is asked for there
            assert told, (in_letter, path, about)

    def _office(self) -> Client:
        if self._inside is None or self._inside[0] != self.now:
            inside = log_in(self.browser(), self.house.store, self.house.office.secret, self.now)
            self._inside = self.now, inside
        return self._inside[1]

    def pressed(self, path: str, about: object) -> tuple[Client, str]:
        """Open a link by its button, in a browser that knows nothing; return where it leads."""
        browser = self.browser()
        knock = browser.get(path)
        assert knock.status_code == 200, (knock.status_code, about)
        more = {"till": hidden(knock.text, "till")} if 'name="till"' in knock.text else {}
        answer = browser.post(path.partition("?")[0], data={"csrf": hidden(knock.text), **more})
        assert answer.status_code == 303, (answer.status_code, about)
        return browser, answer.headers["location"]

    def _asked_for(self, path: str, letter: LetterRow, about: object) -> tuple[Client, str]:
        """A calendar is shared, and holds no link of anybody's: its reader is sent their own, to the same page."""
        browser = self.browser()
        way = browser.get(path)
        assert way.status_code == 303, (way.status_code, about)
        login = browser.get(way.headers["location"])
        before = len(self.house.rows(LetterRow))
        form = {"csrf": hidden(login.text), "till": hidden(login.text, "till"), "adress": letter.to[0]}
        assert browser.post("/logga-in", data=form).status_code == 200
        (sent,) = self.house.rows(LetterRow)[before:]
        words = text_of(as_mail(unsealed(sent.mime, self.house.office.secret)))
        (link,) = [each for each in LINK.findall(words) if "/se/" in each]
        browser, leads = self.pressed(link.removeprefix(self.house.office.public_url), about)
        assert leads == path, (leads, about)
        return browser, leads

    def _names(self, path: str, letter: LetterRow) -> Iterator[tuple[str, str]]:
        """Give what a page's address names, as the page shows it and as a letter says it."""
        with self.house.store.read() as session:
            scene = Scene(session, self.house.office, self.now)
            names = urlsplit(path).path.strip("/").split("/")
            definition = scene.office.definition
            if names[0] == "mina" and letter.thread:
                period = scene.wheel.occurrence(occurrence_of(letter.thread)).period.text
                yield period, period
            if names[0] == "lage" and len(names) >= 3:
                found = scene.wheel.occurrence(OccurrenceKey.of(*names[1:3]))
                yield f"{found.step_name} {found.period.text}", f"{found.step_name}"
                yield found.period.text, found.period.text
            if names[0] == "lage" and len(names) == 5:
                unit = definition.units[names[3]].name
                yield unit, unit
            if names[0] == "organ":
                yield definition.bodies[names[1]].name, definition.bodies[names[1]].name
            if names[0] == "organ" and len(names) == 3:
                year, month, day = map(int, names[2].split("-"))
                (met,) = [
                    each.day
                    for each in scene.wheel.meetings.of_year(names[1], year)
                    if (each.day.month, each.day.day) == (month, day)
                ]
                yield day_text(met), day_text(met)


def text_of(mail: EmailMessage) -> str:
    return " ".join(str(mail.get_body(("plain",)).get_content()).split())


def links_of(mail: EmailMessage) -> list[str]:
    found = re.findall(r'href="(http[^"]+)"', str(mail.get_body(("html",)).get_content()))
    return [html.unescape(each) for each in found]


def calendar_links(mail: EmailMessage) -> list[str]:
    files = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    return [str(event["url"]) for file in files for event in Calendar.from_ical(file.get_content()).events]


def shown(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).replace("\u00ad", "").split())
