"""A deviation opens by itself what the definition's limits name: a moment at KF, an åtgärdsplan, a word to the bodies."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from actions.contents.lifting import lift
from actions.contents.unlocking import open_withheld
from actions.contents.withholding import Ground, withhold_version
from actions.ladder.rounds import bring_up
from actions.plan.happened import record_happening
from actions.scene import Scene
from actions.underlag.opened_by_hand import say_opening
from actions.underlag.taking_away import take_away
from actions.underlag.weighing import weigh
from arshjul.errors import RefusedError
from arshjul.keys import UnitId
from arshjul.swedish import STOCKHOLM
from notifications.post.post import ListPost
from store.plan.planning import current_wheel
from store.post.letter_states import TAKEN_BACK, WAITING
from store.tables import LetterRow, LogRow, Triggered
from tests.rig.deviations import KEY, MONDAY, TUESDAY, Desk, office
from tests.rig.handins import town
from tests.rig.load import made_up
from tests.rig.pages.doors import Doors
from tests.rig.rounds import House, as_mail

pytestmark = pytest.mark.whole

PLAN = "granvik/avvikelse/2027-03/skolnamnden/atgardsplan"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with town(MONDAY, name="granvik").store.begin() as session:
        yield Desk(session)


@pytest.mark.parametrize(
    ("deficit", "ram", "days"),
    [
        (0, "Ja", {}),
        (500, "Ja", {}),  # the limit itself is within
        (700, "Ja", {"kf": "måndag 26 april 2027 kl. 18.00"}),
        (100, "Nej", {"kf": "måndag 26 april 2027 kl. 18.00"}),
        (
            2500,
            "Ja",
            {
                "kf": "måndag 26 april 2027 kl. 18.00",
                # the fifteenth working day after Monday 12 April
                "atgardsplan-frist": "måndag 3 maj 2027 kl. 16.00",
                # the nämnd's next meeting whose agenda is open then
                "namnd": "tisdag 15 juni 2027 kl. 13.00",
            },
        ),
    ],
)
def test_what_is_opened_is_what_the_limits_say_with_its_days(
    desk: Desk, deficit: int, ram: str, days: dict[str, str]
) -> None:
    desk.says(deficit, ram)
    assert desk.days() == days


def test_a_ram_that_is_not_kept_reaches_kf_through_ks_at_once_with_a_paper_once(desk: Desk) -> None:
    desk.says(2400, "Nej")
    letters = desk.letters("avvikelse")
    assert [letter.to for letter in letters] == [["sekreterare@example.se"], ["ordforande@example.se"]]
    assert {letter.not_before for letter in letters} == {MONDAY}, "the same hour"
    mail = as_mail(letters[0].mime)
    assert mail["Subject"] == "Avvikelse, Skolnämnden: kommunfullmäktige ska ta ställning"
    body = mail.get_body(("plain",)).get_content()
    assert "räknar med ett underskott på 2 400 tkr (6 procent av budgeten) och svarar att ramen inte hålls" in " ".join(
        body.replace("\u00a0", " ").split()
    )
    (paper,) = mail.iter_attachments()
    words = [each.text for each in Document(BytesIO(paper.get_content())).paragraphs]
    assert words[0] == "Prognostiserad avvikelse: Skolnämnden"
    assert (
        "Kommunfullmäktige tar ställning till avvikelsen på förslag av kommunstyrelsen, och till skolnämndens förslag till åtgärder."
        in words
    )
    assert "KF tar ställning till avvikelsen: måndag 26 april 2027 kl. 18.00." in words
    desk.says(2600, "Nej", now=TUESDAY)
    assert len(desk.letters("avvikelse")) == 2, "a later version that says the same tells nobody anew"


def test_each_link_of_its_letters_opens_for_its_reader() -> None:
    house = House(town(MONDAY, name="granvik").store, office(), ListPost())
    told, doors = datetime(2027, 4, 19, 9, 0, tzinfo=STOCKHOLM), Doors(house)
    with house.store.begin() as session:
        Desk(session).says(2500, "Nej")
        bring_up(Scene(session, office(), told))
    doors.follow("måndag 19 april 2027 kl. 09.05")
    with house.store.begin() as session:
        Desk(session).says(0, now=told)
    for kind in ("avvikelse-over", "begärs inte längre", "notis"):
        doors.follow("måndag 19 april 2027 kl. 10.00", kind)
    assert doors.kinds >= {"avvikelse", "avvikelse-over", "begärs inte längre", "notis"}


def test_a_later_version_that_says_the_same_moves_no_day_and_one_that_does_not_closes_it(desk: Desk) -> None:
    desk.says(2500)
    first = desk.days()
    desk.says(2400, now=TUESDAY)
    assert desk.days() == first
    desk.says(700, now=TUESDAY)
    assert desk.days() == {"kf": first["kf"]}, "it is still a deviation, but no larger one"
    desk.says(0, now=TUESDAY)
    assert desk.days() == {}
    assert desk.logged() == ["opened", "opened", "closed", "closed"]
    subjects = [letter.subject for letter in desk.letters("notis")]
    assert subjects == [
        "Avvikelse: Skolnämnden, ekonomirapport mars 2027",
        "Avvikelsen återtagen: Skolnämnden, ekonomirapport mars 2027",
        "Avvikelsen återtagen: Skolnämnden, ekonomirapport mars 2027",
    ]


def test_who_hands_in_again_and_again_floods_nobody_and_all_hear_how_it_ended(desk: Desk) -> None:
    def to(reader: str) -> list[tuple[str, datetime]]:
        rows = desk.session.scalars(
            select(LetterRow).where(LetterRow.key.contains("/avvikelse")).order_by(LetterRow.id)
        )
        return [(each.kind, each.not_before) for each in rows if each.to == [reader] and each.state == WAITING]

    for number in range(1, 6):
        desk.says(2400 + number, "Nej")
        desk.says(0)
    at_once = [("avvikelse", MONDAY), ("avvikelse-over", MONDAY)]
    assert to("ordforande@example.se") == to("sekreterare@example.se") == at_once
    assert to("ekonomikontoret@example.se") == [("notis", MONDAY)] * 2
    desk.says(2300, "Nej")
    morning = datetime(2027, 4, 13, 8, 0, tzinfo=STOCKHOLM)
    assert to("ordforande@example.se") == [*at_once, ("avvikelse", morning)], "how it stands is told in the morning"
    assert desk.days() != {}, "and what follows is counted at once"


@pytest.mark.parametrize(
    ("unanswered_for", "is_written_anew"), [(timedelta(hours=1), False), (timedelta(days=5), True)]
)
def test_a_word_of_it_that_may_have_come_is_left_to_go_again_until_five_days_have_passed(
    desk: Desk, unanswered_for: timedelta, *, is_written_anew: bool
) -> None:
    """The chair's third word of the day waits for the morning; then the server is given it, and never answers."""
    for _ in range(2):
        desk.says(2400, "Nej")
        desk.says(0)
    desk.says(2300, "Nej")
    waiting = next(each for each in desk.letters("avvikelse")[::-1] if each.to == ["ordforande@example.se"])
    assert waiting.not_before > MONDAY
    waiting.unanswered_at = waiting.made_at + unanswered_for
    desk.says(0)
    assert (waiting.state == TAKEN_BACK) is is_written_anew
    ends = [each for each in desk.letters("avvikelse-over") if each.to == ["ordforande@example.se"]]
    assert len(ends) == (1 if is_written_anew else 2), "of what the chair may have read, the end is told too"


