"""What the service makes is its user's alone: files, folders and the secret, whatever the umask."""

import asyncio
import os
import resource
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.cli import cli
from app.run.private import closed_to_others
from app.secret import secret_of
from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.errors import RefusedError
from notifications.post.maildir import MaildirPost
from store.private_files import close, made_once, make_folder, write_whole
from tests.rig.scenes import writing
from tests.rig.servers.other_user import readable_by_others

NOW = datetime(2027, 9, 10, 8, tzinfo=UTC)
KEY = "0123456789abcdef" * 4


@pytest.fixture(params=[0o000, 0o022], ids=["umask-000", "umask-022"])
def careless(request):
    """A process in which whatever is made would be open to others."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_another_user_reads_what_is_open_and_only_that(tmp_path):
    closed = tmp_path / "stängd"
    closed.mkdir(mode=0o700)
    for name, mode in (("öppen.txt", 0o644), ("egen.txt", 0o600)):
        (closed / name).write_text("x")
        (closed / name).chmod(mode)
    assert readable_by_others(closed) == [closed / "öppen.txt"]  # though the folder above it is closed


def test_an_installation_is_made_private_whatever_the_umask_and_the_folders_name(tmp_path, careless):
    settings = Settings(data_dir=tmp_path / "ny" / "data? år#1")
    prepare(settings, lambda: NOW)
    machine = open_machine(settings)
    with writing(machine):  # while it is written to, the -wal and -shm are there
        asyncio.run(MaildirPost(settings.maildir).deliver("a@example.se", ["b@example.se"], b"Subject: x\r\n\r\ny"))
        made = {path.relative_to(settings.data_dir).parts[0] for path in settings.data_dir.rglob("*")}
        assert made == {"arshjul.db", "arshjul.db-wal", "arshjul.db-shm", "hemlighet", "hemlighet-prefect", "brev"}
        assert readable_by_others(settings.data_dir) == []
        assert rights(settings.data_dir.parent) == 0o700  # made on the way, and so ours
    machine.store.close()


def test_what_the_command_line_exports_is_private(tmp_path, careless, monkeypatch):
    monkeypatch.setenv("ARSHJUL_DATA_DIR", str(tmp_path / "data"))
    for command in (
        ("plan", "2027", "--xlsx", str(tmp_path / "ut" / "plan.xlsx")),
        ("template", "delarsrapport", "bildningsnamnden", "2027-08", "--mapp", str(tmp_path / "mallar")),
    ):
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 0, done.output
    assert len(list(tmp_path.rglob("*.*"))) > 3
    assert [*readable_by_others(tmp_path / "ut"), *readable_by_others(tmp_path / "mallar")] == []


def test_what_lay_open_is_closed_at_start_and_told_with_what_to_do(tmp_path):
    outside = tmp_path / "bas"
    outside.mkdir()
    settings = Settings(data_dir=tmp_path / "data", database_url=f"sqlite:///{outside / 'egen.db'}")
    (settings.data_dir / "logg").mkdir(parents=True, mode=0o755)
    (settings.data_dir / "logg" / "portal.log").write_text("GET /lage")
    (outside / "egen.db").write_bytes(b"")
    for path in (settings.data_dir, settings.data_dir / "logg" / "portal.log", outside / "egen.db"):
        path.chmod(0o755)
    (settings.data_dir / "genväg").symlink_to(tmp_path)
    told = "\n".join(closed_to_others(settings))
    assert f"kunde komma åt {settings.data_dir}, " in told and "portal.log" in told and "egen.db" in told
    assert "byt i så fall hemligheten" in told
    assert readable_by_others(settings.data_dir) == [] and rights(outside / "egen.db") == 0o700
    assert rights(tmp_path / "data" / "logg") == 0o700
    assert list(closed_to_others(settings)) == []  # nothing more to tell


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand a file to another user, and be another user")
def test_what_is_not_ours_to_close_is_told_as_open(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / "annans.txt").write_text("x")
    (folder / "annans.txt").chmod(0o644)
    tmp_path.chmod(0o755)
    for above in tmp_path.parents[:3]:
        above.chmod(above.stat().st_mode | 0o011)
    script = (
        "import os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "from pathlib import Path; from app.run.private import closed_to_others; from app.settings import Settings\n"
        "print(*closed_to_others(Settings(data_dir=Path(sys.argv[1]))))"
    )
    # everything is loaded as root: where the packages lie is not what is tried
    told = subprocess.run(
        [sys.executable, "-c", "import app.run.private, app.settings\n" + script, str(folder)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "VARNING: Andra på datorn kan komma åt" in told and "annans.txt" in told and "chmod -R go=" in told


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    """With a disk that takes no more than a kilobyte."""
    file = tmp_path / "hemlighet"

    def fill(content: bytes) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
        try:
            with pytest.raises(OSError):
                write_whole(file, content)
            with pytest.raises(OSError):
                made_once(tmp_path / "annan", lambda: content)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    fill(b"x" * 4096)
    assert list(tmp_path.iterdir()) == []
    write_whole(file, b"hela")
    fill(b"x" * 4096)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("hemlighet", b"hela")]


def test_of_many_who_make_a_secret_at_once_all_get_the_same(tmp_path):
    made = iter(range(100))
    with ThreadPoolExecutor(8) as pool:
        got = list(
            pool.map(lambda _: made_once(tmp_path / "a" / "hemlighet", lambda: b"%064d" % next(made)), range(32))
        )
    assert len(set(got)) == 1 and got[0] == (tmp_path / "a" / "hemlighet").read_bytes()
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["hemlighet"]


@pytest.mark.parametrize(
    ("content", "word"),
    [("", "är tom"), ("\n", "är tom"), (KEY[:31], "är bara 31 tecken, 32 är det minsta")],
)
def test_a_secret_that_is_empty_or_cut_off_stops_the_start(tmp_path, content, word):
    file = tmp_path / "data" / "hemlighet"
    make_folder(file.parent)
    write_whole(file, content.encode())
    with pytest.raises(RefusedError, match=word) as refused:
        prepare(Settings(data_dir=file.parent), lambda: NOW)
    assert "Ta bort den och starta igen" in str(refused.value) and "säkerhetskopia" in str(refused.value)
    assert file.read_text() == content and not (file.parent / "arshjul.db").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_secret_that_others_may_read_or_write_stops_the_start_and_is_not_closed_in_silence(tmp_path, mode):
    file = tmp_path / "data" / "hemlighet"
    make_folder(file.parent)
    write_whole(file, KEY.encode())
    file.chmod(mode)
    (tmp_path / "genväg").symlink_to(file)
    for path in (file, tmp_path / "genväg"):
        with pytest.raises(RefusedError, match="kan läsas eller ändras av andra på datorn"):
            prepare(Settings(data_dir=file.parent, secret_file=path), lambda: NOW)
    assert rights(file) == mode
    file.chmod(0o600)
    assert secret_of(file) == KEY.encode()


def test_closing_leaves_what_its_user_may_do(tmp_path):
    (tmp_path / "kör.sh").write_text("x")
    (tmp_path / "kör.sh").chmod(0o755)
    (tmp_path / "bara-läs").write_text("x")
    (tmp_path / "bara-läs").chmod(0o444)
    close(tmp_path)
    assert (rights(tmp_path / "kör.sh"), rights(tmp_path / "bara-läs")) == (0o700, 0o400)
