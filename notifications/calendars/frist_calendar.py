"""A frist as an iCalendar file (RFC 5545) that opens in Outlook as an event to save.

``METHOD:PUBLISH``: the file tells, it asks nobody. ``REQUEST`` would make Outlook show a meeting with Accept and
Decline, and send each answer to the ekonomikontor. A second file about the same frist has the same UID and a
higher SEQUENCE, so it moves the event that was saved instead of adding one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from arshjul.file_names import file_name
from arshjul.swedish import STOCKHOLM, clock_text, listing
from arshjul.year.wheel import Obligation
from notifications.letters.views.composed import Attachment
from notifications.office import Office
from notifications.plain import one_line

ALARM_BEFORE = timedelta(days=1)
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  #: SEQUENCE counts from here


def uid(key: str, office: Office) -> str:
    """Return the UID of the plan's event with this key, wherever it is shown."""
    return f"{key}@{office.mail_from.rpartition('@')[2].rstrip('> ')}"


def sequence(instant: datetime) -> int:
    """Return the number of whole seconds from 2020-01-01 UTC: a later word always counts higher (until 2088)."""
    return (instant - _BEGINNING) // timedelta(seconds=1)


@cache
def summer_and_winter_time() -> Timezone:
    """Return the VTIMEZONE, with which Outlook knows summer time by itself: the union's rule since 1996.

    As two rules, without an end: Outlook does not read a list of days.
    """
    zone = Timezone()
    zone.add("tzid", STOCKHOLM.key)
    winter, summer = timedelta(hours=1), timedelta(hours=2)
    for part, name, begins, before, after in (
        (TimezoneDaylight(), "CEST", datetime(1996, 3, 31, 2), winter, summer),  # noqa: DTZ001 - the zone's own clock
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), summer, winter),  # noqa: DTZ001 - the zone's own clock
    ):
        part.add("dtstart", begins)
        part.add("rrule", {"freq": "yearly", "bymonth": begins.month, "byday": "-1su"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone


def frist_event(one: Obligation, office: Office, now: datetime) -> Attachment:
    """Return the calendar file of an obligation's frist, as it is told at ``now``.

    Its SEQUENCE is of ``now`` (:func:`sequence`), so that no counter has to be kept. The same input gives the same
    bytes. The time is not blocked. The address is the underlag's own page, without a token, as calendars are shared:
    whoever is not logged in there gets a link of their own by mail.
    """
    event = Event()
    event.add("uid", uid(one.key, office))
    event.add("sequence", sequence(now))
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", one.deadline.at.astimezone(STOCKHOLM))
    page, clock = f"{office.public_url}/lage/{one.key.path}", clock_text(one.deadline.at.astimezone(STOCKHOLM).time())
    summary = one_line(f"Lämna in senast {clock}: {one.name} ({one.unit_name})")
    event.add("summary", summary)
    event.add("description", "\n".join(map(one_line, _words(one, office, page))))
    event.add("url", page)
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add_component(_alarm(summary))

    calendar = Calendar()
    calendar.add("prodid", "-//Årshjul//Frister//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(summer_and_winter_time())
    calendar.add_component(event)
    return Attachment(
        filename=file_name("ics", "Frist", one.name, one.period.text, one.unit_name),
        media_type="text/calendar; method=PUBLISH",
        content=calendar.to_ical(),
    )


def _words(one: Obligation, office: Office, page: str) -> Iterator[str]:
    yield f"{one.step_name} {one.period.text} från {one.unit_said}. Enligt {one.deadline.lagrum}."
    if one.parts:
        yield f"Ska lämnas in: {listing([part.name for part in one.parts])}."
    yield f"Lämna in med länken i ditt senaste brev. Läget: {page}"
    yield f"Frågor: {office.mail_from}"


def _alarm(summary: str) -> Alarm:
    """Return the word that a calendar says the day before."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
