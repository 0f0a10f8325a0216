"""A frist as an iCalendar file (RFC 5545) that opens in Outlook as an event to save.

``METHOD:PUBLISH``: the file tells, it asks nobody. ``REQUEST`` would make Outlook show a meeting with Accept and
Decline, and send each answer to the ekonomikontor. A second file about the same frist has the same UID and a
higher SEQUENCE, so it moves the event that was saved instead of adding one.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

from icalendar import Calendar, Event, Timezone

from arshjul.swedish import STOCKHOLM
from arshjul.wheel import Obligation
from notifications.office import Office
from notifications.plain import one_line
from notifications.views import Attachment

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  #: SEQUENCE counts from here


@cache
def _summer_and_winter_time() -> Timezone:
    """Return the VTIMEZONE, with which Outlook knows summer time by itself."""
    return Timezone.from_tzid(STOCKHOLM.key)


def frist_event(one: Obligation, office: Office, now: datetime) -> Attachment:
    """Return the calendar file of an obligation's frist, as it is told at ``now``.

    SEQUENCE is the number of whole minutes from 2020-01-01 UTC to ``now``: a later word always counts higher,
    and no counter has to be kept. The same input gives the same bytes. There is no alarm, as the letters
    remind, and the time is not blocked. The address is the portal's own, without a token: calendars are shared.
    """
    event = Event()
    event.add("uid", f"{one.key}@{office.mail_from.rpartition('@')[2]}")
    event.add("sequence", (now - _BEGINNING) // timedelta(minutes=1))
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", one.deadline.at.astimezone(STOCKHOLM))
    event.add("summary", one_line(f"Frist: {one.name} ({one.unit_name})"))
    event.add("description", one_line(f"{one.step_name} {one.period.text}. Enligt {one.deadline.lagrum}."))
    event.add("url", office.public_url)
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")

    calendar = Calendar()
    calendar.add("prodid", "-//Årshjul//Frister//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(_summer_and_winter_time())
    calendar.add_component(event)
    return Attachment(
        filename=f"frist-{'-'.join(one.key.split('/')[1:])}.ics",
        media_type="text/calendar; method=PUBLISH",
        content=calendar.to_ical(),
    )
