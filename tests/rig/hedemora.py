"""Hedemora's definition, people and a filled store, for tests of what its styrmodell says, of all of its kinds of parts, or of sheets."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from arshjul.definition.model import without_contents
from arshjul.definition.reading import Sourced
from tests.rig.handins import NOW, Town, copied, filled
from tests.rig.load import made_up, people_of

BIN_UNDERLAG = "hedemora/delarsrapport/2027-08/bildningsnamnden/underlag"
BIN_PROGNOS = "hedemora/prognos/2027-08/bildningsnamnden/underlag"
BIN_PROTOKOLL = "hedemora/delarsrapport/2027-08/bildningsnamnden/protokoll"
OMN_UNDERLAG = "hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"
KS_UNDERLAG = "hedemora/delarsrapport/2027-08/kommunstyrelsen/underlag"
ANVISNING = "hedemora/delarsrapport/2027-08/kommunstyrelsen/anvisning"
PRELIMINARY = "hedemora/delarsrapport/2027-08/kommunen/ksau"  #: the figures that KSAU gets before the nämnder decide


def whole_hedemora() -> Sourced:
    """Hedemora's reports, with what the underlag must hold."""
    return made_up("hedemora")


@cache
def hedemora() -> Sourced:
    """Hedemora's reports for tests of the machine: any file will do, what is in it is tested elsewhere."""
    return replace(whole_hedemora(), definition=without_contents(whole_hedemora().definition))


def people_csv() -> str:
    return people_of("hedemora")


@cache
def _filled(now: datetime, whole: bool) -> Town:
    return filled(now, whole_hedemora() if whole else hedemora(), people_csv())


def town(now: datetime = NOW, *, whole: bool = False) -> Town:
    """A store of the test's own. ``whole``: with what parts hold."""
    return copied(_filled(now, whole))
