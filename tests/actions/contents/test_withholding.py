"""What is withheld by law: kept whole, shown to nobody but those who are named, counted as before, and put back as it was."""

import json
import re
from datetime import timedelta
from functools import cache
from hashlib import sha256

import pytest
import sqlalchemy as sa

from actions.act import Act
from actions.contents.lifting import lift, name_readers
from actions.contents.withholding import SHORTEST_QUOTE, Ground, withhold_mail
from actions.entry import LoginRules, Provider
from actions.inbox.inbox import MAILBOX, take_in
from actions.scene import Scene
from actions.underlag.receiving import PartHandedIn, hand_in
from app.archive.package import write_package
from arshjul.errors import RefusedError
from store.access.links import issue, sign
from store.handins import versions as submissions
from store.log.log_chain import chain
from store.log.log_verdict import verify
from store.log.writing import log
from store.tables import (
    Answer,
    Blob,
    FindingRow,
    Incoming,
    LetterRow,
    LogRow,
    Person,
    Submission,
    Withheld,
    WithheldPiece,
)
from submissions.files.parts import Upload
from submissions.standing.completeness import part_states
from tests.rig.files.mails import mail_with, opened
from tests.rig.handins import BIN_UNDERLAG, KS_UNDERLAG, OMN_UNDERLAG, PROTECTED, docx, xlsx
from tests.rig.pages.counter import BIN, PAGE, Counter, told
from tests.rig.pages.hall import CHIEF, SECRET, SECRETARY, words
from tests.rig.pages.logging_in import hidden, press

pytestmark = pytest.mark.whole

SECRET_WORDS = "Anna Exempelssons sjukskrivning står i Ekonomi!D7"
LAGRUM = "39 kap. 2 § offentlighets- och sekretesslagen"
NAMED, REGISTRATOR = SECRETARY, "registrator@example.se"
GROUND = Ground(lagrum=LAGRUM, readers=[NAMED])
WHY = "Uppgift om en anställds hälsa."
FILE = xlsx(b"hemligt innehall 4711")
DRAWN = (
    "/arshjulet/{year}.png"  #: of the .svg, which is asked: no word of a picture could be found, and it is dear to draw
)


class Office(Counter):
    """The ekonomikontor at its desk, with an enhet whose ekonomi is handed in, and quoted."""

    def receive(self, content=FILE, *, key=BIN_UNDERLAG, part="ekonomi", name="Ekonomi.xlsx", ej=None):
        with self.hall.town.store.begin() as session:
            scene = Scene(session, self.hall.office(), self.hall.now)
            upload = None if ej else Upload(filename=name, content=content)
            given = PartHandedIn(key=key, part=part, upload=upload, ej_aktuellt=ej)
            return hand_in(Act(scene, CHIEF), session.get_one(Person, CHIEF), [given], via="prov")

    def quote(self, submission_id=1, message=SECRET_WORDS):
        """Let a check, an answer, the log and what was read repeat what is in the file."""
        found = dict.fromkeys(("rule", "place", "mend", "lagrum"), "x") | {"message": message, "severity": "upplysning"}
        with self.hall.town.store.begin() as session:
            submissions.add_findings(session, submission_id, [found])
            session.add(
                Answer(submission_id=submission_id, rule="x", place="x", motivering=message, by=CHIEF,
                       answered_at=self.hall.now)
            )  # fmt: skip
            session.execute(sa.update(Submission).where(Submission.id == submission_id).values(content={"D7": message}))
            figures = {"part": "ekonomi", "version": 1, "file": 1, "changes": [["r", "c", message, "1"]]}
            log(session, self.hall.now, "årshjul", "submission.reopened", BIN_UNDERLAG, figures)

    def withhold(self, version=1, page=BIN, **data):
        return self.act("sparra", page, **{"version": version, "lagrum": LAGRUM, "skal": WHY, "personer": NAMED} | data)

    def lift(self, number=1, why="Sekretessen gäller inte längre."):
        with self.hall.town.store.begin() as session:
            return lift(Act(Scene(session, self.hall.office(), self.hall.now), "Ekonom E", why), number)

    def mail(self, *files, ident="<1@example.se>"):
        raw = mail_with(*files).replace(b"<1@example.se>", ident.encode())
        with self.hall.town.store.begin() as session:
            scene = Scene(session, self.hall.office(), self.hall.now)
            return take_in(Act(scene, MAILBOX), opened(raw), self.hall.now).row.id

    def withhold_mail(self, number, file=0):
        with self.hall.town.store.begin() as session:
            scene = Scene(session, self.hall.office(), self.hall.now)
            row = session.get_one(Incoming, number)
            return withhold_mail(Act(scene, "Ekonom E", WHY), row, GROUND, file).id

    def part(self, part="ekonomi", key=BIN_UNDERLAG):
        with self.hall.town.store.read() as session:
            states = part_states(session, [self.hall.town.wheel.obligations[key]])[key]
        return next(each for each in states if each.part.id == part)

    def in_the_open(self):
        """Every text and byte that the database holds for all to read: all but what lies behind a spärr."""
        found = []
        with self.hall.town.store.read() as session:
            for table in sa.inspect(session.connection()).get_table_names():
                if table != WithheldPiece.__tablename__:
                    for row in session.execute(sa.text(f'SELECT * FROM "{table}"')):
                        found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
        return b"\n".join(found)

    def verdict(self):
        with self.hall.town.store.begin() as session:
            while chain(session):
                pass
            return verify(session)


