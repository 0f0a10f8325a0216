"""The calendar feeds: what is in them, what moves, who may read them; and the plan as a workbook."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from actions.plan.meeting_changes import change_meeting
from actions.underlag.anstand import grant_anstand
from arshjul.keys import ObligationKey
from arshjul.swedish import STOCKHOLM, local
from arshjul.year.agenda import Event, events_of, feeds_of
from arshjul.year.turning import around
from arshjul.year.wheel import Wheel
from notifications.calendars.feed_calendar import feed_calendar
from portal.web.redaction import hide_tokens
from store.access import feed_links
from store.database import memory_store
from store.plan.calendar_events import events_in, keep_events
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from store.tables import CalendarRow, LogRow
from submissions.papers.plan_workbook import plan_workbook
from tests.rig.acts import act
from tests.rig.examples import examples
from tests.rig.handins import NOW
from tests.rig.hedemora import BIN_UNDERLAG, hedemora, town
from tests.rig.pages.bench import SECRET, Bench
from tests.rig.pages.logging_in import NAME, hidden

pytestmark = pytest.mark.whole

BIN = "enhet/bildningsnamnden"
LATER = NOW + timedelta(hours=2)
SEAT = "ekonomikontoret"
OFFICE = Bench(town()).desk().office


@pytest.fixture
def office():
    return Bench(town())


def token(key=BIN, generation=1):
    return feed_links.sign(SECRET, key, generation)


def fetch(office, key=BIN, **headers):
    return office.client().get(f"/kalender/{token(key)}.ics", headers=headers)


def events(office, key=BIN):
    """The feed's events by their UID without the domain, as a calendar program reads them."""
    answer = fetch(office, key)
    assert answer.status_code == 200, answer.text
    return {str(each["uid"]).partition("@")[0]: each for each in Calendar.from_ical(answer.content).events}


def move_meeting(office, body, original, day, now=LATER, clock=None):
    office.now = now
    with office.town.store.begin() as session:
        change_meeting(act(session, now, SEAT, "salen är upptagen"), body, original, day, clock)


def give_anstand(office, until, now=LATER):
    office.now = now
    with office.town.store.begin() as session:
        grant_anstand(act(session, now, SEAT, "sjukdom på enheten"), BIN_UNDERLAG, until)


def csrf(browser):
    return hidden(browser.get("/kalender").text)


def changed(before, after):
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_an_enhets_feed_holds_its_frister_and_its_bodys_meetings_and_nobody_elses(office):
    found = events(office)
    assert found[BIN_UNDERLAG].decoded("dtstart") == datetime(2027, 9, 21, 16, tzinfo=STOCKHOLM)  # a Tuesday
    assert "hedemora/organ/bildningsnamnden/2027-09-23/sammantrade" in found  # a Thursday
    assert not [key for key in found if "omsorg" in key or "organ/ks" in key]


def test_a_bodys_feed_holds_kallelse_agenda_meeting_and_what_it_treats(office):
    found = events(office, "organ/ksau")
    meeting = "hedemora/organ/ksau/2027-10-05"  # a Tuesday
    assert found[f"{meeting}/sammantrade"].decoded("dtstart") == datetime(2027, 10, 5, 8, 30, tzinfo=STOCKHOLM)
    assert found[f"{meeting}/dagordning"].decoded("dtstart") == datetime(2027, 9, 29, 12, tzinfo=STOCKHOLM)  # Wednesday
    assert found[f"{meeting}/kallelse"].decoded("dtstart") == date(2027, 9, 30)  # a Thursday, the whole day
    assert any(key.startswith("hedemora/delarsrapport/2027-08/kommunen/") for key in found)
    assert BIN_UNDERLAG not in found


def test_a_role_that_hands_in_has_the_frister_of_all_its_enheter(office):
    owed = {ObligationKey(key).unit for key in events(office, "roll/forvaltningschef") if key.endswith("/underlag")}
    assert owed == {"bildningsnamnden", "omsorgsnamnden", "miljo-och-samhallsbyggnadsnamnden"}
    assert "roll/controller" not in {feed.key for feed in feeds_of(hedemora().definition)}  # follows the whole


FEEDS = feeds_of(hedemora().definition)
OF_EACH_KIND = {feed.key.partition("/")[0]: feed for feed in FEEDS}


