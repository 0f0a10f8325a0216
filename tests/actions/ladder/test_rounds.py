"""A round on a store in memory, with a post that is a list: what goes to whom, once, and what is held back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from threading import Barrier
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from actions.ladder.rounds import bring_up
from actions.people.seating import change_holder
from actions.plan.frister import confirm_earlier
from actions.scene import Scene
from arshjul.definition.reach import body_told
from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import DefinitionError
from store.database import Store, alone, open_store
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.tables import LetterRow, Matter, NoticeRow, ObligationRow, Person
from store.upgrading import migrate
from submissions.files.parts import KINDS, Upload
from submissions.intake.receive import receive
from submissions.templates.given_malls import handed_out
from submissions.templates.mall import NOTHING_KNOWN
from submissions.templates.own import own_files
from tests.rig.acts import act
from tests.rig.climbing import LATE, month
from tests.rig.files.filling import careful
from tests.rig.files.malls import FILES, OWN, mall, wheel
from tests.rig.handins import PDF
from tests.rig.hedemora import BIN_UNDERLAG as HEDEMORAS
from tests.rig.hedemora import whole_hedemora
from tests.rig.load import people_of, strandby, text
from tests.rig.pages.doors import Doors
from tests.rig.rounds import OFFICE, OWING, attached, body, house, house_after, name_of, only, weekly
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

BIN_UNDERLAG = "strandby/delarsrapport/2027-08/bildningsnamnden/underlag"  # frist: tisdag 21 september 2027 kl. 16.00
BIN_PROGNOS = "strandby/prognos/2027-08/bildningsnamnden/underlag"
OMN_UNDERLAG = "strandby/delarsrapport/2027-08/omsorgsnamnden/underlag"


def test_two_rounds_in_a_minute_write_the_same_letters_once():
    service = house_after()
    first = service.round("fredag 10 september 2027 kl. 07.00")
    second = service.round("fredag 10 september 2027 kl. 07.01")
    assert sorted(letter.to[0].removesuffix("@example.se") for letter in first.letters) == OWING
    assert second.letters == ()
    assert len(service.post.sent) == len(OWING)


def both_at_once(store: Store) -> list[int]:
    """Let two services plan and bring up the same instant on one database at the same time."""
    office, now, ready = house().office, instant("fredag 10 september 2027 kl. 07.00"), Barrier(2)
    with store.begin() as session:
        import_people(session, people_of("strandby"), "personer.csv", strandby().definition, now, "test")

    def one(_number: int) -> int:
        ready.wait()
        with store.begin() as session:
            alone(session)
            scene = Scene(session, office, now)
            sync(session, scene.wheel, now)
            return len(bring_up(scene).letters)

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


def test_a_second_service_at_the_same_moment_writes_nothing_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'arshjul.db'}"
    migrate(url)
    store = open_store(url)
    assert both_at_once(store) == [0, len(OWING)]
    store.close()


@pytest.mark.slow  # starts a PostgreSQL server
def test_a_second_service_at_the_same_moment_writes_nothing_again_on_postgresql(postgres_url):
    migrate(postgres_url)
    store = open_store(postgres_url)
    assert both_at_once(store) == [0, len(OWING)]
    store.close()


def test_nothing_goes_outside_the_sending_hours_and_all_of_it_when_they_begin():
    service = house_after()
    for closed in (
        "fredag 10 september 2027 kl. 06.59",
        "fredag 10 september 2027 kl. 17.00",
        "lördag 11 september 2027 kl. 10.00",
    ):
        assert service.round(closed).letters == ()
    assert len(service.morning("måndag 13 september 2027")) == len(OWING)


def test_a_refused_address_holds_the_ladder_and_the_ekonomikontoret_is_told_once():
    service = house_after(steps=("delarsrapport",))
    service.post.refused["forvaltningschef.bildning@example.se"] = "550 5.1.1 Okänd mottagare"
    service.morning("onsdag 22 september 2027")  # sen
    service.round("onsdag 22 september 2027 kl. 07.01")
    service.round("onsdag 22 september 2027 kl. 07.02")
    service.morning("torsdag 23 september 2027")
    notes = [mail for mail in service.to("ekonomikontoret") if "inte kom fram" in str(mail["Subject"])]
    assert len(notes) == 1
    assert "forvaltningschef.bildning@example.se: »550 5.1.1 Okänd mottagare«" in body(notes[0])
    assert "nådde inte alla mottagare" not in body(notes[0])
    assert str(notes[0]["Date"]).startswith("Wed, 22 Sep 2027 07:01")
    told_up = body(service.to("ekonomichef")[0])  # the next rung, its day after, of those who had the word
    assert "Omsorgsnämnden" in told_up
    assert "Bildningsnämnden" not in told_up


def test_a_refused_copy_is_told_too_and_the_letter_itself_is_handed_over():
    service = house_after(steps=("delarsrapport",))
    service.post.refused["controller.omsorg@example.se"] = "550 Okänd"
    service.round("fredag 10 september 2027 kl. 07.00")
    service.round("fredag 10 september 2027 kl. 07.01")
    assert len(service.to("forvaltningschef.omsorg")) == 1
    assert "nådde inte alla mottagare" in body(service.to("ekonomikontoret")[0])


def test_a_note_that_is_refused_itself_makes_no_new_note():
    service = house_after(steps=("delarsrapport",))
    service.post.refused |= {"forvaltningschef.bildning@example.se": "550 Nej", OFFICE: "550 Nej"}
    for minute in range(4):
        service.round(f"fredag 10 september 2027 kl. 07.0{minute}")
    assert [letter.kind for letter in service.rows(LetterRow)].count("notis") == 1


def test_two_reports_on_one_day_are_one_letter_per_person():
    # fredag 5 mars: sen för årsredovisningens beslut (fristen var torsdag 4 mars), start för månadsrapport februari
    service = house(only("arsredovisning", "manadsrapport"), since=date(2027, 3, 3))
    told = service.morning("fredag 5 mars 2027")
    assert len(told) == len({to for to, _ in told})
    (letter,) = service.to("forvaltningschef.bildning")
    assert "årsredovisningen" in body(letter).lower() or "Årsredovisning" in body(letter)
    assert "Månadsrapport februari 2027" in body(letter)


def test_what_falls_due_after_the_letter_of_the_day_goes_the_next_working_day_at_seven():
    service = house_after("fredag 10 september 2027 kl. 07.00", "tisdag 14 september 2027 kl. 07.00")
    service.anstand(OMN_UNDERLAG, date(2027, 9, 23), "tisdag 14 september 2027 kl. 10.00")
    assert service.round("tisdag 14 september 2027 kl. 10.00").letters == ()
    with service.store.read() as session:
        row = session.get(ObligationRow, OMN_UNDERLAG)
    assert row is not None
    assert row.wake_at == instant("onsdag 15 september 2027 kl. 07.00")
    told = service.morning("onsdag 15 september 2027")
    assert [to for to, _ in told] == ["forvaltningschef.omsorg"]


def test_a_moved_frist_is_told_once_with_a_new_calendar_file():
    service = house_after("fredag 10 september 2027 kl. 07.00")
    service.anstand(OMN_UNDERLAG, date(2027, 9, 23), "måndag 13 september 2027 kl. 10.00")
    service.round("måndag 13 september 2027 kl. 10.00")
    service.round("måndag 13 september 2027 kl. 10.01")
    first, moved = service.to("forvaltningschef.omsorg")
    calendar = "Frist underlag till delårsrapporten augusti 2027 Omsorgsnämnden.ics"
    assert (attached(first)[0], attached(moved)) == (calendar, [calendar])
    assert "torsdag 23 september" in body(moved)
    assert "tisdag 21 september" in body(moved)
    assert service.morning("tisdag 14 september 2027")  # the others' reminder
    assert len(service.to("forvaltningschef.omsorg")) == 2


def test_a_frist_that_moves_twice_in_a_day_is_told_twice_that_day():
    service = house_after("fredag 10 september 2027 kl. 07.00")
    for hour, day in ((10, 22), (13, 23)):
        service.anstand(OMN_UNDERLAG, date(2027, 9, day), f"måndag 13 september 2027 kl. {hour}.00")
        for minute in (0, 1):
            service.round(f"måndag 13 september 2027 kl. {hour}.0{minute}")
    _, first, second = service.to("forvaltningschef.omsorg")
    assert "onsdag 22 september" in body(first)
    assert "torsdag 23 september" in body(second)
    assert [str(mail["X-Arshjul-Key"]) for mail in (first, second)] == [
        "strandby/flyttad-frist/2027-09-13/forvaltningschef.omsorg@example.se",
        "strandby/flyttad-frist/2027-09-13/forvaltningschef.omsorg@example.se/2",
    ]


def test_a_frist_moves_earlier_when_the_ekonomikontoret_confirms_and_those_who_were_told_are_told():
    service, protokoll = (
        house_after(steps=("delarsrapport",)),
        "strandby/delarsrapport/2027-08/bildningsnamnden/protokoll",
    )
    service.meeting("bildningsnamnden", date(2027, 9, 23), date(2027, 9, 28), "onsdag 1 september 2027 kl. 09.00")
    service.morning("onsdag 29 september 2027")  # told: tisdag 5 oktober
    service.meeting("bildningsnamnden", date(2027, 9, 28), date(2027, 9, 27), "onsdag 29 september 2027 kl. 09.00")
    service.morning("torsdag 30 september 2027")
    assert len(service.to("forvaltningschef.bildning")) == 1  # the told frist stands
    with service.store.begin() as session:
        now = instant("torsdag 30 september 2027 kl. 09.00")
        confirm_earlier(act(session, now, office=service.office), protokoll)
    service.morning("fredag 1 oktober 2027")
    assert "måndag 4 oktober" in body(service.to("forvaltningschef.bildning")[-1])


def test_the_calendar_file_comes_in_the_first_letter_only():
    service = house_after("fredag 10 september 2027 kl. 07.00", "tisdag 14 september 2027 kl. 07.00")
    first, reminder = service.to("forvaltningschef.bildning")
    assert [name for name in attached(first) if str(name).endswith(".ics")] == attached(first)[:1]
    assert attached(reminder) == []


def with_contents() -> Sourced:
    """Hedemora's delårsrapport and prognos with what their parts are made of, of two who have the most of it."""
    whole = whole_hedemora()
    steps = {each: whole.definition.steps[each] for each in ("delarsrapport", "prognos")}
    units = {each: whole.definition.units[each] for each in ("kommunstyrelsen", "bildningsnamnden")}
    return replace(whole, definition=whole.definition.model_copy(update={"steps": steps, "units": units}))


