"""Child processes: each in a group of its own with a log of its own, started again when it dies."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.run import guard
from app.run.logs import Log
from arshjul.errors import ArshjulError
from store.private_files import make_folder

LONGEST_PAUSE = 60.0  #: seconds between two tries to start a child that keeps dying
STABLE_AFTER = 60.0  #: seconds after which a child's earlier deaths are forgotten
TICK = 0.1


class StartError(ArshjulError):
    """No child came up. The message is Swedish and ends with the last of each one's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process to keep alive."""

    name: str  #: Swedish, also its log's name, e.g. "portal"
    argv: Sequence[str]
    ready: Callable[[], bool] | None = None  #: tells whether it does its work; None: as soon as it runs
    patience: float = 120.0  #: seconds within which it ought to be ready; then it is told, and waited for all the same


@dataclass(slots=True, kw_only=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    again_at: float | None = None  #: set while it is down
    log: Path = field(default_factory=Path)


class Supervisor:
    """Starts children, keeps them alive and ends them. Not for several threads.

    ``env`` is the children's environment, ``say`` is told each event in Swedish, and ``held`` are file
    descriptors that stay open until the children are gone even when this process is killed.
    """

    def __init__(
        self, env: Mapping[str, str], logs: Path, say: Callable[[str], None], held: Sequence[int] = ()
    ) -> None:
        self._env, self._logs, self._say = env, logs, say
        self._running: dict[str, _Running] = {}
        self._written: dict[str, Log] = {}
        make_folder(logs)
        self._guard = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-I", guard.__file__],
            stdin=subprocess.PIPE,
            start_new_session=True,  # what kills our group leaves the guard alive
            pass_fds=tuple(held),
        )

    def start(self, child: Child) -> None:
        """Start a child, without waiting for it to be ready."""
        log = self._logs / f"{child.name}.log"
        before, written = self._running.get(child.name), Log(log)
        process = self._spawn(child, written)
        self._written[child.name] = written
        self._running[child.name] = _Running(
            child=child,
            process=process,
            started=time.monotonic(),
            deaths=before.deaths if before else 0,
            log=log,
        )

    def is_ready(self, child: Child) -> bool:
        """Tell whether a started child does its work."""
        running = self._running[child.name]
        return running.again_at is None and running.process.poll() is None and (child.ready is None or child.ready())

    def has_died(self, child: Child) -> bool:
        """Tell whether a started child has ended by itself since it was first started; it is started again."""
        running = self._running[child.name]
        return running.deaths > 0 or running.process.poll() is not None

    def is_slow(self, child: Child) -> bool:
        """Tell whether a child has been up for longer than its patience; meant for one that is not ready."""
        return time.monotonic() - self._running[child.name].started > child.patience

    def last_words(self, child: Child) -> str:
        """Return the last lines of a child's log, with the log's name."""
        running = self._running[child.name]
        if running.process.poll() is not None:
            self._written[child.name].drain()
        return _last_lines(running.log)

    def keep_alive(self) -> None:
        """Look at every child once: note who died, and start again those whose pause is over."""
        now = time.monotonic()
        for running in list(self._running.values()):
            if running.again_at is None:
                self._note_death(running, now)
            elif now >= running.again_at:
                self.start(running.child)

    def stop(self) -> None:
        """End all children, the one that was started first last, since the others may need it to end well."""
        groups = [running.process.pid for running in self._running.values() if running.again_at is None]
        for wave in (groups[1:], groups[:1]):
            guard.end_groups(wave, reap=self._reap)
        for group in groups:
            self._tell_guard("-", group)
        self._running.clear()
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait()

    def _spawn(self, child: Child, log: Log) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - argv is the program's own, no shell
            list(child.argv),
            env=dict(self._env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C reaches us alone, and a kill of the group reaches the child's children
        )
        self._tell_guard("+", process.pid)
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        log.follow(process.stdout)
        return process

    def _note_death(self, running: _Running, now: float) -> None:
        code = running.process.poll()
        if code is None:
            return
        guard.send(running.process.pid, 9)  # what it started dies with it
        self._tell_guard("-", running.process.pid)
        running.deaths = 1 if now - running.started > STABLE_AFTER else running.deaths + 1
        pause = min(2.0 ** (running.deaths - 1), LONGEST_PAUSE)
        running.again_at = now + pause
        self._say(f"{running.child.name} stannade ({_ending(code)}) och startas om om {pause:.0f} s. Se {running.log}.")

    def _tell_guard(self, sign: str, group: int) -> None:
        try:
            if self._guard.stdin is not None:
                os.write(self._guard.stdin.fileno(), f"{sign}{group}\n".encode())
        except BrokenPipeError:
            pass  # somebody ended the guard: we still end our children ourselves

    def _reap(self) -> None:
        for running in self._running.values():
            running.process.poll()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"kod {code}"


def _last_lines(log: Path, count: int = 15) -> str:
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join([f"Sist i {log}:", *(f"  {line}" for line in lines)])
