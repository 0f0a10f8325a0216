"""The house's own rules: what must never be there, because something far away would break."""

import calendar
import sysconfig
import time
from pathlib import Path

from tests.load import ROOT


def test_the_folder_calendar_is_never_a_package() -> None:
    """Keep ``calendar/`` a source root: an ``__init__.py`` there would take the standard library's place.

    The repository's root is on ``sys.path``, before the standard library. As a package, ``calendar/`` would win
    over the standard library's ``calendar``, and ``time.strptime``, ``email``, ``http.cookiejar``, APScheduler
    and ``holidays`` would all import the wrong module. Without ``__init__.py`` it is a namespace package at
    most, and those lose to any real module. Our own package in it is ``arshjul``: ``from arshjul.wheel import``.
    """
    assert not (ROOT / "calendar" / "__init__.py").exists()
    assert (ROOT / "calendar" / "arshjul" / "__init__.py").exists()


def test_calendar_is_the_standard_librarys_and_strptime_works() -> None:
    assert Path(calendar.__file__ or "").parent == Path(sysconfig.get_path("stdlib"))
    assert time.strptime("2027-09-14", "%Y-%m-%d").tm_yday == 257
