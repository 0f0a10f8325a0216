"""Every page of the portal, looked at by axe-core: phone and screen, light and dark, with all that folds open."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from portal.web import pages
from tests.album import Album, Picture, displayed, filled_album
from tests.browsers import browser

pytestmark = pytest.mark.slow

#: what answers to GET and is no page: files to save, pictures, what machines read, and the front, which leads to /lage
NO_PAGES = {
    "/", "/health", "/lage.xlsx", "/loggen.csv", "/loggen.xlsx", "/arshjulet/{year}.png", "/arshjulet/{year}.svg",
    "/bokforing/fil/{file_id}", "/brev/{letter_id}/bilaga/{number}", "/kalender/plan-{year}.xlsx",
    "/kalender/{token}.ics", "/lage/{step}/{period}/sammanstallning.{kind}", "/mina/fil/{submission_id}",
    "/mina/mall/{step}/{period}/{unit}/{krav}/{part_id}", "/organ/{body}/{day}/tjansteskrivelse/{letter_id}",
    "/personer/personer.csv", "/registrera/{entry_id}/brev.eml", "/registrera/{entry_id}/fil/{number}",
}  # fmt: skip
#: Prefect's own pages, which are looked at where the real server is (tests/test_prefect_portal.py)
PREFECTS = {"/prefect", "/prefect/", "/prefect/{path}", "/prefect/ui-settings"}
TEMPLATES = sorted(Path(pages.__file__).parent.glob("templates/*.html"))
COLOURS = ("color-contrast", "link-in-text-block")  #: the rules that ask how a page is coloured
WIDTHS = (390, 1440)  #: a phone, a screen
LETTER = re.compile(r"/brev/[^/]+/html")
#: a letter lies in a frame, or in a mail program: what stands around it is not its own
AROUND = ("landmark-one-main", "page-has-heading-one", "region")


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    return filled_album(tmp_path_factory.mktemp("album"))


@pytest.fixture(scope="module")
def looking(album: Album) -> Iterator[tuple[str, Page]]:
    with displayed(album) as address, browser() as opened:
        yield address, opened.new_page()


def test_every_address_that_shows_a_page_is_in_the_album(album):
    """A new page is put in tests/album.py, where somebody goes to it; what is no page is named above."""
    seen = {each.route for each in album.pictures if each.status == 200}
    assert set(album.routes) - seen == NO_PAGES | PREFECTS
    assert album.files == NO_PAGES - {"/", "/brev/{letter_id}/bilaga/{number}"}


def test_every_template_and_every_kind_of_refusal_is_in_the_album(album):
    titles = {found[1] for each in album.pictures if (found := re.search(r"<title>(.*?) ·", each.html))}
    whole = {each.name: title for each in TEMPLATES if (title := _title(each))}
    assert [name for name, title in whole.items() if not any(map(title.fullmatch, titles))] == []
    assert {each.status for each in album.pictures} == {200, 400, 403, 404, 410, 429}


def _title(template: Path) -> re.Pattern[str] | None:
    """Return what a page's title may be, by its template; None for a template that is a piece of others."""
    text = template.read_text()
    found = re.search(r"{% block title %}(.*?){% endblock %}", text)
    if found is None or "{% extends" not in text:
        return None
    return re.compile(".*".join(map(re.escape, re.split(r"{{.*?}}|{%.*?%}", found[1]))))


def faults(page: Page, picture: Picture, only: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return what axe-core finds on a page that has it: the rule, and the first place."""
    off = {rule: {"enabled": False} for rule in AROUND} if LETTER.fullmatch(picture.path) else {}
    options = {"resultTypes": ["violations"], "preload": False, "rules": {"target-size": {"enabled": True}} | off}
    if only:
        options |= {"runOnly": only, "rules": {}}
    found = page.evaluate(f"axe.run({json.dumps(options)}).then(results => results.violations)")
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def test_axe_finds_nothing_on_any_page_light_and_dark_and_none_is_wider_than_a_phone(album, looking):
    address, page = looking
    found = []
    for number, picture in enumerate(album.pictures):
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(f"{address}/{number}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        if not LETTER.fullmatch(picture.path) and page.locator("main h1").count() != 1:
            found.append((picture.path, 0, "not one heading of its own", ""))
        page.evaluate(AXE_SCRIPT)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("wide => document.querySelectorAll('.more').forEach(each => each.open = !wide)", width > 800)
            found += [(picture.path, width, *fault) for fault in faults(page, picture)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append((picture.path, width, "wider than the screen", ""))
        page.emulate_media(color_scheme="dark")  # the same page, as wide as it was: only its colours are others
        found += [(picture.path, "dark", *fault) for fault in faults(page, picture, COLOURS)]
    assert found == []
