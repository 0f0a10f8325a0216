"""A letter that cannot be composed stops that letter alone; in the shadow nobody but the ekonomikontor reads along."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import func, insert, select, text, update

from actions.act import Act
from actions.alone import alone
from actions.ladder.held_against import hold_against_now
from actions.scene import Scene
from actions.service.holding_letters import hold_letters, release_letters
from actions.underlag.sending_back import send_back
from actions.underlag.taking_away import take_away
from app.wiring import _try_sender
from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.letters.mime import message_id
from store.database import Session, open_store
from store.plan.shadow import choose_utskick
from store.plan.waking import wake_all
from store.post.letter_keys import in_key
from store.post.letter_states import HANDED, REFUSED, TAKEN_BACK, WAITING
from store.post.letters import reserve
from store.service.installation import set_up
from store.service.rotten import FACT as ROTTEN
from store.tables import LetterRow, LogRow, Matter, NoticeRow, ObligationRow, Person, Setting, Submission
from store.upgrading import migrate
from tests.rig.climbing import CHIEF_OF, LATE, SECRETARY, afterwards, cases, climb, month
from tests.rig.load import people_of
from tests.rig.outbox_letters import letter
from tests.rig.processes.mailbox_process import Stands
from tests.rig.rounds import OFFICE, OWING, House, body, house, house_after, name_of
from tests.rig.swedish_words import instant

FIRST = "fredag 10 september 2027"


def test_a_letter_that_cannot_be_composed_stops_itself_alone_and_is_told_once_a_day() -> None:
    service = house_after()
    with service.store.begin() as session:
        person = session.scalars(select(Person).where(Person.address == f"{OWING[0]}@example.se")).one()
        torn = letter(1, state=HANDED)  # its id cannot stand in the header of the next letter in the thread
        torn.message_id, torn.thread = "trasigt id", f"delarsrapport/2027-08/{person.id}"
        session.add(torn)
        name = person.name
    service.morning(FIRST)
    service.round(f"{FIRST} kl. 08.30")
    assert sorted({name_of(mail) for mail in service.mails()} & set(OWING)) == OWING[1:]
    notes = [mail for mail in service.mails() if "kunde inte skrivas" in str(mail["Subject"])]
    assert [name_of(mail) for mail in notes] == ["ekonomikontoret"]
    assert name in str(notes[0]["Subject"])
    with service.store.begin() as session:
        assert len(session.scalars(select(LogRow).where(LogRow.what == "letter.failed")).all()) == 1
        session.delete(session.get_one(LetterRow, 1))
    service.round(f"{FIRST} kl. 10.00")
    assert len(service.to(OWING[0])) == 1


@pytest.mark.slow
def test_a_letter_whose_key_another_wrote_at_the_same_moment_is_done_again_and_told_to_nobody(postgres_url) -> None:
    migrate(postgres_url)
    store, office, tries = open_store(postgres_url), house().office, list[int]()

    def write(session: Session) -> str:
        tries.append(len(tries))
        if len(tries) == 1:  # the other's row is not seen yet
            session.execute(insert(Setting).values(name="färg", value="grön"))
        return "skrivet"

    def work(session: Session) -> str | None:
        return alone(Scene(session, office, instant(f"{FIRST} kl. 07.00")), "brevet", partial(write, session))

    with store.begin() as session:
        session.add(Setting(name="färg", value="röd"))
    assert store.carry_out(work) == "skrivet"
    with store.read() as session:
        assert tries == [0, 1] and session.scalars(select(LogRow)).all() == []
    store.close()


def test_an_obligation_that_cannot_be_thought_of_holds_up_no_other_and_is_tried_again(caplog) -> None:
    as_it_would_be, service = house_after(f"{FIRST} kl. 07.00"), house_after()
    with as_it_would_be.store.read() as session:
        every = session.scalars(select(NoticeRow).order_by(NoticeRow.id)).all()
        taken = every[0]
        states = {row.key: row.state for row in session.scalars(select(ObligationRow))}
    with service.store.begin() as session:  # its notice cannot be queued: another rung has the key
        session.add(
            NoticeRow(
                key=taken.key, due_at=taken.due_at, obligation_key=taken.obligation_key,
                rung="annan", role=taken.role, person_id=None, letter_id=None, made_at=taken.made_at, passed="prov",
            )
        )  # fmt: skip
    service.round(f"{FIRST} kl. 07.00")
    failed = [record.getMessage() for record in caplog.records if "obligation.failed" in record.getMessage()]
    assert failed == [f"obligation.failed key={taken.obligation_key}"]
    with service.store.read() as session:
        rows = session.scalars(select(NoticeRow).where(NoticeRow.passed.is_(None))).all()
        assert {row.key for row in rows} == {row.key for row in every} - {
            row.key for row in every if row.obligation_key == taken.obligation_key
        }
        again = session.get_one(ObligationRow, taken.obligation_key)
        assert again.wake_at == instant(f"{FIRST} kl. 08.00")
        others = {row.key: row.state for row in session.scalars(select(ObligationRow)) if row.key != again.key}
    assert others == {key: state for key, state in states.items() if key != again.key}


def test_in_the_shadow_no_copy_leaves_and_a_vacant_roles_letter_counts_as_tried_only() -> None:
    controllers = [
        line for line in people_of("strandby").splitlines() if line.startswith(("#", "roll,", "controller,"))
    ]
    service = house_after(utskick="skugga", people="\n".join(controllers))
    service.round(f"{FIRST} kl. 07.00")
    with service.store.read() as session:
        rows = session.scalars(select(LetterRow).join(NoticeRow, NoticeRow.letter_id == LetterRow.id)).all()
    assert rows
    assert all(row.shadow and row.to == [OFFICE] and row.cc == [] for row in rows)


def test_what_is_said_of_utskick_holds_at_once() -> None:
    service = house_after()
    with service.store.begin() as session:
        set_up(session, {"utskick": "av"}, instant(f"{FIRST} kl. 06.00"))
    assert service.morning(FIRST) == []
    service.office = replace(service.office, utskick_is_set=True)  # a setting wins over what the store says
    with service.store.begin() as session:
        wake_all(session, instant(f"{FIRST} kl. 09.00"))  # as a start does
    service.round(f"{FIRST} kl. 09.00")
    assert {name_of(mail) for mail in service.mails()} >= set(OWING)


def test_a_hold_needs_a_reason_and_ends() -> None:
    service, now = house_after(), instant(f"{FIRST} kl. 06.00")
    with service.store.begin() as session:
        with pytest.raises(RefusedError, match="varför"):
            hold_letters(Act(Scene(session, service.office, now), "Eva", "  "))
        hold_letters(Act(Scene(session, service.office, now), "Eva", "Fel frist."))
        assert release_letters(Act(Scene(session, service.office, now), "Eva"))
        assert not release_letters(Act(Scene(session, service.office, now), "Eva"))


@pytest.mark.parametrize("way", ["skugga", "hålls"])
def test_a_letter_that_was_written_just_before_utskick_was_chosen_is_held_against_now(way: str) -> None:
    """A minute old, and not as it was: sharply to nobody in the shadow, and not what came in while it was held."""
    service, at = month(), instant("fredag 15 oktober 2027 kl. 07.00")
    service.post.down = "ingen svarar"
    service.morning("fredag 15 oktober 2027")
    service.post.down = None
    with service.store.begin() as session:
        session.execute(update(LetterRow).values(attempts=0, tried_at=None, not_before=at))  # as if never tried
        if way == "skugga":
            choose_utskick(session, way, "Eva", at + timedelta(seconds=20), {"ksau"})
        else:
            hold_letters(Act(Scene(session, service.office, at + timedelta(seconds=10)), "Eva", "Fel frist."))
            release_letters(Act(Scene(session, service.office, at + timedelta(seconds=40)), "Eva"))
        waiting = reserve(session, at + timedelta(seconds=50), timedelta(minutes=30), 100)
        now = at + timedelta(seconds=60)
        (mine,) = [each for each in waiting if each.to == (f"{CHIEF_OF}@example.se",)]
    service.hand_in(LATE, "fredag 15 oktober 2027 kl. 07.00")
    with service.store.begin() as session:
        assert hold_against_now(service.office, session, mine, now) is None
        assert session.get_one(LetterRow, mine.id).state == (WAITING if way == "skugga" else TAKEN_BACK)


@pytest.mark.parametrize(
    "address", ["åsa@example.se", "ekonomi@exämple.se", "a b@example.se", "Ekonomi <e@example.se>"]
)
def test_a_sender_from_whom_no_letter_can_be_written_is_refused_at_start(address: str) -> None:
    with pytest.raises(RefusedError, match=r"ARSHJUL_MAIL_FROM: .* ekonomi@example\.se"):
        _try_sender(address)
    _try_sender("ekonomi@example.se")


def block(service: House, key: str) -> None:
    """Let a letter of this key be one that cannot be kept: its Message-ID is another's."""
    with service.store.begin() as session:
        row = letter((session.scalar(select(func.max(LetterRow.id))) or 0) + 1, state=HANDED)
        row.message_id = message_id(key, "example.se", service.office.secret)
        session.add(row)