def test_the_mallar_of_what_the_reader_owes_come_in_the_first_letter_and_are_told_in_it():
    service = house(with_contents())
    service.morning("fredag 10 september 2027")
    service.morning("tisdag 14 september 2027")
    first, reminder = service.to("forvaltningschef.bildning")
    malls = [part for part in first.iter_attachments() if not str(part.get_filename()).endswith(".ics")]
    # the delårsrapport's own, and the prognos's, which is handed in with it
    assert [part.get_filename() for part in malls] == [
        "Delårsrapport 2027-08 Bildningsnämnden Ekonomi.xlsx",
        "Delårsrapport 2027-08 Bildningsnämnden Mål- och resultatuppföljning.docx",
        "Delårsrapport 2027-08 Bildningsnämnden Riskanalys, åtgärder och kontrollinsatser.docx",
        "Prognos 2027-08 Bildningsnämnden Planerade åtgärder.docx",
    ]
    assert {part.get_content_type() for part in malls} == {KINDS["xlsx"].media_type, KINDS["docx"].media_type}
    one = wheel().obligations[HEDEMORAS]
    ours = handed_out(service.office.definition, {}, one, one.parts[0], NOTHING_KNOWN)
    assert malls[0].get_payload(decode=True) == ours.content
    assert "Mallarna att fylla i" in body(first)
    assert "De ligger som filer i brevet." in body(first)
    assert "Prognos 2027-08 Bildningsnämnden Planerade åtgärder.docx" in body(first)
    assert "Mallarna" not in body(reminder)
    assert len(first.as_bytes()) < 400_000
    assert [name for name in attached(service.to("hr-chef")[0]) if not str(name).endswith(".ics")] == [
        "Delårsrapport 2027-08 Kommunstyrelsen Personalberättelse.docx"
    ]


