"""Ett tillfälle: what the ekonomikontor decides about an underlag, what follows, and what the time line tells."""

import re
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import null, update

from actions.ladder.week import week_view
from actions.scene import Scene
from arshjul.swedish import STOCKHOLM, instant_text
from notifications.letters import compose
from store.plan.matters import raise_matter
from store.post.notices import queue
from store.tables import Anstand, LetterRow, LogRow, Matter, MeetingChange, ObligationRow, Quiet, Submission
from tests.rig.handins import BIN_UNDERLAG
from tests.rig.pages.counter import BIN, CHIEF, HOSTILE, PAGE, Counter, told
from tests.rig.pages.hall import SECRETARY, words
from tests.rig.pages.logging_in import hidden
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

OURS = "namndsekreterare.bildning@example.se"


@pytest.fixture
def counter():
    return Counter()


def test_an_anstand_moves_the_frist_and_is_signed_by_whoever_is_logged_in(counter):
    answer = counter.act("anstand", till="2027-09-23", skal="Två vikarier är sjuka.", vem="Någon annan")
    assert answer.headers["location"] == f"{BIN}?gjort=anstand"
    assert counter.one().deadline.at == instant("torsdag 23 september 2027 kl. 16.00")
    assert [(row.by, row.why) for row in counter.rows(Anstand)] == [("Ekonom E", "Två vikarier är sjuka.")]
    page = counter.text()
    assert "Ny frist" in page and "Till torsdag 23 september 2027 kl. 16.00. Skäl: Två vikarier är sjuka." in page


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"till": "2027-10-04", "skal": "Vi hinner inte."}, "Anstånd kan ges längst till"),
        ({"till": "2027-09-15", "skal": "Vi hinner inte."}, "ett anstånd måste vara senare"),
        ({"till": "2027-09-23", "skal": ""}, "Skriv varför"),
        ({"till": "i morgon", "skal": "Vi hinner inte."}, "till exempel 2027-10-05"),
    ],
    ids=["past the agenda", "earlier", "no reason", "no day"],
)
def test_an_anstand_that_is_not_allowed_is_told_and_what_was_typed_is_kept(counter, data, word):
    answer = counter.act("anstand", **data)
    assert answer.status_code == 400 and word in told(answer)
    assert counter.rows(Anstand) == []
    assert data["skal"] in answer.text


def test_a_period_that_is_over_is_opened_by_a_button_with_a_reason(counter):
    page = "/lage/manadsrapport/2027-05/bildningsnamnden/underlag"  # its frist lay before i drift från
    assert "inga brev: fristen låg före i drift från" in counter.text(page)
    assert "Öppna igen" in counter.text(page) and "Öppna igen" not in counter.text()
    assert "Skriv varför" in told(counter.act("oppna", page, skal=""))
    assert counter.act("oppna", page, skal="KS vill ha siffrorna.").headers["location"] == f"{page}?gjort=oppna"
    shown = counter.text(page)
    assert "inga brev:" not in shown and "Öppna igen" not in shown and "Öppnad, fast tiden för den var ute" in shown
    (row,) = counter.logged("obligation.opened")
    assert (row.who, row.detail) == ("Ekonom E", {"why": "KS vill ha siffrorna."})


def test_a_part_that_came_into_the_plan_too_late_is_asked_for_when_it_is_opened(counter):
    with counter.hall.town.store.begin() as session:
        session.get_one(ObligationRow, BIN_UNDERLAG).added_parts = ["ekonomi"]
    assert "tillkom när tiden för det var ute" in counter.text()
    counter.act("oppna", skal="Ekonomin behövs.")
    assert "Öppna igen" not in counter.text()
    assert {row.added_parts for row in counter.rows(ObligationRow) if row.key == BIN_UNDERLAG} == {None}


