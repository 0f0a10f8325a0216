"""A command's own hand: which of the machine's users gives it, under what name, and the machine as they use it."""

import os
import pwd
from dataclasses import replace
from typing import Annotated

import typer

from app.settings import Settings
from app.wiring import open_machine
from flows.machine import Machine
from notifications.plain import one_line
from store.acting import Acting, Way
from store.people.person_words import name_faults


def machine_user() -> str:
    """Return the machine's user who runs this, by the system's own word and not the environment's."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def by_hand(settings: Settings | None = None) -> Machine:
    """Return the machine as this user of the command line uses it: the log says so of what is done with it."""
    machine = open_machine(settings)
    acting = Acting(subject=f"{Way.COMMAND} {machine_user()}", way=Way.COMMAND)
    return replace(machine, store=machine.store.by(acting))


def stated_name(name: str) -> str:
    """Return the name that ``--vem`` gives, or the machine's user's where none is given.

    Raises BadParameter, in Swedish, for a name that nobody may have.
    """
    name = one_line(name)
    if not name:
        return f"{Way.COMMAND} ({machine_user()})"
    for fault in name_faults(name):
        raise typer.BadParameter(f"{fault[:1].upper()}{fault[1:]}.")
    return name


By = Annotated[
    str, typer.Option("--vem", callback=stated_name, help="Vem gör detta: namn eller roll. Skrivs i loggen.")
]
