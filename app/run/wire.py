"""The portal's HTTP on the wire: a request's head has its time, and what is no HTTP gets its word in Swedish.

uvicorn waits for ever for a head that never ends; each such connection would hold a file of the machine's.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 20.0  #: seconds that a request's head may take, from its first byte or the connection's beginning
REST = 5.0  #: seconds that a body is read and thrown away after it was answered, so that browsers show the answer
BROKEN = "Förfrågan gick inte att läsa. Ladda om sidan. Händer det igen: rensa webbläsarens kakor för sidan."
SLOW = "Förfrågan tog för lång tid. Kontrollera uppkopplingen och ladda om sidan."

_PAGE = """<!DOCTYPE html>
<html lang="sv">
<head><meta charset="utf-8"><title>Det gick inte att läsa</title></head>
<body><h1>Det gick inte att läsa</h1><p>{word}</p></body>
</html>
"""


class Wire(H11Protocol):
    """uvicorn's own protocol, which reads heads of 64 kB at most, with a clock for them."""

    patience, linger = HEAD, REST
    _clock: asyncio.TimerHandle | None = None
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Start the clock."""
        super().connection_made(transport)
        self._wind()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop()
        if self._end:
            self._end.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Let the clock run as long as a head has begun and has not ended."""
        super().data_received(data)
        if self.transport.is_closing() or self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._clock is None:
            self._wind()
        if self._end and self.conn.their_state is h11.IDLE:
            self._end.cancel()
            self._end = None

    def on_response_complete(self) -> None:
        """Close a connection whose body was answered before its end: uvicorn keeps it for as long as bytes drip."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._end = self.loop.call_later(self.linger, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's shape
        """Answer what is no HTTP; uvicorn has logged it."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._tell(400, BROKEN)
        self.transport.close()

    def _wind(self) -> None:
        self._clock = self.loop.call_later(self.patience, self._too_slow)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _too_slow(self) -> None:
        self._clock = None
        if self.conn.trailing_data[0]:  # browsers open connections that they then do not use: no word for those
            self.logger.warning("A request's head took too long.")
            self._tell(408, SLOW)
        self.transport.close()

    def _tell(self, status: int, word: str) -> None:
        body = _PAGE.format(word=word).encode()
        headers = [
            ("content-type", "text/html; charset=utf-8"),
            ("content-length", str(len(body))),
            ("content-security-policy", "default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("connection", "close"),
        ]
        for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
