"""The mailbox, against a real IMAP server on loopback: fetched, committed, and only then put away."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.act import Act
from actions.inbox.returned import OnItsWayError, came_back
from actions.scene import Scene
from app.part_health import Prefect, health
from arshjul.errors import RefusedError
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.mailbox.mail_reading import MAX_BYTES, read_mail
from notifications.mailbox.mailbox import FLAG, Emptied, Fetched, Mailbox, MailboxError
from notifications.post.mail_url import parse_imap_url
from notifications.post.post import ListPost
from store.database import open_store
from store.people.people_import import import_people
from store.plan.in_step import sync
from store.plan.planning import current_wheel
from store.post.incoming import REGISTERED
from store.post.letter_states import WAITING
from store.post.letters import Reserved, letter_held, reserve
from store.service.installation import MAILBOX, installed
from store.service.leases import beat
from store.tables import Incoming, LetterRow, Submission
from store.upgrading import migrate
from tests.rig.files.mails import CHIEF, START, Desk, after_the_first_letters, answer, dsn
from tests.rig.handins import Town, home, people_csv, xlsx
from tests.rig.processes.mailbox_process import Stands
from tests.rig.servers.imap_server import PASSWORD, TOKEN, USER, ImapSink
from tests.rig.servers.smtp_sink import make_certificates
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

SINCE = date(2020, 1, 1)
DONE = "Arshjul/Behandlat"


class TestUrl:
    """One line says where the mailbox is; what is wrong is told without the password."""

    def test_what_it_says(self) -> None:
        server = parse_imap_url("imaps://ekonomi%40example.se:hem%2Flig@post.example.se/Svar/Inkorg?timeout=20")
        assert (server.host, server.port, server.tls, server.user) == ("post.example.se", 993, "implicit", USER)
        assert (server.password, server.folder, server.timeout) == ("hem/lig", "Svar/Inkorg", 20.0)
        assert "hem/lig" not in repr(server)

    def test_xoauth2_takes_a_token_in_place_of_a_password(self) -> None:
        server = parse_imap_url("imaps://a%40example.se@outlook.office365.com?auth=xoauth2&token_file=/run/token")
        assert server.uses_token and server.folder == "INBOX"

    @pytest.mark.parametrize(
        ("url", "word"),
        [
            ("pop3://a:hemligt@post.example.se", "börjar inte med imaps://"),
            ("imap://a:hemligt@post.example.se", "går oskyddat"),
            ("imaps://post.example.se/INBOX", "saknar användarnamn"),
            ("imaps://a:hemligt@post.example.se/%0d%0aX", "mappens namn"),
            ("imaps://a:hem%0alig@post.example.se", "radbrytningar"),
            ("imaps://a:hemligt@post.example.se?verify=no", "kontrolleras alltid"),
            ("imaps://a:hemligt@post.example.se?tiemout=3", "menade du 'timeout'"),
            ("imaps://a@post.example.se?auth=xoauth2", "token_command och token_file"),
            ("imaps://a:hemligt@post.example.se:99999", "går inte att läsa"),
        ],
    )
    def test_faults_are_told_with_their_remedy(self, url: str, word: str) -> None:
        with pytest.raises(RefusedError, match=word) as raised:
            parse_imap_url(url)
        assert "hemligt" not in str(raised.value) and "hem%0alig" not in str(raised.value)


def empty(url: str, take: Callable[[Fetched], None] = lambda _: None, since: date = SINCE, **more: int) -> Emptied:
    return Mailbox.from_url(url).empty(take, since, **more)


def folders(sink: ImapSink) -> tuple[int, int]:
    return len(sink.folder("INBOX")), len(sink.folder(DONE))


@contextmanager
def dripping(head: bytes) -> Iterator[int]:
    """Say ``head`` on each line that is opened, then a byte at a time for half a minute, or until it is closed."""
    heard: list[bool] = []

    def talk() -> None:
        line, _ = server.accept()
        with line, suppress(OSError):
            line.sendall(head)
            for _ in range(600):
                time.sleep(0.05)
                line.sendall(b"x")
            heard.append(True)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(60)
    assert not heard and not thread.is_alive()  # the line was closed


@pytest.mark.slow
class TestEmptying:
    """Each mail is fetched whole and unmarked, and put away when it has been taken."""

    @pytest.mark.parametrize("chunk", [0, 7])
    def test_a_mail_comes_as_its_very_bytes_and_is_moved(self, chunk: int) -> None:
        raw = answer(text="hej (\r\nA1 OK x\r\n* 1 FETCH (\r\n)", files=[("a.xlsx", xlsx())]).as_bytes() + b"\xff\x00"
        came, taken = datetime(2027, 9, 10, 6, 12, 30, tzinfo=UTC), list[Fetched]()
        with ImapSink(chunk=chunk) as sink:
            sink.put(raw, came)
            assert empty(sink.url(), taken.append) == Emptied(taken=1, left=0)
            assert folders(sink) == (0, 1) and sink.folder(DONE)[0].flags == set()
        assert [(one.raw, one.arrived, one.size, one.too_large) for one in taken] == [(raw, came, len(raw), False)]

    def test_the_oldest_come_first_and_no_more_than_the_limit(self) -> None:
        taken: list[Fetched] = []
        with ImapSink() as sink:
            for number in range(5):
                sink.put(answer(text=str(number)).as_bytes())
            empty(sink.url(), taken.append, limit=3)
            assert folders(sink) == (2, 3)
        assert [b"012".find(one.raw.strip()[-1:]) for one in taken] == [0, 1, 2]

    def test_one_that_cannot_be_taken_lies_where_it_is_and_the_others_go_on(self) -> None:
        def take(fetched: Fetched) -> None:
            if b"trasig" in fetched.raw:
                raise RuntimeError("databasen svarar inte")

        with ImapSink() as sink:
            for text in ("trasig", "hel"):
                sink.put(answer(text=text).as_bytes())
            assert empty(sink.url(), take) == Emptied(taken=1, left=1)
            assert folders(sink) == (1, 1) and sink.folder("INBOX")[0].flags == set()

    def test_a_line_that_breaks_after_the_commit_brings_the_mail_once_more(self) -> None:
        taken: list[Fetched] = []
        with ImapSink(hang_up_at="UID MOVE") as sink:
            sink.put(answer().as_bytes())
            with pytest.raises(MailboxError):
                empty(sink.url(), taken.append)
            assert folders(sink) == (1, 0)
            sink.manners.hang_up_at = ""
            empty(sink.url(), taken.append)
            assert folders(sink) == (0, 1)
        assert len(taken) == 2 and taken[0].raw == taken[1].raw

    def test_without_move_it_is_copied_and_taken_away(self) -> None:
        with ImapSink(capabilities=("UIDPLUS",)) as sink:
            sink.put(answer().as_bytes())
            other = sink.put(answer().as_bytes(), flags=("\\Deleted",))  # somebody else's, left alone
            empty(sink.url())
            assert [each.uid for each in sink.folder("INBOX")] == [other] and len(sink.folder(DONE)) == 1

    @pytest.mark.parametrize("manners", [{"capabilities": ()}, {"may_create": False}])
    def test_where_no_folder_can_be_had_it_is_flagged_and_not_fetched_again(self, manners: dict[str, object]) -> None:
        with ImapSink(**manners) as sink:
            sink.put(answer().as_bytes())
            assert empty(sink.url()).taken == 1 and empty(sink.url()).taken == 0
            assert sink.folder("INBOX")[0].flags == {FLAG}

    @pytest.mark.parametrize("manners", [{"capabilities": (), "keywords": False}, {"read_only": True}])
    def test_where_nothing_can_be_put_away_nothing_is_read_and_it_is_told(self, manners: dict[str, object]) -> None:
        taken: list[Fetched] = []
        with ImapSink(**manners) as sink:
            sink.put(answer().as_bytes())
            with pytest.raises(MailboxError, match="varken flytta eller märka"):
                empty(sink.url(), taken.append)
        assert taken == []

    def test_a_server_that_parts_folders_by_dots_gets_its_own_name(self) -> None:
        with ImapSink(delimiter=".") as sink:
            sink.put(answer().as_bytes())
            empty(sink.url())
            assert len(sink.folder("Arshjul.Behandlat")) == 1

    def test_a_folder_may_have_a_swedish_name(self) -> None:
        with ImapSink() as sink:
            sink.put(answer().as_bytes(), folder="Svar p&AOU- &AOU-rshjul")  # as servers keep it, RFC 3501 5.1.3
            empty(sink.url().replace("INBOX", "Svar%20p%C3%A5%20årshjul"))
            assert len(sink.folder(DONE)) == 1

    def test_our_own_letters_and_what_is_older_than_our_first_day_lie_untouched(self) -> None:
        taken: list[Fetched] = []
        with ImapSink() as sink:
            sink.put(answer(X_Arshjul_Key="strandby/vecka/2027-V36").as_bytes())
            sink.put(answer(text="gammalt").as_bytes(), datetime(2027, 8, 31, 12, tzinfo=UTC))
            sink.put(answer(text="nytt").as_bytes(), datetime(2027, 9, 1, 12, tzinfo=UTC))
            empty(sink.url(), taken.append, date(2027, 9, 1))
        assert len(taken) == 1 and b"nytt" in taken[0].raw

    @pytest.mark.parametrize("size_lies", [MAX_BYTES + 1, MAX_BYTES * 50])
    def test_of_a_mail_over_the_limit_only_the_head_is_fetched(self, size_lies: int) -> None:
        taken: list[Fetched] = []
        with ImapSink(size_lies=size_lies) as sink:
            sink.put(answer(text="mycket").as_bytes())
            empty(sink.url(), taken.append)
            assert folders(sink) == (0, 1)
        assert taken[0].too_large and taken[0].size == size_lies and b"mycket" not in taken[0].raw
        assert b"Subject: SV" in taken[0].raw


@pytest.mark.slow
class TestTheLine:
    """TLS is checked, logins are told apart, and a silent server holds nobody."""

    def test_tls_and_starttls_with_the_municipalitys_own_ca(self, tmp_path: Path) -> None:
        certificates = make_certificates(tmp_path)
        for scheme, options in (("imaps", {"implicit_tls": certificates.server}), ("imap+starttls", {"starttls": certificates.server})):  # fmt: skip
            with ImapSink(**options) as sink:  # type: ignore[arg-type]  # one of two contexts
                sink.put(answer().as_bytes())
                assert empty(sink.url(scheme, f"ca={certificates.ca}")).taken == 1
                with pytest.raises(MailboxError, match="certifikat som går att lita på"):
                    empty(sink.url(scheme))
                if scheme == "imap+starttls":  # no password went out before TLS, nor to a server that is not trusted
                    logins = [at for at, name in enumerate(sink.commands) if name == "AUTHENTICATE"]
                    assert len(logins) == 1 and "STARTTLS" in sink.commands[: logins[0]]

    def test_starttls_that_is_not_offered_is_not_done_without(self) -> None:
        with ImapSink() as sink:
            with pytest.raises(MailboxError, match="erbjuder inte STARTTLS"):
                empty(sink.url("imap+starttls"))
            assert not {"LOGIN", "AUTHENTICATE"} & set(sink.commands)

    @pytest.mark.parametrize(("sasl", "command"), [(("PLAIN",), "AUTHENTICATE"), ((), "LOGIN")])
    def test_a_password_logs_in_as_the_server_can(self, sasl: tuple[str, ...], command: str) -> None:
        with ImapSink(sasl=sasl) as sink:
            sink.put(answer().as_bytes())
            assert empty(sink.url()).taken == 1
            assert {"LOGIN", "AUTHENTICATE"} & set(sink.commands) == {command}

    def test_a_password_that_an_old_server_cannot_take_is_told_with_its_remedy(self) -> None:
        with ImapSink(sasl=()) as sink, pytest.raises(MailboxError, match="byt lösenord") as raised:
            empty(sink.url().replace("hem", "h%C3%A5m"))
        assert "håm" not in str(raised.value)

    @pytest.mark.parametrize("sasl", [("PLAIN",), ()])
    def test_a_wrong_password_is_told_without_it(self, sasl: tuple[str, ...]) -> None:
        with ImapSink(sasl=sasl) as sink, pytest.raises(MailboxError, match="godtog inte inloggningen") as raised:
            empty(sink.url().replace("hem", "fel"))
        assert PASSWORD not in str(raised.value) and "fel%2F" not in str(raised.value)

    def test_xoauth2_opens_with_the_right_token_only(self, tmp_path: Path) -> None:
        token = tmp_path / "token"
        with ImapSink() as sink:
            sink.put(answer().as_bytes())
            url = f"imap://ekonomi%40example.se@127.0.0.1:{sink.port}?auth=xoauth2&token_file={token}"
            with pytest.raises(MailboxError, match="går inte att läsa"):
                empty(url)
            token.write_text("gammal")
            with pytest.raises(MailboxError, match="godtog inte inloggningen"):
                empty(url)
            token.write_text(TOKEN + "\n")
            assert empty(url).taken == 1

    @pytest.mark.parametrize("command", ["AUTHENTICATE", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE"])
    def test_a_silent_server_is_left_within_its_time(self, command: str) -> None:
        with ImapSink(silent_at=command) as sink:
            sink.put(answer().as_bytes())
            with pytest.raises(MailboxError):
                empty(sink.url(query="timeout=0.3"))
            assert folders(sink) == (1, 0)

    def test_a_server_that_drips_is_left_within_its_time(self) -> None:
        with ImapSink() as sink:
            sink.put(answer(text="x" * 20_000).as_bytes())
            with pytest.raises(MailboxError, match="svarade inte inom"):

                def slowly(_: Fetched) -> None:
                    raise AssertionError("it came in time")

                sink.manners.drip_at = "UID FETCH"
                empty(sink.url(query="timeout=0.3"), slowly)
            assert folders(sink) == (1, 0)

    @pytest.mark.parametrize(
        ("scheme", "head"),
        [
            ("imap", b"* OK "),
            ("imap", b"* OK ready\r\n* CAPABILITY IMAP4rev1 "),
            ("imaps", b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"),  # the beginning of a record of 16 kB
        ],
    )
    def test_a_server_that_drips_before_it_has_greeted_is_left_within_its_time(self, scheme: str, head: bytes) -> None:
        with dripping(head) as port, pytest.raises(MailboxError, match=r"svarade inte inom 0\.3 sekunder"):
            empty(f"{scheme}://anna:hemligt@127.0.0.1:{port}?timeout=0.3")

    def test_behind_an_address_that_does_not_answer_the_next_one_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As where a name has an IPv6 address that leads nowhere. It has its share of the time, which is over at once here."""
        waited: list[float | None] = []

        class Calling(socket.socket):
            def connect(self, address: tuple[str, int]) -> None:
                if address[0] == "127.0.0.2":
                    waited.append(self.gettimeout())
                    raise TimeoutError
                super().connect(address)

        with ImapSink() as sink:
            sink.put(answer().as_bytes())
            monkeypatch.setattr(socket, "socket", Calling)
            places = [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, sink.port)) for each in ("127.0.0.2", "127.0.0.1")
            ]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
            assert empty(sink.url(query="timeout=60")).taken == 1
        assert waited == [30]

    def test_more_mails_than_a_line_of_the_library_tells_are_taken_oldest_first(self) -> None:
        with ImapSink(found_besides=100_000) as sink:
            sink.put(answer().as_bytes())
            assert empty(sink.url(), limit=1) == Emptied(taken=1, left=0)

    def test_a_folder_that_is_not_there_and_a_server_that_is_not_there_are_told(self) -> None:
        with ImapSink() as sink:
            with pytest.raises(MailboxError, match="öppna mappen Finns"):
                empty(sink.url().replace("INBOX", "Finns"))
            gone = sink.url()
        with pytest.raises(MailboxError, match="går inte att nå"):
            empty(gone)


