"""Every letter alike: html and text say the same, in Swedish, and nothing from outside gets through."""

import re
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from arshjul.swedish import local
from notifications.letters import compose, wording
from notifications.office import Letterhead
from tests.rig.letter_examples import ALL, KOMMUN, WEEK
from tests.rig.letter_views import (
    KARIN,
    LATE,
    LINK,
    MATTER,
    PAGE,
    RECEIPT,
    REMINDER,
    SIGRID,
    START,
    TUESDAY,
)
from tests.rig.load import shipped
from tests.rig.seen_html import seen

TEMPLATES = Path(compose.__file__).parent / "templates"


def test_in_skugga_the_same_letter_first_says_who_would_have_got_it() -> None:
    letter = ALL["shadow"]
    assert letter.subject == "Skugga: Påminnelse 21 sept: underlag till delårsrapporten, augusti 2027"
    assert letter.text.startswith("Skuggutskick: brevet har bara gått till ekonomikontoret. Skarpt hade det\n")
    assert letter.text.endswith(ALL["reminder"].text)
    assert seen(letter.html).index("Skuggutskick") < seen(letter.html).index("Lämna underlag")


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_and_text_hold_the_same_words_in_the_same_order(name: str) -> None:
    html = re.findall(r"\w+", seen(ALL[name].html))
    text = re.findall(r"\w+", ALL[name].text)
    head = re.findall(r"\w+", "Hedemora kommun Ekonomikontoret")
    assert html[: len(head)] == head
    if name == "weekly":  # the text says a column's name at each cell
        assert set(html[len(head) :]) - {"Vad", "Rapport"} == set(text)
    else:
        assert html[len(head) :] == text


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_is_swedish_fetches_nothing_and_runs_nothing(name: str) -> None:
    html = ALL[name].html
    assert '<html lang="sv">' in html
    assert not re.search(r"<(img|script|link|style|iframe|object|form)\b|url\(|@import|\son\w+=|src=", html)
    assert html.count("<h1") == 1
    links = re.findall(r'href="([^"]*)"', html)
    assert set(links) <= {LINK, WEEK.prefect_url, WEEK.status_url, PAGE}


@pytest.mark.parametrize("name", sorted(ALL))
def test_text_lines_fit_and_no_paragraph_is_empty(name: str) -> None:
    text = ALL[name].text
    assert max(len(line) for line in text.replace(PAGE, "").splitlines()) <= 72  # a link is not broken
    assert "\n\n\n" not in text
    assert "None" not in text


HOSTILE = 'Eva <script>alert("1")</script>\r\nBcc: alla@example.se\n\n# Rubrik & {{ 7 * 7 }} \x00\u202e\u2028slut'


TAMED = 'Eva <script>alert("1")</script> Bcc: alla@example.se # Rubrik & {{ 7 * 7 }} slut'


def test_names_and_reasons_from_outside_are_words_and_nothing_else() -> None:
    bad = replace(REMINDER, unit_name=HOSTILE, missing=(replace(REMINDER.missing[0], what=HOSTILE, mend=HOSTILE),))
    letters = [
        compose.daily(replace(KARIN, name=HOSTILE), [bad], TUESDAY, Letterhead(HOSTILE, HOSTILE)),
        compose.daily(KARIN, [bad, replace(LATE, unit_name=HOSTILE)], TUESDAY, KOMMUN),
        compose.escalation(SIGRID, replace(MATTER, late=(bad,), proposal=HOSTILE, meeting_name=HOSTILE)),
        compose.receipt(replace(KARIN, name=HOSTILE), replace(RECEIPT, by=HOSTILE, unit_name=HOSTILE)),
        compose.note(HOSTILE, [HOSTILE]),
        compose.shadow(compose.note("Ord", []), [HOSTILE]),
    ]
    for letter in letters:
        assert "<script" not in letter.html
        assert TAMED in " ".join(letter.text.split())
        assert TAMED in " ".join(seen(letter.html).split())
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028\u202e]", letter.subject + letter.text + letter.html)
        assert "\n" not in letter.subject


def test_a_link_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValueError, match="is no web address"):
        compose.daily(replace(KARIN, link="javascript:alert(1)"), [REMINDER], TUESDAY, KOMMUN)


def test_a_value_that_a_template_misses_is_a_fault_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        wording.render("note.xml", subject="Ord")


def template_words(path: Path) -> str:
    """Return what a template says itself: its text, its labels and the phrases in its code; no code, no tags."""
    tokens = list(wording.environment().lex(path.read_text(encoding="utf-8")))
    text = "".join(value for _, kind, value in tokens if kind == "data")
    phrases = [value.strip("\"'") for _, kind, value in tokens if kind == "string" and re.search("[ A-ZÅÄÖåäö]", value)]
    return " ".join([re.sub(r"<[^>]*>", " ", text), *re.findall(r'<fact name="([^"]+)"', text), *phrases])


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.xml")), ids=lambda path: path.name)
def test_no_letter_asks_anybody_to_destroy_what_they_have(path: Path) -> None:
    asks = r"\b(ta bort (den|det|dem|brevet|kvittensen|filen)|radera|släng|kasta|förstör)\b"
    assert re.findall(asks, template_words(path), re.I) == []


ENGLISH = set(
    re.findall(
        r"\w+",
        "the and of to is are was were you your for with from by on at this that not no yes please deadline late "
        "report reminder dear hello hi regards attached missing submit submission click here open link due overdue "
        "unit part parts meeting letter week view file files none true false",
    )
)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.xml")), ids=lambda path: path.name)
def test_templates_speak_swedish_and_spell_it_right(path: Path) -> None:
    words = re.findall(r"[a-zåäöé]+", template_words(path).lower())
    assert words or path.name == "note.xml"  # which says only what it is handed
    assert not ENGLISH.intersection(words)
    for word in words:
        assert not re.match(r"påmin(?!n|d)", word), word  # påminnelse, påminna, påmind
        for folded in ("arenden", "arende", "forsenat", "sammantrade", "paminnelse", "delarsrapport", "inlamning"):
            assert not word.startswith(folded), word


@pytest.mark.parametrize("name", sorted(ALL))
def test_dates_and_times_are_written_in_the_house_format(name: str) -> None:
    words = f"{ALL[name].subject} {' '.join(ALL[name].text.split())}"
    words = words.replace(LINK, "").replace(PAGE, "")
    assert not re.search(r"\d{4}-\d{2}|\d:\d{2}|\d+/\d+|klockan", words)
    months = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
    weekdays = "måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag"
    for found in re.finditer(rf"(\S+) \d{{1,2}} (?:{months})\b", words):
        assert re.fullmatch(f"{weekdays}|den", found[1]), found[0]
    for found in re.finditer(r"(\S+ )?\b\d{2}\.\d{2}\b", words):
        assert found[1] == "kl. ", found[0]


def test_a_letter_says_what_its_own_municipality_calls_the_office() -> None:
    orebro = Letterhead("Örebro kommun", shipped("orebro").definition.office_said)
    letters = [
        compose.daily(KARIN, [START, REMINDER], TUESDAY, orebro),
        compose.shadow(
            compose.code(KARIN, "123456", "anstånd", local(TUESDAY, time(9, 15)), orebro), ["a@example.se"], orebro
        ),
    ]
    assert all("konomikontor" not in letter.text + letter.html for letter in letters)
    words = " ".join(letters[0].text.split())
    assert "så når du ekonomiavdelningen i Örebro kommun." in words
    assert "Ekonomiavdelningen kan ge anstånd" in words
    assert "Örebro kommun · Ekonomiavdelningen" in letters[0].html
