"""A calendar or an old letter that leads to what the plan no longer has: the page says what became of it, and the ways on."""

import re
from dataclasses import replace
from datetime import date

import pytest

from actions.scene import Scene
from tests.rig.pages.counter import BIN, PAGE, Counter
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole


def planned(counter: Counter, *, units=None, steps=None) -> None:
    """Read a definition anew: ``units`` and ``steps`` say what it has now."""
    hall = counter.hall
    definition = hall.sourced.definition
    changes = {"units": units or definition.units, "steps": steps or definition.steps}
    hall.sourced = replace(hall.sourced, definition=definition.model_copy(update=changes))
    with hall.town.store.begin() as session:
        Scene(session, hall.office(), hall.now).plan()
    counter.browser = hall.inside(name="Ekonom E")


def seen(counter: Counter, page: str) -> str:
    """What the page says, and after it the addresses that it leads to."""
    answer = counter.browser.get(page)
    assert answer.status_code == 404
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split()) + "".join(
        re.findall(r'href="(/(?:lage|organ)[^"]*)"', answer.text.partition("<main")[2])
    )


def test_an_underlag_that_is_gone_says_what_it_was_since_when_what_is_kept_and_where_to_go():
    counter = Counter()
    counter.hall.now = instant("måndag 13 september 2027 kl. 10.00")
    planned(counter)
    counter.hand_in()
    counter.hall.now = instant("tisdag 14 september 2027 kl. 10.00")
    units = counter.hall.sourced.definition.units
    ended = units["bildningsnamnden"].model_copy(update={"until": date(2027, 6, 30)})
    planned(counter, units={**units, "bildningsnamnden": ended})
    said = seen(counter, BIN)
    assert "Underlaget begärs inte längre" in said
    assert "(Bildningsnämnden) begärs inte längre sedan den 14 september 2027: årsplanen är ändrad." in said
    assert "Fristen tisdag 21 september 2027 kl. 16.00 gäller alltså inte." in said
    assert "Det som redan var inlämnat finns kvar." in said and "En kalender som du prenumererar på" in said
    assert said.endswith(f"{PAGE}/lage") and "Öppna delårsrapport augusti 2027" in said


def test_a_report_that_is_gone_and_one_that_never_was_are_told_by_their_names():
    counter = Counter()
    planned(counter)
    never = seen(counter, "/lage/delarsrapport/2027-05")
    assert "Delårsrapport finns inte i årshjulet för den perioden." in never and never.endswith("/lage")
    steps = dict(counter.hall.sourced.definition.steps)
    steps["delarsrapport"] = steps["delarsrapport"].model_copy(update={"months": (3,)})
    planned(counter, steps=steps)
    for page in (PAGE, f"{PAGE}/sammanstallning.xlsx", f"{PAGE}/tjansteskrivelse.docx"):
        said = seen(counter, page)
        assert "Delårsrapport har tagits bort ur årsplanen för den perioden, och lämnas inte in." in said
        assert said.endswith("/lage")


def test_what_never_was_and_a_meeting_that_moved_show_the_way():
    counter = Counter()
    assert "Årshjulet har inget sådant inlämningskrav." in seen(counter, f"{PAGE}/bildningsnamnden/beslut-2")
    said = seen(counter, "/organ/ksau/2027-10-06")
    assert "KSAU har inget möte den dagen. Det kan ha flyttats eller ställts in." in said
    assert said.endswith("/organ/ksau/lage")