def watchdog(desk: Desk, sink_url: str) -> tuple[Watchdog, Stands]:
    clock = Stands(desk.now)
    machine = Machine(
        store=desk.town.store,
        office=desk.office,
        clock=clock,
        post=ListPost,
        mailbox=lambda: Mailbox.from_url(sink_url),
    )
    return Watchdog(machine, monotonic=lambda: clock.seconds), clock


@pytest.mark.slow
class TestTheWatchdog:
    """The job that reads: every minute, with back-off, and its health in the store."""

    def test_replies_and_bounces_are_taken_in_from_when_the_server_got_them(self) -> None:
        desk = after_the_first_letters()
        came = instant("fredag 10 september 2027 kl. 08.12")
        with ImapSink() as sink:
            sink.put(answer(about=desk.letter().message_id, files=[("Ekonomi.xlsx", xlsx())]).as_bytes(), came)
            sink.put(
                dsn("forvaltningschef.omsorg@example.se", desk.letter("forvaltningschef.omsorg@example.se").mime), came
            )
            asyncio.run(watchdog(desk, sink.url())[0].mailbox.read())
            assert folders(sink) == (0, 2)
        assert [row.received_at for row in desk.rows(Submission)] == [came]
        assert desk.letter("forvaltningschef.omsorg@example.se").state == "studsat"

    def test_a_mailbox_that_is_down_is_tried_after_one_two_four_minutes_and_told(self) -> None:
        desk = after_the_first_letters()
        with ImapSink() as sink:
            url = sink.url()
        dog, clock = watchdog(desk, url)
        tried = []
        for minute in range(9):
            clock.seconds = 60.0 * minute
            clock.now = desk.now - timedelta(hours=minute)  # the machine's clock is set back, which changes nothing
            before = dog.mailbox.failures
            asyncio.run(dog.mailbox.read())
            tried += [minute] if dog.mailbox.failures > before else []
        assert tried == [0, 1, 3, 7]
        with desk.town.store.read() as session:
            assert "går inte att nå" in (installed(session, MAILBOX) or "")

    def test_a_mail_that_was_filed_and_not_moved_is_met_again_and_filed_once(self) -> None:
        desk = after_the_first_letters()
        with ImapSink(hang_up_at="UID MOVE") as sink:
            sink.put(answer(about=desk.letter().message_id, files=[("Ekonomi.xlsx", xlsx())]).as_bytes(), desk.now)
            dog, clock = watchdog(desk, sink.url())
            asyncio.run(dog.mailbox.read())
            assert (len(desk.rows(Submission)), folders(sink)) == (1, (1, 0))
            sink.manners.hang_up_at = ""
            clock.seconds = 120.0
            asyncio.run(dog.mailbox.read())
            assert folders(sink) == (0, 1)
        assert [row.state for row in desk.rows(Incoming)] == [REGISTERED]
        assert [(row.by, row.version) for row in desk.rows(Submission)] == [("Förvaltningschef bildning", 1)]
        assert [row.to for row in desk.rows(LetterRow) if row.kind == "kvittens"] == [[CHIEF]]

    def test_when_it_is_back_the_word_is_taken_away(self) -> None:
        desk = after_the_first_letters()
        with ImapSink(hang_up_at="AUTHENTICATE") as sink:
            dog, clock = watchdog(desk, sink.url())
            asyncio.run(dog.mailbox.read())
            sink.manners.hang_up_at = ""
            clock.seconds = 120.0
            asyncio.run(dog.mailbox.read())
        with desk.town.store.read() as session:
            assert installed(session, MAILBOX) == ""

    def test_health_says_why_it_cannot_be_read_and_nothing_of_a_mailbox_that_is_not_set(self) -> None:
        desk = after_the_first_letters()
        with ImapSink() as sink:
            gone = sink.url()
        dog, _ = watchdog(desk, gone)
        asyncio.run(dog.mailbox.read())
        with desk.town.store.begin() as session:
            beat(session, MAILBOX, desk.now)
        told = health(dog.machine, Prefect(api="http://127.0.0.1:1/api"))[MAILBOX]
        assert not told.ok and "går inte att nå" in told.text and "ARSHJUL_MAILBOX" in told.text
        assert MAILBOX not in health(replace(dog.machine, mailbox=None), Prefect(api="http://127.0.0.1:1/api"))