def test_a_refused_anstand_leaves_the_frist_and_is_told_with_its_reason(counter):
    before = counter.one().deadline.at
    counter.act("avsla", skal="KSAU behöver siffrorna.")
    assert counter.one().deadline.at == before and counter.rows(Anstand) == []
    letters = [row for row in counter.rows(LetterRow) if row.kind == "anstånd nekas"]
    assert CHIEF in [to for row in letters for to in row.to]
    assert "KSAU behöver siffrorna." in words(letters[0]) and "Fristen står fast" in words(letters[0])
    assert "Anstånd nekades" in counter.text()


def test_what_was_complete_is_open_again_after_an_aterremiss_with_a_frist_and_a_letter(counter):
    counter.hand_in()
    assert all(counter.complete().values())
    # the frist is Tuesday 21 September, and the latest anstånd Monday 27 September at 12
    answer = counter.act("aterremiss", till="2027-09-24", skal="Avvikelsen på 400 tkr är inte förklarad.")
    assert answer.headers["location"].endswith("gjort=aterremiss")
    assert not any(counter.complete().values())
    assert counter.one().deadline.at == instant("fredag 24 september 2027 kl. 16.00")
    letters = [row for row in counter.rows(LetterRow) if row.kind == "återremiss"]
    assert [CHIEF] in [row.to for row in letters]
    said = words(letters[0])
    assert "Avvikelsen på 400 tkr är inte förklarad." in said and "fredag 24 september 2027 kl. 16.00" in said
    with counter.hall.town.store.read() as session:
        row = session.get(ObligationRow, BIN_UNDERLAG)
        assert row.wake_at == counter.hall.now
    page = counter.text()
    assert "återremitterat" in page and "Återremitterad: Avvikelsen på 400 tkr är inte förklarad." in page


def test_only_the_chosen_parts_are_sent_back_and_no_older_version_counts_in_their_place(counter):
    counter.hand_in(b"1")
    counter.hand_in(b"2", parts={"ekonomi"})
    counter.act("aterremiss", **{"del": "ekonomi"}, till="2027-09-24", skal="Fel period i tabellen.")
    by_part = [(row.part, row.version, row.complete) for row in counter.rows(Submission)]
    assert [each[2] for each in by_part if each[0] == "ekonomi"] == [False, False]
    assert all(each[2] for each in by_part if each[0] != "ekonomi")
    counter.hand_in(b"3", parts={"ekonomi"})
    newest = max((row for row in counter.rows(Submission) if row.part == "ekonomi"), key=lambda row: row.version)
    assert newest.complete and newest.version == 3


def test_an_aterremiss_past_the_agenda_or_on_a_saturday_is_refused_and_nothing_is_open(counter):
    counter.hand_in()
    limit = counter.one().limit.astimezone(STOCKHOLM)
    late = counter.act("aterremiss", till="2027-10-29", skal="Gör om det hela.")
    assert "Enheten kan få längst till" in told(late) and str(limit.day) in told(late)
    assert "ingen arbetsdag" in told(counter.act("aterremiss", till="2027-09-25", skal="Gör om det hela."))
    assert all(counter.complete().values()) and not [r for r in counter.rows(LetterRow) if r.kind == "återremiss"]


def test_nothing_handed_in_or_already_sent_back_is_refused(counter):
    assert "inte lämnat in något" in told(counter.act("aterremiss", till="2027-09-24", skal="Gör om det."))
    counter.hand_in()
    counter.act("aterremiss", till="2027-09-24", skal="Gör om det.")
    assert "redan återremitterat" in told(counter.act("aterremiss", till="2027-09-24", skal="Gör om det."))
    assert len(counter.logged("submission.sent_back")) == 1


def test_an_approval_stands_until_another_version_counts(counter):
    assert "inte komplett" in told(counter.act("godkann"))
    counter.hand_in()
    counter.act("godkann", anteckning="Genomgånget med controllern.")
    (row,) = counter.logged("underlag.approved")
    assert (row.who, row.detail["note"]) == ("Ekonom E", "Genomgånget med controllern.")
    assert "godkänt fredag 10 september 2027, Ekonom E" in counter.text()
    assert 'class="tag complete">godkänt<' in counter.text(PAGE)
    counter.hand_in(b"2", parts={"ekonomi"})
    assert "godkänt fredag" not in counter.text()