FIGURE = "2 400 tkr"


def in_the_open(desk: Desk) -> str:
    """All that the tables which pages, letters and exports read tell of the avvikelse."""
    told = [json.dumps(row.detail, ensure_ascii=False) for row in desk.session.scalars(select(LogRow))]
    told += [str(row.said) for row in desk.session.scalars(select(Triggered))]
    for letter in desk.session.scalars(select(LetterRow)):
        mail = as_mail(letter.mime)
        told.append(mail.get_body(("plain",)).get_content())
        for content in (each.get_content() for each in mail.iter_attachments()):
            told += [content] if isinstance(content, str) else [p.text for p in Document(BytesIO(content)).paragraphs]
    return " ".join(" ".join(told).split())


def test_a_version_that_is_withheld_says_what_it_said_and_its_figures_stand_nowhere(desk: Desk) -> None:
    desk.says(2400, "Nej")
    days, before, count = desk.days(), in_the_open(desk), desk.session.query(LetterRow).count()
    assert before.count(FIGURE) >= 6, "the log, the page, the letters and their papers"
    ground = Ground(lagrum="19 kap. 1 § offentlighets- och sekretesslagen", readers=["sekreterare@example.se"])
    held = withhold_version(desk.act(why="affärshemlighet"), KEY, 1, ground)
    assert FIGURE not in in_the_open(desk) and "underskott" not in in_the_open(desk)
    weigh(Scene(desk.session, office(), TUESDAY), [KEY])
    assert desk.days() == days and desk.logged() == ["opened"] * len(desk.logged())
    assert desk.session.query(LetterRow).count() == count, "nobody is told that it is withdrawn: it is not"
    texts = open_withheld(desk.act(), held.id, "sekreterare@example.se").texts
    assert any(label == "Avvikelse" and FIGURE in " ".join(text.split()) for label, text in texts)
    lift(desk.act(why="sekretessen gäller inte längre"), held.id)
    assert in_the_open(desk).count(FIGURE) == before.count(FIGURE)


