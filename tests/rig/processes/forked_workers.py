"""Workers that are forked from one process that has imported every test: starting each anew takes it ten seconds.

pytest-xdist starts its workers with execnet, each in a new interpreter. Here execnet is handed workers that were forked
before: each reads the same bootstrap from its stdin, and is in all else as one that was started.
"""

import atexit
import contextlib
import gc
import importlib
import os
import re
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

import pytest
from execnet import gateway_io
from execnet.gateway_base import ExecModel, Popen2IO
from execnet.xspec import XSpec

CAN_FORK = sys.platform == "linux"  #: elsewhere a process that has loaded much is not safe to fork

_PLUGINS = re.compile(r'^pytest_plugins = \["([\w.]+)"\]', re.MULTILINE)
_start_anew = gateway_io.create_io


def fork_workers(config: pytest.Config, files: list[Path], number: int) -> None:
    """Import the files of tests, and let the next workers be forks of this process, which has no threads yet."""
    for file in files:
        pytest.register_assert_rewrite(*_PLUGINS.findall(file.read_text()))  # as pytest would before it imports them
        # what cannot be imported, or skips itself, is told by each worker when it collects
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))
    _make_what_all_use()
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector would write into all of it
    waiting = list(_forked(config, number))

    def create_io(spec: XSpec, execmodel: ExecModel) -> Popen2IO:
        # a worker that takes the place of one that died is started anew: there are threads here by then
        return _ForkedIO(*waiting.pop(0), execmodel) if spec.popen and waiting else _start_anew(spec, execmodel)

    gateway_io.create_io = create_io


def _make_what_all_use() -> None:
    """Make what each worker would make for itself, which takes it a second: the rows' mappers, and the templates' code."""
    from sqlalchemy.orm import configure_mappers

    from notifications.letters import (
        wording,  # the tests have imported them; a run of one file without workers need not
    )
    from portal.web import pages

    configure_mappers()
    for environment in (pages._environment(), wording.environment()):
        for name in environment.list_templates():
            environment.get_template(name)


class _ForkedIO(Popen2IO):
    """The pipes to and from a forked worker."""

    def __init__(self, process: BaseProcess, to_worker: int, from_worker: int, execmodel: ExecModel) -> None:
        super().__init__(os.fdopen(to_worker, "wb"), os.fdopen(from_worker, "rb"), execmodel)
        self._process = process

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def _forked(config: pytest.Config, number: int) -> Iterator[tuple[BaseProcess, int, int]]:
    """Fork workers; give each process, where to write to it, and where to read from it."""
    ours: list[int] = []
    for _ in range(number):
        (read, to_worker), (from_worker, write) = os.pipe(), os.pipe()
        ours += [to_worker, from_worker]
        process = get_context("fork").Process(target=_work, args=(config, read, write, ours))
        process.start()
        os.close(read)
        os.close(write)
        yield process, to_worker, from_worker


def _work(config: pytest.Config, read: int, write: int, not_ours: list[int]) -> None:
    """Be what ``python -c`` is that execnet starts: alone, with the pipes as stdin and stdout."""
    config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)
    for pipe in not_ours:  # else no worker would see that its pipe was closed while another lives
        os.close(pipe)
    for pipe, standard in ((read, 0), (write, 1)):
        os.dup2(pipe, standard)
        os.close(pipe)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.modules["__main__"] = ModuleType("__main__")
    atexit._clear()
    try:
        exec(eval(sys.stdin.readline()), {"__name__": "__main__"})
    finally:
        atexit._run_exitfuncs()
