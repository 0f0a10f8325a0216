"""A rehearsed year against a timetable that was written by hand, and against the rules that hold for any year.

``timetables/2027.txt`` was worked out from ``hedemora.yaml`` and the almanac for 2027, line by line, before it was
compared with what the program does; the comment above each group says how its days follow. Its columns are the day,
the clock time, the rung (or ``lyfts``: brought up to a KSAU meeting; ``återkallat`` and ``kompletterat``: how a matter
ended; ``överlämnas``: what lies before a body's meeting), who it is told to, and the obligation or the moment.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pytest

from app.commands.printing import event_row
from app.rehearsal.rehearsal import rehearse
from app.rehearsal.scenario import Scenario, read_scenario
from arshjul.definition.ladders import Rung
from arshjul.errors import RefusedError
from arshjul.keys import PlannedKey, beginning
from arshjul.ladder.due import is_sending_time
from arshjul.swedish import STOCKHOLM, day_text, instant_text, local_date
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation, rung_day
from store.plan.history import Happened
from store.post.notices import ASIDE
from tests.rig.handins import empty_store
from tests.rig.hedemora import hedemora, people_csv
from tests.rig.load import made_up, people_of
from tests.rig.paths import ROOT, TESTS
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

TIMETABLES = TESTS / "timetables"
WHEEL = turn(hedemora().definition, [2026, 2027])
WINTER, SPRING, YEAR_END = date(2027, 3, 31), date(2027, 4, 30), date(2027, 12, 31)
ENDINGS = ("återkallat", "kompletterat", "ändrat ärende", "kvar av ärendet")
HANDED = {"överlämnande": "överlämnas"}  #: a letter's kind to the timetable's word
Line = tuple[datetime, str, str, str]  #: when, rung, to, obligation


def rehearsed(scenario: dict[str, object] | None = None) -> Sequence[Happened]:
    wanted = Scenario.model_validate(scenario) if scenario else None
    return rehearse(hedemora(), people_csv(), 2027, wanted, store=empty_store())


@cache
def written_year(until: date = YEAR_END) -> Sequence[Happened]:
    wanted = read_scenario(TIMETABLES / "2027.scenario.yaml")
    return rehearse(hedemora(), people_csv(), 2027, wanted, until=until, store=empty_store())


@cache
def silent_year(until: date) -> Sequence[Happened]:
    """Nobody hands anything in."""
    return rehearse(hedemora(), people_csv(), 2027, until=until, store=empty_store())


@cache
def diligent_year() -> Sequence[Happened]:
    return rehearsed({"inlämningar": [{"arbetsdagar före fristen": 2}]})


def expected() -> list[Line]:
    lines = (TIMETABLES / "2027.txt").read_text().splitlines()
    cells = [re.split(r"\s{2,}|(?<=example\.se) ", line) for line in lines if line and not line.startswith("#")]
    return [(instant(f"{at} kl. {clock}"), rung, to, what) for at, clock, rung, to, what in cells]


def happened(events: Iterable[Happened]) -> list[Line]:
    """Return the events as the timetable's lines; kvittenser and Monday letters are left out."""
    lines: list[Line] = []
    for event in events:
        at = event.at.astimezone(STOCKHOLM)
        if event.kind == "escalation":
            lines.append((at, "lyfts", f"möte {(event.detail or {})['meeting']}", what(event.key)))
        elif event.letter_kind in ENDINGS:
            lines.append((at, event.letter_kind, event.to[0], what(event.key)))
        elif event.letter_kind in HANDED:
            lines.append((at, HANDED[event.letter_kind], event.to[0], what(event.key)))
        else:
            lines += [(at, *rung_and_what(notice, event.to[0])) for notice in event.notices]
    return lines


def what(key: str) -> str:
    planned = PlannedKey(beginning(key))
    return " ".join((*planned.occurrence, planned.unit, planned.last))


def rung_and_what(notice: str, to: str) -> tuple[str, str, str]:
    """Read ``hedemora/delarsrapport/2027-08/bildningsnamnden/protokoll-sen/forvaltningschef``."""
    *where, rung = what(notice).split()
    krav, _, bare = rung.partition("-")
    in_krav = krav in ("protokoll", "anvisning")
    return bare if in_krav else rung, to, " ".join([*where, krav if in_krav else "underlag"])


