"""KSAU is told nothing that is not so, walked in the browser: what remains when one of three hands in, and its own decision."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page

from notifications.letters.sealing import unsealed
from portal.app import create_app
from portal.web.context import PortalContext
from store.tables import LetterRow
from tests.rig.climbing import BOLAG, LATE, OMSORG, SECRETARY, paper_words, states, three_before_ksau
from tests.rig.pages.browsers import browser, served
from tests.rig.pages.logging_in import link_for
from tests.rig.rounds import House, as_mail
from tests.rig.swedish_words import instant

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

MEETING = "/organ/ksau/2027-11-02"  # a Tuesday; its agenda closed onsdag 27 oktober
ADDRESS = f"{SECRETARY}@example.se"


@dataclass
class Walk:
    """KSAU's secretary at a computer of her own."""

    town: House
    page: Page
    address: str
    now: datetime

    def at(self, when: str) -> None:
        self.now = instant(when)

    def round(self, when: str) -> None:
        """Run a round: in a thread of its own, as the browser has an event loop in this one."""
        with ThreadPoolExecutor(1) as apart:
            apart.submit(self.town.round, when).result()

    def letters(self) -> list[LetterRow]:
        return [row for row in self.town.rows(LetterRow) if row.to == [ADDRESS] and row.kind != "inloggning"]

    def read(self, letter: LetterRow) -> str:
        """Show a letter as a mail program does; return its words."""
        html = as_mail(unsealed(letter.mime, self.town.office.secret)).get_body(("html",)).get_content()
        self.page.set_content(html.replace(self.town.office.public_url, self.address))
        return self.said("body")

    def said(self, where: str = "main") -> str:
        return " ".join(self.page.locator(where).inner_text().replace("\u00ad", "").split())

    def article(self, unit: str) -> Locator:
        """The matter about an enhet on the meeting's page."""
        return self.page.locator("article.matter", has=self.page.locator("h3", has_text=f"{unit}:"))

    def matter(self, unit: str) -> str:
        return " ".join(self.article(unit).inner_text().split())


@pytest.fixture
def walk() -> Iterator[Walk]:
    town = three_before_ksau()
    with browser() as opened:
        context = opened.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
        walk = Walk(town, context.new_page(), "", instant("fredag 22 oktober 2027 kl. 09.00"))
        portal = PortalContext(
            store=town.store, office=replace(town.office, public_url="http://127.0.0.1"), clock=lambda: walk.now,
            maildir=None, health=dict,
        )  # fmt: skip
        with served(create_app(portal)) as walk.address:
            yield walk


def test_ksaus_secretary_reads_what_remains_and_hears_nothing_of_what_ksau_decided(walk: Walk) -> None:
    town, page = walk.town, walk.page
    town.hand_in(LATE, "fredag 22 oktober 2027 kl. 09.00")
    walk.round("fredag 22 oktober 2027 kl. 09.01")
    letter = walk.letters()[-1]
    words = walk.read(letter)
    assert "Bildningsnämnden: allt har kommit in. Kvar: omsorgsnämnden och Bostadsbolaget AB." in words
    assert "behöver inte tas upp" not in words and "återkallas" not in words
    page.get_by_role("link", name=re.compile("Öppna")).first.click()
    page.get_by_role("button", name="Öppna").click()
    assert "Månadsrapport september 2027" in walk.said()
    page.goto(f"{walk.address}{MEETING}")
    assert "återkallat" in walk.matter("Bildningsnämnden")
    assert "väckt" in walk.matter("Omsorgsnämnden") and "väckt" in walk.matter("Bostadsbolaget AB")
    with page.expect_download() as got:
        walk.article("Omsorgsnämnden").get_by_role("link", name="Tjänsteskrivelse (.docx)").click()
    new = paper_words(got.value.path().read_bytes())
    assert "Omsorgsnämnden" in new and "Bostadsbolaget AB" in new and "Bildningsnämnden" not in new

    walk.at("tisdag 2 november 2027 kl. 14.00")
    told = len(walk.letters())
    page.goto(
        f"{walk.address}{link_for(town.store, town.office.secret, walk.now, name='Sekreterare', address=ADDRESS, next_path=MEETING)}"
    )
    page.get_by_role("button", name="Logga in").click()
    form = walk.article("Omsorgsnämnden")
    form.get_by_text("Registrera beslutet").click()
    form.get_by_label("Beslut", exact=True).select_option("läggs till handlingarna")
    form.get_by_label("Paragraf").fill("§ 45")
    form.get_by_role("button", name="Registrera").click()
    assert "Beslutet är registrerat: ärendet lades till handlingarna" in walk.said()
    assert "avgjort" in walk.matter("Omsorgsnämnden") and "återkallat" not in walk.matter("Omsorgsnämnden")
    for day in ("tisdag 2", "onsdag 3", "torsdag 4"):
        walk.round(f"{day} november 2027 kl. 15.00")
    assert states(town) == {LATE: "återkallat", OMSORG: "avgjort", BOLAG: "väckt"}
    about = [walk.read(letter) for letter in walk.letters()[told:]]
    assert [words for words in about if "Omsorgsnämnden" in words or "omsorgsnämnden" in words] == []