def failed_words(service: House) -> list[str]:
    found = [
        " ".join(str(mail["Subject"]).split())
        for mail in service.mails()
        if "kunde inte skrivas" in str(mail["Subject"])
    ]
    return [each.removeprefix("Ett brev kunde inte skrivas: ") for each in found]


def test_a_word_of_a_refused_letter_that_cannot_be_written_holds_up_neither_the_other_nor_the_round() -> None:
    service = house_after()
    for name in OWING[:2]:
        service.post.refused[f"{name}@example.se"] = "550 5.1.1 Okänd mottagare"
    service.morning(FIRST)
    with service.store.read() as session:
        refused = session.scalars(select(LetterRow).where(LetterRow.state == REFUSED).order_by(LetterRow.id)).all()
    assert len(refused) == 2
    block(service, f"strandby/notis/{refused[0].id}")
    service.round(f"{FIRST} kl. 08.30")
    service.round(f"{FIRST} kl. 08.31")
    told = [body(mail) for mail in service.mails() if "Brev som inte kom fram" in str(mail["Subject"])]
    assert [OWING[1] in words for words in told] == [True]
    assert len(failed_words(service)) == 1 and "inte kom fram" in failed_words(service)[0]


def test_a_case_a_matters_end_and_a_word_after_ksau_that_cannot_be_written_stop_themselves_alone() -> None:
    town = month()
    town.post.refused[f"{CHIEF_OF}@example.se"] = "550 5.1.1 Okänd mottagare"
    town.morning("fredag 15 oktober 2027")
    with town.store.read() as session:
        notice = session.scalars(select(NoticeRow.id).order_by(NoticeRow.id.desc()).limit(1)).one()
    for number in range(notice + 1, notice + 40):
        block(town, f"strandby/inte-nadd/2027-10-18/{number}")
    before = len(town.mails())
    town.morning("måndag 18 oktober 2027")
    assert "brevet om dem som inget brev har nått" in failed_words(town)
    assert len(town.mails()) > before + 1  # the others' letters went
    climb(town, ("tisdag 19", "onsdag 20", "torsdag 21"))
    assert cases(town)  # the next day it could be written

    with town.store.read() as session:
        first, second = session.scalars(select(Matter).order_by(Matter.id).limit(2)).all()
        secretary = session.scalars(select(Person).where(Person.address == f"{SECRETARY}@example.se")).one().id
    block(town, f"{first.obligation_key}/andrat/{first.id}-2027-11-02/{in_key(secretary)}")
    for matter in (first, second):
        town.hand_in(matter.obligation_key, "fredag 22 oktober 2027 kl. 09.00")
    town.round("fredag 22 oktober 2027 kl. 09.30")
    assert {row.obligation_key: row.state for row in town.rows(Matter)} == {
        row.obligation_key: "återkallat" if row.id == second.id else "väckt" for row in town.rows(Matter)
    }
    with town.store.begin() as session:
        for row in session.scalars(select(LetterRow).where(LetterRow.key.like("brev/%"))):
            session.delete(row)
    town.round("fredag 22 oktober 2027 kl. 10.31")
    assert {row.id: row.state for row in town.rows(Matter)}[first.id] == "återkallat"

    town.morning("onsdag 3 november 2027")
    with town.store.read() as session:
        last = session.scalars(select(NoticeRow.id).order_by(NoticeRow.id.desc()).limit(1)).one()
    for number in range(last + 1, last + 20):
        block(town, f"strandby/manadsrapport/2027-09/efter-ksau/{number}/{in_key(secretary)}")
    town.morning("torsdag 4 november 2027")
    assert afterwards(town, "ekonomikontoret") and not afterwards(town, SECRETARY)
    assert any(words.startswith("brevet efter mötet till ") for words in failed_words(town))