def test_approving_what_was_sent_back_takes_it_as_it_is(counter):
    counter.hand_in()
    counter.act("aterremiss", till="2027-09-24", skal="Gör om det.")
    counter.act("godkann")
    assert all(counter.complete().values()) and "godkänt fredag" in counter.text()


def test_vila_and_a_held_escalation_are_recorded_within_their_bounds(counter):
    counter.act("vila", till="2027-09-17", skal="Chefen är på resa.")
    counter.act("hall", till="2027-09-17", skal="Vi har talats vid.")
    assert [(row.kind, row.until) for row in counter.rows(Quiet)] == [
        ("vila", date(2027, 9, 17)),
        ("håll", date(2027, 9, 17)),
    ]
    assert "längst till fristen" in told(counter.act("vila", till="2027-11-01", skal="Chefen är på resa."))


def test_reasons_are_words_on_the_page_and_never_headers_or_markup(counter):
    counter.hand_in()
    counter.act("aterremiss", till="2027-09-24", skal=HOSTILE)
    for letter in counter.rows(LetterRow):
        parsed = message_from_bytes(letter.mime, policy=policy.default)
        assert parsed["Bcc"] is None and "<script>" not in parsed.get_body(("html",)).get_content()
    page = counter.text()
    assert "<script>" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; Bcc: ond@example.org" in page
    assert "<script>" not in counter.text(PAGE)


@pytest.mark.parametrize("what", ["anstand", "avsla", "aterremiss", "godkann", "vila", "hall"])
def test_without_the_forms_token_or_by_another_role_nothing_is_done(counter, what):
    counter.hand_in()
    data = {"till": "2027-09-24", "skal": "Gör om det hela."}
    assert counter.browser.post(f"{BIN}/{what}", data=data).status_code == 403
    secretary = counter.hall.inside(address="namndsekreterare.bildning@example.se", name="Sekreterare")
    page = secretary.get(BIN)
    assert page.status_code == 200 and "Det du kan göra" not in page.text and "Tidslinje" in page.text
    assert secretary.post(f"{BIN}/{what}", data=data | {"csrf": hidden(page.text)}).status_code == 403
    assert all(counter.complete().values()) and counter.rows(Anstand) == counter.rows(Quiet) == []


@pytest.mark.parametrize("page", [f"{PAGE}/bildningsnamnden/x", f"{PAGE}/<b>/underlag", "/lage/x/y/z/w"])
def test_what_is_not_there_is_told(counter, page):
    assert counter.browser.get(page).status_code == 404


def test_an_action_that_is_not_there_is_told(counter):
    assert counter.act("radera").status_code == 404


KSAU = {"organ": "ksau", "dag": "2027-10-05", "gor": "flytta", "ny_dag": "2027-10-12", "skal": "Lokalen är upptagen."}


def meeting(counter, where="/mote", **changed):
    page = counter.browser.get("/mote").text
    return counter.browser.post(where, data={"csrf": hidden(page), **KSAU, **changed})


def everything(counter):
    return [(len(counter.rows(table))) for table in (LogRow, MeetingChange, LetterRow, Anstand)] + [
        (row.key, row.due_at, row.wake_at) for row in counter.rows(ObligationRow)
    ]