def test_of_a_version_that_is_taken_away_the_figures_go_too_and_the_avvikelse_closes(desk: Desk) -> None:
    desk.says(2400, "Nej")
    take_away(
        desk.act(why="fel fil lämnades in"), KEY, 1, "personuppgifter", date(2027, 4, 20), decision="KS beslut § 12"
    )
    assert FIGURE not in in_the_open(desk) and desk.days() == {}


def test_the_åtgärdsplan_is_owed_with_its_ladder(desk: Desk) -> None:
    desk.says(2500)
    one = current_wheel(desk.session, made_up("granvik").definition, MONDAY).find(PLAN)
    assert one is not None and one.ladder is not None
    assert one.report == "avvikelsen från ramen för mars 2027"


def test_who_was_told_of_the_åtgärdsplan_hears_that_it_is_no_longer_asked_for(desk: Desk) -> None:
    desk.says(2500)
    told = datetime(2027, 4, 19, 9, 0, tzinfo=STOCKHOLM)
    bring_up(Scene(desk.session, office(), told))  # the first letter, ten working days before
    desk.says(0, now=told)
    (letter,) = desk.letters("begärs inte längre")
    assert (letter.to, letter.subject) == (["skolchef@example.se"], "Begärs inte längre: Skolnämnden, åtgärdsplan")
    said = " ".join(as_mail(letter.mime).get_body(("plain",)).get_content().split())
    assert "Åtgärdsplan till avvikelsen från ramen för mars 2027 begärs inte längre av skolnämnden." in said


def test_what_a_person_takes_back_no_version_opens_again_until_a_person_does(desk: Desk) -> None:
    desk.says(2500)
    desk.withdraws()
    assert desk.days() == {}
    desk.says(2600, now=TUESDAY)
    assert desk.days() == {}
    desk.withdraws(gone=False)
    assert "kf" in desk.days()
    with pytest.raises(RefusedError, match="är redan öppen för skolnämnden mars 2027"):
        desk.withdraws(gone=False)


def test_the_bodies_that_were_told_hear_that_a_person_took_it_back_and_that_it_holds_again(desk: Desk) -> None:
    desk.says(2400, "Nej")
    told = {letter.person_id for letter in desk.letters("avvikelse")}
    assert told == {"sekreterare@example.se", "ordforande@example.se"}
    desk.withdraws("ram-halls-inte")
    over = desk.letters("avvikelse-over")
    assert {letter.person_id for letter in over} == told
    said = " ".join(as_mail(over[0].mime).get_body(("plain",)).get_content().split())
    assert "har tagit tillbaka det som ett tidigare brev sa om skolnämnden" in said
    assert "Skälet: fel blad lämnades in" in said and "begärs inte längre" in said
    desk.withdraws("ram-halls-inte", gone=False)
    again = [letter for letter in desk.letters("avvikelse") if letter.subject.startswith("Avvikelsen gäller igen")]
    assert {letter.person_id for letter in again} == told


def test_what_a_person_opened_and_takes_back_is_told_to_no_body_that_had_no_word_of_it(desk: Desk) -> None:
    desk.withdraws("ram-halls-inte", gone=False)
    desk.withdraws("ram-halls-inte")
    assert desk.letters("avvikelse") == desk.letters("avvikelse-over") == []


def test_one_that_hand_ins_open_is_not_registered_for_a_day_and_another_not_for_an_enhet(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="öppnas av det som en enhet lämnar in"):
        record_happening(desk.act(), "avvikelse", MONDAY.date())
    with pytest.raises(RefusedError, match="Registrera den med dagen då den hände"):
        say_opening(desk.act(why="kom i dag"), "skr-prognos", UnitId("skolnamnden"), "2027-03")
