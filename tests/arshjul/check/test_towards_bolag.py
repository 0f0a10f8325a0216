"""No bolag is told of a law that was written for kommuner and nämnder: by the definition, the wheel, or a finding."""

from pathlib import Path

import pytest

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.lagrum import parse_lagrum
from tests.rig.load import MADE_UP, text
from tests.rig.paths import ROOT

SHIPPED = sorted((ROOT / "calendar" / "definitions").glob("*.yaml"))


def told(whole: str, *years: int) -> list[tuple[str, str]]:
    found = check(read_definition(whole, "x.yaml"), years or (2027,))
    return [(whole.splitlines()[each.line - 1].strip(), each.message) for each in found if each.rule == "lagrum-bolag"]


@pytest.mark.parametrize(
    ("read", "kind", "shown"),
    [
        ("KL 6 kap. 12 §; KL 11 kap. 16 §", "nämnd", "KL 6 kap. 12 §; KL 11 kap. 16 §"),
        ("KL 6 kap. 12 §; KL 11 kap. 16 §; LKBR 13 kap. 1 §", "bolag", "KL 11 kap. 16 §"),
        ("KL 6 kap. 6 §; LKBR 4 kap. 1 §", "bolag", "KL 6 kap. 1 §"),
        ("LKBR 13 kap. 3 §; plan § 8", "bolag", "Plan, § 8"),
        ("LKBR 13 kap. 3 §; plan § 8", "styrelse", "LKBR 13 kap. 3 §; Plan, § 8"),
    ],
)
def test_a_bolag_is_told_what_can_be_cited_to_it(read: str, kind: str, shown: str) -> None:
    source = parse_lagrum(read, {"plan": "Plan"}).towards(kind)
    assert (source.text, source.statutory) == (shown, shown.startswith(("KL", "LKBR")))


@pytest.mark.parametrize("file", [*SHIPPED, *(ROOT / "tests" / "definitions" / f"{each}.yaml" for each in (*MADE_UP, "strandby"))], ids=lambda file: file.stem)  # fmt: skip
def test_the_definitions_of_ours_cite_no_law_of_nämnder_to_bolag(file: Path) -> None:
    assert told(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('    lagrum: KL 6 kap. 1 §; styrmodell "Månadsrapporterna"', '    lagrum: KL 6 kap. 12 §; styrmodell "Månadsrapporterna"'),
        ('          källa: exempel "Tidplan"\n        trappa: arsredovisning', '          källa: KL 11 kap. 18 §; exempel "Tidplan"\n        trappa: arsredovisning'),
    ],
)  # fmt: skip
def test_check_refuses_what_is_cited_to_bolag_too(right: str, wrong: str) -> None:
    whole = text("hedemora")
    assert right in whole
    ((line, message),) = told(whole.replace(right, wrong, 1))
    law = wrong.strip().split(": ", 1)[1].split(";")[0]
    assert law in line
    assert message == (
        f"{law} gäller inte bolag, men det här lämnas in av bolag också; skriv uppsikten (KL 6 kap. 1 §) eller "
        "ägardirektivet, eller dela upp det så att nämnderna har sitt eget."
    )


UNDERLAG = "        trappa: arsredovisning\n        behandlas: ksau\n"


@pytest.mark.parametrize(
    ("held", "years", "found"),
    [
        ("från: 2028", (2027,), 0),
        ("från: 2028", (2027, 2028), 1),
        ("till: 2026", (2027,), 0),
        ("till: 2027", (2027, 2028), 1),
    ],
)
def test_what_bolag_owe_is_judged_by_what_holds_in_the_years(held: str, years: tuple[int, ...], found: int) -> None:
    cited = '          källa: exempel "Tidplan"\n        trappa: arsredovisning'
    whole = text("hedemora").replace(cited, cited.replace("källa: ", "källa: KL 11 kap. 18 §; "), 1)
    assert UNDERLAG in whole and len(told(whole, *years)) == 1
    assert len(told(whole.replace(UNDERLAG, f"        {held}\n{UNDERLAG}", 1), *years)) == found


def test_a_bolag_that_has_ended_is_asked_for_nothing_and_needs_no_sources_of_its_own() -> None:
    cited = '          källa: exempel "Tidplan"\n        trappa: arsredovisning'
    whole = text("hedemora").replace(cited, cited.replace("källa: ", "källa: KL 11 kap. 18 §; "), 1)
    ended = whole.replace("slag: bolag, ansvarig", "slag: bolag, till: 2026-12-31, ansvarig")
    assert (len(told(ended, 2026)), told(ended, 2027)) == (1, [])


def test_what_nämnder_alone_hand_in_may_cite_their_law() -> None:
    assert 'källa: KL 11 kap. 18 §; LKBR 11 kap. 1 §; styrmodell "Årsplanering för målarbetet"' in text("hedemora")
    assert told(text("hedemora")) == []