@cache
def handed_in():
    made = Office()
    made.receive()
    made.quote()
    return made


@pytest.fixture
def office():
    return handed_in().copy()


def test_nothing_of_it_is_left_in_the_open_and_it_counts_as_it_counted(office):
    assert SECRET_WORDS.encode() in office.in_the_open() and FILE in office.in_the_open()
    assert office.withhold().headers["location"] == f"{BIN}?gjort=sparra"
    assert SECRET_WORDS.encode() not in office.in_the_open() and FILE not in office.in_the_open()
    state = office.part()
    assert (state.complete, state.version, state.sha256) == (True, 1, sha256(FILE).hexdigest())
    assert [each.message for each in state.findings] == [
        f"Spärrad av Ekonom E fredag 10 september 2027 enligt {LAGRUM}."
    ]
    page = office.text()
    assert "Spärrad fredag 10 september 2027" in page and LAGRUM in page and WHY in page
    (logged,) = office.logged("withheld.begun")
    assert (logged.who, logged.key, logged.detail["readers"]) == ("Ekonom E", BIN_UNDERLAG, [NAMED])
    verdict = office.verdict()
    assert (verdict.broken, verdict.gallrade) == (None, 1)


def test_words_with_quotes_and_new_lines_are_found_where_the_log_repeats_them(office):
    told = 'Anna "Nisse" Exempelsson\när sjuk \\ hemma'
    with office.hall.town.store.begin() as session:
        log(session, office.hall.now, "årshjul", "answer.given", BIN_UNDERLAG, {"motivering": f"Svar: {told}"})
    office.quote(message=told)
    office.withhold()
    assert b"Nisse" not in office.in_the_open()
    office.lift()
    assert b"Nisse" in office.in_the_open()


def test_what_two_versions_have_said_stays_withheld_with_the_one_that_is_left(office):
    office.receive(xlsx(b"andra versionen"), name="Ekonomi 2.xlsx")
    second = office.rows(Submission)[-1].id
    with office.hall.town.store.begin() as session:
        log(session, office.hall.now, "årshjul", "answer.given", BIN_UNDERLAG, {"motivering": SECRET_WORDS})
        found = dict.fromkeys(("rule", "place", "mend", "lagrum"), "y") | {
            "message": SECRET_WORDS,
            "severity": "upplysning",
        }
        submissions.add_findings(session, second, [found])
    office.withhold()
    office.withhold(version=second)
    office.lift(1)
    (told,) = office.logged("answer.given")
    assert told.detail is None, "the second version says so too, and is withheld"
    office.lift(2)
    assert office.logged("answer.given")[0].detail == {"motivering": SECRET_WORDS}
    assert office.verdict().broken is None


def test_lifted_it_is_again_what_it_was_to_the_last_byte(office):
    def kept():
        with office.hall.town.store.read() as session:
            version = session.execute(
                sa.select(Submission.content, Submission.fields, Submission.filename, Submission.complete)
            ).one()
            found = session.execute(sa.select(FindingRow.rule, FindingRow.message, FindingRow.severity)).all()
            given = session.execute(sa.select(Answer.rule, Answer.motivering, Answer.by, Answer.answered_at)).all()
            told = session.scalars(sa.select(LogRow.detail).where(LogRow.what == "submission.reopened")).all()
            letters = session.scalars(sa.select(LetterRow.mime).order_by(LetterRow.id)).all()
            files = session.execute(sa.select(Blob.sha256, Blob.content)).all()
        return version, found, given, told, letters, files

    before = kept()
    office.withhold(namn="bort")
    assert kept() != before
    office.lift()
    assert kept() == before
    assert not office.rows(WithheldPiece)
    assert office.rows(Withheld)[0].lifted_why == "Sekretessen gäller inte längre."
    assert office.verdict().broken is None and office.verdict().gallrade == 0


