"""The definitions that the tests read: Hedemora's, three that are made up and lawful, and the ladder's Strandby."""

from functools import cache
from pathlib import Path

from arshjul.definition.reading import Sourced, read_definition
from tests.rig.paths import ROOT

MADE_UP = ("ekeby", "lindo", "stenvik")


def file_of(name: str) -> Path:
    """Return the file of ``hedemora`` or of one of the made-up ones."""
    folder = ROOT / "calendar" if name == "hedemora" else ROOT / "tests"
    return folder / "definitions" / f"{name}.yaml"


@cache
def text(name: str) -> str:
    """Return a definition's text."""
    return file_of(name).read_text(encoding="utf-8")


@cache
def made_up(name: str) -> Sourced:
    """Return a definition, read once in the test session."""
    return read_definition(text(name), f"{name}.yaml")


def people_of(name: str) -> str:
    """Return who holds the roles in ``hedemora`` or in ``strandby``."""
    return file_of(name).with_suffix(".personer.csv").read_text(encoding="utf-8")


def strandby() -> Sourced:
    """Return the definition of a small town with Hedemora's days and no budget: for tests of the ladder."""
    return made_up("strandby")


def hedemora() -> Sourced:
    """Return Hedemora's definition, read once in the test session."""
    return made_up("hedemora")
