"""The stylesheet: one set of properties, and contrast that holds in light and in dark (WCAG 2.2 AA)."""

import re

import pytest

from notifications.letters import html
from portal.web.looks import LOOKS
from portal.web.pages import STATIC
from submissions.papers import paper, printed_book
from submissions.templates import mall_looks, mall_paper

pytestmark = pytest.mark.whole

SHEET = (STATIC / "arshjul.css").read_text(encoding="utf-8")
STATES = ("complete", "preliminary", "incomplete", "late", "anstand", "escalated")
GROUNDS = ("paper", "sheet", "sunk")
RINGS = ("ring-past", "ring-now", "ring-next")


def palette(scheme):
    light, dark = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", part)) for part in themes())
    return light if scheme == "light" else {**light, **dark}


def themes():
    first, second = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2]
    return first, second


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [
    *((text, ground) for text in ("ink", "soft", "accent", "accent-deep") for ground in GROUNDS),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    *((state, ground) for state in STATES for ground in (f"{state}-tint", *GROUNDS)),
    *((text, ring) for text in ("ink", "soft") for ring in RINGS),
    ("ink", "rim"),
    ("ink", "rim-odd"),
    ("ink", "incomplete-tint"),
    ("sheet", "ink"),  # the number at a mark
]
GRAPHICS = [
    *((state, ring) for state in (*STATES, "soft", "accent") for ring in RINGS),
    *(("line-strong", ground) for ground in GROUNDS),
    *(("accent", ground) for ground in (*GROUNDS, "rim", "rim-odd")),
    *(("sheet", state) for state in ("complete", "late", "escalated")),  # the sign on a filled mark
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (GRAPHICS, 3.0)], ids=["text", "graphics"])
def test_contrast_holds(scheme, pairs, least):
    colours = palette(scheme)
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: found for pair, found in weak.items() if found < least} == {}


def test_dark_has_its_own_value_of_every_colour_but_none_that_light_lacks():
    light, dark = (set(re.findall(r"--([\w-]+):\s*#", part)) for part in themes())
    assert light == dark


def test_every_property_that_is_used_is_set_and_every_one_that_is_set_is_used():
    used, known = set(re.findall(r"var\((--[\w-]+)", SHEET)), set(re.findall(r"(--[\w-]+):", SHEET))
    assert used == known


@pytest.mark.parametrize("kind", sorted({look.kind for look in LOOKS.values()}))
def test_every_state_has_its_colour_on_the_pages_and_in_the_wheel(kind):
    assert re.search(rf"^(\.\w+, )*\.{kind}(, \.\w+)* \{{ --state: ", SHEET, re.MULTILINE)
    assert re.search(rf"^(\.hjul \.\w+, )*\.hjul \.{kind}(, \.hjul \.\w+)* \{{ color: ", SHEET, re.MULTILINE)


def test_colours_are_written_once():
    rules = SHEET.partition("* { box-sizing")[2]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= {"#fff", "#ffffff"}  # paper, and a letter's own ground


def test_pages_letters_mallar_and_papers_are_of_one_colour() -> None:
    """One family: the pages' deep accent is the colour of letters' heads, of the mallar's and of papers' headings."""
    light = re.search(r":root \{(.*?)\}", SHEET, re.DOTALL)
    assert light
    deep = re.search(r"--accent-deep: (#\w+);", light[1])
    assert deep
    for name, colour in (("ink", html.INK), ("soft", html.QUIET), ("line", html.LINE), ("sunk", f"#{paper.SHADE}")):
        assert f"--{name}: {colour.lower()};" in light[1], name  # words, hints, lines, and the heads of tables
    assert "h1, h2, h3 { color: var(--accent-deep);" in SHEET and "serif" not in SHEET.replace("sans-serif", "")
    assert "thead th { white-space: nowrap; background: var(--sunk);" in SHEET
    others = {html.DEEP, mall_looks.DEEP, f"#{mall_paper.DEEP}", printed_book.DEEP}
    assert {each.lower() for each in others} == {deep[1]}
