"""A hostile wire: slow heads and bodies, lying lengths, heads too large, and what is no HTTP, against the portal on a real socket."""

import asyncio
import contextlib
import select
import socket
import sqlite3
import threading
import time
from dataclasses import replace

import pytest
import uvicorn

from app.run.wire import Wire
from portal.web.uploads import SenderPatience
from store.database import open_store
from tests.rig.pages.hostile import CHIEF, UNDERLAG, Siege, swedish
from tests.rig.pages.logging_in import hidden
from tests.rig.servers.standing_clock import StandingLoop

pytestmark = pytest.mark.slow

PATIENCE = 0.6  # seconds of the server's clock, in place of the twenty and thirty that a slow line really has


class Hasty(Wire):
    """The service's own protocol, in a hurry."""

    patience = linger = PATIENCE


@pytest.fixture(scope="module")
def siege(tmp_path_factory):
    """On a file, as a real server is: its threads and the test's do not share a connection."""
    here, file = Siege(), tmp_path_factory.mktemp("wire") / "arshjul.db"
    with contextlib.closing(sqlite3.connect(file)) as target:
        here.hall.town.store.engine.raw_connection().driver_connection.backup(target)
    here.hall.town = replace(here.hall.town, store=open_store(f"sqlite:///{file}"))
    here.app = here.hall.app()
    return here


class Door:
    """A portal on a port of the loopback, whose clock stands still until ``pass_by``."""

    def __init__(self, app):
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", http=Hasty))
        self.loop = StandingLoop()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            time.sleep(0.01)
        self.pass_by = self.loop.pass_by
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def line(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=150)

    def close(self):
        self.server.should_exit = True
        asyncio.run_coroutine_threadsafe(self._end(), self.loop)
        self.thread.join()

    async def _end(self):
        while True:  # until the loop is closed
            await self.loop.wait_and_pass(1)

    def _serve(self):
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.server.serve())


@pytest.fixture(scope="module")
def port(siege):
    with contextlib.closing(Door(siege.app)) as found:
        yield found


@pytest.fixture
def hasty(siege):
    """The port of the same portal, with less patience with a body than the half minute and the quarter of an hour."""
    hall = replace(siege.hall, patience=SenderPatience(idle=PATIENCE, whole=3 * PATIENCE))
    with contextlib.closing(Door(hall.app())) as found:
        yield found


@pytest.fixture
def head(siege):
    """The head of a hand-in by a person whose link is open, without its length; and the beginning of its body."""
    browser = siege.with_link(CHIEF)
    token = hidden(siege.ask(browser, "GET", "/mina").text)
    first = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n--x\r\nContent-Disposition: form-data; name="delarsrapport.underlag.mal-och-resultat.fil"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'
    lines = f"POST {UNDERLAG} HTTP/1.1\r\nHost: testserver\r\nCookie: arshjul={browser.cookies['arshjul']}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    return lines.encode(), first.encode()


def talk(door, *pieces, shut=False, drip=b""):
    """Say pieces, then ``drip`` again and again as time goes by; return what was answered until the line was closed."""
    with door.line() as line:
        answered = b""
        with contextlib.suppress(ConnectionError):  # it may be closed before we have said all
            for piece in pieces:
                line.sendall(piece)
            if shut:
                line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                if not select.select([line], [], [], 0.01)[0]:
                    if drip:
                        line.sendall(drip)
                    door.pass_by(PATIENCE / 4 if drip else PATIENCE)
                elif piece := line.recv(65536):
                    answered += piece
                else:
                    return answered
            pytest.fail(f"the line was never closed; said on it: {answered!r}")
        return answered


def told(answered, status):
    first, _, page = answered.decode().partition("\r\n\r\n")
    return first.startswith(f"HTTP/1.1 {status} ") and '<html lang="sv">' in page and "<h1>" in page


def test_a_head_that_never_ends_is_told_and_its_line_is_closed(port):
    assert told(talk(port, b"GET /lage HTTP/1.1\r\n", drip=b"X: 1\r\n"), 408)
    assert talk(port) == b""  # one that says nothing at all, as browsers open them, is closed without a word