@pytest.mark.parametrize(
    "feeds", [[*OF_EACH_KIND.values()], pytest.param(FEEDS, marks=pytest.mark.nightly)], ids=["one of each", "all"]
)
def test_every_feed_can_be_read_and_each_event_says_its_source_and_its_page(office, feeds):
    for feed in feeds:
        answer = fetch(office, feed.key)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        read = Calendar.from_ical(answer.content)
        assert str(read["x-wr-calname"]) == f"{feed.name}, årshjulet i Hedemora kommun"
        assert (str(read["x-published-ttl"]), read.decoded("refresh-interval")) == ("PT4H", timedelta(hours=4))
        assert read.events
        for event in read.events:
            assert "Enligt" in event["description"] and str(event["url"]) in event["description"]
            assert "/l/" not in event["url"] and "attendee" not in event and "organizer" not in event
            assert not event.alarms.times  # most who read it owe nothing of it: docs/decisions/0054
        uids = [each["uid"] for each in read.events]
        assert len(uids) == len(set(uids))


def test_no_feed_holds_a_person(office):
    content = fetch(office, "alla").text.replace("\r\n ", "")
    assert "@example.se" in content  # the UIDs' domain
    assert "forvaltningschef.bildning" not in content and "Exempel" not in content


def test_an_unchanged_plan_gives_the_same_bytes_and_304(office):
    first = fetch(office)
    office.now = NOW + timedelta(days=3)
    with office.town.store.begin() as session:
        sync(session, current_wheel(session, hedemora().definition, office.now), office.now)
    again = fetch(office)
    assert again.content == first.content
    assert fetch(office, **{"If-None-Match": first.headers["etag"]}).status_code == 304
    assert fetch(office, **{"If-None-Match": f'"x", W/{first.headers["etag"]}'}).status_code == 304
    assert fetch(office, **{"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
    assert fetch(office, **{"If-None-Match": '"x"', "If-Modified-Since": first.headers["last-modified"]}).content
    assert fetch(office, **{"If-Modified-Since": "yesterday"}).status_code == 200


def test_an_anstand_moves_that_frist_alone_and_raises_its_sequence_once(office):
    before, etag = events(office), fetch(office).headers["etag"]
    give_anstand(office, date(2027, 9, 22))  # a Wednesday
    after = events(office)
    assert changed(before, after) == {BIN_UNDERLAG}
    old, new = before[BIN_UNDERLAG], after[BIN_UNDERLAG]
    assert new.decoded("dtstart") == datetime(2027, 9, 22, 16, tzinfo=STOCKHOLM)
    assert new["sequence"] > old["sequence"] and new.decoded("last-modified") == LATER.astimezone(UTC)
    assert fetch(office, **{"If-None-Match": etag}).status_code == 200
    office.now = LATER + timedelta(days=1)
    with office.town.store.begin() as session:
        sync(session, current_wheel(session, hedemora().definition, office.now), office.now)
    assert events(office) == after


def test_two_changes_in_the_same_second_raise_the_sequence_twice(office):
    give_anstand(office, date(2027, 9, 22), now=NOW)
    first = events(office)[BIN_UNDERLAG]["sequence"]
    give_anstand(office, date(2027, 9, 23), now=NOW)
    assert events(office)[BIN_UNDERLAG]["sequence"] > first


def test_the_frist_is_the_same_event_as_in_the_letter_and_a_later_letter_counts_higher(office):
    from notifications.calendars.frist_calendar import frist_event

    file = frist_event(office.town.wheel.obligations[BIN_UNDERLAG], office.desk().office, LATER)
    letter = Calendar.from_ical(file.content).events[0]
    feed = events(office)[BIN_UNDERLAG]
    assert (letter["uid"], letter.decoded("dtstart")) == (feed["uid"], feed.decoded("dtstart"))
    assert letter["sequence"] > feed["sequence"]
    give_anstand(office, date(2027, 9, 22), now=LATER + timedelta(minutes=1))
    assert events(office)[BIN_UNDERLAG]["sequence"] > letter["sequence"]


def test_a_moved_meeting_is_the_same_event_however_often_it_moves(office):
    key = "hedemora/organ/ksau/2027-12-07"  # a Tuesday
    before = events(office, "organ/ksau")
    move_meeting(office, "ksau", date(2027, 12, 7), date(2027, 12, 9))
    once = events(office, "organ/ksau")
    move_meeting(office, "ksau", date(2027, 12, 9), date(2027, 12, 10), now=LATER + timedelta(hours=1))
    twice = events(office, "organ/ksau")
    assert before.keys() == once.keys() == twice.keys()
    starts = [each[f"{key}/sammantrade"].decoded("dtstart").date() for each in (before, once, twice)]
    assert starts == [date(2027, 12, 7), date(2027, 12, 9), date(2027, 12, 10)]
    sequences = [each[f"{key}/sammantrade"]["sequence"] for each in (before, once, twice)]
    assert sequences == sorted(set(sequences))
    assert "Flyttat från tisdag 7 december 2027." in twice[f"{key}/sammantrade"]["description"]


def test_an_extra_meeting_on_the_day_that_another_left_is_an_event_of_its_own(office):
    move_meeting(office, "ksau", date(2027, 12, 7), date(2027, 12, 9))
    move_meeting(office, "ksau", None, date(2027, 12, 7), clock=time(10))
    held = [each.decoded("dtstart").day for key, each in events(office, "organ/ksau").items() if "2027-12-07" in key
            and "sammantrade" in key]  # fmt: skip
    assert sorted(held) == [7, 9]


def test_a_cancelled_meeting_is_told_for_two_months_and_comes_back_if_it_is_held(office):
    key = "hedemora/organ/ksau/2027-12-07/sammantrade"
    before = events(office, "organ/ksau")[key]
    move_meeting(office, "ksau", date(2027, 12, 7), None)
    cancelled = events(office, "organ/ksau")[key]
    assert (str(cancelled["status"]), cancelled["sequence"] > before["sequence"]) == ("CANCELLED", True)
    assert str(cancelled["summary"]) == "Utgår: KSAU har möte"
    office.now = LATER + timedelta(days=61)
    assert key not in events(office, "organ/ksau")
    move_meeting(office, "ksau", None, date(2027, 12, 7), now=office.now)
    back = events(office, "organ/ksau")[key]
    assert str(back["status"]) == "CONFIRMED" and back["sequence"] > cancelled["sequence"]


def test_what_has_been_stays_when_the_plan_lets_it_go():
    store = memory_store()
    past, ahead = (event(key=each, at=NOW + timedelta(days=days)) for each, days in (("a", -1), ("b", 1)))
    with store.begin() as session:
        assert keep_events(session, [past, ahead], NOW) == 2
        assert keep_events(session, [past, ahead], LATER) == 0
        assert keep_events(session, [], LATER) == 1
        assert [(row.key, row.gone) for row in events_in(session, "alla", LATER)] == [("a", False), ("b", True)]
        assert keep_events(session, [], LATER + timedelta(days=1)) == 0


def test_a_proposed_day_says_so(office):
    found = events(office, "organ/ks")
    decided, proposed = (found[f"hedemora/organ/ks/{day}/sammantrade"] for day in ("2027-10-19", "2029-10-16"))
    assert (str(decided["status"]), str(decided["summary"])) == ("CONFIRMED", "KS har möte")
    assert (str(proposed["status"]), str(proposed["summary"])) == ("TENTATIVE", "KS har möte (förslag)")


def event(**more):
    values = {"key": "x", "at": NOW, "all_day": False, "proposed": False, "summary": "KSAU har möte",
              "text": "Enligt KL 6 kap.", "page": "/lage", "feeds": frozenset({"alla"})}  # fmt: skip
    return Event(**{**values, **more})


@settings(max_examples=examples(80))
@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_no_name_or_reason_ends_a_line_or_opens_a_property(name, reason):
    words = f"Nämnden {name}\r\nATTENDEE:mailto:alla@example.se; , \\"
    row = CalendarRow(key="x", digest="", at=NOW, all_day=False, proposed=False, summary=words, text=f"{words}\n{reason}",
                      page="/lage", feeds=[], changed_at=NOW, gone=False)  # fmt: skip
    feed = replace(feeds_of(hedemora().definition)[0], name=words, holds=reason)
    content = feed_calendar(feed, [row], OFFICE)
    read = Calendar.from_ical(content)
    assert len(read.events) == 1 and "attendee" not in read and "attendee" not in read.events[0]
    assert "\n" not in read.events[0]["summary"] and read.events[0]["summary"].startswith("Nämnden")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("trasig", 403, "finns inte"),
        (feed_links.sign(b"another secret of enough length!", BIN, 1), 403, "finns inte"),
        (token("enhet/nedlagda-namnden"), 410, "finns inte"),
        (token(generation=2), 410, "ny adress"),
        (token() + "x", 403, "finns inte"),
    ],
)
def test_an_address_that_is_not_ours_opens_nothing(office, address, status, word):
    answer = office.client().get(f"/kalender/{address}.ics")
    assert answer.status_code == status and word in answer.text


