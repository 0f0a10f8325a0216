"""How a krav, an enhet, a tillfälle and a body's moment stand: tables that an ekonom can proofread."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from arshjul.ladder.silence import Silence
from arshjul.ladder.standing import (
    Facts,
    State,
    enhet_state,
    krav_state,
    moment_state,
    part_state,
    state_of,
    tillfalle_state,
    worst,
)
from arshjul.swedish import STOCKHOLM

FRIST = datetime(2027, 9, 21, 16, 0, tzinfo=STOCKHOLM)  # a Tuesday
A_SECOND = timedelta(seconds=1)
NEVER_ASKED = (Silence.BEFORE, Silence.ADDED)
OVER = (Silence.DECIDED, Silence.ENDED)


def stands(when: datetime = FRIST, silence: Silence | None = None, **told: bool) -> str:
    known = {"complete": False, "finalised": True} | told
    return krav_state(Facts(due_at=FRIST, silence=silence, **known), when).word


@pytest.mark.parametrize(
    ("what_is_known", "until_the_frist", "afterwards"),
    [
        # what is known of the krav                     up to the frist,   after it
        ({"begun": False}, "Kommande", "Försenad"),
        ({}, "Ofullständig", "Försenad"),
        ({"has_anstand": True}, "Anstånd", "Försenad"),
        ({"has_anstand": True, "begun": False}, "Anstånd", "Försenad"),
        ({"has_matter": True}, "Ofullständig", "Eskalerad"),
        ({"has_matter": True, "has_anstand": True}, "Anstånd", "Eskalerad"),
        ({"finalised": False}, "Ofullständig", "Försenad"),
        ({"complete": True}, "Komplett", "Komplett"),
        ({"complete": True, "has_anstand": True, "has_matter": True}, "Komplett", "Komplett"),
        ({"complete": True, "finalised": False}, "Preliminär", "Preliminär"),
        ({"complete": True, "ej_aktuell": True}, "Ej aktuell", "Ej aktuell"),
        ({"complete": True, "ej_aktuell": True, "finalised": False}, "Preliminär", "Preliminär"),
    ],
)
def test_a_krav_that_is_ours(what_is_known: dict[str, bool], until_the_frist: str, afterwards: str) -> None:
    assert stands(FRIST, **what_is_known) == until_the_frist  # the frist's own instant is in time
    assert stands(FRIST + A_SECOND, **what_is_known) == afterwards


@pytest.mark.parametrize(
    ("what_is_known", "from_before_us", "when_it_is_over"),
    [
        # what is known of the krav                     before i drift från, the report decided
        #                                               or a later krav      or the enhet ended
        ({}, "Före införandet", "Avslutad"),
        ({"begun": False}, "Före införandet", "Avslutad"),
        ({"has_matter": True}, "Före införandet", "Avslutad"),
        ({"has_anstand": True}, "Före införandet", "Avslutad"),
        ({"complete": True}, "Komplett", "Komplett"),
        ({"complete": True, "ej_aktuell": True}, "Ej aktuell", "Ej aktuell"),
        ({"complete": True, "finalised": False}, "Komplett", "Preliminär"),  # no decision of then was asked for
    ],
)
def test_a_krav_whose_past_is_over(what_is_known: dict[str, bool], from_before_us: str, when_it_is_over: str) -> None:
    for when in (FRIST, FRIST + A_SECOND):
        assert {stands(when, why, **what_is_known) for why in NEVER_ASKED} == {from_before_us}
        assert {stands(when, why, **what_is_known) for why in OVER} == {when_it_is_over}


@pytest.mark.parametrize(
    ("krav", "enhet"),
    [
        # the enhet's krav, + where it is the decision that finalises another         the enhet
        (["Komplett", "Komplett"], "Komplett"),
        (["Komplett", "Ofullständig"], "Ofullständig"),
        (["Komplett", "Kommande"], "Kommande"),
        (["Preliminär", "Kommande"], "Kommande"),
        (["Försenad", "Eskalerad"], "Eskalerad"),
        (["Preliminär", "+Ofullständig"], "Preliminär"),
        (["Preliminär", "+Kommande"], "Preliminär"),
        (["Preliminär", "+Anstånd"], "Preliminär"),
        (["Preliminär", "+Försenad"], "Försenad"),
        (["+Ofullständig"], "Ofullständig"),  # it owes nothing else
        (["Avslutad", "Före införandet"], "Avslutad"),
        (["Komplett", "Avslutad"], "Komplett"),  # what is over counts only where nothing else does
        (["Ej aktuell", "Före införandet"], "Ej aktuell"),
        ([], "Komplett"),
    ],
)
def test_an_enhet_is_the_worst_of_its_krav(krav: list[str], enhet: str) -> None:
    assert enhet_state((named(each.removeprefix("+")), each.startswith("+")) for each in krav).word == enhet


@pytest.mark.parametrize(
    ("enheter", "tillfalle", "done", "of", "preliminary"),
    [
        # KS, Bildning, Omsorg                          the tillfälle, klara, of, in wait of a decision
        (["Komplett", "Komplett", "Komplett"], "Komplett", 3, 3, 0),
        (["Komplett", "Ej aktuell", "Komplett"], "Komplett", 3, 3, 0),
        (["Komplett", "Preliminär", "Preliminär"], "Preliminär", 3, 3, 2),
        (["Komplett", "Preliminär", "Ofullständig"], "Ofullständig", 2, 3, 1),
        (["Komplett", "Försenad", "Ofullständig"], "Försenad", 1, 3, 0),
        (["Eskalerad", "Anstånd", "Kommande"], "Eskalerad", 0, 3, 0),
        (["Före införandet", "Före införandet", "Före införandet"], "Före införandet", 0, 0, 0),
        (["Komplett", "Avslutad", "Före införandet"], "Komplett", 1, 1, 0),
    ],
)
def test_a_tillfalle_is_the_worst_of_its_enheter_and_says_who_is_behind(
    enheter: list[str], tillfalle: str, done: int, of: int, preliminary: int
) -> None:
    found = tillfalle_state(dict(zip(("ks", "bildning", "omsorg"), map(named, enheter), strict=True)))
    assert (found.state.word, found.done, found.of, found.preliminary) == (tillfalle, done, of, preliminary)
    late = ("Ofullständig", "Försenad", "Eskalerad", "Anstånd", "Kommande")
    behind = [key for key, word in zip(("ks", "bildning", "omsorg"), enheter, strict=True) if word in late]
    assert list(found.behind) == behind and found.done + len(behind) == of


@pytest.mark.parametrize(
    ("since", "decided", "until_its_instant", "from_then_on"),
    [
        # i drift från            decided   before the moment    from the moment on
        (date(2027, 9, 21), False, "Kommande", "Beslut inte registrerat"),
        (date(2027, 9, 22), False, "Före införandet", "Före införandet"),
        (date(2027, 9, 21), True, "Beslutat", "Beslutat"),
        (date(2027, 9, 22), True, "Beslutat", "Beslutat"),
    ],
)
def test_a_bodys_moment(since: date, decided: bool, until_its_instant: str, from_then_on: str) -> None:
    assert moment_state(FRIST, FRIST - A_SECOND, since, decided=decided).word == until_its_instant
    assert moment_state(FRIST, FRIST, since, decided=decided).word == from_then_on


def test_a_part_is_in_or_not_called_for_or_missing() -> None:
    assert part_state(complete=True, ej_aktuell=False).word == "Komplett"
    assert part_state(complete=True, ej_aktuell=True).word == "Ej aktuell"
    assert {part_state(complete=False, ej_aktuell=each).word for each in (True, False)} == {"Ofullständig"}


@pytest.mark.parametrize(
    ("state", "core", "whole", "late", "owing", "past"),
    [
        # state                     in Prefect, letters   all is in, late, owes, past
        ("Eskalerad", "Försenad", False, True, True, False),
        ("Försenad", "Försenad", False, True, True, False),
        ("Beslut inte registrerat", "Beslut inte registrerat", False, False, False, False),
        ("Ofullständig", "Ofullständig", False, False, True, False),
        ("Anstånd", "Ofullständig", False, False, True, False),
        ("Kommande", "Ofullständig", False, False, True, False),
        ("Preliminär", "Preliminär", True, False, False, False),
        ("Komplett", "Komplett", True, False, False, False),
        ("Beslutat", "Beslutat", False, False, False, False),
        ("Ej aktuell", "Komplett", True, False, False, False),
        ("Avslutad", "Avslutad", False, False, False, True),
        ("Före införandet", "Före införandet", False, False, False, True),
        ("Ej påbörjad", "Ej påbörjad", False, False, False, False),
        ("Utgår", "Utgår", False, False, False, False),
    ],
)
def test_what_each_state_counts_as(state: str, core: str, whole: bool, late: bool, owing: bool, past: bool) -> None:
    one = named(state)
    assert (one.core.word, one.is_whole, one.is_late, one.is_owing, one.is_past) == (core, whole, late, owing, past)


def test_the_order_is_the_worst_first_and_the_core_never_contradicts_it() -> None:
    assert [state.word for state in State][:3] == ["Eskalerad", "Försenad", "Beslut inte registrerat"]
    order = list(State)
    for one, other in product(State, State):
        if order.index(one) < order.index(other) and {one, other} <= KRAVS:
            assert worst([one.core, other.core]) is one.core, (one, other)


def test_what_only_the_pages_tell_apart_never_changes_the_core() -> None:
    """Whoever does not know of matters, anstånd, ej aktuellt and the first letter's day answers the same core."""
    silences = (None, *Silence)
    for complete, finalised, silence, when in product(
        (True, False), (True, False), silences, (FRIST, FRIST + A_SECOND)
    ):
        bare = {"complete": complete, "finalised": finalised}
        cores = {
            krav_state(Facts(due_at=FRIST, silence=silence, **bare, **dict(zip(MORE, known, strict=True))), when).core
            for known in product((True, False), repeat=len(MORE))
        }
        assert cores == {krav_state(Facts(due_at=FRIST, silence=silence, **bare), when)}


def test_ids_are_plain_and_stay_and_are_read_as_well_as_the_words() -> None:
    assert [state.value for state in State] == [
        "eskalerad", "forsenad", "beslut-saknas", "ofullstandig", "anstand", "kommande", "preliminar", "komplett",
        "beslutat", "ej-aktuell", "avslutad", "fore-inforandet", "ej-paborjad", "utgar",
    ]  # fmt: skip
    for state in State:
        assert state_of(state.value) is state_of(state.word) is state
        assert f"{state}" == state.word
    assert state_of("") is state_of("Okänt") is None


MORE = ("ej_aktuell", "has_matter", "has_anstand", "begun")
#: those that a krav can have
KRAVS = set(State) - {State.BESLUT_SAKNAS, State.BESLUTAT, State.EJ_PABORJAD, State.UTGAR}


def named(word: str) -> State:
    found = state_of(word)
    assert found, word
    return found
