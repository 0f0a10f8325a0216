"""A Chromium for tests that look at pages, and the portal served on loopback for it.

``python -m tests.rig.pages.browsers`` prints where it is; exit code 1 when there is none.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

#: the first that there is: the one without a window of its own starts with two thirds of the computing
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


DEMANDED = "BROWSER_DEMANDED"  #: set where the pages must be looked at: then no test is skipped for want of a browser
NONE_FOUND = f"no Chromium found (neither {', '.join(NAMES)} nor Playwright's own)"


@cache
def find() -> str | None:
    """Return where a Chromium is: the system's, or the one that ``playwright install`` fetched; None without any."""
    if system := next(filter(None, map(shutil.which, NAMES)), None):
        return system
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


def chromium() -> str:
    """Return where a Chromium is. Where none is the test is skipped and says so, or fails if a browser is demanded."""
    if found := find():
        return found
    if os.environ.get(DEMANDED):
        pytest.fail(f"{NONE_FOUND}, and {DEMANDED} is set: .ci/chromium installs one")
    pytest.skip(NONE_FOUND)


@contextmanager
def served(app, port: int = 0) -> Iterator[str]:
    """Serve an app on a port of loopback, any free one unless told, and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 150
    while not server.started:
        assert time.monotonic() < deadline and thread.is_alive(), "the portal did not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(150)


@contextmanager
def browser(*args: str) -> Iterator:
    """Open the browser."""
    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *args])
        try:
            yield opened
        finally:
            opened.close()


if __name__ == "__main__":
    where = find()
    print(where or NONE_FOUND)
    sys.exit(where is None)
