"""A year's package for the e-arkiv: everything in it once, checked by its sums, and nothing half."""

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from actions.bodies.recording import Decided, record_decision
from actions.plan.tidplan import fix_tidplan
from actions.scene import Scene
from app.archive.files import MANIFEST, new_folder, safe
from app.archive.letter import NOTE, without_links
from app.archive.package import write_package
from app.archive.package_text import RECORDED
from arshjul.errors import RefusedError
from notifications.letters.sealing import unsealed
from store.archive import GATHERED, LEFT_OUT, RECORDS, Year
from store.database import Store, open_store
from store.log.log_chain import ACTING, chain, digest_of, digest_of_detail
from store.log.log_gallring import gallra
from store.log.log_verdict import verify
from store.log.writing import log
from store.tables import Blob, Compilation, Incoming, LedgerFile, LetterRow, LogRow, Submission, Table
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.acts import act
from tests.rig.handins import PDF
from tests.rig.hedemora import BIN_UNDERLAG, OMN_UNDERLAG, hedemora
from tests.rig.paths import ROOT
from tests.rig.rounds import House, house, only
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

AFTER = instant("måndag 3 januari 2028 kl. 08.00")
TOKEN = re.compile(rb"/(?:l|logga-in/lank)/(?!\*)[A-Za-z0-9]")
SIE = hashlib.sha256(b"#SIE").hexdigest()


@pytest.fixture(scope="module")
def year() -> House:
    """A delårsrapport that went its way: letters, hand-ins with odd names, an anstånd, a meeting, a decision."""
    bench = house(only("delarsrapport", "prognos", town="hedemora"))
    bench.morning("måndag 6 september 2027")
    with bench.store.begin() as session:
        now = instant("fredag 10 september 2027 kl. 09.00")
        wheel = Scene(session, bench.office, now).wheel
        names = ("../../etc/passwd", "CON.pdf", "Ekonomi åäö: slut?.pdf")
        for part, name in zip(wheel.obligations[BIN_UNDERLAG].parts, names, strict=False):
            receive(session, wheel, BIN_UNDERLAG, part.id, upload=Upload(filename=name, content=PDF), fields={},
                    by="<b>Karin</b>", via="länk", now=now)  # fmt: skip
        part = wheel.obligations[OMN_UNDERLAG].parts[-1]
        receive(session, wheel, OMN_UNDERLAG, part.id, ej_aktuellt="Inga investeringar i år.", fields={},
                by="Bo", via="länk", now=now)  # fmt: skip
        session.add(Blob(sha256=SIE, size=4, content=b"#SIE"))
        session.flush()
        session.add(
            LedgerFile(ledger="kommunen", period="2027-08", company="Hedemora kommun", to_date=None,
                       filename="bok.se", sha256=SIE, by="ekonomen", received_at=now)
        )  # fmt: skip
        quoted = b"Subject: Sv\r\n\r\nBifogat.\r\n> https://arshjul.example.se/l/aGVqZGlzYW4.hemlig\r\n"
        session.add(Blob(sha256=hashlib.sha256(quoted).hexdigest(), size=len(quoted), content=quoted))
        session.flush()
        session.add(
            Incoming(digest="x", message_id="<1@example.se>", sha256=hashlib.sha256(quoted).hexdigest(), received_at=now, taken_in_at=now,
                     sender="karin@example.se", subject="Sv: <i>underlag</i>", kind="svar", state="oläst",
                     obligation_key=BIN_UNDERLAG, letter_id=None, files=[], note="", handled_at=None, handled_by=None)
        )  # fmt: skip
        session.add(
            Compilation(step="delarsrapport", period="2027-08", kind="xlsx", basis="x", sha256=SIE, made_at=now)
        )
    bench.anstand(OMN_UNDERLAG, date(2027, 9, 23), "fredag 10 september 2027 kl. 10.00")
    bench.morning("tisdag 14 september 2027")
    with bench.store.begin() as session:
        key = "hedemora/delarsrapport/2027-08/kommunen/ks"
        day = instant("tisdag 19 oktober 2027 kl. 12.00")
        done = act(session, day, "sekreteraren")
        decided = Decided(on=date(2027, 10, 19), outcome="godkänns", paragraf="§ 45", diarienummer="KS 2027/112")
        record_decision(done, done.body_moment(key), decided, "godkänns")
        fix_tidplan(act(session, AFTER), 2028, date(2028, 1, 3), "§ 1")
        while chain(session):
            pass
        gallra(session, [2], "arkivarien", "gallringsbeslut", instant("fredag 17 december 2027 kl. 08.00"))
        while chain(session):
            pass
    return bench