def test_a_mall_of_a_part_that_is_in_already_is_not_sent():
    service = house(with_contents())
    content = careful(mall("delarsrapport", "2027-08", "bildningsnamnden", "ekonomi"))
    with service.store.begin() as session:
        now = instant("torsdag 9 september 2027 kl. 09.00")
        receive(session, Scene(session, service.office, now).wheel, HEDEMORAS, "ekonomi",
                upload=Upload(filename="a.xlsx", content=content), fields={}, by="chef", via="länk", now=now)  # fmt: skip
    service.morning("fredag 10 september 2027")
    (first,) = service.to("forvaltningschef.bildning")
    assert "Delårsrapport 2027-08 Bildningsnämnden Ekonomi.xlsx" not in attached(first)
    assert "Prognos 2027-08 Bildningsnämnden Planerade åtgärder.docx" in attached(first)


def test_an_own_mall_goes_with_the_letter_marked_for_whom_it_is():
    read = read_definition(text("hedemora") + OWN, "kommun.yaml")
    own = own_files(read, FILES)
    units = {"bildningsnamnden": read.definition.units["bildningsnamnden"]}
    service = house(replace(read, definition=read.definition.model_copy(update={"units": units})))
    service = replace(service, office=replace(service.office, own=own))
    service.morning("fredag 10 september 2027")
    (letter,) = service.to("forvaltningschef.bildning")
    sent = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}
    given = sent["Delårsrapport 2027-08 Bildningsnämnden Mål- och resultatuppföljning.docx"]
    with ZipFile(BytesIO(own["berattelse"])) as mine, ZipFile(BytesIO(given)) as theirs:
        assert theirs.read("word/document.xml") == mine.read("word/document.xml")
        assert b">bildningsnamnden<" in theirs.read("docProps/custom.xml")


