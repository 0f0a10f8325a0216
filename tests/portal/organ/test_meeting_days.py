"""How a body's page tells of meetings whose day is not as others': of two days, on need, preliminary, only a month."""

import re
from datetime import date, datetime

import pytest

from arshjul.swedish import STOCKHOLM
from tests.rig.handins import town
from tests.rig.load import made_up
from tests.rig.pages.bench import Bench

pytestmark = pytest.mark.whole

JANUARY = datetime(2027, 1, 12, 9, 0, tzinfo=STOCKHOLM)


def test_a_bodys_page_says_how_sure_each_meeting_is() -> None:
    bench = Bench(town(JANUARY, name="granvik"), now=JANUARY)
    page = bench.inside(sourced=made_up("granvik"), since=date(2027, 1, 1)).get("/organ/skolnamnden").text
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Tisdag 9 februari 2027 kl. 13.00 Inget från årshjulet Dagordningen stänger" in words
    assert "Tisdag 16 mars 2027 kl. 13.00 preliminärt" in words
    assert "Tisdag 13 april 2027 kl. 13.00 vid behov" in words
    assert "Dagen hålls fri. Mötet blir av när någon kallar till det" in words
    assert "Tisdag 15 juni 2027 kl. 13.00 till och med onsdag 16 juni 2027" in words
    assert "November 2027 ej beslutad" in words
    assert "30 november" not in words, "nobody has said that day"