def test_a_second_request_of_a_line_has_its_time_too_and_one_that_waits_is_not_cut_off(port):
    with port.line() as line:
        for _ in range(2):
            line.sendall(b"GET /health HTTP/1.1\r\nHost: testserver\r\n\r\n")
            answered = b""
            while b'"parts"' not in answered:
                piece = line.recv(65536)
                assert piece, answered
                answered += piece
            assert answered.startswith(b"HTTP/1.1 200 ")
            port.pass_by(1.5 * PATIENCE)  # as somebody reads a page
        line.sendall(b"GET /he")
        port.pass_by(1.5 * PATIENCE)
        with contextlib.suppress(ConnectionError):
            assert told(line.recv(65536) + line.recv(65536) + line.recv(65536), 408)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /lage\r\n\r\n", b"GET /lage HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /lage HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /lage HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"POST /logga-in HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"POST /logga-in HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nx",
        b"POST /logga-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1e9\r\n\r\n", b"GET /lage HTTP/1.1\r\nHost: a\r\nCookie: a\0b\r\n\r\n",
        b"GET /l\xc3\xa4get HTTP/1.1\r\nHost: a\r\n\r\n", b"GET  /lage  HTTP/9.9\r\nHost: a\r\n\r\n",
    ],
    ids=["tls", "no version", "two hosts", "a long head", "a long address", "many heads", "length below 0", "two lengths", "1e9", "nul", "å", "9.9"],
)  # fmt: skip
def test_what_is_no_http_is_told_in_swedish(port, raw):
    answered = talk(port, raw, shut=True)
    # of a head that is too large the rest may still be on its way when the line is closed, and the answer lost
    assert told(answered, 400) or (len(raw) > 65_000 and answered == b"")


def test_two_lengths_at_once_smuggle_no_second_request_in(siege, port):
    before, tries = siege.kept(), siege.tries()
    smuggled = b"POST /logga-ut HTTP/1.1\r\nHost: a\r\n\r\n"
    raw = b"POST /logga-in HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n0\r\n\r\n"
    answered = talk(port, raw + smuggled, shut=True)
    assert answered.count(b"HTTP/1.1 200") == 0
    assert siege.kept() == before and siege.tries() >= tries


def test_a_body_that_drips_or_falls_silent_is_told_logged_and_not_kept(siege, hasty, head):
    before, (lines, first) = siege.kept(), head
    slow = lines + b"Content-Length: 1000000\r\n\r\n" + first
    assert told(talk(hasty, slow), 408)  # silent
    assert told(talk(hasty, slow, drip=b"%"), 408)  # never silent, and never done
    assert [what for _, path, what in siege.hall.denied()[-2:] if path == UNDERLAG] == ["för långsamt"] * 2
    assert siege.kept() == before


def test_a_length_that_lies_and_a_body_without_one_are_held_to_the_same_limit(siege, port, head):
    before, (lines, first) = siege.kept(), head
    short = talk(port, lines + b"Content-Length: 30\r\n\r\n" + first)  # what is left over is no request either
    assert short.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 "))
    assert (
        talk(port, lines + b"Content-Length: 5000\r\n\r\n" + first, shut=True) == b""
        or siege.hall.denied()[-1][2] == "avbrutet"
    )
    login = b"POST /logga-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = [b"2000\r\n" + b"a" * 0x2000 + b"\r\n"] * 12  # ten kB are taken, forty read through
    assert told(talk(port, login, *chunks, b"0\r\n\r\n"), 413)
    assert ("okänd", "/logga-in", "för stort") in siege.hall.denied()
    claims = b"POST /logga-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999999\r\n\r\n"
    assert told(talk(port, claims, *[b"a" * 9000] * 12), 413)
    broken = b"zz\r\n"
    assert talk(port, login, broken).startswith(b"HTTP/1.1 400 ")
    assert siege.kept() == before


def test_while_many_lines_drip_others_are_served_before_any_time_has_passed(siege, port):
    with contextlib.ExitStack() as lines:
        for _ in range(150):
            line = lines.enter_context(port.line())
            line.sendall(b"GET /lage HTTP/1.1\r\nX: ")
        with port.line() as asking:
            asking.sendall(b"GET /logga-in HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n")
            answered = b"".join(iter(lambda: asking.recv(65536), b""))
        assert answered.startswith(b"HTTP/1.1 200 ") and swedish(answered.decode())
