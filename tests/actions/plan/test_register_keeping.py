"""An uppdrag is registered, moved and taken away: what is owed because of it, and how it is told, follows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions.ladder.held_kinds import hold
from actions.ladder.rounds import bring_up
from actions.plan.gone import KIND
from actions.plan.register_keeping import keep_entry, take_entry, units_in
from arshjul.errors import RefusedError
from arshjul.swedish import instant_text
from notifications.office import Office
from store.plan.in_step import Moved
from store.plan.planning import current_wheel
from store.post.letter_states import HANDED, TAKEN_BACK, WAITING
from store.tables import LetterRow, LogRow, ObligationRow
from tests.rig.acts import act
from tests.rig.handins import NOW, town
from tests.rig.load import made_up
from tests.rig.rounds import as_mail

pytestmark = pytest.mark.whole

WHO = "ekonomichef Exempel"
UPPDRAG = {
    "namn": "Utred en ny förskola", "enheter": ["skolnamnden"], "av": "KF", "beslut": "2027-05-31 § 40", "frist": "2027-12-15",
    "resurser": "100 tkr",
}  # fmt: skip
KEY = "granvik/sarskilt-uppdrag/2027-12-15-utred-en-ny-forskola/skolnamnden/redovisning"


class Desk:
    """Who registers, in one transaction."""

    def __init__(self, session) -> None:
        self.session = session

    def keeps(self, post: str = "", register: str = "uppdrag", **said: Any) -> tuple[str, list[Moved]]:
        who = act(self.session, NOW, WHO, sourced=made_up("granvik"))
        return keep_entry(who, register, {**UPPDRAG, **said}, post)

    def takes(self, post: str) -> list[Moved]:
        return take_entry(act(self.session, NOW, WHO, sourced=made_up("granvik")), "uppdrag", post)

    def owed(self) -> dict[str, str]:
        wheel = current_wheel(self.session, made_up("granvik").definition, NOW)
        every = wheel.obligations.items()
        return {key: instant_text(one.deadline.at) for key, one in every if key.startswith("granvik/sarskilt-uppdrag")}

    def logged(self) -> list[tuple[str, str]]:
        rows = self.session.scalars(select(LogRow).where(LogRow.who == WHO).order_by(LogRow.id))
        return [(row.what, row.key) for row in rows if row.what.startswith("register")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with town(name="granvik").store.begin() as session:
        yield Desk(session)


def test_a_registered_uppdrag_with_a_frist_is_owed_and_the_ladder_looks_at_it(desk: Desk) -> None:
    post, (moved,) = desk.keeps()
    assert post == "utred-en-ny-forskola"
    assert (moved.key, moved.before, instant_text(moved.after)) == (KEY, None, "onsdag 15 december 2027 kl. 16.00")
    row = desk.session.scalar(select(ObligationRow).where(ObligationRow.key == KEY))
    assert row is not None and row.wake_at is not None
    assert desk.logged() == [("register.added", post)]


def test_a_frist_that_is_moved_moves_what_is_owed_and_is_not_owed_twice(desk: Desk) -> None:
    post, _ = desk.keeps()
    _, (moved,) = desk.keeps(post, frist="2028-02-29")
    assert (moved.key, instant_text(moved.after)) == (KEY, "tisdag 29 februari 2028 kl. 16.00")
    assert [key for key in desk.owed() if "forskola" in key] == [KEY]
    assert [what for what, _ in desk.logged()] == ["register.added", "register.changed"]


def test_one_of_the_file_is_changed_and_taken_away_and_its_history_stays(desk: Desk) -> None:
    named = "granvik/sarskilt-uppdrag/2027-10-31-skolskjuts/skolnamnden/redovisning"
    desk.keeps("skolskjuts", namn="Se över skolskjutsen", frist="2027-11-30")
    assert desk.owed()[named] == "tisdag 30 november 2027 kl. 16.00"
    (gone,) = desk.takes("skolskjuts")
    assert (gone.key, gone.after) == (named, None)
    assert named not in desk.owed()
    with pytest.raises(RefusedError, match="'skolskjuts' finns inte i registret"):
        desk.takes("skolskjuts")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"enheter": ["granvikshus"]}, "(KF 2027-05-31 § 40) gäller enligt registret nu Granvikshus AB."),
        ({"frist": ""}, "(KF 2027-05-31 § 40) har inte längre någon frist i registret."),
    ],
)
def test_who_was_told_hears_that_an_uppdrag_is_anothers_or_has_no_frist_any_more(
    desk: Desk, said: dict[str, Any], why: str
) -> None:
    office = Office(
        sourced=made_up("granvik"), mail_from="ekonomikontoret@example.se", public_url="http://x.example.se",
        prefect_url="http://127.0.0.1:4200", secret=b"s" * 32, utskick="skarpt", since=date(2027, 1, 1),
    )  # fmt: skip
    due = UPPDRAG | {"frist": (NOW.date() + timedelta(days=7)).isoformat()}
    post, _ = keep_entry(act(desk.session, NOW, WHO, office=office), "uppdrag", due)
    bring_up(act(desk.session, NOW, WHO, office=office).scene)
    assert gone(desk) == []
    keep_entry(act(desk.session, NOW, WHO, office=office), "uppdrag", due | said, post)
    (letter,) = gone(desk)
    words = " ".join(as_mail(letter.mime).get_body(("plain",)).get_content().split())
    assert letter.subject == "Begärs inte längre: Skolnämnden, redovisning av uppdraget"
    assert "begärs inte längre av skolnämnden." in words and why in words


def test_what_is_asked_for_again_is_told_anew_and_a_word_that_it_is_not_goes_no_more(desk: Desk) -> None:
    office = Office(
        sourced=made_up("granvik"), mail_from="ekonomikontoret@example.se", public_url="http://x.example.se",
        prefect_url="http://127.0.0.1:4200", secret=b"s" * 32, utskick="skarpt", since=date(2027, 9, 1),
    )  # fmt: skip
    days = [datetime(2027, 9, day, 7, tzinfo=UTC) for day in (27, 28, 29)]  # måndag to onsdag
    ours, anothers = UPPDRAG | {"frist": "2027-10-08"}, UPPDRAG | {"frist": "2027-10-08", "enheter": ["granvikshus"]}

    def told(when: datetime) -> list[str]:
        before = {each.id for each in desk.session.scalars(select(LetterRow))}
        bring_up(act(desk.session, when, WHO, office=office).scene)
        new = [each for each in desk.session.scalars(select(LetterRow)) if each.id not in before]
        for each in new:
            each.state, each.handed_at = HANDED, when
        return [each.subject for each in new if "uppdraget" in body_of(each) and each.to == ["skolchef@example.se"]]

    post, _ = keep_entry(act(desk.session, days[0], WHO, office=office), "uppdrag", ours)
    assert len(told(days[0])) == 1
    keep_entry(act(desk.session, days[0], WHO, office=office), "uppdrag", anothers, post)
    (word,) = gone(desk)
    hold(act(desk.session, days[0], WHO, office=office).scene, word)
    assert word.state == WAITING
    keep_entry(act(desk.session, days[1], WHO, office=office), "uppdrag", ours, post)
    hold(act(desk.session, days[1], WHO, office=office).scene, word)
    assert word.state == TAKEN_BACK
    assert len(told(days[2])) == 1, "who was told that it is not asked for counts on nothing else"


def body_of(letter: LetterRow) -> str:
    return str(as_mail(letter.mime).get_body(("plain",)).get_content())


def gone(desk: Desk) -> list[LetterRow]:
    return list(desk.session.scalars(select(LetterRow).where(LetterRow.kind == KIND)))


UNITS = {
    "namnden": "namnden",
    "miljö-, bygg- och räddningsnämnden": "mbr",
    "miljönämnden": "miljo",
    "granvikshus": "granvikshus",
    "granvikshus ab": "granvikshus",
}


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("Miljönämnden, namnden", ["miljo", "namnden"]),
        ("Miljönämnden\nGranvikshus AB", ["miljo", "granvikshus"]),
        ("Miljönämnden Granvikshus AB", ["miljo", "granvikshus"]),  # a workbook's cell of several lines
        ("• Miljönämnden\n• namnden", ["miljo", "namnden"]),
        ("Miljö-, bygg- och räddningsnämnden och miljönämnden", ["mbr", "miljo"]),
        ("miljönämnden; MILJÖNÄMNDEN", ["miljo"]),
        ("Granvikshuset, namnden", ["Granvikshuset", "namnden"]),  # told as unknown
        ("", []),
    ],
)
def test_a_cell_may_name_several_enheter_whatever_stands_between_them(cell: str, units: list[str]) -> None:
    assert units_in(cell, UNITS) == units


def test_two_of_one_name_have_ids_of_their_own(desk: Desk) -> None:
    assert [desk.keeps()[0], desk.keeps()[0]] == ["utred-en-ny-forskola", "utred-en-ny-forskola-2"]
    assert len([key for key in desk.owed() if "forskola" in key]) == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"namn": ""}, "namn: saknas; fyll i det"),
        ({"enheter": []}, "ett uppdrag säger vem som har fått det; skriv 'enheter: […]'"),
        ({"enheter": ["skolnamden"]}, "enheter: okänd enhet 'skolnamden', menade du 'skolnamnden'?"),
        ({"frist": "2027-02-30"}, "Fristen '2027-02-30' är inget datum. Skriv den som 2027-12-15."),
        ({"frist": "2031-02-28"}, "Fristen fredag 28 februari 2031 ligger inte bland de år som är öppna nu (2025–2029). Registrera uppdraget med en frist för en första redovisning."),
        ({"register": "uppdragen"}, "okänt register 'uppdragen', menade du 'uppdrag'?"),
        ({"post": "skolskjutsen"}, "'skolskjutsen' finns inte i registret, menade du 'skolskjuts'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_refused_with_the_remedy(desk: Desk, said: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        desk.keeps(**said)
    assert str(refused.value) == words
    assert desk.logged() == []