def test_the_prognos_is_reminded_of_in_its_hosts_letter_and_keeps_its_own_state():
    service = house_after("fredag 10 september 2027 kl. 07.00")
    (letter,) = service.to("forvaltningschef.bildning")
    assert all(part in body(letter) for part in ("Ekonomi (utfall", "Planerade åtgärder"))
    assert "Helårsprognos" not in body(letter)  # it is in Ekonomi
    service.hand_in(BIN_UNDERLAG, "fredag 10 september 2027 kl. 09.00")
    service.round("fredag 10 september 2027 kl. 09.00")
    with service.store.read() as session:
        states = {key: session.get(ObligationRow, key).state for key in (BIN_UNDERLAG, BIN_PROGNOS)}
    assert states == {BIN_UNDERLAG: "Preliminär", BIN_PROGNOS: "Ofullständig"}
    service.morning("tisdag 14 september 2027")
    reminder = body(service.to("forvaltningschef.bildning")[1])
    assert "Planerade åtgärder" in reminder
    assert "Ekonomi (utfall" not in reminder
    service.hand_in(BIN_PROGNOS, "tisdag 14 september 2027 kl. 09.00")
    assert "forvaltningschef.bildning" not in [to for to, _ in service.morning("måndag 20 september 2027")]


def test_a_new_holder_is_told_at_once_of_a_prognos_that_remains_when_its_host_is_in() -> None:
    """The month's report and the prognos are due Friday 12 November 16.00."""
    town = house_after("fredag 5 november 2027 kl. 07.00", steps=("manadsrapport", "prognos"))
    key = "strandby/manadsrapport/2027-10/bildningsnamnden/underlag"
    town.hand_in(key, "måndag 8 november 2027 kl. 09.00")
    town.round("måndag 8 november 2027 kl. 09.00")
    with town.store.begin() as session:
        assert session.get_one(ObligationRow, key).state == "Komplett"
        now = act(session, instant("tisdag 9 november 2027 kl. 10.00"), why="har slutat", office=town.office)
        change_holder(now, ("forvaltningschef", "bildningsnamnden"), "Ny Chef", "ny@example.se", date(2027, 11, 9))
    town.round("tisdag 9 november 2027 kl. 10.01")
    (word,) = town.to("ny")
    assert "Helårsprognos" in body(word)


