"""The tables that people read: names, rungs and days in Swedish, no keys, ids or ISO dates."""

import re
from datetime import datetime, timedelta

from app.commands import printing
from arshjul.swedish import STOCKHOLM
from arshjul.year.turning import turn
from store.plan.history import Happened
from tests.rig.load import shipped

DEFINITION = shipped("hedemora").definition
KEY = "hedemora/delarsrapport/2027-08/bildningsnamnden/underlag"
AT = datetime(2027, 9, 21, 16, tzinfo=STOCKHOLM)


def said(table) -> str:
    console = printing.plain(width=400)
    with console.capture() as captured:
        console.print(table)
    words = captured.get()
    assert not re.search(r"\d{4}-\d\d-\d\d|hedemora/|namnden/", words), words
    return words


def test_what_a_replanning_would_change_is_told_by_name_and_day():
    gone = f"{KEY.replace('delarsrapport', 'borta')}"
    rows = [
        {"key": KEY, "before": AT.isoformat(), "after": (AT + timedelta(days=1)).isoformat(), "told": True, "effects": ["blir försenat"]},
        {"key": gone, "before": AT.isoformat(), "after": None, "told": False, "effects": []},
    ]  # fmt: skip
    words = said(printing.changes(rows, DEFINITION))
    assert "Delårsrapport augusti 2027 · Bildningsnämnden · underlag till delårsrapporten" in words
    assert "tisdag 21 september 2027 kl. 16.00" in words and "onsdag 22 september 2027 kl. 16.00" in words
    assert "det som inte längre finns i årshjulet" in words and "(utgår)" in words


def test_a_rehearsed_year_has_rungs_and_what_it_is_about_by_name():
    events = [
        Happened(kind="letter", at=AT, key="hedemora/brev/x", letter_kind="påminnelse", rung="paminnelse-5", subject="Påminnelse"),
        Happened(kind="letter", at=AT, key="hedemora/brev/x", letter_kind="eskalering", rung="ksau", subject="KSAU"),
        Happened(kind="state", at=AT, key=KEY, detail={"from": "Ofullständig", "to": "Försenad"}),
        Happened(kind="escalation", at=AT, key=KEY, detail={"meeting": "2027-10-05"}),
    ]  # fmt: skip
    words = said(printing.events(events, 2027, DEFINITION))
    assert "påminnelse 5 arbetsdagar före" in words and "eskalering till KSAU" in words and "paminnelse-5" not in words
    assert (
        "Delårsrapport augusti 2027 · Bildningsnämnden · underlag till delårsrapporten: Ofullständig → Försenad"
        in words
    )
    assert "tisdag 5 oktober 2027" in words


def test_a_planned_year_says_whose_a_moment_is_also_when_it_is_a_groups():
    definition = shipped("mjolby").definition
    rows = said(printing.year(turn(definition, [2028]).milestones, 2027, definition)).splitlines()
    (presidium,) = [row for row in rows if "föreslår revisorernas budget" in row]
    assert "Fullmäktiges presidium" in presidium
    assert any("KS föreslår budget" in row and "Kommunstyrelsen" in row for row in rows)