def test_in_the_shadow_no_copy_leaves_of_what_is_sent_back_taken_away_or_brought_before_ksau() -> None:
    town = month(utskick="skugga")
    town.round("torsdag 14 oktober 2027 kl. 08.00")
    town.hand_in(LATE, "torsdag 14 oktober 2027 kl. 09.00")
    with town.store.begin() as session:
        scene = Scene(session, town.office, instant("torsdag 14 oktober 2027 kl. 10.00"))
        versions = session.scalars(select(Submission.id).where(Submission.obligation_key == LATE)).all()
        send_back(Act(scene, "Eva", "tabellen stämmer inte"), LATE, (), date(2027, 10, 20))
        take_away(
            Act(scene, "Eva", "fel fil"), LATE, versions[0], "misstag", date(2027, 10, 21), decision="KS 2027 § 12"
        )
    climb(town)
    with town.store.read() as session:
        rows = session.scalars(select(LetterRow)).all()
    kinds = {row.kind for row in rows}
    assert {"borttagen handling", "återremiss"} <= kinds and "ksau" in {row.rung for row in rows}
    assert {tuple(row.to) for row in rows} == {(OFFICE,)}
    assert not any(row.cc for row in rows)
    assert {recipients for _, recipients, _ in town.post.sent} == {(OFFICE,)}