def test_utskick_av_says_nothing_to_anybody():
    service = house_after(utskick="av")
    assert service.morning("fredag 10 september 2027") == []
    assert service.rows(NoticeRow) == []


def test_a_role_that_nobody_holds_is_told_to_the_ekonomikontoret():
    without = "\n".join(line for line in people_of("strandby").splitlines() if "forvaltningschef.bildning@" not in line)
    service = house_after(people=without)
    told = [to for to, _ in service.morning("fredag 10 september 2027")]
    assert sorted(told) == sorted(["ekonomikontoret", *OWING[1:]])
    assert "Bildningsnämnden" in body(service.to("ekonomikontoret")[0])


def test_letters_about_one_report_thread_under_the_first():
    service = house_after(*(f"{day} september 2027 kl. 07.00" for day in ("fredag 10", "tisdag 14", "måndag 20")))
    first, *later = service.to("forvaltningschef.omsorg")
    assert first["In-Reply-To"] is None
    assert [mail["In-Reply-To"] for mail in later] == [first["Message-ID"]] * 2
    assert [mail["References"] for mail in later] == [first["Message-ID"]] * 2
    assert len({mail["Message-ID"] for mail in service.mails()}) == len(service.mails())


def test_a_letter_carries_its_key_and_the_prefect_run_that_wrote_it():
    service = house_after()
    service.round("fredag 10 september 2027 kl. 07.00", run_id="5f0c2b1e-0000-4000-8000-000000000001")
    assert {mail["X-Arshjul-Run"] for mail in service.mails()} == {"5f0c2b1e-0000-4000-8000-000000000001"}
    assert service.to("hr-chef")[0]["X-Arshjul-Key"] == "strandby/brev/2027-09-10/hr-chef@example.se"


def test_an_address_with_swedish_letters_does_not_stop_the_others():
    odd = people_of("strandby").replace("hr-chef@example.se", "hr-chéf@exämple.se")
    with pytest.raises(DefinitionError, match="utan å, ä, ö"):
        house(people=odd)
    service = house()  # one that was read in before that was refused
    with service.store.begin() as session:
        session.scalars(
            select(Person).where(Person.address == "hr-chef@example.se")
        ).one().address = "hr-chéf@exämple.se"
    told = {to for to, _ in service.morning("fredag 10 september 2027")}
    assert set(OWING) - {"hr-chef"} <= told


def test_the_letter_of_the_week_goes_once_on_the_weeks_first_working_day():
    service = house_after(since=date(2027, 3, 1))
    assert weekly(service, "måndag 29 mars 2027 kl. 09.00") is None  # annandag påsk
    assert weekly(service, "tisdag 30 mars 2027 kl. 06.59") is None
    assert weekly(service, "tisdag 30 mars 2027 kl. 07.00") is not None
    assert weekly(service, "onsdag 31 mars 2027 kl. 07.00") is None
    assert weekly(service, "måndag 5 april 2027 kl. 07.00") is not None


