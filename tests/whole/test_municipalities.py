"""The four municipalities whose documents the service serves: each a definition, lawful as far as its document goes."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from app.rehearsal.rehearsal import rehearse
from arshjul.check.law import check
from arshjul.definition.model import Definition
from arshjul.definition.registers.register import RegisterEntry
from arshjul.keys import PlannedKey, UnitId, beginning
from arshjul.periods import Period
from arshjul.swedish import STOCKHOLM, day_text, instant_text
from arshjul.year.days.occasions import OpenedHappening
from arshjul.year.turning import Recorded, plan_year, turn
from arshjul.year.wheel import Milestone
from store.database import memory_store
from store.people.holders import holders
from store.people.needed_seats import vacant
from store.people.people_import import import_people
from submissions.ledger.known import known_of
from tests.rig.code import nodes
from tests.rig.load import SHIPPED, hedemora, people_of, shipped
from tests.rig.paths import ROOT, TESTS
from tests.rig.swedish_words import instant

YEARS = range(2026, 2031)
ROOMS = ("actions", "app", "calendar/arshjul", "flows", "notifications", "portal", "store", "submissions")
#: what check says of each: nothing but of Hedemora's own clashes
SAID = {
    "hedemora": [
        "Delårsrapport augusti 2029: är underlag till delårsrapporten sent når trappan KSAU",
        "Budget 2026: 'KS föreslår budget' tisdag 18 november 2025 ligger efter oktober månads utgång",
    ],
    "ange": [],
    "mjolby": [],
    "orebro": [],
}
LETTERS_TOO = ("ange", "mjolby")  #: whose timetable has the letters' days as well
Line = tuple[datetime, str, str, str]  #: when, step and period, what, whose


@pytest.mark.parametrize("name", SHIPPED)
def test_check_finds_no_fault_that_the_document_does_not_hold(name: str) -> None:
    found = check(shipped(name), YEARS)
    assert [each for each in found if each.severity == "fel"] == []
    assert len(found) == len(SAID[name])
    assert all(each.message.startswith(words) for each, words in zip(found, SAID[name], strict=True))


def expected(name: str, definition: Definition) -> Iterator[Line]:
    namnder = [unit_id for unit_id, unit in definition.units.items() if unit.kind == "nämnd" and not unit.above]
    for line in (TESTS / "timetables" / f"{name}-2027.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            at, clock, where, what, whose = re.split(r"\s{2,}", line)
            for unit in [each for word in whose.split(", ") for each in (namnder if word == "nämnderna" else [word])]:
                yield instant(f"{at} kl. {clock}"), where, what, unit


def planned(name: str) -> Iterator[Line]:
    reports = {each.key for each in plan_year(hedemora().definition, 2027)} if name == "hedemora" else set()
    for each in plan_year(shipped(name).definition, 2027):
        if each.key not in reports and (name in LETTERS_TOO or _is_no_letter(each)):
            where = f"{each.step} {each.period.key}"
            yield each.at.astimezone(STOCKHOLM), where, each.milestone, each.unit or "gemensamt"


def _is_no_letter(one: Milestone) -> bool:
    return one.obligation is None or one.milestone.endswith("frist")


def text(lines: Iterator[Line]) -> list[str]:
    return [f"{day_text(at.date())} {at:%H.%M}  {where}  {what}  {unit}" for at, where, what, unit in sorted(lines)]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_year_equals_the_timetable_that_was_written_by_hand(name: str) -> None:
    assert text(planned(name)) == text(expected(name, shipped(name).definition))


#: what happens in 2027 that the year waits for, by municipality; what follows stands in nar-det-hander-2027.txt
HAPPENS = {
    "hedemora": Recorded(
        happened={"skr-prognos": (date(2027, 4, 29),), "budgetandring": (date(2027, 9, 1),)},
        opened=tuple(
            OpenedHappening(happening=what, period=Period(2027, month), unit=UnitId(unit), day=day)
            for what, month, unit, day in (
                ("omfordelning", 5, "miljo-och-samhallsbyggnadsnamnden", date(2027, 5, 3)),
                ("avvikelse", 3, "bildningsnamnden", date(2027, 4, 12)),
                ("storre-avvikelse", 3, "bildningsnamnden", date(2027, 4, 12)),
            )
        ),
        entries={
            "uppdrag": {
                "skolskjuts": RegisterEntry.model_validate(
                    {
                        "namn": "Se över skolskjutsen",
                        "enheter": ["bildningsnamnden"],
                        "av": "KF",
                        "beslut": "2027-02-23 § 14",
                        "frist": "2027-10-31",
                    }
                )
            }
        },
    ),
    "ange": Recorded(happened={"plan-antagen": (date(2027, 11, 29),)}),
    "orebro": Recorded(happened={"ombudgetering": (date(2027, 6, 1),)}),
}


def test_what_comes_when_it_happens_equals_the_timetable_that_was_written_by_hand() -> None:
    awaited, found, written = set(), list[str](), list[str]()
    for name, recorded in HAPPENS.items():
        definition = shipped(name).definition
        awaited |= {key for key, step in definition.steps.items() if step.each and not step.each.meeting}
        for one in turn(definition, [2027], recorded).occurrences:
            if (each := definition.steps[one.step].each) and not each.meeting:
                found += [
                    f"{instant_text(each.at)}  {name}  {one.step} {one.period.key}  {each.milestone}  {each.unit or 'gemensamt'}"
                    for each in one.milestones
                    if _is_no_letter(each)
                ]
    for line in (TESTS / "timetables" / "nar-det-hander-2027.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            at, clock, *where, whose = re.split(r"\s{2,}", line)
            written += ["  ".join((f"{at} kl. {clock}", *where, unit)) for unit in whose.split(", ")]
    assert sorted(found) == sorted(written)
    assert {line.split("  ")[2].split()[0] for line in written} == awaited, "each of them has happened"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_year_to_2030_has_a_day_for_everything(name: str) -> None:
    wheel = turn(shipped(name).definition, YEARS)
    assert {each.period.year for each in wheel.occurrences} == set(YEARS)
    assert all(each.milestones for each in wheel.occurrences if each.step != "visionsdag")
    assert all(
        each.ladder for each in wheel.obligations.values() if wheel.occurrence(each.occurrence).flow and not each.host
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_the_people_beside_it_hold_every_role_and_are_nobody(name: str) -> None:
    definition, now = shipped(name).definition, instant("måndag 11 januari 2027 kl. 09.00")
    with memory_store().begin() as session:
        import_people(session, people_of(name, whole=True), f"{name}.personer.csv", definition, now, "testet")
        assert vacant(definition, holders(session, now.date()), now.date()) == ()
    assert set(re.findall(r"@[\w.-]+", people_of(name))) == {"@example.se"}


def test_a_styrdokument_is_asked_about_in_the_years_that_it_holds_for() -> None:
    def asked(year: int) -> list[str]:
        definition = shipped("orebro").definition
        with memory_store().begin() as session:
            wheel = turn(definition, [year])
            one = next(each for each in wheel.obligations.values() if each.step == "styrdokument")
            rows = known_of(session, definition, one).rows["styrdokument"]
        return [row["styrdokument"] for row in rows]

    assert len(asked(2018)) == 13
    assert set(asked(2018)) - set(asked(2020)) == {"Jämställdhets- och ickediskrimineringsplan 2016-2019"}
    assert len(asked(2026)) == 8


def test_hedemoras_day_for_vision_and_mål_is_the_first_of_the_mandatperiod() -> None:
    wheel = turn(shipped("hedemora").definition, range(2026, 2032))
    days = [
        each.at.date()
        for one in wheel.occurrences
        if one.step == "visionsdag"
        for each in one.milestones
        if each.milestone == "dagen"
    ]
    assert [day_text(each) for each in days] == ["onsdag 27 januari 2027", "onsdag 22 januari 2031"]


def test_each_verksamhet_of_ånge_reports_once_to_its_own_utskott() -> None:
    wheel = turn(shipped("ange").definition, [2027])
    found = {
        each.unit: each.treated.body
        for each in wheel.obligations.values()
        if each.step.startswith("uppsikt-") and each.treated
    }
    assert found == {
        UnitId("verksamhetsutveckling"): "valfardsutskottet",
        UnitId("barn-och-utbildning"): "valfardsutskottet",
        UnitId("vard-och-omsorg"): "valfardsutskottet",
        UnitId("samhallsbyggnad"): "tillvaxtutskottet",
    }


def test_nothing_of_one_municipality_stands_in_the_code() -> None:
    # kinds of step, register and händelse, what is known of a mål, a kontroll, and a word in a letter
    language = {"budget", "prognos", "styrdokument", "revisorerna", "uppdrag", "avvikelse", "mal", "ram-halls-inte"}
    law = {
        "Kommunfullmäktige",
        "KF",
        "Kommunstyrelsen",
        "KS",
        "Revisorerna",
        "Styrdokument",
    }  # what law, diarium and a register's kind are called
    every = [shipped(name).definition for name in SHIPPED]
    kinds = ("steps", "bodies", "units", "groups", "own_sheets", "registers", "happenings")
    ids = {str(key) for kept in every for kind in kinds for key in getattr(kept, kind)}
    ids |= {str(kept.kommun.id) for kept in every}
    names = {word for kept in every for word in (kept.kommun.name, re.split(r"s? kommun", kept.kommun.name)[0])}
    names |= {word for kept in every for body in kept.bodies.values() for word in (body.name, body.short)}
    names |= {unit.name for kept in every for unit in kept.units.values()}
    names |= {sheet.title for kept in every for sheet in kept.own_sheets.values()}
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names - law, key=len, reverse=True)))})\b")
    said = {(str(file.relative_to(ROOT)), word) for file, text in _texts() for word in (text, *named.findall(text))}
    assert {(file, word) for file, word in said if word in (ids - language) | (names - law)} == set()


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield every string of the product's modules but the docstrings, and what its templates show."""
    held = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*")):
        if file.suffix == ".py" and "migrations" not in file.parts:
            docs = {ast.get_docstring(node, clean=False) for node in nodes(file) if isinstance(node, held)}
            values = (node.value for node in nodes(file) if isinstance(node, ast.Constant))
            yield from ((file, text) for text in values if isinstance(text, str) and text not in docs)
        elif file.suffix in (".html", ".xml"):
            yield file, re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.nightly
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_whole_year_of_each_is_rehearsed_and_whoever_is_late_is_told(name: str, year: int) -> None:
    plan = next(iter(shipped(name).definition.year_plans.values()))  # as if every year's tidplan were fastställd
    plans = dict.fromkeys(range(year - 2, year + 3), plan)
    definition = shipped(name).definition.model_copy(update={"year_plans": plans})
    happened = rehearse(replace(shipped(name), definition=definition), people_of(name), year)
    wheel = turn(definition, range(year - 1, year + 2))
    due = {
        str(each.key)
        for each in wheel.obligations.values()
        if not each.host and each.ladder and date(year, 2, 1) <= each.deadline.last_day <= date(year, 11, 30)
    }
    told = {_whose(notice) for event in happened for notice in event.notices}
    assert due
    assert {_whose(each) for each in due} <= told
    assert any(event.kind == "escalation" for event in happened)


def _whose(key: str) -> tuple[str, str, str]:
    """Return the tillfälle and the enhet that a key, or one that goes on from it, is of."""
    planned = PlannedKey(beginning(key))
    return *planned.occurrence, planned.unit
