"""The definitions that the tests read: the municipalities', three that are made up and lawful, and the ladder's Strandby.

Tests of the machine begin with Strandby (`handins.py`). Hedemora's reports (`hedemora.py`) are for those of its own
styrmodell, sheets and rules, with timetables and numbers worked out by hand. They read its file without what the year has beside the reports (``BESIDE``), so that the year can grow without moving them.
"""

import atexit
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from arshjul.definition.reading import Sourced, read_definition
from arshjul.errors import DefinitionError
from tests.rig.paths import ROOT

MADE_UP = ("ekeby", "lindo", "stenvik")
SHIPPED = ("hedemora", "ange", "mjolby", "orebro")
REPORTS = ("manadsrapport", "prognos", "delarsrapport", "arsredovisning", "budget")
#: what Hedemora's year has beside its reports, where it does not stand in a step of its own
BESIDE = (
    "roller.enhetschef",
    "enheter.hemtjansten",
    "enheter.sarskilda-boenden",
    "trappor.enhet",
    "händelser",
    "register",
    "grupper",
    "blad",
    "organ.revisorerna",
    "organ.kcg",
    "organ.budgetdag",
    "organ.visionsdag",
    "steg.manadsrapport.moment.namnd",
    "steg.delarsrapport.krav.sammanstalld",
    "steg.delarsrapport.krav.webb",
    "steg.delarsrapport.krav.underlag.delar.finansiella-indikatorer",
    "steg.delarsrapport.krav.underlag.delar.sarskilda-uppdrag",
    "steg.delarsrapport.krav.underlag.delar.kommunindex",
    "steg.delarsrapport.krav.underlag.delar.koncernredovisning",
    "steg.delarsrapport.moment.egen-del",
    "steg.delarsrapport.moment.granskning",
    "steg.delarsrapport.moment.maluppfyllelse",
    "steg.arsredovisning.krav.handlingsplan",
    "steg.arsredovisning.krav.webb",
    "steg.arsredovisning.krav.underlag.delar.sarskilda-uppdrag",
    "steg.arsredovisning.krav.underlag.delar.styrdokument",
    "steg.arsredovisning.krav.underlag.delar.finansiella-indikatorer",
    "steg.arsredovisning.krav.underlag.delar.kommunindex",
    "steg.arsredovisning.krav.underlag.delar.analysgruppens-analys",
    "steg.arsredovisning.krav.underlag.delar.koncernredovisning",
    "steg.arsredovisning.moment.egen-del",
    "steg.arsredovisning.moment.revisionsberattelse",
    "steg.budget.krav",
    "steg.budget.moment.revisorernas-budget",
    "steg.budget.beskrivning",
)


#: what check says of the reports alone, each a varning: KS proposes the budget in November, and what is beside them
SAID_OF_REPORTS = ("KL 11:8", "KL 6:9", "KL 8:16 a")


BELOW = ("enhetschef",)  #: roles of the enheter under a nämnd, which the reports have none of


def file_of(name: str) -> Path:
    """Return the file of a municipality or of one of the made-up ones."""
    folder = ROOT / "calendar" if name in SHIPPED else ROOT / "tests"
    return folder / "definitions" / f"{name}.yaml"


@cache
def text(name: str) -> str:
    """Return a definition's text; of ``hedemora`` its reports alone."""
    whole = file_of(name).read_text(encoding="utf-8")
    return only_reports(whole) if name == "hedemora" else whole


def only_reports(whole: str) -> str:
    """Return the text without what is beside the reports; the budget, which is no report, is silent then.

    The koncern's räkenskaper are taken for part of the noter, as the part that they are is left out.
    """
    kept, path, dropped = list[str](), list[tuple[int, str]](), None
    for line in whole.splitlines(keepends=True):
        indent = len(line) - len(line.lstrip(" "))
        if dropped is not None and (not line.strip() or indent > dropped):
            continue
        dropped = None
        if key := re.match(r" *([\wåäö -]+):", line):
            path = [*(each for each in path if each[0] < indent), (indent, key[1])]
            keys = [name for _, name in path]
            if ".".join(keys) in BESIDE or (keys[0] == "steg" and len(keys) == 2 and keys[1] not in REPORTS):
                dropped = indent
                continue
        kept.append(line)
    reports = "".join(kept).replace("    slag: budget\n", "    slag: budget\n    flöde: false\n")
    return reports.replace(
        "[noter, redovisningsprinciper]", "[noter, redovisningsprinciper, sammanställda räkenskaper]"
    )


def reports_file() -> Path:
    """Return a file of Hedemora's reports, with its people beside it, for a service in a process of its own.

    Of the whole year such a service lays twice as many runs in Prefect.
    """
    return _file(text("hedemora"))


def autumn_file() -> Path:
    """Return a file of Hedemora's reports, of which Prefect runs those of the autumn alone."""
    return _file(_autumn())


@cache
def autumn() -> Sourced:
    """Return the reports of ``autumn_file``, read once in the test session."""
    return read_definition(_autumn(), "hedemora.yaml")


@cache
def _autumn() -> str:
    """Let the months and the årsredovisning be silent: most of the year's runs are theirs, and each costs the server."""
    silent, steps = re.subn(
        r"^(  (?:manadsrapport|arsredovisning):\n)(?=    namn:)", r"\1    flöde: false\n", text("hedemora"), flags=re.M
    )
    assert steps == 2
    return silent


@cache
def _file(definition: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="arshjul-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "hedemora.yaml"
    file.write_text(definition, encoding="utf-8")
    file.with_suffix(".personer.csv").write_text(people_of("hedemora"), encoding="utf-8")
    return file


@cache
def made_up(name: str) -> Sourced:
    """Return a definition, read once in the test session."""
    return read_definition(text(name), f"{name}.yaml")


def told_of(changed: str) -> list[str]:
    """Return what is told of a definition's text: each fault's rule and words; nothing of one that can be read."""
    try:
        read_definition(changed, "x.yaml")
    except DefinitionError as wrong:
        return [f"{each.rule}: {each.message}" for each in wrong.faults]
    return []


def text_with(name: str, old: str, new: str) -> str:
    """Return a definition's text with its first ``old``, which it has, as ``new``."""
    assert old in text(name)
    return text(name).replace(old, new, 1)


def people_of(name: str, *, whole: bool = False) -> str:
    """Return who holds the roles in a town; in ``hedemora`` those of its reports, or of its ``whole`` year."""
    lines = file_of(name).with_suffix(".personer.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if whole or name != "hedemora" or line.partition(",")[0] not in BELOW)


def strandby() -> Sourced:
    """Return the definition of a small town with Hedemora's days and no budget: for tests of the ladder."""
    return made_up("strandby")


def hedemora() -> Sourced:
    """Return Hedemora's reports, read once in the test session."""
    return made_up("hedemora")


@cache
def shipped(name: str) -> Sourced:
    """Return a municipality's whole year, read once in the test session."""
    return read_definition(file_of(name).read_text(encoding="utf-8"), f"{name}.yaml")