def test_the_letter_of_the_week_comes_although_the_week_began_while_the_service_was_down():
    assert weekly(house_after(), "torsdag 16 september 2027 kl. 11.00") is not None


def test_a_matter_whose_enhet_gets_a_new_frist_is_withdrawn_and_the_ladder_begins_anew() -> None:
    """The månadsrapport for September, due Thursday 14 October; KSAU meets 2 November, agenda closes the 27th."""
    town, late = month("fredag 15", "måndag 18", "tisdag 19", "onsdag 20", "torsdag 21"), LATE
    assert len(town.to("ksau.sekreterare")) == 1
    town.anstand(late, date(2027, 10, 21), "torsdag 21 oktober 2027 kl. 08.00")
    town.round("torsdag 21 oktober 2027 kl. 08.01")
    withdrawn = town.to("ksau.sekreterare")[-1]
    assert withdrawn["Subject"].startswith("Kvar: ")  # the others' matters stand
    words = " ".join(withdrawn.get_body(("plain",)).get_content().split())
    assert "enheten har fått ny frist, torsdag 21 oktober 2027 kl. 16.00" in words
    states = {row.obligation_key: row.state for row in town.rows(Matter)}
    assert states[late] == "återkallat"
    assert set(states.values()) == {"återkallat", "väckt"}  # the others' matters stand
    told = [subject for to, subject in town.morning("fredag 22 oktober 2027") if to == "forvaltningschef.bildning"]
    assert told[0].startswith("Försenat")  # the first rung after the new frist, not the one where it was


def test_a_copy_that_is_deferred_for_ever_does_not_hold_up_the_ladder() -> None:
    town = house_after()
    town.post.deferred["controller.bildning@example.se"] = "452 mailbox full"
    for day in ("fredag 10", "tisdag 14", "måndag 20", "onsdag 22"):
        town.morning(f"{day} september 2027")
    assert len(town.to("forvaltningschef.bildning")) >= 4


def test_a_reader_who_cannot_be_given_a_letter_for_five_days_counts_as_refused_and_the_ladder_goes_on() -> None:
    town = house_after()
    town.post.deferred["forvaltningschef.bildning@example.se"] = "450 greylisted"
    town.morning("fredag 10 september 2027")
    for day in ("lördag 11", "söndag 12", "måndag 13", "tisdag 14", "onsdag 15", "torsdag 16"):
        town.round(f"{day} september 2027 kl. 12.00")
    mine = [row for row in town.rows(LetterRow) if row.person_id == "forvaltningschef.bildning@example.se"]
    assert [(row.rung, row.state) for row in mine] == [("start", "avvisat"), ("paminnelse-5", "väntar")]
    assert "450 greylisted (prövat i 5 dagar)" in body(town.to("ekonomikontoret")[-1])


def test_a_word_of_a_moved_matter_that_waits_goes_to_the_secretary_who_came() -> None:
    town = house_after()
    for day in ("onsdag 22", "torsdag 23", "fredag 24", "måndag 27", "tisdag 28"):
        town.morning(f"{day} september 2027")
    town.meeting("ksau", date(2027, 10, 5), date(2027, 10, 12), "tisdag 28 september 2027 kl. 19.00")
    town.round("tisdag 28 september 2027 kl. 19.01")  # the sending hours are over
    with town.store.begin() as session:
        now = act(session, instant("onsdag 29 september 2027 kl. 06.00"), why="har slutat", office=town.office)
        change_holder(now, ("ksau_sekreterare", None), "Ny Sekreterare", "ny@example.se", date(2027, 9, 29))
    town.round("onsdag 29 september 2027 kl. 07.01")
    moved = [mail for mail in town.mails() if str(mail["Subject"]).startswith("Ärendet flyttas")]
    assert sorted(map(name_of, moved)) == ["ksau.ordforande", "ny"]
    (new,) = [body(mail) for mail in moved if name_of(mail) == "ny"]
    assert "Hej Ny Sekreterare!" in new and "går i stället till tisdag 12 oktober 2027" in new
    doors = Doors(town)
    doors.follow("onsdag 29 september 2027 kl. 07.05", "flyttat")
    assert ("flyttat", "organ") in doors.opened


