"""The handbook's krav of what is handed in twice, first preliminary and then final, is read as it stands there."""

import re

from arshjul.check.law import check
from arshjul.definition.reading import read_definition
from arshjul.ladder.due import TOLD
from arshjul.swedish import day_text, local_date
from arshjul.year.turning import turn
from arshjul.year.wheel import rung_day
from tests.rig.load import text
from tests.rig.paths import ROOT

UNTIL_THE_MOMENTS = re.compile(r"    krav:\n.*?(?=    moment:\n)", re.DOTALL)


def test_the_preliminary_comes_before_the_first_letter_of_the_final_one() -> None:
    page = (ROOT / "docs" / "definition.md").read_text(encoding="utf-8")
    said, shown = re.findall(r"\*\*Först preliminärt(.*?)```yaml\n(.*?)```", page, re.DOTALL)[0]
    whole = read_definition(UNTIL_THE_MOMENTS.sub(lambda _: shown, text("lindo"), count=1), "x.yaml")
    assert [each for each in check(whole, range(2027, 2031)) if "preliminära siffror" in each.message] == []
    wheel = turn(whole.definition, [2027])
    first, final = (
        next(one for one in wheel.obligations.values() if (one.step, one.krav) == ("tertialrapport", krav))
        for krav in ("preliminart", "underlag")
    )
    assert [day_text(local_date(one.deadline.at)) for one in (first, final)] == [
        "måndag 10 maj 2027",
        "torsdag 20 maj 2027",
    ]
    assert "2027 måndag 10 maj, och det slutliga torsdag 20 maj" in said
    start = next(rung for rung in final.ladder.rungs if rung.kind in TOLD) if final.ladder else None
    assert start and rung_day(start, final.deadline.last_day, wheel.workdays) > first.deadline.last_day