def test_a_letter_that_repeats_it_shows_that_it_is_withheld_and_comes_back_as_it_was(office):
    office.receive(PROTECTED, part="mal-och-resultat", name="Mål.pdf")  # a question, which the kvittens repeats
    asked = next(row.message for row in office.rows(FindingRow) if row.rule != "x")
    (letter,) = [row for row in office.rows(LetterRow) if asked in " ".join(words(row).split())]
    office.withhold(version=2)
    assert asked.encode() not in office.in_the_open()
    shown = next(row for row in office.rows(LetterRow) if row.id == letter.id)
    assert "återger en handling som är spärrad" in " ".join(words(shown).split())
    assert office.part("mal-och-resultat").complete is False  # as it was: the question was not answered
    office.lift()
    assert next(row for row in office.rows(LetterRow) if row.id == letter.id).mime == letter.mime


def test_what_is_not_complete_says_what_to_do(office):
    office.receive(PROTECTED, part="mal-och-resultat", name="Mål.pdf")
    office.withhold(version=2)
    (found,) = office.part("mal-och-resultat").findings
    assert found.severity == "stopp" and "Den var inte komplett när den spärrades" in found.mend


def test_a_motivering_is_withheld_too(office):
    why = "Vi har inga risker i år, för Anna Exempelsson är sjuk."
    office.receive(part="riskanalys-och-intern-kontroll", ej=why)
    assert why.encode() in office.in_the_open()
    office.withhold(version=2)
    assert why.encode() not in office.in_the_open()
    state = office.part("riskanalys-och-intern-kontroll")
    assert state.complete and state.ej_aktuellt == "(motiveringen är spärrad)"
    office.lift()
    assert office.part("riskanalys-och-intern-kontroll").ej_aktuellt == why


def test_the_same_file_is_withheld_wherever_it_lies_and_wherever_it_comes_again(office):
    office.receive(key=OMN_UNDERLAG)
    number = office.mail(FILE)
    office.withhold()
    assert FILE not in office.in_the_open()
    assert "Spärrad" in office.text(f"{PAGE}/omsorgsnamnden/underlag")
    office.receive(key=KS_UNDERLAG, name="En gång till.xlsx")
    again = office.mail(FILE, xlsx(b"annan fil"), ident="<2@example.se>")
    assert FILE not in office.in_the_open()
    assert office.browser.get(f"/registrera/{number}/fil/1").status_code == 410
    assert office.browser.get(f"/registrera/{again}/fil/1").status_code == 410
    assert office.browser.get(f"/registrera/{again}/fil/2").content == xlsx(b"annan fil")
    office.lift()
    assert FILE in office.in_the_open()
    assert office.browser.get(f"/registrera/{number}/fil/1").content == FILE


def test_a_mail_is_withheld_whole_or_one_file_of_it():
    office = Office()
    number = office.mail(xlsx(b"ena"), xlsx(b"andra"))
    with office.hall.town.store.begin() as session:
        session.get_one(Incoming, number).subject = "SV: Anna Exempelssons sjukskrivning"
    one = office.withhold_mail(number, file=1)
    assert xlsx(b"ena") not in office.in_the_open()
    assert office.browser.get(f"/registrera/{number}/fil/2").content == xlsx(b"andra")
    whole = office.withhold_mail(number)
    page = office.browser.get(f"/registrera/{number}").text
    for gone in ("Anna Exempelsson", "Här kommer filerna", "fil1.xlsx"):
        assert gone not in page and gone.encode() not in office.in_the_open()
    assert "(ämnet är spärrat)" in office.browser.get("/registrera").text
    office.lift(one)  # the other still holds all of it
    assert xlsx(b"ena") not in office.in_the_open() and b"Anna Exempelsson" not in office.in_the_open()
    office.lift(whole)
    assert "Anna Exempelsson" in office.browser.get(f"/registrera/{number}").text
    assert office.browser.get(f"/registrera/{number}/fil/1").content == xlsx(b"ena")