def test_a_renewed_address_shuts_the_old_one_and_the_log_says_who(office):
    browser = office.inside()
    old = token()
    assert old in browser.get("/kalender").text
    answer = browser.post("/kalender", data={"kalender": BIN, "csrf": csrf(browser)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/kalender?ny={BIN}#svar")
    page = browser.get(answer.headers["location"].partition("#")[0]).text
    assert old not in page and token(generation=2) in page and "Bildningsnämnden har fått en ny adress" in page
    assert browser.get(f"/kalender/{old}.ics").status_code == 410
    assert browser.get(f"/kalender/{token(generation=2)}.ics").status_code == 200
    logged = office.rows(LogRow)[-1]
    assert (logged.what, logged.key, logged.who) == ("calendar.renewed", BIN, NAME)


@pytest.mark.parametrize(
    ("kalender", "spoil", "headers", "status"),
    [
        (BIN, "x", {}, 403),
        ("enhet/x\r\nSet-Cookie: a=b", "", {}, 404),
        (BIN, "", {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_form_that_is_not_whole_or_not_ours_renews_nothing(office, kalender, spoil, headers, status):
    browser = office.inside()
    data = {"kalender": kalender, "csrf": csrf(browser) + spoil}
    assert browser.post("/kalender", data=data, headers=headers).status_code == status
    assert fetch(office).status_code == 200


def test_a_try_with_a_forged_address_is_in_the_log_without_the_address(office):
    office.client().get("/kalender/hemlig.ics")
    logged = office.rows(LogRow)[-1]
    assert (logged.what, logged.key) == ("portal.denied", "/kalender")


def test_a_feed_that_is_fetched_far_too_often_is_told_to_wait(office):
    browser, short = office.client(), token("roll/hr_chef")  # a feed of few events is soon written
    answers = [browser.head(f"/kalender/{short}.ics").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_the_address_stays_out_of_the_logs():
    hidden = hide_tokens(f'"GET /kalender/{token()}.ics HTTP/1.1" 200')
    assert hidden == '"GET /kalender/***.ics HTTP/1.1" 200'
    assert hide_tokens("GET /kalender/plan-2027.xlsx") == "GET /kalender/plan-2027.xlsx"


def test_the_whole_plan_is_a_workbook_to_sort_and_filter(office):
    answer = office.inside().get("/kalender/plan-2027.xlsx")
    assert "%C3%85rsplan%202027.xlsx" in answer.headers["content-disposition"]
    sheet = load_workbook(BytesIO(answer.content))["Årsplan 2027"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert sheet.auto_filter.ref == f"A4:L{len(rows) + 4}"
    days = [row[0] for row in rows]
    assert days == sorted(days) and {day.year for day in days} == {2027}
    frist = next(
        row for row in rows if row[3] == "frist" and row[5] == "Delårsrapport" and row[7] == "Bildningsnämnden"
    )
    assert frist[0].date() == date(2027, 9, 21)  # a Tuesday
    assert frist[1:] == (
        "tisdag", time(16), "frist", "underlag till delårsrapporten", "Delårsrapport", "augusti 2027",
        "Bildningsnämnden", "KSAU", None, "beslutad", 'kommunens egen ordning, ”Tidplan”',
    )  # fmt: skip
    assert office.inside().get("/kalender/plan-1999.xlsx").status_code == 404


def test_a_name_in_the_plan_is_never_a_formula():
    definition = hedemora().definition
    units = {**definition.units, "bildningsnamnden": definition.units["bildningsnamnden"].model_copy(
        update={"name": "=HYPERLINK(\"http://example.se\")"})}  # fmt: skip
    wheel = around(definition.model_copy(update={"units": units}), 2027)
    sheet = load_workbook(BytesIO(plan_workbook(wheel, 2027, NOW)))["Årsplan 2027"]
    named = [cell for cell in sheet["H"] if str(cell.value).startswith("=HYPER")]
    assert named and {cell.data_type for cell in named} == {"s"} and all(cell.quotePrefix for cell in named)


def test_the_days_of_a_wheel_have_names_of_their_own():
    wheel: Wheel = around(hedemora().definition, 2027)
    found = events_of(wheel)
    assert len({each.key for each in found}) == len(found)
    assert local(date(2027, 9, 21), time(16)) in {each.at for each in found}
