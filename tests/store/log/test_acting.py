"""Each row of the log says who it was, by which way, in which visit; a name can be neither borrowed nor mistaken."""

import gc
from datetime import UTC

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from actions.entry import LoginRules
from portal.login.openid import claimed_name
from store.access import links
from store.acting import Acting, Way, is_reserved
from store.database import memory_store, open_store
from store.log.log_chain import chain
from store.log.log_verdict import verify
from store.log.writing import log
from store.people.people_file import person_id
from store.people.person_words import address_faults, name_faults
from store.plan.planning import current_wheel
from store.tables import LogRow, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import NOW, PDF, empty_store
from tests.rig.hedemora import BIN_UNDERLAG, hedemora, town
from tests.rig.pages.hall import CHIEF, OFFICE, SECRET, Hall
from tests.rig.pages.logging_in import hidden, press

CYRILLIC_A, FULL_WIDTH_A, KELVIN, LONG_S, ZERO_WIDTH = "\u0430", "\uff41", "\u212a", "\u017f", "\u200b"


def rows(store):
    with store.read() as session:
        return session.scalars(sa.select(LogRow).order_by(LogRow.id)).all()


class TestTheLog:
    def test_a_row_carries_the_transactions_subject_way_and_session(self):
        store = empty_store()
        anna = Acting(subject="anna@example.se", way=Way.SESSION, session="3f2a")
        with store.begin(anna) as session:
            log(session, NOW, "Anna Ek", "role.held")
            log(session, NOW, "årshjulet", "obligation.state")
        with store.by(anna).begin() as session:
            log(session, NOW, "Anna Ek", "role.ended")
        assert [(row.who, row.subject, row.way, row.session) for row in rows(store)] == [
            ("Anna Ek", "anna@example.se", "inloggning", "3f2a"),
            ("årshjulet", "tjänsten", "tjänsten", None),  # by itself, in whosever transaction
            ("Anna Ek", "anna@example.se", "inloggning", "3f2a"),
        ]

    def test_a_store_in_memory_is_there_as_long_as_somebody_uses_it(self):
        theirs = memory_store().by(Acting(subject="anna@example.se", way=Way.SESSION, session="3f2a"))
        gc.collect()
        assert rows(theirs) == []

    @pytest.mark.parametrize("name", ["subject", "way", "session"])
    @pytest.mark.parametrize("value", ["bo@example.se", "", None])
    def test_the_chain_holds_what_a_row_says_of_who_it_was(self, name, value):
        store = empty_store()
        with store.begin(Acting(subject="anna@example.se", way=Way.LINK, session="3f2a")) as session:
            log(session, NOW, "Anna Ek", "role.held")
            chain(session)
            assert verify(session).broken is None
            session.execute(sa.update(LogRow).values({name: value}))
            assert "har ändrats" in verify(session).broken.words

    def test_a_row_from_before_keeps_its_digest_and_can_be_given_to_nobody(self, tmp_path):
        url = f"sqlite:///{tmp_path}/forr.db"
        store = open_store(url)
        config = Config()
        config.set_main_option("script_location", "store/migrations")
        with store.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.commit()
        digest = "3a9a562eb41283460412878ae7615a5cf83dbd46f81e86683bb0a16ddd38ee93"  # of the row below, as it was made before there were subjects
        row = {"id": 1, "at": NOW, "who": "Anna Ek", "what": "role.held", "detail": "{}"}
        with store.begin() as session:
            session.execute(
                sa.text("INSERT INTO log (id, at, who, what, detail) VALUES (:id, :at, :who, :what, :detail)"),
                row | {"at": NOW.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")},
            )
        with store.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        with store.begin() as session:
            chain(session)
            made = session.scalar(sa.select(LogRow.digest))
            assert made is not None and made.startswith(digest)
            log(session, NOW, "årshjulet", "obligation.state")
            chain(session)
            assert verify(session).broken is None
            session.execute(sa.update(LogRow).where(LogRow.number == 1).values(subject="bo@example.se"))
            assert verify(session).broken is not None
        store.close()


@pytest.mark.whole
class TestTheWays:
    @pytest.fixture
    def hall(self):
        return Hall(
            town(), rules=LoginRules(office=(("Anna Ek", "anna.ek@example.se"), ("Anna Ek", "anna.ek2@example.se")))
        )

    def test_two_with_one_name_are_told_apart_in_the_log_and_on_its_page(self, hall):
        for address in ("anna.ek@example.se", "anna.ek2@example.se"):
            hall.inside(name="Anna Ek", address=address)
        began = [row for row in rows(hall.town.store) if row.what == "session.began"]
        assert {row.who for row in began} == {"Anna Ek"}
        assert [row.subject for row in began] == ["anna.ek@example.se", "anna.ek2@example.se"]
        assert len({row.session for row in began}) == 2 and {row.way for row in began} == {"inloggning"}
        page = (
            hall.inside(name="Anna Ek", address="anna.ek@example.se")
            .get("/loggen?vem=anna.ek2")
            .text.replace("<wbr>", "")
        )
        assert "anna.ek2@example.se, inloggning" in page and "anna.ek@example.se, inloggning" not in page

    def test_each_visit_on_a_link_is_the_persons_and_one_of_its_own(self, hall):
        with hall.town.store.begin() as session:
            token = links.sign(SECRET, links.issue(session, person_id(CHIEF), ["forvaltningschef"], NOW))
        for _ in range(2):
            assert press(hall.browser(), f"/l/{token}").status_code == 303
        opened = [row for row in rows(hall.town.store) if row.what == "link.opened"]
        assert {(row.subject, row.way) for row in opened} == {(CHIEF, "personlig länk")}
        assert len({row.session for row in opened}) == 2

    def test_a_denied_try_says_by_which_way_it_was_made(self, hall):
        hall.browser().get("/lage")
        assert [(row.subject, row.way) for row in rows(hall.town.store)][-1] == ("okänd", "utan inloggning")
        anna = hall.inside(name="Anna Ek", address="anna.ek@example.se")
        anna.post("/logga-ut", data={"csrf": "fel"})
        last = rows(hall.town.store)[-1]
        assert (last.what, last.subject, last.way) == ("portal.denied", "anna.ek@example.se", "inloggning")

    def test_what_an_ekonom_does_is_hers_by_subject_and_session(self, hall):
        anna = hall.inside(name="Anna Ek", address="anna.ek@example.se")
        token = hidden(anna.get("/kontroller").text)
        anna.post(
            "/kontroller/tom-ruta/ur-kraft", data={"csrf": token, "varfor": "Kolumnen finns inte i vårens mallar."}
        )
        began, did = [row for row in rows(hall.town.store) if row.what in ("session.began", "rule.rested")]
        assert (did.what, did.subject, did.way, did.session) == ("rule.rested", began.subject, began.way, began.session)


@pytest.mark.whole
class TestReading:
    """Whoever is given a handling stands in the log, by which way, and what it was."""

    def reads(self, hall):
        return [
            (row.who, row.subject, row.way, row.key, row.detail["filename"])
            for row in hall.rows(LogRow)
            if row.what == "handling.read"
        ]

    def test_a_person_who_fetches_what_was_handed_in(self):
        hall = Hall(town())
        with hall.town.store.begin() as session:
            wheel = current_wheel(session, hedemora().definition, NOW)
            receive(
                session, wheel, BIN_UNDERLAG, "mal-och-resultat", upload=Upload(filename="mål.pdf", content=PDF), fields={},
                ej_aktuellt=None, by="Chef", via="länk", now=NOW,
            )  # fmt: skip
            [row] = session.scalars(sa.select(Submission))
            token = links.sign(SECRET, links.issue(session, person_id(CHIEF), ["forvaltningschef"], NOW))
        browser = hall.browser()
        press(browser, f"/l/{token}")
        assert browser.get(f"/mina/fil/{row.id}").content == PDF
        [(_, *told)] = self.reads(hall)
        assert told == [CHIEF, "personlig länk", BIN_UNDERLAG, "mål.pdf"]

    def test_an_ekonom_who_fetches_a_sammanstallning_a_mail_and_its_file(self):
        hall = Hall(town())
        office = hall.inside(name="Bo Ek", address=OFFICE)
        assert office.get("/lage/delarsrapport/2027-08/sammanstallning.xlsx").status_code == 200
        form = {"csrf": hidden(office.get("/registrera").text)}
        there = office.post("/registrera", data=form, files={"filer": ("mål.pdf", PDF)}).headers["location"]
        where = there.partition("?")[0].partition("#")[0]
        assert office.get(f"{where}/brev.eml").status_code == 200
        assert office.get(f"{where}/fil/1").content == PDF
        told = self.reads(hall)
        assert {(who, subject, way) for who, subject, way, _, _ in told} == {("Bo Ek", OFFICE, "inloggning")}
        assert [name.rpartition(".")[2] for *_, name in told] == ["xlsx", "eml", "pdf"]
        assert told[0][3] == "hedemora/delarsrapport/2027-08"

    def test_one_who_is_not_let_in_has_read_nothing(self):
        hall = Hall(town())
        hall.browser().get("/lage/delarsrapport/2027-08/sammanstallning.xlsx")
        assert self.reads(hall) == []


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "årshjulet", "Årshjulet", "UTKORGEN", " ekonomikontoret ", "Ekonomi\u200bkontoret", "ＥＫＯＮＯＭＩＫＯＮＴＯＲＥＴ",
            "a\u030arshjulet", "ekonomikontoret.", "(Ekonomikontoret)", "\u0415konomikontoret", "\u00c5rshjulet  ", "brevlådan",
            "https://ond.example", "Anna http://ond.example", "www.ond.example", "mailto:x@example.se",
        ],
    )  # fmt: skip
    def test_no_name_is_the_services_own_a_look_alike_or_a_link(self, name):
        assert list(name_faults(name))

    @pytest.mark.parametrize(
        "name", ["Anna Ek", "Åsa Öberg-Müller", "José Łukasz", "Ekonomichef", "KSAU:s sekreterare"]
    )
    def test_peoples_names_stand(self, name):
        assert not list(name_faults(name)) and not is_reserved(name)

    def test_the_offices_own_mailbox_may_bear_its_name(self):
        assert not list(name_faults("Ekonomikontoret", "ekonomikontoret"))
        assert list(name_faults("Ekonomikontoret", "controller")) and list(name_faults("Årshjulet", "ekonomikontoret"))

    def test_a_provider_cannot_give_a_name_that_nobody_may_have(self):
        claims = {"name": "Ekonomikontoret", "preferred_username": "https://ond.example", "email": "bo@example.se"}
        assert claimed_name(claims) == "bo@example.se"
        assert claimed_name({"name": "årshjulet", "sub": "utkorgen"}) == "okänd"


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            f"{CYRILLIC_A}nna@example.se", f"{FULL_WIDTH_A}nna@example.se", f"e{KELVIN}onom@example.se",
            f"{LONG_S}ara@example.se", f"an{ZERO_WIDTH}na@example.se", "åsa@example.se", "anna@exämple.se",
            "anna@xn--exmple-cua.se", "anna@example.\u0455e", "anna\u00ad@example.se", "anna@ex\uff0eample.se",
        ],
    )  # fmt: skip
    def test_an_address_that_could_be_taken_for_another_is_refused_with_a_word(self, address):
        [word] = address_faults(address)
        assert "skriv" in word and ZERO_WIDTH not in word

    def test_folding_makes_no_look_alike_another(self):
        assert person_id(f"e{KELVIN}onom@example.se") != person_id("ekonom@example.se")
        assert person_id(f"{LONG_S}ara@example.se") != person_id("sara@example.se")
        assert person_id(" ÅSA@Example.SE ") == "åsa@example.se"

    @pytest.mark.whole
    def test_a_look_alike_gets_no_letter_and_is_told(self):
        hall = Hall(town())
        answer = hall.ask(hall.browser(), OFFICE.replace("k", KELVIN))
        assert answer.status_code == 400 and "utan å, ä, ö" in answer.text and hall.letters() == []
