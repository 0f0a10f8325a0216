"""IMAPClient, bounded: whatever the server sends, and however slowly, each thing asked of it ends within its time.

The library's own time-out is that of each silence, and it reads the greeting and the first capabilities in its
constructor: a server that drips would hold us for ever, and with us whoever wants to stop the service.
"""

import imaplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from threading import Event, Timer
from typing import IO, cast

from imapclient import IMAPClient

LONGEST = 20_000_000  #: bytes of a line: a search answers on one, and all of two million mails fit in it


class BoundedClient(IMAPClient):  # type: ignore[misc]  # the library has no types
    """A line to a server, open and greeted when it is made. With ``tls`` it is under TLS from its first byte."""

    def __init__(self, host: str, port: int, seconds: float, tls: SSLContext | None) -> None:
        """Raises TimeoutError when the server is not there, and has not greeted, within ``seconds`` in all."""
        self._late = Event()
        self._held: socket.socket | None = None  #: the same line once more, which TLS does not take over
        try:
            with self.within(seconds):
                super().__init__(host, port, ssl=tls is not None, ssl_context=tls, timeout=seconds)
        except BaseException:
            self._let_go()
            raise

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the line when what is done within is not done in time. Raises TimeoutError then."""
        late = self._late = Event()

        def cut() -> None:
            late.set()
            if self._held:
                with suppress(OSError):
                    self._held.shutdown(socket.SHUT_RDWR)

        timer = Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            if late.is_set():
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()

    def shutdown(self) -> None:
        """Close the line without a word."""
        try:
            super().shutdown()
        finally:
            self._let_go()

    def _create_IMAP4(self) -> "_Line":  # noqa: N802 - the library's own name
        return _Line(self.host, self.port, self._timeout.connect, self.ssl_context if self.ssl else None, self._hold)

    def _hold(self, line: socket.socket) -> None:
        self._held = line.dup()
        if self._late.is_set():  # it was cut before there was anything to cut
            raise TimeoutError

    def _let_go(self) -> None:
        if self._held:
            self._held.close()


class _Line(imaplib.IMAP4):
    """The line as imaplib opens it: given to ``hold`` before anything is said on it."""

    def __init__(
        self, host: str, port: int, seconds: float, tls: SSLContext | None, hold: Callable[[socket.socket], None]
    ) -> None:
        self._tls, self._hold = tls, hold
        super().__init__(host, port, seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        addresses = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        # each of them has its share: behind one that does not answer there may be one that does
        line = socket.create_connection((self.host, self.port), timeout and timeout / len(addresses))
        line.settimeout(timeout)
        try:
            self._hold(line)
            return self._tls.wrap_socket(line, server_hostname=self.host) if self._tls else line
        except BaseException:
            line.close()
            raise

    def readline(self) -> bytes:
        """Return the next line. Raises IMAP4.error for one that no server needs."""
        line = cast("IO[bytes]", self.file).readline(LONGEST + 1)
        if len(line) > LONGEST:
            raise self.error(f"got more than {LONGEST} bytes")
        return line