def test_what_was_frozen_before_utskick_was_switched_off_stays_also_the_shadow_letters() -> None:
    service = house_after(utskick="skugga")
    service.post.down = "E-postservern svarar inte."
    service.morning(FIRST)
    with service.store.begin() as session:
        session.add(letter(900, state="väntar", not_before=instant(f"{FIRST} kl. 07.00")))  # frozen sharply
        choose_utskick(session, "av", "Eva", instant(f"{FIRST} kl. 08.00"), {"ksau"})
    service.post.down = None
    clock = Stands(instant(f"{FIRST} kl. 09.00"))
    machine = Machine(store=service.store, office=service.office, clock=clock, post=lambda: service.post)
    asyncio.run(Watchdog(machine).outbox.empty())
    assert service.post.sent == []
    with service.store.begin() as session:
        waiting = session.scalars(select(LetterRow).where(LetterRow.state == "väntar")).all()
        assert {row.shadow for row in waiting} == {True, False}
        choose_utskick(session, "skugga", "Eva", clock.now, {"ksau"})
    asyncio.run(Watchdog(machine).outbox.empty())
    assert len(service.post.sent) == len(waiting)


def test_a_week_that_cannot_be_written_holds_up_no_word_of_what_may_be_gallrat() -> None:
    """Letters are kept for ten years after the end of 2027; the torn row is one that the week's letter alone reads."""
    service = house_after(FIRST + " kl. 07.00")
    monday = instant("måndag 11 januari 2038 kl. 07.30")
    with service.store.begin() as session:
        set_up(session, {ROTTEN: "en trasig rad"}, monday)
    machine = Machine(store=service.store, office=service.office, clock=Stands(monday), post=lambda: service.post)
    watchdog = Watchdog(machine, grace=timedelta(0))
    asyncio.run(watchdog.round())
    asyncio.run(watchdog.outbox.empty())
    assert failed_words(service) == ["veckans brev"]
    assert "Uppgifter som får gallras" in [str(mail["Subject"]) for mail in service.to("ekonomikontoret")]


def test_roles_that_cannot_be_looked_for_hold_up_neither_the_rounds_letters_nor_the_week() -> None:
    """What is asked before the word is written stands in the word's own savepoint too."""
    service = house_after(since=date(2027, 9, 6))
    with service.store.begin() as session:  # a torn row: its last day is none
        session.execute(text("UPDATE holder SET until = 'snart' WHERE role = 'registrator'"))
    clock = Stands(instant("måndag 13 september 2027 kl. 07.30"))
    machine = Machine(store=service.store, office=service.office, clock=clock, post=lambda: service.post)
    watchdog = Watchdog(machine, grace=timedelta(0))
    for _ in range(2):
        asyncio.run(watchdog.round())
    asyncio.run(watchdog.outbox.empty())
    assert {str(mail["Subject"])[:6] for mail in service.to(OWING[0])} != set()
    assert failed_words(service) == ["brevet om roller utan innehavare"]
    with service.store.read() as session:
        assert session.scalar(select(func.count()).where(LetterRow.kind == "veckans brev")) == 1