def test_a_matter_follows_its_meeting_and_is_withdrawn_by_the_new_agenda() -> None:
    """KSAU of 5 October (agenda closes 29 September) is moved to the 12th (closes 6 October 12.00)."""
    town = house_after()
    for day in ("onsdag 22", "torsdag 23", "fredag 24", "måndag 27", "tisdag 28"):
        town.morning(f"{day} september 2027")
    town.meeting("ksau", date(2027, 10, 5), date(2027, 10, 12), "onsdag 29 september 2027 kl. 10.00")
    town.round("onsdag 29 september 2027 kl. 10.01")
    moved = [mail for mail in town.to("ksau.sekreterare") if str(mail["Subject"]).startswith("Ärendet flyttas")]
    assert "går i stället till tisdag 12 oktober 2027" in body(moved[0])
    assert len(moved) == 1 and "delårsrapport augusti 2027, 4 enheter" in body(moved[0])  # in one letter
    for hour, before, after in ((11, 12, 13), (12, 13, 12)):  # away, and back to where it has been before
        town.meeting("ksau", date(2027, 10, before), date(2027, 10, after), f"onsdag 29 september 2027 kl. {hour}.00")
        town.round(f"onsdag 29 september 2027 kl. {hour}.01")
    again = [mail for mail in town.to("ksau.sekreterare") if str(mail["Subject"]).startswith("Ärendet flyttas")]
    days = [f"går i stället till {day} oktober 2027" for day in ("tisdag 12", "onsdag 13", "tisdag 12")]
    assert len(again) == 3 * len(moved)
    assert [any(day in body(mail) for mail in again[n :: len(moved)]) for n, day in enumerate(days)] == [True] * 3
    for key in (BIN_UNDERLAG, BIN_PROGNOS):
        town.hand_in(key, "måndag 4 oktober 2027 kl. 10.00")
    town.round("måndag 4 oktober 2027 kl. 10.01")
    states = {row.obligation_key: (row.state, row.meeting_day) for row in town.rows(Matter)}
    assert states[BIN_UNDERLAG] == ("återkallat", date(2027, 10, 12))


def test_a_later_version_that_is_not_complete_does_not_undo_the_one_that_was() -> None:
    town = house_after()
    for key in (BIN_UNDERLAG, BIN_PROGNOS):
        town.hand_in(key, "måndag 13 september 2027 kl. 10.00")
    with town.store.begin() as session:
        wheel = Scene(session, town.office, instant("tisdag 14 september 2027 kl. 08.00")).wheel
        cut = Upload(filename="avbruten.pdf", content=PDF.replace(b"%%EOF", b""))
        attempt = receive(session, wheel, BIN_UNDERLAG, "ekonomi", upload=cut, by="chef", via="länk",
                          now=instant("tisdag 14 september 2027 kl. 08.00"))  # fmt: skip
    assert not attempt.complete
    town.round("tisdag 14 september 2027 kl. 08.01")
    state = {row.key: row.state for row in town.rows(ObligationRow)}[BIN_UNDERLAG]
    assert state == "Preliminär"
    assert town.to("forvaltningschef.bildning") == []


def test_the_body_is_the_one_that_most_of_the_rung_belongs_to_whatever_the_order() -> None:
    definition = strandby().definition
    turned = definition.model_copy(update={"bodies": dict(reversed(definition.bodies.items()))})
    rung = definition.ladders["delarsrapport"].rungs[-1]
    assert [body_told(each, rung)[0] for each in (definition, turned)] == ["ksau", "ksau"]
