"""Every page of the portal, looked at: that no word is broken on the narrowest phone, and what axe-core says, in dark too."""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from portal.web import pages
from tests.rig.hedemora import whole_hedemora
from tests.rig.pages.album import Album, Picture, displayed, filled_album
from tests.rig.pages.broken_words import LOOK
from tests.rig.pages.browsers import browser
from tests.rig.raw_names import raw_names

pytestmark = pytest.mark.slow

#: what answers to GET and is no page: files to save, pictures, what machines read, and the front, which leads to /lage
NO_PAGES = {
    "/", "/health", "/lage.xlsx", "/loggen.csv", "/loggen.xlsx", "/arshjulet/{year}.png", "/arshjulet/{year}.svg",
    "/bokforing/fil/{file_id}", "/brev/{letter_id}/bilaga/{number}", "/kalender/plan-{year}.xlsx",
    "/kalender/{token}.ics", "/lage/{step}/{period}/sammanstallning.{kind}", "/lage/{step}/{period}/tjansteskrivelse.docx", "/mina/fil/{submission_id}", "/mina/utdrag/{code_id}",
    "/mina/mall/{step}/{period}/{unit}/{krav}/{part_id}", "/organ/{body}/{day}/tjansteskrivelse/{letter_id}",
    "/personer/personer.csv", "/registrera/{entry_id}/brev.eml", "/registrera/{entry_id}/fil/{number}",
    "/skickat/{number}/bilaga/{place}", "/skrivelse/{step}/{period}/{body}/utkast.docx",
}  # fmt: skip
#: Prefect's own pages, which are looked at where the real server is (tests/portal/prefect/test_prefect_portal.py)
PREFECTS = {"/prefect", "/prefect/", "/prefect/{path}", "/prefect/ui-settings"}
TEMPLATES = sorted((pages.HERE / "templates").glob("*.html"))
COLOURS = ("color-contrast", "link-in-text-block")  #: the rules that ask how a page is coloured
NARROW, PHONE, SCREEN = 320, 390, 1440  #: widths
BETWEEN = (620, 800, 1000, 1280, 1920)  #: where columns are put otherwise, and the widest that is asked for
LETTER = re.compile(r"/(?:brev|skickat)/[^/]+/html")
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
    """A new page is put in tests/rig/pages/album.py, where somebody goes to it; what is no page is named above."""
    seen = {each.route for each in album.pictures if each.status == 200}
    assert set(album.routes) - seen == NO_PAGES | PREFECTS
    unseen = {"/", "/brev/{letter_id}/bilaga/{number}", "/lage/{step}/{period}/tjansteskrivelse.docx"}
    assert album.files == NO_PAGES - unseen  # the last is of a report that is whole


def test_every_template_and_every_kind_of_refusal_is_in_the_album(album):
    titles = {found[1] for each in album.pictures if (found := re.search(r"<title>(.*?) ·", each.html))}
    whole = {each.name: title for each in TEMPLATES if (title := _title(each))}
    assert [name for name, title in whole.items() if not any(map(title.fullmatch, titles))] == []
    assert {each.status for each in album.pictures} == {200, 400, 403, 404, 410, 429}


#: how a page says that something is late; a choice among states says nothing of any
LATE = re.compile(r"\b(?:Försenad|Eskalerad|försenat(?= [A-ZÅÄÖ])|arbetsdag(?:ar)? sen)\b")
CHOICE = re.compile(r"<select.*?</select>|<ul class=.legend.*?</ul>", re.DOTALL)
#: who is called, with the address: of those who came by the file of people none has a telephone
CALLED = re.compile(r"(?:chefen|direktören|[Rr]ektorn|VD:n) [^,;]+, \S+@\S+")
#: the pages on which something has been late
TELL_OF_LATE = {
    "/lage", "/lage/{step}/{period}", "/lage/{step}/{period}/{unit}/{krav}", "/organ/{body}/{day}", "/arshjulet",
    "/register", "/mina", "/personer",
}  # fmt: skip


def test_wherever_a_page_says_that_something_is_late_stands_whom_to_call(album):
    """A page of one's own says whom to call of those below; the list of people has name, address and telephone in columns."""
    told = [(each, words) for each in album.pictures if each.status == 200 and LATE.search(words := _words(each))]
    assert {each.route for each, _ in told} == TELL_OF_LATE
    assert [each.path for each, words in told if each.route != "/personer" and not CALLED.search(words)] == []


def test_no_page_tells_an_id_or_a_word_of_code(album):
    raw = raw_names(whole_hedemora().definition)
    assert [(each.path, found[0]) for each in album.pictures if (found := raw.search(_words(each)))] == []


def _words(picture: Picture) -> str:
    """Return what a page of ours says; a letter in its frame is the letters' matter."""
    if LETTER.fullmatch(picture.path):
        return ""
    main = CHOICE.sub("", picture.html.partition("<main")[2].partition("</main>")[0])
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main.replace("<wbr>", ""))).split())


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
    # what a page shows in a frame is a picture of its own here: axe-core would wait for an answer from inside
    options = {
        "resultTypes": ["violations"],
        "preload": False,
        "iframes": False,
        "rules": {"target-size": {"enabled": True}} | off,
    }
    if only:
        options |= {"runOnly": only, "rules": {}}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(options)}).then(results => results.violations)")
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