def text(lines: Iterable[Line]) -> list[str]:
    return [f"{day_text(at.date())} {at:%H.%M}  {rung}  {to}  {about}" for at, rung, to, about in sorted(lines)]


@pytest.mark.slow
@pytest.mark.parametrize("until", [SPRING, pytest.param(YEAR_END, marks=pytest.mark.nightly)], ids=["vår", "år"])
def test_the_rehearsed_year_equals_the_timetable_that_was_written_by_hand(until):
    written = [line for line in expected() if local_date(line[0]) <= until]
    assert text(happened(written_year(until))) == text(written)
    assert len(written) > 60


@pytest.mark.nightly  # below, the same of a few weeks
def test_nobody_handed_over_anything_in_the_week_when_the_service_was_down():
    week = [event for event in written_year() if date(2027, 10, 11) <= local_date(event.at) < date(2027, 10, 18)]
    assert week == []


@pytest.mark.nightly  # below, the same of a few weeks
def test_the_ekonomikontoret_gets_one_letter_a_week_that_the_service_was_up_in_a_year():
    weekly = [local_date(event.at) for event in written_year() if event.letter_kind == "veckans brev"]
    weeks = [when.isocalendar().week for when in weekly if when.isocalendar().year == 2027]
    assert weeks == [week for week in range(1, 53) if week != 41]
    assert all(when.weekday() == 0 or when in (date(2027, 1, 1), date(2027, 3, 30)) for when in weekly[1:])


def obligations_of(events: Iterable[Happened]) -> dict[str, list[tuple[date, str]]]:
    """Return the rungs that each obligation's letters carry, each day once, by time."""
    found: dict[str, set[tuple[date, str]]] = defaultdict(set)
    for at, rung, _to, about in happened(event for event in events if event.kind == "letter"):
        if rung not in (*ENDINGS, *HANDED.values(), *ASIDE):
            found[about].add((local_date(at), rung))
    return {about: sorted(rungs) for about, rungs in found.items()}


def ladder(one: Obligation) -> tuple[Rung, ...]:
    return one.ladder.rungs if one.ladder else ()


def ours(one: Obligation) -> bool:
    return date(2027, 1, 1) <= one.deadline.last_day and bool(ladder(one))


def ends_by(until: date, one: Obligation) -> bool:
    return ours(one) and rung_day(ladder(one)[-1], one.deadline.last_day, WHEEL.workdays) <= until


def owed_in(until: date) -> list[Obligation]:
    """Return the obligations of the year whose ladder ends by a day."""
    return [one for one in WHEEL.obligations.values() if ends_by(until, one)]