def test_a_preview_shows_what_a_moved_meeting_moves_and_changes_nothing(counter):
    before = everything(counter)
    shown = meeting(counter)
    assert shown.status_code == 200
    assert "Från tisdag 5 oktober 2027" in shown.text and "till tisdag 12 oktober 2027" in shown.text
    assert "Längsta anstånd ändras" in shown.text and "Flytta mötet" in shown.text
    assert everything(counter) == before
    # the day is the one that the form tells, now and when the meeting has moved
    tells = re.search(r"Till och med ([^,<]+), nu ([^.<]+)\. Kommunstyrelsen", shown.text)
    form = "Längst till {}: "
    assert form.format(tells[2]) in counter.text(BIN) and form.format(tells[1]) not in counter.text(BIN)
    meeting(counter, "/mote/andra")
    assert form.format(tells[1]) in counter.text(BIN)


def test_a_moved_namnd_moves_the_frist_of_its_decision_and_tells_those_who_have_it(counter):
    key = BIN_UNDERLAG.replace("underlag", "protokoll")
    with counter.hall.town.store.begin() as session:
        one = counter.wheel(session).obligations[key]
        session.get(ObligationRow, key).told_at = one.deadline.at
        queue(
            session, milestone_key=one.milestone_key("start"), obligation_key=key, rung="start",
            due_at=one.deadline.at, recipients=[("namndsekreterare", OURS)], now=counter.hall.now,
        )  # fmt: skip
    # Thursday 23 September, and five working days for the protokoll: 30 September becomes 7 October
    shown = meeting(counter, organ="bildningsnamnden", dag="2027-09-23", ny_dag="2027-09-30").text
    assert "Från torsdag 30 september 2027 kl. 16.00 till torsdag 7 oktober 2027 kl. 16.00" in shown
    assert "Får veta: Nämndsekreterare bildningsnämnden." in shown
    # earlier: what was told stands until it is confirmed
    shown = meeting(counter, organ="bildningsnamnden", dag="2027-09-23", ny_dag="2027-09-16").text
    assert "Planen säger torsdag 23 september 2027 kl. 16.00, men den meddelade fristen står" in shown


def test_a_preview_tells_which_matter_changes_meeting_and_who_hears_of_it(counter):
    with counter.hall.town.store.begin() as session:
        wheel = counter.wheel(session)
        (ksau,) = [each for each in wheel.meetings.of_year("ksau", 2027) if each.day == date(2027, 10, 5)]
        raise_matter(session, wheel.obligations[BIN_UNDERLAG], ksau, counter.hall.now)
    shown = meeting(counter).text
    assert "Ärenden som byter möte" in shown
    assert "Från tisdag 5 oktober 2027 till tisdag 12 oktober 2027" in shown
    assert counter.rows(Matter)[0].meeting_day == date(2027, 10, 5)


def test_what_was_shown_is_what_is_done_when_it_is_confirmed(counter):
    answer = meeting(counter, "/mote/andra")
    assert answer.headers["location"] == "/organ/ksau"
    (change,) = counter.rows(MeetingChange)
    assert (change.original, change.day, change.by) == (date(2027, 10, 5), date(2027, 10, 12), "Ekonom E")
    assert "Möte ändrat: KSAU" in counter.text(PAGE)


def test_a_cancelled_meeting_shows_where_its_moments_go(counter):
    shown = meeting(counter, gor="stall-in", ny_dag="").text
    assert "ställs in" in shown and "Ställ in mötet" in shown
    assert "blir utan dag tills ett nytt möte är insatt" in shown


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"dag": "2027-10-06"}, "har inget möte"),
        ({"organ": "ks<b>"}, "okänt organ"),
        ({"skal": ""}, "Skriv varför"),
        ({"klockslag": "nio"}, "klockslaget"),
        ({"ny_dag": ""}, "nya dag"),
        ({"dag": "", "gor": "stall-in"}, "ska ställas in"),
    ],
)
def test_a_change_that_cannot_be_is_told_before_anything_is_done(counter, changed, word):
    for where in ("/mote", "/mote/andra"):
        answer = meeting(counter, where, **changed)
        assert answer.status_code == 400 and word in told(answer)
    assert counter.rows(MeetingChange) == []


