"""Gallring of letters, mails, the log's words and people: proposed by year, done on a decision, and the chain still holds."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
import sqlalchemy as sa

from actions.act import Act
from actions.contents.outliving import ASSUMED, cull, outlived_plan
from actions.inbox.inbox import MAILBOX, take_in
from actions.ladder.notes import tell_outlived
from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in
from app.archive.package import write_package
from arshjul.definition.reading import read_definition
from arshjul.errors import DefinitionError, RefusedError
from store.database import open_store
from store.log.log_chain import chain, digest_of_detail
from store.log.log_verdict import verify
from store.log.writing import log
from store.tables import Blob, Holder, Incoming, LetterRow, LogRow, Person, Submission
from submissions.files.parts import Upload
from tests.rig.files.mails import mail_with, opened
from tests.rig.handins import BIN_UNDERLAG, NOW, copied, home, town, xlsx
from tests.rig.load import text
from tests.rig.pages.hall import CHIEF, SECRET, Hall
from tests.rig.pages.logging_in import hidden

DECISION = "Delegationsbeslut 2038-01-08 § 2"
SECRET_WORDS = "Anna Exempelsson"
#: ten years after the end of 2027 have gone on 1 January 2038, a Friday; this is the Monday after
THEN = NOW.replace(year=2038, month=1, day=11)


class House(Hall):
    """A hall in which letters were written and mails came in September 2027, and ten years have gone."""

    def scene(self, session):
        return Scene(session, self.office(), self.now)

    def do(self, work, by="Arkivarie A", why=DECISION):
        with self.town.store.begin() as session:
            return work(Act(self.scene(session), by, why))

    def plan(self):
        with self.town.store.read() as session:
            return {one.id: one for one in outlived_plan(self.scene(session))}

    def verdict(self):
        with self.town.store.begin() as session:
            while chain(session):
                pass
            return verify(session)

    def everything(self):
        found = []
        with self.town.store.read() as session:
            for table in sa.inspect(session.connection()).get_table_names():
                for row in session.execute(sa.text(f'SELECT * FROM "{table}"')):
                    found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
        return b"\n".join(found)


@cache
def lived():
    made = House(town())
    with made.town.store.begin() as session:
        scene = made.scene(session)
        person = session.get_one(Person, CHIEF)
        person.name = SECRET_WORDS
        part = PartHandedIn(key=BIN_UNDERLAG, part="ekonomi", upload=Upload(filename="E.xlsx", content=xlsx()))
        hand_in(Act(scene, SECRET_WORDS), person, [part], via="sidan")
        raw = mail_with(xlsx(b"2")).replace(b"okand@example.se", b"anna.exempelsson@example.se")
        mail = take_in(Act(scene, MAILBOX), opened(raw), made.now).row
        mail.state = "lagd åt sidan"
        log(session, made.now, SECRET_WORDS, "submission.refused", BIN_UNDERLAG, {"filename": f"{SECRET_WORDS}.xlsx"})
        for letter in session.scalars(sa.select(LetterRow)):
            letter.state = "överlämnat"
        for seat in session.scalars(sa.select(Holder).where(Holder.person_id == CHIEF)):
            seat.until = date(2027, 12, 31)
    made.verdict()
    return made.town


@pytest.fixture
def house():
    return House(copied(lived()), THEN)


def test_each_kind_is_proposed_by_year_and_what_the_definition_does_not_say_is_told_as_an_assumption(house):
    plan = house.plan()
    assert {"brev-2027", "mejl-2027", "logg-2027", "personer-2027"} <= plan.keys()
    one = plan["personer-2027"]
    assert (one.first_day, one.count, one.rule, one.source) == (
        date(2038, 1, 1), 1, "gallras 10 år efter årets slut", ASSUMED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("when", "chosen", "decision", "word"),
    [
        (THEN.replace(year=2037, month=12, day=31), ["brev-2027"], DECISION, "får gallras först fredag 1 januari 2038"),
        (THEN, ["brev-2027"], " § ", "Ange vilket beslut"),
        (THEN, ["brev-2026"], DECISION, "redan gallrat, eller ska bevaras"),
        (THEN, [], DECISION, "Välj vad som ska gallras"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_gone(house, when, chosen, decision, word):
    house.now, before = when, house.everything()
    with pytest.raises(RefusedError, match=word):
        house.do(lambda act: cull(act, chosen), why=decision)
    assert house.everything() == before


def test_all_that_tells_of_her_goes_but_what_she_handed_in_and_the_chain_holds(house):
    assert SECRET_WORDS.encode() in house.everything() and xlsx(b"2") not in {row.content for row in house.rows(Blob)}
    done = house.do(lambda act: cull(act, ["brev-2027", "mejl-2027", "logg-2027", "personer-2027"]))
    assert {each.what.kind: each.count > 0 for each in done} == dict.fromkeys(
        ("brev", "mejl", "logg", "personer"), True
    )
    assert next((row.subject, row.to, row.cc, row.person_id) for row in house.rows(LetterRow)) == (
        "(gallrat)",
        [],
        [],
        None,
    )
    (mail,) = house.rows(Incoming)
    assert (mail.sender, mail.subject, mail.files[0]["gone"]) == ("", "(gallrat)", True)
    assert b"anna.exempelsson" not in house.everything()
    assert CHIEF not in {row.id for row in house.rows(Person)}
    old = [row for row in house.rows(LogRow) if row.at < THEN.replace(year=2028)]
    assert {(row.who, row.detail) for row in old} == {("(gallrad)", None)} and "submission.refused" in {
        row.what for row in old
    }
    (version,) = house.rows(Submission)
    assert (version.by, version.sha256 is not None) == (
        SECRET_WORDS,
        True,
    )  # an allmän handling, gallrad by its own rule
    told = {row.detail["kind"]: row.detail for row in house.rows(LogRow) if row.what == "personal.gallrad"}
    assert told["logg"] == {
        "kind": "logg", "year": 2027, "count": len(old), "rule": "gallras 10 år efter årets slut", "source": ASSUMED,
        "why": DECISION,
    }  # fmt: skip
    assert house.verdict().broken is None
    assert not {"brev-2027", "mejl-2027", "logg-2027", "personer-2027"} & house.plan().keys()


@pytest.mark.parametrize(
    "changed",
    [{"what": "submission.received"}, {"key": "annat"}, {"at": NOW.replace(day=1)}, {"detail_digest": "0" * 64}],
)
def test_what_is_left_of_a_gallrad_row_cannot_be_changed_unseen(house, changed):
    house.do(lambda act: cull(act, ["logg-2027"]))
    assert house.verdict().broken is None
    with house.town.store.begin() as session:
        row = session.scalars(sa.select(LogRow).where(LogRow.what == "submission.refused")).one()
        for name, value in changed.items():
            setattr(row, name, value)
    assert "vars personer är gallrade, har ändrats" in house.verdict().broken.words


def test_the_digest_of_what_is_left_is_itself_held(house):
    house.do(lambda act: cull(act, ["logg-2027"]))
    house.verdict()
    with house.town.store.begin() as session:
        row = session.scalars(sa.select(LogRow).where(LogRow.what == "log.gallrad")).one()
        row.detail = {**row.detail, "persons": "0" * 64}
        row.detail_digest = digest_of_detail(row.detail)
    assert house.verdict().broken is not None


def test_a_person_with_a_role_today_or_a_letter_that_waits_is_left_alone(house):
    with house.town.store.begin() as session:
        letter = session.scalars(sa.select(LetterRow)).first()
        letter.state = "väntar"
        for seat in session.scalars(sa.select(Holder).where(Holder.person_id == CHIEF)):
            seat.until = None
    assert "personer-2027" not in house.plan()
    waiting = letter.id
    if "brev-2027" in house.plan():
        house.do(lambda act: cull(act, ["brev-2027"]))
    assert next(row for row in house.rows(LetterRow) if row.id == waiting).subject != "(gallrat)"


def test_the_ekonomikontor_hears_of_it_once_in_the_beginning_of_the_year_and_nothing_goes_by_itself(house):
    before = house.plan()
    with house.town.store.begin() as session:
        first = tell_outlived(house.scene(session))
        assert first is not None and tell_outlived(house.scene(session)) is None
    assert first.subject == "Uppgifter som får gallras" and "Loggens uppgifter 2027" in first.mime.decode(
        errors="replace"
    )
    assert before.keys() <= house.plan().keys()
    house.now = THEN.replace(month=4, day=12)
    with house.town.store.begin() as session:
        session.execute(sa.delete(LetterRow))
        assert tell_outlived(house.scene(session)) is None


@pytest.mark.whole
def test_it_is_done_on_the_page_and_the_package_of_the_year_can_still_be_made(house, tmp_path):
    browser = house.inside(name="Arkivarie A")
    page = browser.get("/handlingar").text
    assert 'value="logg-2027"' in page and "antagande: definitionen säger inget" in page
    form = {"csrf": hidden(page), "uppgift": ["brev-2027", "mejl-2027", "logg-2027"]}
    refused = browser.post("/handlingar/gallra-uppgifter", data=form)
    assert refused.status_code == 400 and "Ange vilket beslut" in refused.text
    done = browser.post("/handlingar/gallra-uppgifter", data=form | {"beslut": DECISION})
    assert done.status_code == 200 and "Säkerhetskopior från tiden före" in done.text
    assert SECRET_WORDS not in re.sub(r"<option.*?</option>", "", browser.get("/loggen").text)
    house.verdict()
    with house.town.store.read(still=True) as session:
        write_package(session, house.office().definition, 2027, tmp_path / "paket", house.now, secret=SECRET)
    assert (tmp_path / "paket/index.html").is_file()


def test_nothing_of_it_is_left_in_the_file_nor_in_its_wal(house, tmp_path):
    url = f"sqlite:///{tmp_path / 'arshjul.db'}"
    with closing(sqlite3.connect(tmp_path / "arshjul.db")) as target:
        house.town.store.engine.raw_connection().driver_connection.backup(target)
    house.town = replace(house.town, store=open_store(url))
    assert b"anna.exempelsson" in (tmp_path / "arshjul.db").read_bytes()
    house.do(lambda act: cull(act, ["brev-2027", "mejl-2027", "logg-2027", "personer-2027"]))
    kept = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"anna.exempelsson" not in kept and f"{SECRET_WORDS}.xlsx".encode() not in kept
    house.town.store.close()


class TestTheDefinition:
    def read(self, said):
        whole = text("hedemora").replace("\ntrappor:", f"\ngallring:\n  {said}\n\ntrappor:", 1)
        return read_definition(whole, "kommun.yaml").definition

    def test_what_it_says_is_what_holds(self, house):
        said = self.read(
            'brev: {gallras: 3 år efter årets slut, källa: styrmodell "Delårsrapport"}\n  logg: {bevaras: ja, källa: styrmodell "Delårsrapport"}'
        )
        house.sourced = replace(home(), definition=home().definition.model_copy(update={"personal": said.personal}))
        plan = house.plan()
        assert plan["brev-2027"].first_day == date(2031, 1, 1) and "logg-2027" not in plan
        assert "Delårsrapport" in plan["brev-2027"].source

    @pytest.mark.parametrize(
        ("said", "word"),
        [
            ('breven: {bevaras: ja, källa: styrmodell "Delårsrapport"}', "breven"),
            ('brev: {gallras: 2 år efter årets slut, källa: styrmodell "Delårsrapport"}', "kortare än 3 år går inte"),
            ('brev: {gallras: 5 år efter inlämningen, källa: styrmodell "Delårsrapport"}', "räkna från årets slut"),
            ("brev: {gallras: 5 år efter årets slut}", "källa"),
        ],
    )
    def test_what_cannot_be_is_told_with_the_remedy(self, said, word):
        with pytest.raises(DefinitionError, match=word):
            self.read(said)