@pytest.mark.slow  # hundreds of letters, seconds
@pytest.mark.parametrize("until", [WINTER, pytest.param(YEAR_END, marks=pytest.mark.nightly)], ids=["vinter", "år"])
class TestAYearInWhichNobodyHandsAnythingIn:
    def test_every_obligation_whose_ladder_ends_in_time_reaches_ksau_once(self, until):
        reached = Counter(event.key for event in silent_year(until) if event.kind == "escalation")
        assert reached == {key: 1 for key, one in WHEEL.obligations.items() if ends_by(until, one)}
        assert len(reached) > 15

    def test_the_rungs_of_an_obligation_come_in_order_and_never_two_on_a_day(self, until):
        told = obligations_of(silent_year(until))
        for one in owed_in(until):
            days = told[what(one.key)]
            order = [rung.id for rung in ladder(one)]
            assert [order.index(rung) for _, rung in days] == sorted(order.index(rung) for _, rung in days)
            assert len({at for at, _ in days}) == len(days), days

    def test_every_rung_is_taken_on_its_planned_day_but_those_that_only_the_owing_would_hear(self, until):
        told = obligations_of(silent_year(until))
        for one in owed_in(until):
            owing = {part.role for part in one.parts}
            planned = [
                (rung_day(rung, one.deadline.last_day, WHEEL.workdays), rung.id)
                for rung in ladder(one)
                if not set(rung.recipients(one.unit_kind)) <= owing
            ]
            assert told[what(one.key)] == planned

    def test_at_most_one_letter_of_the_day_per_person(self, until):
        daily = Counter(
            (event.to, local_date(event.at)) for event in silent_year(until) if event.letter_kind == "dagens brev"
        )
        assert set(daily.values()) == {1}

    def test_every_letter_goes_out_within_the_sending_hours_of_a_working_day(self, until):
        hours = hedemora().definition.sending_hours
        letters = [event.at for event in silent_year(until) if event.kind == "letter"]
        assert [at for at in letters if not is_sending_time(at, WHEEL.workdays, hours)] == []

    def test_ksau_is_told_before_the_agenda_of_the_named_meeting_closes(self, until):
        held = [*WHEEL.meetings.of_year("ksau", 2027), *WHEEL.meetings.of_year("ksau", 2028)]
        closes = {meeting.day.isoformat(): meeting.agenda_closes for meeting in held}
        meant_for = {
            event.key: (event.at, (event.detail or {})["meeting"])
            for event in silent_year(until)
            if event.kind == "escalation"
        }
        assert [key for key, (at, meeting) in meant_for.items() if meeting and at > closes[meeting]] == []
        at_once = {
            (PlannedKey(key).step, PlannedKey(key).last) for key, (_, meeting) in meant_for.items() if not meeting
        }
        # KS has decided before KSAU's next meeting; and its january has none before the anvisningar are needed
        autumns = {("delarsrapport", "protokoll"), ("arsredovisning", "anvisning")} if until == YEAR_END else set()
        assert at_once == {("arsredovisning", "protokoll")} | autumns

    def test_one_letter_to_each_of_ksaus_readers_names_all_that_is_late_in_a_report(self, until):
        told = [event for event in silent_year(until) if event.letter_kind == "eskalering" and "2027-02/" in event.key]
        assert [(event.to[0], len(event.notices)) for event in told] == [
            ("ksau.ordforande@example.se", 6),
            ("ksau.sekreterare@example.se", 6),
        ]


@pytest.mark.nightly  # below, the same of one report
@pytest.mark.slow  # a whole year
class TestAYearInWhichAllIsHandedInTwoWorkingDaysBefore:
    def test_nothing_goes_above_the_reminders(self):
        rungs = {rung for _, rung, _, _ in happened(diligent_year())} - {*HANDED.values()}
        assert {rung.partition("-")[0] for rung in rungs} == {"start", "paminnelse"}

    def test_everything_ends_complete(self):
        last = {event.key: (event.detail or {})["to"] for event in diligent_year() if event.kind == "state"}
        assert {last[key] for key, one in WHEEL.obligations.items() if ours(one) and one.deadline.at.year == 2027} == {
            "Komplett"
        }


def short(people: str | None = None, *, until: date = date(2027, 3, 26), **scenario: object) -> Sequence[Happened]:
    """Rehearse the weeks of the månadsrapport for februari, when there is nothing else, as far as a test looks."""
    definition = hedemora().definition
    step = definition.steps["manadsrapport"].model_copy(update={"months": (2,)})
    only = replace(hedemora(), definition=definition.model_copy(update={"steps": {"manadsrapport": step}}))
    wanted = Scenario.model_validate({"inlämningar": OTHERS, **scenario})
    return rehearse(
        only, people or people_csv(), 2027, wanted, since=date(2027, 2, 23), until=until, store=empty_store()
    )


#: all but omsorgsnämnden hand the månadsrapport in before its first letter
OTHERS = [
    {
        "enhet": [unit for unit in hedemora().definition.units if unit != "omsorgsnamnden"],
        "period": "2027-02",
        "arbetsdagar före fristen": 10,
    }
]
OMSORG = {"enhet": "omsorgsnamnden", "steg": "manadsrapport", "period": "2027-02"}


def told(events: Iterable[Happened]) -> list[str]:
    """Return when which rung was told to whom, the address's first part."""
    return [
        f"{day_text(at.date())} {at:%H.%M} {rung} {to.removesuffix('@example.se')}"
        for at, rung, to, _ in sorted(happened(events))
    ]


