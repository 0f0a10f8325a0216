"""Skugga: what the ekonomikontoret alone is shown, and what is told anew when letters go to people."""

from datetime import date

import pytest
from sqlalchemy import select

from actions.plan.tidplan import fix_tidplan
from actions.scene import Scene
from store.plan.shadow import choose_utskick
from store.post.notices import MOVED, queue, queued
from store.tables import LetterRow, NoticeRow
from tests.rig.acts import act
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, month
from tests.rig.outbox_letters import letter
from tests.rig.rounds import OFFICE, OWING, body, go_live, house, house_after, name_of, only
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

CHIEF = f"{CHIEF_OF}@example.se"


def test_in_skugga_every_letter_goes_to_the_ekonomikontoret_and_says_who_would_have_got_it():
    service = house_after(utskick="skugga")
    assert [to for to, _ in service.morning("fredag 10 september 2027")] == ["ekonomikontoret"] * len(OWING)
    assert {recipients for _, recipients, _ in service.post.sent} == {(OFFICE,)}
    text = "".join(body(mail) for mail in service.mails())
    assert all(f"{name}@example.se" in text for name in [*OWING, "controller.omsorg"])


def test_skarpt_is_silent_of_a_tidplan_that_nobody_has_fastst_and_speaks_when_somebody_has():
    service = house(only("delarsrapport", "prognos", tidplan=False))
    assert service.morning("fredag 10 september 2027") == []
    with service.store.begin() as session:
        now = instant("måndag 13 september 2027 kl. 09.00")
        fix_tidplan(act(session, now, office=service.office), 2027, date(2027, 9, 12), "§ 1")
    service.round("måndag 13 september 2027 kl. 09.00")
    assert len(service.post.sent) == len(OWING)


def test_in_skugga_a_tidplan_that_is_not_fastst_is_tried_out():
    service = house(only("delarsrapport", "prognos", tidplan=False), utskick="skugga")
    assert len(service.morning("fredag 10 september 2027")) == len(OWING)


def test_what_only_the_ekonomikontoret_saw_in_skugga_is_told_anew_and_nobody_meets_ksau_untold() -> None:
    town = house_after(utskick="skugga")
    for day in ("fredag 10", "onsdag 22", "torsdag 23", "fredag 24", "måndag 27", "tisdag 28"):
        town.morning(f"{day} september 2027")
    assert {name_of(mail) for mail in town.mails()} == {"ekonomikontoret"}
    go_live(town, "tisdag 28 september 2027 kl. 10.00")
    first = town.morning("onsdag 29 september 2027")
    assert "forvaltningschef.bildning" in {to for to, _ in first}
    assert not {to for to, _ in first} & {"ksau.sekreterare", "ekonomichef"}
    chief = town.to("forvaltningschef.bildning")
    assert [str(mail["Subject"])[:9] for mail in chief] == ["Försenat:"]
    assert chief[0]["In-Reply-To"] is None  # its thread begins with a letter that the reader has
    above = [to for day in ("torsdag 30 september", "fredag 1 oktober") for to, _ in town.morning(f"{day} 2027")]
    assert "ekonomichef" in above
    assert "ksau.sekreterare" not in above


def test_whose_word_alone_was_shown_in_the_shadow_gets_it_afterwards_and_those_whom_it_had_reached_do_not() -> None:
    town = house_after("fredag 10 september 2027 kl. 07.00")
    town.morning("onsdag 22 september 2027")
    with town.store.begin() as session:
        late = select(LetterRow).where(LetterRow.person_id == "kommundirektor@example.se", LetterRow.rung == "sen")
        session.scalars(late).one().shadow = True  # as when it had waited for the post until the shadow began
    go_live(town, "onsdag 22 september 2027 kl. 10.00")
    told = [to for to, subject in town.morning("torsdag 23 september 2027") if subject.startswith("Försenat: underlag")]
    assert told == ["kommundirektor"]
    assert "ekonomichef" in [to for to, _ in town.morning("fredag 24 september 2027")]  # the ladder goes on after it


@pytest.mark.parametrize("way", ["refused", "deferred"])
def test_whose_last_word_was_shown_gets_it_before_ksau_also_where_a_letter_of_it_was_refused_or_waits(way: str) -> None:
    town = month(*AFTER[:3])
    getattr(town.post, way)[CHIEF] = "550 finns inte" if way == "refused" else "450 försök igen"
    town.morning("onsdag 20 oktober 2027")
    above = {"ekonomichef@example.se", "kommundirektor@example.se"}
    with town.store.begin() as session:
        last = select(LetterRow).where(LetterRow.rung == "sista-ord", LetterRow.person_id.in_(above))
        for letter in session.scalars(last):
            letter.shadow = True
    go_live(town, "onsdag 20 oktober 2027 kl. 10.00")
    town.post.deferred.clear()
    town.morning("torsdag 21 oktober 2027")
    with town.store.read() as session:
        about = (NoticeRow.obligation_key == LATE, NoticeRow.passed.is_(None))
        told = session.execute(
            select(NoticeRow.rung, NoticeRow.person_id).join(LetterRow).where(*about, LetterRow.shadow.is_(False))
        ).all()
    assert {person for rung, person in told if rung == "sista-ord"} == {CHIEF, *above}
    assert "ksau" not in {rung for rung, _ in told}


def test_that_a_frist_has_moved_is_told_after_the_shadow_beside_the_rung_that_was_shown_with_it() -> None:
    town = month()
    town.anstand(LATE, date(2027, 10, 18), "onsdag 13 oktober 2027 kl. 09.00")
    now = instant("onsdag 13 oktober 2027 kl. 10.00")
    with town.store.begin() as session:
        one = Scene(session, town.office, now).wheel.obligations[LATE]
        session.add_all(letters := [letter(900), letter(901)])
        letters[1].shadow = True
        session.flush()
        for rung in (MOVED, "paminnelse-1"):
            about = {"milestone_key": one.milestone_key(rung), "obligation_key": LATE, "rung": rung}
            readers = [("ekonomichef", "ekonomichef@example.se"), ("forvaltningschef", CHIEF)]
            rows = queue(session, **about, due_at=one.deadline.at, recipients=readers, now=now)
            for notice, carrying in zip(rows, letters, strict=True):
                notice.letter_id = carrying.id
        choose_utskick(session, "skarpt", "ekonomichef", now, {"ksau"})
        assert [(each.rung, each.person_id) for each in queued(session)] == [(MOVED, CHIEF), ("paminnelse-1", CHIEF)]