def test_a_meeting_is_changed_by_the_ekonomikontor_with_its_own_form_only(counter):
    assert counter.browser.post("/mote/andra", data=KSAU).status_code == 403
    secretary = counter.hall.inside(address=SECRETARY)
    assert secretary.get("/mote").status_code == 403
    assert counter.rows(MeetingChange) == []


def test_a_time_line_whose_details_are_gallrade_still_tells_what_and_who(counter):
    counter.hand_in()
    counter.act("godkann")
    counter.act("anstand", till="2027-09-23", skal="Två vikarier är sjuka.")
    meeting(counter, "/mote/andra")
    with counter.hall.town.store.begin() as session:
        session.execute(update(LogRow).values(detail=null()))
    page = counter.text()
    assert "Ny frist" in page and "Uppgifterna är gallrade." in page and "godkänt fredag" not in page
    assert counter.browser.get(PAGE).status_code == 200


PROTOKOLL = f"{PAGE}/bildningsnamnden/protokoll"


def moved_earlier(counter):
    """The nämnd's meeting was moved later, which was told, and then a day back: the told frist stands."""
    with counter.hall.town.store.begin() as session:
        one = counter.wheel(session).obligations[f"strandby{PROTOKOLL.removeprefix('/lage')}"]
        later = one.deadline.at + timedelta(days=7)
        row = session.get_one(ObligationRow, one.key)
        row.due_at = row.told_at = later
    return one.deadline.at, later


def test_a_frist_that_would_be_earlier_is_confirmed_by_a_button(counter):
    planned, told_frist = moved_earlier(counter)
    assert counter.one(PROTOKOLL.replace("/lage", "strandby")).deadline.at == told_frist
    shown = counter.text(PROTOKOLL)
    assert f"Enligt planen skulle den vara {instant_text(planned)}" in shown
    assert "Bekräfta en tidigare frist" not in counter.text()
    assert "Den har redan varit" not in shown and f'name="frist" value="{planned.isoformat()}"' in shown
    other = counter.act("tidigare", PROTOKOLL, frist=(planned - timedelta(days=1)).isoformat())  # the page of yesterday
    assert f"fristen skulle nu bli {instant_text(planned)}" in told(other)
    assert (
        counter.act("tidigare", PROTOKOLL, frist=planned.isoformat()).headers["location"]
        == f"{PROTOKOLL}?gjort=tidigare"
    )
    assert counter.one(PROTOKOLL.replace("/lage", "strandby")).deadline.at == planned
    assert "Bekräfta en tidigare frist" not in counter.text(PROTOKOLL)
    (row,) = counter.logged("frist.confirmed_earlier")
    assert row.who == "Ekonom E"
    assert "inget att bekräfta" in told(counter.act("tidigare", PROTOKOLL))


def test_the_letter_of_the_week_leads_to_the_button(counter):
    moved_earlier(counter)
    with counter.hall.town.store.read() as session:
        view = week_view(Scene(session, counter.hall.office(), counter.hall.now), "v. 37", {})
    (line,) = view.earlier
    page = line.page.removeprefix(counter.hall.public_url)
    assert page == f"{PROTOKOLL}#tidigare" and 'id="tidigare"' in counter.text(PROTOKOLL)
    letter = compose.weekly(view, counter.hall.office().sender)
    assert line.page in letter.text and f'href="{line.page}"' in letter.html and "confirm-earlier" not in letter.text


def test_the_letter_of_the_week_names_what_rests_as_people_say_it(counter):
    counter.act("vila", till="2027-09-17", skal="Vi väntar på fakturan.")
    with counter.hall.town.store.read() as session:
        view = week_view(Scene(session, counter.hall.office(), counter.hall.now), "v. 37", {})
    (line,) = (each for each in view.notes if each.what.startswith("Påminnelserna vilar: "))
    assert line.what.endswith(": delårsrapporten per den 31 augusti 2027, Bildningsnämnden")
    assert line.note == "Vi väntar på fakturan. (Ekonom E)"
