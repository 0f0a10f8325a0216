"""What is handed in is judged by its content, kept as versions, and told to the ladder."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from arshjul.errors import RefusedError
from arshjul.swedish import STOCKHOLM
from store.plan.waking import TOUCHED
from store.tables import Blob, FindingRow, LogRow, ObligationRow, OccurrenceRow, Submission
from submissions.files.parts import DATUM, JUSTERAD, MAX_BYTES, PARAGRAF, Upload
from submissions.intake.receive import receive
from submissions.standing.completeness import all_complete, lacks, owing_roles, part_states
from submissions.standing.states import cores_of
from tests.rig.handins import LOCKED_EXCEL, NOW, OLD_EXCEL, PDF, PROTECTED, docx, locked_zip, odt, xlsx
from tests.rig.hedemora import ANVISNING, BIN_PROGNOS, BIN_PROTOKOLL, BIN_UNDERLAG, KS_UNDERLAG, town

pytestmark = pytest.mark.whole

DECISION = {PARAGRAF: "45", DATUM: "2027-09-09", JUSTERAD: "ja"}


@pytest.fixture
def desk():
    here = town()
    with here.store.begin() as session:
        yield Desk(session, here.wheel)


class Desk:
    def __init__(self, session, wheel):
        self.session, self.wheel = session, wheel

    def take(self, key, part, name=None, content=b"", now=NOW, **more):
        upload = Upload(filename=name, content=content) if name is not None else None
        return receive(
            self.session, self.wheel, key, part, upload=upload, by="Förvaltningschef", via="länk", now=now, **more
        )

    def states(self, *keys):
        return part_states(self.session, [self.wheel.obligations[key] for key in keys])

    def count(self, table):
        return len(self.session.scalars(select(table)).all())


def test_a_file_is_kept_by_its_checksum_as_the_first_version(desk):
    got = desk.take(BIN_UNDERLAG, "ekonomi", "ekonomi.xlsx", xlsx())
    assert (got.outcome, got.version, got.complete, got.late) == ("mottagen", 1, True, False)
    assert desk.session.get(Blob, got.sha256).content == xlsx()
    row = desk.session.scalars(select(Submission)).one()
    assert (row.filename, row.by, row.via, row.media_type[-5:]) == ("ekonomi.xlsx", "Förvaltningschef", "länk", "sheet")


def test_the_same_file_twice_is_recognised_and_makes_no_version(desk):
    desk.take(BIN_UNDERLAG, "ekonomi", "ekonomi.xlsx", xlsx())
    again = desk.take(BIN_UNDERLAG, "ekonomi", "ekonomi (2).xlsx", xlsx())
    assert (again.outcome, again.version, again.filename) == ("samma igen", 1, "ekonomi.xlsx")
    assert desk.count(Submission) == 1


def test_a_new_file_is_a_new_version_and_the_old_one_stays(desk):
    desk.take(BIN_UNDERLAG, "ekonomi", "a.xlsx", xlsx())
    assert desk.take(BIN_UNDERLAG, "ekonomi", "b.xlsx", xlsx(b"2")).version == 2
    assert (desk.count(Submission), desk.count(Blob)) == (2, 2)
    assert desk.states(BIN_UNDERLAG)[BIN_UNDERLAG][0].filename == "b.xlsx"


def test_the_same_bytes_for_two_parts_are_kept_once(desk):
    desk.take(BIN_UNDERLAG, "mal-och-resultat", "a.pdf", PDF)
    desk.take(BIN_UNDERLAG, "riskanalys-och-intern-kontroll", "a.pdf", PDF)
    assert (desk.count(Submission), desk.count(Blob)) == (2, 1)


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_a_hand_in_after_the_frist_is_taken_and_marked_late(desk, seconds, late):
    due = desk.wheel.obligations[BIN_UNDERLAG].deadline.at
    assert due == datetime(2027, 9, 21, 16, 0, tzinfo=STOCKHOLM)  # a Tuesday
    got = desk.take(BIN_UNDERLAG, "ekonomi", "a.xlsx", xlsx(), now=due + timedelta(seconds=seconds))
    assert (got.outcome, got.late, got.complete) == ("mottagen", late, True)


@pytest.mark.parametrize(
    ("part", "name", "content", "rule", "word"),
    [
        ("ekonomi", "tom.xlsx", b"", "tom-fil", "tom"),
        ("ekonomi", "stor.pdf", PDF + b" " * MAX_BYTES, "for-stor", "20 MB"),
        ("ekonomi", "rapport.docx", docx(), "fel-slag", "Word"),
        ("mal-och-resultat", "tabell.xlsx", xlsx(), "fel-slag", "Excel"),
        ("ekonomi", "rapport.xlsx", b"MZ\x90\x00 a program", "fel-slag", "ingen filtyp"),
        ("ekonomi", "rapport.xlsx", PDF, "fel-namn", "slutar på .xlsx"),
        ("ekonomi", "gammal.xls", OLD_EXCEL, "fel-slag", "äldre"),
        ("ekonomi", "makro.xlsm", xlsx(**{"xl/vbaProject.bin": b"x"}), "makron", "makron"),
        ("ekonomi", "last.xlsx", LOCKED_EXCEL, "losenord", "lösenord"),
        ("ekonomi", "last.xlsx", locked_zip(), "losenord", "lösenord"),
        ("mal-och-resultat", "last.odt", odt(b"<manifest:encryption-data/>"), "losenord", "lösenord"),
        ("ekonomi", "trasig.xlsx", xlsx()[:60], "skadad", "skadad"),
    ],
)
def test_a_file_that_cannot_be_taken_is_not_stored_and_says_how_to_mend_it(desk, part, name, content, rule, word):
    got = desk.take(BIN_UNDERLAG, part, name, content)
    assert (got.outcome, got.version, [found.rule for found in got.findings]) == ("nekad", None, [rule])
    finding = got.findings[0]
    assert word in finding.message and finding.mend and finding.lagrum and finding.severity == "stopp"
    assert (desk.count(Submission), desk.count(Blob)) == (0, 0)
    assert desk.session.scalars(select(LogRow).where(LogRow.what == "submission.refused")).one().detail["rules"] == [
        rule
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\Windows\\räksmörgås åäö.pdf", "räksmörgås åäö.pdf"),
        ("a\x00b\r\nX-Evil: 1.pdf", "abX-Evil- 1.pdf"),
        ("fdp.\u202egnp.pdf", "fdp.gnp.pdf"),
        ("..", "mal-och-resultat.pdf"),
        ("rapport", "rapport.pdf"),
        ("å" * 300 + ".pdf", "å" * 116 + ".pdf"),
        ("<script>.pdf", "-script-.pdf"),
    ],
)
def test_a_name_is_cleaned_before_it_is_kept(desk, name, kept):
    assert desk.take(BIN_UNDERLAG, "mal-och-resultat", name, PDF).filename == kept


def test_a_pdf_that_was_cut_off_is_kept_but_not_complete(desk):
    got = desk.take(BIN_UNDERLAG, "mal-och-resultat", "a.pdf", PDF[:20])
    assert (got.outcome, got.complete, got.findings[0].rule) == ("mottagen", False, "skadad")
    state = next(s for s in desk.states(BIN_UNDERLAG)[BIN_UNDERLAG] if s.part.id == "mal-och-resultat")
    assert not state.complete and lacks(state) == (got.findings[0].message, got.findings[0].mend)


def test_a_protected_pdf_waits_for_an_answer(desk):
    got = desk.take(BIN_UNDERLAG, "mal-och-resultat", "a.pdf", PROTECTED)
    assert (got.complete, got.findings[0].severity) == (False, "fråga")
    assert lacks(desk.states(BIN_UNDERLAG)[BIN_UNDERLAG][1]) == (
        "en fråga att svara på. PDF:en är skyddad.",
        "Svara på din sida.",
    )


def test_a_protokollsutdrag_with_paragraf_and_date_makes_it_final(desk):
    got = desk.take(BIN_PROTOKOLL, "protokollsutdrag", "p.pdf", PDF, fields=DECISION)
    assert got.complete
    state = desk.states(BIN_PROTOKOLL)[BIN_PROTOKOLL][0]
    assert state.fields == {PARAGRAF: "§ 45", DATUM: "2027-09-09", JUSTERAD: True}


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({}, ["saknar-paragraf", "saknar-datum"]),
        ({PARAGRAF: "§ 45", DATUM: ""}, ["saknar-datum"]),
        ({PARAGRAF: "sen", DATUM: "2027-09-09"}, ["fel-paragraf"]),
        ({PARAGRAF: "§45", DATUM: "9/9"}, ["fel-datum"]),
        ({PARAGRAF: "45", DATUM: "2027-09-11"}, ["framtida-datum"]),  # tomorrow, a Saturday
        ({PARAGRAF: "45", DATUM: "2027-09-10"}, []),  # today
    ],
)
def test_a_protokollsutdrag_without_its_paragraf_or_date_is_kept_but_not_complete(desk, fields, rules):
    got = desk.take(BIN_PROTOKOLL, "protokollsutdrag", "p.pdf", PDF, fields=fields)
    assert (got.outcome, [found.rule for found in got.findings]) == ("mottagen", rules)
    assert got.complete == (not rules)
    assert desk.count(FindingRow) == len(rules)


def test_fields_alone_complete_a_protokollsutdrag_that_was_handed_in_without_them(desk):
    first = desk.take(BIN_PROTOKOLL, "protokollsutdrag", "p.pdf", PDF)
    mended = desk.take(BIN_PROTOKOLL, "protokollsutdrag", fields=DECISION)
    assert (mended.version, mended.complete, mended.sha256, mended.filename) == (2, True, first.sha256, "p.pdf")


def test_fields_without_any_file_are_told_to_come_with_one(desk):
    got = desk.take(BIN_PROTOKOLL, "protokollsutdrag", fields=DECISION)
    assert (got.outcome, got.findings[0].rule) == ("nekad", "saknar-fil")


@pytest.mark.parametrize(
    ("key", "part"), [(BIN_PROTOKOLL, "protokollsutdrag"), (ANVISNING, "anvisningar"), (ANVISNING, "godkannande")]
)
def test_what_others_build_on_cannot_be_ej_aktuellt(desk, key, part):
    with pytest.raises(RefusedError, match="kan inte anges som ej aktuellt"):
        desk.take(key, part, ej_aktuellt="Nämnden hinner inte besluta nu.")


def test_ej_aktuellt_with_a_motivering_completes_the_part(desk):
    got = desk.take(BIN_UNDERLAG, "mal-och-resultat", ej_aktuellt="Nämnden har inga egna mål i år.")
    assert (got.outcome, got.complete, got.ej_aktuellt) == ("mottagen", True, "Nämnden har inga egna mål i år.")


@pytest.mark.parametrize(
    "words", ["", " ", "-", "ej aktuellt", "Inte aktuellt!", "x x x x x x x x x x", "hej hej hej hej hej hej"]
)
def test_ej_aktuellt_without_substance_is_not_taken(desk, words):
    got = desk.take(BIN_UNDERLAG, "mal-och-resultat", ej_aktuellt=words)
    assert (got.outcome, got.findings[0].rule) == ("nekad", "motivering")
    assert desk.count(Submission) == 0


def test_an_approval_is_a_statement_and_never_ej_aktuellt(desk):
    assert desk.take(ANVISNING, "godkannande", fields={"intygas": False}).outcome == "nekad"
    with pytest.raises(RefusedError, match="ej aktuell"):
        desk.take(ANVISNING, "godkannande", ej_aktuellt="Vi behöver inga anvisningar i år.")
    assert desk.take(ANVISNING, "godkannande", fields={"intygas": "ja"}).complete


def test_a_file_after_ej_aktuellt_is_what_counts(desk):
    desk.take(BIN_UNDERLAG, "mal-och-resultat", ej_aktuellt="Nämnden har inga egna mål i år.")
    desk.take(BIN_UNDERLAG, "mal-och-resultat", "a.pdf", PDF)
    state = next(s for s in desk.states(BIN_UNDERLAG)[BIN_UNDERLAG] if s.part.id == "mal-och-resultat")
    assert (state.version, state.ej_aktuellt, state.filename) == (2, None, "a.pdf")


def test_unknown_obligations_and_parts_are_refused_with_the_nearest_word(desk):
    with pytest.raises(RefusedError, match="menade du"):
        desk.take(BIN_UNDERLAG.replace("underlag", "underlaget"), "ekonomi", "a.xlsx", xlsx())
    with pytest.raises(RefusedError, match="menade du 'ekonomi'"):
        desk.take(BIN_UNDERLAG, "ekonomin", "a.xlsx", xlsx())


def test_nothing_at_all_and_both_at_once_are_refused(desk):
    with pytest.raises(RefusedError, match="ingen fil"):
        desk.take(BIN_UNDERLAG, "ekonomi")
    with pytest.raises(RefusedError, match="antingen"):
        desk.take(BIN_UNDERLAG, "ekonomi", "a.xlsx", xlsx(), ej_aktuellt="Nämnden har ingen ekonomi alls.")


def test_a_hand_in_wakes_what_hangs_on_it(desk):
    def fall_asleep():
        for row in desk.session.scalars(select(ObligationRow)):
            row.wake_at = None
        desk.session.flush()

    def woken():
        desk.session.flush()
        keys = set(desk.session.scalars(select(ObligationRow.key).where(ObligationRow.wake_at == later)))
        fall_asleep()
        return keys

    fall_asleep()
    for row in desk.session.scalars(select(OccurrenceRow)):
        row.touched_at = None
    later = NOW + timedelta(minutes=1)
    desk.take(BIN_PROGNOS, "planerade-atgarder", "p.docx", docx(), now=later)
    assert woken() == {BIN_PROGNOS, BIN_UNDERLAG}
    later += timedelta(minutes=1)
    desk.take(BIN_PROTOKOLL, "protokollsutdrag", "p.pdf", PDF, fields=DECISION, now=later)
    assert woken() == {BIN_PROTOKOLL, BIN_UNDERLAG}
    later += timedelta(minutes=1)
    desk.take(ANVISNING, "anvisningar", "a.pdf", PDF, now=later)
    assert {ANVISNING, BIN_UNDERLAG, KS_UNDERLAG} < woken()
    touched = desk.session.info[TOUCHED]  # written last, when the transaction commits
    assert {step for step, _ in touched} == {"prognos", "delarsrapport"}


def test_a_refused_file_wakes_nobody(desk):
    later = NOW + timedelta(minutes=1)
    desk.take(BIN_UNDERLAG, "ekonomi", "a.xlsx", b"", now=later)
    assert not desk.session.scalars(select(ObligationRow).where(ObligationRow.wake_at == later)).all()


def test_complete_is_preliminary_until_the_namnd_has_decided(desk):
    keys = (BIN_UNDERLAG, BIN_PROTOKOLL, BIN_PROGNOS)

    def names(now=NOW):
        return [cores_of(desk.wheel, desk.states(*keys), {}, now)[key].word for key in keys]

    assert names() == ["Ofullständig"] * 3
    assert names(NOW + timedelta(days=90)) == ["Försenad"] * 3
    desk.take(BIN_UNDERLAG, "ekonomi", "a.xlsx", xlsx())
    desk.take(BIN_UNDERLAG, "mal-och-resultat", "a.pdf", PDF)
    assert owing_roles(desk.states(BIN_UNDERLAG)[BIN_UNDERLAG]) == ("forvaltningschef",)
    desk.take(BIN_UNDERLAG, "riskanalys-och-intern-kontroll", "b.docx", docx())
    assert all_complete(desk.states(BIN_UNDERLAG)[BIN_UNDERLAG])
    assert names() == ["Preliminär", "Ofullständig", "Ofullständig"]
    desk.take(BIN_PROTOKOLL, "protokollsutdrag", "p.pdf", PDF, fields=DECISION)
    assert names() == ["Komplett", "Komplett", "Ofullständig"]


def test_owing_roles_are_those_whose_parts_are_missing(desk):
    assert owing_roles(desk.states(KS_UNDERLAG)[KS_UNDERLAG]) == ("kommundirektor", "hr_chef")
    desk.take(KS_UNDERLAG, "personalberattelse", "p.docx", docx())
    assert owing_roles(desk.states(KS_UNDERLAG)[KS_UNDERLAG]) == ("kommundirektor",)


def test_the_states_of_a_thousand_obligations_take_a_few_queries(desk):
    from sqlalchemy import event

    seen = []
    event.listen(desk.session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    assert len(part_states(desk.session, desk.wheel.obligations.values())) > 300
    assert len(seen) <= 3


@pytest.mark.slow
def test_two_who_hand_in_the_same_part_at_once_get_a_version_each_on_postgresql(postgres_url):
    from concurrent.futures import ThreadPoolExecutor

    from store.database import open_store
    from store.plan.in_step import sync
    from store.tables import Table

    store, wheel = open_store(postgres_url), town().wheel
    Table.metadata.create_all(store.engine)
    with store.begin() as session:
        sync(session, wheel, NOW)

    def hand_in(number):
        with store.begin() as session:
            upload = Upload(filename="a.xlsx", content=xlsx(b"%d" % (number % 4)))
            return receive(session, wheel, BIN_UNDERLAG, "ekonomi", upload=upload, by="x", via="länk", now=NOW).version

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(hand_in, range(12)))
    with store.read() as session:
        assert sorted(set(versions)) == [
            row.version for row in session.scalars(select(Submission).order_by(Submission.version))
        ]
    store.close()
