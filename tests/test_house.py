"""The house's own rules: what must never be there, because something far away would break."""

import calendar
import re
import sysconfig
import time
from pathlib import Path

from tests.load import ROOT


def test_the_folder_calendar_is_never_a_package() -> None:
    """Keep ``calendar/`` a source root: an ``__init__.py`` there would take the standard library's place.

    The repository's root is on ``sys.path``, before the standard library. As a package, ``calendar/`` would win
    over the standard library's ``calendar``, and ``time.strptime``, ``email``, ``http.cookiejar``, APScheduler
    and ``holidays`` would all import the wrong module. Without ``__init__.py`` it is a namespace package at
    most, and those lose to any real module. Our own package in it is ``arshjul``: ``from arshjul.year.wheel import``.
    """
    assert not (ROOT / "calendar" / "__init__.py").exists()
    assert (ROOT / "calendar" / "arshjul" / "__init__.py").exists()


def test_calendar_is_the_standard_librarys_and_strptime_works() -> None:
    assert Path(calendar.__file__ or "").parent == Path(sysconfig.get_path("stdlib"))
    assert time.strptime("2027-09-14", "%Y-%m-%d").tm_yday == 257


def test_each_decision_has_a_number_of_its_own_and_a_line_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page.name for page in folder.glob("*.md") if page.name != "README.md")
    assert all(re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", page) for page in pages)
    assert [int(page[:4]) for page in pages] == list(range(1, len(pages) + 1)), "take the next free number"
    titles = {page: (folder / page).read_text().splitlines()[0].removeprefix("# ") for page in pages}
    assert all(title.startswith(f"{page[:4]} ") for page, title in titles.items())
    lines = [f"- [{titles[page]}]({page})" for page in pages]
    assert [line for line in (folder / "README.md").read_text().splitlines() if line.startswith("- ")] == lines


def test_no_page_links_to_a_page_that_is_not_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    linked = [
        (page, found) for page in pages for found in re.findall(r"\]\(([^)#: ]+\.md)(?:#[^)]*)?\)", page.read_text())
    ]
    assert len(linked) > 20
    assert [(page.name, name) for page, name in linked if not (page.parent / name).exists()] == []
