"""The calendar file of a frist, read back as a calendar program reads it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from arshjul.definition.reading import read_definition
from arshjul.swedish import STOCKHOLM
from arshjul.year.turning import turn
from arshjul.year.wheel import Obligation
from notifications.calendars.frist_calendar import frist_event
from notifications.office import Office
from tests.rig.examples import examples
from tests.rig.paths import ROOT

pytestmark = pytest.mark.whole

NOW = datetime(2027, 9, 10, 5, 1, tzinfo=UTC)  # a Friday
FILE = ROOT / "calendar/definitions/hedemora.yaml"


@pytest.fixture(scope="module")
def office() -> Office:
    return Office(
        sourced=read_definition(FILE.read_text(encoding="utf-8"), FILE.name),
        mail_from="ekonomikontoret@hedemora.example.se",
        public_url="https://arshjul.example.se",
        prefect_url="https://prefect.example.se",
        secret=b"hemligt",
        utskick="skarpt",
        since=date(2027, 1, 1),
    )


@pytest.fixture(scope="module")
def frist(office: Office) -> Obligation:
    return turn(office.definition, [2027]).obligations["hedemora/delarsrapport/2027-08/bildningsnamnden/underlag"]


def read(content: bytes) -> Event:
    return Calendar.from_ical(content).events[0]


def test_the_event_stands_at_the_frist_and_says_what_is_owed(office: Office, frist: Obligation) -> None:
    file = frist_event(frist, office, NOW)
    event = read(file.content)
    assert (file.filename, file.media_type) == (
        "Frist underlag till delårsrapporten augusti 2027 Bildningsnämnden.ics",
        "text/calendar; method=PUBLISH",
    )
    assert event.decoded("dtstart") == frist.deadline.at
    assert str(event["summary"]) == "Lämna in senast kl. 16.00: underlag till delårsrapporten (Bildningsnämnden)"
    words = str(event["description"]).split("\n")
    assert words[0].startswith("Delårsrapport augusti 2027 från bildningsnämnden. Enligt ")
    assert words[1].startswith("Ska lämnas in: Ekonomi (") and "Mål- och resultatuppföljning" in words[1]
    assert words[3] == "Frågor: ekonomikontoret@hedemora.example.se"
    assert event.decoded("dtstamp") == NOW


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2027-03-26", "Friday 16:00 +0100"),  # the last working day in winter time
        ("2027-03-30", "Tuesday 16:00 +0200"),  # summer time came on Sunday the 28th
        ("2027-10-29", "Friday 16:00 +0200"),
        ("2027-11-01", "Monday 16:00 +0100"),  # and went on Sunday 31 October
    ],
)
def test_the_clock_time_is_swedish_in_summer_and_winter(
    office: Office, frist: Obligation, day: str, expected: str
) -> None:
    at = datetime.fromisoformat(f"{day}T16:00").replace(tzinfo=STOCKHOLM)
    content = frist_event(replace(frist, deadline=replace(frist.deadline, at=at.astimezone(UTC))), office, NOW).content
    assert read(content).decoded("dtstart").strftime("%A %H:%M %z") == expected
    assert f"DTSTART;TZID=Europe/Stockholm:{day.replace('-', '')}T160000".encode() in content
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Stockholm" in content


@settings(max_examples=examples(60))
@given(st.datetimes(datetime(1996, 11, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_the_zone_in_the_file_is_stockholms_in_every_year(office: Office, frist: Obligation, at: datetime) -> None:
    zone = Calendar.from_ical(frist_event(frist, office, NOW).content).timezones[0].to_tz()
    # the instant, so that the hours that come twice or never are asked about once
    theirs, ours = at.replace(tzinfo=UTC).astimezone(zone), at.replace(tzinfo=UTC).astimezone(STOCKHOLM)
    assert theirs.replace(tzinfo=None) == ours.replace(tzinfo=None)


def test_a_later_word_about_the_same_frist_moves_the_event(office: Office, frist: Obligation) -> None:
    moved = replace(frist, deadline=replace(frist.deadline, at=frist.deadline.at + timedelta(days=3)))
    first, second = (
        read(frist_event(frist, office, NOW).content),
        read(frist_event(moved, office, NOW + timedelta(minutes=1)).content),
    )
    assert first["uid"] == second["uid"] == f"{frist.key}@hedemora.example.se"
    assert second["sequence"] > first["sequence"]


def test_it_asks_for_no_answer_rings_the_day_before_and_carries_no_token(office: Office, frist: Obligation) -> None:
    content = frist_event(frist, office, NOW).content
    event_alone = content[content.index(b"BEGIN:VEVENT") :]  # the zone before it has rules of its own
    for word in (b"ATTENDEE", b"ORGANIZER", b"RRULE"):
        assert word not in event_alone
    assert b"METHOD:PUBLISH\r\n" in content
    event = read(content)
    assert str(event["url"]) == "https://arshjul.example.se/lage/delarsrapport/2027-08/bildningsnamnden/underlag"
    (alarm,) = event.alarms.times
    assert alarm.trigger == frist.deadline.at - timedelta(days=1)
    assert str(event["transp"]) == "TRANSPARENT"


def test_the_same_frist_at_the_same_time_is_the_same_file(office: Office, frist: Obligation) -> None:
    assert frist_event(frist, office, NOW) == frist_event(frist, office, NOW)


def test_a_name_cannot_add_lines_to_the_event(office: Office, frist: Obligation) -> None:
    name = "Nämnden\r\nATTENDEE:mailto:alla@example.se\nEND:VEVENT; , \\"
    content = frist_event(replace(frist, unit_name=name), office, NOW).content
    event = read(content)
    assert "attendee" not in event
    assert str(event["summary"]) == (
        "Lämna in senast kl. 16.00: underlag till delårsrapporten (Nämnden ATTENDEE:mailto:alla@example.se END:VEVENT; , \\)"
    )
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
