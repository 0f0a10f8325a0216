"""The handbook's four additions, a sheet, a rule, a step and a rung, pasted into a municipality: nothing else is needed."""

import re

from arshjul.check.law import check
from arshjul.definition.reading import Sourced, read_definition
from arshjul.keys import OccurrenceKey
from arshjul.swedish import day_text, instant_text, local_date
from arshjul.year.turning import turn
from flows.reports import reports_of
from submissions.review.book import described, rulebook_of
from submissions.templates.mall import mall_of
from tests.rig.load import file_of
from tests.rig.paths import ROOT

PAGE = (ROOT / "docs" / "definition.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Fyra vanliga tillägg\n")[2].partition("\n## ")[0]
SHEET, RULE, STEP, MOMENT, RUNGS = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)


def pasted() -> Sourced:
    """Return Hedemora's definition with the four in it, each where the page says that it stands."""
    whole = file_of("hedemora").read_text(encoding="utf-8")
    step = STEP.replace("trappa: vanlig\n", "trappa: manadsrapport\n        behandlas: ks\n") + MOMENT
    climbed = re.compile(r"(?<=\n  manadsrapport:\n)(.*?\n)( +- \{slag: ekonomichef.*?\{slag: ksau[^\n]*\n)", re.DOTALL)
    assert climbed.search(whole)
    whole = climbed.sub(lambda found: found[1] + RUNGS, whole, count=1)
    for old, new in (
        ("\nblad:\n", f"\n{SHEET}{RULE}"),
        ("\nsteg:\n", f"\n{step}"),
        ("blad: [ekonomi-manad]", "blad: [ekonomi-manad, loften]"),
    ):
        assert whole.count(old) == 1, old
        whole = whole.replace(old, new)
    return read_definition(whole, "hedemora.yaml")


def test_a_sheet_a_rule_a_step_and_a_rung_are_added_without_a_line_of_python() -> None:
    read = pasted()
    definition = read.definition
    assert [str(each) for each in check(read, [2027]) if each.severity == "fel"] == []
    wheel = turn(definition, [2027])

    monthly = wheel.occurrence(OccurrenceKey.of("manadsrapport", "2027-09")).obligations[0]
    mall = mall_of(definition, monthly, monthly.parts[0], "torsdag 14 oktober 2027 kl. 16.00")
    assert [each.sheet.title for each in mall.sheets][-1] == "Löften"
    own = {each.id: each.text for each in described(rulebook_of(definition))}
    assert own["loften-en-gang"] == "Ingen rad på bladet Löften har samma löfte som en annan."

    assert monthly.ladder
    assert [(each.id, each.workdays) for each in monthly.ladder.rungs][-4:] == [
        ("ekonomichef", 2), ("stabschef", 3), ("sista-ord", 4), ("ksau", 5),
    ]  # fmt: skip

    added = wheel.occurrence(OccurrenceKey.of("internkontroll", "2027"))
    assert {instant_text(each.deadline.at) for each in added.obligations} == {"onsdag 1 december 2027 kl. 17.00"}
    assert [day_text(local_date(each.at)) for each in added.milestones if each.milestone == "ks"] == [
        "tisdag 21 december 2027"
    ]
    assert reports_of(definition)["internkontroll"].name == "Intern kontroll"
