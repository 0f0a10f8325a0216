"""A restore as ``docs/drift.md`` tells it, with its own commands: held first, nothing lost of what was backed up."""

import asyncio
import re
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.act import Act
from actions.contents.unlocking import NotNamedError, open_withheld
from actions.contents.withholding import Ground, withhold_version
from actions.people.opening_links import open_link
from actions.scene import Scene
from app.settings import Settings
from app.wiring import open_machine, prepare
from arshjul.keys import PartId
from flows.machine import Machine
from flows.service.watchdog import Watchdog
from notifications.letters.sealing import unsealed
from notifications.post.post import ListPost
from store.handins.versions import content
from store.handins.withheld import of_versions
from store.log.log_chain import chain
from store.tables import LetterRow, Submission, Withheld
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from tests.rig.handins import NOW, docx
from tests.rig.hedemora import BIN_UNDERLAG
from tests.rig.pages.hall import SECRETARY
from tests.rig.paths import ROOT
from tests.rig.servers.service import environment

pytestmark = [pytest.mark.whole, pytest.mark.nightly]  # the page's own commands, one after another: a minute

LATER = NOW + timedelta(days=4)  # the Tuesday: reminders are due

DRIFT = ROOT / "docs" / "drift.md"
SQLITE = "import sqlite3, sys; [print(*row) for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2])]"


@dataclass(frozen=True)
class At:
    """A clock that stands still."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def real(self, instant: datetime) -> datetime:
        return instant


def commands(name: str) -> str:
    """The page's commands under a name."""
    (found,) = re.findall(rf"^ *```sh {name}\n(.*?)^ *```", DRIFT.read_text(), re.DOTALL | re.MULTILINE)
    return str(found)


def carried_out(name: str, folder: Path, data: Path) -> str:
    """Carry the page's commands out, with a folder of the test's own for the page's backups."""
    tools = folder / "bin"
    tools.mkdir(exist_ok=True)
    shell = {"arshjul": f'exec {sys.executable} -m app "$@"'}
    if shutil.which("sqlite3") is None:
        shell["sqlite3"] = f"exec {sys.executable} -c '{SQLITE}' \"$@\""
    for tool, words in shell.items():
        (tools / tool).write_text(f"#!/bin/sh\n{words}\n")
        (tools / tool).chmod(0o700)
    script = commands(name).replace("/backup", f"{folder}/backup")
    env = environment(data, NOW=NOW.isoformat(), I_DRIFT_FRAN="2027-09-01") | {"WHO": "Anna Ek"}
    env["PATH"] = f"{tools}:{env['PATH']}"
    done = subprocess.run(
        ["sh", "-euc", script], env=env, cwd=DRIFT.parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def emptied(machine: Machine) -> ListPost:
    """What the service's own job hands over now."""
    post = ListPost()
    asyncio.run(Watchdog(replace(machine, post=lambda: post)).outbox.empty())
    return post


def ids(post: ListPost) -> set[str]:
    return {str(message_from_bytes(mime)["Message-ID"]) for _, _, mime in post.sent}


def token_in(machine: Machine) -> str:
    """The token of a personal link, as a letter that has gone holds it."""
    with machine.store.read() as session:
        for letter in session.scalars(select(LetterRow)):
            mime = unsealed(letter.mime, machine.office.secret).replace(b"=\r\n", b"")
            if found := re.search(rb"/l/([\w.=-]+)", mime):
                return found[1].decode().removeprefix("3D")
    raise AssertionError("no letter holds a link")


def lock(machine: Machine) -> None:
    """Hand a file in, and withhold it."""
    with machine.store.begin() as session:
        scene = Scene(session, machine.office, NOW)
        receive(session, scene.wheel, BIN_UNDERLAG, PartId("mal-och-resultat"), upload=Upload(filename="mål.docx", content=docx()),
                by="chefen", via="prov", now=NOW)  # fmt: skip
        row = session.scalars(select(Submission).where(Submission.obligation_key == BIN_UNDERLAG)).one()
        ground = Ground(lagrum="21 kap. 7 § offentlighets- och sekretesslagen", readers=[SECRETARY])
        withhold_version(Act(scene, "Ekonom E", "Uppgifter om en enskild."), BIN_UNDERLAG, row.id, ground)


def test_a_restore_by_the_page_loses_nothing_of_what_was_backed_up_and_sends_nothing_before_somebody_says_so(
    tmp_path: Path,
) -> None:
    for folder in ("data", "backup", "backup-apart"):
        (tmp_path / folder).mkdir(mode=0o700)
    data = tmp_path / "data"
    settings = Settings(data_dir=data, now=NOW, i_drift_fran=date(2027, 9, 1))
    prepare(settings, At(NOW))
    machine = replace(open_machine(settings), clock=At(NOW))
    machine.bring_up()
    lock(machine)
    before = ids(emptied(machine))
    token = token_in(machine)
    with machine.store.begin() as session:
        chain(session)
    with machine.store.read() as session:  # somebody reads, and what was written still lies in -wal
        session.scalars(select(LetterRow.id)).all()
        carried_out("backup", tmp_path, data)
    later = replace(machine, clock=At(LATER))
    later.bring_up()
    after = ids(emptied(later))
    assert before and after and not before & after
    machine.store.close()

    carried_out("restore", tmp_path, data)
    assert "Breven hålls" in carried_out("hold", tmp_path, data)
    prepare(settings, At(LATER))
    machine = replace(open_machine(settings), clock=At(LATER))
    with closing(machine.store):
        machine.bring_up()
        assert emptied(machine).sent == []
        with machine.store.begin() as session:  # what was locked is locked, and opened only by those who are named
            (held,) = session.scalars(select(Withheld))
            row = session.scalars(select(Submission).where(Submission.obligation_key == BIN_UNDERLAG)).one()
            assert (held.lifted_at, held.readers) == (None, [SECRETARY])
            assert of_versions(session, [row.id])[row.id].id == held.id
            assert content(session, row.sha256 or "") is None
            opened = open_withheld(Act(Scene(session, machine.office, LATER), "Namngiven N"), held.id, SECRETARY)
            assert [name for _, name in opened.files] == ["mål.docx"]
            with pytest.raises(NotNamedError):
                open_withheld(Act(Scene(session, machine.office, LATER), "Ekonom E"), held.id, "ekonom@example.se")
        assert "forvaltningschef" in carried_out("look", tmp_path, data)
        with machine.store.read() as session:
            assert open_link(session, machine.office.secret, token, NOW).person_id
        subprocess.run(
            [sys.executable, "-m", "app", "release", "--vem", "Anna Ek"],
            env=environment(data),
            check=True,
            capture_output=True,
        )
        again = ids(emptied(machine))
        assert again == after  # under the same ids; and nothing that had gone when the backup was taken