@pytest.mark.slow
def test_on_postgresql_a_reply_and_a_bounce_follow_in_the_same_way(postgres_url: str) -> None:
    migrate(postgres_url)
    store = open_store(postgres_url)
    with store.begin() as session:
        import_people(session, people_csv(), "hedemora.personer.csv", home().definition, START, "test")
        wheel = current_wheel(session, home().definition, START)
        sync(session, wheel, START)
    desk = Desk(town=Town(store, wheel, home()))
    desk.round()
    desk.take(dsn(CHIEF, desk.letter().mime))  # before the answer: a bounce of what was answered is doubted
    reply = answer(about=desk.letter().message_id, files=[("Ekonomi.xlsx", xlsx())])
    assert [desk.take(reply).again for _ in range(2)] == [False, True]
    assert (desk.letter().state, len(desk.rows(Submission)), len(desk.rows(Incoming))) == ("studsat", 1, 2)
    _a_bounce_and_the_outbox_never_hold_a_letter_at_once(desk)
    store.close()


def _a_bounce_and_the_outbox_never_hold_a_letter_at_once(desk: Desk) -> None:
    store, other = desk.town.store, desk.letter("forvaltningschef.omsorg@example.se")
    told, lease = read_mail(dsn(other.to[0], other.mime)).bounce, timedelta(minutes=5)
    assert told is not None
    with store.begin() as session:
        session.get_one(LetterRow, other.id).state = WAITING  # for the reader of a copy

    def taken() -> list[Reserved]:
        with store.begin() as outbox:
            return reserve(outbox, desk.now, lease, 10, kinds=["dagens brev"])

    with store.begin() as slow:
        held = letter_held(slow, other.id)
        assert taken() == [] and held.state == WAITING
    with pytest.raises(OnItsWayError), store.begin() as slow:
        seen = slow.get_one(LetterRow, other.id)  # as the mail was sorted
        assert [each.id for each in taken()] == [other.id]
        came_back(
            Act(Scene(slow, desk.office, desk.now), "brevlådan"), slow.scalars(select(Incoming)).all()[0], told, seen
        )
    assert desk.letter("forvaltningschef.omsorg@example.se").answer == other.answer