def test_nobody_hands_anything_over_while_the_service_is_down_and_the_ekonomikontoret_hears_each_other_week():
    events = short(until=date(2027, 3, 22), nere=[{"från": "2027-03-08T00:00", "till": "2027-03-15T00:00"}])
    assert [event for event in events if date(2027, 3, 8) <= local_date(event.at) < date(2027, 3, 15)] == []
    weekly = [local_date(event.at) for event in events if event.letter_kind == "veckans brev"]
    assert [day_text(day) for day in weekly] == [
        "fredag 26 februari 2027",  # the first hour at which anything happens
        "måndag 1 mars 2027",
        "måndag 15 mars 2027",
        "måndag 22 mars 2027",
    ]
    assert told(events)[:3] == [
        "fredag 5 mars 2027 07.00 start forvaltningschef.omsorg",
        "måndag 15 mars 2027 07.00 sen forvaltningschef.omsorg",
        "tisdag 16 mars 2027 07.00 ekonomichef ekonomichef",
    ]


def test_one_report_that_all_hand_in_two_working_days_before_is_told_once_and_is_complete():
    events = short(inlämningar=[{"period": "2027-02", "arbetsdagar före fristen": 2}])
    assert {rung for _, rung, _, _ in happened(events)} == {"start"}  # its reminder comes a working day before
    last = {event.key: (event.detail or {})["to"] for event in events if event.kind == "state"}
    owed = {key for key in WHEEL.obligations if key.startswith("hedemora/manadsrapport/2027-02/")}
    assert {last[key] for key in owed} == {"Komplett"}


def test_what_has_not_happened_is_quiet_and_has_its_letters_from_the_hour_at_which_it_is_registered():
    granvik = made_up("granvik")
    step = {"skatteprognos": granvik.definition.steps["skatteprognos"]}
    only = replace(granvik, definition=granvik.definition.model_copy(update={"steps": step}))
    happens = Scenario.model_validate(
        {"händelser": [{"händelse": "skr-prognos", "dag": "2027-02-15", "vid": "2027-02-15T10:00"}]}
    )
    events = rehearse(
        only, people_of("granvik"), 2027, happens, since=date(2027, 2, 1), until=date(2027, 3, 8), store=empty_store()
    )
    letters = [(instant_text(each.at), each.rung) for each in events if each.kind == "letter" and each.rung]
    assert letters == [
        ("måndag 15 februari 2027 kl. 10.00", "start"),
        ("måndag 22 februari 2027 kl. 08.00", "paminnelse-5"),
        ("tisdag 2 mars 2027 kl. 08.00", "sen"),
    ]


def test_a_registered_uppdrag_and_an_opened_avvikelse_have_their_ladders_in_a_rehearsal():
    granvik = made_up("granvik")
    steps = {key: granvik.definition.steps[key] for key in ("sarskilt-uppdrag", "avvikelse")}
    only = replace(granvik, definition=granvik.definition.model_copy(update={"steps": steps}))
    post = {"namn": "Resor", "enheter": ["skolnamnden"], "av": "KF", "beslut": "§ 9", "frist": "2027-04-27"}
    happens = Scenario.model_validate(
        {
            "register": [{"register": "uppdrag", "post": post, "vid": "2027-04-12T09:00"}],
            "händelser": [
                {"händelse": each, "enhet": "skolnamnden", "period": "2027-03", "vid": "2027-04-12T10:00"}
                for each in ("avvikelse", "storre-avvikelse")
            ],
        }
    )
    events = rehearse(
        only, people_of("granvik"), 2027, happens, since=date(2027, 4, 12), until=date(2027, 4, 27), store=empty_store()
    )
    letters = [(instant_text(each.at), each.rung) for each in events if each.kind == "letter" and each.rung]
    assert letters == [
        ("tisdag 13 april 2027 kl. 08.00", "start"),  # uppdraget, vars frist är tisdag 27 april
        ("måndag 19 april 2027 kl. 08.00", "start"),  # åtgärdsplanen, vars frist är måndag 3 maj
        ("tisdag 20 april 2027 kl. 08.00", "paminnelse-5"),
        ("måndag 26 april 2027 kl. 08.00", "paminnelse-5"),
    ]