def take_out(store: Store, place: Path, number: int = 2027, now: datetime = AFTER):
    with store.read(still=True) as session:
        return write_package(session, hedemora().definition, number, place, now, secret=b"hemlig")


@pytest.fixture(scope="module")
def package(year: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("arkiv") / "hedemora-2027"
    assert take_out(year.store, place).whole
    return place


def files(package: Path) -> dict[str, bytes]:
    return {str(file.relative_to(package)): file.read_bytes() for file in package.rglob("*") if file.is_file()}


def told(package: Path, path: str):
    return json.loads((package / path).read_text(encoding="utf-8"))


def test_sha256sum_finds_every_file_whole_and_no_other(package):
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("no sha256sum on this machine")
    done = subprocess.run([tool, "--strict", "-c", MANIFEST], cwd=package, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = [line.partition("  ")[2] for line in (package / MANIFEST).read_text().splitlines()]
    assert sorted([*listed, MANIFEST]) == sorted(files(package))


def test_a_changed_file_is_found(package, tmp_path):
    copy = tmp_path / "kopia"
    shutil.copytree(package, copy)
    (copy / "logg/logg.txt").write_text("inget har hänt")
    sums = dict(reversed(line.split("  ")) for line in (copy / MANIFEST).read_text().splitlines())
    wrong = [path for path, content in files(copy).items()
             if path != MANIFEST and hashlib.sha256(content).hexdigest() != sums[path]]  # fmt: skip
    assert wrong == ["logg/logg.txt"]


class Links(HTMLParser):
    """The addresses on a page, and whatever it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.hrefs.append(unquote(value or ""))
            elif name in ("src", "href", "srcset", "data", "action"):
                self.fetched.append(value or "")


def test_the_index_leads_to_every_file_and_fetches_nothing(package):
    page = Links()
    page.feed((package / "index.html").read_text(encoding="utf-8"))
    inside = {href for href in page.hrefs if not href.startswith("#")}
    assert inside == set(files(package)) - {"index.html"}
    assert page.fetched == []
    assert not [href for href in page.hrefs if urlsplit(href).scheme]


def test_what_people_called_themselves_is_no_markup(package):
    page = (package / "index.html").read_text(encoding="utf-8")
    assert "<b>Karin</b>" not in page and "&lt;b&gt;Karin" in page


def test_every_version_is_there_with_its_bytes_and_its_facts(year, package):
    with year.store.read() as session:
        rows = session.scalars(sa.select(Submission).order_by(Submission.id)).all()
    handlingar = told(package, "handlingar/handlingar.json")
    assert len(handlingar) == len(rows) == 4
    for row in handlingar:
        if row["file"]:
            content = (package / row["file"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row["sha256"]
    assert {row["ej_aktuellt"] for row in handlingar} == {None, "Inga investeringar i år."}
    text = next((package / "handlingar/delarsrapport/2027-08/omsorgsnamnden").rglob("*.txt")).read_text()
    assert "Ej aktuellt: Inga investeringar i år." in text
    assert "fredag 10 september 2027 kl. 09.00" in text


def test_names_are_safe_and_no_path_climbs_out(package):
    for path in files(package):
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", path), path
        assert ".." not in path.split("/")
        assert len(path) < 200


def test_letters_are_as_sent_but_open_nobodys_page(year, package):
    letters = told(package, "brev/brev.json")
    with year.store.read() as session:
        sent = {row.key: row.mime for row in session.scalars(sa.select(LetterRow))}
    assert len(letters) == len(sent) > 5
    assert any(letter["links_removed"] for letter in letters)
    for letter in letters:
        content = (package / letter["file"]).read_bytes()
        mail = message_from_bytes(content, policy=policy.default)
        assert mail["X-Arshjul-Key"] == letter["key"]
        assert letter["sha256_as_sent"] == hashlib.sha256(unsealed(sent[letter["key"]], b"hemlig")).hexdigest()
        assert letter["links_removed"] == (NOTE in mail)
        if not letter["links_removed"]:
            assert content == sent[letter["key"]]
        body = mail.get_body(("html",)).get_content()
        assert not TOKEN.search(body.encode()) and body.rstrip().endswith("</html>")


def test_a_letters_words_and_files_stay_when_its_link_goes(year):
    with year.store.read() as session:
        mime = next(row.mime for row in session.scalars(sa.select(LetterRow)) if b"frist" in row.mime)
    before, after = (
        message_from_bytes(each, policy=policy.default) for each in (unsealed(mime, b"hemlig"), without_links(mime))
    )
    assert [part.get_filename() for part in after.iter_attachments()] == [
        part.get_filename() for part in before.iter_attachments()
    ]
    words = [part.get_body(("plain",)).get_content() for part in (before, after)]
    assert words[0] != words[1]
    assert re.sub(r"/l/\S+", "/l/***", words[0]).split() == re.sub(r"/l/\*+", "/l/***", words[1]).split()


def test_a_mail_that_quotes_our_letter_keeps_its_words_without_the_link(package):
    (mail,) = told(package, "inkommande/inkommande.json")
    content = (package / mail["file"]).read_bytes()
    assert mail["links_removed"] and b"Bifogat." in content and b"hemlig" not in content
    assert "&lt;i&gt;underlag" in (package / "index.html").read_text(encoding="utf-8")


def test_mails_that_still_wait_for_somebody_are_counted(year, tmp_path):
    assert take_out(year.store, tmp_path / "ett").unread == 1
    assert take_out(year.store, tmp_path / "annat", 2026).unread == 0


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_a_login_link_goes_however_it_is_written(encoding):
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = "Logga in på årshjulet"
    link = f"https://arshjul.example.se/logga-in/lank/{'abc123' * 20}"
    mail.set_content(f"Öppna {link} inom 15 minuter.", cte=encoding)
    mail.add_alternative(f'<p><a href="{link}">{link}</a></p>', subtype="html", cte=encoding)
    after = message_from_bytes(without_links(mail.as_bytes()), policy=policy.default)
    shown = "https://arshjul.example.se/logga-in/lank/***"
    assert after["Subject"] == "Logga in på årshjulet"
    assert after.get_body(("plain",)).get_content().strip() == f"Öppna {shown} inom 15 minuter."
    assert after.get_body(("html",)).get_content().strip() == f'<p><a href="{shown}">{shown}</a></p>'


def test_no_token_is_anywhere_in_the_package(package):
    assert [path for path, content in files(package).items() if TOKEN.search(content)] == []


def test_the_log_is_whole_and_each_row_can_be_checked_by_itself(year, package):
    log = told(package, "logg/logg.json")
    with year.store.read() as session:
        ours = session.scalars(sa.select(LogRow).where(LogRow.at < instant("lördag 1 januari 2028 kl. 00.00"))).all()
    assert {row["number"] for row in log} == {row.number for row in ours}
    for row in log:
        facts = {name: row[name] for name in ("number", "previous", "who", "what", "key", "detail_digest")}
        facts |= {name: row[name] for name in ACTING if name in row}
        assert digest_of(at=datetime.fromisoformat(row["at"]), **facts) == row["digest"]
        assert row["detail"] is None or digest_of_detail(row["detail"]) == row["detail_digest"]
    for one, other in pairwise(log):
        if other["number"] == one["number"] + 1:
            assert other["previous"] == one["digest"]
    text = (package / "logg/logg.txt").read_text(encoding="utf-8")
    assert len(text.splitlines()) == len(log)
    assert "anstånd beviljat" in text and "(uppgifterna är gallrade eller spärrade)" in text


def test_what_was_recorded_is_there_as_text_and_json(package):
    (decision,) = told(package, "uppgifter/beslut.json")
    assert (decision["paragraf"], decision["diarienummer"]) == ("§ 45", "KS 2027/112")
    (anstand,) = told(package, "uppgifter/anstand.json")
    assert anstand["until"] == "2027-09-23T16:00:00+02:00"
    assert "diarienummer: KS 2027/112" in (package / "uppgifter/beslut.txt").read_text(encoding="utf-8")
    assert (package / "bokforing/kommunen/2027-08").is_dir()
    assert (package / "sammanstallningar/delarsrapport/2027-08/sammanstallning.xlsx").read_bytes() == b"#SIE"


def test_what_happened_after_new_year_is_in_the_next_years_package(year, package, tmp_path):
    assert told(package, "uppgifter/tidplaner.json") == []
    take_out(year.store, tmp_path / "2028", 2028)
    assert [row["year"] for row in told(tmp_path / "2028", "uppgifter/tidplaner.json")] == [2028]
    assert told(tmp_path / "2028", "handlingar/handlingar.json") == []


def test_the_metadata_say_what_it_is_and_how_much(package):
    facts = told(package, "metadata.json")
    assert facts["format"] == 1 and facts["year"] == 2027 and facts["whole_year"] is True
    assert facts["counts"]["handlingar"] == 4
    assert facts["chain"]["holds"] is True


def test_the_same_year_gives_the_same_bytes_also_when_later_years_go_on(year, package, tmp_path):
    take_out(year.store, tmp_path / "igen")
    assert files(tmp_path / "igen") == files(package)
    store = copy_of(year.store)
    with store.begin() as session:
        log(session, AFTER, "arkivarien", "archive.made", None, {"year": 2027})
        chain(session)
    take_out(store, tmp_path / "senare")
    assert files(tmp_path / "senare") == files(package)


def copy_of(store: Store) -> Store:
    copied = open_store("sqlite://")
    source, copy = (each.engine.raw_connection().driver_connection for each in (store, copied))
    source.backup(copy)
    return copied


def test_a_year_that_goes_on_says_so(year, tmp_path):
    done = take_out(year.store, tmp_path / "nu", now=instant("fredag 17 september 2027 kl. 08.00"))
    assert not done.whole
    assert "Året var inte slut" in (tmp_path / "nu/index.html").read_text(encoding="utf-8")
    assert "OBS" in (tmp_path / "nu/las-mig.txt").read_text(encoding="utf-8")


def test_a_broken_chain_is_told_in_the_package(year, tmp_path):
    store = copy_of(year.store)
    with store.begin() as session:
        session.execute(sa.update(LogRow).where(LogRow.number == 3).values(who="någon annan"))
    take_out(store, tmp_path / "bruten")
    assert told(tmp_path / "bruten", "metadata.json")["chain"]["holds"] is False
    assert "Kedjan är bruten." in (tmp_path / "bruten/las-mig.txt").read_text(encoding="utf-8")


def test_every_table_is_in_the_package_or_left_out_for_a_reason():
    """A new table: put its time in store/archive.py's RECORDS, gather it in app/archive/package.py, or say why it is left out."""
    recorded = {table.__tablename__ for table, _when in RECORDS.values()}
    assert recorded | set(GATHERED) | set(LEFT_OUT) == set(Table.metadata.tables)
    assert set(RECORDED) == set(RECORDS)


class TestPlace:
    def test_nothing_is_written_over(self, year, tmp_path):
        (tmp_path / "finns").mkdir()
        for place in (tmp_path / "finns", tmp_path / "lank"):
            if place.name == "lank":
                place.symlink_to(tmp_path / "ingenstans")
            with pytest.raises(RefusedError, match="finns redan"):
                take_out(year.store, place)
        assert list((tmp_path / "finns").iterdir()) == []

    def test_a_fault_on_the_way_leaves_nothing(self, tmp_path):
        with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "paket") as folder:
            folder.write("a.txt", [b"a"])
            raise ZeroDivisionError
        assert list(tmp_path.iterdir()) == []

    def test_a_place_that_cannot_be_written_to_is_told(self, tmp_path):
        (tmp_path / "fil").write_text("")
        with pytest.raises(RefusedError, match="Välj en annan mapp"), new_folder(tmp_path / "fil" / "paket"):
            pass

    def test_a_file_is_never_written_twice(self, tmp_path):
        with pytest.raises(RefusedError), new_folder(tmp_path / "paket") as folder:
            folder.write("a.txt", [b"a"])
            folder.write("a.txt", [b"b"])
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.slow
    def test_a_full_disk_leaves_nothing_and_says_so(self, tmp_path):
        """A process whose files may not grow past 20 kB: the disk's own refusal, as when it is full."""
        words = subprocess.run(
            [sys.executable, "-c", FULL, str(tmp_path / "paket")], capture_output=True, text=True, timeout=60,
            preexec_fn=_little_room, env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'calendar'}"}, check=False,
        )  # fmt: skip
        assert "Inget av det ligger kvar" in words.stdout, words.stderr
        assert list(tmp_path.iterdir()) == []


FULL = """
import sys
from pathlib import Path
from app.archive.files import new_folder
from arshjul.errors import RefusedError
try:
    with new_folder(Path(sys.argv[1])) as folder:
        folder.write("liten.txt", [b"x"])
        folder.write("stor.bin", (b"x" * 4096 for _ in range(100)))
except RefusedError as refused:
    print(refused)
"""


def _little_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


@given(st.text(max_size=300))
@example("")
@example("..")
@example("COM1")
@example("a" * 300 + ".xlsx")
@example("-rf.pdf")
def test_any_name_becomes_one_that_every_file_system_takes(name):
    plain = safe(name)
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,89}", plain)
    assert not plain.endswith(".") and ".." not in plain[:2]
    assert plain.partition(".")[0].lower() not in ("con", "nul", "com1", "aux")


def test_the_package_is_read_from_a_store_that_stands_still(year):
    with year.store.read(still=True) as session:
        assert verify(session).broken is None


def test_years_end_at_swedish_midnight():
    assert Year(number=2027).begins == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert Year(number=2027).ends == datetime(2027, 12, 31, 23, tzinfo=UTC)