@pytest.mark.nightly  # the watchdog above meets the same in one process
@pytest.mark.slow
def test_a_service_killed_between_the_commit_and_the_move_files_the_mail_once(tmp_path: Path) -> None:
    desk = after_the_first_letters()
    url = f"sqlite:///{tmp_path / 'arshjul.db'}"
    migrate(url)
    on_disk = open_store(url)
    source, copy = (each.engine.raw_connection().driver_connection for each in (desk.town.store, on_disk))
    source.backup(copy)  # type: ignore[union-attr]  # sqlite3's own connection
    on_disk.close()
    with ImapSink(silent_at="UID MOVE") as sink:
        sink.put(answer(about=desk.letter().message_id, files=[("Ekonomi.xlsx", xlsx())]).as_bytes(), desk.now)
        reader = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.processes.mailbox_process", url, sink.url(), desk.now.isoformat()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            for _ in range(600):
                if "UID MOVE" in sink.commands:  # committed, and the server does not answer
                    break
                assert reader.poll() is None
                asyncio.run(asyncio.sleep(0.05))
            assert folders(sink) == (1, 0)
        finally:
            reader.send_signal(signal.SIGKILL)
            reader.wait()
        sink.manners.silent_at = ""
        subprocess.run(
            reader.args, check=True, timeout=300, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        )
        assert folders(sink) == (0, 1)
    desk.town.store = open_store(url)
    assert [row.state for row in desk.rows(Incoming)] == [REGISTERED]
    assert [(row.by, row.version) for row in desk.rows(Submission)] == [("Förvaltningschef bildning", 1)]
    assert [row.to for row in desk.rows(LetterRow) if row.kind == "kvittens"] == [[CHIEF]]