def test_what_is_withheld_is_not_taken_away_and_what_is_taken_away_does_not_come_back(office):
    number = office.mail(FILE, docx(b"andra"))
    office.receive(docx(b"andra"), part="mal-och-resultat", name="Mål.docx")
    office.withhold()
    form = {"anledning": "personuppgifter", "skal": WHY, "beslut": "Gallringsbeslut KS 2027 § 12", "till": "2027-09-23"}
    assert "redan spärrad, av Ekonom E. Häv spärren först." in told(office.act("ta-bort", version=1, **form))
    assert "redan spärrad" in told(office.withhold())
    taken = next(row.id for row in office.rows(Submission) if row.part == "mal-och-resultat" and row.sha256)
    assert office.act("ta-bort", version=taken, **form).status_code == 303
    office.lift()
    assert office.browser.get(f"/registrera/{number}/fil/1").content == FILE
    assert docx(b"andra") not in office.in_the_open()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"version": 99}, "Välj vilken version"),
        ({"lagrum": "hemligt"}, "Skriv enligt vilket lagrum"),
        ({"skal": "x"}, "Skriv varför"),
        ({"personer": " "}, "Ange vem som får öppna"),
        ({"personer": "nagon@annan.example"}, "Ingen med adressen &#39;nagon@annan.example&#39;"),
    ],
)
def test_what_cannot_be_is_refused_with_a_word_and_nothing_is_withheld(office, data, word):
    answer = office.withhold(**data)
    assert answer.status_code == 400 and word in told(answer)
    assert (not office.rows(Withheld) and WHY in answer.text) or "skal" in data


class TestOpening:
    def browser(self, office, address=NAMED, name="Namngiven N"):
        return office.hall.inside(address=address, name=name)

    def press(self, browser, what, shown="/sparrat/1", **data):
        return browser.post(f"/sparrat/1/{what}", data={"csrf": hidden(browser.get(shown).text), **data})

    def test_whoever_is_named_opens_it_and_each_time_is_in_the_log(self, office):
        office.withhold(namn="bort")
        named = self.browser(office)
        before = named.get("/sparrat/1").text
        assert SECRET_WORDS not in before and "Öppna det som är spärrat" in before
        page = self.press(named, "oppna")
        assert SECRET_WORDS in page.text and "Ekonomi.xlsx" in page.text and page.headers["cache-control"] == "no-store"
        file = self.press(named, "fil", nummer="1")
        assert file.content == FILE and "attachment" in file.headers["content-disposition"]
        assert [(row.who, row.detail.get("file")) for row in office.logged("withheld.opened")] == [
            ("Namngiven N", None), ("Namngiven N", 1),
        ]  # fmt: skip

    def test_the_ekonomikontor_does_not_open_what_it_is_not_named_for_and_may_change_who_is(self, office):
        office.withhold()
        shown = office.browser.get("/sparrat/1").text
        assert LAGRUM in shown and "Öppna det som är spärrat" not in shown
        for what in ("oppna", "fil"):
            refused = self.press(office.browser, what, nummer="1")
            assert refused.status_code == 403 and "inte en av dem som får öppna det" in refused.text
        assert not office.logged("withheld.opened")
        assert self.press(office.browser, "lasare", personer=f"{NAMED}\r\nokand@example.se").status_code == 400
        assert self.press(office.browser, "lasare", personer=f"{NAMED}\r\n{REGISTRATOR}").status_code == 303
        assert office.rows(Withheld)[0].readers == [NAMED, REGISTRATOR]
        assert self.press(office.browser, "hav", skal="x").status_code == 400
        assert self.press(office.browser, "hav", skal="Beslut om utlämnande.").status_code == 303
        assert "Spärren är hävd" in office.browser.get("/sparrat/1?gjort=hav").text


