"""Files are read and judged before the transaction that takes them in: a file takes a second, and SQLite has one writer.

What was found before is what is kept, which shows that nothing is read again while others wait to write.
"""

from dataclasses import replace
from functools import cache

import pytest
from sqlalchemy import select

from actions.act import Act
from actions.inbox.inbox import MAILBOX, take_in
from actions.inbox.registering import Choice, bring, open_brought, open_chosen, register
from actions.inbox.sorting import Opened, open_mail
from notifications.mailbox.enclosed import File
from notifications.mailbox.mail_reading import read_mail
from store.post.incoming import REGISTERED, UNREAD
from store.tables import FindingRow, Incoming, Person, Submission
from submissions.finding import Finding
from submissions.review.examining import Examined
from tests.rig.files.mails import CHIEF, Desk, answer
from tests.rig.handins import NOW, Town, copied, xlsx
from tests.rig.hedemora import BIN_UNDERLAG, town, whole_hedemora

pytestmark = pytest.mark.whole

CONTENT = xlsx()  # an archive that is no workbook: whoever reads it refuses it
EKONOMI = ("Ekonomi bildning.xlsx", CONTENT)
MADE_UP = Finding(
    rule="provad-i-forvag", severity="upplysning", place="Ekonomi", message="Läst i förväg.", mend="", lagrum="KL 6:12"
)


@pytest.fixture
def desk() -> Desk:
    """At nine on the Friday on which the first letters go, with what must be in the parts."""
    return whole_desk(copied(after_the_first_round()))


@cache
def after_the_first_round() -> Town:
    desk = whole_desk(town(NOW, whole=True))
    desk.round()
    return desk.town


def whole_desk(of: Town) -> Desk:
    """With what must be in the parts of two nämnder, whose letters bring them their mallar."""
    whole = whole_hedemora()
    units = {unit: whole.definition.units[unit] for unit in ("bildningsnamnden", "omsorgsnamnden")}
    desk = Desk(town=of, now=NOW)
    desk.office = replace(
        desk.office, sourced=replace(whole, definition=whole.definition.model_copy(update={"units": units}))
    )
    return desk


def reply(desk: Desk, ident: str = "<svar-1@post.example.se>") -> bytes:
    """What the chef answers to the letter that she has had."""
    return answer(about=desk.letter().message_id, files=[EKONOMI], ident=ident).as_bytes()


def opened(desk: Desk, raw: bytes) -> Opened:
    return open_mail(desk.look, raw, desk.now, read=read_mail)


def made_up(found: Examined) -> Examined:
    """Return what no reader would have found in the file."""
    return Examined(sha256=found.sha256, findings=(MADE_UP,))


def test_a_replys_file_is_read_before_its_transaction_and_not_in_it(desk: Desk) -> None:
    before = opened(desk, reply(desk))
    ((where, found),) = before.examined.items()
    assert where[:2] == (BIN_UNDERLAG, "ekonomi") and found.refused
    with desk.scene() as scene:
        taken = take_in(Act(scene, MAILBOX), replace(before, examined={where: made_up(found)}), desk.now)
    assert taken.row.state == REGISTERED
    assert [row.message for row in desk.rows(FindingRow)] == ["Läst i förväg."]


def test_what_the_ekonomikontor_registers_is_read_before_its_transaction_and_not_in_it(desk: Desk) -> None:
    brought = open_brought([File(name="Ekonomi.xlsx", media_type="", content=CONTENT)], desk.now)
    with desk.scene() as scene:
        bring(Act(scene, "Ekonom E"), brought)
    choice = Choice(sha256=brought.mail.files[0].sha256, obligation_key=BIN_UNDERLAG, part="ekonomi")
    with desk.look() as scene:
        examine = open_chosen(scene, scene.session.scalars(select(Incoming)).one(), [choice])
    assert not scene.session.in_transaction()
    ((file, found),) = examine().values()
    assert found is not None and found.refused
    with desk.scene() as scene:
        row = scene.session.scalars(select(Incoming)).one()
        register(Act(scene, "Ekonom E"), row, {choice: (file, made_up(found))}, scene.session.get_one(Person, CHIEF))
    assert [row.message for row in desk.rows(FindingRow)] == ["Läst i förväg."]


@pytest.mark.parametrize("sender", ["okand@example.org", "forvaltningschef.omsorg@example.se"])
def test_a_file_that_will_not_be_filed_is_not_read(desk: Desk, sender: str) -> None:
    mail = answer(sender=sender, subject=f"Underlag till {BIN_UNDERLAG}", files=[EKONOMI])
    assert not opened(desk, mail.as_bytes()).examined


def test_a_mail_that_comes_again_is_not_read_again(desk: Desk) -> None:
    once = opened(desk, reply(desk))
    with desk.scene() as scene:
        take_in(Act(scene, MAILBOX), once, desk.now)
    assert not opened(desk, reply(desk)).examined


def test_a_part_that_is_handed_in_while_a_mail_is_read_is_laid_before_a_person(desk: Desk) -> None:
    first, second = opened(desk, reply(desk)), opened(desk, reply(desk, "<svar-2@post.example.se>"))
    ((where, found),) = first.examined.items()
    with desk.scene() as scene:
        take_in(Act(scene, MAILBOX), replace(first, examined={where: made_up(found)}), desk.now)
    other = replace(second.mail.files[0], content=xlsx(b"2"))
    late = replace(second, mail=replace(second.mail, files=(other,)))
    with desk.scene() as scene:
        taken = take_in(Act(scene, MAILBOX), late, desk.now)
    assert taken.row.state == UNREAD and len(desk.rows(Submission)) == 1
