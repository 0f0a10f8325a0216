"""A full disk is told as what it is, on a real small disk, and nothing is promised that was not saved."""

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notifications.mailbox.read_apart import read_mail_apart
from portal.app import create_app
from store.database import open_store
from store.full_disk import is_full
from store.post.holding import held_by
from store.upgrading import migrate
from submissions.readers.process.apart import read_apart
from tests.rig.files.reading_files import mall
from tests.rig.handins import town
from tests.rig.pages.client import Client
from tests.rig.pages.hall import Hall
from tests.rig.pages.logging_in import hidden, log_in


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> Path:
    """Write until there is no room left."""
    filler = folder / "annat"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(os.urandom(65536))
        except OSError as error:
            assert is_full(error)
    return filler


@pytest.mark.slow
def test_on_a_full_disk_a_page_says_so_with_507_and_nothing_was_saved(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk}/arshjul.db"
    migrate(url)
    hall = Hall(town())
    hall.town.store = open_store(url)
    client = Client(create_app(hall.desk()), raise_server_exceptions=False, follow_redirects=False)
    log_in(client, hall.town.store, hall.office().secret, hall.now)
    token = hidden(client.get("/lage").text)
    filler = fill(small_disk)
    why = "Vi väntar på rätt frist. " * 10
    answer = client.post("/utskick/hall", data={"csrf": token, "varfor": why})
    assert answer.status_code == 507
    assert "Disken är full" in answer.text and "inget har sparats" in answer.text
    with hall.town.store.read() as session:
        assert held_by(session) is None
    filler.unlink()
    assert client.post("/utskick/hall", data={"csrf": token, "varfor": why}).status_code == 303
    hall.town.store.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "does"), [(b"x" * 8_000_000, "pass"), (b"x", "sys.stdout.buffer.write(b'x' * 8_000_000)")]
)
@pytest.mark.parametrize(
    "read",
    [
        lambda content, command: read_apart(content, "xlsx", mall(), command=command),
        lambda content, command: read_mail_apart(content, command=command),
    ],
)
def test_a_full_temporary_folder_is_no_fault_of_the_file_or_mail_that_is_read(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[..., object], content: bytes, does: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    with pytest.raises(OSError, match="No space left") as raised:
        read(content, (sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); {does}"))
    assert is_full(raised.value)


def test_what_it_came_from_is_looked_at_too_and_nothing_else_is_a_full_disk() -> None:
    deep = RuntimeError("yttre")
    deep.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert is_full(deep)
    assert not is_full(OSError(errno.EACCES, "nej"))
    assert not is_full(None)