def test_no_route_gives_a_byte_of_it_to_those_who_are_not_named(office, tmp_path):
    """Every route that is declared is asked by the ekonomikontor and by another's nämndsekreterare, and so are searches."""
    office.mail(FILE)
    other = next(
        row.address for row in office.rows(Person) if row.id.startswith("namndsekreterare.") and row.id != NAMED
    )
    office.withhold(namn="bort")
    real = {
        "step": "delarsrapport", "period": "2027-08", "unit": "bildningsnamnden", "krav": "underlag", "body": "ksau",
        "day": "2027-10-05", "role": "forvaltningschef", "year": "2027", "kind": "xlsx",
    }  # fmt: skip
    asked = [
        re.sub(r"{(\w+)}", lambda part: real.get(part[1], "1"), route)
        for route, methods in sorted(office.hall.app().openapi()["paths"].items())
        if "get" in methods and route not in ("/logga-ut", DRAWN)
    ]
    asked += [path.replace("/1.", "/2.") for path in asked if "sammanstallning" in path]
    asked += [
        f"{PAGE}/sammanstallning.docx",
        "/loggen?q=sjukskrivning",
        "/loggen/fil.csv?q=Ekonomi",
        "/loggen?q=Ekonomi.xlsx",
    ]
    told = {"the words": "sjukskrivning", "the name": "Ekonomi.xlsx"}
    given = []
    for who in (office.browser, office.hall.inside(address=other, name="Annan sekreterare")):
        for path in asked:
            office.hall.now += timedelta(seconds=2)
            answer = who.get(path)
            body = answer.content + _unpacked(answer.content)
            echoed = answer.text.count("sjukskrivning") if "q=sjukskrivning" in path else 0
            if FILE in body or b"hemligt innehall 4711" in body or sha256(FILE).hexdigest().encode() * 2 in body:
                given.append((path, "the file"))
            given += [
                (path, what) for what, each in told.items()
                if each.encode() in body and f"q={each}" not in path and not echoed
            ]  # fmt: skip
    assert given == []
    assert len(asked) > 40


def _unpacked(content):
    """What is in an Office file, beside its packed bytes."""
    import zipfile
    from io import BytesIO

    if not content.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_whoever_handed_it_in_is_told_that_it_is_withheld_and_gets_none_of_it(office):
    office.withhold()
    with office.hall.town.store.begin() as session:
        token = sign(SECRET, issue(session, CHIEF, ["forvaltningschef"], office.hall.now))
    chief = office.hall.browser()
    press(chief, f"/l/{token}")
    got = chief.get("/mina/fil/1")
    assert got.status_code == 410 and "Filen är spärrad" in got.text and FILE not in got.content
    page = chief.get("/mina").text
    assert "Spärrad av Ekonom E" in page and SECRET_WORDS not in page


def test_the_archive_package_says_that_it_is_withheld_and_has_nothing_of_it(office, tmp_path):
    office.mail(FILE)
    office.withhold(namn="bort")
    office.verdict()
    with office.hall.town.store.read(still=True) as session:
        write_package(
            session, office.hall.office().definition, 2027, tmp_path / "paket", office.hall.now, secret=SECRET
        )
    files = [path for path in (tmp_path / "paket").rglob("*") if path.is_file()]
    whole = b"".join(path.read_bytes() for path in files)
    for each in (FILE, b"hemligt innehall", b"Exempelsson", b"Ekonomi.xlsx"):
        assert each not in whole
    rows = json.loads((tmp_path / "paket/handlingar/handlingar.json").read_text(encoding="utf-8"))
    (row,) = [each for each in rows if each["part"] == "ekonomi"]
    assert row["file"] is None and row["withheld"]["lagrum"] == LAGRUM and row["withheld"]["by"] == "Ekonom E"
    assert LAGRUM in (tmp_path / "paket/index.html").read_text(encoding="utf-8")
    assert LAGRUM in (tmp_path / "paket/uppgifter/sparrat.txt").read_text(encoding="utf-8")


def test_who_can_never_log_in_is_not_named_as_nobody_could_then_open_it(office):
    answer = office.withhold(personer=f"{NAMED}\n{CHIEF}")
    assert answer.status_code == 400
    assert f"({CHIEF}) har ingen roll som får logga in, och kan därför aldrig öppna det som spärras." in told(answer)
    assert office.hall.rows(Withheld) == []
    office.withhold()
    with office.hall.town.store.begin() as session:
        act = Act(Scene(session, office.hall.office(), office.hall.now), "Ekonom E")
        with pytest.raises(RefusedError, match="har ingen roll som får logga in"):
            name_readers(act, 1, [CHIEF], office.hall.rules)
        by_claim = LoginRules(
            provider=Provider(issuer="https://id.example.se", client_id="x", client_secret="x", role_claim="roles")
        )
        assert name_readers(act, 1, [CHIEF], by_claim).readers == [CHIEF]  # the provider says who may come in


def test_the_form_says_beforehand_which_words_are_not_sought(office):
    assert f"Ord och stycken under {SHORTEST_QUOTE} tecken söks inte där" in office.text()