def test_a_period_that_is_closed_late_moves_the_frist_and_those_who_were_told_are_told():
    # planned closing fredag 5 mars; closed tisdag 9 mars, so the frist is tisdag 16 mars instead of fredag 12 mars
    closing = {"period": "2027-02", "stängd": "2027-03-09", "vid": "2027-03-09T10:00"}
    assert told(short(until=date(2027, 3, 18), stängningar=[closing]))[:5] == [
        "fredag 5 mars 2027 07.00 start forvaltningschef.omsorg",
        "tisdag 9 mars 2027 10.00 frist-flyttad forvaltningschef.omsorg",
        "måndag 15 mars 2027 07.00 paminnelse-1 forvaltningschef.omsorg",
        "onsdag 17 mars 2027 07.00 sen forvaltningschef.omsorg",
        "torsdag 18 mars 2027 07.00 ekonomichef ekonomichef",
    ]


def test_a_role_holder_who_is_replaced_mid_year_does_not_get_the_next_letter_the_new_one_does():
    new = {
        "roll": "forvaltningschef",
        "enhet": "omsorgsnamnden",
        "namn": "Ny chef",
        "e-post": "ny.chef@example.se",
        "från": "2027-03-12",
    }
    assert told(short(until=date(2027, 3, 15), personer=[new]))[:4] == [
        "fredag 5 mars 2027 07.00 start forvaltningschef.omsorg",
        "torsdag 11 mars 2027 07.00 paminnelse-1 forvaltningschef.omsorg",
        "fredag 12 mars 2027 07.00 paminnelse-1 ny.chef",  # the day on which the seat became hers
        "måndag 15 mars 2027 07.00 sen ny.chef",
    ]


def test_the_letter_of_the_week_goes_although_something_happened_in_the_night_before():
    new = {"roll": "hr_chef", "namn": "Ny HR-chef", "e-post": "ny.hr-chef@example.se", "från": "2027-03-08"}
    events = short(until=date(2027, 3, 8), personer=[new])
    weekly = [local_date(event.at) for event in events if event.letter_kind == "veckans brev"]
    assert date(2027, 3, 8) in weekly


def test_a_deputy_gets_the_letters_of_the_days_on_which_he_stands_in():
    line = "forvaltningschef.omsorg@example.se,,"
    deputy = f"{line},Ersättare,ersattare@example.se,2027-03-08,2027-03-12"
    assert told(short(people_csv().replace(f"{line},,,,", deputy), until=date(2027, 3, 15)))[:4] == [
        "fredag 5 mars 2027 07.00 start forvaltningschef.omsorg",
        "måndag 8 mars 2027 07.00 start ersattare",
        "torsdag 11 mars 2027 07.00 paminnelse-1 ersattare",
        "måndag 15 mars 2027 07.00 sen forvaltningschef.omsorg",
    ]


def test_a_held_escalation_goes_by_itself_the_working_day_after_the_hold():
    held = {**OMSORG, "till": "2027-03-23", "vid": "2027-03-18T10:00"}
    assert told(short(håll=[held]))[-3:] == [
        "onsdag 24 mars 2027 07.00 ksau ksau.ordforande",
        "onsdag 24 mars 2027 07.00 ksau ksau.sekreterare",
        "onsdag 24 mars 2027 07.00 lyfts möte 2027-04-06",
    ]


def test_reminders_that_rest_are_not_sent_and_the_ladder_after_the_frist_is():
    resting = {**OMSORG, "till": "2027-03-12", "vid": "2027-03-01T10:00"}
    assert (
        told(short(until=date(2027, 3, 15), vila=[resting]))[0]
        == "måndag 15 mars 2027 07.00 sen forvaltningschef.omsorg"
    )


