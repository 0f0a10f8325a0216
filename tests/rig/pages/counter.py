"""A tillfälle's page: the ekonomikontor logged in, and an enhet that hands in."""

import re
from copy import copy
from functools import cache, lru_cache

from arshjul.definition.model import This, without_contents
from arshjul.keys import ObligationKey
from store.plan.planning import current_wheel
from store.tables import LogRow, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import copied, docx, town, xlsx
from tests.rig.pages.hall import Hall
from tests.rig.pages.logging_in import hidden

PAGE = "/lage/delarsrapport/2027-08"


BIN = f"{PAGE}/bildningsnamnden/underlag"


CHIEF = "forvaltningschef.bildning@example.se"


HOSTILE = "<script>alert(1)</script>\r\nBcc: ond@example.org"


@cache
def _come_in():
    """A store in which the ekonomikontor has just logged in, and its browser's cookies."""
    hall = Hall(town())
    return hall.town, hall.inside(name="Ekonom E").cookies


@lru_cache(maxsize=8)
def _of_any_files(this):
    """A definition that says nothing of what is in a file: what is handed in here is as good as any."""
    return without_contents(this.definition)


class Counter:
    """A hall with the ekonomikontor logged in, and an enhet that hands in."""

    def __init__(self, hall=None):
        if hall:
            self.hall, self.browser = hall, hall.inside(name="Ekonom E")
            return
        self._stand_in(*_come_in())

    def copy(self):
        """Another one, as this one stands."""
        other = copy(self)
        other._stand_in(self.hall.town, self.browser.cookies)
        return other

    def _stand_in(self, filled, cookies):
        self.hall = Hall(copied(filled))
        self.browser = self.hall.browser()
        self.browser.cookies.update(cookies)

    def act(self, what, page=BIN, **data):
        shown = self.browser.get(page).text
        return self.browser.post(f"{page}/{what}", data={"csrf": hidden(shown), **data})

    def owed(self, unit="bildningsnamnden"):
        """The key of an enhet's underlag, in whichever town this is."""
        return ObligationKey.of(self.hall.sourced.definition.kommun.id, "delarsrapport", "2027-08", unit, "underlag")

    def hand_in(self, mark=b"1", *, parts=None, key=None):
        key = key or self.owed()
        with self.hall.town.store.begin() as session:
            wheel = self.wheel(session)
            for part in wheel.obligations[key].parts:
                if parts is None or part.id in parts:
                    content = xlsx(mark) if part.form == "tabell" else docx(mark)
                    upload = Upload(filename=part.id, content=content)
                    receive(session, wheel, key, part.id, upload=upload, by=CHIEF, via="prov", now=self.hall.now)

    def wheel(self, session):
        return current_wheel(session, _of_any_files(This(self.hall.sourced.definition)), self.hall.now)

    def one(self, key=None):
        with self.hall.town.store.read() as session:
            return self.wheel(session).obligations[key or self.owed()]

    def wheel_now(self):
        with self.hall.town.store.read() as session:
            return self.wheel(session)

    def text(self, page=BIN):
        return self.browser.get(page).text

    def rows(self, table):
        return self.hall.rows(table)

    def logged(self, what):
        return [row for row in self.rows(LogRow) if row.what == what]

    def complete(self):
        return {row.part: row.complete for row in self.rows(Submission)}


def told(answer):
    return re.search(r'class="notice"[^>]*>([^<]*)<', answer.text)[1]
