"""The letter of the week: one screen, the weightiest first."""

import re
from dataclasses import replace

import pytest

from notifications.letters import compose
from notifications.letters.views.week_view import LogHead, WeekCounts, WeekLine
from tests.rig.letter_examples import ALL, WEEK


def test_the_weeks_letter_tells_what_is_due_and_undelivered() -> None:
    assert ALL["weekly"].subject == "Årshjulet v. 37: 1 brev ej framme, 1 frist"
    words = " ".join(ALL["weekly"].text.split())
    assert (
        "- 1 rapport har frist de närmaste två veckorna: Delårsrapport augusti 2027: underlag till delårsrapporten, "
        "tisdag 21 september 2027 kl. 16.00." in words
    )
    assert "Inget är försenat. 1 frist kommer de närmaste två veckorna." in ALL["weekly"].text
    assert (
        "- 1 brev har inte kommit fram: Till karin@example.se, tisdag 14 september 2027 (550 adressen finns inte)."
        in words
    )


def test_the_weeks_letter_says_the_weightiest_first_and_nothing_of_what_there_is_none_of() -> None:
    late = WeekLine(
        what="Månadsrapport juli 2027: underlag", when="tisdag 17 augusti 2027 kl. 16.00", note="Omsorgsnämnden"
    )
    counts = WeekCounts(due=1, late=2, escalated=1)
    busy = compose.weekly(replace(WEEK, counts=counts, late=(late,), escalated=(late,), faults=("Posten står.",)))
    assert busy.subject == "Årshjulet v. 37: fel i tjänsten, 2 försenade, 1 hos KSAU, 1 brev ej framme, 1 frist"
    assert "2 inlämningar är försenade och 1 ligger hos KSAU. 1 frist kommer" in " ".join(busy.text.split())
    places = [
        busy.text.index(title)
        for title in (
            "- Månadsrapport juli 2027: underlag\n",
            "- Månadsrapport juli 2027: underlag, hos KSAU\n",
            "Öppna läget:\n",
            "Fel i tjänsten\n",
            "1 rapport har frist",
            "Tjänsten är i gång",
        )
    ]
    assert places == sorted(places)
    several = compose.weekly(replace(WEEK, counts=counts, escalated=(late,), top_names="Vårdutskottet och KS"))
    assert several.subject == "Årshjulet v. 37: 2 försenade, 1 eskalerad, 1 brev ej framme, 1 frist"
    assert "2 inlämningar är försenade och 1 är eskalerad." in " ".join(several.text.split())
    assert "- Månadsrapport juli 2027: underlag, eskalerad\n" in several.text
    remedy = WeekLine(what="Tidplanen", when="", note="Kör arshjul fix-tidplan 2028 ÅÅÅÅ-MM-DD --vem NAMN.")
    typed = compose.weekly(replace(WEEK, unfixed=(remedy,)))
    nowrap = '<span style="white-space:nowrap;">{}</span>'.format
    assert f"fix-tidplan 2028 {nowrap('ÅÅÅÅ-MM-DD')} {nowrap('--vem')} NAMN." in typed.html.replace("\u00a0", " ")
    calm = compose.weekly(replace(WEEK, counts=WeekCounts(due=0, late=0, escalated=0), due=(), undelivered=()))
    assert calm.subject == "Årshjulet v. 37: inget att göra"
    assert "Inget är försenat. Ingen frist kommer de närmaste två veckorna." in calm.text


@pytest.mark.parametrize(
    ("late", "escalated", "named", "more"),
    [
        (9, 0, ["sen 0", "sen 1", "sen 2", "sen 3"], 5),
        (9, 1, ["sen 0", "sen 1", "sen 2", "hos 0"], 6),
        (9, 9, ["sen 0", "sen 1", "hos 0", "hos 1"], 14),
        (1, 9, ["sen 0", "hos 0", "hos 1", "hos 2"], 6),
        (0, 9, ["hos 0", "hos 1", "hos 2", "hos 3"], 5),
    ],
)
def test_the_weeks_letter_is_one_screen_in_the_worst_week_and_late_comes_first(late, escalated, named, more) -> None:
    """Four reports, a line for each other kind, and the log's newest head; the rest is counted, and stands on Läget."""

    def rows(word: str, many: int) -> tuple[WeekLine, ...]:
        return tuple(WeekLine(what=f"{word} {n}", when="7 jan", note="Kommunstyrelsen") for n in range(many))

    other = {each: rows(each, 9) for each in ("decisions", "undelivered", "waiting", "due", "notes")}
    head = LogHead(day="den 10 september 2027", number=9, digest="0b50adaba3367b47")
    letter = compose.weekly(
        replace(WEEK, late=rows("sen", late), escalated=rows("hos", escalated), log_head=head, **other)
    )
    assert re.findall(r"^- ((?:sen|hos) \d)", letter.text, re.MULTILINE) == named
    assert f"Och {more} rapporter till, med vem ni ringer: se Läget." in letter.text
    assert letter.text.count("\n") < 60 and all(letter.text.count(f"{each} 0") == 1 for each in other)