def test_what_comes_in_on_a_saturday_is_told_to_ksau_on_monday_and_counts_from_saturday():
    events = short(until=date(2027, 3, 22), inlämningar=[*OTHERS, {**OMSORG, "vid": "2027-03-20T10:00"}])
    ended = [event.at.astimezone(STOCKHOLM) for event in events if event.kind == "withdrawn"]
    assert ended == [instant("lördag 20 mars 2027 kl. 10.00")]
    assert [line for line in told(events) if "återkallat" in line] == [
        f"måndag 22 mars 2027 07.00 återkallat {to}"
        for to in ("ekonomichef", "forvaltningschef.omsorg", "kommundirektor", "ksau.ordforande", "ksau.sekreterare")
    ]


def test_a_matter_goes_to_the_next_meeting_when_one_is_cancelled():
    # without 6 april KSAU treats the report on 4 maj, and KS gets it after that
    cancelled = {"organ": "ksau", "dag": "2027-04-06", "vid": "2027-03-01T10:00"}
    events = short(until=date(2027, 3, 19), möten=[cancelled])
    assert [(event.detail or {})["meeting"] for event in events if event.kind == "escalation"] == ["2027-05-04"]


def test_a_scenario_with_an_unknown_name_is_refused_with_the_nearest_word():
    with pytest.raises(RefusedError, match="okänd enhet 'omsorgsnämnden', menade du 'omsorgsnamnden'"):
        rehearsed({"inlämningar": [{"enhet": "omsorgsnämnden", "vid": "2027-03-20T10:00"}]})
    with pytest.raises(RefusedError, match="okänd del 'ekonomi-uppfoljning'"):
        rehearsed(
            {"inlämningar": [{"steg": "manadsrapport", "delar": "ekonomi-uppfoljning", "vid": "2027-03-20T10:00"}]}
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("möten:\n  - {dag: 2027-10-05, vid: 2027-09-01}\n", "fel.yaml: möten.0.organ: 'organ' saknas i möten.0; lägg till det"),
        ("moten: []\n", "fel.yaml: moten: okänd nyckel 'moten', menade du 'möten'?"),
        ("nere:\n  - {fran: 2027-10-05, från: 2027-10-05, till: 2027-10-06}\n", "fel.yaml: nere.0.fran: okänd nyckel 'fran', menade du 'från'?"),
        ("inlämningar:\n  - {enhet: alla}\n", "fel.yaml: inlämningar.0: ange en av 'vid' och 'arbetsdagar före fristen'"),
        ("nere: [\n", "fel.yaml:2: ett värde fattas: här är filen slut"),
    ],
)  # fmt: skip
def test_a_scenario_that_cannot_be_read_is_refused_in_swedish_with_the_place(tmp_path, text, words):
    (tmp_path / "fel.yaml").write_text(text)
    with pytest.raises(RefusedError, match=re.escape(words)):
        read_scenario(tmp_path / "fel.yaml")


def test_the_machine_form_of_a_letter_names_its_rung_readers_and_notices():
    row = event_row(next(event for event in short(until=date(2027, 3, 5)) if event.letter_kind == "dagens brev"))
    assert row == {
        "kind": "letter",
        "at": "2027-03-05T07:00:00+01:00",
        "key": "hedemora/brev/2027-03-05/forvaltningschef.omsorg@example.se",
        "letter": "dagens brev",
        "rung": "start",
        "to": ["forvaltningschef.omsorg@example.se"],
        "cc": ["controller.omsorg@example.se"],
        "subject": "Senast 12 mars: underlag till månadsrapporten, februari 2027",
        "notices": ["hedemora/manadsrapport/2027-02/omsorgsnamnden/start/forvaltningschef"],
    }


def test_the_documents_scenario_can_be_read_and_uses_every_key(tmp_path):
    document = (ROOT / "docs" / "rehearse.md").read_text()
    (tmp_path / "exempel.yaml").write_text(document.split("```yaml\n")[1].split("```")[0])
    read = read_scenario(tmp_path / "exempel.yaml")
    assert all(getattr(read, name) for name in Scenario.model_fields)
    assert read.extensions[0].at == instant("onsdag 15 september 2027 kl. 08.00")
    assert read.down[0].start == instant("måndag 18 oktober 2027 kl. 00.00")