#: leave three of the rows, items and shapes of one kind that stand in a row: the others are the same loop's
THIN = """() => {
    for (const parent of document.querySelectorAll("main, main *")) {
        const seen = {};
        for (const child of [...parent.children]) {
            if (!/^(tr|tbody|li|g|a|text|path|section|article|details|fieldset|option|dt|dd|form)$/i.test(child.tagName))
                continue;
            const kind = child.tagName + child.getAttribute("class");
            seen[kind] = (seen[kind] || 0) + 1;
            if (seen[kind] > 3) child.remove();
        }
    }
}"""


def shown(page: Page, address: str, picture: Picture, width: int, colours: Literal["light", "dark"]) -> list[str]:
    """Show a page with all that folds open; return what is wrong with it before axe-core looks."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    page.goto(address)
    one_heading = not LETTER.fullmatch(picture.path)
    return laid_out(page, width, UNFOLDED % json.dumps(width > 800), one_heading=one_heading)


#: all that folds open is; and once what listens for that has had its say, the page is looked at
UNFOLDED = """
    document.querySelectorAll("details").forEach(each => each.open = true);
    document.querySelectorAll(".more").forEach(each => each.open = !%s);
    await new Promise(done => setTimeout(done));
"""


def laid_out(page: Page, width: int, before: str = "", *, one_heading: bool = False) -> list[str]:
    """Return what does not fit: a page wider than the screen, a word that ends inside; and whether it has a heading.

    All of it is asked in one question, ``before`` which something may be done: each takes as long as the answer.
    """
    look = f"""async () => {{ {before} return {{
        headings: document.querySelectorAll("main h1").length,
        width: document.documentElement.scrollWidth,
        broken: ({LOOK})(),
    }}; }}"""
    seen = page.evaluate(look)
    wrong = ["not one heading of its own"] if one_heading and seen["headings"] != 1 else []
    wide = ["wider than the screen"] if seen["width"] > width else []
    return [*wrong, *wide, *seen["broken"]]


def test_no_word_is_broken_nor_any_page_wider_than_the_narrowest_phone_and_axe_finds_nothing(album, looking):
    """Every page's words and width on the narrowest phone; by axe-core the first of each kind, with every rule.

    Every other kind is looked at on the phone in light, and every other on a screen in dark: most of what the pages
    wear is the same. The night looks at all in every way.
    """
    address, page = looking
    found: list[tuple[str, int, object]] = []
    kinds: set[tuple[str, int]] = set()
    for number, picture in enumerate(album.pictures):
        for word in shown(page, f"{address}/{number}", picture, NARROW, "light"):
            found.append((picture.path, NARROW, word))
        kind = (picture.route if picture.status == 200 else "", picture.status)
        if kind in kinds:
            continue
        kinds.add(kind)
        width = NARROW
        if len(kinds) % 2 == 0:
            width = SCREEN
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(THIN)
        found += [(picture.path, width, fault) for fault in faults(page, picture)]
    assert found == []


@pytest.mark.nightly
def test_no_word_is_broken_on_any_page_from_a_phone_to_a_wall(album, looking):
    address, page = looking
    found: list[tuple[str, int, object]] = []
    for number, picture in enumerate(album.pictures):
        found += [(picture.path, PHONE, word) for word in shown(page, f"{address}/{number}", picture, PHONE, "light")]
        for width in (*BETWEEN, SCREEN):
            page.set_viewport_size({"width": width, "height": 900})
            found += [(picture.path, width, word) for word in laid_out(page, width)]
    assert found == []


@pytest.mark.nightly
@pytest.mark.parametrize("width", [NARROW, PHONE, SCREEN])
def test_axe_finds_nothing_on_any_whole_page_light_and_dark(album, looking, width):
    address, page = looking
    found: list[tuple[str, object]] = []
    for number, picture in enumerate(album.pictures):
        found += [(picture.path, word) for word in shown(page, f"{address}/{number}", picture, width, "light")]
        found += [(picture.path, fault) for fault in faults(page, picture)]
        page.emulate_media(color_scheme="dark")  # the same page: only its colours are others
        found += [(picture.path, fault) for fault in faults(page, picture, COLOURS)]
    assert found == []


def test_laget_shows_at_a_glance_what_is_late_whom_to_call_and_what_comes(album, looking):
    """On a screen of 1280 × 800: the first rows of both, and all that is above them."""
    address, page = looking
    number = next(number for number, each in enumerate(album.pictures) if each.path == "/lage")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}/{number}")
    for place in (
        "h1",
        ".glance .late td[data-label=Ring] a",
        ".glance .late:nth-child(5)",
        ".soonest > li:nth-child(5)",
    ):
        box = page.locator(place).first.bounding_box()
        assert box and box["y"] + box["height"] <= 800, (place, box)
