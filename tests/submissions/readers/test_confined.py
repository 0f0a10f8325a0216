"""The reading process reaches nobody and reads nothing of ours, and still reads what it was handed."""

import json
import socket
import subprocess
import sys

import pytest

from submissions.readers.process.confined import can_confine

SCRIPT = """
import ctypes, json, os, resource, socket, sys
from submissions.readers.process.process_limits import Limits
from submissions.readers.process.confined import confine
free = "free" in sys.argv
Limits().hold()
told = {"confined": free or confine()}
def attempt(name, act):
    try:
        act()
        told[name] = "done"
    except OSError as error:
        told[name] = error.strerror
attempt("connect", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5))
attempt("pair", socket.socketpair)
attempt("unix", lambda: socket.socket(socket.AF_UNIX))
attempt("secret", lambda: open(sys.argv[2]).read())
attempt("write", lambda: open(sys.argv[2] + "x", "w"))
attempt("passwords", lambda: open("/etc/passwd").read())
attempt("rights", lambda: os.chmod(sys.argv[2], 0o644))
attempt("owner", lambda: os.chown(sys.argv[2], os.getuid(), -1))
attempt("times", lambda: os.utime(sys.argv[2], (1, 1)))
attempt("length", lambda: os.truncate(sys.argv[2], 1))
attempt("signal", lambda: os.kill(os.getppid(), 0))
attempt("limits", lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE))
ring = ctypes.CDLL(None, use_errno=True).syscall(425, 8, ctypes.create_string_buffer(120))
told["ring"] = "done" if ring >= 0 else os.strerror(ctypes.get_errno())
told["given"] = sys.stdin.read()
import lxml.etree, openpyxl, docx, pypdfium2  # loaded later, as a reader does
from submissions.readers.formats import ods, odt, pdf
print(json.dumps(told))
"""


@pytest.mark.skipif(not can_confine(), reason="needs Linux with Landlock and seccomp, on a machine that we know")
@pytest.mark.parametrize("how", ["free", "confined"])
def test_a_confined_process_opens_no_socket_and_touches_nothing_of_ours_and_a_free_one_would(tmp_path, how):
    secret = tmp_path / "hemlighet"
    secret.write_text("0" * 64)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-c", SCRIPT, port, str(secret), how]
        done = subprocess.run(command, input="filen", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("confined") is True and told.pop("given") == "filen"
    if how == "free":
        assert told.pop("ring") in (
            "done",
            "Function not implemented",
            "Operation not permitted",
        )  # a machine may lack it
        assert set(told.values()) == {"done"} and secret.read_text() == "0"
    else:
        assert secret.read_text() == "0" * 64
        assert told == {
            **dict.fromkeys(("connect", "pair", "unix", "ring"), "Operation not permitted"),
            **dict.fromkeys(("rights", "owner", "times", "length"), "Operation not permitted"),
            **dict.fromkeys(("signal", "limits"), "Operation not permitted"),
            **dict.fromkeys(("secret", "write", "passwords"), "Permission denied"),
        }
