"""A feed as an iCalendar file (RFC 5545, RFC 7986) that Outlook and others subscribe to.

The file is the same as long as nothing in it has changed: each event's DTSTAMP, LAST-MODIFIED and SEQUENCE are of
the instant at which it last became what it is. A frist has the UID that it has in the letters.
"""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event

from arshjul.swedish import STOCKHOLM, local_date
from arshjul.year.agenda import Feed
from notifications.calendars.frist_calendar import sequence, summer_and_winter_time, uid
from notifications.office import Office
from notifications.plain import one_line
from store.tables import CalendarRow

AGAIN = timedelta(hours=4)  #: how often a calendar program is asked to come back


def feed_calendar(feed: Feed, rows: Iterable[CalendarRow], office: Office) -> bytes:
    """Return the file. The time is not blocked, and nobody is asked to answer.

    There is no alarm: most who read a feed owe nothing of what is in it. The file in a letter has one.
    """
    name = one_line(f"{feed.name}, årshjulet i {office.definition.kommun.name}")
    calendar = Calendar()
    calendar.add("prodid", "-//Årshjul//Kalendern//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    for word in ("name", "x-wr-calname"):  # Outlook reads the second
        calendar.add(word, name)
    for word in ("description", "x-wr-caldesc"):
        calendar.add(word, one_line(feed.holds))
    calendar.add("x-wr-timezone", STOCKHOLM.key)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _hours(AGAIN))
    calendar.add_component(summer_and_winter_time())
    for row in rows:
        calendar.add_component(_event(row, office))
    content: bytes = calendar.to_ical()
    return content


def _event(row: CalendarRow, office: Office) -> Event:
    event, page = Event(), f"{office.public_url}{row.page}"
    words = f"{row.summary} (förslag)" if row.proposed else row.summary
    event.add("uid", uid(row.key, office))
    event.add("sequence", sequence(row.changed_at))
    event.add("dtstamp", row.changed_at.replace(microsecond=0))
    event.add("last-modified", row.changed_at.replace(microsecond=0))
    event.add("dtstart", local_date(row.at) if row.all_day else row.at.astimezone(STOCKHOLM))
    event.add("summary", one_line(f"Utgår: {words}" if row.gone else words))
    event.add("description", "\n".join([*map(one_line, row.text.split("\n")), page]))
    event.add("url", page)
    event.add("status", "CANCELLED" if row.gone else "TENTATIVE" if row.proposed else "CONFIRMED")
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    return event


def _hours(span: timedelta) -> str:
    return f"PT{span // timedelta(hours=1)}H"
