"""Ports of the loopback for the servers of a test."""

import os
import socket
from contextlib import suppress
from itertools import count

_NUMBERS = count(os.getpid())  #: from where one process begins, so that two runs on a machine seldom meet


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now, and a new one each time.

    It is none of those that the system hands to whoever connects (32768 and up): one of those may be taken before
    it is listened on. Each worker has its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
    for number in _NUMBERS:
        port = 20_000 + 1_200 * worker + number % 1_200
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")
